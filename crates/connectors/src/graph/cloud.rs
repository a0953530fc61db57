//! The clouds a tenant can be in, and the only hosts that are ever dialled for it.
//!
//! Invariants: every address of a request is built from a row of this table; a link that an answer gave is
//! taken only when scheme, host and port are those of the row, and only its path and query are kept; plain
//! HTTP exists for loopback only (a simulated tenant inside a test).

use std::net::IpAddr;
use std::sync::OnceLock;

use http::Uri;
use serde::Deserialize;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

/// The version of Graph that is spoken, as the first step of every path.
pub(super) const VERSION: &str = "/v1.0";

/// A row of the cloud table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    name: String,
    title: String,
    login: Origin,
    graph: Origin,
    listed: bool,
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    tls: bool,
    host: String,
    port: u16,
}

#[derive(Deserialize)]
struct Table {
    clouds: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    title: String,
    login: String,
    graph: String,
}

/// The vendor's clouds.
///
/// # Panics
/// Never: the table is part of the program and tested.
pub fn table() -> &'static [Cloud] {
    static CLOUDS: OnceLock<Vec<Cloud>> = OnceLock::new();
    CLOUDS.get_or_init(|| {
        let table: Table = serde_json::from_str(include_str!("data/clouds.json"))
            .expect("clouds.json is readable");
        let clouds = table.clouds.into_iter().map(|row| Cloud {
            login: Origin::parse(&row.login).expect("clouds.json holds addresses"),
            graph: Origin::parse(&row.graph).expect("clouds.json holds addresses"),
            name: row.name,
            title: row.title,
            listed: true,
        });
        clouds.collect()
    })
}

impl Cloud {
    /// A row of the table by its name, such as `global`.
    ///
    /// # Errors
    /// `graph.cloud_unknown` when there is none.
    pub fn named(name: &str) -> Result<Self, Fault> {
        let found = table().iter().find(|cloud| cloud.name == name);
        found.cloned().ok_or_else(|| {
            let known: Vec<&str> = table().iter().map(|cloud| cloud.name.as_str()).collect();
            Fault::new(
                "graph.cloud_unknown",
                ErrorKind::Connection,
                format!("There is no cloud \"{name}\" in the table."),
                format!("Choose one of {}.", known.join(", ")),
            )
        })
    }

    /// A row of one's own: a simulated tenant. `http://` is taken for loopback addresses only.
    ///
    /// # Errors
    /// `graph.cloud_address` when an address is none, or would send a token in clear over a network.
    pub fn custom(name: &str, login: &str, graph: &str) -> Result<Self, Fault> {
        Ok(Self {
            name: name.to_owned(),
            title: format!("Simulated Entra tenant ({name})"),
            login: Origin::parse(login)?,
            graph: Origin::parse(graph)?,
            listed: false,
        })
    }

    /// Its name in configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether it is one of the vendor's; else it is a simulated tenant.
    pub fn is_listed(&self) -> bool {
        self.listed
    }

    /// Where tokens are issued.
    pub fn login(&self) -> &Origin {
        &self.login
    }

    /// Where Graph is.
    pub fn graph(&self) -> &Origin {
        &self.graph
    }

    /// The hosts and ports that may be dialled; nothing else ever is.
    pub fn hosts(&self) -> Vec<(String, u16)> {
        let hosts = [&self.login, &self.graph];
        hosts
            .map(|origin| (origin.host.clone(), origin.port))
            .to_vec()
    }
}

impl Origin {
    /// Reads `https://host` or `https://host:port`.
    ///
    /// # Errors
    /// `graph.cloud_address` for anything else, and for `http://` beyond loopback.
    pub fn parse(address: &str) -> Result<Self, Fault> {
        let refused = |why: &str| {
            Fault::new(
                "graph.cloud_address",
                ErrorKind::Connection,
                format!("\"{address}\" is no address of a cloud: {why}."),
                "Give https://host, or for a simulated tenant on this machine http://127.0.0.1:port.",
            )
        };
        let uri: Uri = address
            .trim_end_matches('/')
            .parse()
            .map_err(|_| refused("it is not an address"))?;
        let origin = Self::of(&uri).ok_or_else(|| refused("scheme or host is missing"))?;
        if uri.path() != "/" && !uri.path().is_empty() || uri.query().is_some() {
            return Err(refused("it has a path"));
        }
        if !origin.tls && !origin.is_loopback() {
            return Err(refused("without TLS only loopback is dialled"));
        }
        Ok(origin)
    }

    fn of(uri: &Uri) -> Option<Self> {
        let tls = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        (!host.is_empty()).then(|| Self {
            tls,
            host: host.to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
        })
    }

    /// The host, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is spoken to over TLS.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self
                .host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    }

    /// As text, without a port that its scheme implies: `https://graph.microsoft.com`.
    pub fn as_url(&self) -> String {
        let (scheme, usual) = if self.tls {
            ("https", 443)
        } else {
            ("http", 80)
        };
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        if self.port == usual {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }

    /// Path and query, below the version, of a link that an answer gave (`nextLink`, `deltaLink`, `Location`).
    ///
    /// # Errors
    /// `graph.host_not_allowed` when it leads anywhere but to this origin and its version.
    pub fn below_version(&self, link: &str) -> Result<String, Fault> {
        let refused = |found: &str| {
            Fault::new(
                "graph.host_not_allowed",
                ErrorKind::Connection,
                format!(
                    "An answer of {} leads to {found}, which is not the configured cloud. Nothing was dialled.",
                    self.as_url()
                ),
                "Look at who answers under that name: a proxy may rewrite answers. The run starts anew from its last watermark.",
            )
        };
        let uri: Uri = link
            .parse()
            .map_err(|_| refused("an address that cannot be read"))?;
        let Some(origin) = Self::of(&uri) else {
            return Err(refused("an address without host"));
        };
        if origin != *self {
            return Err(refused(&origin.as_url()));
        }
        let target = uri.path_and_query().map_or("", |target| target.as_str());
        match target.strip_prefix(VERSION) {
            Some(below) if below.starts_with('/') && !below.contains("/../") => {
                Ok(below.to_owned())
            }
            _ => Err(refused("another version")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_four_clouds_all_behind_tls() {
        assert_eq!(table().len(), 4);
        for cloud in table() {
            assert!(cloud.login.tls && cloud.graph.tls && cloud.listed);
            assert_eq!(&Cloud::named(cloud.name()).unwrap(), cloud);
        }
        assert_eq!(
            Cloud::named("mars").unwrap_err().code,
            "graph.cloud_unknown"
        );
    }

    #[test]
    fn a_cloud_of_ones_own_is_plain_on_loopback_only() {
        assert!(Cloud::custom("sim", "http://127.0.0.1:1", "http://[::1]:2").is_ok());
        for (login, graph) in [
            ("http://login.test", "http://127.0.0.1:2"),
            ("http://127.0.0.1:1", "http://10.0.0.1:2"),
            ("ftp://127.0.0.1", "http://127.0.0.1"),
            ("https://a@b.test", "https://b.test"),
            ("https://b.test/path", "https://b.test"),
            ("", "https://b.test"),
        ] {
            let refused = Cloud::custom("sim", login, graph).unwrap_err();
            assert_eq!(refused.code, "graph.cloud_address", "{login} {graph}");
        }
    }

    #[test]
    fn a_link_is_taken_from_the_clouds_own_host_and_version_only() {
        let graph = Cloud::named("global").unwrap().graph().clone();

        let below =
            graph.below_version("https://Graph.Microsoft.com:443/v1.0/users/delta?$skiptoken=a.b");

        assert_eq!(below.unwrap(), "/users/delta?$skiptoken=a.b");
        for link in [
            "https://graph.microsoft.com.evil.test/v1.0/users/delta",
            "http://graph.microsoft.com/v1.0/users/delta",
            "https://graph.microsoft.com:8443/v1.0/users/delta",
            "https://graph.microsoft.com@evil.test/v1.0/users/delta",
            "https://evil@graph.microsoft.com/v1.0/users/delta",
            "https://graph.microsoft.us/v1.0/users/delta",
            "https://graph.microsoft.com/beta/users/delta",
            "https://graph.microsoft.com/v1.0/../beta/users",
            "//graph.microsoft.com/v1.0/users/delta",
            "/v1.0/users/delta",
            "not a link",
            "",
        ] {
            assert_eq!(
                graph.below_version(link).unwrap_err().code,
                "graph.host_not_allowed",
                "{link}"
            );
        }
    }
}
