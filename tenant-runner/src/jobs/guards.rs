//! What the guards of a directory count and hold, and what they say.
//!
//! Invariant: they count what would go now together with what went within the window.

use std::collections::{BTreeMap, BTreeSet};

use syncline_engine::approval::{Release, unnamed};
use syncline_engine::guard::{Sent, Tripped, create_guard, delete_guard};
use syncline_model::approval::ApprovalKind;
use syncline_model::object::TypeId;
use syncline_model::plan::PlannedOp;
use syncline_model::{DirectoryId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::{Setting, TenantRead};

use super::config::Configuration;
use super::match_rate::{self, Matches};
use super::reader::Snapshot;
use crate::http::context::now_ms;
use crate::resource::guards::GuardLimits;
use crate::resource::what_if::GuardView;

/// The sliding window of the guards, in milliseconds.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// The setting that a directory's limits are kept in.
pub fn setting(directory: DirectoryId) -> String {
    format!("guards of {directory}")
}

/// The limits that are kept; the usual ones where nobody set any.
pub fn limits_in(setting: Option<&Setting>) -> GuardLimits {
    setting
        .and_then(|s| serde_json::from_slice(&s.value).ok())
        .unwrap_or_default()
}

/// The limits of a directory.
pub async fn limits(
    read: &mut TenantRead,
    directory: DirectoryId,
) -> Result<GuardLimits, StoreError> {
    let setting = read.setting(&setting(directory)).await?;
    Ok(limits_in(setting.as_ref()))
}

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
    let window = window(read, configuration, profile, directory).await?;
    Ok(window.counts(&counted))
}

/// What guards compare with: limits, sizes, and what was before.
struct Window {
    limits: GuardLimits,
    /// Objects of the directory by type.
    sizes: BTreeMap<TypeId, u64>,
    /// How many of them the profile has linked.
    linked: u64,
    /// What was sent within the window that no person had named.
    sent: Vec<Sent>,
    matches: Matches,
}

impl Window {
    /// What trips, with these operations to be sent.
    fn counts(&self, staged: &[&PlannedOp]) -> Vec<(ApprovalKind, Tripped)> {
        let limits = self.limits.delete.into();
        let deletes = delete_guard(&limits, &self.sizes, &self.sent, staged);
        let limits = self.limits.create.into();
        let (approved, since) = (self.matches.approved(), self.matches.since());
        let creates = create_guard(&limits, self.linked, &self.sent, staged, approved, since);
        let deletes = deletes.into_iter().map(|t| (ApprovalKind::DeleteGuard, t));
        let creates = creates.into_iter().map(|t| (ApprovalKind::CreateGuard, t));
        deletes.chain(creates).collect()
    }
}

async fn window(
    read: &mut TenantRead,
    configuration: &Configuration,
    profile: ProfileId,
    directory: DirectoryId,
) -> Result<Window, StoreError> {
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
    Ok(Window {
        sizes,
        linked,
        sent: sent.collect(),
        limits: limits(read, directory).await?,
        matches: match_rate::load(read, profile).await?,
    })
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
        let window = window(&mut read, configuration, profile, directory).await?;
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
        let tripped = window.counts(&staged);
        views.extend(tripped.iter().map(|(kind, guard)| of(*kind, guard)));
    }
    Ok(views)
}
