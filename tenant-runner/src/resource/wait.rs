//! Waits: until an object's change has arrived in every directory that it is exported to.

use serde::{Deserialize, Serialize};
use syncline_model::{CsId, DirectoryId};
use utoipa::ToSchema;

use super::instant::Instant;
use super::scheduler::Reason;

/// How far a change is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Every target acknowledged it.
    Exported,
    /// An import of every target showed it.
    #[default]
    Confirmed,
}

/// An object to wait for, named by exactly one of `object`, `anchor` and `dn`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWait {
    /// The directory that holds it: the one it was changed in, or one it is exported to. Needed with `anchor` and `dn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<DirectoryId>,
    /// Its id here, once an import has shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// Its immutable id in the directory: a GUID, or what the directory has instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Its distinguished name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dn: Option<String>,
    /// How far its change is to come.
    #[serde(default)]
    pub until: Until,
    /// When it was changed: what was read before does not count. Absent is what is known by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Instant>,
    /// Answer when it is there or after this many seconds (at most 60); absent is at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<u32>,
}

/// How far an object's change has come; of several targets the one that is farthest behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaitState {
    /// No import has shown the object.
    Unseen,
    /// No import has begun and ended well since `changed_at`.
    Unread,
    /// A synchronisation has not looked at it yet.
    Unsynchronised,
    /// Operations wait for an export.
    Staged,
    /// Operations were handed over and have no answer yet.
    Sent,
    /// Every target acknowledged it.
    Exported,
    /// An import of every target showed it.
    Confirmed,
    /// Everything is done and nothing of it is exported: no profile takes it anywhere.
    NoTarget,
}

/// How far a change has come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Wait {
    /// The handle by which it is asked again: it holds the whole question, for as long as the tenant is there.
    pub id: String,
    /// How far it is to come.
    pub until: Until,
    /// How far it has come.
    pub state: WaitState,
    /// Whether it is there.
    pub reached: bool,
    /// The object, once an import has shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<CsId>,
    /// What it is exported to.
    pub targets: Vec<WaitTarget>,
    /// Why it is not there yet.
    pub why_not: Vec<Reason>,
}

/// An object that a change is exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitTarget {
    /// The object.
    pub object: CsId,
    /// Its directory.
    pub directory: DirectoryId,
    /// How far its change has come.
    pub state: WaitState,
}
