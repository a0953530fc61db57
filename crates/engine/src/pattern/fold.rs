//! Which patterns of a plan are told one by one, and which are put together until a person can read them all.
//!
//! Invariants: the most frequent ones keep what they say, ties going to the smaller key; the answer depends on keys and
//! counts only; what is put together says no more than what holds for all of it.

use std::collections::BTreeMap;

use super::key::{Extent, Key};

/// A plan with no more patterns than this is told exactly.
const READABLE: usize = 40;
/// How many patterns in all may keep what they say at each extent, when a plan has more.
const KEPT: [(Extent, usize); 3] = [
    (Extent::Exact, 24),
    (Extent::WithoutTexts, 32),
    (Extent::Coarse, 36),
];

/// For each exact key, counted, the key it is told under.
pub(super) fn told(counts: &BTreeMap<Key, u64>) -> BTreeMap<Key, Key> {
    let mut told: BTreeMap<Key, Key> = counts.keys().map(|k| (k.clone(), k.clone())).collect();
    for (extent, most) in KEPT {
        let mut now: BTreeMap<&Key, u64> = BTreeMap::new();
        for (exact, key) in &told {
            *now.entry(key).or_default() += counts[exact];
        }
        if now.len() <= READABLE {
            break;
        }
        let mut ranked: Vec<(&Key, u64)> = now.into_iter().collect();
        // By key already, and this keeps the order of what is equal.
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let less = match extent {
            Extent::Exact => Extent::WithoutTexts,
            Extent::WithoutTexts => Extent::Coarse,
            Extent::Coarse | Extent::Kind => Extent::Kind,
        };
        let rest: BTreeMap<Key, Key> = ranked
            .iter()
            .skip(most)
            .map(|(key, _)| ((*key).clone(), key.reduced(less)))
            .collect();
        for key in told.values_mut() {
            if let Some(reduced) = rest.get(key) {
                *key = reduced.clone();
            }
        }
    }
    told
}
