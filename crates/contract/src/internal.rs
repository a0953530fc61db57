//! Bodies of internal operations: what the API reads from a runner.
//!
//! Invariants: nothing here is reachable from outside; acts travel as the text that was hashed; hashes are lower-case
//! hex.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Query of `GET /internal/outbox`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutboxQuery {
    /// Acts behind this number.
    #[serde(default)]
    pub after_audit: i64,
    /// Usage behind this number.
    #[serde(default)]
    pub after_usage: i64,
}

/// Rows that wait for the collector, at most [`OUTBOX_ROWS_MAX`] of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outbox {
    /// Acts, by number.
    pub acts: Vec<OutboxAct>,
    /// Usage, by number.
    pub usage: Vec<OutboxUsage>,
}

/// Largest page of either kind; a full one says that there may be more.
pub const OUTBOX_ROWS_MAX: usize = 500;

/// One link of the runner's audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxAct {
    /// Its number in the chain.
    pub seq: i64,
    /// The canonical text that was hashed.
    pub act: String,
    /// Hash of the act before.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// One usage row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxUsage {
    /// Its number.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Code of the meter.
    pub meter: String,
    /// How much.
    pub quantity: i64,
    /// Derived from the effect: the same effect is one row, however often it is counted.
    pub event: String,
}

/// One line of `GET /internal/events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// When the runner is next due, in milliseconds since 1970; none when nothing is scheduled.
    NextDue(Option<i64>),
    /// The outbox has rows behind what was last fetched.
    Outbox,
    /// The agents have changed (enrolled, confirmed, revoked): read them again.
    Agents,
}

/// Answer of `GET /internal/agents`: what the agents' door has to know while the runner sleeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentKeys {
    /// Every agent of the tenant that has a key, revoked ones included.
    pub agents: Vec<AgentKey>,
}

/// One agent's key and standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentKey {
    /// The agent's id.
    pub id: String,
    /// The directory its slot belongs to.
    pub directory: String,
    /// Its public key: SubjectPublicKeyInfo, base64.
    pub public_key: String,
    /// Whether it may connect.
    pub standing: AgentStanding,
    /// Serial of its certificate, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

/// Whether an agent may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentStanding {
    /// Enrolled; its fingerprint is not confirmed yet.
    Pending,
    /// Confirmed.
    Confirmed,
    /// Revoked for good.
    Revoked,
}

/// Body of `POST /internal/wake`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wake {
    /// A directory that says it changed while no tunnel was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// Answer of `GET /internal/health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// The release that runs.
    pub build: String,
    /// The owner generation it writes under.
    pub generation: i64,
}

/// Writes a hash.
pub fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a hash.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut out = [0; 32];
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_and_nothing_else_is_one() {
        assert_eq!(unhex(&hex(&[0xab; 32])), Some([0xab; 32]));
        for bad in [
            "",
            "zz",
            &"0".repeat(63),
            &"g".repeat(64),
            &"+1".repeat(32)[..63],
        ] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_event_is_one_small_object() {
        assert_eq!(
            serde_json::to_string(&Event::NextDue(Some(5))).unwrap(),
            r#"{"next_due":5}"#
        );
        assert_eq!(
            serde_json::from_str::<Event>(r#""outbox""#).unwrap(),
            Event::Outbox
        );
    }
}
