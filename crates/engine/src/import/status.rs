//! How an import that ran to its end has ended (D-70).
//!
//! Invariant: what passed while it ran counts no more; the worst of what is left is the status.

use syncline_model::run::RunStatus;
use syncline_model::stage::StageCounts;

use super::SweepVerdict;

/// The status of an import. `nameless` is how many objects wait for their own entry now: one that lost its name on a page
/// may have got another one on the next.
pub fn status(verdict: SweepVerdict, counts: &StageCounts, nameless: u64) -> RunStatus {
    match verdict {
        SweepVerdict::Held => RunStatus::StoppedObsoletionGuard,
        SweepVerdict::Unattributable => RunStatus::CompletedDiscoveryErrors,
        SweepVerdict::Go if counts.read_errors > 0 => RunStatus::CompletedDiscoveryErrors,
        SweepVerdict::Go if nameless > 0 => RunStatus::CompletedTransientObjects,
        SweepVerdict::Go if counts.contradicted > 0 => RunStatus::CompletedWarnings,
        SweepVerdict::Go if counts.changes() + counts.confirmed == 0 => RunStatus::SuccessNoChanges,
        SweepVerdict::Go => RunStatus::Success,
    }
}
