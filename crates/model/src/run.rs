//! Runs: one step on one directory or profile, what it is doing and how it ended (D-70).
//!
//! Invariants: an ended run never changes; the worst status wins; whether a watermark advances, a sweep
//! happens or dependents may start is a property of the status, not of the caller.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Reads everything in a directory's scope.
    FullImport,
    /// Reads what changed since the watermark.
    DeltaImport,
    /// A delta import that follows an export (D-57).
    ConfirmingImport,
    /// Synchronises one profile.
    Sync,
    /// Sends released operations to one directory.
    Export,
    /// Has Entra Connect carry an export on: its own cycle, started and waited for.
    EntraConnectCycle,
}

/// How a run ended (D-70), in the order of severity: a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Nothing was different.
    SuccessNoChanges,
    /// Done.
    Success,
    /// Done, with warnings.
    CompletedWarnings,
    /// Objects wait for their own entry after a name was taken over (D-15d).
    CompletedTransientObjects,
    /// Some objects failed in synchronisation.
    CompletedSyncErrors,
    /// The directory refused some objects.
    CompletedExportErrors,
    /// Some objects could not be read.
    CompletedDiscoveryErrors,
    /// An administrator stopped it.
    StoppedUser,
    /// Too many objects failed.
    StoppedErrorLimit,
    /// The guard on vanishing source objects holds it (D-17).
    StoppedObsoletionGuard,
    /// The delete or create guard holds it (D-52).
    StoppedDeletionThreshold,
    /// Nothing of it is approved.
    StoppedApproval,
    /// The directory no longer accepts the watermark (D-19); a full import follows.
    StoppedWatermarkExpired,
    /// It took longer than allowed.
    StoppedDeadline,
    /// No agent is connected.
    StoppedAgentOffline,
    /// The directory went away.
    StoppedConnectivity,
    /// The directory refused the credentials.
    StoppedAuthentication,
    /// The credentials lack a right.
    StoppedPermission,
    /// Another runner owns the tenant now.
    StoppedLeaseLost,
    /// Another run holds the lane, or the system asked was busy with something else.
    NoStartBusy,
    /// No credentials are present on the agent's host.
    NoStartCredentials,
    /// No connection could be made.
    NoStartConnection,
    /// The profile needs review.
    NoStartUnapproved,
    /// Exports are held.
    NoStartSuspended,
    /// The configuration is not usable.
    NoStartConfiguration,
}

/// What a running run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Waiting for its lane.
    Queued,
    /// Reading from the directory and staging.
    Reading,
    /// Looking for objects that are gone.
    Sweeping,
    /// Ending links.
    Leaving,
    /// Joining and projecting.
    Linking,
    /// Computing values and staging exports.
    Flowing,
    /// Sending pass 1.
    ExportingPass1,
    /// Sending pass 2.
    ExportingPass2,
    /// Waiting for what was at work in Entra Connect before its cycle was ordered.
    WaitingForEntraConnect,
    /// Entra Connect took the order for its cycle.
    EntraConnectAtWork,
    /// Finishing.
    Completing,
}

impl RunStatus {
    /// Every status, the worst last.
    pub const ALL: &[Self] = &[
        Self::SuccessNoChanges,
        Self::Success,
        Self::CompletedWarnings,
        Self::CompletedTransientObjects,
        Self::CompletedSyncErrors,
        Self::CompletedExportErrors,
        Self::CompletedDiscoveryErrors,
        Self::StoppedUser,
        Self::StoppedErrorLimit,
        Self::StoppedObsoletionGuard,
        Self::StoppedDeletionThreshold,
        Self::StoppedApproval,
        Self::StoppedWatermarkExpired,
        Self::StoppedDeadline,
        Self::StoppedAgentOffline,
        Self::StoppedConnectivity,
        Self::StoppedAuthentication,
        Self::StoppedPermission,
        Self::StoppedLeaseLost,
        Self::NoStartBusy,
        Self::NoStartCredentials,
        Self::NoStartConnection,
        Self::NoStartUnapproved,
        Self::NoStartSuspended,
        Self::NoStartConfiguration,
    ];

    /// Whether the run ran to its end, with or without objects in error.
    pub fn completed(self) -> bool {
        self <= Self::CompletedDiscoveryErrors
    }

    /// Whether a delta import that ended so moves its watermark.
    pub fn watermark_advances(self) -> bool {
        self.completed()
    }

    /// Whether runs that wait for this one's output may start.
    pub fn dependents_may_start(self) -> bool {
        self.completed()
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_completed_runs_move_a_watermark() {
        assert!(RunStatus::CompletedDiscoveryErrors.watermark_advances());
        assert!(!RunStatus::StoppedConnectivity.watermark_advances());
        assert_eq!(
            RunStatus::StoppedObsoletionGuard.to_string(),
            "stopped-obsoletion-guard"
        );
        assert!(
            RunStatus::CompletedWarnings.max(RunStatus::StoppedConnectivity)
                == RunStatus::StoppedConnectivity
        );
    }
}
