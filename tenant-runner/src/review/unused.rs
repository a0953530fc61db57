//! Approved plans that were not sent: they count again when their configuration comes back, and expire.

use serde_json::json;
use syncline_engine::approval::Standing;
use syncline_model::approval::{
    ApprovalKind, ApprovalState, ReviewState, UNUSED_APPROVAL_LIFETIME_S,
};
use syncline_model::{ApprovalId, ProfileId};
use syncline_store::StoreError;
use syncline_store::chain::Act;
use syncline_store::tenant::{ProfileRow, Review, TenantRead, TenantTx};

/// The approved plan that a profile may send again when its configuration returns to this one (D-67).
pub async fn approved_under(
    read: &mut TenantRead,
    profile: ProfileId,
    config_hash: [u8; 32],
    now_ms: i64,
) -> Result<Option<ApprovalId>, StoreError> {
    let approved = [ApprovalState::Approved];
    let approved = read.approvals(Some(profile), &approved, None, 200).await?;
    // As in a release: the newest one alone counts.
    let newest = approved.into_iter().find(|a| a.kind == ApprovalKind::Plan);
    let Some(approval) = newest.filter(|a| a.config_hash == config_hash) else {
        return Ok(None);
    };
    let given_ms = approval.decided_ms.unwrap_or(approval.asked_ms);
    let is_young = now_ms - given_ms <= UNUSED_APPROVAL_LIFETIME_S * 1000;
    let ops = read.approval_ops(approval.id).await?;
    let is_used = ops.iter().any(|(_, sent)| sent.is_some());
    Ok((is_young || is_used).then_some(approval.id))
}

/// Ends an approval under the present configuration that nothing was sent by within its lifetime.
pub async fn expire(
    tx: &mut TenantTx,
    row: &ProfileRow,
    standing: &Standing,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(old) = &standing.approval else {
        return Ok(());
    };
    if old.config != standing.config || standing.valid_approval(now_ms / 1000).is_some() {
        return Ok(());
    }
    let Some(mut approval) = tx.approval(old.id).await? else {
        return Ok(());
    };
    approval.state = ApprovalState::Expired;
    tx.approval_change(ApprovalState::Approved, &approval)
        .await?;
    let (state, stands_on) = match standing.live_by() {
        Some(live) => (ReviewState::Live, Some(live)),
        None => (ReviewState::NeedsReview, None),
    };
    let review = Review {
        state,
        approval: stands_on,
        ..row.review
    };
    tx.profile_review(row.id, row.config_hash, &row.review, &review)
        .await?;
    tx.audit(Act {
        at_ms: now_ms,
        actor: "system".into(),
        action: "approvals.expire".into(),
        target: Some(old.id.to_string()),
        result: "done".into(),
        request_id: None,
        detail: json!({"profile": row.id}),
    });
    Ok(())
}
