//! Chance: ids and keys from the system's source; jitter from a seed where a test fixes one.

use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::rand;
use syncline_model::Anchor;

/// Random octets.
///
/// # Panics
/// When the system has no randomness left, which Linux's source never reports after boot.
pub(super) fn octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    rand::fill(&mut octets).expect("the system's random source answers");
    octets
}

/// A random GUID (version 4) as text.
pub(super) fn guid() -> String {
    let mut guid = octets::<16>();
    guid[6] = guid[6] & 0x0f | 0x40;
    guid[8] = guid[8] & 0x3f | 0x80;
    Anchor::Guid(guid).to_string()
}

/// Jitter for waits.
#[derive(Debug)]
pub(super) struct Jitter(Mutex<u64>);

impl Jitter {
    /// From a seed, or from chance.
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(
            seed.unwrap_or_else(|| u64::from_le_bytes(octets())),
        ))
    }

    /// Full jitter: anything between nothing and this long.
    pub(super) fn within(&self, longest: Duration) -> Duration {
        longest.mul_f64(self.share())
    }

    /// A share of one, by splitmix64.
    fn share(&self) -> f64 {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_waits_the_same_and_never_longer_than_it_may() {
        let waits = |seed| {
            let jitter = Jitter::new(Some(seed));
            let waits = (0..100).map(|_| jitter.within(Duration::from_secs(8)));
            waits.collect::<Vec<_>>()
        };

        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
        assert!(waits(1).iter().all(|wait| *wait <= Duration::from_secs(8)));
        assert!(super::super::id::parse(&guid()).is_some());
    }
}
