//! The watermark of an Active Directory import: a DirSync cookie and what it is good for.
//!
//! Invariants: opaque to everybody else; one that comes from another partition, or from before the
//! domain controller was set back to an older state, is refused and a full import follows.

use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

const MAGIC: &[u8; 4] = b"SLW1";

/// Where a delta import starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    /// The partition's objectGUID.
    pub partition: [u8; 16],
    /// The database of the domain controller that was asked.
    pub invocation: [u8; 16],
    /// Its newest change number then.
    pub usn: u64,
    /// The DirSync cookie.
    pub cookie: Vec<u8>,
}

impl Watermark {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.partition);
        bytes.extend_from_slice(&self.invocation);
        bytes.extend_from_slice(&self.usn.to_be_bytes());
        bytes.extend_from_slice(&self.cookie);
        bytes
    }

    /// Reads [`Watermark::encode`] back.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (partition, rest) = rest.split_first_chunk()?;
        let (invocation, rest) = rest.split_first_chunk()?;
        let (usn, cookie) = rest.split_first_chunk()?;
        (!cookie.is_empty()).then(|| Self {
            partition: *partition,
            invocation: *invocation,
            usn: u64::from_be_bytes(*usn),
            cookie: cookie.to_vec(),
        })
    }

    /// Whether changes since this watermark can be asked of a server that is in state `now`.
    pub fn check(&self, now: &Self) -> Result<(), Fault> {
        if self.partition != now.partition {
            return Err(expired("it belongs to another partition"));
        }
        if self.invocation == now.invocation && now.usn < self.usn {
            return Err(expired(
                "the domain controller was set back to an older state",
            ));
        }
        Ok(())
    }
}

/// A watermark that is not accepted.
pub fn expired(why: &str) -> Fault {
    Fault::new(
        "import.watermark_expired",
        ErrorKind::Connection,
        format!("Changes cannot be read from where the last import ended: {why}."),
        "Nothing to do: a full import takes its place.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watermark() -> Watermark {
        Watermark {
            partition: [1; 16],
            invocation: [2; 16],
            usn: 4_000,
            cookie: b"cookie".to_vec(),
        }
    }

    #[test]
    fn a_watermark_reads_back_and_nothing_else_does() {
        let bytes = watermark().encode();

        assert_eq!(Watermark::decode(&bytes), Some(watermark()));
        for cut in 0..45 {
            assert_eq!(Watermark::decode(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(
            Watermark::decode(b"other bytes of another connector, long enough"),
            None
        );
    }

    #[test]
    fn a_server_that_was_set_back_is_noticed() {
        let then = watermark();
        let newer = Watermark {
            usn: 4_001,
            ..then.clone()
        };
        let set_back = Watermark {
            usn: 3_000,
            ..then.clone()
        };
        let another_server = Watermark {
            usn: 10,
            invocation: [3; 16],
            ..then.clone()
        };
        let another_domain = Watermark {
            partition: [9; 16],
            ..then.clone()
        };

        assert!(then.check(&newer).is_ok());
        assert!(then.check(&another_server).is_ok());
        for now in [set_back, another_domain] {
            assert_eq!(
                then.check(&now).unwrap_err().code,
                "import.watermark_expired"
            );
        }
    }
}
