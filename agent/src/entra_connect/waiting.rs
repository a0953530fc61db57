//! Those who wait for one cycle, and what they are told.
//!
//! Invariants: nobody misses its start or its end, however slowly he reads, and nobody is told the same
//! twice; what is kept is bounded however many join.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleEvent, CycleKind, CycleRequest};
use tokio::sync::watch;

/// Wishes that are remembered of one cycle; the oldest is forgotten first.
const WISHES_MAX: usize = 256;

/// A cycle that somebody waits for.
pub(super) struct Cycle {
    wanted: Mutex<Wanted>,
    told: watch::Sender<Told>,
}

struct Wanted {
    kind: CycleKind,
    wishes: VecDeque<u64>,
    ordering: bool,
}

/// What was told so far.
#[derive(Debug, Clone, Default)]
struct Told {
    /// Waiting, started, ended: each once.
    milestones: Vec<CycleEvent>,
    /// The latest figure since the last of them.
    running: Option<CycleEvent>,
    /// How it ended.
    end: Option<Result<(), Fault>>,
}

/// Follows one cycle.
pub struct Following {
    told: watch::Receiver<Told>,
    milestones: usize,
    running: Option<CycleEvent>,
}

impl Cycle {
    pub(super) fn new(request: CycleRequest) -> Self {
        Self {
            wanted: Mutex::new(Wanted {
                kind: request.kind,
                wishes: VecDeque::from([request.wish]),
                ordering: false,
            }),
            told: watch::channel(Told::default()).0,
        }
    }

    /// Whether this wish is one of those it is for.
    pub(super) fn knows(&self, wish: u64) -> bool {
        self.wanted().wishes.contains(&wish)
    }

    /// Takes another wish, unless it is ordered already. An initial cycle does what a delta would.
    pub(super) fn join(&self, request: CycleRequest) -> bool {
        let mut wanted = self.wanted();
        if wanted.ordering {
            return false;
        }
        wanted.kind = wanted.kind.max(request.kind);
        if wanted.wishes.len() == WISHES_MAX {
            wanted.wishes.pop_front();
        }
        wanted.wishes.push_back(request.wish);
        true
    }

    /// Closes or reopens it for wishes, and says which kind is wanted.
    pub(super) fn ordering(&self, now: bool) -> CycleKind {
        let mut wanted = self.wanted();
        wanted.ordering = now;
        wanted.kind
    }

    /// Whether it was ordered, or may have been.
    pub(super) fn was_ordered(&self) -> bool {
        self.wanted().ordering
    }

    pub(super) fn tell(&self, event: CycleEvent) {
        self.told.send_modify(|told| match event {
            CycleEvent::Running { .. } => told.running = Some(event),
            event => {
                told.milestones.push(event);
                told.running = None;
            }
        });
    }

    pub(super) fn end(&self, end: Result<(), Fault>) {
        self.told.send_modify(|told| {
            told.end.get_or_insert(end);
        });
    }

    pub(super) fn follow(&self) -> Following {
        Following {
            told: self.told.subscribe(),
            milestones: 0,
            running: None,
        }
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Following {
    /// The next event; `None` after the last, or why there is no last.
    pub async fn next(&mut self) -> Result<Option<CycleEvent>, Fault> {
        loop {
            {
                let told = self.told.borrow_and_update();
                if let Some(event) = told.milestones.get(self.milestones) {
                    self.milestones += 1;
                    return Ok(Some(event.clone()));
                }
                if told.running.is_some() && told.running != self.running {
                    self.running.clone_from(&told.running);
                    return Ok(self.running.clone());
                }
                if let Some(end) = &told.end {
                    return end.clone().map(|()| None);
                }
            }
            if self.told.changed().await.is_err() {
                return Err(super::refusal::stopping());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: CycleKind, wish: u64) -> CycleRequest {
        CycleRequest {
            kind,
            wish,
            ordered: false,
        }
    }

    fn started() -> CycleEvent {
        CycleEvent::Started {
            kind: CycleKind::Delta,
            warnings: vec![],
        }
    }

    fn ended() -> CycleEvent {
        CycleEvent::Ended {
            seconds: 9,
            runs: None,
        }
    }

    async fn all(mut following: Following) -> (Vec<CycleEvent>, Result<(), Fault>) {
        let mut events = Vec::new();
        loop {
            match following.next().await {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return (events, Ok(())),
                Err(fault) => return (events, Err(fault)),
            }
        }
    }

    #[tokio::test]
    async fn a_slow_reader_misses_no_milestone() {
        let cycle = Cycle::new(request(CycleKind::Delta, 1));
        let following = cycle.follow();

        cycle.tell(CycleEvent::WaitingForRunningCycle);
        cycle.tell(started());
        for seconds in 1..1000 {
            cycle.tell(CycleEvent::Running { seconds });
        }
        cycle.tell(ended());
        cycle.end(Ok(()));

        let told = all(following).await;
        let expected = vec![CycleEvent::WaitingForRunningCycle, started(), ended()];
        assert_eq!(told, (expected, Ok(())));
    }

    #[tokio::test]
    async fn a_quick_reader_is_told_of_the_way_and_a_late_one_of_everything_that_counts() {
        let cycle = Cycle::new(request(CycleKind::Delta, 1));
        let mut following = cycle.follow();
        cycle.tell(started());
        assert_eq!(following.next().await, Ok(Some(started())));

        cycle.tell(CycleEvent::Running { seconds: 7 });
        assert_eq!(
            following.next().await,
            Ok(Some(CycleEvent::Running { seconds: 7 }))
        );
        cycle.end(Err(super::super::refusal::stopping()));
        cycle.end(Ok(()));

        assert_eq!(
            following.next().await.unwrap_err().code,
            "agent.session_ending"
        );
        let (late, end) = all(cycle.follow()).await;
        assert_eq!(late, [started(), CycleEvent::Running { seconds: 7 }]);
        assert!(end.is_err());
    }

    #[test]
    fn wishes_join_until_the_order_and_the_larger_cycle_does_for_all() {
        let cycle = Cycle::new(request(CycleKind::Delta, 1));

        assert!(cycle.join(request(CycleKind::Initial, 2)));
        assert!(cycle.join(request(CycleKind::Delta, 3)));
        assert_eq!(cycle.ordering(true), CycleKind::Initial);
        assert!(!cycle.join(request(CycleKind::Delta, 4)));
        assert!(cycle.knows(1) && cycle.knows(3) && !cycle.knows(4));
        cycle.ordering(false);
        assert!(cycle.join(request(CycleKind::Delta, 4)));
    }

    #[test]
    fn a_flood_of_wishes_is_not_remembered_whole() {
        let cycle = Cycle::new(request(CycleKind::Delta, 0));

        for wish in 1..100_000 {
            assert!(cycle.join(request(CycleKind::Delta, wish)));
        }

        assert_eq!(cycle.wanted().wishes.len(), WISHES_MAX);
        assert!(cycle.knows(99_999));
    }
}
