//! Seeded dice, one for each purpose: how often one is thrown never changes what another shows.

use rand::{Rng, RngCore, SeedableRng, rngs::StdRng, seq::SliceRandom};

#[derive(Debug)]
pub(crate) struct Dice(StdRng);

impl Dice {
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(StdRng::from_seed(mix(seed, purpose)))
    }

    /// A number from 0 to `limit` - 1.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit.max(1))
    }

    /// True in this share of all throws.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        share > 0.0 && self.0.random_bool(share.min(1.0))
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }

    /// An identifier in the form of a random GUID.
    pub(crate) fn guid(&mut self) -> String {
        let mut octets = [0; 16];
        self.0.fill_bytes(&mut octets);
        octets[6] = (octets[6] & 0x0f) | 0x40;
        octets[8] = (octets[8] & 0x3f) | 0x80;
        let text = hex::encode(octets);
        [
            &text[..8],
            &text[8..12],
            &text[12..16],
            &text[16..20],
            &text[20..],
        ]
        .join("-")
    }
}

/// 32 octets that only this seed and purpose give.
pub(crate) fn mix(seed: u64, purpose: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_be_bytes());
    hasher.update(purpose.as_bytes());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_throw_the_same_and_another_purpose_does_not() {
        let throws = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            (dice.guid(), dice.below(1_000_000), dice.chance(0.5))
        };

        assert_eq!(throws(7, "identifiers"), throws(7, "identifiers"));
        assert_ne!(throws(7, "identifiers").0, throws(7, "replicas").0);
        assert_ne!(throws(7, "identifiers").0, throws(8, "identifiers").0);
        assert!(!Dice::new(1, "never").chance(0.0));
        assert!(Dice::new(1, "always").chance(1.0));
    }
}
