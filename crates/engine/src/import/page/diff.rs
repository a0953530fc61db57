//! What is different between what a page leaves and what is stored (D-13).
//!
//! Invariants: equal content writes nothing; references of large sets are compared singly where the entry
//! named them singly; what was born and is gone before any synchronisation leaves no trace.

use super::*;

impl<R: CsReader> Page<'_, '_, R> {
    /// Diffs what the page leaves against what is stored.
    pub(super) async fn finish(mut self) -> Result<StagePart, R::Error> {
        let stored: Vec<CsId> = self
            .touched
            .iter()
            .filter(|cs| self.objects.get(cs).is_some_and(|o| o.stored.is_some()))
            .copied()
            .collect();
        let old_refs = self.old_refs(&stored).await?;
        let mut memory: BTreeMap<CsId, Vec<MemoryEntry>> = BTreeMap::new();
        for entry in self.reader.memory(&stored).await? {
            memory.entry(entry.cs).or_default().push(entry);
        }
        let remembering: Vec<CsId> = memory.keys().copied().collect();
        let contests = self.reader.contests(&remembering).await?.into_iter();
        let contests: BTreeMap<CsId, Vec<Contest>> =
            contests.map(|set| (set.cs, set.contests)).collect();
        self.put_aside(&old_refs, &memory).await?;
        self.finish_back().await?;
        let subjects: Vec<Subject> = stored.iter().copied().map(Subject::Cs).collect();
        let erring: BTreeSet<Subject> = self
            .reader
            .erring(&subjects)
            .await?
            .into_iter()
            .filter(|(_, stage, _)| *stage == Stage::Import)
            .map(|(subject, _, _)| subject)
            .collect();
        let none = BTreeSet::new();
        let touched = std::mem::take(&mut self.touched);
        for cs in touched {
            let Some(staged) = self.objects.remove(&cs) else {
                continue;
            };
            let old = old_refs.get(&cs).unwrap_or(&none);
            let remembered = memory.remove(&cs).unwrap_or_default();
            if staged.seen && erring.contains(&Subject::Cs(cs)) && !self.part.seen.contains(&cs) {
                self.part.errors.push(cleared(cs));
            }
            let contested = contests.get(&cs).map_or(&[][..], Vec::as_slice);
            self.diff(cs, staged, old, (remembered, contested));
        }
        self.part.removed.extend(self.removed.iter().copied());
        self.part.merged = self.merged;
        self.part.work.sort_unstable();
        self.part.work.dedup();
        self.part.refs.sort_unstable();
        Ok(self.part)
    }

    pub(super) async fn old_refs(
        &self,
        stored: &[CsId],
    ) -> Result<BTreeMap<CsId, BTreeSet<(AttrId, CsId)>>, R::Error> {
        let mut old: BTreeMap<CsId, BTreeSet<(AttrId, CsId)>> = BTreeMap::new();
        let mut whole = Vec::new();
        let mut single = Vec::new();
        for cs in stored {
            let staged = &self.objects[cs];
            if staged.gone {
                continue;
            }
            if let (Some(refs), Some(row)) = (&staged.refs, staged.stored) {
                let hash = self.hash_of(staged, refs);
                if row.imported.is_some() && row.imported != Some(hash) {
                    whole.push(*cs);
                }
            } else if !staged.refs_set.is_empty() {
                whole.push(*cs);
            } else {
                single.extend(staged.ref_changes.keys().map(|(attr, to)| CsRef {
                    from: *cs,
                    attr: *attr,
                    to: *to,
                }));
            }
        }
        old.extend(whole.iter().map(|cs| (*cs, BTreeSet::new())));
        for reference in self.reader.refs_from(&whole).await? {
            old.entry(reference.from)
                .or_default()
                .insert((reference.attr, reference.to));
        }
        for reference in self.reader.refs_exist(&single).await? {
            old.entry(reference.from)
                .or_default()
                .insert((reference.attr, reference.to));
        }
        Ok(old)
    }

    pub(super) fn hash_of(
        &self,
        staged: &Staged,
        refs: &BTreeSet<(AttrId, CsId)>,
    ) -> syncline_model::object::ContentHash {
        image::whole(
            self.import.hashing,
            self.base_of(staged),
            refs.iter().copied(),
        )
    }

    pub(super) fn base_of(&self, staged: &Staged) -> u128 {
        let empty = CsBody::default();
        let body = staged.body.as_ref().unwrap_or(&empty);
        let (object_type, parent) = (staged.row.object_type, staged.row.parent);
        image::base(
            self.import.hashing,
            object_type,
            parent,
            body.rdn.as_deref(),
            &body.attrs,
        )
    }

    pub(super) fn diff(
        &mut self,
        cs: CsId,
        mut staged: Staged,
        old: &BTreeSet<(AttrId, CsId)>,
        (memory, contests): (Vec<MemoryEntry>, &[Contest]),
    ) {
        if staged.gone {
            self.diff_gone(cs, staged, memory);
            return;
        }
        let mut changes: Vec<(AttrId, CsId, bool)> = Vec::new();
        if let Some(refs) = &staged.refs {
            changes.extend(refs.difference(old).map(|(attr, to)| (*attr, *to, true)));
            changes.extend(old.difference(refs).map(|(attr, to)| (*attr, *to, false)));
        } else {
            for (attr, targets) in &staged.refs_set {
                let had: BTreeSet<CsId> = old
                    .iter()
                    .filter(|(a, _)| a == attr)
                    .map(|(_, to)| *to)
                    .collect();
                changes.extend(targets.difference(&had).map(|to| (*attr, *to, true)));
                changes.extend(had.difference(targets).map(|to| (*attr, *to, false)));
            }
            for ((attr, to), came) in &staged.ref_changes {
                if old.contains(&(*attr, *to)) != *came {
                    changes.push((*attr, *to, *came));
                }
            }
        }
        let stored = staged.stored;
        if staged.row.kind == CsKind::Staging && (staged.seen || staged.refs.is_some()) {
            staged.row.imported = match (
                &staged.refs,
                stored.and_then(|row| row.imported),
                staged.base,
            ) {
                (Some(refs), _, _) => Some(self.hash_of(&staged, refs)),
                (None, Some(hash), Some(base)) => {
                    let bases = (base, self.base_of(&staged));
                    Some(image::changed(
                        self.import.hashing,
                        hash,
                        bases,
                        changes.iter().copied(),
                    ))
                }
                (None, hash, _) => hash,
            };
        }
        if let Some(unique) = self.unique_value(&staged) {
            staged.row.unique = unique;
        }
        let imported_before = stored.and_then(|row| row.imported);
        let content = staged.row.imported != imported_before;
        if imported_before == staged.row.imported {
            // Same content: nothing about references is different either.
            changes.clear();
        }
        if self.import.full && staged.seen {
            self.part.seen.push(cs);
        }
        let contradicted = self.confirm(&staged, old, memory, contests);
        if staged.seen || staged.row.kind == CsKind::Staging {
            let counts = &mut self.part.counts;
            match (
                stored.is_some_and(|row| row.kind == CsKind::Staging),
                content,
            ) {
                (false, _) if staged.row.kind == CsKind::Staging => counts.added += 1,
                (_, true) => counts.updated += 1,
                _ if staged.seen => counts.unchanged += 1,
                _ => {}
            }
            counts.renamed += u64::from(staged.renamed);
            counts.transient += u64::from(staged.row.flags.has(CsFlags::TRANSIENT));
        }
        let mut row = staged.row;
        if row.flags.has(CsFlags::ACKNOWLEDGED) && row.imported.is_some() && staged.seen {
            row.flags = row.flags.with(CsFlags::ACKNOWLEDGED, false);
        }
        if stored != Some(row) || content {
            let new = stored.is_none();
            let body = (new || content || stored.is_some_and(|s| s.kind != row.kind))
                .then_some(staged.body)
                .flatten();
            self.part.rows.push(StageRow { row, body, new });
        }
        self.part
            .refs
            .extend(changes.into_iter().map(|(attr, to, added)| RefChange {
                reference: CsRef { from: cs, attr, to },
                added,
            }));
        let pending = row.pending_import() != PendingImport::None && content;
        if pending
            || contradicted
            || stored.is_some_and(|s| s.flags != row.flags)
            || row.imported != imported_before
        {
            self.part.work.push(Subject::Cs(cs));
        }
    }

    pub(super) fn diff_gone(&mut self, cs: CsId, staged: Staged, memory: Vec<MemoryEntry>) {
        let Some(stored) = staged.stored.filter(|row| row.kind == CsKind::Staging) else {
            return; // came and went within the page
        };
        self.part.counts.deleted += u64::from(stored.imported.is_some());
        self.forget_memory(cs, &memory);
        if stored.synced.is_none() && stored.link.is_none() {
            // Born and gone between two synchronisations: no trace (D-13).
            self.part.removed.push(cs);
            return;
        }
        let row = gone_row(staged.row);
        self.part.refs_cleared.push(cs);
        if row != stored {
            self.part.rows.push(StageRow {
                row,
                body: None,
                new: false,
            });
            self.part.work.push(Subject::Cs(cs));
        }
    }

    pub(super) fn forget_memory(&mut self, cs: CsId, memory: &[MemoryEntry]) {
        let changes = confirm::gone(cs, memory);
        self.part.counts.confirmed += changes.confirmed;
        self.part.memory.extend(changes.entries);
    }

    /// What the image says about acknowledged exports; whether it contradicts one.
    pub(super) fn confirm(
        &mut self,
        staged: &Staged,
        old: &BTreeSet<(AttrId, CsId)>,
        memory: Vec<MemoryEntry>,
        contests: &[Contest],
    ) -> bool {
        if memory.is_empty() || !staged.seen {
            return false;
        }
        let Some(body) = &staged.body else {
            return false;
        };
        let all: BTreeSet<(AttrId, CsId)> = match &staged.refs {
            Some(refs) => refs.clone(),
            None => old
                .iter()
                .copied()
                .filter(|(attr, _)| !staged.refs_set.contains_key(attr))
                .filter(|key| staged.ref_changes.get(key) != Some(&false))
                .chain(
                    staged
                        .refs_set
                        .iter()
                        .flat_map(|(attr, to)| to.iter().map(|to| (*attr, *to))),
                )
                .chain(
                    staged
                        .ref_changes
                        .iter()
                        .filter(|(_, came)| **came)
                        .map(|(key, _)| *key),
                )
                .collect(),
        };
        let reading = confirm::Reading {
            set: self.import.set,
            row: &staged.row,
            body,
            refs: &all,
            ref_changes: &staged.ref_changes,
            spoken: staged.spoken.as_ref(),
            selected: staged
                .row
                .object_type
                .and_then(|t| self.import.selected.get(&t)),
            freshness: &self.import.freshness,
        };
        let changes = confirm::judge(&reading, memory, contests);
        self.part.counts.confirmed += changes.confirmed;
        self.part.counts.contradicted += changes.contradicted;
        self.part.memory.extend(changes.entries);
        self.part.contests.extend(changes.contests);
        self.part.errors.extend(changes.errors);
        changes.contradicted > 0
    }
}
