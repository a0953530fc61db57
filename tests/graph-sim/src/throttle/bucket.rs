//! A bucket that fills with what is used and empties steadily.

use crate::clock::Moment;

#[derive(Debug, Default)]
pub(super) struct Bucket {
    used: f64,
    since: Moment,
}

/// A bucket is never fuller than this many times its quota.
const FULLEST: f64 = 1.8;

impl Bucket {
    /// Adds an amount and answers what is used now.
    pub(super) fn charge(&mut self, amount: u32, quota: f64, window: i64, now: Moment) -> f64 {
        let emptied = (now - self.since).max(0) as f64 * quota / window as f64;
        self.since = self.since.max(now);
        let used = (self.used - emptied).max(0.0) + f64::from(amount);
        self.used = used.min(quota * FULLEST);
        self.used
    }
}
