//! What the agent's host knows about a directory: where it is, whom to trust, as whom to bind.
//!
//! Invariants: LDAPS only; the password prints as dots and is wiped when dropped; nothing here comes from the cloud.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

/// The kind of LDAP directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// Microsoft Active Directory, or Samba as one.
    ActiveDirectory,
    /// OpenLDAP.
    OpenLdap,
}

impl DirectoryKind {
    /// The name, as in configuration files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActiveDirectory => "active-directory",
            Self::OpenLdap => "openldap",
        }
    }

    /// Reads [`DirectoryKind::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "active-directory" => Some(Self::ActiveDirectory),
            "openldap" => Some(Self::OpenLdap),
            _ => None,
        }
    }
}

/// A password.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the password over.
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How to reach one directory.
#[derive(Debug, Clone)]
pub struct LdapConfig {
    /// What it is.
    pub kind: DirectoryKind,
    /// `ldaps://host`, with a port if it is not 636.
    pub url: String,
    /// The certificates to trust, PEM; without it those of the system.
    pub ca_file: Option<PathBuf>,
    /// The account: a user principal name or a DN.
    pub bind_name: String,
    /// Its password.
    pub password: Secret,
    /// The partition to read and write; without it the server's default.
    pub base_dn: Option<String>,
    /// How long a connection may take to come up.
    pub connect_timeout: Duration,
    /// How long the directory may take for its next answer.
    pub answer_timeout: Duration,
    /// After this long without use a connection is tried before it is trusted.
    pub idle_max: Duration,
    /// How often an idle directory is asked for changes.
    pub poll_interval: Duration,
    /// How often it is asked once its own notifications have proved prompt.
    pub poll_interval_notified: Duration,
    /// Values of one attribute in one write at most.
    pub values_per_write: usize,
}

impl LdapConfig {
    /// The usual limits; everything else is given.
    pub fn new(
        kind: DirectoryKind,
        url: impl Into<String>,
        bind_name: impl Into<String>,
        password: Secret,
    ) -> Self {
        Self {
            kind,
            url: url.into(),
            ca_file: None,
            bind_name: bind_name.into(),
            password,
            base_dn: None,
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(120),
            idle_max: Duration::from_secs(30),
            poll_interval: Duration::from_secs(1),
            poll_interval_notified: Duration::from_secs(15),
            values_per_write: 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_prints_without_its_password() {
        let config = LdapConfig::new(
            DirectoryKind::ActiveDirectory,
            "ldaps://dc1",
            "svc",
            Secret::new("hunter2"),
        );

        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(
            DirectoryKind::from_name(config.kind.as_str()),
            Some(config.kind)
        );
    }
}
