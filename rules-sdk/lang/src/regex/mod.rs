//! Regular expressions of .NET, compiled to programs of the runtime.
//!
//! Invariants: a program runs in linear time; what cannot (back-references, look-around and the like) is refused by name when
//! the rule is checked, never when it runs; groups are numbered as .NET numbers them, unnamed ones first.

mod blocks;
mod casing;
mod columns;
pub(crate) mod groups;
mod program;
mod table;
mod translate;

use std::fmt;

/// Longest pattern, in octets.
pub(crate) const PATTERN_MAX: usize = 2_048;

/// What `RegexOptions` ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub ignore_case: bool,
    pub multiline: bool,
    pub singleline: bool,
    pub explicit_capture: bool,
    pub ignore_white_space: bool,
}

impl Options {
    /// From .NET's numbers; compilation, culture and the like change nothing here.
    ///
    /// # Errors
    /// The name of an option that cannot be had.
    pub fn of(bits: i64) -> Result<Self, &'static str> {
        match bits {
            bits if bits & 64 != 0 => Err("RightToLeft"),
            bits if bits & 256 != 0 => Err("ECMAScript"),
            bits => Ok(Self {
                ignore_case: bits & 1 != 0,
                multiline: bits & 2 != 0,
                explicit_capture: bits & 4 != 0,
                singleline: bits & 16 != 0,
                ignore_white_space: bits & 32 != 0,
            }),
        }
    }
}

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// For the runtime.
    pub program: String,
    /// Name of each group, the whole match included; unnamed ones have none.
    pub groups: Vec<Option<String>>,
}

impl Regex {
    /// The place of a group by its name or number.
    pub fn group(&self, name: &str) -> Option<usize> {
        groups::place(&self.groups, name)
    }

    /// A replacement with places in the stead of names and of numbers that are none.
    pub fn replacement(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push_str("$$");
                rest = after;
                continue;
            }
            let angled = rest.strip_prefix('{').and_then(|r| r.split_once('}'));
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (name, tail) = angled.unwrap_or(rest.split_at(digits));
            let as_number = name.parse::<usize>().ok();
            match self.group(name) {
                Some(place) if angled.is_none() && as_number == Some(place) => {
                    out.push('$');
                    out.push_str(name);
                    rest = tail;
                }
                Some(place) => {
                    out.push_str(&format!("${{{place}}}"));
                    rest = tail;
                }
                // A place that is no number of a group.
                None if as_number.is_some_and(|n| n < self.groups.len()) => out.push_str("$$"),
                None => out.push('$'),
            }
        }
        out.push_str(rest);
        out
    }
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegexError {
    /// .NET knows it and a linear machine does not.
    Unsupported(&'static str),
    /// It is none.
    Malformed(String),
    /// It is larger than a rule may be.
    TooLarge(&'static str),
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(what) => write!(
                f,
                "the pattern uses {what}, which cannot be matched in linear time"
            ),
            Self::Malformed(why) => write!(f, "the pattern is no regular expression: {why}"),
            Self::TooLarge(what) => write!(f, "the pattern is too large: {what}"),
        }
    }
}

/// Compiles a pattern.
pub(crate) fn compile(pattern: &str, options: Options) -> Result<Regex, RegexError> {
    if pattern.len() > PATTERN_MAX {
        return Err(RegexError::TooLarge("more than 2,048 octets"));
    }
    let translated = translate::translate(pattern, options)?;
    let hir = regex_syntax::ParserBuilder::new()
        .multi_line(options.multiline)
        .dot_matches_new_line(options.singleline)
        .ignore_whitespace(options.ignore_white_space)
        .nest_limit(64)
        .build()
        .parse(&translated.pattern)
        .map_err(|error| RegexError::Malformed(why(&error)))?;
    let (places, groups) = translated.groups.places();
    let program = program::assemble(&hir, &places, groups.len())?;
    Ok(Regex { program, groups })
}

/// A program without its table: what is part of the meaning of a rule, so that no better table withdraws an approval.
pub(crate) fn instructions(program: &str) -> &str {
    let Some((head, table)) = program
        .len()
        .checked_sub(4)
        .map(|end| program.split_at(end))
    else {
        return program;
    };
    let octets = table.bytes();
    let words = octets.fold(0, |sum, octet| {
        sum << 6 | usize::from(octet).saturating_sub(0x30)
    });
    &head[..head.len().saturating_sub(words * 4)]
}

/// The reason in one line.
fn why(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned(),
    }
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;
