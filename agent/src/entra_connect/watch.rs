//! When the cycle that was ordered has begun, and when it is over, from looks at the scheduler.
//!
//! What the cmdlets give: `SyncCycleInProgress`, which has no name of the cycle; the history of runs, whose
//! ids tell the runs that were there before the order from those that came after it; nothing that says who
//! ordered a cycle. `NextSyncCycleStartTimeInUTC` is when the *schedule* starts the next one, and whether an
//! ordered cycle moves it is documented nowhere, so nothing is decided by it. What can be told, and what not:
//!
//! - A cycle that was at work before the order is not ours: its import may be older than our export. It is
//!   waited out before the order (`cycle`), and Entra Connect refuses an order while one is at work.
//! - A cycle that is seen at work after the order, or whose runs were not in the history before it, began
//!   after our export, and so imports what was exported. It is the one we ordered, or one of the schedule
//!   that came in the same moment: they cannot be told apart, and for our purpose need not be.
//! - If another cycle follows within one pause between looks, both are waited for: the end is never told
//!   too early, and may be told late.
//! - A run in the history alone, with a scheduler that is idle, may be a single run that somebody started
//!   by hand between our last look and the order. It counts only when two looks in a row say so, which gives
//!   the ordered cycle the time of a whole pause to show itself.

use std::collections::HashSet;

use syncline_wire::link::ConnectorRun;

use super::answer::Scheduler;

/// Follows one ordered cycle.
#[derive(Debug)]
pub struct Watch {
    before: Option<HashSet<String>>,
    seen_at_work: bool,
    idle_with_history: u32,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was seen of it yet.
    NotBegun,
    /// It is at work.
    Running,
    /// It is over, and these are the runs that came after the order, if they can be known.
    Ended(Option<Vec<ConnectorRun>>),
}

impl Watch {
    /// Follows the cycle that is ordered now; `before` is the last look before the order.
    pub fn new(before: &Scheduler) -> Self {
        Self {
            before: before
                .runs
                .as_ref()
                .map(|runs| runs.iter().map(|run| run.id.clone()).collect()),
            seen_at_work: false,
            idle_with_history: 0,
        }
    }

    /// Takes one look.
    pub fn see(&mut self, now: &Scheduler) -> Stage {
        let runs = self.runs(now);
        if now.in_progress {
            self.seen_at_work = true;
            self.idle_with_history = 0;
            return Stage::Running;
        }
        if self.seen_at_work {
            return Stage::Ended(runs);
        }
        if runs.as_ref().is_none_or(Vec::is_empty) {
            return Stage::NotBegun;
        }
        self.idle_with_history += 1;
        match (now.connectors_busy, self.idle_with_history) {
            (0, 2..) => Stage::Ended(runs),
            _ => Stage::Running,
        }
    }

    /// The runs that were not there before.
    fn runs(&self, now: &Scheduler) -> Option<Vec<ConnectorRun>> {
        let (before, runs) = (self.before.as_ref()?, now.runs.as_ref()?);
        let new = runs.iter().filter(|run| !before.contains(&run.id));
        Some(new.map(|run| run.run.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Run;
    use super::*;

    fn look(in_progress: bool, runs: Option<&[&str]>) -> Scheduler {
        Scheduler {
            in_progress,
            enabled: true,
            runs: runs.map(|runs| {
                runs.iter()
                    .map(|id| Run {
                        id: (*id).into(),
                        run: ConnectorRun {
                            connector: "AD".into(),
                            profile: (*id).into(),
                            result: "success".into(),
                        },
                    })
                    .collect()
            }),
            ..Scheduler::default()
        }
    }

    fn profiles(stage: &Stage) -> Vec<&str> {
        match stage {
            Stage::Ended(Some(runs)) => runs.iter().map(|run| run.profile.as_str()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_cycle_begins_works_and_ends() {
        let mut watch = Watch::new(&look(false, Some(&["1", "2"])));

        assert_eq!(watch.see(&look(false, Some(&["1", "2"]))), Stage::NotBegun);
        assert_eq!(watch.see(&look(true, Some(&["1", "2"]))), Stage::Running);
        assert_eq!(watch.see(&look(true, Some(&["2", "3"]))), Stage::Running);
        let ended = watch.see(&look(false, Some(&["2", "3", "4"])));
        assert_eq!(profiles(&ended), ["3", "4"]);
    }

    #[test]
    fn a_cycle_between_two_looks_is_known_by_its_runs_at_the_second_look() {
        let mut watch = Watch::new(&look(false, Some(&["1"])));

        assert_eq!(watch.see(&look(false, Some(&["1", "2"]))), Stage::Running);
        assert_eq!(profiles(&watch.see(&look(false, Some(&["1", "2"])))), ["2"]);
    }

    #[test]
    fn a_foreign_run_in_the_history_does_not_end_a_cycle_that_begins_late() {
        let mut watch = Watch::new(&look(false, Some(&["1"])));

        assert_eq!(
            watch.see(&look(false, Some(&["1", "by hand"]))),
            Stage::Running
        );
        assert_eq!(
            watch.see(&look(true, Some(&["1", "by hand"]))),
            Stage::Running
        );
        let ended = watch.see(&look(false, Some(&["1", "by hand", "ours"])));
        assert_eq!(profiles(&ended), ["by hand", "ours"]);
    }

    #[test]
    fn without_a_history_only_a_cycle_that_was_seen_can_end() {
        let mut watch = Watch::new(&look(false, None));

        assert_eq!(watch.see(&look(false, None)), Stage::NotBegun);
        assert_eq!(watch.see(&look(false, Some(&["1"]))), Stage::NotBegun);
        assert_eq!(watch.see(&look(true, None)), Stage::Running);
        assert_eq!(watch.see(&look(false, None)), Stage::Ended(None));
    }

    #[test]
    fn a_connector_at_work_is_no_end() {
        let mut watch = Watch::new(&look(false, Some(&[])));
        let mut busy = look(false, Some(&["1"]));
        busy.connectors_busy = 1;

        for _ in 0..5 {
            assert_eq!(watch.see(&busy), Stage::Running);
        }
        busy.connectors_busy = 0;
        assert_eq!(profiles(&watch.see(&busy)), ["1"]);
    }
}
