//! The agent's configuration: where its directory is, and how it reaches the service.
//!
//! Invariants: holds no password; unknown keys are errors; everything is local, the cloud sends none of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::error::AgentError;
use crate::home;

/// The commented file that enrolment leaves.
pub const TEMPLATE: &str = include_str!("config.toml");

/// The configuration file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The directory.
    pub directory: Option<DirectoryConfig>,
    /// The way to the service.
    #[serde(default)]
    pub service: ServiceConfig,
    /// The PowerShell that speaks to Entra Connect.
    pub entra_connect: Option<EntraConnectConfig>,
}

/// The PowerShell that speaks to Entra Connect, and how long it may take. Whether it is asked at all is
/// the policy file's to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntraConnectConfig {
    /// Its whole path.
    pub powershell: PathBuf,
    /// The pause between two looks at the scheduler, in milliseconds.
    #[serde(default = "looks_ms")]
    pub look_every_ms: u64,
    /// The longest that one call of PowerShell may take, in milliseconds.
    #[serde(default = "call_ms")]
    pub call_ms: u64,
    /// The longest that the end of a running cycle is waited for, in milliseconds.
    #[serde(default = "wait_ms")]
    pub wait_ms: u64,
    /// The longest that a cycle may take to begin after its order, in milliseconds.
    #[serde(default = "begin_ms")]
    pub begin_ms: u64,
    /// The longest that a cycle may take, in milliseconds.
    #[serde(default = "cycle_ms")]
    pub cycle_ms: u64,
}

fn looks_ms() -> u64 {
    10_000
}

fn call_ms() -> u64 {
    120_000
}

fn wait_ms() -> u64 {
    3_600_000
}

fn begin_ms() -> u64 {
    300_000
}

fn cycle_ms() -> u64 {
    4 * 3_600_000
}

/// What the agent's directory is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DirectoryConfig {
    /// An Active Directory domain.
    ActiveDirectory(LdapDirectory),
    /// An OpenLDAP server.
    Openldap(LdapDirectory),
    /// A folder of HR files.
    HrFile(FileDirectory),
}

/// Where an LDAP directory is and who the agent is in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapDirectory {
    /// `ldaps://host[:port]`.
    pub url: String,
    /// The account to bind as; its password is set with `credential set`.
    pub bind: String,
    /// The partition, when not the server's default.
    pub base_dn: Option<String>,
    /// PEM file of the authority that issued the domain controller's certificate.
    pub ca_file: Option<PathBuf>,
}

/// Where HR files are. How they are read is confirmed in the console; which files are read is decided here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDirectory {
    /// The HR system's name for people. The directory is pinned to it.
    pub name: String,
    /// The folder, as an absolute path.
    pub folder: PathBuf,
    /// Which of its files are meant: a name with `*` for any characters and `?` for one.
    #[serde(default = "every_csv")]
    pub pattern: String,
    /// How long a file must not change before it counts as complete, in milliseconds.
    #[serde(default = "settle_ms")]
    pub settle_ms: u64,
    /// How often the folder is looked at for a new file, in milliseconds.
    #[serde(default = "poll_ms")]
    pub poll_ms: u64,
    /// The largest file that is read, in bytes.
    #[serde(default = "bytes_max")]
    pub bytes_max: u64,
}

fn every_csv() -> String {
    "*.csv".into()
}

fn settle_ms() -> u64 {
    2_000
}

fn poll_ms() -> u64 {
    10_000
}

fn bytes_max() -> u64 {
    1 << 30
}

/// How the agent reaches the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// `http://[user:password@]host:port` of a proxy; without it HTTPS_PROXY counts.
    pub proxy: Option<String>,
    /// The shortest wait before the agent connects again, in milliseconds.
    pub reconnect_min_ms: u64,
    /// The longest.
    pub reconnect_max_ms: u64,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            proxy: None,
            reconnect_min_ms: 500,
            reconnect_max_ms: 60_000,
        }
    }
}

impl ServiceConfig {
    /// The shortest and the longest wait.
    pub fn reconnect(&self) -> (Duration, Duration) {
        let min = Duration::from_millis(self.reconnect_min_ms.max(1));
        (min, Duration::from_millis(self.reconnect_max_ms).max(min))
    }
}

impl Config {
    /// Reads the file. Nobody but the agent's user may write it: it says whom to trust.
    pub fn load(path: &Path) -> Result<Self, AgentError> {
        let text = home::read_trusted(path)?.ok_or_else(|| {
            AgentError::new(
                "agent.config_missing",
                format!("There is no {}.", path.display()),
                "Run `syncline-agent enrol` first; it leaves a file to fill in.",
            )
        })?;
        Self::parse(&text)
    }

    /// Reads the text of a configuration file.
    pub fn parse(text: &str) -> Result<Self, AgentError> {
        let wrong = |what: String| {
            AgentError::new(
                "agent.config_invalid",
                format!("The configuration file is not valid: {what}."),
                "Correct it; config.toml as enrolment left it explains each key.",
            )
        };
        let read: Self = toml::from_str(text).map_err(|e| wrong(e.message().to_owned()))?;
        if let Some(entra_connect) = &read.entra_connect
            && !entra_connect.powershell.is_absolute()
        {
            let path = entra_connect.powershell.display();
            return Err(wrong(format!("`{path}` is no whole path of a PowerShell")));
        }
        if let Some(DirectoryConfig::HrFile(files)) = &read.directory {
            files.check().map_err(|what| wrong(what.to_owned()))?;
        }
        Ok(read)
    }
}

impl FileDirectory {
    fn check(&self) -> Result<(), &'static str> {
        let name = self.name.trim();
        if name != self.name || name.is_empty() || name.chars().count() > 100 {
            return Err("`name` of the HR files is empty, too long or has spaces around it");
        }
        if !self.folder.is_absolute() {
            return Err("`folder` of the HR files is no absolute path");
        }
        if self.pattern.is_empty() || self.pattern.contains('/') {
            return Err("`pattern` of the HR files is empty or names a folder");
        }
        if self.poll_ms == 0 || self.settle_ms == 0 {
            return Err("`poll_ms` and `settle_ms` of the HR files are above zero");
        }
        Ok(())
    }
}

impl LdapDirectory {
    /// The host in the URL, without its port.
    pub fn host(&self) -> &str {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        match authority
            .strip_prefix('[')
            .and_then(|v6| v6.split_once(']'))
        {
            Some((host, _)) => host,
            None => authority.split(':').next().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid_and_names_no_directory_yet() {
        assert!(Config::parse(TEMPLATE).unwrap().directory.is_none());
    }

    #[test]
    fn a_powershell_is_named_by_its_whole_path() {
        let text = "[entra_connect]\npowershell = '/usr/bin/pwsh'\nwait_ms = 5\n";

        let config = Config::parse(text).unwrap().entra_connect.unwrap();

        assert_eq!((config.wait_ms, config.look_every_ms), (5, 10_000));
        for text in [
            "[entra_connect]\npowershell = 'pwsh'",
            "[entra_connect]\nwait_ms = 5",
        ] {
            let error = Config::parse(text).unwrap_err();
            assert_eq!(error.code, "agent.config_invalid", "{text}");
        }
    }

    #[test]
    fn a_filled_file_is_read_and_a_password_in_it_refused() {
        let text = "[directory]\nkind = 'active-directory'\nurl = 'ldaps://dc1.x.test:636/'\nbind = 'svc@x.test'\n";

        let config = Config::parse(text).unwrap();

        let Some(DirectoryConfig::ActiveDirectory(directory)) = config.directory else {
            panic!("another kind")
        };
        assert_eq!(directory.host(), "dc1.x.test");
        assert_eq!(config.service.reconnect().0, Duration::from_millis(500));
        assert_eq!(
            Config::parse(&format!("{text}password = 'x'\n"))
                .unwrap_err()
                .code,
            "agent.config_invalid"
        );
    }

    #[test]
    fn a_folder_of_hr_files_is_named_by_this_host_alone() {
        let text = "[directory]\nkind = 'hr-file'\nname = 'Contoso HR'\nfolder = '/srv/hr'\n";

        let config = Config::parse(text).unwrap();

        let Some(DirectoryConfig::HrFile(files)) = config.directory else {
            panic!("another kind")
        };
        assert_eq!((files.pattern.as_str(), files.settle_ms), ("*.csv", 2_000));
        for wrong in [
            text.replace("/srv", "srv"),
            text.replace("Contoso HR", " "),
            text.replace("hr-file", "sql"),
            format!("{text}pattern = '../*.csv'\n"),
            format!("{text}url = 'ldaps://x'\n"),
            format!("{text}settle_ms = 0\n"),
        ] {
            let error = Config::parse(&wrong).unwrap_err();
            assert_eq!(error.code, "agent.config_invalid", "{wrong}");
        }
    }
}
