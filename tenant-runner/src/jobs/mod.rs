//! The steps of cycles: import, sync, export, confirm, and what-ifs beside them.
//!
//! Invariants: every step is a run with a row from the moment it is asked for; a step that fails says so on
//! its run and never panics the process; work is committed batch by batch, each following the one before
//! ([`Underway::batch`]), so that no crash leaves a hole in it.

mod again;
pub mod config;
mod containers;
pub mod draft;
pub mod entra_connect;
pub mod evaluated;
pub mod export;
mod found;
pub mod guards;
pub mod import;
mod instant;
pub mod known;
mod known_as;
pub mod match_rate;
mod next_tries;
mod obsolete;
pub mod outcome;
pub mod passwords;
mod read_errors;
pub mod reader;
mod ready;
mod refused;
mod release;
mod resting;
mod said;
pub mod selection;
pub mod standing;
pub mod sync;
pub mod undo;
mod unsettled;
mod verdict;
pub mod what_if;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use syncline_model::connector::Fault;
use syncline_model::message::{self, Severity};
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::{CycleId, DirectoryId, MessageId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Due, Durability, Lane, Message, MessageBody, Run, RunDoc, TenantDb, TenantTx,
};

use crate::app::App;
use crate::http::context::now_ms;
use crate::profile::source;
use crate::schedule::graph::{Edges, Ended, Steps};
use crate::schedule::order::Trigger;

pub use again::DUE as DUE_EXPORT;
pub use instant::DUE as DUE_INSTANT;
pub use known_as::KnownAs;
pub use next_tries::NextTries;
pub use said::Said;

/// Whether something is due by time alone: an export that goes on, or the end of a grace.
pub fn is_maintenance(due: &Due) -> bool {
    [DUE_EXPORT, DUE_INSTANT].contains(&due.kind.as_str())
}

/// What every profile reads and writes.
pub async fn edges(db: &TenantDb) -> Result<BTreeMap<ProfileId, Edges>, StoreError> {
    let profiles = db.read().await?.profiles().await?;
    let edges = profiles.into_iter().map(|profile| {
        let writes = profile
            .doc
            .outbound
            .iter()
            .map(|part| part.directory)
            .collect();
        let inbound = profile.doc.inbound.iter().map(|p| &p.metaverse_type);
        let outbound = profile.doc.outbound.iter().map(|p| &p.metaverse_type);
        let edges = Edges {
            reads: source::directories(&profile.doc),
            writes,
            types: inbound.chain(outbound).cloned().collect(),
        };
        (profile.id, edges)
    });
    Ok(edges.collect())
}

/// Directories of these profiles of which more is asked than was read: the next cycle reads them, whatever it is for.
pub async fn grown(
    db: &TenantDb,
    profiles: &BTreeSet<ProfileId>,
) -> Result<BTreeSet<DirectoryId>, StoreError> {
    let mut read = db.read().await?;
    let saved = read.profiles().await?;
    let concerned = saved.iter().filter(|p| profiles.contains(&p.id));
    let named: BTreeSet<DirectoryId> = concerned
        .flat_map(|p| source::directories(&p.doc))
        .collect();
    let mut grown = BTreeSet::new();
    for directory in read.directories().await? {
        if named.contains(&directory.id) && known::has_grown(&mut read, &directory, &saved).await? {
            grown.insert(directory.id);
        }
    }
    Ok(grown)
}

/// The steps of one cycle over the real tenant.
pub struct CycleSteps {
    /// The runner.
    pub app: Arc<App>,
    /// The cycle.
    pub cycle: CycleId,
    /// What asked for it.
    pub trigger: Trigger,
    /// Profiles that a directory's last import of this cycle holds, where it read what others need.
    pub held: Mutex<BTreeMap<DirectoryId, BTreeSet<ProfileId>>>,
    /// Profiles that other profiles' syncs of this cycle gave work since their own.
    pub more: Mutex<BTreeSet<ProfileId>>,
    /// When it began, in milliseconds since 1970.
    pub began_ms: i64,
}

impl CycleSteps {
    async fn begin(
        &self,
        kind: RunKind,
        directory: Option<DirectoryId>,
        profile: Option<ProfileId>,
    ) -> Result<RunId, Ended> {
        if self.app.desk.is_stopping(Some(self.cycle)) {
            return Err(stopped(RunStatus::StoppedUser));
        }
        let failed = |error: StoreError| {
            tracing::error!(code = error.code(), "a run could not begin: {error}");
            stopped(RunStatus::StoppedLeaseLost)
        };
        let run = RunId(self.app.db.new_id().await.map_err(failed)?);
        let row = Run {
            directory,
            profile,
            cycle: Some(self.cycle),
            ..queued(run, kind, self.trigger.as_str())
        };
        let mut tx = self
            .app
            .db
            .write(Durability::Deferred)
            .await
            .map_err(failed)?;
        tx.run_add(&row).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(run)
    }
}

impl CycleSteps {
    fn more(&self) -> MutexGuard<'_, BTreeSet<ProfileId>> {
        self.more.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Profiles that were given work which no step of the cycle took up.
    pub fn left_over(&self) -> BTreeSet<ProfileId> {
        self.more().clone()
    }

    /// Runs an import and keeps whom it holds.
    async fn imported(&self, kind: RunKind, directory: DirectoryId) -> Ended {
        let run = match self.begin(kind, Some(directory), None).await {
            Ok(run) => run,
            Err(ended) => return ended,
        };
        let (ended, holds) = import::run(&self.app, run, directory, kind).await;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match holds {
            Some(profiles) => held.insert(directory, profiles),
            None => held.remove(&directory),
        };
        ended
    }
}

impl Steps for CycleSteps {
    fn is_usable(&self, directory: DirectoryId, profile: ProfileId, ended: Ended) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = held.get(&directory);
        ended.status.dependents_may_start() || holds.is_some_and(|held| !held.contains(&profile))
    }

    fn import(&self, directory: DirectoryId, full: bool) -> BoxFuture<'_, Ended> {
        let kind = if full {
            RunKind::FullImport
        } else {
            RunKind::DeltaImport
        };
        self.imported(kind, directory).boxed()
    }

    fn sync(&self, profile: ProfileId) -> BoxFuture<'_, Ended> {
        async move {
            self.more().remove(&profile);
            let run = match self.begin(RunKind::Sync, None, Some(profile)).await {
                Ok(run) => run,
                Err(ended) => return ended,
            };
            let (ended, given) = sync::run(&self.app, run, profile).await;
            self.more().extend(given);
            ended
        }
        .boxed()
    }

    fn has_more(&self, profile: ProfileId) -> bool {
        self.more().contains(&profile)
    }

    fn export(
        &self,
        directory: DirectoryId,
        profiles: BTreeSet<ProfileId>,
    ) -> BoxFuture<'_, Ended> {
        async move {
            match self.begin(RunKind::Export, Some(directory), None).await {
                Ok(run) => {
                    let asked_ms = self.trigger.is_asked_for().then_some(self.began_ms);
                    export::run(&self.app, run, directory, &profiles, asked_ms).await
                }
                Err(ended) => ended,
            }
        }
        .boxed()
    }

    fn confirm(&self, directory: DirectoryId) -> BoxFuture<'_, Ended> {
        self.imported(RunKind::ConfirmingImport, directory).boxed()
    }
}

fn stopped(status: RunStatus) -> Ended {
    Ended {
        status,
        changes: 0,
        acknowledged: 0,
    }
}

/// A run that was asked for, of nothing yet.
pub fn queued(id: RunId, kind: RunKind, cause: &str) -> Run {
    Run {
        id,
        kind,
        directory: None,
        profile: None,
        cycle: None,
        progress: Progress::Queued,
        status: None,
        queued_ms: now_ms(),
        started_ms: None,
        ended_ms: None,
        doc: RunDoc {
            cause: cause.to_owned(),
            ..RunDoc::default()
        },
    }
}

/// A batch of a run that is not begun yet.
pub struct NextBatch {
    run: RunId,
    before: i32,
}

impl NextBatch {
    /// Begins its transaction.
    pub async fn begin(
        self,
        db: &TenantDb,
        durability: Durability,
    ) -> Result<TenantTx, StoreError> {
        let mut tx = db.write(durability).await?;
        tx.run_batch(self.run, self.before).await?;
        Ok(tx)
    }
}

/// A run under way: its row, kept up to date.
pub struct Underway {
    app: Arc<App>,
    row: Run,
    clock: std::time::Instant,
    messages: Vec<Said>,
    batches: i32,
}

/// How long an entry of the log stays that is over.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;

impl Underway {
    /// Begins a queued run.
    pub async fn begin(app: &Arc<App>, run: RunId, progress: Progress) -> Result<Self, StoreError> {
        let mut tx = app.db.write(Durability::Deferred).await?;
        let begun = tx.run_begin(run, progress, now_ms()).await?;
        let row = begun.ok_or_else(|| StoreError::VersionChanged {
            what: run.to_string(),
        })?;
        tx.commit().await?;
        Ok(Self {
            app: app.clone(),
            row,
            clock: std::time::Instant::now(),
            messages: Vec::new(),
            batches: 0,
        })
    }

    /// A transaction of the run's own work, which follows all that came before or is refused: a crash of the database
    /// may have taken back what was committed without waiting for the disk.
    pub async fn batch(&mut self, durability: Durability) -> Result<TenantTx, StoreError> {
        let batch = self.next_batch();
        batch.begin(&self.app.db, durability).await
    }

    /// The place of the next batch, for whoever commits it elsewhere. The one before has to be committed by then.
    pub fn next_batch(&mut self) -> NextBatch {
        self.batches += 1;
        NextBatch {
            run: self.row.id,
            before: self.batches - 1,
        }
    }

    /// The run's id.
    pub fn id(&self) -> RunId {
        self.row.id
    }

    /// Says what the run is doing now, and how long the part before took.
    pub async fn progress(&mut self, progress: Progress) -> Result<(), StoreError> {
        self.lap();
        self.row.progress = progress;
        let mut tx = self.app.db.write(Durability::Deferred).await?;
        tx.run_change(&self.row).await?;
        tx.commit().await
    }

    fn lap(&mut self) {
        let took = i64::try_from(self.clock.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.clock = std::time::Instant::now();
        let name = match serde_json::to_value(self.row.progress) {
            Ok(serde_json::Value::String(name)) => name.replace('-', "_"),
            _ => "other".into(),
        };
        *self.row.doc.counts.entry(format!("{name}_ms")).or_default() += took;
    }

    /// Adds to a counter.
    pub fn count(&mut self, name: &str, n: u64) {
        if n > 0 {
            *self.row.doc.counts.entry(name.to_owned()).or_default() +=
                i64::try_from(n).unwrap_or(i64::MAX);
        }
    }

    /// The run's row, as this process knows it.
    pub fn row(&self) -> &Run {
        &self.row
    }

    /// Says something of the run's directory or profile, in the message log.
    pub fn say(&mut self, said: Said) {
        self.messages.push(said);
    }

    /// Ends the run inside a transaction of the caller, who commits it. What earlier runs said of the same directory or
    /// profile, and this one would have said again, is over.
    pub async fn end_in(
        &mut self,
        tx: &mut TenantTx,
        status: RunStatus,
        reason: Option<String>,
    ) -> Result<(), StoreError> {
        self.lap();
        self.row.status = Some(status);
        self.row.ended_ms = Some(now_ms());
        self.row.doc.message = reason;
        tx.run_change(&self.row).await?;
        let ids = self.app.db.new_ids(self.messages.len()).await?;
        let (first, _) = ids.bounds();
        let said: Vec<Said> = self.messages.drain(..).collect();
        let messages: Vec<Message> = (first..)
            .zip(said)
            .map(|(id, said)| self.message(MessageId(id), status, said))
            .collect();
        tx.messages_say(&messages).await?;
        tx.messages_judged(&self.row, status, now_ms()).await?;
        tx.log_expire(now_ms() - KEPT_MS).await?;
        Ok(())
    }

    fn message(&self, id: MessageId, status: RunStatus, said: Said) -> Message {
        Message {
            id,
            at_ms: now_ms(),
            stops: !status.completed()
                && (said.severity == Severity::Error || said.code == status.to_string()),
            severity: said.severity,
            code: said.code,
            lane: Lane::of(self.row.kind),
            topic: said.topic,
            run: Some(self.row.id),
            directory: self.row.directory,
            profile: self.row.profile,
            object: None,
            body: MessageBody {
                text: said.text,
                detail: serde_json::Value::Null,
            },
        }
    }

    /// Says why the run stops, where it does not run to its end.
    pub fn explain(&mut self, status: RunStatus, reason: Option<&str>) {
        if let Some(reason) = reason
            && !status.completed()
        {
            self.say(Said::of(&message::of_status(status), reason));
        }
    }

    /// Ends the run by a fault, whose own code is in the message.
    pub async fn end_by(mut self, status: RunStatus, fault: &Fault) -> Result<(), StoreError> {
        let reason = format!("{} {}", fault.message, fault.next_step);
        self.say(Said::stop(fault, reason.clone()));
        let app = self.app.clone();
        let mut tx = app.db.write(Durability::Durable).await?;
        self.end_in(&mut tx, status, Some(reason)).await?;
        tx.commit().await
    }

    /// Ends the run in a transaction of its own.
    pub async fn end(
        mut self,
        status: RunStatus,
        reason: Option<String>,
    ) -> Result<(), StoreError> {
        self.explain(status, reason.as_deref());
        let app = self.app.clone();
        let mut tx = app.db.write(Durability::Durable).await?;
        self.end_in(&mut tx, status, reason).await?;
        tx.commit().await
    }
}

/// Writes down that a run failed on our side, as far as that is possible.
pub async fn failed(
    app: &Arc<App>,
    run: RunId,
    error: &(dyn std::error::Error + Send + Sync + 'static),
    status: RunStatus,
) -> Ended {
    tracing::error!(run = %run, "a run failed: {error}");
    let noted = async {
        let underway = Underway::begin(app, run, Progress::Completing).await?;
        underway.end(status, Some(error.to_string())).await
    };
    if let Err(error) = noted.await {
        tracing::error!(run = %run, code = error.code(), "its end was not written: {error}");
    }
    stopped(status)
}
