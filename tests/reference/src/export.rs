//! Export: the order of operations, what can go, and what an answer changes (D-50, D-51, D-53, D-54).
//!
//! Invariants: acknowledged is remembered, never "done" (D-55); an operation without an answer stays in escrow; who gives up
//! a name or a value goes before who takes it.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::connector::{Applied, OpOutcome};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::object::LinkKind;
use syncline_model::op::{Change, ObjectKey, OpValue};
use syncline_model::plan::Verb;
use syncline_model::profile::FlowMode;
use syncline_model::schema::match_value;
use syncline_model::{Anchor, AttrName, DirectoryId, Value};

use crate::derive::{Believed, key};
use crate::names::{Unique, unique};
use crate::state::{Cs, Fate, Memory, Staged, State, Who};

/// Sorts operations into the order in which they go: each after those it needs; otherwise adds, changes, deletes, by depth
/// and then by object, for any order of equals would do.
pub fn in_order(ops: &mut Vec<Staged>, state: &State) {
    ops.sort_by_cached_key(|op| rank(op, state));
    let needs = needs(ops, true);
    let mut order: Vec<usize> = Vec::new();
    let mut begun = BTreeSet::new();
    for n in 0..ops.len() {
        after_its_needs(n, &needs, &mut begun, &mut order);
    }
    let taken = std::mem::take(ops);
    ops.extend(order.into_iter().map(|n| taken[n].clone()));
}

fn after_its_needs(
    n: usize,
    needs: &[BTreeSet<usize>],
    begun: &mut BTreeSet<usize>,
    order: &mut Vec<usize>,
) {
    if begun.insert(n) {
        for needed in &needs[n] {
            after_its_needs(*needed, needs, begun, order);
        }
        order.push(n);
    }
}

fn rank(op: &Staged, state: &State) -> (DirectoryId, u8, u8, i64, ObjectKey, [u8; 32]) {
    let place = op.effect.place.as_ref();
    let lies = || state.objects.get(&op.cs)?.place.as_ref();
    let depth = state.depth(place.or_else(lies).and_then(|place| place.parent));
    let depth = i64::try_from(depth).expect("trees are no deeper than that");
    let (kind, depth) = match op.effect.verb {
        Verb::Add => (0, depth),
        Verb::Update => (1, depth),
        Verb::Delete => (2, -depth),
    };
    let operation = &op.operation;
    let (directory, pass) = (operation.directory, operation.pass);
    let hash = operation.hash().0;
    (directory, pass, kind, depth, operation.object.clone(), hash)
}

/// Which operations each one needs to go before it; with `values` also those that give up a value that it takes.
fn needs(ops: &[Staged], values: bool) -> Vec<BTreeSet<usize>> {
    let pass = |op: &Staged| op.operation.pass;
    let place_of = |op: &Staged, place: Option<&crate::state::Place>| -> Option<(u8, Unique)> {
        Some((pass(op), unique(op.operation.directory, place?)))
    };
    let mut needs = vec![BTreeSet::new(); ops.len()];
    for (n, op) in ops.iter().enumerate() {
        let takes = place_of(op, op.effect.place.as_ref());
        for (m, other) in ops.iter().enumerate().filter(|(m, _)| *m != n) {
            if other.operation.directory != op.operation.directory {
                continue;
            }
            let deletes = other.effect.verb == Verb::Delete;
            let gives_up = deletes || other.effect.place.is_some();
            let gives = place_of(other, other.place_before.as_ref()).filter(|_| gives_up);
            let its_name = takes.is_some() && takes == gives;
            let parent = op.effect.place.as_ref().and_then(|place| place.parent);
            let its_parent = other.effect.verb == Verb::Add && parent == Some(other.cs);
            // Who gets another object in place of one that is deleted gives that one up first (S-37).
            let its_slot = op.effect.verb == Verb::Add && deletes && op.mv == other.mv;
            // What lies in a container goes before the container.
            let moves = other.effect.verb == Verb::Delete || other.effect.place.is_some();
            let lay = other.place_before.as_ref().and_then(|place| place.parent);
            let its_child = op.effect.verb == Verb::Delete && moves && lay == Some(op.cs);
            if its_name || its_parent || its_slot || its_child {
                needs[n].insert(m);
            }
        }
    }
    if values {
        for (giver, taker) in hand_overs(ops) {
            if !needs[giver].contains(&taker) {
                needs[taker].insert(giver);
            }
        }
    }
    needs
}

/// Values that exactly one operation gives up and exactly one takes: which ones a directory keeps unique is not always known.
fn hand_overs(ops: &[Staged]) -> Vec<(usize, usize)> {
    type Held = (DirectoryId, u8, AttrName, Value);
    let held = |op: &Staged, attr: &AttrName, set: &Option<crate::config::Set>| -> Option<Held> {
        let set = set.as_ref().filter(|set| set.len() == 1)?;
        let value = match_value(set.first()?);
        Some((
            op.operation.directory,
            op.operation.pass,
            attr.clone(),
            value,
        ))
    };
    let mut hands: BTreeMap<Held, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (n, op) in ops.iter().enumerate() {
        for (attr, (before, after)) in &op.handed {
            let (before, after) = (held(op, attr, before), held(op, attr, after));
            if before == after {
                continue;
            }
            if let Some(before) = before {
                hands.entry(before).or_default().0.push(n);
            }
            if let Some(after) = after {
                hands.entry(after).or_default().1.push(n);
            }
        }
    }
    let pairs = hands.into_values();
    pairs
        .filter_map(|(givers, takers)| match (&givers[..], &takers[..]) {
            ([giver], [taker]) if giver != taker => Some((*giver, *taker)),
            _ => None,
        })
        .collect()
}

/// What goes of the released operations of a directory, in order: one waits while what it needs is staged and may not go.
pub fn sendable(
    state: &State,
    directory: DirectoryId,
    released: &dyn Fn(&Staged) -> bool,
) -> Vec<Staged> {
    let here = |op: &&Staged| op.operation.directory == directory;
    let staged: Vec<Staged> = state.staged.iter().filter(here).cloned().collect();
    let needs = needs(&staged, false);
    let mut goes: BTreeSet<usize> = (0..staged.len())
        .filter(|n| released(&staged[*n]))
        .collect();
    loop {
        let waits: Vec<usize> = goes
            .iter()
            .filter(|n| !needs[**n].is_subset(&goes))
            .copied()
            .collect();
        if waits.is_empty() {
            break;
        }
        goes.retain(|n| !waits.contains(n));
    }
    goes.into_iter().map(|n| staged[n].clone()).collect()
}

/// What of an operation can be sent as things stand: all of it, what does not refer to somebody who is missing, or nothing.
pub fn ready(state: &State, op: &Staged) -> Option<Staged> {
    let exists = |cs: Cs| state.objects.get(&cs).is_some_and(|o| o.anchor.is_some());
    let container = op.effect.place.as_ref().and_then(|place| place.parent);
    let own = op.effect.verb == Verb::Add || exists(op.cs);
    if op.blocked || !own || !container.is_none_or(exists) {
        return None;
    }
    let missing: BTreeSet<Cs> = op
        .effect
        .refs_added
        .iter()
        .map(|(_, to)| *to)
        .filter(|to| !exists(*to))
        .collect();
    if missing.is_empty() {
        return Some(op.clone());
    }
    let keys: BTreeSet<ObjectKey> = missing.iter().filter_map(|cs| key(state, *cs)).collect();
    let is_there = |value: &OpValue| !matches!(value, OpValue::Ref(key) if keys.contains(key));
    let mut part = op.clone();
    part.effect
        .refs_added
        .retain(|(_, to)| !missing.contains(to));
    part.operation
        .deltas
        .retain_mut(|(_, change)| match change {
            Change::Set(values) => {
                values.retain(is_there);
                !values.is_empty()
            }
            Change::Clear => true,
            Change::Values { add, remove } => {
                add.retain(is_there);
                !add.is_empty() || !remove.is_empty()
            }
        });
    (!part.operation.deltas.is_empty()).then_some(part)
}

/// Under which ids a target knows what operations name as new, also where only an import found it out.
pub fn learn_names(state: &mut State) {
    let targets = state.objects.values().filter_map(|object| {
        let link = object.link.filter(|link| link.kind == LinkKind::Target)?;
        let (source, anchor) = state.people.get(&link.mv)?.origin.clone();
        let key = ObjectKey::New {
            part: link.part,
            source,
            anchor,
        };
        Some((key, object.anchor.clone()?))
    });
    let known: Vec<_> = targets.collect();
    state.created.extend(known);
}

/// Puts an operation into escrow, durably, before it is sent (D-53). Nothing where it cannot go now.
pub fn hand_over(state: &mut State, op: &Staged) -> Option<Staged> {
    let op = ready(state, op)?;
    state.exported += 1;
    state.object(op.cs).escrow = Some(op.clone());
    Some(op)
}

/// What an answer changes (D-54).
pub fn acknowledge(state: &mut State, op: &Staged, outcome: &OpOutcome) {
    if matches!(outcome, OpOutcome::Unknown(_)) {
        return;
    }
    let cs = op.cs;
    let pass = op.operation.pass;
    state.object(cs).escrow = None;
    let mut effect = op.effect.clone();
    let mut wrong: Vec<(ErrorKind, Option<AttrName>)> = Vec::new();
    let mut anchor = None;
    let acknowledged = match outcome {
        OpOutcome::Done(applied) => {
            anchor = Some(applied.anchor.clone());
            for fault in &applied.refused {
                match &fault.attr {
                    Some(attr) => {
                        effect.attrs.remove(attr);
                        effect.refs_added.retain(|(a, _)| a != attr);
                        effect.refs_removed.retain(|(a, _)| a != attr);
                    }
                    None => effect.place = None,
                }
                wrong.push((fault.kind, fault.attr.clone()));
            }
            true
        }
        OpOutcome::AcknowledgedWithoutId { .. } => true,
        OpOutcome::AlreadyGone if op.effect.verb == Verb::Delete => true,
        OpOutcome::AlreadyGone => {
            wrong.push((ErrorKind::ObjectMissing, None));
            false
        }
        OpOutcome::Rejected(fault) => {
            wrong.push((fault.kind, fault.attr.clone()));
            false
        }
        OpOutcome::Throttled { .. } => return,
        OpOutcome::Unknown(_) => unreachable!("it was answered above"),
    };
    // The error of one pass stays while the other one is tried.
    if pass == 1 {
        let of_export = |stage| stage == Stage::Export;
        state
            .problems
            .retain(|p| p.who != Who::Cs(cs) || !of_export(p.stage));
    }
    for (kind, attr) in wrong {
        state.fail_with(Who::Cs(cs), Stage::Export, kind, attr, BTreeSet::new());
    }
    if !acknowledged {
        return;
    }
    let sequence = state.exported;
    let adds = effect.verb == Verb::Add;
    let object = state.object(cs);
    if !effect.is_nothing() {
        object.memory.push(Memory { sequence, effect });
    }
    note_sent(state, cs);
    if adds {
        let object = state.object(cs);
        object.acknowledged = true;
        if let Some(anchor) = anchor {
            object.anchor = Some(anchor.clone());
            state.created.insert(op.operation.object.clone(), anchor);
        }
    }
    let hash = op.operation.hash();
    state
        .staged
        .retain(|staged| staged.cs != cs || staged.operation.hash() != hash);
}

/// Values that are sent on change, and now were (D-43).
fn note_sent(state: &mut State, cs: Cs) {
    let object = state.object(cs);
    let believed = Believed::of(object);
    if let Some(Fate::Flows(intended)) = &mut object.fate {
        for (attr, managed) in &mut intended.attrs {
            let holds = believed.attrs.get(attr) == managed.values.as_ref();
            managed.sent |= managed.mode == FlowMode::OnChange && holds;
        }
    }
}

/// What a look at the directory says of an Add without an answer (D-53): it is ours, or it is sent again.
pub fn resolve_add(state: &mut State, op: &Staged, found: Option<Anchor>) {
    match found {
        Some(anchor) => {
            let applied = Applied {
                anchor,
                dn: None,
                refused: Vec::new(),
                no_op: false,
            };
            acknowledge(state, op, &OpOutcome::Done(applied));
        }
        None => state.object(op.cs).escrow = None,
    }
}
