//! A recipient of sealed passwords: his key pair, and opening what was sealed for him.
//!
//! An independent reader of age files (C2SP `age.md`) with one X25519 stanza and one chunk, over other primitives
//! than the product's writer uses; its own test opens a file that the `age` command wrote.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bech32::{Bech32, Hrp};

/// A recipient with his private key.
pub struct Recipient {
    private: PrivateKey,
    public: Vec<u8>,
}

struct Len32;

impl KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], Len32)
        .and_then(|okm| okm.fill(&mut key))
        .expect("thirty-two octets are derived");
    key
}

fn decrypt(key: &[u8; 32], nonce: [u8; 12], sealed: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).ok()?);
    let mut octets = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    let plain = key.open_in_place(nonce, Aad::empty(), &mut octets).ok()?;
    Some(plain.to_vec())
}

impl Recipient {
    /// A fresh one.
    pub fn fresh() -> Self {
        Self::of(PrivateKey::generate(&X25519).expect("a key is made"))
    }

    /// The one whose private key begins with `AGE-SECRET-KEY-1`.
    pub fn from_identity(text: &str) -> Option<Self> {
        let (hrp, octets) = bech32::decode(text).ok()?;
        let is_one = hrp.as_str().eq_ignore_ascii_case("age-secret-key-");
        let key = PrivateKey::from_private_key(&X25519, &octets).ok()?;
        is_one.then(|| Self::of(key))
    }

    fn of(private: PrivateKey) -> Self {
        let public = private
            .compute_public_key()
            .expect("a key has a public half");
        Self {
            public: public.as_ref().to_vec(),
            private,
        }
    }

    /// What he gives others: `age1…`.
    pub fn key(&self) -> String {
        bech32::encode::<Bech32>(Hrp::parse("age").expect("it is one"), &self.public)
            .expect("thirty-two octets are encoded")
    }

    /// Opens an envelope, binary or in armor; `None` when it is not for him or was changed.
    pub fn open(&self, envelope: &[u8]) -> Option<String> {
        let binary = dearmored(envelope).unwrap_or_else(|| envelope.to_vec());
        let mark = b"\n--- ";
        let at = binary.windows(mark.len()).position(|part| part == mark)?;
        let line_end =
            at + mark.len() + binary[at + mark.len()..].iter().position(|o| *o == b'\n')?;
        let header = std::str::from_utf8(&binary[..line_end]).ok()?;
        let (signed, mac) = header.rsplit_once(' ')?;
        let mut lines = signed.lines();
        (lines.next()? == "age-encryption.org/v1").then_some(())?;
        let share = lines.next()?.strip_prefix("-> X25519 ")?;
        let share = STANDARD_NO_PAD.decode(share).ok()?;
        let body = STANDARD_NO_PAD.decode(lines.next()?).ok()?;
        (lines.next()? == "---").then_some(())?;

        let salt = [share.as_slice(), &self.public].concat();
        let peer = UnparsedPublicKey::new(&X25519, &share);
        let wrap = agree(&self.private, peer, (), |secret| {
            Ok(derive(secret, &salt, b"age-encryption.org/v1/X25519"))
        });
        let file_key = decrypt(&wrap.ok()?, [0; 12], &body)?;
        let mac_key = hmac::Key::new(hmac::HMAC_SHA256, &derive(&file_key, &[], b"header"));
        let mac = STANDARD_NO_PAD.decode(mac).ok()?;
        hmac::verify(&mac_key, signed.as_bytes(), &mac).ok()?;

        let (nonce, chunk) = binary.get(line_end + 1..)?.split_at_checked(16)?;
        let mut end = [0; 12];
        end[11] = 1;
        let plain = decrypt(&derive(&file_key, nonce, b"payload"), end, chunk)?;
        String::from_utf8(plain).ok()
    }
}

fn dearmored(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let inner = text
        .trim()
        .strip_prefix("-----BEGIN AGE ENCRYPTED FILE-----")?
        .strip_suffix("-----END AGE ENCRYPTED FILE-----")?;
    STANDARD.decode(inner.lines().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by `age` 1.1.1: `printf 'Correct-horse 7' | age -a -r age1w7s…`.
    const IDENTITY: &str =
        "AGE-SECRET-KEY-1DCNA4MJLK3YM3UHU63Q4H5LSNWPWGD5ZWQDYY7CP7QYTXNR040XQSUS3VU";
    const RECIPIENT: &str = "age1w7sp9waap9m0fcvury2w47mvxcfulu5zqhjugk5kpws95f4cxsfsqhdel4";
    const FILE: &str = "\
-----BEGIN AGE ENCRYPTED FILE-----\n\
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSAxU29odGRmMzBkeUZaUG02\n\
eGJoQWlwTTVUUHFrMTh2akhJS2lzRzNjNWhjClJGbXpsM3poaUROTXAwK3pGZlBI\n\
SEx1YXdObnBmSnRveW1iczdzNmh2eTgKLS0tIHNaWjFtWGFueHROTjNhcUVkQmx6\n\
UmkvQzR6am5oVGpacHoxOVI3bXNMOW8K4MQk1l1K7shhVxsyDicti5UUD1/f1GYC\n\
CPHTyOgYZPpJFmN7TNwxMnNnsXOCKp0=\n\
-----END AGE ENCRYPTED FILE-----\n\
";

    #[test]
    fn a_file_of_the_age_command_is_opened_by_its_recipient_and_by_nobody_else() {
        let recipient = Recipient::from_identity(IDENTITY).unwrap();

        assert_eq!(recipient.key(), RECIPIENT);
        let opened = recipient.open(FILE.as_bytes());
        assert_eq!(opened.as_deref(), Some("Correct-horse 7"));
        assert_eq!(Recipient::fresh().open(FILE.as_bytes()), None);
    }

    #[test]
    fn a_changed_file_is_not_opened() {
        let recipient = Recipient::from_identity(IDENTITY).unwrap();
        let binary = dearmored(FILE.as_bytes()).unwrap();

        for at in 0..binary.len() {
            let mut changed = binary.clone();
            changed[at] ^= 1;
            assert_eq!(recipient.open(&changed), None, "{at}");
        }
    }
}
