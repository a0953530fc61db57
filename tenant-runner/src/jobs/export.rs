//! Sends to one directory what may be sent, and nothing else.
//!
//! Invariants: an operation goes only under a plan approval, a guard approval or a live profile whose guards let
//! it pass, and only if it was staged under the present configuration (T-13); it is in escrow, durably, before it
//! is sent, and what has no answer is looked up before anything is repeated (D-53); one refusal stops one object.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use syncline_engine::approval::{
    GuardApproval, GuardMode, PlanApproval, Release, Standing, hold, release, unnamed,
};
use syncline_engine::config::ConfigHash;
use syncline_engine::export::{self as decide, Resolution, settle};
use syncline_engine::guard::{
    CreateLimits, DeleteLimits, MatchRate, Sent, Tripped, create_guard, delete_guard,
};
use syncline_model::approval::{ApprovalKind, ApprovalState, ReleasedBy};
use syncline_model::connector::{AddTrace, OpOutcome, ReadAnswer, ReadRequest};
use syncline_model::error::Stage;
use syncline_model::import::ObjectName;
use syncline_model::meter::Meter;
use syncline_model::object::{Subject, TypeId};
use syncline_model::op::ObjectKey;
use syncline_model::plan::{EscrowEntry, PlannedOp, Verb};
use syncline_model::run::{Progress, RunStatus};
use syncline_model::stage::ErrorSet;
use syncline_model::{AttrName, CsId, DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Acknowledged, Claim, Durability, ProfileRow, Severity, TenantRead, TenantTx,
};
use syncline_wire::link::{ExportContext, ExportOp, TraceAdd};

use super::config::{self, ConfigError, Configuration};
use super::reader::Snapshot;
use super::{Underway, failed, import, stopped};
use crate::agents::Session;
use crate::app::App;
use crate::desk::Lane;
use crate::http::context::now_ms;
use crate::resource::what_if::GuardView;
use crate::review;
use crate::schedule::graph::Ended;

/// Operations in escrow at once.
const BATCH: usize = 200;
/// The sliding window of the guards, in milliseconds.
const WINDOW_MS: i64 = 24 * 3_600_000;
/// How far the clock of a directory may be from ours, in seconds.
const SKEW_S: i64 = 300;

/// Why an export did not end by itself.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Runs one export.
pub async fn run(
    app: &Arc<App>,
    run: RunId,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
) -> Ended {
    let lane = app.desk.lane(directory, Lane::Export);
    let _turn = lane.lock().await;
    match export(app, run, directory, profiles).await {
        Ok(ended) => {
            app.outbox_grew();
            ended
        }
        Err(error) => {
            let status = match &error {
                Failure::Config(_) => RunStatus::NoStartConfiguration,
                Failure::Store(_) => RunStatus::StoppedLeaseLost,
            };
            failed(app, run, &error, status).await
        }
    }
}

/// Everything that was decided about the staged operations of one directory.
struct Decided {
    /// What goes, in order.
    send: Vec<Claim>,
    /// Operations that are staged and do not go.
    held: usize,
    /// Guards that hold some.
    tripped: Vec<(ProfileId, ApprovalKind, Tripped)>,
    /// Profiles whose present plan differs too much from the approved one.
    asks_again: Vec<ProfileId>,
}

async fn export(
    app: &Arc<App>,
    run: RunId,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
) -> Result<Ended, Failure> {
    let mut underway = Underway::begin(app, run, Progress::ExportingPass1).await?;
    if app.desk.switches().exports_held {
        let reason = "Every export of the tenant is held; release exports to go on.";
        underway
            .end(RunStatus::NoStartSuspended, Some(reason.into()))
            .await?;
        return Ok(stopped(RunStatus::SuccessNoChanges));
    }
    let configuration = config::load(&app.db).await?;
    if let Some(session) = app.hub.of(directory) {
        resolve(app, directory, &session).await?;
    }
    let decided = decide_all(app, &configuration, directory, profiles).await?;
    let to_send = decided.send.len();
    underway.count("held", decided.held as u64);
    let mut sent = Counts::default();
    if to_send > 0 {
        let Some(session) = app.hub.of(directory) else {
            let reason =
                "No confirmed agent of this directory is connected; what is released waits.";
            underway
                .end(RunStatus::StoppedAgentOffline, Some(reason.into()))
                .await?;
            return Ok(stopped(RunStatus::StoppedAgentOffline));
        };
        let (first, second): (Vec<Claim>, Vec<Claim>) =
            decided.send.into_iter().partition(|c| c.op.pass() == 1);
        sent.add(send(app, &configuration, &session, run, directory, first).await?);
        underway.progress(Progress::ExportingPass2).await?;
        sent.add(send(app, &configuration, &session, run, directory, second).await?);
        settle_reviews(app, profiles).await?;
    }
    for (name, n) in [
        ("sent", sent.sent),
        ("acknowledged", sent.acknowledged),
        ("refused", sent.refused),
        ("in_doubt", sent.in_doubt),
        ("not_ready", sent.not_ready),
    ] {
        underway.count(name, n);
    }
    let (status, reason) = verdict(
        &mut underway,
        &sent,
        decided.held,
        &decided.tripped,
        &decided.asks_again,
    );
    let mut tx = app.db.write(Durability::Durable).await?;
    import::meter(&mut tx, run, Meter::OperationsExported, sent.acknowledged);
    underway.end_in(&mut tx, status, reason).await?;
    tx.commit().await?;
    // What is held stays staged and visible; it is not a reason to hold anything else of the cycle.
    let usable = if status.completed() {
        status
    } else {
        RunStatus::CompletedWarnings
    };
    Ok(Ended {
        status: usable,
        changes: sent.sent,
        acknowledged: sent.acknowledged,
    })
}

fn verdict(
    underway: &mut Underway,
    sent: &Counts,
    held: usize,
    tripped: &[(ProfileId, ApprovalKind, Tripped)],
    asks_again: &[ProfileId],
) -> (RunStatus, Option<String>) {
    if sent.stopped {
        let reason = "The directory or its agent went away; what was not sent stays staged, what has no answer is looked up first.";
        return (RunStatus::StoppedConnectivity, Some(reason.into()));
    }
    for (profile, kind, guard) in tripped {
        let text = guard_text(*kind, guard);
        underway.say(
            Severity::Warning,
            "guard_tripped",
            format!("{profile}: {text} Approve or reject the list."),
        );
    }
    for profile in asks_again {
        let text = format!(
            "{profile}: what is staged now differs too much from the approved plan; approve a new what-if."
        );
        underway.say(Severity::Warning, "not_approved", text);
    }
    if sent.refused > 0 || sent.in_doubt > 0 {
        return (RunStatus::CompletedExportErrors, None);
    }
    if !tripped.is_empty() {
        return (
            RunStatus::StoppedDeletionThreshold,
            Some("A guard holds a list; approve or reject it.".into()),
        );
    }
    if held > 0 && sent.sent == 0 {
        return (
            RunStatus::StoppedApproval,
            Some(format!("{held} staged operations wait for approval.")),
        );
    }
    if sent.sent == 0 {
        (RunStatus::SuccessNoChanges, None)
    } else {
        (RunStatus::Success, None)
    }
}

/// Decides for every staged operation of a directory whether it goes, and asks for what guards hold.
async fn decide_all(
    app: &Arc<App>,
    configuration: &Configuration,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
) -> Result<Decided, Failure> {
    let mut read = app.db.read().await?;
    let rows = read.pending_rows(Some(directory)).await?;
    let mut decided = Decided {
        send: Vec::new(),
        held: 0,
        tripped: Vec::new(),
        asks_again: Vec::new(),
    };
    for profile in profiles {
        let Some(row) = read.profile(*profile).await? else {
            continue;
        };
        let ids: Vec<CsId> = rows
            .iter()
            .filter(|r| r.profile == *profile)
            .map(|r| r.cs)
            .collect();
        if row.synced_hash != Some(row.config_hash) {
            // Staged under another configuration: a sync under the present one comes first (T-13).
            decided.held += ids.len();
            continue;
        }
        let mut ops: Vec<PlannedOp> = read
            .pending_ops(&ids)
            .await?
            .into_iter()
            .filter(|op| op.directory == directory)
            .collect();
        decide::in_order(&mut ops);
        let staged: Vec<&PlannedOp> = ops.iter().collect();
        let standing = standing(&mut read, &row).await?;
        let mut released = release(&standing, &staged, now_ms() / 1000);
        let tripped = tripped(
            &mut read,
            configuration,
            *profile,
            directory,
            &released,
            &staged,
        )
        .await?;
        let lists: Vec<Tripped> = tripped.iter().map(|(_, t)| t.clone()).collect();
        hold(&mut released, &staged, &lists, GuardMode::Stop);
        if released.asks_again {
            decided.asks_again.push(*profile);
        }
        decided.held += released.held.len();
        decided
            .send
            .extend(released.send.iter().map(|(n, by)| Claim {
                op: ops[*n].clone(),
                released_by: *by,
            }));
        decided
            .tripped
            .extend(tripped.into_iter().map(|(kind, t)| (*profile, kind, t)));
    }
    drop(read);
    for profile in profiles {
        let mine: Vec<_> = decided
            .tripped
            .iter()
            .filter(|(p, ..)| p == profile)
            .collect();
        let lists = mine
            .iter()
            .map(|(_, kind, guard)| (*kind, guard, guard_text(*kind, guard)));
        review::ask(app, *profile, directory, lists.collect()).await?;
    }
    Ok(decided)
}

/// What guards count and hold of a release.
async fn tripped(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
    directory: DirectoryId,
    released: &Release,
    staged: &[&PlannedOp],
) -> Result<Vec<(ApprovalKind, Tripped)>, StoreError> {
    let counted = unnamed(released, staged);
    let (sizes, linked, sent) = window(read, configuration, profile, directory).await?;
    let deletes = delete_guard(&DeleteLimits::default(), &sizes, &sent, &counted);
    let creates = create_guard(
        &CreateLimits::default(),
        linked,
        &sent,
        &counted,
        MatchRate::default(),
        MatchRate::default(),
    );
    let deletes = deletes.into_iter().map(|t| (ApprovalKind::DeleteGuard, t));
    Ok(deletes
        .chain(creates.into_iter().map(|t| (ApprovalKind::CreateGuard, t)))
        .collect())
}

/// Sizes of the types of a directory, how many of its objects the profile has linked, and what was sent within the window.
async fn window(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
    directory: DirectoryId,
) -> Result<(BTreeMap<TypeId, u64>, u64, Vec<Sent>), StoreError> {
    let counts = read.cs_counts().await?;
    let mine: BTreeSet<TypeId> = configuration
        .set
        .outbound
        .iter()
        .filter(|p| p.profile == profile && p.directory == directory)
        .map(|p| p.object_type)
        .collect();
    let here = counts
        .iter()
        .filter(|c| c.directory == directory && mine.contains(&c.object_type));
    let sizes = here
        .clone()
        .map(|c| (c.object_type, c.present.unsigned_abs()))
        .collect();
    let linked = here.map(|c| c.linked.unsigned_abs()).sum();
    let ledger = read.guard_sent(directory, now_ms() - WINDOW_MS).await?;
    let sent = ledger
        .into_iter()
        .filter(|row| row.profile == profile)
        .map(|row| Sent {
            directory,
            object_type: row.object_type,
            cs: row.cs,
            fact: row.fact,
        });
    let sent = sent.collect();
    Ok((sizes, linked, sent))
}

fn guard_text(kind: ApprovalKind, guard: &Tripped) -> String {
    match kind {
        ApprovalKind::CreateGuard => format!(
            "{} objects would be created within 24 hours; more than {} are held.",
            guard.count, guard.limit
        ),
        _ => format!(
            "{} objects would be deleted, disabled, moved or stripped within 24 hours; more than {} are held.",
            guard.count, guard.limit
        ),
    }
}

/// How a plan stands against the guards, as if nobody had approved it.
pub async fn guards(
    reader: &Snapshot,
    configuration: &Configuration,
    profile: ProfileId,
    ops: &[PlannedOp],
) -> Result<Vec<GuardView>, StoreError> {
    let mut views = Vec::new();
    let directories: BTreeSet<DirectoryId> = ops.iter().map(|op| op.directory).collect();
    let mut read = reader.read().lock().await;
    for directory in directories {
        let staged: Vec<&PlannedOp> = ops.iter().filter(|op| op.directory == directory).collect();
        let (sizes, linked, sent) = window(&mut read, configuration, profile, directory).await?;
        let deletes = delete_guard(&DeleteLimits::default(), &sizes, &sent, &staged);
        let creates = create_guard(
            &CreateLimits::default(),
            linked,
            &sent,
            &staged,
            MatchRate::default(),
            MatchRate::default(),
        );
        let of = |kind, guard: &Tripped| GuardView {
            kind,
            directory,
            object_type: guard
                .object_type
                .and_then(|t| configuration.set.types.name(t))
                .unwrap_or_default()
                .to_owned(),
            count: guard.count as i64,
            limit: guard.limit as i64,
            tripped: true,
            text: guard_text(kind, guard),
        };
        views.extend(deletes.iter().map(|g| of(ApprovalKind::DeleteGuard, g)));
        views.extend(creates.iter().map(|g| of(ApprovalKind::CreateGuard, g)));
    }
    Ok(views)
}

/// Where an operation stands in the order of sending.
pub fn order_key(op: &PlannedOp) -> (DirectoryId, u8, u8, i32, CsId) {
    let (rank, depth) = match op.verb() {
        Verb::Add => (0, i32::from(op.depth)),
        Verb::Update => (1, i32::from(op.depth)),
        Verb::Delete => (2, -i32::from(op.depth)),
    };
    (op.directory, op.pass(), rank, depth, op.cs)
}

/// What a profile may send, from its rows.
pub async fn standing(read: &mut TenantRead, row: &ProfileRow) -> Result<Standing, StoreError> {
    let approved = read
        .approvals(Some(row.id), &[ApprovalState::Approved], None, 200)
        .await?;
    let mut standing = Standing {
        config: ConfigHash(row.config_hash),
        approval: None,
        live: row.review.live.map(|(hash, id)| (ConfigHash(hash), id)),
        last_exported: row.review.exported_hash.map(ConfigHash),
        guards: Vec::new(),
    };
    for approval in approved {
        let listed = read.approval_ops(approval.id).await?;
        let ops = listed.iter().map(|(hash, _)| *hash).collect();
        match approval.kind {
            ApprovalKind::Plan if standing.approval.is_none() => {
                standing.approval = Some(PlanApproval {
                    id: approval.id,
                    config: ConfigHash(approval.config_hash),
                    ops,
                    kinds: review::kinds(&approval),
                    then: approval.doc.then,
                    at: approval.decided_ms.unwrap_or(approval.asked_ms) / 1000,
                    exported: listed.iter().any(|(_, sent)| sent.is_some()),
                });
            }
            ApprovalKind::DeleteGuard | ApprovalKind::CreateGuard => {
                standing.guards.push(GuardApproval {
                    id: approval.id,
                    config: ConfigHash(approval.config_hash),
                    ops,
                })
            }
            _ => {}
        }
    }
    Ok(standing)
}

/// After sending: profiles whose plan is spent become live, spent lists are closed.
async fn settle_reviews(app: &Arc<App>, profiles: &BTreeSet<ProfileId>) -> Result<(), Failure> {
    for profile in profiles {
        let mut tx = app.db.write(Durability::Durable).await?;
        let Some(row) = tx.profile(*profile).await? else {
            continue;
        };
        let rows = tx.pending_rows(None).await?;
        let ids: Vec<CsId> = rows
            .iter()
            .filter(|r| r.profile == *profile)
            .map(|r| r.cs)
            .collect();
        let ops = tx.pending_ops(&ids).await?;
        let staged: Vec<&PlannedOp> = ops.iter().collect();
        let standing = standing(&mut tx, &row).await?;
        let released = release(&standing, &staged, now_ms() / 1000);
        review::after_export(&mut tx, &row, &standing, released.goes_live, &staged).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What became of operations.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    sent: u64,
    acknowledged: u64,
    refused: u64,
    in_doubt: u64,
    not_ready: u64,
    stopped: bool,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.in_doubt += other.in_doubt;
        self.not_ready += other.not_ready;
        self.stopped |= other.stopped;
    }
}

/// Sends operations in batches: escrow, agent, outcome.
async fn send(
    app: &Arc<App>,
    configuration: &Configuration,
    session: &Session,
    run: RunId,
    directory: DirectoryId,
    claims: Vec<Claim>,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let mut left = claims;
    while !left.is_empty() && !counts.stopped {
        let rest = left.split_off(left.len().min(BATCH));
        let batch = std::mem::replace(&mut left, rest);
        let ready = ready(app, batch, &mut counts).await?;
        if ready.is_empty() {
            continue;
        }
        let mut tx = app.db.write(Durability::Durable).await?;
        let entries = tx.export_claim(run, directory, &ready, now_ms()).await?;
        note_exported(&mut tx, &ready).await?;
        tx.commit().await?;
        counts.sent += entries.len() as u64;
        let by: BTreeMap<_, _> = ready.iter().map(|c| (c.op.hash, c.released_by)).collect();
        send_batch(app, configuration, session, entries, &by, &mut counts).await?;
    }
    Ok(counts)
}

/// Leaves out what refers to objects that do not exist yet in the target.
async fn ready(
    app: &Arc<App>,
    batch: Vec<Claim>,
    counts: &mut Counts,
) -> Result<Vec<Claim>, Failure> {
    let mut ids: BTreeSet<CsId> = BTreeSet::new();
    for claim in &batch {
        ids.insert(claim.op.cs);
        ids.extend(claim.op.effect.refs.iter().map(|r| r.to));
        ids.extend(claim.op.effect.place.iter().map(|p| p.parent));
    }
    let ids: Vec<CsId> = ids.into_iter().collect();
    let mut read = app.db.read().await?;
    let objects = read.cs_objects(&ids).await?;
    let exists: BTreeSet<CsId> = objects
        .iter()
        .filter(|o| o.body.anchor.is_some())
        .map(|o| o.row.id)
        .collect();
    let (ready, waiting): (Vec<Claim>, Vec<Claim>) = batch
        .into_iter()
        .partition(|claim| decide::ready(&claim.op, |cs| exists.contains(&cs)));
    counts.not_ready += waiting.len() as u64;
    Ok(ready)
}

/// Remembers under which configuration something was sent (D-67).
async fn note_exported(tx: &mut TenantTx, claims: &[Claim]) -> Result<(), StoreError> {
    let profiles: BTreeSet<ProfileId> = claims.iter().map(|c| c.op.profile).collect();
    for profile in profiles {
        let Some(row) = tx.profile(profile).await? else {
            continue;
        };
        if row.review.exported_hash != Some(row.config_hash) {
            let mut review = row.review;
            review.exported_hash = Some(row.config_hash);
            tx.profile_review(profile, row.config_hash, &row.review, &review)
                .await?;
        }
    }
    Ok(())
}

async fn send_batch(
    app: &Arc<App>,
    configuration: &Configuration,
    session: &Session,
    entries: Vec<EscrowEntry>,
    by: &BTreeMap<syncline_model::op::OpHash, ReleasedBy>,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let ops: Vec<ExportOp> = entries
        .iter()
        .map(|entry| ExportOp {
            canonical: Bytes::from(entry.op.op.canonical()),
            hash: entry.op.hash,
            context: ExportContext {
                released_by: match by.get(&entry.op.hash) {
                    Some(ReleasedBy::Plan(id) | ReleasedBy::Guard(id)) => id.to_string(),
                    Some(ReleasedBy::Live(id)) => format!("live({id})"),
                    None => String::new(),
                },
                escrowed_at: ticks(entry.since),
                attempt: 1,
            },
        })
        .collect();
    let mut waiting: BTreeMap<_, EscrowEntry> =
        entries.into_iter().map(|e| (e.op.hash, e)).collect();
    let mut results = match session.link.export(stream::iter(ops)).await {
        Ok(results) => results,
        Err(error) => {
            tracing::warn!(directory = %session.directory, "an export was not begun: {error}");
            counts.stopped = true;
            counts.in_doubt += waiting.len() as u64;
            return Ok(());
        }
    };
    loop {
        let result = match results.next_item().await {
            Ok(Some(result)) => result,
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(directory = %session.directory, "an export was cut: {error}");
                counts.stopped = true;
                break;
            }
        };
        let Some(entry) = waiting.remove(&result.hash) else {
            continue;
        };
        if let OpOutcome::Throttled { .. } = result.outcome {
            counts.stopped = true;
        }
        finish_one(app, configuration, &entry, &result.outcome, counts).await?;
    }
    counts.in_doubt += waiting.len() as u64;
    Ok(())
}

/// Writes down what became of one operation.
async fn finish_one(
    app: &Arc<App>,
    configuration: &Configuration,
    entry: &EscrowEntry,
    outcome: &OpOutcome,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let settlement = settle(&configuration.set, entry, outcome);
    if settlement.in_doubt {
        counts.in_doubt += 1;
        return Ok(());
    }
    let mut tx = app.db.write(Durability::Deferred).await?;
    if settlement.acknowledged {
        let no_op = matches!(outcome, OpOutcome::AlreadyGone)
            || matches!(outcome, OpOutcome::Done(a) if a.no_op);
        let ack = Acknowledged {
            anchor: settlement.anchor,
            no_op,
        };
        tx.export_settled(entry, &ack, settlement.memory.as_ref())
            .await?;
        counts.acknowledged += 1;
    } else if settlement.pause.is_some() {
        tx.export_not_sent(entry).await?;
    } else {
        let code = settlement
            .errors
            .first()
            .map_or("refused", |e| e.kind.code());
        tx.export_refused(entry, code).await?;
        counts.refused += 1;
    }
    if settlement.pause.is_none() {
        let set = ErrorSet {
            subject: Subject::Cs(entry.op.cs),
            stage: Stage::Export,
            part: None,
            entries: settlement.errors,
        };
        tx.errors_put(&[set], now_ms()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Looks up every operation of a directory whose outcome is unknown (D-53).
pub async fn resolve(
    app: &Arc<App>,
    directory: DirectoryId,
    session: &Session,
) -> Result<(), StoreError> {
    let escrow = app.db.read().await?.escrow(Some(directory)).await?;
    if escrow.is_empty() {
        return Ok(());
    }
    let configuration = match config::load(&app.db).await {
        Ok(configuration) => configuration,
        Err(ConfigError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::error!("operations of unknown outcome wait: {error}");
            return Ok(());
        }
    };
    for entry in escrow {
        let resolution = match look_up(app, session, &entry).await {
            Ok(Some(resolution)) => resolution,
            Ok(None) => return Ok(()),
            Err(error) => return Err(error),
        };
        match resolution {
            Resolution::Repeat => {
                let mut tx = app.db.write(Durability::Durable).await?;
                tx.export_not_sent(&entry).await?;
                tx.commit().await?;
            }
            Resolution::Settle(outcome) => {
                let mut counts = Counts::default();
                match finish_one(app, &configuration, &entry, &outcome, &mut counts).await {
                    Ok(()) => {}
                    Err(Failure::Store(error)) => return Err(error),
                    Err(Failure::Config(error)) => {
                        tracing::error!("an operation of unknown outcome waits: {error}")
                    }
                }
            }
        }
    }
    Ok(())
}

/// Reads what the directory holds where an operation would have had its effect; `None` when it cannot be asked.
async fn look_up(
    app: &Arc<App>,
    session: &Session,
    entry: &EscrowEntry,
) -> Result<Option<Resolution>, StoreError> {
    if entry.op.verb() == Verb::Add {
        let trace = TraceAdd {
            canonical: Bytes::from(entry.op.op.canonical()),
            hash: entry.op.hash,
        };
        let trace = match session.link.trace_add(trace).await {
            Ok(trace) => trace,
            Err(error) => {
                tracing::warn!("an Add of unknown outcome could not be looked up: {error}");
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
        return Ok(Some(decide::resolve_add(
            entry,
            &trace,
            |anchor| known.contains(anchor),
            SKEW_S,
        )));
    }
    let ObjectKey::Anchor(anchor) = &entry.op.op.object else {
        return Ok(Some(Resolution::Repeat));
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
    match session.link.read(request).await {
        Ok(answers) => {
            let answer: Option<ReadAnswer> = answers.into_iter().next();
            Ok(answer.map(|answer| decide::resolve_change(entry, &answer)))
        }
        Err(error) => {
            tracing::warn!("an operation of unknown outcome could not be looked up: {error}");
            Ok(None)
        }
    }
}

/// Seconds since 1970 as ticks of 100 ns since the year 1.
fn ticks(seconds: i64) -> i64 {
    621_355_968_000_000_000 + seconds * 10_000_000
}
