//! From a directory's row to its connector.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use rustls::ClientConfig;
use syncline_connectors::graph::{self, ByteStream, Dial, GraphConfig, GraphConnector, Shared};
use syncline_model::cloud::Cloud;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::egress::Target;

use super::credential::Credential;
use super::dial::dial;
use crate::resource::directory::CloudConnection;

/// Connections through the host's way out.
struct WayOut(PathBuf);

#[async_trait]
impl Dial for WayOut {
    async fn dial(&self, host: &str, port: u16) -> io::Result<Box<dyn ByteStream>> {
        let target = Target {
            host: host.to_owned(),
            port,
        };
        Ok(Box::new(dial(&self.0, &target).await?))
    }
}

/// What every cloud connector of this process stands on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The clouds that directories can be in.
    pub clouds: Vec<Cloud>,
    /// Where connections are asked for.
    pub egress_socket: PathBuf,
    /// Where raw pages wait.
    pub spool_dir: PathBuf,
    /// What the directories of one application in one tenant have in common.
    pub shared: SharedByAll,
}

/// One [`Shared`] for each application in each tenant, for as long as a connector uses it.
#[derive(Debug, Clone, Default)]
pub struct SharedByAll(Arc<Mutex<BTreeMap<Application, Weak<Shared>>>>);

/// Cloud, directory tenant, application.
type Application = (String, String, String);

impl SharedByAll {
    fn of(&self, config: &GraphConfig) -> Arc<Shared> {
        let application = (
            config.cloud.name.clone(),
            config.tenant.to_ascii_lowercase(),
            config.client_id.to_ascii_lowercase(),
        );
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = known.get(&application).and_then(Weak::upgrade) {
            return shared;
        }
        known.retain(|_, shared| shared.strong_count() > 0);
        let shared = Arc::new(Shared::new(config));
        known.insert(application, Arc::downgrade(&shared));
        shared
    }
}

impl Ground {
    /// The cloud of this name.
    pub fn cloud(&self, name: &str) -> Option<&Cloud> {
        self.clouds.iter().find(|cloud| cloud.name == name)
    }

    /// A connector that signs in with this credential when it is first used.
    pub fn connector(
        &self,
        connection: &CloudConnection,
        credential: &Credential,
    ) -> Result<GraphConnector, Fault> {
        let cloud = self.cloud(&connection.cloud).ok_or_else(|| {
            Fault::new(
                "clouds.unknown",
                ErrorKind::Connection,
                format!("This service has no cloud named `{}`.", connection.cloud),
                "Choose one of the clouds that the service lists.",
            )
        })?;
        let credential =
            graph::Credential::new(credential.certificate.clone(), credential.key.clone());
        let config = GraphConfig::new(
            cloud.clone(),
            connection.tenant.clone(),
            connection.client_id.clone(),
            credential,
            &self.spool_dir,
        );
        let way_out = Arc::new(WayOut(self.egress_socket.clone()));
        let shared = self.shared.of(&config);
        GraphConnector::new(config, &shared, way_out, Arc::new(tls(cloud)?))
    }
}

/// Trusts what the machine trusts; for a simulated cloud, its own authority and nothing else.
fn tls(cloud: &Cloud) -> Result<ClientConfig, Fault> {
    crate::tls::client(cloud.trust_pem.as_deref(), cloud.graph.tls).map_err(|why| {
        Fault::new(
            "clouds.trust_unavailable",
            ErrorKind::Connection,
            format!("The certificates to trust could not be read: {why}."),
            "Install the package ca-certificates on the machine that runs Syncline.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(tenant: &str, client: &str) -> GraphConfig {
        let cloud = graph::cloud::table()[0].clone();
        let credential = graph::Credential::new(Vec::new(), Vec::new().into());
        GraphConfig::new(cloud, tenant, client, credential, "/")
    }

    #[test]
    fn directories_of_one_application_in_one_tenant_keep_one_pace() {
        let all = SharedByAll::default();
        let first = all.of(&config("t", "c"));

        assert!(Arc::ptr_eq(&first, &all.of(&config("T", "C"))));
        assert!(!Arc::ptr_eq(&first, &all.of(&config("t", "d"))));
        assert!(!Arc::ptr_eq(&first, &all.of(&config("u", "c"))));
        let other = all.of(&config("u", "c"));
        drop(first);
        all.of(&config("v", "c"));
        assert_eq!(
            all.0.lock().unwrap().len(),
            2,
            "what nobody uses is forgotten"
        );
        drop(other);
    }
}
