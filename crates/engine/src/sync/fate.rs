//! Whether a metaverse object lives, is kept for its return, or is gone (D-44).
//!
//! Invariants: links to targets never keep one alive; what an administrator ended ends none; a tombstone is never kept anew;
//! nothing but links, what is remembered of them and the clock decides.

use syncline_model::object::{LinkKind, MvObject, MvState, SourceKey, TypeId};
use syncline_model::profile::DeleteWhen;
use syncline_model::{DirectoryId, MvId};

use super::Context;
use super::links::Links;
use crate::ruleset::DAY_S;

/// What becomes of a metaverse object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It lives.
    Lives,
    /// It is kept as it was, since then.
    Kept(i64),
    /// It is gone.
    Gone,
}

/// Decides it. `left` are the sources whose links ended in this run.
pub fn fate(
    cx: &Context<'_>,
    links: &Links,
    mv: MvId,
    mv_type: TypeId,
    old: Option<&MvObject>,
    left: &[SourceKey],
) -> Fate {
    let owned = links.owned(mv);
    let Some(rule) = cx.set.mv.get(&mv_type).map(|mv| &mv.deletion) else {
        return if owned { Fate::Lives } else { Fate::Gone };
    };
    let linked = |directory: DirectoryId| {
        let inbound = |kind| !matches!(kind, LinkKind::Target | LinkKind::Departing);
        let here = |row: &&syncline_model::object::CsRow| row.directory == directory;
        let mut rows = links.of(mv).filter(here);
        rows.any(|row| row.link.is_some_and(|link| inbound(link.kind)))
    };
    let remembered = old.map_or(&[][..], |old| &old.body.remembered);
    let lost = |directory: &DirectoryId| {
        let mut sources = remembered.iter().chain(left);
        sources.any(|source| source.directory == *directory) && !linked(*directory)
    };
    let lives = owned
        && match rule.when {
            DeleteWhen::OwnersGone | DeleteWhen::Never => true,
            DeleteWhen::AnyOf => !rule.directories.iter().any(lost),
            DeleteWhen::AllOf => {
                !rule.directories.iter().any(lost) || rule.directories.iter().any(|d| linked(*d))
            }
        };
    if lives {
        return Fate::Lives;
    }
    let Some(old) = old.filter(|old| old.state != MvState::Tombstone) else {
        return Fate::Gone;
    };
    let since = old.since.unwrap_or(cx.now);
    let ends = since.saturating_add(i64::from(rule.grace_days) * DAY_S);
    if rule.when == DeleteWhen::Never || cx.now < ends {
        Fate::Kept(since)
    } else {
        Fate::Gone
    }
}
