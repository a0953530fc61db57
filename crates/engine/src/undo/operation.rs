//! The operation that leads from what an object holds to what it held.
//!
//! Invariants: what does not differ is not in it; of several values only those that come and go are; nothing is named
//! that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, AttrName};
use syncline_model::contributors::Contributors;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::plan::{
    AttrChange, AttrEffect, Effect, GuardFact, GuardKind, Place, PlannedOp, RefEffect, Verb,
};
use syncline_model::{CsId, PartId, Value, Values};

use super::Known;
use crate::sync::believed::Believed;
use crate::sync::derive::sets_enabled;

/// What an object holds, and what it held.
pub(super) struct Difference<'a> {
    /// The last operation it got.
    pub(super) last: &'a PlannedOp,
    /// What it holds.
    pub(super) now: &'a Believed,
    /// What it held.
    pub(super) then: &'a Believed,
    /// Which flow sent what is taken back.
    pub(super) deciders: &'a BTreeMap<AttrName, (PartId, u16)>,
    /// Attributes of several values.
    pub(super) several: &'a BTreeSet<AttrName>,
    pub(super) known: Known<'a>,
}

impl Difference<'_> {
    /// The operation from what is to what was.
    pub(super) fn operation(&self) -> Option<PlannedOp> {
        let (last, now) = (self.last, self.now);
        let anchor = self.known.anchors.get(&last.cs)?.clone();
        let object_type = self.known.types.name(last.object_type)?.to_owned();
        if !now.exists {
            return None;
        }
        let mut draft = Drafted::default();
        if self.then.exists {
            self.attributes(&mut draft);
            self.references(&mut draft);
            draft.place = self
                .then
                .place
                .clone()
                .filter(|_| self.then.place != now.place);
            if draft.is_empty() {
                return None;
            }
        }
        draft.changes.sort_by(|a, b| a.attr.cmp(&b.attr));
        draft.refs.sort_unstable();
        draft.facts.sort_unstable();
        draft.facts.dedup();
        let parent = |place: &Place| {
            Some(ObjectKey::Anchor(
                self.known.anchors.get(&place.parent)?.clone(),
            ))
        };
        let (verb, kind) = if self.then.exists {
            let placement = match &draft.place {
                Some(place) => Some(Placement {
                    parent: parent(place)?,
                    rdn: place.rdn.clone(),
                }),
                None => None,
            };
            let moves =
                |place: &Place| now.place.as_ref().is_some_and(|n| n.parent != place.parent);
            if draft.place.as_ref().is_some_and(moves) {
                draft.facts.push(fact(GuardKind::Move, None));
            }
            let place = placement;
            (Verb::Update, OpKind::Update { object_type, place })
        } else {
            draft.facts.push(fact(GuardKind::Delete, None));
            (Verb::Delete, OpKind::Delete { object_type })
        };
        let op = Operation {
            directory: last.directory,
            pass: 1,
            object: ObjectKey::Anchor(anchor),
            kind,
            deltas: draft.deltas.into_iter().collect(),
        };
        Some(PlannedOp {
            hash: op.hash(),
            op,
            effect: Effect {
                verb,
                place: draft.place,
                attrs: draft.attrs,
                refs: draft.refs,
            },
            place_before: now.place.clone(),
            changes: draft.changes,
            facts: draft.facts,
            blocked: None,
            ..last.clone()
        })
    }

    fn attributes(&self, draft: &mut Drafted) {
        let now = self.now;
        let ids: BTreeSet<AttrId> = now
            .attrs
            .iter()
            .chain(self.then.attrs.iter())
            .map(|(id, _)| id)
            .collect();
        for id in ids {
            let (before, after) = (now.attrs.get(id), self.then.attrs.get(id));
            let Some(name) = self.known.attrs.name(id).filter(|_| before != after) else {
                continue;
            };
            let (change, effect) = match (before, after) {
                (_, None) => (Change::Clear, AttrEffect::Clear),
                (Some(before), Some(after)) if self.several.contains(name) => {
                    let missing = |from: &Values, other: &Values| -> Vec<Value> {
                        let gone = |value: &&Value| !other.as_slice().contains(value);
                        from.iter().filter(gone).cloned().collect()
                    };
                    let (add, remove) = (missing(after, before), missing(before, after));
                    let change = Change::Values {
                        add: plain(&add),
                        remove: plain(&remove),
                    };
                    let (add, remove) = (Values::new(add), Values::new(remove));
                    (change, AttrEffect::Values { add, remove })
                }
                (_, Some(after)) => (
                    Change::Set(plain(after.as_slice())),
                    AttrEffect::Set(after.clone()),
                ),
            };
            draft.facts.push(match after {
                None => fact(GuardKind::Clear, Some(id)),
                Some(_) => fact(GuardKind::Change, Some(id)),
            });
            if sets_enabled(&name.as_str().to_ascii_lowercase(), after) == Some(false) {
                draft.facts.push(fact(GuardKind::Disable, None));
            }
            draft.deltas.insert(name.clone(), change);
            draft.attrs.push((id, effect));
            draft.changes.push(AttrChange {
                before: before.cloned(),
                after: after.cloned(),
                ..self.change(name)
            });
        }
    }

    fn references(&self, draft: &mut Drafted) {
        let now = self.now;
        let moved = now.refs.symmetric_difference(&self.then.refs);
        let ids: BTreeSet<AttrId> = moved.map(|(attr, _)| *attr).collect();
        for id in ids {
            let Some(name) = self.known.attrs.name(id) else {
                continue;
            };
            let of = |refs: &BTreeSet<(AttrId, CsId)>| -> BTreeSet<CsId> {
                let mine = refs.range((id, CsId(i64::MIN))..=(id, CsId(i64::MAX)));
                mine.map(|(_, to)| *to).collect()
            };
            let (before, after) = (of(&now.refs), of(&self.then.refs));
            let comes: Vec<CsId> = after.difference(&before).copied().collect();
            let goes: Vec<CsId> = before.difference(&after).copied().collect();
            let keys = |list: &[CsId]| -> Vec<OpValue> {
                let anchors = list.iter().filter_map(|to| self.known.anchors.get(to));
                let mut keys: Vec<OpValue> = anchors
                    .map(|anchor| OpValue::Ref(ObjectKey::Anchor(anchor.clone())))
                    .collect();
                keys.sort_unstable();
                keys
            };
            let change = match (self.several.contains(name), comes.is_empty()) {
                (true, _) => Change::Values {
                    add: keys(&comes),
                    remove: keys(&goes),
                },
                (false, false) => Change::Set(keys(&comes)),
                (false, true) => Change::Clear,
            };
            draft.deltas.insert(name.clone(), change);
            let effect = |to: &CsId, added| RefEffect {
                attr: id,
                to: *to,
                added,
            };
            draft.refs.extend(comes.iter().map(|to| effect(to, true)));
            draft.refs.extend(goes.iter().map(|to| effect(to, false)));
            draft.changes.push(AttrChange {
                added: comes,
                removed: goes,
                references_before: u32::try_from(before.len()).unwrap_or(u32::MAX),
                ..self.change(name)
            });
        }
    }

    fn change(&self, name: &AttrName) -> AttrChange {
        let decider = self.deciders.get(name).copied();
        let (part, flow) = decider.unwrap_or((self.last.part, 0));
        AttrChange {
            attr: name.clone(),
            before: None,
            after: None,
            added: Vec::new(),
            removed: Vec::new(),
            references_before: 0,
            removed_by_deletion: 0,
            part,
            flow,
            source: Contributors::None,
        }
    }
}

/// What an operation is made of.
#[derive(Default)]
struct Drafted {
    place: Option<Place>,
    attrs: Vec<(AttrId, AttrEffect)>,
    refs: Vec<RefEffect>,
    changes: Vec<AttrChange>,
    facts: Vec<GuardFact>,
    deltas: BTreeMap<AttrName, Change>,
}

impl Drafted {
    fn is_empty(&self) -> bool {
        self.place.is_none() && self.attrs.is_empty() && self.refs.is_empty()
    }
}

fn fact(kind: GuardKind, attr: Option<AttrId>) -> GuardFact {
    GuardFact { kind, attr }
}

fn plain(values: &[Value]) -> Vec<OpValue> {
    values.iter().cloned().map(OpValue::Value).collect()
}
