//! What a profile that is nowhere saved would find and do, in numbers.
//!
//! Invariants: the engine of runs and what-ifs, over the same data, with ids that are never stored; nothing is written,
//! not even a name; the other profiles are as they are saved, so that what they joined already is seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syncline_engine::rules::{RuleRow, Rules as _, Scope};
use syncline_engine::sync::{self, Sink, SyncError};
use syncline_model::error::ErrorKind;
use syncline_model::object::{CsRow, Subject, TypeId};
use syncline_model::plan::{EventKind, PlanPart, Verb};
use syncline_model::profile::Profile;
use syncline_model::{CsId, DirectoryId, PartId, ProfileId};
use syncline_sandbox::{Program, Runtime};
use syncline_store::StoreError;

use super::config::{self, ConfigError, Configuration};
use super::reader::Snapshot;
use crate::app::App;
use crate::http::context::now_ms;
use crate::profile::build::{Built, part_id};
use crate::profile::programs::Clock;
use crate::resource::template::{SourceCount, TargetCount};

/// Stands for the draft, which has no id; its parts count down from there. No sequence comes so far.
const DRAFT: ProfileId = ProfileId(i64::MAX);
/// Objects whose bodies are in memory at once.
const CHUNK: usize = 1024;

/// Why there are no counts.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The saved profiles cannot be loaded.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A program cannot be run.
    #[error(transparent)]
    Rules(#[from] syncline_engine::rules::RulesFailure),
    /// A program that was just compiled does not load.
    #[error("a freshly compiled program does not load: {0}")]
    Load(#[from] syncline_sandbox::LoadError),
}

/// What the parts of a draft would find and do, in their order.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// By inbound part.
    pub sources: Vec<SourceCount>,
    /// By outbound part.
    pub targets: Vec<TargetCount>,
}

/// Counts. The draft is sound and compiled.
pub async fn count(app: &Arc<App>, draft: &Profile, built: &Built) -> Result<Counts, Failure> {
    // One after the other, as what-ifs: each holds a connection and much memory. The semaphore is never closed.
    let _turn = app.what_ifs.acquire().await;
    let _snapshot = app.snapshots.acquire().await;
    let mut draft = draft.clone();
    number(&mut draft);
    let directories = crate::profile::source::directories(&draft);
    let reader = Snapshot::for_draft(&app.db, DRAFT, directories.clone()).await?;
    let programs = loaded(&draft, built, &app.runtime)?;
    let configuration = {
        let mut read = reader.read().lock().await;
        config::with_draft(
            (&app.db, &app.runtime),
            &mut read,
            (DRAFT, &draft),
            programs,
        )
        .await?
    };
    let mut rows: Vec<CsRow> = Vec::new();
    for directory in &directories {
        rows.extend(reader.read().lock().await.cs_rows(Some(*directory)).await?);
    }
    let mut tally = Tally {
        places: rows
            .iter()
            .filter_map(|row| Some((row.id, (row.directory, row.object_type?))))
            .collect(),
        ..Tally::default()
    };
    let cx = sync::Context {
        set: &configuration.set,
        rules: &configuration.programs.at(Clock::now()),
        hashing: app.db.keys(),
        profile: DRAFT,
        now: now_ms() / 1000,
        batch: sync::BATCH,
    };
    sync::sync(cx, &reader, &mut tally)
        .await
        .map_err(|error| match error {
            SyncError::Store(error) => Failure::Store(error),
            SyncError::Rules(error) => Failure::Rules(error),
        })?;
    let mut counts = Counts::default();
    for part in &configuration.set.inbound {
        if part.profile == DRAFT {
            let mine: Vec<CsId> = present(&rows, part.directory, part.object_type)
                .map(|r| r.id)
                .collect();
            let scope = scope(&reader, &configuration, part.id, &mine).await?;
            let name = configuration
                .set
                .types
                .name(part.object_type)
                .unwrap_or_default();
            let place = (part.directory, part.object_type);
            let joined = tally.joined.get(&place).copied().unwrap_or(0);
            counts.sources.push(SourceCount {
                directory: part.directory,
                object_type: name.to_owned(),
                present: mine.len() as u64,
                in_scope: scope.inside,
                failed: scope.failed,
                joined,
                ambiguous: tally.of_error(part.id, ErrorKind::AmbiguousMatch),
                errors: tally
                    .errors
                    .get(&part.id)
                    .map_or(0, |errors| errors.0.len() as u64),
            });
        }
    }
    for part in &configuration.set.outbound {
        if part.profile == DRAFT {
            let name = configuration
                .set
                .types
                .name(part.object_type)
                .unwrap_or_default();
            let of = |kind| tally.of_event(part.id, kind);
            let matched = of(EventKind::Adopted);
            let there = present(&rows, part.directory, part.object_type);
            let (mut objects, mut left_alone) = (0u64, 0u64);
            for row in there {
                objects += 1;
                left_alone += u64::from(row.link.is_none() && !tally.linked.contains(&row.id));
            }
            counts.targets.push(TargetCount {
                directory: part.directory,
                object_type: name.to_owned(),
                present: objects,
                matched,
                changed: tally.changed.get(&part.id).copied().unwrap_or(0),
                created: of(EventKind::Provisioned),
                ambiguous: of(EventKind::AmbiguousTarget) + of(EventKind::AlreadyJoined),
                unmatched: of(EventKind::Unmatched),
                missing_required: of(EventKind::MissingMandatory),
                name_taken: of(EventKind::ProvisionConflict),
                left_alone,
            });
        }
    }
    Ok(counts)
}

/// Gives every part an id that is never stored.
fn number(draft: &mut Profile) {
    let mut next = i64::MAX;
    let mut id = || {
        next -= 1;
        Some(PartId(next))
    };
    for part in &mut draft.inbound {
        part.id = id();
    }
    for part in &mut draft.outbound {
        part.id = id();
    }
}

fn loaded(
    draft: &Profile,
    built: &Built,
    runtime: &Runtime,
) -> Result<Vec<config::Loaded>, Failure> {
    let mut programs = Vec::with_capacity(built.programs.len());
    for program in &built.programs {
        if let Some(part) = part_id(draft, program.part) {
            // SAFETY: the bytes come straight from the compile child, over the channel that the host gave to this process.
            #[allow(unsafe_code)]
            let loaded = unsafe { Program::load(&program.artifact, runtime) }?;
            programs.push(((part, program.side), loaded));
        }
    }
    Ok(programs)
}

fn present(
    rows: &[CsRow],
    directory: DirectoryId,
    object_type: TypeId,
) -> impl Iterator<Item = &CsRow> {
    rows.iter().filter(move |row| {
        row.directory == directory && row.object_type == Some(object_type) && row.is_present()
    })
}

#[derive(Default)]
struct ScopeCount {
    inside: u64,
    failed: u64,
}

/// How many of these objects are in a part's scope.
async fn scope(
    reader: &Snapshot,
    configuration: &Configuration,
    part: PartId,
    objects: &[CsId],
) -> Result<ScopeCount, Failure> {
    let mut count = ScopeCount::default();
    for chunk in objects.chunks(CHUNK) {
        let objects = reader.read().lock().await.cs_objects(chunk).await?;
        let rows: Vec<RuleRow<'_>> = objects
            .iter()
            .map(|object| RuleRow::asked(&object.body.attrs))
            .collect();
        for answer in configuration
            .programs
            .at(Clock::now())
            .evaluate(part, &rows)?
        {
            match answer.scope {
                Scope::In => count.inside += 1,
                Scope::Failed(_) => count.failed += 1,
                Scope::Out => {}
            }
        }
    }
    Ok(count)
}

/// Objects with errors of a part, and how many errors of each kind.
type Errors = (BTreeSet<Subject>, BTreeMap<&'static str, u64>);

/// Counts what a run would write, and forgets it.
#[derive(Default)]
struct Tally {
    /// Where the objects of the draft's directories belong.
    places: BTreeMap<CsId, (DirectoryId, TypeId)>,
    joined: BTreeMap<(DirectoryId, TypeId), u64>,
    events: BTreeMap<(PartId, EventKind), u64>,
    errors: BTreeMap<PartId, Errors>,
    changed: BTreeMap<PartId, u64>,
    linked: BTreeSet<CsId>,
}

impl Tally {
    fn of_event(&self, part: PartId, kind: EventKind) -> u64 {
        self.events.get(&(part, kind)).copied().unwrap_or(0)
    }

    fn of_error(&self, part: PartId, kind: ErrorKind) -> u64 {
        let errors = self.errors.get(&part);
        errors
            .and_then(|errors| errors.1.get(kind.code()))
            .copied()
            .unwrap_or(0)
    }
}

impl Sink for Tally {
    type Error = StoreError;

    async fn part(&mut self, part: PlanPart) -> Result<(), StoreError> {
        for event in &part.events {
            match (event.part, event.subject) {
                (Some(part), _) => *self.events.entry((part, event.kind)).or_default() += 1,
                (None, Subject::Cs(cs))
                    if matches!(event.kind, EventKind::Joined | EventKind::Returned) =>
                {
                    if let Some(place) = self.places.get(&cs) {
                        *self.joined.entry(*place).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        for set in part.errors {
            let Some(of) = set.part else { continue };
            let errors = self.errors.entry(of).or_default();
            for entry in &set.entries {
                errors.0.insert(set.subject);
                *errors.1.entry(entry.kind.code()).or_default() += 1;
            }
        }
        for set in part.pending {
            let changes = set
                .ops
                .iter()
                .filter(|op| op.verb() == Verb::Update && op.pass() == 1);
            for op in changes.filter(|op| op.profile == DRAFT) {
                *self.changed.entry(op.part).or_default() += 1;
            }
        }
        self.linked
            .extend(part.links.iter().filter(|l| l.link.is_some()).map(|l| l.cs));
        Ok(())
    }
}
