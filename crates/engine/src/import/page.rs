//! One page: which object each entry is, where it lies, and what is different about it (D-14, D-15, D-19).
//!
//! Invariants: an anchor decides before a name does; a name has one holder at any time; what is looked up
//! in the store is overlaid by what earlier entries of the page changed.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::dn::{Dn, Rdn};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::import::{ImportChange, ImportEntry, ImportObject, ObjectName, ReadError};
use syncline_model::object::{
    CsBody, CsFlags, CsKind, CsObject, CsRef, CsRow, KeyHash, PendingImport, Subject,
};
use syncline_model::plan::MemoryEntry;
use syncline_model::stage::{ErrorEntry, ErrorSet, RefChange, StagePart, StageRow};
use syncline_model::{Anchor, CsId};

use super::{Import, confirm, image};
use crate::keys::name_hashes;
use crate::reader::CsReader;

/// Stages a page.
pub(super) async fn stage<R: CsReader>(
    import: &mut Import<'_>,
    reader: &R,
    entries: Vec<ImportEntry>,
) -> Result<StagePart, R::Error> {
    let profiles = import.set.profiles_of(import.directory);
    let part = StagePart::new(import.directory, profiles);
    let mut page = Page {
        import,
        reader,
        part,
        objects: BTreeMap::new(),
        by_anchor: BTreeMap::new(),
        by_name: BTreeMap::new(),
        ids: 0..0,
        touched: BTreeSet::new(),
        removed: BTreeSet::new(),
        merged: Vec::new(),
    };
    page.prefetch(&entries).await?;
    for entry in entries {
        page.part.counts.read += 1;
        match entry {
            ImportEntry::Object(object) => page.object(object).await?,
            ImportEntry::Change(change) => page.change(change).await?,
            ImportEntry::Deleted(anchor) => page.deleted(&anchor),
            ImportEntry::ReadError(error) => page.read_error(&error).await?,
        }
    }
    page.finish().await
}

/// An object as the page leaves it, over what is stored.
#[derive(Debug, Clone)]
pub(super) struct Staged {
    /// The stored row; `None` for objects that this page creates.
    pub stored: Option<CsRow>,
    /// The row as it is to be.
    pub row: CsRow,
    /// The body as it is to be, once known.
    pub body: Option<CsBody>,
    /// The stored flat share, for changes.
    pub base: Option<u128>,
    /// All references, if an entry gave them all.
    pub refs: Option<BTreeSet<(AttrId, CsId)>>,
    /// References that came and went, otherwise.
    pub ref_changes: BTreeMap<(AttrId, CsId), bool>,
    /// Attributes whose references were replaced as a whole, otherwise.
    pub refs_set: BTreeMap<AttrId, BTreeSet<CsId>>,
    /// Attributes that an entry spoke about; `None`: all that the import reads.
    pub spoken: Option<BTreeSet<AttrId>>,
    /// Whether an entry of the page is about it.
    pub seen: bool,
    /// Whether the object is gone.
    pub gone: bool,
    /// Whether its name may have changed.
    pub renamed: bool,
}

impl Staged {
    fn over(stored: CsRow) -> Self {
        Self {
            stored: Some(stored),
            row: stored,
            body: None,
            base: None,
            refs: None,
            ref_changes: BTreeMap::new(),
            refs_set: BTreeMap::new(),
            spoken: Some(BTreeSet::new()),
            seen: false,
            gone: false,
            renamed: false,
        }
    }
}

struct Page<'p, 'a, R> {
    import: &'p mut Import<'a>,
    reader: &'p R,
    part: StagePart,
    objects: BTreeMap<CsId, Staged>,
    by_anchor: BTreeMap<Anchor, Option<CsId>>,
    by_name: BTreeMap<KeyHash, Option<CsId>>,
    ids: std::ops::Range<i64>,
    touched: BTreeSet<CsId>,
    removed: BTreeSet<CsId>,
    merged: Vec<(CsId, CsId)>,
}

impl<R: CsReader> Page<'_, '_, R> {
    /// Looks up in batches what the entries name, so that entries are then handled without waiting.
    async fn prefetch(&mut self, entries: &[ImportEntry]) -> Result<(), R::Error> {
        let mut anchors = BTreeSet::new();
        let mut names: BTreeMap<String, Dn> = BTreeMap::new();
        let mut whole = Vec::new();
        let dn = |dn: &Dn, names: &mut BTreeMap<String, Dn>| {
            if !dn.rdns().is_empty() {
                names.insert(dn.match_key(), dn.clone());
            }
        };
        for entry in entries {
            let mut reference = |name: &ObjectName, names: &mut BTreeMap<String, Dn>| match name {
                ObjectName::Anchor(anchor) => {
                    anchors.insert(anchor.clone());
                }
                ObjectName::Dn(name) => dn(name, names),
            };
            match entry {
                ImportEntry::Object(object) => {
                    object
                        .refs
                        .iter()
                        .flat_map(|(_, to)| to)
                        .for_each(|to| reference(to, &mut names));
                    anchors.insert(object.anchor.clone());
                    dn(&object.dn, &mut names);
                }
                ImportEntry::Change(change) => {
                    let lists = change.refs_set.iter().flat_map(|(_, to)| to);
                    let singles = change.refs_added.iter().chain(&change.refs_removed);
                    lists
                        .chain(singles.map(|(_, to)| to))
                        .for_each(|to| reference(to, &mut names));
                    anchors.insert(change.anchor.clone());
                    whole.push(change.anchor.clone());
                    if let Some(name) = &change.dn {
                        dn(name, &mut names);
                    }
                }
                ImportEntry::Deleted(anchor) => {
                    anchors.insert(anchor.clone());
                }
                ImportEntry::ReadError(error) => anchors.extend(error.anchor.clone()),
            }
        }
        let anchors: Vec<Anchor> = anchors.into_iter().collect();
        let found = self
            .reader
            .by_anchor(self.import.directory, &anchors)
            .await?;
        self.by_anchor
            .extend(anchors.into_iter().map(|anchor| (anchor, None)));
        for (anchor, row) in found {
            self.by_anchor.insert(anchor, Some(row.id));
            self.learn(row);
        }
        let whole: Vec<CsId> = whole
            .iter()
            .filter_map(|anchor| self.by_anchor.get(anchor).copied().flatten())
            .collect();
        for CsObject { row, body } in self.reader.objects(&whole).await? {
            let base = image::base(
                self.import.hashing,
                row.object_type,
                row.parent,
                body.rdn.as_deref(),
                &body.attrs,
            );
            if let Some(staged) = self.objects.get_mut(&row.id) {
                staged.base = Some(base);
                staged.body = Some(body);
            }
        }
        let mut leaves = BTreeSet::new();
        for name in names.into_values() {
            let (Some(parent), Some(rdn)) = (name.parent(), name.rdn()) else {
                continue;
            };
            if let Some(parent) = self.find(&parent).await? {
                leaves.insert(self.name(parent, rdn).0);
            }
        }
        let unknown: Vec<KeyHash> = leaves
            .into_iter()
            .filter(|name| !self.by_name.contains_key(name))
            .collect();
        let rows = self.reader.by_name(self.import.directory, &unknown).await?;
        self.by_name
            .extend(unknown.into_iter().map(|name| (name, None)));
        for row in rows {
            self.learn(row);
        }
        Ok(())
    }

    fn learn(&mut self, row: CsRow) {
        if self.objects.contains_key(&row.id) {
            return;
        }
        if let Some(name) = row.name {
            self.by_name
                .entry(name)
                .or_insert(Some(row.id))
                .get_or_insert(row.id);
        }
        self.objects.insert(row.id, Staged::over(row));
    }

    fn name(&self, parent: Option<CsId>, rdn: &Rdn) -> (KeyHash, KeyHash) {
        name_hashes(self.import.hashing, self.import.directory, parent, rdn)
    }

    async fn next_id(&mut self) -> Result<CsId, R::Error> {
        if self.ids.is_empty() {
            self.ids = self.reader.reserve(512).await?;
        }
        Ok(CsId(self.ids.next().expect("ids were just reserved")))
    }

    /// The holder of a name.
    async fn holder(&mut self, name: KeyHash) -> Result<Option<CsId>, R::Error> {
        if let Some(known) = self.by_name.get(&name) {
            return Ok(*known);
        }
        let rows = self.reader.by_name(self.import.directory, &[name]).await?;
        self.by_name.insert(name, None);
        for row in rows {
            let moved = self
                .objects
                .get(&row.id)
                .is_some_and(|o| o.row.name != Some(name));
            if moved {
                continue; // an earlier entry of the page took it elsewhere
            }
            self.by_name.insert(name, Some(row.id));
            self.learn(row);
        }
        Ok(self.by_name[&name])
    }

    /// A container by name, if it is known: `Some(None)` is the root.
    async fn find(&mut self, dn: &Dn) -> Result<Option<Option<CsId>>, R::Error> {
        let mut at = None;
        for rdn in dn.rdns().iter().rev() {
            let (name, _) = self.name(at, rdn);
            let known = match self.import.containers.get(&name).copied() {
                Some(cs) if !self.objects.contains_key(&cs) => Some(cs),
                _ => self.holder(name).await?,
            };
            match known {
                Some(cs) => {
                    self.import.containers.insert(name, cs);
                    at = Some(cs);
                }
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// A container by name; missing levels become placeholders (D-05).
    async fn container(&mut self, dn: &Dn) -> Result<Option<CsId>, R::Error> {
        if let Some(found) = self.find(dn).await? {
            return Ok(found);
        }
        let mut at = None;
        for rdn in dn.rdns().iter().rev() {
            let (name, unique) = self.name(at, rdn);
            at = Some(match self.holder(name).await? {
                Some(cs) => cs,
                None => self.placeholder(at, rdn, name, unique).await?,
            });
        }
        Ok(at)
    }

    async fn placeholder(
        &mut self,
        parent: Option<CsId>,
        rdn: &Rdn,
        name: KeyHash,
        unique: KeyHash,
    ) -> Result<CsId, R::Error> {
        let id = self.next_id().await?;
        let row = CsRow {
            parent,
            name: Some(name),
            unique: Some(unique),
            ..CsRow::placeholder(id, self.import.directory)
        };
        let body = CsBody {
            rdn: Some(rdn.to_string()),
            ..CsBody::default()
        };
        self.create(row, body);
        self.by_name.insert(name, Some(id));
        Ok(id)
    }

    fn create(&mut self, row: CsRow, body: CsBody) {
        let staged = Staged {
            stored: None,
            body: Some(body),
            ..Staged::over(row)
        };
        self.objects.insert(row.id, staged);
        self.touched.insert(row.id);
    }

    /// The object that a reference names; unknown ones become placeholders.
    async fn referred(&mut self, name: &ObjectName) -> Result<Option<CsId>, R::Error> {
        match name {
            ObjectName::Anchor(anchor) => {
                if let Some(known) = self.by_anchor.get(anchor).copied().flatten() {
                    return Ok(Some(known));
                }
                let id = self.next_id().await?;
                let row = CsRow::placeholder(id, self.import.directory);
                let body = CsBody {
                    anchor: Some(anchor.clone()),
                    ..CsBody::default()
                };
                self.create(row, body);
                self.by_anchor.insert(anchor.clone(), Some(id));
                Ok(Some(id))
            }
            ObjectName::Dn(dn) => self.container(dn).await,
        }
    }

    async fn references(
        &mut self,
        lists: &[(syncline_model::AttrName, Vec<ObjectName>)],
    ) -> Result<BTreeSet<(AttrId, CsId)>, R::Error> {
        let mut refs = BTreeSet::new();
        for (attr, names) in lists {
            let Some(attr) = self.import.set.attrs.id(attr) else {
                continue;
            };
            for name in names {
                refs.extend(self.referred(name).await?.map(|to| (attr, to)));
            }
        }
        Ok(refs)
    }

    async fn object(&mut self, entry: ImportObject) -> Result<(), R::Error> {
        let refs = self.references(&entry.refs).await?;
        let cs = self.identify(&entry.anchor, &entry.dn).await?;
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

    fn attrs(
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

    /// Which object an entry is: by anchor, else by the rules of D-15, else new.
    async fn identify(&mut self, anchor: &Anchor, dn: &Dn) -> Result<CsId, R::Error> {
        let holder = match dn.rdn() {
            None => None,
            Some(rdn) => {
                let parent = match dn.parent() {
                    Some(parent) => self.container(&parent).await?,
                    None => None,
                };
                let (name, _) = self.name(parent, rdn);
                self.holder(name).await?
            }
        };
        let known = self.by_anchor.get(anchor).copied().flatten();
        let Some(holder) = holder.filter(|holder| Some(*holder) != known) else {
            return match known {
                Some(known) => Ok(known),
                None => self.fresh(anchor).await,
            };
        };
        let held = self.objects[&holder].row;
        let anchored = self.anchor_of(holder).await?.is_some();
        let cs = match known {
            // D-15a: the placeholder of this name is this object after all.
            Some(known) if held.kind == CsKind::Placeholder && !anchored => {
                self.merge(holder, known);
                known
            }
            None if held.kind == CsKind::Placeholder && !anchored => {
                self.adopt(holder, anchor);
                holder
            }
            // D-15b and c: provisioned by us, without an id so far.
            _ if held.is_provisional() && !anchored => {
                let doubt = !self.reader.in_doubt(&[holder]).await?.is_empty();
                if known.is_none() && (doubt || held.flags.has(CsFlags::ACKNOWLEDGED)) {
                    self.adopt(holder, anchor);
                    holder
                } else {
                    self.retract(holder);
                    match known {
                        Some(known) => known,
                        None => self.fresh(anchor).await?,
                    }
                }
            }
            // D-15d: another object holds the name, until its own entry says where it went.
            _ => {
                self.displace(holder);
                match known {
                    Some(known) => known,
                    None => self.fresh(anchor).await?,
                }
            }
        };
        Ok(cs)
    }

    async fn anchor_of(&mut self, cs: CsId) -> Result<Option<Anchor>, R::Error> {
        if self.objects[&cs].body.is_none() {
            for CsObject { row, body } in self.reader.objects(&[cs]).await? {
                let base = image::base(
                    self.import.hashing,
                    row.object_type,
                    row.parent,
                    body.rdn.as_deref(),
                    &body.attrs,
                );
                if let Some(staged) = self.objects.get_mut(&row.id) {
                    staged.base = Some(base);
                    staged.body = Some(body);
                }
            }
        }
        Ok(self.objects[&cs]
            .body
            .as_ref()
            .and_then(|body| body.anchor.clone()))
    }

    async fn fresh(&mut self, anchor: &Anchor) -> Result<CsId, R::Error> {
        let id = self.next_id().await?;
        let row = CsRow {
            kind: CsKind::Staging,
            ..CsRow::placeholder(id, self.import.directory)
        };
        self.create(
            row,
            CsBody {
                anchor: Some(anchor.clone()),
                ..CsBody::default()
            },
        );
        self.by_anchor.insert(anchor.clone(), Some(id));
        Ok(id)
    }

    fn adopt(&mut self, cs: CsId, anchor: &Anchor) {
        self.by_anchor.insert(anchor.clone(), Some(cs));
        self.touched.insert(cs);
    }

    fn merge(&mut self, from: CsId, into: CsId) {
        if let Some(name) = self.objects[&from].row.name {
            self.by_name.insert(name, None);
        }
        self.merged.push((from, into));
        self.objects.remove(&from);
        for staged in self.objects.values_mut() {
            if staged.row.parent == Some(from) {
                staged.row.parent = Some(into);
            }
        }
        self.touched.insert(into);
    }

    /// Removes an object whose Add was never acknowledged and marks its metaverse object for another try.
    fn retract(&mut self, cs: CsId) {
        let row = self.objects[&cs].row;
        if let Some(name) = row.name {
            self.by_name.insert(name, None);
        }
        if let Some(link) = row.link {
            self.part.work.push(Subject::Mv(link.mv));
        }
        self.removed.insert(cs);
        self.objects.remove(&cs);
    }

    fn displace(&mut self, cs: CsId) {
        let Some(staged) = self.objects.get_mut(&cs) else {
            return;
        };
        if let Some(name) = staged.row.name.take() {
            self.by_name.insert(name, None);
        }
        staged.row.unique = None;
        staged.row.flags = staged.row.flags.with(CsFlags::TRANSIENT, true);
        staged.renamed = true;
        self.touched.insert(cs);
    }

    /// Puts an object at its name.
    async fn place(&mut self, cs: CsId, dn: &Dn) -> Result<(), R::Error> {
        let Some(rdn) = dn.rdn() else {
            self.touched.insert(cs);
            return Ok(());
        };
        let parent = match dn.parent() {
            Some(parent) => self.container(&parent).await?,
            None => None,
        };
        let (name, unique) = self.name(parent, rdn);
        if let Some(holder) = self.holder(name).await?.filter(|holder| *holder != cs) {
            self.displace(holder);
        }
        let Some(staged) = self.objects.get_mut(&cs) else {
            return Ok(());
        };
        let before = staged.row.name;
        let moved = before != Some(name) || staged.row.parent != parent;
        staged.renamed |= moved && staged.stored.is_some_and(|row| row.imported.is_some());
        staged.row.parent = parent;
        staged.row.name = Some(name);
        staged.row.unique = Some(unique);
        staged.row.flags = staged.row.flags.with(CsFlags::TRANSIENT, false);
        if let Some(before) = before.filter(|before| *before != name)
            && self.by_name.get(&before) == Some(&Some(cs))
        {
            self.by_name.insert(before, None);
            self.import.containers.remove(&before);
        }
        self.by_name.insert(name, Some(cs));
        self.touched.insert(cs);
        Ok(())
    }

    async fn change(&mut self, change: ImportChange) -> Result<(), R::Error> {
        let known = self.by_anchor.get(&change.anchor).copied().flatten();
        let Some(cs) =
            known.filter(|cs| self.objects[cs].body.is_some() && self.objects[cs].row.is_present())
        else {
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

    fn deleted(&mut self, anchor: &Anchor) {
        let Some(cs) = self.by_anchor.get(anchor).copied().flatten() else {
            return;
        };
        let Some(staged) = self.objects.get_mut(&cs) else {
            return;
        };
        if staged.row.kind == CsKind::Placeholder {
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

    async fn read_error(&mut self, error: &ReadError) -> Result<(), R::Error> {
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
                self.part.errors.push(import_error(
                    cs,
                    ErrorKind::Unreadable,
                    error.message.clone(),
                ));
            }
            // An id or a name that we do not know is nothing that could be swept.
            None if error.anchor.is_some() => {}
            None => self.part.counts.unattributable += 1,
        }
        Ok(())
    }

    /// Diffs what the page leaves against what is stored.
    async fn finish(mut self) -> Result<StagePart, R::Error> {
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
            self.diff(cs, staged, old, remembered);
        }
        self.part.removed.extend(self.removed.iter().copied());
        self.part.merged = self.merged;
        self.part.work.sort_unstable();
        self.part.work.dedup();
        self.part.refs.sort_unstable();
        Ok(self.part)
    }

    async fn old_refs(
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

    fn hash_of(
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

    fn base_of(&self, staged: &Staged) -> u128 {
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

    fn diff(
        &mut self,
        cs: CsId,
        mut staged: Staged,
        old: &BTreeSet<(AttrId, CsId)>,
        memory: Vec<MemoryEntry>,
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
        let imported_before = stored.and_then(|row| row.imported);
        let content = staged.row.imported != imported_before;
        if imported_before == staged.row.imported {
            // Same content: nothing about references is different either.
            changes.clear();
        }
        if self.import.full && staged.seen {
            self.part.seen.push(cs);
        }
        let contradicted = self.confirm(&staged, old, memory);
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

    fn diff_gone(&mut self, cs: CsId, staged: Staged, memory: Vec<MemoryEntry>) {
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

    fn forget_memory(&mut self, cs: CsId, memory: &[MemoryEntry]) {
        let changes = confirm::gone(cs, memory);
        self.part.counts.confirmed += changes.confirmed;
        self.part.memory.extend(changes.entries);
    }

    /// What the image says about acknowledged exports; whether it contradicts one.
    fn confirm(
        &mut self,
        staged: &Staged,
        old: &BTreeSet<(AttrId, CsId)>,
        memory: Vec<MemoryEntry>,
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
            fence: self.import.fence,
        };
        let changes = confirm::judge(&reading, memory);
        self.part.counts.confirmed += changes.confirmed;
        self.part.counts.contradicted += changes.contradicted;
        self.part.memory.extend(changes.entries);
        self.part.errors.extend(changes.errors);
        changes.contradicted > 0
    }
}

/// The row of an object that is gone.
pub(super) fn gone_row(mut row: CsRow) -> CsRow {
    row.imported = None;
    row.name = None;
    row.unique = None;
    row.flags = row
        .flags
        .with(CsFlags::TRANSIENT, false)
        .with(CsFlags::ACKNOWLEDGED, false)
        .with(CsFlags::GONE, row.synced.is_none());
    row
}

fn import_error(cs: CsId, kind: ErrorKind, message: String) -> ErrorSet {
    let entry = ErrorEntry {
        kind,
        attr: None,
        message,
        others: Vec::new(),
        op: None,
    };
    ErrorSet {
        subject: Subject::Cs(cs),
        stage: Stage::Import,
        part: None,
        entries: vec![entry],
    }
}

fn cleared(cs: CsId) -> ErrorSet {
    ErrorSet {
        subject: Subject::Cs(cs),
        stage: Stage::Import,
        part: None,
        entries: Vec::new(),
    }
}
