//! The tenant's own certificate authority: it issues to the tenant's agents and to its runner.
//!
//! Invariants: the names in a certificate are written here, never taken from a request; every
//! certificate has a random serial number and one role; the authority's key leaves this file only in
//! [`TenantCa::to_secret`], whose caller seals it before storage.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use syncline_model::{AgentId, TenantId};
use syncline_wire::enrol::Fingerprint;
use syncline_wire::names::{Subject, generation_uri};
use syncline_wire::tls::Identity;
use time::{Duration, OffsetDateTime};
use zeroize::{Zeroize, Zeroizing};

/// How long an agent's certificate lives; it is renewed at half of it.
pub const AGENT_DAYS: i64 = 14;
/// How long a runner's certificate lives; a runner that runs longer issues itself a new one at half of it.
pub const RUNNER_DAYS: i64 = 14;
/// How long the authority lives.
const CA_DAYS: i64 = 3650;
/// Clocks of agents' hosts may be this far behind.
const SKEW: Duration = Duration::hours(1);

/// Why the authority did not issue.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// The request cannot be read or its proof of possession is wrong.
    #[error(
        "the certificate request is not valid: {0}; run `syncline-agent enrol` again (ca.request_invalid)"
    )]
    Request(rcgen::Error),
    /// The key is of another kind.
    #[error(
        "the certificate request has a key other than P-256; run `syncline-agent enrol` with a released build (ca.key_kind)"
    )]
    KeyKind,
    /// The stored authority cannot be read.
    #[error("the stored authority of the tenant cannot be read: {0} (ca.damaged)")]
    Damaged(String),
    /// Signing failed.
    #[error("the authority could not sign: {0} (ca.failed)")]
    Failed(#[from] rcgen::Error),
}

/// The issuing authority of one tenant.
pub struct TenantCa {
    tenant: TenantId,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// What is stored, sealed by the caller.
#[derive(Serialize, Deserialize)]
struct Stored {
    certificate_pem: String,
    key_pem: String,
}

/// The runner's own certificate and key, and the tenant's CA.
pub struct TenantIdentity {
    /// The tenant.
    pub tenant: TenantId,
    /// The generation in the certificate.
    pub generation: i64,
    /// When the certificate ends.
    pub not_after: OffsetDateTime,
    pub(crate) tls: Identity,
}

/// An agent's certificate as issued.
#[derive(Debug, Clone)]
pub struct AgentCertificate {
    /// The certificate, PEM.
    pub pem: String,
    /// Its serial number, hex.
    pub serial: String,
    /// The agent's public key, as SubjectPublicKeyInfo.
    pub public_key: Vec<u8>,
    /// SHA-256 over the public key: what an administrator compares.
    pub fingerprint: Fingerprint,
    /// When it ends.
    pub not_after: OffsetDateTime,
}

impl TenantCa {
    /// A new authority.
    pub fn create(tenant: TenantId, now: OffsetDateTime) -> Result<Self, CaError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name(&format!("Syncline CA of {tenant}"));
        params.not_before = now - SKEW;
        params.not_after = now + Duration::days(CA_DAYS);
        params.serial_number = Some(serial());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.der().clone();
        Ok(Self {
            tenant,
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// Everything needed to open it again, private key included: seal it before storing.
    pub fn to_secret(&self) -> Zeroizing<Vec<u8>> {
        let mut stored = Stored {
            certificate_pem: self.certificate_pem(),
            key_pem: self.issuer.key().serialize_pem(),
        };
        let json = serde_json::to_vec(&stored).expect("two texts");
        stored.key_pem.zeroize();
        Zeroizing::new(json)
    }

    /// Opens a stored authority.
    pub fn from_secret(tenant: TenantId, secret: &[u8]) -> Result<Self, CaError> {
        let damaged = |error: &dyn std::fmt::Display| CaError::Damaged(error.to_string());
        let mut stored: Stored = serde_json::from_slice(secret).map_err(|e| damaged(&e))?;
        let key = KeyPair::from_pem(&stored.key_pem).map_err(|e| damaged(&e));
        stored.key_pem.zeroize();
        let certificate = CertificateDer::from_pem_slice(stored.certificate_pem.as_bytes())
            .map_err(|e| damaged(&e))?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key?).map_err(|e| damaged(&e))?;
        Ok(Self {
            tenant,
            certificate,
            issuer,
        })
    }

    /// The authority's certificate, PEM: what agents trust.
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// Issues to an agent over the public key of its request; nothing else of the request counts.
    pub fn issue_agent(
        &self,
        csr_pem: &str,
        agent: AgentId,
        now: OffsetDateTime,
    ) -> Result<AgentCertificate, CaError> {
        let request =
            CertificateSigningRequestParams::from_pem(csr_pem).map_err(CaError::Request)?;
        let key = request.public_key;
        if *key.algorithm() != PKCS_ECDSA_P256_SHA256 {
            return Err(CaError::KeyKind);
        }
        let public_key = key.subject_public_key_info();
        let subject = Subject::Agent {
            tenant: self.tenant,
            agent,
        };
        let not_after = now + Duration::days(AGENT_DAYS);
        let mut params = leaf(&subject, now, not_after)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let number = serial();
        params.serial_number = Some(number.clone());
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(AgentCertificate {
            pem: certificate.pem(),
            serial: hex::encode(number.to_bytes()),
            fingerprint: Fingerprint::of_spki(&public_key),
            public_key,
            not_after,
        })
    }

    /// Issues to the runner of a generation, over a fresh key that stays in this process.
    pub fn runner_identity(
        &self,
        generation: i64,
        now: OffsetDateTime,
    ) -> Result<TenantIdentity, CaError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let subject = Subject::Runner {
            tenant: self.tenant,
        };
        let not_after = now + Duration::days(RUNNER_DAYS);
        let mut params = leaf(&subject, now, not_after)?;
        params
            .subject_alt_names
            .push(SanType::URI(generation_uri(generation).try_into()?));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.serial_number = Some(serial());
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(TenantIdentity {
            tenant: self.tenant,
            generation,
            not_after,
            tls: Identity {
                chain: vec![certificate.der().clone()],
                key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
                ca: self.certificate.clone(),
            },
        })
    }
}

impl std::fmt::Debug for TenantCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantCa({})", self.tenant)
    }
}

impl std::fmt::Debug for TenantIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "TenantIdentity({}, generation {})",
            self.tenant, self.generation
        )
    }
}

fn leaf(
    subject: &Subject,
    now: OffsetDateTime,
    not_after: OffsetDateTime,
) -> Result<CertificateParams, CaError> {
    let mut params = CertificateParams::default();
    let uri = subject.to_string();
    params.distinguished_name = common_name(uri.rsplit('/').next().unwrap_or_default());
    params.subject_alt_names = vec![SanType::URI(uri.try_into()?)];
    params.not_before = now - SKEW;
    params.not_after = not_after;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// Random, positive, 127 bits.
fn serial() -> SerialNumber {
    let mut number: [u8; 16] = rand::random();
    number[0] = number[0] & 0x7f | 0x40;
    SerialNumber::from_slice(&number)
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|b| char::from(*b)));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

#[cfg(test)]
mod tests {
    use syncline_wire::tls;

    use super::*;

    const TENANT: TenantId = TenantId(7);

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }

    fn csr(algorithm: &'static rcgen::SignatureAlgorithm, name: &str) -> String {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::URI(name.try_into().unwrap())];
        params.serialize_request(&key).unwrap().pem().unwrap()
    }

    #[test]
    fn an_authority_opened_again_issues_under_the_same_certificate() {
        let ca = TenantCa::create(TENANT, now()).unwrap();

        let again = TenantCa::from_secret(TENANT, &ca.to_secret()).unwrap();

        assert_eq!(again.certificate_pem(), ca.certificate_pem());
        assert!(again.runner_identity(3, now()).is_ok());
        assert!(TenantCa::from_secret(TENANT, b"{}").is_err());
    }

    #[test]
    fn the_authority_writes_the_names_whatever_the_request_asks() {
        let ca = TenantCa::create(TENANT, now()).unwrap();
        let greedy = csr(&PKCS_ECDSA_P256_SHA256, "spiffe://syncline/ten_7/runner");

        let issued = ca.issue_agent(&greedy, AgentId(4), now()).unwrap();

        let der = CertificateDer::from_pem_slice(issued.pem.as_bytes()).unwrap();
        let parsed = webpki::EndEntityCert::try_from(&der).unwrap();
        assert_eq!(
            parsed.valid_uri_names().collect::<Vec<_>>(),
            ["spiffe://syncline/ten_7/agent/agt_4"]
        );
        assert_eq!(tls::spki(&der), Some(issued.public_key.clone()));
        assert_eq!(issued.fingerprint, Fingerprint::of_spki(&issued.public_key));
        assert!(syncline_wire::proof::p256_point(&issued.public_key).is_some());
    }

    #[test]
    fn serial_numbers_never_repeat_even_for_one_key() {
        let ca = TenantCa::create(TENANT, now()).unwrap();
        let csr = csr(&PKCS_ECDSA_P256_SHA256, "x:y");

        let issue = || ca.issue_agent(&csr, AgentId(4), now()).unwrap().serial;

        assert_ne!(issue(), issue());
    }

    #[test]
    fn a_damaged_request_and_a_key_of_another_kind_are_refused() {
        let ca = TenantCa::create(TENANT, now()).unwrap();
        let good = csr(&PKCS_ECDSA_P256_SHA256, "x:y");
        let other = csr(&rcgen::PKCS_ED25519, "x:y");
        let cut = good.replacen('A', "B", 3);

        assert!(matches!(
            ca.issue_agent(&other, AgentId(4), now()),
            Err(CaError::KeyKind)
        ));
        for text in ["", "-----BEGIN", cut.as_str()] {
            assert!(matches!(
                ca.issue_agent(text, AgentId(4), now()),
                Err(CaError::Request(_))
            ));
        }
    }

    #[test]
    fn a_runner_carries_its_generation() {
        let ca = TenantCa::create(TENANT, now()).unwrap();

        let identity = ca.runner_identity(12, now()).unwrap();

        assert_eq!(tls::generation(&identity.tls.chain[0]), Some(12));
    }
}
