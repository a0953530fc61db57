//! Parts: batches of metaverse objects, each with everything that its evaluation changes (D-24).
//!
//! Invariants: an object or a name that moved between metaverse objects is in the part of both; work that spans
//! parts is written to the work list first, so that a run that stops in between is taken up again.

mod match_keys;
mod metaverse;
mod objects;
mod ops;
mod targets;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::Attrs;
use syncline_model::contest::ContestSet;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{
    CsObject, CsRef, KeyHash, KeyId, Link, LinkKind, MvObject, MvRef, MvState, SourceKey, Subject,
    TypeId,
};
use syncline_model::op::ObjectKey;
use syncline_model::plan::{
    Consumed, Event, EventKind, KeysOf, PendingSet, PlanPart, PlannedOp, Provisioned, WorkItem,
};
use syncline_model::stage::{ErrorEntry, ErrorSet};
use syncline_model::{CsId, MvId, PartId};

use super::believed::TargetView;
use super::contribute::{RefTargets, Valued};
use super::derive::{self, Draft};
use super::flow::{self, Wants};
use super::observe::{Side, other_side_keys};
use super::provision::{Act, Decision};
use super::sent::note_held;
use super::{Batch, Run, Sink, SyncError, seal};
use crate::contest;
use crate::keys;
use crate::reader::{SyncReader, TargetState};
use crate::rules::{RowAnswer, RuleRow};

/// One part in the making: the metaverse objects and the connector-space objects that belong with them.
#[derive(Debug, Default)]
struct Group {
    mvs: Vec<MvId>,
    cs: BTreeSet<CsId>,
}

/// A target object's wide side.
struct Target {
    object: CsObject,
    refs: Vec<CsRef>,
    state: TargetState,
}

/// A live metaverse object of the batch.
struct Live<'v> {
    mv_type: TypeId,
    valued: &'v Valued,
    attrs: Attrs,
}

/// Live metaverse objects of the batch, by id.
type Living<'v> = BTreeMap<MvId, Live<'v>>;

/// Drafts of one target object.
struct Drafted {
    mv: MvId,
    cs: CsId,
    owner: PartId,
    drafts: Vec<Draft>,
}

impl<R: SyncReader> Run<'_, R> {
    /// Pass 3 for the whole set, batch by batch.
    pub(super) async fn flow<S: Sink<Error = R::Error>>(
        &mut self,
        sink: &mut S,
    ) -> Result<(), SyncError<R::Error>> {
        self.doomed = self.doomed();
        let groups = self.groups();
        self.summary.evaluated = self.touched.len() as u64;
        let spans = groups.len() > 1;
        if spans {
            let listed: Vec<WorkItem> = self
                .touched
                .iter()
                .filter(|mv| !self.work_mv.contains(mv) && !self.links.new_mv.contains_key(mv))
                .map(|mv| WorkItem {
                    profile: self.cx.profile,
                    subject: Subject::Mv(*mv),
                })
                .collect();
            let part = PlanPart {
                work_added: listed,
                ..PlanPart::default()
            };
            sink.part(part).await.map_err(SyncError::Store)?;
        }
        for group in groups {
            let mut part = PlanPart::default();
            self.fill(&group, spans, &mut part).await?;
            self.count(&part);
            sink.part(part).await.map_err(SyncError::Store)?;
        }
        Ok(())
    }

    fn count(&mut self, part: &PlanPart) {
        self.summary.parts += 1;
        self.summary.changing_parts += u64::from(!part.is_quiet());
        for event in &part.events {
            *self.summary.events.entry(event.kind).or_default() += 1;
        }
        self.summary.errors += part
            .errors
            .iter()
            .filter(|set| !set.entries.is_empty())
            .count() as u64;
    }

    /// Batches of metaverse objects; those that exchange an object, or of which one takes the name that another gives
    /// up, stay together. The rest of the work list follows in batches of its own.
    fn groups(&self) -> Vec<Group> {
        let mut leader: BTreeMap<MvId, MvId> = BTreeMap::new();
        fn find(leader: &mut BTreeMap<MvId, MvId>, mv: MvId) -> MvId {
            let mut at = mv;
            while let Some(next) = leader.get(&at).copied().filter(|next| *next != at) {
                at = next;
            }
            leader.insert(mv, at);
            at
        }
        let linked = |link: Option<Link>| link.map(|link| link.mv);
        let exchanged = self
            .links
            .moved()
            .map(|(_, old, new)| (linked(old), linked(new)));
        let handed_over = self.links.handed_over().map(|(from, to)| {
            let before = self.links.before(from).flatten();
            (
                linked(before.or(self.links.link(from))),
                linked(self.links.link(to)),
            )
        });
        for (one, other) in exchanged.chain(handed_over) {
            if let (Some(one), Some(other)) = (one, other)
                && one != other
            {
                let (a, b) = (find(&mut leader, one), find(&mut leader, other));
                leader.insert(a.max(b), a.min(b));
            }
        }
        let mut clusters: BTreeMap<MvId, Vec<MvId>> = BTreeMap::new();
        for mv in &self.touched {
            clusters
                .entry(find(&mut leader, *mv))
                .or_default()
                .push(*mv);
        }
        let mut groups: Vec<Group> = Vec::new();
        for mvs in clusters.into_values() {
            match groups.last_mut() {
                Some(group) if group.mvs.len() + mvs.len() <= self.cx.batch.get() => {
                    group.mvs.extend(mvs)
                }
                _ => groups.push(Group {
                    mvs,
                    cs: BTreeSet::new(),
                }),
            }
        }
        let home: BTreeMap<MvId, usize> = groups
            .iter()
            .enumerate()
            .flat_map(|(n, group)| group.mvs.iter().map(move |mv| (*mv, n)))
            .collect();
        let moved = self.links.moved().map(|(cs, _, _)| cs);
        let observed = self.observed.iter().map(|seen| seen.cs);
        let all: BTreeSet<CsId> = self
            .work_cs
            .keys()
            .copied()
            .chain(moved)
            .chain(self.links.changed())
            .chain(observed)
            .collect();
        let mut loose = Vec::new();
        for cs in all {
            let now = self.links.link(cs).map(|link| link.mv);
            let before = self.links.before(cs).flatten().map(|link| link.mv);
            match now.or(before).and_then(|mv| home.get(&mv)) {
                Some(n) => {
                    groups[*n].cs.insert(cs);
                }
                None => loose.push(cs),
            }
        }
        for chunk in loose.chunks(self.cx.batch.get()) {
            match groups.last_mut() {
                Some(group)
                    if group.mvs.len() + group.cs.len() + chunk.len() <= self.cx.batch.get() =>
                {
                    group.cs.extend(chunk);
                }
                _ => groups.push(Group {
                    mvs: Vec::new(),
                    cs: chunk.iter().copied().collect(),
                }),
            }
        }
        groups
    }

    async fn fill(
        &mut self,
        group: &Group,
        spans: bool,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let (batch, valued) = self.load_valued(&group.mvs).await?;
        let members: BTreeSet<MvId> = group.mvs.iter().copied().collect();
        let mut mv_errors: BTreeMap<(MvId, PartId), BTreeSet<ErrorEntry>> = BTreeMap::new();
        for mv in &members {
            part.events
                .extend(self.mv_events.remove(mv).into_iter().flatten());
            for (id, entry) in self.mv_errors.remove(mv).into_iter().flatten() {
                mv_errors.entry((*mv, id)).or_default().insert(entry);
            }
        }
        self.learn_referred(&valued).await?;
        let mut refs_now: BTreeMap<MvId, Vec<MvRef>> = BTreeMap::new();
        for (mv, valued) in &valued {
            for error in &valued.errors {
                let entry = self.cs_errors.entry((error.cs, error.part)).or_default();
                if !entry.contains(&error.entry) {
                    entry.push(error.entry.clone());
                }
            }
            self.write_mv(*mv, valued, &batch, part, &mut refs_now);
        }
        let types: BTreeMap<MvId, TypeId> = self.types_of(&members, &batch);
        let live: Living<'_> = valued
            .iter()
            .filter(|(mv, _)| self.links.alive(*mv))
            .filter_map(|(mv, valued)| {
                let mv_type = *types.get(mv)?;
                Some((
                    *mv,
                    Live {
                        mv_type,
                        valued,
                        attrs: valued.attrs(),
                    },
                ))
            })
            .collect();
        self.write_keys(&members, &live, part).await?;
        let gone = batch.old.iter().filter(|(mv, _)| !live.contains_key(mv));
        let frozen: BTreeMap<MvId, Attrs> = gone.map(|(mv, old)| (*mv, old.body.attrs())).collect();
        let at_rest = self
            .write_targets(&members, &live, &frozen, &refs_now, part, &mut mv_errors)
            .await?;
        self.write_cs(group, part).await?;
        self.write_errors(group, mv_errors, part).await?;
        self.clear_refusals(&at_rest, part).await?;
        self.wake_others(part);
        for mv in &group.mvs {
            if self.work_mv.contains(mv) || (spans && !self.links.new_mv.contains_key(mv)) {
                let subject = Subject::Mv(*mv);
                part.work_done.push(WorkItem {
                    profile: self.cx.profile,
                    subject,
                });
            }
        }
        part.work_added.sort_unstable();
        part.work_added.dedup();
        part.events.sort();
        part.events.dedup();
        Ok(())
    }

    /// Target objects that this run deletes.
    fn doomed(&self) -> BTreeSet<CsId> {
        let decided = self.decisions.values().flatten();
        let deletes = decided.filter(|decision| decision.act == Act::Delete);
        let is_leaving = |cs: &CsId| {
            let link = self.links.link(*cs);
            link.is_some_and(|link| link.kind == LinkKind::Departing)
        };
        deletes
            .map(|decision| decision.cs)
            .filter(is_leaving)
            .collect()
    }

    pub(in crate::sync) fn types_of(
        &self,
        members: &BTreeSet<MvId>,
        batch: &Batch,
    ) -> BTreeMap<MvId, TypeId> {
        members
            .iter()
            .filter_map(|mv| {
                let old = batch.old.get(mv).map(|old| old.mv_type);
                Some((
                    *mv,
                    old.or_else(|| self.links.new_mv.get(mv).map(|new| new.mv_type))?,
                ))
            })
            .collect()
    }
}
