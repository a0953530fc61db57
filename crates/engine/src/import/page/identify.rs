//! Which object an entry is (D-14, D-15).
//!
//! Invariants: an anchor decides before a name does and never changes (D-06); a placeholder is replaced in
//! place; an object that lost its name waits for its own entry.

use super::*;

impl<R: CsReader> Page<'_, '_, R> {
    /// Which object an entry is: by anchor, else by the rules of D-15, else new.
    pub(super) async fn identify(&mut self, anchor: &Anchor, dn: &Dn) -> Result<CsId, R::Error> {
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

    pub(super) async fn anchor_of(&mut self, cs: CsId) -> Result<Option<Anchor>, R::Error> {
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

    pub(super) async fn fresh(&mut self, anchor: &Anchor) -> Result<CsId, R::Error> {
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

    pub(super) fn adopt(&mut self, cs: CsId, anchor: &Anchor) {
        self.by_anchor.insert(anchor.clone(), Some(cs));
        self.touched.insert(cs);
    }

    pub(super) fn merge(&mut self, from: CsId, into: CsId) {
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
    pub(super) fn retract(&mut self, cs: CsId) {
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

    pub(super) fn displace(&mut self, cs: CsId) {
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

    pub(super) fn create(&mut self, row: CsRow, body: CsBody) {
        let staged = Staged {
            stored: None,
            body: Some(body),
            ..Staged::over(row)
        };
        self.objects.insert(row.id, staged);
        self.touched.insert(row.id);
    }
}
