//! The key with which a cloud directory's application signs in, made here and never shown.
//!
//! The administrator uploads the certificate to the application's registration; the private key leaves this file only
//! in [`Credentials::to_secret`], whose caller seals it. Rotation: a next key is made beside the current one, its
//! certificate is uploaded as well, and it takes the current one's place once a token was acquired with it.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde::{Deserialize, Serialize};
use syncline_model::{DirectoryId, TenantId};
use time::{Duration, OffsetDateTime};
use zeroize::{Zeroize as _, Zeroizing};

/// How long a certificate lives.
const DAYS: i64 = 365;
/// The clock of the cloud may be this far behind.
const SKEW: Duration = Duration::hours(1);

/// A key could not be made, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// The stored text is no credential.
    #[error(
        "the stored credential of the cloud directory cannot be read: {0} (clouds.credential_damaged)"
    )]
    Damaged(String),
    /// The key was not made.
    #[error("a key for the cloud directory could not be made: {0} (clouds.key_failed)")]
    Failed(String),
}

/// One key and its certificate.
#[derive(Clone)]
pub struct Credential {
    /// The certificate, X.509 in DER.
    pub certificate: Vec<u8>,
    /// The private RSA key, PKCS#8 in DER.
    pub key: Zeroizing<Vec<u8>>,
    /// When the certificate ends, in milliseconds since 1970.
    pub expires_ms: i64,
}

/// The keys of one directory.
#[derive(Clone)]
pub struct Credentials {
    /// The one to sign in with.
    pub current: Credential,
    /// The one to sign in with as soon as the cloud accepts it.
    pub next: Option<Credential>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    current: StoredOne,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<StoredOne>,
}

#[derive(Serialize, Deserialize)]
struct StoredOne {
    certificate: String,
    key: String,
    expires_ms: i64,
}

impl Credential {
    /// A new key of 3072 bits with a certificate of its own.
    pub fn create(
        tenant: TenantId,
        directory: DirectoryId,
        now: OffsetDateTime,
    ) -> Result<Self, CredentialError> {
        let failed = |error: &dyn std::fmt::Display| CredentialError::Failed(error.to_string());
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa3072).map_err(|e| failed(&e))?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|e| failed(&e))?;
        let key = Zeroizing::new(der.as_ref().to_vec());
        let signer = PrivatePkcs8KeyDer::from(key.to_vec());
        let signer = KeyPair::try_from(&signer).map_err(|e| failed(&e))?;
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, format!("Syncline {tenant} {directory}"));
        params.distinguished_name = name;
        params.not_before = now - SKEW;
        params.not_after = now + Duration::days(DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let certificate = params.self_signed(&signer).map_err(|e| failed(&e))?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            key,
            expires_ms: params.not_after.unix_timestamp() * 1000,
        })
    }

    /// The certificate as it is uploaded.
    pub fn pem(&self) -> String {
        let text = BASE64.encode(&self.certificate);
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// The thumbprint that Entra's portal shows: SHA-1 over the certificate, in capitals. To compare by eye; nothing
    /// is trusted by it.
    pub fn thumbprint(&self) -> String {
        let sum = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.certificate);
        hex::encode_upper(sum.as_ref())
    }

    fn stored(&self) -> StoredOne {
        StoredOne {
            certificate: BASE64.encode(&self.certificate),
            key: BASE64.encode(self.key.as_slice()),
            expires_ms: self.expires_ms,
        }
    }
}

impl StoredOne {
    fn open(mut self) -> Result<Credential, CredentialError> {
        let bytes = |text: &str| {
            BASE64
                .decode(text)
                .map_err(|_| CredentialError::Damaged("a key is not base64".into()))
        };
        let key = bytes(&self.key).map(Zeroizing::new);
        self.key.zeroize();
        Ok(Credential {
            certificate: bytes(&self.certificate)?,
            key: key?,
            expires_ms: self.expires_ms,
        })
    }
}

impl Credentials {
    /// Everything needed to use them again, private keys included: seal it before storing.
    pub fn to_secret(&self) -> Zeroizing<Vec<u8>> {
        let mut stored = Stored {
            current: self.current.stored(),
            next: self.next.as_ref().map(Credential::stored),
        };
        let json = serde_json::to_vec(&stored).expect("texts and numbers");
        stored.current.key.zeroize();
        if let Some(next) = &mut stored.next {
            next.key.zeroize();
        }
        Zeroizing::new(json)
    }

    /// Opens stored ones.
    pub fn from_secret(secret: &[u8]) -> Result<Self, CredentialError> {
        // The parser's own text may quote what it read.
        let stored: Stored = serde_json::from_slice(secret).map_err(|e| {
            CredentialError::Damaged(format!("line {}, column {}", e.line(), e.column()))
        })?;
        Ok(Self {
            current: stored.current.open()?,
            next: stored.next.map(StoredOne::open).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    #[test]
    fn a_key_comes_back_from_its_secret_and_its_certificate_is_one() {
        let tenant: TenantId = "ten_1".parse().unwrap();
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let made = Credential::create(tenant, DirectoryId(7), now).unwrap();
        let both = Credentials {
            current: made.clone(),
            next: Some(made.clone()),
        };

        let opened = Credentials::from_secret(&both.to_secret()).unwrap();

        assert_eq!(opened.current.key, made.key);
        assert_eq!(opened.next.unwrap().certificate, made.certificate);
        assert_eq!(made.expires_ms, 1_800_000_000_000 + DAYS * 86_400_000);
        let read = CertificateDer::from_pem_slice(made.pem().as_bytes()).unwrap();
        assert_eq!(read.as_ref(), made.certificate);
        assert_eq!(made.thumbprint().len(), 40);
        assert!(rsa::KeyPair::from_pkcs8(&made.key).is_ok());
    }

    #[test]
    fn a_damaged_secret_is_refused_without_quoting_it() {
        let Err(error) = Credentials::from_secret(br#"{"current":"my-private-key"}"#) else {
            panic!("it is no credential")
        };
        assert!(!error.to_string().contains("my-private-key"), "{error}");
    }
}
