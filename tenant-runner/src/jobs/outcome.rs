//! What became of operations that were handed over: the agent's answers, and what a look says where there is none.
//!
//! Invariants: an answer, its usage row and its error are one transaction; what has no answer is looked up, and only
//! while no export of its directory is under way, so that nothing that is just being sent is taken for lost (D-53).

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use syncline_engine::export::{self as decide, Look, PutBack, Resolution, settle};
use syncline_model::connector::{AddTrace, Fault, OpOutcome, ReadAnswer, ReadRequest};
use syncline_model::error::Stage;
use syncline_model::import::ObjectName;
use syncline_model::meter::Meter;
use syncline_model::object::Subject;
use syncline_model::op::{ObjectKey, OpHash};
use syncline_model::password::Sealed;
use syncline_model::plan::{EscrowEntry, Verb};
use syncline_model::stage::ErrorSet;
use syncline_model::{Anchor, AttrName, DirectoryId, MessageId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Acknowledged, Durability, TenantTx, Usage};

use super::config::{self, ConfigError, Configuration};
use super::{KnownAs, passwords};
use crate::app::App;
use crate::http::context::now_ms;
use crate::reach::Reach;

/// How far the clock of a directory may be from ours, in seconds.
const SKEW_S: i64 = 300;

/// What became of operations.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Handed over.
    pub sent: u64,
    /// Acknowledged by the directory.
    pub acknowledged: u64,
    /// Refused by the directory.
    pub refused: u64,
    /// Left out: they refer to objects that do not exist yet.
    pub not_ready: u64,
    /// Handed over, and not sent.
    pub put_back: u64,
    /// Of these, those that went back each alone: the directory does not show yet what they name.
    pub unseen: u64,
    /// Not sent, because their profile was changed after they were released.
    pub taken_back: u64,
    /// Why nothing more can be sent now: what was said first.
    pub pause: Option<PutBack>,
    /// The tunnel broke before everything was answered, or there is none.
    pub cut: Option<Fault>,
}

impl Counts {
    /// Adds what became of others.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.not_ready += other.not_ready;
        self.put_back += other.put_back;
        self.unseen += other.unseen;
        self.taken_back += other.taken_back;
        self.pause = self.pause.take().or(other.pause);
        self.cut = self.cut.take().or(other.cut);
    }

    /// Whether nothing more may be sent now.
    pub fn stopped(&self) -> bool {
        self.why_stopped().is_some()
    }

    /// Why nothing more may be sent now.
    pub fn why_stopped(&self) -> Option<&Fault> {
        let pause = || self.pause.as_ref().map(|pause| &pause.fault);
        self.cut.as_ref().or_else(pause)
    }
}

/// What became of an operation that was handed over.
pub struct Answered {
    /// The operation.
    pub entry: EscrowEntry,
    /// How it ended.
    pub outcome: OpOutcome,
    /// The sealed password that came with the answer.
    pub sealed: Option<Sealed>,
    /// The hash under which it is pending, where that is known: another one where it is a part of that operation.
    pub pending: Option<OpHash>,
    /// Nobody answered: what is known of it is what was found in the directory.
    pub looked_up: bool,
}

/// Writes down what became of operations, in one transaction; `run` is the export whose they are. What is still in doubt
/// stays in escrow.
pub async fn write(
    app: &Arc<App>,
    configuration: &Configuration,
    run: Option<RunId>,
    answered: &[Answered],
    counts: &mut Counts,
) -> Result<(), StoreError> {
    if answered.is_empty() {
        return Ok(());
    }
    // Durable: an import may begin right after and takes what is settled for settled.
    let mut tx = app.db.write(Durability::Durable).await?;
    run.into_iter().for_each(|run| tx.on_behalf_of(run));
    // In the order in which an import takes its rows, so that neither waits for the other.
    let mut answered: Vec<_> = answered.iter().collect();
    answered.sort_by_key(|one| (one.entry.op.cs, one.entry.export_seq));
    let mut written = BTreeSet::new();
    for one in answered {
        let (entry, outcome) = (&one.entry, &one.outcome);
        if write_one(&mut tx, configuration, one, counts).await? {
            written.insert(entry.op.directory);
        }
        let sealed = one.sealed.clone();
        if let Some(lost) = passwords::settle(&mut tx, entry, outcome, sealed).await? {
            // An account that was refused was not made; only where nobody said so may one be there.
            let is_told = !matches!(outcome, OpOutcome::Rejected(_)) || one.looked_up;
            if is_told {
                let id = MessageId(app.db.new_id().await?);
                tx.messages_say(&[lost.message(id)]).await?;
            }
        }
    }
    for directory in written {
        tx.directory_written(directory).await?;
    }
    tx.commit().await
}

/// Writes down one answer; answers whether the directory was changed.
async fn write_one(
    tx: &mut TenantTx,
    configuration: &Configuration,
    answered: &Answered,
    counts: &mut Counts,
) -> Result<bool, StoreError> {
    let (entry, outcome) = (&answered.entry, &answered.outcome);
    let mut changed = false;
    let mut settlement = settle(&configuration.set, entry, outcome, now_ms() / 1000);
    if settlement.in_doubt {
        return Ok(false);
    }
    if let Some(back) = settlement.put_back {
        counts.put_back += 1;
        match back.is_alone() {
            true => counts.unseen += 1,
            false => drop(counts.pause.get_or_insert(back)),
        }
        tx.export_not_sent(entry).await?;
        return Ok(false);
    }
    if settlement.acknowledged {
        let no_op = matches!(outcome, OpOutcome::AlreadyGone)
            || matches!(outcome, OpOutcome::Done(a) if a.no_op);
        let ack = Acknowledged {
            anchor: settlement.anchor,
            no_op,
        };
        tx.export_settled(entry, &ack, settlement.memory.as_ref())
            .await?;
        tx.intent_sent(entry.op.cs, &settlement.sent).await?;
        tx.count(exported(entry));
        changed = !no_op;
        counts.acknowledged += 1;
    } else {
        let code = settlement
            .errors
            .first()
            .map_or("refused", |e| e.kind.code());
        tx.export_refused(entry, code).await?;
        counts.refused += 1;
    }
    // What was refused of a part rests with the whole.
    let mut op = entry.op.clone();
    op.hash = answered.pending.unwrap_or(op.hash);
    for error in &mut settlement.errors {
        error.op = error.op.map(|_| op.hash);
    }
    let set = ErrorSet {
        subject: Subject::Cs(op.cs),
        stage: Stage::Export,
        part: None,
        entries: settlement.errors,
    };
    tx.errors_put_of(&set, &op, now_ms()).await?;
    Ok(changed)
}

/// The usage row of an acknowledged operation: its identity is the operation's number, whoever wrote the answer down.
fn exported(entry: &EscrowEntry) -> Usage {
    let mut hasher = Sha256::new_with_prefix(b"syncline usage 2");
    hasher.update(Meter::OperationsExported.code().as_bytes());
    hasher.update(entry.op.directory.get().to_le_bytes());
    hasher.update(entry.export_seq.to_le_bytes());
    Usage {
        at_ms: now_ms(),
        meter: Meter::OperationsExported,
        quantity: 1,
        event_id: hasher.finalize().into(),
    }
}

/// Looks up every operation of a directory whose outcome is unknown (D-53). The caller holds the directory's export
/// lane; `run` is the export, if one looks. Answers what was settled; what could not be looked up stays in escrow.
pub async fn resolve(
    app: &Arc<App>,
    directory: DirectoryId,
    reach: &Reach,
    run: Option<RunId>,
) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let escrow = app.db.read().await?.escrow(Some(directory)).await?;
    if escrow.is_empty() {
        return Ok(counts);
    }
    let configuration = match config::load(&app.db, &app.runtime).await {
        Ok(configuration) => configuration,
        Err(ConfigError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::error!("operations of unknown outcome wait: {error}");
            return Ok(counts);
        }
    };
    for entry in escrow {
        match look_up(app, reach, &entry).await? {
            None => return Ok(counts),
            Some((Resolution::Repeat, _)) => {
                let mut tx = app.db.write(Durability::Durable).await?;
                tx.export_not_sent(&entry).await?;
                tx.commit().await?;
            }
            // It stays where it is: in doubt.
            Some((Resolution::Wait, _)) => {}
            Some((Resolution::Settle(outcome), sealed)) => {
                let answered = Answered {
                    entry,
                    outcome: *outcome,
                    sealed,
                    pending: None,
                    looked_up: true,
                };
                write(app, &configuration, run, &[answered], &mut counts).await?;
            }
        }
    }
    Ok(counts)
}

/// Reads what the directory holds where an operation would have had its effect; `None` when it cannot be asked.
async fn look_up(
    app: &Arc<App>,
    reach: &Reach,
    entry: &EscrowEntry,
) -> Result<Option<(Resolution, Option<Sealed>)>, StoreError> {
    let look = Look::new(now_ms() / 1000, reach.settle_ms(), SKEW_S);
    if entry.op.verb() == Verb::Add {
        let known = KnownAs::of(app, std::slice::from_ref(entry)).await?;
        let trace = reach.trace_add(&entry.op.op, entry.op.hash, &known).await;
        let trace = match trace {
            Ok(trace) => trace,
            Err(fault) => {
                tracing::warn!("an Add of unknown outcome could not be looked up: {fault}");
                return Ok(None);
            }
        };
        let mut known = BTreeSet::new();
        if let AddTrace::Present { anchor, .. } = &trace {
            let found = app
                .db
                .read()
                .await?
                .cs_objects_by_anchor(entry.op.directory, std::slice::from_ref(anchor))
                .await?;
            known.extend(
                found
                    .into_iter()
                    .filter(|o| o.row.id != entry.op.cs)
                    .filter_map(|o| o.body.anchor),
            );
        }
        let is_known = |anchor: &Anchor| known.contains(anchor);
        let resolution = decide::resolve_add(entry, &trace, is_known, look);
        let sealed = match trace {
            AddTrace::Present { sealed, .. } => sealed,
            AddTrace::Absent => None,
        };
        return Ok(Some((resolution, sealed)));
    }
    let ObjectKey::Anchor(anchor) = &entry.op.op.object else {
        return Ok(Some((Resolution::Repeat, None)));
    };
    let attrs: Vec<AttrName> = entry
        .op
        .op
        .deltas
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let request = ReadRequest {
        objects: vec![ObjectName::Anchor(anchor.clone())],
        types: vec![(entry.op.op.object_type().to_owned(), attrs)],
    };
    match reach.read(request).await {
        Ok(answers) => {
            let answer: Option<ReadAnswer> = answers.into_iter().next();
            Ok(answer.map(|answer| (decide::resolve_change(entry, &answer, look), None)))
        }
        Err(fault) => {
            tracing::warn!("an operation of unknown outcome could not be looked up: {fault}");
            Ok(None)
        }
    }
}
