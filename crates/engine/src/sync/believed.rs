//! What we believe a target object holds: its imported image, overlaid by what was acknowledged since (D-04, D-56).
//!
//! Invariants: memory is applied in the order of acknowledgement; nothing is assumed of operations whose
//! outcome is unknown; the overlay of nothing is the image itself.

use std::collections::BTreeSet;

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::contest::{Claim, Contest};
use syncline_model::object::{CsBody, CsFlags, CsRef, CsRow, Hashing, KeyHash};
use syncline_model::plan::{AttrEffect, Effect, Place, Verb};
use syncline_model::{CsId, DirectoryId, Values};

use crate::keys::{name_hashes, unique_value};
use crate::reader::TargetState;

/// A target object with everything known about it.
#[derive(Debug, Clone, Copy)]
pub struct TargetView<'a> {
    /// Its row as the run sees it.
    pub row: &'a CsRow,
    /// Its body.
    pub body: &'a CsBody,
    /// Its imported references, sorted.
    pub refs: &'a [CsRef],
    /// Intent, memory, escrow, staged operations.
    pub state: &'a TargetState,
}

/// What the directory holds, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Believed {
    /// Whether the object exists.
    pub exists: bool,
    /// Where it lies.
    pub place: Option<Place>,
    /// Its attributes.
    pub attrs: Attrs,
    /// Its references.
    pub refs: BTreeSet<(AttrId, CsId)>,
}

/// What exports did to the name of an object, or to the value that stands in for one. `None`: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Naming {
    /// What it holds by what was acknowledged and no import showed yet.
    pub held: Option<Option<KeyHash>>,
    /// What it will hold by what is staged.
    pub staged: Option<Option<KeyHash>>,
    /// What it does not get any more, because the directory changed it back too often (D-48).
    pub given_up: Option<KeyHash>,
}

impl Naming {
    /// Of an object of a directory, in which `attr` stands in for names, if so.
    pub fn of(
        hashing: &dyn Hashing,
        directory: DirectoryId,
        attr: Option<AttrId>,
        limit: u8,
        state: &TargetState,
    ) -> Self {
        let name = |effect: &Effect| -> Option<Option<KeyHash>> {
            if let Some(place) = &effect.place {
                let rdn = place.rdn.parse().ok()?;
                let (_, unique) = name_hashes(hashing, directory, Some(place.parent), &rdn);
                return Some(Some(unique));
            }
            let attr = attr?;
            match effect.attrs.iter().find(|(a, _)| *a == attr)? {
                (_, AttrEffect::Set(values)) => {
                    Some(unique_value(hashing, directory, attr, Some(values)))
                }
                (_, AttrEffect::Clear) => Some(None),
                (_, AttrEffect::Values { .. }) => None,
            }
        };
        let contested = |contest: &Contest| match &contest.claim {
            Claim::Place(place) => {
                let rdn = place.rdn.parse().ok()?;
                Some(name_hashes(hashing, directory, Some(place.parent), &rdn).1)
            }
            Claim::Attr(own) if attr == Some(*own) => {
                unique_value(hashing, directory, *own, contest.exported.as_ref())
            }
            _ => None,
        };
        let mut over = state.contests.iter().filter(|c| c.count >= limit);
        let memory = state
            .memory
            .iter()
            .map(|entry| (entry.export_seq, &entry.effect));
        let held = memory
            .filter_map(|(seq, effect)| Some((seq, name(effect)?)))
            .max_by_key(|(seq, _)| *seq);
        let pending = state.pending.iter().map(|op| (op.pass(), &op.effect));
        let staged = pending
            .filter(|(_, effect)| effect.verb == Verb::Update)
            .filter_map(|(pass, effect)| Some((pass, name(effect)?)))
            .max_by_key(|(pass, _)| *pass);
        Self {
            held: held.map(|(_, name)| name),
            staged: staged.map(|(_, name)| name),
            given_up: over.find_map(contested),
        }
    }
}

/// The image overlaid by memory.
pub fn believed(view: &TargetView<'_>) -> Believed {
    let place = match (view.row.parent, &view.body.rdn) {
        (Some(parent), Some(rdn)) => Some(Place {
            parent,
            rdn: rdn.clone(),
        }),
        _ => None,
    };
    let mut believed = Believed {
        exists: view.row.is_present() || view.row.flags.has(CsFlags::ACKNOWLEDGED),
        place,
        attrs: view.body.attrs.clone(),
        refs: view.refs.iter().map(|r| (r.attr, r.to)).collect(),
    };
    for entry in &view.state.memory {
        overlay(&mut believed, &entry.effect);
    }
    believed
}

/// Applies one acknowledged effect.
pub fn overlay(believed: &mut Believed, effect: &Effect) {
    match effect.verb {
        Verb::Add => believed.exists = true,
        Verb::Update => {}
        Verb::Delete => {
            *believed = Believed::default();
            return;
        }
    }
    if let Some(place) = &effect.place {
        believed.place = Some(place.clone());
    }
    for (attr, change) in &effect.attrs {
        let after = after(believed.attrs.get(attr), change);
        believed.attrs.set(*attr, after);
    }
    for change in &effect.refs {
        if change.added {
            believed.refs.insert((change.attr, change.to));
        } else {
            believed.refs.remove(&(change.attr, change.to));
        }
    }
}

/// The values of an attribute after a change.
pub fn after(before: Option<&Values>, change: &AttrEffect) -> Option<Values> {
    match change {
        AttrEffect::Set(values) => Some(values.clone()),
        AttrEffect::Clear => None,
        AttrEffect::Values { add, remove } => {
            let goes = |value: &syncline_model::Value| {
                remove
                    .as_ref()
                    .is_some_and(|remove| remove.as_slice().contains(value))
            };
            let kept = before
                .into_iter()
                .flatten()
                .filter(|value| !goes(value))
                .cloned();
            Values::new(kept.chain(add.iter().flatten().cloned()))
        }
    }
}
