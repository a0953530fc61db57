//! How a runner asks the host for a connection to a cloud: an HTTP/1.1 `CONNECT` on the tenant's egress socket
//! (RFC 9110, section 9.3.6), so that what answers can be looked at with ordinary tools.
//!
//! Invariants: a question and an answer are at most [`HEAD_MAX`] bytes; nothing of the connection's bytes is read
//! with them; a refusal carries a stable code.

use std::fmt;

/// The longest question or answer, in bytes.
pub const HEAD_MAX: usize = 1024;

/// A host and a port to be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// A host name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Why no connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The question could not be read.
    Malformed,
    /// No cloud of this host has this address.
    NotAllowed,
    /// The name leads to an address where no cloud is.
    AddressNotAllowed,
    /// The name could not be looked up.
    NameUnknown,
    /// Nobody answers there.
    Unreachable,
    /// The tenant has as many connections as it may.
    TooMany,
}

impl Refusal {
    const ALL: [Self; 6] = [
        Self::Malformed,
        Self::NotAllowed,
        Self::AddressNotAllowed,
        Self::NameUnknown,
        Self::Unreachable,
        Self::TooMany,
    ];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "egress.malformed",
            Self::NotAllowed => "egress.host_not_allowed",
            Self::AddressNotAllowed => "egress.address_not_allowed",
            Self::NameUnknown => "egress.name_unknown",
            Self::Unreachable => "egress.unreachable",
            Self::TooMany => "egress.too_many_connections",
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Malformed => "400 Bad Request",
            Self::NotAllowed | Self::AddressNotAllowed => "403 Forbidden",
            Self::NameUnknown | Self::Unreachable => "502 Bad Gateway",
            Self::TooMany => "503 Service Unavailable",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

impl Target {
    /// As a question.
    pub fn question(&self) -> String {
        format!("CONNECT {self} HTTP/1.1\r\nHost: {self}\r\n\r\n")
    }

    /// Reads a question, its closing empty line included.
    pub fn read(question: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(question).map_err(|_| Refusal::Malformed)?;
        let line = text.split("\r\n").next().unwrap_or_default();
        let mut words = line.split(' ');
        let (Some("CONNECT"), Some(authority), Some("HTTP/1.1"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Refusal::Malformed);
        };
        let (host, port) = authority.rsplit_once(':').ok_or(Refusal::Malformed)?;
        let host = host
            .strip_prefix('[')
            .and_then(|v6| v6.strip_suffix(']'))
            .unwrap_or(host);
        let port = port.parse().map_err(|_| Refusal::Malformed)?;
        if host.is_empty() {
            return Err(Refusal::Malformed);
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// An answer as it is sent.
pub fn answer(result: Result<(), Refusal>) -> String {
    match result {
        Ok(()) => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
        Err(refusal) => format!(
            "HTTP/1.1 {}\r\nSyncline-Code: {refusal}\r\nContent-Length: 0\r\n\r\n",
            refusal.status()
        ),
    }
}

/// Reads an answer, its closing empty line included.
pub fn read_answer(answer: &[u8]) -> Result<(), Refusal> {
    let text = std::str::from_utf8(answer).map_err(|_| Refusal::Malformed)?;
    if text.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let code = text
        .split("\r\n")
        .find_map(|line| line.strip_prefix("Syncline-Code: "));
    let refusal = Refusal::ALL.into_iter().find(|r| Some(r.code()) == code);
    Err(refusal.unwrap_or(Refusal::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_come_back_as_they_were_sent() {
        for (host, port) in [
            ("graph.microsoft.com", 443),
            ("127.0.0.1", 8443),
            ("::1", 1),
        ] {
            let target = Target {
                host: host.into(),
                port,
            };
            assert_eq!(Target::read(target.question().as_bytes()), Ok(target));
        }
        assert_eq!(read_answer(answer(Ok(())).as_bytes()), Ok(()));
        for refusal in Refusal::ALL {
            assert_eq!(read_answer(answer(Err(refusal)).as_bytes()), Err(refusal));
        }
    }

    #[test]
    fn other_questions_are_refused() {
        for bad in [
            "GET / HTTP/1.1\r\n\r\n",
            "CONNECT a HTTP/1.1\r\n\r\n",
            "CONNECT a:b HTTP/1.1\r\n\r\n",
            "CONNECT :1 HTTP/1.1\r\n\r\n",
            "CONNECT a:1 HTTP/1.0\r\n\r\n",
            "CONNECT a:1 HTTP/1.1 x\r\n\r\n",
        ] {
            assert_eq!(
                Target::read(bad.as_bytes()),
                Err(Refusal::Malformed),
                "{bad}"
            );
        }
    }
}
