//! What a host is told: command line and configuration file, with their defaults.
//!
//! Invariant: the file may name secrets' files but holds no secret itself; an unknown key is an
//! error, so that a misspelt limit is not silently the default.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use syncline_model::cloud::{self, Cloud};
use syncline_model::outlet::{MailRelay, Outlets, WebhookHost};
use syncline_wire::boot::{Log, LogFormat};
use syncline_wire::host::Level;

use crate::error::{HostError, Result};
use crate::tenant::Gate;

/// Everything a host needs to know before it starts.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// The data directory: the database's cluster and the processes' own directories.
    pub data_dir: PathBuf,
    /// The file with the key that wraps tenants' keys. Outside the data directory, made if missing.
    pub key_file: PathBuf,
    /// Sockets; by default `run` in the data directory, or a short directory if that is too long.
    pub run_dir: Option<PathBuf>,
    /// A database server someone else runs, instead of the embedded one.
    pub database_url: Option<String>,
    /// The directory with `postgres` and `initdb`; searched for when absent.
    pub postgres_bin: Option<PathBuf>,
    /// The programs the host starts.
    pub programs: Programs,
    /// The API to run; tests that need only tenants leave it out.
    pub api: Option<ApiConfig>,
    /// The isolation level that must be reached; when absent, what the machine gives is reported.
    pub isolation: Option<Level>,
    /// The first uid of this host's range; chosen once and remembered when absent.
    pub uid_base: Option<u32>,
    /// Bounds of each runner.
    pub limits: RunnerLimits,
    /// How long a process may take to end after SIGTERM.
    pub stop_grace: Duration,
    /// The clouds that directories can be connected from: the built-in ones and simulated ones.
    pub clouds: Vec<Cloud>,
    /// Where notifications may go.
    pub outlets: Outlets,
    /// The file with the password at the mail relay.
    pub mail_password: Option<PathBuf>,
    /// What the host and its children log.
    pub log: Log,
    /// Where traces go.
    pub otlp_endpoint: Option<String>,
    /// Called around every step of `ensure` and `remove`; tests fail steps with it.
    pub gate: Gate,
}

/// The programs the host starts.
#[derive(Debug, Clone)]
pub struct Programs {
    /// One per tenant.
    pub runner: PathBuf,
    /// One per compile request.
    pub compile: PathBuf,
    /// One.
    pub api: PathBuf,
    /// This program, for the way out to the clouds.
    pub host: PathBuf,
}

/// How the API is run.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// Where it listens for HTTP.
    pub listen: String,
    /// The address browsers and agents use; derived from where it listens when absent.
    pub public_url: Option<String>,
    /// The console's built files.
    pub console: Option<PathBuf>,
    /// Handed to the API unread.
    pub settings: serde_json::Value,
    /// Files whose contents are handed to the API by descriptor, by name.
    pub secrets: BTreeMap<String, PathBuf>,
}

/// Bounds of one runner.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunnerLimits {
    /// Private writable memory.
    pub memory_bytes: u64,
    /// Open descriptors.
    pub open_files: u64,
    /// Threads of the runner's uid.
    pub threads: u64,
    /// The largest single file.
    pub file_bytes: u64,
    /// Sessions of its role.
    pub database_connections: u32,
    /// The longest compile request and answer.
    pub compile_bytes: u32,
    /// CPU seconds of one compile.
    pub compile_cpu_seconds: u64,
    /// Wall-clock seconds of one compile.
    pub compile_wall_seconds: u64,
    /// Memory of one compile.
    pub compile_memory_bytes: u64,
}

impl Default for RunnerLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            open_files: 4096,
            threads: 256,
            file_bytes: 4 << 30,
            database_connections: 8,
            compile_bytes: 32 << 20,
            compile_cpu_seconds: 60,
            compile_wall_seconds: 120,
            compile_memory_bytes: 2 << 30,
        }
    }
}

impl HostConfig {
    /// The defaults for a data directory: programs beside this executable, key file beside the
    /// data directory, no API.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        let mut key_file = data_dir.clone().into_os_string();
        key_file.push(".key");
        Self {
            key_file: key_file.into(),
            data_dir,
            run_dir: None,
            database_url: None,
            postgres_bin: None,
            programs: Programs::beside_this_one(),
            api: None,
            isolation: None,
            uid_base: None,
            limits: RunnerLimits::default(),
            stop_grace: Duration::from_secs(10),
            clouds: cloud::table(),
            outlets: Outlets::default(),
            mail_password: None,
            log: Log {
                format: LogFormat::Text,
                filter: "info,sqlx=warn".into(),
            },
            otlp_endpoint: None,
            gate: Gate::open(),
        }
    }

    /// Lets a configuration file speak.
    pub fn apply_file(&mut self, path: &Path) -> Result<()> {
        let unusable = |why: String| {
            HostError::new(
                "host.config",
                format!("the configuration {} cannot be used: {why}", path.display()),
            )
        };
        let text = std::fs::read_to_string(path).map_err(|e| unusable(e.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|e| unusable(e.to_string()))?;
        self.apply(file).map_err(unusable)
    }

    fn apply(&mut self, file: File) -> Result<(), String> {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        set(&mut self.key_file, file.key_file);
        set(&mut self.limits, file.runner);
        set(
            &mut self.stop_grace,
            file.stop_grace_seconds.map(Duration::from_secs),
        );
        set(&mut self.programs.runner, file.programs.runner);
        set(&mut self.programs.compile, file.programs.compile);
        set(&mut self.programs.api, file.programs.api);
        set(&mut self.log.format, file.log.format);
        set(&mut self.log.filter, file.log.filter);
        self.run_dir = file.run_dir.or(self.run_dir.take());
        self.database_url = file.database_url.or(self.database_url.take());
        self.postgres_bin = file.postgres_bin.or(self.postgres_bin.take());
        self.isolation = file.isolation.or(self.isolation);
        self.uid_base = file.uid_base.or(self.uid_base);
        self.otlp_endpoint = file.otlp_endpoint.or(self.otlp_endpoint.take());
        if let Some(api) = file.api {
            self.api = Some(api.into());
        }
        self.clouds = cloud::with_simulated(file.clouds).map_err(|e| e.to_string())?;
        let outlets = Outlets {
            webhook_hosts: file.webhook_hosts,
            mail_relay: file.mail_relay,
        };
        self.outlets = outlets.checked().map_err(|e| e.to_string())?;
        self.mail_password = file.mail_password_file.or(self.mail_password.take());
        Ok(())
    }
}

impl Programs {
    /// Those installed in the same directory as the running executable.
    pub fn beside_this_one() -> Self {
        let here = std::env::current_exe().ok();
        let folder = here
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("."));
        Self {
            runner: folder.join("syncline-runner"),
            compile: folder.join("syncline-compile"),
            api: folder.join("syncline-api"),
            host: folder.join("syncline-host"),
        }
    }
}

impl ApiConfig {
    /// An API on this address with nothing else said.
    pub fn on(listen: impl Into<String>) -> Self {
        Self {
            listen: listen.into(),
            public_url: None,
            console: None,
            settings: serde_json::Value::Object(serde_json::Map::new()),
            secrets: BTreeMap::new(),
        }
    }
}

/// The form of the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    key_file: Option<PathBuf>,
    run_dir: Option<PathBuf>,
    database_url: Option<String>,
    postgres_bin: Option<PathBuf>,
    isolation: Option<Level>,
    uid_base: Option<u32>,
    stop_grace_seconds: Option<u64>,
    otlp_endpoint: Option<String>,
    programs: FilePrograms,
    runner: Option<RunnerLimits>,
    log: FileLog,
    api: Option<FileApi>,
    #[serde(rename = "cloud")]
    clouds: Vec<Cloud>,
    #[serde(rename = "webhook_host")]
    webhook_hosts: Vec<WebhookHost>,
    mail_relay: Option<MailRelay>,
    mail_password_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FilePrograms {
    runner: Option<PathBuf>,
    compile: Option<PathBuf>,
    api: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileLog {
    format: Option<LogFormat>,
    filter: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileApi {
    listen: Option<String>,
    public_url: Option<String>,
    console: Option<PathBuf>,
    settings: Option<toml::Table>,
    secrets: BTreeMap<String, PathBuf>,
}

/// Where the API listens unless told otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

impl From<FileApi> for ApiConfig {
    fn from(file: FileApi) -> Self {
        let settings = serde_json::to_value(file.settings.unwrap_or_default());
        Self {
            public_url: file.public_url,
            console: file.console,
            settings: settings.unwrap_or_default(),
            secrets: file.secrets,
            ..Self::on(file.listen.unwrap_or_else(|| DEFAULT_LISTEN.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<HostConfig, toml::de::Error> {
        let mut config = HostConfig::new("/var/lib/syncline");
        config.apply(toml::from_str(text)?).unwrap();
        Ok(config)
    }

    #[test]
    fn an_empty_file_changes_nothing_and_the_key_lies_outside_the_data() {
        let config = parsed("").unwrap();

        assert_eq!(config.key_file, Path::new("/var/lib/syncline.key"));
        assert!(config.api.is_none() && config.isolation.is_none());
    }

    #[test]
    fn a_file_sets_limits_level_and_what_the_api_gets() {
        let config = parsed(
            r#"
            isolation = "standard"
            [runner]
            threads = 64
            [api]
            listen = "127.0.0.1:9000"
            [api.settings.oidc]
            issuer = "https://login.example"
            [api.secrets]
            oidc_key = "/etc/syncline/oidc.pem"
            "#,
        )
        .unwrap();

        let api = config.api.unwrap();
        assert_eq!(config.isolation, Some(Level::Standard));
        assert_eq!(config.limits.threads, 64);
        assert_eq!(config.limits.open_files, RunnerLimits::default().open_files);
        assert_eq!(api.settings["oidc"]["issuer"], "https://login.example");
        assert_eq!(api.secrets["oidc_key"], Path::new("/etc/syncline/oidc.pem"));
    }

    #[test]
    fn a_simulated_cloud_can_be_added() {
        let config = parsed(
            "[[cloud]]\nname = 'lab'\nlabel = 'Lab'\nsimulated = true\nlogin = 'https://127.0.0.1:1'\ngraph = 'https://127.0.0.1:2'",
        )
        .unwrap();

        assert_eq!(config.clouds.len(), cloud::table().len() + 1);
    }

    #[test]
    fn outlets_are_named_by_the_operator_and_the_password_is_in_a_file_of_its_own() {
        let config = parsed(
            r#"
            mail_password_file = "/etc/syncline/mail"
            [[webhook_host]]
            origin = "https://hooks.example"
            [mail_relay]
            host = "mail.example"
            from = "syncline@example.com"
            username = "syncline"
            "#,
        )
        .unwrap();

        assert_eq!(
            config.outlets.is_internal("hooks.example", 443),
            Some(false)
        );
        assert_eq!(config.outlets.is_internal("mail.example", 587), Some(false));
        assert_eq!(
            config.mail_password.unwrap(),
            Path::new("/etc/syncline/mail")
        );
        assert!(parsed("[mail_relay]\nhost = 'm'\nfrom = 'a@b'\npassword = 'x'").is_err());
    }

    #[test]
    fn a_misspelt_key_is_an_error() {
        assert!(parsed("isolaton = \"standard\"").is_err());
        assert!(parsed("[runner]\nthread = 1").is_err());
    }
}
