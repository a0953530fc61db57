//! `RemoveDiacritics`.
//!
//! Invariants: Unicode's decomposition, and a pinned list for letters without one (ø, æ, ß, ł).

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    summary: "The text with its letters stripped of marks.",
    cost: "32 units per character, 128 for one beyond ASCII",
    advice: "",
    overloads: &[Overload {
        signature: "helper RemoveDiacritics(string value): string",
        lower: Lower::Rt(Fn::RemoveDiacritics),
        errors: &[],
    }],
    examples: &[
        Example {
            expr: "RemoveDiacritics(sn)",
            input: r#"{"sn":"Räksmörgås"}"#,
            result: r#""Raksmorgas""#,
        },
        Example {
            expr: "sn.RemoveDiacritics()",
            input: r#"{"sn":"Łukasz Groß Sørensen"}"#,
            result: r#""Lukasz Gross Soerensen""#,
        },
        Example {
            expr: "sn?.RemoveDiacritics()",
            input: r#"{"sn":null}"#,
            result: "null",
        },
    ],
}];
