//! Parts: batches of metaverse objects, each with everything that its evaluation changes (D-24).
//!
//! Invariants: an object that moved between metaverse objects is in the part of both; work that spans
//! parts is written to the work list first, so that a run that stops in between is taken up again.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::Attrs;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{
    CsObject, CsRef, KeyHash, KeyId, LinkKind, MvObject, MvRef, MvState, SourceKey, Subject, TypeId,
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
use super::{BATCH, Batch, Run, Sink, SyncError, seal};
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

    /// Batches of metaverse objects; those that exchange an object stay together. The rest of the work list
    /// follows in batches of its own.
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
        for (_, old, new) in self.links.moved() {
            if let (Some(old), Some(new)) = (old, new)
                && old.mv != new.mv
            {
                let (a, b) = (find(&mut leader, old.mv), find(&mut leader, new.mv));
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
                Some(group) if group.mvs.len() + mvs.len() <= BATCH => group.mvs.extend(mvs),
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
        for chunk in loose.chunks(BATCH) {
            match groups.last_mut() {
                Some(group) if group.mvs.len() + group.cs.len() + chunk.len() <= BATCH => {
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
        let batch = self.load(&group.mvs).await?;
        let members: BTreeSet<MvId> = group.mvs.iter().copied().collect();
        let mut mv_errors: BTreeMap<(MvId, PartId), BTreeSet<ErrorEntry>> = BTreeMap::new();
        for mv in &members {
            part.events
                .extend(self.mv_events.remove(mv).into_iter().flatten());
            for (id, entry) in self.mv_errors.remove(mv).into_iter().flatten() {
                mv_errors.entry((*mv, id)).or_default().insert(entry);
            }
        }
        let valued = {
            let inputs = self.inputs(&group.mvs, &batch);
            let valued = self.values(&inputs)?;
            inputs
                .iter()
                .map(|input| input.id)
                .zip(valued)
                .collect::<Vec<_>>()
        };
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
        self.write_targets(&members, &live, &refs_now, part, &mut mv_errors)
            .await?;
        self.write_cs(group, part).await?;
        self.write_errors(group, mv_errors, part).await?;
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

    fn types_of(&self, members: &BTreeSet<MvId>, batch: &Batch) -> BTreeMap<MvId, TypeId> {
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

    /// Rows that references of this batch point at, and all links of what those belong to.
    async fn learn_referred(
        &mut self,
        valued: &[(MvId, Valued)],
    ) -> Result<(), SyncError<R::Error>> {
        let mut unknown = BTreeSet::new();
        let mut held = BTreeSet::new();
        for (_, valued) in valued {
            for winner in &valued.refs {
                match &winner.to {
                    RefTargets::Objects(objects) => {
                        unknown.extend(objects.iter().copied().filter(|cs| !self.links.knows(*cs)))
                    }
                    RefTargets::Held(mvs) => held.extend(mvs.iter().copied()),
                }
            }
        }
        let unknown: Vec<CsId> = unknown.into_iter().collect();
        for chunk in unknown.chunks(BATCH) {
            let rows = self.reader.rows(chunk).await.map_err(SyncError::Store)?;
            self.links.learn(rows);
        }
        for (_, valued) in valued {
            for winner in &valued.refs {
                if let RefTargets::Objects(objects) = &winner.to {
                    held.extend(objects.iter().filter_map(|cs| self.links.resolve(*cs)));
                }
            }
        }
        let held: Vec<MvId> = held.into_iter().collect();
        self.complete_links(&held).await
    }

    /// The metaverse object and its references.
    fn write_mv(
        &mut self,
        mv: MvId,
        valued: &Valued,
        batch: &Batch,
        part: &mut PlanPart,
        refs_now: &mut BTreeMap<MvId, Vec<MvRef>>,
    ) {
        let old = batch.old.get(&mv);
        let old_refs = batch.old_refs.get(&mv).map_or(&[][..], Vec::as_slice);
        let (new, refs) = if self.links.alive(mv) {
            let resolved = flow::resolve(&self.links, mv, valued);
            self.summary.unresolved += resolved.unresolved;
            let remember = self.remembered(mv);
            let links = &self.links;
            let linked = |source: &SourceKey| {
                links.of(mv).any(|row| {
                    row.directory == source.directory
                        && self.anchors.get(&row.id) == Some(&source.anchor)
                })
            };
            (
                flow::object(links, mv, old, valued, linked, remember),
                resolved.refs,
            )
        } else {
            (self.buried(mv, old), Vec::new())
        };
        let changed = old != new.as_ref() || old_refs != refs.as_slice();
        if changed {
            let subject = Subject::Mv(mv);
            let kind = match (&new, old) {
                (Some(new), Some(old)) if new.state == MvState::Live => {
                    let same = old.state == MvState::Live;
                    if same {
                        EventKind::Changed
                    } else {
                        EventKind::Revived
                    }
                }
                _ => EventKind::Deleted,
            };
            let was_live = old.is_some_and(|old| old.state == MvState::Live);
            if was_live || kind == EventKind::Revived {
                part.events.push(Event {
                    kind,
                    subject,
                    part: None,
                    others: Vec::new(),
                });
            }
            if let Some(mv_type) = new.as_ref().or(old).map(|object| object.mv_type) {
                for profile in self.cx.set.other_profiles(mv_type, self.cx.profile) {
                    if new.is_some() {
                        part.work_added.push(WorkItem { profile, subject });
                    }
                }
            }
        }
        let keep: BTreeSet<&MvRef> = refs.iter().collect();
        part.mv_refs_removed
            .extend(old_refs.iter().filter(|r| !keep.contains(r)));
        let had: BTreeSet<&MvRef> = old_refs.iter().collect();
        part.mv_refs_added
            .extend(refs.iter().filter(|r| !had.contains(r)));
        match new {
            Some(new) if old != Some(&new) => part.mv.push(new),
            None if old.is_some() => part.mv_removed.push(mv),
            _ => {}
        }
        refs_now.insert(mv, refs);
    }

    /// What is left of a metaverse object without owners: a tombstone while a delete is under way (D-44).
    fn buried(&self, mv: MvId, old: Option<&MvObject>) -> Option<MvObject> {
        let old = old?;
        let departing = self
            .links
            .of(mv)
            .any(|row| row.link.is_some_and(|l| l.kind == LinkKind::Departing));
        departing.then(|| {
            let mut buried = MvObject {
                state: MvState::Tombstone,
                ..old.clone()
            };
            buried.body.held.clear();
            let mut remembered: BTreeSet<SourceKey> = buried.body.remembered.into_iter().collect();
            remembered.extend(self.remembered(mv));
            buried.body.remembered = remembered.into_iter().collect();
            buried
        })
    }

    /// Sources whose links to this object ended in this run.
    fn remembered(&self, mv: MvId) -> Vec<SourceKey> {
        self.left
            .iter()
            .filter(|left| left.mv == mv)
            .filter(|left| {
                matches!(
                    left.cause,
                    EventKind::DisconnectedDeleted
                        | EventKind::DisconnectedScope
                        | EventKind::DisconnectedRule
                )
            })
            .filter_map(|left| {
                let directory = self.links.row(left.cs)?.directory;
                let anchor = self.anchors.get(&left.cs)?.clone();
                Some(SourceKey { directory, anchor })
            })
            .collect()
    }

    /// Keys of metaverse objects, and the disconnectors that a changed key may concern.
    async fn write_keys(
        &mut self,
        members: &BTreeSet<MvId>,
        live: &Living<'_>,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let subjects: Vec<Subject> = members.iter().copied().map(Subject::Mv).collect();
        let mut stored: BTreeMap<MvId, BTreeSet<(KeyId, KeyHash)>> = BTreeMap::new();
        for row in self
            .reader
            .keys_of(&subjects)
            .await
            .map_err(SyncError::Store)?
        {
            if let Subject::Mv(mv) = row.subject {
                stored.entry(mv).or_default().insert((row.key, row.hash));
            }
        }
        let mut changed: BTreeSet<(KeyId, KeyHash)> = BTreeSet::new();
        let none = BTreeSet::new();
        let written: BTreeMap<MvId, &MvObject> = part.mv.iter().map(|o| (o.id, o)).collect();
        let mut sets = Vec::new();
        for (mv_type, mv) in &self.cx.set.mv {
            let of_type: Vec<(&MvId, &Live<'_>)> = live
                .iter()
                .filter(|(_, one)| one.mv_type == *mv_type)
                .collect();
            let rows: Vec<&Attrs> = of_type.iter().map(|(_, one)| &one.attrs).collect();
            let found = other_side_keys(&self.cx, Side::Metaverse(&mv.keys), &rows)?;
            let mut covered: BTreeSet<KeyId> = mv.keys.iter().map(|key| key.key).collect();
            covered.insert(KeyId::remembered());
            for (_, outbound) in self.cx.set.outbound_for(*mv_type, self.cx.profile) {
                covered.insert(KeyId::awaited(outbound.id));
                covered.extend(outbound.groups.iter().map(|group| group.own_key));
            }
            for ((id, _), (hashes, errors)) in of_type.into_iter().zip(found) {
                let mut now: BTreeSet<(KeyId, KeyHash)> = hashes.into_iter().collect();
                now.extend(self.waits.get(id).unwrap_or(&none));
                let before = stored.get(id).unwrap_or(&none);
                if !errors.is_empty() {
                    // What a failing key expression said before stays.
                    now.extend(
                        before
                            .iter()
                            .filter(|(key, _)| mv.keys.iter().any(|k| k.key == *key)),
                    );
                }
                let remembered = written.get(id).map(|object| &object.body.remembered);
                match remembered {
                    Some(sources) => now.extend(sources.iter().map(|source| {
                        let hash =
                            keys::remembered(self.cx.hashing, source.directory, &source.anchor);
                        (KeyId::remembered(), hash)
                    })),
                    None => {
                        now.extend(before.iter().filter(|(key, _)| *key == KeyId::remembered()))
                    }
                }
                let before: BTreeSet<(KeyId, KeyHash)> = before
                    .iter()
                    .filter(|(key, _)| covered.contains(key))
                    .copied()
                    .collect();
                if before == now {
                    continue;
                }
                let matching = |(key, _): &&(KeyId, KeyHash)| mv.keys.iter().any(|k| k.key == *key);
                changed.extend(before.symmetric_difference(&now).filter(matching));
                sets.push(KeysOf {
                    subject: Subject::Mv(*id),
                    covered: covered.iter().copied().collect(),
                    rows: now.into_iter().collect(),
                });
            }
        }
        for object in part
            .mv
            .iter()
            .filter(|object| object.state == MvState::Tombstone)
        {
            let rows: BTreeSet<(KeyId, KeyHash)> = object
                .body
                .remembered
                .iter()
                .map(|s| {
                    (
                        KeyId::remembered(),
                        keys::remembered(self.cx.hashing, s.directory, &s.anchor),
                    )
                })
                .collect();
            sets.push(KeysOf {
                subject: Subject::Mv(object.id),
                covered: vec![KeyId::remembered()],
                rows: rows.into_iter().collect(),
            });
        }
        sets.sort_by_key(|set| set.subject);
        part.keys.extend(sets);
        self.wake_disconnectors(&changed, part).await
    }

    /// Disconnectors whose match value a metaverse object took or gave up are looked at again (D-27).
    async fn wake_disconnectors(
        &mut self,
        changed: &BTreeSet<(KeyId, KeyHash)>,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let mut wanted: BTreeMap<(KeyId, KeyHash), BTreeSet<syncline_model::ProfileId>> =
            BTreeMap::new();
        for (key, hash) in changed {
            for inbound in &self.cx.set.inbound {
                for group in inbound
                    .groups
                    .iter()
                    .filter(|group| group.other_key == *key)
                {
                    wanted
                        .entry((group.own_key, *hash))
                        .or_default()
                        .insert(inbound.profile);
                }
            }
        }
        let lookup: Vec<(KeyId, KeyHash)> = wanted.keys().copied().collect();
        let mut found: BTreeSet<(CsId, (KeyId, KeyHash))> = BTreeSet::new();
        for chunk in lookup.chunks(BATCH) {
            for row in self
                .reader
                .find_keys(chunk)
                .await
                .map_err(SyncError::Store)?
            {
                if let Subject::Cs(cs) = row.subject {
                    found.insert((cs, (row.key, row.hash)));
                }
            }
        }
        for seen in &self.observed {
            for view in &seen.views {
                let groups = &self.cx.set.inbound[view.part].groups;
                for (group, hash) in groups.iter().zip(&view.keys) {
                    if let Some(hash) = hash
                        && wanted.contains_key(&(group.own_key, *hash))
                    {
                        found.insert((seen.cs, (group.own_key, *hash)));
                    }
                }
            }
        }
        for (cs, key) in found {
            let linked = self.links.knows(cs) && self.links.link(cs).is_some();
            if linked || self.links.removed.contains(&cs) {
                continue;
            }
            for profile in &wanted[&key] {
                part.work_added.push(WorkItem {
                    profile: *profile,
                    subject: Subject::Cs(cs),
                });
            }
        }
        Ok(())
    }

    /// Intents and pending operations.
    async fn write_targets(
        &mut self,
        members: &BTreeSet<MvId>,
        live: &Living<'_>,
        refs_now: &BTreeMap<MvId, Vec<MvRef>>,
        part: &mut PlanPart,
        mv_errors: &mut BTreeMap<(MvId, PartId), BTreeSet<ErrorEntry>>,
    ) -> Result<(), SyncError<R::Error>> {
        let decisions: Vec<(MvId, Decision)> = members
            .iter()
            .flat_map(|mv| {
                self.decisions
                    .get(mv)
                    .into_iter()
                    .flatten()
                    .map(|d| (*mv, d.clone()))
            })
            .filter(|(mv, decision)| match self.links.link(decision.cs) {
                Some(link) => link.mv == *mv,
                None => decision.act == Act::Release,
            })
            .collect();
        let targets = self.load_targets(&decisions).await?;
        let answers = self.outbound_answers(&decisions, &targets, live)?;
        let doomed: BTreeSet<CsId> = self
            .decisions
            .values()
            .flatten()
            .filter(|decision| decision.act == Act::Delete)
            .map(|decision| decision.cs)
            .collect();
        let mut drafted = Vec::new();
        for (mv, decision) in &decisions {
            let Some(target) = targets.get(&decision.cs) else {
                continue;
            };
            let view = TargetView {
                row: &target.object.row,
                body: &target.object.body,
                refs: &target.refs,
                state: &target.state,
            };
            match &decision.act {
                Act::Flow { parts, place } => {
                    let Some(one) = live.get(mv) else { continue };
                    let wants = Wants {
                        cs: decision.cs,
                        owner: decision.owner,
                        answers: parts
                            .iter()
                            .filter_map(|p| Some((*p, answers.get(&(decision.cs, *p))?.clone())))
                            .collect(),
                        values: &one.valued.values,
                        attrs: &one.attrs,
                        old: target.state.intent.as_ref(),
                        may_place: *place,
                    };
                    let names = &self.names;
                    let (intent, errors) =
                        flow::intent(&self.cx, &wants, |d, dn| names.container(d, dn));
                    for (id, entry) in errors {
                        mv_errors.entry((*mv, id)).or_default().insert(entry);
                    }
                    let refs = refs_now.get(mv).map_or(&[][..], Vec::as_slice);
                    let directory = target.object.row.directory;
                    let (wanted, absent) = flow::wanted_refs(&self.links, directory, &intent, refs);
                    self.reference_events(*mv, decision.owner, &wanted, &absent, part);
                    let drafts = derive::derive(&self.cx, &view, &intent, &wanted, &doomed);
                    if target.state.intent.as_ref() != Some(&intent) {
                        part.intents.push(intent);
                    }
                    let (cs, owner) = (decision.cs, decision.owner);
                    drafted.push(Drafted {
                        mv: *mv,
                        cs,
                        owner,
                        drafts,
                    });
                }
                Act::Delete => {
                    if target.state.intent.is_some() {
                        part.intents_removed.push(decision.cs);
                    }
                    let drafts = derive::delete(&view).into_iter().collect();
                    let (cs, owner) = (decision.cs, decision.owner);
                    drafted.push(Drafted {
                        mv: *mv,
                        cs,
                        owner,
                        drafts,
                    });
                }
                Act::Rest | Act::Release => {
                    if target.state.intent.is_some() {
                        part.intents_removed.push(decision.cs);
                    }
                    if !target.state.pending.is_empty() {
                        part.pending.push(PendingSet {
                            cs: decision.cs,
                            ops: Vec::new(),
                        });
                    }
                }
            }
        }
        for (_, decision) in &decisions {
            let links = &self.links;
            let written = links
                .provisioned
                .get(&decision.cs)
                .or(links.renamed.get(&decision.cs));
            part.provisioned.extend(written.map(|p| Provisioned {
                row: links.row(decision.cs).copied().unwrap_or(p.row),
                body: p.body.clone(),
            }));
        }
        self.seal(drafted, &targets, part).await
    }

    fn reference_events(
        &self,
        mv: MvId,
        owner: PartId,
        wanted: &[derive::Wanted],
        absent: &BTreeSet<MvId>,
        part: &mut PlanPart,
    ) {
        let waiting: Vec<Subject> = wanted
            .iter()
            .filter(|w| !w.addressable)
            .map(|w| Subject::Cs(w.to))
            .collect();
        let absent: Vec<Subject> = absent.iter().map(|mv| Subject::Mv(*mv)).collect();
        for (kind, others) in [
            (EventKind::AwaitingExport, waiting),
            (EventKind::NotInTarget, absent),
        ] {
            if !others.is_empty() {
                let subject = Subject::Mv(mv);
                part.events.push(Event {
                    kind,
                    subject,
                    part: Some(owner),
                    others,
                });
            }
        }
    }

    async fn load_targets(
        &mut self,
        decisions: &[(MvId, Decision)],
    ) -> Result<BTreeMap<CsId, Target>, SyncError<R::Error>> {
        let ids: Vec<CsId> = decisions.iter().map(|(_, decision)| decision.cs).collect();
        let mut targets = BTreeMap::new();
        for object in self.reader.objects(&ids).await.map_err(SyncError::Store)? {
            // The row as the run sees it; the body as it was read.
            let row = self.links.row(object.row.id).copied().unwrap_or(object.row);
            let target = Target {
                object: CsObject {
                    row,
                    body: object.body,
                },
                refs: Vec::new(),
                state: TargetState::default(),
            };
            targets.insert(object.row.id, target);
        }
        for id in &ids {
            if let Some(provisioned) = self.links.provisioned.get(id) {
                let row = self.links.row(*id).copied().unwrap_or(provisioned.row);
                targets.insert(
                    *id,
                    Target {
                        object: CsObject {
                            row,
                            body: provisioned.body.clone(),
                        },
                        refs: Vec::new(),
                        state: TargetState::default(),
                    },
                );
            }
        }
        for reference in self
            .reader
            .refs_from(&ids)
            .await
            .map_err(SyncError::Store)?
        {
            if let Some(target) = targets.get_mut(&reference.from) {
                target.refs.push(reference);
            }
        }
        for (cs, state) in self.reader.targets(&ids).await.map_err(SyncError::Store)? {
            if let Some(target) = targets.get_mut(&cs) {
                target.state = state;
            }
        }
        targets.values_mut().for_each(|target| {
            target.refs.sort_unstable();
            target.state.memory.sort_by_key(|entry| entry.export_seq);
            target.state.pending.sort_by_key(PlannedOp::pass);
        });
        Ok(targets)
    }

    fn outbound_answers(
        &self,
        decisions: &[(MvId, Decision)],
        targets: &BTreeMap<CsId, Target>,
        live: &Living<'_>,
    ) -> Result<BTreeMap<(CsId, usize), RowAnswer>, SyncError<R::Error>> {
        let mut by_part: BTreeMap<usize, Vec<(CsId, RuleRow<'_>)>> = BTreeMap::new();
        for (mv, decision) in decisions {
            let (Act::Flow { parts, .. }, Some(one), Some(target)) =
                (&decision.act, live.get(mv), targets.get(&decision.cs))
            else {
                continue;
            };
            let image = target
                .object
                .row
                .is_present()
                .then_some(&target.object.body.attrs);
            for part in parts {
                let row = RuleRow {
                    attrs: &one.attrs,
                    target: image,
                };
                by_part.entry(*part).or_default().push((decision.cs, row));
            }
        }
        let mut answers = BTreeMap::new();
        for (part, rows) in by_part {
            let (ids, rows): (Vec<CsId>, Vec<RuleRow<'_>>) = rows.into_iter().unzip();
            let said = self
                .cx
                .rules
                .evaluate(self.cx.set.outbound[part].id, &rows)?;
            answers.extend(ids.into_iter().map(|cs| (cs, part)).zip(said));
        }
        Ok(answers)
    }

    /// Names the objects of the drafts and writes the operations.
    async fn seal(
        &mut self,
        drafted: Vec<Drafted>,
        targets: &BTreeMap<CsId, Target>,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let mut wanted = BTreeSet::new();
        for one in &drafted {
            if !self.stays(one, targets) {
                wanted.extend(
                    one.drafts
                        .iter()
                        .flat_map(|draft| seal::wanted(one.cs, draft)),
                );
            }
        }
        let keys = self.object_keys(wanted).await?;
        for mut one in drafted {
            let target = &targets[&one.cs];
            let staged = &target.state.pending;
            let ops = if self.stays(&one, targets) {
                let blocked = one.drafts.first().and_then(|draft| draft.blocked);
                staged
                    .iter()
                    .map(|op| PlannedOp {
                        blocked,
                        ..op.clone()
                    })
                    .collect()
            } else {
                let mut ops = Vec::new();
                for draft in &mut one.drafts {
                    draft
                        .effect
                        .refs
                        .retain(|change| keys.contains_key(&change.to));
                    ops.extend(
                        self.planned(one.mv, one.owner, target, draft, &keys)
                            .await?,
                    );
                }
                ops
            };
            if *staged != ops {
                part.pending.push(PendingSet { cs: one.cs, ops });
            }
        }
        Ok(())
    }

    fn stays(&self, one: &Drafted, targets: &BTreeMap<CsId, Target>) -> bool {
        let staged = &targets[&one.cs].state.pending;
        staged.iter().all(|op| op.part == one.owner) && derive::same_meaning(staged, &one.drafts)
    }

    async fn planned(
        &mut self,
        mv: MvId,
        owner: PartId,
        target: &Target,
        draft: &Draft,
        keys: &seal::Keys,
    ) -> Result<Option<PlannedOp>, SyncError<R::Error>> {
        let row = target.object.row;
        let empty = draft.effect.verb == syncline_model::plan::Verb::Update
            && draft.effect.place.is_none()
            && draft.effect.attrs.is_empty()
            && draft.effect.refs.is_empty();
        if empty {
            return Ok(None);
        }
        let Some(op) = seal::operation(&self.cx, &row, draft, keys) else {
            return Ok(None);
        };
        let container = draft
            .effect
            .place
            .as_ref()
            .map(|place| place.parent)
            .or(row.parent);
        let depth = self
            .names
            .depth(self.reader, &mut self.links, container)
            .await?;
        let profile = self.cx.owner_of(owner).unwrap_or(self.cx.profile);
        let Some(object_type) = row.object_type else {
            return Ok(None);
        };
        Ok(Some(PlannedOp {
            cs: row.id,
            mv: Some(mv),
            directory: row.directory,
            profile,
            part: owner,
            object_type,
            depth,
            hash: op.hash(),
            op,
            effect: draft.effect.clone(),
            place_before: draft.place_before.clone(),
            changes: draft.changes.clone(),
            facts: draft.facts.clone(),
            blocked: draft.blocked,
        }))
    }

    /// How operations name these objects: by anchor, or as new objects of a part and source.
    async fn object_keys(
        &mut self,
        wanted: BTreeSet<CsId>,
    ) -> Result<seal::Keys, SyncError<R::Error>> {
        let mut keys = seal::Keys::new();
        let stored: Vec<CsId> = wanted
            .iter()
            .copied()
            .filter(|cs| !self.links.provisioned.contains_key(cs))
            .collect();
        for chunk in stored.chunks(BATCH) {
            for (cs, body) in self.reader.bodies(chunk).await.map_err(SyncError::Store)? {
                if let Some(anchor) = body.anchor {
                    keys.insert(cs, ObjectKey::Anchor(anchor));
                }
            }
            let unknown: Vec<CsId> = chunk
                .iter()
                .copied()
                .filter(|cs| !self.links.knows(*cs))
                .collect();
            let rows = self.reader.rows(&unknown).await.map_err(SyncError::Store)?;
            self.links.learn(rows);
        }
        let new: Vec<(CsId, syncline_model::object::Link)> = wanted
            .into_iter()
            .filter(|cs| !keys.contains_key(cs))
            .filter_map(|cs| Some((cs, self.links.link(cs)?)))
            .collect();
        let unknown: BTreeSet<MvId> = new
            .iter()
            .map(|(_, link)| link.mv)
            .filter(|mv| !self.origins.contains_key(mv))
            .collect();
        for chunk in unknown.into_iter().collect::<Vec<_>>().chunks(BATCH) {
            for object in self.reader.mv(chunk).await.map_err(SyncError::Store)? {
                self.origins.insert(object.id, object.body.origin);
            }
        }
        for (cs, link) in new {
            if let Some(origin) = self.origins.get(&link.mv) {
                let (source, anchor) = (origin.directory, origin.anchor.clone());
                keys.insert(
                    cs,
                    ObjectKey::New {
                        part: link.part,
                        source,
                        anchor,
                    },
                );
            }
        }
        Ok(keys)
    }

    /// Links, consumption, removal and keys of the part's connector-space objects.
    async fn write_cs(
        &mut self,
        group: &Group,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let profile = self.cx.profile;
        let subjects: Vec<Subject> = group.cs.iter().copied().map(Subject::Cs).collect();
        let mut stored: BTreeMap<CsId, BTreeSet<(KeyId, KeyHash)>> = BTreeMap::new();
        for row in self
            .reader
            .keys_of(&subjects)
            .await
            .map_err(SyncError::Store)?
        {
            if let Subject::Cs(cs) = row.subject {
                stored.entry(cs).or_default().insert((row.key, row.hash));
            }
        }
        for cs in &group.cs {
            part.links.extend(self.links.change(*cs));
            part.events
                .extend(self.cs_events.remove(cs).into_iter().flatten());
            if self.links.removed.contains(cs) {
                part.cs_removed.push(*cs);
            }
            let failed = self
                .cs_errors
                .range((*cs, PartId(i64::MIN))..=(*cs, PartId(i64::MAX)))
                .any(|(_, entries)| entries.iter().any(|entry| entry.kind == ErrorKind::Rule));
            if let Some(image) = self.work_cs.get(cs).filter(|_| !failed) {
                part.consumed.push(Consumed {
                    profile,
                    cs: *cs,
                    image: *image,
                });
            }
        }
        let observed: BTreeMap<CsId, usize> = self
            .observed
            .iter()
            .enumerate()
            .filter(|(_, seen)| group.cs.contains(&seen.cs))
            .map(|(n, seen)| (seen.cs, n))
            .collect();
        for cs in &group.cs {
            if self.links.removed.contains(cs) {
                continue;
            }
            let Some(row) = self.links.row(*cs) else {
                continue;
            };
            let mut covered = BTreeSet::new();
            let mut now: BTreeSet<(KeyId, KeyHash)> = BTreeSet::new();
            for (_, inbound) in self.cx.set.inbound_of(row.directory, row.object_type) {
                if inbound.profile == profile && observed.contains_key(cs) {
                    covered.extend(inbound.groups.iter().map(|group| group.own_key));
                }
            }
            for (_, outbound) in self.cx.set.outbound_of(row.directory, row.object_type) {
                if outbound.profile == profile && self.target_keys.contains_key(cs) {
                    covered.extend(outbound.groups.iter().map(|group| group.other_key));
                }
            }
            now.extend(self.target_keys.get(cs).into_iter().flatten());
            if let (None, Some(n)) = (row.link, observed.get(cs)) {
                for view in &self.observed[*n].views {
                    let groups = &self.cx.set.inbound[view.part].groups;
                    for (group, hash) in groups.iter().zip(&view.keys) {
                        now.extend(hash.map(|hash| (group.own_key, hash)));
                    }
                }
            }
            let none = BTreeSet::new();
            let before: BTreeSet<(KeyId, KeyHash)> = stored
                .get(cs)
                .unwrap_or(&none)
                .iter()
                .filter(|(key, _)| covered.contains(key))
                .copied()
                .collect();
            if before != now {
                part.keys.push(KeysOf {
                    subject: Subject::Cs(*cs),
                    covered: covered.into_iter().collect(),
                    rows: now.into_iter().collect(),
                });
            }
        }
        Ok(())
    }

    async fn write_errors(
        &mut self,
        group: &Group,
        mv_errors: BTreeMap<(MvId, PartId), BTreeSet<ErrorEntry>>,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        let ours = |id: Option<PartId>| {
            id.is_none_or(|id| {
                self.cx
                    .owner_of(id)
                    .is_none_or(|owner| owner == self.cx.profile)
            })
        };
        let mut sets: BTreeMap<(Subject, Option<PartId>), Vec<ErrorEntry>> = BTreeMap::new();
        let subjects: Vec<Subject> = group
            .cs
            .iter()
            .map(|cs| Subject::Cs(*cs))
            .chain(group.mvs.iter().map(|mv| Subject::Mv(*mv)))
            .collect();
        for (subject, stage, id) in self
            .reader
            .erring(&subjects)
            .await
            .map_err(SyncError::Store)?
        {
            let of_sync = matches!(stage, Stage::Inbound | Stage::Outbound);
            if of_sync && ours(id) {
                sets.insert((subject, id), Vec::new());
            }
        }
        for cs in &group.cs {
            let entries: Vec<(PartId, Vec<ErrorEntry>)> = self
                .cs_errors
                .range((*cs, PartId(i64::MIN))..=(*cs, PartId(i64::MAX)))
                .map(|((_, id), entries)| (*id, entries.clone()))
                .collect();
            for (id, entries) in entries {
                sets.insert((Subject::Cs(*cs), Some(id)), entries);
            }
        }
        for ((mv, id), entries) in mv_errors {
            sets.insert((Subject::Mv(mv), Some(id)), entries.into_iter().collect());
        }
        for ((subject, id), mut entries) in sets {
            entries.sort();
            let stage = match subject {
                Subject::Cs(_) => Stage::Inbound,
                Subject::Mv(_) => Stage::Outbound,
            };
            part.errors.push(ErrorSet {
                subject,
                stage,
                part: id,
                entries,
            });
        }
        Ok(())
    }
}
