//! Counts the patterns of a plan, with what their operations share and some of them as samples.
//!
//! Invariants: one look at each operation for its key and one for its share in the pattern; samples and numbers are the
//! same whatever the order of the operations.

use std::collections::BTreeMap;

use syncline_model::op::OpHash;
use syncline_model::pattern::Shape;
use syncline_model::plan::{AttrChange, PlannedOp};
use syncline_model::{AttrName, PartId, Value, Values};

use super::key::Key;
use super::{fold, shape};

/// Samples that stand out: the longest values, and those with unusual characters.
const ODD: usize = 2;
/// Samples that are drawn, by the hash of the operation.
const DRAWN: usize = 3;

/// The patterns of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns {
    /// What takes something away first, then by how many there are.
    pub found: Vec<Pattern>,
    /// Of each operation of the plan its pattern, as a position in `found`.
    pub of: Vec<usize>,
}

/// What some operations have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What makes them alike.
    pub key: Key,
    /// How many they are.
    pub count: u64,
    /// The attributes that any of them changes, by name.
    pub attributes: Vec<AttrTally>,
    /// Some of them, as positions in the plan: first those that stand out.
    pub samples: Vec<usize>,
}

/// What becomes of one attribute within a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttrTally {
    /// The attribute.
    pub name: AttrName,
    /// The part that decides.
    pub part: PartId,
    /// The flow in it that decides.
    pub flow: u16,
    /// What becomes of the values, where all operations agree in that.
    pub shape: Option<Shape>,
    /// How many operations change it.
    pub count: u64,
    /// Values that come in all of them together.
    pub added: u64,
    /// Values that go in all of them together.
    pub removed: u64,
    /// What they all hold afterwards.
    pub after: Common,
}

/// What several operations hold afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Common {
    /// The same value all of them.
    One(Value),
    /// Not the same, or several values, or none.
    No,
}

/// Finds the patterns of a plan.
pub fn patterns(plan: &[PlannedOp]) -> Patterns {
    let mut keys: BTreeMap<Key, usize> = BTreeMap::new();
    let mut exact: Vec<usize> = Vec::with_capacity(plan.len());
    let mut counts: Vec<u64> = Vec::new();
    for op in plan {
        let next = keys.len();
        let number = *keys.entry(Key::of(op)).or_insert(next);
        if number == next {
            counts.push(0);
        }
        counts[number] += 1;
        exact.push(number);
    }
    let counted = keys.iter().map(|(key, n)| (key.clone(), counts[*n]));
    let told = fold::told(&counted.collect());
    let mut tallies: BTreeMap<&Key, Tally<'_>> = BTreeMap::new();
    let mut key_of: Vec<Option<&Key>> = vec![None; keys.len()];
    for (exact, number) in &keys {
        key_of[*number] = Some(&told[exact]);
    }
    for (at, (op, number)) in plan.iter().zip(&exact).enumerate() {
        if let Some(key) = key_of[*number] {
            tallies.entry(key).or_default().add(at, op);
        }
    }
    let mut found: Vec<(&Key, Tally<'_>)> = tallies.into_iter().collect();
    // By key already; what is equal stays in that order.
    found.sort_by_key(|(key, tally)| (key.kind, std::cmp::Reverse(tally.count)));
    let place: BTreeMap<&Key, usize> = found
        .iter()
        .enumerate()
        .map(|(place, (key, _))| (*key, place))
        .collect();
    let of = exact
        .iter()
        .filter_map(|number| place.get(key_of[*number]?).copied())
        .collect();
    Patterns {
        of,
        found: found
            .into_iter()
            .map(|(key, tally)| tally.end(key))
            .collect(),
    }
}

/// How much an operation stands out, and which one it is.
type Sample = (Oddness, OpHash, usize);

/// Characters beyond ASCII first, then length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Oddness {
    foreign: usize,
    length: usize,
}

#[derive(Default)]
struct Tally<'a> {
    count: u64,
    attributes: BTreeMap<(&'a AttrName, PartId, u16), AttrCount<'a>>,
    drawn: Vec<(OpHash, usize)>,
    odd: Vec<Sample>,
}

#[derive(Default)]
struct AttrCount<'a> {
    count: u64,
    added: u64,
    removed: u64,
    /// The value that all hold so far; `None` when they differ.
    after: Option<&'a Value>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, at: usize, op: &'a PlannedOp) {
        self.count += 1;
        for change in &op.changes {
            let key = (&change.attr, change.part, change.flow);
            self.attributes.entry(key).or_default().add(change);
        }
        self.drawn.push((op.hash, at));
        self.odd.push((oddness(op), op.hash, at));
        // So that a pattern of half a million operations holds few of them.
        if self.drawn.len() > 64 {
            self.choose();
        }
    }

    fn choose(&mut self) {
        self.drawn.sort_unstable();
        self.drawn.truncate(ODD + DRAWN);
        self.odd
            .sort_unstable_by_key(|(odd, hash, at)| (std::cmp::Reverse(*odd), *hash, *at));
        self.odd.truncate(ODD);
    }

    fn end(mut self, key: &Key) -> Pattern {
        self.choose();
        let mut samples: Vec<usize> = self.odd.iter().map(|(.., at)| *at).collect();
        for (_, at) in &self.drawn {
            if samples.len() < ODD + DRAWN && !samples.contains(at) {
                samples.push(*at);
            }
        }
        let shape = |name: &AttrName, part, flow| {
            let mine =
                |one: &&super::AttrKey| one.name == *name && one.part == part && one.flow == flow;
            key.attributes
                .iter()
                .find(mine)
                .map(|one| one.shape.clone())
        };
        let tally =
            |((name, part, flow), count): ((&AttrName, PartId, u16), AttrCount<'_>)| AttrTally {
                name: name.clone(),
                part,
                flow,
                shape: shape(name, part, flow),
                count: count.count,
                added: count.added,
                removed: count.removed,
                after: count.after.cloned().map_or(Common::No, Common::One),
            };
        Pattern {
            key: key.clone(),
            count: self.count,
            attributes: self.attributes.into_iter().map(tally).collect(),
            samples,
        }
    }
}

impl<'a> AttrCount<'a> {
    fn add(&mut self, change: &'a AttrChange) {
        let (added, removed) = shape::moved(change);
        self.added += added;
        self.removed += removed;
        let after = change.after.as_ref().and_then(Values::single);
        let is_same = self.count == 0 || self.after == after;
        self.after = after.filter(|_| is_same);
        self.count += 1;
    }
}

fn oddness(op: &PlannedOp) -> Oddness {
    let changes = op.changes.iter();
    let sets = changes.flat_map(|change| change.before.iter().chain(&change.after));
    let texts = sets.flatten().filter_map(Value::as_text);
    let place = op.effect.place.as_ref().or(op.place_before.as_ref());
    let mut odd = Oddness {
        foreign: 0,
        length: 0,
    };
    for text in texts.chain(place.map(|place| place.rdn.as_str())) {
        odd.foreign = odd
            .foreign
            .max(text.bytes().filter(|b| !b.is_ascii()).count());
        odd.length = odd.length.max(text.len());
    }
    odd
}
