//! A recipient's public key as people hand it round: an age recipient, `age1…`.
//!
//! Source: C2SP `age.md`, "X25519 recipient stanza": Bech32 (BIP 173) of the 32 octets of the key under the
//! human-readable part `age`. Invariant: parsing accepts exactly what printing produces, in lower case.

use std::fmt;
use std::str::FromStr;

use bech32::{Bech32, Hrp};
use ring::digest::{SHA256, digest};

/// The human-readable part of an X25519 recipient.
const HRP: Hrp = Hrp::parse_unchecked("age");

/// A recipient's X25519 public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecipientKey([u8; 32]);

/// Why a text is no recipient's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientKeyError {
    /// The private half.
    #[error(
        "this is a private key (AGE-SECRET-KEY-…): keep it, and give the line that begins with `age1`"
    )]
    Private,
    /// Anything else.
    #[error(
        "a recipient's key is an age recipient: `age1` and 58 more characters, as `age-keygen` prints it"
    )]
    Form,
    /// A key that every private key opens.
    #[error("this key is one of the few that protect nothing; make one with `age-keygen`")]
    Weak,
}

impl RecipientKey {
    /// The 32 octets.
    pub(super) fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of the key's octets in lower-case hex, for comparing over another channel.
    pub fn fingerprint(&self) -> String {
        let digest = digest(&SHA256, &self.0);
        digest.as_ref().iter().map(|o| format!("{o:02x}")).collect()
    }
}

impl FromStr for RecipientKey {
    type Err = RecipientKeyError;

    fn from_str(text: &str) -> Result<Self, RecipientKeyError> {
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-") {
            return Err(RecipientKeyError::Private);
        }
        // Bech32 alone: bech32m, mixed case and post-quantum recipients are other things.
        let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text)
            .map_err(|_| RecipientKeyError::Form)?;
        if checked.hrp() != HRP || text.bytes().any(|octet| octet.is_ascii_uppercase()) {
            return Err(RecipientKeyError::Form);
        }
        let octets: Vec<u8> = checked.byte_iter().collect();
        let key = Self(octets.try_into().map_err(|_| RecipientKeyError::Form)?);
        // The points of low order make the shared secret zero (RFC 7748, section 6.1); a trial finds them all.
        match super::seal::agrees(&key) {
            true => Ok(key),
            false => Err(RecipientKeyError::Weak),
        }
    }
}

impl fmt::Display for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(f, HRP, &self.0).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the README of `age`.
    const KNOWN: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn a_recipient_reads_prints_back_and_has_a_fingerprint() {
        let key: RecipientKey = KNOWN.parse().unwrap();

        assert_eq!(key.to_string(), KNOWN);
        assert_eq!(key.fingerprint().len(), 64);
    }

    #[test]
    fn what_is_no_recipient_is_refused_and_a_private_key_is_named() {
        let changed = KNOWN.replace("ql3z", "ql3y");
        let upper = KNOWN.to_uppercase();
        let padded = format!(" {KNOWN}");
        for text in ["", "age1", &changed, &upper, &padded, "ssh-ed25519 AAAA"] {
            assert_eq!(
                text.parse::<RecipientKey>(),
                Err(RecipientKeyError::Form),
                "{text}"
            );
        }
        let private = "AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
        assert_eq!(
            private.parse::<RecipientKey>(),
            Err(RecipientKeyError::Private)
        );
    }

    #[test]
    fn a_key_that_protects_nothing_is_refused() {
        for octets in [[0; 32], {
            let mut one = [0; 32];
            one[0] = 1;
            one
        }] {
            let text = RecipientKey(octets).to_string();

            assert_eq!(text.parse::<RecipientKey>(), Err(RecipientKeyError::Weak));
        }
    }
}
