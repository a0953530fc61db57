//! TimeSpan: a length of time in ticks of 100 ns.
//!
//! Invariants: what does not fit 64 bits of ticks is an overflow, as in .NET.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::dates::{UNITS, format_or_empty};
use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

const OVERFLOW: &[ErrorKind] = &[ErrorKind::Overflow];
const SCALED: &[ErrorKind] = &[ErrorKind::Argument, ErrorKind::Overflow];
const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];
const FORMAT: &[ErrorKind] = &[ErrorKind::Format];

const fn of(signature: &'static str, lower: Lower, errors: &'static [ErrorKind]) -> Overload {
    Overload {
        signature,
        lower,
        errors,
    }
}

const fn example(expr: &'static str, result: &'static str) -> Example {
    Example {
        expr,
        input: "{}",
        result,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "A part of the span, or the whole span in one unit.",
        cost: "1 unit",
        advice: "",
        overloads: &[
            of(
                "property TimeSpan.Days: int",
                Lower::Then(Fn::SpanPart, &[0]),
                &[],
            ),
            of(
                "property TimeSpan.Hours: int",
                Lower::Then(Fn::SpanPart, &[1]),
                &[],
            ),
            of(
                "property TimeSpan.Minutes: int",
                Lower::Then(Fn::SpanPart, &[2]),
                &[],
            ),
            of(
                "property TimeSpan.Seconds: int",
                Lower::Then(Fn::SpanPart, &[3]),
                &[],
            ),
            of(
                "property TimeSpan.Milliseconds: int",
                Lower::Then(Fn::SpanPart, &[4]),
                &[],
            ),
            of(
                "property TimeSpan.TotalDays: double",
                Lower::Then(Fn::SpanTotal, &[UNITS[4]]),
                &[],
            ),
            of(
                "property TimeSpan.TotalHours: double",
                Lower::Then(Fn::SpanTotal, &[UNITS[3]]),
                &[],
            ),
            of(
                "property TimeSpan.TotalMinutes: double",
                Lower::Then(Fn::SpanTotal, &[UNITS[2]]),
                &[],
            ),
            of(
                "property TimeSpan.TotalSeconds: double",
                Lower::Then(Fn::SpanTotal, &[UNITS[1]]),
                &[],
            ),
            of(
                "property TimeSpan.TotalMilliseconds: double",
                Lower::Then(Fn::SpanTotal, &[UNITS[0]]),
                &[],
            ),
            of(
                "property TimeSpan.Ticks: long",
                Lower::With(|mut args, _| args.remove(0)),
                &[],
            ),
        ],
        examples: &[
            example("new TimeSpan(1, 2, 3, 4).TotalHours", "26.051111111111112"),
            example(
                "(new DateTime(2024, 1, 1) - new DateTime(2024, 1, 2, 1, 0, 0)).Hours",
                "-1",
            ),
            example("TimeSpan.Zero.Days", "0"),
        ],
    },
    Entry {
        summary: "A span from its parts, or from a number of units.",
        cost: "32 units",
        advice: "the span must fit about 29,000 years",
        overloads: &[
            of(
                "static TimeSpan.new(int hours, int minutes, int seconds): TimeSpan",
                Lower::With(|args, site| {
                    let mut all = vec![Ir::Word(0)];
                    all.extend(args);
                    all.push(Ir::Word(0));
                    Ir::Call(Fn::SpanNew, all, site)
                }),
                RANGE,
            ),
            of(
                "static TimeSpan.new(int days, int hours, int minutes, int seconds, int milliseconds = 0): TimeSpan",
                Lower::Rt(Fn::SpanNew),
                RANGE,
            ),
            of(
                "static TimeSpan.new(long ticks): TimeSpan",
                Lower::With(|mut args, _| args.remove(0)),
                &[],
            ),
            of(
                "static TimeSpan.FromTicks(long ticks): TimeSpan",
                Lower::With(|mut args, _| args.remove(0)),
                &[],
            ),
            of(
                "static TimeSpan.FromDays(double value): TimeSpan",
                Lower::Then(Fn::SpanFromUnits, &[UNITS[4]]),
                OVERFLOW,
            ),
            of(
                "static TimeSpan.FromHours(double value): TimeSpan",
                Lower::Then(Fn::SpanFromUnits, &[UNITS[3]]),
                OVERFLOW,
            ),
            of(
                "static TimeSpan.FromMinutes(double value): TimeSpan",
                Lower::Then(Fn::SpanFromUnits, &[UNITS[2]]),
                OVERFLOW,
            ),
            of(
                "static TimeSpan.FromSeconds(double value): TimeSpan",
                Lower::Then(Fn::SpanFromUnits, &[UNITS[1]]),
                OVERFLOW,
            ),
            of(
                "static TimeSpan.FromMilliseconds(double value): TimeSpan",
                Lower::Then(Fn::SpanFromUnits, &[UNITS[0]]),
                OVERFLOW,
            ),
        ],
        examples: &[
            example("TimeSpan.FromDays(1.5).ToString()", r#""1.12:00:00""#),
            example("new TimeSpan(25, 0, 0).Days", "1"),
            example("TimeSpan.FromDays(1e9).Days", "error:overflow"),
        ],
    },
    Entry {
        summary: "The sum, the difference, the negative, or the span without its sign.",
        cost: "32 units",
        advice: "the result must fit about 29,000 years",
        overloads: &[
            of(
                "TimeSpan.Add(TimeSpan ts): TimeSpan",
                Lower::Then(Fn::SpanAdd, &[0]),
                OVERFLOW,
            ),
            of(
                "TimeSpan.Subtract(TimeSpan ts): TimeSpan",
                Lower::Then(Fn::SpanAdd, &[1]),
                OVERFLOW,
            ),
            of(
                "TimeSpan.Negate(): TimeSpan",
                Lower::Then(Fn::SpanSign, &[0]),
                OVERFLOW,
            ),
            of(
                "TimeSpan.Duration(): TimeSpan",
                Lower::Then(Fn::SpanSign, &[1]),
                OVERFLOW,
            ),
            of(
                "TimeSpan.Multiply(double factor): TimeSpan",
                Lower::Then(Fn::SpanScale, &[0]),
                SCALED,
            ),
            of(
                "TimeSpan.Divide(double divisor): TimeSpan",
                Lower::Then(Fn::SpanScale, &[1]),
                SCALED,
            ),
            of(
                "TimeSpan.Divide(TimeSpan ts): double",
                Lower::With(|args, _| ratio(&args)),
                &[],
            ),
        ],
        examples: &[
            example(
                "(TimeSpan.FromHours(1) - TimeSpan.FromHours(3)).Duration().TotalHours",
                "2.0",
            ),
            example("(TimeSpan.FromHours(3) * 1.5).ToString()", "\"04:30:00\""),
            example("TimeSpan.FromHours(3) / TimeSpan.FromHours(2)", "1.5"),
            example("(TimeSpan.MaxValue * 2).Days", "error:overflow"),
            example("TimeSpan.MinValue.Negate().Days", "error:overflow"),
            example("(TimeSpan.Zero + TimeSpan.Zero).Ticks", "0"),
        ],
    },
    Entry {
        summary: "The span that a text holds: `[-][d.]hh:mm[:ss[.fffffff]]`, or days alone.",
        cost: "128 units, 16 per byte",
        advice: "use TryParse",
        overloads: &[
            of(
                "static TimeSpan.Parse(string s): TimeSpan",
                Lower::Rt(Fn::SpanParse),
                &[ErrorKind::Format, ErrorKind::Overflow],
            ),
            of(
                "static TimeSpan.Parse(string input, CultureInfo? formatProvider): TimeSpan",
                Lower::With(|mut args, site| {
                    args.truncate(1);
                    Ir::Call(Fn::SpanParse, args, site)
                }),
                &[ErrorKind::Format, ErrorKind::Overflow],
            ),
            of(
                "static TimeSpan.ParseExact(string input, string format, CultureInfo? formatProvider): TimeSpan",
                Lower::With(exact),
                &[ErrorKind::Format, ErrorKind::Overflow],
            ),
            of(
                "static TimeSpan.ParseExact(string input, List<string> formats, CultureInfo? formatProvider): TimeSpan",
                Lower::With(exact_of),
                &[ErrorKind::Format, ErrorKind::Overflow],
            ),
        ],
        examples: &[
            example(
                r#"TimeSpan.ParseExact("7:05", @"h\:mm", CultureInfo.InvariantCulture).TotalMinutes"#,
                "425.0",
            ),
            example(
                r#"TimeSpan.ParseExact("7:5", @"h\:mm", CultureInfo.InvariantCulture).Hours"#,
                "error:format",
            ),
            example(
                r#"TimeSpan.TryParseExact("90s", "%s's'", null, out var t) ? t.Ticks : -1"#,
                "-1",
            ),
            example(r#"TimeSpan.Parse("1.02:03:04.5").TotalSeconds"#, "93784.5"),
            example(r#"TimeSpan.Parse("6").Days"#, "6"),
            example(r#"TimeSpan.Parse("25:00").Days"#, "error:overflow"),
            example(r#"TimeSpan.Parse("24:10:59").TotalMinutes"#, "35219.0"),
            example(r#"TimeSpan.Parse("24:24:00").Days"#, "error:overflow"),
            example(r#"TimeSpan.Parse("").Days"#, "error:format"),
            example(
                r#"TimeSpan.TryParse("-10:30", out var t) ? t.TotalMinutes : 0"#,
                "-630.0",
            ),
        ],
    },
    Entry {
        summary: "The span as a text in a standard (c, g, G) or custom format.",
        cost: "256 units, 64 per byte of the format",
        advice: "put literal characters of a custom format between quotes",
        overloads: &[
            of(
                "TimeSpan.ToString(string? format): string",
                Lower::With(|args, site| text(&args, site)),
                FORMAT,
            ),
            of(
                "TimeSpan.ToString(string? format, CultureInfo? provider): string",
                Lower::With(|args, site| text(&args, site)),
                FORMAT,
            ),
        ],
        examples: &[
            example(
                r#"new TimeSpan(1, 2, 3, 4, 500).ToString("g")"#,
                r#""1:2:03:04.5""#,
            ),
            example(
                r#"new TimeSpan(1, 2, 3, 4, 500).ToString("G")"#,
                r#""1:02:03:04.5000000""#,
            ),
            example(r#"new TimeSpan(2, 3, 4).ToString(@"hh\:mm")"#, r#""02:03""#),
            example(r#"new TimeSpan(2, 3, 4).ToString("hh:mm")"#, "error:format"),
            example(r#"TimeSpan.Zero.ToString("")"#, r#""00:00:00""#),
        ],
    },
];

fn text(args: &[Ir], site: Site) -> Ir {
    Ir::Call(
        Fn::SpanToText,
        vec![args[0].clone(), format_or_empty(&args[1])],
        site,
    )
}

/// How many times one span holds the other.
pub(crate) fn ratio(args: &[Ir]) -> Ir {
    let double = |ir: &Ir| Ir::Op(Op::LongToDouble, vec![ir.clone()], 0);
    Ir::Op(Op::DivD, vec![double(&args[0]), double(&args[1])], 0)
}

fn exact(args: Vec<Ir>, site: Site) -> Ir {
    let formats = Ir::Items(vec![args[1].clone()], site);
    exact_of(vec![args[0].clone(), formats], site)
}

fn exact_of(mut args: Vec<Ir>, site: Site) -> Ir {
    args.truncate(2);
    args.push(Ir::Word(0));
    Ir::Unbox(Ir::Call(Fn::SpanParseExact, args, site).into())
}
