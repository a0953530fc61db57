//! The plan that was approved last, to compare a new one with.
//!
//! Invariants: operations are compared by their hash; an approval counts also when it is spent, withdrawn or expired,
//! for it is what a person has read last.

use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::op::OpHash;
use syncline_model::{ApprovalId, ProfileId, WhatIfId};
use syncline_store::StoreError;
use syncline_store::tenant::{TenantRead, TenantTx};

use super::Stored;
use crate::resource::instant::Instant;
use crate::resource::pattern::{GonePattern, SinceApproval};

/// Lists that guards held since a plan was approved, at most.
const LISTS_MAX: i64 = 1_000;

/// The plan that was approved last.
pub struct ApprovedPlan {
    approval: ApprovalId,
    what_if: WhatIfId,
    decided_ms: Option<i64>,
    /// Sorted.
    ops: Vec<OpHash>,
    sent: i64,
    patterns: Stored,
}

impl ApprovedPlan {
    /// Of a profile, if a plan of it was ever approved.
    pub async fn load(
        read: &mut TenantRead,
        profile: ProfileId,
    ) -> Result<Option<Self>, StoreError> {
        let states = [
            ApprovalState::Approved,
            ApprovalState::Spent,
            ApprovalState::Withdrawn,
            ApprovalState::Expired,
        ];
        let approvals = read
            .approvals(Some(profile), &states, None, LISTS_MAX)
            .await?;
        let plan = approvals.into_iter().find_map(|approval| {
            let what_if = approval.whatif?;
            (approval.kind == ApprovalKind::Plan).then_some((approval, what_if))
        });
        let Some((approval, what_if)) = plan else {
            return Ok(None);
        };
        let ops = read.approval_ops(approval.id).await?;
        let patterns = read.whatif_patterns(what_if).await?;
        Ok(Some(Self {
            approval: approval.id,
            what_if,
            decided_ms: approval.decided_ms,
            sent: ops.iter().filter(|(_, sent)| sent.is_some()).count() as i64,
            ops: ops.into_iter().map(|(hash, _)| hash).collect(),
            patterns: patterns.map(Stored::read).unwrap_or_default(),
        }))
    }

    /// Whether it names an operation.
    pub fn names(&self, hash: OpHash) -> bool {
        self.ops.binary_search(&hash).is_ok()
    }

    /// How many operations of a pattern it has; `None` where its patterns are not known.
    pub fn count(&self, pattern: &str) -> Option<i64> {
        let stored = &self.patterns.patterns;
        let mine = stored.iter().find(|one| one.pattern.id == pattern);
        let count = mine.map_or(0, |one| one.pattern.count);
        (!stored.is_empty() || self.ops.is_empty()).then_some(count)
    }

    /// How the stored plan of a later what-if differs from it.
    pub async fn compare(
        &self,
        tx: &mut TenantTx,
        later: WhatIfId,
        new: i64,
    ) -> Result<SinceApproval, StoreError> {
        let gone = tx.whatif_gone(self.approval, self.what_if, later).await?;
        let pattern = |(number, count): &(Option<i32>, i64)| {
            let number = usize::try_from((*number)?).ok()?;
            let stored = self.patterns.patterns.get(number)?;
            Some(GonePattern {
                id: stored.pattern.id.clone(),
                sentence: stored.pattern.sentence.clone(),
                count: *count,
            })
        };
        Ok(SinceApproval {
            approval: self.approval,
            what_if: self.what_if,
            decided_at: self.decided_ms.map(Instant::from_unix_ms),
            approved: self.ops.len() as i64,
            sent: self.sent,
            new,
            gone: gone.iter().map(|(_, count)| count).sum(),
            gone_patterns: gone.iter().filter_map(pattern).collect(),
        })
    }
}
