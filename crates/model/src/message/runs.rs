//! How runs end (D-70).

use super::Severity::{Error, Info, Warning};
use super::{Entry, Severity, entry};
use crate::error::ErrorClass::{self, Config, Data, Guard, Permission, Transient};
use crate::run::RunStatus;

/// The entry of a status.
pub fn of_status(status: RunStatus) -> Entry {
    let (code, severity, class, what, to_do) = told(status);
    entry(code, severity, class, what, to_do)
}

/// Every status.
pub(super) fn all() -> Vec<Entry> {
    RunStatus::ALL
        .iter()
        .map(|status| of_status(*status))
        .collect()
}

type Told = (
    &'static str,
    Severity,
    ErrorClass,
    &'static str,
    &'static str,
);

const NOTHING: &str = "Nothing.";

fn told(status: RunStatus) -> Told {
    match status {
        RunStatus::SuccessNoChanges => (
            "success-no-changes",
            Info,
            Transient,
            "Nothing was different.",
            NOTHING,
        ),
        RunStatus::Success => ("success", Info, Transient, "Everything was done.", NOTHING),
        RunStatus::CompletedWarnings => (
            "completed-warnings",
            Warning,
            Data,
            "Everything was done, and something deserves a look.",
            "Read the warnings of the run.",
        ),
        RunStatus::CompletedTransientObjects => (
            "completed-transient-objects",
            Warning,
            Transient,
            "Some objects lost their name to another one and wait for their own entry.",
            "Nothing; the next import shows them.",
        ),
        RunStatus::CompletedSyncErrors => (
            "completed-sync-errors",
            Error,
            Data,
            "Some objects failed in synchronisation; the others were done.",
            "Read the messages of these objects.",
        ),
        RunStatus::CompletedExportErrors => (
            "completed-export-errors",
            Error,
            Data,
            "The directory refused some objects; the others were done.",
            "Read the messages of these objects.",
        ),
        RunStatus::CompletedDiscoveryErrors => (
            "completed-discovery-errors",
            Error,
            Data,
            "Some objects could not be read; they stay as they were known.",
            "Read the messages of the run.",
        ),
        RunStatus::StoppedUser => (
            "stopped-user",
            Warning,
            Guard,
            "An administrator stopped the run.",
            "Start it again when it may go on.",
        ),
        RunStatus::StoppedErrorLimit => (
            "stopped-error-limit",
            Error,
            Data,
            "Too many objects failed, so the run stopped.",
            "Look for what the errors have in common; often it is one rule.",
        ),
        RunStatus::StoppedObsoletionGuard => (
            "stopped-obsoletion-guard",
            Error,
            Guard,
            "A full import showed far fewer objects than before; nothing was deleted.",
            "Look at the list of vanished objects, and approve or reject it.",
        ),
        RunStatus::StoppedDeletionThreshold => (
            "stopped-deletion-threshold",
            Error,
            Guard,
            "A guard holds operations back.",
            "Look at the held list, and approve or reject it.",
        ),
        RunStatus::StoppedApproval => (
            "stopped-approval",
            Warning,
            Guard,
            "Staged operations wait for a person.",
            "Approve a what-if of the profile, or release exports if they are held.",
        ),
        RunStatus::StoppedWatermarkExpired => (
            "stopped-watermark-expired",
            Warning,
            Transient,
            "The directory no longer knows where the last import ended.",
            "Nothing; everything is read instead.",
        ),
        RunStatus::StoppedDeadline => (
            "stopped-deadline",
            Error,
            Transient,
            "The run took longer than it may.",
            "Look at the load of the directory and at how long earlier runs took.",
        ),
        RunStatus::StoppedAgentOffline => (
            "stopped-agent-offline",
            Error,
            Transient,
            "No agent of the directory is connected.",
            "Start the agent on its host, and check that the host reaches this service.",
        ),
        RunStatus::StoppedConnectivity => (
            "stopped-connectivity",
            Error,
            Transient,
            "The directory went away, or could not be reached.",
            "Check that the directory's server and the way to it are up.",
        ),
        RunStatus::StoppedAuthentication => (
            "stopped-authentication",
            Error,
            Permission,
            "The directory refused the credentials.",
            "Set the directory's credential anew.",
        ),
        RunStatus::StoppedPermission => (
            "stopped-permission",
            Error,
            Permission,
            "The credentials lack a right.",
            "Give the right that the message names.",
        ),
        RunStatus::StoppedLeaseLost => (
            "stopped-lease-lost",
            Warning,
            Transient,
            "The run was interrupted: its process or the database went away.",
            "Nothing; the work is done again from the last committed batch.",
        ),
        RunStatus::NoStartBusy => (
            "no-start-busy",
            Warning,
            Transient,
            "The system asked was busy with something else.",
            "Nothing, if it stays alone.",
        ),
        RunStatus::NoStartCredentials => (
            "no-start-credentials",
            Error,
            Permission,
            "No credentials are set for the directory.",
            "Set the directory's credential; for an agent on its own host.",
        ),
        RunStatus::NoStartConnection => (
            "no-start-connection",
            Error,
            Transient,
            "No connection to the directory could be made.",
            "Check the directory's address, its certificate, and the way to it.",
        ),
        RunStatus::NoStartUnapproved => (
            "no-start-unapproved",
            Warning,
            Guard,
            "The profile needs review.",
            "Look at its what-if, and approve it.",
        ),
        RunStatus::NoStartSuspended => (
            "no-start-suspended",
            Warning,
            Guard,
            "Every export of the tenant is held.",
            "Release exports when they may go on.",
        ),
        RunStatus::NoStartConfiguration => (
            "no-start-configuration",
            Error,
            Config,
            "The configuration cannot be used as it is.",
            "Correct what the message names.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_status_is_its_word() {
        for status in RunStatus::ALL {
            assert_eq!(of_status(*status).code, status.to_string());
        }
    }
}
