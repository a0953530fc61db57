//! Chance: ids, passwords, keys from the system's source; jitter from a seed where a test fixes one.

use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::rand;
use syncline_model::Anchor;
use zeroize::Zeroizing;

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

const ALPHABETS: [&[u8]; 4] = [
    b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    b"abcdefghijkmnopqrstuvwxyz",
    b"23456789",
    b"!#%*+-=?@_",
];
const PASSWORD_LENGTH: usize = 40;

/// A password nobody knows: 40 characters of all four classes that Entra's complexity rule counts.
pub(super) fn password() -> Zeroizing<String> {
    let all: Vec<u8> = ALPHABETS.concat();
    let mut password = Zeroizing::new(String::with_capacity(PASSWORD_LENGTH));
    for at in 0..PASSWORD_LENGTH {
        // One of each class first; there is no rule about where they stand.
        let letters = ALPHABETS.get(at).copied().unwrap_or(&all);
        password.push(char::from(letters[below(letters.len())]));
    }
    password
}

/// An even choice below a small number, by rejection.
fn below(bound: usize) -> usize {
    let limit = 256 - 256 % bound;
    loop {
        let [octet] = octets::<1>();
        if usize::from(octet) < limit {
            return usize::from(octet) % bound;
        }
    }
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
    use std::collections::BTreeSet;

    #[test]
    fn passwords_are_long_of_every_class_and_never_the_same() {
        let passwords: BTreeSet<String> = (0..50).map(|_| password().to_string()).collect();

        assert_eq!(passwords.len(), 50);
        for password in &passwords {
            assert_eq!(password.len(), PASSWORD_LENGTH);
            for letters in ALPHABETS {
                assert!(password.bytes().any(|letter| letters.contains(&letter)));
            }
        }
    }

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
