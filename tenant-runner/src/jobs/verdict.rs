//! How an export ended: its status, why, and what is said of it.
//!
//! Invariants: what stopped it comes first, and then nothing else is said; a guard's list, and a plan that nobody
//! approved, are told for each profile.

use syncline_engine::export::PutBack;
use syncline_model::connector::Fault;
use syncline_model::message::{self, jobs as told};
use syncline_model::run::RunStatus;

use super::outcome::Counts;
use super::release::Decided;
use super::{Said, guards};
use crate::resource::guards::GuardMode;
use crate::resource::instant::Instant;

/// How an export ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its status.
    pub status: RunStatus,
    /// Why, where that needs words.
    pub reason: Option<String>,
    /// What is said of it.
    pub said: Vec<Said>,
}

impl Verdict {
    fn of(status: RunStatus, said: Vec<Said>) -> Self {
        Self {
            status,
            reason: None,
            said,
        }
    }

    fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// What an export comes to that sent this, leaves so many operations without an answer, and was decided so.
pub fn verdict(sent: &Counts, in_doubt: usize, decided: &Decided, now_ms: i64) -> Verdict {
    if let Some(fault) = sent.why_stopped() {
        let reason = stop_text(sent, fault, now_ms);
        let said = vec![Said::stop(fault, reason.clone())];
        return Verdict::of(fault.stopped_status(), said).because(reason);
    }
    let mut said = asks(decided);
    said.extend(waits(sent, decided));
    if sent.refused > 0 || in_doubt > 0 || decided.resting.count > 0 {
        return Verdict::of(RunStatus::CompletedExportErrors, said);
    }
    if !decided.tripped.is_empty() {
        let status = match decided.mode {
            GuardMode::Stop => RunStatus::StoppedDeletionThreshold,
            GuardMode::HoldDestructive => RunStatus::CompletedWarnings,
        };
        return Verdict::of(status, said).because("A guard holds a list; approve or reject it.");
    }
    if decided.held > 0 && sent.sent == 0 {
        let status = RunStatus::StoppedApproval;
        let reason = format!("{} staged operations wait for approval.", decided.held);
        said.push(Said::of(&message::of_status(status), reason.clone()));
        return Verdict::of(status, said).because(reason);
    }
    let status = match (sent.taken_back, sent.unseen, sent.sent) {
        (1.., _, _) => RunStatus::CompletedWarnings,
        (0, 1.., _) => RunStatus::CompletedTransientObjects,
        (0, 0, 0) => RunStatus::SuccessNoChanges,
        _ => RunStatus::Success,
    };
    Verdict::of(status, said)
}

/// What a person is asked for.
fn asks(decided: &Decided) -> Vec<Said> {
    let tripped = decided.tripped.iter().map(|(profile, kind, guard)| {
        let text = guards::text(*kind, guard);
        let text = format!("{profile}: {text} Approve or reject the list.");
        let topic = format!("{profile} {kind:?} {:?}", guard.object_type);
        Said::of(&told::GUARD_TRIPPED, text).about(topic)
    });
    let again = decided.asks_again.iter().map(|profile| {
        let text = format!(
            "{profile}: what is staged now differs too much from the approved plan; approve a new what-if."
        );
        Said::of(&told::NOT_APPROVED, text).about(profile.to_string())
    });
    tripped.chain(again).collect()
}

/// What is left for later.
fn waits(sent: &Counts, decided: &Decided) -> Vec<Said> {
    let resting = decided.resting.text();
    let mut said: Vec<Said> = resting
        .map(|text| Said::of(&told::RESTING, text))
        .into_iter()
        .collect();
    if sent.taken_back > 0 {
        let text = format!(
            "{} operations were not sent, because their profile was changed meanwhile. They are decided anew under the \
             changed profile.",
            sent.taken_back
        );
        said.push(Said::of(&told::CONFIGURATION_CHANGED, text));
    }
    if sent.unseen > 0 {
        let text = format!(
            "{} operations wait: the directory does not show yet what was written a moment ago. They go with the next \
             export.",
            sent.unseen
        );
        said.push(Said::of(&told::NOT_YET_VISIBLE, text));
    }
    said
}

/// Why a run stopped, what is left of it, and what to do.
fn stop_text(sent: &Counts, fault: &Fault, now_ms: i64) -> String {
    let left = match &sent.pause {
        Some(PutBack { after, .. }) if sent.cut.is_none() && passes(sent) => {
            let after_ms = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
            let until = Instant::from_unix_ms(now_ms.saturating_add(after_ms));
            format!(
                "What was not sent stays staged and goes by itself after {until}, as the directory asks."
            )
        }
        Some(_) if sent.cut.is_none() => "What was not sent stays staged.".to_owned(),
        _ => "What was not sent stays staged, what has no answer is looked up first.".to_owned(),
    };
    format!("{} {} {left}", fault.message, fault.next_step)
}

fn passes(sent: &Counts) -> bool {
    sent.pause.as_ref().is_some_and(PutBack::passes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use syncline_engine::guard::Tripped;
    use syncline_model::approval::ApprovalKind;
    use syncline_model::error::ErrorKind;
    use syncline_model::{DirectoryId, ProfileId};

    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn codes(verdict: &Verdict) -> Vec<&str> {
        verdict.said.iter().map(|said| said.code.as_str()).collect()
    }

    fn tripped() -> Tripped {
        Tripped {
            directory: DirectoryId(9),
            object_type: None,
            count: 6,
            limit: 5,
            held: BTreeSet::new(),
        }
    }

    #[test]
    fn each_list_that_a_guard_holds_is_told_for_its_profile() {
        let decided = Decided {
            tripped: vec![
                (ProfileId(1), ApprovalKind::DeleteGuard, tripped()),
                (ProfileId(2), ApprovalKind::CreateGuard, tripped()),
            ],
            ..Decided::default()
        };

        let verdict = verdict(&Counts::default(), 0, &decided, NOW);

        assert_eq!(verdict.status, RunStatus::StoppedDeletionThreshold);
        assert_eq!(codes(&verdict), ["guard_tripped", "guard_tripped"]);
        assert_ne!(verdict.said[0].topic, verdict.said[1].topic);
        assert!(verdict.said[1].text.contains("6 objects would be created"));
    }

    #[test]
    fn what_nobody_approved_waits_and_says_so() {
        let decided = Decided {
            held: 12,
            asks_again: vec![ProfileId(1)],
            ..Decided::default()
        };

        let verdict = verdict(&Counts::default(), 0, &decided, NOW);

        assert_eq!(verdict.status, RunStatus::StoppedApproval);
        assert_eq!(codes(&verdict), ["not_approved", "stopped-approval"]);
        let expected = "12 staged operations wait for approval.";
        assert_eq!(verdict.reason.as_deref(), Some(expected));
    }

    #[test]
    fn what_stopped_it_is_all_that_is_said() {
        let fault = Fault::new(
            "export.throttled",
            ErrorKind::Throttled,
            "Graph asks to slow down.",
            "Nothing to do.",
        );
        let sent = Counts {
            pause: Some(PutBack {
                fault,
                after: Duration::from_secs(90),
            }),
            unseen: 3,
            ..Counts::default()
        };

        let verdict = verdict(&sent, 2, &Decided::default(), NOW);

        assert_eq!(verdict.status, RunStatus::StoppedConnectivity);
        assert_eq!(codes(&verdict), ["export.throttled"]);
        let reason = verdict.reason.unwrap();
        let until = Instant::from_unix_ms(NOW + 90_000).to_string();
        assert!(reason.contains(&until), "{reason}");
    }

    #[test]
    fn an_export_without_anything_to_say_is_silent() {
        let sent = |sent, unseen| Counts {
            sent,
            unseen,
            ..Counts::default()
        };
        let status = |counts: &Counts| verdict(counts, 0, &Decided::default(), NOW).status;

        assert_eq!(status(&sent(0, 0)), RunStatus::SuccessNoChanges);
        assert_eq!(status(&sent(4, 0)), RunStatus::Success);
        assert_eq!(status(&sent(4, 1)), RunStatus::CompletedTransientObjects);
        let doubt = verdict(&sent(4, 0), 1, &Decided::default(), NOW);
        assert_eq!(doubt.status, RunStatus::CompletedExportErrors);
        assert_eq!(doubt.said, []);
    }
}
