//! Inward: the leave pass and the link pass over the work list (D-23, passes 1 and 2).
//!
//! Invariants: all links end before the first one begins; bodies are read in batches and not kept.

use super::*;
use crate::keys;

impl<'a, R: SyncReader> Run<'a, R> {
    /// Pass 1: what the rules say about the objects on the list, and which links end.
    pub(super) async fn observe_and_leave(&mut self) -> Result<(), SyncError<R::Error>> {
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
        let left: Vec<CsId> = self.left.values().flatten().map(|left| left.cs).collect();
        let anchors = self.anchors_of(&left).await?;
        self.anchors.extend(anchors);
        let freed = self.disconnectors_of_freed_slots().await?;
        let more = self.observe(&freed).await?;
        self.observed.extend(more);
        let called = self.disconnectors_of_projections().await?;
        let more = self.observe(&called).await?;
        self.observed.extend(more);
        Ok(())
    }

    pub(super) fn note_left(&mut self, left: Vec<leave::Left>) {
        for one in left {
            self.event(one.cs, one.cause, vec![Subject::Mv(one.mv)]);
            self.left.entry(one.mv).or_default().push(one);
        }
    }

    pub(super) fn event(&mut self, cs: CsId, kind: EventKind, others: Vec<Subject>) {
        let event = Event {
            kind,
            subject: Subject::Cs(cs),
            part: None,
            others,
        };
        self.cs_events.entry(cs).or_default().push(event);
    }

    pub(super) async fn observe(
        &mut self,
        present: &[CsId],
    ) -> Result<Vec<Observed>, SyncError<R::Error>> {
        let mut observed = Vec::new();
        for chunk in present.chunks(self.cx.batch.get()) {
            let objects = self.reader.objects(chunk).await.map_err(SyncError::Store)?;
            let mut seen = observe::observe(&self.cx, &objects)?;
            self.observe_targets(&objects)?;
            for one in &seen {
                for view in one.views.iter().filter(|view| view.waiting) {
                    let event = Event {
                        kind: EventKind::WaitingForAttribute,
                        subject: Subject::Cs(one.cs),
                        part: Some(self.cx.set.inbound[view.part].id),
                        others: Vec::new(),
                    };
                    self.cs_events.entry(one.cs).or_default().push(event);
                }
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
    pub(super) fn observe_targets(&mut self, objects: &[CsObject]) -> Result<(), RulesFailure> {
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
    pub(super) async fn link_inbound(&mut self) -> Result<(), SyncError<R::Error>> {
        let mut candidates = join::Candidates::default();
        let wanted = join::Candidates::wanted(&self.cx, &self.links, &self.observed);
        for row in self.under_keys(wanted.iter().copied()).await? {
            if let Subject::Mv(mv) = row.subject {
                let same_key = candidates.by_key.entry((row.key, row.hash));
                same_key.or_default().insert(mv);
            }
        }
        self.refresh(&wanted, &mut candidates).await?;
        // A source whose link ended in this very run, because it is of another type or its rule is another one, finds back as
        // one does that left before (D-44).
        for mv in self.left.keys() {
            for source in self.remembered(*mv) {
                let hash = keys::remembered(self.cx.hashing, source.directory, &source.anchor);
                let same_key = candidates.by_key.entry((KeyId::remembered(), hash));
                same_key.or_default().insert(*mv);
            }
        }
        let mvs: BTreeSet<MvId> = candidates.by_key.values().flatten().copied().collect();
        let mvs: Vec<MvId> = mvs.into_iter().collect();
        self.complete_links(&mvs).await?;
        for chunk in mvs.chunks(self.cx.batch.get()) {
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
        self.index_observed();
        Ok(())
    }

    /// After linking: who was observed, and who of them still waits for a match.
    fn index_observed(&mut self) {
        for (n, seen) in self.observed.iter().enumerate() {
            self.observed_at.insert(seen.cs, n);
            if self.links.link(seen.cs).is_some() {
                continue;
            }
            for view in &seen.views {
                let groups = &self.cx.set.inbound[view.part].groups;
                for (group, hash) in groups.iter().zip(&view.keys) {
                    if let Some(hash) = hash {
                        self.loose
                            .entry((group.own_key, *hash))
                            .or_default()
                            .insert(seen.cs);
                    }
                }
            }
        }
    }

    /// Makes sure that all links of these metaverse objects are known.
    pub(super) async fn complete_links(&mut self, mvs: &[MvId]) -> Result<(), SyncError<R::Error>> {
        let unknown: Vec<MvId> = mvs
            .iter()
            .copied()
            .filter(|mv| !self.complete.contains(mv) && !self.links.new_mv.contains_key(mv))
            .collect();
        for chunk in unknown.chunks(self.cx.batch.get()) {
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
}
