//! The agent's proof of possession at the API's door: a short-lived token signed by the agent's key.
//!
//! The key is P-256; the signature is ECDSA with SHA-256 in DER. This crate builds and takes apart the
//! token; whoever holds the key signs, whoever knows it verifies, each with its own provider.
//!
//! Invariants: the signed bytes are domain-separated from everything else the key signs; a token names
//! the one host it is for, one nonce, and lives 60 seconds; what does not parse is never verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};
use syncline_model::{AgentId, TenantId};

/// The request header that carries the token.
pub const HEADER: &str = "syncline-agent-proof";
/// Seconds a token lives.
pub const LIFETIME_S: i64 = 60;

const CONTEXT: &[u8] = b"syncline agent proof v1\n";
const TOKEN_BYTES_MAX: usize = 2048;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who connects.
    pub agent: AgentId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Fresh for every token; the door takes each only once.
    pub nonce: String,
    /// The host (and port, when not the default) the agent dialled.
    pub host: String,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// A token taken apart, its signature not yet verified.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The claims, to be believed once the signature is verified.
    pub claims: Claims,
    /// The bytes that were signed.
    pub signed: Vec<u8>,
    /// The signature, ECDSA in DER.
    pub signature: Vec<u8>,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is not a token of ours.
    #[error("the proof of possession is malformed")]
    Malformed,
    /// It has ended, or ends later than any token of ours.
    #[error("the proof of possession has expired; check the clock of the agent's host")]
    Expired,
    /// It is for another host.
    #[error("the proof of possession was made for another host")]
    OtherHost,
}

impl Claims {
    /// The first part of the token.
    fn body(&self) -> String {
        let json = serde_json::to_vec(self).expect("claims are plain values");
        format!("v1.{}", BASE64URL.encode(json))
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> Vec<u8> {
        [CONTEXT, self.body().as_bytes()].concat()
    }

    /// The token, given the signature over [`Claims::signing_input`].
    pub fn token(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.body(), BASE64URL.encode(signature))
    }
}

impl Proof {
    /// Takes a token apart.
    pub fn parse(token: &str) -> Result<Self, ProofError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(ProofError::Malformed);
        }
        let (body, signature) = token.rsplit_once('.').ok_or(ProofError::Malformed)?;
        let json = body.strip_prefix("v1.").ok_or(ProofError::Malformed)?;
        let decode = |text: &str| BASE64URL.decode(text).map_err(|_| ProofError::Malformed);
        let claims: Claims =
            serde_json::from_slice(&decode(json)?).map_err(|_| ProofError::Malformed)?;
        if !(16..=128).contains(&claims.nonce.len()) {
            return Err(ProofError::Malformed);
        }
        Ok(Self {
            claims,
            signed: [CONTEXT, body.as_bytes()].concat(),
            signature: decode(signature)?,
        })
    }

    /// Checks time and host; the signature is the caller's to verify.
    pub fn check(&self, now_s: i64, hosts: &[String]) -> Result<(), ProofError> {
        let left = self.claims.exp.saturating_sub(now_s);
        // Twice the lifetime: a host whose clock is up to a minute ahead still gets in.
        if left <= 0 || left > 2 * LIFETIME_S {
            return Err(ProofError::Expired);
        }
        if !hosts
            .iter()
            .any(|host| host.eq_ignore_ascii_case(&self.claims.host))
        {
            return Err(ProofError::OtherHost);
        }
        Ok(())
    }
}

/// The uncompressed point of a P-256 public key; `None` for any other SubjectPublicKeyInfo.
pub fn p256_point(spki_der: &[u8]) -> Option<&[u8]> {
    /// SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING }
    const PREFIX: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let point = spki_der.strip_prefix(&PREFIX)?;
    (point.len() == 65 && point[0] == 4).then_some(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            agent: AgentId(5),
            tenant: TenantId(6),
            nonce: "0123456789abcdef".into(),
            host: "sync.example.com".into(),
            exp: 1_060,
        }
    }

    #[test]
    fn a_token_reads_back_with_the_bytes_that_were_signed() {
        let token = claims().token(b"signature");

        let proof = Proof::parse(&token).unwrap();

        assert_eq!(proof.claims, claims());
        assert_eq!(proof.signed, claims().signing_input());
        assert_eq!(proof.signature, b"signature");
        assert_eq!(proof.check(1_000, &["SYNC.example.com".into()]), Ok(()));
    }

    #[test]
    fn an_old_a_far_too_young_and_a_stranger_s_token_are_refused() {
        let proof = Proof::parse(&claims().token(b"s")).unwrap();
        let hosts = [claims().host];

        assert_eq!(proof.check(1_060, &hosts), Err(ProofError::Expired));
        assert_eq!(proof.check(900, &hosts), Err(ProofError::Expired));
        assert_eq!(
            proof.check(1_000, &["evil.example".into()]),
            Err(ProofError::OtherHost)
        );
    }

    #[test]
    fn garbage_is_malformed_and_never_a_panic() {
        let good = claims().token(b"s");
        let long = format!("{good}{}", "A".repeat(TOKEN_BYTES_MAX));
        let mut short_nonce = claims();
        short_nonce.nonce = "1".into();
        for token in [
            "",
            "v1",
            "v1..",
            "v2.e30.AA",
            "v1.e30.AA",
            "v1.!.!",
            long.as_str(),
            &good.replacen("v1", "v2", 1),
            &short_nonce.token(b"s"),
        ] {
            assert_eq!(
                Proof::parse(token).err(),
                Some(ProofError::Malformed),
                "{token}"
            );
        }
    }

    #[test]
    fn only_a_p256_key_has_a_point() {
        let mut spki = vec![0u8; 91];
        assert_eq!(p256_point(&spki), None);
        assert_eq!(p256_point(&[]), None);

        spki[..26].copy_from_slice(&[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
            0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ]);
        spki[26] = 4;

        assert_eq!(p256_point(&spki).map(<[u8]>::len), Some(65));
    }
}
