//! How well a name fits what was typed.
//!
//! Invariants: the beginning of a name beats its humps, humps beat what stands within; what does not fit has no rank.

/// From the best on; none where the name does not fit.
pub(super) fn rank(name: &str, typed: &str) -> Option<u8> {
    if name.starts_with(typed) {
        return Some(0);
    }
    let (low, typed_low) = (name.to_lowercase(), typed.to_lowercase());
    if low.starts_with(&typed_low) {
        return Some(1);
    }
    let name: Vec<char> = name.chars().collect();
    let typed: Vec<char> = typed_low.chars().collect();
    if by_humps(&name, &typed) {
        return Some(2);
    }
    low.contains(&typed_low).then_some(3)
}

/// `gN` and `givN` are givenName: each letter continues a hump or begins one.
fn by_humps(name: &[char], typed: &[char]) -> bool {
    let same = |at: usize, letter: char| name[at].to_lowercase().eq(letter.to_lowercase());
    // The places where the letters so far may have ended.
    let mut ends = vec![false; name.len() + 1];
    ends[0] = true;
    for letter in typed {
        let first = ends.iter().position(|end| *end).unwrap_or(name.len());
        let next = |at: usize| {
            same(at, *letter) && (ends[at] && at > 0 || at >= first && begins_hump(name, at))
        };
        let reached: Vec<usize> = (0..name.len()).filter(|at| next(*at)).collect();
        ends.fill(false);
        reached.iter().for_each(|at| ends[at + 1] = true);
    }
    ends.contains(&true)
}

fn begins_hump(name: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| name[at]) else {
        return true;
    };
    name[at].is_uppercase() && !before.is_uppercase() || !before.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_beats_humps_and_humps_beat_the_middle() {
        let ranks = [
            "givenName",
            "GivenName",
            "groupNumber",
            "msGNumber",
            "alignment",
        ];

        let found = ranks.map(|name| rank(name, "giv").or_else(|| rank(name, "gn")));

        assert_eq!(found, [Some(0), Some(1), Some(2), Some(2), Some(3)]);
        assert_eq!(rank("mail", "x"), None);
        assert_eq!(rank("extensionAttribute1", ""), Some(0));
        assert_eq!(rank("ms-DS-ConsistencyGuid", "cg"), Some(2));
    }

    #[test]
    fn a_name_of_one_letter_repeated_is_ranked_in_no_time() {
        let name = "xA".repeat(2_000);

        assert_eq!(rank(&name, &"a".repeat(1_000)), Some(2));
        assert_eq!(rank(&name, &format!("{}b", "a".repeat(1_000))), None);
    }
}
