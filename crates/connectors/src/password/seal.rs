//! Sealing a password to one recipient: writes an age file (age-encryption.org/v1) with one X25519 stanza.
//!
//! Source: C2SP `age.md`. Only what is needed to write one short file is here, over ring's primitives; nothing
//! here can open one. Invariants: the file key, the ephemeral key and the nonce are fresh each time; the file key
//! is wiped; what comes out reveals the length of the password and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use syncline_model::password::Sealed;
use zeroize::Zeroizing;

use super::{Password, RecipientKey};

/// The first line of an age file. A stanza's body of 32 octets has 43 characters, and so is one line.
const MAGIC: &str = "age-encryption.org/v1\n";
const X25519_LABEL: &[u8] = b"age-encryption.org/v1/X25519";

/// Octets of a derived key.
struct Octets32;

impl KeyType for Octets32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<Zeroizing<[u8; 32]>, Unspecified> {
    let mut key = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], Octets32)?
        .fill(key.as_mut())?;
    Ok(key)
}

/// Encrypts in place with a key that is used once; appends the tag.
fn encrypt(key: &[u8; 32], nonce: [u8; 12], octets: &mut Vec<u8>) -> Result<(), Unspecified> {
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), octets)
}

/// Whether a key can be agreed with at all.
pub(super) fn agrees(to: &RecipientKey) -> bool {
    let random = SystemRandom::new();
    EphemeralPrivateKey::generate(&X25519, &random)
        .and_then(|key| agree_ephemeral(key, &UnparsedPublicKey::new(&X25519, to.octets()), |_| ()))
        .is_ok()
}

/// Seals a password.
pub(super) fn seal(password: &Password, to: &RecipientKey) -> Result<Sealed, Unspecified> {
    let random = SystemRandom::new();
    let mut file_key = Zeroizing::new([0u8; 16]);
    random.fill(file_key.as_mut())?;

    let ephemeral = EphemeralPrivateKey::generate(&X25519, &random)?;
    let share = ephemeral.compute_public_key()?;
    let salt = [share.as_ref(), to.octets()].concat();
    let peer = UnparsedPublicKey::new(&X25519, to.octets());
    let wrap = agree_ephemeral(ephemeral, &peer, |secret| {
        derive(secret, &salt, X25519_LABEL)
    })??;
    // As large as it becomes, so that the key is not left behind by growing; it is encrypted in place.
    let mut body = Vec::with_capacity(32);
    body.extend_from_slice(file_key.as_ref());
    encrypt(&wrap, [0; 12], &mut body)?;

    let mut header = format!(
        "{MAGIC}-> X25519 {}\n{}\n---",
        STANDARD_NO_PAD.encode(share.as_ref()),
        STANDARD_NO_PAD.encode(&body)
    );
    let mac_key = derive(file_key.as_ref(), &[], b"header")?;
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, mac_key.as_ref()),
        header.as_bytes(),
    );
    header.push(' ');
    header.push_str(&STANDARD_NO_PAD.encode(mac.as_ref()));
    header.push('\n');

    let mut nonce = [0u8; 16];
    random.fill(&mut nonce)?;
    let payload_key = derive(file_key.as_ref(), &nonce, b"payload")?;
    // One chunk, which is the last: counter 0 and the mark of the end (STREAM).
    let mut chunk = Vec::with_capacity(password.reveal().len() + CHACHA20_POLY1305.tag_len());
    chunk.extend_from_slice(password.reveal().as_bytes());
    let mut end = [0; 12];
    end[11] = 1;
    encrypt(&payload_key, end, &mut chunk)?;
    Ok(Sealed(
        [header.as_bytes(), nonce.as_slice(), chunk.as_slice()].concat(),
    ))
}

#[cfg(test)]
mod tests {
    use syncline_model::password::{CLASSES, LENGTH_MAX, SEALED_MAX};

    use super::super::draw::draw;
    use super::*;

    /// Whether what is written can be opened is shown with an independent reader in `tests/connectors`.
    #[test]
    fn an_envelope_is_an_age_file_that_is_never_the_same_and_shows_nothing() {
        let key: RecipientKey = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
            .parse()
            .unwrap();
        let password = draw(LENGTH_MAX, CLASSES).unwrap();

        let one = seal(&password, &key).unwrap();
        let two = seal(&password, &key).unwrap();

        assert_eq!(Sealed::parse(&one.0).as_ref(), Some(&one));
        assert_ne!(one, two);
        assert!(one.0.len() < SEALED_MAX);
        let secret = password.reveal().as_bytes();
        assert!(
            !one.0
                .windows(8)
                .any(|part| secret.windows(8).any(|s| s == part))
        );
    }
}
