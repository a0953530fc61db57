//! Random programs in both dialects: typed, so that nearly all of them compile.
//!
//! Invariants: what a program is follows from its tape alone; every member of the library can come up.

pub mod arguments;
pub mod entra;
pub mod kind;
pub mod library;
pub mod lists;
pub mod numbers;
pub mod parts;
pub mod patterns;
pub mod statements;
pub mod tape;
pub mod texts;
pub mod times;
pub mod trees;
pub mod truths;

use kind::{Kind, members};
use tape::Tape;

/// An expression of C# that gives this; in parentheses where an operator is outermost.
pub fn expr(t: &mut Tape<'_>, kind: Kind) -> String {
    match kind {
        Kind::Text => texts::text(t),
        Kind::Maybe => texts::maybe(t),
        Kind::Int => numbers::int(t),
        Kind::Long => numbers::long(t),
        Kind::Double => numbers::double(t),
        Kind::Decimal => numbers::decimal(t),
        Kind::Bool => truths::truth(t),
        Kind::Char => texts::char(t),
        Kind::Guid => of_library(t, kind, &["g", "(h ?? g)", "h!"]),
        Kind::Octets => of_library(t, kind, &["x", "(y ?? x)", "y!", "blobs.First()"]),
        Kind::Date => times::date(t),
        Kind::Span => times::span(t),
        Kind::Day => times::day(t),
        Kind::Texts => lists::texts(t),
        Kind::Chars => of_library(
            t,
            kind,
            &["new[] { 'a', ' ' }", "s.ToList()", "new[] { 'ß', s[0] }"],
        ),
        Kind::Ints => lists::ints(t),
        Kind::Match => of_library(t, kind, &["Regex.Match(s, \"(a+)(b)?\")"]),
        Kind::Matches => of_library(t, kind, &["Regex.Matches(s, \".\")"]),
        Kind::Enum(name) => enumeration(t, name),
    }
}

/// A leaf, or a call of the library.
fn of_library(t: &mut Tape<'_>, kind: Kind, leaves: &[&str]) -> String {
    let leaf = |t: &mut Tape<'_>| t.pick(leaves).to_owned();
    t.deeper(leaf, |t| match t.next(6) {
        0 => leaf(t),
        1 => format!("({} ? {} : {})", truths::truth(t), expr(t, kind), leaf(t)),
        _ => library::call(t, kind).unwrap_or_else(|| leaf(t)),
    })
}

fn enumeration(t: &mut Tape<'_>, name: &'static str) -> String {
    if t.next(2) == 1
        && let Some(call) = library::call(t, Kind::Enum(name))
    {
        return call;
    }
    match members(name) {
        [] => "0".to_owned(),
        of => format!("{name}.{}", t.pick(of)),
    }
}

/// A number that counts something.
pub fn small(t: &mut Tape<'_>) -> String {
    match t.next(8) {
        6 => "n".to_owned(),
        7 => numbers::int(t),
        digit => digit.to_string(),
    }
}
