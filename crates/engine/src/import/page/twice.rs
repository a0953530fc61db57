//! Anchors that a full import shows twice (D-18).
//!
//! Invariants: an object that came twice with different content is what it was before the run, whichever page staged
//! the first; what was no object before is none; a name that somebody else holds by now is not taken back.

use syncline_model::stage::{Before, MemoryChange};

use super::super::twice::{Said, Twice, Was, content};
use super::*;

impl<R: CsReader> Page<'_, '_, R> {
    /// What an entry says, where it matters whether another one of its object comes.
    pub(super) fn content(&self, entry: &ImportObject) -> Option<u64> {
        let counts = self.import.full && self.import.twice == Twice::Duplicate;
        counts.then(|| content(self.import.hashing, entry))
    }

    /// Whether an entry is one that may be staged; otherwise all that follows from it was done.
    pub(super) async fn is_first(
        &mut self,
        entry: &ImportObject,
        said: u64,
    ) -> Result<bool, R::Error> {
        if self.import.told.is_duplicate(&entry.anchor) {
            return Ok(false);
        }
        let Some(cs) = self.by_anchor.get(&entry.anchor).copied().flatten() else {
            return Ok(true);
        };
        match self.import.told.said(cs, said) {
            Said::First => Ok(true),
            Said::Again => Ok(false),
            Said::Otherwise => {
                self.duplicate(cs, entry).await?;
                Ok(false)
            }
        }
    }

    /// Takes note of what an entry said about its object.
    pub(super) fn heard(&mut self, cs: CsId, said: u64) {
        self.import.told.heard(cs, said);
        self.whole.insert(cs);
    }

    async fn duplicate(&mut self, cs: CsId, entry: &ImportObject) -> Result<(), R::Error> {
        let message = format!(
            "The directory shows two objects with the id {} that differ; the second is {} ({}). Neither was taken: what was known of it stays. Correct the directory so that the id is unique.",
            entry.anchor, entry.dn, entry.object_type
        );
        self.import.told.duplicate(entry.anchor.clone());
        self.part.counts.read_errors += 1;
        self.part.seen.push(cs);
        self.part.duplicates.push(ReadError {
            anchor: Some(entry.anchor.clone()),
            dn: Some(entry.dn.to_string()),
            code: "import.duplicate_object".into(),
            message: message.clone(),
        });
        let was_object = if self.whole.remove(&cs) {
            self.unstage(cs).await?
        } else {
            self.put_back(cs).await?
        };
        if was_object {
            let error = import_error(cs, ErrorKind::DuplicateObject, message);
            self.part.errors.push(error);
        }
        Ok(())
    }

    /// Takes back what this page staged. Whether there was an object before.
    async fn unstage(&mut self, cs: CsId) -> Result<bool, R::Error> {
        let stored = self.objects.get(&cs).and_then(|staged| staged.stored);
        match stored.filter(|row| row.kind == CsKind::Staging) {
            None => {
                self.hollow(cs).await?;
                Ok(false)
            }
            // An earlier attempt of the run changed it: what it was then counts.
            Some(_) if self.import.told.was(cs).is_some() => {
                self.reset(cs, stored).await?;
                self.put_back(cs).await
            }
            Some(_) => {
                self.reset(cs, stored).await?;
                Ok(true)
            }
        }
    }

    async fn reset(&mut self, cs: CsId, stored: Option<CsRow>) -> Result<(), R::Error> {
        let Some(stored) = stored else { return Ok(()) };
        self.leave_name(cs);
        self.objects.insert(cs, Staged::over(stored));
        if let Some(staged) = self.objects.get_mut(&cs) {
            (staged.row.name, staged.row.unique) = (None, None);
        }
        self.take_name(cs, stored.name, stored.unique).await?;
        self.touched.insert(cs);
        Ok(())
    }

    /// Puts an object back to what it was before the run changed it in an earlier page. Whether it was one.
    async fn put_back(&mut self, cs: CsId) -> Result<bool, R::Error> {
        let page = match self.import.told.was(cs) {
            None => return Ok(true),
            Some(Was::Unknown) => {
                self.hollow(cs).await?;
                return Ok(false);
            }
            Some(Was::AsideIn(page)) => page,
        };
        let aside = self.reader.aside(page, &[cs]).await?;
        let Some(mut before) = aside.into_iter().find(|before| before.cs == cs) else {
            return Ok(true);
        };
        let mut named: Vec<CsId> = before.refs.iter().map(|(_, to)| *to).collect();
        named.extend(before.parent);
        let rows = self.reader.rows(&named).await?;
        let there: BTreeSet<CsId> = rows.iter().map(|row| row.id).collect();
        let merged: BTreeMap<CsId, CsId> = self.merged.iter().copied().collect();
        let now = |id: CsId| {
            merged
                .get(&id)
                .copied()
                .or(there.contains(&id).then_some(id))
        };
        before.refs = before
            .refs
            .iter()
            .filter_map(|(attr, to)| Some((*attr, now(*to)?)))
            .collect();
        self.leave_name(cs);
        if let Some(staged) = self.objects.get_mut(&cs) {
            staged.row.object_type = before.object_type;
            staged.row.flags = before.flags;
            staged.row.imported = before.imported;
            staged.row.parent = before.parent.and_then(now);
            staged.body = Some(before.body.clone());
            staged.seen = false;
        }
        self.take_name(cs, before.name, before.unique).await?;
        self.back.insert(cs, before);
        Ok(true)
    }

    /// What was no object before the run is none: it stays as long as others refer to it.
    async fn hollow(&mut self, cs: CsId) -> Result<(), R::Error> {
        self.anchor_of(cs).await?;
        let Some(staged) = self.objects.get_mut(&cs) else {
            return Ok(());
        };
        if let Some(body) = &mut staged.body {
            body.attrs = Attrs::new();
        }
        let row = staged.row;
        staged.row = CsRow {
            name: row.name,
            unique: row.unique,
            parent: row.parent,
            ..CsRow::placeholder(cs, row.directory)
        };
        (staged.refs, staged.seen) = (None, false);
        staged.ref_changes.clear();
        staged.refs_set.clear();
        if staged.stored.is_some_and(|row| row.kind == CsKind::Staging) {
            self.part.refs_cleared.push(cs);
        }
        self.touched.insert(cs);
        Ok(())
    }

    fn leave_name(&mut self, cs: CsId) {
        let name = self.objects.get_mut(&cs).and_then(|staged| {
            staged.row.unique = None;
            staged.row.name.take()
        });
        if let Some(name) = name {
            self.by_name.insert(name, None);
            self.import.containers.remove(&name);
        }
    }

    /// Gives an object its name again, unless somebody else holds it: then it waits for its own entry (D-15d).
    async fn take_name(
        &mut self,
        cs: CsId,
        name: Option<KeyHash>,
        unique: Option<KeyHash>,
    ) -> Result<(), R::Error> {
        let taken = match name {
            Some(name) => self.holder(name).await?.is_some_and(|holder| holder != cs),
            None => false,
        };
        let Some(staged) = self.objects.get_mut(&cs) else {
            return Ok(());
        };
        if taken {
            staged.row.flags = staged.row.flags.with(CsFlags::TRANSIENT, true);
            return Ok(());
        }
        (staged.row.name, staged.row.unique) = (name, unique);
        if let Some(name) = name {
            self.by_name.insert(name, Some(cs));
        }
        Ok(())
    }

    /// What the page changes of objects as the directory shows them is put aside first.
    pub(super) async fn put_aside(
        &mut self,
        old_refs: &BTreeMap<CsId, BTreeSet<(AttrId, CsId)>>,
        memory: &BTreeMap<CsId, Vec<MemoryEntry>>,
    ) -> Result<(), R::Error> {
        let page = self.import.told.page;
        let mut changed = Vec::new();
        for cs in std::mem::take(&mut self.whole) {
            let stored = self.objects.get(&cs).and_then(|staged| staged.stored);
            match stored.filter(|row| row.kind == CsKind::Staging) {
                None => drop(self.import.told.changed(cs, Was::Unknown)),
                Some(row) if row.imported.is_some() && !old_refs.contains_key(&cs) => {}
                Some(_) if self.import.told.changed(cs, Was::AsideIn(page)) => changed.push(cs),
                Some(_) => {}
            }
        }
        for CsObject { row, body } in self.reader.objects(&changed).await? {
            let refs = old_refs.get(&row.id).into_iter().flatten().copied();
            self.part.before.push(Before {
                cs: row.id,
                object_type: row.object_type,
                flags: row.flags,
                parent: row.parent,
                imported: row.imported,
                name: row.name,
                unique: row.unique,
                body,
                refs: refs.collect(),
                memory: memory.get(&row.id).cloned().unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Writes what was put back.
    pub(super) async fn finish_back(&mut self) -> Result<(), R::Error> {
        let back = std::mem::take(&mut self.back);
        let ids: Vec<CsId> = back.keys().copied().collect();
        let mut now: BTreeMap<CsId, BTreeSet<(AttrId, CsId)>> = BTreeMap::new();
        for r in self.reader.refs_from(&ids).await? {
            now.entry(r.from).or_default().insert((r.attr, r.to));
        }
        for (cs, before) in back {
            self.touched.remove(&cs);
            let Some(staged) = self.objects.remove(&cs) else {
                continue;
            };
            let refs: BTreeSet<(AttrId, CsId)> = before.refs.iter().copied().collect();
            let now = now.remove(&cs).unwrap_or_default();
            let change = |(attr, to): &(AttrId, CsId), added| RefChange {
                reference: CsRef {
                    from: cs,
                    attr: *attr,
                    to: *to,
                },
                added,
            };
            let went = now.difference(&refs).map(|r| change(r, false));
            let came = refs.difference(&now).map(|r| change(r, true));
            self.part.refs.extend(went.chain(came));
            let left = before.memory.into_iter().map(|entry| MemoryChange {
                cs,
                export_seq: entry.export_seq,
                left: Some(entry),
            });
            self.part.memory.extend(left);
            self.part.rows.push(StageRow {
                row: staged.row,
                body: staged.body,
                new: false,
            });
            self.part.work.push(Subject::Cs(cs));
        }
        Ok(())
    }
}
