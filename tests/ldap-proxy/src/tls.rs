//! TLS on both sides: the proxy's own certificate towards clients, the lab's CA towards the directory.

use crate::ProxyError;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use std::{fmt, io, net::SocketAddr, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// Accepts clients.
pub(crate) struct ClientSide(TlsAcceptor);

/// Dials the directory.
pub(crate) struct DirectorySide {
    connector: TlsConnector,
    address: SocketAddr,
}

// One provider by name: other rooms may link another one into the same test binary.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

impl ClientSide {
    pub(crate) fn new(certificate_pem: &str, key_pem: &str) -> Result<Self, ProxyError> {
        let chain = CertificateDer::pem_slice_iter(certificate_pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| ProxyError::Tls(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
            .map_err(|error| ProxyError::Tls(error.to_string()))?;
        let configuration = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| ProxyError::Tls(error.to_string()))?;
        Ok(Self(TlsAcceptor::from(Arc::new(configuration))))
    }

    pub(crate) async fn accept(&self, tcp: TcpStream) -> io::Result<server::TlsStream<TcpStream>> {
        tcp.set_nodelay(true)?;
        self.0.accept(tcp).await
    }
}

impl DirectorySide {
    pub(crate) fn new(address: SocketAddr, ca_pem: &str) -> Result<Self, ProxyError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
            let certificate = certificate.map_err(|error| ProxyError::Tls(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| ProxyError::Tls(error.to_string()))?;
        }
        let configuration = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| ProxyError::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            connector: TlsConnector::from(Arc::new(configuration)),
            address,
        })
    }

    pub(crate) async fn connect(&self) -> io::Result<client::TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(true)?;
        self.connector
            .connect(ServerName::IpAddress(self.address.ip().into()), tcp)
            .await
    }
}

impl fmt::Debug for ClientSide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSide")
    }
}

impl fmt::Debug for DirectorySide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DirectorySide({})", self.address)
    }
}
