//! From a directory's row to its connector.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use syncline_connectors::graph::{self, ByteStream, Dial, GraphConfig, GraphConnector};
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

/// What every cloud connector of this process shares.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The clouds that directories can be in.
    pub clouds: Vec<Cloud>,
    /// Where connections are asked for.
    pub egress_socket: PathBuf,
    /// Where raw pages wait.
    pub spool_dir: PathBuf,
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
        GraphConnector::new(config, way_out, Arc::new(tls(cloud)?))
    }
}

/// Trusts what the machine trusts; for a simulated cloud, its own authority and nothing else.
fn tls(cloud: &Cloud) -> Result<ClientConfig, Fault> {
    let failed = |why: String| {
        Fault::new(
            "clouds.trust_unavailable",
            ErrorKind::Connection,
            format!("The certificates to trust could not be read: {why}."),
            "Install the package ca-certificates on the machine that runs Syncline.",
        )
    };
    let mut roots = RootCertStore::empty();
    match &cloud.trust_pem {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|e| failed(e.to_string()))?;
                roots.add(certificate).map_err(|e| failed(e.to_string()))?;
            }
        }
        None => {
            let native = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(native.certs);
        }
    }
    if roots.is_empty() && cloud.graph.tls {
        return Err(failed("there are none".into()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
