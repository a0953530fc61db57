//! Export operations and what became of each.
//!
//! Invariants: an operation travels as its canonical bytes beside the hash that was approved; reading
//! it recomputes the hash and refuses a difference, so no caller can forget to; results name their
//! operation by that hash.

use std::time::Duration;

use bytes::Bytes;
use syncline_model::AttrName;
use syncline_model::connector::{AddTrace, Applied, OpOutcome};
use syncline_model::op::{OpHash, Operation, hash_canonical};
use syncline_model::password::Sealed;

use super::{Message, WireError, decode, encode, pb};

/// What surrounds an operation: for the host's log and for settling unknown outcomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportContext {
    /// Under whose release it goes: an approval's id, or `live(…)` around it.
    pub released_by: String,
    /// When the runner escrowed it, in ticks (see `Value::Time`).
    pub escrowed_at: i64,
    /// 1 for the first sending, higher when an earlier one was not answered.
    pub attempt: u32,
}

/// One operation on its way to the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOp {
    /// Its canonical bytes.
    pub canonical: Bytes,
    /// The hash that was approved.
    pub hash: OpHash,
    /// What surrounds it.
    pub context: ExportContext,
}

/// Why bytes are not the operation that was approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationError {
    /// The bytes hash to something else.
    #[error("the operation's bytes are not those of the approved hash")]
    Hash,
    /// The bytes are no operation.
    #[error("the operation cannot be read: {0}")]
    Form(String),
}

impl ExportOp {
    /// The operation, if these are the bytes that were approved.
    pub fn verified(&self) -> Result<Operation, OperationError> {
        verified(&self.canonical, self.hash)
    }
}

/// One operation whose outcome is not known: what lies where its Add would have put the object?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceAdd {
    /// The Add's canonical bytes.
    pub canonical: Bytes,
    /// Their hash.
    pub hash: OpHash,
}

impl TraceAdd {
    /// The operation, if the bytes are those of the hash.
    pub fn verified(&self) -> Result<Operation, OperationError> {
        verified(&self.canonical, self.hash)
    }
}

fn verified(canonical: &[u8], hash: OpHash) -> Result<Operation, OperationError> {
    if hash_canonical(canonical) != hash {
        return Err(OperationError::Hash);
    }
    let operation =
        Operation::from_canonical(canonical).map_err(|e| OperationError::Form(e.to_string()))?;
    // What is written must be what was hashed, so nothing may be readable that does not print back the same.
    if operation.canonical() != canonical {
        return Err(OperationError::Form("it has another canonical form".into()));
    }
    Ok(operation)
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpResult {
    /// The operation.
    pub hash: OpHash,
    /// How it ended.
    pub outcome: OpOutcome,
    /// The sealed password of the account that the operation made.
    pub sealed: Option<Sealed>,
}

fn model_hash(bytes: &[u8]) -> Result<OpHash, WireError> {
    bytes
        .try_into()
        .map(OpHash)
        .map_err(|_| WireError::new("an operation hash is not 32 bytes"))
}

fn octets(sealed: &Option<Sealed>) -> Option<Bytes> {
    let sealed = sealed.as_ref()?;
    Some(Bytes::copy_from_slice(&sealed.0))
}

/// Whatever is no envelope goes no further: it could be a password.
fn model_sealed(octets: Option<Bytes>) -> Result<Option<Sealed>, WireError> {
    let parse = |octets: Bytes| {
        Sealed::parse(&octets).ok_or_else(|| WireError::new("a sealed password is no age file"))
    };
    octets.map(parse).transpose()
}

fn hash(hash: OpHash) -> Bytes {
    Bytes::copy_from_slice(&hash.0)
}

impl Message for ExportOp {
    fn to_wire(&self) -> Bytes {
        encode(&pb::ExportOp {
            canonical: self.canonical.clone(),
            hash: hash(self.hash),
            released_by: self.context.released_by.clone(),
            escrowed_at: self.context.escrowed_at,
            attempt: self.context.attempt,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let op: pb::ExportOp = decode(bytes)?;
        Ok(Self {
            hash: model_hash(&op.hash)?,
            canonical: op.canonical,
            context: ExportContext {
                released_by: op.released_by,
                escrowed_at: op.escrowed_at,
                attempt: op.attempt,
            },
        })
    }
}

impl Message for TraceAdd {
    fn to_wire(&self) -> Bytes {
        encode(&pb::TraceAdd {
            canonical: self.canonical.clone(),
            hash: hash(self.hash),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let trace: pb::TraceAdd = decode(bytes)?;
        Ok(Self {
            hash: model_hash(&trace.hash)?,
            canonical: trace.canonical,
        })
    }
}

impl Message for OpResult {
    fn to_wire(&self) -> Bytes {
        let outcome = match &self.outcome {
            OpOutcome::Done(applied) => pb::Outcome::Done(pb::Applied {
                anchor: pb::anchor(&applied.anchor),
                dn: applied.dn.as_ref().map(ToString::to_string),
                refused: applied.refused.iter().map(pb::fault).collect(),
                no_op: applied.no_op,
            }),
            OpOutcome::AlreadyGone => pb::Outcome::AlreadyGone(pb::Nothing {}),
            OpOutcome::AcknowledgedWithoutId { dn } => {
                pb::Outcome::AcknowledgedWithoutId(dn.to_string())
            }
            OpOutcome::Rejected(fault) => pb::Outcome::Rejected(pb::fault(fault)),
            OpOutcome::Throttled { after, fault } => pb::Outcome::Throttled(pb::Throttled {
                after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
                fault: Some(pb::fault(fault)),
            }),
            OpOutcome::Unknown(fault) => pb::Outcome::Unknown(pb::fault(fault)),
        };
        encode(&pb::OpResult {
            hash: hash(self.hash),
            outcome: Some(outcome),
            sealed: octets(&self.sealed),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let result: pb::OpResult = decode(bytes)?;
        let outcome = match result
            .outcome
            .ok_or_else(|| WireError::missing("an outcome"))?
        {
            pb::Outcome::Done(applied) => OpOutcome::Done(Applied {
                anchor: pb::model_anchor(&applied.anchor)?,
                dn: applied.dn.as_deref().map(pb::model_dn).transpose()?,
                refused: applied.refused.into_iter().map(pb::model_fault).collect(),
                no_op: applied.no_op,
            }),
            pb::Outcome::AlreadyGone(pb::Nothing {}) => OpOutcome::AlreadyGone,
            pb::Outcome::AcknowledgedWithoutId(dn) => OpOutcome::AcknowledgedWithoutId {
                dn: pb::model_dn(&dn)?,
            },
            pb::Outcome::Rejected(fault) => OpOutcome::Rejected(pb::model_fault(fault)),
            pb::Outcome::Throttled(throttled) => OpOutcome::Throttled {
                after: Duration::from_millis(throttled.after_ms),
                fault: throttled
                    .fault
                    .map(pb::model_fault)
                    .ok_or_else(|| WireError::missing("a fault"))?,
            },
            pb::Outcome::Unknown(fault) => OpOutcome::Unknown(pb::model_fault(fault)),
        };
        Ok(Self {
            hash: model_hash(&result.hash)?,
            outcome,
            sealed: model_sealed(result.sealed)?,
        })
    }
}

impl Message for AddTrace {
    fn to_wire(&self) -> Bytes {
        encode(&pb::AddTrace {
            present: match self {
                Self::Absent => None,
                Self::Present {
                    anchor,
                    dn,
                    created,
                    differing,
                    unfinished,
                    sealed,
                } => Some(pb::Present {
                    anchor: pb::anchor(anchor),
                    dn: dn.to_string(),
                    created: *created,
                    differing: texts(differing),
                    unfinished: texts(unfinished),
                    sealed: octets(sealed),
                }),
            },
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let trace: pb::AddTrace = decode(bytes)?;
        Ok(match trace.present {
            None => Self::Absent,
            Some(present) => Self::Present {
                anchor: pb::model_anchor(&present.anchor)?,
                dn: pb::model_dn(&present.dn)?,
                created: present.created,
                differing: present.differing.iter().map(AttrName::new).collect(),
                unfinished: present.unfinished.iter().map(AttrName::new).collect(),
                sealed: model_sealed(present.sealed)?,
            },
        })
    }
}

fn texts(names: &[AttrName]) -> Vec<String> {
    names.iter().map(|name| name.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use syncline_model::connector::Fault;
    use syncline_model::error::ErrorKind;
    use syncline_model::op::{ObjectKey, OpKind};
    use syncline_model::{Anchor, DirectoryId};

    use super::*;

    fn operation() -> Operation {
        Operation {
            directory: DirectoryId(2),
            pass: 1,
            object: ObjectKey::Anchor(Anchor::Guid([1; 16])),
            kind: OpKind::Delete {
                object_type: "user".into(),
            },
            deltas: vec![],
        }
    }

    #[test]
    fn an_operation_travels_as_the_bytes_that_were_hashed() {
        let operation = operation();
        let op = ExportOp {
            canonical: operation.canonical().into(),
            hash: operation.hash(),
            context: ExportContext {
                released_by: "apr_7".into(),
                escrowed_at: 638_000_000_000_000_000,
                attempt: 2,
            },
        };

        let read = ExportOp::from_wire(op.to_wire()).unwrap();

        assert_eq!(read, op);
        assert_eq!(read.verified(), Ok(operation));
    }

    #[test]
    fn one_changed_byte_is_not_the_approved_operation() {
        let operation = operation();
        let canonical = operation.canonical();
        for at in 0..canonical.len() {
            let mut changed = canonical.clone();
            changed[at] ^= 1;
            let op = TraceAdd {
                canonical: changed.into(),
                hash: operation.hash(),
            };

            assert_eq!(op.verified(), Err(OperationError::Hash));
        }
    }

    #[test]
    fn bytes_that_hash_right_and_are_no_operation_are_refused() {
        let op = ExportOp {
            canonical: Bytes::from_static(b"\x01garbage"),
            hash: hash_canonical(b"\x01garbage"),
            context: ExportContext::default(),
        };

        assert!(matches!(op.verified(), Err(OperationError::Form(_))));
    }

    #[test]
    fn every_outcome_reads_back() {
        let fault = || Fault::new("export.x", ErrorKind::Permission, "no", "ask");
        let dn = || "CN=a,DC=b".parse::<syncline_model::Dn>().unwrap();
        for outcome in [
            OpOutcome::Done(Applied {
                anchor: Anchor::Guid([3; 16]),
                dn: Some(dn()),
                refused: vec![fault().on_attr("member".into())],
                no_op: true,
            }),
            OpOutcome::AlreadyGone,
            OpOutcome::AcknowledgedWithoutId { dn: dn() },
            OpOutcome::Rejected(fault()),
            OpOutcome::Throttled {
                after: Duration::from_millis(1_500),
                fault: fault(),
            },
            OpOutcome::Unknown(fault()),
        ] {
            let result = OpResult {
                hash: OpHash([5; 32]),
                outcome,
                sealed: Sealed::parse(b"age-encryption.org/v1\n-> X25519"),
            };
            assert_eq!(OpResult::from_wire(result.to_wire()), Ok(result));
        }
        assert!(OpResult::from_wire(Bytes::new()).is_err());
    }

    #[test]
    fn what_is_no_envelope_is_refused_in_its_place() {
        let result = OpResult {
            hash: OpHash([5; 32]),
            outcome: OpOutcome::AlreadyGone,
            sealed: Some(Sealed(b"Summer2024!".to_vec())),
        };

        assert!(OpResult::from_wire(result.to_wire()).is_err());
    }

    #[test]
    fn a_trace_reads_back() {
        for trace in [
            AddTrace::Absent,
            AddTrace::Present {
                anchor: Anchor::Guid([3; 16]),
                dn: "CN=a,DC=b".parse().unwrap(),
                created: Some(-1),
                differing: vec!["sn".into()],
                unfinished: vec!["member".into()],
                sealed: Sealed::parse(b"age-encryption.org/v1\n-> X25519"),
            },
        ] {
            assert_eq!(AddTrace::from_wire(trace.to_wire()), Ok(trace));
        }
    }
}
