//! Bounded waits on a condition.

use std::time::{Duration, Instant};

/// The longest any of these tests waits for one thing.
pub const BOUND: Duration = Duration::from_secs(30);

/// Waits until the condition holds.
///
/// # Panics
/// When it does not within [`BOUND`].
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < BOUND, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a number has not changed for a while, and says it.
pub async fn settled(mut number: impl FnMut() -> u64) -> u64 {
    let start = Instant::now();
    let (mut last, mut same) = (number(), 0);
    while same < 40 {
        assert!(
            start.elapsed() < BOUND,
            "the number does not settle: {last}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
        let now = number();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

/// The future's value, within [`BOUND`].
///
/// # Panics
/// When it takes longer.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(BOUND, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited in vain for {what}"),
    }
}
