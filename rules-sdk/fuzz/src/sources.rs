//! Sources that nobody would write: what people wrote, cut, joined, repeated and spoilt.
//!
//! Invariants: the n-th source of a seed is always the same; most are some hundred bytes long, some up to the limit of
//! a source, a few beyond it.

use syncline_model::rules::Dialect;
use syncline_rules::stdlib::entries;

use crate::dice::Dice;

/// Longest source that is made.
const LONGEST: usize = 40 << 10;

/// What is put in between: every token of either dialect, and characters that lexers stumble over.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "$\"",
    "@\"",
    "\"\"\"",
    "$@\"{",
    "{{",
    "}}",
    ";",
    ",",
    ".",
    "?.",
    "??",
    "? ",
    ":",
    "=>",
    "==",
    "!=",
    "<=",
    ">=",
    "<<",
    ">>",
    ">>>",
    "&&",
    "||",
    "&",
    "|",
    "^",
    "~",
    "!",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "..",
    "..^",
    "^1",
    "is not null",
    "is { Length: > 3 }",
    " switch { ",
    "_ => ",
    "var x = ",
    "if (",
    " else ",
    "return ",
    "throw new Exception(",
    "new[] { ",
    "new string(",
    "(int)",
    "(string?)",
    "checked(",
    "out var n",
    "null",
    "true",
    "ignore",
    "authoritativeNull",
    "Target.",
    "%Domain.FQDN%",
    "[mail]",
    "&HFF",
    "IIF(",
    "Switch(",
    "With($x,",
    "$item",
    "NULL",
    "AuthoritativeNull",
    "CRLF",
    "//",
    "/*",
    "*/",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "\u{200b}",
    "“",
    "”",
    "ß",
    "İ",
    "😀",
    "e\u{301}",
    "\\u0041",
    "\\uD800",
    "\\x",
    "0x",
    "0b",
    "1e309",
    "99999999999999999999",
    "79228162514264337593543950335m",
    "1.5e-324",
    "2147483648",
    "mail",
    "mails",
    "n",
    "d",
    "when",
    "x => x",
    "(a, b) => a + b",
    ".Select(x => x)",
    ".Where(x => x != \"\")",
    ".Split(',')",
    ".ToString(\"",
    "Regex.Replace(mail, \"(a+)+$\", \"\")",
    "Regex.IsMatch(mail, @\"\\p{L}{1,1000}\")",
];

/// What sources are made of.
#[derive(Debug)]
pub struct Quarry {
    written: Vec<(Dialect, &'static str)>,
}

impl Default for Quarry {
    fn default() -> Self {
        let examples = entries().flat_map(|entry| {
            let dialect = entry.dialect();
            entry.examples.iter().map(move |e| (dialect, e.expr))
        });
        Self {
            written: examples.collect(),
        }
    }
}

impl Quarry {
    /// The n-th source of a seed.
    pub fn source(&self, seed: u64, n: u64) -> (Dialect, String) {
        let mut dice = Dice::of(seed, n);
        let wanted = match dice.below(1000) {
            0..=2 => LONGEST,
            3..=12 => 4 << 10,
            13..=250 => 0,
            _ => 120 + dice.below(320),
        };
        let (dialect, first) = *dice.one_of(&self.written);
        let mut source = first.to_owned();
        while source.len() < wanted {
            let joint = *dice.one_of(&[" + ", " & ", "; ", " == ", ", ", ".", " ?? ", " && ", ""]);
            match dice.below(6) {
                0 => source = format!("({source})"),
                1 if source.len() * 2 < LONGEST => {
                    let again = source.clone();
                    source.push_str(joint);
                    source.push_str(&again);
                }
                _ => {
                    source.push_str(joint);
                    source.push_str(dice.one_of(&self.written).1);
                }
            }
        }
        for _ in 0..dice.below(if wanted == 0 { 3 } else { 8 }) {
            spoil(&mut source, &mut dice);
        }
        (dialect, source)
    }
}

/// Cuts, repeats, moves or inserts something.
fn spoil(source: &mut String, dice: &mut Dice) {
    let place = |source: &str, dice: &mut Dice| {
        let at = dice.below(source.len() + 1);
        source.floor_char_boundary(at)
    };
    match dice.below(6) {
        0 => {
            let from = place(source, dice);
            let to = source.floor_char_boundary(from + dice.below(12));
            source.replace_range(from..to.max(from), "");
        }
        1 => {
            let from = place(source, dice);
            let to = source.floor_char_boundary((from + dice.below(40)).min(source.len()));
            let part = source[from..to.max(from)].to_owned();
            let at = place(source, dice);
            source.insert_str(at, &part);
        }
        2 => {
            let at = place(source, dice);
            let piece = dice.one_of(PIECES).repeat(1 + dice.below(3));
            source.insert_str(at, &piece);
        }
        3 => {
            let at = place(source, dice);
            let times = 1 << dice.below(10);
            let piece = dice.one_of(PIECES).repeat(times);
            source.insert_str(at, &piece);
        }
        4 => {
            let at = place(source, dice);
            source.truncate(at);
        }
        _ => {
            let at = place(source, dice);
            let c = char::from_u32(dice.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
            source.insert(at, c);
        }
    }
}
