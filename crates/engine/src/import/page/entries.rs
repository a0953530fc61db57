//! The kinds of entry: whole images, changes, deletions, read errors (D-19, D-22).
//!
//! Invariants: a change touches only what it names; a read error spares its object from the sweep.

use super::*;

/// What connectors say where they read a part of an attribute's values only (D-22).
const VALUES_CUT: &str = "import.value_set_incomplete";

impl<R: CsReader> Page<'_, '_, R> {
    pub(super) async fn object(&mut self, entry: ImportObject) -> Result<(), R::Error> {
        let said = self.content(&entry);
        if let Some(said) = said
            && !self.is_first(&entry, said).await?
        {
            return Ok(());
        }
        let refs = self.references(&entry.refs).await?;
        let cs = self.identify(&entry.anchor, &entry.dn).await?;
        if let Some(said) = said {
            self.heard(cs, said);
        }
        self.place(cs, &entry.dn).await?;
        let attrs = self.attrs(
            entry
                .attrs
                .into_iter()
                .map(|(name, values)| (name, Some(values))),
            Attrs::new(),
        );
        let object_type = self.import.set.types.id(&entry.object_type);
        let Some(staged) = self.objects.get_mut(&cs) else {
            return Ok(());
        };
        staged.row.kind = CsKind::Staging;
        staged.row.object_type = object_type;
        staged.row.flags = staged
            .row
            .flags
            .with(CsFlags::GONE, false)
            .with(CsFlags::NEEDS_FULL, false);
        staged.body = Some(CsBody {
            anchor: Some(entry.anchor),
            rdn: entry.dn.rdn().map(Rdn::to_string),
            attrs,
        });
        staged.refs = Some(refs);
        staged.ref_changes.clear();
        staged.refs_set.clear();
        staged.spoken = None;
        staged.seen = true;
        staged.gone = false;
        Ok(())
    }

    pub(super) fn attrs(
        &self,
        given: impl Iterator<Item = (syncline_model::AttrName, Option<syncline_model::Values>)>,
        mut attrs: Attrs,
    ) -> Attrs {
        for (name, values) in given {
            if let Some(id) = self.import.set.attrs.id(&name) {
                attrs.set(id, values);
            }
        }
        attrs
    }

    pub(super) async fn change(&mut self, change: ImportChange) -> Result<(), R::Error> {
        let known = self.by_anchor.get(&change.anchor).copied().flatten();
        let Some(cs) =
            known.filter(|cs| self.objects[cs].body.is_some() && self.objects[cs].row.is_present())
        else {
            if let Some(object_type) = change.object_type.clone() {
                return self.object(whole(change, object_type)).await;
            }
            // D-19: a change of an object that was never read whole.
            self.part.counts.read_errors += 1;
            self.part.counts.unattributable += u64::from(known.is_none());
            if let Some(cs) = known {
                let message = "a change was reported for an object that was never read whole: run a full import";
                self.part
                    .errors
                    .push(import_error(cs, ErrorKind::Unreadable, message.into()));
            }
            return Ok(());
        };
        if let Some(dn) = &change.dn {
            let cs = self.identify(&change.anchor, dn).await?;
            self.place(cs, dn).await?;
        }
        let mut set: BTreeMap<AttrId, BTreeSet<CsId>> = BTreeMap::new();
        for (attr, _) in &change.refs_set {
            if let Some(attr) = self.import.set.attrs.id(attr) {
                set.entry(attr).or_default();
            }
        }
        for (attr, to) in self.references(&change.refs_set).await? {
            set.entry(attr).or_default().insert(to);
        }
        let mut singles: BTreeMap<(AttrId, CsId), bool> = BTreeMap::new();
        let removed = change.refs_removed.iter().map(|one| (one, false));
        let added = change.refs_added.iter().map(|one| (one, true));
        for ((attr, name), came) in removed.chain(added) {
            let Some(attr) = self.import.set.attrs.id(attr) else {
                continue;
            };
            if let Some(to) = self.referred(name).await? {
                singles.insert((attr, to), came);
            }
        }
        let spoken: Vec<AttrId> = change
            .attrs
            .iter()
            .filter_map(|(name, _)| self.import.set.attrs.id(name))
            .collect();
        let old = self.objects[&cs]
            .body
            .as_ref()
            .map(|body| body.attrs.clone())
            .unwrap_or_default();
        let attrs = self.attrs(change.attrs.into_iter(), old);
        let Some(staged) = self.objects.get_mut(&cs) else {
            return Ok(());
        };
        if let Some(body) = &mut staged.body {
            body.attrs = attrs;
            if let Some(dn) = &change.dn {
                body.rdn = dn.rdn().map(Rdn::to_string);
            }
        }
        for (attr, targets) in set {
            match &mut staged.refs {
                Some(all) => {
                    all.retain(|(a, _)| *a != attr);
                    all.extend(targets.into_iter().map(|to| (attr, to)));
                }
                None => {
                    staged.ref_changes.retain(|(a, _), _| *a != attr);
                    staged.refs_set.insert(attr, targets);
                }
            }
            if let Some(spoken) = &mut staged.spoken {
                spoken.insert(attr);
            }
        }
        for ((attr, to), came) in singles {
            match (&mut staged.refs, staged.refs_set.get_mut(&attr)) {
                (Some(all), _) if came => drop(all.insert((attr, to))),
                (Some(all), _) => drop(all.remove(&(attr, to))),
                (None, Some(set)) if came => drop(set.insert(to)),
                (None, Some(set)) => drop(set.remove(&to)),
                (None, None) => drop(staged.ref_changes.insert((attr, to), came)),
            }
        }
        if let Some(all) = &mut staged.spoken {
            all.extend(spoken);
        }
        staged.seen = true;
        self.touched.insert(cs);
        Ok(())
    }

    pub(super) fn deleted(&mut self, anchor: &Anchor) {
        let Some(cs) = self.by_anchor.get(anchor).copied().flatten() else {
            return;
        };
        let Some(staged) = self.objects.get_mut(&cs) else {
            return;
        };
        if staged.row.kind == CsKind::Placeholder {
            return;
        }
        if self.import.freshness.young.contains(&cs) {
            // Read before it was there, or gone again since: a later look at the object itself tells.
            staged.row.flags = staged.row.flags.with(CsFlags::NEEDS_FULL, true);
            staged.seen = true;
            self.touched.insert(cs);
            return;
        }
        if let Some(name) = staged.row.name.take() {
            self.by_name.insert(name, None);
            self.import.containers.remove(&name);
        }
        staged.row.unique = None;
        staged.gone = true;
        staged.seen = false;
        staged.refs = Some(BTreeSet::new());
        staged.ref_changes.clear();
        staged.refs_set.clear();
        self.touched.insert(cs);
    }

    pub(super) async fn read_error(&mut self, error: &ReadError) -> Result<(), R::Error> {
        self.part.counts.read_errors += 1;
        let mut cs = error
            .anchor
            .as_ref()
            .and_then(|a| self.by_anchor.get(a).copied().flatten());
        if let (None, None, Some(Ok(dn))) = (
            cs,
            &error.anchor,
            error.dn.as_ref().map(|dn| dn.parse::<Dn>()),
        ) {
            cs = self.find(&dn).await?.flatten();
        }
        match cs {
            Some(cs) => {
                self.part.seen.push(cs);
                let kind = match error.code.as_str() {
                    VALUES_CUT => ErrorKind::ValueSetIncomplete,
                    _ => ErrorKind::Unreadable,
                };
                let error = import_error(cs, kind, error.message.clone());
                self.part.errors.push(error);
            }
            // An id or a name that we do not know is nothing that could be swept.
            None if error.anchor.is_some() => {}
            None => self.part.counts.unattributable += 1,
        }
        Ok(())
    }
}

/// A change that tells all that its object holds, as the object.
fn whole(change: ImportChange, object_type: String) -> ImportObject {
    let mut refs: BTreeMap<syncline_model::AttrName, Vec<ObjectName>> =
        change.refs_set.into_iter().collect();
    for (attr, to) in change.refs_added {
        refs.entry(attr).or_default().push(to);
    }
    ImportObject {
        anchor: change.anchor,
        dn: change.dn.unwrap_or_else(Dn::root),
        object_type,
        attrs: change
            .attrs
            .into_iter()
            .filter_map(|(name, values)| Some((name, values?)))
            .collect(),
        refs: refs.into_iter().collect(),
    }
}
