//! Sends to one directory what may be sent, and nothing else.
//!
//! Invariants: an operation goes only under a plan approval, a guard approval or a live profile whose guards let
//! it pass, and only if it was staged under the present configuration (T-13); it is in escrow, durably, before it
//! is sent, and what has no answer is looked up before anything is repeated (D-53); one refusal stops one object, which
//! rests until it is due (D-71); a pause is kept as it is told, or ends the run with what was said first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use syncline_engine::approval::{
    GuardApproval, GuardMode, PlanApproval, Release, Standing, hold, release, unnamed,
};
use syncline_engine::config::ConfigHash;
use syncline_engine::export::{self as decide, PutBack};
use syncline_engine::guard::{
    CreateLimits, DeleteLimits, MatchRate, Sent, Tripped, create_guard, delete_guard,
};
use syncline_model::approval::{ApprovalKind, ApprovalState, ReleasedBy};
use syncline_model::connector::Fault;
use syncline_model::object::TypeId;
use syncline_model::op::{ObjectKey, OpHash};
use syncline_model::plan::{EscrowEntry, PlannedOp, Verb};
use syncline_model::run::{Progress, RunStatus};
use syncline_model::{CsId, DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Claim, Durability, ProfileRow, Severity, TenantRead, TenantTx};
use syncline_wire::link::ExportContext;

use super::again::Again;
use super::config::{self, ConfigError, Configuration};
use super::outcome::{self, Answered, Counts};
use super::reader::Snapshot;
use super::resting::{Refused, Resting};
use super::{KnownAs, Underway, entra_connect, failed, known_as, stopped};
use crate::app::App;
use crate::desk::Lane;
use crate::http::context::now_ms;
use crate::reach::{Handed, Reach};
use crate::resource::instant::Instant;
use crate::resource::what_if::GuardView;
use crate::review;
use crate::schedule::graph::Ended;

/// Operations in escrow at once.
const BATCH: usize = 200;
/// The sliding window of the guards, in milliseconds.
const WINDOW_MS: i64 = 24 * 3_600_000;
/// Answers that are written down together at most.
const ANSWERS: usize = 64;
/// How often an export goes on after its agent went away and came back.
const TRIES: usize = 3;
/// How often it goes on after the directory asked for a pause.
const PAUSES: usize = 3;
/// The longest of these pauses, because the tenant's other cycles wait for the run. After a longer one the export goes on in a cycle of its own.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Why an export did not end by itself.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Runs one export. `asked_ms` is when a person asked for it: then what was refused before is tried again.
pub async fn run(
    app: &Arc<App>,
    run: RunId,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
    asked_ms: Option<i64>,
) -> Ended {
    let lane = app.desk.lane(directory, Lane::Export);
    let _turn = lane.lock().await;
    match export(app, run, directory, profiles, asked_ms).await {
        Ok(ended) => {
            app.outbox_grew();
            ended
        }
        Err(error) => {
            let status = match &error {
                Failure::Store(_) | Failure::Config(ConfigError::Store(_)) => {
                    RunStatus::StoppedLeaseLost
                }
                Failure::Config(_) => RunStatus::NoStartConfiguration,
            };
            failed(app, run, &error, status).await
        }
    }
}

/// Everything that was decided about the staged operations of one directory.
#[derive(Default)]
struct Decided {
    /// What goes, in order.
    send: Vec<Claim>,
    /// Operations that are staged and do not go.
    held: usize,
    /// Operations that were refused and are not due.
    resting: Resting,
    /// Guards that hold some.
    tripped: Vec<(ProfileId, ApprovalKind, Tripped)>,
    /// Profiles whose present plan differs too much from the approved one.
    asks_again: Vec<ProfileId>,
    /// Whether nothing is left of an approved plan.
    is_spent: bool,
}

async fn export(
    app: &Arc<App>,
    run: RunId,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
    asked_ms: Option<i64>,
) -> Result<Ended, Failure> {
    let mut underway = Underway::begin(app, run, Progress::ExportingPass1).await?;
    if app.desk.switches().exports_held {
        underway
            .end(RunStatus::NoStartSuspended, Some(HELD.into()))
            .await?;
        return Ok(stopped(RunStatus::SuccessNoChanges));
    }
    let configuration = config::load(&app.db).await?;
    let mut sent = Counts::default();
    let (mut tries, mut pauses) = (TRIES, PAUSES);
    let mut reach = Reach::soon(app, directory).await;
    let decided = loop {
        if let Some(reach) = &reach {
            sent.add(outcome::resolve(app, directory, reach).await?);
        }
        // The switch may have been thrown while the agent was awaited.
        if app.desk.switches().exports_held {
            break Decided::default();
        }
        let mut decided = decide_all(app, &configuration, directory, profiles, asked_ms).await?;
        let claims = std::mem::take(&mut decided.send);
        if claims.is_empty() {
            break decided;
        }
        let Some(open) = &reach else {
            sent.cut = Some(Reach::none(app, directory));
            break decided;
        };
        let (first, second): (Vec<Claim>, Vec<Claim>) =
            claims.into_iter().partition(|c| c.op.pass() == 1);
        // What was left out before is among them.
        (sent.not_ready, sent.unseen) = (0, 0);
        underway.progress(Progress::ExportingPass1).await?;
        let mut now = send(app, &configuration, open, run, directory, first).await?;
        if !now.stopped() {
            underway.progress(Progress::ExportingPass2).await?;
            now.add(send(app, &configuration, open, run, directory, second).await?);
        }
        sent.add(now);
        if sent.cut.is_some() && tries > 1 {
            // The agent went away in the middle. What it did not answer is looked up, and the rest goes, when it is back.
            tries -= 1;
            sent.cut = None;
            reach = open.after(app).await;
            continue;
        }
        match &sent.pause {
            Some(pause) if sent.cut.is_none() && is_short(pause) && pauses > 0 => {
                pauses -= 1;
                underway.count("pauses", 1);
                let pause = tokio::time::sleep(pause.after);
                tokio::select! {
                    () = pause => {}
                    () = app.desk.until_held() => {}
                }
                sent.pause = None;
            }
            _ => break decided,
        }
    };
    app.desk.exported(directory, sent.acknowledged > 0);
    // Handed over, and put back without a trace.
    sent.sent = sent.sent.saturating_sub(sent.put_back);
    if sent.sent > 0 || decided.is_spent {
        settle_reviews(app, profiles).await?;
    }
    let in_doubt = app.db.read().await?.escrow(Some(directory)).await?.len();
    for (name, n) in [
        ("held", decided.held as u64),
        ("resting", decided.resting.count),
        ("sent", sent.sent),
        ("acknowledged", sent.acknowledged),
        ("refused", sent.refused),
        ("in_doubt", in_doubt as u64),
        ("not_ready", sent.not_ready),
        ("not_visible", sent.unseen),
    ] {
        underway.count(name, n);
    }
    if app.desk.switches().exports_held && !sent.stopped() {
        let status = RunStatus::StoppedApproval;
        underway.explain(status, Some(HELD));
        close(app, underway, (status, Some(HELD.into())), None).await?;
        return Ok(Ended {
            status: RunStatus::CompletedWarnings,
            changes: sent.sent.max(sent.acknowledged),
            acknowledged: sent.acknowledged,
        });
    }
    let settle = Duration::from_millis(reach.as_ref().map_or(0, Reach::settle_ms));
    let again = Again::after(&sent, in_doubt, &decided.resting, settle, now_ms());
    let again = Some((again, profiles));
    if let Some(fault) = sent.cut.as_ref().filter(|_| sent.sent == 0) {
        let reason = format!(
            "{} What is released waits. {}",
            fault.message, fault.next_step
        );
        let status = RunStatus::StoppedAgentOffline;
        underway.explain(status, Some(&reason));
        close(app, underway, (status, Some(reason)), again).await?;
        return Ok(stopped(status));
    }
    let (status, reason) = verdict(&mut underway, &sent, in_doubt, &decided);
    close(app, underway, (status, reason), again).await?;
    // What is held stays staged and visible; it is not a reason to hold anything else of the cycle.
    let usable = if status.completed() {
        status
    } else {
        RunStatus::CompletedWarnings
    };
    Ok(Ended {
        status: usable,
        changes: sent.sent.max(sent.acknowledged),
        acknowledged: sent.acknowledged,
    })
}

/// Ends the run, and begins what follows it, now or later.
async fn close(
    app: &Arc<App>,
    mut underway: Underway,
    (status, reason): (RunStatus, Option<String>),
    again: Option<(Again, &BTreeSet<ProfileId>)>,
) -> Result<(), StoreError> {
    let mut tx = app.db.write(Durability::Durable).await?;
    underway.end_in(&mut tx, status, reason).await?;
    if let Some((again, profiles)) = again {
        again.ask(&mut tx, profiles).await?;
    }
    let next = entra_connect::add(app, &mut tx, underway.row()).await?;
    tx.commit().await?;
    if let Some(next) = next {
        entra_connect::begin(app, next);
    }
    Ok(())
}

/// Whether the run waits for the end of a pause.
fn is_short(pause: &PutBack) -> bool {
    pause.passes() && pause.after <= PAUSE_MAX
}

const HELD: &str = "Every export of the tenant is held; release exports to go on.";

/// Why a run stopped, what is left of it, and what to do.
fn stop_text(sent: &Counts, fault: &Fault) -> String {
    let left = match &sent.pause {
        Some(pause) if sent.cut.is_none() && pause.passes() => {
            let after_ms = i64::try_from(pause.after.as_millis()).unwrap_or(i64::MAX);
            let until = Instant::from_unix_ms(now_ms().saturating_add(after_ms));
            format!(
                "What was not sent stays staged and goes by itself after {until}, as the directory asks."
            )
        }
        Some(_) if sent.cut.is_none() => "What was not sent stays staged.".to_owned(),
        _ => "What was not sent stays staged, what has no answer is looked up first.".to_owned(),
    };
    format!("{} {} {left}", fault.message, fault.next_step)
}

fn verdict(
    underway: &mut Underway,
    sent: &Counts,
    in_doubt: usize,
    decided: &Decided,
) -> (RunStatus, Option<String>) {
    if let Some(fault) = sent.why_stopped() {
        let reason = stop_text(sent, fault);
        underway.say(Severity::Error, &fault.code, reason.clone());
        return (fault.stopped_status(), Some(reason));
    }
    for (profile, kind, guard) in &decided.tripped {
        let text = guard_text(*kind, guard);
        underway.say(
            Severity::Warning,
            "guard_tripped",
            format!("{profile}: {text} Approve or reject the list."),
        );
    }
    for profile in &decided.asks_again {
        let text = format!(
            "{profile}: what is staged now differs too much from the approved plan; approve a new what-if."
        );
        underway.say(Severity::Warning, "not_approved", text);
    }
    if let Some(text) = decided.resting.text() {
        underway.say(Severity::Info, "export.resting", text);
    }
    if sent.unseen > 0 {
        let text = format!(
            "{} operations wait: the directory does not show yet what was written a moment ago. They go with the next \
             export.",
            sent.unseen
        );
        underway.say(Severity::Info, "export.not_yet_visible", text);
    }
    if sent.refused > 0 || in_doubt > 0 || decided.resting.count > 0 {
        return (RunStatus::CompletedExportErrors, None);
    }
    if !decided.tripped.is_empty() {
        return (
            RunStatus::StoppedDeletionThreshold,
            Some("A guard holds a list; approve or reject it.".into()),
        );
    }
    let held = decided.held;
    if held > 0 && sent.sent == 0 {
        return (
            RunStatus::StoppedApproval,
            Some(format!("{held} staged operations wait for approval.")),
        );
    }
    if sent.unseen > 0 {
        (RunStatus::CompletedTransientObjects, None)
    } else if sent.sent == 0 {
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
    asked_ms: Option<i64>,
) -> Result<Decided, Failure> {
    let mut read = app.db.read().await?;
    let rows = read.pending_rows(Some(directory)).await?;
    let mut decided = Decided::default();
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
        // Before the guards: they count what would go now.
        let refused = Refused::of(&mut read, &ops).await?;
        let asking = decide::Asking {
            now_ms: now_ms(),
            asked_ms,
            is_still: app.desk.is_still(directory),
        };
        released
            .send
            .retain(|(n, _)| match refused.rests(&ops[*n], &asking) {
                Some((until_ms, _)) => {
                    decided.resting.note(until_ms);
                    false
                }
                None => true,
            });
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
        decided.is_spent |= released.goes_live.is_some();
        decided.held += released.held.len();
        decided
            .send
            .extend(released.send.iter().map(|(n, by)| Claim {
                op: ops[*n].clone(),
                pending: ops[*n].hash,
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
            "{} objects would be deleted, disabled, moved, emptied or changed in bulk within 24 hours; more than {} are held.",
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
        // A refusal is an outcome: what was refused of an approved plan is not left of it, nor is what waits for an object
        // that was not made (D-66, D-69). Else one object that cannot be written would hold back all that comes later.
        let refused = Refused::of(&mut tx, &ops).await?;
        let exists = existing(&mut tx, ops.iter()).await?;
        let is_untried =
            |op: &&PlannedOp| !refused.has(op) && decide::ready(op, |cs| exists.contains(&cs));
        let untried: Vec<&PlannedOp> = ops.iter().filter(is_untried).collect();
        let released = release(&standing, &untried, now_ms() / 1000);
        review::after_export(&mut tx, &row, &standing, released.goes_live, &staged).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Sends operations in batches: escrow, agent, outcome.
async fn send(
    app: &Arc<App>,
    configuration: &Configuration,
    reach: &Reach,
    run: RunId,
    directory: DirectoryId,
    claims: Vec<Claim>,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let mut left = claims;
    while !left.is_empty() && !counts.stopped() && !app.desk.switches().exports_held {
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
        let by: BTreeMap<OpHash, &Claim> = ready.iter().map(|c| (c.op.hash, c)).collect();
        counts.add(send_batch(app, configuration, reach, entries, &by).await?);
    }
    Ok(counts)
}

/// Leaves out what refers to objects that do not exist yet in the target.
async fn ready(
    app: &Arc<App>,
    batch: Vec<Claim>,
    counts: &mut Counts,
) -> Result<Vec<Claim>, Failure> {
    let mut read = app.db.read().await?;
    let exists = existing(&mut read, batch.iter().map(|claim| &claim.op)).await?;
    let (ready, waiting): (Vec<Claim>, Vec<Claim>) = batch
        .into_iter()
        .partition(|claim| decide::ready(&claim.op, |cs| exists.contains(&cs)));
    counts.not_ready += waiting.len() as u64;
    let mut ready = ready;
    ready.extend(parts(&mut read, waiting, &exists).await?);
    Ok(ready)
}

/// What can be sent of operations that refer to objects that do not exist yet: everything else (D-51).
async fn parts(
    read: &mut TenantRead,
    waiting: Vec<Claim>,
    exists: &BTreeSet<CsId>,
) -> Result<Vec<Claim>, StoreError> {
    let referred = waiting.iter().flat_map(|claim| &claim.op.effect.refs);
    let missing: BTreeSet<CsId> = referred
        .filter(|change| change.added && !exists.contains(&change.to))
        .map(|change| change.to)
        .collect();
    let missing: Vec<CsId> = missing.into_iter().collect();
    let named = known_as::named(read, &missing).await?;
    let keys: BTreeMap<CsId, ObjectKey> = named
        .into_iter()
        .map(|(key, object)| (object.row.id, key))
        .collect();
    let part_of = |claim: Claim| {
        let op = decide::part_without(&claim.op, &keys)?;
        let is_ready = decide::ready(&op, |cs| exists.contains(&cs));
        is_ready.then_some(Claim { op, ..claim })
    };
    Ok(waiting.into_iter().filter_map(part_of).collect())
}

/// Of the objects that operations name, those that exist in the target.
async fn existing<'o>(
    read: &mut TenantRead,
    ops: impl Iterator<Item = &'o PlannedOp>,
) -> Result<BTreeSet<CsId>, StoreError> {
    let mut ids: BTreeSet<CsId> = BTreeSet::new();
    for op in ops {
        ids.insert(op.cs);
        ids.extend(op.effect.refs.iter().map(|r| r.to));
        ids.extend(op.effect.place.iter().map(|p| p.parent));
    }
    let ids: Vec<CsId> = ids.into_iter().collect();
    let objects = read.cs_objects(&ids).await?;
    let known = objects.iter().filter(|o| o.body.anchor.is_some());
    Ok(known.map(|o| o.row.id).collect())
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

/// Sends what is in escrow; answers what became of it. What has no answer when the tunnel breaks stays in escrow.
async fn send_batch(
    app: &Arc<App>,
    configuration: &Configuration,
    reach: &Reach,
    entries: Vec<EscrowEntry>,
    by: &BTreeMap<OpHash, &Claim>,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let known = KnownAs::of(app, &entries).await?;
    let handed: Vec<Handed> = entries
        .iter()
        .map(|entry| Handed {
            operation: entry.op.op.clone(),
            hash: entry.op.hash,
            context: ExportContext {
                released_by: match by.get(&entry.op.hash).map(|claim| claim.released_by) {
                    Some(ReleasedBy::Plan(id) | ReleasedBy::Guard(id)) => id.to_string(),
                    Some(ReleasedBy::Live(id)) => format!("live({id})"),
                    None => String::new(),
                },
                escrowed_at: ticks(entry.since),
                attempt: 1,
            },
        })
        .collect();
    let mut waiting: BTreeMap<OpHash, EscrowEntry> =
        entries.into_iter().map(|e| (e.op.hash, e)).collect();
    let mut outcomes = match reach.export(handed, known).await {
        Ok(outcomes) => outcomes,
        Err(fault) => {
            tracing::warn!(directory = %reach.directory, "an export was not begun: {fault}");
            counts.cut = Some(fault);
            return Ok(counts);
        }
    };
    let mut is_over = false;
    while !is_over {
        let mut answered = Vec::new();
        let mut next = Some(outcomes.next().await);
        // Whatever came with it is written down with it.
        while let Some(result) = next {
            match result {
                Ok(Some(result)) => {
                    let entry = waiting.remove(&result.hash);
                    answered.extend(entry.map(|entry| Answered {
                        entry,
                        outcome: result.outcome,
                        sealed: result.sealed,
                        pending: by.get(&result.hash).map(|claim| claim.pending),
                        looked_up: false,
                    }));
                }
                Ok(None) => is_over = true,
                Err(fault) => {
                    tracing::warn!(directory = %reach.directory, "an export was cut: {fault}");
                    counts.cut = Some(fault);
                    is_over = true;
                }
            }
            next = if is_over || answered.len() >= ANSWERS {
                None
            } else {
                outcomes.next().now_or_never()
            };
        }
        outcome::write(app, configuration, &answered, &mut counts).await?;
    }
    Ok(counts)
}

/// Seconds since 1970 as ticks of 100 ns since the year 1.
fn ticks(seconds: i64) -> i64 {
    621_355_968_000_000_000 + seconds * 10_000_000
}
