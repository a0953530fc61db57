//! TLS of the faces that a product speaks to: an authority and a certificate, made anew at every start.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use std::{io, pin::Pin, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

/// What accepts connections, and whom a client has to trust.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

impl Tls {
    pub(crate) fn new() -> io::Result<Self> {
        let made = || -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
            let mut authority = CertificateParams::new(Vec::new())?;
            authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let authority_key = KeyPair::generate()?;
            let ca_pem = authority.self_signed(&authority_key)?.pem();
            let issuer = Issuer::new(authority, authority_key);
            let names = ["127.0.0.1", "localhost"].map(str::to_owned).to_vec();
            let key = KeyPair::generate()?;
            let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
            let key = PrivateKeyDer::try_from(key.serialize_der())?;
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let config = ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)?;
            Ok(Self {
                acceptor: TlsAcceptor::from(Arc::new(config)),
                ca_pem,
            })
        };
        made().map_err(io::Error::other)
    }
}

/// A stream, with TLS or without.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that was accepted, behind TLS where there is any.
pub(crate) async fn accepted(
    tls: Option<&TlsAcceptor>,
    stream: TcpStream,
) -> io::Result<Pin<Box<dyn Stream>>> {
    Ok(match tls {
        None => Box::pin(stream),
        Some(tls) => Box::pin(tls.accept(stream).await?),
    })
}
