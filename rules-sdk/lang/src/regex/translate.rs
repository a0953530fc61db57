//! The pattern of .NET as one of the parser's language.
//!
//! Invariants: what both languages write the same and mean otherwise is written out; what the parser lacks is refused by
//! name. `\b{end-half}` of the parser stands for "before a last line feed", which it cannot say.
//!
//! Source: "Regular expression language - quick reference" of the .NET documentation.

use super::blocks::{BLOCKS, CATEGORIES};
use super::casing;
use super::groups::{Key, Numbering};
use super::{Options, RegexError};

/// What .NET's `$` and `\Z` mean beside the very end.
const LAST_LINE: &str = r"\b{end-half}";
const WORD: &str = r"\p{L}\p{Mn}\p{Nd}\p{Pc}";
const BACK_REFERENCES: &str = "back-references (\\1)";
const SPACE: &str = r"\x09-\x0d\x{85}\p{Z}";

/// A translated pattern.
pub(super) struct Translated {
    pub pattern: String,
    /// What each parenthesis captures, in their order.
    pub groups: Numbering,
}

pub(super) fn translate(pattern: &str, options: Options) -> Result<Translated, RegexError> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        groups: Numbering::default(),
        codes: Vec::new(),
        scope: Scope {
            ignore_case: options.ignore_case,
            spaced: options.ignore_white_space,
            captures: None,
        },
        around: Vec::new(),
        options,
    };
    translator.run()?;
    // `\10` is a back-reference where there are ten groups and a character otherwise.
    let numbers = translator.groups.numbers();
    if translator.codes.iter().any(|code| numbers.contains(code)) {
        return Err(RegexError::Unsupported(BACK_REFERENCES));
    }
    Ok(Translated {
        pattern: translator.out,
        groups: translator.groups,
    })
}

/// How the last element is repeated.
#[derive(Clone, Copy)]
enum Repeated {
    No,
    /// By a number that is not closed yet.
    Open,
    Once,
    /// And as seldom as possible.
    Lazy,
}

/// What holds up to the next closing parenthesis.
#[derive(Clone)]
struct Scope {
    ignore_case: bool,
    /// Blanks and comments do not count.
    spaced: bool,
    captures: Option<Key>,
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    groups: Numbering,
    /// Numbers behind a backslash that are octal, unless a group has them.
    codes: Vec<u32>,
    scope: Scope,
    around: Vec<Scope>,
    options: Options,
}

fn malformed<T>(why: &str) -> Result<T, RegexError> {
    Err(RegexError::Malformed(why.to_owned()))
}

impl Translator<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn take(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, c: char) {
        self.out
            .push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4])));
    }

    /// A character that stands for itself, and for its other cases where those are the same.
    fn code(&mut self, code: u32, in_class: bool) {
        let cases = char::from_u32(code).map(casing::of).unwrap_or_default();
        if !in_class && self.scope.ignore_case && !cases.is_empty() {
            self.out.push('[');
            self.out.extend(cases);
            self.out.push(']');
        } else {
            self.out.push_str(&format!(r"\x{{{code:x}}}"));
        }
    }

    /// Behind an opening parenthesis.
    fn enter(&mut self, captures: Option<Key>) -> Result<(), RegexError> {
        if captures.is_some() {
            let mut open = self.around.iter().chain([&self.scope]);
            if open.any(|scope| scope.captures == captures) {
                return Err(RegexError::Unsupported(
                    "a group inside a group of the same name",
                ));
            }
        }
        let inner = Scope {
            captures,
            ..self.scope.clone()
        };
        self.around.push(std::mem::replace(&mut self.scope, inner));
        Ok(())
    }

    fn run(&mut self) -> Result<(), RegexError> {
        let mut repeated = Repeated::No;
        while let Some(c) = self.next() {
            repeated = match (c, repeated) {
                ('*' | '+' | '?', Repeated::No) => Repeated::Once,
                ('{', Repeated::No) if self.is_quantifier() => Repeated::Open,
                ('0'..='9' | ',', Repeated::Open) => Repeated::Open,
                ('}', Repeated::Open) => Repeated::Once,
                ('?', Repeated::Once) => Repeated::Lazy,
                ('*' | '+' | '?', Repeated::Once | Repeated::Lazy) => {
                    return malformed("a quantifier stands behind a quantifier");
                }
                ('{', Repeated::Once | Repeated::Lazy) if self.is_quantifier() => {
                    return malformed("a quantifier stands behind a quantifier");
                }
                _ => Repeated::No,
            };
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.group()?,
                '$' => self.out.push_str(&format!("(?:$|{LAST_LINE})")),
                ')' => {
                    self.out.push(')');
                    if let Some(outer) = self.around.pop() {
                        self.scope = outer;
                    }
                }
                '#' if self.scope.spaced => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.rest = &self.rest[end..];
                }
                c if self.scope.ignore_case && !casing::of(c).is_empty() => {
                    self.code(u32::from(c), false);
                }
                '{' if !self.is_quantifier() => self.out.push_str(r"\{"),
                '}' if !self.closes_quantifier() => self.out.push_str(r"\}"),
                c => self.out.push(c),
            }
        }
        Ok(())
    }

    /// Whether what follows a brace makes it a quantifier.
    fn is_quantifier(&self) -> bool {
        let Some((inner, _)) = self.rest.split_once('}') else {
            return false;
        };
        let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        !least.is_empty() && is_number(least) && is_number(most)
    }

    /// Whether a closing brace ends a quantifier that was written through.
    fn closes_quantifier(&self) -> bool {
        let open = self.out.rfind('{');
        open.is_some_and(|at| {
            let inner = &self.out[at + 1..];
            !self.out[..at].ends_with('\\')
                && !inner.is_empty()
                && inner.bytes().all(|b| b.is_ascii_digit() || b == b',')
        })
    }

    fn group(&mut self) -> Result<(), RegexError> {
        if !self.take("?") {
            if self.options.explicit_capture {
                self.out.push_str("(?:");
                return self.enter(None);
            }
            self.out.push('(');
            let key = self.groups.unnamed();
            return self.enter(Some(key));
        }
        for (start, what) in [
            ("=", "look-ahead (?=…)"),
            ("!", "look-ahead (?!…)"),
            ("<=", "look-behind (?<=…)"),
            ("<!", "look-behind (?<!…)"),
            (">", "atomic groups (?>…)"),
            ("(", "conditions (?(…)…)"),
        ] {
            if self.rest.starts_with(start) {
                return Err(RegexError::Unsupported(what));
            }
        }
        if self.take("#") {
            let Some((_, rest)) = self.rest.split_once(')') else {
                return malformed("a comment is not closed");
            };
            self.rest = rest;
            return Ok(());
        }
        for (open, close) in [("<", '>'), ("'", '\'')] {
            if self.take(open) {
                let Some((name, rest)) = self.rest.split_once(close) else {
                    return malformed("the name of a group is not closed");
                };
                if name.contains('-') {
                    return Err(RegexError::Unsupported("balancing groups (?<a-b>…)"));
                }
                // The parser is given groups without names, so that any name will do.
                let key = self.groups.named(name)?;
                self.out.push('(');
                self.rest = rest;
                return self.enter(Some(key));
            }
        }
        // Options, for the rest or for the group.
        let Some(end) = self.rest.find([':', ')']) else {
            return malformed("a group is not closed");
        };
        let options = &self.rest[..end];
        if options.contains('n') {
            return Err(RegexError::Unsupported(
                "the option n inside a pattern; use RegexOptions.ExplicitCapture",
            ));
        }
        if !options
            .bytes()
            .all(|b| matches!(b, b'i' | b'm' | b's' | b'x' | b'-'))
        {
            return malformed("a group begins with a question mark and nothing that is known");
        }
        let (on, off) = options.split_once('-').unwrap_or((options, ""));
        self.rest = &self.rest[end..];
        if self.rest.starts_with(':') {
            self.enter(None)?;
        }
        for (letters, set) in [(on, true), (off, false)] {
            if letters.contains('i') {
                self.scope.ignore_case = set;
            }
            if letters.contains('x') {
                self.scope.spaced = set;
            }
        }
        // The parser learns nothing of cases, and that all is Unicode where nothing is left to say.
        let kept = |letters: &str| letters.replace(['i', '-'], "");
        let written = match (kept(on), kept(off)) {
            (on, off) if on.is_empty() && off.is_empty() => "u".to_owned(),
            (on, off) if off.is_empty() => on,
            (on, off) => format!("{on}-{off}"),
        };
        self.out.push_str("(?");
        self.out.push_str(&written);
        if self.take(")") {
            self.out.push(')');
        }
        Ok(())
    }

    /// A class; what it subtracts stands outside of its negation, as in .NET.
    fn class(&mut self) -> Result<(), RegexError> {
        let before = std::mem::take(&mut self.out);
        let negated = self.take("^");
        let mut less = None;
        let mut is_first = true;
        loop {
            let Some(c) = self.next() else {
                return malformed("a class is not closed");
            };
            match c {
                ']' if !is_first => break,
                _ if less.is_some() => {
                    return malformed("what a class subtracts is the last of its parts");
                }
                ']' => self.out.push_str(r"\]"),
                // `[a-z-[aeiou]]`
                '-' if !is_first && self.rest.starts_with('[') => {
                    self.next();
                    let items = std::mem::take(&mut self.out);
                    self.class()?;
                    less = Some(std::mem::replace(&mut self.out, items));
                }
                '\\' => self.escape(true)?,
                '-' if is_first || self.rest.starts_with(']') => self.out.push_str(r"\-"),
                '-' => self.out.push('-'),
                c if c.is_ascii_punctuation() => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                // Blanks count in classes, whatever the options say.
                ' ' => self.out.push_str(r"\x20"),
                c => self.out.push(c),
            }
            is_first = false;
        }
        let mut items = std::mem::replace(&mut self.out, before);
        if self.scope.ignore_case {
            items = casing::closed(&items)?;
        }
        let sign = if negated { "^" } else { "" };
        match less {
            Some(less) => self.out.push_str(&format!("[[{sign}{items}]--{less}]")),
            None => self.out.push_str(&format!("[{sign}{items}]")),
        }
        Ok(())
    }

    fn escape(&mut self, in_class: bool) -> Result<(), RegexError> {
        let Some(c) = self.next() else {
            return malformed("it ends with a backslash");
        };
        let set = |negated: bool, set: &str| format!("[{}{set}]", if negated { "^" } else { "" });
        match c {
            'd' => self.out.push_str(r"\p{Nd}"),
            'D' => self.out.push_str(r"\P{Nd}"),
            'w' | 'W' => self.out.push_str(&set(c == 'W', WORD)),
            's' | 'S' => self.out.push_str(&set(c == 'S', SPACE)),
            'b' if in_class => self.out.push_str(r"\x08"),
            'b' | 'B' | 'A' | 'z' if !in_class => {
                self.out.push('\\');
                self.out.push(c);
            }
            'Z' if !in_class => self.out.push_str(&format!(r"(?:\z|{LAST_LINE})")),
            'G' if !in_class => return Err(RegexError::Unsupported(r"the anchor \G")),
            'k' if !in_class => return Err(RegexError::Unsupported("back-references (\\k<…>)")),
            '1'..='9' if !in_class => {
                let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 || c > '7' {
                    return Err(RegexError::Unsupported(BACK_REFERENCES));
                }
                let number = format!("{c}{}", &self.rest[..digits]);
                self.codes.extend(number.parse::<u32>());
                self.octal(c, in_class);
            }
            't' | 'n' | 'r' | 'f' | 'v' | 'a' => {
                self.out.push('\\');
                self.out.push(c);
            }
            'e' => self.out.push_str(r"\x1b"),
            'c' => match self.next() {
                Some(letter) if letter.is_ascii_alphabetic() || letter == '@' => {
                    let code = u32::from(letter.to_ascii_uppercase()) & 31;
                    self.out.push_str(&format!(r"\x{{{code:x}}}"));
                }
                _ => return malformed(r"\c needs a letter"),
            },
            'x' => self.hexadecimal(2, in_class)?,
            'u' => self.hexadecimal(4, in_class)?,
            '0'..='7' => self.octal(c, in_class),
            'p' | 'P' => self.property(c)?,
            c if c.is_alphanumeric() || c == '_' => {
                return Err(RegexError::Malformed(format!(r"`\{c}` is no escape")));
            }
            c => self.literal_escape(c),
        }
        Ok(())
    }

    fn literal_escape(&mut self, c: char) {
        if c == ' ' {
            self.out.push_str(r"\x20");
        } else if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            self.out.push('\\');
            self.out.push(c);
        } else {
            self.literal(c);
        }
    }

    fn hexadecimal(&mut self, digits: usize, in_class: bool) -> Result<(), RegexError> {
        let code = self.rest.get(..digits);
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(code) = code.filter(|code| char::from_u32(*code).is_some()) else {
            return malformed("a hexadecimal escape needs all its digits and names a character");
        };
        self.rest = &self.rest[digits..];
        self.code(code, in_class);
        Ok(())
    }

    fn octal(&mut self, first: char, in_class: bool) {
        let mut code = u32::from(first) - u32::from('0');
        for _ in 0..2 {
            let next = self.rest.chars().next().and_then(|c| c.to_digit(8));
            let Some(digit) = next else { break };
            code = code * 8 + digit;
            self.next();
        }
        self.code(code & 0xff, in_class);
    }

    fn property(&mut self, c: char) -> Result<(), RegexError> {
        let named = self.rest.strip_prefix('{').and_then(|r| r.split_once('}'));
        let Some((name, rest)) = named else {
            return malformed(r"\p needs a name in braces");
        };
        if let Some(block) = name.strip_prefix("Is") {
            let Some((_, from, to)) = BLOCKS.iter().find(|(known, ..)| *known == block) else {
                return malformed(
                    "the block of Unicode is not known; use a category such as \\p{L} or a range",
                );
            };
            let negated = if c == 'P' { "^" } else { "" };
            self.out
                .push_str(&format!(r"[{negated}\x{{{from:x}}}-\x{{{to:x}}}]"));
            self.rest = rest;
            return Ok(());
        }
        if !CATEGORIES.contains(&name) {
            return malformed(
                r"\p needs a category of Unicode such as L or Nd, or a block such as IsGreek",
            );
        }
        // Without case, the letters that have one are all the same.
        if self.scope.ignore_case && matches!(name, "Lu" | "Ll" | "Lt") {
            let negated = if c == 'P' { "^" } else { "" };
            self.out
                .push_str(&format!(r"[{negated}\p{{Lu}}\p{{Ll}}\p{{Lt}}]"));
        } else {
            self.out.push_str(&format!(r"\{c}{{{name}}}"));
        }
        self.rest = rest;
        Ok(())
    }
}
