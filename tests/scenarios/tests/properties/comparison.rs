//! Comparisons are equivalences, and the finer ones imply the coarser: P-22.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use syncline_model::schema::{Confirmation, confirms, same_for_change};
use syncline_model::text::{case_ignore_fold, match_fold, nfc, uniqueness_fold};
use syncline_model::{Dn, Rdn, Value, Values, dn};

use crate::config;

/// Texts that compare otherwise than they look: cases that are no pairs, forms of one letter, widths, spaces.
const PIECES: &[&str] = &[
    "a", "A", "b", "B", "é", "e\u{301}", "É", "E\u{301}", "ß", "ẞ", "ss", "İ", "I", "ı", "i",
    "i\u{307}", "\u{212a}", "k", "ſ", "s", "Ａ", "ﬁ", "fi", "カ", "ｶ", "か", " ", "  ", "\u{a0}",
    "\u{3000}", "\u{2000}", "ς", "Σ", "σ", "ǆ", "ǅ", "Ǆ", "\u{345}", "Å", "A\u{30a}", "\u{212b}",
    ",", "\\", "가", "¨", "´", "J\u{30c}", "ǰ", "j\u{30c}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Another text that is often equal to a text in one of the comparisons.
fn relative(text: &str, way: u8) -> String {
    match way {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => nfc(text),
        3 => format!(" {text}"),
        4 => format!("{text}\u{3000}"),
        5 => match_fold(text),
        6 => uniqueness_fold(text),
        7 => case_ignore_fold(text),
        8 => text.replace("é", "e\u{301}").replace("Å", "\u{212b}"),
        _ => text.to_owned(),
    }
}

fn set(texts: &[String]) -> Option<Values> {
    Values::new(texts.iter().map(|text| Value::text(text.as_str())))
}

const MODES: [Confirmation; 3] = [
    Confirmation::Exact,
    Confirmation::CaseIgnore,
    Confirmation::WholeSeconds,
];

/// Whether two sets are the same for a change, or in one of the ways to confirm.
fn same(mode: Option<Confirmation>, a: Option<&Values>, b: Option<&Values>) -> bool {
    match mode {
        None => same_for_change(a, b),
        Some(mode) => confirms(mode, a, b),
    }
}

/// Attribute types of names, each in several spellings.
const TYPES: [(&str, &[&str]); 5] = [
    ("CN", &["cn", "Cn", "2.5.4.3", "OID.2.5.4.3", "commonName"]),
    ("OU", &["ou", "oU", "2.5.4.11", "oid.2.5.4.11"]),
    (
        "DC",
        &["dc", "0.9.2342.19200300.100.1.25", "domainComponent"],
    ),
    ("UID", &["uid", "Uid", "0.9.2342.19200300.100.1.1"]),
    ("L", &["l", "2.5.4.7"]),
];

/// Choices for one spelling of a name.
type Dice = Vec<Index>;

/// A name: for every level, pairs of a type and a value.
type Name = Vec<Vec<(usize, String)>>;

fn name() -> impl Strategy<Value = Name> {
    let value = text().prop_filter("a value", |text| !text.is_empty() && !text.contains('\0'));
    // One pair a type: two of one type in one level are an oddity that no directory has.
    let level = proptest::collection::btree_map(0..TYPES.len(), value, 1..3);
    vec(level.prop_map(|pairs| pairs.into_iter().collect()), 1..4)
}

/// Spells a name in one of the ways in which it may be written.
fn spell(name: &Name, dice: &Dice) -> String {
    let mut dice = dice.iter().cycle();
    let mut die = |sides: usize| dice.next().map_or(0, |index| index.index(sides));
    let mut out = String::new();
    for (n, pairs) in name.iter().enumerate() {
        if n > 0 {
            out.push_str([",", ", ", " ,", " , ", ";"][die(5)]);
        }
        let mut pairs: Vec<_> = pairs.iter().collect();
        if die(2) == 0 {
            pairs.reverse();
        }
        for (m, (attr, value)) in pairs.into_iter().enumerate() {
            if m > 0 {
                out.push_str(["+", " + "][die(2)]);
            }
            let (usual, others) = TYPES[*attr];
            let spelt = match die(others.len() + 1) {
                0 => usual,
                n => others[n - 1],
            };
            out.push_str(spelt);
            out.push_str(["=", " = "][die(2)]);
            match die(3) {
                0 => out.push_str(&dn::escape(value)),
                1 => value
                    .bytes()
                    .for_each(|byte| out.push_str(&format!("\\{byte:02x}"))),
                _ => {
                    out.push('"');
                    for c in value.chars() {
                        out.push_str(if matches!(c, '"' | '\\') { "\\" } else { "" });
                        out.push(c);
                    }
                    out.push('"');
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(config(2_000))]

    /// Each comparison is an equivalence, and what it folds to stays what it is when it is folded again.
    #[test]
    fn p22_each_comparison_is_an_equivalence(
        texts in vec(text(), 1..4),
        ways in vec(0..10u8, 3),
    ) {
        let other = |way: u8| -> Vec<String> { texts.iter().map(|text| relative(text, way)).collect() };
        let [one, two, three] = [ways[0], ways[1], ways[2]].map(|way| set(&other(way)));
        let sets = [set(&texts), one, two, three, None];
        let modes = std::iter::once(None).chain(MODES.map(Some));
        for mode in modes {
            let same = |a: usize, b: usize| same(mode, sets[a].as_ref(), sets[b].as_ref());
            for a in 0..sets.len() {
                prop_assert!(same(a, a));
                for b in 0..sets.len() {
                    prop_assert_eq!(same(a, b), same(b, a));
                    for c in 0..sets.len() {
                        prop_assert!(!(same(a, b) && same(b, c)) || same(a, c));
                    }
                }
            }
        }
        for text in &texts {
            for fold in [nfc, match_fold, uniqueness_fold, case_ignore_fold] {
                let once = fold(text);
                prop_assert_eq!(&fold(&once), &once, "{:?}", text);
            }
        }
    }

    /// Equal for a change implies equal for a match and confirmed in every mode; equal for a match implies that two names
    /// collide.
    #[test]
    fn p22_what_is_equal_finely_is_equal_coarsely(text in text(), ways in vec(0..10u8, 0..3)) {
        let other = ways.iter().fold(text.clone(), |text, way| relative(&text, *way));
        let (one, two) = (set(std::slice::from_ref(&text)), set(std::slice::from_ref(&other)));
        if same_for_change(one.as_ref(), two.as_ref()) {
            prop_assert_eq!(match_fold(&text), match_fold(&other), "{:?} {:?}", text, other);
            for mode in MODES {
                prop_assert!(confirms(mode, one.as_ref(), two.as_ref()), "{:?} {:?}", text, other);
            }
        }
        if match_fold(&text) == match_fold(&other) {
            prop_assert_eq!(uniqueness_fold(&text), uniqueness_fold(&other), "{:?} {:?}", text, other);
        }
    }

    /// A distinguished name is the same however it is spelt: escapes, quotation marks, spaces, aliases and case of attribute
    /// types, the order within a level.
    #[test]
    fn p22_a_name_is_the_same_however_it_is_spelt(
        name in name(),
        dice in vec(any::<Index>(), 1..20),
        other_dice in vec(any::<Index>(), 1..20),
        ways in vec(0..2u8, 0..2),
    ) {
        let (one, two) = (spell(&name, &dice), spell(&name, &other_dice));
        let parse = |text: &str| text.parse::<Dn>().map_err(|e| TestCaseError::fail(format!("{text:?}: {e}")));
        let (a, b) = (parse(&one)?, parse(&two)?);
        prop_assert_eq!(&a, &b, "{:?} {:?}", one, two);
        prop_assert_eq!(a.match_key(), b.match_key());
        prop_assert_eq!(&parse(&a.to_string())?, &a, "what is printed reads back");
        let keys = |dn: &Dn| -> Vec<String> { dn.rdns().iter().map(Rdn::uniqueness_key).collect() };
        prop_assert_eq!(keys(&a), keys(&b));
        for (n, rdn) in a.rdns().iter().enumerate() {
            prop_assert!(a.is_under(&Dn::root()) && a.rdns()[n] == *rdn);
        }
        // A name that is equal in a match collides.
        let relative: Name = name
            .iter()
            .map(|pairs| pairs.iter().map(|(t, v)| (*t, ways.iter().fold(v.clone(), |v, way| self::relative(&v, *way)))).collect())
            .collect();
        if let Ok(c) = spell(&relative, &dice).parse::<Dn>()
            && c == a
        {
            prop_assert_eq!(keys(&a), keys(&c));
        }
    }
}
