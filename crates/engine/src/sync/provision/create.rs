//! Creating a target object, and names that are not free (D-41, D-62).
//!
//! Invariants: a name is given out once; a collision names the object in the way and is waited for; a
//! rename that collides withholds only the move.

use super::*;

impl Pass<'_> {
    /// Whether the wanted name is free or the object's own. A collision withholds only the move (D-41).
    pub(super) fn may_move(&mut self, mv: MvId, row: &CsRow, wish: &Wish) -> bool {
        let part = &self.cx.set.outbound[wish.part];
        let mut place = match &wish.name {
            Name::None => {
                self.give_up_name(row);
                return true;
            }
            Name::Bad => return false,
            Name::NoParent { wait, parent } => {
                self.no_parent(mv, part, *wait, parent);
                return false;
            }
            // What only a new object gets is no rename of one that is there.
            Name::Value { .. } if row.is_present() && self.cx.set.unique_is_initial(part) => {
                return true;
            }
            Name::Value { unique } => NewName {
                parent: None,
                rdn: None,
                name: None,
                unique: Some(*unique),
            },
            Name::At {
                parent,
                rdn,
                name,
                unique,
            } => NewName {
                parent: Some(*parent),
                rdn: Some(rdn.clone()),
                name: Some(*name),
                unique: Some(*unique),
            },
        };
        let Some(unique) = place.unique else {
            return true;
        };
        if self.is_shown(place.unique, place.name, row.id) {
            place.name = None;
        }
        if row.unique == place.unique {
            self.wait_for_holder(mv, part, unique, row.id);
            if self.never_sent(row) && row.name != place.name {
                self.links.rename(row.id, place);
            }
            return true;
        }
        if self.handover.is_stuck(row.id) {
            self.cannot_exchange(mv, part, row, unique);
            return false;
        }
        if let Some(other) = self.occupant(unique, row.id) {
            self.conflict(mv, part, other, unique);
            return false;
        }
        self.links.give(unique, row.id);
        if row.is_provisional() && !row.flags.has(CsFlags::ACKNOWLEDGED) {
            self.links.rename(row.id, place);
        } else {
            // Until an import shows it there, nothing else says that the name is spoken for: who wants it
            // too is decided together with this object.
            let key = KeyId::awaited(part.id);
            self.decided.waits.push((mv, key, unique));
        }
        true
    }

    /// An object of which nothing was sent and that has no value for its name any more holds none.
    fn give_up_name(&mut self, row: &CsRow) {
        if row.unique.is_some() && self.never_sent(row) {
            let none = NewName {
                parent: row.parent,
                rdn: None,
                name: row.name,
                unique: None,
            };
            self.links.rename(row.id, none);
        }
    }

    /// Whether an Add that was not sent has no name any more, because who was to give it up keeps it.
    pub(super) fn lost_its_name(&self, row: &CsRow, wish: &Wish) -> bool {
        let unique = wish.name.unique();
        let same = unique.filter(|_| unique == row.unique && self.never_sent(row));
        same.is_some_and(|unique| self.occupant(unique, row.id).is_some())
    }

    pub(super) fn conflict(&mut self, mv: MvId, part: &Outbound, other: CsId, unique: KeyHash) {
        let others = vec![Subject::Cs(other)];
        self.event(
            EventKind::ProvisionConflict,
            mv,
            Some(part.id),
            others.clone(),
        );
        let attr = self.cx.set.unique_attr(part);
        let what = attr.map_or("name", |attr| self.cx.set.attr_name(attr));
        let entry = ErrorEntry {
            kind: ErrorKind::ProvisionConflict,
            attr,
            message: format!(
                "the {what} is taken by {other}, which is not this object's: rename one of the two, correct the \
                 match so that it is found, or allow adoption on conflict"
            ),
            others,
            op: None,
        };
        self.fail(mv, part.id, entry);
        self.decided
            .waits
            .push((mv, KeyId::awaited(part.id), unique));
        self.wait_for(mv, part, other);
    }

    pub(super) fn no_parent(&mut self, mv: MvId, part: &Outbound, wait: KeyHash, parent: &str) {
        let entry = ErrorEntry {
            kind: ErrorKind::ParentMissing,
            attr: None,
            message: format!(
                "the container `{parent}` is not known in the directory: create it, include it in the import, \
                 or correct the name rule"
            ),
            others: Vec::new(),
            op: None,
        };
        self.fail(mv, part.id, entry);
        self.decided.waits.push((mv, KeyId::awaited(part.id), wait));
    }

    pub(super) fn create(
        &mut self,
        mv: MvId,
        wish: &Wish,
        wanted: &[&Wish],
        next: &mut impl FnMut() -> CsId,
    ) {
        let part = &self.cx.set.outbound[wish.part];
        if !wish.missing.is_empty() {
            let names: Vec<&str> = wish
                .missing
                .iter()
                .map(|attr| self.cx.set.attr_name(*attr))
                .collect();
            let names = names.join(", ");
            self.event(EventKind::MissingMandatory, mv, Some(part.id), Vec::new());
            let entry = ErrorEntry {
                kind: ErrorKind::MissingMandatory,
                attr: wish.missing.first().copied(),
                message: format!(
                    "the object cannot be created without a value for {names}: add a flow or complete the source"
                ),
                others: Vec::new(),
                op: None,
            };
            self.fail(mv, part.id, entry);
            return;
        }
        let (parent, rdn, name) = match &wish.name {
            Name::None | Name::Value { .. } => (None, None, None),
            Name::Bad => return,
            Name::NoParent { wait, parent } => {
                self.no_parent(mv, part, *wait, parent);
                return;
            }
            Name::At {
                parent, rdn, name, ..
            } => (Some(*parent), Some(rdn.clone()), Some(*name)),
        };
        let unique = wish.name.unique();
        if let Some(unique) = unique
            && let Some(other) = self.occupant(unique, CsId(0))
        {
            let adoptable = part.adopt_on_conflict
                && self.links.row(other).is_some_and(|row| {
                    row.link.is_none()
                        && row.is_present()
                        && row.disjoin != Disjoin::Explicit
                        && row.object_type == Some(part.object_type)
                });
            if adoptable {
                self.adopt(mv, other, wish, wanted);
            } else {
                self.conflict(mv, part, other, unique);
            }
            return;
        }
        let name = name.filter(|name| !self.is_shown(unique, Some(*name), CsId(0)));
        let id = next();
        let row = CsRow {
            kind: CsKind::Staging,
            object_type: Some(part.object_type),
            parent,
            name,
            unique,
            link: Some(Link {
                mv,
                part: part.id,
                kind: LinkKind::Target,
                explicit: false,
            }),
            provenance: Provenance::CreatedByUs,
            ..CsRow::placeholder(id, part.directory)
        };
        if let Some(unique) = unique {
            self.links.give(unique, id);
            self.wait_for_holder(mv, part, unique, id);
        }
        let body = CsBody {
            anchor: None,
            rdn,
            ..CsBody::default()
        };
        self.links.provision(Provisioned { row, body });
        self.event(
            EventKind::Provisioned,
            mv,
            Some(part.id),
            vec![Subject::Cs(id)],
        );
        self.flow(mv, &row, wish, wanted);
    }
}
