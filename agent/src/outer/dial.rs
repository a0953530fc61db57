//! Dials the service: directly or by a CONNECT proxy, with TLS unless it is on this host.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::{Address, Proxy};
use crate::error::AgentError;

const DIAL: Duration = Duration::from_secs(20);
/// A proxy's answer to CONNECT is shorter.
const PROXY_HEAD_MAX: usize = 8 * 1024;

/// A byte stream to the service.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
/// A byte stream to the service.
pub type BoxStream = Box<dyn Stream>;

/// The way to the service.
#[derive(Clone)]
pub struct Way {
    /// Where it is.
    pub address: Address,
    proxy: Option<Proxy>,
    tls: Option<Arc<ClientConfig>>,
}

impl Way {
    /// The way to an address. `ca_pem` replaces the system's authorities.
    pub fn new(
        address: Address,
        proxy: Option<Proxy>,
        ca_pem: Option<&[u8]>,
    ) -> Result<Self, AgentError> {
        let tls = match address.secure {
            true => Some(Arc::new(client_config(ca_pem)?)),
            false => None,
        };
        Ok(Self {
            address,
            proxy,
            tls,
        })
    }

    /// A connection to the service.
    pub async fn dial(&self) -> Result<BoxStream, AgentError> {
        timeout(DIAL, self.dialled()).await.map_err(|_| {
            unreachable(
                &self.address,
                "it did not answer in time",
                "Check firewall and proxy: the agent needs to reach it outwards on this port.",
            )
        })?
    }

    async fn dialled(&self) -> Result<BoxStream, AgentError> {
        let address = &self.address;
        let (host, port) = match &self.proxy {
            Some(proxy) => (&proxy.host, proxy.port),
            None => (&address.host, address.port),
        };
        let mut stream = TcpStream::connect((host.as_str(), port))
            .await
            .map_err(|e| {
                let next = match self.proxy {
                    Some(_) => "Check the proxy's address and that it runs.",
                    None => "Check name resolution, firewall, or set a proxy in config.toml.",
                };
                unreachable(address, &e.to_string(), next)
            })?;
        // Small frames follow one another; waiting for more to send would only add delay.
        let _ = stream.set_nodelay(true);
        if let Some(proxy) = &self.proxy {
            connect_through(&mut stream, proxy, address).await?;
        }
        let Some(tls) = &self.tls else {
            return Ok(Box::new(stream));
        };
        let name = ServerName::try_from(address.host.clone())
            .map_err(|e| unreachable(address, &e.to_string(), "Check the address."))?;
        let stream = TlsConnector::from(Arc::clone(tls))
            .connect(name, stream)
            .await
            .map_err(|e| {
                unreachable(
                    address,
                    &e.to_string(),
                    "If TLS is inspected on the way, give the inspector's authority with `enrol --ca`.",
                )
            })?;
        Ok(Box::new(stream))
    }
}

fn unreachable(address: &Address, why: &str, next: &str) -> AgentError {
    AgentError::new(
        "agent.service_unreachable",
        format!("{} cannot be reached: {why}.", address.authority()),
        next,
    )
}

fn client_config(ca_pem: Option<&[u8]>) -> Result<ClientConfig, AgentError> {
    let failed = |why: String| {
        AgentError::new(
            "agent.service_ca_invalid",
            format!("No authorities for the service's certificate can be loaded: {why}."),
            "Give a PEM file with `enrol --ca`, or install the system's CA certificates.",
        )
    };
    let mut roots = RootCertStore::empty();
    match ca_pem {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|e| failed(e.to_string()))?;
                roots.add(certificate).map_err(|e| failed(e.to_string()))?;
            }
        }
        None => {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
    }
    if roots.is_empty() {
        return Err(failed("there is none".into()));
    }
    Ok(ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth())
}

async fn connect_through(
    stream: &mut TcpStream,
    proxy: &Proxy,
    address: &Address,
) -> Result<(), AgentError> {
    let refused = |why: &str| {
        AgentError::new(
            "agent.proxy_refused",
            format!(
                "The proxy {}:{} gave no way to {}: {why}.",
                proxy.host,
                proxy.port,
                address.authority()
            ),
            "Check the proxy's rules, and user and password in its address.",
        )
    };
    let target = address.host_and_port();
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(authorization) = &proxy.authorization {
        request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
    }
    request.push_str("\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(|e| refused(&e.to_string()))?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head belongs to the tunnel.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= PROXY_HEAD_MAX {
            return Err(refused("its answer has no end"));
        }
        let byte = stream
            .read_u8()
            .await
            .map_err(|e| refused(&e.to_string()))?;
        head.push(byte);
    }
    let line = head.split(|b| *b == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    match line.split(' ').nth(1) {
        Some(status) if status.starts_with('2') && line.starts_with("HTTP/1.") => Ok(()),
        Some(status) => Err(refused(&format!("it answered {status}"))),
        None => Err(refused("its answer cannot be read")),
    }
}
