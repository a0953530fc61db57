//! What happens to a target object whose part no longer applies, or whose metaverse object is gone (D-45, D-46).
//!
//! Invariants: an Add that was never sent is withdrawn; only what we created is deleted unless the part may
//! delete adopted objects (P-12); a link that waits for its delete occupies no slot; what an inbound part joined is
//! deprovisioned by the part whose values flow to it, and its link is ended by its own part.

use super::*;

impl Pass<'_> {
    /// A metaverse object without owners: every link ends as its part says (D-45).
    pub(super) fn dead(&mut self, mv: MvId) {
        let linked: Vec<CsRow> = self.links.of(mv).copied().collect();
        for row in linked {
            let Some(link) = row.link else { continue };
            match link.kind {
                LinkKind::Departing => self.keep_departing_one(mv, &row, link),
                LinkKind::Target => self.deprovision(mv, &row, link, true),
                _ if self.targets.managed.contains_key(&row.id) => {
                    self.deprovision(mv, &row, link, true);
                }
                _ => self.links.set(row.id, None, Disjoin::Normal),
            }
        }
    }

    /// Links that wait for their delete stay as they are.
    pub(super) fn keep_departing(&mut self, mv: MvId, directory: DirectoryId) {
        let departing: Vec<(CsRow, Link)> = self
            .links
            .of(mv)
            .filter(|row| row.directory == directory)
            .filter_map(|row| Some((*row, row.link?)))
            .filter(|(_, link)| link.kind == LinkKind::Departing)
            .collect();
        for (row, link) in departing {
            self.keep_departing_one(mv, &row, link);
        }
    }

    /// What waits for its delete goes on waiting; what is retired is asked about again, for its days may be over.
    pub(super) fn keep_departing_one(&mut self, mv: MvId, row: &CsRow, link: Link) {
        match row.retired {
            Some(_) => self.deprovision(mv, row, link, true),
            None => self.decide(mv, row.id, link.part, Act::Delete),
        }
    }

    /// The object's own target whose delete was not sent yet: it is wanted again (D-46).
    pub(super) fn departing(
        &self,
        mv: MvId,
        directory: DirectoryId,
        part: &Outbound,
    ) -> Option<CsRow> {
        self.links
            .of(mv)
            .find(|row| {
                row.directory == directory
                    && row.object_type == Some(part.object_type)
                    && row
                        .link
                        .is_some_and(|link| link.kind == LinkKind::Departing)
                    && !self.targets.deleted.contains(&row.id)
                    && !self.targets.in_doubt.contains(&row.id)
            })
            .copied()
    }

    /// Whether the object is a plan only: an Add of which nothing was sent.
    pub(super) fn never_sent(&self, row: &CsRow) -> bool {
        row.is_provisional()
            && !row.flags.has(CsFlags::ACKNOWLEDGED)
            && !self.targets.in_doubt.contains(&row.id)
    }

    /// Asks again whether an Add of which nothing was sent is right. What a match finds by now takes its place, and what
    /// a match finds doubtful, or the part may not create any more, or cannot, is not created (D-41, D-42, P-11).
    ///
    /// An account that we made for somebody else is no reason: where two people share a match value both Adds were
    /// decided together, and an export that stopped between them changes nothing of that.
    pub(super) fn doubt_add(&mut self, mv: MvId, row: &CsRow, wishes: &[&Wish]) {
        let wanted = wishes.iter().find(|wish| wish.verdict == Verdict::In);
        let Some(wish) = wanted else { return };
        let part = &self.cx.set.outbound[wish.part];
        let creates = matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly);
        let alone = match self.find(part, wish) {
            Found::None => true,
            Found::Taken(cs) => {
                let holder = self.links.row(cs);
                holder.is_some_and(|row| row.provenance == Provenance::CreatedByUs)
            }
            Found::One(_) | Found::Several(_) => false,
        };
        if !(creates && alone && wish.missing.is_empty()) {
            self.withdraw(mv, row);
        }
    }

    pub(super) fn withdraw(&mut self, mv: MvId, row: &CsRow) {
        self.links.remove(row.id);
        let others = vec![Subject::Cs(row.id)];
        let part = row.link.map(|link| link.part);
        self.event(EventKind::AddWithdrawn, mv, part, others);
    }

    /// The outbound part of a target object: that of its link, or the one whose values flow to what an inbound part
    /// joined.
    pub(super) fn part_of(&self, row: &CsRow, link: Link) -> PartId {
        let managed = self.targets.managed.get(&row.id).copied();
        managed.unwrap_or(link.part)
    }

    /// A target object whose part no longer applies (D-46).
    pub(super) fn deprovision(&mut self, mv: MvId, row: &CsRow, link: Link, dead: bool) {
        let joined = !matches!(link.kind, LinkKind::Target | LinkKind::Departing);
        let link = Link {
            part: self.part_of(row, link),
            ..link
        };
        let part = self.cx.set.outbound_part(link.part).map(|(_, part)| part);
        let others = vec![Subject::Cs(row.id)];
        if self.never_sent(row) {
            self.withdraw(mv, row);
            return;
        }
        if link.explicit && !dead {
            // What an administrator joined is not ended by scope (D-07).
            self.decide(mv, row.id, link.part, Act::Rest);
            return;
        }
        let ours = row.provenance == Provenance::CreatedByUs;
        let mut says = part.map(|part| (part.deprovision, part.delete_adopted));
        if matches!(says, Some((Deprovision::Disable, _))) {
            if self.retire(mv, row, link, dead) {
                return;
            }
            says = says.map(|(_, adopted_too)| (Deprovision::Delete, adopted_too));
        }
        match says {
            Some((Deprovision::Delete, adopted_too)) if ours || adopted_too => {
                let departing = Link {
                    kind: LinkKind::Departing,
                    ..link
                };
                match row.retired {
                    // It is disabled until it is gone, and may still come back before.
                    Some(since) => self.links.retire(row.id, departing, since),
                    None => self.links.set(row.id, Some(departing), Disjoin::Normal),
                }
                self.event(EventKind::DeleteStaged, mv, Some(link.part), others);
                self.decide(mv, row.id, link.part, Act::Delete);
            }
            Some((Deprovision::Leave, _)) | None if !dead => {
                self.decide(mv, row.id, link.part, Act::Rest);
            }
            Some((Deprovision::DisconnectExplicit, _)) => {
                self.links.set(row.id, None, Disjoin::Explicit);
                self.event(EventKind::Released, mv, Some(link.part), others);
                self.decide(mv, row.id, link.part, Act::Release);
            }
            // What an inbound part joined is its own to let go.
            Some((kept, _)) if joined && !dead => {
                if kept == Deprovision::Delete {
                    self.event(EventKind::AdoptedKept, mv, Some(link.part), others);
                }
                self.decide(mv, row.id, link.part, Act::Rest);
            }
            other => {
                let kept = matches!(other, Some((Deprovision::Delete, _)));
                self.links.set(row.id, None, Disjoin::Normal);
                let kind = if kept {
                    EventKind::AdoptedKept
                } else {
                    EventKind::Released
                };
                self.event(kind, mv, Some(link.part), others);
                self.decide(mv, row.id, link.part, Act::Release);
            }
        }
    }
}
