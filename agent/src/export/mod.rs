//! The one lane in which writes go to the directory.
//!
//! For each operation: the approved hash over the bytes, the host's switch, the facts, the policy, the
//! day's ceiling, the journal, then the directory. Invariants: one operation at a time, whichever runner
//! sent it; a refusal is a result of its operation and a line in the host's log, without values; what
//! may have been sent is never said to have failed.

pub mod envelopes;
pub mod journal;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use syncline_connectors::contract::{AddTrace, Applied, Fault, Names, OpOutcome};
use syncline_connectors::ldap::DirectoryKind;
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;
use syncline_model::op::{ObjectKey, OpKind, Operation};
use syncline_model::password::Sealed;
use syncline_model::{Anchor, AttrName, Dn};
use syncline_wire::link::{ExportOp, OpResult, TraceAdd};

use crate::directory::facts::{GroupCache, Touched, gather};
use crate::directory::{Directory, now_s};
use crate::error::AgentError;
use crate::home::Home;
use crate::policy::counters::{Counters, Exceeded};
use crate::policy::{Domain, PolicyFile, decide};
use envelopes::Envelopes;
use journal::{Added, Journal};

const SECONDS_A_DAY: i64 = 86_400;
/// How long a runner waits before it sends again to a directory that is away.
const AWAY: Duration = Duration::from_secs(5);
/// How long it waits where a person has to set the credential first.
const SHUT: Duration = Duration::from_secs(60);
/// How far the clocks of this host and of the domain controller may be apart.
const SKEW_S: i64 = 300;
/// Ticks (100 ns since year 1) at 1970.
const TICKS_AT_1970: i64 = 621_355_968_000_000_000;

/// The lane.
pub struct Lane {
    home: Home,
    directory: Arc<Directory>,
    policy: Arc<PolicyFile>,
    served: syncline_model::DirectoryId,
    counters: Counters,
    journal: Journal,
    envelopes: Mutex<Envelopes>,
    groups: GroupCache,
}

/// What a connector needs of the lane while it writes.
struct Surroundings<'a> {
    journal: &'a Journal,
    envelopes: &'a Mutex<Envelopes>,
}

#[async_trait]
impl Names for Surroundings<'_> {
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor> {
        self.journal.anchor(key)
    }

    async fn keep_sealed(&self, add: &Operation, sealed: Sealed) -> Result<(), Fault> {
        let (Some(key), Some(policy)) = (journal::hashed(&add.object), add.password()) else {
            return Err(Fault::new(
                "export.password_unkept",
                ErrorKind::Internal,
                "A password was sealed for something that no Add makes.",
                "Report this.",
            ));
        };
        let mut envelopes = self
            .envelopes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        envelopes
            .keep(key, sealed, now_s(), policy.keep_days)
            .map_err(|error| unkept(&error))
    }
}

/// Why an operation does not go to the directory.
enum Stop {
    /// With this outcome.
    Outcome(Box<OpOutcome>),
    /// By the policy: a word for the log, and the text.
    Refused(&'static str, String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        OpOutcome::Rejected(fault).into()
    }
}

impl From<OpOutcome> for Stop {
    fn from(outcome: OpOutcome) -> Self {
        Self::Outcome(Box::new(outcome))
    }
}

impl Lane {
    /// The lane of a data directory.
    pub fn open(
        home: &Home,
        directory: Arc<Directory>,
        policy: Arc<PolicyFile>,
        served: syncline_model::DirectoryId,
    ) -> Result<Self, AgentError> {
        Ok(Self {
            counters: Counters::open(&home.path("counters"), now_s() / SECONDS_A_DAY)?,
            journal: Journal::open(&home.path("adds"))?,
            envelopes: Mutex::new(Envelopes::open(&home.path("envelopes"), now_s())?),
            groups: GroupCache::default(),
            home: home.clone(),
            directory,
            policy,
            served,
        })
    }

    /// Carries out one operation, or says why not.
    pub async fn carry_out(&mut self, op: &ExportOp) -> OpResult {
        let outcome = match op.verified() {
            Err(error) => {
                tracing::error!(hash = %op.hash, released_by = %op.context.released_by, %error, "write refused");
                OpOutcome::Rejected(Fault::new(
                    "agent.operation_altered",
                    ErrorKind::PolicyRefused,
                    format!("The agent refused to write: {error}."),
                    "Report this: the operation changed between its approval and the agent.",
                ))
            }
            Ok(operation) => match self.admitted(op, &operation).await {
                Ok(()) => self.send(&operation).await,
                Err(Stop::Outcome(outcome)) => *outcome,
                Err(Stop::Refused(reason, text)) => refusal(op, &operation, reason, &text),
            },
        };
        tracing::info!(hash = %op.hash, released_by = %op.context.released_by, outcome = word(&outcome), "operation");
        OpResult {
            hash: op.hash,
            sealed: self.envelope(op, &outcome),
            outcome,
        }
    }

    /// The sealed password that goes with an answer. It stays here too: the answer may be lost.
    fn envelope(&mut self, op: &ExportOp, outcome: &OpOutcome) -> Option<Sealed> {
        let operation = op.verified().ok()?;
        operation.password()?;
        let key = journal::hashed(&operation.object)?;
        let envelopes = self
            .envelopes
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        match outcome {
            OpOutcome::Done(_) | OpOutcome::AcknowledgedWithoutId { .. } => envelopes.of(&key),
            // Nothing was made, or it is not known yet: then whoever looks gets it with what he finds.
            OpOutcome::Rejected(_)
            | OpOutcome::Throttled { .. }
            | OpOutcome::AlreadyGone
            | OpOutcome::Unknown(_) => None,
        }
    }

    /// Brings the journal to the disk; results that were not handed over yet wait for it.
    pub fn sync(&mut self) -> Result<(), Fault> {
        self.journal.sync().map_err(|error| unkept(&error))
    }

    /// Everything that stands before the directory.
    async fn admitted(&mut self, op: &ExportOp, operation: &Operation) -> Result<(), Stop> {
        if self.home.is_held() {
            return Err(Stop::Refused(
                "held",
                "all writes are stopped by the switch on the agent's host".into(),
            ));
        }
        let policy = self.policy.current().map_err(|error| {
            // What is wrong with the file is for the host's log alone.
            tracing::error!(code = error.code, "{}", error.message);
            Stop::Refused("policy_invalid", "the policy file is not valid".into())
        })?;
        let identity = self.directory.known().await.map_err(|f| self.away(f))?;
        let domain = Domain {
            directory: self.served,
            head: self.directory.head().await.map_err(|f| self.away(f))?,
            own_places: identity.kind != DirectoryKind::OpenLdap.as_str(),
        };
        let connector = self.directory.connector().map_err(|f| self.away(f))?;
        if let Some(outcome) = self.answered_before(op, operation).await? {
            return Err(outcome.into());
        }
        let touched = gather(&*connector, &self.journal, &mut self.groups, operation)
            .await
            .map_err(|f| self.away(f))?;
        let facts = match touched {
            Touched::Facts(facts) => facts,
            Touched::ObjectMissing => {
                // The policy still speaks first: nothing is said about objects it would not let be written.
                decide(&policy, &domain, operation, &Default::default())
                    .err()
                    .filter(|refusal| refusal.reason != "target_unknown")
                    .map_or(Ok(()), |r| Err(Stop::Refused(r.reason, r.text)))?;
                return Err(missing(operation).into());
            }
            Touched::ParentMissing => return Err(parent_missing().into()),
            Touched::Unresolved => return Err(unresolved().into()),
        };
        let costs = decide(&policy, &domain, operation, &facts)
            .map_err(|refusal| Stop::Refused(refusal.reason, refusal.text))?;
        let today = now_s() / SECONDS_A_DAY;
        self.counters
            .take(today, &policy.ceilings, &costs)
            .map_err(|exceeded| match exceeded {
                Exceeded::Ceiling(kind) => Stop::Refused(
                    "ceiling",
                    format!(
                        "the day's ceiling for `{}` in the policy file is reached",
                        kind.as_str()
                    ),
                ),
                Exceeded::Unkept(error) => unkept(&error).into(),
            })
    }

    /// The outcome of an Add that this agent carried out before, if its object still exists.
    async fn answered_before(
        &self,
        op: &ExportOp,
        operation: &Operation,
    ) -> Result<Option<OpOutcome>, Stop> {
        if !matches!(operation.kind, OpKind::Add { .. }) {
            return Ok(None);
        }
        let Some(Added::Done(anchor)) = self.journal.added(&operation.object) else {
            return Ok(None);
        };
        let connector = self.directory.connector().map_err(|f| self.away(f))?;
        let standing = connector
            .standing(&ObjectName::Anchor(anchor.clone()))
            .await
            .map_err(|f| self.away(f))?;
        Ok(standing.map(|standing| {
            tracing::info!(hash = %op.hash, attempt = op.context.attempt, "an Add that was done before");
            OpOutcome::Done(Applied {
                anchor: anchor.clone(),
                dn: Some(standing.dn),
                refused: vec![],
                no_op: true,
            })
        }))
    }

    async fn send(&mut self, operation: &Operation) -> OpOutcome {
        let is_add = matches!(operation.kind, OpKind::Add { .. });
        match self.begun_before(operation).await {
            Ok(None) => {}
            Ok(Some(outcome)) => return outcome,
            Err(fault) => {
                let fault = self.directory.noted(fault);
                return OpOutcome::Throttled { after: AWAY, fault };
            }
        }
        if is_add && let Err(error) = self.journal.begin(&operation.object, now_s()) {
            return OpOutcome::Rejected(unkept(&error));
        }
        let connector = match self.directory.connector() {
            Ok(connector) => connector,
            Err(fault) => return OpOutcome::Rejected(fault),
        };
        let surroundings = Surroundings {
            journal: &self.journal,
            envelopes: &self.envelopes,
        };
        let outcome = connector.export(operation, &surroundings).await;
        if let OpOutcome::Throttled { fault, .. } | OpOutcome::Unknown(fault) = &outcome {
            self.directory.noted(fault.clone());
        }
        if let OpOutcome::Rejected(_) = &outcome
            && operation.password().is_some()
            && let Some(key) = journal::hashed(&operation.object)
        {
            let envelopes = self
                .envelopes
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = envelopes.forget(&key) {
                // It opens to a password that no account has.
                tracing::warn!(%error, "the file of sealed passwords cannot be written");
            }
        }
        if is_add
            && let OpOutcome::Done(applied) = &outcome
            && let Err(error) = self.journal.done(&operation.object, &applied.anchor)
        {
            // It was done all the same; only later operations of the plan will not find it.
            tracing::error!(%error, "the journal cannot be written");
        }
        outcome
    }

    /// The outcome of an Add that this agent had begun when it was ended: what lies there is its own, and what is
    /// missing of it follows under its id.
    async fn begun_before(&mut self, operation: &Operation) -> Result<Option<OpOutcome>, Fault> {
        let OpKind::Add { object_type, .. } = &operation.kind else {
            return Ok(None);
        };
        let Some(Added::Begun { at_s }) = self.journal.added(&operation.object) else {
            return Ok(None);
        };
        let at_s = *at_s;
        let connector = self.directory.connector()?;
        let found = connector.trace_add(operation, &self.journal).await?;
        let Some((anchor, dn, unfinished)) = own(found, at_s) else {
            return Ok(None);
        };
        if let Err(error) = self.journal.done(&operation.object, &anchor) {
            return Ok(Some(OpOutcome::Rejected(unkept(&error))));
        }
        if unfinished.is_empty() {
            return Ok(Some(OpOutcome::Done(Applied {
                anchor,
                dn: Some(dn),
                refused: vec![],
                no_op: false,
            })));
        }
        let rest = Operation {
            object: ObjectKey::Anchor(anchor),
            kind: OpKind::Update {
                object_type: object_type.clone(),
                place: None,
            },
            deltas: operation
                .deltas
                .iter()
                .filter(|(name, _)| unfinished.contains(name))
                .cloned()
                .collect(),
            ..operation.clone()
        };
        Ok(Some(connector.export(&rest, &self.journal).await))
    }

    /// What lies where an Add with unknown outcome would have put its object. If it is what this agent
    /// was sending, its id is kept, so that later operations of the plan find it.
    pub async fn trace_add(&mut self, trace: &TraceAdd) -> Result<AddTrace, Fault> {
        let operation = trace.verified().map_err(|error| {
            Fault::new(
                "agent.operation_altered",
                ErrorKind::PolicyRefused,
                format!("The agent did not look: {error}."),
                "Report this.",
            )
        })?;
        let connector = self.directory.connector()?;
        let mut found = connector
            .trace_add(&operation, &self.journal)
            .await
            .map_err(|fault| self.directory.noted(fault))?;
        if let AddTrace::Present { sealed, .. } = &mut found
            && operation.password().is_some()
            && let Some(key) = journal::hashed(&operation.object)
        {
            let envelopes = self
                .envelopes
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            *sealed = envelopes.of(&key);
        }
        if let Some(Added::Begun { at_s }) = self.journal.added(&operation.object)
            && let Some((anchor, ..)) = own(found.clone(), *at_s)
        {
            let kept = self.journal.done(&operation.object, &anchor);
            kept.and_then(|()| self.journal.sync())
                .map_err(|error| unkept(&error))?;
        }
        Ok(found)
    }

    /// Whether an object of a plan has an id yet; for tests and `status`.
    pub fn knows(&self, key: &ObjectKey) -> bool {
        self.journal.anchor(key).is_some()
    }

    /// A fault while reading: nothing was sent, so the object is not to blame.
    fn away(&self, fault: Fault) -> Stop {
        let fault = self.directory.noted(fault);
        match fault.kind {
            ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Busy | ErrorKind::Throttled => {
                OpOutcome::Throttled { after: AWAY, fault }.into()
            }
            ErrorKind::Authentication => OpOutcome::Throttled { after: SHUT, fault }.into(),
            _ => fault.into(),
        }
    }
}

/// What lies there, if it is what was begun at this second: id, name, and what is missing of it.
fn own(found: AddTrace, begun_s: i64) -> Option<(Anchor, Dn, Vec<AttrName>)> {
    match found {
        AddTrace::Present {
            anchor,
            dn,
            created: Some(created),
            differing,
            unfinished,
            ..
        } if differing.is_empty() && created >= TICKS_AT_1970 + (begun_s - SKEW_S) * 10_000_000 => {
            Some((anchor, dn, unfinished))
        }
        _ => None,
    }
}

fn refusal(op: &ExportOp, operation: &Operation, reason: &'static str, text: &str) -> OpOutcome {
    tracing::warn!(
        code = "agent.policy_refused",
        reason,
        hash = %op.hash,
        released_by = %op.context.released_by,
        object_type = operation.object_type(),
        object = %key_for_log(&operation.object),
        "write refused: {text}"
    );
    OpOutcome::Rejected(
        Fault::new(
            "agent.policy_refused",
            ErrorKind::PolicyRefused,
            format!("The policy on the agent's host does not allow this write: {text}."),
            "Take the object or attribute out of the profile, or have the host's administrator change policy.toml.",
        )
        .with_evidence(reason),
    )
}

fn key_for_log(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Anchor(anchor) => anchor.to_string(),
        ObjectKey::New { .. } => "new".into(),
    }
}

fn word(outcome: &OpOutcome) -> &str {
    match outcome {
        OpOutcome::Done(applied) if applied.no_op => "no-op",
        OpOutcome::Done(applied) if !applied.refused.is_empty() => "done in part",
        OpOutcome::Done(_) => "done",
        OpOutcome::AlreadyGone => "already gone",
        OpOutcome::AcknowledgedWithoutId { .. } => "acknowledged without id",
        OpOutcome::Rejected(fault) => &fault.code,
        OpOutcome::Throttled { .. } => "throttled",
        OpOutcome::Unknown(_) => "unknown",
    }
}

fn missing(operation: &Operation) -> OpOutcome {
    match operation.kind {
        OpKind::Delete { .. } => OpOutcome::AlreadyGone,
        _ => OpOutcome::Rejected(Fault::new(
            "export.object_missing",
            ErrorKind::ObjectMissing,
            "The object no longer exists in the directory.",
            "It is read again; what follows depends on the profile.",
        )),
    }
}

fn parent_missing() -> Fault {
    Fault::new(
        "export.parent_missing",
        ErrorKind::ParentMissing,
        "The container in which the object is to lie does not exist.",
        "Create the container, or change the naming rule.",
    )
}

fn unresolved() -> Fault {
    Fault::new(
        "export.reference_unresolved",
        ErrorKind::ObjectMissing,
        "An object that this plan adds is not known to the agent yet.",
        "It is tried again after the next import, which knows the object by its id.",
    )
}

fn unkept(error: &std::io::Error) -> Fault {
    Fault::new(
        "agent.journal_unwritable",
        ErrorKind::PolicyRefused,
        format!("The agent cannot keep its own records: {error}."),
        "Check space and rights of the data directory on the agent's host.",
    )
}
