//! Leaving: which source links end, because the object is gone, out of scope, of another type or its rule is.
//!
//! Invariants: runs before linking over the whole set, so that a re-keyed person finds a free slot (D-23);
//! an error never ends a link (D-25); an explicit link ends only with its object (D-07); a profile ends
//! only its own links and those of rules that are gone.

use syncline_model::CsId;
use syncline_model::object::{Disjoin, LinkKind};
use syncline_model::plan::EventKind;

use super::Context;
use super::links::Links;
use super::observe::{Observed, Verdict};

/// A link that ended, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// The object.
    pub cs: CsId,
    /// The metaverse object it belonged to.
    pub mv: syncline_model::MvId,
    /// Why.
    pub cause: EventKind,
}

/// Ends links of objects that have no image any more.
pub fn leave_gone(cx: &Context<'_>, links: &mut Links, gone: &[CsId]) -> Vec<Left> {
    let mut left = Vec::new();
    for cs in gone {
        let Some(row) = links.row(*cs).copied() else {
            continue;
        };
        let Some(link) = row.link else {
            links.remove(*cs);
            continue;
        };
        let cause = match link.kind {
            _ if row.is_provisional() => continue,
            _ if cx
                .owner_of(link.part)
                .is_some_and(|profile| profile != cx.profile) =>
            {
                continue;
            }
            LinkKind::Target => EventKind::TargetVanished,
            LinkKind::Departing => EventKind::Deleted,
            LinkKind::Provision | LinkKind::Sticky | LinkKind::Join => {
                EventKind::DisconnectedDeleted
            }
        };
        links.remove(*cs);
        left.push(Left {
            cs: *cs,
            mv: link.mv,
            cause,
        });
    }
    left
}

/// Ends links of present objects whose linking rule no longer applies.
pub fn leave_present(cx: &Context<'_>, links: &mut Links, observed: &[Observed]) -> Vec<Left> {
    let mut left = Vec::new();
    for seen in observed {
        let Some(row) = links.row(seen.cs).copied() else {
            continue;
        };
        let Some(link) = row.link else { continue };
        if link.explicit
            || !matches!(
                link.kind,
                LinkKind::Provision | LinkKind::Sticky | LinkKind::Join
            )
        {
            continue;
        }
        let (cause, disjoin) = match cx.set.inbound_part(link.part) {
            None => (EventKind::DisconnectedRule, Disjoin::Normal),
            Some((_, part)) if part.profile != cx.profile => continue,
            Some((_, part))
                if row.object_type != Some(part.object_type) || row.directory != part.directory =>
            {
                (EventKind::DisconnectedRule, Disjoin::Normal)
            }
            Some((index, _)) => {
                match seen
                    .views
                    .iter()
                    .find(|view| view.part == index)
                    .map(|v| v.verdict)
                {
                    Some(Verdict::Out) => (EventKind::DisconnectedScope, Disjoin::Filtered),
                    _ => continue,
                }
            }
        };
        links.set(seen.cs, None, disjoin);
        left.push(Left {
            cs: seen.cs,
            mv: link.mv,
            cause,
        });
    }
    left
}
