//! Pass 1, leave: which links end because the object is gone, out of scope or of another type, or its rule is (D-23, D-27).
//!
//! Invariants: runs over everything before anything is joined; an error never ends a link (D-25); a link made by hand ends
//! only with its object (D-07).

use syncline_model::object::{Disjoin, LinkKind};

use crate::config::{Config, Failed, Inbound, Rule};
use crate::state::{Cs, Link, State, Who};

/// Whether an object is in the scope of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    In,
    /// It is not.
    Out,
    /// The rule failed, which says neither (D-25).
    Failed,
    /// The rule reads an attribute that was not read yet (D-21).
    Waiting,
}

impl Verdict {
    /// What a scope says.
    pub fn of(scope: Option<&Rule<bool>>, attrs: &crate::config::Attrs) -> Self {
        match scope.map_or(Ok(true), |scope| scope.on(attrs)) {
            Ok(true) => Self::In,
            Ok(false) => Self::Out,
            Err(Failed) => Self::Failed,
        }
    }
}

/// Whether a part is about the objects of this directory and type.
pub fn concerns(state: &State, part: &Inbound, cs: Cs) -> bool {
    let object = &state.objects[&cs];
    object.directory == part.directory && object.object_type.as_ref() == Some(&part.object_type)
}

/// What an inbound part says of a present object.
pub fn verdict(state: &State, part: &Inbound, cs: Cs) -> Verdict {
    let object = &state.objects[&cs];
    let Some(image) = &object.imported else {
        return Verdict::Out;
    };
    let reads = part.scope.iter().flat_map(|scope| &scope.reads);
    if is_unread(state, part, reads) {
        return Verdict::Waiting;
    }
    Verdict::of(part.scope.as_ref(), &image.attrs)
}

/// Whether one of these attributes was never read in full (D-21, ADR 23).
pub fn is_unread<'a>(
    state: &State,
    part: &Inbound,
    mut reads: impl Iterator<Item = &'a syncline_model::AttrName>,
) -> bool {
    let types = state.read.get(&part.directory);
    let known = types.and_then(|types| types.get(&part.object_type));
    known.is_some_and(|known| reads.any(|attr| !known.contains(attr)))
}

/// Ends what ends.
pub fn leave(state: &mut State, config: &Config) {
    let all: Vec<Cs> = state.objects.keys().copied().collect();
    for cs in all {
        let Some(object) = state.objects.get(&cs) else {
            continue;
        };
        let is_gone = object.object_type.is_some() && object.imported.is_none();
        if is_gone && !object.is_provisional() {
            if let Some(link) = object.link.filter(|link| is_inbound(*link)) {
                remember(state, cs, link);
            }
            state.remove(cs);
            continue;
        }
        let Some(link) = object
            .link
            .filter(|link| is_inbound(*link) && !link.explicit)
        else {
            continue;
        };
        let Some(part) = config.inbound(link.part) else {
            remember(state, cs, link);
            end(state, cs, Disjoin::Normal);
            continue;
        };
        if !concerns(state, part, cs) {
            remember(state, cs, link);
            end(state, cs, Disjoin::Normal);
            continue;
        }
        match verdict(state, part, cs) {
            Verdict::Out => {
                remember(state, cs, link);
                end(state, cs, Disjoin::Filtered);
            }
            Verdict::Waiting => drop(state.waiting.insert(Who::Cs(cs))),
            Verdict::In | Verdict::Failed => {}
        }
    }
}

fn is_inbound(link: Link) -> bool {
    match link.kind {
        LinkKind::Provision | LinkKind::Sticky | LinkKind::Join => true,
        LinkKind::Target | LinkKind::Departing => false,
    }
}

fn end(state: &mut State, cs: Cs, disjoin: Disjoin) {
    let object = state.object(cs);
    object.link = None;
    object.disjoin = disjoin;
}

/// A metaverse object finds its source again by its id (D-44).
fn remember(state: &mut State, cs: Cs, link: Link) {
    let object = &state.objects[&cs];
    let (directory, anchor) = (object.directory, object.anchor.clone());
    if let (Some(person), Some(anchor)) = (state.people.get_mut(&link.mv), anchor) {
        person.remembered.insert((directory, anchor));
    }
}
