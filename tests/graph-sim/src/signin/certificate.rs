//! A certificate that an application registered.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use x509_parser::{pem::parse_x509_pem, prelude::FromDer, prelude::X509Certificate};

#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    /// SHA-256 of the certificate, as `x5t#S256` writes it.
    pub(crate) thumbprint: String,
    /// The RSA key.
    pub(super) key: Vec<u8>,
}

impl Certificate {
    /// Reads a PEM certificate; the reason when it is none.
    pub(crate) fn from_pem(pem: &str) -> Result<Self, String> {
        let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|error| error.to_string())?;
        let (_, parsed) =
            X509Certificate::from_der(&block.contents).map_err(|error| error.to_string())?;
        Ok(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&block.contents)),
            key: parsed.public_key().subject_public_key.data.to_vec(),
        })
    }
}
