//! Which shape a change of one attribute has.
//!
//! Invariants: reads its argument only, so that the same change always has the same shape; what cannot be told
//! with certainty is `Replaced`, or among several values `ValuesExchanged`.

use syncline_model::pattern::{Shape, ShapeKind};
use syncline_model::plan::AttrChange;
use syncline_model::text::{match_fold, nfc, uniqueness_fold};
use syncline_model::{Value, Values};

/// Longer pieces of a value are not told.
const PIECE_MAX: usize = 60;
/// Among more values that come and go no pairs are looked for.
const PAIRS_MAX: usize = 16;

/// The shape of a change.
pub fn of(change: &AttrChange) -> Shape {
    if !change.added.is_empty() || !change.removed.is_empty() {
        return Shape::plain(of_references(change));
    }
    match (&change.before, &change.after) {
        (_, None) => Shape::plain(ShapeKind::Cleared),
        (None, Some(after)) => Shape {
            to: switch(after),
            ..Shape::plain(ShapeKind::Set)
        },
        (Some(before), Some(after)) => match (before.single(), after.single()) {
            (Some(before), Some(after)) => of_values(before, after),
            _ => of_sets(before, after),
        },
    }
}

/// How many values come and go.
pub fn moved(change: &AttrChange) -> (u64, u64) {
    if !change.added.is_empty() || !change.removed.is_empty() {
        return (change.added.len() as u64, change.removed.len() as u64);
    }
    let (comes, goes) = difference(change.before.as_ref(), change.after.as_ref());
    (comes.len() as u64, goes.len() as u64)
}

fn of_references(change: &AttrChange) -> ShapeKind {
    let before = change.references_before as usize;
    match (change.added.len(), change.removed.len()) {
        (_, 0) if before == 0 => ShapeKind::Set,
        (0, goes) if goes >= before => ShapeKind::Cleared,
        (_, 0) => ShapeKind::ValuesAdded,
        (0, _) => ShapeKind::ValuesRemoved,
        (1, 1) if before == 1 => ShapeKind::Replaced,
        _ => ShapeKind::ValuesExchanged,
    }
}

/// The values that come and those that go.
fn difference<'a>(
    before: Option<&'a Values>,
    after: Option<&'a Values>,
) -> (Vec<&'a Value>, Vec<&'a Value>) {
    let slice = |values: Option<&'a Values>| values.map(Values::as_slice).unwrap_or_default();
    let (before, after) = (slice(before), slice(after));
    // Both are in canonical order.
    let missing = |from: &'a [Value], other: &'a [Value]| {
        let gone = |value: &&Value| other.binary_search(value).is_err();
        from.iter().filter(gone).collect()
    };
    (missing(after, before), missing(before, after))
}

fn of_sets(before: &Values, after: &Values) -> Shape {
    let (comes, goes) = difference(Some(before), Some(after));
    match (comes.len(), goes.len()) {
        (_, 0) => Shape::plain(ShapeKind::ValuesAdded),
        (0, _) => Shape::plain(ShapeKind::ValuesRemoved),
        (1..=PAIRS_MAX, n) if n == comes.len() => {
            in_pairs(&comes, &goes).unwrap_or(Shape::plain(ShapeKind::ValuesExchanged))
        }
        _ => Shape::plain(ShapeKind::ValuesExchanged),
    }
}

/// The one shape in which each value that goes gives way to one that comes.
fn in_pairs(comes: &[&Value], goes: &[&Value]) -> Option<Shape> {
    let mut left = comes.to_vec();
    let mut found: Option<Shape> = None;
    for gone in goes {
        let is_pair = |shape: &Shape| {
            matches!(
                shape.kind,
                ShapeKind::Case | ShapeKind::Spaces | ShapeKind::Accents | ShapeKind::Domain
            )
        };
        let (at, shape) = left
            .iter()
            .enumerate()
            .map(|(at, come)| (at, of_values(gone, come)))
            .find(|(_, shape)| {
                is_pair(shape) && found.as_ref().is_none_or(|already| already == shape)
            })?;
        left.swap_remove(at);
        found = Some(shape);
    }
    found
}

fn of_values(before: &Value, after: &Value) -> Shape {
    let plain = Shape::plain;
    let ordered = |rises| {
        plain(if rises {
            ShapeKind::Raised
        } else {
            ShapeKind::Lowered
        })
    };
    match (before, after) {
        (Value::Text(before), Value::Text(after)) => of_texts(before, after),
        (Value::Int(before), Value::Int(after)) => ordered(after > before),
        (Value::Time(before), Value::Time(after)) => ordered(after > before),
        (Value::Bool(before), Value::Bool(after)) => Shape {
            kind: ShapeKind::Switched,
            from: Some(before.to_string()),
            to: Some(after.to_string()),
        },
        _ => plain(ShapeKind::Replaced),
    }
}

/// What becomes of a switch that had no value: there are two possibilities only.
fn switch(after: &Values) -> Option<String> {
    match after.single()? {
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    }
}

fn of_texts(before: &str, after: &str) -> Shape {
    let plain = Shape::plain;
    let words = |text: &str| nfc(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if words(before) == words(after) {
        return plain(ShapeKind::Spaces);
    }
    if match_fold(before) == match_fold(after) {
        return plain(ShapeKind::Case);
    }
    if uniqueness_fold(before) == uniqueness_fold(after) {
        return plain(ShapeKind::Accents);
    }
    if let (Some(before), Some(after)) = (before.rsplit_once('@'), after.rsplit_once('@')) {
        return of_addresses(before, after);
    }
    of_pieces(before, after)
}

fn of_addresses(before: (&str, &str), after: (&str, &str)) -> Shape {
    let same = |a: &str, b: &str| match_fold(a) == match_fold(b);
    let kind = match (same(before.0, after.0), same(before.1, after.1)) {
        (true, _) => ShapeKind::Domain,
        (false, true) => return Shape::plain(ShapeKind::LocalPart),
        (false, false) => ShapeKind::Address,
    };
    told(kind, &match_fold(before.1), &match_fold(after.1))
}

/// A shape with what goes and what comes, or without either where a piece is too long to be told.
fn told(kind: ShapeKind, from: &str, to: &str) -> Shape {
    let brief = |text: &str| text.chars().count() <= PIECE_MAX;
    if !brief(from) || !brief(to) {
        return Shape::plain(kind);
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Shape {
        kind,
        from: some(from),
        to: some(to),
    }
}

/// What differs between two texts that begin or end alike.
fn of_pieces(before: &str, after: &str) -> Shape {
    if let Some(front) = after.strip_suffix(before) {
        return told(ShapeKind::PrefixAdded, "", front);
    }
    if let Some(front) = before.strip_suffix(after) {
        return told(ShapeKind::PrefixRemoved, front, "");
    }
    if let Some(behind) = after.strip_prefix(before) {
        return told(ShapeKind::SuffixAdded, "", behind);
    }
    if let Some(behind) = before.strip_prefix(after) {
        return told(ShapeKind::SuffixRemoved, behind, "");
    }
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let mut front = alike(old.iter(), new.iter());
    // What stands behind may not overlap what stands in front.
    let room = old.len().min(new.len()) - front;
    let mut behind = alike(old.iter().rev(), new.iter().rev()).min(room);
    // A piece begins and ends where a word does.
    while front > 0 && old[front - 1].is_alphanumeric() {
        front -= 1;
    }
    while behind > 0 && old[old.len() - behind].is_alphanumeric() {
        behind -= 1;
    }
    let from = &old[front..old.len() - behind];
    let to = &new[front..new.len() - behind];
    if front + behind < from.len().max(to.len()) {
        return Shape::plain(ShapeKind::Replaced);
    }
    let text = |chars: &[char]| chars.iter().collect::<String>();
    told(ShapeKind::Piece, &text(from), &text(to))
}

/// How many characters are the same one after the other.
fn alike<'a>(one: impl Iterator<Item = &'a char>, other: impl Iterator<Item = &'a char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use syncline_model::contributors::Contributors;
    use syncline_model::{CsId, PartId};

    use super::*;

    fn change(before: &[&str], after: &[&str]) -> AttrChange {
        let values = |texts: &[&str]| Values::new(texts.iter().map(|text| Value::text(*text)));
        AttrChange {
            attr: "mail".into(),
            before: values(before),
            after: values(after),
            added: Vec::new(),
            removed: Vec::new(),
            references_before: 0,
            removed_by_deletion: 0,
            part: PartId(1),
            flow: 0,
            source: Contributors::None,
        }
    }

    fn check(before: &[&str], after: &[&str], kind: ShapeKind, texts: (&str, &str)) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let expected = Shape {
            kind,
            from: some(texts.0),
            to: some(texts.1),
        };
        assert_eq!(of(&change(before, after)), expected, "{before:?} {after:?}");
    }

    #[test]
    fn a_single_text_changes_in_a_way_that_people_name() {
        use ShapeKind::*;

        for (before, after, kind, from, to) in [
            ("Ann Lee", "ANN LEE", Case, "", ""),
            ("Ann  Lee ", "Ann Lee", Spaces, "", ""),
            ("Jos\u{e9}", "Jose", Accents, "", ""),
            ("ann@a.test", "Ann@B.test", Domain, "a.test", "b.test"),
            ("ann@a.test", "ann.lee@a.test", LocalPart, "", ""),
            ("ann@a.test", "ann.lee@b.test", Address, "a.test", "b.test"),
            ("Ann Lee", "Dr. Ann Lee", PrefixAdded, "", "Dr. "),
            ("EXT-77", "77", PrefixRemoved, "EXT-", ""),
            ("Sales", "Sales (EU)", SuffixAdded, "", " (EU)"),
            ("Sales (EU)", "Sales", SuffixRemoved, " (EU)", ""),
            (
                r"\\srv1\home\ann",
                r"\\srv2\home\ann",
                Piece,
                "srv1",
                "srv2",
            ),
            ("Engineer I", "Engineer II", SuffixAdded, "", "I"),
            ("Clerk", "Head of Tides", Replaced, "", ""),
        ] {
            check(&[before], &[after], kind, (from, to));
        }
    }

    #[test]
    fn what_comes_what_goes_and_what_is_exchanged_among_several() {
        use ShapeKind::*;

        check(&[], &["a"], Set, ("", ""));
        check(&["a", "b"], &[], Cleared, ("", ""));
        check(&["a"], &["a", "b"], ValuesAdded, ("", ""));
        check(&["a", "b"], &["a"], ValuesRemoved, ("", ""));
        check(&["a", "b"], &["c", "b", "d"], ValuesExchanged, ("", ""));
        let (old, new) = (["x@a", "y@a", "z@c"], ["y@b", "x@b", "z@c"]);
        check(&old, &new, Domain, ("a", "b"));
        check(&old, &["x@b", "y@d", "z@c"], ValuesExchanged, ("", ""));
    }

    #[test]
    fn references_are_counted_and_not_compared() {
        let of = |added: &[i64], removed: &[i64], references_before| {
            let ids = |ids: &[i64]| ids.iter().copied().map(CsId).collect();
            let change = AttrChange {
                added: ids(added),
                removed: ids(removed),
                references_before,
                ..change(&[], &[])
            };
            (of(&change).kind, moved(&change))
        };

        assert_eq!(of(&[1], &[], 0), (ShapeKind::Set, (1, 0)));
        assert_eq!(of(&[1], &[2], 1), (ShapeKind::Replaced, (1, 1)));
        assert_eq!(of(&[], &[2, 3], 2), (ShapeKind::Cleared, (0, 2)));
        assert_eq!(of(&[4, 5], &[], 2), (ShapeKind::ValuesAdded, (2, 0)));
        assert_eq!(of(&[], &[2], 2), (ShapeKind::ValuesRemoved, (0, 1)));
        assert_eq!(of(&[4, 5], &[2], 2), (ShapeKind::ValuesExchanged, (2, 1)));
    }

    #[test]
    fn numbers_instants_and_switches_have_a_direction() {
        let of = |before: Value, after: Value| of_values(&before, &after);

        assert_eq!(of(Value::Int(1), Value::Int(2)).kind, ShapeKind::Raised);
        assert_eq!(of(Value::Time(9), Value::Time(2)).kind, ShapeKind::Lowered);
        let switched = of(Value::Bool(false), Value::Bool(true));
        assert_eq!(switched.kind, ShapeKind::Switched);
        assert_eq!(switched.to.as_deref(), Some("true"));
    }

    #[test]
    fn a_long_piece_is_not_told() {
        let long = "x".repeat(PIECE_MAX + 1);
        check(
            &["a"],
            &[&format!("{long}a")],
            ShapeKind::PrefixAdded,
            ("", ""),
        );
    }

    proptest! {
        #[test]
        fn a_shape_is_the_same_every_time_and_holds_only_what_the_values_hold(
            before in proptest::collection::vec("[ab@ .é1]{0,6}", 0..4),
            after in proptest::collection::vec("[ab@ .é1]{0,6}", 0..4),
        ) {
            let texts = |all: &[String]| Values::new(all.iter().map(|text| Value::text(text.as_str())));
            let change = AttrChange { before: texts(&before), after: texts(&after), ..change(&[], &[]) };
            let mut turned = change.clone();
            turned.before = texts(&before.iter().rev().cloned().collect::<Vec<_>>());
            turned.after = texts(&after.iter().rev().cloned().collect::<Vec<_>>());

            let shape = of(&change);

            prop_assert_eq!(&of(&turned), &shape);
            if let Some(to) = &shape.to {
                prop_assert!(after.iter().any(|text| match_fold(text).contains(match_fold(to).as_str())));
            }
        }
    }
}
