//! What connectors of one application in one tenant have in common, however many there are and whenever one takes
//! another's place.
//!
//! Invariants: the quota is the application's in the tenant, so that there is one bucket; what one of them wrote lately
//! is settling for all.

use std::sync::Arc;

use super::config::GraphConfig;
use super::pace::Pacer;
use super::settle::Settling;

/// The pace of one application in one tenant, and what it wrote there lately.
#[derive(Debug)]
pub struct Shared {
    pub(super) pacer: Arc<Pacer>,
    pub(super) settling: Arc<Settling>,
}

impl Shared {
    /// Nothing was asked yet and nothing written.
    pub fn new(config: &GraphConfig) -> Self {
        Self {
            pacer: Arc::new(Pacer::new()),
            settling: Arc::new(Settling::new(config.settle)),
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::graph::pace::TenantSize;
    use crate::graph::{Credential, GraphConnector, TcpDial};

    fn config(client: &str) -> GraphConfig {
        let credential = Credential::new(Vec::new(), Zeroizing::new(Vec::new()));
        let cloud = crate::graph::cloud::table()[0].clone();
        let tenant = "6f0a3c1e-0000-4000-8000-000000000001";
        GraphConfig::new(cloud, tenant, client, credential, "/var/spool")
    }

    #[test]
    fn what_one_connector_learnt_the_next_one_knows() {
        let config = config("6f0a3c1e-0000-4000-8000-000000000002");
        let shared = Shared::new(&config);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let tls = Arc::new(tls);
        let connector = |shared: &Shared| {
            let dial = Arc::new(TcpDial);
            GraphConnector::new(config.clone(), shared, dial, tls.clone()).unwrap()
        };
        let first = connector(&shared);
        first.client.pacer.saw_users(2_000);
        first.writer.settling.wrote([7; 16]);
        drop(first);

        let next = connector(&shared);

        assert_eq!(next.size(), TenantSize::L);
        assert!(next.writer.settling.is_settling([7; 16]));
        let alone = connector(&Shared::new(&config));
        assert_eq!(alone.size(), TenantSize::S);
        assert!(!alone.writer.settling.is_settling([7; 16]));
    }
}
