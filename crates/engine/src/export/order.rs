//! The order of operations in one directory (D-50, D-51).
//!
//! Invariants: pass 1 before pass 2; parents are added before children and deleted after them; who gives up a name or
//! a value goes before who takes it; deletes come last in their pass unless something waits for them; the order is the
//! same for the same operations, whatever order they came in.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use syncline_model::op::{Change, ObjectKey, OpValue};
use syncline_model::plan::{Place, PlannedOp, Verb};
use syncline_model::{AttrName, CsId, DirectoryId, MvId, Rdn, Values};

/// Sorts operations into the order in which they are sent: each after what it needs, otherwise adds, changes, deletes.
pub fn in_order(ops: &mut Vec<PlannedOp>) {
    ops.sort_by(|a, b| key(a).cmp(&key(b)));
    let needs = needs(&ops.iter().collect::<Vec<_>>(), true);
    let mut taken: Vec<Option<PlannedOp>> = ops.drain(..).map(Some).collect();
    ops.extend(sequence(&needs).into_iter().filter_map(|n| taken[n].take()));
}

/// How many of these operations, which are in order, can go at once: none of them needs another one of them.
pub fn at_once(ops: &[&PlannedOp]) -> usize {
    let needs = needs(ops, true);
    let first = needs.iter().position(|needed| !needed.is_empty());
    first.unwrap_or(ops.len()).max(1)
}

/// Which of the operations that may be sent wait all the same: what they take is given up by one that is staged and may
/// not be sent.
pub fn held_back(sending: &[&PlannedOp], staged: &[&PlannedOp]) -> BTreeSet<usize> {
    let id = |op: &PlannedOp| (op.cs, op.pass());
    let mut goes: BTreeSet<(CsId, u8)> = sending.iter().map(|op| id(op)).collect();
    let needs = needs(staged, false);
    loop {
        let waits: Vec<(CsId, u8)> = staged
            .iter()
            .zip(&needs)
            .filter(|(op, _)| goes.contains(&id(op)))
            .filter(|(_, needed)| needed.iter().any(|n| !goes.contains(&id(staged[*n]))))
            .map(|(op, _)| id(op))
            .collect();
        if waits.is_empty() {
            break;
        }
        goes.retain(|one| !waits.contains(one));
    }
    let all = sending.iter().enumerate();
    all.filter(|(_, op)| !goes.contains(&id(op)))
        .map(|(n, _)| n)
        .collect()
}

/// Each operation after those it needs; of a circle, the first in the given order breaks it.
fn sequence(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut begun = vec![false; needs.len()];
    for start in 0..needs.len() {
        // What is open, and how many of its needs were looked at.
        let mut open: Vec<(usize, usize)> = Vec::new();
        if !std::mem::replace(&mut begun[start], true) {
            open.push((start, 0));
        }
        while let Some((n, seen)) = open.last_mut() {
            match needs[*n].get(*seen) {
                Some(needed) => {
                    *seen += 1;
                    if !std::mem::replace(&mut begun[*needed], true) {
                        open.push((*needed, 0));
                    }
                }
                None => {
                    order.push(*n);
                    open.pop();
                }
            }
        }
    }
    order
}

/// A name in a container, as the directory keeps it unique.
type Name = (DirectoryId, u8, CsId, String);
/// A value of an attribute, as the directory may keep it unique.
type Held = (DirectoryId, u8, String, String);

fn name(op: &PlannedOp, place: &Place) -> Option<Name> {
    let rdn: Rdn = place.rdn.parse().ok()?;
    Some((op.directory, op.pass(), place.parent, rdn.uniqueness_key()))
}

/// Per operation the others that have to go before it, ascending; with `values` also those that give up a value which it
/// takes, and which may be unique.
fn needs(ops: &[&PlannedOp], values: bool) -> Vec<Vec<usize>> {
    let mut given: BTreeMap<Name, usize> = BTreeMap::new();
    let mut added: BTreeMap<(DirectoryId, CsId), usize> = BTreeMap::new();
    let mut deleted: BTreeMap<(DirectoryId, CsId), usize> = BTreeMap::new();
    let mut left: BTreeMap<(DirectoryId, MvId), Vec<usize>> = BTreeMap::new();
    for (n, op) in ops.iter().enumerate() {
        let own = (op.directory, op.cs);
        match op.verb() {
            Verb::Add => drop(added.insert(own, n)),
            Verb::Update => {}
            Verb::Delete => {
                deleted.insert(own, n);
                let mv = op.mv.map(|mv| (op.directory, mv));
                mv.into_iter()
                    .for_each(|mv| left.entry(mv).or_default().push(n));
            }
        }
        let gives = op.verb() == Verb::Delete || op.effect.place.is_some();
        if let Some(before) = op.place_before.as_ref().filter(|_| gives) {
            given.extend(name(op, before).map(|name| (name, n)));
        }
    }
    let mut needs = vec![BTreeSet::new(); ops.len()];
    for (n, op) in ops.iter().enumerate() {
        if let Some(place) = &op.effect.place {
            let giver = name(op, place).and_then(|name| given.get(&name)).copied();
            let parent = added.get(&(op.directory, place.parent)).copied();
            needs[n].extend(giver.into_iter().chain(parent).filter(|m| *m != n));
        }
        if op.verb() == Verb::Add
            && let Some(leaving) = op.mv.and_then(|mv| left.get(&(op.directory, mv)))
        {
            needs[n].extend(leaving.iter().copied());
        }
        let moves = op.verb() == Verb::Delete || op.effect.place.is_some();
        if let Some(before) = op.place_before.as_ref().filter(|_| moves)
            && let Some(container) = deleted.get(&(op.directory, before.parent))
        {
            needs[*container].insert(n);
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
        .into_iter()
        .map(|set| set.into_iter().collect())
        .collect()
}

/// The operations between which a value changes hands. Only what one gives and one takes is handed over: values that
/// many share are nobody's.
fn hand_overs(ops: &[&PlannedOp]) -> Vec<(usize, usize)> {
    let held = |op: &PlannedOp, attr: &AttrName, values: Option<&Values>| -> Option<Held> {
        let text = values?.single().and_then(crate::keys::key_text)?;
        let attr = attr.as_str().to_ascii_lowercase();
        Some((op.directory, op.pass(), attr, text))
    };
    let mut handed: BTreeMap<Held, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (n, op) in ops.iter().enumerate() {
        for change in op.changes.iter().filter(|change| change.before.is_some()) {
            let before = held(op, &change.attr, change.before.as_ref());
            let after = held(op, &change.attr, change.after.as_ref());
            if let Some(value) = before.filter(|before| Some(before) != after.as_ref()) {
                handed.entry(value).or_default().0.push(n);
            }
        }
    }
    // What nobody gives up is not kept: a first plan takes very many.
    for (n, op) in ops.iter().enumerate() {
        for change in &op.changes {
            let after = held(op, &change.attr, change.after.as_ref());
            if let Some((_, takers)) = after.and_then(|value| handed.get_mut(&value)) {
                takers.push(n);
            }
        }
    }
    let pairs = handed.into_values();
    pairs
        .filter_map(|hands| match (hands.0.as_slice(), hands.1.as_slice()) {
            ([giver], [taker]) if giver != taker => Some((*giver, *taker)),
            _ => None,
        })
        .collect()
}

type Key<'a> = (
    DirectoryId,
    u8,
    u8,
    u16,
    Reverse<u16>,
    &'a syncline_model::op::ObjectKey,
    [u8; 32],
);

fn key(op: &PlannedOp) -> Key<'_> {
    let (rank, down, up) = match op.verb() {
        Verb::Add => (0, op.depth, 0),
        Verb::Update => (1, op.depth, 0),
        Verb::Delete => (2, 0, op.depth),
    };
    (
        op.directory,
        op.pass(),
        rank,
        down,
        Reverse(up),
        &op.op.object,
        op.hash.0,
    )
}

/// Whether an operation can be sent as things stand: not blocked, and every object it names exists. Who is gone can still be
/// taken out of where a directory keeps the name.
///
/// `exists` says whether the directory knows an object (it has an anchor). An Add's own object does not yet.
pub fn ready(op: &PlannedOp, exists: impl Fn(CsId) -> bool) -> bool {
    let mut referred = op.effect.refs.iter().filter(|change| change.added);
    let referred = referred.all(|change| exists(change.to));
    let place = op
        .effect
        .place
        .as_ref()
        .is_none_or(|place| exists(place.parent));
    let own = op.verb() == Verb::Add || exists(op.cs);
    op.blocked.is_none() && own && referred && place
}

/// What of an operation can be sent while objects are missing that it refers to: all but these references, so that one who
/// cannot be created keeps nobody else out of a group (D-51). `None` where nothing is left.
///
/// `missing` are objects without an anchor, under the key by which operations name them. The rest is derived anew once the
/// part is acknowledged.
pub fn part_without(op: &PlannedOp, missing: &BTreeMap<CsId, ObjectKey>) -> Option<PlannedOp> {
    let keys: BTreeSet<&ObjectKey> = missing.values().collect();
    let is_there = |value: &OpValue| !matches!(value, OpValue::Ref(key) if keys.contains(key));
    let mut part = op.clone();
    part.op.deltas.retain_mut(|(_, change)| match change {
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
    if part.op.deltas.is_empty() {
        return None;
    }
    part.effect
        .refs
        .retain(|change| !change.added || !missing.contains_key(&change.to));
    for change in &mut part.changes {
        change.added.retain(|to| !missing.contains_key(to));
    }
    let left: BTreeSet<_> = part
        .op
        .deltas
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    part.changes.retain(|change| left.contains(&change.attr));
    part.hash = part.op.hash();
    Some(part)
}
