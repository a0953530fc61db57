//! New texts: replace, insert, pad.
//!
//! Invariants: an empty text to be replaced is refused; every byte of a result is charged.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The text with every occurrence of another replaced.",
        cost: "32 units, 2 per byte, 1 per byte made",
        advice: "the text to replace must not be empty",
        overloads: &[
            Overload {
                signature: "string.Replace(string oldValue, string? newValue): string",
                lower: Lower::Then(Fn::Replace, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.Replace(char oldChar, char newChar): string",
                lower: Lower::Chars(Fn::Replace, &[0]),
                errors: &[],
            },
            Overload {
                signature: "string.Replace(string oldValue, string? newValue, StringComparison comparisonType): string",
                lower: Lower::Rt(Fn::Replace),
                errors: &[],
            },
            Overload::sure(
                "string.Replace(string oldValue, string? newValue, bool ignoreCase, CultureInfo? culture): string",
                Lower::With(|mut args, site| {
                    args.truncate(4);
                    Ir::Call(Fn::Replace, args, site)
                }),
            ),
        ],
        examples: &[
            Example {
                expr: r#"phone.Replace("-", "")"#,
                input: r#"{"phone":"0-12-3"}"#,
                result: r#""0123""#,
            },
            Example {
                expr: r#""a.b".Replace('.', '_')"#,
                input: "{}",
                result: r#""a_b""#,
            },
            Example {
                expr: r#""".Replace("x", "y")"#,
                input: "{}",
                result: r#""""#,
            },
            Example {
                expr: r#""aXa".Replace("A", "b", StringComparison.OrdinalIgnoreCase)"#,
                input: "{}",
                result: r#""bXb""#,
            },
            Example {
                expr: r#""a".Replace(empty, "b")"#,
                input: r#"{"empty":""}"#,
                result: "error:argument",
            },
        ],
    },
    Entry {
        summary: "The text with another inserted.",
        cost: "32 units, 1 per byte",
        advice: "test the length first",
        overloads: &[Overload {
            signature: "string.Insert(int startIndex, string value): string",
            lower: Lower::Rt(Fn::Insert),
            errors: &[ErrorKind::OutOfRange],
        }],
        examples: &[
            Example {
                expr: r#""ac".Insert(1, "b")"#,
                input: "{}",
                result: r#""abc""#,
            },
            Example {
                expr: r#""".Insert(0, "")"#,
                input: "{}",
                result: r#""""#,
            },
            Example {
                expr: r#""a".Insert(2, "b")"#,
                input: "{}",
                result: "error:out_of_range",
            },
        ],
    },
    Entry {
        summary: "The text with every end of a line replaced, by CR and LF where nothing else is given.",
        cost: "six times Replace",
        advice: "",
        overloads: &[
            Overload::sure(
                "string.ReplaceLineEndings(): string",
                Lower::With(|mut args, site| {
                    args.push(Ir::Text("\r\n".to_owned()));
                    lines_ended(args, site)
                }),
            ),
            Overload::sure(
                "string.ReplaceLineEndings(string replacementText): string",
                Lower::With(lines_ended),
            ),
        ],
        examples: &[
            Example::with(
                r#"street.ReplaceLineEndings(", ")"#,
                r#"{"street":"Ringstr. 1\r\n1010 Wien\nAT"}"#,
                r#""Ringstr. 1, 1010 Wien, AT""#,
            ),
            Example::with("street.ReplaceLineEndings()", r#"{"street":""}"#, r#""""#),
        ],
    },
    Entry {
        summary: "The text made at least so long, filled at its start.",
        cost: "32 units, 16 per character added",
        advice: "the width must not be negative",
        overloads: &[
            Overload {
                signature: "string.PadLeft(int totalWidth): string",
                lower: Lower::Then(Fn::Pad, &[32, 1]),
                errors: &[],
            },
            Overload {
                signature: "string.PadLeft(int totalWidth, char paddingChar): string",
                lower: Lower::Then(Fn::Pad, &[1]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "employeeID.PadLeft(6, '0')",
                input: r#"{"employeeID":"42"}"#,
                result: r#""000042""#,
            },
            Example {
                expr: r#""".PadLeft(2)"#,
                input: "{}",
                result: r#""  ""#,
            },
        ],
    },
    Entry {
        summary: "The text made at least so long, filled at its end.",
        cost: "32 units, 16 per character added",
        advice: "the width must not be negative",
        overloads: &[
            Overload {
                signature: "string.PadRight(int totalWidth): string",
                lower: Lower::Then(Fn::Pad, &[32, 0]),
                errors: &[],
            },
            Overload {
                signature: "string.PadRight(int totalWidth, char paddingChar): string",
                lower: Lower::Then(Fn::Pad, &[0]),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: r#""ab".PadRight(4, '.')"#,
                input: "{}",
                result: r#""ab..""#,
            },
            Example {
                expr: r#""abc".PadRight(2)"#,
                input: "{}",
                result: r#""abc""#,
            },
        ],
    },
];

/// All of them become line feeds first.
fn lines_ended(args: Vec<Ir>, site: Site) -> Ir {
    let [text, with] = <[Ir; 2]>::try_from(args).unwrap_or([Ir::Word(0), Ir::Word(0)]);
    let replaced = |text, old: &str, new| {
        let args = vec![text, Ir::Text(old.to_owned()), new, Ir::Word(0)];
        Ir::Call(Fn::Replace, args, site)
    };
    let ends = ["\r\n", "\r", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"];
    let fed = ends.iter().fold(text, |text, end| {
        replaced(text, end, Ir::Text("\n".to_owned()))
    });
    replaced(fed, "\n", with)
}
