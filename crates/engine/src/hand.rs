//! What an administrator does to the link of one object by hand (D-07): disconnect, clear, join.
//!
//! Invariants: reads only its arguments; an object has at most one link and a metaverse object at most one in a directory
//! (D-10); an explicit link is not ended by scope; what an administrator ended is not remembered, so that nothing comes back
//! by itself.

use std::collections::BTreeSet;

use syncline_model::error::Stage;
use syncline_model::object::{
    CsFlags, CsRow, Disjoin, KeyHash, KeyId, KeyRow, Link, LinkKind, MvState, Subject, TypeId,
};
use syncline_model::plan::{LinkChange, PendingSet, PlanPart, WorkItem};
use syncline_model::profile::LinkType;
use syncline_model::stage::ErrorSet;
use syncline_model::{CsId, MvId, ProfileId};

use crate::ruleset::{Group, RuleSet};

/// Why something cannot be done by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not in its directory.
    #[error(
        "The object is not in its directory, as far as imports know: wait until it is, or until it is gone."
    )]
    Absent,
    /// It was not disconnected by hand.
    #[error("The object was not disconnected by hand, so there is nothing to clear.")]
    NotExplicit,
    /// It has a link.
    #[error("The object is linked to {0}: disconnect it first.")]
    Linked(MvId),
    /// The metaverse object has another one in that directory.
    #[error(
        "The metaverse object is linked to {0} in the same directory: disconnect that one first."
    )]
    Taken(CsId),
    /// The metaverse object is gone.
    #[error("The metaverse object is gone; only what keeps it alive can be joined to it.")]
    Gone,
    /// No part links such objects.
    #[error(
        "No part of a profile links objects of this type of this directory to metaverse objects of that type."
    )]
    NoPart,
}

/// The metaverse object that something is to be joined to.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// Its id.
    pub mv: MvId,
    /// Its type.
    pub mv_type: TypeId,
    /// Alive or not.
    pub state: MvState,
    /// All rows linked to it.
    pub linked: &'a [CsRow],
    /// Those of them with an operation of unknown outcome.
    pub in_doubt: &'a [CsId],
}

impl Joining<'_> {
    /// Whether an object is a plan only: an Add of which nothing was sent. What is joined takes its place.
    fn is_planned(&self, row: &CsRow) -> bool {
        row.is_provisional()
            && !row.flags.has(CsFlags::ACKNOWLEDGED)
            && !self.in_doubt.contains(&row.id)
    }
}

/// What is done to links, and what depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The object's link.
    pub change: LinkChange,
    /// An object that was to be created in the same place, of which nothing was sent.
    pub withdrawn: Option<CsId>,
}

impl From<LinkChange> for Act {
    fn from(change: LinkChange) -> Self {
        Self {
            change,
            withdrawn: None,
        }
    }
}

/// Ends the link, if there is one, and keeps the object from being joined again.
pub fn disconnect(row: &CsRow) -> Result<Act, Refusal> {
    if !row.is_present() {
        return Err(Refusal::Absent);
    }
    Ok(change(row, None, Disjoin::Explicit).into())
}

/// Lets an object that was disconnected by hand be joined again.
pub fn clear(row: &CsRow) -> Result<Act, Refusal> {
    if row.link.is_some() || row.disjoin != Disjoin::Explicit {
        return Err(Refusal::NotExplicit);
    }
    Ok(change(row, None, Disjoin::Normal).into())
}

/// Joins an object to a metaverse object: as the inbound part of its type would, or else as the outbound one.
pub fn join(set: &RuleSet, row: &CsRow, joining: &Joining<'_>) -> Result<Act, Refusal> {
    if !row.is_present() {
        return Err(Refusal::Absent);
    }
    if let Some(link) = row.link {
        return Err(Refusal::Linked(link.mv));
    }
    let in_slot = |other: &&CsRow| {
        let holds = |link: Link| link.kind != LinkKind::Departing;
        other.directory == row.directory && other.link.is_some_and(holds)
    };
    let holder = joining.linked.iter().find(in_slot);
    if let Some(other) = holder.filter(|other| !joining.is_planned(other)) {
        return Err(Refusal::Taken(other.id));
    }
    let mut inbound = set.inbound_of(row.directory, row.object_type);
    let inbound = inbound.find(|(_, part)| part.mv_type == joining.mv_type);
    let mut outbound = set.outbound_of(row.directory, row.object_type);
    let outbound = outbound.find(|(_, part)| part.mv_type == joining.mv_type);
    let (part, kind) = match (inbound, outbound) {
        (Some((_, part)), _) => {
            let kind = match part.link {
                LinkType::Provision => LinkKind::Provision,
                LinkType::Sticky => LinkKind::Sticky,
                LinkType::Join => LinkKind::Join,
            };
            (part.id, kind)
        }
        (None, Some((_, part))) => (part.id, LinkKind::Target),
        (None, None) => return Err(Refusal::NoPart),
    };
    if joining.state != MvState::Live && !kind.owns() {
        return Err(Refusal::Gone);
    }
    let link = Link {
        mv: joining.mv,
        part,
        kind,
        explicit: true,
    };
    Ok(Act {
        change: change(row, Some(link), Disjoin::Normal),
        withdrawn: holder.map(|planned| planned.id),
    })
}

/// The keys of objects that wait for a metaverse object with these keys to have no other one in their directory (D-27).
pub fn awaiting(set: &RuleSet, keys: &[KeyRow]) -> BTreeSet<(KeyId, KeyHash)> {
    let groups = set.inbound.iter().flat_map(|part| &part.groups);
    let of = |group: &Group| {
        let mine = keys.iter().filter(|row| row.key == group.other_key);
        let own = group.own_key;
        mine.map(|row| (own, row.hash)).collect::<Vec<_>>()
    };
    groups.flat_map(of).collect()
}

fn change(row: &CsRow, link: Option<Link>, disjoin: Disjoin) -> LinkChange {
    LinkChange {
        cs: row.id,
        link,
        disjoin,
        provenance: row.provenance,
        retired: None,
    }
}

/// What is written: the link, nothing staged for the object any more, and both objects and what depends on their link on
/// every list that they may concern. `beside` are objects that refer to them, or wait for them (D-27, D-35).
pub fn part(set: &RuleSet, row: &CsRow, act: &Act, beside: &BTreeSet<Subject>) -> PlanPart {
    let inbound = set.inbound.iter().map(|part| part.profile);
    let outbound = set.outbound.iter().map(|part| part.profile);
    let profiles: BTreeSet<ProfileId> = inbound.chain(outbound).collect();
    let mut work = BTreeSet::new();
    for profile in set.profiles_of(row.directory) {
        let subject = Subject::Cs(row.id);
        work.insert(WorkItem { profile, subject });
    }
    let linked = row.link.iter().chain(&act.change.link);
    let linked = linked.map(|link| Subject::Mv(link.mv));
    for subject in linked.chain(beside.iter().copied()) {
        let items = profiles.iter().map(|profile| WorkItem {
            profile: *profile,
            subject,
        });
        work.extend(items);
    }
    let written = [Some(row.id), act.withdrawn].into_iter().flatten();
    let stages = [Stage::Export, Stage::Confirm];
    PlanPart {
        links: vec![act.change],
        cs_removed: act.withdrawn.into_iter().collect(),
        intents_removed: written.clone().collect(),
        pending: written
            .clone()
            .map(|cs| PendingSet {
                cs,
                ops: Vec::new(),
            })
            .collect(),
        // What its directory refused or changed back concerns nobody any more.
        errors: stages
            .map(|stage| ErrorSet {
                subject: Subject::Cs(row.id),
                stage,
                part: None,
                entries: Vec::new(),
            })
            .into(),
        work_added: work.into_iter().collect(),
        ..PlanPart::default()
    }
}
