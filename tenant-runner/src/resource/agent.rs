//! Agents: the programs in the customer's network that speak to a directory.

use serde::{Deserialize, Serialize};
use syncline_model::{AgentId, DirectoryId};
use utoipa::ToSchema;

use super::instant::Instant;

/// Where an agent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AgentState {
    /// A slot whose key was not used yet.
    Slot,
    /// Enrolled; the fingerprint waits for confirmation.
    AwaitingConfirmation,
    /// May work.
    Confirmed,
    /// Reached another domain than the directory is pinned to; may not work.
    Quarantined,
    /// Never again.
    Revoked,
}

/// What the cloud may know of the directory credential on the agent's host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialState {
    /// There is one.
    Present,
    /// There is none.
    Missing,
    /// The directory refuses it.
    Refused,
}

/// An agent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The directory its slot belongs to.
    pub directory: DirectoryId,
    /// Where it stands.
    pub state: AgentState,
    /// SHA-256 of its public key, as the host printed it; absent for a slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The host's name, as it claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computer: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether its tunnel is up.
    pub connected: bool,
    /// Its directory credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialState>,
    /// Whether its host's policy allows writes at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes_enabled: Option<bool>,
    /// When the slot was made.
    pub created_at: Instant,
    /// When it last spoke to us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Instant>,
    /// Until when its certificate holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_expires_at: Option<Instant>,
}

/// Confirmation that the fingerprint shown on the host is this one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmAgent {
    /// The fingerprint as the host printed it; spaces, colons and case do not count.
    pub fingerprint: String,
}

impl CredentialState {
    /// As an agent said it.
    pub fn of(said: syncline_wire::link::CredentialState) -> Self {
        use syncline_wire::link::CredentialState as Said;
        match said {
            Said::Missing => Self::Missing,
            Said::Present => Self::Present,
            Said::RefusedSince { .. } => Self::Refused,
        }
    }

    /// As it is written in an agent's row; `None` while nothing is known.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "present" => Some(Self::Present),
            "missing" => Some(Self::Missing),
            "refused" => Some(Self::Refused),
            _ => None,
        }
    }
}
