//! Everything that can be wrong with when metaverse objects are gone (D-44).
//!
//! Invariant: what passes can take effect, and contradicts no other profile.

use std::collections::BTreeSet;

use syncline_contract::{Problem, codes};
use syncline_model::profile::{DeleteWhen, GraceAction, Profile};
use syncline_store::tenant::ProfileRow;

/// Days at most: ten years.
const DAYS_MAX: u16 = 3650;

/// A finding: its pointer, its code, and the sentence.
pub(super) type Finding = (String, &'static str, String);

/// All findings of a document by itself.
pub(super) fn check(profile: &Profile) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (mv_type, rule) in &profile.deletion {
        let at = format!(
            "/deletion/{}",
            mv_type.replace('~', "~0").replace('/', "~1")
        );
        let mut add = |field: &str, code, text: String| {
            found.push((format!("{at}{field}"), code, text));
        };
        let inbound = profile
            .inbound
            .iter()
            .filter(|p| p.metaverse_type == *mv_type);
        let read: BTreeSet<_> = inbound.map(|part| part.directory).collect();
        if read.is_empty() {
            let text = format!("No inbound part of this profile is about `{mv_type}`.");
            add("", "PF0070", text);
        }
        let several = matches!(rule.when, DeleteWhen::AnyOf | DeleteWhen::AllOf);
        if several == rule.directories.is_empty() {
            let text = "`any-of` and `all-of` name directories, and nothing else does.";
            add("/directories", "PF0071", text.into());
        }
        if let Some(unread) = rule.directories.iter().find(|d| !read.contains(d)) {
            let text = format!("No inbound part of this profile reads `{mv_type}` from {unread}.");
            add("/directories", "PF0072", text);
        }
        if rule.grace_days > DAYS_MAX {
            let text = format!("A grace is at most {DAYS_MAX} days.");
            add("/grace_days", "PF0073", text);
        }
        let mut outbound = profile
            .outbound
            .iter()
            .filter(|p| p.metaverse_type == *mv_type);
        let disables = outbound.any(|part| part.disable.is_some());
        if rule.grace_action == GraceAction::Disable && !disables {
            let text = "An outbound part of this profile says in `disable` how that is done.";
            add("/grace_action", "PF0074", text.into());
        }
        if rule.grace_action == GraceAction::Disable
            && rule.grace_days == 0
            && rule.when != DeleteWhen::Never
        {
            let text =
                "Without days of grace there is no time in which anything could be disabled.";
            add("/grace_action", "PF0075", text.into());
        }
    }
    found
}

/// Refuses a document that speaks otherwise of a type than another profile.
pub(super) fn agrees<'r>(
    document: &Profile,
    others: impl Iterator<Item = &'r ProfileRow>,
) -> Result<(), Problem> {
    for other in others {
        let differs = |mv_type: &&String| {
            let (ours, theirs) = (
                &document.deletion[*mv_type],
                other.doc.deletion.get(*mv_type),
            );
            theirs.is_some_and(|theirs| theirs != ours)
        };
        if let Some(mv_type) = document.deletion.keys().find(differs) {
            let message = format!(
                "The profile \u{201c}{}\u{201d} says otherwise when `{mv_type}` is gone.",
                other.doc.name
            );
            let what = "Profiles that speak of the same type say the same.";
            return Err(Problem::new(&codes::INVALID, message).field(
                format!("/deletion/{mv_type}"),
                "PF0076",
                what,
            ));
        }
    }
    Ok(())
}
