//! Outbound: which target object a metaverse object has, gets or gives up, and what is wanted of it (D-40 to D-47).
//!
//! Invariants: nothing is sent here; all that ends does so before anything begins (D-23); a tie never creates (P-11); nothing
//! is created before a baseline (D-41); what was adopted is not deleted without the right to (P-12); a failing rule changes
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{Disjoin, LinkKind, Provenance};
use syncline_model::profile::{Action, Deprovision, FlowMode, GraceAction};
use syncline_model::{AttrName, DirectoryId};

use crate::config::{Answer, Attrs, Config, Failed, Flow, Origin, Outbound};
use crate::leave::Verdict;
use crate::link::{Found, find};
use crate::names::{Name, Names, Unique, has_names, unique};
use crate::state::{Cs, Fate, Intended, Life, Link, Managed, Mv, Object, Place, State, Who};

/// What an outbound part says of a metaverse object.
struct Wish {
    part: usize,
    verdict: Verdict,
    name: Name,
    /// A mandatory attribute that gets no value.
    missing: Option<AttrName>,
}

/// What is to become of a target object.
enum Act {
    /// Values flow, of these parts; the first one names it.
    Flow(Vec<usize>),
    /// Nothing is wanted of it.
    Rest,
    /// It is disabled by this part.
    Retire(usize),
    /// It is deleted.
    Delete,
}

struct Pass<'a> {
    state: &'a mut State,
    config: &'a Config,
    now: i64,
    wishes: BTreeMap<Mv, Vec<Wish>>,
    acts: BTreeMap<Cs, (Mv, Act)>,
}

/// Links targets and decides what is wanted of each.
pub fn outbound(state: &mut State, config: &Config, now: i64) {
    let order = in_order(state, config);
    let mut pass = Pass {
        state,
        config,
        now,
        wishes: BTreeMap::new(),
        acts: BTreeMap::new(),
    };
    for mv in &order {
        pass.wish(*mv);
    }
    for mv in &order {
        match pass.state.people[mv].life {
            Life::Live => pass.release(*mv),
            Life::Scheduled(_) => pass.keep(*mv),
            Life::Tombstone => pass.end(*mv),
        }
    }
    let mut names = pass.names(&order);
    for mv in &order {
        if pass.state.people[mv].life == Life::Live {
            pass.begin(*mv, &mut names);
        }
    }
    pass.decide(&mut names);
}

/// Metaverse objects by the source that first projected them (D-23).
fn in_order(state: &State, config: &Config) -> Vec<Mv> {
    let mut order: Vec<Mv> = state.people.keys().copied().collect();
    order.sort_by_key(|mv| {
        let origin = state.people[mv].origin.clone();
        (config.precedence(origin.0), origin, *mv)
    });
    order
}

impl Pass<'_> {
    fn part(&self, wish: &Wish) -> &Outbound {
        &self.config.outbound[wish.part]
    }

    /// What every part says of a living metaverse object.
    fn wish(&mut self, mv: Mv) {
        let person = &self.state.people[&mv];
        if person.life != Life::Live {
            return;
        }
        let attrs = person.values.clone();
        let refs: BTreeSet<AttrName> = person.refs.keys().cloned().collect();
        let mut wishes = Vec::new();
        let mut failed = false;
        let mut bad_name = false;
        for (n, part) in self.config.outbound.iter().enumerate() {
            if part.mv_type != person.mv_type {
                continue;
            }
            let mut verdict = Verdict::of(part.scope.as_ref(), &attrs);
            if verdict == Verdict::In
                && find(&part.groups, &attrs, &Vec::<(Cs, Attrs, bool)>::new()).is_err()
            {
                verdict = Verdict::Failed;
            }
            failed |= verdict == Verdict::Failed;
            let mut name = Name::None;
            if has_names(self.config, part.directory) {
                name = Name::of(self.state, part.directory, part.dn.as_ref(), &attrs);
            }
            failed |= verdict == Verdict::In && name == Name::Failed;
            bad_name |= verdict == Verdict::In && name == Name::Bad;
            wishes.push(Wish {
                part: n,
                verdict,
                name,
                missing: missing(self.config, part, &attrs, &refs),
            });
        }
        if failed {
            self.fail(mv, ErrorKind::Rule, None);
        }
        if bad_name {
            self.fail(mv, ErrorKind::InvalidDn, None);
        }
        self.wishes.insert(mv, wishes);
    }

    fn fail(&mut self, mv: Mv, kind: ErrorKind, attr: Option<AttrName>) {
        let others = BTreeSet::new();
        let state = &mut *self.state;
        state.fail_with(Who::Mv(mv), Stage::Outbound, kind, attr, others);
    }

    fn fail_over(&mut self, mv: Mv, kind: ErrorKind, others: impl IntoIterator<Item = Cs>) {
        let others = others.into_iter().map(Who::Cs).collect();
        let state = &mut *self.state;
        state.fail_with(Who::Mv(mv), Stage::Outbound, kind, None, others);
    }

    /// The directories in which a metaverse object has or may get a target.
    fn directories(&self, mv: Mv) -> BTreeSet<DirectoryId> {
        let wishes = self.wishes.get(&mv).into_iter().flatten();
        let mut directories: BTreeSet<DirectoryId> =
            wishes.map(|wish| self.part(wish).directory).collect();
        for cs in self.state.linked_to(mv) {
            let object = &self.state.objects[&cs];
            if object.link.is_some_and(|link| is_target(link.kind)) {
                directories.insert(object.directory);
            }
        }
        directories
    }

    /// Indexes of the parts in whose scope it is, in a directory.
    fn wanted(&self, mv: Mv, directory: DirectoryId) -> Vec<usize> {
        let wishes = self.wishes.get(&mv).into_iter().flatten();
        wishes
            .filter(|wish| wish.verdict == Verdict::In && self.part(wish).directory == directory)
            .map(|wish| wish.part)
            .collect()
    }

    fn has_failed(&self, mv: Mv, directory: DirectoryId) -> bool {
        let mut wishes = self.wishes.get(&mv).into_iter().flatten();
        wishes.any(|wish| wish.verdict == Verdict::Failed && self.part(wish).directory == directory)
    }

    /// The parts that go on with a target object, the one that names it first; none where it ends or stays as it is.
    fn keepers(&self, mv: Mv, cs: Cs) -> Vec<usize> {
        let object = &self.state.objects[&cs];
        let fits =
            |n: &usize| Some(&self.config.outbound[*n].object_type) == object.object_type.as_ref();
        let mut same: Vec<usize> = self.wanted(mv, object.directory);
        same.retain(fits);
        let own = object.link.map(|link| link.part);
        let at = same
            .iter()
            .position(|n| Some(self.config.outbound[*n].id) == own);
        match at {
            Some(at) => {
                let first = same.remove(at);
                same.insert(0, first);
                same
            }
            None if self.has_failed(mv, object.directory) => Vec::new(),
            None => same,
        }
    }

    /// Ends what no part wants any more, and asks again whether an Add that was not sent is right (ADR 6).
    fn release(&mut self, mv: Mv) {
        for directory in self.directories(mv) {
            let Some(cs) = self.state.slot(mv, directory) else {
                continue;
            };
            let keepers = self.keepers(mv, cs);
            let object = &self.state.objects[&cs];
            let is_target = object
                .link
                .is_some_and(|link| link.kind == LinkKind::Target);
            match keepers.first() {
                Some(first) if object.is_unsent() => {
                    if !self.is_still_right(mv, cs, *first) {
                        self.state.remove(cs);
                    }
                }
                Some(_) => {}
                None if self.has_failed(mv, directory) || !is_target => {}
                None => self.deprovision(mv, cs, false),
            }
        }
    }

    /// Whether an Add that was not sent is still what the rules say. An account that we made for somebody else with the
    /// same match value is no reason against it: both were decided together.
    fn is_still_right(&self, mv: Mv, cs: Cs, n: usize) -> bool {
        let part = &self.config.outbound[n];
        let creates = matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly);
        let wishes = self.wishes.get(&mv).into_iter().flatten();
        let mut own = wishes.filter(|wish| wish.part == n);
        let complete = own.all(|wish| wish.missing.is_none());
        let alone = match self.find(mv, part) {
            Found::Nobody => true,
            Found::Taken(other) => self.state.objects[&other].provenance == Provenance::CreatedByUs,
            Found::One(other) => other == cs,
            Found::Several(_) => false,
        };
        creates && complete && alone
    }

    /// Who is gone: every target object gets what its part says (D-45).
    fn end(&mut self, mv: Mv) {
        for cs in self.state.linked_to(mv) {
            self.deprovision(mv, cs, true);
        }
    }

    /// Who is kept for his return: his target objects rest, or are disabled (ADR 24).
    fn keep(&mut self, mv: Mv) {
        for cs in self.state.linked_to(mv) {
            let object = &self.state.objects[&cs];
            let Some(link) = object.link.filter(|link| is_target(link.kind)) else {
                continue;
            };
            if link.kind == LinkKind::Departing {
                self.deprovision(mv, cs, true);
                continue;
            }
            if object.is_unsent() {
                self.state.remove(cs);
                continue;
            }
            let mv_type = &self.state.people[&mv].mv_type;
            let rule = self.config.deletion.get(mv_type);
            let disables = rule.is_some_and(|rule| rule.grace_action == GraceAction::Disable)
                || object.retired.is_some();
            if !disables || !self.retire(mv, cs, link, false) {
                self.acts.insert(cs, (mv, Act::Rest));
            }
        }
    }

    /// What its part says of a target object that is not wanted any more (D-46).
    fn deprovision(&mut self, mv: Mv, cs: Cs, dead: bool) {
        let object = &self.state.objects[&cs];
        let Some(link) = object.link else {
            return;
        };
        if object.is_unsent() {
            self.state.remove(cs);
            return;
        }
        if link.kind == LinkKind::Departing && object.retired.is_none() {
            self.acts.insert(cs, (mv, Act::Delete));
            return;
        }
        if link.explicit && !dead {
            self.acts.insert(cs, (mv, Act::Rest));
            return;
        }
        let ours = object.provenance == Provenance::CreatedByUs;
        let part = self.config.outbound(link.part);
        let mut says = part.map(|part| part.deprovision);
        let may_delete = ours || part.is_some_and(|part| part.delete_adopted);
        if says == Some(Deprovision::Disable) {
            if self.retire(mv, cs, link, dead) {
                return;
            }
            says = Some(Deprovision::Delete);
        }
        match says {
            Some(Deprovision::Delete) if may_delete => {
                let kind = LinkKind::Departing;
                let object = self.state.object(cs);
                object.link = Some(Link { kind, ..link });
                self.acts.insert(cs, (mv, Act::Delete));
            }
            Some(Deprovision::Leave) | None if !dead => {
                self.acts.insert(cs, (mv, Act::Rest));
            }
            says => {
                let explicit = says == Some(Deprovision::DisconnectExplicit);
                let object = self.state.object(cs);
                object.link = None;
                object.retired = None;
                object.disjoin = match explicit {
                    true => Disjoin::Explicit,
                    false => Disjoin::Normal,
                };
            }
        }
    }

    /// Disables a target object, or keeps it disabled; `false` where its days are over and it is to be deleted.
    fn retire(&mut self, mv: Mv, cs: Cs, link: Link, dead: bool) -> bool {
        let at = self.config.outbound.iter().position(|p| p.id == link.part);
        let Some((n, disable)) = at.and_then(|n| {
            let disable = self.config.outbound[n].disable.as_ref()?;
            Some((n, disable))
        }) else {
            return false;
        };
        let object = &self.state.objects[&cs];
        let since = object.retired.unwrap_or(self.now);
        let ours = object.provenance == Provenance::CreatedByUs;
        let may_delete = ours || self.config.outbound[n].delete_adopted;
        let is_over = disable
            .delete_after_s
            .is_some_and(|after| since + after <= self.now);
        if is_over && may_delete {
            return false;
        }
        let kind = match dead || link.kind == LinkKind::Departing {
            true => LinkKind::Departing,
            false => LinkKind::Target,
        };
        let object = self.state.object(cs);
        object.link = Some(Link { kind, ..link });
        object.retired = Some(since);
        self.acts.insert(cs, (mv, Act::Retire(n)));
        true
    }

    /// Which names are wanted, and which of them change hands.
    fn names(&self, order: &[Mv]) -> Names {
        let leaving: BTreeSet<Cs> = self
            .state
            .objects
            .iter()
            .filter(|(_, object)| {
                let departs = object.link.map(|link| link.kind) == Some(LinkKind::Departing);
                departs && object.escrow.is_none() && object.retired.is_none()
            })
            .map(|(cs, _)| *cs)
            .collect();
        let mut wanted: Vec<(Option<Cs>, Unique)> = Vec::new();
        for mv in order {
            for directory in self.directories(*mv) {
                let slot = self.state.slot(*mv, directory);
                let parts = match slot {
                    Some(cs) => self.keepers(*mv, cs),
                    None => self.wanted(*mv, directory),
                };
                let Some(place) = parts.first().and_then(|n| self.place(*mv, *n)) else {
                    continue;
                };
                let there = slot.filter(|cs| {
                    let action = self.config.outbound[parts[0]].action;
                    let flows = !matches!(action, Action::CreateOnly | Action::MatchOnly);
                    flows && !self.state.objects[cs].is_unsent() && !self.is_given_up(*cs, &place)
                });
                wanted.push((there, unique(directory, &place)));
            }
        }
        Names::hand_over(self.state, &leaving, &wanted)
    }

    /// Whether the directory changed this name back too often (D-48).
    fn is_given_up(&self, cs: Cs, place: &Place) -> bool {
        let object = &self.state.objects[&cs];
        let limit = self
            .config
            .directory(object.directory)
            .map(|d| d.contest_limit);
        let claim = crate::state::Claim::Place(place.clone());
        let contest = object.contests.get(&claim);
        contest.is_some_and(|contest| Some(contest.count) >= limit)
    }

    /// The name that a part gives a metaverse object.
    fn place(&self, mv: Mv, n: usize) -> Option<Place> {
        let wish = self.wishes.get(&mv)?.iter().find(|wish| wish.part == n)?;
        match &wish.name {
            Name::At(place) => Some(place.clone()),
            _ => None,
        }
    }

    /// The target of a living metaverse object in each directory.
    fn begin(&mut self, mv: Mv, names: &mut Names) {
        for directory in self.directories(mv) {
            if let Some(cs) = self.state.slot(mv, directory) {
                let keepers = self.keepers(mv, cs);
                match keepers.first() {
                    Some(first) if self.has_lost_its_name(mv, cs, *first, names) => {
                        self.state.remove(cs);
                    }
                    Some(first) => {
                        let part = self.config.outbound[*first].id;
                        let object = self.state.object(cs);
                        object.retired = None;
                        if let Some(link) = &mut object.link
                            && link.kind == LinkKind::Target
                        {
                            link.part = part;
                        }
                        self.acts.insert(cs, (mv, self.flows(cs, keepers)));
                        continue;
                    }
                    None => continue,
                }
            }
            let wanted = self.wanted(mv, directory);
            let departing = self.departing(mv, directory, wanted.first());
            match (wanted.first(), departing) {
                (Some(first), Some(cs)) => {
                    let link = self.target_link(mv, *first);
                    let object = self.state.object(cs);
                    (object.link, object.retired) = (Some(link), None);
                    self.acts.insert(cs, (mv, self.flows(cs, wanted)));
                }
                (first, _) => {
                    self.keep_departing(mv, directory);
                    if let Some(first) = first.copied() {
                        self.find_or_create(mv, first, wanted, names);
                    }
                }
            }
        }
    }

    /// Whether an Add that was not sent may not have its name any more, because who was to give it up keeps it.
    fn has_lost_its_name(&self, mv: Mv, cs: Cs, n: usize, names: &Names) -> bool {
        let object = &self.state.objects[&cs];
        let Some(place) = self.place(mv, n).filter(|_| object.is_unsent()) else {
            return false;
        };
        let wanted = unique(object.directory, &place);
        let same = object
            .place
            .as_ref()
            .is_some_and(|p| unique(object.directory, p) == wanted);
        same && names.in_the_way(self.state, &wanted, Some(cs)).is_some()
    }

    /// Its own target whose delete was not sent: it is wanted again (D-46).
    fn departing(&self, mv: Mv, directory: DirectoryId, n: Option<&usize>) -> Option<Cs> {
        let part = &self.config.outbound[*n?];
        let linked = self.state.linked_to(mv).into_iter();
        let mut linked = linked.filter(|cs| {
            let object = &self.state.objects[cs];
            object.directory == directory
                && object.object_type.as_ref() == Some(&part.object_type)
                && object.linked().is_none()
                && !object.is_deleted()
                && object.escrow.is_none()
        });
        linked.next()
    }

    fn keep_departing(&mut self, mv: Mv, directory: DirectoryId) {
        for cs in self.state.linked_to(mv) {
            let object = &self.state.objects[&cs];
            if object.directory == directory && object.linked().is_none() {
                self.deprovision(mv, cs, true);
            }
        }
    }

    fn target_link(&self, mv: Mv, n: usize) -> Link {
        Link {
            mv,
            part: self.config.outbound[n].id,
            kind: LinkKind::Target,
            explicit: false,
        }
    }

    /// Values flow, but not to what was only linked (D-42).
    fn flows(&self, cs: Cs, parts: Vec<usize>) -> Act {
        let action = self.config.outbound[parts[0]].action;
        let links_only = matches!(action, Action::CreateOnly | Action::MatchOnly);
        match links_only && !self.state.objects[&cs].is_provisional() {
            true => Act::Rest,
            false => Act::Flow(parts),
        }
    }

    /// What match groups find in the target (D-42): present objects without a link, those of tombstones among them.
    fn find(&self, mv: Mv, part: &Outbound) -> Found<Cs> {
        let candidates: Vec<(Cs, Attrs, bool)> = self
            .state
            .objects
            .iter()
            .filter(|(_, object)| {
                object.directory == part.directory
                    && object.object_type.as_ref() == Some(&part.object_type)
                    && object.disjoin != Disjoin::Explicit
                    && !object.is_deleted()
            })
            .filter_map(|(cs, object)| {
                let attrs = object.imported.as_ref()?.attrs.clone();
                Some((*cs, attrs, object.linked().is_none()))
            })
            .collect();
        let own = &self.state.people[&mv].values;
        find(&part.groups, own, &candidates).unwrap_or(Found::Nobody)
    }

    fn find_or_create(&mut self, mv: Mv, n: usize, wanted: Vec<usize>, names: &mut Names) {
        let part = &self.config.outbound[n];
        if !self.state.baseline.contains(&part.directory) {
            return;
        }
        match self.find(mv, part) {
            Found::One(cs) => self.adopt(mv, n, cs, wanted),
            Found::Several(several) => self.fail_over(mv, ErrorKind::AmbiguousMatch, several),
            Found::Taken(cs) => self.fail_over(mv, ErrorKind::AlreadyJoined, [cs]),
            Found::Nobody => match part.action {
                Action::CreateOrUpdate | Action::CreateOnly => self.create(mv, n, wanted, names),
                Action::UpdateOnly | Action::MatchOnly => {}
            },
        }
    }

    fn adopt(&mut self, mv: Mv, n: usize, cs: Cs, wanted: Vec<usize>) {
        let link = self.target_link(mv, n);
        let object = self.state.object(cs);
        (object.link, object.retired) = (Some(link), None);
        object.disjoin = Disjoin::Normal;
        if object.provenance == Provenance::Discovered {
            object.provenance = Provenance::Adopted;
        }
        self.acts.insert(cs, (mv, self.flows(cs, wanted)));
    }

    fn create(&mut self, mv: Mv, n: usize, wanted: Vec<usize>, names: &mut Names) {
        let part = &self.config.outbound[n];
        // A flat directory may give the same object back under its id: who is being deleted goes first (ADR 10).
        let returns = |object: &Object| {
            object.directory == part.directory
                && object.link.is_some_and(|link| link.mv == mv)
                && (object.is_deleted() || object.escrow.is_some())
        };
        let is_flat = !has_names(self.config, part.directory);
        if is_flat && self.state.objects.values().any(returns) {
            return;
        }
        let wishes = self.wishes.get(&mv).into_iter().flatten();
        let Some((name, missing)) = wishes
            .filter(|wish| wish.part == n)
            .map(|wish| (wish.name.clone(), wish.missing.clone()))
            .next()
        else {
            return;
        };
        if missing.is_some() {
            self.fail(mv, ErrorKind::MissingMandatory, missing);
            return;
        }
        let place = match name {
            Name::None => None,
            Name::Failed | Name::Bad => return,
            Name::NoParent => {
                self.fail(mv, ErrorKind::ParentMissing, None);
                return;
            }
            Name::At(place) => Some(place),
        };
        let wanted_name = place.as_ref().map(|place| unique(part.directory, place));
        let other = wanted_name
            .as_ref()
            .and_then(|name| names.in_the_way(self.state, name, None));
        if let Some(other) = other {
            let object = &self.state.objects[&other];
            let fits = object.object_type.as_ref() == Some(&part.object_type);
            if part.adopt_on_conflict && object.link.is_none() && object.is_present() && fits {
                self.adopt(mv, n, other, wanted);
            } else {
                self.fail_over(mv, ErrorKind::ProvisionConflict, [other]);
            }
            return;
        }
        let link = self.target_link(mv, n);
        let cs = self.state.add(Object {
            object_type: Some(part.object_type.clone()),
            place,
            provenance: Provenance::CreatedByUs,
            link: Some(link),
            ..Object::placeholder(part.directory)
        });
        if let Some(name) = wanted_name {
            names.give(name, cs);
        }
        self.acts.insert(cs, (mv, self.flows(cs, wanted)));
    }

    /// Writes down what is wanted of each target object.
    fn decide(mut self, names: &mut Names) {
        let all: Vec<Cs> = self.state.objects.keys().copied().collect();
        for cs in all {
            let fate = match self.acts.remove(&cs) {
                None | Some((_, Act::Rest)) => None,
                Some((_, Act::Delete)) => Some(Fate::Deleted),
                Some((mv, Act::Flow(parts))) => {
                    let name = self.place_or_name(mv, parts[0]);
                    let place = self.move_to(mv, cs, name, names);
                    let aside = place.is_some() && names.aside.contains(&cs);
                    let mut intended = self.intend(mv, cs, &parts);
                    (intended.place, intended.aside) = (place, aside);
                    Some(Fate::Flows(intended))
                }
                Some((mv, Act::Retire(n))) => {
                    let attrs = self.state.people[&mv].values.clone();
                    let part = &self.config.outbound[n];
                    let disable = part.disable.as_ref().expect("it retires by it");
                    let name = match &disable.dn {
                        Some(dn) => Name::of(self.state, part.directory, Some(dn), &attrs),
                        None => Name::None,
                    };
                    let flows = disable.flows.clone();
                    let place = self.move_to(mv, cs, name, names);
                    let mut intended = Intended::default();
                    self.speak(mv, cs, &flows, &mut intended);
                    intended.place = place;
                    Some(Fate::Flows(intended))
                }
            };
            self.state.object(cs).fate = fate;
        }
    }

    fn place_or_name(&self, mv: Mv, n: usize) -> Name {
        let mut wishes = self.wishes.get(&mv).into_iter().flatten();
        let wish = wishes.find(|wish| wish.part == n);
        wish.map_or(Name::None, |wish| wish.name.clone())
    }

    /// The name that an object may have now; a collision withholds only the move (D-41).
    fn move_to(&mut self, mv: Mv, cs: Cs, name: Name, names: &mut Names) -> Option<Place> {
        let place = match name {
            Name::At(place) => place,
            Name::NoParent => {
                self.fail(mv, ErrorKind::ParentMissing, None);
                return None;
            }
            Name::None | Name::Failed | Name::Bad => return None,
        };
        let directory = self.state.objects[&cs].directory;
        let wanted = unique(directory, &place);
        if let Some(other) = names.in_the_way(self.state, &wanted, Some(cs)) {
            self.fail_over(mv, ErrorKind::ProvisionConflict, [other]);
            return None;
        }
        names.give(wanted, cs);
        if self.state.objects[&cs].is_unsent() {
            self.state.object(cs).place = Some(place.clone());
        }
        Some(place)
    }

    /// What parts want of an object: per attribute the first flow that speaks (D-43).
    fn intend(&mut self, mv: Mv, cs: Cs, parts: &[usize]) -> Intended {
        let mut by_precedence = parts.to_vec();
        by_precedence.sort_unstable();
        let mut intended = Intended::default();
        for n in by_precedence {
            let flows = self.config.outbound[n].flows.clone();
            self.speak(mv, cs, &flows, &mut intended);
        }
        intended
    }

    fn speak(&mut self, mv: Mv, cs: Cs, flows: &[Flow], intended: &mut Intended) {
        let object = &self.state.objects[&cs];
        let before = match (&object.fate, &object.wanted_before) {
            (Some(Fate::Flows(before)), _) | (_, Some(before)) => before.clone(),
            _ => Intended::default(),
        };
        let directory = object.directory;
        let object_type = object.object_type.clone().unwrap_or_default();
        let attrs = self.state.people[&mv].values.clone();
        for flow in flows {
            if intended.attrs.contains_key(&flow.to) || intended.refs.contains_key(&flow.to) {
                continue;
            }
            let def = self.config.attr(directory, &object_type, &flow.to);
            let is_reference =
                def.is_some_and(|def| def.value_type == syncline_model::ValueType::Reference);
            let last = before.attrs.get(&flow.to);
            let values = match &flow.origin {
                Origin::Direct(from) if is_reference => {
                    intended.refs.insert(flow.to.clone(), from.clone());
                    continue;
                }
                Origin::Direct(from) => attrs.get(from).cloned(),
                Origin::Computed(rule) => match rule.on(&attrs) {
                    Ok(Answer::Gives(values)) => Some(values),
                    Ok(Answer::Nothing | Answer::AuthoritativeNull) => None,
                    Ok(Answer::Ignored) => continue,
                    Err(Failed) => {
                        self.fail(mv, ErrorKind::Rule, Some(flow.to.clone()));
                        if let Some(last) = last {
                            intended.attrs.insert(flow.to.clone(), last.clone());
                        }
                        continue;
                    }
                },
            };
            let was_sent = |last: &Managed| last.sent && last.values == values;
            let managed = Managed {
                sent: flow.mode == FlowMode::OnChange && last.is_some_and(was_sent),
                mode: flow.mode,
                values,
            };
            intended.attrs.insert(flow.to.clone(), managed);
        }
    }
}

fn is_target(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::Target | LinkKind::Departing)
}

/// A mandatory attribute of a new object that no flow gives a value (D-41).
fn missing(
    config: &Config,
    part: &Outbound,
    attrs: &Attrs,
    refs: &BTreeSet<AttrName>,
) -> Option<AttrName> {
    let directory = config.directory(part.directory)?;
    let def = directory.schema.types.get(&part.object_type)?;
    let gives = |flow: &Flow| match &flow.origin {
        Origin::Direct(from) => attrs.contains_key(from) || refs.contains(from),
        Origin::Computed(rule) => matches!(rule.on(attrs), Ok(Answer::Gives(_))),
    };
    let is_given = |name: &AttrName| part.flows.iter().any(|f| f.to == *name && gives(f));
    let mut required = def.attrs.values().filter(|attr| attr.required);
    required
        .find(|attr| !is_given(&attr.name))
        .map(|attr| attr.name.clone())
}
