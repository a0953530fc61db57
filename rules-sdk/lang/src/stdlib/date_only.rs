//! DateOnly: a day without a time.
//!
//! Invariants: the cell is the number of the day, 0 for 0001-01-01; everything else is a DateTime's doing.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::{DATE_ALONE, Fn, date_format};

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Exit, Ir, Op, Site};

/// Ticks of a day.
const DAY: i64 = 864_000_000_000;
/// The number of the last day of the year 9999.
const LAST: i64 = 3_652_058;
const RANGE: &[ErrorKind] = &[ErrorKind::OutOfRange];
const FORMAT: &[ErrorKind] = &[ErrorKind::Format];

const fn of(
    signature: &'static str,
    lower: fn(Vec<Ir>, Site) -> Ir,
    errors: &'static [ErrorKind],
) -> Overload {
    Overload {
        signature,
        lower: Lower::With(lower),
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
        summary: "A part of the day.",
        cost: "128 units",
        advice: "",
        overloads: &[
            of("property DateOnly.Year: int", |args, _| part(&args, 0), &[]),
            of(
                "property DateOnly.Month: int",
                |args, _| part(&args, 1),
                &[],
            ),
            of("property DateOnly.Day: int", |args, _| part(&args, 2), &[]),
            of(
                "property DateOnly.DayOfWeek: DayOfWeek",
                |args, _| part(&args, 7),
                &[],
            ),
            of(
                "property DateOnly.DayOfYear: int",
                |args, _| part(&args, 8),
                &[],
            ),
            of(
                "property DateOnly.DayNumber: int",
                |mut args, _| args.remove(0),
                &[],
            ),
        ],
        examples: &[
            example("new DateOnly(2024, 12, 31).DayOfYear", "366"),
            example("new DateOnly(1, 1, 1).DayNumber", "0"),
        ],
    },
    Entry {
        summary: "A day from its parts, from a number, from a DateTime, or from a text.",
        cost: "64 units; 768 and 32 per byte for a text",
        advice: "the day must exist; use TryParse for texts",
        overloads: &[
            of(
                "static DateOnly.new(int year, int month, int day): DateOnly",
                |mut args, site| {
                    args.extend([0, 0, 0, 0].map(Ir::Word));
                    day(Ir::Call(Fn::DateNew, args, site))
                },
                RANGE,
            ),
            of(
                "static DateOnly.FromDateTime(DateTime dateTime): DateOnly",
                |mut args, _| day(args.remove(0)),
                &[],
            ),
            of(
                "static DateOnly.Parse(string s, CultureInfo? provider = 0): DateOnly",
                |args, site| {
                    day(Ir::Call(
                        Fn::DateParse,
                        vec![args[0].clone(), Ir::Word(i64::from(DATE_ALONE))],
                        site,
                    ))
                },
                FORMAT,
            ),
            of(
                "static DateOnly.ParseExact(string s, string format, CultureInfo? provider = 0): DateOnly",
                |args, site| {
                    let formats = Ir::Items(vec![args[1].clone()], site);
                    let args = vec![args[0].clone(), formats, Ir::Word(0)];
                    day(Ir::Call(Fn::DateParseExact, args, site))
                },
                FORMAT,
            ),
            of(
                "static DateOnly.FromDayNumber(int dayNumber): DateOnly",
                |mut args, site| existing(args.remove(0), site),
                RANGE,
            ),
        ],
        examples: &[
            example(
                "DateOnly.FromDayNumber(738944).ToString(\"o\")",
                "\"2024-02-29\"",
            ),
            example("DateOnly.FromDayNumber(-1).Day", "error:out_of_range"),
            example(
                r#"DateOnly.TryParseExact("29.02.2024", "dd.MM.yyyy", out var d) ? d.Month : 0"#,
                "2",
            ),
            example(
                r#"DateOnly.Parse("2024-02-29").AddDays(1).ToString("yyyy-MM-dd")"#,
                r#""2024-03-01""#,
            ),
            example(
                "DateOnly.FromDateTime(new DateTime(2024, 2, 29, 23, 59, 0)).Day",
                "29",
            ),
            example("new DateOnly(2023, 2, 29).Day", "error:out_of_range"),
            example(r#"DateOnly.Parse("").Day"#, "error:format"),
            example(r#"DateOnly.Parse("2024-02-29 10:00").Day"#, "error:format"),
            example(
                r#"DateOnly.TryParse("2024-02-29T00:00:00", out var d) ? d.Month : 0"#,
                "0",
            ),
            example(
                r#"DateOnly.TryParse("2024-02-29", out var d) ? d.Month : 0"#,
                "2",
            ),
        ],
    },
    Entry {
        summary: "The day later by so many days, months or years.",
        cost: "32 units",
        advice: "the result must lie between year 1 and 9999",
        overloads: &[
            of(
                "DateOnly.AddDays(int value): DateOnly",
                |args, site| {
                    let days = Ir::Op(Op::MulL, vec![args[1].clone(), Ir::Word(DAY)], 0);
                    day(Ir::Call(Fn::DateAdd, vec![midnight(&args[0]), days], site))
                },
                RANGE,
            ),
            of(
                "DateOnly.AddMonths(int value): DateOnly",
                |args, site| {
                    let args = vec![midnight(&args[0]), args[1].clone()];
                    day(Ir::Call(Fn::DateAddMonths, args, site))
                },
                RANGE,
            ),
            of(
                "DateOnly.AddYears(int value): DateOnly",
                |args, site| {
                    let args = vec![midnight(&args[0]), args[1].clone()];
                    day(Ir::Call(Fn::DateAddYears, args, site))
                },
                RANGE,
            ),
        ],
        examples: &[
            example(
                r#"new DateOnly(2024, 1, 31).AddMonths(1).ToString()"#,
                r#""02/29/2024""#,
            ),
            example(
                "new DateOnly(9999, 12, 31).AddDays(1).Day",
                "error:out_of_range",
            ),
            example(
                "new DateOnly(2024, 1, 1).AddDays(0) == new DateOnly(2024, 1, 1)",
                "true",
            ),
        ],
    },
    Entry {
        summary: "The first instant of the day, as a DateTime without a zone.",
        cost: "1 unit",
        advice: "",
        overloads: &[of(
            "DateOnly.ToDateTime(TimeOnly time): DateTime",
            |args, _| midnight(&args[0]),
            &[],
        )],
        examples: &[
            example(
                "new DateOnly(2024, 2, 29).ToDateTime(TimeOnly.MinValue).AddHours(1).Hour",
                "1",
            ),
            example(
                "new DateOnly(1, 1, 1).ToDateTime(TimeOnly.MinValue).Ticks",
                "0",
            ),
        ],
    },
    Entry {
        summary: "The day as a text in a standard or custom format.",
        cost: "256 units, 64 per byte of the format",
        advice: "use a format that .NET knows",
        overloads: &[
            of("DateOnly.ToString(string? format): string", text, FORMAT),
            of(
                "DateOnly.ToString(string? format, CultureInfo? provider): string",
                text,
                FORMAT,
            ),
            of(
                "DateOnly.ToShortDateString(): string",
                |args, site| written(&args[0], "d", site),
                &[],
            ),
            of(
                "DateOnly.ToLongDateString(): string",
                |args, site| written(&args[0], "D", site),
                &[],
            ),
        ],
        examples: &[
            example(
                r#"new DateOnly(2024, 3, 5).ToString("D")"#,
                r#""Tuesday, 05 March 2024""#,
            ),
            example(
                r#"new DateOnly(2024, 3, 5).ToString("o")"#,
                r#""2024-03-05""#,
            ),
            example(
                r#"new DateOnly(2024, 3, 5).ToString("")"#,
                r#""03/05/2024""#,
            ),
            Example {
                expr: "new DateOnly(2024, 3, 5).ToString(format)",
                input: r#"{"format":"Q"}"#,
                result: "error:format",
            },
        ],
    },
];

/// Midnight of a day, as a DateTime without a zone.
pub(crate) fn midnight(day: &Ir) -> Ir {
    let ticks = Ir::Op(Op::MulL, vec![day.clone(), Ir::Word(DAY * 2)], 0);
    Ir::Op(Op::Or, vec![ticks, Ir::Word(1)], 0)
}

/// The day of a DateTime.
pub(crate) fn day(at: Ir) -> Ir {
    let ticks = Ir::Op(Op::UShrL, vec![at, Ir::Word(1)], 0);
    Ir::Op(Op::DivL, vec![ticks, Ir::Word(DAY)], 0)
}

fn part(args: &[Ir], part: i64) -> Ir {
    Ir::Call(Fn::DatePart, vec![midnight(&args[0]), Ir::Word(part)], 0)
}

/// The format of a day that a format means; DateOnly prints `d` where DateTime prints `G`.
pub(crate) fn format(format: &str) -> &str {
    match format {
        "" => "d",
        "o" | "O" => "yyyy'-'MM'-'dd",
        "r" | "R" => "ddd, dd MMM yyyy",
        other => other,
    }
}

/// Is it a format of days alone, without a letter of the time?
pub(crate) fn is_format(format: &str) -> bool {
    if format.len() == 1 {
        return format.contains(['d', 'D', 'm', 'M', 'o', 'O', 'r', 'R', 'y', 'Y']);
    }
    let (mut quote, mut escaped) = (None, false);
    let has_time = format.chars().any(|c| match (quote, c) {
        _ if std::mem::take(&mut escaped) => false,
        (None, '\\') => {
            escaped = true;
            false
        }
        (None, '\'' | '"') => {
            quote = Some(c);
            false
        }
        (Some(open), c) => {
            quote = quote.filter(|_| open != c);
            false
        }
        (None, c) => matches!(c, 'h' | 'H' | 'm' | 's' | 'f' | 'F' | 't' | 'z' | 'K' | ':'),
    });
    !has_time && date_format::is_format(format)
}

/// A number that a day has.
fn existing(day: Ir, site: Site) -> Ir {
    let fail = || Ir::Exit(Exit::Fail(ErrorKind::OutOfRange, site)).into();
    let above = Ir::Op(Op::Gt, vec![day.clone(), Ir::Word(LAST)], 0);
    let below = Ir::Op(Op::Lt, vec![day.clone(), Ir::Word(0)], 0);
    let inner = Ir::If(above.into(), fail(), day.into());
    Ir::If(below.into(), fail(), inner.into())
}

fn written(day: &Ir, format: &str, site: Site) -> Ir {
    let format = Ir::Text(format.to_owned());
    Ir::Call(Fn::DateToText, vec![midnight(day), format], site)
}

fn text(args: Vec<Ir>, site: Site) -> Ir {
    let format = match &args[1] {
        Ir::Text(text) => Ir::Text(format(text).to_owned()),
        other => {
            let empty = Ir::Call(Fn::IsNullOrEmpty, vec![other.clone()], site);
            Ir::If(
                empty.into(),
                Ir::Text("d".to_owned()).into(),
                other.clone().into(),
            )
        }
    };
    Ir::Call(Fn::DateToText, vec![midnight(&args[0]), format], site)
}
