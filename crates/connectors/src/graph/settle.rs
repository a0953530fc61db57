//! What we wrote lately: reads may not show it yet.
//!
//! Invariant: a 404 on what is remembered here means "not visible yet", never "gone".

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When which object was written.
#[derive(Debug)]
pub(super) struct Settling {
    settle: Duration,
    written: Mutex<HashMap<[u8; 16], Instant>>,
}

impl Settling {
    pub(super) fn new(settle: Duration) -> Self {
        Self {
            settle,
            written: Mutex::default(),
        }
    }

    fn written(&self) -> MutexGuard<'_, HashMap<[u8; 16], Instant>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an object was created or written now.
    pub(super) fn wrote(&self, id: [u8; 16]) {
        let now = Instant::now();
        let mut written = self.written();
        written.insert(id, now);
        // Now and then what has settled goes.
        if written.len().is_multiple_of(1_024) {
            let settle = self.settle;
            written.retain(|_, at| now.duration_since(*at) < settle);
        }
    }

    /// Notes that an object is gone: its absence is no lag.
    pub(super) fn forget(&self, id: [u8; 16]) {
        self.written().remove(&id);
    }

    /// Whether reads may not show an object's state yet.
    pub(super) fn is_settling(&self, id: [u8; 16]) -> bool {
        let written = self.written();
        written
            .get(&id)
            .is_some_and(|at| at.elapsed() < self.settle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_settles_for_its_time_and_what_is_gone_does_not() {
        let settling = Settling::new(Duration::from_secs(300));
        settling.wrote([1; 16]);
        settling.wrote([2; 16]);
        settling.forget([2; 16]);

        assert!(settling.is_settling([1; 16]));
        assert!(!settling.is_settling([2; 16]));
        let at_once = Settling::new(Duration::ZERO);
        at_once.wrote([1; 16]);
        assert!(!at_once.is_settling([1; 16]));
    }
}
