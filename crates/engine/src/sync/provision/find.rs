//! Finding the target object of a metaverse object (D-42).
//!
//! Invariants: groups run in order, later ones only choose among the tied; only present, unlinked objects of
//! the part's type are candidates; a tie or a taken match never leads to a creation (P-11).

use super::*;

impl Pass<'_> {
    pub(super) fn find_or_create(
        &mut self,
        mv: MvId,
        wish: &Wish,
        wanted: &[&Wish],
        next: &mut impl FnMut() -> CsId,
    ) {
        let part = &self.cx.set.outbound[wish.part];
        let baseline = self
            .cx
            .set
            .directories
            .get(&part.directory)
            .is_some_and(|d| d.baseline);
        if !baseline {
            self.event(EventKind::NoBaseline, mv, Some(part.id), Vec::new());
            return;
        }
        if part.unread.target_keys {
            self.event(
                EventKind::WaitingForAttribute,
                mv,
                Some(part.id),
                Vec::new(),
            );
            return;
        }
        match self.find(part, wish) {
            Found::One(cs) => self.adopt(mv, cs, wish, wanted),
            Found::Several(several) => {
                let others: Vec<Subject> = several.into_iter().map(Subject::Cs).collect();
                self.event(
                    EventKind::AmbiguousTarget,
                    mv,
                    Some(part.id),
                    others.clone(),
                );
                let entry = ErrorEntry {
                    kind: ErrorKind::AmbiguousMatch,
                    attr: None,
                    message: format!(
                        "{} target objects match and none was chosen: make the match values unique, or add a \
                         match group that tells them apart",
                        others.len()
                    ),
                    others,
                    op: None,
                };
                self.fail(mv, part.id, entry);
                self.wait_for_match(mv, part, wish);
            }
            Found::Taken(cs) => {
                self.event(
                    EventKind::AlreadyJoined,
                    mv,
                    Some(part.id),
                    vec![Subject::Cs(cs)],
                );
                let entry = ErrorEntry {
                    kind: ErrorKind::AlreadyJoined,
                    attr: None,
                    message: format!(
                        "the only match, {cs}, belongs to another metaverse object: correct the match value of \
                         one of the two"
                    ),
                    others: vec![Subject::Cs(cs)],
                    op: None,
                };
                self.fail(mv, part.id, entry);
                self.wait_for_match(mv, part, wish);
                self.wait_for(mv, part, cs);
            }
            Found::None => match part.action {
                Action::CreateOrUpdate | Action::CreateOnly => {
                    if let Some(leaving) = self.leaving(mv, part, wish) {
                        self.wait_for(mv, part, leaving);
                        self.wait_for_match(mv, part, wish);
                        return;
                    }
                    self.create(mv, wish, wanted, next);
                    // What is to be created, or could not be, may yet be found.
                    self.wait_for_match(mv, part, wish);
                }
                Action::UpdateOnly | Action::MatchOnly => {
                    self.event(EventKind::Unmatched, mv, Some(part.id), Vec::new());
                    self.wait_for_match(mv, part, wish);
                }
            },
        }
    }

    pub(super) fn wait_for_match(&mut self, mv: MvId, part: &Outbound, wish: &Wish) {
        for (group, hash) in part.groups.iter().zip(&wish.keys) {
            if let Some(hash) = hash {
                self.decided.waits.push((mv, group.own_key, *hash));
            }
        }
    }

    pub(super) fn find(&self, part: &Outbound, wish: &Wish) -> Found {
        let fits = |cs: &&CsId| {
            self.links.row(**cs).is_some_and(|row| {
                row.directory == part.directory
                    && row.object_type == Some(part.object_type)
                    && row.is_present()
                    && row.disjoin != Disjoin::Explicit
                    && !self.targets.deleted.contains(&row.id)
            })
        };
        let free = |cs: &CsId| {
            self.links
                .link(*cs)
                .is_none_or(|link| link.kind == LinkKind::Departing)
        };
        let mut set: Option<BTreeSet<CsId>> = None;
        let mut taken = None;
        for (group, hash) in part.groups.iter().zip(&wish.keys) {
            let Some(hash) = hash else { continue };
            let known = self.targets.by_key.get(&(group.other_key, *hash));
            let all: BTreeSet<CsId> = known.into_iter().flatten().filter(fits).copied().collect();
            let mut found: BTreeSet<CsId> = all.iter().copied().filter(free).collect();
            if let Some(several) = &set {
                found = found.intersection(several).copied().collect();
            } else if found.is_empty() {
                taken = taken.or_else(|| all.first().copied());
            }
            match found.len() {
                0 => {}
                1 => return Found::One(*found.first().expect("one was counted")),
                _ => set = Some(found),
            }
        }
        match (set, taken) {
            (Some(several), _) => Found::Several(several),
            (None, Some(cs)) => Found::Taken(cs),
            (None, None) => Found::None,
        }
    }

    /// The own account, or the match, whose deletion was acknowledged and no import has confirmed, in a flat directory.
    /// Such a directory may give the same object back, under the id it had: only when the old image is gone can the new
    /// one be told from it. The own one counts whatever it was matched by, and also while its deletion is in doubt.
    fn leaving(&self, mv: MvId, part: &Outbound, wish: &Wish) -> Option<CsId> {
        if part.named {
            return None;
        }
        let goes = |row: &&CsRow| {
            let is_departing = row.link.is_some_and(|l| l.kind == LinkKind::Departing);
            let was_sent =
                self.targets.deleted.contains(&row.id) || self.targets.in_doubt.contains(&row.id);
            row.directory == part.directory && is_departing && was_sent
        };
        if let Some(own) = self.links.of(mv).find(goes) {
            return Some(own.id);
        }
        let keys = part.groups.iter().zip(&wish.keys);
        let known =
            keys.filter_map(|(group, hash)| self.targets.by_key.get(&(group.other_key, (*hash)?)));
        known
            .flatten()
            .copied()
            .find(|cs| self.targets.deleted.contains(cs) && !self.links.removed.contains(cs))
    }

    pub(super) fn adopt(&mut self, mv: MvId, cs: CsId, wish: &Wish, wanted: &[&Wish]) {
        let part = &self.cx.set.outbound[wish.part];
        let link = Link {
            mv,
            part: part.id,
            kind: LinkKind::Target,
            explicit: false,
        };
        self.links.set(cs, Some(link), Disjoin::Normal);
        let Some(mut row) = self.links.row(cs).copied() else {
            return;
        };
        if row.provenance == Provenance::Discovered {
            row.provenance = Provenance::Adopted;
            self.links.set_provenance(cs, Provenance::Adopted);
        }
        self.event(EventKind::Adopted, mv, Some(part.id), vec![Subject::Cs(cs)]);
        self.flow(mv, &row, wish, wanted);
    }
}
