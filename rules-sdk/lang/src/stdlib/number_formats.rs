//! Numbers as texts in standard and custom formats.
//!
//! Invariants: the invariant culture, whose currency is ¤; halves go away from zero, except those of a double in a
//! standard format, which go to even, as .NET has it; a constant format that the type does not have does not compile.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::dates::format_or_empty;
use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

const FORMAT: &[ErrorKind] = &[ErrorKind::Format];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The number as a text: D, X, N, F, P, E, G, C, R with a precision, or a picture such as #,##0.00.",
        cost: "1024 units, a double 7168, and 32 per byte of the format, a picture 160; 1 per byte of the text",
        advice: "use a format that the type has",
        overloads: &[
            Overload::of(
                "int.ToString(string? format): string",
                Lower::With(|args, site| format(&args, Fn::FormatInt, &[32], site)),
                FORMAT,
            ),
            Overload::of(
                "int.ToString(string? format, CultureInfo? provider): string",
                Lower::With(|args, site| format(&args, Fn::FormatInt, &[32], site)),
                FORMAT,
            ),
            Overload::of(
                "int.ToString(CultureInfo? provider): string",
                Lower::With(|args, site| plain(&args, Fn::IntToText, site)),
                &[],
            ),
            Overload::of(
                "long.ToString(string? format): string",
                Lower::With(|args, site| format(&args, Fn::FormatInt, &[64], site)),
                FORMAT,
            ),
            Overload::of(
                "long.ToString(string? format, CultureInfo? provider): string",
                Lower::With(|args, site| format(&args, Fn::FormatInt, &[64], site)),
                FORMAT,
            ),
            Overload::of(
                "long.ToString(CultureInfo? provider): string",
                Lower::With(|args, site| plain(&args, Fn::IntToText, site)),
                &[],
            ),
            Overload::of(
                "double.ToString(string? format): string",
                Lower::With(|args, site| format(&args, Fn::FormatDouble, &[], site)),
                FORMAT,
            ),
            Overload::of(
                "double.ToString(string? format, CultureInfo? provider): string",
                Lower::With(|args, site| format(&args, Fn::FormatDouble, &[], site)),
                FORMAT,
            ),
            Overload::of(
                "double.ToString(CultureInfo? provider): string",
                Lower::With(|args, site| plain(&args, Fn::DoubleToText, site)),
                &[],
            ),
            Overload::of(
                "decimal.ToString(string? format): string",
                Lower::With(|args, site| format(&args, Fn::DecimalToText, &[], site)),
                FORMAT,
            ),
            Overload::of(
                "decimal.ToString(string? format, CultureInfo? provider): string",
                Lower::With(|args, site| format(&args, Fn::DecimalToText, &[], site)),
                FORMAT,
            ),
            Overload::of(
                "decimal.ToString(CultureInfo? provider): string",
                Lower::With(|args, site| {
                    Ir::Call(
                        Fn::DecimalToText,
                        vec![args[0].clone(), Ir::Text(String::new())],
                        site,
                    )
                }),
                &[],
            ),
        ],
        examples: &[
            Example::with(r#"n.ToString("D6")"#, r#"{"n":42}"#, r#""000042""#),
            Example::of(r#"(-1234).ToString("D6")"#, r#""-001234""#),
            Example::of(r#"255.ToString("X")"#, r#""FF""#),
            Example::of(r#"(-1).ToString("x8")"#, r#""ffffffff""#),
            Example::of(r#"(-1L).ToString("X")"#, r#""FFFFFFFFFFFFFFFF""#),
            Example::of(r#"5.ToString("b8")"#, r#""00000101""#),
            Example::of(r#"(1234.5).ToString("N1")"#, r#""1,234.5""#),
            Example::of(r#"(-1234.56).ToString("N3")"#, r#""-1,234.560""#),
            Example::of(r#"1234567.ToString("N0")"#, r#""1,234,567""#),
            Example::of(r#"(1234.567).ToString("F")"#, r#""1234.57""#),
            Example::of(r#"1234.5m.ToString("G4")"#, r#""1235""#),
            Example::of(r#"(1234.5).ToString("G4")"#, r#""1234""#),
            Example::of(r#"12345.ToString("G2")"#, r#""1.2E+04""#),
            Example::of(r#"(1052.0329112756).ToString("E")"#, r#""1.052033E+003""#),
            Example::of(r#"(-1052.0329112756).ToString("e2")"#, r#""-1.05e+003""#),
            Example::of(r#"1.ToString("P")"#, r#""100.00 %""#),
            Example::of(r#"(-0.39678).ToString("P1")"#, r#""-39.7 %""#),
            Example::of(r#"123.456m.ToString("C")"#, r#""¤123.46""#),
            Example::of(
                r#"(-123.456).ToString("C3", CultureInfo.InvariantCulture)"#,
                r#""(¤123.456)""#,
            ),
            Example::of(r#"(0.1 + 0.2).ToString("R")"#, r#""0.30000000000000004""#),
            Example::of(r#"(1e17).ToString()"#, r#""1E+17""#),
            Example::with("n.ToString(f)", r#"{"n":1,"f":"Q"}"#, "error:format"),
            Example::with("n.ToString(f)", r#"{"n":1,"f":""}"#, r#""1""#),
        ],
    },
    Entry {
        summary: "The number in a picture: 0 and # are digits, then point, commas, %, ‰, E+0, quoted text, sections by ;.",
        cost: "1024 units, a double 7168, and 160 per byte of the picture",
        advice: "",
        overloads: &[],
        examples: &[
            Example::with(r#"n.ToString("0000")"#, r#"{"n":42}"#, r#""0042""#),
            Example::of(r#"(1234.5678).ToString("00000")"#, r#""01235""#),
            Example::of(r##"(0.45678).ToString("#.##")"##, r#"".46""#),
            Example::of(
                r##"1234567.891m.ToString("#,##0.00")"##,
                r#""1,234,567.89""#,
            ),
            Example::of(r###"2147483647.ToString("##,#")"###, r#""2,147,483,647""#),
            Example::of(r##"1234567890.ToString("#,##0,,")"##, r#""1,235""#),
            Example::of(
                r#"1234567890L.ToString("(###) ###-####")"#,
                r#""(123) 456-7890""#,
            ),
            Example::of(r##"(0.086).ToString("#0.##%")"##, r#""8.6%""#),
            Example::of(r##"(0.03697).ToString("#0.00‰")"##, r#""36.97‰""#),
            Example::of(r#"86000.ToString("0.###E+0")"#, r#""8.6E+4""#),
            Example::of(r##"987654.ToString(@"\###00\#")"##, r##""#987654#""##),
            Example::of(r##"68.ToString("# 'degrees'")"##, r#""68 degrees""#),
            Example::of(
                r##"(-12.345).ToString("#0.0#;(#0.0#);-0-")"##,
                r#""(12.35)""#,
            ),
            Example::of(r#"0.ToString("0;-0;none")"#, r#""none""#),
            Example::of(r#"(-0.001m).ToString("0.00;-0.00;zero")"#, r#""zero""#),
            Example::of(r##"0.ToString("#")"##, r#""""#),
            Example::with(
                r#"$"{n:D6}|{n,8:N0}|""#,
                r#"{"n":1234}"#,
                r#""001234|   1,234|""#,
            ),
            Example::of(
                r#"string.Format("{0:0.00} {1,-6:X}!", 2.5m, 255)"#,
                r#""2.50 FF    !""#,
            ),
            Example::of(
                r#"string.Format(CultureInfo.InvariantCulture, "{0:N2}", 1234.5)"#,
                r#""1,234.50""#,
            ),
        ],
    },
];

/// A text in a format that may be absent.
fn format(args: &[Ir], function: Fn, words: &[i64], site: Site) -> Ir {
    let mut all = vec![args[0].clone(), format_or_empty(&args[1])];
    all.extend(words.iter().map(|word| Ir::Word(*word)));
    Ir::Call(function, all, site)
}

fn plain(args: &[Ir], function: Fn, site: Site) -> Ir {
    Ir::Call(function, vec![args[0].clone()], site)
}
