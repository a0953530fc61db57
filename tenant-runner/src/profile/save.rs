//! Saving a profile: a new version, its programs, and what it means for what may be sent.
//!
//! Invariants: version, programs and review state change in one transaction; a saved change that alters the
//! configuration hash needs review, and one that returns to a hash that was live is live again if nothing was
//! sent under another hash in between (D-67); the profile's whole set is on its work list afterwards.

use std::collections::BTreeMap;

use serde_json::json;
use syncline_contract::Problem;
use syncline_engine::config::{Meanings, config_hash};
use syncline_model::approval::ReviewState;
use syncline_model::profile::Profile;
use syncline_model::{PartId, ProfileId};
use syncline_store::chain::Act;
use syncline_store::tenant::{ConfigHash, Durability, ProfileRow, Review, TenantTx};

use super::build::{Built, part_id, schemas};
use super::check_deletion;
use super::schemas::Schemas;
use super::source::Side;
use super::stored;
use crate::app::App;
use crate::http::context::{now_ms, refused};
use crate::review;
use crate::schedule::settings::Schedules;

/// Saves the version after `seen` (0 is none) of a sound document. The act is what the audit row says of it; its detail
/// is added here.
pub async fn save(
    app: &App,
    act: Act,
    (id, seen): (ProfileId, i32),
    mut document: Profile,
    built: Built,
) -> Result<(), Problem> {
    let db = &app.db;
    let old = db
        .read()
        .await
        .map_err(refused)?
        .profile(id)
        .await
        .map_err(refused)?;
    number_parts(app, &mut document, old.as_ref().map(|o| &o.doc)).await?;
    let mut tx = db.write(Durability::Durable).await.map_err(refused)?;
    built.hold(&mut tx).await?;
    let before = old.map(|o| o.config_hash);
    next_version(&mut tx, act, (id, seen), &document, before, built).await?;
    tx.commit().await.map_err(refused)?;
    app.outbox_grew();
    app.desk.poke();
    Ok(())
}

/// Writes the version after `seen`, of a document whose parts have ids. `before` is the configuration it comes after.
async fn next_version(
    tx: &mut TenantTx,
    act: Act,
    (id, seen): (ProfileId, i32),
    document: &Profile,
    before: Option<ConfigHash>,
    built: Built,
) -> Result<(), Problem> {
    let profiles = tx.profiles().await.map_err(refused)?;
    check_deletion::agrees(document, profiles.iter().filter(|other| other.id != id))?;
    let known = schemas(tx).await.map_err(refused)?;
    let hash = configuration(document, &built, &known);
    let version = tx
        .profile_save(id, seen, document, hash, &act.actor, now_ms())
        .await
        .map_err(refused)?;
    stored::keep(tx, id, version, built).await?;
    let row = tx
        .profile(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::internal)?;
    let mut review = reviewed(&row.review, before, hash);
    if before != Some(hash) && review.state == ReviewState::NeedsReview {
        // What was approved under this configuration and never sent is approved again.
        let approval = review::approved_under(tx, id, hash, now_ms()).await;
        review.approval = approval.map_err(refused)?;
        if review.approval.is_some() {
            review.state = ReviewState::ApprovedPlan;
        }
    }
    if review != row.review {
        tx.profile_review(id, hash, &row.review, &review)
            .await
            .map_err(refused)?;
    }
    if before != Some(hash) {
        tx.work_everything(id).await.map_err(refused)?;
        tx.contests_end_under(id).await.map_err(refused)?;
    }
    let same = profiles.iter().find(|p| p.id == id);
    if same.is_none_or(|before| before.doc.triggers.every != document.triggers.every) {
        let schedules = Schedules::load(tx).await.map_err(refused)?;
        let planned = schedules.plan(tx, &row, now_ms()).await;
        planned.map_err(refused)?;
    }
    let detail =
        json!({"version": version, "config_hash": hex::encode(hash), "state": review.state});
    tx.audit(Act { detail, ..act });
    Ok(())
}

/// Puts programs that were compiled anew in place of those of a saved profile. Where they mean something else than before,
/// because the library does or what they use of the tenant's, that is a new version, which needs review.
pub async fn renewed(
    tx: &mut TenantTx,
    act: Act,
    row: &ProfileRow,
    built: Built,
) -> Result<(), Problem> {
    let known = schemas(tx).await.map_err(refused)?;
    if configuration(&row.doc, &built, &known) == row.config_hash {
        return stored::keep(tx, row.id, row.version, built).await;
    }
    let before = Some(row.config_hash);
    next_version(tx, act, (row.id, row.version), &row.doc, before, built).await
}

/// The hash of everything that can alter an operation (D-65).
pub fn configuration(document: &Profile, built: &Built, known: &Schemas) -> ConfigHash {
    let mut meanings: BTreeMap<PartId, Meanings> = BTreeMap::new();
    for program in &built.programs {
        let Some(part) = part_id(document, program.part) else {
            continue;
        };
        let held = meanings.entry(part).or_default();
        match program.side {
            Side::Own => held.own.clone_from(&program.meaning),
            Side::Other => held.other_keys.clone_from(&program.meaning),
            Side::Disable => held.disable.clone_from(&program.meaning),
        }
    }
    let schemas = known
        .directories
        .iter()
        .filter_map(|(id, d)| Some((*id, d.schema.as_deref()?)))
        .collect();
    config_hash(document, &meanings, &schemas).0
}

/// What may be sent after a change from one configuration to another (D-67).
pub fn reviewed(review: &Review, before: Option<ConfigHash>, after: ConfigHash) -> Review {
    if before == Some(after) {
        return *review;
    }
    let sent_under_another = review.exported_hash.is_some_and(|sent| sent != after);
    match review.live {
        Some((live, approval)) if live == after && !sent_under_another => Review {
            state: ReviewState::Live,
            approval: Some(approval),
            ..*review
        },
        _ => Review {
            state: ReviewState::NeedsReview,
            approval: None,
            ..*review
        },
    }
}

/// Gives every part an id: the one it has, the one of the part at its place before, or a new one.
async fn number_parts(
    app: &App,
    document: &mut Profile,
    old: Option<&Profile>,
) -> Result<(), Problem> {
    let known: std::collections::BTreeSet<PartId> = old
        .into_iter()
        .flat_map(|o| {
            o.inbound
                .iter()
                .filter_map(|p| p.id)
                .chain(o.outbound.iter().filter_map(|p| p.id))
        })
        .collect();
    let mut used = std::collections::BTreeSet::new();
    for i in 0..document.inbound.len() {
        let part = &document.inbound[i];
        let kept = part.id.filter(|id| known.contains(id)).or_else(|| {
            let before = old?.inbound.get(i)?;
            (before.directory == part.directory && before.object_type == part.object_type)
                .then_some(before.id)?
        });
        document.inbound[i].id = Some(take(app, kept, &mut used).await?);
    }
    for i in 0..document.outbound.len() {
        let part = &document.outbound[i];
        let kept = part.id.filter(|id| known.contains(id)).or_else(|| {
            let before = old?.outbound.get(i)?;
            (before.directory == part.directory && before.object_type == part.object_type)
                .then_some(before.id)?
        });
        document.outbound[i].id = Some(take(app, kept, &mut used).await?);
    }
    Ok(())
}

async fn take(
    app: &App,
    kept: Option<PartId>,
    used: &mut std::collections::BTreeSet<PartId>,
) -> Result<PartId, Problem> {
    let id = match kept.filter(|id| !used.contains(id)) {
        Some(id) => id,
        None => PartId(app.db.new_id().await.map_err(refused)?),
    };
    used.insert(id);
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::ApprovalId;

    const A: ConfigHash = [1; 32];
    const B: ConfigHash = [2; 32];

    fn live(under: ConfigHash, exported: Option<ConfigHash>) -> Review {
        Review {
            state: ReviewState::Live,
            approval: Some(ApprovalId(7)),
            live: Some((under, ApprovalId(7))),
            exported_hash: exported,
        }
    }

    #[test]
    fn a_change_needs_review_and_undoing_it_is_live_again() {
        let changed = reviewed(&live(A, Some(A)), Some(A), B);
        assert_eq!(
            (changed.state, changed.approval),
            (ReviewState::NeedsReview, None)
        );

        let undone = reviewed(&changed, Some(B), A);
        assert_eq!(
            (undone.state, undone.approval),
            (ReviewState::Live, Some(ApprovalId(7)))
        );
    }

    #[test]
    fn undoing_after_something_was_sent_needs_review() {
        let changed = Review {
            exported_hash: Some(B),
            ..reviewed(&live(A, Some(A)), Some(A), B)
        };

        assert_eq!(
            reviewed(&changed, Some(B), A).state,
            ReviewState::NeedsReview
        );
    }

    #[test]
    fn a_cosmetic_change_changes_nothing() {
        assert_eq!(reviewed(&live(A, None), Some(A), A), live(A, None));
    }
}
