//! The service's address and the proxy on the way to it.
//!
//! Invariants: plain text goes to loopback addresses only; a proxy's password prints nowhere.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use http::Uri;

use crate::error::AgentError;

/// Where the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether TLS is spoken.
    pub secure: bool,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// An HTTP proxy that takes CONNECT.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// The Proxy-Authorization header's value.
    pub authorization: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({}:{})", self.host, self.port)
    }
}

impl Address {
    /// Reads `https://host[:port]` (or `http`, to a loopback address).
    pub fn parse(url: &str) -> Result<Self, AgentError> {
        let wrong = |why: &str| {
            AgentError::new(
                "agent.url_invalid",
                format!("`{url}` is no address of the service: {why}."),
                "Give it as https://host, as the console shows it.",
            )
        };
        let uri: Uri = url.parse().map_err(|_| wrong("it cannot be read"))?;
        let secure = match uri.scheme_str() {
            Some("https" | "wss") => true,
            Some("http" | "ws") => false,
            _ => return Err(wrong("it must begin with https://")),
        };
        let host = uri.host().ok_or_else(|| wrong("it names no host"))?;
        if uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err(wrong("it must not hold a user or password"));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = Self {
            secure,
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
        };
        if !secure && !address.is_loopback() {
            return Err(wrong("plain http is spoken to loopback addresses only"));
        }
        Ok(address)
    }

    /// Host, and port when it is not the default: what a proof of possession names.
    pub fn authority(&self) -> String {
        let default = if self.secure { 443 } else { 80 };
        let host = self.bracketed();
        if self.port == default {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// Host and port for CONNECT.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Proxy {
    /// Reads `http://[user:password@]host[:port]`.
    pub fn parse(url: &str) -> Result<Self, AgentError> {
        let wrong = || {
            // The text may hold a password, so it is not repeated.
            AgentError::new(
                "agent.proxy_invalid",
                "The proxy's address cannot be read.",
                "Give it as http://host:port or http://user:password@host:port.",
            )
        };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let authority = uri.authority().ok_or_else(wrong)?;
        let authorization = authority.as_str().rsplit_once('@').map(|(user, _)| {
            let user = percent_decoded(user);
            let encoded = base64::engine::general_purpose::STANDARD.encode(user);
            format!("Basic {encoded}")
        });
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(3128),
            authorization,
        })
    }

    /// The proxy for an address: the configured one, or that of the environment.
    pub fn choose(
        configured: Option<&str>,
        environment: impl Fn(&str) -> Option<String>,
        address: &Address,
    ) -> Result<Option<Self>, AgentError> {
        if let Some(url) = configured {
            return Self::parse(url).map(Some);
        }
        let look = |name: &str| {
            environment(name)
                .or_else(|| environment(&name.to_ascii_lowercase()))
                .filter(|text| !text.is_empty())
        };
        let excepted = look("NO_PROXY").is_some_and(|list| excepts(&list, &address.host));
        match look("HTTPS_PROXY") {
            Some(url) if !excepted && !address.is_loopback() => Self::parse(&url).map(Some),
            _ => Ok(None),
        }
    }
}

fn excepts(list: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    list.split(',')
        .map(|item| item.trim().to_ascii_lowercase())
        .any(|item| {
            let bare = item.trim_start_matches("*.").trim_start_matches('.');
            item == "*"
                || (!bare.is_empty() && (host == bare || host.ends_with(&format!(".{bare}"))))
        })
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|p| std::str::from_utf8(p).ok());
        match pair.and_then(|p| u8::from_str_radix(p, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_loopback() {
        let sync = Address::parse("https://sync.example.com").unwrap();
        assert_eq!(sync.authority(), "sync.example.com");
        assert_eq!(sync.host_and_port(), "sync.example.com:443");
        let local = Address::parse("http://127.0.0.1:8080/").unwrap();
        assert_eq!(
            (local.secure, local.authority().as_str()),
            (false, "127.0.0.1:8080")
        );
        assert_eq!(
            Address::parse("https://[::1]:8443").unwrap().authority(),
            "[::1]:8443"
        );

        for url in [
            "sync.example.com",
            "http://sync.example.com",
            "ftp://x",
            "https://",
            "https://u:p@x",
        ] {
            assert_eq!(
                Address::parse(url).unwrap_err().code,
                "agent.url_invalid",
                "{url}"
            );
        }
    }

    #[test]
    fn a_proxy_s_password_is_sent_and_not_printed() {
        let proxy = Proxy::parse("http://ann:p%40ss@proxy.example.com:8080").unwrap();

        assert_eq!(proxy.authorization.as_deref(), Some("Basic YW5uOnBAc3M="));
        assert_eq!(
            (proxy.host.as_str(), proxy.port),
            ("proxy.example.com", 8080)
        );
        assert!(!format!("{proxy:?}").contains("p@ss"));
        assert!(Proxy::parse("socks5://x").unwrap_err().message.len() < 60);
    }

    #[test]
    fn the_environment_s_proxy_counts_unless_it_is_excepted() {
        let address = |host: &str| Address {
            secure: true,
            host: host.into(),
            port: 443,
        };
        let environment = |name: &str| match name {
            "https_proxy" => Some("http://p:1".to_owned()),
            "NO_PROXY" => Some("internal.example.com, .corp".to_owned()),
            _ => None,
        };
        let chosen = |host: &str| {
            Proxy::choose(None, environment, &address(host))
                .unwrap()
                .is_some()
        };

        assert!(chosen("sync.example.com"));
        assert!(!chosen("a.internal.example.com"));
        assert!(!chosen("x.corp"));
        assert!(!chosen("127.0.0.1"));
        let own = Proxy::choose(Some("http://q:2"), |_| None, &address("127.0.0.1"));
        assert_eq!(own.unwrap().unwrap().port, 2);
    }
}
