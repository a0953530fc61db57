//! Undo: what would put an object back as it was before an export (P-26).
//!
//! Invariants: only what still is as we left it is put back; what somebody changed since, and what nobody knows any more,
//! is left alone and named with the reason; the answer is one operation an object, whatever its export took.

mod operation;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, AttrName, AttrTable};
use syncline_model::object::TypeTable;
use syncline_model::op::Change;
use syncline_model::plan::{AttrEffect, Place, PlannedOp, RefEffect, Verb};
use syncline_model::schema::same_for_change;
use syncline_model::{Anchor, CsId, PartId, Value, Values};

use crate::import::same_rdn;
use crate::sync::believed::Believed;
use operation::Difference;

/// What has to be known beside the object itself.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Names of attributes.
    pub attrs: &'a AttrTable,
    /// Names of types.
    pub types: &'a TypeTable,
    /// The objects of the directory that exist and are concerned: itself, containers, objects referred to.
    pub anchors: &'a BTreeMap<CsId, Anchor>,
}

/// Why something is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was deleted, and what it held is not kept.
    Deleted,
    /// It was gone already.
    Gone,
    /// It holds something else than what we sent.
    ChangedSince,
    /// What it held before is not known.
    Unknown,
    /// The container that it lay in, or an object that it referred to, is gone.
    OtherGone,
}

/// What is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The attribute; `None` is the object, or where it lies.
    pub attr: Option<AttrName>,
    /// Why.
    pub why: Why,
}

/// What puts an object back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The operation, if there is something to do.
    pub op: Option<PlannedOp>,
    /// What it does not put back.
    pub left: Vec<Left>,
}

/// Undoes the operations that one object got, in the order of sending. `now` is what is believed of it.
pub fn undo(sent: &[PlannedOp], now: &Believed, known: Known<'_>) -> Undone {
    let mut back = Back {
        state: now.clone(),
        deciders: BTreeMap::new(),
        several: BTreeSet::new(),
        left: BTreeSet::new(),
        known,
    };
    for op in sent.iter().rev() {
        if !back.takes_back(op) {
            break;
        }
    }
    let op = sent.last().and_then(|last| {
        let difference = Difference {
            last,
            now,
            then: &back.state,
            deciders: &back.deciders,
            several: &back.several,
            known,
        };
        difference.operation()
    });
    Undone {
        op,
        left: back.left.into_iter().collect(),
    }
}

struct Back<'a> {
    /// What the object is to hold.
    state: Believed,
    /// Which flow sent what is taken back.
    deciders: BTreeMap<AttrName, (PartId, u16)>,
    /// Attributes of several values.
    several: BTreeSet<AttrName>,
    left: BTreeSet<Left>,
    known: Known<'a>,
}

impl Back<'_> {
    fn leave(&mut self, attr: Option<&AttrName>, why: Why) {
        let attr = attr.cloned();
        self.left.insert(Left { attr, why });
    }

    /// Takes one operation back; false where nothing before it can be reached.
    fn takes_back(&mut self, op: &PlannedOp) -> bool {
        match op.verb() {
            Verb::Delete => {
                self.leave(None, Why::Deleted);
                return false;
            }
            _ if !self.state.exists => {
                self.leave(None, Why::Gone);
                return false;
            }
            Verb::Add => {
                self.state = Believed::default();
                // Whatever was changed later goes with the object.
                self.left.clear();
                return true;
            }
            Verb::Update => {}
        }
        if let Some(place) = &op.effect.place {
            self.place(place, op.place_before.as_ref());
        }
        for (name, change) in &op.op.deltas {
            if matches!(change, Change::Values { .. }) {
                self.several.insert(name.clone());
            }
        }
        for change in &op.changes {
            let decider = (change.part, change.flow);
            self.deciders.insert(change.attr.clone(), decider);
        }
        for (attr, effect) in &op.effect.attrs {
            if let Some(name) = self.known.attrs.name(*attr).cloned() {
                self.attribute(*attr, &name, effect, op);
            }
        }
        for change in &op.effect.refs {
            if let Some(name) = self.known.attrs.name(change.attr).cloned() {
                self.reference(*change, &name);
            }
        }
        true
    }

    fn place(&mut self, sent: &Place, before: Option<&Place>) {
        let is_there = |now: &Place| now.parent == sent.parent && same_rdn(&now.rdn, &sent.rdn);
        if !self.state.place.as_ref().is_some_and(is_there) {
            return self.leave(None, Why::ChangedSince);
        }
        match before {
            None => self.leave(None, Why::Unknown),
            Some(before) if !self.known.anchors.contains_key(&before.parent) => {
                self.leave(None, Why::OtherGone);
            }
            Some(before) => self.state.place = Some(before.clone()),
        }
    }

    fn attribute(&mut self, attr: AttrId, name: &AttrName, effect: &AttrEffect, op: &PlannedOp) {
        let now = self.state.attrs.get(attr).cloned();
        let before = match effect {
            AttrEffect::Set(_) | AttrEffect::Clear => {
                let sent = match effect {
                    AttrEffect::Set(values) => Some(values),
                    _ => None,
                };
                if !same_for_change(now.as_ref(), sent) {
                    return self.leave(Some(name), Why::ChangedSince);
                }
                match op.changes.iter().find(|change| change.attr == *name) {
                    Some(change) => change.before.clone(),
                    None => return self.leave(Some(name), Why::Unknown),
                }
            }
            AttrEffect::Values { add, remove } => {
                let (add, remove) = (values(add.as_ref()), values(remove.as_ref()));
                let held: BTreeSet<&Value> = now.iter().flatten().collect();
                // A value that came by itself, or went, was changed by somebody else.
                let disturbed = add.iter().any(|v| !held.contains(v))
                    || remove.iter().any(|v| held.contains(v));
                if disturbed {
                    self.leave(Some(name), Why::ChangedSince);
                }
                let stays = held.into_iter().filter(|value| !add.contains(value));
                Values::new(stays.chain(remove.iter().copied()).cloned())
            }
        };
        self.state.attrs.set(attr, before);
    }

    fn reference(&mut self, sent: RefEffect, name: &AttrName) {
        let one = (sent.attr, sent.to);
        match (sent.added, self.state.refs.contains(&one)) {
            (true, true) => drop(self.state.refs.remove(&one)),
            (false, false) if self.known.anchors.contains_key(&sent.to) => {
                self.state.refs.insert(one);
            }
            (false, false) => self.leave(Some(name), Why::OtherGone),
            // It went, or came back, by itself.
            (true, false) | (false, true) => self.leave(Some(name), Why::ChangedSince),
        }
    }
}

fn values(values: Option<&Values>) -> Vec<&Value> {
    values.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
