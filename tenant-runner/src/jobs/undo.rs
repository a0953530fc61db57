//! Computes what would undo an export, as a what-if that is read and not sent.
//!
//! Invariants: only what the directory acknowledged is undone, and only for one profile; nothing but the what-if is
//! written; what is not undone is a finding with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syncline_engine::export::in_order;
use syncline_engine::reader::{SyncReader as _, TargetState};
use syncline_engine::sync::believed::{TargetView, believed};
use syncline_engine::undo::{Known, Left, Undone, Why, undo};
use syncline_model::object::{CsFlags, CsObject, CsRef};
use syncline_model::op::OpHash;
use syncline_model::plan::{PlannedOp, RefEffect};
use syncline_model::{Anchor, CsId, DirectoryId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{WhatIf, WhatIfState};

use super::reader::Snapshot;
use super::what_if::{EXAMPLES, Failure, WhatIfDoc, close, counts, keep};
use crate::app::App;
use crate::patterns;
use crate::present;
use crate::resource::what_if::{Finding, FindingExample};

/// Sent operations that are read at once.
const PAGE: i64 = 1_000;
/// Objects that are open at once.
const CHUNK: usize = 1_024;

/// Computes it.
pub(super) async fn compute(app: &Arc<App>, what_if: WhatIf, run: RunId) -> Result<(), Failure> {
    let reader = Snapshot::for_what_if(&app.db).await?;
    let (sent, unknown) = sent(&reader, &what_if, run).await?;
    let mut findings = Findings::default();
    for (directory, cs, name) in unknown {
        let text = "Whether it took effect is not known yet; it is being looked up.".to_owned();
        findings.add(directory, "undo-in-doubt", cs, name, text);
    }
    let mut plan: Vec<PlannedOp> = Vec::new();
    let objects: Vec<CsId> = sent.keys().copied().collect();
    for chunk in objects.chunks(CHUNK) {
        plan.extend(of_chunk(app, &reader, chunk, &sent, &mut findings).await?);
    }
    in_order(&mut plan);
    let plan_hash = OpHash::of_plan(plan.iter().map(|op| op.hash));
    let types = app.db.types();
    let found = {
        let mut read = reader.read().lock().await;
        patterns::Found::of(&mut read, &types, None, &plan).await?
    };
    let doc: WhatIfDoc = serde_json::from_value(what_if.doc.clone()).unwrap_or_default();
    let doc = WhatIfDoc {
        counts: counts(&plan, &types),
        findings: findings.0.into_values().collect(),
        ..doc
    };
    keep(app, what_if.id, found, &plan).await?;
    close(app, what_if, WhatIfState::Ready, Some(plan_hash), doc).await?;
    Ok(())
}

/// What took effect, by object and in the order of sending.
type Sent = BTreeMap<CsId, Vec<PlannedOp>>;

/// What a run sent for a profile, and what of it has no answer.
async fn sent(
    reader: &Snapshot,
    what_if: &WhatIf,
    run: RunId,
) -> Result<(Sent, Vec<(DirectoryId, CsId, String)>), StoreError> {
    let mut read = reader.read().lock().await;
    let (mut sent, mut unknown) = (Sent::new(), Vec::new());
    let mut after = 0;
    loop {
        let page = read.releases(run, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.export_seq;
        for release in page {
            let op = release.op;
            if op.profile != what_if.profile {
                continue;
            }
            match release.outcome.as_deref() {
                Some("acknowledged") => sent.entry(op.cs).or_default().push(op),
                None => unknown.push((op.directory, op.cs, op.cs.to_string())),
                // Refused, or nothing was to do: nothing changed.
                Some(_) => {}
            }
        }
    }
    Ok((sent, unknown))
}

async fn of_chunk(
    app: &App,
    reader: &Snapshot,
    chunk: &[CsId],
    sent: &Sent,
    findings: &mut Findings,
) -> Result<Vec<PlannedOp>, StoreError> {
    let (types, attrs) = (app.db.types(), app.db.attrs());
    let concerned = chunk.iter().flat_map(|cs| &sent[cs]);
    let others: BTreeSet<CsId> = concerned
        .flat_map(others)
        .chain(chunk.iter().copied())
        .collect();
    let anchors = anchors(reader, &others).await?;
    let states: BTreeMap<CsId, TargetState> = reader.targets(chunk).await?.into_iter().collect();
    let (objects, refs) = {
        let mut read = reader.read().lock().await;
        let objects = read.cs_objects(chunk).await?;
        (objects, read.refs_from(chunk).await?)
    };
    let objects: BTreeMap<CsId, CsObject> = objects.into_iter().map(|o| (o.row.id, o)).collect();
    let known = Known {
        attrs: &attrs,
        types: &types,
        anchors: &anchors,
    };
    let nothing = TargetState::default();
    let mut plan = Vec::new();
    for cs in chunk {
        let object = objects.get(cs);
        let mine: Vec<CsRef> = refs.iter().filter(|one| one.from == *cs).copied().collect();
        let now = object.map(|object| {
            believed(&TargetView {
                row: &object.row,
                body: &object.body,
                refs: &mine,
                state: states.get(cs).unwrap_or(&nothing),
            })
        });
        let Undone { op, left } = undo(&sent[cs], &now.unwrap_or_default(), known);
        plan.extend(op);
        let name = object.map_or_else(|| cs.to_string(), |object| present::name(object, &attrs));
        let directory = sent[cs].first().map(|op| op.directory);
        if let Some(directory) = directory {
            findings.leave(directory, *cs, &name, &left);
        }
    }
    Ok(plan)
}

/// The objects that an operation names besides its own.
fn others(op: &PlannedOp) -> impl Iterator<Item = CsId> + '_ {
    let to = |one: &RefEffect| one.to;
    let refs = op.effect.refs.iter().map(to);
    refs.chain(op.place_before.iter().map(|place| place.parent))
}

/// The anchors of those of these objects that exist.
async fn anchors(
    reader: &Snapshot,
    ids: &BTreeSet<CsId>,
) -> Result<BTreeMap<CsId, Anchor>, StoreError> {
    let ids: Vec<CsId> = ids.iter().copied().collect();
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let objects = reader.read().lock().await.cs_objects(chunk).await?;
        for object in objects {
            let exists = object.row.is_present() || object.row.flags.has(CsFlags::ACKNOWLEDGED);
            if let Some(anchor) = object.body.anchor.filter(|_| exists) {
                found.insert(object.row.id, anchor);
            }
        }
    }
    Ok(found)
}

/// What is not undone, by directory and reason.
#[derive(Default)]
struct Findings(BTreeMap<(DirectoryId, &'static str), Finding>);

impl Findings {
    fn add(
        &mut self,
        directory: DirectoryId,
        kind: &'static str,
        cs: CsId,
        name: String,
        text: String,
    ) {
        let finding = self.0.entry((directory, kind)).or_insert_with(|| Finding {
            kind: kind.to_owned(),
            directory: Some(directory),
            count: 0,
            examples: Vec::new(),
        });
        finding.count += 1;
        if finding.examples.len() < EXAMPLES {
            finding.examples.push(FindingExample {
                object: Some(cs),
                name,
                text,
            });
        }
    }

    /// One entry an object and reason, with the attributes it is about.
    fn leave(&mut self, directory: DirectoryId, cs: CsId, name: &str, left: &[Left]) {
        let mut by_reason: BTreeMap<Why, Vec<&str>> = BTreeMap::new();
        for one in left {
            let attrs = by_reason.entry(one.why).or_default();
            attrs.extend(one.attr.as_ref().map(|attr| attr.as_str()));
        }
        for (why, attrs) in by_reason {
            let (kind, reason) = told(why);
            let text = match attrs.is_empty() {
                true => reason.to_owned(),
                false => format!("{}: {reason}", attrs.join(", ")),
            };
            self.add(directory, kind, cs, name.to_owned(), text);
        }
    }
}

/// The kind of a finding, and what it says.
fn told(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::Deleted => (
            "undo-deleted",
            "It was deleted, and what it held is not kept here. Restore it in the directory, where that can do so.",
        ),
        Why::Gone => ("undo-gone", "It is not there any more."),
        Why::ChangedSince => (
            "undo-changed-since",
            "It was changed again since, and is left as it is.",
        ),
        Why::Unknown => ("undo-unknown", "What was there before is not known."),
        Why::OtherGone => (
            "undo-other-gone",
            "The container it lay in, or an object it referred to, is gone.",
        ),
    }
}
