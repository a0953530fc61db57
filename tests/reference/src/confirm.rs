//! Confirmation: what an import says about exports that were acknowledged, and what contests come of it (D-48, D-55).
//!
//! Invariants: a read that began before the export says nothing; an attribute that was not read says nothing; of several
//! exports of one attribute or one reference only the newest is judged.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::plan::Verb;
use syncline_model::schema::confirms;
use syncline_model::{AttrName, Rdn, Value, Values};

use crate::config::{Config, Set};
use crate::import::Read;
use crate::state::{Claim, Contest, Cs, Delta, Effect, Memory, State, Who};

/// What an import spoke about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spoken {
    /// The whole object.
    All,
    /// These attributes.
    Only(BTreeSet<AttrName>),
}

/// What was heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heard {
    /// A whole export was confirmed.
    pub confirmed: bool,
    /// One was contradicted.
    pub contradicted: bool,
}

/// Judges what is remembered of an object by its newest image.
pub fn judge(
    state: &mut State,
    config: &Config,
    cs: Cs,
    spoken: &Spoken,
    read: &Read<'_>,
) -> Heard {
    let mut heard = Heard::default();
    let mut memory = std::mem::take(&mut state.object(cs).memory);
    memory.sort_by_key(|memory| std::cmp::Reverse(memory.sequence));
    let mut judged: BTreeSet<AttrName> = BTreeSet::new();
    let mut refs_judged: BTreeSet<(AttrName, Cs)> = BTreeSet::new();
    let mut place_judged = false;
    let mut left = Vec::new();
    for Memory { sequence, effect } in memory {
        let answers = sequence <= read.fence;
        let speaks = |attr: &AttrName| {
            answers
                && !read.unread.contains(attr)
                && match spoken {
                    Spoken::All => true,
                    Spoken::Only(attrs) => attrs.contains(attr),
                }
        };
        let mut rest = Effect::new(effect.verb);
        let mut wrong = false;
        for (attr, delta) in &effect.attrs {
            if !judged.insert(attr.clone()) {
                continue;
            }
            let taken = is_taken(state, config, cs, attr, delta);
            if answers && taken {
                settle(state, cs, &Claim::Attr(attr.clone()));
            } else if speaks(attr) {
                wrong = true;
                contradict(
                    state,
                    config,
                    cs,
                    Claim::Attr(attr.clone()),
                    exported(delta),
                );
            } else {
                rest.attrs.insert(attr.clone(), delta.clone());
            }
        }
        let come = effect.refs_added.iter().map(|r| (r, true));
        for ((attr, to), added) in come.chain(effect.refs_removed.iter().map(|r| (r, false))) {
            if !refs_judged.insert((attr.clone(), *to)) {
                continue;
            }
            let image = state.objects[&cs].imported.as_ref();
            let shown = image.is_some_and(|i| i.refs.get(attr).is_some_and(|r| r.contains(to)));
            let claim = Claim::Ref(attr.clone(), *to, added);
            if answers && shown == added {
                settle(state, cs, &claim);
            } else if speaks(attr) {
                wrong = true;
                contradict(state, config, cs, claim, None);
            } else if added {
                rest.refs_added.insert((attr.clone(), *to));
            } else {
                rest.refs_removed.insert((attr.clone(), *to));
            }
        }
        if let Some(place) = effect.place.as_ref().filter(|_| !place_judged) {
            place_judged = true;
            let shown = state.objects[&cs].place.as_ref().is_some_and(|shown| {
                let (a, b) = (shown.rdn.parse::<Rdn>(), place.rdn.parse::<Rdn>());
                shown.parent == place.parent && a == b
            });
            let claim = Claim::Place(place.clone());
            if !answers {
                rest.place = Some(place.clone());
            } else if shown {
                let contests = &mut state.object(cs).contests;
                contests.retain(|claim, _| !matches!(claim, Claim::Place(_)));
            } else {
                wrong = true;
                contradict(state, config, cs, claim, None);
            }
        }
        // An object that is read was not deleted.
        wrong |= answers && effect.verb == Verb::Delete;
        heard.contradicted |= wrong;
        let nothing_left = rest == Effect::new(effect.verb);
        heard.confirmed |= answers && nothing_left && !wrong;
        if !(answers && nothing_left) {
            if answers && rest.verb == Verb::Add {
                rest.verb = Verb::Update;
            }
            left.push(Memory {
                sequence,
                effect: rest,
            });
        }
    }
    left.sort_by_key(|memory| memory.sequence);
    state.object(cs).memory = left;
    tell(state, config, cs);
    heard
}

/// Whether an import shows what was exported, under the attribute's confirmation comparison (D-60).
fn is_taken(state: &State, config: &Config, cs: Cs, attr: &AttrName, delta: &Delta) -> bool {
    let object = &state.objects[&cs];
    let shown = object.imported.as_ref().and_then(|i| i.attrs.get(attr));
    let object_type = object.object_type.as_deref().unwrap_or_default();
    let def = config.attr(object.directory, object_type, attr);
    let comparison = def.map(|def| def.confirmation).unwrap_or_default();
    let equal = |a: Option<&Set>, b: Option<&Set>| {
        let values = |set: Option<&Set>| set.and_then(|set| Values::new(set.iter().cloned()));
        confirms(comparison, values(a).as_ref(), values(b).as_ref())
    };
    let holds = |value: &Value| {
        let one = |value: &Value| BTreeSet::from([value.clone()]);
        let mut values = shown.into_iter().flatten();
        values.any(|held| equal(Some(&one(value)), Some(&one(held))))
    };
    match delta {
        Delta::Set(values) => equal(Some(values), shown),
        Delta::Clear => shown.is_none(),
        Delta::Values { add, remove } => add.iter().all(holds) && !remove.iter().any(holds),
    }
}

fn exported(delta: &Delta) -> Option<Set> {
    match delta {
        Delta::Set(values) => Some(values.clone()),
        Delta::Clear => None,
        Delta::Values { add, .. } => Some(add.clone()).filter(|add| !add.is_empty()),
    }
}

fn settle(state: &mut State, cs: Cs, claim: &Claim) {
    state.object(cs).contests.remove(claim);
}

/// Counts a contradiction; another value of a single-valued attribute is another contest.
fn contradict(state: &mut State, config: &Config, cs: Cs, claim: Claim, exported: Option<Set>) {
    let object = &state.objects[&cs];
    let object_type = object.object_type.clone().unwrap_or_default();
    let single = match &claim {
        Claim::Attr(attr) => !config.is_multi(object.directory, &object_type, attr),
        Claim::Ref(..) | Claim::Place(_) => false,
    };
    let contests = &mut state.object(cs).contests;
    let before = contests
        .get(&claim)
        .filter(|contest| !single || contest.exported == exported);
    let count = before.map_or(0, |contest| contest.count) + 1;
    contests.insert(claim, Contest { exported, count });
}

/// The problems that the contests of an object are told by: one an attribute, and one for the name (D-48). What is sent no
/// more, because all of it was contradicted so often, is contested.
pub fn tell(state: &mut State, config: &Config, cs: Cs) {
    let stage = Stage::Confirm;
    let object = &state.objects[&cs];
    let limit = config
        .directory(object.directory)
        .map_or(u8::MAX, |directory| directory.contest_limit);
    let mut told: BTreeMap<Option<AttrName>, (BTreeSet<Who>, bool)> = BTreeMap::new();
    for (claim, contest) in &object.contests {
        let (attr, other) = match claim {
            Claim::Attr(attr) => (Some(attr.clone()), None),
            Claim::Ref(attr, to, _) => (Some(attr.clone()), Some(Who::Cs(*to))),
            Claim::Place(_) => (None, None),
        };
        let (others, given_up) = told.entry(attr).or_insert((BTreeSet::new(), true));
        others.extend(other);
        *given_up &= contest.count >= limit;
    }
    let who = Who::Cs(cs);
    state
        .problems
        .retain(|problem| problem.who != who || problem.stage != stage);
    for (attr, (others, given_up)) in told {
        let kind = match given_up {
            true => ErrorKind::Contested,
            false => ErrorKind::NotReimported,
        };
        state.fail_with(who, stage, kind, attr, others);
    }
}
