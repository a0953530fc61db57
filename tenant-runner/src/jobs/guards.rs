//! What the guards of a directory count and hold, and what they say.
//!
//! Invariant: they count what would go now together with what went within the window.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::approval::{Release, unnamed};
use syncline_engine::guard::{
    CreateLimits, DeleteLimits, MatchRate, Sent, Tripped, create_guard, delete_guard,
};
use syncline_model::approval::ApprovalKind;
use syncline_model::object::TypeId;
use syncline_model::plan::PlannedOp;
use syncline_model::{DirectoryId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;

use super::config::Configuration;
use super::reader::Snapshot;
use crate::http::context::now_ms;
use crate::resource::what_if::GuardView;

/// The sliding window of the guards, in milliseconds.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// What guards count and hold of a release.
pub async fn tripped(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
    directory: DirectoryId,
    released: &Release,
    staged: &[&PlannedOp],
) -> Result<Vec<(ApprovalKind, Tripped)>, StoreError> {
    let counted = unnamed(released, staged);
    // What is not sent trips nothing, and sizes are counted over the whole directory.
    if counted.is_empty() {
        return Ok(Vec::new());
    }
    let (sizes, linked, sent) = window(read, configuration, profile, directory).await?;
    let deletes = delete_guard(&DeleteLimits::default(), &sizes, &sent, &counted);
    let creates = create_guard(
        &CreateLimits::default(),
        linked,
        &sent,
        &counted,
        MatchRate::default(),
        MatchRate::default(),
    );
    let deletes = deletes.into_iter().map(|t| (ApprovalKind::DeleteGuard, t));
    Ok(deletes
        .chain(creates.into_iter().map(|t| (ApprovalKind::CreateGuard, t)))
        .collect())
}

/// Sizes of the types of a directory, how many of its objects the profile has linked, and what was sent within the window.
async fn window(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
    directory: DirectoryId,
) -> Result<(BTreeMap<TypeId, u64>, u64, Vec<Sent>), StoreError> {
    let counts = read.cs_counts().await?;
    let mine: BTreeSet<TypeId> = configuration
        .set
        .outbound
        .iter()
        .filter(|p| p.profile == profile && p.directory == directory)
        .map(|p| p.object_type)
        .collect();
    let here = counts
        .iter()
        .filter(|c| c.directory == directory && mine.contains(&c.object_type));
    let sizes = here
        .clone()
        .map(|c| (c.object_type, c.present.unsigned_abs()))
        .collect();
    let linked = here.map(|c| c.linked.unsigned_abs()).sum();
    let ledger = read.guard_sent(directory, now_ms() - WINDOW_MS).await?;
    let sent = ledger
        .into_iter()
        .filter(|row| row.profile == profile)
        .map(|row| Sent {
            directory,
            object_type: row.object_type,
            cs: row.cs,
            fact: row.fact,
        });
    let sent = sent.collect();
    Ok((sizes, linked, sent))
}

/// What a guard that holds a list says of it.
pub fn text(kind: ApprovalKind, guard: &Tripped) -> String {
    match kind {
        ApprovalKind::CreateGuard => format!(
            "{} objects would be created within 24 hours; more than {} are held.",
            guard.count, guard.limit
        ),
        _ => format!(
            "{} objects would be deleted, disabled, moved, emptied or changed in bulk within 24 hours; more than {} are held.",
            guard.count, guard.limit
        ),
    }
}

/// How a plan stands against the guards, as if nobody had approved it.
pub async fn views(
    reader: &Snapshot,
    configuration: &Configuration,
    profile: ProfileId,
    ops: &[PlannedOp],
) -> Result<Vec<GuardView>, StoreError> {
    let mut views = Vec::new();
    let directories: BTreeSet<DirectoryId> = ops.iter().map(|op| op.directory).collect();
    let mut read = reader.read().lock().await;
    for directory in directories {
        let staged: Vec<&PlannedOp> = ops.iter().filter(|op| op.directory == directory).collect();
        let (sizes, linked, sent) = window(&mut read, configuration, profile, directory).await?;
        let deletes = delete_guard(&DeleteLimits::default(), &sizes, &sent, &staged);
        let creates = create_guard(
            &CreateLimits::default(),
            linked,
            &sent,
            &staged,
            MatchRate::default(),
            MatchRate::default(),
        );
        let of = |kind, guard: &Tripped| GuardView {
            kind,
            directory,
            object_type: guard
                .object_type
                .and_then(|t| configuration.set.types.name(t))
                .unwrap_or_default()
                .to_owned(),
            count: guard.count as i64,
            limit: guard.limit as i64,
            tripped: true,
            text: text(kind, guard),
        };
        views.extend(deletes.iter().map(|g| of(ApprovalKind::DeleteGuard, g)));
        views.extend(creates.iter().map(|g| of(ApprovalKind::CreateGuard, g)));
    }
    Ok(views)
}
