//! The lab's certificate authority: one per cache, one fresh certificate per clone.

use crate::{LabError, Result, dirs};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use std::{
    fs,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

/// Issues server certificates that everything in the lab trusts.
#[derive(Debug)]
pub struct LabCa {
    directory: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate chain and its private key, as PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate_pem: String,
    /// The private key (PKCS#8).
    pub key_pem: String,
}

impl LabCa {
    /// Opens the authority of this user's cache, and makes it on first use.
    pub fn open() -> Result<Self> {
        Self::open_in(&dirs::cache().join("ca"))
    }

    pub(crate) fn open_in(directory: &Path) -> Result<Self> {
        dirs::create(directory)?;
        let _lock = dirs::lock(&directory.join("lock"))?;
        let (certificate, key_file) = (directory.join("ca.pem"), directory.join("ca.key"));
        let key = match fs::read_to_string(&key_file) {
            Ok(pem) if certificate.is_file() => KeyPair::from_pem(&pem)?,
            _ => {
                let key = KeyPair::generate()?;
                write_private(&key_file, &key.serialize_pem())?;
                let pem = authority().self_signed(&key)?.pem();
                fs::write(&certificate, pem).map_err(LabError::file("write", &certificate))?;
                key
            }
        };
        Ok(Self {
            directory: directory.to_owned(),
            issuer: Issuer::new(authority(), key),
        })
    }

    /// The authority's certificate, as a PEM file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The authority's certificate, as PEM.
    pub fn pem(&self) -> Result<String> {
        let file = self.file();
        fs::read_to_string(&file).map_err(LabError::file("read", &file))
    }

    /// Issues a server certificate for these names; those that are IP addresses become IP names.
    pub fn issue(&self, names: &[&str]) -> Result<Identity> {
        let mut parameters =
            CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        parameters.distinguished_name = name(names.first().copied().unwrap_or("lab"));
        (parameters.not_before, parameters.not_after) = validity();
        parameters.use_authority_key_identifier_extension = true;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = parameters.signed_by(&key, &self.issuer)?;
        Ok(Identity {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        })
    }
}

/// The same parameters each time, so that the issuer can be rebuilt from its key alone.
fn authority() -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name("Syncline lab CA");
    (parameters.not_before, parameters.not_after) = validity();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters
}

fn validity() -> (OffsetDateTime, OffsetDateTime) {
    (date_time_ymd(2024, 1, 1), date_time_ymd(2048, 1, 1))
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

/// Writes a file that only its owner may read (Samba refuses any other key).
pub(crate) fn write_private(path: &Path, content: &str) -> Result<()> {
    use std::io::Write;
    fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .map_err(LabError::file("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::run;
    use std::process::Command;

    #[test]
    fn a_certificate_of_a_reopened_authority_verifies_for_its_address() {
        let directory = tempfile::tempdir().unwrap();
        LabCa::open_in(directory.path()).unwrap();
        let ca = LabCa::open_in(directory.path()).unwrap();

        let identity = ca.issue(&["dc1.contoso.test", "127.77.0.9"]).unwrap();

        let leaf = directory.path().join("leaf.pem");
        fs::write(&leaf, identity.certificate_pem).unwrap();
        let verified = run(Command::new("openssl")
            .args(["verify", "-verify_ip", "127.77.0.9", "-CAfile"])
            .args([ca.file(), leaf]));
        assert!(verified.is_ok(), "{verified:?}");
    }
}
