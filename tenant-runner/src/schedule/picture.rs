//! What the schedule is told from: everything at one moment, without judgement.
//!
//! Invariant: what is derived of it reads nothing else, so that one answer never contradicts itself.

use std::collections::BTreeMap;

use syncline_model::approval::{ApprovalKind, ApprovalState, ReviewState};
use syncline_model::profile::Triggers;
use syncline_model::{ApprovalId, DirectoryId, ProfileId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{AgentState, Due, RunMark, Told};

use super::graph::Edges;
use super::jobs::JobId;
use super::settings::Schedules;
use crate::app::App;
use crate::desk::{Overview, Switches};
use crate::http::context::now_ms;
use crate::jobs;

/// So many of the last runs of each directory and profile are looked at.
const MARKS: i64 = 120;
/// So many lists that wait for a person are named.
const LISTS: i64 = 500;

/// The schedule at one moment.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// The moment.
    pub now_ms: i64,
    /// What is paused or held.
    pub switches: Switches,
    /// What is set.
    pub schedules: Schedules,
    /// The profiles.
    pub profiles: Vec<Who>,
    /// What they read and write.
    pub edges: BTreeMap<ProfileId, Edges>,
    /// The directories.
    pub directories: BTreeMap<DirectoryId, Place>,
    /// How many operations are staged.
    pub staged: Vec<(DirectoryId, ProfileId, i64)>,
    /// How many acknowledged operations no import has confirmed.
    pub unconfirmed: BTreeMap<DirectoryId, i64>,
    /// Lists that wait for a person.
    pub lists: Vec<List>,
    /// What is due.
    pub due: Vec<Due>,
    /// The last runs of each job, newest first.
    pub runs: BTreeMap<JobId, Vec<RunMark>>,
    /// What the message log holds of the last run of each job.
    pub told: BTreeMap<RunId, Told>,
    /// What runs and what waits.
    pub desk: Overview,
}

/// A profile.
#[derive(Debug, Clone)]
pub struct Who {
    /// Its id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// What its document says of when it runs.
    pub triggers: Triggers,
    /// What it may send.
    pub review: ReviewState,
    /// Whether it was synchronised as it is now.
    pub is_synced: bool,
}

/// A directory.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Whether it can be reached.
    pub way: Way,
}

/// The way to a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is open.
    Open,
    /// No agent was confirmed yet.
    NoAgent,
    /// No agent is connected; one was at this instant.
    AgentOffline(Option<i64>),
    /// The cloud's connection does not work yet.
    NotConnected,
}

/// A list that waits for a person.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The approval that is asked for.
    pub approval: ApprovalId,
    /// What it is about.
    pub kind: ApprovalKind,
    /// The profile.
    pub profile: ProfileId,
    /// The directory, of a guard's list.
    pub directory: Option<DirectoryId>,
}

impl Picture {
    /// As it is now.
    pub async fn take(app: &App) -> Result<Self, StoreError> {
        let edges = jobs::edges(&app.db).await?;
        let mut read = app.db.read().await?;
        let profiles: Vec<Who> = read
            .profiles()
            .await?
            .into_iter()
            .map(|row| Who {
                id: row.id,
                is_synced: row.synced_hash == Some(row.config_hash),
                review: row.review.state,
                triggers: row.doc.triggers,
                name: row.doc.name,
            })
            .collect();
        let agents = read.agents().await?;
        let directories: BTreeMap<DirectoryId, Place> = read
            .directories()
            .await?
            .into_iter()
            .map(|row| {
                let confirmed = agents
                    .iter()
                    .filter(|a| a.directory == row.id && a.state == AgentState::Confirmed);
                let way = if app.clouds.get(row.id).is_some() || app.hub.of(row.id).is_some() {
                    Way::Open
                } else if row.kind == "entra-id" {
                    Way::NotConnected
                } else if confirmed.clone().next().is_none() {
                    Way::NoAgent
                } else {
                    Way::AgentOffline(confirmed.filter_map(|a| a.seen_ms).max())
                };
                let name = row.doc.name;
                (row.id, Place { name, way })
            })
            .collect();
        let lists = read
            .approvals(None, &[ApprovalState::Requested], None, LISTS)
            .await?;
        let ids: Vec<DirectoryId> = directories.keys().copied().collect();
        let who: Vec<ProfileId> = profiles.iter().map(|p| p.id).collect();
        let mut picture = Self {
            now_ms: now_ms(),
            switches: app.desk.switches(),
            schedules: Schedules::load(&mut read).await?,
            staged: read.pending_counts().await?,
            unconfirmed: read.memory_counts().await?.into_iter().collect(),
            due: read.due().await?,
            runs: by_job(read.run_marks(&ids, &who, MARKS).await?),
            told: BTreeMap::new(),
            desk: app.desk.overview(),
            lists: lists
                .into_iter()
                .map(|row| List {
                    approval: row.id,
                    kind: row.kind,
                    profile: row.profile,
                    directory: row.directory,
                })
                .collect(),
            profiles,
            edges,
            directories,
        };
        let last: Vec<RunMark> = picture
            .runs
            .values()
            .filter_map(|runs| runs.first().copied())
            .collect();
        let told = read.runs_told(&last).await?;
        picture.told = last.iter().map(|run| run.id).zip(told).collect();
        Ok(picture)
    }

    /// The runs of a job, newest first.
    pub fn runs_of(&self, job: JobId) -> impl Iterator<Item = &RunMark> {
        self.runs.get(&job).into_iter().flatten()
    }

    /// A profile.
    pub fn who(&self, id: ProfileId) -> Option<&Who> {
        self.profiles.iter().find(|who| who.id == id)
    }

    /// What a directory or profile is called.
    pub fn name_of(&self, job: JobId) -> String {
        let directory = job.directory().and_then(|id| self.directories.get(&id));
        let profile = job.profile().and_then(|id| self.who(id));
        let name = directory
            .map(|place| &place.name)
            .or(profile.map(|who| &who.name));
        name.cloned().unwrap_or_default()
    }

    /// When a profile is due by time.
    pub fn due_ms(&self, profile: ProfileId) -> Option<i64> {
        let is_of =
            |due: &&Due| due.kind == crate::desk::DUE_INTERVAL && due.subject == profile.get();
        self.due.iter().find(is_of).map(|due| due.at_ms)
    }
}

/// Runs by the job that they were of; each keeps their order.
pub fn by_job(runs: Vec<RunMark>) -> BTreeMap<JobId, Vec<RunMark>> {
    let mut all: BTreeMap<JobId, Vec<RunMark>> = BTreeMap::new();
    for run in runs {
        if let Some(job) = JobId::of_run(run.kind, run.directory, run.profile) {
            all.entry(job).or_default().push(run);
        }
    }
    all
}
