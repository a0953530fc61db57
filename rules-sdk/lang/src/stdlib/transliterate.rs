//! Transliterate.
//!
//! Invariants: the tables are the runtime's; ASCII texts come back as they are.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[Entry {
    summary: "Letters of other alphabets and umlauts as they are written in plain Latin letters (ä becomes ae, щ shch).",
    cost: "32 units, 256 per character",
    advice: "",
    overloads: &[Overload::sure(
        "helper Transliterate(string value): string",
        Lower::Rt(Fn::Transliterate),
    )],
    examples: &[
        Example::with(
            "Transliterate(sn)",
            r#"{"sn":"Müller-Lüdenscheidt"}"#,
            "\"Mueller-Luedenscheidt\"",
        ),
        Example::with(
            "Transliterate(sn)",
            r#"{"sn":"Щукин Ёлкин"}"#,
            "\"Shchukin Elkin\"",
        ),
        Example::with(
            "Transliterate(sn)",
            r#"{"sn":"Ωνάσης Çelik Øster Łódź"}"#,
            "\"Onasis Celik Oester Lodz\"",
        ),
        Example::with("Transliterate(sn)", r#"{"sn":""}"#, "\"\""),
    ],
}];
