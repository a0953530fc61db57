//! How long to wait before connecting again: full jitter, so that a thousand agents do not come at once.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// A connection that lived this long was healthy: waiting starts over.
pub const HEALTHY: Duration = Duration::from_secs(120);

/// The waits, growing while nothing succeeds.
#[derive(Debug)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    failures: u32,
    random: StdRng,
}

impl Backoff {
    /// Waits between these bounds; the seed makes them repeatable.
    pub fn new(min: Duration, max: Duration, seed: u64) -> Self {
        Self {
            min,
            max: max.max(min),
            failures: 0,
            random: StdRng::seed_from_u64(seed),
        }
    }

    /// The next wait after a connection that lived so long (zero for none at all).
    pub fn next(&mut self, lived: Duration) -> Duration {
        if lived >= HEALTHY {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        let ceiling = self
            .min
            .saturating_mul(1u32.checked_shl(self.failures).unwrap_or(u32::MAX))
            .min(self.max);
        self.between(self.min, ceiling)
    }

    /// A wait that the service asked for, spread by half of it.
    pub fn asked(&mut self, wait: Duration) -> Duration {
        let wait = wait.min(self.max).max(self.min);
        self.between(wait, wait + wait / 2)
    }

    fn between(&mut self, from: Duration, to: Duration) -> Duration {
        self.random.random_range(from..=to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(60);

    #[test]
    fn waits_stay_in_bounds_grow_on_the_whole_and_spread() {
        let waits = |seed| {
            let mut backoff = Backoff::new(MIN, MAX, seed);
            (0..40)
                .map(|_| backoff.next(Duration::ZERO))
                .collect::<Vec<_>>()
        };

        let first = waits(1);

        assert!(first.iter().all(|wait| (MIN..=MAX).contains(wait)));
        assert!(first[0] <= Duration::from_secs(1));
        assert!(first[20..].iter().sum::<Duration>() > Duration::from_secs(200));
        assert_eq!(first, waits(1));
        assert_ne!(first, waits(2));
    }

    #[test]
    fn after_a_healthy_connection_waiting_starts_over() {
        let mut backoff = Backoff::new(MIN, MAX, 3);
        for _ in 0..20 {
            backoff.next(Duration::from_secs(1));
        }

        assert!(backoff.next(HEALTHY) <= Duration::from_secs(1));
    }
}
