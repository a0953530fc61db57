//! Synchronises one profile: the engine's passes over its work list, each part in one transaction.
//!
//! Invariants: a part is applied whole (D-24); a sync under a configuration that changed meanwhile is not
//! counted as finished for the new one (T-13).

use std::collections::BTreeSet;
use std::sync::Arc;

use syncline_engine::sync::{self, Sink, Summary, SyncError};
use syncline_model::message::jobs as told;
use syncline_model::plan::{EventKind, PlanPart};
use syncline_model::run::{Progress, RunStatus};
use syncline_model::{ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, TenantDb, WorkSeen};
use tokio::task::JoinHandle;

use super::config::{self, ConfigError};
use super::evaluated::Kept;
use super::reader::Snapshot;
use super::{Said, Underway, failed, instant, match_rate, stopped};
use crate::app::App;
use crate::http::context::now_ms;
use crate::profile::programs::Clock;
use crate::schedule::graph::Ended;

/// Applies each part in one transaction, while the engine computes the next one from its snapshot.
struct Applied<'a> {
    db: &'a TenantDb,
    underway: &'a mut Underway,
    reader: &'a Snapshot,
    seen: Option<Arc<WorkSeen>>,
    writing: Option<JoinHandle<Result<(), StoreError>>>,
    quiet: bool,
    /// Whom the parts give work.
    given: BTreeSet<ProfileId>,
}

impl Applied<'_> {
    /// Waits for the part that is being written.
    async fn written(&mut self) -> Result<(), StoreError> {
        match self.writing.take() {
            Some(writing) => writing.await.unwrap_or_else(|ended| {
                let what = format!("a part of the synchronisation was not written: {ended}");
                Err(StoreError::Refused { what })
            }),
            None => Ok(()),
        }
    }
}

impl Sink for Applied<'_> {
    type Error = StoreError;

    async fn part(&mut self, part: PlanPart) -> Result<(), StoreError> {
        let seen = match &self.seen {
            Some(seen) => seen.clone(),
            None => Arc::new(self.reader.seen().await),
        };
        self.seen = Some(seen.clone());
        self.quiet &= part.is_quiet();
        self.given
            .extend(part.work_added.iter().map(|item| item.profile));
        self.written().await?;
        let (db, batch) = (self.db.clone(), self.underway.next_batch());
        self.writing = Some(tokio::spawn(async move {
            let mut tx = batch.begin(&db, Durability::Deferred).await?;
            tx.apply_plan(&part, &seen, now_ms()).await?;
            tx.commit().await
        }));
        Ok(())
    }
}

/// Why a sync did not end by itself.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Rules(#[from] syncline_engine::rules::RulesFailure),
}

/// Runs one sync. The second answer is the other profiles that it gave work.
pub async fn run(app: &Arc<App>, run: RunId, profile: ProfileId) -> (Ended, BTreeSet<ProfileId>) {
    match synchronise(app, run, profile).await {
        Ok(done) => done,
        Err(error) => {
            let status = match &error {
                Failure::Store(_) | Failure::Config(ConfigError::Store(_)) => {
                    RunStatus::StoppedLeaseLost
                }
                Failure::Config(_) | Failure::Rules(_) => RunStatus::NoStartConfiguration,
            };
            (failed(app, run, &error, status).await, BTreeSet::new())
        }
    }
}

async fn synchronise(
    app: &Arc<App>,
    run: RunId,
    profile: ProfileId,
) -> Result<(Ended, BTreeSet<ProfileId>), Failure> {
    let mut underway = Underway::begin(app, run, Progress::Linking).await?;
    // The semaphore is never closed.
    let _snapshot = app.snapshots.acquire().await;
    let mut read = app.db.read().await?;
    let configuration = config::current(&app.db, &mut read, &app.runtime).await?;
    let Some(active) = configuration.profiles.get(&profile) else {
        let reason = "The profile was deleted.".to_owned();
        drop(read);
        underway
            .end(RunStatus::NoStartConfiguration, Some(reason))
            .await?;
        return Ok((stopped(RunStatus::NoStartConfiguration), BTreeSet::new()));
    };
    let under = &configuration.evaluated;
    let mut kept = Kept::load(&mut read, profile).await?;
    let affected = kept.affected(under);
    if kept.breaks(under) {
        let mut tx = underway.batch(Durability::Durable).await?;
        kept.begin(&mut tx, profile, under).await?;
        tx.commit().await?;
    }
    let reader = Snapshot::over(&app.db, read)
        .timed(&configuration, profile)
        .affecting(affected);
    let cx = sync::Context {
        set: &configuration.set,
        rules: &configuration.programs.at(Clock::now()),
        hashing: app.db.keys(),
        profile,
        now: now_ms() / 1000,
        batch: sync::BATCH,
    };
    let mut sink = Applied {
        db: &app.db,
        underway: &mut underway,
        reader: &reader,
        seen: None,
        writing: None,
        quiet: true,
        given: BTreeSet::new(),
    };
    let synced = sync::sync(cx, &reader, &mut sink).await;
    sink.written().await?;
    let summary = synced.map_err(|error| match error {
        SyncError::Store(error) => Failure::Store(error),
        SyncError::Rules(error) => Failure::Rules(error),
    })?;
    let quiet = sink.quiet;
    let seen = match sink.seen.take() {
        Some(seen) => seen,
        None => Arc::new(reader.seen().await),
    };
    let mut given = std::mem::take(&mut sink.given);
    given.remove(&profile);
    let changes = note(&mut underway, &summary);
    let status = if summary.errors > 0 {
        RunStatus::CompletedSyncErrors
    } else if quiet {
        RunStatus::SuccessNoChanges
    } else {
        RunStatus::Success
    };
    let mut tx = underway.batch(Durability::Durable).await?;
    tx.profile_synced(profile, active.config_hash).await?;
    let matched = summary.events.get(&EventKind::Adopted).copied();
    match_rate::matched(&mut tx, profile, matched.unwrap_or(0)).await?;
    if seen.everything() {
        tx.work_everything_done(&seen).await?;
        kept.complete(&mut tx, profile, under).await?;
    }
    if let Some(at_ms) = instant::next(&mut tx, &configuration, profile).await? {
        tx.due_ask(instant::DUE, profile.get(), at_ms).await?;
    }
    underway.end_in(&mut tx, status, None).await?;
    tx.commit().await?;
    let ended = Ended {
        status,
        changes,
        acknowledged: 0,
    };
    Ok((ended, given))
}

/// Counts what happened, and says what a person should look at.
fn note(underway: &mut Underway, summary: &Summary) -> u64 {
    underway.count("work", summary.work);
    underway.count("evaluated", summary.evaluated);
    underway.count("errors", summary.errors);
    underway.count("unresolved_references", summary.unresolved);
    let mut changes = 0;
    for (kind, n) in &summary.events {
        let name = match serde_json::to_value(kind) {
            Ok(serde_json::Value::String(name)) => name.replace('-', "_"),
            _ => continue,
        };
        underway.count(&name, *n);
        if !matches!(
            kind,
            EventKind::NotInTarget
                | EventKind::AwaitingExport
                | EventKind::NoBaseline
                | EventKind::WaitingForAttribute
                | EventKind::Unmatched
                | EventKind::Ambiguous
                | EventKind::AlreadyJoined
                | EventKind::ProvisionConflict
                | EventKind::AmbiguousTarget
                | EventKind::MissingMandatory
                | EventKind::MatchDrift
        ) {
            changes += n;
        }
        if *kind == EventKind::NoBaseline {
            let text = "A target has had no complete full import yet, so nothing is provisioned there; import it in full.";
            underway.say(Said::of(&told::NO_BASELINE, text));
        }
        if *kind == EventKind::WaitingForAttribute {
            let text = format!(
                "{n} objects keep what they had: a rule reads an attribute that was not read yet. The next cycle reads its directory in full."
            );
            underway.say(Said::of(&told::WAITING, text));
        }
        if *kind == EventKind::AdoptedKept {
            let text = format!(
                "{n} objects that we did not create stay in their directory, although their part says delete."
            );
            underway.say(Said::of(&told::ADOPTED_KEPT, text));
        }
    }
    changes
}
