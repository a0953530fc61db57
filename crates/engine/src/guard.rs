//! Guards: how much a profile may destroy or create without being asked (D-52, D-76).
//!
//! Invariants: only operations that no person has named count; what was sent in the last 24 hours counts
//! with what is staged, so that slices do not defeat a guard; a guard lists what it holds and is released
//! by approving that list; tightening a limit never lets more through (P-23).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::AttrId;
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{GuardFact, GuardKind, PlannedOp};
use syncline_model::{CsId, DirectoryId};

/// How long what was sent counts, in seconds.
pub const WINDOW_S: i64 = 24 * 3600;

/// Limits of the delete guard for one directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteLimits {
    /// Smallest limit.
    pub least: u64,
    /// Largest limit.
    pub most: u64,
    /// Limit as a share of the type's objects, in percent.
    pub percent: u64,
}

impl Default for DeleteLimits {
    fn default() -> Self {
        Self {
            least: 5,
            most: 500,
            percent: 5,
        }
    }
}

impl DeleteLimits {
    /// The limit for a type with this many objects.
    pub fn limit(&self, objects: u64) -> u64 {
        self.least
            .max(self.most.min(objects.saturating_mul(self.percent) / 100))
    }
}

/// Limits of the create guard for one profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateLimits {
    /// Smallest limit.
    pub least: u64,
    /// Limit as a share of the linked objects, in percent.
    pub percent: u64,
    /// So many may be created although others find a match: joiners do not stop at the guard one by one (ADR 34).
    pub strangers: u64,
}

impl Default for CreateLimits {
    fn default() -> Self {
        Self {
            least: 50,
            percent: 5,
            strangers: 5,
        }
    }
}

/// One fact of the ledger: an operation sent in the window that no person had named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// The target.
    pub directory: DirectoryId,
    /// The object's type.
    pub object_type: TypeId,
    /// The object.
    pub cs: CsId,
    /// What.
    pub fact: GuardFact,
}

/// A guard that holds operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tripped {
    /// The target.
    pub directory: DirectoryId,
    /// The object type; `None` for the create guard, which counts per profile.
    pub object_type: Option<TypeId>,
    /// What was counted.
    pub count: u64,
    /// What is allowed.
    pub limit: u64,
    /// The operations it holds.
    pub held: BTreeSet<OpHash>,
}

/// What the delete guard says about staged operations of one directory, per object type.
///
/// `staged` are the operations that would be sent and that no approval names.
pub fn delete_guard(
    limits: &DeleteLimits,
    objects: &BTreeMap<TypeId, u64>,
    sent: &[Sent],
    staged: &[&PlannedOp],
) -> Vec<Tripped> {
    let mut by_type: BTreeMap<(DirectoryId, TypeId), Count> = BTreeMap::new();
    for one in sent {
        let count = by_type.entry((one.directory, one.object_type)).or_default();
        count.add(one.fact, one.cs, None);
    }
    for op in staged {
        let count = by_type.entry((op.directory, op.object_type)).or_default();
        for fact in &op.facts {
            count.add(*fact, op.cs, Some(op.hash));
        }
    }
    by_type
        .into_iter()
        .filter_map(|((directory, object_type), count)| {
            let size = objects.get(&object_type).copied().unwrap_or(0);
            let limit = limits.limit(size);
            let (total, held) = count.destructive(size);
            (total > limit && !held.is_empty()).then_some(Tripped {
                directory,
                object_type: Some(object_type),
                count: total,
                limit,
                held,
            })
        })
        .collect()
}

#[derive(Default)]
struct Count {
    plain: BTreeMap<(CsId, GuardKind), Option<OpHash>>,
    shared: BTreeMap<(GuardKind, Option<AttrId>), BTreeMap<CsId, Option<OpHash>>>,
}

impl Count {
    fn add(&mut self, fact: GuardFact, cs: CsId, hash: Option<OpHash>) {
        match fact.kind {
            GuardKind::Add => {}
            GuardKind::Delete | GuardKind::Disable | GuardKind::Membership => {
                let slot = self.plain.entry((cs, fact.kind)).or_default();
                *slot = hash.or(*slot);
            }
            GuardKind::Clear | GuardKind::Change | GuardKind::Move => {
                let slot = self
                    .shared
                    .entry((fact.kind, fact.attr))
                    .or_default()
                    .entry(cs)
                    .or_default();
                *slot = hash.or(*slot);
            }
        }
    }

    /// How much is destroyed, and by which staged operations.
    fn destructive(self, objects: u64) -> (u64, BTreeSet<OpHash>) {
        let mut total = self.plain.len() as u64;
        let mut held: BTreeSet<OpHash> = self.plain.into_values().flatten().collect();
        for ((kind, _), concerned) in self.shared {
            let percent = if kind == GuardKind::Change { 25 } else { 10 };
            let count = concerned.len() as u64;
            if count.saturating_mul(100) > objects.saturating_mul(percent) {
                total += count;
                held.extend(concerned.into_values().flatten());
            }
        }
        (total, held)
    }
}

/// What the match of a plan looked like, for the second half of the create guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatchRate {
    /// Objects that came into scope.
    pub in_scope: u64,
    /// Of these, those that found no match.
    pub unmatched: u64,
}

/// What the create guard says about staged operations of one profile (D-76).
///
/// `approved` is the rate in the last approved plan, `matched` how many found a match after it: with what is created
/// now they are those that came into scope since.
pub fn create_guard(
    limits: &CreateLimits,
    linked: u64,
    sent: &[Sent],
    staged: &[&PlannedOp],
    approved: MatchRate,
    matched: u64,
) -> Vec<Tripped> {
    let limit = limits
        .least
        .max(linked.saturating_mul(limits.percent) / 100);
    let adds = |fact: &GuardFact| fact.kind == GuardKind::Add;
    let before: BTreeSet<CsId> = sent
        .iter()
        .filter(|s| adds(&s.fact))
        .map(|s| s.cs)
        .collect();
    let mut held: BTreeMap<DirectoryId, BTreeSet<OpHash>> = BTreeMap::new();
    let mut count = before.len() as u64;
    for op in staged.iter().filter(|op| op.facts.iter().any(adds)) {
        held.entry(op.directory).or_default().insert(op.hash);
        count += u64::from(!before.contains(&op.cs));
    }
    let matched_mostly = approved.in_scope > 0 && approved.unmatched * 2 < approved.in_scope;
    let strangers =
        matched_mostly && count > limits.strangers && count.saturating_mul(5) > matched + count;
    if count <= limit && !strangers {
        return Vec::new();
    }
    held.into_iter()
        .map(|(directory, held)| Tripped {
            directory,
            object_type: None,
            count,
            limit,
            held,
        })
        .collect()
}
