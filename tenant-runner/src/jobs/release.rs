//! What of one directory's staged operations may be sent now, and what an export leaves of its approvals.
//!
//! Invariants: an operation goes only under a plan approval, a guard approval or a live profile whose guards let
//! it pass, and only if it was staged under the present configuration (T-13); what was refused rests until it is due
//! (D-71).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syncline_engine::approval::{GuardApproval, PlanApproval, Standing, hold, release};
use syncline_engine::config::ConfigHash;
use syncline_engine::export as decide;
use syncline_engine::guard::Tripped;
use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::plan::PlannedOp;
use syncline_model::{CsId, DirectoryId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::{Claim, Durability, ProfileRow, TenantRead, TenantTx};

use super::config::Configuration;
use super::resting::{Refused, Resting};
use super::{guards, ready};
use crate::app::App;
use crate::http::context::now_ms;
use crate::resource::guards::GuardMode;
use crate::review;

/// The configuration of each profile when its operations were released.
pub type Under = BTreeMap<ProfileId, [u8; 32]>;

/// Everything that was decided about the staged operations of one directory.
#[derive(Default)]
pub struct Decided {
    /// What goes, in order.
    pub send: Vec<Claim>,
    /// The configurations that it goes under.
    pub under: Under,
    /// Operations that are staged and do not go.
    pub held: usize,
    /// Operations that were refused and are not due.
    pub resting: Resting,
    /// What a guard that holds some does with the others.
    pub mode: GuardMode,
    /// Guards that hold some.
    pub tripped: Vec<(ProfileId, ApprovalKind, Tripped)>,
    /// Profiles whose present plan differs too much from the approved one.
    pub asks_again: Vec<ProfileId>,
    /// Whether nothing is left of an approved plan.
    pub is_spent: bool,
}

/// Decides for every staged operation of a directory whether it goes, and asks for what guards hold.
pub async fn decide_all(
    app: &Arc<App>,
    configuration: &Configuration,
    directory: DirectoryId,
    profiles: &BTreeSet<ProfileId>,
    asked_ms: Option<i64>,
) -> Result<Decided, StoreError> {
    let mut read = app.db.read().await?;
    let rows = read.pending_rows(Some(directory)).await?;
    let mode = guards::limits(&mut read, directory).await?.mode;
    let mut decided = Decided {
        mode,
        ..Decided::default()
    };
    let mut all: Vec<PlannedOp> = Vec::new();
    for profile in profiles {
        let Some(row) = read.profile(*profile).await? else {
            continue;
        };
        let ids: Vec<CsId> = rows
            .iter()
            .filter(|r| r.profile == *profile)
            .map(|r| r.cs)
            .collect();
        if row.synced_hash != Some(row.config_hash) {
            // Staged under another configuration: a sync under the present one comes first (T-13).
            decided.held += ids.len();
            continue;
        }
        let mut ops: Vec<PlannedOp> = read
            .pending_ops(&ids)
            .await?
            .into_iter()
            .filter(|op| op.directory == directory)
            .collect();
        decide::in_order(&mut ops);
        decided.under.insert(*profile, row.config_hash);
        let staged: Vec<&PlannedOp> = ops.iter().collect();
        let standing = standing(&mut read, &row).await?;
        let mut released = release(&standing, &staged, now_ms() / 1000);
        // Before the guards: they count what would go now.
        let refused = Refused::of(&mut read, &ops).await?;
        let asking = decide::Asking {
            now_ms: now_ms(),
            asked_ms,
            is_still: app.desk.is_still(directory),
        };
        released
            .send
            .retain(|(n, _)| match refused.rests(&ops[*n], &asking) {
                Some((until_ms, _)) => {
                    decided.resting.note(until_ms);
                    false
                }
                None => true,
            });
        let tripped = guards::tripped(
            &mut read,
            configuration,
            *profile,
            directory,
            &released,
            &staged,
        )
        .await?;
        let lists: Vec<Tripped> = tripped.iter().map(|(_, t)| t.clone()).collect();
        hold(&mut released, &staged, &lists, mode.into());
        if released.asks_again {
            decided.asks_again.push(*profile);
        }
        decided.is_spent |= released.goes_live.is_some();
        decided.held += released.held.len();
        decided
            .send
            .extend(released.send.iter().map(|(n, by)| Claim {
                op: ops[*n].clone(),
                pending: ops[*n].hash,
                released_by: *by,
            }));
        decided
            .tripped
            .extend(tripped.into_iter().map(|(kind, t)| (*profile, kind, t)));
        all.extend(ops);
    }
    drop(read);
    keep_order(&mut decided, all);
    for profile in profiles {
        let mine: Vec<_> = decided
            .tripped
            .iter()
            .filter(|(p, ..)| p == profile)
            .collect();
        let lists = mine
            .iter()
            .map(|(_, kind, guard)| (*kind, guard, guards::text(*kind, guard)));
        review::ask(app, *profile, directory, lists.collect()).await?;
    }
    Ok(decided)
}

/// Leaves out what waits for another operation that may not go, and puts what several profiles send into one order.
fn keep_order(decided: &mut Decided, mut all: Vec<PlannedOp>) {
    let waits = {
        let sending: Vec<&PlannedOp> = decided.send.iter().map(|claim| &claim.op).collect();
        let staged: Vec<&PlannedOp> = all.iter().collect();
        decide::held_back(&sending, &staged)
    };
    decided.held += waits.len();
    let mut n = 0..;
    decided
        .send
        .retain(|_| n.next().is_some_and(|n| !waits.contains(&n)));
    decide::in_order(&mut all);
    let places = all.iter().map(|op| (op.cs, op.pass())).zip(0..);
    let places: BTreeMap<(CsId, u8), usize> = places.collect();
    let place = |claim: &Claim| places.get(&(claim.op.cs, claim.op.pass())).copied();
    decided.send.sort_by_key(place);
}

/// What a profile may send, from its rows.
async fn standing(read: &mut TenantRead, row: &ProfileRow) -> Result<Standing, StoreError> {
    let approved = read
        .approvals(Some(row.id), &[ApprovalState::Approved], None, 200)
        .await?;
    let mut standing = Standing {
        config: ConfigHash(row.config_hash),
        approval: None,
        live: row.review.live.map(|(hash, id)| (ConfigHash(hash), id)),
        last_exported: row.review.exported_hash.map(ConfigHash),
        guards: Vec::new(),
    };
    for approval in approved {
        let listed = read.approval_ops(approval.id).await?;
        let ops = listed.iter().map(|(hash, _)| *hash).collect();
        match approval.kind {
            ApprovalKind::Plan if standing.approval.is_none() => {
                standing.approval = Some(PlanApproval {
                    id: approval.id,
                    config: ConfigHash(approval.config_hash),
                    ops,
                    kinds: review::kinds(&approval),
                    then: approval.doc.then,
                    at: approval.decided_ms.unwrap_or(approval.asked_ms) / 1000,
                    exported: listed.iter().any(|(_, sent)| sent.is_some()),
                });
            }
            ApprovalKind::DeleteGuard | ApprovalKind::CreateGuard => {
                standing.guards.push(GuardApproval {
                    id: approval.id,
                    config: ConfigHash(approval.config_hash),
                    ops,
                })
            }
            _ => {}
        }
    }
    Ok(standing)
}

/// Leaves out what a change of its profile took back since it was released, and remembers under which configuration the
/// rest is sent (D-67). Asked for every batch: a running export stops at the next one.
pub async fn still_released(
    tx: &mut TenantTx,
    claims: Vec<Claim>,
    under: &Under,
) -> Result<Vec<Claim>, StoreError> {
    let profiles: BTreeSet<ProfileId> = claims.iter().map(|c| c.op.profile).collect();
    let mut same = BTreeSet::new();
    for profile in profiles {
        let Some(row) = tx.profile(profile).await? else {
            continue;
        };
        if under.get(&profile) != Some(&row.config_hash) {
            continue;
        }
        same.insert(profile);
        if row.review.exported_hash != Some(row.config_hash) {
            let mut review = row.review;
            review.exported_hash = Some(row.config_hash);
            tx.profile_review(profile, row.config_hash, &row.review, &review)
                .await?;
        }
    }
    let stays = |claim: &Claim| same.contains(&claim.op.profile);
    Ok(claims.into_iter().filter(stays).collect())
}

/// After sending: profiles whose plan is spent become live, spent lists are closed.
pub async fn settle_reviews(
    app: &Arc<App>,
    profiles: &BTreeSet<ProfileId>,
) -> Result<(), StoreError> {
    for profile in profiles {
        let mut tx = app.db.write(Durability::Durable).await?;
        let Some(row) = tx.profile(*profile).await? else {
            continue;
        };
        let rows = tx.pending_rows(None).await?;
        let ids: Vec<CsId> = rows
            .iter()
            .filter(|r| r.profile == *profile)
            .map(|r| r.cs)
            .collect();
        let ops = tx.pending_ops(&ids).await?;
        let staged: Vec<&PlannedOp> = ops.iter().collect();
        let standing = standing(&mut tx, &row).await?;
        // A refusal is an outcome: what was refused of an approved plan is not left of it, nor is what waits for an object
        // that was not made (D-66, D-69). Else one object that cannot be written would hold back all that comes later.
        let refused = Refused::of(&mut tx, &ops).await?;
        let exists = ready::existing(&mut tx, ops.iter()).await?;
        let is_untried =
            |op: &&PlannedOp| !refused.has(op) && decide::ready(op, |cs| exists.contains(&cs));
        let untried: Vec<&PlannedOp> = ops.iter().filter(is_untried).collect();
        let released = release(&standing, &untried, now_ms() / 1000);
        review::after_export(&mut tx, &row, &standing, released.goes_live, &staged).await?;
        review::expire(&mut tx, &row, &standing, now_ms()).await?;
        tx.commit().await?;
    }
    Ok(())
}
