//! Sealing: from drafts in engine ids to operations in object keys, with their hashes (D-49).
//!
//! Invariants: no engine id, time or row number enters an operation; deltas are sorted by name, values and
//! references by content; equal drafts over equal keys give equal hashes.

use std::collections::BTreeMap;

use syncline_model::attrs::AttrName;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::password::InitialPassword;
use syncline_model::plan::{AttrEffect, Place, Verb};
use syncline_model::{CsId, PartId, Values};

use super::Context;
use super::derive::Draft;
use syncline_model::object::CsRow;

/// Object keys by connector-space object.
pub type Keys = BTreeMap<CsId, ObjectKey>;

/// Objects whose keys an operation needs.
pub fn wanted(cs: CsId, draft: &Draft) -> impl Iterator<Item = CsId> + '_ {
    std::iter::once(cs)
        .chain(draft.effect.place.iter().map(|place| place.parent))
        .chain(draft.effect.refs.iter().map(|change| change.to))
}

/// The operation of a draft; `None` when an object in it has no key (an unknown object cannot be named).
pub fn operation(
    cx: &Context<'_>,
    row: &CsRow,
    owner: PartId,
    draft: &Draft,
    keys: &Keys,
) -> Option<Operation> {
    let object_type = cx.set.types.name(row.object_type?)?.to_owned();
    let placement = |place: &Place| {
        Some(Placement {
            parent: keys.get(&place.parent)?.clone(),
            rdn: place.rdn.clone(),
        })
    };
    let place = match &draft.effect.place {
        Some(place) => Some(placement(place)?),
        None => None,
    };
    let kind = match draft.effect.verb {
        Verb::Add => OpKind::Add {
            object_type,
            place,
            password: password(cx, owner),
        },
        Verb::Update => OpKind::Update { object_type, place },
        Verb::Delete => OpKind::Delete { object_type },
    };
    Some(Operation {
        directory: row.directory,
        pass: draft.pass,
        object: keys.get(&row.id)?.clone(),
        kind,
        deltas: deltas(cx, row, draft, keys),
    })
}

/// The policy of the part that owns the link, as it is now.
pub fn password(cx: &Context<'_>, owner: PartId) -> Option<InitialPassword> {
    cx.set.outbound_part(owner)?.1.password.clone()
}

fn deltas(cx: &Context<'_>, row: &CsRow, draft: &Draft, keys: &Keys) -> Vec<(AttrName, Change)> {
    let mut deltas: BTreeMap<AttrName, Change> = BTreeMap::new();
    for (attr, effect) in &draft.effect.attrs {
        let change = match effect {
            AttrEffect::Set(values) => Change::Set(plain(Some(values))),
            AttrEffect::Clear => Change::Clear,
            AttrEffect::Values { add, remove } => Change::Values {
                add: plain(add.as_ref()),
                remove: plain(remove.as_ref()),
            },
        };
        deltas.insert(cx.set.attr_name(*attr).into(), change);
    }
    let mut refs: BTreeMap<AttrName, (Vec<OpValue>, Vec<OpValue>, bool)> = BTreeMap::new();
    for change in &draft.effect.refs {
        let Some(key) = keys.get(&change.to) else {
            continue;
        };
        let multi = row
            .object_type
            .is_some_and(|t| cx.set.attr_rules(row.directory, t, change.attr).multi);
        let entry = refs
            .entry(cx.set.attr_name(change.attr).into())
            .or_insert_with(|| (Vec::new(), Vec::new(), multi));
        let list = if change.added {
            &mut entry.0
        } else {
            &mut entry.1
        };
        list.push(OpValue::Ref(key.clone()));
    }
    for (name, (mut add, mut remove, multi)) in refs {
        add.sort_unstable();
        remove.sort_unstable();
        let change = match (multi && draft.effect.verb != Verb::Add, add.is_empty()) {
            (true, _) => Change::Values { add, remove },
            (false, false) => Change::Set(add),
            (false, true) => Change::Clear,
        };
        deltas.insert(name, change);
    }
    deltas.into_iter().collect()
}

fn plain(values: Option<&Values>) -> Vec<OpValue> {
    values
        .into_iter()
        .flatten()
        .cloned()
        .map(OpValue::Value)
        .collect()
}
