//! DateTime: parts, arithmetic, parsing and texts.
//!
//! Invariants: whatever is local is UTC; a text without a zone gives a DateTime without one, so that `K` and `o` print as
//! in .NET; the culture is always the invariant one.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Op, Site};

/// Ticks of a millisecond, a second, a minute, an hour and a day.
pub(super) const UNITS: [i64; 5] = [
    10_000,
    10_000_000,
    600_000_000,
    36_000_000_000,
    864_000_000_000,
];
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
        summary: "A part of the date or of the time of day.",
        cost: "128 units",
        advice: "",
        overloads: &[
            of(
                "property DateTime.Year: int",
                Lower::Then(Fn::DatePart, &[0]),
                &[],
            ),
            of(
                "property DateTime.Month: int",
                Lower::Then(Fn::DatePart, &[1]),
                &[],
            ),
            of(
                "property DateTime.Day: int",
                Lower::Then(Fn::DatePart, &[2]),
                &[],
            ),
            of(
                "property DateTime.Hour: int",
                Lower::Then(Fn::DatePart, &[3]),
                &[],
            ),
            of(
                "property DateTime.Minute: int",
                Lower::Then(Fn::DatePart, &[4]),
                &[],
            ),
            of(
                "property DateTime.Second: int",
                Lower::Then(Fn::DatePart, &[5]),
                &[],
            ),
            of(
                "property DateTime.Millisecond: int",
                Lower::Then(Fn::DatePart, &[6]),
                &[],
            ),
            of(
                "property DateTime.DayOfWeek: DayOfWeek",
                Lower::Then(Fn::DatePart, &[7]),
                &[],
            ),
            of(
                "property DateTime.DayOfYear: int",
                Lower::Then(Fn::DatePart, &[8]),
                &[],
            ),
            of(
                "property DateTime.Date: DateTime",
                Lower::Rt(Fn::DateDate),
                &[],
            ),
            of(
                "property DateTime.TimeOfDay: TimeSpan",
                Lower::Rt(Fn::DateTimeOfDay),
                &[],
            ),
            of(
                "property DateTime.Ticks: long",
                Lower::Rt(Fn::DateTicks),
                &[],
            ),
            of(
                "property DateTime.Kind: DateTimeKind",
                Lower::With(kind),
                &[],
            ),
            of(
                "property DateTime.UtcDateTime: DateTime",
                Lower::Then(Fn::DateWithKind, &[1]),
                &[],
            ),
            of(
                "property DateTime.UtcTicks: long",
                Lower::Rt(Fn::DateTicks),
                &[],
            ),
        ],
        examples: &[
            example("new DateTime(2024, 2, 29).DayOfYear", "60"),
            example(
                r#"DateTimeOffset.Parse("0001-01-01T00:00:01Z").UtcTicks"#,
                "10000000",
            ),
            example(
                "new DateTime(2024, 2, 29).DayOfWeek.ToString()",
                r#""Thursday""#,
            ),
            example("(int)new DateTime(2024, 3, 3).DayOfWeek", "0"),
            example(
                "new DateTime(2024, 2, 29, 13, 14, 15).TimeOfDay.ToString()",
                r#""13:14:15""#,
            ),
            Example {
                expr: "DateTime.Parse(x).Year",
                input: r#"{"x":""}"#,
                result: "error:format",
            },
        ],
    },
    Entry {
        summary: "A date and time from its parts, from ticks, or from a count since 1601 or 1970.",
        cost: "64 units",
        advice: "the date must exist, from year 1 to 9999",
        overloads: &[
            of(
                "static DateTime.new(int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int millisecond = 0): DateTime",
                Lower::Rt(Fn::DateNew),
                RANGE,
            ),
            of(
                "static DateTime.new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind): DateTime",
                Lower::With(new_of_kind),
                RANGE,
            ),
            of(
                "static DateTime.new(int year, int month, int day, int hour, int minute, int second, int millisecond, DateTimeKind kind): DateTime",
                Lower::With(new_of_kind),
                RANGE,
            ),
            of(
                "static DateTime.new(): DateTime",
                Lower::With(|_, _| Ir::Word(1)),
                &[],
            ),
            of(
                "static DateTime.new(DateTime value): DateTime",
                Lower::With(|mut args, _| args.remove(0)),
                &[],
            ),
            Overload::of(
                "static DateTime.new(DateTime dateTime, TimeSpan offset): DateTime",
                Lower::Rt(Fn::DateSubtract),
                &[ErrorKind::OutOfRange],
            ),
            Overload::of(
                "static DateTime.new(int year, int month, int day, int hour, int minute, int second, TimeSpan offset): DateTime",
                Lower::With(new_with_offset),
                &[ErrorKind::OutOfRange],
            ),
            Overload::of(
                "static DateTime.new(long ticks): DateTime",
                Lower::Rt(Fn::DateFromTicks),
                RANGE,
            ),
            Overload::of(
                "static DateTime.new(long ticks, DateTimeKind kind): DateTime",
                Lower::With(|mut args, site| {
                    let kind = args.pop().unwrap_or(Ir::Word(0));
                    let date = Ir::Call(Fn::DateFromTicks, args, site);
                    Ir::Call(Fn::DateWithKind, vec![date, kind], site)
                }),
                RANGE,
            ),
            of(
                "static DateTime.FromFileTimeUtc(long fileTime): DateTime",
                Lower::Rt(Fn::DateFromFileTime),
                RANGE,
            ),
            of(
                "static DateTime.FromFileTime(long fileTime): DateTime",
                Lower::Rt(Fn::DateFromFileTime),
                RANGE,
            ),
            of(
                "static DateTime.FromUnixTimeSeconds(long seconds): DateTime",
                Lower::Then(Fn::DateFromUnix, &[UNITS[1]]),
                RANGE,
            ),
            of(
                "static DateTime.FromUnixTimeMilliseconds(long milliseconds): DateTime",
                Lower::Then(Fn::DateFromUnix, &[UNITS[0]]),
                RANGE,
            ),
        ],
        examples: &[
            example(
                r#"new DateTime(2024, 2, 29, 8, 5, 0).ToString("s")"#,
                r#""2024-02-29T08:05:00""#,
            ),
            example("new DateTime(2023, 2, 29).Year", "error:out_of_range"),
            example(
                r#"new DateTime(2024, 2, 29, 8, 5, 0, 250, DateTimeKind.Utc).ToString("o")"#,
                r#""2024-02-29T08:05:00.2500000Z""#,
            ),
            example(
                "new DateTime(0, DateTimeKind.Utc).Year + new DateTime().Month",
                "2",
            ),
            example("new DateTime(month: 2, day: 29, year: 2024).Day", "29"),
            example(
                r#"DateTime.FromFileTimeUtc(129699324000000000).ToString("o")"#,
                r#""2012-01-01T23:00:00.0000000Z""#,
            ),
            example(
                r#"new DateTimeOffset(2024, 2, 29, 13, 5, 0, TimeSpan.FromHours(2)).ToString("u")"#,
                r#""2024-02-29 11:05:00Z""#,
            ),
            example(
                r#"DateTimeOffset.FromUnixTimeSeconds(0).ToString("u")"#,
                r#""1970-01-01 00:00:00Z""#,
            ),
            Example {
                expr: "DateTime.FromFileTimeUtc(x).Year",
                input: r#"{"x":0}"#,
                result: "1601",
            },
        ],
    },
    Entry {
        summary: "The count of 100 ns since 1601 that Active Directory stores, or the seconds since 1970.",
        cost: "32 units",
        advice: "only dates from 1601 on have a file time",
        overloads: &[
            of(
                "DateTime.ToFileTimeUtc(): long",
                Lower::Rt(Fn::DateToFileTime),
                RANGE,
            ),
            of(
                "DateTime.ToFileTime(): long",
                Lower::Rt(Fn::DateToFileTime),
                RANGE,
            ),
            of(
                "DateTime.ToUnixTimeSeconds(): long",
                Lower::Then(Fn::DateToUnix, &[UNITS[1]]),
                &[],
            ),
            of(
                "DateTime.ToUnixTimeMilliseconds(): long",
                Lower::Then(Fn::DateToUnix, &[UNITS[0]]),
                &[],
            ),
        ],
        examples: &[
            example(
                "new DateTime(2012, 1, 1, 23, 0, 0).ToFileTimeUtc()",
                "129699324000000000",
            ),
            example(
                "new DateTime(1600, 1, 1).ToFileTimeUtc()",
                "error:out_of_range",
            ),
        ],
    },
    Entry {
        summary: "The date and time later or earlier by an amount; months and years keep to the last day of a month.",
        cost: "32 units, months and years 256",
        advice: "the result must lie between year 1 and 9999",
        overloads: &[
            of(
                "DateTime.AddDays(double value): DateTime",
                Lower::Then(Fn::DateAddUnits, &[UNITS[4]]),
                RANGE,
            ),
            of(
                "DateTime.AddHours(double value): DateTime",
                Lower::Then(Fn::DateAddUnits, &[UNITS[3]]),
                RANGE,
            ),
            of(
                "DateTime.AddMinutes(double value): DateTime",
                Lower::Then(Fn::DateAddUnits, &[UNITS[2]]),
                RANGE,
            ),
            of(
                "DateTime.AddSeconds(double value): DateTime",
                Lower::Then(Fn::DateAddUnits, &[UNITS[1]]),
                RANGE,
            ),
            of(
                "DateTime.AddMilliseconds(double value): DateTime",
                Lower::Then(Fn::DateAddUnits, &[UNITS[0]]),
                RANGE,
            ),
            of(
                "DateTime.AddTicks(long value): DateTime",
                Lower::Rt(Fn::DateAdd),
                RANGE,
            ),
            of(
                "DateTime.AddMonths(int months): DateTime",
                Lower::Rt(Fn::DateAddMonths),
                RANGE,
            ),
            of(
                "DateTime.AddYears(int years): DateTime",
                Lower::Rt(Fn::DateAddYears),
                RANGE,
            ),
            of(
                "DateTime.Add(TimeSpan value): DateTime",
                Lower::Rt(Fn::DateAdd),
                RANGE,
            ),
            of(
                "DateTime.Subtract(TimeSpan value): DateTime",
                Lower::Rt(Fn::DateSubtract),
                RANGE,
            ),
            of(
                "DateTime.Subtract(DateTime value): TimeSpan",
                Lower::Rt(Fn::DateBetween),
                &[],
            ),
        ],
        examples: &[
            example(
                r#"new DateTime(2024, 1, 31).AddMonths(1).ToString("d")"#,
                r#""02/29/2024""#,
            ),
            example(
                r#"new DateTime(2024, 2, 29).AddYears(1).ToString("yyyy-MM-dd")"#,
                r#""2025-02-28""#,
            ),
            example(
                r#"new DateTime(2024, 2, 28).AddDays(1.5).ToString("s")"#,
                r#""2024-02-29T12:00:00""#,
            ),
            example("DateTime.MaxValue.AddTicks(1).Year", "error:out_of_range"),
            example(
                "(new DateTime(2024, 3, 1) - new DateTime(2024, 2, 1)).TotalDays",
                "29.0",
            ),
            example(
                "(new DateTime(2024, 3, 1) - new DateTime(2024, 3, 1)).Ticks",
                "0",
            ),
        ],
    },
    Entry {
        summary: "The date and time that a text holds, in one of the forms of the invariant culture.",
        cost: "768 units, 32 per byte",
        advice: "use TryParse",
        overloads: &[
            of(
                "static DateTime.Parse(string s): DateTime",
                Lower::Then(Fn::DateParse, &[0]),
                FORMAT,
            ),
            of(
                "static DateTime.Parse(string s, CultureInfo? provider, DateTimeStyles styles = 0): DateTime",
                Lower::With(|args, site| call(Fn::DateParse, args, &[0, 2], site)),
                FORMAT,
            ),
            of(
                "static Convert.ToDateTime(string? value, CultureInfo? provider = 0): DateTime",
                Lower::With(|args, site| {
                    let text = args[0].clone();
                    let parsed = Ir::Call(Fn::DateParse, vec![text.clone(), Ir::Word(0)], site);
                    // Nothing is the first tick, of no zone.
                    Ir::If(
                        Ir::IsNull(text.into()).into(),
                        Ir::Word(1).into(),
                        parsed.into(),
                    )
                }),
                FORMAT,
            ),
        ],
        examples: &[
            example(
                r#"DateTime.Parse("2024-02-29").ToString("o")"#,
                r#""2024-02-29T00:00:00.0000000""#,
            ),
            example(
                r#"DateTime.Parse("2021-06-30T10:00:00+08:00").ToString("o")"#,
                r#""2021-06-30T02:00:00.0000000Z""#,
            ),
            example(
                r#"DateTime.Parse("3/5/2024 4:07 PM").ToString("s")"#,
                r#""2024-03-05T16:07:00""#,
            ),
            example(r#"DateTime.Parse("Friday, 5 January 2024").Day"#, "5"),
            example(r#"DateTime.Parse("30/02/2024").Day"#, "error:format"),
            example(r#"DateTime.TryParse("x", out var d) ? d.Year : -1"#, "-1"),
            Example {
                expr: "DateTime.Parse(x).Day",
                input: r#"{"x":""}"#,
                result: "error:format",
            },
        ],
    },
    Entry {
        summary: "The date and time that a text holds in exactly this form, or in one of several.",
        cost: "256 units and 32 per byte for each format",
        advice: "use TryParseExact",
        overloads: &[
            of(
                "static DateTime.ParseExact(string s, string format, CultureInfo? provider, DateTimeStyles style = 0): DateTime",
                Lower::With(|args, site| {
                    call(Fn::DateParseExact, one_format(args, site), &[0, 1, 3], site)
                }),
                FORMAT,
            ),
            of(
                "static DateTime.ParseExact(string s, string[] formats, CultureInfo? provider, DateTimeStyles style = 0): DateTime",
                Lower::With(|args, site| call(Fn::DateParseExact, args, &[0, 1, 3], site)),
                FORMAT,
            ),
        ],
        examples: &[
            example(
                r#"DateTime.ParseExact("20150123105347.1Z", "yyyyMMddHHmmss.fZ", null).ToString("yyyy-MM-dd")"#,
                r#""2015-01-23""#,
            ),
            example(
                r#"DateTime.ParseExact("05.03.2024", new[] { "yyyy-MM-dd", "dd.MM.yyyy" }, CultureInfo.InvariantCulture, DateTimeStyles.None).Month"#,
                "3",
            ),
            example(
                r#"DateTime.ParseExact("", "yyyy", null).Year"#,
                "error:format",
            ),
        ],
    },
    Entry {
        summary: "The date and time as a text in a standard or custom format.",
        cost: "256 units, 64 per byte of the format",
        advice: "use a format that .NET knows",
        overloads: &[
            of(
                "DateTime.ToString(string? format): string",
                Lower::With(text),
                FORMAT,
            ),
            of(
                "DateTime.ToString(string? format, CultureInfo? provider): string",
                Lower::With(text),
                FORMAT,
            ),
            of(
                "DateTime.ToString(CultureInfo? provider): string",
                Lower::With(|args, site| fixed(args, "G", site)),
                &[],
            ),
            of(
                "DateTime.ToShortDateString(): string",
                Lower::With(|args, site| fixed(args, "d", site)),
                &[],
            ),
            of(
                "DateTime.ToLongDateString(): string",
                Lower::With(|args, site| fixed(args, "D", site)),
                &[],
            ),
            of(
                "DateTime.ToShortTimeString(): string",
                Lower::With(|args, site| fixed(args, "t", site)),
                &[],
            ),
            of(
                "DateTime.ToLongTimeString(): string",
                Lower::With(|args, site| fixed(args, "T", site)),
                &[],
            ),
        ],
        examples: &[
            example(
                "new DateTime(2024, 3, 5, 16, 7, 8).ToString()",
                r#""03/05/2024 16:07:08""#,
            ),
            example(
                r#"new DateTime(2024, 3, 5).ToString("ddd, d MMM yy")"#,
                r#""Tue, 5 Mar 24""#,
            ),
            example(
                r#"new DateTime(2024, 3, 5, 16, 7, 8).ToString("hh:mm tt")"#,
                r#""04:07 PM""#,
            ),
            example(r#"$"{new DateTime(2024, 3, 5):yyyyMMdd}""#, r#""20240305""#),
            example(
                r#"new DateTime(2024, 3, 5).ToString("")"#,
                r#""03/05/2024 00:00:00""#,
            ),
            Example::with(
                "new DateTime(2024, 3, 5).ToString(f)",
                r#"{"f":"Q"}"#,
                "error:format",
            ),
        ],
    },
    Entry {
        summary: "The same date and time, said to be UTC or of no zone. Local time is UTC.",
        cost: "1 unit",
        advice: "",
        overloads: &[
            of(
                "DateTime.ToUniversalTime(): DateTime",
                Lower::Then(Fn::DateWithKind, &[1]),
                &[],
            ),
            of(
                "DateTime.ToLocalTime(): DateTime",
                Lower::Then(Fn::DateWithKind, &[1]),
                &[],
            ),
            of(
                "static DateTime.SpecifyKind(DateTime value, DateTimeKind kind): DateTime",
                Lower::Rt(Fn::DateWithKind),
                &[],
            ),
        ],
        examples: &[
            example(
                r#"new DateTime(2024, 1, 2).ToUniversalTime().ToString("o")"#,
                r#""2024-01-02T00:00:00.0000000Z""#,
            ),
            example(
                r#"DateTime.SpecifyKind(DateTime.Parse("2024-01-02Z"), DateTimeKind.Unspecified).ToString("o")"#,
                r#""2024-01-02T00:00:00.0000000""#,
            ),
        ],
    },
    Entry {
        summary: "Compares two dates: -1, 0 or 1.",
        cost: "1 unit",
        advice: "",
        overloads: &[
            of(
                "DateTime.CompareTo(DateTime value): int",
                Lower::Rt(Fn::DateCompare),
                &[],
            ),
            of(
                "static DateTime.Compare(DateTime t1, DateTime t2): int",
                Lower::Rt(Fn::DateCompare),
                &[],
            ),
        ],
        examples: &[
            example(
                "DateTime.Compare(new DateTime(2024, 1, 2), new DateTime(2024, 1, 3))",
                "-1",
            ),
            example(
                "new DateTime(2024, 1, 2) == new DateTime(2024, 1, 2).ToUniversalTime()",
                "true",
            ),
        ],
    },
    Entry {
        summary: "The days of a month, and whether a year is a leap year.",
        cost: "32 units",
        advice: "months are 1 to 12, years 1 to 9999",
        overloads: &[
            of(
                "static DateTime.DaysInMonth(int year, int month): int",
                Lower::Rt(Fn::DaysInMonth),
                RANGE,
            ),
            of(
                "static DateTime.IsLeapYear(int year): bool",
                Lower::Rt(Fn::IsLeapYear),
                RANGE,
            ),
        ],
        examples: &[
            example("DateTime.DaysInMonth(2024, 2)", "29"),
            example("DateTime.IsLeapYear(1900)", "false"),
            example("DateTime.DaysInMonth(2024, 0)", "error:out_of_range"),
        ],
    },
];

/// A call with some of the arguments: culture and the like fall away.
fn call(function: Fn, args: Vec<Ir>, kept: &[usize], site: Site) -> Ir {
    let kept = kept.iter().map(|index| args[*index].clone());
    Ir::Call(function, kept.collect(), site)
}

/// The format as a list of one.
fn one_format(mut args: Vec<Ir>, site: Site) -> Vec<Ir> {
    args[1] = Ir::Items(vec![args[1].clone()], site);
    args
}

/// A text in a format that may be absent.
fn text(args: Vec<Ir>, site: Site) -> Ir {
    Ir::Call(
        Fn::DateToText,
        vec![args[0].clone(), format_or_empty(&args[1])],
        site,
    )
}

/// A format, or the empty one where there is none.
pub(super) fn format_or_empty(format: &Ir) -> Ir {
    match format {
        Ir::Text(_) => format.clone(),
        other => Ir::If(
            Ir::IsNull(other.clone().into()).into(),
            Ir::Text(String::new()).into(),
            other.clone().into(),
        ),
    }
}

fn fixed(args: Vec<Ir>, format: &str, site: Site) -> Ir {
    Ir::Call(
        Fn::DateToText,
        vec![args[0].clone(), Ir::Text(format.to_owned())],
        site,
    )
}

/// The lowest bit of the cell is set where no zone is known; .NET numbers that 0 and UTC 1.
fn kind(args: Vec<Ir>, _: Site) -> Ir {
    let bit = Ir::Op(Op::And, vec![args[0].clone(), Ir::Word(1)], 0);
    Ir::Op(Op::Xor, vec![bit, Ir::Word(1)], 0)
}

/// A time somewhere, in UTC.
fn new_with_offset(mut args: Vec<Ir>, site: Site) -> Ir {
    let offset = args.pop().unwrap_or(Ir::Word(0));
    args.push(Ir::Word(0));
    let there = Ir::Call(Fn::DateNew, args, site);
    let universal = Ir::Call(Fn::DateWithKind, vec![there, Ir::Word(1)], site);
    Ir::Call(Fn::DateSubtract, vec![universal, offset], site)
}

fn new_of_kind(mut args: Vec<Ir>, site: Site) -> Ir {
    let kind = args.pop().unwrap_or(Ir::Word(0));
    args.resize(7, Ir::Word(0));
    Ir::Call(
        Fn::DateWithKind,
        vec![Ir::Call(Fn::DateNew, args, site), kind],
        site,
    )
}
