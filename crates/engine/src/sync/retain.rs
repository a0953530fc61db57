//! Retaining: what a flow gave last stays when its source has no say any more (D-32).
//!
//! Invariants: a source that is linked and in scope speaks for itself, even when it has nothing to say; only what was in the
//! metaverse can stay there, so that a contribution which a stronger one hid is gone with its source; what belonged to an
//! object that died does not come back with it (D-44).

use syncline_model::MvId;
use syncline_model::attrs::AttrId;
use syncline_model::object::{Lineage, MvState, MvValue};

use super::contribute::{MvInput, RefTargets, RefWinner, Valued};
use crate::ruleset::{FlowRef, Inbound};

/// Contributes what a flow without a speaking source gave last, if it retains that. Whether there is something.
pub(super) fn retain(
    input: &MvInput<'_>,
    part: &Inbound,
    flow: FlowRef,
    attr: AttrId,
    valued: &mut Valued,
) -> bool {
    let old = input.old.filter(|old| old.state != MvState::Tombstone);
    let (true, Some(old)) = (part.flows[flow.flow].retain, old) else {
        return false;
    };
    let mine = |lineage: &Lineage| lineage.part == part.id;
    let now = |lineage: Lineage| Lineage {
        flow: u16::try_from(flow.flow).unwrap_or(u16::MAX),
        ..lineage
    };
    let mut given = old.body.given(attr).iter();
    if let Some(last) = given.find(|one| mine(&one.lineage)) {
        valued.values.push(MvValue {
            lineage: now(last.lineage),
            ..last.clone()
        });
        return true;
    }
    let refs = input.old_refs.iter();
    let refs: Vec<_> = refs
        .filter(|r| r.attr == attr && mine(&r.lineage))
        .collect();
    let Some(first) = refs.first() else {
        return false;
    };
    let to: Vec<MvId> = refs.iter().map(|r| r.to).collect();
    valued.refs.push(RefWinner {
        attr,
        lineage: now(first.lineage),
        to: RefTargets::Held(to),
    });
    true
}
