//! What was sent of values that are sent when they change (D-43): the memory of it is the intent's.
//!
//! Invariants: a value is sent once the directory acknowledged it, or was found to hold it; another value begins anew; what
//! was refused or withheld was not sent.

use syncline_model::plan::{Effect, Intent, Mode, PlannedOp, Sent};
use syncline_model::profile::FlowMode;
use syncline_model::schema::same_for_change;

use super::Context;
use super::believed::{TargetView, believed};
use super::derive::settled;
use crate::ruleset::RuleSet;

/// Notes which values the target holds without an operation.
pub(super) fn note_held(cx: &Context<'_>, view: &TargetView<'_>, intent: &mut Intent) {
    let unsent = |mode: Mode| mode == (Mode::OnChange { sent: false });
    if !intent.attrs.iter().any(|managed| unsent(managed.mode)) {
        return;
    }
    let Some(object_type) = view.row.object_type else {
        return;
    };
    let believed = believed(view);
    for managed in intent.attrs.iter_mut().filter(|m| unsent(m.mode)) {
        let directory = view.row.directory;
        let rules = cx.set.attr_rules(directory, object_type, managed.attr);
        let before = believed.attrs.get(managed.attr);
        let holds = match believed.exists {
            true => {
                same_for_change(before, managed.values.as_ref())
                    || settled(view, rules, managed, before)
            }
            // An Add leaves it absent.
            false => managed.values.is_none(),
        };
        managed.mode = Mode::OnChange { sent: holds };
    }
}

/// What an acknowledged operation sent of such values; `effect` is what took effect of it.
pub fn sent(set: &RuleSet, op: &PlannedOp, effect: &Effect) -> Vec<Sent> {
    let took = effect.attrs.iter().map(|(attr, _)| *attr);
    let sent = took.filter_map(|attr| {
        let change = op
            .changes
            .iter()
            .find(|c| set.attrs.id(&c.attr) == Some(attr))?;
        let (_, part) = set.outbound_part(change.part)?;
        let mut flows = part.flows.iter();
        flows.find(|flow| flow.to == attr && flow.mode == FlowMode::OnChange)?;
        Some(Sent {
            attr,
            values: change.after.clone(),
        })
    });
    sent.collect()
}
