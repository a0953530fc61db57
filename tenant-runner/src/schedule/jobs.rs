//! The jobs that cycles are made of, as they follow from the profiles: what each does, and what comes before it.
//!
//! Invariants: nobody draws them; a job that several profiles need is one; the order is that of [`super::graph`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use syncline_model::run::RunKind;
use syncline_model::{DirectoryId, ProfileId};

use super::graph::Edges;
use crate::resource::scheduler::JobKind;

/// One step on one directory or profile, which cycles run again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobId {
    /// Reads a directory.
    Import(DirectoryId),
    /// Synchronises a profile.
    Sync(ProfileId),
    /// Sends to a directory.
    Export(DirectoryId),
    /// Reads what was sent.
    Confirm(DirectoryId),
}

impl JobId {
    /// What it does.
    pub fn kind(self) -> JobKind {
        match self {
            Self::Import(_) => JobKind::Import,
            Self::Sync(_) => JobKind::Sync,
            Self::Export(_) => JobKind::Export,
            Self::Confirm(_) => JobKind::Confirm,
        }
    }

    /// The directory it reads or writes.
    pub fn directory(self) -> Option<DirectoryId> {
        match self {
            Self::Import(directory) | Self::Export(directory) | Self::Confirm(directory) => {
                Some(directory)
            }
            Self::Sync(_) => None,
        }
    }

    /// The profile it synchronises.
    pub fn profile(self) -> Option<ProfileId> {
        match self {
            Self::Sync(profile) => Some(profile),
            Self::Import(_) | Self::Export(_) | Self::Confirm(_) => None,
        }
    }

    /// The job that a run was of, if it was of one.
    pub fn of_run(
        kind: RunKind,
        directory: Option<DirectoryId>,
        profile: Option<ProfileId>,
    ) -> Option<Self> {
        match kind {
            RunKind::FullImport | RunKind::DeltaImport => directory.map(Self::Import),
            RunKind::ConfirmingImport => directory.map(Self::Confirm),
            RunKind::Export => directory.map(Self::Export),
            RunKind::Sync => profile.map(Self::Sync),
            RunKind::EntraConnectCycle => None,
        }
    }

    /// Profiles whose cycles do it.
    pub fn profiles(self, edges: &BTreeMap<ProfileId, Edges>) -> BTreeSet<ProfileId> {
        let does = |(id, edges): &(&ProfileId, &Edges)| match self {
            Self::Import(directory) => edges.reads.contains(&directory),
            Self::Export(directory) | Self::Confirm(directory) => edges.writes.contains(&directory),
            Self::Sync(profile) => profile == **id,
        };
        let who = edges.iter().filter(does);
        who.map(|(id, _)| *id).collect()
    }

    /// The jobs that come before it in a cycle over these profiles.
    pub fn after(self, edges: &BTreeMap<ProfileId, Edges>) -> Vec<Self> {
        match self {
            Self::Import(_) => Vec::new(),
            Self::Sync(profile) => {
                let reads = edges.get(&profile).into_iter().flat_map(|e| &e.reads);
                reads.copied().map(Self::Import).collect()
            }
            Self::Export(_) => {
                let writers = self.profiles(edges);
                writers.into_iter().map(Self::Sync).collect()
            }
            Self::Confirm(directory) => vec![Self::Export(directory)],
        }
    }
}

/// The jobs of a profile's cycle, in their order.
pub fn of_profile(profile: ProfileId, edges: &Edges) -> Vec<JobId> {
    let imports = edges.reads.iter().copied().map(JobId::Import);
    let exports = edges.writes.iter().copied().map(JobId::Export);
    let confirms = edges.writes.iter().copied().map(JobId::Confirm);
    imports
        .chain([JobId::Sync(profile)])
        .chain(exports)
        .chain(confirms)
        .collect()
}

/// The id in answers: it holds for as long as the directory or profile does.
impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import(directory) => write!(f, "import.{directory}"),
            Self::Sync(profile) => write!(f, "sync.{profile}"),
            Self::Export(directory) => write!(f, "export.{directory}"),
            Self::Confirm(directory) => write!(f, "confirm.{directory}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HR: DirectoryId = DirectoryId(1);
    const AD: DirectoryId = DirectoryId(2);

    fn edges() -> BTreeMap<ProfileId, Edges> {
        let one = |reads: &[DirectoryId], writes: &[DirectoryId]| Edges {
            reads: reads.iter().copied().collect(),
            writes: writes.iter().copied().collect(),
            types: BTreeSet::new(),
        };
        BTreeMap::from([
            (ProfileId(7), one(&[HR, AD], &[AD])),
            (ProfileId(8), one(&[AD], &[AD])),
        ])
    }

    #[test]
    fn a_profile_imports_synchronises_exports_and_confirms() {
        let jobs = of_profile(ProfileId(7), &edges()[&ProfileId(7)]);

        let ids: Vec<String> = jobs.iter().map(ToString::to_string).collect();
        assert_eq!(
            ids,
            [
                "import.dir_1",
                "import.dir_2",
                "sync.prf_7",
                "export.dir_2",
                "confirm.dir_2"
            ]
        );
    }

    #[test]
    fn an_export_follows_every_sync_that_writes_there() {
        let export = JobId::Export(AD);

        assert_eq!(
            export.after(&edges()),
            [JobId::Sync(ProfileId(7)), JobId::Sync(ProfileId(8))]
        );
        assert_eq!(JobId::Import(HR).profiles(&edges()), [ProfileId(7)].into());
        assert_eq!(JobId::Confirm(AD).after(&edges()), [export]);
    }
}
