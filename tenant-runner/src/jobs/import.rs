//! Imports a directory: pages from its agent, staged one by one, then the sweep of a full import.
//!
//! Invariants: the watermark was read before the first page and moves only when the run ended well (D-12), or when all
//! was read that may be and the mark says itself what may not; a stopped read sweeps nothing and deletes nothing (D-16,
//! P-10), and a type that may not be read is not swept; a page is one transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use syncline_engine::import::{Freshness, Import, SweepVerdict, Told, Twice, status};
use syncline_model::connector::{Fault, ImportEnd};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};
use syncline_model::message::jobs as told;
use syncline_model::meter::Meter;
use syncline_model::object::{CsFlags, TypeId};
use syncline_model::plan::Verb;
use syncline_model::run::{Progress, RunKind, RunStatus};
use syncline_model::schema::Schema;
use syncline_model::stage::StageCounts;
use syncline_model::{DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Durability, StageStep, Standing, TenantDb, TenantRead, TenantTx, Usage,
};

use super::config::{ConfigError, Configuration};
use super::containers;
use super::found::Found;
use super::known::{self, read_last};
use super::read_errors::ReadErrors;
use super::reader::Snapshot;
use super::refused::Refused;
use super::selection::Selection;
use super::{Said, Underway, failed, obsolete, stopped, unsettled};
use crate::app::App;
use crate::clouds::check;
use crate::desk::Lane;
use crate::http::context::now_ms;
use crate::http::settings_of;
use crate::reach::Reach;
use crate::resource::directory::DirectorySettings;
use crate::schedule::graph::Ended;

/// How often a directory is read in one run when its agent goes away and comes back.
const ATTEMPTS: i32 = 3;

/// Why an import did not end by itself.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Runs one import.
///
/// Where object types may not be read while the rest was, the second answer is the profiles that wait for them.
pub async fn run(app: &Arc<App>, run: RunId, directory: DirectoryId, kind: RunKind) -> Done {
    let lane = app.desk.lane(directory, Lane::Import);
    let _turn = lane.lock().await;
    match import(app, run, directory, kind).await {
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
            (failed(app, run, &error, status).await, None)
        }
    }
}

/// What one import works with.
pub(super) struct Work<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) directory: DirectoryId,
    pub(super) configuration: Arc<Configuration>,
    pub(super) reach: Reach,
    pub(super) settings: DirectorySettings,
    pub(super) selection: Selection,
    pub(super) freshness: Freshness,
    pub(super) schema: Arc<Schema>,
    /// The permissions of the last token, of a cloud directory whose token can be read.
    pub(super) granted: Option<BTreeSet<String>>,
}

/// How an import ended, and whom it holds.
type Done = (Ended, Option<BTreeSet<ProfileId>>);

impl Work<'_> {
    /// The types that are read, in interned numbers, of those that fit.
    pub(super) fn types(&self, fits: impl Fn(&str) -> bool) -> BTreeSet<TypeId> {
        let types = &self.configuration.set.types;
        let named = self.selection.0.iter().filter(|(name, _)| fits(name));
        named.filter_map(|(name, _)| types.id(name)).collect()
    }
}

async fn import(
    app: &Arc<App>,
    run: RunId,
    directory: DirectoryId,
    kind: RunKind,
) -> Result<Done, Failure> {
    let mut underway = Underway::begin(app, run, Progress::Reading).await?;
    let Some(reach) = Reach::soon(app, directory).await else {
        let fault = Reach::none(app, directory);
        underway
            .end_by(RunStatus::StoppedAgentOffline, &fault)
            .await?;
        return Ok((stopped(RunStatus::StoppedAgentOffline), None));
    };
    let lane = app.desk.lane(directory, Lane::Export);
    let (found, _turn) = Found::settled(app, directory, &reach, &lane).await?;
    let schema = found.schema();
    let Found {
        mut read,
        configuration,
        standing,
        ..
    } = found;
    let is_flat = schema.as_ref().is_some_and(|schema| schema.is_flat());
    if is_flat && adds_in_doubt(&mut read, directory).await? {
        let reason = "It is not known yet whether objects that were just added are there; they are looked up again first.";
        underway
            .end(RunStatus::StoppedConnectivity, Some(reason.into()))
            .await?;
        return Ok((stopped(RunStatus::StoppedConnectivity), None));
    }
    let Some(Standing {
        directory: row,
        watermark,
        ..
    }) = standing
    else {
        underway
            .end(
                RunStatus::NoStartConfiguration,
                Some("The directory was removed.".into()),
            )
            .await?;
        return Ok((stopped(RunStatus::NoStartConfiguration), None));
    };
    let Some(schema) = schema else {
        let reason =
            "The agent could not describe the directory yet; check its credential on its host.";
        underway
            .end(RunStatus::NoStartCredentials, Some(reason.into()))
            .await?;
        return Ok((stopped(RunStatus::NoStartCredentials), None));
    };
    let selected = configuration.selections.get(&directory).cloned();
    let freshness = unsettled::freshness(&mut read, &row, reach.settle_ms()).await?;
    let granted = match settings_of(&row).cloud {
        Some(_) => check::last(&mut read, directory).await?,
        None => None,
    };
    let granted = granted.and_then(|check| check.granted);
    drop(read);
    let settings = settings_of(&row);
    let selection = Selection::new(
        directory,
        &schema,
        &settings,
        configuration.rows.iter().map(|p| &p.doc),
    );
    let before = read_last(selected.as_ref(), &selection);
    let now = selection.by_type();
    let unread = before.as_ref().map(known::Known::asked).as_ref() != Some(&now);
    // Whatever becomes of this import: what it does not ask for any more is not known from its first page on.
    let kept = match before {
        Some(before) => before.kept(&now),
        None => known::Known::after(now.clone(), &BTreeSet::new(), &now),
    };
    let kept = serde_json::to_vec(&kept).unwrap_or_default();
    if selected.as_ref().is_none_or(|s| s.value != kept) {
        let mut tx = underway.batch(Durability::Durable).await?;
        let version = selected.map_or(0, |s| s.version);
        let name = known::setting(directory);
        tx.setting_put(&name, version, &kept).await?;
        tx.commit().await?;
    }
    let mut mode = match watermark {
        Some(watermark) if kind != RunKind::FullImport && !unread => ImportMode::Delta(watermark),
        _ => ImportMode::Full,
    };
    let mut work = Work {
        app,
        directory,
        configuration,
        reach,
        settings,
        selection,
        freshness,
        schema,
        granted,
    };
    let mut attempt = 0;
    let mut told = Told::default();
    let read = loop {
        let read = read_pages(&work, &mut underway, mode.clone(), &mut told).await?;
        attempt += 1;
        match &read {
            Err(fault) if fault.stopped_status() == RunStatus::StoppedWatermarkExpired => {
                // Its own words: an HR folder means a new file by it, a directory that it forgot where we were.
                let text = format!("{} Everything is read instead.", fault.message);
                underway.say(Said::of(&told::WATERMARK_EXPIRED, text));
                mode = ImportMode::Full;
            }
            // A selected container was deleted: the one that has its name by now counts.
            Err(fault) if fault.code == containers::MISSING && attempt < 2 => {
                containers::forget_lost(&app.db, &work.reach).await?;
                mode = ImportMode::Full;
            }
            // The agent went away in the middle, or the directory forgot where the reading was: everything is read again.
            Err(fault) if is_broken_off(fault) && attempt < ATTEMPTS => {
                match work.reach.after(app).await {
                    Some(reach) => work.reach = reach,
                    None => break read,
                }
            }
            _ => break read,
        }
        let mut tx = underway.batch(Durability::Deferred).await?;
        tx.run_seen_anew(run).await?;
        tx.commit().await?;
        told.anew();
    };
    match read {
        Ok((end, counts)) => finish(&work, underway, mode == ImportMode::Full, end, counts).await,
        Err(fault) => {
            let status = match fault.code == STOPPED {
                true => RunStatus::StoppedUser,
                false => fault.stopped_status(),
            };
            underway.end_by(status, &fault).await?;
            Ok((stopped(status), None))
        }
    }
}

/// What ends a reading that a person stopped.
const STOPPED: &str = "import.stopped";

fn by_a_person() -> Fault {
    Fault::new(
        STOPPED,
        ErrorKind::Busy,
        "A person stopped the cycle. What was read until then is kept.",
        "The next import reads from where the last complete one ended.",
    )
}

/// Whether the outcome of an Add is unknown.
async fn adds_in_doubt(read: &mut TenantRead, directory: DirectoryId) -> Result<bool, StoreError> {
    let escrow = read.escrow(Some(directory)).await?;
    Ok(escrow.iter().any(|entry| entry.op.verb() == Verb::Add))
}

/// Whether a reading that ended so can be done anew at once.
fn is_broken_off(fault: &Fault) -> bool {
    fault.kind == ErrorKind::AgentOffline || fault.code == "import.walk_expired"
}

/// Reads and stages all pages, once. The inner error is the directory's or the tunnel's.
async fn read_pages(
    work: &Work<'_>,
    underway: &mut Underway,
    mode: ImportMode,
    told: &mut Told,
) -> Result<Result<(ImportEnd, StageCounts), Fault>, Failure> {
    let db = &work.app.db;
    let full = mode == ImportMode::Full;
    let set = &work.configuration.set;
    let interned = work
        .selection
        .interned(&set.attrs, |name| set.types.id(name));
    let freshness = work.freshness.clone();
    let mut import = Import::new(set, db.keys(), work.directory, full, freshness, interned);
    // A cloud tells what changes while it is read.
    if work.settings.cloud.is_some() {
        import.twice = Twice::Newer;
    }
    import.told = std::mem::take(told);
    let read = pages_of(work, underway, &mut import, mode).await;
    *told = import.told;
    read
}

async fn pages_of(
    work: &Work<'_>,
    underway: &mut Underway,
    import: &mut Import<'_>,
    mode: ImportMode,
) -> Result<Result<(ImportEnd, StageCounts), Fault>, Failure> {
    let db = &work.app.db;
    let names = &work.settings.containers;
    // Nothing is named and nothing was: there is nothing to look up or to forget.
    let none = names.is_empty() && !work.configuration.containers.contains(&work.directory);
    let containers = match none {
        true => Vec::new(),
        false => containers::resolve(&work.app.db, &work.reach, names).await?,
    };
    let request = ImportRequest {
        mode,
        containers,
        types: work.selection.0.clone(),
        page_size: work.settings.page_size,
    };
    let mut pages = match work.reach.import(request).await {
        Ok(pages) => pages,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut counts = StageCounts::default();
    let mut unread = ReadErrors::default();
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(fault) => {
                note(underway, &counts);
                return Ok(Err(fault));
            }
        };
        unread.note(&page.entries);
        stage(db, underway, import, page.entries, &mut counts, &mut unread).await?;
        if work.app.desk.is_stopping(underway.row().cycle) {
            note(underway, &counts);
            return Ok(Err(by_a_person()));
        }
    }
    let end = pages.end();
    let readable = work.types(|name| end.refused.iter().all(|r| r.object_type != name));
    // What no page has shown by now, and should have, is looked at by itself.
    let mut asked =
        unsettled::look(&work.reach, db, &work.freshness, &work.selection, &readable).await?;
    while let Some(entries) = asked.next().await {
        let entries = match entries {
            Ok(entries) => entries,
            Err(fault) => return Ok(Err(fault)),
        };
        unread.note(&entries);
        stage(db, underway, import, entries, &mut counts, &mut unread).await?;
    }
    unread.say(underway);
    Ok(Ok((end, counts)))
}

/// Stages what one page says, in one transaction.
async fn stage(
    db: &TenantDb,
    underway: &mut Underway,
    import: &mut Import<'_>,
    entries: Vec<ImportEntry>,
    counts: &mut StageCounts,
    unread: &mut ReadErrors,
) -> Result<(), Failure> {
    // Pages of the run have numbers of their own, however often it begins again.
    let chunk = import.told.page;
    let snapshot = Snapshot::for_import(db, underway.id()).await?;
    let part = import.page(&snapshot, entries).await?;
    drop(snapshot);
    counts.add(&part.counts);
    part.duplicates
        .iter()
        .for_each(|twice| unread.note_one(twice));
    let mut tx = underway.batch(Durability::Deferred).await?;
    let step = StageStep {
        run: underway.id(),
        chunk,
        now_ms: now_ms(),
    };
    tx.apply_stage(&part, &step).await?;
    confirmed(&mut tx, underway.id(), chunk, &part.counts);
    Ok(tx.commit().await?)
}

fn note(underway: &mut Underway, counts: &StageCounts) {
    for (name, n) in [
        ("objects_read", counts.read),
        ("added", counts.added),
        ("updated", counts.updated),
        ("renamed", counts.renamed),
        ("deleted", counts.deleted),
        ("unchanged", counts.unchanged),
        ("read_errors", counts.read_errors),
        ("confirmed", counts.confirmed),
        ("contradicted", counts.contradicted),
        ("transient", counts.transient),
    ] {
        underway.count(name, n);
    }
}

/// Sweeps after a full import, moves the watermark and ends the run.
async fn finish(
    work: &Work<'_>,
    mut underway: Underway,
    full: bool,
    end: ImportEnd,
    mut counts: StageCounts,
) -> Result<Done, Failure> {
    let refused = Refused::new(
        &end,
        work.directory,
        &work.schema,
        &work.configuration.rows,
        work.granted.as_ref(),
        |name| work.configuration.set.types.id(name),
    );
    let mut verdict = SweepVerdict::Go;
    if full {
        underway.progress(Progress::Sweeping).await?;
        verdict = obsolete::sweep_unseen(work, &mut underway, &refused.types, &mut counts).await?;
    }
    let waits = refused.say(&mut underway);
    // Whoever lost his name on one page may have got another one on the next: what counts is who has none at the end.
    if counts.transient > 0 {
        let mut read = work.app.db.read().await?;
        let nameless = read.cs_flagged(work.directory, CsFlags::TRANSIENT);
        counts.transient = nameless.await?.len() as u64;
    }
    let status = match verdict {
        SweepVerdict::Held => RunStatus::StoppedObsoletionGuard,
        _ if waits.is_some() => RunStatus::StoppedPermission,
        SweepVerdict::Go if !refused.types.is_empty() => RunStatus::CompletedDiscoveryErrors,
        _ => status(verdict, &counts, counts.transient),
    };
    note(&mut underway, &counts);
    let mut tx = underway.batch(Durability::Durable).await?;
    tx.placeholders_sweep(work.directory).await?;
    // The mark says itself what could not be read: as soon as that can be, everything is.
    if status.watermark_advances() || status == RunStatus::StoppedPermission {
        let is_complete = full && verdict == SweepVerdict::Go && waits.is_none();
        let complete = is_complete.then_some(underway.id());
        tx.directory_imported(work.directory, end.watermark.as_deref(), complete)
            .await?;
        if is_complete {
            look_again(&mut tx, work).await?;
        }
        let name = known::setting(work.directory);
        let stored = tx.setting(&name).await?;
        let before = read_last(stored.as_ref(), &work.selection);
        // A type that could not be read before is read as a whole as soon as it can be, also beside changes of the others.
        if full || before.as_ref().is_some_and(|b| !b.refused.is_empty()) {
            let refused = end.refused.iter().map(|r| r.object_type.as_str()).collect();
            let was_read = before.as_ref().map(|b| b.read.clone()).unwrap_or_default();
            let now = known::Known::after(work.selection.by_type(), &refused, &was_read);
            if before.as_ref() != Some(&now) {
                let version = stored.map_or(0, |s| s.version);
                let now = serde_json::to_vec(&now).unwrap_or_default();
                tx.setting_put(&name, version, &now).await?;
                // What waited for an attribute goes on, also where an object turned out to have no value of it.
                for profile in work.configuration.set.profiles_of(work.directory) {
                    tx.work_everything(profile).await?;
                }
            }
        }
    }
    meter(&mut tx, underway.id(), Meter::ObjectsImported, counts.read);
    if full {
        tx.run_seen_drop(underway.id()).await?;
    }
    let reason = match verdict {
        _ if status == RunStatus::StoppedPermission => waits,
        SweepVerdict::Held => Some("More objects are gone than the guard lets pass; nothing was deleted. Approve or reject the list.".to_owned()),
        SweepVerdict::Unattributable => Some("An entry could not be read and does not say which object it is, so nothing was taken for gone.".to_owned()),
        SweepVerdict::Go => None,
    };
    if verdict == SweepVerdict::Held {
        underway.explain(status, reason.as_deref());
    }
    underway.end_in(&mut tx, status, reason).await?;
    tx.commit().await?;
    let ended = Ended {
        status,
        changes: counts.changes(),
        acknowledged: 0,
    };
    let holds = status == RunStatus::StoppedPermission;
    Ok((ended, holds.then_some(refused.holds)))
}

/// With its first complete image a directory can be provisioned: what was decided without it is looked at again (D-41).
async fn look_again(tx: &mut TenantTx, work: &Work<'_>) -> Result<(), StoreError> {
    let set = &work.configuration.set;
    let known = set.directories.get(&work.directory);
    if known.is_some_and(|directory| directory.baseline) {
        return Ok(());
    }
    let parts = set
        .outbound
        .iter()
        .filter(|p| p.directory == work.directory);
    let profiles: BTreeSet<ProfileId> = parts.map(|part| part.profile).collect();
    for profile in profiles {
        tx.work_everything(profile).await?;
    }
    Ok(())
}

/// Counts what a page confirmed, in the page's transaction: what is confirmed once is not found again.
pub(super) fn confirmed(tx: &mut TenantTx, run: RunId, chunk: i32, counts: &StageCounts) {
    let mut hasher = Sha256::new_with_prefix(b"syncline usage page 1");
    hasher.update(run.get().to_le_bytes());
    hasher.update(chunk.to_le_bytes());
    tx.count(Usage {
        at_ms: now_ms(),
        meter: Meter::OperationsConfirmed,
        quantity: i64::try_from(counts.confirmed).unwrap_or(i64::MAX),
        event_id: hasher.finalize().into(),
    });
}

/// Counts the effect of a run: once, however often its end is written.
pub fn meter(tx: &mut TenantTx, run: RunId, meter: Meter, quantity: u64) {
    let mut hasher = Sha256::new_with_prefix(b"syncline usage 1");
    hasher.update(run.get().to_le_bytes());
    hasher.update(meter.code().as_bytes());
    tx.count(Usage {
        at_ms: now_ms(),
        meter,
        quantity: i64::try_from(quantity).unwrap_or(i64::MAX),
        event_id: hasher.finalize().into(),
    });
}
