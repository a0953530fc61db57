//! The outer connection between agent and relay: a WebSocket whose binary frames carry the inner TLS
//! stream and whose text frames are small control messages.
//!
//! A binary frame opens with the number of the session it belongs to. A session is one inner stream:
//! the relay opens a new one whenever the runner (re)starts, and bytes of an older one are dropped
//! instead of being mixed into the new.
//!
//! Invariants: no binary frame is longer than [`FRAME_BYTES_MAX`], no text frame than
//! [`CONTROL_BYTES_MAX`]; unknown control messages are ignored, unknown sessions dropped.

use bytes::{BufMut, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use syncline_model::DirectoryId;

/// The WebSocket subprotocol, and with it the version of this frame protocol.
pub const SUBPROTOCOL: &str = "syncline-agent.v1";
/// The token of the `Upgrade` header between API and runner.
pub const TUNNEL_UPGRADE: &str = "syncline-tunnel";
/// Longest binary frame, session number included.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Longest text frame.
pub const CONTROL_BYTES_MAX: usize = 4 * 1024;
/// Most payload one binary frame carries.
pub const PAYLOAD_BYTES_MAX: usize = FRAME_BYTES_MAX - SESSION_BYTES;
/// Each side sends a ping when it has been silent for this long.
pub const PING_S: u64 = 20;
/// A side that heard nothing for this long takes the connection for dead.
pub const DEAD_S: u64 = 60;

const SESSION_BYTES: usize = 4;

/// A control message, either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Control {
    /// Relay to agent: bytes of this session follow; the agent starts a TLS server on it.
    Open {
        /// Its number, higher than every one before.
        session: u32,
    },
    /// Either way: the session is over.
    Close {
        /// Its number.
        session: u32,
    },
    /// Either way: are you there?
    Ping,
    /// The answer to a ping.
    Pong,
    /// Relay to agent: this agent is revoked; do not come back.
    Revoked,
    /// Relay to agent: leave, and come back no sooner than this.
    GoAway {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// Agent to relay, while no session is open: the directory changed. Without content.
    Changed {
        /// Which one.
        directory: DirectoryId,
    },
    /// Something a newer peer said.
    #[serde(other)]
    Unknown,
}

impl Control {
    /// The text of the frame.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("control messages are plain values")
    }

    /// Reads a text frame; `None` when it is too long or not a control message.
    pub fn from_text(text: &str) -> Option<Self> {
        (text.len() <= CONTROL_BYTES_MAX)
            .then(|| serde_json::from_str(text).ok())
            .flatten()
    }
}

/// Puts a session number before a payload of at most [`PAYLOAD_BYTES_MAX`] bytes.
///
/// # Panics
/// When the payload is longer; callers cut it.
pub fn data_frame(session: u32, payload: &[u8]) -> Bytes {
    assert!(payload.len() <= PAYLOAD_BYTES_MAX, "callers cut payloads");
    let mut frame = BytesMut::with_capacity(SESSION_BYTES + payload.len());
    frame.put_u32(session);
    frame.put_slice(payload);
    frame.freeze()
}

/// Splits a binary frame into session and payload; `None` when it is too short or too long.
pub fn split_data_frame(frame: Bytes) -> Option<(u32, Bytes)> {
    if frame.len() < SESSION_BYTES || frame.len() > FRAME_BYTES_MAX {
        return None;
    }
    let session = u32::from_be_bytes(frame[..SESSION_BYTES].try_into().ok()?);
    Some((session, frame.slice(SESSION_BYTES..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_messages_read_back_and_newer_ones_are_unknown() {
        for control in [
            Control::Open { session: 7 },
            Control::Ping,
            Control::GoAway { retry_after_s: 3 },
            Control::Changed {
                directory: DirectoryId(4),
            },
        ] {
            assert_eq!(Control::from_text(&control.to_text()), Some(control));
        }
        assert_eq!(
            Control::from_text(r#"{"type":"relay-list"}"#),
            Some(Control::Unknown)
        );
        assert_eq!(Control::from_text("ping"), None);
        assert_eq!(
            Control::from_text(&format!(
                r#"{{"type":"{}"}}"#,
                "x".repeat(CONTROL_BYTES_MAX)
            )),
            None
        );
    }

    #[test]
    fn a_data_frame_splits_and_a_bad_one_does_not() {
        let frame = data_frame(3, b"bytes");

        assert_eq!(
            split_data_frame(frame),
            Some((3, Bytes::from_static(b"bytes")))
        );
        assert_eq!(split_data_frame(Bytes::from_static(b"abc")), None);
        assert_eq!(
            split_data_frame(Bytes::from(vec![0; FRAME_BYTES_MAX + 1])),
            None
        );
    }
}
