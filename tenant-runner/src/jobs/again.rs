//! When an export that had to leave something goes on by itself.
//!
//! Invariants: what passes by itself needs nobody: the cycle that goes on is asked for in the transaction that ends the
//! run; it imports nothing and sends only what is released then; what was refused is tried again by itself only
//! where a profile runs by itself at all.

use std::collections::BTreeSet;
use std::time::Duration;

use syncline_model::ProfileId;
use syncline_model::error::ErrorClass;
use syncline_store::StoreError;
use syncline_store::tenant::TenantTx;

use super::outcome::Counts;
use super::resting::Resting;
use crate::schedule::settings::Schedules;

/// The kind of a due row that goes on with a profile's export.
pub const DUE: &str = "export";
/// What a cloud that cannot be reached is left alone; an agent says itself that it is back.
const UNREACHED: Duration = Duration::from_secs(300);
/// Nothing goes on sooner.
const LEAST: Duration = Duration::from_secs(1);

/// When an export goes on, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Again {
    /// With what was not sent, or has no answer.
    left_ms: Option<i64>,
    /// With what was refused.
    refused_ms: Option<i64>,
}

impl Again {
    /// What an export leaves. `settle` is how long the directory's reads lag, zero where they do not; `in_doubt` is
    /// how many operations have no answer.
    pub fn after(
        sent: &Counts,
        in_doubt: usize,
        resting: &Resting,
        settle: Duration,
        now_ms: i64,
    ) -> Self {
        let is_cloud = !settle.is_zero();
        let left = match (&sent.cut, &sent.pause) {
            (Some(_), _) => is_cloud.then_some(UNREACHED),
            (None, Some(pause)) if pause.passes() => Some(pause.after),
            (None, Some(pause)) => {
                let is_transient = pause.fault.kind.class() == ErrorClass::Transient;
                is_transient.then_some(pause.after.max(UNREACHED))
            }
            (None, None) => (sent.unseen > 0 || (in_doubt > 0 && is_cloud)).then_some(settle),
        };
        let at = |wait: Duration| {
            let ms = i64::try_from(wait.max(LEAST).as_millis()).unwrap_or(i64::MAX);
            now_ms.saturating_add(ms)
        };
        Self {
            left_ms: left.map(at),
            refused_ms: resting.until_ms.map(|until| until.max(at(LEAST))),
        }
    }

    /// Asks for it.
    pub async fn ask(
        &self,
        tx: &mut TenantTx,
        profiles: &BTreeSet<ProfileId>,
    ) -> Result<(), StoreError> {
        let schedules = Schedules::load(tx).await?;
        for id in profiles {
            let Some(profile) = tx.profile(*id).await? else {
                continue;
            };
            let triggers = &profile.doc.triggers;
            let timetable = schedules.of(*id).1.timetable(triggers);
            let runs_itself = triggers.on_change || !timetable.is_empty();
            let refused = self.refused_ms.filter(|_| runs_itself);
            let at_ms = self.left_ms.into_iter().chain(refused).min();
            if let Some(at_ms) = at_ms {
                tx.due_ask(DUE, id.get(), at_ms).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_engine::export::PutBack;
    use syncline_model::connector::Fault;
    use syncline_model::error::ErrorKind;

    const NOW: i64 = 1_000_000;
    const SETTLE: Duration = Duration::from_secs(120);

    fn fault(kind: ErrorKind) -> Fault {
        Fault::new("test.fault", kind, "", "")
    }

    fn paused(kind: ErrorKind, seconds: u64) -> Counts {
        Counts {
            pause: Some(PutBack {
                fault: fault(kind),
                after: Duration::from_secs(seconds),
            }),
            ..Counts::default()
        }
    }

    fn left(sent: &Counts, in_doubt: usize, settle: Duration) -> Option<i64> {
        let again = Again::after(sent, in_doubt, &Resting::default(), settle, NOW);
        assert_eq!(again.refused_ms, None);
        again.left_ms.map(|at| (at - NOW) / 1000)
    }

    #[test]
    fn a_pause_is_kept_to_its_end() {
        let long = paused(ErrorKind::Throttled, 3_600);

        assert_eq!(left(&long, 0, SETTLE), Some(3_600));
        assert_eq!(left(&paused(ErrorKind::Busy, 0), 0, SETTLE), Some(1));
        let broken = paused(ErrorKind::Connection, 30);
        assert_eq!(left(&broken, 0, SETTLE), Some(300));
        let shut = paused(ErrorKind::Authentication, 30);
        assert_eq!(left(&shut, 0, SETTLE), None, "somebody has to mend it");
    }

    #[test]
    fn what_is_not_seen_or_not_answered_waits_for_the_reads() {
        let unseen = Counts {
            unseen: 2,
            ..Counts::default()
        };

        assert_eq!(left(&unseen, 0, SETTLE), Some(120));
        assert_eq!(left(&Counts::default(), 1, SETTLE), Some(120));
        assert_eq!(left(&Counts::default(), 0, SETTLE), None);
    }

    #[test]
    fn a_cloud_that_was_not_reached_is_tried_again_and_an_agent_is_waited_for() {
        let cut = Counts {
            cut: Some(fault(ErrorKind::Connection)),
            ..Counts::default()
        };

        assert_eq!(left(&cut, 3, SETTLE), Some(300));
        assert_eq!(left(&cut, 3, Duration::ZERO), None);
    }

    #[test]
    fn a_rest_that_is_over_is_no_reason_to_go_round_without_a_pause() {
        let mut resting = Resting::default();
        resting.note(NOW - 5);
        resting.note(NOW + 60_000);

        let again = Again::after(&Counts::default(), 0, &resting, SETTLE, NOW);

        assert_eq!((again.left_ms, again.refused_ms), (None, Some(NOW + 1_000)));
    }
}
