//! Computes a what-if: what the next export of a profile would do, from the data staged now.
//!
//! Invariants: the same engine on a snapshot, with ids that are never stored; no live row changes (D-63); the
//! plan is what is staged already, overlaid by what a sync would stage now, in the order it would be sent;
//! its hash is over exactly the operations that are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use syncline_connectors::graph::OperationCounts;
use syncline_engine::export::{Asking, in_order};
use syncline_engine::sync::{self, Sink, SyncError};
use syncline_model::meter::Meter;
use syncline_model::object::{CsRow, LinkKind, Provenance, Subject, TypeTable};
use syncline_model::op::OpHash;
use syncline_model::plan::{Event, PlanPart, PlannedOp};
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, DirectoryId, MvId, PartId, ProfileId, RunId, WhatIfId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{Durability, WhatIf, WhatIfOp, WhatIfState};

use super::config::{self, ConfigError, Configuration};
use super::guards;
use super::reader::Snapshot;
use super::resting::Refused;
use super::undo;
use crate::app::App;
use crate::http::context::now_ms;
use crate::patterns;
use crate::present;
use crate::profile::programs::Clock;
use crate::resource::instant::Instant;
use crate::resource::what_if::{Finding, FindingExample, Forecast, GuardView, OperationCount};

/// Objects that are named per finding.
pub(super) const EXAMPLES: usize = 100;
/// Operations written at once.
const CHUNK: usize = 500;

/// What is kept of a what-if beside its operations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WhatIfDoc {
    /// The profile's version.
    pub profile_version: i64,
    /// Operations by directory, type and kind.
    #[serde(default)]
    pub counts: Vec<OperationCount>,
    /// How the plan stands against each guard.
    #[serde(default)]
    pub guards: Vec<GuardView>,
    /// How long the export will take.
    #[serde(default)]
    pub forecasts: Vec<Forecast>,
    /// What else happens.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When a later process took it up, because an earlier one was ended while it computed this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_ms: Option<i64>,
}

/// Why a what-if was not computed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Rules(#[from] syncline_engine::rules::RulesFailure),
    #[error("the profile was deleted")]
    NoProfile,
}

/// An earlier process left no more of them.
const LEFT_MAX: i64 = 200;

/// Asks for a what-if, or for what would undo an export, and begins to compute it.
pub async fn start(
    app: &Arc<App>,
    profile: ProfileId,
    undo_of: Option<RunId>,
    actor: &str,
) -> Result<WhatIfId, StoreError> {
    let id = WhatIfId(app.db.new_id().await?);
    let mut tx = app.db.write(Durability::Durable).await?;
    let Some(row) = tx.profile(profile).await? else {
        return Err(StoreError::VersionChanged {
            what: profile.to_string(),
        });
    };
    let doc = WhatIfDoc {
        profile_version: i64::from(row.version),
        ..WhatIfDoc::default()
    };
    let what_if = WhatIf {
        id,
        version: 1,
        profile,
        state: WhatIfState::Computing,
        config_hash: row.config_hash,
        plan_hash: None,
        asked_ms: now_ms(),
        ended_ms: None,
        undo_of,
        doc: serde_json::to_value(&doc).unwrap_or_default(),
    };
    tx.whatif_add(&what_if).await?;
    tx.audit(Act {
        at_ms: now_ms(),
        actor: actor.to_owned(),
        action: if undo_of.is_some() {
            "runs.undo"
        } else {
            "what-ifs.create"
        }
        .into(),
        target: Some(id.to_string()),
        result: "done".into(),
        request_id: None,
        detail: json!({"profile": profile, "undo_of": undo_of}),
    });
    tx.commit().await?;
    app.outbox_grew();
    begin(app, what_if, doc);
    Ok(id)
}

/// Computes what an earlier process of this runner had begun.
pub async fn resume(app: &Arc<App>, began_ms: i64) -> Result<(), StoreError> {
    let newest = app.db.read().await?.whatifs(None, None, LEFT_MAX).await?;
    for what_if in newest {
        if what_if.state == WhatIfState::Computing && what_if.asked_ms < began_ms {
            let doc: WhatIfDoc = serde_json::from_value(what_if.doc.clone()).unwrap_or_default();
            if doc.resumed_ms.is_some_and(|at| at >= began_ms) {
                continue;
            }
            // What ends the runner twice would end it for ever.
            if doc.resumed_ms.is_some() {
                let doc = WhatIfDoc {
                    reason: Some("The runner was ended twice while computing it.".into()),
                    ..doc
                };
                close(app, what_if, WhatIfState::Failed, None, doc).await?;
                continue;
            }
            let doc = WhatIfDoc {
                resumed_ms: Some(now_ms()),
                ..doc
            };
            let mut tx = app.db.write(Durability::Durable).await?;
            tx.whatif_clear(what_if.id).await?;
            tx.whatif_change(&WhatIf {
                doc: serde_json::to_value(&doc).unwrap_or_default(),
                ..what_if.clone()
            })
            .await?;
            let marked = tx.whatif(what_if.id).await?;
            tx.commit().await?;
            if let Some(marked) = marked {
                begin(app, marked, doc);
            }
        }
    }
    Ok(())
}

fn begin(app: &Arc<App>, what_if: WhatIf, doc: WhatIfDoc) {
    let app = app.clone();
    tokio::spawn(async move {
        let id = what_if.id;
        // One after the other: each holds a connection and much memory. The semaphore is never closed.
        let _turn = app.what_ifs.acquire().await;
        let _snapshot = app.snapshots.acquire().await;
        let computed = match what_if.undo_of {
            Some(run) => undo::compute(&app, what_if.clone(), run).await,
            None => compute(&app, what_if.clone()).await,
        };
        if let Err(error) = computed {
            tracing::error!(what_if = %id, "a what-if failed: {error}");
            let doc = WhatIfDoc {
                reason: Some(error.to_string()),
                ..doc
            };
            if let Err(error) = close(&app, what_if, WhatIfState::Failed, None, doc).await {
                tracing::error!(what_if = %id, code = error.code(), "its end was not written: {error}");
            }
        }
    });
}

/// Waits until a what-if is computed, or this long.
pub async fn wait(app: &App, id: WhatIfId, longest: Duration) {
    let computed = async {
        loop {
            let state = match app.db.read().await {
                Ok(mut read) => read.whatif(id).await.ok().flatten().map(|w| w.state),
                Err(_) => None,
            };
            if state != Some(WhatIfState::Computing) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let _ = tokio::time::timeout(longest, computed).await;
}

/// Keeps in memory what a run would write.
#[derive(Default)]
struct Imagined {
    pending: BTreeMap<CsId, Vec<PlannedOp>>,
    links: BTreeMap<CsId, (Option<syncline_model::object::Link>, Provenance)>,
    provisioned: BTreeMap<CsId, CsRow>,
    removed: BTreeSet<CsId>,
    errors: BTreeMap<(Subject, Option<PartId>), Vec<ErrorEntry>>,
    events: Vec<Event>,
    names: BTreeMap<MvId, String>,
    name_attrs: Vec<syncline_model::AttrId>,
}

impl Sink for Imagined {
    type Error = StoreError;

    async fn part(&mut self, part: PlanPart) -> Result<(), StoreError> {
        for object in &part.mv {
            let value = self
                .name_attrs
                .iter()
                .find_map(|attr| object.body.get(*attr));
            if let Some(value) = value.and_then(|v| v.values.iter().next()) {
                self.names.insert(object.id, present::text(value));
            }
        }
        for set in part.pending {
            self.pending.insert(set.cs, set.ops);
        }
        for link in part.links {
            self.links.insert(link.cs, (link.link, link.provenance));
        }
        for new in part.provisioned {
            self.provisioned.insert(new.row.id, new.row);
        }
        for set in part.errors {
            self.errors.insert((set.subject, set.part), set.entries);
        }
        self.removed.extend(part.cs_removed);
        self.events.extend(part.events);
        Ok(())
    }
}

async fn compute(app: &Arc<App>, what_if: WhatIf) -> Result<(), Failure> {
    let configuration = config::load(&app.db, &app.runtime).await?;
    let active = configuration
        .profiles
        .get(&what_if.profile)
        .ok_or(Failure::NoProfile)?;
    let reader = Snapshot::for_what_if(&app.db)
        .await?
        .timed(&configuration, what_if.profile);
    let attrs = app.db.attrs();
    let names = ["displayName", "cn", "mail"];
    let mut imagined = Imagined {
        name_attrs: names
            .iter()
            .filter_map(|n| attrs.id(&syncline_model::AttrName::new(n)))
            .collect(),
        ..Imagined::default()
    };
    stage_live(&reader, what_if.profile, &mut imagined).await?;
    let cx = sync::Context {
        set: &configuration.set,
        rules: &configuration.programs.at(Clock::now()),
        hashing: app.db.keys(),
        profile: what_if.profile,
        now: now_ms() / 1000,
        batch: sync::BATCH,
    };
    sync::sync(cx, &reader, &mut imagined)
        .await
        .map_err(|error| match error {
            SyncError::Store(error) => Failure::Store(error),
            SyncError::Rules(error) => Failure::Rules(error),
        })?;
    let mut ops: Vec<PlannedOp> = imagined
        .pending
        .values()
        .flatten()
        .filter(|op| op.profile == what_if.profile)
        .cloned()
        .collect();
    in_order(&mut ops);
    let plan_hash = OpHash::of_plan(ops.iter().map(|op| op.hash));
    let doc = WhatIfDoc {
        profile_version: i64::from(active.version),
        counts: counts(&ops, &configuration.set.types),
        guards: guards::views(&reader, &configuration, what_if.profile, &ops).await?,
        forecasts: forecasts(app, &ops),
        findings: {
            let refused = {
                let mut read = reader.read().lock().await;
                Refused::of(&mut read, &ops).await?
            };
            let resting = resting(app, &refused, &ops);
            let profile = what_if.profile;
            findings(app, &reader, &configuration, profile, &imagined, resting).await?
        },
        ..WhatIfDoc::default()
    };
    let found = {
        let mut read = reader.read().lock().await;
        let types = &configuration.set.types;
        patterns::Found::of(&mut read, types, Some(what_if.profile), &ops).await?
    };
    keep(app, what_if.id, found, &ops).await?;
    close(app, what_if, WhatIfState::Ready, Some(plan_hash), doc).await?;
    Ok(())
}

/// Keeps the operations of a what-if and what they have in common.
pub(super) async fn keep(
    app: &App,
    id: WhatIfId,
    found: patterns::Found,
    ops: &[PlannedOp],
) -> Result<(), StoreError> {
    let rows: Vec<WhatIfOp<'_>> = ops
        .iter()
        .enumerate()
        .map(|(at, op)| found.row(at, op))
        .collect();
    let mut next = 0;
    for chunk in rows.chunks(CHUNK) {
        // Durable: a plan that says it is ready shows every operation.
        let mut tx = app.db.write(Durability::Durable).await?;
        next = tx.whatif_keep(id, next, chunk, &[]).await?;
        tx.commit().await?;
    }
    found.keep(&app.db, id).await
}

/// Operations that exports leave out for now, because the directory refused them, with until when and why.
fn resting(app: &App, refused: &Refused, ops: &[PlannedOp]) -> Vec<(DirectoryId, CsId, String)> {
    let resting = |op: &PlannedOp| {
        let asking = Asking {
            now_ms: now_ms(),
            asked_ms: None,
            is_still: app.desk.is_still(op.directory),
        };
        let (until_ms, why) = refused.rests(op, &asking)?;
        let until = Instant::from_unix_ms(until_ms);
        let text = format!("Rests until {until}, or until a person starts a cycle. {why}");
        Some((op.directory, op.cs, text))
    };
    ops.iter().filter_map(resting).collect()
}

/// How long sending these operations will take, in directories whose quotas tell.
fn forecasts(app: &App, ops: &[PlannedOp]) -> Vec<Forecast> {
    let mut counts: BTreeMap<DirectoryId, OperationCounts> = BTreeMap::new();
    for op in ops {
        counts.entry(op.directory).or_default().add(&op.op);
    }
    let forecast = |(directory, counts): (DirectoryId, OperationCounts)| {
        let connector = app.clouds.graph(directory)?;
        let duration = connector.estimate(&counts, connector.size());
        Some(Forecast {
            directory,
            writes: i64::try_from(counts.writes).unwrap_or(i64::MAX),
            seconds: duration.as_secs_f64(),
        })
    };
    counts.into_iter().filter_map(forecast).collect()
}

/// What is staged already.
async fn stage_live(
    reader: &Snapshot,
    profile: ProfileId,
    imagined: &mut Imagined,
) -> Result<(), StoreError> {
    let mut read = reader.read().lock().await;
    let rows = read.pending_rows(None).await?;
    let ids: Vec<CsId> = rows
        .iter()
        .filter(|row| row.profile == profile)
        .map(|row| row.cs)
        .collect();
    for chunk in ids.chunks(4096) {
        for op in read.pending_ops(chunk).await? {
            imagined.pending.entry(op.cs).or_default().push(op);
        }
    }
    let mut after = 0;
    loop {
        let page = read.errors_page(after, 1000).await?;
        let Some(last) = page.last() else { break };
        after = match last.subject {
            Subject::Cs(id) => id.get(),
            Subject::Mv(id) => id.get(),
        };
        for error in page {
            imagined
                .errors
                .entry((error.subject, error.part))
                .or_default()
                .push(error.entry);
        }
    }
    Ok(())
}

pub(super) async fn close(
    app: &Arc<App>,
    what_if: WhatIf,
    state: WhatIfState,
    plan_hash: Option<OpHash>,
    doc: WhatIfDoc,
) -> Result<(), StoreError> {
    let mut tx = app.db.write(Durability::Durable).await?;
    let doc = serde_json::to_value(&doc).unwrap_or_default();
    let id = what_if.id;
    tx.whatif_change(&WhatIf {
        state,
        plan_hash,
        ended_ms: Some(now_ms()),
        doc,
        ..what_if
    })
    .await?;
    super::import::meter(&mut tx, RunId(id.get()), Meter::WhatIfs, 1);
    tx.commit().await?;
    app.outbox_grew();
    Ok(())
}

pub(super) fn counts(ops: &[PlannedOp], types: &TypeTable) -> Vec<OperationCount> {
    let mut counts: BTreeMap<(DirectoryId, String, &'static str), i64> = BTreeMap::new();
    for op in ops {
        let object_type = types.name(op.object_type).unwrap_or_default().to_owned();
        *counts
            .entry((op.directory, object_type, present::kind(op)))
            .or_default() += 1;
    }
    let count = |((directory, object_type, kind), count): ((DirectoryId, String, &str), i64)| {
        OperationCount {
            directory,
            object_type,
            kind: kind.to_owned(),
            count,
        }
    };
    counts.into_iter().map(count).collect()
}

/// By directory and kind: how many, and the first of them with why.
type Found = BTreeMap<(Option<DirectoryId>, String), (i64, Vec<(Subject, String)>)>;

/// What happens, or stands, besides operations.
async fn findings(
    app: &App,
    reader: &Snapshot,
    configuration: &Configuration,
    profile: ProfileId,
    imagined: &Imagined,
    resting: Vec<(DirectoryId, CsId, String)>,
) -> Result<Vec<Finding>, StoreError> {
    let mut found: Found = BTreeMap::new();
    let mut add = |directory: Option<DirectoryId>, kind: &str, subject: Subject, text: String| {
        let (count, examples) = found.entry((directory, kind.to_owned())).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push((subject, text));
        }
    };
    let mut zero: Vec<(DirectoryId, &str)> = Vec::new();
    for part in configuration
        .set
        .outbound
        .iter()
        .filter(|part| part.profile == profile)
    {
        let rows = reader
            .read()
            .lock()
            .await
            .cs_rows(Some(part.directory))
            .await?;
        let (mut matched, mut strangers) = (0, 0);
        for row in rows
            .iter()
            .filter(|row| row.is_present() && row.object_type == Some(part.object_type))
        {
            let (link, provenance) = imagined
                .links
                .get(&row.id)
                .copied()
                .unwrap_or((row.link, row.provenance));
            match link {
                Some(link)
                    if link.part == part.id
                        && link.kind == LinkKind::Target
                        && provenance == Provenance::Adopted =>
                {
                    matched += 1;
                    add(
                        Some(part.directory),
                        "matched",
                        Subject::Cs(row.id),
                        "An existing object that is kept in step from now on.".into(),
                    );
                }
                None => {
                    strangers += 1;
                    add(
                        Some(part.directory),
                        "stranger",
                        Subject::Cs(row.id),
                        "In the target, and nothing of this profile matches it; it is left alone."
                            .into(),
                    );
                }
                Some(_) => {}
            }
        }
        if matched == 0 {
            zero.push((part.directory, "matched"));
        }
        if strangers == 0 {
            zero.push((part.directory, "stranger"));
        }
    }
    let mine: BTreeMap<PartId, DirectoryId> = {
        let inbound = configuration
            .set
            .inbound
            .iter()
            .filter(|p| p.profile == profile)
            .map(|p| (p.id, p.directory));
        inbound
            .chain(
                configuration
                    .set
                    .outbound
                    .iter()
                    .filter(|p| p.profile == profile)
                    .map(|p| (p.id, p.directory)),
            )
            .collect()
    };
    // What is an error of an object is told once, with its text, though it happened as an event as well.
    let mut told: BTreeSet<(Subject, String)> = BTreeSet::new();
    for ((subject, part), entries) in &imagined.errors {
        let Some(directory) = part.and_then(|p| mine.get(&p)) else {
            continue;
        };
        for entry in entries {
            told.insert((*subject, entry.kind.code().to_owned()));
            add(
                Some(*directory),
                entry.kind.code(),
                *subject,
                entry.message.clone(),
            );
        }
    }
    for (directory, cs, text) in resting {
        add(Some(directory), "resting", Subject::Cs(cs), text);
    }
    for event in &imagined.events {
        let directory = event.part.and_then(|p| mine.get(&p)).copied();
        if let Ok(serde_json::Value::String(kind)) = serde_json::to_value(event.kind)
            && !told.contains(&(event.subject, kind.clone()))
        {
            add(directory, &kind, event.subject, String::new());
        }
    }
    for (directory, kind) in zero {
        found.entry((Some(directory), kind.to_owned())).or_default();
    }
    name_examples(app, reader, imagined, found).await
}

async fn name_examples(
    app: &App,
    reader: &Snapshot,
    imagined: &Imagined,
    found: Found,
) -> Result<Vec<Finding>, StoreError> {
    let attrs = app.db.attrs();
    let (mut objects, mut metaverse) = (Vec::new(), Vec::new());
    for (subject, _) in found.values().flat_map(|(_, examples)| examples) {
        match subject {
            Subject::Cs(id) => objects.push(*id),
            Subject::Mv(id) => metaverse.push(*id),
        }
    }
    let mut read = reader.read().lock().await;
    let objects: BTreeMap<CsId, String> = read
        .cs_objects(&objects)
        .await?
        .iter()
        .map(|o| (o.row.id, present::name(o, &attrs)))
        .collect();
    let stored = present::mv_names(&mut read, &metaverse, &attrs).await?;
    drop(read);
    let name = |subject: Subject| match subject {
        Subject::Cs(id) => objects.get(&id).cloned().unwrap_or_else(|| id.to_string()),
        Subject::Mv(id) => imagined
            .names
            .get(&id)
            .or_else(|| stored.get(&id))
            .cloned()
            .unwrap_or_else(|| id.to_string()),
    };
    let finding =
        |((directory, kind), (count, examples)): (_, (i64, Vec<(Subject, String)>))| Finding {
            kind,
            directory,
            count,
            examples: examples
                .into_iter()
                .map(|(subject, text)| FindingExample {
                    object: match subject {
                        Subject::Cs(id) => Some(id),
                        Subject::Mv(_) => None,
                    },
                    name: name(subject),
                    text,
                })
                .collect(),
        };
    Ok(found.into_iter().map(finding).collect())
}
