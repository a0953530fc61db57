//! Review: approving and rejecting plans and guard lists, and what follows.
//!
//! Invariants: an approval binds the operation hashes that were shown, under the configuration they were made
//! with; a plan that changed since is refused; nobody approves his own change once a second approver exists; a
//! second approval of the same plan is refused; every decision is one audit row.

mod unused;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use syncline_contract::{Problem, codes};
use syncline_engine::approval::Standing;
use syncline_engine::guard::Tripped;
use syncline_model::approval::{
    ApprovalKind, ApprovalState, ReviewState, UNUSED_APPROVAL_LIFETIME_S,
};
use syncline_model::object::TypeId;
use syncline_model::op::OpHash;
use syncline_model::plan::{PlannedOp, Verb};
use syncline_model::profile::Then;
use syncline_model::{ApprovalId, CycleId, DirectoryId, ProfileId, WhatIfId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Approval, ApprovalDoc, Durability, ProfileRow, Review, TenantTx, WhatIfState,
};

use crate::app::App;
use crate::desk::Request;
use crate::http::context::{Context, now_ms, refused};
use crate::jobs::match_rate;
use crate::resource::approval::ApproveList;
use crate::resource::what_if::ApprovePlan;
use crate::schedule::order::Trigger;

pub use unused::{approved_under, expire};

/// Approves exactly the plan that a what-if showed.
pub async fn approve_plan(
    context: &Context,
    id: WhatIfId,
    body: &ApprovePlan,
) -> Result<ApprovalId, Problem> {
    let mut tx = context.write().await?;
    let what_if = tx
        .whatif(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let profile = tx
        .profile(what_if.profile)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if what_if.undo_of.is_some() {
        return Err(Problem::new(
            &codes::WHAT_IF_UNDO,
            "It shows what would undo an export. The rules still want what that export sent, and the next sync would \
             stage it again.",
        ));
    }
    match what_if.state {
        WhatIfState::Ready => {}
        WhatIfState::Approved => {
            return Err(Problem::new(
                &codes::PLAN_ALREADY_APPROVED,
                "This plan is approved already.",
            ));
        }
        WhatIfState::Rejected => {
            return Err(Problem::new(
                &codes::PLAN_REJECTED,
                "This plan was rejected.",
            ));
        }
        WhatIfState::Computing => {
            return Err(Problem::new(
                &codes::WHAT_IF_NOT_READY,
                "The what-if is still being computed.",
            ));
        }
        WhatIfState::Failed => return Err(conflict("The what-if failed; compute a new one.")),
    }
    if profile.config_hash != what_if.config_hash {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "The profile has changed since this what-if; compute a new one.",
        ));
    }
    if what_if.plan_hash != Some(body.plan_hash) {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "The plan you name is not the one this what-if shows; read it again.",
        ));
    }
    let newest = tx.whatif_newest(what_if.profile).await;
    if let Some(newest) = newest.map_err(refused)?
        && newest.id != id
        && newest.state == WhatIfState::Ready
        && newest.plan_hash != what_if.plan_hash
    {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "A newer what-if shows another plan; review that one.",
        ));
    }
    four_eyes(context, &mut tx, &profile).await?;
    let hashes = tx.whatif_hashes(id).await.map_err(refused)?;
    if OpHash::of_plan(hashes.iter().copied()) != body.plan_hash {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "The stored plan does not match its hash; compute a new what-if.",
        ));
    }
    withdraw_older(&mut tx, profile.id).await.map_err(refused)?;
    let counted = tx.whatif_counts(id).await.map_err(refused)?;
    let adds = counted.iter().filter(|(kind, ..)| kind == "add");
    let created = adds.map(|(.., n)| n.unsigned_abs()).sum();
    let kinds: Vec<(String, u16)> = counted
        .into_iter()
        .filter_map(|(kind, _, object_type, _)| Some((kind, object_type?.0)))
        .collect();
    let approval = Approval {
        id: ApprovalId(context.app.db.new_id().await.map_err(refused)?),
        version: 1,
        kind: ApprovalKind::Plan,
        state: ApprovalState::Approved,
        profile: profile.id,
        directory: None,
        whatif: Some(id),
        config_hash: what_if.config_hash,
        plan_hash: body.plan_hash,
        asked_ms: what_if.asked_ms,
        decided_ms: Some(now_ms()),
        expires_ms: Some(now_ms() + UNUSED_APPROVAL_LIFETIME_S * 1000),
        doc: ApprovalDoc {
            then: body.then.unwrap_or(profile.doc.approval.then),
            asked_by: context.actor(),
            decided_by: Some(context.actor()),
            note: body.note.clone(),
            detail: json!({"kinds": kinds}),
        },
    };
    tx.approval_add(&approval, &hashes).await.map_err(refused)?;
    let rate = match_rate::approved(&mut tx, profile.id, created).await;
    rate.map_err(refused)?;
    // An empty plan has nothing to send: the profile is live at once, if that is what follows.
    let live = hashes.is_empty() && approval.doc.then == Then::Live;
    let review = Review {
        state: if live {
            ReviewState::Live
        } else {
            ReviewState::ApprovedPlan
        },
        approval: Some(approval.id),
        live: if live {
            Some((profile.config_hash, approval.id))
        } else {
            profile.review.live
        },
        exported_hash: if live {
            Some(profile.config_hash)
        } else {
            profile.review.exported_hash
        },
    };
    tx.profile_review(profile.id, profile.config_hash, &profile.review, &review)
        .await
        .map_err(refused)?;
    if live {
        let spent = Approval {
            state: ApprovalState::Spent,
            ..approval.clone()
        };
        tx.approval_change(ApprovalState::Approved, &spent)
            .await
            .map_err(refused)?;
    }
    let mut decided = what_if.clone();
    decided.state = WhatIfState::Approved;
    tx.whatif_change(&decided).await.map_err(refused)?;
    let detail = json!({"profile": profile.id, "plan_hash": body.plan_hash, "operations": hashes.len(), "approval": approval.id});
    tx.audit(context.act("what-ifs.approve", id, detail));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(approval.id)
}

/// Rejects a plan; nothing of it is sent.
pub async fn reject_plan(
    context: &Context,
    id: WhatIfId,
    note: Option<String>,
) -> Result<(), Problem> {
    let mut tx = context.write().await?;
    let mut what_if = tx
        .whatif(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if what_if.state != WhatIfState::Ready {
        return Err(conflict(
            "Only a plan that waits for a decision can be rejected.",
        ));
    }
    what_if.state = WhatIfState::Rejected;
    tx.whatif_change(&what_if).await.map_err(refused)?;
    tx.audit(context.act(
        "what-ifs.reject",
        id,
        json!({"profile": what_if.profile, "note": note.is_some()}),
    ));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(())
}

/// Approves exactly the list that a guard holds.
pub async fn approve_list(
    context: &Context,
    id: ApprovalId,
    body: &ApproveList,
) -> Result<(), Problem> {
    let mut tx = context.write().await?;
    let mut approval = requested(&mut tx, id).await?;
    let profile = tx
        .profile(approval.profile)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if approval.plan_hash != body.plan_hash {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "The list you name is not the one the guard holds; read it again.",
        ));
    }
    if approval.kind != ApprovalKind::ObsoletionGuard && approval.config_hash != profile.config_hash
    {
        return Err(Problem::new(
            &codes::PLAN_CHANGED,
            "The profile has changed since the guard held this list.",
        ));
    }
    four_eyes(context, &mut tx, &profile).await?;
    approval.state = ApprovalState::Approved;
    decide(context, &mut approval, body.note.clone());
    tx.approval_change(ApprovalState::Requested, &approval)
        .await
        .map_err(refused)?;
    tx.audit(context.act(
        "approvals.approve",
        id,
        json!({"plan_hash": body.plan_hash, "kind": approval.kind}),
    ));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(())
}

/// Rejects a guard's list; it stays staged and is asked for again only when it changes.
pub async fn reject_list(
    context: &Context,
    id: ApprovalId,
    note: Option<String>,
) -> Result<(), Problem> {
    let mut tx = context.write().await?;
    let mut approval = requested(&mut tx, id).await?;
    approval.state = ApprovalState::Rejected;
    decide(context, &mut approval, note);
    tx.approval_change(ApprovalState::Requested, &approval)
        .await
        .map_err(refused)?;
    tx.audit(context.act("approvals.reject", id, json!({"kind": approval.kind})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(())
}

fn decide(context: &Context, approval: &mut Approval, note: Option<String>) {
    approval.decided_ms = Some(now_ms());
    approval.doc.decided_by = Some(context.actor());
    approval.doc.note = note;
}

async fn requested(tx: &mut TenantTx, id: ApprovalId) -> Result<Approval, Problem> {
    let approval = tx
        .approval(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if approval.state != ApprovalState::Requested {
        return Err(Problem::new(
            &codes::APPROVAL_CLOSED,
            "Only a list that waits for a decision can be decided.",
        ));
    }
    Ok(approval)
}

fn conflict(detail: &str) -> Problem {
    Problem::new(&codes::CONFLICT, detail)
}

/// Whoever saved the configuration does not approve it himself once a second person could.
async fn four_eyes(
    context: &Context,
    tx: &mut TenantTx,
    profile: &ProfileRow,
) -> Result<(), Problem> {
    if context.assertion.approvers < 2 {
        return Ok(());
    }
    let versions = tx.profile_versions(profile.id).await.map_err(refused)?;
    let author = versions
        .iter()
        .find(|v| v.version == profile.version)
        .map(|v| v.author.as_str());
    if author == Some(context.actor().as_str()) {
        return Err(Problem::new(
            &codes::APPROVAL_SELF,
            "You saved the version that this plan comes from.",
        ));
    }
    Ok(())
}

/// Approvals that a newer one takes the place of.
async fn withdraw_older(tx: &mut TenantTx, profile: ProfileId) -> Result<(), StoreError> {
    for mut approval in tx
        .approvals(Some(profile), &[ApprovalState::Approved], None, 200)
        .await?
    {
        if approval.kind == ApprovalKind::Plan {
            approval.state = ApprovalState::Withdrawn;
            tx.approval_change(ApprovalState::Approved, &approval)
                .await?;
        }
    }
    Ok(())
}

/// Orders a cycle that exports what an approval released.
pub async fn export_now(context: &Context, id: ApprovalId) -> Result<CycleId, Problem> {
    let approval = context.read().await?.approval(id).await.map_err(refused)?;
    let approval = approval.ok_or_else(Problem::not_found)?;
    let request = Request {
        trigger: Trigger::Approval,
        profiles: [approval.profile].into(),
        imports: None,
        full: approval.kind == ApprovalKind::ObsoletionGuard,
        exports: true,
    };
    context.app.desk.order(request, None).await.map_err(refused)
}

/// The kinds of operation that an approved plan contains.
pub fn kinds(approval: &Approval) -> BTreeSet<(Verb, TypeId)> {
    let stored: Vec<(Verb, u16)> = approval
        .doc
        .detail
        .get("kinds")
        .and_then(|kinds| serde_json::from_value(kinds.clone()).ok())
        .unwrap_or_default();
    stored
        .into_iter()
        .map(|(verb, object_type)| (verb, TypeId(object_type)))
        .collect()
}

/// Asks a person for what guards hold of a profile in a directory; withdraws what they no longer hold.
pub async fn ask(
    app: &Arc<App>,
    profile: ProfileId,
    directory: DirectoryId,
    lists: Vec<(ApprovalKind, &Tripped, String)>,
) -> Result<(), StoreError> {
    let mut tx = app.db.write(Durability::Durable).await?;
    let Some(row) = tx.profile(profile).await? else {
        return Ok(());
    };
    let states = [ApprovalState::Requested, ApprovalState::Rejected];
    let known = tx.approvals(Some(profile), &states, None, 200).await?;
    let wanted: BTreeSet<OpHash> = lists
        .iter()
        .map(|(_, t, _)| OpHash::of_plan(t.held.iter().copied()))
        .collect();
    for mut old in known
        .iter()
        .filter(|a| a.state == ApprovalState::Requested)
        .cloned()
    {
        let guard = matches!(
            old.kind,
            ApprovalKind::DeleteGuard | ApprovalKind::CreateGuard
        );
        if guard && old.directory == Some(directory) && !wanted.contains(&old.plan_hash) {
            old.state = ApprovalState::Withdrawn;
            tx.approval_change(ApprovalState::Requested, &old).await?;
        }
    }
    for (kind, tripped, text) in lists {
        let hashes: Vec<OpHash> = tripped.held.iter().copied().collect();
        let plan_hash = OpHash::of_plan(hashes.iter().copied());
        // One request per distinct list, also after it was rejected.
        if known
            .iter()
            .any(|a| a.kind == kind && a.plan_hash == plan_hash && a.directory == Some(directory))
        {
            continue;
        }
        let approval = Approval {
            id: ApprovalId(app.db.new_id().await?),
            version: 1,
            kind,
            state: ApprovalState::Requested,
            profile,
            directory: Some(directory),
            whatif: None,
            config_hash: row.config_hash,
            plan_hash,
            asked_ms: now_ms(),
            decided_ms: None,
            expires_ms: None,
            doc: ApprovalDoc {
                then: Then::Live,
                asked_by: "system".into(),
                detail: json!({"text": text, "count": tripped.count, "limit": tripped.limit}),
                ..ApprovalDoc::default()
            },
        };
        tx.approval_add(&approval, &hashes).await?;
    }
    tx.commit().await
}

/// After an export: a plan of which nothing is left makes its profile live, and spent lists are closed.
pub async fn after_export(
    tx: &mut TenantTx,
    row: &ProfileRow,
    standing: &Standing,
    goes_live: Option<ApprovalId>,
    staged: &[&PlannedOp],
) -> Result<(), StoreError> {
    let left: BTreeSet<OpHash> = staged.iter().map(|op| op.hash).collect();
    for guard in standing.guards.iter().filter(|g| g.ops.is_disjoint(&left)) {
        if let Some(mut approval) = tx.approval(guard.id).await? {
            approval.state = ApprovalState::Spent;
            tx.approval_change(ApprovalState::Approved, &approval)
                .await?;
        }
    }
    let Some(id) = goes_live else { return Ok(()) };
    if let Some(mut approval) = tx.approval(id).await? {
        approval.state = ApprovalState::Spent;
        tx.approval_change(ApprovalState::Approved, &approval)
            .await?;
    }
    let review = Review {
        state: ReviewState::Live,
        approval: Some(id),
        live: Some((row.config_hash, id)),
        exported_hash: Some(row.config_hash),
    };
    tx.profile_review(row.id, row.config_hash, &row.review, &review)
        .await
}
