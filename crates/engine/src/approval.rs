//! What may be sent: approvals, live profiles, and the release of every single operation (D-66, D-67, D-69).
//!
//! Invariants: nothing is released without an approval under the present configuration hash; the first
//! export sends only what the plan listed; every released operation has exactly one `ReleasedBy`; a live
//! profile's operations pass the guards, operations that a person named do not count in them.

use std::collections::BTreeSet;

use syncline_model::ApprovalId;
use syncline_model::approval::{ReleasedBy, ReviewState, UNUSED_APPROVAL_LIFETIME_S};
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{PlannedOp, Verb};
use syncline_model::profile::Then;

use crate::config::ConfigHash;
use crate::guard::Tripped;

/// An approval of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanApproval {
    /// Its id.
    pub id: ApprovalId,
    /// The configuration that the plan was made under.
    pub config: ConfigHash,
    /// The operations it names.
    pub ops: BTreeSet<OpHash>,
    /// The kinds of operation it contains.
    pub kinds: BTreeSet<(Verb, TypeId)>,
    /// What follows when nothing of it is left.
    pub then: Then,
    /// When it was given, in seconds since 1970.
    pub at: i64,
    /// Whether an export sent anything under it.
    pub exported: bool,
}

/// An approval of a list that a guard held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardApproval {
    /// Its id.
    pub id: ApprovalId,
    /// The configuration that the list was made under.
    pub config: ConfigHash,
    /// The operations it names.
    pub ops: BTreeSet<OpHash>,
}

/// What is known of a profile's approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The present configuration.
    pub config: ConfigHash,
    /// The newest approval that is neither spent, rejected nor withdrawn.
    pub approval: Option<PlanApproval>,
    /// The configuration that was live last, and the approval it is live by.
    pub live: Option<(ConfigHash, ApprovalId)>,
    /// The configuration under which something was exported last.
    pub last_exported: Option<ConfigHash>,
    /// Approved guard lists.
    pub guards: Vec<GuardApproval>,
}

/// Why an operation is not sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// No approval under this configuration.
    Unapproved,
    /// It appeared after the approval: it goes with a later export.
    NewSinceApproval,
    /// A guard holds it.
    Guard,
}

/// What an export may send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Release {
    /// Operations that go, each by what (positions in the input, ascending).
    pub send: Vec<(usize, ReleasedBy)>,
    /// Operations that do not go, each with why.
    pub held: Vec<(usize, Held)>,
    /// The profile becomes live by this approval.
    pub goes_live: Option<ApprovalId>,
    /// What was staged since the approval differs too much from it: a new plan is to be approved.
    pub asks_again: bool,
}

impl Standing {
    /// The approval that counts: under the present configuration and not expired.
    pub fn valid_approval(&self, now: i64) -> Option<&PlanApproval> {
        self.approval.as_ref().filter(|approval| {
            let unused_too_long =
                !approval.exported && now - approval.at > UNUSED_APPROVAL_LIFETIME_S;
            approval.config == self.config && !unused_too_long
        })
    }

    /// The approval by which the profile is live, if it is. A configuration that returns to what was live
    /// is live again unless something was exported under another one in between (D-67).
    pub fn live_by(&self) -> Option<ApprovalId> {
        let (config, approval) = self.live?;
        let undisturbed = self.last_exported.is_none_or(|exported| exported == config);
        (config == self.config && undisturbed).then_some(approval)
    }

    /// What the profile may send.
    pub fn state(&self, now: i64) -> ReviewState {
        if self.valid_approval(now).is_some() {
            ReviewState::ApprovedPlan
        } else if self.live_by().is_some() {
            ReviewState::Live
        } else {
            ReviewState::NeedsReview
        }
    }
}

/// What of the staged operations may go, before the guards.
pub fn release(standing: &Standing, staged: &[&PlannedOp], now: i64) -> Release {
    let guard_of = |op: &PlannedOp| {
        let named = |guard: &&GuardApproval| {
            guard.config == standing.config && guard.ops.contains(&op.hash)
        };
        standing
            .guards
            .iter()
            .find(named)
            .map(|guard| ReleasedBy::Guard(guard.id))
    };
    let mut release = Release::default();
    if let Some(approval) = standing.valid_approval(now) {
        let mut later = Vec::new();
        for (n, op) in staged.iter().enumerate() {
            if approval.ops.contains(&op.hash) {
                release.send.push((n, ReleasedBy::Plan(approval.id)));
            } else {
                later.push(n);
            }
        }
        if !release.send.is_empty() || approval.then == Then::Hold {
            release.held = later
                .into_iter()
                .map(|n| (n, Held::NewSinceApproval))
                .collect();
            return release;
        }
        let few = later.len() <= 20.max(approval.ops.len() / 20);
        let alike = later.iter().all(|n| {
            approval
                .kinds
                .contains(&(staged[*n].verb(), staged[*n].object_type))
        });
        if few && alike {
            release.goes_live = Some(approval.id);
            for n in later {
                let by = guard_of(staged[n]).unwrap_or(ReleasedBy::Live(approval.id));
                release.send.push((n, by));
            }
        } else {
            release.asks_again = true;
            release.held = later
                .into_iter()
                .map(|n| (n, Held::NewSinceApproval))
                .collect();
        }
        return release;
    }
    let Some(live) = standing.live_by() else {
        release.held = (0..staged.len()).map(|n| (n, Held::Unapproved)).collect();
        return release;
    };
    for (n, op) in staged.iter().enumerate() {
        release
            .send
            .push((n, guard_of(op).unwrap_or(ReleasedBy::Live(live))));
    }
    release
}

/// What a tripped guard does with the operations that it does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GuardMode {
    /// Nothing that no person named is sent to the directory.
    #[default]
    Stop,
    /// Only the listed operations are held.
    HoldListed,
}

/// Operations of a release that count in guards: those that no person named.
pub fn unnamed<'o>(release: &Release, staged: &[&'o PlannedOp]) -> Vec<&'o PlannedOp> {
    release
        .send
        .iter()
        .filter(|(_, by)| matches!(by, ReleasedBy::Live(_)))
        .map(|(n, _)| staged[*n])
        .collect()
}

/// Takes back what tripped guards hold.
pub fn hold(release: &mut Release, staged: &[&PlannedOp], tripped: &[Tripped], mode: GuardMode) {
    let stopped = |op: &PlannedOp, by: ReleasedBy| {
        matches!(by, ReleasedBy::Live(_))
            && tripped.iter().any(|guard| {
                guard.held.contains(&op.hash)
                    || (mode == GuardMode::Stop && guard.directory == op.directory)
            })
    };
    let (held, send): (Vec<_>, Vec<_>) = std::mem::take(&mut release.send)
        .into_iter()
        .partition(|(n, by)| stopped(staged[*n], *by));
    release.send = send;
    release
        .held
        .extend(held.into_iter().map(|(n, _)| (n, Held::Guard)));
    release.held.sort_unstable();
}

/// Whether two people are needed: author and approver must differ from the second member with the right on.
pub fn may_approve(
    author: syncline_model::PrincipalId,
    approver: syncline_model::PrincipalId,
    approvers: u64,
) -> bool {
    author != approver || approvers < 2
}
