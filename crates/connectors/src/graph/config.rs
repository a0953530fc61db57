//! What a tenant's runner knows about an Entra tenant: which cloud, who we are there, how patient to be.
//!
//! Invariants: the private key prints as dots, leaves memory with its owner and is never copied out;
//! nothing here is a default for a real address.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use syncline_model::cloud::CloudTimes;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use zeroize::Zeroizing;

use super::cloud::Cloud;

/// How to reach one Entra tenant.
#[derive(Debug, Clone)]
pub struct GraphConfig {
    /// A row of the cloud table, or one for a simulated tenant.
    pub cloud: Cloud,
    /// The directory (tenant) id, a GUID in text form.
    pub tenant: String,
    /// The application (client) id, a GUID in text form.
    pub client_id: String,
    /// The application's certificate and its private key.
    pub credential: Credential,
    /// How long reads may lag behind our writes.
    pub settle: Duration,
    /// Where raw pages wait. Files have no name and are encrypted under a key that never leaves memory.
    pub spool_dir: PathBuf,
    /// How long to wait for what.
    pub patience: Patience,
}

/// Times and limits of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a connection, TLS included, may take to come up.
    pub connect: Duration,
    /// How long a request may take until the last octet of its answer.
    pub answer: Duration,
    /// The first wait of a series that doubles, where the service gives no time.
    pub first_wait: Duration,
    /// The longest wait of such a series.
    pub longest_wait: Duration,
    /// How often a request that may be repeated is tried.
    pub tries: u32,
    /// What the jitter of waits starts from; chance when absent.
    pub jitter_seed: Option<u64>,
    /// Octets of raw pages that may wait for one object type.
    pub spool_max: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            answer: Duration::from_secs(120),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            tries: 7,
            jitter_seed: None,
            spool_max: 4 << 30,
        }
    }
}

impl Patience {
    /// As impatient as a stand-in allows.
    fn of(times: CloudTimes) -> Self {
        let first_wait = Duration::from_millis(times.first_wait_ms);
        Self {
            first_wait,
            longest_wait: first_wait * 16,
            ..Self::default()
        }
    }
}

impl GraphConfig {
    /// The usual patience and five minutes to settle where the cloud gives no times.
    pub fn new(
        cloud: Cloud,
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        credential: Credential,
        spool_dir: impl Into<PathBuf>,
    ) -> Self {
        let times = cloud.times;
        let settle = times.map_or(300_000, |times| times.settle_ms);
        Self {
            cloud,
            tenant: tenant.into(),
            client_id: client_id.into(),
            credential,
            settle: Duration::from_millis(settle),
            spool_dir: spool_dir.into(),
            patience: times.map_or_else(Patience::default, Patience::of),
        }
    }

    /// Checks what goes into addresses.
    pub(super) fn check(&self) -> Result<(), Fault> {
        for (what, id) in [("tenant", &self.tenant), ("application", &self.client_id)] {
            if super::id::parse(id).is_none() {
                return Err(Fault::new(
                    "graph.id_malformed",
                    ErrorKind::Authentication,
                    format!("The {what} id is not a GUID."),
                    format!("Copy the {what} id from the overview page of the app registration."),
                ));
            }
        }
        Ok(())
    }
}

/// A certificate and its private RSA key.
#[derive(Clone)]
pub struct Credential {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Credential {
    /// Takes over a certificate (X.509, DER) and its private RSA key (PKCS#8, DER).
    pub fn new(certificate: Vec<u8>, key: Zeroizing<Vec<u8>>) -> Self {
        Self { certificate, key }
    }

    pub(super) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_prints_without_its_key_and_wants_guids() {
        let key = Zeroizing::new(b"private".to_vec());
        let credential = Credential::new(b"certificate".to_vec(), key);
        let cloud = crate::graph::cloud::table()[0].clone();
        let config = GraphConfig::new(cloud, "contoso.test", "x", credential, "/var/spool");

        assert!(format!("{config:?}").contains("credential: …"));
        assert_eq!(config.check().unwrap_err().code, "graph.id_malformed");
    }
}
