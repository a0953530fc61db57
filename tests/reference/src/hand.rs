//! What a person does: disconnects an object for good, and lets it take part again (D-07).
//!
//! Invariant: what a person ended is not remembered, so nothing comes back by itself (D-44).

use syncline_model::object::Disjoin;

use crate::state::{Cs, State};

/// Ends an object's link for good; what is staged for it is withdrawn.
pub fn disconnect(state: &mut State, cs: Cs) {
    state.staged.retain(|staged| staged.cs != cs);
    let object = state.object(cs);
    object.link = None;
    object.fate = None;
    object.wanted_before = None;
    object.retired = None;
    object.disjoin = Disjoin::Explicit;
}

/// Lets an object take part again.
pub fn clear(state: &mut State, cs: Cs) {
    state.object(cs).disjoin = Disjoin::Normal;
}
