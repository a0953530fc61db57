//! SCRAM-SHA-256 verifiers, made here so that a password never stands in a statement.
//!
//! Invariant: the text is exactly what Postgres itself would store (RFC 5803); passwords are ASCII,
//! so that SASLprep changes nothing.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// As Postgres does. The passwords are 256 random bits: more rounds would protect nothing.
const ROUNDS: u32 = 4096;

/// The text form of a random secret, as a password.
pub fn password(secret: &[u8; 32]) -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(secret))
}

/// A verifier of a password.
pub fn verifier(password: &str, salt: &[u8; 16]) -> String {
    write(password, salt, ROUNDS)
}

/// Whether a stored verifier is one of this password.
pub fn matches(stored: &str, password: &str) -> bool {
    let parts = || -> Option<(u32, Vec<u8>)> {
        let rest = stored.strip_prefix("SCRAM-SHA-256$")?;
        let (rounds, salt) = rest.split_once('$')?.0.split_once(':')?;
        Some((
            rounds.parse().ok().filter(|n| *n <= 100_000)?,
            BASE64.decode(salt).ok()?,
        ))
    };
    parts().is_some_and(|(rounds, salt)| write(password, &salt, rounds) == stored)
}

fn write(password: &str, salt: &[u8], rounds: u32) -> String {
    let salted = salted(password.as_bytes(), salt, rounds);
    let stored_key = Sha256::digest(hmac(salted.as_slice(), b"Client Key"));
    let server_key = hmac(salted.as_slice(), b"Server Key");
    format!(
        "SCRAM-SHA-256${rounds}:{}${}:{}",
        BASE64.encode(salt),
        BASE64.encode(stored_key),
        BASE64.encode(server_key)
    )
}

/// PBKDF2 with one block, which is all SCRAM needs.
fn salted(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
    let mut first = salt.to_vec();
    first.extend_from_slice(&1u32.to_be_bytes());
    let mut last = hmac(password, &first);
    let mut sum = Zeroizing::new(last);
    for _ in 1..rounds {
        last = hmac(password, &last);
        sum.iter_mut().zip(last).for_each(|(s, l)| *s ^= l);
    }
    sum
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677's example: user `user`, password `pencil`.
    #[test]
    fn the_rfcs_example_gives_the_rfcs_keys() {
        let salt: [u8; 16] = BASE64
            .decode("W22ZaJ0SNY7soEsUEjb6gQ==")
            .unwrap()
            .try_into()
            .unwrap();

        let text = verifier("pencil", &salt);

        assert_eq!(
            text,
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }

    #[test]
    fn a_verifier_matches_its_password_only() {
        let text = verifier("right", &[3; 16]);

        assert!(matches(&text, "right"));
        assert!(!matches(&text, "wrong"));
        for broken in [
            "",
            "md5abc",
            "SCRAM-SHA-256$x:y$z",
            "SCRAM-SHA-256$99999999:AAAA$a:b",
        ] {
            assert!(!matches(broken, "right"), "{broken}");
        }
    }
}
