//! Names and references: from what a directory calls an object to its row (D-05, D-20, D-61).
//!
//! Invariants: a name has one holder at any time; missing containers and unknown references become
//! placeholders; what earlier entries of the page moved is found where it is now.

use super::*;

impl<R: CsReader> Page<'_, '_, R> {
    pub(super) fn name(&self, parent: Option<CsId>, rdn: &Rdn) -> (KeyHash, KeyHash) {
        name_hashes(self.import.hashing, self.import.directory, parent, rdn)
    }

    /// In a flat directory, what of an object's image no other object may hold; `None` where that is not known.
    pub(super) fn unique_value(&self, staged: &Staged) -> Option<Option<KeyHash>> {
        let body = staged.body.as_ref().filter(|_| staged.seen)?;
        let directory = self.import.directory;
        let types = &self.import.set.directories.get(&directory)?.types;
        let attr = types.get(&staged.row.object_type?)?.unique?;
        let values = body.attrs.get(attr);
        Some(unique_value(self.import.hashing, directory, attr, values))
    }

    /// The holder of a name.
    pub(super) async fn holder(&mut self, name: KeyHash) -> Result<Option<CsId>, R::Error> {
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
    pub(super) async fn find(&mut self, dn: &Dn) -> Result<Option<Option<CsId>>, R::Error> {
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
    pub(super) async fn container(&mut self, dn: &Dn) -> Result<Option<CsId>, R::Error> {
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

    pub(super) async fn placeholder(
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

    /// Puts an object at its name.
    pub(super) async fn place(&mut self, cs: CsId, dn: &Dn) -> Result<(), R::Error> {
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

    /// The object that a reference names; unknown ones become placeholders.
    pub(super) async fn referred(&mut self, name: &ObjectName) -> Result<Option<CsId>, R::Error> {
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

    pub(super) async fn references(
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
}
