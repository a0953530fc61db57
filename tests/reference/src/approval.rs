//! What may be sent: approvals, live profiles, and the guard on what destroys (D-52, D-66, D-67).
//!
//! Invariants: nothing goes that no approval of the present configuration lets go; the first export sends only what the
//! approved plan named; what a person named does not count in the guard, and everything else does.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::approval::ReviewState;
use syncline_model::op::OpHash;
use syncline_model::plan::Verb;
use syncline_model::{AttrName, DirectoryId, Value};

use crate::derive::Believed;
use crate::state::{Delta, Staged, State};

/// A plan that was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Under which configuration.
    pub config: String,
    /// What it names.
    pub ops: BTreeSet<OpHash>,
    /// The kinds of operation in it.
    pub kinds: BTreeSet<(Verb, String)>,
}

/// What is known of a profile's approvals; a configuration stands for all that can alter an operation (D-65).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The present configuration.
    pub config: String,
    /// The approval that is not spent.
    pub approval: Option<Approval>,
    /// The configuration that was live last.
    pub live: Option<String>,
    /// The one under which something was exported last.
    pub exported: Option<String>,
    /// Operations that a person named when a guard held them, each under its configuration.
    pub named: BTreeSet<(String, OpHash)>,
}

/// The guard on what destroys (D-52).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// How many destructive operations go without being asked.
    pub limit: usize,
    /// Nothing goes when it trips, or everything but what it lists.
    pub stops: bool,
}

/// What an export may send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Release {
    /// What goes.
    pub goes: BTreeSet<OpHash>,
    /// What the guard lists.
    pub held: BTreeSet<OpHash>,
}

impl Standing {
    /// What the profile may do.
    pub fn review(&self) -> ReviewState {
        let approved = self.approval.as_ref().map(|approval| &approval.config);
        if approved == Some(&self.config) {
            ReviewState::ApprovedPlan
        } else if self.is_live() {
            ReviewState::Live
        } else {
            ReviewState::NeedsReview
        }
    }

    /// Live under the present configuration, and nothing was exported under another one since (D-67).
    fn is_live(&self) -> bool {
        let undisturbed = self.exported.as_ref().is_none_or(|was| *was == self.config);
        self.live.as_ref() == Some(&self.config) && undisturbed
    }

    /// Approves the present plan.
    pub fn accept(&mut self, state: &State) {
        let kind = |op: &Staged| (op.effect.verb, op.operation.object_type().to_owned());
        self.approval = Some(Approval {
            config: self.config.clone(),
            ops: state.staged.iter().map(|op| op.operation.hash()).collect(),
            kinds: state.staged.iter().map(kind).collect(),
        });
    }

    /// What may go of what is staged. An approval of which nothing is left makes the profile live, if what came since is
    /// little and alike.
    pub fn release(&mut self, state: &State, guard: Option<Guard>) -> Release {
        let staged: Vec<&Staged> = state.staged.iter().collect();
        let hash = |op: &&Staged| op.operation.hash();
        let mut release = Release::default();
        let approval = self.approval.clone();
        if let Some(approval) = approval.filter(|approval| approval.config == self.config) {
            let listed = staged
                .iter()
                .map(hash)
                .filter(|op| approval.ops.contains(op));
            release.goes = listed.collect();
            if !release.goes.is_empty() {
                return release;
            }
            let few = staged.len() <= 20.max(approval.ops.len() / 20);
            let alike = staged.iter().all(|op| {
                let object_type = op.operation.object_type().to_owned();
                approval.kinds.contains(&(op.effect.verb, object_type))
            });
            if !(few && alike) {
                return release;
            }
            self.live = Some(self.config.clone());
            self.approval = None;
        } else if !self.is_live() {
            return release;
        }
        let named = |op: &OpHash| self.named.contains(&(self.config.clone(), *op));
        release.goes = staged.iter().map(hash).collect();
        if let Some(guard) = guard {
            let unnamed: Vec<&Staged> = staged
                .iter()
                .filter(|op| !named(&op.operation.hash()))
                .copied()
                .collect();
            release.held = destroys(state, &unnamed, guard.limit);
            let tripped = !release.held.is_empty();
            let stopped = |op: &OpHash| match guard.stops {
                true => tripped && !named(op),
                false => release.held.contains(op),
            };
            release.goes.retain(|op| !stopped(op));
        }
        release
    }
}

/// What a directory of a type loses one by one, and what only counts where it is much of it.
#[derive(Default)]
struct Losses {
    each: BTreeSet<OpHash>,
    shared: BTreeMap<(&'static str, Option<AttrName>), BTreeSet<OpHash>>,
}

/// The destructive operations, where they are more than the limit (D-52).
fn destroys(state: &State, ops: &[&Staged], limit: usize) -> BTreeSet<OpHash> {
    let mut losses: BTreeMap<(DirectoryId, String), Losses> = BTreeMap::new();
    for op in ops {
        let object_type = op.operation.object_type().to_owned();
        let loss = losses
            .entry((op.operation.directory, object_type))
            .or_default();
        count(state, op, loss);
    }
    let mut held = BTreeSet::new();
    for ((directory, object_type), loss) in losses {
        let objects = state.objects.values().filter(|object| {
            object.directory == directory && object.object_type.as_ref() == Some(&object_type)
        });
        let objects = objects.count();
        let mut destructive = loss.each;
        for ((what, _), ops) in loss.shared {
            let percent = if what == "changes" { 25 } else { 10 };
            if ops.len() * 100 > objects * percent {
                destructive.extend(ops);
            }
        }
        if destructive.len() > limit {
            held.extend(destructive);
        }
    }
    held
}

fn count(state: &State, op: &Staged, losses: &mut Losses) {
    let hash = op.operation.hash();
    if op.effect.verb == Verb::Delete {
        losses.each.insert(hash);
    }
    if op.effect.verb != Verb::Update {
        return;
    }
    let before = op.place_before.as_ref().map(|place| place.parent);
    let moves = op.effect.place.as_ref().map(|place| place.parent);
    if moves.is_some() && moves != before {
        losses
            .shared
            .entry(("moves", None))
            .or_default()
            .insert(hash);
    }
    for (attr, delta) in &op.effect.attrs {
        let (had, _) = op.handed.get(attr).cloned().unwrap_or_default();
        let what = match delta {
            Delta::Clear => "clears",
            _ if had.is_some() => "changes",
            _ => continue,
        };
        let name = attr.as_str().to_ascii_lowercase();
        let disables = match delta {
            Delta::Set(values) => {
                (name == "accountenabled" && values.contains(&Value::Bool(false)))
                    || (name == "accountdisabled" && values.contains(&Value::Bool(true)))
            }
            _ => false,
        };
        if disables {
            losses.each.insert(hash);
        }
        let key = (what, Some(attr.clone()));
        losses.shared.entry(key).or_default().insert(hash);
    }
    let removed: BTreeSet<&AttrName> = op.effect.refs_removed.iter().map(|(a, _)| a).collect();
    for attr in removed {
        let held = Believed::of(&state.objects[&op.cs]);
        let members = held.refs.iter().filter(|(a, _)| a == attr).count();
        // Who goes because he is deleted is counted there.
        let goes = op.effect.refs_removed.iter().filter(|(a, to)| {
            a == attr
                && state
                    .objects
                    .get(to)
                    .is_some_and(|object| object.linked().is_some())
        });
        if members > 20 && goes.count() * 4 > members {
            losses.each.insert(hash);
        }
    }
}
