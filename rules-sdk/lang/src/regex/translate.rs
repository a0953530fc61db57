//! The pattern of .NET as one of the parser's language.
//!
//! Invariants: what both languages write the same and mean otherwise is written out; what the parser lacks is refused by
//! name. `\b{end-half}` of the parser stands for "before a last line feed", which it cannot say.
//!
//! Source: "Regular expression language - quick reference" of the .NET documentation.

use super::{Options, RegexError};

/// What .NET's `$` and `\Z` mean beside the very end.
const LAST_LINE: &str = r"\b{end-half}";
const WORD: &str = r"\p{L}\p{Mn}\p{Nd}\p{Pc}";
const SPACE: &str = r"\x09-\x0d\x{85}\p{Z}";

/// Blocks of Unicode, by .NET's names.
const BLOCKS: &[(&str, u32, u32)] = &[
    ("Arabic", 0x600, 0x6ff),
    ("Armenian", 0x530, 0x58f),
    ("BasicLatin", 0, 0x7f),
    ("Bopomofo", 0x3100, 0x312f),
    ("CJKSymbolsandPunctuation", 0x3000, 0x303f),
    ("CJKUnifiedIdeographs", 0x4e00, 0x9fff),
    ("CombiningDiacriticalMarks", 0x300, 0x36f),
    ("CurrencySymbols", 0x20a0, 0x20cf),
    ("Cyrillic", 0x400, 0x4ff),
    ("CyrillicSupplement", 0x500, 0x52f),
    ("Devanagari", 0x900, 0x97f),
    ("GeneralPunctuation", 0x2000, 0x206f),
    ("Georgian", 0x10a0, 0x10ff),
    ("Greek", 0x370, 0x3ff),
    ("GreekandCoptic", 0x370, 0x3ff),
    ("GreekExtended", 0x1f00, 0x1fff),
    ("HalfwidthandFullwidthForms", 0xff00, 0xffef),
    ("HangulJamo", 0x1100, 0x11ff),
    ("HangulSyllables", 0xac00, 0xd7af),
    ("Hebrew", 0x590, 0x5ff),
    ("Hiragana", 0x3040, 0x309f),
    ("IPAExtensions", 0x250, 0x2af),
    ("Katakana", 0x30a0, 0x30ff),
    ("Latin-1Supplement", 0x80, 0xff),
    ("LatinExtended-A", 0x100, 0x17f),
    ("LatinExtended-B", 0x180, 0x24f),
    ("LatinExtendedAdditional", 0x1e00, 0x1eff),
    ("LetterlikeSymbols", 0x2100, 0x214f),
    ("NumberForms", 0x2150, 0x218f),
    ("SpacingModifierLetters", 0x2b0, 0x2ff),
    ("Thai", 0xe00, 0xe7f),
];

/// A translated pattern.
pub(super) struct Translated {
    pub pattern: String,
    /// The name of each group, in the order of their parentheses.
    pub groups: Vec<Option<String>>,
}

impl Translated {
    /// The parser's groups in .NET's order: the whole match, the unnamed ones, the named ones.
    pub fn order(&self) -> Vec<usize> {
        let numbered = |named: bool| {
            let groups = self.groups.iter().enumerate();
            groups
                .filter(move |(_, name)| name.is_some() == named)
                .map(|(index, _)| index + 1)
        };
        let mut order = vec![0];
        order.extend(numbered(false));
        order.extend(numbered(true));
        order
    }
}

pub(super) fn translate(pattern: &str, options: Options) -> Result<Translated, RegexError> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        groups: Vec::new(),
        options,
    };
    translator.run()?;
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

struct Translator<'p> {
    rest: &'p str,
    out: String,
    groups: Vec<Option<String>>,
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
            return if self.options.explicit_capture {
                self.out.push_str("(?:");
                Ok(())
            } else {
                self.groups.push(None);
                self.out.push('(');
                Ok(())
            };
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
                let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
                if name.is_empty() || !is_name || self.groups.contains(&Some(name.to_owned())) {
                    return malformed("a group needs a name of letters and digits, once");
                }
                // The parser is given groups without names, so that any name will do.
                self.groups.push(Some(name.to_owned()));
                self.out.push('(');
                self.rest = rest;
                return Ok(());
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
        self.out.push_str("(?");
        self.out
            .push_str(options.strip_suffix('-').unwrap_or(options));
        self.rest = &self.rest[end..];
        Ok(())
    }

    fn class(&mut self) -> Result<(), RegexError> {
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let Some(c) = self.next() else {
                return malformed("a class is not closed");
            };
            match c {
                ']' if !is_first => {
                    self.out.push(']');
                    return Ok(());
                }
                ']' => self.out.push_str(r"\]"),
                // `[a-z-[aeiou]]`
                '-' if self.rest.starts_with('[') => {
                    self.next();
                    self.out.push_str("--");
                    self.class()?;
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
                return Err(RegexError::Unsupported("back-references (\\1)"));
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
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            '0'..='7' => self.octal(c),
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

    fn hexadecimal(&mut self, digits: usize) -> Result<(), RegexError> {
        let code = self.rest.get(..digits);
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(code) = code.filter(|code| char::from_u32(*code).is_some()) else {
            return malformed("a hexadecimal escape needs all its digits and names a character");
        };
        self.rest = &self.rest[digits..];
        self.out.push_str(&format!(r"\x{{{code:x}}}"));
        Ok(())
    }

    fn octal(&mut self, first: char) {
        let mut code = u32::from(first) - u32::from('0');
        for _ in 0..2 {
            let next = self.rest.chars().next().and_then(|c| c.to_digit(8));
            let Some(digit) = next else { break };
            code = code * 8 + digit;
            self.next();
        }
        self.out.push_str(&format!(r"\x{{{:x}}}", code & 0xff));
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
        self.out.push_str(&format!(r"\{c}{{{name}}}"));
        self.rest = rest;
        Ok(())
    }
}
