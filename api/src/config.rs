//! What the API is told when it starts: the boot document's parts, checked once.
//!
//! Invariants: plain HTTP (our own address and the identity provider's) is accepted on loopback addresses only;
//! a setting that is not known is refused, so a misspelt one cannot be silently without effect.

use std::net::SocketAddr;
use std::path::PathBuf;

use reqwest::Url;
use serde::Deserialize;
use syncline_store::control::Address;
use syncline_wire::boot::{ApiBoot, Database, Secret};
use syncline_wire::host::Isolation;

/// Everything the API needs to know.
#[derive(Clone)]
pub struct Config {
    /// Control database as the serving role.
    pub database: Address,
    /// Control database as the collector's role.
    pub collector: Address,
    /// The host's socket.
    pub host_socket: PathBuf,
    /// Folder with one folder a tenant and `api.sock` in it.
    pub runners_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address browsers and agents use, without a trailing slash.
    pub public_url: Url,
    /// Seed of the key that signs assertions.
    pub assertion_seed: [u8; 32],
    /// Our own lasting key: cursors, anti-forgery tokens.
    pub api_key: [u8; 32],
    /// The console's files.
    pub console_dir: Option<PathBuf>,
    /// Whom we trust to say who somebody is.
    pub identity: Identity,
    /// How we prove ourselves to the identity provider.
    pub client_credential: ClientCredential,
    /// What this machine gives to runners.
    pub isolation: Isolation,
    /// The release.
    pub build: String,
}

/// The settings of the host's table `[api.settings]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    identity: Identity,
}

/// The identity provider, as one configured set: national clouds differ in all of it at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Base of every address of the provider, such as `https://login.microsoftonline.com`.
    pub authority: Url,
    /// Our client id; also the audience of every token.
    pub client_id: String,
    /// The scope a person's access token needs.
    #[serde(default = "default_scope")]
    pub scope: String,
    /// Application roles of which a workload's access token needs one.
    #[serde(default = "default_application_roles")]
    pub application_roles: Vec<String>,
    /// Clients whose access tokens are accepted (`azp`); empty for any that the person or tenant consented to.
    #[serde(default)]
    pub allowed_clients: Vec<String>,
    /// Seconds by which clocks may differ.
    #[serde(default = "default_leeway")]
    pub leeway_s: i64,
    /// The directory tenant of personal accounts, which are refused.
    #[serde(default = "default_consumer_tenant")]
    pub consumer_tenant: String,
}

fn default_scope() -> String {
    "access".into()
}

fn default_application_roles() -> Vec<String> {
    vec!["Syncline.Automation".into()]
}

fn default_leeway() -> i64 {
    90
}

fn default_consumer_tenant() -> String {
    "9188040d-6c67-4c5b-b112-36a304b66dad".into()
}

/// How we prove ourselves to the identity provider.
#[derive(Clone)]
pub enum ClientCredential {
    /// `private_key_jwt` with this RSA key in PEM.
    PrivateKey(Secret),
    /// A client secret: development only.
    Secret(Secret),
}

/// Why the API cannot start with what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is missing, unknown or of the wrong kind.
    #[error(
        "[api.settings] cannot be used: {0}. Compare it with docs/operations.md (api.config.settings)"
    )]
    Settings(String),
    /// An address that is not one.
    #[error("`{what}` is not usable: {why} (api.config.address)")]
    Address {
        /// Which.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// No credential for the identity provider.
    #[error(
        "neither `identity_client_key` nor `identity_client_secret` is named in [api.secrets]: one of them is needed \
         to sign people in (api.config.credential)"
    )]
    Credential,
}

impl Config {
    /// Reads the boot document.
    pub fn from_boot(boot: &ApiBoot) -> Result<Self, ConfigError> {
        let settings: Settings = serde_json::from_value(boot.settings.clone())
            .map_err(|e| ConfigError::Settings(e.to_string()))?;
        let listen: SocketAddr = boot.listen.parse().map_err(|_| ConfigError::Address {
            what: "listen",
            why: format!("`{}` is not address:port", boot.listen),
        })?;
        let public_url = web_address("public_url", &boot.public_url)?;
        if public_url.scheme() == "http" && !listen.ip().is_loopback() {
            return Err(ConfigError::Address {
                what: "listen",
                why: format!("plain HTTP is served on loopback addresses only, not on {listen}"),
            });
        }
        web_address("identity.authority", settings.identity.authority.as_str())?;
        let key = boot
            .secrets
            .get("identity_client_key")
            .cloned()
            .map(ClientCredential::PrivateKey);
        let secret = || {
            boot.secrets
                .get("identity_client_secret")
                .cloned()
                .map(ClientCredential::Secret)
        };
        Ok(Config {
            database: address(&boot.database),
            collector: address(&boot.collector),
            host_socket: boot.host_socket.clone(),
            runners_dir: boot.runners_dir.clone(),
            listen,
            public_url,
            assertion_seed: *boot.assertion_signing_key.expose(),
            api_key: *boot.api_key.expose(),
            console_dir: boot.console_dir.clone(),
            identity: settings.identity,
            client_credential: key.or_else(secret).ok_or(ConfigError::Credential)?,
            isolation: boot.isolation.clone(),
            build: boot.build.clone(),
        })
    }

    /// Whether browsers reach us over TLS (then cookies are `__Host-` and Secure).
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Our origin as browsers write it.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

fn address(database: &Database) -> Address {
    Address {
        socket_dir: database.socket_dir.clone(),
        port: database.port,
        database: database.database.clone(),
        role: database.role.clone(),
        password: database
            .password
            .as_ref()
            .map(|secret| secret.expose().to_owned()),
    }
}

/// An https address, or an http one on a loopback host.
pub fn web_address(what: &'static str, text: &str) -> Result<Url, ConfigError> {
    let bad = |why: String| ConfigError::Address { what, why };
    let url = Url::parse(text).map_err(|e| bad(format!("`{text}`: {e}")))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(bad(format!(
            "`{text}` is plain HTTP to another machine: use https"
        ))),
        other => Err(bad(format!("`{other}` is neither https nor http"))),
    }
}

/// Whether an address names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://login.example",
            "http://localhost:8080",
            "http://127.9.0.1:1",
            "http://[::1]:80",
        ] {
            assert!(web_address("x", good).is_ok(), "{good}");
        }
        for bad in [
            "http://login.example",
            "http://10.0.0.1",
            "ftp://localhost",
            "localhost",
            "http://localhost.example",
        ] {
            assert!(web_address("x", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        let settings = serde_json::json!({
            "identity": {"authority": "https://login.example", "client_id": "c", "skope": "access"}
        });

        let error = serde_json::from_value::<Settings>(settings)
            .unwrap_err()
            .to_string();

        assert!(error.contains("skope"), "{error}");
    }
}
