//! Why something does not run now: every condition that is not met, each with its code, what it is about, and a sentence.
//!
//! Invariants: a code keeps its meaning for ever; what blocks waits for a person, everything else passes by itself; whoever
//! runs is never given a reason.

use std::collections::BTreeSet;

use syncline_model::approval::{ApprovalKind, ReviewState};
use syncline_model::run::RunStatus;
use syncline_model::{CycleId, DirectoryId, ProfileId};
use syncline_store::tenant::RunMark;

use super::jobs::JobId;
use super::picture::{Picture, Way};
use super::reason::{BLOCKS, PASSES, reason, written};
use crate::resource::cycle::Exports;
use crate::resource::instant::Instant;
use crate::resource::scheduler::Reason;

impl Picture {
    /// Why no cycle of a profile runs.
    pub fn why_no_cycle(&self, profile: ProfileId) -> Vec<Reason> {
        let Some(who) = self.who(profile) else {
            return Vec::new();
        };
        let runs = self.desk.current.as_ref();
        if runs.is_some_and(|(_, profiles)| profiles.contains(&profile)) {
            return Vec::new();
        }
        let mut why = Vec::new();
        if self.switches.paused {
            let text = "The scheduler is paused, so nothing starts. Resume it to go on.";
            why.push(reason("paused", BLOCKS, [], text.into()));
        }
        let waits = self.desk.waiting.iter();
        if let Some((own, _)) = waits.clone().find(|(_, who)| who.contains(&profile)) {
            if let Some((cycle, _)) = runs {
                let text = format!("Its cycle {own} begins when {cycle} has ended.");
                let args = [("cycle", own.to_string()), ("before", cycle.to_string())];
                why.push(reason("waits_for_cycle", PASSES, args, text));
            } else if !self.switches.paused {
                let text = format!("Its cycle {own} begins now.");
                why.push(reason("begins", PASSES, [("cycle", own.to_string())], text));
            }
            return why;
        }
        let about = || [("profile", profile.to_string())];
        if !self.schedules.tenant.cycles_enabled {
            let text = "No cycle of any profile starts by itself: that is switched off. Switch it on again, or run one \
                        by hand.";
            why.push(reason("cycles_disabled", BLOCKS, [], text.into()));
        }
        let (_, schedule) = self.schedules.of(profile);
        if !schedule.enabled {
            let text = format!(
                "No cycle of “{}” starts by itself: that is switched off in its schedule. Switch it on again, or run \
                 one by hand.",
                who.name
            );
            why.push(reason("profile_disabled", BLOCKS, about(), text));
        }
        if !self.schedules.runs(profile) {
            return why;
        }
        match self.due_ms(profile) {
            Some(at_ms) if schedule.skip_next => {
                let at = Instant::from_unix_ms(at_ms);
                let text = format!("It is due at {at}, and that start is left out.");
                why.push(reason("skips", PASSES, [("at", written(at_ms))], text));
            }
            Some(at_ms) => {
                let text = format!("It is due at {}.", Instant::from_unix_ms(at_ms));
                why.push(reason("not_due", PASSES, [("at", written(at_ms))], text));
            }
            None if who.triggers.on_change => {
                let text =
                    "It starts when one of its directories reports a change. None was reported.";
                why.push(reason("waits_for_change", PASSES, [], text.into()));
            }
            None => {
                let text = format!(
                    "Nothing starts “{}”: it has no interval and no times of day, and changes do not start it. Set one \
                     of them, or run it by hand.",
                    who.name
                );
                why.push(reason("no_trigger", BLOCKS, about(), text));
            }
        }
        why
    }

    /// What stands in a job's way, whenever it is its turn; `profiles` are those of the cycle that comes to it.
    pub fn obstacles(&self, job: JobId, profiles: &BTreeSet<ProfileId>) -> Vec<Reason> {
        match job {
            JobId::Import(directory) => self.why_no_import(directory),
            JobId::Sync(profile) => self.why_no_sync(profile),
            JobId::Export(directory) => self.why_no_export(directory, profiles),
            JobId::Confirm(directory) => self.why_no_confirmation(directory),
        }
    }

    /// Why a job does not run.
    pub fn why_no_job(&self, job: JobId) -> Vec<Reason> {
        let profiles = job.profiles(&self.edges);
        let mut why = self.obstacles(job, &profiles);
        match self.in_cycle(&profiles) {
            Some(cycle) => {
                let done = self.runs_of(job).find(|run| run.cycle == Some(cycle));
                why.extend(match done {
                    Some(run) => Some(reason(
                        "done",
                        PASSES,
                        [("run", run.id.to_string()), ("cycle", cycle.to_string())],
                        format!("It has ended in the cycle {cycle}, which runs."),
                    )),
                    None => self.waits_for(job, cycle),
                });
            }
            // A job that several profiles need starts with the one that is due first.
            None => {
                let first = profiles.iter().min_by_key(|p| {
                    (
                        !self.schedules.runs(**p),
                        self.due_ms(**p).unwrap_or(i64::MAX),
                    )
                });
                why.extend(first.map(|p| self.why_no_cycle(*p)).unwrap_or_default());
            }
        }
        why
    }

    /// The cycle that runs, if it is over one of these profiles.
    pub fn in_cycle(&self, profiles: &BTreeSet<ProfileId>) -> Option<CycleId> {
        let (cycle, mine) = self.desk.current.as_ref()?;
        (!mine.is_disjoint(profiles)).then_some(*cycle)
    }

    /// What a job of the cycle that runs waits for.
    fn waits_for(&self, job: JobId, cycle: CycleId) -> Option<Reason> {
        let at_work = |before: &JobId| {
            self.runs_of(*before)
                .any(|run| run.cycle == Some(cycle) && run.status.is_none())
        };
        let before = job.after(&self.edges).into_iter().find(at_work)?;
        let what = match before {
            JobId::Import(_) => "the import of",
            JobId::Sync(_) => "the synchronisation of",
            JobId::Export(_) => "the export to",
            JobId::Confirm(_) => "the confirmation of",
        };
        let text = format!(
            "It waits for {what} “{}”, which runs.",
            self.name_of(before)
        );
        Some(reason(
            "waits_for",
            PASSES,
            [("job", before.to_string())],
            text,
        ))
    }

    fn why_no_import(&self, directory: DirectoryId) -> Vec<Reason> {
        let mut why: Vec<Reason> = self.no_way(directory).into_iter().collect();
        if let Some((run, status)) = self.last_read(directory)
            && !status.completed()
        {
            let text = format!(
                "Its last import ended as {status}. It is tried again with the next cycle; the run says what to do."
            );
            let args = [("run", run.id.to_string()), ("status", status.to_string())];
            why.push(reason("last_stopped", PASSES, args, text));
        }
        why
    }

    fn why_no_sync(&self, profile: ProfileId) -> Vec<Reason> {
        let mut why = Vec::new();
        let reads = self.edges.get(&profile).into_iter().flat_map(|e| &e.reads);
        for directory in reads {
            let name = self.name_of(JobId::Import(*directory));
            let Some((run, status)) = self.last_read(*directory) else {
                let text = format!("“{name}” was never imported; the next cycle reads it.");
                let args = [("directory", directory.to_string())];
                why.push(reason("input_never_read", PASSES, args, text));
                continue;
            };
            if !status.dependents_may_start() {
                let text = format!(
                    "The last import of “{name}” ended as {status}: what it read cannot be used, so nothing is \
                     synchronised from it. The run says what to do."
                );
                let args = [
                    ("directory", directory.to_string()),
                    ("run", run.id.to_string()),
                    ("status", status.to_string()),
                ];
                why.push(reason("input_unusable", BLOCKS, args, text));
            }
        }
        for list in self.lists.iter().filter(|l| l.profile == profile) {
            if list.kind == ApprovalKind::ObsoletionGuard {
                let text = "An import showed too few objects: what it would drop is held until somebody decides on the \
                            list.";
                let args = [("approval", list.approval.to_string())];
                why.push(reason("guard_holds", BLOCKS, args, text.into()));
            }
        }
        why
    }

    fn why_no_export(&self, directory: DirectoryId, profiles: &BTreeSet<ProfileId>) -> Vec<Reason> {
        let staged = |profile: ProfileId| -> i64 {
            let rows = self.staged.iter();
            rows.filter(|(d, p, _)| *d == directory && *p == profile)
                .map(|(_, _, n)| n)
                .sum()
        };
        let with: Vec<(ProfileId, i64)> = profiles
            .iter()
            .map(|profile| (*profile, staged(*profile)))
            .filter(|(_, n)| *n > 0)
            .collect();
        if with.is_empty() {
            let text = "No operation is staged for it.";
            return vec![reason("nothing_staged", PASSES, [], text.into())];
        }
        let mut why: Vec<Reason> = self.no_way(directory).into_iter().collect();
        if self.switches.exports_held {
            let text = "Every export of the tenant is held. Release exports to go on.";
            why.push(reason("exports_held", BLOCKS, [], text.into()));
        }
        for (profile, n) in with {
            why.extend(self.why_not_sent(directory, profile, n));
        }
        why
    }

    fn why_not_sent(&self, directory: DirectoryId, profile: ProfileId, staged: i64) -> Vec<Reason> {
        let Some(who) = self.who(profile) else {
            return Vec::new();
        };
        let name = &who.name;
        let args = || {
            [
                ("profile", profile.to_string()),
                ("directory", directory.to_string()),
                ("staged", staged.to_string()),
            ]
        };
        let mut why = Vec::new();
        if self.schedules.of(profile).1.exports == Exports::Suppress {
            let text = format!(
                "{staged} staged by “{name}”, whose exports are suppressed. Allow them in its schedule to go on."
            );
            why.push(reason("exports_suppressed", BLOCKS, args(), text));
        }
        match who.review {
            ReviewState::NeedsReview => {
                let text = format!(
                    "{staged} staged by “{name}”, which needs review: nothing is sent before a what-if of it is approved."
                );
                why.push(reason("needs_review", BLOCKS, args(), text));
            }
            _ if !who.is_synced => {
                let text = format!(
                    "{staged} staged by “{name}” under an earlier configuration; a synchronisation under the present one \
                     comes first."
                );
                why.push(reason("sync_first", PASSES, args(), text));
            }
            ReviewState::ApprovedPlan => {
                let text = format!(
                    "{staged} staged by “{name}”: of an approved plan, what was in it goes with the next export; what \
                     appeared since asks again."
                );
                why.push(reason("approved_plan", PASSES, args(), text));
            }
            ReviewState::Live => {}
        }
        let lists = self.lists.iter().filter(|l| l.profile == profile);
        for list in lists.filter(|l| l.directory == Some(directory)) {
            let what = match list.kind {
                ApprovalKind::DeleteGuard => "delete guard",
                ApprovalKind::CreateGuard => "create guard",
                ApprovalKind::Plan | ApprovalKind::ObsoletionGuard => continue,
            };
            let text = format!(
                "The {what} holds operations of “{name}” until somebody approves or rejects its list."
            );
            let args = [
                ("approval", list.approval.to_string()),
                ("profile", profile.to_string()),
            ];
            why.push(reason("guard_holds", BLOCKS, args, text));
        }
        why
    }

    /// Why what a profile has staged for a directory is not sent yet.
    pub fn why_not_sent_yet(&self, directory: DirectoryId, profile: ProfileId) -> Vec<Reason> {
        let only = [profile].into();
        let mut why = self.why_no_export(directory, &only);
        if self.in_cycle(&only).is_none() {
            why.extend(self.why_no_cycle(profile));
        }
        why
    }

    fn why_no_confirmation(&self, directory: DirectoryId) -> Vec<Reason> {
        match self.unconfirmed.get(&directory).copied().unwrap_or(0) {
            0 => {
                let text = "Everything that was sent is confirmed.";
                vec![reason("nothing_to_confirm", PASSES, [], text.into())]
            }
            n => {
                let text =
                    format!("{n} sent and not confirmed; every import of the directory confirms.");
                let mut why = vec![reason(
                    "unconfirmed",
                    PASSES,
                    [("operations", n.to_string())],
                    text,
                )];
                why.extend(self.no_way(directory));
                why
            }
        }
    }

    /// The last import of a directory that ended, confirming ones too.
    fn last_read(&self, directory: DirectoryId) -> Option<(&RunMark, RunStatus)> {
        let read = [JobId::Import(directory), JobId::Confirm(directory)];
        let runs = read.into_iter().flat_map(|job| self.runs_of(job));
        let ended = runs.filter_map(|run| Some((run, run.status?)));
        ended.max_by_key(|(run, _)| run.id)
    }

    /// Why a directory cannot be reached.
    fn no_way(&self, directory: DirectoryId) -> Option<Reason> {
        let place = self.directories.get(&directory)?;
        let (code, text) = match place.way {
            Way::Open => return None,
            Way::NoAgent => (
                "no_agent",
                format!(
                    "“{}” has no confirmed agent. Enrol one and confirm its fingerprint.",
                    place.name
                ),
            ),
            Way::AgentOffline(seen) => {
                let since = seen.map(Instant::from_unix_ms);
                let since = since.map_or(String::new(), |at| format!(" since {at}"));
                let text = format!(
                    "No agent of “{}” is connected{since}. Check the agent's service on its host.",
                    place.name
                );
                ("agent_offline", text)
            }
            Way::NotConnected => (
                "cloud_not_connected",
                format!(
                    "“{}” has no working connection yet. Upload the certificate, grant the permissions and check the \
                     connection.",
                    place.name
                ),
            ),
        };
        Some(reason(
            code,
            BLOCKS,
            [("directory", directory.to_string())],
            text,
        ))
    }
}
