//! Pass 3, flow: who lives, and what the metaverse holds (D-30 to D-35, D-44).
//!
//! Invariants: values are a function of what sources say now, but for the memory that the law names: what a failing rule, an
//! unknown attribute or a flow that retains gave last; links to targets keep nobody alive; who is kept for his return is
//! frozen (ADR 24).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::{Disjoin, LinkKind};
use syncline_model::profile::{DeleteWhen, DeletionRule};
use syncline_model::schema::match_value;
use syncline_model::{AttrName, DirectoryId};

use crate::config::{Answer, Config, Failed, Flow, Inbound, Origin, Set};
use crate::leave::{Verdict, concerns, is_unread, verdict};
use crate::link::{Side, key};
use crate::state::{Contribution, Contributor, Cs, Life, Mv, State, Who};

const DAY_S: i64 = 86_400;

/// The values that an answer gives.
pub fn said(answer: Result<Answer, Failed>) -> Option<Set> {
    match answer {
        Ok(Answer::Gives(set)) => Some(set),
        _ => None,
    }
}

/// Decides who lives and computes what the metaverse holds. Answers objects whose rules failed: they stay pending.
pub fn flow(state: &mut State, config: &Config, now: i64) -> BTreeSet<Cs> {
    let mut failing = BTreeSet::new();
    let people: Vec<Mv> = state.people.keys().copied().collect();
    for mv in &people {
        let life = life(state, config, *mv, now);
        state.people.get_mut(mv).expect("it is listed").life = life;
        if life == Life::Tombstone {
            for cs in state.linked_to(*mv) {
                let object = state.object(cs);
                let kind = object.link.map(|link| link.kind);
                if !matches!(kind, Some(LinkKind::Target | LinkKind::Departing)) {
                    object.link = None;
                    object.disjoin = Disjoin::Normal;
                }
            }
        }
    }
    state.unresolved = 0;
    for mv in &people {
        if state.people[mv].life == Life::Live {
            evaluate(state, config, *mv, &mut failing);
        }
    }
    // No reference to who is gone (D-45, P-14), also from those who are frozen.
    let alive: BTreeSet<Mv> = state
        .people
        .iter()
        .filter(|(_, person)| person.life != Life::Tombstone)
        .map(|(mv, _)| *mv)
        .collect();
    for person in state.people.values_mut() {
        for to in person.refs.values_mut() {
            to.retain(|mv| alive.contains(mv));
        }
        person.refs.retain(|_, to| !to.is_empty());
    }
    failing
}

/// Whether a metaverse object lives (D-44).
fn life(state: &State, config: &Config, mv: Mv, now: i64) -> Life {
    let person = &state.people[&mv];
    let links: Vec<(DirectoryId, LinkKind)> = state
        .linked_to(mv)
        .into_iter()
        .filter_map(|cs| Some((state.objects[&cs].directory, state.objects[&cs].link?.kind)))
        .collect();
    let owned = links.iter().any(|(_, kind)| kind.owns());
    let rule = config.deletion.get(&person.mv_type).cloned();
    let rule = rule.unwrap_or_else(DeletionRule::default);
    let linked = |directory: DirectoryId| {
        let mut inbound = links
            .iter()
            .filter(|(_, kind)| !matches!(kind, LinkKind::Target | LinkKind::Departing));
        inbound.any(|(d, _)| *d == directory)
    };
    let lost = |directory: &DirectoryId| {
        let mut sources = person.remembered.iter();
        sources.any(|(d, _)| d == directory) && !linked(*directory)
    };
    let lives = owned
        && match rule.when {
            DeleteWhen::OwnersGone | DeleteWhen::Never => true,
            DeleteWhen::AnyOf => !rule.directories.iter().any(lost),
            DeleteWhen::AllOf => {
                !rule.directories.iter().any(lost) || rule.directories.iter().any(|d| linked(*d))
            }
        };
    if lives {
        return Life::Live;
    }
    let since = match person.life {
        Life::Tombstone => return Life::Tombstone,
        Life::Scheduled(since) => since,
        Life::Live => now,
    };
    let ends = since + i64::from(rule.grace_days) * DAY_S;
    match rule.when == DeleteWhen::Never || now < ends {
        true => Life::Scheduled(since),
        false => Life::Tombstone,
    }
}

/// What one flow says for one object.
enum Said {
    Gives(Contribution),
    NoOpinion,
    Null,
}

/// The values and references of a living metaverse object, from what its sources say now.
fn evaluate(state: &mut State, config: &Config, mv: Mv, failing: &mut BTreeSet<Cs>) {
    let person = state.people[&mv].clone();
    // By attribute, in the order of precedence: parts, then flows of a part.
    let mut heard: BTreeMap<AttrName, Vec<(Contributor, bool, Said)>> = BTreeMap::new();
    for part in config
        .inbound
        .iter()
        .filter(|p| p.mv_type == person.mv_type)
    {
        let speaker = speaker(state, part, mv);
        for (n, flow) in part.flows.iter().enumerate() {
            let said = match speaker {
                Some(cs) => {
                    let key = (flow.to.clone(), part.id, n, cs);
                    let said = speak(state, part, flow, &key, &person.given, failing);
                    Some((key, said))
                }
                // Its source went, or left the scope: what it gave last stays where the flow retains (D-32).
                None if flow.retain => person
                    .given
                    .iter()
                    .find(|((attr, id, m, _), _)| (attr, *id, *m) == (&flow.to, part.id, n))
                    .map(|(key, last)| (key.clone(), Said::Gives(last.clone()))),
                None => None,
            };
            if let Some((key, said)) = said {
                let said = (key, flow.merge, said);
                heard.entry(flow.to.clone()).or_default().push(said);
            }
        }
    }
    let mut values = BTreeMap::new();
    let mut refs = BTreeMap::new();
    let mut given = BTreeMap::new();
    for (attr, said) in heard {
        let mut won = Contribution::default();
        for (_, merge, said) in &said {
            match said {
                Said::Gives(contribution) => unite(&mut won, contribution),
                Said::Null => break,
                Said::NoOpinion => continue,
            }
            if !merge {
                break;
            }
        }
        for (key, _, said) in said {
            if let Said::Gives(contribution) = said {
                given.insert(key, contribution);
            }
        }
        if !won.values.is_empty() {
            values.insert(attr.clone(), won.values);
        }
        let mut resolved = BTreeSet::new();
        for to in won.refs {
            match state.objects.get(&to).and_then(|object| object.linked()) {
                Some(link) => drop(resolved.insert(link.mv)),
                None => state.unresolved += 1,
            }
        }
        if !resolved.is_empty() {
            refs.insert(attr, resolved);
        }
    }
    let person = state.people.get_mut(&mv).expect("it is evaluated");
    (person.values, person.refs, person.given) = (values, refs, given);
}

/// The linked object that a part hears for a metaverse object: in scope, or where that cannot be told.
fn speaker(state: &State, part: &Inbound, mv: Mv) -> Option<Cs> {
    let linked = state.linked_to(mv).into_iter();
    let mut linked = linked.filter(|cs| state.objects[cs].linked().is_some());
    linked.find(|cs| concerns(state, part, *cs) && verdict(state, part, *cs) != Verdict::Out)
}

fn speak(
    state: &mut State,
    part: &Inbound,
    flow: &Flow,
    key: &Contributor,
    last: &BTreeMap<Contributor, Contribution>,
    failing: &mut BTreeSet<Cs>,
) -> Said {
    let cs = key.3;
    // What cannot be computed goes on giving what it gave last (D-21, D-39).
    let held = || last.get(key).cloned().map_or(Said::NoOpinion, Said::Gives);
    let who = Who::Cs(cs);
    match verdict(state, part, cs) {
        Verdict::Failed => {
            failing.insert(cs);
            state.fail(who, Stage::Inbound, ErrorKind::Rule);
            return held();
        }
        Verdict::Waiting => return held(),
        Verdict::In | Verdict::Out => {}
    }
    if is_unread(state, part, flow.reads().iter()) {
        state.waiting.insert(who);
        return held();
    }
    let Some(image) = &state.objects[&cs].imported else {
        return Said::NoOpinion;
    };
    match &flow.origin {
        Origin::Direct(from) => {
            let values = image.attrs.get(from).cloned().unwrap_or_default();
            let refs = image.refs.get(from).cloned().unwrap_or_default();
            match values.is_empty() && refs.is_empty() {
                true => Said::NoOpinion,
                false => Said::Gives(Contribution { values, refs }),
            }
        }
        Origin::Computed(rule) => match rule.on(&image.attrs) {
            Ok(Answer::Gives(values)) => Said::Gives(Contribution {
                values,
                refs: BTreeSet::new(),
            }),
            Ok(Answer::Nothing | Answer::Ignored) => Said::NoOpinion,
            Ok(Answer::AuthoritativeNull) => Said::Null,
            Err(Failed) => {
                failing.insert(cs);
                let attr = Some(flow.to.clone());
                state.fail_with(who, Stage::Inbound, ErrorKind::Rule, attr, BTreeSet::new());
                held()
            }
        },
    }
}

/// Adds a weaker contribution; of equal values the spelling that is there stays (D-33).
fn unite(won: &mut Contribution, other: &Contribution) {
    let known: BTreeSet<_> = won.values.iter().map(match_value).collect();
    let new = other.values.iter();
    let new: Vec<_> = new
        .filter(|value| !known.contains(&match_value(value)))
        .cloned()
        .collect();
    won.values.extend(new);
    won.refs.extend(other.refs.iter().copied());
}

/// Objects that are joined, and whose match values now differ from those of whom they are joined to (D-27).
pub fn drifted(state: &State, config: &Config) -> BTreeSet<Cs> {
    let mut drifted = BTreeSet::new();
    for (cs, object) in &state.objects {
        let (Some(link), Some(image)) = (object.linked(), &object.imported) else {
            continue;
        };
        let (Some(part), Some(person)) = (config.inbound(link.part), state.people.get(&link.mv))
        else {
            continue;
        };
        let differs = part.groups.iter().any(|group| {
            let own = key(group, Side::Own, &image.attrs);
            let other = key(group, Side::Other, &person.values);
            matches!((own, other), (Ok(Some(own)), Ok(Some(other))) if own != other)
        });
        if differs {
            drifted.insert(*cs);
        }
    }
    drifted
}
