//! The connector-space side of a part: links, consumption, keys, errors.
//!
//! Invariants: an object whose rule failed stays pending (D-39); errors of a profile's parts are replaced as
//! a set, so that what no longer fails is cleared; a refusal does not outlive the operations of its object.

use super::*;

impl<R: SyncReader> Run<'_, R> {
    /// Links, consumption, removal and keys of the part's connector-space objects.
    pub(super) async fn write_cs(
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
            if let Some(change) = self.links.change(*cs) {
                // Its link ended because of something else: whether it matches anew is for the next run.
                if change.link.is_none() && !self.observed_at.contains_key(cs) {
                    let subject = Subject::Cs(*cs);
                    part.work_added.push(WorkItem { profile, subject });
                }
                part.links.push(change);
            }
            part.events
                .extend(self.cs_events.remove(cs).into_iter().flatten());
            if self.links.removed.contains(cs) {
                part.cs_removed.push(*cs);
            }
            let failed = self
                .cs_errors
                .range((*cs, PartId(i64::MIN))..=(*cs, PartId(i64::MAX)))
                .any(|(_, entries)| entries.iter().any(|entry| entry.kind == ErrorKind::Rule));
            match self.work_cs.get(cs) {
                // It stays on the list, also where it was looked at because everything is (D-39).
                Some(_) if failed => {
                    let subject = Subject::Cs(*cs);
                    part.work_added.push(WorkItem { profile, subject });
                }
                Some(image) => part.consumed.push(Consumed {
                    profile,
                    cs: *cs,
                    image: *image,
                }),
                None => {}
            }
        }
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
                if inbound.profile == profile && self.observed_at.contains_key(cs) {
                    covered.extend(inbound.groups.iter().map(|group| group.own_key));
                }
            }
            for (_, outbound) in self.cx.set.outbound_of(row.directory, row.object_type) {
                if outbound.profile == profile && self.target_keys.contains_key(cs) {
                    covered.extend(outbound.groups.iter().map(|group| group.other_key));
                }
            }
            now.extend(self.target_keys.get(cs).into_iter().flatten());
            if let (None, Some(n)) = (row.link, self.observed_at.get(cs)) {
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

    pub(super) async fn write_errors(
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

    /// What a directory refused is over once nothing is left to be sent to the object: the source was changed back, or the
    /// directory holds it all the same.
    pub(super) async fn clear_refusals(
        &mut self,
        at_rest: &BTreeSet<CsId>,
        part: &mut PlanPart,
    ) -> Result<(), SyncError<R::Error>> {
        if at_rest.is_empty() {
            return Ok(());
        }
        let subjects: Vec<Subject> = at_rest.iter().copied().map(Subject::Cs).collect();
        let erring = self.reader.erring(&subjects).await;
        let refused = erring.map_err(SyncError::Store)?.into_iter();
        let refused = refused.filter(|(_, stage, _)| *stage == Stage::Export);
        part.errors
            .extend(refused.map(|(subject, stage, part)| ErrorSet {
                subject,
                stage,
                part,
                entries: Vec::new(),
            }));
        Ok(())
    }
}
