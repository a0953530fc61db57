//! The sweep: objects inside a full import's scope that it did not see are gone (D-16, D-17).
//!
//! Invariants: only after every page of every part was read without a stopping error; objects named by a
//! read error, held ones and those we provisioned and nobody acknowledged before the read began are never swept; the
//! guard on vanishing objects is asked before anything becomes pending.

use syncline_model::object::{CsFlags, CsKind, CsRow, Subject};
use syncline_model::plan::{MemoryEntry, Verb};
use syncline_model::stage::{StagePart, StageRow};
use syncline_model::{DirectoryId, ProfileId};

use super::page::gone_row;
use super::{Freshness, confirm};

/// Limits of the shrink guard (D-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepLimits {
    /// Deletes that are always allowed.
    pub count: u64,
    /// Deletes allowed as a share of the scope's objects, in percent.
    pub percent: u64,
    /// The share, in percent, from which several deletes are held however few they are; `None` for no such share.
    pub percent_always: Option<u64>,
    /// Whether an import that saw nothing at all is held whatever the limits say.
    pub hold_empty: bool,
}

impl Default for SweepLimits {
    fn default() -> Self {
        Self {
            count: 20,
            percent: 10,
            percent_always: None,
            hold_empty: true,
        }
    }
}

/// Whether the sweep may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepVerdict {
    /// It may.
    Go,
    /// Held until a person approves exactly this list.
    Held,
    /// Nothing may be swept: a read error could not be attributed to an object (D-16).
    Unattributable,
}

/// Whether a sweep that finds `unseen` of `known` objects gone may go on.
pub fn judge_sweep(
    limits: &SweepLimits,
    known: u64,
    unseen: u64,
    unattributable: u64,
) -> SweepVerdict {
    if unattributable > 0 {
        return SweepVerdict::Unattributable;
    }
    let limit = limits.count.max(known.saturating_mul(limits.percent) / 100);
    let emptied = limits.hold_empty && known > 0 && unseen == known;
    // One at a time goes: of three people, one who leaves is a third.
    let shrunk = limits.percent_always.is_some_and(|percent| {
        unseen > 1 && unseen.saturating_mul(100) >= known.saturating_mul(percent)
    });
    if unseen > limit || emptied || shrunk {
        SweepVerdict::Held
    } else {
        SweepVerdict::Go
    }
}

/// Whether an unseen row is one that a sweep ends.
pub fn is_swept(row: &CsRow, freshness: &Freshness) -> bool {
    row.kind == CsKind::Staging
        && !freshness.young.contains(&row.id)
        && !row.flags.has(CsFlags::HOLD)
        && (row.imported.is_some() || row.flags.has(CsFlags::ACKNOWLEDGED))
}

/// Whether an Add was acknowledged after the read began: that it shows nothing of it says nothing (P-19).
fn is_younger(entry: &MemoryEntry, freshness: &Freshness) -> bool {
    entry.effect.verb == Verb::Add && entry.export_seq > freshness.fence
}

/// Ends the images of objects that were not seen. `memory` holds their acknowledged exports.
pub fn sweep(
    directory: DirectoryId,
    profiles: Vec<ProfileId>,
    freshness: &Freshness,
    unseen: &[CsRow],
    memory: &[MemoryEntry],
) -> StagePart {
    let mut part = StagePart::new(directory, profiles);
    for row in unseen.iter().filter(|row| is_swept(row, freshness)) {
        let own: Vec<MemoryEntry> = memory.iter().filter(|m| m.cs == row.id).cloned().collect();
        if own.iter().any(|entry| is_younger(entry, freshness)) {
            continue;
        }
        let judged = confirm::gone(row.id, &own);
        part.counts.confirmed += judged.confirmed;
        part.memory.extend(judged.entries);
        part.counts.deleted += 1;
        if row.synced.is_none() && row.link.is_none() {
            part.removed.push(row.id);
            continue;
        }
        part.refs_cleared.push(row.id);
        part.rows.push(StageRow {
            row: gone_row(*row),
            body: None,
            new: false,
        });
        part.work.push(Subject::Cs(row.id));
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_scope_is_guarded_by_its_share_where_one_is_set() {
        let usual = SweepLimits::default();
        let shares = SweepLimits {
            percent_always: Some(20),
            ..usual
        };

        assert_eq!(judge_sweep(&usual, 22, 20, 0), SweepVerdict::Go);
        for (known, unseen, expected) in [
            (22, 20, SweepVerdict::Held),
            (10, 2, SweepVerdict::Held),
            (11, 2, SweepVerdict::Go),
            (3, 1, SweepVerdict::Go),
            (1, 1, SweepVerdict::Held),
            (300, 31, SweepVerdict::Held),
            (0, 0, SweepVerdict::Go),
        ] {
            let verdict = judge_sweep(&shares, known, unseen, 0);
            assert_eq!(verdict, expected, "{unseen} of {known}");
        }
    }
}
