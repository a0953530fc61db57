//! When a directory or a profile is tried again by itself.
//!
//! Invariant: only what is due is promised; where nothing runs by itself, or the tenant is paused, nothing is.

use std::collections::BTreeMap;
use std::sync::Arc;

use syncline_model::{DirectoryId, ProfileId};
use syncline_store::StoreError;
use syncline_store::tenant::Due;

use super::edges;
use crate::app::App;
use crate::schedule::graph::Edges;
use crate::schedule::settings::Schedules;

/// What is due next, by profile.
#[derive(Debug, Default)]
pub struct NextTries {
    edges: BTreeMap<ProfileId, Edges>,
    due: BTreeMap<ProfileId, i64>,
}

impl NextTries {
    /// As it stands now.
    pub async fn load(app: &Arc<App>) -> Result<Self, StoreError> {
        if app.desk.switches().paused {
            return Ok(Self::default());
        }
        let edges = edges(&app.db).await?;
        let mut read = app.db.read().await?;
        let schedules = Schedules::load(&mut read).await?;
        let due = read.due().await?;
        Ok(Self::new(edges, &due, &schedules))
    }

    fn new(edges: BTreeMap<ProfileId, Edges>, due: &[Due], schedules: &Schedules) -> Self {
        let mut first = BTreeMap::new();
        for due in due.iter().filter(|due| schedules.begins(due)) {
            let at_ms = first.entry(ProfileId(due.subject)).or_insert(due.at_ms);
            *at_ms = due.at_ms.min(*at_ms);
        }
        Self { edges, due: first }
    }

    /// When the next cycle begins that touches both, in milliseconds since 1970.
    pub fn of(&self, directory: Option<DirectoryId>, profile: Option<ProfileId>) -> Option<i64> {
        let touches = |id: &ProfileId| {
            let is_asked = profile.is_none_or(|profile| profile == *id);
            let edges = self.edges.get(id);
            is_asked
                && directory.is_none_or(|directory| {
                    edges.is_some_and(|e| {
                        e.reads.contains(&directory) || e.writes.contains(&directory)
                    })
                })
        };
        let next = self.due.iter().filter(|(id, _)| touches(id));
        next.map(|(_, at_ms)| *at_ms).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::DUE_INTERVAL;
    use crate::jobs::DUE_EXPORT;

    const HR: DirectoryId = DirectoryId(1);
    const AD: DirectoryId = DirectoryId(2);

    fn due(kind: &str, subject: i64, at_ms: i64) -> Due {
        Due {
            kind: kind.into(),
            subject,
            at_ms,
            asked: 1,
        }
    }

    #[test]
    fn a_directory_is_tried_again_by_the_next_cycle_of_a_profile_that_reads_or_writes_it() {
        let edges = |reads: &[DirectoryId], writes: &[DirectoryId]| Edges {
            reads: reads.iter().copied().collect(),
            writes: writes.iter().copied().collect(),
            types: std::collections::BTreeSet::new(),
        };
        let known = BTreeMap::from([
            (ProfileId(10), edges(&[HR], &[AD])),
            (ProfileId(11), edges(&[AD], &[])),
        ]);
        let rows = [
            due(DUE_INTERVAL, 10, 900),
            due(DUE_EXPORT, 10, 500),
            due(DUE_INTERVAL, 11, 300),
            due("handover", 10, 1),
        ];

        let tries = NextTries::new(known, &rows, &Schedules::default());

        assert_eq!(tries.of(Some(HR), None), Some(500));
        assert_eq!(tries.of(Some(AD), None), Some(300));
        assert_eq!(tries.of(None, Some(ProfileId(11))), Some(300));
        assert_eq!(tries.of(Some(HR), Some(ProfileId(11))), None);
    }
}
