//! Values that a client carries for the simulator: unreadable, and refused when changed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// What seals; one for each simulator, made from its seed.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

const MARK_BYTES: usize = 16;

impl Secret {
    pub(crate) fn new(seed: u64) -> Self {
        Self(crate::dice::mix(seed, "seal"))
    }

    /// A text that only this secret opens.
    pub(crate) fn seal(&self, value: &impl Serialize) -> String {
        let plain = serde_json::to_vec(value).unwrap_or_default();
        let mark = self.mark(&plain);
        let sealed = [&mark[..], &self.mask(&mark, &plain)].concat();
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The value that was sealed, or nothing.
    pub(crate) fn open<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (mark, masked) = sealed.split_at_checked(MARK_BYTES)?;
        let plain = self.mask(mark, masked);
        let is_ours = self.mark(&plain) == mark;
        is_ours
            .then(|| serde_json::from_slice(&plain).ok())
            .flatten()
    }

    /// A number from 0 to 1 that this value alone decides about, the same each time.
    pub(crate) fn share(&self, value: &impl Serialize) -> f64 {
        let plain = serde_json::to_vec(value).unwrap_or_default();
        let mut octets = [0; 4];
        octets.copy_from_slice(&blake3::keyed_hash(&self.0, &plain).as_bytes()[..4]);
        f64::from(u32::from_be_bytes(octets)) / (f64::from(u32::MAX) + 1.0)
    }

    fn mark(&self, plain: &[u8]) -> [u8; MARK_BYTES] {
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&blake3::keyed_hash(&self.0, plain).as_bytes()[..MARK_BYTES]);
        mark
    }

    fn mask(&self, mark: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(b"mask");
        hasher.update(mark);
        let mut stream = vec![0; bytes.len()];
        hasher.finalize_xof().fill(&mut stream);
        bytes
            .iter()
            .zip(stream)
            .map(|(byte, mask)| byte ^ mask)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_unchanged_and_with_its_secret() {
        let secret = Secret::new(1);
        let sealed = secret.seal(&("ada", 7));

        assert_eq!(secret.open(&sealed), Some(("ada".to_owned(), 7)));
        assert_eq!(Secret::new(2).open::<(String, u8)>(&sealed), None);
        let mut changed = sealed.into_bytes();
        let last = changed.len() - 2;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(secret.open::<(String, u8)>(&changed), None);
        assert_eq!(secret.open::<u8>(""), None);
    }
}
