//! What a complete import did not show: swept, or held with a list that a person decides about (D-16, D-17).
//!
//! Invariants: nothing is swept that could not be read; a list is asked about once, and a rejected one stays rejected for
//! as long as it is the same; what is approved is exactly the list.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest, Sha256};
use syncline_engine::import::{SweepLimits, SweepVerdict, is_swept, judge_sweep, sweep};
use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::message::jobs as told;
use syncline_model::object::{CsObject, CsRow, TypeId};
use syncline_model::op::OpHash;
use syncline_model::profile::Then;
use syncline_model::stage::StageCounts;
use syncline_model::{ApprovalId, CsId, DirectoryId};
use syncline_store::StoreError;
use syncline_store::tenant::{Approval, ApprovalDoc, Durability, StageStep, TenantTx};

use super::import::{Failure, Work, confirmed};
use super::{Said, Underway};
use crate::http::context::now_ms;

/// An HR file from which this percentage of the people is gone, or more, is held however small it is.
const HR_FILE_PERCENT: u64 = 20;
/// Open approvals that are looked through for lists of a directory.
const LISTS_MAX: i64 = 1_000;

/// Ends the images of objects that a complete read did not show, under the shrink guard (D-16, D-17). Nothing is known
/// of objects of `refused` types. Those of a cloud's types that nobody reads any more go once no link holds them, and
/// are no loss for the guard to judge.
pub(super) async fn sweep_unseen(
    work: &Work<'_>,
    underway: &mut Underway,
    refused: &BTreeSet<TypeId>,
    counts: &mut StageCounts,
) -> Result<SweepVerdict, Failure> {
    let db = &work.app.db;
    let mut read = db.read().await?;
    let seen: BTreeSet<_> = read.run_seen(underway.id()).await?.into_iter().collect();
    let rows = read.cs_rows(Some(work.directory)).await?;
    let known: Vec<CsRow> = rows
        .into_iter()
        .filter(|row| is_swept(row, &work.freshness))
        .filter(|row| row.object_type.is_none_or(|t| !refused.contains(&t)))
        .collect();
    // Behind an agent there are others than those that are asked for: the containers on the way.
    let is_cloud = work.settings.cloud.is_some();
    let read_types = work.types(|_| true);
    let (known, mut unused): (Vec<CsRow>, Vec<CsRow>) = known
        .into_iter()
        .partition(|row| !is_cloud || row.object_type.is_none_or(|t| read_types.contains(&t)));
    unused.retain(|row| row.link.is_none() && !seen.contains(&row.id));
    let mut unseen: Vec<CsRow> = known
        .iter()
        .filter(|row| !seen.contains(&row.id))
        .copied()
        .collect();
    let limits = SweepLimits {
        count: u64::from(work.settings.shrink_guard_objects),
        percent: u64::from(work.settings.shrink_guard_percent),
        // A file comes as a whole or is wrong as a whole, and most are small.
        percent_always: work.settings.file.as_ref().map(|_| HR_FILE_PERCENT),
        hold_empty: work.settings.shrink_guard_empty,
    };
    let verdict = judge_sweep(
        &limits,
        known.len() as u64,
        unseen.len() as u64,
        counts.unattributable,
    );
    let ids: Vec<_> = unseen.iter().map(|row| row.id).collect();
    match verdict {
        SweepVerdict::Unattributable => return Ok(verdict),
        SweepVerdict::Held => {
            let objects = read.cs_objects(&ids).await?;
            drop(read);
            match approved_list(work, &objects).await? {
                ApprovalState::Approved => {}
                ApprovalState::Rejected => {
                    let text = "The list of vanished objects was rejected, so they stay. Another list is asked about anew; if this one is right after all, raise the directory's limits.";
                    underway.say(Said::of(&told::LIST_REJECTED, text));
                    return Ok(verdict);
                }
                _ => return Ok(verdict),
            }
        }
        SweepVerdict::Go => drop(read),
    }
    unseen.extend(unused);
    let ids: Vec<_> = unseen.iter().map(|row| row.id).collect();
    let memory = db.read().await?.memory(&ids).await?;
    let part = sweep(
        work.directory,
        work.configuration.set.profiles_of(work.directory),
        &work.freshness,
        &unseen,
        &memory,
    );
    counts.add(&part.counts);
    let mut tx = underway.batch(Durability::Deferred).await?;
    withdraw_others(&mut tx, work.directory, None).await?;
    tx.apply_stage(
        &part,
        &StageStep {
            run: underway.id(),
            chunk: i32::MAX,
            now_ms: now_ms(),
        },
    )
    .await?;
    confirmed(&mut tx, underway.id(), i32::MAX, &part.counts);
    tx.commit().await?;
    Ok(SweepVerdict::Go)
}

/// What a person said of exactly this list of vanished objects; asks about a list of which nobody was asked yet.
async fn approved_list(work: &Work<'_>, objects: &[CsObject]) -> Result<ApprovalState, StoreError> {
    let db = &work.app.db;
    let list: Vec<(OpHash, CsId)> = objects
        .iter()
        .map(|o| (vanished(work.directory, o), o.row.id))
        .collect();
    let plan_hash = OpHash::of_plan(list.iter().map(|(hash, _)| *hash));
    let Some(profile) = work
        .configuration
        .set
        .profiles_of(work.directory)
        .first()
        .copied()
    else {
        return Ok(ApprovalState::Approved);
    };
    let mut tx = db.write(Durability::Durable).await?;
    let kind = ApprovalKind::ObsoletionGuard;
    withdraw_others(&mut tx, work.directory, Some(plan_hash)).await?;
    let same = tx.approval_of_list(work.directory, kind, plan_hash).await?;
    match same.as_ref().map(|approval| approval.state) {
        Some(state @ (ApprovalState::Requested | ApprovalState::Rejected)) => {
            tx.commit().await?;
            return Ok(state);
        }
        Some(state @ ApprovalState::Approved) => {
            if let Some(mut approval) = same {
                approval.state = ApprovalState::Spent;
                tx.approval_change(state, &approval).await?;
            }
            tx.commit().await?;
            return Ok(state);
        }
        _ => {}
    }
    let text = format!(
        "{} objects that were in the directory are not there any more.",
        objects.len()
    );
    let approval = Approval {
        id: ApprovalId(db.new_id().await?),
        version: 1,
        kind: ApprovalKind::ObsoletionGuard,
        state: ApprovalState::Requested,
        profile,
        directory: Some(work.directory),
        whatif: None,
        config_hash: work
            .configuration
            .profiles
            .get(&profile)
            .map_or([0; 32], |p| p.config_hash),
        plan_hash,
        asked_ms: now_ms(),
        decided_ms: None,
        expires_ms: None,
        doc: ApprovalDoc {
            then: Then::Live,
            asked_by: "system".into(),
            detail: json!({"text": text}),
            ..ApprovalDoc::default()
        },
    };
    tx.approval_add_list(&approval, &list).await?;
    tx.commit().await?;
    Ok(ApprovalState::Requested)
}

/// Withdraws what was asked, or approved, about other lists of a directory: an approval is for what is missing now, not for
/// the day when the same is missing again.
async fn withdraw_others(
    tx: &mut TenantTx,
    directory: DirectoryId,
    list: Option<OpHash>,
) -> Result<(), StoreError> {
    let open = [ApprovalState::Requested, ApprovalState::Approved];
    for mut approval in tx.approvals(None, &open, None, LISTS_MAX).await? {
        let is_list = approval.kind == ApprovalKind::ObsoletionGuard;
        if is_list && approval.directory == Some(directory) && Some(approval.plan_hash) != list {
            let state = approval.state;
            approval.state = ApprovalState::Withdrawn;
            tx.approval_change(state, &approval).await?;
        }
    }
    Ok(())
}

/// Names one vanished object in an approval.
fn vanished(directory: DirectoryId, object: &CsObject) -> OpHash {
    let mut hasher = Sha256::new_with_prefix(b"syncline vanished 1");
    hasher.update(directory.get().to_le_bytes());
    if let Some(anchor) = &object.body.anchor {
        hasher.update(anchor.tagged());
    }
    OpHash(hasher.finalize().into())
}
