//! Sealing: from drafts in engine ids to operations in object keys, with their hashes (D-49).
//!
//! Invariants: no engine id, time or row number enters an operation; deltas are sorted by name, values and
//! references by content; equal drafts over equal keys give equal hashes.

use std::collections::BTreeMap;

use syncline_model::attrs::AttrName;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::password::InitialPassword;
use syncline_model::plan::{AttrEffect, Place, RefEffect, Verb};
use syncline_model::value::Value;
use syncline_model::{CsId, PartId, Values};

use super::Context;
use super::derive::Draft;
use syncline_model::object::CsRow;

/// How operations name connector-space objects.
#[derive(Debug, Default)]
pub struct Keys {
    /// By identity.
    pub known: BTreeMap<CsId, ObjectKey>,
    /// Placeholders that nothing but a name is known of: what a directory that keeps names shows of who is gone or not read.
    pub names: BTreeMap<CsId, String>,
}

impl Keys {
    /// The object by identity.
    fn get(&self, cs: CsId) -> Option<&ObjectKey> {
        self.known.get(&cs)
    }

    /// How a change of a reference names what it is about. A bare name is good for taking a reference away, never for
    /// giving one.
    fn reference(&self, change: &RefEffect) -> Option<OpValue> {
        if let Some(key) = self.get(change.to) {
            return Some(OpValue::Ref(key.clone()));
        }
        let name = self.names.get(&change.to).filter(|_| !change.added)?;
        Some(OpValue::Value(Value::text(name.as_str())))
    }

    /// Whether an operation can say it.
    pub fn can_say(&self, change: &RefEffect) -> bool {
        self.reference(change).is_some()
    }
}

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
            parent: keys.get(place.parent)?.clone(),
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
        object: keys.get(row.id)?.clone(),
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
        let Some(value) = keys.reference(change) else {
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
        list.push(value);
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

#[cfg(test)]
mod tests {
    use syncline_model::Anchor;
    use syncline_model::attrs::AttrId;

    use super::*;

    #[test]
    fn a_bare_name_takes_a_reference_away_and_gives_none() {
        let (known, named, unknown) = (CsId(1), CsId(2), CsId(3));
        let key = ObjectKey::Anchor(Anchor::Guid([1; 16]));
        let keys = Keys {
            known: [(known, key.clone())].into(),
            names: [(named, "UID=ann,DC=lab".to_owned())].into(),
        };
        let change = |to, added| RefEffect {
            attr: AttrId(1),
            to,
            added,
        };

        let reference = |to, added| keys.reference(&change(to, added));

        assert_eq!(reference(known, true), Some(OpValue::Ref(key)));
        let name = OpValue::Value(Value::text("UID=ann,DC=lab"));
        assert_eq!(reference(named, false), Some(name));
        assert_eq!(reference(named, true), None);
        assert_eq!(reference(unknown, false), None);
    }
}
