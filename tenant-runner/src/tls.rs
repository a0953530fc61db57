//! Whom connections of this process to the outside trust.
//!
//! Invariant: where authorities are named for a host, the machine's own are not trusted beside them.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The certificates to trust: those of this PEM, or else those that the machine trusts.
pub fn trusted(pem: Option<&str>) -> Result<Vec<CertificateDer<'static>>, String> {
    match pem {
        Some(pem) => CertificateDer::pem_slice_iter(pem.as_bytes())
            .map(|certificate| certificate.map_err(|e| e.to_string()))
            .collect(),
        None => Ok(rustls_native_certs::load_native_certs().certs),
    }
}

/// What a connection speaks that trusts this PEM, or else what the machine trusts. With `is_needed`, to trust nobody is an
/// error.
pub fn client(pem: Option<&str>, is_needed: bool) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let certificates = trusted(pem)?;
    if pem.is_some() {
        let added = certificates.into_iter().try_for_each(|c| roots.add(c));
        added.map_err(|e| e.to_string())?;
    } else {
        // A machine may keep some that nobody can read.
        roots.add_parsable_certificates(certificates);
    }
    if roots.is_empty() && is_needed {
        return Err("there are none".into());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
