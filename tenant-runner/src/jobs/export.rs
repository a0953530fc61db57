//! Sends to one directory what may be sent, and nothing else.
//!
//! Invariants: what goes is decided by [`release`] alone; it is in escrow, durably, before it is sent, and what has no
//! answer is looked up before anything is repeated (D-53); one refusal stops one object; a pause is kept as it is
//! told, or ends the run with what was said first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use syncline_engine::export::{PutBack, at_once};
use syncline_model::approval::ReleasedBy;
use syncline_model::op::OpHash;
use syncline_model::plan::{EscrowEntry, PlannedOp};
use syncline_model::run::{Progress, RunStatus};
use syncline_model::{CycleId, DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Claim, Durability};
use syncline_wire::link::ExportContext;

use super::again::Again;
use super::config::{self, ConfigError, Configuration};
use super::outcome::{self, Answered, Counts};
use super::release::{self, Decided, Under};
use super::verdict::{Verdict, verdict};
use super::{KnownAs, Said, Underway, entra_connect, failed, ready, stopped};
use crate::app::App;
use crate::desk::Lane;
use crate::http::context::now_ms;
use crate::reach::{Handed, Reach};
use crate::schedule::graph::Ended;
use crate::schedule::settings::Schedules;

/// Operations in escrow at once.
const BATCH: usize = 200;
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
    let schedules = Schedules::load(&mut app.db.read().await?).await?;
    let profiles = &schedules.may_send(profiles);
    if profiles.is_empty() {
        let staged = Some(STAGED.to_owned());
        underway.end(RunStatus::NoStartSuspended, staged).await?;
        return Ok(stopped(RunStatus::SuccessNoChanges));
    }
    let configuration = config::load(&app.db, &app.runtime).await?;
    let mut sent = Counts::default();
    let (mut tries, mut pauses) = (TRIES, PAUSES);
    let mut reach = Reach::soon(app, directory).await;
    let cycle = underway.row().cycle;
    let decided = loop {
        if let Some(reach) = &reach {
            sent.add(outcome::resolve(app, directory, reach, Some(run)).await?);
        }
        // The switch may have been thrown, or the cycle stopped, while the agent was awaited.
        if app.desk.switches().exports_held || app.desk.is_stopping(cycle) {
            break Decided::default();
        }
        let mut decided =
            release::decide_all(app, &configuration, directory, profiles, asked_ms).await?;
        let claims = std::mem::take(&mut decided.send);
        let under = &decided.under;
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
        let mut now = send(
            app,
            &configuration,
            open,
            (run, cycle),
            directory,
            first,
            under,
        )
        .await?;
        if !now.stopped() {
            underway.progress(Progress::ExportingPass2).await?;
            now.add(
                send(
                    app,
                    &configuration,
                    open,
                    (run, cycle),
                    directory,
                    second,
                    under,
                )
                .await?,
            );
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
                    () = app.desk.until_held_or_stopped(cycle) => {}
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
        release::settle_reviews(app, profiles).await?;
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
        ("taken_back", sent.taken_back),
    ] {
        underway.count(name, n);
    }
    let why = match app.desk.is_stopping(cycle) {
        true => Some((RunStatus::StoppedUser, STOPPED)),
        false if app.desk.switches().exports_held => Some((RunStatus::StoppedApproval, HELD)),
        false => None,
    };
    if let Some((status, why)) = why.filter(|_| !sent.stopped()) {
        underway.explain(status, Some(why));
        close(app, underway, (status, Some(why.into())), None).await?;
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
        underway.say(Said::stop(fault, reason.clone()));
        close(app, underway, (status, Some(reason)), again).await?;
        return Ok(stopped(status));
    }
    let Verdict {
        status,
        reason,
        said,
    } = verdict(&sent, in_doubt, &decided, now_ms());
    said.into_iter().for_each(|said| underway.say(said));
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

/// Why nothing is sent of profiles whose exports are suppressed.
const STAGED: &str = "Exports of the profiles that write here are suppressed; allow them in their schedule to go on.";

const STOPPED: &str =
    "A person stopped the cycle. What was not sent stays staged and goes with the next export.";
const HELD: &str = "Every export of the tenant is held; release exports to go on.";

/// Sends operations in batches: escrow, agent, outcome.
async fn send(
    app: &Arc<App>,
    configuration: &Configuration,
    reach: &Reach,
    (run, cycle): (RunId, Option<CycleId>),
    directory: DirectoryId,
    claims: Vec<Claim>,
    under: &Under,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let mut left = claims;
    let goes_on = || !app.desk.switches().exports_held && !app.desk.is_stopping(cycle);
    while !left.is_empty() && !counts.stopped() && goes_on() {
        // What needs another one of the batch waits for its answer: a cloud takes many at once.
        let next: Vec<&PlannedOp> = left.iter().take(BATCH).map(|claim| &claim.op).collect();
        let together = at_once(&next);
        let rest = left.split_off(together);
        let batch = std::mem::replace(&mut left, rest);
        let ready = ready::ready(app, batch, &mut counts).await?;
        if ready.is_empty() {
            continue;
        }
        let mut tx = app.db.write(Durability::Durable).await?;
        let before = ready.len();
        let ready = release::still_released(&mut tx, ready, under).await?;
        counts.taken_back += (before - ready.len()) as u64;
        if ready.is_empty() {
            continue;
        }
        let entries = tx.export_claim(run, directory, &ready, now_ms()).await?;
        tx.commit().await?;
        counts.sent += entries.len() as u64;
        let by: BTreeMap<OpHash, &Claim> = ready.iter().map(|c| (c.op.hash, c)).collect();
        counts.add(send_batch(app, configuration, reach, run, entries, &by).await?);
    }
    Ok(counts)
}

/// Sends what is in escrow; answers what became of it. What has no answer when the tunnel breaks stays in escrow.
async fn send_batch(
    app: &Arc<App>,
    configuration: &Configuration,
    reach: &Reach,
    run: RunId,
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
        outcome::write(app, configuration, Some(run), &answered, &mut counts).await?;
    }
    Ok(counts)
}

/// Seconds since 1970 as ticks of 100 ns since the year 1.
fn ticks(seconds: i64) -> i64 {
    621_355_968_000_000_000 + seconds * 10_000_000
}
