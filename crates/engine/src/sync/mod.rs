//! Synchronisation of one profile: leave, link, flow, then outward, over its work list (D-23, D-37).
//!
//! Invariants: passes run over ids and keys of the whole set and write nothing; values flow in batches of
//! at most [`BATCH`] metaverse objects, each one [`PlanPart`]; a run hands parts to the tenant's
//! transaction, a what-if keeps them. A part that was not reached is found again by the next run.

pub mod appraise;
pub mod believed;
pub mod contribute;
pub mod derive;
pub mod flow;
pub mod join;
pub mod leave;
pub mod links;
mod names;
pub mod observe;
mod part;
pub mod provision;
pub mod seal;
mod touch;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use syncline_model::attrs::Attrs;
use syncline_model::object::{
    ContentHash, CsObject, CsRef, Hashing, KeyHash, KeyId, LinkKind, MvObject, MvRef, MvState,
    PendingImport, Subject,
};
use syncline_model::plan::{Event, EventKind, PlanPart};
use syncline_model::stage::ErrorEntry;
use syncline_model::{Anchor, CsId, MvId, PartId, ProfileId};

use crate::reader::SyncReader;
use crate::rules::{Rules, RulesFailure};
use crate::ruleset::{OtherKey, RuleSet};
use appraise::Wish;
use contribute::{MvInput, Source, Valued};
use links::Links;
use names::Names;
use observe::{Observed, Side};
use provision::{Decided, Decision, Targets};

/// Most objects whose bodies are in memory at once.
pub const BATCH: usize = 4096;

/// What every pass may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The active configuration.
    pub set: &'a RuleSet,
    /// Its compiled rules.
    pub rules: &'a dyn Rules,
    /// Hashing under the tenant's keys.
    pub hashing: &'a dyn Hashing,
    /// The running profile.
    pub profile: ProfileId,
}

impl Context<'_> {
    /// The profile of a part, if the part is still configured.
    pub fn owner_of(&self, part: PartId) -> Option<ProfileId> {
        let inbound = self.set.inbound_part(part).map(|(_, part)| part.profile);
        inbound.or_else(|| self.set.outbound_part(part).map(|(_, part)| part.profile))
    }
}

/// Where parts go: the tenant's transaction, or a what-if's tables.
pub trait Sink {
    /// What writing can fail with.
    type Error;

    /// Takes a part.
    fn part(&mut self, part: PlanPart) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why a synchronisation stopped.
#[derive(Debug, thiserror::Error)]
pub enum SyncError<E> {
    /// Reading or writing failed.
    #[error("the tenant's data could not be read or written")]
    Store(E),
    /// A program cannot be run.
    #[error(transparent)]
    Rules(#[from] RulesFailure),
}

/// What a synchronisation did, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects on the work list.
    pub work: u64,
    /// Metaverse objects evaluated.
    pub evaluated: u64,
    /// Parts.
    pub parts: u64,
    /// Events by kind.
    pub events: BTreeMap<EventKind, u64>,
    /// Objects with errors.
    pub errors: u64,
    /// References without a metaverse object (D-35).
    pub unresolved: u64,
    /// Parts that changed more than work lists.
    pub changing_parts: u64,
}

/// Synchronises one profile.
pub async fn sync<R: SyncReader, S: Sink<Error = R::Error>>(
    cx: Context<'_>,
    reader: &R,
    sink: &mut S,
) -> Result<Summary, SyncError<R::Error>> {
    let mut run = Run::new(cx, reader);
    run.load_work().await?;
    if run.work_cs.is_empty() && run.work_mv.is_empty() {
        return Ok(run.summary);
    }
    run.observe_and_leave().await?;
    run.link_inbound().await?;
    run.touch().await?;
    run.link_outbound().await?;
    run.flow(sink).await?;
    Ok(run.summary)
}

/// The narrow tables of one synchronisation.
struct Run<'a, R> {
    cx: Context<'a>,
    reader: &'a R,
    links: Links,
    names: Names,
    /// Objects on the work list and the image that this run sees.
    work_cs: BTreeMap<CsId, Option<ContentHash>>,
    work_mv: BTreeSet<MvId>,
    observed: Vec<Observed>,
    /// Keys of target objects on the work list.
    target_keys: BTreeMap<CsId, Vec<(KeyId, KeyHash)>>,
    left: Vec<leave::Left>,
    cs_errors: BTreeMap<(CsId, PartId), Vec<ErrorEntry>>,
    cs_events: BTreeMap<CsId, Vec<Event>>,
    /// Metaverse objects to evaluate.
    touched: BTreeSet<MvId>,
    /// Metaverse objects all of whose links are known.
    complete: BTreeSet<MvId>,
    decisions: BTreeMap<MvId, Vec<Decision>>,
    mv_events: BTreeMap<MvId, Vec<Event>>,
    mv_errors: BTreeMap<MvId, Vec<(PartId, ErrorEntry)>>,
    waits: BTreeMap<MvId, BTreeSet<(KeyId, KeyHash)>>,
    /// Anchors of observed objects and of those that left.
    anchors: BTreeMap<CsId, Anchor>,
    /// What each live metaverse object has for an origin: the order of D-23 and the keys of new objects.
    origins: BTreeMap<MvId, syncline_model::object::SourceKey>,
    summary: Summary,
}

/// The wide side of a batch of metaverse objects.
pub(crate) struct Batch {
    old: BTreeMap<MvId, MvObject>,
    old_refs: BTreeMap<MvId, Vec<MvRef>>,
    objects: BTreeMap<CsId, CsObject>,
    refs: BTreeMap<CsId, Vec<CsRef>>,
}

impl<'a, R: SyncReader> Run<'a, R> {
    fn new(cx: Context<'a>, reader: &'a R) -> Self {
        Self {
            cx,
            reader,
            links: Links::default(),
            names: Names::default(),
            work_cs: BTreeMap::new(),
            work_mv: BTreeSet::new(),
            observed: Vec::new(),
            target_keys: BTreeMap::new(),
            left: Vec::new(),
            cs_errors: BTreeMap::new(),
            cs_events: BTreeMap::new(),
            touched: BTreeSet::new(),
            complete: BTreeSet::new(),
            decisions: BTreeMap::new(),
            mv_events: BTreeMap::new(),
            mv_errors: BTreeMap::new(),
            waits: BTreeMap::new(),
            anchors: BTreeMap::new(),
            origins: BTreeMap::new(),
            summary: Summary::default(),
        }
    }

    async fn load_work(&mut self) -> Result<(), SyncError<R::Error>> {
        let work = self
            .reader
            .work(self.cx.profile)
            .await
            .map_err(SyncError::Store)?;
        self.summary.work = work.len() as u64;
        let mut ids = Vec::new();
        for subject in work {
            match subject {
                Subject::Cs(cs) => {
                    self.work_cs.insert(cs, None);
                    ids.push(cs);
                }
                Subject::Mv(mv) => {
                    self.work_mv.insert(mv);
                }
            }
        }
        for chunk in ids.chunks(BATCH) {
            let rows = self.reader.rows(chunk).await.map_err(SyncError::Store)?;
            for row in &rows {
                self.work_cs.insert(row.id, row.imported);
            }
            self.links.learn(rows);
        }
        Ok(())
    }

    /// Pass 1: what the rules say about the objects on the list, and which links end.
    async fn observe_and_leave(&mut self) -> Result<(), SyncError<R::Error>> {
        let (mut gone, mut present) = (Vec::new(), Vec::new());
        for cs in self.work_cs.keys() {
            match self.links.row(*cs) {
                Some(row) if row.pending_import() == PendingImport::Delete => gone.push(*cs),
                Some(row) if row.is_present() => present.push(*cs),
                _ => {}
            }
        }
        let left = leave::leave_gone(&self.cx, &mut self.links, &gone);
        self.note_left(left);
        let observed = self.observe(&present).await?;
        let left = leave::leave_present(&self.cx, &mut self.links, &observed);
        self.note_left(left);
        self.observed = observed;
        let left: Vec<CsId> = self.left.iter().map(|left| left.cs).collect();
        for chunk in left.chunks(BATCH) {
            for (cs, body) in self.reader.bodies(chunk).await.map_err(SyncError::Store)? {
                self.anchors.extend(body.anchor.map(|anchor| (cs, anchor)));
            }
        }
        let freed = self.disconnectors_of_freed_slots().await?;
        let more = self.observe(&freed).await?;
        self.observed.extend(more);
        Ok(())
    }

    fn note_left(&mut self, left: Vec<leave::Left>) {
        for one in left {
            self.event(one.cs, one.cause, vec![Subject::Mv(one.mv)]);
            self.left.push(one);
        }
    }

    fn event(&mut self, cs: CsId, kind: EventKind, others: Vec<Subject>) {
        let event = Event {
            kind,
            subject: Subject::Cs(cs),
            part: None,
            others,
        };
        self.cs_events.entry(cs).or_default().push(event);
    }

    async fn observe(&mut self, present: &[CsId]) -> Result<Vec<Observed>, SyncError<R::Error>> {
        let mut observed = Vec::new();
        for chunk in present.chunks(BATCH) {
            let objects = self.reader.objects(chunk).await.map_err(SyncError::Store)?;
            let mut seen = observe::observe(&self.cx, &objects)?;
            self.observe_targets(&objects)?;
            for one in &seen {
                self.anchors
                    .extend(one.anchor.clone().map(|anchor| (one.cs, anchor)));
                for view in &one.views {
                    let part = self.cx.set.inbound[view.part].id;
                    if !view.errors.is_empty() {
                        self.cs_errors.insert((one.cs, part), view.errors.clone());
                    }
                }
            }
            observed.append(&mut seen);
        }
        Ok(observed)
    }

    /// The keys of target objects, as outbound parts look them up.
    fn observe_targets(&mut self, objects: &[CsObject]) -> Result<(), RulesFailure> {
        for (index, part) in self.cx.set.outbound.iter().enumerate() {
            if part.profile != self.cx.profile || part.groups.is_empty() {
                continue;
            }
            let concerned: Vec<&CsObject> = objects
                .iter()
                .filter(|object| {
                    object.row.directory == part.directory
                        && object.row.object_type == Some(part.object_type)
                })
                .collect();
            let keys: Vec<OtherKey> = part
                .groups
                .iter()
                .enumerate()
                .map(|(group, def)| OtherKey {
                    key: def.other_key,
                    part: index,
                    group,
                })
                .collect();
            let rows: Vec<&Attrs> = concerned.iter().map(|object| &object.body.attrs).collect();
            let found = observe::other_side_keys(&self.cx, Side::Target(&keys), &rows)?;
            for (object, (hashes, errors)) in concerned.iter().zip(found) {
                self.target_keys
                    .entry(object.row.id)
                    .or_default()
                    .extend(hashes);
                if !errors.is_empty() {
                    self.cs_errors
                        .entry((object.row.id, part.id))
                        .or_default()
                        .extend(errors);
                }
            }
        }
        Ok(())
    }

    /// Pass 2: joins, then projections (D-26 to D-28).
    async fn link_inbound(&mut self) -> Result<(), SyncError<R::Error>> {
        let mut candidates = join::Candidates::default();
        let wanted = join::Candidates::wanted(&self.cx, &self.links, &self.observed);
        for chunk in wanted.chunks(BATCH) {
            for row in self
                .reader
                .find_keys(chunk)
                .await
                .map_err(SyncError::Store)?
            {
                if let Subject::Mv(mv) = row.subject {
                    candidates
                        .by_key
                        .entry((row.key, row.hash))
                        .or_default()
                        .insert(mv);
                }
            }
        }
        let mvs: BTreeSet<MvId> = candidates.by_key.values().flatten().copied().collect();
        let mvs: Vec<MvId> = mvs.into_iter().collect();
        self.complete_links(&mvs).await?;
        for chunk in mvs.chunks(BATCH) {
            for object in self.reader.mv(chunk).await.map_err(SyncError::Store)? {
                candidates
                    .heads
                    .insert(object.id, (object.mv_type, object.state));
            }
        }
        let unlinked = self
            .observed
            .iter()
            .filter(|seen| self.links.link(seen.cs).is_none())
            .count();
        let mut ids = self
            .reader
            .reserve(unlinked as u64)
            .await
            .map_err(SyncError::Store)?;
        let next = || MvId(ids.next().expect("one id is reserved per unlinked object"));
        let joined = join::link_inbound(
            &self.cx,
            &mut self.links,
            &self.observed,
            &mut candidates,
            next,
        );
        for event in joined.events {
            let (Subject::Cs(cs), kind) = (event.subject, event.kind) else {
                continue;
            };
            if matches!(kind, EventKind::Joined | EventKind::Returned)
                && let Some(Subject::Mv(mv)) = event.others.first()
                && candidates
                    .heads
                    .get(mv)
                    .is_some_and(|(_, state)| *state == MvState::Tombstone)
            {
                let revived = Event {
                    kind: EventKind::Revived,
                    subject: Subject::Mv(*mv),
                    ..event.clone()
                };
                self.cs_events.entry(cs).or_default().push(revived);
            }
            self.cs_events.entry(cs).or_default().push(event);
        }
        for (cs, part, entry) in joined.errors {
            self.cs_errors.entry((cs, part)).or_default().push(entry);
        }
        Ok(())
    }

    /// Makes sure that all links of these metaverse objects are known.
    async fn complete_links(&mut self, mvs: &[MvId]) -> Result<(), SyncError<R::Error>> {
        let unknown: Vec<MvId> = mvs
            .iter()
            .copied()
            .filter(|mv| !self.complete.contains(mv) && !self.links.new_mv.contains_key(mv))
            .collect();
        for chunk in unknown.chunks(BATCH) {
            let rows = self
                .reader
                .links_of(chunk)
                .await
                .map_err(SyncError::Store)?;
            self.links.learn(rows);
        }
        self.complete.extend(unknown);
        Ok(())
    }

    /// Outward: rounds over touched metaverse objects, until no new one is touched by a changed target link.
    async fn link_outbound(&mut self) -> Result<(), SyncError<R::Error>> {
        let mut round: Vec<MvId> = self.touched.iter().copied().collect();
        let mut announced: BTreeSet<MvId> = BTreeSet::new();
        while !round.is_empty() {
            let wishes = self.appraise(&round).await?;
            let targets = self.look_up_targets(&round, &wishes).await?;
            let vacant = wishes.len() as u64;
            let mut ids = self
                .reader
                .reserve(vacant)
                .await
                .map_err(SyncError::Store)?;
            let next = || CsId(ids.next().expect("one id is reserved per wish"));
            let order = self.in_order(&round);
            let decided = provision::link_outbound(
                &self.cx,
                &mut self.links,
                &order,
                &wishes,
                &targets,
                next,
            );
            self.take(decided);
            self.names.learn_provisioned(&self.links);
            let moved: Vec<MvId> = self
                .links
                .moved()
                .flat_map(|(_, old, new)| [old, new])
                .flatten()
                .map(|link| link.mv)
                .chain(
                    self.links
                        .provisioned
                        .values()
                        .filter_map(|p| p.row.link.map(|l| l.mv)),
                )
                .filter(|mv| !announced.contains(mv))
                .collect();
            announced.extend(moved.iter().copied());
            let mut referrers = BTreeSet::new();
            for chunk in moved.chunks(BATCH) {
                referrers.extend(
                    self.reader
                        .mv_referrers(chunk)
                        .await
                        .map_err(SyncError::Store)?,
                );
            }
            round = referrers.difference(&self.touched).copied().collect();
            self.touched.extend(round.iter().copied());
        }
        Ok(())
    }

    fn take(&mut self, decided: Decided) {
        self.decisions.extend(decided.decisions);
        for event in decided.events {
            if let Subject::Mv(mv) = event.subject {
                self.mv_events.entry(mv).or_default().push(event);
            }
        }
        for (mv, part, entry) in decided.errors {
            self.mv_errors.entry(mv).or_default().push((part, entry));
        }
        for (mv, key, hash) in decided.waits {
            self.waits.entry(mv).or_default().insert((key, hash));
        }
    }

    /// Metaverse objects by the source that first projected them, so that ids decide nothing (P-04).
    fn in_order(&self, round: &[MvId]) -> Vec<MvId> {
        let mut order = round.to_vec();
        let precedence = |mv: &MvId| {
            self.origins.get(mv).map(|origin| {
                let directory = self.cx.set.directories.get(&origin.directory);
                (directory.map_or(u32::MAX, |d| d.precedence), origin)
            })
        };
        order.sort_by(|a, b| precedence(a).cmp(&precedence(b)).then(a.cmp(b)));
        order
    }

    async fn appraise(&mut self, round: &[MvId]) -> Result<Vec<Wish>, SyncError<R::Error>> {
        self.complete_links(round).await?;
        let mut wishes = Vec::new();
        for chunk in round.chunks(BATCH) {
            let batch = self.load(chunk).await?;
            let mut live = Vec::new();
            {
                let inputs = self.inputs(chunk, &batch);
                let valued = contribute::contribute(&self.cx, &inputs)?;
                for (input, valued) in inputs.iter().zip(&valued) {
                    if self.links.alive(input.id) {
                        live.push((input.id, input.mv_type, valued.attrs()));
                    }
                }
            }
            for (mv, old) in &batch.old {
                self.origins.insert(*mv, old.body.origin.clone());
            }
            for (mv, new) in &self.links.new_mv {
                self.origins
                    .entry(*mv)
                    .or_insert_with(|| new.origin.clone());
            }
            for appraised in appraise::appraise(&self.cx, &live)? {
                wishes.push(
                    self.names
                        .resolve(&self.cx, self.reader, &mut self.links, appraised)
                        .await?,
                );
            }
        }
        wishes.sort_by_key(|wish| (wish.mv, wish.part));
        Ok(wishes)
    }

    /// Candidates by key and occupants of names.
    async fn look_up_targets(
        &mut self,
        round: &[MvId],
        wishes: &[Wish],
    ) -> Result<Targets, SyncError<R::Error>> {
        let mut targets = Targets::default();
        let mut doubtful: BTreeSet<CsId> = BTreeSet::new();
        for chunk in Targets::wanted_keys(&self.cx, wishes).chunks(BATCH) {
            for row in self
                .reader
                .find_keys(chunk)
                .await
                .map_err(SyncError::Store)?
            {
                if let Subject::Cs(cs) = row.subject {
                    targets
                        .by_key
                        .entry((row.key, row.hash))
                        .or_default()
                        .insert(cs);
                    doubtful.insert(cs);
                }
            }
        }
        for (cs, keys) in &self.target_keys {
            // Images on the work list carry newer keys than the index.
            for stored in targets.by_key.values_mut() {
                stored.remove(cs);
            }
            if self.links.row(*cs).is_some_and(|row| row.is_present()) {
                for key in keys {
                    targets.by_key.entry(*key).or_default().insert(*cs);
                    doubtful.insert(*cs);
                }
            }
        }
        for (directory, names) in Targets::wanted_names(&self.cx, wishes) {
            for chunk in names.chunks(BATCH) {
                let rows = self
                    .reader
                    .by_unique(directory, chunk)
                    .await
                    .map_err(SyncError::Store)?;
                for row in &rows {
                    if let Some(unique) = row.unique {
                        targets.by_unique.entry(unique).or_default().insert(row.id);
                    }
                }
                self.links.learn(rows);
            }
        }
        let unknown: Vec<CsId> = doubtful
            .iter()
            .copied()
            .filter(|cs| !self.links.knows(*cs))
            .collect();
        for chunk in unknown.chunks(BATCH) {
            let rows = self.reader.rows(chunk).await.map_err(SyncError::Store)?;
            self.links.learn(rows);
        }
        for mv in round {
            doubtful.extend(self.links.of(*mv).filter_map(|row| {
                let link = row.link?;
                let unsure = link.kind == LinkKind::Departing || row.is_provisional();
                unsure.then_some(row.id)
            }));
        }
        let doubtful: Vec<CsId> = doubtful.into_iter().collect();
        for chunk in doubtful.chunks(BATCH) {
            for (cs, state) in self.reader.targets(chunk).await.map_err(SyncError::Store)? {
                if state
                    .memory
                    .iter()
                    .any(|m| m.effect.verb == syncline_model::plan::Verb::Delete)
                {
                    targets.deleted.insert(cs);
                }
                if !state.escrow.is_empty() {
                    targets.in_doubt.insert(cs);
                }
            }
        }
        Ok(targets)
    }

    /// The wide side of a batch: metaverse objects and the images of their sources.
    async fn load(&self, mvs: &[MvId]) -> Result<Batch, SyncError<R::Error>> {
        let old = self.reader.mv(mvs).await.map_err(SyncError::Store)?;
        let mut old_refs: BTreeMap<MvId, Vec<MvRef>> = BTreeMap::new();
        for reference in self.reader.mv_refs(mvs).await.map_err(SyncError::Store)? {
            old_refs.entry(reference.from).or_default().push(reference);
        }
        old_refs.values_mut().for_each(|refs| refs.sort_unstable());
        let sources: Vec<CsId> = mvs
            .iter()
            .flat_map(|mv| self.links.of(*mv))
            .filter(|row| self.contributes(row))
            .map(|row| row.id)
            .collect();
        let objects = self
            .reader
            .objects(&sources)
            .await
            .map_err(SyncError::Store)?;
        let mut refs: BTreeMap<CsId, Vec<CsRef>> = BTreeMap::new();
        for reference in self
            .reader
            .refs_from(&sources)
            .await
            .map_err(SyncError::Store)?
        {
            refs.entry(reference.from).or_default().push(reference);
        }
        refs.values_mut().for_each(|refs| refs.sort_unstable());
        Ok(Batch {
            old: old.into_iter().map(|object| (object.id, object)).collect(),
            old_refs,
            objects: objects
                .into_iter()
                .map(|object| (object.row.id, object))
                .collect(),
            refs,
        })
    }

    fn contributes(&self, row: &syncline_model::object::CsRow) -> bool {
        row.is_present()
            && row
                .link
                .is_some_and(|link| link.kind != LinkKind::Departing)
            && self
                .cx
                .set
                .inbound_of(row.directory, row.object_type)
                .next()
                .is_some()
    }

    fn inputs<'b>(&'b self, mvs: &[MvId], batch: &'b Batch) -> Vec<MvInput<'b>> {
        const NONE: &[CsRef] = &[];
        mvs.iter()
            .filter_map(|mv| {
                let old = batch.old.get(mv);
                let mv_type = match (old, self.links.new_mv.get(mv)) {
                    (Some(old), _) => old.mv_type,
                    (None, Some(new)) => new.mv_type,
                    (None, None) => return None,
                };
                let sources = self
                    .links
                    .of(*mv)
                    .filter(|row| self.contributes(row))
                    .filter_map(|row| {
                        let attrs = &batch.objects.get(&row.id)?.body.attrs;
                        let refs = batch.refs.get(&row.id).map_or(NONE, Vec::as_slice);
                        Some(Source { row, attrs, refs })
                    })
                    .collect();
                let old_refs = batch.old_refs.get(mv).map_or(&[][..], Vec::as_slice);
                Some(MvInput {
                    id: *mv,
                    mv_type,
                    old,
                    old_refs,
                    sources,
                })
            })
            .collect()
    }

    fn values(&self, inputs: &[MvInput<'_>]) -> Result<Vec<Valued>, RulesFailure> {
        contribute::contribute(&self.cx, inputs)
    }
}
