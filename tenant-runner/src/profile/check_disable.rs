//! Everything that can be wrong with how an outbound part disables (D-46).
//!
//! Invariant: who is disabled by a part that passes is enabled again by its own flows when he returns.

use syncline_model::profile::{
    Action, Deprovision, FlowMode, FlowOrigin, GraceAction, OutboundPart, Profile,
};
use syncline_model::schema::TypeDef;
use syncline_model::value::ValueType;

/// Days at most: ten years.
const DAYS_MAX: u16 = 3650;

/// A finding: the field below the part, its code, and the sentence.
pub(super) type Finding = (String, &'static str, String);

/// All findings of a part. Its flows themselves are checked as any others.
pub(super) fn check(
    profile: &Profile,
    part: &OutboundPart,
    metaverse: Option<&TypeDef>,
    hierarchical: Option<bool>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut add = |at: String, code, text: String| found.push((at, code, text));
    let disables = part.deprovision == Deprovision::Disable;
    let Some(disable) = &part.disable else {
        if disables {
            let text = "A part that disables says in `disable` what is written, such as `accountDisabled` = `true`.";
            add("/disable".into(), "PF0090", text.into());
        }
        return found;
    };
    let rule = profile.deletion.get(&part.metaverse_type);
    let in_grace = rule.is_some_and(|rule| rule.grace_action == GraceAction::Disable);
    if !disables && !in_grace {
        let text = "Nothing is disabled by this part: set `deprovision` to `disable`, or remove `disable`.";
        add("/disable".into(), "PF0091", text.into());
    }
    if disable.flows.is_empty() {
        let text = "At least one value is written to disable an object.";
        add("/disable/flows".into(), "PF0092", text.into());
    }
    // What other parts of this profile write to the same objects enables them as well.
    let enables = |to: &syncline_model::AttrName| {
        let same = |other: &&OutboundPart| {
            other.directory == part.directory
                && other.object_type == part.object_type
                && other.metaverse_type == part.metaverse_type
                && matches!(other.action, Action::CreateOrUpdate | Action::UpdateOnly)
        };
        let mut flows = profile.outbound.iter().filter(same).flat_map(|o| &o.flows);
        flows.any(|flow| flow.to == *to && flow.mode == FlowMode::Enforce)
    };
    for (f, flow) in disable.flows.iter().enumerate() {
        if !enables(&flow.to) {
            let text = format!(
                "Nothing would undo `{}` for somebody who returns: the part needs a flow to it in the mode `enforce`.",
                flow.to
            );
            add(format!("/disable/flows/{f}/to"), "PF0093", text);
        }
        if flow.mode != FlowMode::Enforce {
            let text = "What disables an object is enforced for as long as it is disabled.";
            add(format!("/disable/flows/{f}/mode"), "PF0094", text.into());
        }
        let refers = |attr| {
            let def = metaverse.and_then(|t| t.attrs.get(attr));
            def.is_some_and(|def| def.value_type == ValueType::Reference)
        };
        if let Some(FlowOrigin::Attr(attr)) = flow.origin()
            && refers(attr)
        {
            let text = format!(
                "`{attr}` refers to objects; a disabled object is given plain values only."
            );
            add(format!("/disable/flows/{f}/from"), "PF0095", text);
        }
    }
    if disable.dn.is_some() && (part.dn.is_none() || hierarchical == Some(false)) {
        let text = "Only a part with a rule for the distinguished name moves what it disables: the rule moves it back.";
        add("/disable/dn".into(), "PF0096", text.into());
    }
    if disable
        .delete_after_days
        .is_some_and(|days| !(1..=DAYS_MAX).contains(&days))
    {
        let text = format!("A disabled object is deleted after 1 to {DAYS_MAX} days, or never.");
        add("/disable/delete_after_days".into(), "PF0097", text);
    }
    found
}
