//! The inner TLS: 1.3 only, both sides with certificates of the tenant's own CA and exact names.
//!
//! Invariants: a peer is taken only if its chain ends at this tenant's CA, its certificate is for its
//! role's use, and its only `spiffe://` name is the one expected; no session is resumed, so a revoked
//! peer never comes back on an old key. The process's installed provider is used.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::names::{Subject, parse_generation_uri};

/// The protocol named in the handshake.
pub const ALPN: &[u8] = b"h2";

/// One side's certificate chain and key, and the authority it trusts.
#[derive(Debug)]
pub struct Identity {
    /// Own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
    /// The tenant's CA, the only one trusted.
    pub ca: CertificateDer<'static>,
}

/// The runner's side: TLS client that expects exactly this agent.
pub fn client_config(identity: &Identity, expected: Subject) -> Result<ClientConfig, Error> {
    let provider = provider()?;
    let verifier = Arc::new(PeerVerifier::new(&identity.ca, expected, provider.clone())?);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_sni = false;
    Ok(config)
}

/// The agent's side: TLS server that expects exactly this tenant's runner.
pub fn server_config(identity: &Identity, expected: Subject) -> Result<ServerConfig, Error> {
    let provider = provider()?;
    let verifier = Arc::new(PeerVerifier::new(&identity.ca, expected, provider.clone())?);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}

/// The generation in a runner's certificate.
pub fn generation(certificate: &CertificateDer<'_>) -> Option<i64> {
    let parsed = EndEntityCert::try_from(certificate).ok()?;
    parsed.valid_uri_names().find_map(parse_generation_uri)
}

/// The public key of a certificate, as SubjectPublicKeyInfo.
pub fn spki(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = EndEntityCert::try_from(certificate).ok()?;
    Some(parsed.subject_public_key_info().as_ref().to_vec())
}

/// Whether a certificate was issued by this CA to this agent, for its use, and is valid now.
pub fn check_issued(
    certificate: &CertificateDer<'_>,
    ca: &CertificateDer<'static>,
    expected: Subject,
) -> Result<(), Error> {
    PeerVerifier::new(ca, expected, provider()?)?.verify(
        certificate,
        &[],
        UnixTime::now(),
        KeyUsage::server_auth(),
    )
}

fn provider() -> Result<Arc<CryptoProvider>, Error> {
    CryptoProvider::get_default()
        .cloned()
        .ok_or_else(|| Error::General("no TLS provider is installed in this process".into()))
}

/// Takes a peer by tenant CA and exact name.
#[derive(Debug)]
struct PeerVerifier {
    anchor: TrustAnchor<'static>,
    expected: Subject,
    provider: Arc<CryptoProvider>,
    hints: Vec<DistinguishedName>,
}

impl PeerVerifier {
    fn new(
        ca: &CertificateDer<'static>,
        expected: Subject,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let anchor = anchor_from_trusted_cert(ca)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?
            .to_owned();
        Ok(Self {
            anchor,
            expected,
            provider,
            hints: Vec::new(),
        })
    }

    fn verify(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        usage: KeyUsage,
    ) -> Result<(), Error> {
        let bad = |error| Error::InvalidCertificate(error);
        let parsed =
            EndEntityCert::try_from(certificate).map_err(|_| bad(CertificateError::BadEncoding))?;
        parsed
            .verify_for_usage(
                self.provider.signature_verification_algorithms.all,
                std::slice::from_ref(&self.anchor),
                intermediates,
                now,
                usage,
                None,
                None,
            )
            .map_err(|error| bad(certificate_error(error)))?;
        let expected = self.expected.to_string();
        let mut names = parsed.valid_uri_names().filter(|uri| {
            // A runner's generation is no name; everything else must be the one expected.
            parse_generation_uri(uri).is_none()
        });
        let named = names.next() == Some(expected.as_str()) && names.next().is_none();
        if !named || parsed.valid_dns_names().next().is_some() {
            return Err(bad(CertificateError::NotValidForName));
        }
        Ok(())
    }
}

fn certificate_error(error: webpki::Error) -> CertificateError {
    match error {
        webpki::Error::CertExpired { .. } | webpki::Error::InvalidCertValidity => {
            CertificateError::Expired
        }
        webpki::Error::CertNotValidYet { .. } => CertificateError::NotValidYet,
        webpki::Error::UnknownIssuer => CertificateError::UnknownIssuer,
        webpki::Error::InvalidSignatureForPublicKey => CertificateError::BadSignature,
        webpki::Error::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose,
        _ => CertificateError::BadEncoding,
    }
}

macro_rules! signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(Error::General("TLS 1.2 is not spoken here".into()))
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            verify_tls13_signature(
                message,
                certificate,
                signature,
                &self.provider.signature_verification_algorithms,
            )
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider
                .signature_verification_algorithms
                .supported_schemes()
        }
    };
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(certificate, intermediates, now, KeyUsage::server_auth())
            .map(|()| ServerCertVerified::assertion())
    }

    signatures!();
}

impl ClientCertVerifier for PeerVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.verify(certificate, intermediates, now, KeyUsage::client_auth())
            .map(|()| ClientCertVerified::assertion())
    }

    signatures!();
}
