//! The clouds a tenant of Microsoft Entra ID can live in, and the only hosts that are dialled for each.
//!
//! Invariants: a cloud is named by its row, never by an address that a configuration or an answer gives; an
//! origin is a scheme, a host and a port, and nothing else of a URL; plain `http` is for loopback addresses only.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// Its name in a configuration, such as `global`.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Where applications sign in.
    pub login: Origin,
    /// Where Microsoft Graph answers, without `/v1.0`.
    pub graph: Origin,
    /// Certificates to trust beside the machine's, as PEM: only where [`Cloud::simulated`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_pem: Option<String>,
    /// Whether it is a stand-in on this machine's loopback addresses, and no cloud of Microsoft's. Every screen says so.
    #[serde(default)]
    pub simulated: bool,
    /// How fast a stand-in is; a real cloud's times are built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<CloudTimes>,
}

/// How fast a simulated cloud is: in tests of thousands of faults nobody waits as for a real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudTimes {
    /// How long reads may lag behind writes, in milliseconds.
    pub settle_ms: u64,
    /// The first wait before a request is repeated where no answer gives a time, in milliseconds; it doubles up to
    /// sixteen times that.
    pub first_wait_ms: u64,
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    /// Whether the connection is TLS.
    pub tls: bool,
    /// A host name in lower case, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no origin: write `https://host` or `https://host:port`")]
pub struct OriginError(String);

/// Why clouds cannot be used together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// Two rows have one name.
    #[error("two clouds are named `{0}`")]
    NameTaken(String),
    /// A simulated row names another machine.
    #[error("the simulated cloud `{0}` does not lie on a loopback address")]
    NotLoopback(String),
    /// A row that is not marked as simulated, and is not one of the built-in rows.
    #[error("the cloud `{0}` is not built in and not marked as simulated")]
    Unknown(String),
}

#[derive(Deserialize)]
struct Table {
    clouds: Vec<Cloud>,
}

/// The built-in rows.
pub fn table() -> Vec<Cloud> {
    let table: Table =
        serde_json::from_str(include_str!("clouds.json")).expect("the table is tested");
    table.clouds
}

/// The built-in rows and these, which have to be simulated ones.
pub fn with_simulated(more: Vec<Cloud>) -> Result<Vec<Cloud>, CloudError> {
    let mut clouds = table();
    for cloud in more {
        if !cloud.simulated {
            return Err(CloudError::Unknown(cloud.name));
        }
        if !(cloud.login.is_loopback() && cloud.graph.is_loopback()) {
            return Err(CloudError::NotLoopback(cloud.name));
        }
        if clouds.iter().any(|known| known.name == cloud.name) {
            return Err(CloudError::NameTaken(cloud.name));
        }
        clouds.push(cloud);
    }
    Ok(clouds)
}

impl Cloud {
    /// The origins that may be dialled for it.
    pub fn origins(&self) -> [&Origin; 2] {
        [&self.login, &self.graph]
    }
}

impl Origin {
    /// Whether it is written as a loopback address.
    pub fn is_loopback(&self) -> bool {
        self.host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let error = || OriginError(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(error)?;
        let tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(error()),
        };
        let (host, port) = match rest.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or_else(error)?)),
            None => match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            },
        };
        let port = match port {
            Some(port) => port.parse().map_err(|_| error())?,
            None if tls => 443,
            None => 80,
        };
        let is_name = host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if host.is_empty() || !(is_name || host.parse::<IpAddr>().is_ok()) {
            return Err(error());
        }
        let origin = Self {
            tls,
            host: host.to_ascii_lowercase(),
            port,
        };
        if !tls && !origin.is_loopback() {
            return Err(error());
        }
        Ok(origin)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        let is_v6 = self.host.contains(':');
        let (open, close) = if is_v6 { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}", self.host)?;
        let usual = if self.tls { 443 } else { 80 };
        if self.port != usual {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rows_are_microsofts_and_speak_tls() {
        let clouds = table();

        assert_eq!(clouds.len(), 4);
        for cloud in &clouds {
            assert!(
                !cloud.simulated && cloud.trust_pem.is_none(),
                "{}",
                cloud.name
            );
            assert!(cloud.origins().iter().all(|o| o.tls && o.port == 443));
        }
        assert_eq!(clouds[0].graph.to_string(), "https://graph.microsoft.com");
    }

    #[test]
    fn an_origin_is_only_scheme_host_and_port() {
        for good in [
            "https://graph.microsoft.com",
            "https://127.0.0.1:8443",
            "https://[::1]:8443",
            "http://127.0.0.1:8080",
        ] {
            assert_eq!(good.parse::<Origin>().unwrap().to_string(), good);
        }
        for bad in [
            "graph.microsoft.com",
            "https://",
            "https://a/b",
            "https://user@host",
            "https://host:x",
            "https://host:99999",
            "http://graph.microsoft.com",
            "ftp://host",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_loopback_rows_can_be_added() {
        let row = |name: &str, origin: &str, simulated| Cloud {
            name: name.into(),
            label: name.into(),
            login: origin.parse().unwrap(),
            graph: origin.parse().unwrap(),
            trust_pem: None,
            simulated,
            times: None,
        };
        let own = "https://127.0.0.1:9";

        assert_eq!(
            with_simulated(vec![row("lab", own, true)]).unwrap().len(),
            5
        );
        assert_eq!(
            with_simulated(vec![row("lab", "https://evil.example", true)]),
            Err(CloudError::NotLoopback("lab".into()))
        );
        assert_eq!(
            with_simulated(vec![row("lab", own, false)]),
            Err(CloudError::Unknown("lab".into()))
        );
        assert_eq!(
            with_simulated(vec![row("global", own, true)]),
            Err(CloudError::NameTaken("global".into()))
        );
    }
}
