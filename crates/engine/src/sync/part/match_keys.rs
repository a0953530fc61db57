//! Keys of metaverse objects, and who is woken by a changed one (D-27, D-37).
//!
//! Invariants: key rows always equal what the values give, or what a failing expression gave before; a
//! disconnector is looked at again exactly when a key came to or went from its value.

use super::*;

impl<R: SyncReader> Run<'_, R> {
    /// Keys of metaverse objects, and the disconnectors that a changed key may concern.
    pub(super) async fn write_keys(
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
                part.events.extend(self.drift(*id, &now));
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
            .filter(|object| object.state != MvState::Live)
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
        // Who is gone may still wait for the name that his retired object is to have.
        let ours = self.cx.set.outbound.iter();
        let ours = ours.filter(|part| part.profile == self.cx.profile);
        let awaited: BTreeSet<KeyId> = ours.map(|part| KeyId::awaited(part.id)).collect();
        let gone: BTreeSet<MvId> = part.mv_removed.iter().copied().collect();
        for mv in members {
            if live.contains_key(mv) || gone.contains(mv) {
                continue;
            }
            let before = stored.get(mv).unwrap_or(&none).iter();
            let before: BTreeSet<_> = before.filter(|(key, _)| awaited.contains(key)).collect();
            let now = self.waits.get(mv).unwrap_or(&none);
            if before != now.iter().collect() {
                sets.push(KeysOf {
                    subject: Subject::Mv(*mv),
                    covered: awaited.iter().copied().collect(),
                    rows: now.iter().copied().collect(),
                });
            }
        }
        // A metaverse object that is gone gives up its match values.
        // Once, when it becomes a tombstone, and once more when that goes.
        let buried = part
            .mv
            .iter()
            .filter(|object| object.state == MvState::Tombstone);
        let ends: BTreeSet<MvId> = buried.map(|object| object.id).chain(gone).collect();
        for mv in &ends {
            let keys = self
                .cx
                .set
                .mv
                .values()
                .flat_map(|mv| &mv.keys)
                .map(|key| key.key);
            let keys: BTreeSet<KeyId> = keys.collect();
            let before = stored.get(mv).unwrap_or(&none);
            changed.extend(before.iter().filter(|(key, _)| keys.contains(key)));
        }
        sets.sort_by_key(|set| set.subject);
        part.keys.extend(sets);
        self.wake_disconnectors(&changed, part).await
    }

    /// Sources whose match values no longer agree with those of the object they are joined to (D-27).
    fn drift(&self, mv: MvId, now: &BTreeSet<(KeyId, KeyHash)>) -> Vec<Event> {
        let differs = |cs: CsId, part: PartId| {
            let seen = self.observed_at.get(&cs).map(|n| &self.observed[*n])?;
            let view = seen
                .views
                .iter()
                .find(|v| self.cx.set.inbound[v.part].id == part)?;
            let groups = &self.cx.set.inbound[view.part].groups;
            Some(groups.iter().zip(&view.keys).any(|(group, hash)| {
                let known = now.iter().any(|(key, _)| *key == group.other_key);
                known && hash.is_some_and(|hash| !now.contains(&(group.other_key, hash)))
            }))
        };
        self.links
            .of(mv)
            .filter(|row| self.links.before(row.id).is_none())
            .filter_map(|row| Some((row.id, row.link?.part)))
            .filter(|(cs, part)| differs(*cs, *part) == Some(true))
            .map(|(cs, part)| Event {
                kind: EventKind::MatchDrift,
                subject: Subject::Cs(cs),
                part: Some(part),
                others: vec![Subject::Mv(mv)],
            })
            .collect()
    }

    /// Disconnectors whose match value a metaverse object took or gave up are looked at again (D-27).
    pub(super) async fn wake_disconnectors(
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
        let mut found: BTreeSet<(CsId, (KeyId, KeyHash))> = BTreeSet::new();
        for row in self.under_keys(wanted.keys().copied()).await? {
            if let Subject::Cs(cs) = row.subject {
                found.insert((cs, (row.key, row.hash)));
            }
        }
        for key in wanted.keys() {
            found.extend(
                self.loose
                    .get(key)
                    .into_iter()
                    .flatten()
                    .map(|cs| (*cs, *key)),
            );
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
}
