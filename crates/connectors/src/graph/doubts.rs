//! Operations of which a request may have been carried out though no answer says so.
//!
//! A read that lags shows nothing of them for a while. Invariants: the first request counts, however often the
//! operation is tried again; what has an end is forgotten; nothing that must not be lost is kept here: after a restart
//! an object of ours is told by its age alone.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use syncline_model::connector::OpOutcome;
use syncline_model::op::ObjectKey;

/// Since when which operation is in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubts(Mutex<HashMap<ObjectKey, Doubt>>);

#[derive(Debug, Clone, Copy)]
struct Doubt {
    /// When its first request went out, in ticks.
    sent: i64,
    at: Instant,
}

impl Doubts {
    fn all(&self) -> MutexGuard<'_, HashMap<ObjectKey, Doubt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns how an operation ended whose requests began at `sent`, in ticks.
    pub(super) fn learn(&self, object: &ObjectKey, sent: i64, outcome: &OpOutcome) {
        match outcome {
            OpOutcome::Unknown(_) => {
                let at = Instant::now();
                self.all()
                    .entry(object.clone())
                    .or_insert(Doubt { sent, at });
            }
            // Nothing more is known than before.
            OpOutcome::Throttled { .. } => {}
            _ => {
                self.all().remove(object);
            }
        }
    }

    /// When the first request of an operation went out that is in doubt, in ticks.
    pub(super) fn sent(&self, object: &ObjectKey) -> Option<i64> {
        self.all().get(object).map(|doubt| doubt.sent)
    }

    /// How long an operation has been in doubt.
    pub(super) fn age(&self, object: &ObjectKey) -> Option<Duration> {
        self.all().get(object).map(|doubt| doubt.at.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::Anchor;
    use syncline_model::connector::Fault;
    use syncline_model::error::ErrorKind;

    #[test]
    fn the_first_request_counts_until_there_is_an_end() {
        let doubts = Doubts::default();
        let object = ObjectKey::Anchor(Anchor::Guid([1; 16]));
        let fault = Fault::new("x", ErrorKind::Busy, "…", "…");
        let later = OpOutcome::Throttled {
            after: Duration::ZERO,
            fault: fault.clone(),
        };

        doubts.learn(&object, 7, &OpOutcome::Unknown(fault.clone()));
        doubts.learn(&object, 9, &later);
        doubts.learn(&object, 11, &OpOutcome::Unknown(fault.clone()));
        assert_eq!(doubts.sent(&object), Some(7));
        assert!(doubts.age(&object).is_some());

        doubts.learn(&object, 13, &OpOutcome::Rejected(fault));
        assert_eq!(doubts.sent(&object), None);
    }
}
