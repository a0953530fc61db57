//! "Did you mean": the names nearest to one that does not exist.
//!
//! Invariants: a name that differs only in case always wins; nothing is suggested that shares too little.

/// The candidate nearest to `name`, if one is near enough.
pub(crate) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(64).collect();
    let reach = (wanted.len() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= 256)
        .map(|candidate| {
            let folded: Vec<char> = candidate.to_lowercase().chars().collect();
            (distance(&wanted, &folded), candidate)
        })
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance with swapped neighbours counted once.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitute = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitute.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_finds_its_attribute() {
        let schema = ["mail", "manager", "givenName", "displayName"];

        assert_eq!(closest("mial", schema), Some("mail"));
        assert_eq!(closest("givenname", schema), Some("givenName"));
        assert_eq!(closest("dispayName", schema), Some("displayName"));
        assert_eq!(closest("costCentre", schema), None);
    }
}
