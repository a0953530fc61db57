//! Joining and projecting: which metaverse object, if any, a source object belongs to (D-26 to D-28, D-44).
//!
//! Invariants: reads only its arguments; a tie is `Ambiguous`, never a guess, and never projects (P-11);
//! a link that exists is never moved (D-27); the order of D-23 decides contention, not the order of import.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::ErrorKind;
use syncline_model::object::{
    Disjoin, KeyHash, KeyId, Link, LinkKind, MvState, SourceKey, Subject, TypeId,
};
use syncline_model::plan::{Event, EventKind};
use syncline_model::profile::LinkType;
use syncline_model::stage::ErrorEntry;
use syncline_model::{Anchor, CsId, DirectoryId, MvId, PartId};

use super::Context;
use super::links::{Links, NewMv};
use super::observe::{Observed, Verdict, View};
use crate::keys;
use crate::ruleset::Inbound;

/// What linking may look up: candidates by key, and what is known of them.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Metaverse objects by key.
    pub by_key: BTreeMap<(KeyId, KeyHash), BTreeSet<MvId>>,
    /// Type and state of each.
    pub heads: BTreeMap<MvId, (TypeId, MvState)>,
}

impl Candidates {
    /// Keys worth looking up for these objects.
    pub fn wanted(
        cx: &Context<'_>,
        links: &Links,
        observed: &[Observed],
    ) -> BTreeSet<(KeyId, KeyHash)> {
        let mut wanted = BTreeSet::new();
        for seen in observed.iter().filter(|seen| links.link(seen.cs).is_none()) {
            for view in &seen.views {
                let part = &cx.set.inbound[view.part];
                for (group, hash) in part.groups.iter().zip(&view.keys) {
                    wanted.extend(hash.map(|hash| (group.other_key, hash)));
                }
                if let Some(anchor) = &seen.anchor {
                    let hash = keys::remembered(cx.hashing, part.directory, anchor);
                    wanted.insert((KeyId::remembered(), hash));
                }
            }
        }
        wanted
    }

    fn found(&self, key: KeyId, hash: KeyHash, mv_type: TypeId) -> impl Iterator<Item = MvId> + '_ {
        self.by_key
            .get(&(key, hash))
            .into_iter()
            .flatten()
            .copied()
            .filter(move |mv| self.heads.get(mv).is_some_and(|(t, _)| *t == mv_type))
    }
}

/// What linking says beside the links themselves.
#[derive(Debug, Default)]
pub struct Joined {
    /// What happened.
    pub events: Vec<Event>,
    /// Errors by object and part.
    pub errors: Vec<(CsId, PartId, ErrorEntry)>,
}

/// Joins or projects every observed object that has no link.
///
/// `next` gives ids for new metaverse objects.
pub fn link_inbound(
    cx: &Context<'_>,
    links: &mut Links,
    observed: &[Observed],
    candidates: &mut Candidates,
    mut next: impl FnMut() -> MvId,
) -> Joined {
    let mut joined = Joined::default();
    for (seen, view) in in_order(cx, links, observed, &mut joined) {
        let part = &cx.set.inbound[view.part];
        let found = choose(cx, links, part, view, seen.anchor.as_ref(), candidates);
        let link = |mv| {
            let kind = match part.link {
                LinkType::Provision => LinkKind::Provision,
                LinkType::Sticky => LinkKind::Sticky,
                LinkType::Join => LinkKind::Join,
            };
            Some(Link {
                mv,
                part: part.id,
                kind,
                explicit: false,
            })
        };
        let mut event = |kind, others: Vec<Subject>| {
            let subject = Subject::Cs(seen.cs);
            joined.events.push(Event {
                kind,
                subject,
                part: Some(part.id),
                others,
            });
        };
        match found {
            Choice::Join(mv, kind) => {
                links.set(seen.cs, link(mv), Disjoin::Normal);
                event(kind, vec![Subject::Mv(mv)]);
            }
            Choice::Tie(several) => {
                links.set(seen.cs, None, Disjoin::Normal);
                let others: Vec<Subject> = several.into_iter().map(Subject::Mv).collect();
                event(EventKind::Ambiguous, others.clone());
                joined.errors.push((seen.cs, part.id, ambiguous(others)));
            }
            Choice::Taken(mv) => {
                links.set(seen.cs, None, Disjoin::Normal);
                event(EventKind::AlreadyJoined, vec![Subject::Mv(mv)]);
                joined.errors.push((seen.cs, part.id, already_joined(mv)));
            }
            Choice::None if part.link == LinkType::Provision && seen.anchor.is_some() => {
                let mv = next();
                let anchor = seen.anchor.clone().expect("tested in the guard");
                let origin = SourceKey {
                    directory: part.directory,
                    anchor,
                };
                links.new_mv.insert(
                    mv,
                    NewMv {
                        mv_type: part.mv_type,
                        origin,
                    },
                );
                links.set(seen.cs, link(mv), Disjoin::Normal);
                candidates.heads.insert(mv, (part.mv_type, MvState::Live));
                for key in &view.would_be {
                    candidates.by_key.entry(*key).or_default().insert(mv);
                }
                event(EventKind::Projected, vec![Subject::Mv(mv)]);
            }
            Choice::None => links.set(seen.cs, None, Disjoin::Normal),
        }
    }
    joined
}

/// Objects that may be linked, in the order of D-23, each with its linking rule. The others get their
/// disjoin state here: filtered where every part says out, unchanged where a rule failed.
fn in_order<'o>(
    cx: &Context<'_>,
    links: &mut Links,
    observed: &'o [Observed],
    joined: &mut Joined,
) -> Vec<(&'o Observed, &'o View)> {
    // Directory precedence, rule precedence, anchor: the order of D-23.
    type Rank<'o> = (u32, usize, Option<&'o Anchor>, CsId);
    let mut order: Vec<(Rank<'_>, &Observed, &View)> = Vec::new();
    for seen in observed {
        let Some(row) = links.row(seen.cs).copied() else {
            continue;
        };
        if row.link.is_some() || row.disjoin == Disjoin::Explicit || seen.views.is_empty() {
            continue;
        }
        if seen
            .views
            .iter()
            .any(|view| view.verdict == Verdict::Failed || !view.errors.is_empty())
        {
            continue;
        }
        let mut linking = seen.views.iter().filter(|view| view.verdict == Verdict::In);
        let Some(view) = linking.next() else {
            links.set(seen.cs, None, Disjoin::Filtered);
            continue;
        };
        if let Some(second) = linking.next() {
            let (first, second) = (&cx.set.inbound[view.part], &cx.set.inbound[second.part]);
            joined
                .errors
                .push((seen.cs, first.id, two_linking_rules(first.id, second.id)));
            continue;
        }
        let precedence = cx
            .set
            .directories
            .get(&row.directory)
            .map_or(u32::MAX, |directory| directory.precedence);
        order.push((
            (precedence, view.part, seen.anchor.as_ref(), seen.cs),
            seen,
            view,
        ));
    }
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    order
        .into_iter()
        .map(|(_, seen, view)| (seen, view))
        .collect()
}

enum Choice {
    Join(MvId, EventKind),
    Tie(BTreeSet<MvId>),
    Taken(MvId),
    None,
}

fn choose(
    cx: &Context<'_>,
    links: &Links,
    part: &Inbound,
    view: &View,
    anchor: Option<&Anchor>,
    candidates: &Candidates,
) -> Choice {
    let free = |mv: &MvId| slot_is_free(links, *mv, part.directory);
    let mut set: Option<BTreeSet<MvId>> = None;
    let mut taken = None;
    for (group, hash) in part.groups.iter().zip(&view.keys) {
        let Some(hash) = hash else { continue };
        let all: BTreeSet<MvId> = candidates
            .found(group.other_key, *hash, part.mv_type)
            .collect();
        let mut found: BTreeSet<MvId> = all.iter().copied().filter(free).collect();
        if let Some(several) = &set {
            found = found.intersection(several).copied().collect();
        } else if found.is_empty() {
            taken = taken.or_else(|| all.first().copied());
        }
        match found.len() {
            0 => {}
            1 => return Choice::Join(*found.first().expect("one was counted"), EventKind::Joined),
            _ => set = Some(found),
        }
    }
    let remembered = anchor.and_then(|anchor| {
        let hash = keys::remembered(cx.hashing, part.directory, anchor);
        candidates
            .found(KeyId::remembered(), hash, part.mv_type)
            .find(|mv| free(mv))
    });
    match (set, taken, remembered) {
        (Some(several), _, Some(mv)) if several.contains(&mv) => {
            Choice::Join(mv, EventKind::Returned)
        }
        (Some(several), _, _) => Choice::Tie(several),
        (None, Some(mv), _) => Choice::Taken(mv),
        (None, None, Some(mv)) => Choice::Join(mv, EventKind::Returned),
        (None, None, None) => Choice::None,
    }
}

fn slot_is_free(links: &Links, mv: MvId, directory: DirectoryId) -> bool {
    links.holder(mv, directory).is_none()
}

fn ambiguous(others: Vec<Subject>) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::AmbiguousMatch,
        attr: None,
        message: format!(
            "{} metaverse objects match and none was chosen: make the match values unique, or add a match \
             group that tells them apart",
            others.len()
        ),
        others,
        op: None,
    }
}

fn already_joined(mv: MvId) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::AlreadyJoined,
        attr: None,
        message: format!(
            "the only match, {mv}, is joined to another object of the same directory: correct the match \
             value of one of the two"
        ),
        others: vec![Subject::Mv(mv)],
        op: None,
    }
}

fn two_linking_rules(first: PartId, second: PartId) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::TwoLinkingRules,
        attr: None,
        message: format!(
            "two parts that link are in scope at once, {first} and {second}: narrow the scope of one of them"
        ),
        others: Vec::new(),
        op: None,
    }
}
