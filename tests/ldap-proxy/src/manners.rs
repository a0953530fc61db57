//! Which of Windows' manners are imposed, and the seeded dice for those that come by chance.

/// What the proxy does differently from Samba. Every field can be switched on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manners {
    /// Entries after which an unpaged search ends with `sizeLimitExceeded` (4), and the largest page.
    pub size_limit: Option<usize>,
    /// Values after which a value set is cut: `member` comes empty and `member;range=0-1499` beside it.
    pub value_limit: Option<usize>,
    /// DirSync in several rounds, with repeats.
    pub dirsync: Option<DirSyncRounds>,
    /// The permissive-modify control is honoured: adding what is there and removing what is not succeed.
    pub permissive_modify: bool,
    /// How many of a thousand searches and writes are refused as busy (51) or unavailable (52).
    pub refused_per_thousand: u32,
    /// Subtree searches of a whole domain end with references to its DNS zones.
    pub referrals: bool,
    /// Change notifications come at once and tell deletions, at most five a connection.
    pub prompt_notifications: bool,
    /// What the dice start from.
    pub seed: u64,
}

/// How a DirSync answer is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirSyncRounds {
    /// The most entries of a round; each has between half of it and all of it, or none at all.
    pub entries_max: usize,
    /// The most entries of earlier rounds that a round repeats.
    pub repeats_max: usize,
}

impl Manners {
    /// Everything that Windows does, with its default limits.
    #[must_use]
    pub fn windows(seed: u64) -> Self {
        Self {
            size_limit: Some(1_000),
            value_limit: Some(1_500),
            dirsync: Some(DirSyncRounds {
                entries_max: 250,
                repeats_max: 3,
            }),
            permissive_modify: true,
            refused_per_thousand: 3,
            referrals: true,
            prompt_notifications: true,
            seed,
        }
    }

    /// Samba as it is.
    #[must_use]
    pub fn none() -> Self {
        Self {
            size_limit: None,
            value_limit: None,
            dirsync: None,
            permissive_modify: false,
            refused_per_thousand: 0,
            referrals: false,
            prompt_notifications: false,
            seed: 0,
        }
    }

    /// A throw of the dice: the same seed and event always give the same number.
    pub(crate) fn dice(&self, event: u64) -> u64 {
        let mut z = self
            .seed
            .wrapping_add(event.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether request number `event` is refused, and with which code and text.
    pub(crate) fn refusal(&self, event: u64) -> Option<(i64, &'static str)> {
        use crate::message::code::{BUSY, UNAVAILABLE};
        let dice = self.dice(event);
        if dice % 1_000 >= u64::from(self.refused_per_thousand) {
            return None;
        }
        Some(match dice & (1 << 40) {
            0 => (
                BUSY,
                "00002024: SvcErr: DSID-02050B12, problem 5001 (BUSY), data 0",
            ),
            _ => (
                UNAVAILABLE,
                "0000200F: SvcErr: DSID-02050B13, problem 5002 (UNAVAILABLE), data 0",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_refusals_is_kept_and_the_seed_repeats_them() {
        let manners = Manners {
            refused_per_thousand: 100,
            ..Manners::windows(9)
        };
        let refused = |manners: &Manners| {
            (0..10_000)
                .filter_map(|i| manners.refusal(i))
                .collect::<Vec<_>>()
        };

        let first = refused(&manners);

        assert!((800..1_200).contains(&first.len()), "{}", first.len());
        assert!(
            first.iter().any(|(code, _)| *code == 51) && first.iter().any(|(code, _)| *code == 52)
        );
        assert_eq!(first, refused(&manners));
        assert!(refused(&Manners::none()).is_empty());
    }
}
