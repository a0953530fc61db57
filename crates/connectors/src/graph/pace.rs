//! Pace: how fast one application may ask one tenant, before the service has to say so.
//!
//! Quotas are resource units and, apart from them, writes (the vendor's throttling page; figures in
//! `data/throttling.json`). Invariants: a bucket is never filled beyond 0.8 of its quota by us; a pause that
//! the service asks for holds everybody back, for as long as it asks, because requests made meanwhile count too; one
//! that is longer than anybody waits ends what would begin; estimates use the same figures.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::backoff::LONGEST_WAITED;
use super::transport::Reply;

/// The share of a quota that we use; above it the service begins to warn.
const USED_MAX: f64 = 0.8;

/// The size of a tenant, which decides about its quota of resource units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TenantSize {
    /// Fewer than 50 users.
    S,
    /// 50 to 500 users.
    M,
    /// More than 500 users.
    L,
}

impl TenantSize {
    /// The size of a tenant with so many users.
    pub fn of_users(users: u64) -> Self {
        let figures = figures();
        if users >= figures.users.l {
            Self::L
        } else if users >= figures.users.m {
            Self::M
        } else {
            Self::S
        }
    }
}

/// What an operation costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Resource units.
    pub(super) units: u32,
    /// Writes.
    pub(super) writes: u32,
}

/// So much in so long.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Quota {
    amount: f64,
    window_s: f64,
}

#[derive(Debug, Deserialize)]
struct Units {
    #[serde(rename = "S")]
    s: Quota,
    #[serde(rename = "M")]
    m: Quota,
    #[serde(rename = "L")]
    l: Quota,
}

#[derive(Debug, Deserialize)]
struct Users {
    #[serde(rename = "M")]
    m: u64,
    #[serde(rename = "L")]
    l: u64,
}

/// The published figures.
#[derive(Debug, Deserialize)]
pub(super) struct Figures {
    units: Units,
    writes: Quota,
    users: Users,
}

/// The published figures, read once.
pub(super) fn figures() -> &'static Figures {
    static FIGURES: OnceLock<Figures> = OnceLock::new();
    FIGURES.get_or_init(|| {
        serde_json::from_str(include_str!("data/throttling.json"))
            .expect("throttling.json is readable")
    })
}

impl Figures {
    fn units(&self, size: TenantSize) -> Quota {
        match size {
            TenantSize::S => self.units.s,
            TenantSize::M => self.units.m,
            TenantSize::L => self.units.l,
        }
    }

    /// The shortest time in which so much can be asked, from empty buckets.
    pub(super) fn shortest(&self, size: TenantSize, units: f64, writes: f64) -> Duration {
        let time = |quota: Quota, amount: f64| {
            (amount - quota.amount * USED_MAX).max(0.0) * quota.window_s / quota.amount
        };
        let seconds = time(self.units(size), units).max(time(self.writes, writes));
        Duration::from_secs_f64(seconds)
    }
}

/// A bucket that runs empty at its quota's rate.
#[derive(Debug)]
struct Bucket {
    quota: Quota,
    level: f64,
    at: Instant,
}

impl Bucket {
    fn new(quota: Quota, at: Instant) -> Self {
        Self {
            quota,
            level: 0.0,
            at,
        }
    }

    fn rate(&self) -> f64 {
        self.quota.amount / self.quota.window_s
    }

    fn drain(&mut self, now: Instant) {
        let gone = now.saturating_duration_since(self.at).as_secs_f64() * self.rate();
        self.level = (self.level - gone).max(0.0);
        self.at = self.at.max(now);
    }

    /// Takes an amount; how long to wait until there is room for it.
    fn take(&mut self, amount: u32, now: Instant) -> Duration {
        self.drain(now);
        self.level += f64::from(amount);
        let over = self.level - self.quota.amount * USED_MAX;
        Duration::from_secs_f64((over / self.rate()).max(0.0))
    }

    /// Learns that this share of the quota is used up, by others too.
    fn learn(&mut self, share: f64, now: Instant) {
        self.drain(now);
        self.level = self.level.max(self.quota.amount * share.min(2.0));
    }
}

#[derive(Debug)]
struct State {
    size: TenantSize,
    units: Bucket,
    writes: Bucket,
    paused_until: Instant,
    charged: Charged,
}

/// What was asked for so far, at the vendor's prices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Charged {
    /// Resource units.
    pub units: u64,
    /// Writes.
    pub writes: u64,
}

/// Paces the requests of one application to one tenant.
#[derive(Debug)]
pub(super) struct Pacer(Mutex<State>);

impl Pacer {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            // The smallest until more users were seen: it is fast enough for every page.
            size: TenantSize::S,
            units: Bucket::new(figures().units(TenantSize::S), now),
            writes: Bucket::new(figures().writes, now),
            paused_until: now,
            charged: Charged::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns that the tenant has at least so many users.
    pub(super) fn saw_users(&self, users: u64) {
        let size = TenantSize::of_users(users);
        let mut state = self.state();
        if size > state.size {
            state.size = size;
            state.units.quota = figures().units(size);
        }
    }

    /// The size that was learnt.
    pub(super) fn size(&self) -> TenantSize {
        self.state().size
    }

    /// What was charged so far.
    pub(super) fn charged(&self) -> Charged {
        self.state().charged
    }

    /// Waits until a request of this cost may go out.
    ///
    /// # Errors
    /// With what is left of a pause that is too long to wait for.
    pub(super) async fn admit(&self, cost: Cost) -> Result<(), Duration> {
        let left = self.paused_for();
        if left > LONGEST_WAITED {
            return Err(left);
        }
        let wait = self.charge(cost, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        // A pause may have begun meanwhile.
        loop {
            let left = self.paused_for();
            if left.is_zero() {
                return Ok(());
            }
            if left > LONGEST_WAITED {
                return Err(left);
            }
            tokio::time::sleep(left).await;
        }
    }

    /// What is left of the pause that the service asked for.
    pub(super) fn paused_for(&self) -> Duration {
        let until = self.state().paused_until;
        until.saturating_duration_since(Instant::now())
    }

    /// Takes what a request costs; how long to wait until there is room for it.
    pub(super) fn charge(&self, cost: Cost, now: Instant) -> Duration {
        let mut state = self.state();
        state.charged.units += u64::from(cost.units);
        state.charged.writes += u64::from(cost.writes);
        let units = state.units.take(cost.units, now);
        if cost.writes == 0 {
            return units;
        }
        units.max(state.writes.take(cost.writes, now))
    }

    /// Learns from an answer how full the buckets really are.
    pub(super) fn observe(&self, reply: &Reply, cost: Cost) {
        let share = reply.header("x-ms-throttle-limit-percentage");
        let Some(share) = share.and_then(|share| share.parse::<f64>().ok()) else {
            return;
        };
        self.learn(share, cost);
    }

    /// The same from the header's number: which bucket it is about is not said, so a write means the writes'.
    pub(super) fn learn(&self, share: f64, cost: Cost) {
        if !(0.0..=10.0).contains(&share) {
            return;
        }
        let now = Instant::now();
        let mut state = self.state();
        if cost.writes > 0 {
            state.writes.learn(share, now);
        } else {
            state.units.learn(share, now);
        }
    }

    /// Holds everybody back for so long.
    pub(super) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut state = self.state();
        state.paused_until = state.paused_until.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Cost = Cost {
        units: 1,
        writes: 1,
    };

    #[test]
    fn writes_go_freely_up_to_four_fifths_of_the_quota_and_at_its_rate_from_there() {
        let pacer = Pacer::new();
        pacer.saw_users(2_000);
        let start = Instant::now();

        let waits: Vec<Duration> = (0..2_600).map(|_| pacer.charge(WRITE, start)).collect();

        assert!(waits[..2_400].iter().all(Duration::is_zero));
        // 200 more at 20 a second.
        assert_eq!(waits[2_599].as_secs(), 10);
        let later = start + Duration::from_secs(150);
        assert!(pacer.charge(WRITE, later).is_zero());
    }

    #[test]
    fn a_warning_fills_the_bucket_that_it_is_about() {
        let pacer = Pacer::new();

        pacer.learn(1.0, WRITE);

        let wait = pacer.charge(WRITE, Instant::now());
        assert!((29..=31).contains(&wait.as_secs()), "{wait:?}");
        let read = Cost {
            units: 1,
            writes: 0,
        };
        assert!(pacer.charge(read, Instant::now()).is_zero());
    }

    #[tokio::test]
    async fn a_pause_that_is_too_long_to_wait_for_ends_what_would_begin() {
        let pacer = Pacer::new();
        assert_eq!(pacer.admit(WRITE).await, Ok(()));

        pacer.pause(Duration::from_secs(7_200));
        pacer.pause(Duration::from_secs(1));

        let left = pacer.admit(WRITE).await.unwrap_err();
        assert!((7_190..=7_200).contains(&left.as_secs()), "{left:?}");
    }

    #[test]
    fn fifty_thousand_creations_take_about_the_time_that_the_vendor_allows() {
        let shortest = figures().shortest(TenantSize::L, 50_000.0, 50_000.0);

        // 50,000 at 3,000 in 150 s, less what goes at once: about 40 minutes.
        assert_eq!(shortest.as_secs() / 60, 39);
        assert_eq!(TenantSize::of_users(49), TenantSize::S);
        assert_eq!(TenantSize::of_users(500), TenantSize::M);
        assert_eq!(TenantSize::of_users(501), TenantSize::L);
    }
}
