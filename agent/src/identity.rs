//! Who this agent is: its key, its certificate, and what enrolment told it.
//!
//! Invariants: the private key is made here and never leaves its file; a new certificate is taken only
//! for the same key and the same name; the generation of the newest runner seen is kept, and an older
//! runner is refused.

use std::fs;
use std::sync::{Mutex, PoisonError};

use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SigningKey as _,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use syncline_model::{AgentId, DirectoryId, TenantId};
use syncline_wire::enrol::{EnrolResponse, Fingerprint};
use syncline_wire::names::Subject;
use syncline_wire::proof::{Claims, LIFETIME_S};
use syncline_wire::tls::{self, Identity};

use crate::error::AgentError;
use crate::home::{self, Home};

const KEY: &str = "agent.key";
const CERTIFICATE: &str = "agent.pem";
const TENANT_CA: &str = "tenant-ca.pem";
const ENROLMENT: &str = "enrolment.json";
const GENERATION: &str = "generation";
/// PEM of the authorities of the service's own certificate, when not the system's.
pub const SERVICE_CA: &str = "service-ca.pem";

/// What enrolment told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The service's address.
    pub url: String,
    /// The tenant.
    pub tenant: TenantId,
    /// This agent.
    pub agent: AgentId,
    /// The directory it serves.
    pub directory: DirectoryId,
}

/// The enrolled agent.
pub struct AgentIdentity {
    /// What enrolment told.
    pub enrolment: Enrolment,
    home: Home,
    key: KeyPair,
    ca: CertificateDer<'static>,
    certificate: Mutex<CertificateDer<'static>>,
    generation: Mutex<i64>,
}

fn broken(what: &str) -> AgentError {
    AgentError::new(
        "agent.identity_broken",
        format!("The agent's {what} cannot be read."),
        "Enrol this host again with a new key.",
    )
}

/// A fresh key pair.
pub fn new_key() -> Result<KeyPair, AgentError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| broken("new key"))
}

/// A certificate request over a key; the authority writes the names itself.
pub fn request(key: &KeyPair) -> Result<String, AgentError> {
    CertificateParams::default()
        .serialize_request(key)
        .and_then(|csr| csr.pem())
        .map_err(|_| broken("certificate request"))
}

/// The fingerprint an administrator compares.
pub fn fingerprint(key: &KeyPair) -> Fingerprint {
    Fingerprint::of_spki(&key.subject_public_key_info())
}

/// Keeps what enrolment gave. The enrolment itself is written last: it makes the rest count.
pub fn store(
    home: &Home,
    url: &str,
    key: &KeyPair,
    answer: &EnrolResponse,
) -> Result<(), AgentError> {
    let enrolment = Enrolment {
        url: url.to_owned(),
        tenant: answer.tenant,
        agent: answer.agent,
        directory: answer.directory,
    };
    let json = serde_json::to_vec_pretty(&enrolment).map_err(|_| broken("enrolment"))?;
    home::write_private(&home.path(KEY), key.serialize_pem().as_bytes())?;
    home::write_private(&home.path(CERTIFICATE), answer.certificate_pem.as_bytes())?;
    home::write_private(&home.path(TENANT_CA), answer.ca_pem.as_bytes())?;
    home::write_private(&home.path(GENERATION), b"0")?;
    home::write_private(&home.path(ENROLMENT), &json)
}

impl AgentIdentity {
    /// The identity in a data directory.
    pub fn load(home: &Home) -> Result<Self, AgentError> {
        let missing = || {
            AgentError::new(
                "agent.not_enrolled",
                "This host is not enrolled.",
                "Run `syncline-agent enrol` with a key from the console.",
            )
        };
        let json = home::read_trusted(&home.path(ENROLMENT))?.ok_or_else(missing)?;
        let enrolment = serde_json::from_str(&json).map_err(|_| broken("enrolment"))?;
        let key = home::read_private(&home.path(KEY))?.ok_or_else(missing)?;
        let key = KeyPair::from_pem(&key).map_err(|_| broken("key"))?;
        let read_certificate = |name: &str| {
            let pem = home::read_trusted(&home.path(name))?.ok_or_else(missing)?;
            CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| broken("certificate"))
        };
        let generation = home::read_trusted(&home.path(GENERATION))?
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| broken("record of the runner's generation"))?;
        Ok(Self {
            enrolment,
            key,
            ca: read_certificate(TENANT_CA)?,
            certificate: Mutex::new(read_certificate(CERTIFICATE)?),
            generation: Mutex::new(generation),
            home: home.clone(),
        })
    }

    /// The fingerprint an administrator compares.
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint(&self.key)
    }

    /// The certificate in use.
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// When the certificate ends, in seconds since 1970.
    pub fn certificate_expires_s(&self) -> i64 {
        let certificate = self.certificate();
        x509_parser::parse_x509_certificate(&certificate)
            .map_or(0, |(_, parsed)| parsed.validity().not_after.timestamp())
    }

    /// What the inner TLS server shows, and whom it trusts.
    pub fn tls(&self) -> Identity {
        Identity {
            chain: vec![self.certificate()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der())),
            ca: self.ca.clone(),
        }
    }

    /// The runner this agent answers.
    pub fn runner(&self) -> Subject {
        Subject::Runner {
            tenant: self.enrolment.tenant,
        }
    }

    /// A proof of possession for the service's door.
    pub fn proof(&self, host: &str, now_s: i64) -> Result<String, AgentError> {
        let claims = Claims {
            agent: self.enrolment.agent,
            tenant: self.enrolment.tenant,
            nonce: hex::encode(rand::random::<[u8; 16]>()),
            host: host.to_owned(),
            exp: now_s + LIFETIME_S,
        };
        let signature = self
            .key
            .sign(&claims.signing_input())
            .map_err(|_| broken("key"))?;
        Ok(claims.token(&signature))
    }

    /// A request for a new certificate over the same key.
    pub fn renewal_request(&self) -> Result<String, AgentError> {
        request(&self.key)
    }

    /// Takes a new certificate, used from the next connection on.
    pub fn install(&self, pem: &str) -> Result<(), AgentError> {
        let refused = |why: &str| {
            AgentError::new(
                "agent.certificate_refused",
                format!("The new certificate was not taken: {why}."),
                "The old one stays in use; if this repeats, enrol the host again.",
            )
        };
        let new = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| refused("it cannot be read"))?;
        if tls::spki(&new).as_deref() != Some(&self.key.subject_public_key_info()) {
            return Err(refused("it is for another key"));
        }
        let expected = Subject::Agent {
            tenant: self.enrolment.tenant,
            agent: self.enrolment.agent,
        };
        tls::check_issued(&new, &self.ca, expected).map_err(|error| refused(&error.to_string()))?;
        home::write_private(&self.home.path(CERTIFICATE), pem.as_bytes())?;
        *self
            .certificate
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Whether a runner of this generation may be answered; a higher one shuts out all below, for ever.
    pub fn admit_generation(&self, generation: i64) -> Result<bool, AgentError> {
        let mut newest = self
            .generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if generation > *newest {
            let text = generation.to_string();
            home::write_private(&self.home.path(GENERATION), text.as_bytes())?;
            *newest = generation;
        }
        Ok(generation == *newest)
    }

    /// The service's own authorities, when enrolment was given any.
    pub fn service_ca(&self) -> Option<Vec<u8>> {
        fs::read(self.home.path(SERVICE_CA)).ok()
    }
}

impl std::fmt::Debug for AgentIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AgentIdentity({})", self.enrolment.agent)
    }
}
