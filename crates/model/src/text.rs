//! How texts are compared: the three comparisons of an attribute and the uniqueness fold.
//!
//! Invariants: each fold is idempotent and locale-independent; equal under `Change` implies equal
//! under `Match`, and equal under `Match` implies equal under the uniqueness fold (D-60, D-62).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// NFC, the form in which texts are compared for change (D-22). The text itself is kept as read.
pub fn nfc(text: &str) -> String {
    if text.is_ascii() {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// The match fold: NFC, trimmed, case-insensitive, accent-sensitive (D-60).
pub fn match_fold(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.is_ascii() {
        return trimmed.to_ascii_lowercase();
    }
    trimmed.nfc().flat_map(simple_lower).nfc().collect()
}

/// The uniqueness fold of Active Directory's names: case, diacritics and width do not distinguish,
/// inner runs of spaces count once (D-62).
pub fn uniqueness_fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut spaced = false;
    for c in text
        .trim()
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(simple_lower)
    {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        // A mark that stands alone leaves a space, which counts no more at an end than any other.
        if std::mem::take(&mut spaced) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(c);
    }
    folded
}

/// LDAP caseIgnoreMatch with insignificant spaces (RFC 4518), for confirmation.
pub fn case_ignore_fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        // Again, for a letter may have a composed form in one case only: `J̌` is two characters, `ǰ` is one.
        folded.extend(word.nfc().flat_map(simple_lower).nfc());
    }
    folded
}

/// One-to-one lower-casing, so that a fold never changes a text's number of characters.
fn simple_lower(c: char) -> Option<char> {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => Some(one),
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_ignores_case_and_outer_space_but_not_accents() {
        assert_eq!(match_fold(" Ann LEE "), match_fold("ann lee"));
        assert_ne!(match_fold("José"), match_fold("Jose"));
    }

    #[test]
    fn uniqueness_ignores_accents_and_width_too() {
        assert_eq!(uniqueness_fold("José  Ｐ"), uniqueness_fold("jose p"));
    }

    #[test]
    fn what_is_folded_stays_as_it_is_when_it_is_folded_again() {
        assert_eq!(case_ignore_fold("J\u{30c}"), case_ignore_fold("ǰ"));
        assert_eq!(uniqueness_fold("¨x"), "x");
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one() {
        assert_eq!(nfc("e\u{301}"), "é");
        assert_eq!(match_fold("E\u{301}"), match_fold("é"));
    }
}
