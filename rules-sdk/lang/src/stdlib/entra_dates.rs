//! Dates: the functions of Entra Connect and of Entra provisioning.
//!
//! Source: as of the texts; format strings are those of .NET.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::{Ir, Site};

/// UTC is assumed where a text names no zone, and is the zone of every result.
const UNIVERSAL: i64 = 64 | 16;

/// `DateTimeStyles.AllowLeadingWhite` and `AllowTrailingWhite`.
const WHITE_ENDS: i64 = 1 | 2;

/// How provisioning writes dates: as the invariant culture does, without leading zeros.
pub(crate) const PROVISIONING_DATE: &str = "M/d/yyyy h:mm:ss tt";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "A date from its number in Active Directory (100 ns since 1601), and back.",
        cost: "32 units",
        advice: "the number must be a date from 1601 to 9999",
        overloads: &[
            Overload {
                signature: "entra DateFromNum(long value): DateTime",
                lower: Lower::Rt(Fn::DateFromFileTime),
                errors: &[ErrorKind::OutOfRange],
            },
            // What the schema already knows to be a date.
            Overload::sure(
                "entra DateFromNum(DateTime value): DateTime",
                Lower::With(same),
            ),
            Overload {
                signature: "entra NumFromDate(string value): long",
                lower: Lower::With(number_from_text),
                errors: &[ErrorKind::Format, ErrorKind::OutOfRange],
            },
            Overload {
                signature: "entra NumFromDate(DateTime value): long",
                lower: Lower::Rt(Fn::DateToFileTime),
                errors: &[ErrorKind::OutOfRange],
            },
        ],
        examples: &[
            Example::with(
                r#"FormatDateTime(DateFromNum(129699324000000000), "yyyy-MM-dd HH:mm:ss")"#,
                "{}",
                r#""2012-01-01 23:00:00""#,
            ),
            Example::with(
                r#"NumFromDate(CDate("2012-01-01 23:00:00"))"#,
                "{}",
                "129699324000000000",
            ),
            Example::with(
                "NumFromDate(DateFromNum([pwdLastSet]))",
                r#"{"pwdLastSet":0}"#,
                "0",
            ),
            Example::with(
                r#"NumFromDate(Join("", [hireDate], "T23:59:59-08:00"))"#,
                r#"{"hireDate":"2020-02-03"}"#,
                "132252767990000000",
            ),
            Example::with("NumFromDate(DateFromNum(-1))", "{}", "error:out_of_range"),
        ],
    },
    Entry {
        summary: "A text as a date in UTC.",
        cost: "256 units",
        advice: "the text must be a date",
        overloads: &[
            Overload {
                signature: "entra CDate(string str): DateTime",
                lower: Lower::Then(Fn::DateParse, &[UNIVERSAL]),
                errors: &[ErrorKind::Format],
            },
            Overload::sure("entra CDate(DateTime value): DateTime", Lower::With(same)),
        ],
        examples: &[
            Example::with(
                r#"FormatDateTime(CDate("2013-01-10 4:00 PM -8"), "yyyy-MM-dd HH:mm")"#,
                "{}",
                r#""2013-01-11 00:00""#,
            ),
            Example::with("CDate(Now()) = Now()", "{}", "true"),
            Example::with(
                "#pragma provisioning\nCDate([hired])",
                r#"{"hired":"2021-06-30+08:00"}"#,
                r#""6/29/2021 4:00:00 PM""#,
            ),
            Example::with(r#"CDate("soon")"#, "{}", "error:format"),
        ],
    },
    Entry {
        summary: "Whether a text is a date.",
        cost: "256 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra IsDate(string? expression): bool",
            Lower::With(is_date),
        )],
        examples: &[
            Example::with(r#"IsDate("2013-01-10 4:00 PM")"#, "{}", "true"),
            Example::with(r#"IsDate("soon")"#, "{}", "false"),
            Example::with("IsDate([sn])", r#"{"sn":null}"#, "false"),
        ],
    },
    Entry {
        summary: "A date in a format, or a text in one format written in another.",
        cost: "256 units",
        advice: "the text must be a date in the first format",
        overloads: &[
            Overload {
                signature: "entra FormatDateTime(DateTime value, string format): string",
                lower: Lower::Rt(Fn::DateToText),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "entra FormatDateTime(string source, string? dateTimeStyles, string inputFormat, string outputFormat): string",
                lower: Lower::With(reformatted),
                errors: &[ErrorKind::Format],
            },
            Overload {
                signature: "entra FormatDateTime(DateTime source, string? dateTimeStyles, string inputFormat, string outputFormat): string",
                lower: Lower::With(formatted),
                errors: &[ErrorKind::Format],
            },
        ],
        examples: &[
            Example::with(
                r#"FormatDateTime(CDate("2007-12-25"), "yyyy-MM-dd")"#,
                "{}",
                r#""2007-12-25""#,
            ),
            Example::with(
                r#"FormatDateTime(DateFromNum([pwdLastSet]), "yyyyMMddHHmmss.0Z")"#,
                r#"{"pwdLastSet":129699324000000000}"#,
                r#""20120101230000.0Z""#,
            ),
            Example::with(
                r#"FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")"#,
                r#"{"extensionAttribute1":"20150123105347.1Z"}"#,
                r#""2015-01-23""#,
            ),
            Example::with(
                r#"FormatDateTime(CDate([hired]), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")"#,
                r#"{"hired":"6/30/2021"}"#,
                r#""2021-06-30""#,
            ),
            Example::with(
                r#"FormatDateTime(" 2020-01-31 ", , "yyyy-MM-dd", "yyyyMMdd")"#,
                "{}",
                r#""20200131""#,
            ),
            Example::with(
                r#"FormatDateTime("", , "yyyy", "yyyy")"#,
                "{}",
                "error:format",
            ),
        ],
    },
    Entry {
        summary: "A date and so many intervals: yyyy year, q quarter, m month, y d w day, ww week, h hour, n minute, s second.",
        cost: "64 units",
        advice: "the interval must be one of these, the result a date before the year 10000",
        overloads: &[
            Overload {
                signature: "entra DateAdd(string interval, long value, DateTime date): DateTime",
                lower: Lower::Rt(Fn::EntraDateAdd),
                errors: &[ErrorKind::Argument, ErrorKind::OutOfRange],
            },
            Overload {
                signature: "entra DateAdd(string interval, long value, string dateTime): string",
                lower: Lower::With(add_to_text),
                errors: &[
                    ErrorKind::Argument,
                    ErrorKind::Format,
                    ErrorKind::OutOfRange,
                ],
            },
        ],
        examples: &[
            Example::with(
                r#"FormatDateTime(DateAdd("m", 3, CDate("2001-01-01")), "yyyy-MM-dd")"#,
                "{}",
                r#""2001-04-01""#,
            ),
            Example::with(
                r#"FormatDateTime(DateAdd("m", 1, CDate("2012-01-31")), "yyyy-MM-dd")"#,
                "{}",
                r#""2012-02-29""#,
            ),
            Example::with(
                r#"FormatDateTime(DateAdd("q", -1, CDate("2012-01-31")), "yyyy-MM-dd")"#,
                "{}",
                r#""2011-10-31""#,
            ),
            Example::with(
                r#"DateAdd("d", 7, "3/16/2012 7:00:00 AM")"#,
                "{}",
                r#""3/23/2012 7:00:00 AM""#,
            ),
            Example::with(r#"DateAdd("x", 7, "2012-03-16")"#, "{}", "error:argument"),
            Example::with(r#"DateAdd("d", 7, "")"#, "{}", "error:format"),
        ],
    },
    Entry {
        summary: "How many intervals lie between two dates; calendar years, quarters, months and weeks, whole days and less.",
        cost: "64 units",
        advice: "the interval must be one of those of DateAdd, the texts must be dates",
        overloads: &[
            Overload {
                signature: "entra DateDiff(string interval, DateTime date1, DateTime date2): long",
                lower: Lower::Rt(Fn::EntraDateDiff),
                errors: &[ErrorKind::Argument],
            },
            Overload {
                signature: "entra DateDiff(string interval, string date1, string date2): long",
                lower: Lower::With(between_texts),
                errors: &[ErrorKind::Argument, ErrorKind::Format],
            },
            Overload {
                signature: "entra DateDiff(string interval, DateTime date1, string date2): long",
                lower: Lower::With(to_text),
                errors: &[ErrorKind::Argument, ErrorKind::Format],
            },
            Overload {
                signature: "entra DateDiff(string interval, string date1, DateTime date2): long",
                lower: Lower::With(from_text),
                errors: &[ErrorKind::Argument, ErrorKind::Format],
            },
        ],
        examples: &[
            Example::with(r#"DateDiff("yyyy", "2021-12-31", "2022-01-01")"#, "{}", "1"),
            Example::with(r#"DateDiff("m", "2021-12-31", "2022-01-01")"#, "{}", "1"),
            Example::with(
                r#"DateDiff("d", "2022-01-01 12:00", "2022-01-03 11:00")"#,
                "{}",
                "1",
            ),
            // From a Saturday to the Sunday after it.
            Example::with(r#"DateDiff("ww", "2022-01-01", "2022-01-02")"#, "{}", "1"),
            Example::with(r#"DateDiff("w", "2022-01-01", "2022-01-02")"#, "{}", "0"),
            Example::with(
                r#"DateDiff("d", "2022-01-01", CDate([ends]))"#,
                r#"{"ends":"2022-01-31"}"#,
                "30",
            ),
            Example::with(r#"DateDiff("d", "", "2022-01-02")"#, "{}", "error:format"),
        ],
    },
];

fn same(mut args: Vec<Ir>, _: Site) -> Ir {
    args.pop().unwrap_or(Ir::Word(0))
}

fn parsed(text: Option<Ir>, site: Site) -> Ir {
    let text = text.unwrap_or(Ir::Word(0));
    Ir::Call(Fn::DateParse, vec![text, Ir::Word(UNIVERSAL)], site)
}

/// Provisioning has dates as texts.
fn add_to_text(args: Vec<Ir>, site: Site) -> Ir {
    let mut args = args;
    let at = parsed(args.pop(), site);
    args.push(at);
    let later = Ir::Call(Fn::EntraDateAdd, args, site);
    let format = Ir::Text(PROVISIONING_DATE.to_owned());
    Ir::Call(Fn::DateToText, vec![later, format], site)
}

fn between_texts(args: Vec<Ir>, site: Site) -> Ir {
    between(args, (true, true), site)
}

fn from_text(args: Vec<Ir>, site: Site) -> Ir {
    between(args, (true, false), site)
}

fn to_text(args: Vec<Ir>, site: Site) -> Ir {
    between(args, (false, true), site)
}

/// The difference of two dates, of which some are texts.
fn between(args: Vec<Ir>, texts: (bool, bool), site: Site) -> Ir {
    let mut args = args.into_iter();
    let mut next = |is_text| match (is_text, args.next()) {
        (true, text) => parsed(text, site),
        (false, date) => date.unwrap_or(Ir::Word(0)),
    };
    let (interval, from, to) = (next(false), next(texts.0), next(texts.1));
    Ir::Unbox(Ir::Call(Fn::EntraDateDiff, vec![interval, from, to], site).into())
}

/// What is a date already only needs the last format.
fn formatted(mut args: Vec<Ir>, site: Site) -> Ir {
    let format = args.pop().unwrap_or(Ir::Word(0));
    let date = args.into_iter().next().unwrap_or(Ir::Word(0));
    Ir::Call(Fn::DateToText, vec![date, format], site)
}

fn number_from_text(mut args: Vec<Ir>, site: Site) -> Ir {
    args.push(Ir::Word(UNIVERSAL));
    let date = Ir::Call(Fn::DateParse, args, site);
    Ir::Call(Fn::DateToFileTime, vec![date], site)
}

fn is_date(mut args: Vec<Ir>, site: Site) -> Ir {
    args.push(Ir::Word(UNIVERSAL));
    let parsed = Ir::Call(Fn::DateTryParse, args, site);
    Ir::Op(crate::ir::Op::Not, vec![Ir::IsNull(parsed.into())], 0)
}

fn reformatted(args: Vec<Ir>, site: Site) -> Ir {
    let mut args = args.into_iter();
    let source = args.next().unwrap_or(Ir::Word(0));
    // Styles say how cultures count; white space at the ends does not count, as where none are given.
    let formats = Ir::Items(args.by_ref().skip(1).take(1).collect(), site);
    let parsed = Ir::Call(
        Fn::DateParseExact,
        vec![source, formats, Ir::Word(UNIVERSAL | WHITE_ENDS)],
        site,
    );
    let format = args.next().unwrap_or(Ir::Word(0));
    Ir::Call(Fn::DateToText, vec![parsed, format], site)
}
