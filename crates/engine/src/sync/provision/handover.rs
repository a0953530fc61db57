//! Names that change hands: who gives one up in this run, and who therefore may have it (D-41, D-50).
//!
//! Invariants: a name is free for another once its holder is deleted or renamed by an operation that is sent before; of
//! several who want one, the first in the order of D-23 counts; where objects exchange names, the last of them in that
//! order goes aside first, or, where a value may not be absent, none of them moves.

use super::*;
use crate::sync::believed::Naming;

/// Which names are given up in a round, and by whom.
#[derive(Debug, Default)]
pub struct Handover {
    /// Objects whose name another one may have.
    yields: BTreeSet<CsId>,
    /// Objects of an exchange that cannot take place.
    stuck: BTreeSet<CsId>,
}

/// An object that is there and is to have another name.
struct Mover {
    cs: CsId,
    to: KeyHash,
    breakable: bool,
}

impl Handover {
    /// Whether others may have the name that an object holds.
    pub fn yields(&self, cs: CsId) -> bool {
        self.yields.contains(&cs)
    }

    /// Whether an object would exchange a value that may not be absent.
    pub fn is_stuck(&self, cs: CsId) -> bool {
        self.stuck.contains(&cs)
    }
}

impl Pass<'_> {
    /// Who gives up a name in this round. `order` is that of D-23.
    pub(super) fn hand_over(&mut self, order: &[MvId], wishes: &[Wish]) {
        let mut movers: Vec<Mover> = Vec::new();
        let mut first: BTreeMap<KeyHash, Option<CsId>> = BTreeMap::new();
        for mv in order {
            if !self.links.alive(*mv) {
                continue;
            }
            for (directory, wishes) in self.slots(*mv, of(wishes, *mv)) {
                match self.look(*mv, directory, &wishes) {
                    Slot::Kept(row, wish, _) if !self.never_sent(&row) => {
                        self.links.settled.insert(row.id);
                        self.links.leaving.remove(&row.id);
                        if let Some(mover) = self.mover(&row, wish) {
                            first.entry(mover.to).or_insert(Some(mover.cs));
                            movers.push(mover);
                        }
                    }
                    _ => {
                        let wanted = wishes.iter().filter(|wish| wish.verdict == Verdict::In);
                        for unique in wanted.filter_map(|wish| wish.name.unique()) {
                            first.entry(unique).or_insert(None);
                        }
                    }
                }
            }
        }
        let mut handover = Handover {
            yields: self.links.leaving.clone(),
            stuck: BTreeSet::new(),
        };
        for row in self
            .targets
            .naming
            .keys()
            .filter_map(|cs| self.links.row(*cs))
        {
            // One that is only disabled stays where it is, unless it is to have another name meanwhile.
            let stays = row.retired.is_some() && {
                let retreat = self.targets.retreats.get(&row.id);
                let to = retreat.and_then(|wish| wish.name.unique());
                to.is_none_or(|to| row.unique == Some(to))
            };
            let departs = row.link.is_some_and(|l| l.kind == LinkKind::Departing)
                && !stays
                && !self.targets.in_doubt.contains(&row.id);
            // One that is not looked at now goes where its staged operation takes it.
            let leaves = !self.links.settled.contains(&row.id)
                && self.targets.naming[&row.id]
                    .staged
                    .is_some_and(|name| name != row.unique);
            if departs || leaves {
                handover.yields.insert(row.id);
            }
        }
        self.chains(&movers, &first, &mut handover);
        let moved = movers.iter().map(|mover| mover.cs);
        let leaving = moved.filter(|cs| handover.yields(*cs));
        self.links.leaving.extend(leaving);
        self.handover = handover;
    }

    /// The move of an object that is to have another name than it holds.
    fn mover(&self, row: &CsRow, wish: &Wish) -> Option<Mover> {
        let part = &self.cx.set.outbound[wish.part];
        if matches!(part.action, Action::CreateOnly | Action::MatchOnly) {
            return None;
        }
        let breakable = match &wish.name {
            Name::At { .. } => true,
            Name::Value { .. } if self.cx.set.unique_is_initial(part) => return None,
            Name::Value { .. } => {
                let attr = self.cx.set.unique_attr(part)?;
                let set = self.cx.set;
                !set.attr_rules(part.directory, part.object_type, attr)
                    .required
            }
            Name::None | Name::NoParent { .. } | Name::Bad => return None,
        };
        let to = wish.name.unique()?;
        let naming = self.targets.naming.get(&row.id);
        let given_up = naming.and_then(|naming| naming.given_up);
        (self.held(row) != Some(to) && given_up != Some(to)).then_some(Mover {
            cs: row.id,
            to,
            breakable,
        })
    }

    /// The name that an object holds as far as we know: of an acknowledged rename, the new one (D-56).
    fn held(&self, row: &CsRow) -> Option<KeyHash> {
        let naming = self.targets.naming.get(&row.id);
        naming.and_then(|naming| naming.held).unwrap_or(row.unique)
    }

    /// Follows each move to the holder of the name it wants, and that one's move in turn.
    fn chains(
        &mut self,
        movers: &[Mover],
        first: &BTreeMap<KeyHash, Option<CsId>>,
        handover: &mut Handover,
    ) {
        let at: BTreeMap<CsId, usize> = movers.iter().map(|m| m.cs).zip(0..).collect();
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for start in 0..movers.len() {
            let mut path: Vec<usize> = Vec::new();
            let mut next = Some(start);
            let goes = loop {
                let Some(n) = next.filter(|n| !done.contains(n)) else {
                    // The way ends at a free name, or at a move that was judged before.
                    break next.is_none_or(|n| handover.yields(movers[n].cs));
                };
                if let Some(from) = path.iter().position(|seen| *seen == n) {
                    break self.exchange(&path[from..], movers, handover);
                }
                path.push(n);
                let mover = &movers[n];
                if first.get(&mover.to) != Some(&Some(mover.cs)) {
                    break false;
                }
                match self.holder_of(mover, handover) {
                    None => next = None,
                    Some(holder) => match at.get(&holder) {
                        Some(n) => next = Some(*n),
                        None => break false,
                    },
                }
            };
            done.extend(path.iter().copied());
            if goes {
                handover.yields.extend(path.iter().map(|n| movers[*n].cs));
            }
        }
    }

    /// An exchange of names: the last in order that can goes aside. Answers whether one can.
    fn exchange(&mut self, cycle: &[usize], movers: &[Mover], handover: &mut Handover) -> bool {
        let last = cycle.iter().filter(|n| movers[**n].breakable).max();
        match last {
            Some(n) => {
                let mover = &movers[*n];
                self.links.aside.insert(mover.cs, mover.to);
                true
            }
            None => {
                handover.stuck.extend(cycle.iter().map(|n| movers[*n].cs));
                false
            }
        }
    }

    /// Who holds the name that a move wants, of those that do not leave it whatever comes of this.
    fn holder_of(&self, mover: &Mover, handover: &Handover) -> Option<CsId> {
        let unique = mover.to;
        let holds = |cs: &&CsId| {
            let row = self.links.row(**cs);
            **cs != mover.cs
                && !self.links.removed.contains(*cs)
                && !handover.yields(**cs)
                && row.is_some_and(|row| self.held(row) == Some(unique))
        };
        let known = self.targets.by_unique.get(&unique).into_iter().flatten();
        let given = self.links.given(unique).filter(|cs| *cs != mover.cs);
        known
            .copied()
            .collect::<Vec<_>>()
            .iter()
            .find(holds)
            .copied()
            .or(given)
    }

    /// The object other than this one that holds a name, and goes on to hold it.
    pub(super) fn occupant(&self, unique: KeyHash, own: CsId) -> Option<CsId> {
        let holds = |cs: &&CsId| {
            **cs != own
                && !self.links.removed.contains(*cs)
                && !self.handover.yields(**cs)
                && self
                    .links
                    .row(**cs)
                    .is_some_and(|row| row.unique == Some(unique) && self.held(row) == Some(unique))
        };
        let known = self.targets.by_unique.get(&unique).into_iter().flatten();
        let known = known.copied().collect::<Vec<_>>();
        let given = self.links.given(unique).filter(|cs| *cs != own);
        known.iter().find(holds).copied().or(given)
    }

    /// Whether imports still show another object under a name that is as good as free: a name has one holder.
    pub(super) fn is_shown(
        &self,
        unique: Option<KeyHash>,
        name: Option<KeyHash>,
        own: CsId,
    ) -> bool {
        let known = unique.and_then(|unique| self.targets.by_unique.get(&unique));
        known.into_iter().flatten().any(|cs| {
            let row = self.links.row(*cs);
            *cs != own && name.is_some() && row.is_some_and(|row| row.name == name)
        })
    }

    /// Who takes a name that another object still holds is decided anew with it: it may come to keep it.
    pub(super) fn wait_for_holder(
        &mut self,
        mv: MvId,
        part: &Outbound,
        unique: KeyHash,
        own: CsId,
    ) {
        let known = self.targets.by_unique.get(&unique).into_iter().flatten();
        let held = known
            .filter(|cs| **cs != own && !self.links.removed.contains(*cs))
            .any(|cs| {
                self.links
                    .row(*cs)
                    .is_some_and(|row| row.unique == Some(unique))
            });
        if held {
            let key = KeyId::awaited(part.id);
            self.decided.waits.push((mv, key, unique));
        }
    }

    /// Says that objects exchange values that may not be absent.
    pub(super) fn cannot_exchange(
        &mut self,
        mv: MvId,
        part: &Outbound,
        row: &CsRow,
        unique: KeyHash,
    ) {
        let attr = self.cx.set.unique_attr(part);
        let what = attr.map_or("name", |attr| self.cx.set.attr_name(attr));
        let others: Vec<Subject> = self
            .targets
            .by_unique
            .get(&unique)
            .into_iter()
            .flatten()
            .filter(|cs| **cs != row.id)
            .map(|cs| Subject::Cs(*cs))
            .collect();
        let entry = ErrorEntry {
            kind: ErrorKind::MustBeUnique,
            attr,
            message: format!(
                "the {what} is to be exchanged with another object, and no object can be without one: give one of \
                 them a third value first"
            ),
            others,
            op: None,
        };
        self.fail(mv, part.id, entry);
        self.decided
            .waits
            .push((mv, KeyId::awaited(part.id), unique));
    }
}

/// What is known of the names of target objects.
pub(in crate::sync) fn naming(
    cx: &Context<'_>,
    row: &CsRow,
    state: &crate::reader::TargetState,
) -> Naming {
    let types = cx.set.directories.get(&row.directory).map(|d| &d.types);
    let rules = types
        .zip(row.object_type)
        .and_then(|(types, t)| types.get(&t));
    let attr = rules.and_then(|rules| rules.unique.filter(|_| !rules.named));
    let limit = cx.set.contest_limit(row.directory);
    Naming::of(cx.hashing, row.directory, attr, limit, state)
}
