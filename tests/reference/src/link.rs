//! Pass 2, link: join, then project (D-26 to D-28, D-44).
//!
//! Invariants: a tie neither joins nor projects (P-11); whoever is linked stays so (D-27); the order of D-23 decides who
//! comes first.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::Anchor;
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{Disjoin, LinkKind};
use syncline_model::profile::LinkType;
use syncline_model::text::match_fold;

use crate::config::{Attrs, Config, Failed, Inbound, Origin, Pair};
use crate::flow::said;
use crate::leave::{Verdict, concerns, is_unread, verdict};
use crate::state::{Cs, Life, Link, Mv, Person, State, Who};

/// Which side of a match pair.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// The object whose match is looked for.
    Own,
    /// The candidate.
    Other,
}

/// The key of an object under a group; `None` where one of its pairs has no value: empty values never match (D-26).
pub fn key(group: &[Pair], side: Side, attrs: &Attrs) -> Result<Option<Vec<String>>, Failed> {
    let mut key = Vec::new();
    for pair in group {
        let rule = match side {
            Side::Own => &pair.own,
            Side::Other => &pair.other,
        };
        let text = rule.on(attrs)?.map(|text| match_fold(&text));
        match text.filter(|text| !text.is_empty()) {
            Some(text) => key.push(text),
            None => return Ok(None),
        }
    }
    Ok(Some(key).filter(|key| !key.is_empty()))
}

/// What match groups find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// Exactly one.
    One(T),
    /// Several, and no later group chose among them.
    Several(BTreeSet<T>),
    /// Only what belongs to another object.
    Taken(T),
    /// Nobody.
    Nobody,
}

/// Runs match groups over candidates, each with its attributes and whether it is free (D-26).
pub fn find<T: Copy + Ord>(
    groups: &[Vec<Pair>],
    own: &Attrs,
    candidates: &[(T, Attrs, bool)],
) -> Result<Found<T>, Failed> {
    let mut tied: Option<BTreeSet<T>> = None;
    let mut taken = None;
    for group in groups {
        let Some(wanted) = key(group, Side::Own, own)? else {
            continue;
        };
        let matches = |attrs: &Attrs| key(group, Side::Other, attrs) == Ok(Some(wanted.clone()));
        let all = candidates.iter().filter(|(_, attrs, _)| matches(attrs));
        let all: Vec<(T, bool)> = all.map(|(who, _, free)| (*who, *free)).collect();
        let free = all.iter().filter(|(_, free)| *free).map(|(who, _)| *who);
        let mut found: BTreeSet<T> = free.collect();
        match &tied {
            Some(several) => found.retain(|who| several.contains(who)),
            None if found.is_empty() => taken = taken.or(all.first().map(|(who, _)| *who)),
            None => {}
        }
        match found.len() {
            0 => {}
            1 => return Ok(Found::One(*found.first().expect("there is one"))),
            _ => tied = Some(found),
        }
    }
    Ok(match (tied, taken) {
        (Some(several), _) => Found::Several(several),
        (None, Some(who)) => Found::Taken(who),
        (None, None) => Found::Nobody,
    })
}

/// Joins or projects everybody who has no link.
pub fn link(state: &mut State, config: &Config) {
    // Values of before this run are what is matched (D-23: values flow after linking), but for what is projected in it.
    let mut fresh: BTreeMap<Mv, Attrs> = BTreeMap::new();
    for (cs, n) in loose(state, config) {
        let part = &config.inbound[n];
        let image = state.objects[&cs].imported.clone();
        let Some((image, anchor)) = image.zip(state.objects[&cs].anchor.clone()) else {
            continue;
        };
        let candidates: Vec<(Mv, Attrs, bool)> = state
            .people
            .iter()
            .filter(|(_, person)| person.mv_type == part.mv_type)
            .map(|(mv, person)| {
                let values = fresh.get(mv).unwrap_or(&person.values).clone();
                (*mv, values, state.slot(*mv, part.directory).is_none())
            })
            .collect();
        let Ok(found) = find(&part.groups, &image.attrs, &candidates) else {
            continue;
        };
        let source = (part.directory, anchor.clone());
        let remembered = candidates
            .iter()
            .find(|(mv, _, free)| *free && state.people[mv].remembered.contains(&source));
        let returning = remembered.map(|(mv, ..)| *mv);
        let who = Who::Cs(cs);
        match (found, returning) {
            (Found::One(mv), _) => join(state, part, cs, mv),
            (Found::Several(several), Some(mv)) if several.contains(&mv) => {
                join(state, part, cs, mv);
            }
            (Found::Several(several), _) => {
                let others = several.into_iter().map(Who::Mv).collect();
                let kind = ErrorKind::AmbiguousMatch;
                state.fail_with(who, Stage::Inbound, kind, None, others);
                state.object(cs).disjoin = Disjoin::Normal;
            }
            (Found::Taken(mv), _) => {
                let others = BTreeSet::from([Who::Mv(mv)]);
                let kind = ErrorKind::AlreadyJoined;
                state.fail_with(who, Stage::Inbound, kind, None, others);
                state.object(cs).disjoin = Disjoin::Normal;
            }
            (Found::Nobody, Some(mv)) => join(state, part, cs, mv),
            (Found::Nobody, None) if part.link == LinkType::Provision => {
                let mv = project(state, part, anchor);
                fresh.insert(mv, alone(part, &image.attrs));
                join(state, part, cs, mv);
            }
            (Found::Nobody, None) => state.object(cs).disjoin = Disjoin::Normal,
        }
    }
}

/// Who has no link and may get one, each with its linking rule, in the order of D-23.
fn loose(state: &mut State, config: &Config) -> Vec<(Cs, usize)> {
    // Directory precedence, rule precedence, anchor.
    type Rank = (usize, usize, Option<Anchor>, Cs);
    let mut order: Vec<(Rank, Cs, usize)> = Vec::new();
    let all: Vec<Cs> = state.objects.keys().copied().collect();
    for cs in all {
        let object = &state.objects[&cs];
        let is_loose = object.is_present() && object.link.is_none();
        if !is_loose || object.disjoin == Disjoin::Explicit {
            continue;
        }
        let (directory, anchor) = (object.directory, object.anchor.clone());
        let parts = config.inbound.iter().enumerate();
        let parts: Vec<(usize, Verdict)> = parts
            .filter(|(_, part)| concerns(state, part, cs))
            .map(|(n, part)| (n, admission(state, part, cs)))
            .collect();
        if parts.is_empty() {
            continue;
        }
        if let Some((_, failed)) = parts
            .iter()
            .find(|(_, v)| matches!(v, Verdict::Failed | Verdict::Waiting))
        {
            match failed {
                Verdict::Failed => state.fail(Who::Cs(cs), Stage::Inbound, ErrorKind::Rule),
                _ => drop(state.waiting.insert(Who::Cs(cs))),
            }
            continue;
        }
        let linking: Vec<usize> = parts
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::In)
            .map(|(n, _)| *n)
            .collect();
        match linking.as_slice() {
            [] => state.object(cs).disjoin = Disjoin::Filtered,
            [n] => {
                let rank = (config.precedence(directory), *n, anchor, cs);
                order.push((rank, cs, *n));
            }
            [..] => state.fail(Who::Cs(cs), Stage::Inbound, ErrorKind::TwoLinkingRules),
        }
    }
    order.sort();
    order.into_iter().map(|(_, cs, n)| (cs, n)).collect()
}

/// Whether an object without a link may get one by a part: in its scope, with match keys that can be told.
fn admission(state: &State, part: &Inbound, cs: Cs) -> Verdict {
    let verdict = verdict(state, part, cs);
    if verdict != Verdict::In {
        return verdict;
    }
    let reads = part.groups.iter().flatten();
    if is_unread(state, part, reads.flat_map(|pair| &pair.own.reads)) {
        return Verdict::Waiting;
    }
    let image = state.objects[&cs].imported.as_ref();
    let attrs = image.map(|image| image.attrs.clone()).unwrap_or_default();
    let fails = |group: &Vec<Pair>| key(group, Side::Own, &attrs).is_err();
    match part.groups.iter().any(fails) {
        true => Verdict::Failed,
        false => Verdict::In,
    }
}

fn join(state: &mut State, part: &Inbound, cs: Cs, mv: Mv) {
    let kind = match part.link {
        LinkType::Provision => LinkKind::Provision,
        LinkType::Sticky => LinkKind::Sticky,
        LinkType::Join => LinkKind::Join,
    };
    let object = state.object(cs);
    object.link = Some(Link {
        mv,
        part: part.id,
        kind,
        explicit: false,
    });
    object.disjoin = Disjoin::Normal;
}

fn project(state: &mut State, part: &Inbound, anchor: Anchor) -> Mv {
    let mv = Mv(state.next_id());
    state.people.insert(
        mv,
        Person {
            mv_type: part.mv_type.clone(),
            origin: (part.directory, anchor),
            life: Life::Live,
            values: Attrs::new(),
            refs: BTreeMap::new(),
            given: BTreeMap::new(),
            remembered: BTreeSet::new(),
        },
    );
    mv
}

/// The values that one object gives on its own.
fn alone(part: &Inbound, attrs: &Attrs) -> Attrs {
    let mut values = Attrs::new();
    for flow in &part.flows {
        let said = match &flow.origin {
            Origin::Direct(from) => attrs.get(from).cloned(),
            Origin::Computed(rule) => said(rule.on(attrs)),
        };
        if let Some(set) = said {
            values.entry(flow.to.clone()).or_insert(set);
        }
    }
    values
}
