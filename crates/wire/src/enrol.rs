//! Enrolment: the one-time key, what an agent sends with it, and what it gets back.
//!
//! Invariants: the key's text names tenant and agent slot so that the API can route it without knowing
//! it; its secret part has at least 128 bits, is judged by the runner alone and is never printed; the
//! fingerprint an administrator compares is SHA-256 over the public key (SPKI), so it survives renewals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use syncline_model::{AgentId, DirectoryId, TenantId};
use zeroize::Zeroize;

/// Random bytes in a key's secret part.
pub const SECRET_BYTES: usize = 20;

/// Characters of the secret part: five bits each.
const SECRET_CHARS: usize = SECRET_BYTES * 8 / 5;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A one-time enrolment key: `sle_<tenant>_<agent>_<secret>`.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentKey {
    /// The tenant whose runner judges the key.
    pub tenant: TenantId,
    /// The slot the key opens.
    pub agent: AgentId,
    secret: String,
}

/// A text that cannot be an enrolment key. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an enrolment key: expected `sle_`, tenant, agent and secret joined by `_`; \
     copy the whole key as the console showed it (agents.key_malformed)"
)]
pub struct EnrolmentKeyError;

impl EnrolmentKey {
    /// The key of a slot over fresh random bytes.
    pub fn new(tenant: TenantId, agent: AgentId, random: [u8; SECRET_BYTES]) -> Self {
        let mut secret = String::with_capacity(SECRET_CHARS);
        for chunk in random.chunks_exact(5) {
            let mut bits = [0u8; 8];
            bits[3..].copy_from_slice(chunk);
            let bits = u64::from_be_bytes(bits);
            secret.extend(
                (0..8)
                    .rev()
                    .map(|i| char::from(ALPHABET[(bits >> (5 * i) & 31) as usize])),
            );
        }
        Self {
            tenant,
            agent,
            secret,
        }
    }

    /// The whole key, to be shown once or sent to the API.
    pub fn expose(&self) -> String {
        let bare = |id: String| {
            id.split_once('_')
                .map_or(String::new(), |(_, id)| id.into())
        };
        format!(
            "sle_{}_{}_{}",
            bare(self.tenant.to_string()),
            bare(self.agent.to_string()),
            self.secret
        )
    }

    /// SHA-256 of the whole key: what the runner stores and compares.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.expose().as_bytes()).into()
    }
}

impl FromStr for EnrolmentKey {
    type Err = EnrolmentKeyError;

    fn from_str(text: &str) -> Result<Self, EnrolmentKeyError> {
        let mut parts = text.trim().split('_');
        let mut next = || parts.next().ok_or(EnrolmentKeyError);
        if next()? != "sle" {
            return Err(EnrolmentKeyError);
        }
        let tenant = format!("{}_{}", TenantId::PREFIX, next()?);
        let agent = format!("{}_{}", AgentId::PREFIX, next()?);
        let secret = next()?.to_owned();
        let well_formed = parts.next().is_none()
            && secret.len() == SECRET_CHARS
            && secret.bytes().all(|b| ALPHABET.contains(&b));
        if !well_formed {
            return Err(EnrolmentKeyError);
        }
        Ok(Self {
            tenant: tenant.parse().map_err(|_| EnrolmentKeyError)?,
            agent: agent.parse().map_err(|_| EnrolmentKeyError)?,
            secret,
        })
    }
}

impl Drop for EnrolmentKey {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl fmt::Debug for EnrolmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrolmentKey({}, {}, …)", self.tenant, self.agent)
    }
}

/// What an agent posts to enrol (`POST /agents/v1/enrol`).
#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time key's text.
    pub key: String,
    /// PKCS#10 request, PEM. Only its public key and proof of possession count; the CA writes the names.
    pub csr_pem: String,
    /// The host's own name, shown to the administrator.
    pub computer: String,
    /// The DNS domain of the host or of its directory, shown to the administrator.
    pub domain: String,
    /// The agent's build.
    pub version: String,
}

impl fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolRequest")
            .field("computer", &self.computer)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// The answer to a good key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// The tenant.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
    /// The directory the slot belongs to.
    pub directory: DirectoryId,
    /// The agent's certificate, PEM.
    pub certificate_pem: String,
    /// The tenant CA's certificate, PEM: the only authority the agent trusts inside the tunnel.
    pub ca_pem: String,
    /// The fingerprint the runner computed; the agent compares it with its own.
    pub fingerprint: Fingerprint,
}

/// SHA-256 of a public key (SPKI, DER), printed in eight groups of eight hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a SubjectPublicKeyInfo.
    pub fn of_spki(spki_der: &[u8]) -> Self {
        Self(Sha256::digest(spki_der).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hex digits; `-`, `:` and spaces between them do not count")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// People copy fingerprints: case and separators do not count.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|c| !matches!(c, '-' | ':' | ' '))
            .map(|c| c.to_digit(16).ok_or(FingerprintError))
            .collect::<Result<_, _>>()?;
        if digits.len() != 64 {
            return Err(FingerprintError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (pair[0] << 4 | pair[1]) as u8;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> EnrolmentKey {
        EnrolmentKey::new(
            TenantId(77),
            AgentId(4_000_000_001),
            std::array::from_fn(|i| i as u8 * 13),
        )
    }

    #[test]
    fn a_key_reads_back_and_surrounding_space_does_not_count() {
        let text = key().expose();

        assert_eq!(format!(" {text}\n").parse(), Ok(key()));
        assert_eq!(text.len(), text.trim().len());
        assert!(text.starts_with("sle_2d_"));
    }

    #[test]
    fn a_key_does_not_print_its_secret() {
        let text = key().expose();
        let secret = text.rsplit('_').next().unwrap();

        assert!(!format!("{:?}", key()).contains(secret));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let good = key().expose();
        let cut = &good[..good.len() - 1];
        let upper = good.to_uppercase();
        for text in [
            "",
            "sle",
            "sle_1_1_",
            "sle_1_1_short",
            cut,
            upper.as_str(),
            &format!("{good}0"),
            &format!("{good}_x"),
            &good.replacen("sle", "slx", 1),
            &good.replacen("_2d_", "_02d_", 1),
            &good.replacen("_2d_", "_../_", 1),
        ] {
            assert_eq!(
                text.parse::<EnrolmentKey>(),
                Err(EnrolmentKeyError),
                "{text}"
            );
        }
    }

    #[test]
    fn a_fingerprint_is_the_same_however_it_was_copied() {
        let print = Fingerprint::of_spki(b"key");
        let text = print.to_string();

        assert_eq!(text.len(), 64 + 7);
        assert_eq!(text.parse(), Ok(print));
        assert_eq!(text.replace('-', ":").to_uppercase().parse(), Ok(print));
        assert_eq!(text[1..].parse::<Fingerprint>(), Err(FingerprintError));
    }
}
