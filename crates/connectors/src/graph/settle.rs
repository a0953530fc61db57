//! What we wrote lately: reads may not show it yet.
//!
//! Invariants: a 404 on what is remembered here means "not visible yet", never "gone"; a set that was written is the
//! state until every read shows it, so that what is built on it loses nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use syncline_model::AttrName;

type Id = [u8; 16];

/// When which object was written.
#[derive(Debug)]
pub(super) struct Settling {
    settle: Duration,
    written: Mutex<HashMap<Id, Instant>>,
    /// Whole sets, as they were written.
    sets: Mutex<HashMap<(Id, AttrName), (Json, Instant)>>,
}

impl Settling {
    pub(super) fn new(settle: Duration) -> Self {
        Self {
            settle,
            written: Mutex::default(),
            sets: Mutex::default(),
        }
    }

    fn written(&self) -> MutexGuard<'_, HashMap<Id, Instant>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an object was created or written now.
    pub(super) fn wrote(&self, id: Id) {
        let now = Instant::now();
        let mut written = self.written();
        written.insert(id, now);
        // Now and then what has settled goes.
        if written.len().is_multiple_of(1_024) {
            let settle = self.settle;
            written.retain(|_, at| now.duration_since(*at) < settle);
        }
    }

    fn sets(&self) -> MutexGuard<'_, HashMap<(Id, AttrName), (Json, Instant)>> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the whole set that an attribute was given now.
    pub(super) fn wrote_set(&self, id: Id, attr: &AttrName, set: &Json) {
        let now = Instant::now();
        let mut sets = self.sets();
        sets.retain(|_, (_, at)| now.duration_since(*at) < self.settle);
        sets.insert((id, attr.clone()), (set.clone(), now));
    }

    /// The whole set that an attribute was given, so lately that a read may not show it.
    pub(super) fn set_of(&self, id: Id, attr: &AttrName) -> Option<Json> {
        let sets = self.sets();
        let (set, at) = sets.get(&(id, attr.clone()))?;
        (at.elapsed() < self.settle).then(|| set.clone())
    }

    /// Notes that an object is gone: its absence is no lag.
    pub(super) fn forget(&self, id: Id) {
        self.written().remove(&id);
    }

    /// Whether reads may not show an object's state yet.
    pub(super) fn is_settling(&self, id: Id) -> bool {
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

    #[test]
    fn a_set_that_was_written_is_the_state_until_it_has_settled() {
        let (attr, other) = (AttrName::new("otherMails"), AttrName::new("businessPhones"));
        let settling = Settling::new(Duration::from_secs(300));
        settling.wrote_set([1; 16], &attr, &Json::from(vec!["a"]));
        settling.wrote_set([1; 16], &attr, &Json::from(vec!["b"]));

        assert_eq!(settling.set_of([1; 16], &attr), Some(Json::from(vec!["b"])));
        assert_eq!(settling.set_of([1; 16], &other), None);
        assert_eq!(settling.set_of([2; 16], &attr), None);
        let at_once = Settling::new(Duration::ZERO);
        at_once.wrote_set([1; 16], &attr, &Json::Null);
        assert_eq!(at_once.set_of([1; 16], &attr), None);
    }
}
