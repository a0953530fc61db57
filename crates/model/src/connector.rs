//! What a connector answers: pages and their end, outcomes of operations, faults, identity, capabilities.
//!
//! Invariants: every fault carries a stable code and its kind (D-71), says what happened to which thing
//! and what to do next, and keeps the directory's own words apart as evidence; an outcome never claims
//! more than the directory said: what was sent and not answered is `Unknown`, never a failure (D-53).

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::attrs::AttrName;
use crate::dn::Dn;
use crate::error::ErrorKind;
use crate::import::{ImportEntry, ObjectName};
use crate::password::Sealed;
use crate::run::RunStatus;
use crate::schema::ObjectType;

/// Why something did not happen, for an operator and for the engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct Fault {
    /// Stable code, such as `export.name_taken`; never reused.
    pub code: Cow<'static, str>,
    /// What it is to the engine; decides who must act and when it is tried again.
    pub kind: ErrorKind,
    /// What happened to which thing, in one or two sentences; holds no attribute values.
    pub message: String,
    /// What to do next.
    pub next_step: String,
    /// The directory's own words, such as `rc 68, 00002071: …`; empty when it said nothing. They may quote
    /// values: sealed where they are stored, never logged.
    pub evidence: String,
    /// The attribute concerned, when it is one attribute's fault.
    pub attr: Option<AttrName>,
}

impl Fault {
    /// A fault without evidence.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        kind: ErrorKind,
        message: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            kind,
            message: message.into(),
            next_step: next_step.into(),
            evidence: String::new(),
            attr: None,
        }
    }

    /// The same fault with the directory's own words.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = evidence.into();
        self
    }

    /// The same fault, laid at one attribute's door.
    #[must_use]
    pub fn on_attr(mut self, attr: AttrName) -> Self {
        self.attr = Some(attr);
        self
    }

    /// The status of a run that this fault stops (D-70).
    pub fn stopped_status(&self) -> RunStatus {
        match (self.code.as_ref(), self.kind) {
            ("import.watermark_expired", _) => RunStatus::StoppedWatermarkExpired,
            ("import.cancelled", _) => RunStatus::StoppedUser,
            ("connect.credentials_missing", _) => RunStatus::NoStartCredentials,
            ("connect.unreachable" | "connect.certificate_untrusted", _) => {
                RunStatus::NoStartConnection
            }
            (_, ErrorKind::Authentication) => RunStatus::StoppedAuthentication,
            (_, ErrorKind::Permission) => RunStatus::StoppedPermission,
            _ => RunStatus::StoppedConnectivity,
        }
    }
}

/// One page of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportPage {
    /// Entries, at most as many as the request's page size.
    pub entries: Vec<ImportEntry>,
}

/// What an import delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Pages.
    pub pages: u64,
    /// Complete images.
    pub objects: u64,
    /// Changes.
    pub changes: u64,
    /// Deletions.
    pub deletes: u64,
    /// Objects that were seen and could not be read.
    pub read_errors: u64,
}

/// The end of an import that read everything it was asked for, and may read. An import that did not has no end but a [`Fault`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportEnd {
    /// Where the next delta starts, read before the first page (D-12); `None` where the directory offers no delta.
    pub watermark: Option<Vec<u8>>,
    /// What was delivered.
    pub counts: ImportCounts,
    /// Object types that were asked for and may not be read. Nothing is known of their objects: none of them is gone.
    pub refused: Vec<RefusedType>,
}

/// An object type that may not be read, while others may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedType {
    /// Which.
    pub object_type: ObjectType,
    /// Why, and what is missing.
    pub fault: Fault,
}

/// What a write left behind, read on the connection that wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The object's immutable id.
    pub anchor: Anchor,
    /// Where it lies now, when it was read.
    pub dn: Option<Dn>,
    /// Parts of the operation that the directory refused while the rest was done (D-54).
    pub refused: Vec<Fault>,
    /// Whether the object already was as the operation wants it: nothing was written.
    pub no_op: bool,
}

/// How one export operation ended (D-54).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpOutcome {
    /// Acknowledged by the directory, or already true.
    Done(Applied),
    /// The object to delete is already gone.
    AlreadyGone,
    /// An Add was acknowledged and its id could not be read (D-15c).
    AcknowledgedWithoutId {
        /// The name it was created under.
        dn: Dn,
    },
    /// Refused: this object fails, the others go on.
    Rejected(Fault),
    /// The directory asks to slow down, or is away before anything was sent. Not an error of the object; nothing was written.
    Throttled {
        /// How long to wait, as far as is known.
        after: Duration,
        /// What it said.
        fault: Fault,
    },
    /// Sent and not answered: to be resolved by reading before anything is repeated (D-53).
    Unknown(Fault),
}

/// What a directory holds where an Add with unknown outcome would have put its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddTrace {
    /// Nothing is there: the Add did not take effect.
    Absent,
    /// An object is there. It is ours only if its id was unknown to the last import as well.
    Present {
        /// Its immutable id.
        anchor: Anchor,
        /// Its name.
        dn: Dn,
        /// When it was created, in ticks (see `Value::Time`).
        created: Option<i64>,
        /// Attributes of the operation that hold something else; empty when none does.
        differing: Vec<AttrName>,
        /// Attributes that hold a part of what the operation wants, or that its last requests set: an Add that was
        /// cut in the middle leaves them so.
        unfinished: Vec<AttrName>,
        /// The sealed password that went with the Add, where whoever looked kept it.
        sealed: Option<Sealed>,
    },
}

/// Who a directory says it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryIdentity {
    /// The kind of system, such as `active-directory`.
    pub kind: String,
    /// The id that is pinned on the directory at first bind: the domain SID, or what stands for it.
    pub pin: String,
    /// The partition that is read and written.
    pub base_dn: String,
    /// All partitions the server holds.
    pub naming_contexts: Vec<String>,
    /// The forest's DNS name.
    pub forest: Option<String>,
    /// The domain's functional level, as a number.
    pub functional_level: Option<i64>,
    /// The server that answered, by its own name.
    pub server: String,
}

/// What a connector can do on this directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Imports changes since a watermark, deletions included.
    pub delta: bool,
    /// Tells of changes as they happen.
    pub change_notices: bool,
    /// Writes.
    pub export: bool,
    /// How long after an acknowledged write a read may still show what was before, in milliseconds; 0 where a read
    /// that begins after the write shows it.
    pub settle_ms: u64,
    /// Renames and moves keep an object's id.
    pub rename: bool,
}

/// Something changed in the directory since the last notice, or since listening began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeNotice {
    /// How many objects, as far as is known; 0 is unknown.
    pub objects: u64,
}

/// A targeted read: these objects, under these attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadRequest {
    /// The objects.
    pub objects: Vec<ObjectName>,
    /// Object types and the attributes wanted of each; an object of another type answers as unreadable.
    pub types: Vec<(crate::schema::ObjectType, Vec<AttrName>)>,
}

/// One answer of a targeted read, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadAnswer {
    /// Its complete image.
    Found(ImportEntry),
    /// The directory holds no such object.
    Missing(ObjectName),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_the_status_of_the_run_it_stops() {
        let stop = |code: &'static str, kind| {
            Fault::new(code, kind, "it failed", "repeat it").stopped_status()
        };

        assert_eq!(
            stop("import.watermark_expired", ErrorKind::Connection),
            RunStatus::StoppedWatermarkExpired
        );
        assert_eq!(
            stop("connect.credentials_refused", ErrorKind::Authentication),
            RunStatus::StoppedAuthentication
        );
        assert_eq!(
            stop("import.permission_denied", ErrorKind::Permission),
            RunStatus::StoppedPermission
        );
        assert_eq!(
            stop("connect.lost", ErrorKind::Connection),
            RunStatus::StoppedConnectivity
        );
    }
}
