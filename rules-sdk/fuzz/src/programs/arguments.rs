//! Arguments: of the type that a parameter has, and where its name says more, of that form.

use super::kind::{Kind, members};
use super::library::{Member, Param};
use super::tape::Tape;
use super::{expr, small};

/// Formats of numbers.
pub const NUMBER_FORMATS: &[&str] = &[
    "D6",
    "X",
    "x8",
    "N0",
    "F2",
    "E3",
    "P1",
    "C",
    "G3",
    "R",
    "G17",
    "0000",
    "#,##0.00",
    "0.0;(0.0);zero",
    "#.##%",
    "0.##E+00",
    "'n'0",
    "",
    "00-00",
    "#,#,",
    "0,,.0",
    ".00",
];
const DATE_FORMATS: &[&str] = &[
    "yyyy-MM-dd",
    "o",
    "s",
    "u",
    "d",
    "D",
    "G",
    "R",
    "yyyy-MM-dd HH:mm:ss.fffffff",
    "ddd, d MMM yy h:m tt",
    "dddd MMMM",
    "%d",
    "K z zz zzz",
    "'at' HH\\h",
    "yyyyMMddHHmmss.0Z",
    "gg y",
    "",
];
const SPAN_FORMATS: &[&str] = &["c", "g", "G", "hh\\:mm", "d\\.hh", "%d", "fffffff", ""];
/// Texts that some type can be read from.
const READABLE: &[&str] = &[
    "12",
    " -7 ",
    "1e3",
    "0.10",
    "-1,234.50",
    "7.5-",
    "0xFF",
    "FF",
    "(5)",
    "NaN",
    "Infinity",
    "79228162514264337593543950335",
    "9223372036854775808",
    "2147483647",
    "True",
    "false ",
    "x",
    "2024-02-29",
    "2024-02-29T23:59:59.9999999Z",
    "29.02.2024",
    "2/29/2024 4:00 PM -8",
    "0001-01-01",
    "9999-12-31",
    "Fri, 01 Mar 2024 00:00:00 GMT",
    "20240229",
    "12:30",
    "1.02:03:04.5",
    "-10675199.02:48:05.4775808",
    "00000000-0000-0000-0000-000000000000",
    "{6F9619FF-8B86-D011-B42D-00C04FC964FF}",
    "",
    "AQID",
    "AQI=",
    "6F96",
    "SGk",
];
/// Patterns: they are compiled, so each must be one.
pub const PATTERNS: &[&str] = &[
    "a",
    "^[A-Z]-\\\\d+$",
    "\\\\d+",
    "(\\\\w+)[ ,;]*(\\\\w+)?",
    "[^\\\\p{L}]",
    "(?<x>a|b|ß)*",
    "^$",
    "\\\\b\\\\w",
    ".",
    "(?i)ÄB?",
    "x{0,3}y?",
    "(a+)+$",
    "\\\\s+|-",
    "[\\\\u0100-\\\\uFFFF]",
    "",
];
const INTERVALS: &[&str] = &["yyyy", "q", "m", "y", "d", "w", "ww", "h", "n", "s", "x"];
const DNS: &[&str] = &[
    "CN=Ada\\\\, B,OU=x,DC=corp,DC=test",
    "cn=a+sn=b,o=c",
    "CN=a",
    "",
    "x",
    "CN=\\\\41,DC=\\\\,",
];

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// A format as C# writes it.
pub fn format(t: &mut Tape<'_>, of: &[&str]) -> String {
    let text = t.pick(of).replace('\\', "\\\\");
    quoted(&text)
}

/// What the name of a text parameter asks for, as a literal; `escaped` where a backslash begins an escape.
fn named(t: &mut Tape<'_>, member: &Member, param: &Param) -> Option<String> {
    let is_text = matches!(param.kind, Kind::Text | Kind::Maybe);
    Some(match (param.name, member.owner) {
        ("pattern", "Regex") => quoted(t.pick(PATTERNS)),
        ("format" | "outputFormat" | "inputFormat" | "formats", owner) if t.next(5) > 0 => {
            match owner {
                "DateTime" | "DateOnly" | "" => format(t, DATE_FORMATS),
                "TimeSpan" => format(t, SPAN_FORMATS),
                "Guid" => quoted(t.pick(&["D", "N", "B", "P", "X", "d", "Q"])),
                "int" | "long" => format(t, NUMBER_FORMATS),
                // Without those of whole numbers.
                _ => format(t, &NUMBER_FORMATS[3..]),
            }
        }
        ("fromBase" | "toBase", _) => t.pick(&["2", "8", "10", "16", "n"]).to_owned(),
        ("interval", _) => quoted(t.pick(INTERVALS)),
        ("options", "") => quoted(t.pick(&["DC", ""])),
        ("dn", _) if t.next(2) == 0 => quoted(t.pick(DNS)),
        ("pattern", "") => quoted(t.pick(&["a:b", "ä:ae,ö:oe", "a:,b:c", "x", ""])),
        _ if is_text && t.next(3) > 0 => match member.returns {
            Kind::Text | Kind::Maybe | Kind::Bool | Kind::Texts | Kind::Match | Kind::Matches => {
                return None;
            }
            Kind::Int if member.owner == "string" => return None,
            _ => quoted(t.pick(READABLE)),
        },
        _ => return None,
    })
}

/// A number that counts: mostly small.
fn counts(param: &Param) -> bool {
    let names = [
        "startIndex",
        "length",
        "count",
        "totalWidth",
        "indexA",
        "indexB",
        "digits",
        "decimals",
        "start",
        "number",
        "component",
        "limit",
        "months",
        "years",
        "hours",
        "days",
        "minutes",
        "seconds",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "millisecond",
        "minimumNumbers",
        "minimumSpecialCharacters",
        "minimumCapital",
        "minimumLowerCase",
    ];
    matches!(param.kind, Kind::Int | Kind::Long) && names.contains(&param.name)
}

/// An argument in C#.
pub fn csharp(t: &mut Tape<'_>, member: &Member, param: &Param) -> String {
    if param.name == "formats" && param.kind == Kind::Texts {
        return format!("new[] {{ {}, \"s\" }}", format(t, DATE_FORMATS));
    }
    if let Some(text) = named(t, member, param) {
        return text;
    }
    match param.kind {
        Kind::Enum("CultureInfo") => "CultureInfo.InvariantCulture".to_owned(),
        Kind::Enum(name) => format!("{name}.{}", t.pick(members(name))),
        _ if counts(param) && t.next(6) > 0 => small(t),
        kind => expr(t, kind),
    }
}

/// What an argument of the dialect of Entra must be, where its name says it.
pub fn entra(t: &mut Tape<'_>, member: &Member, param: &Param) -> Option<String> {
    if let Some(text) = named(t, member, param) {
        return Some(text);
    }
    match param.kind {
        Kind::Enum(name) => Some(t.pick(members(name)).to_owned()),
        _ if counts(param) && t.next(6) > 0 => Some(t.next(7).to_string()),
        _ => None,
    }
}
