//! The words of the language that are no library: keywords, literals, types; and how attributes are written.
//!
//! Invariants: what is offered here is accepted by the parser where it is offered.

use syncline_model::rules::Dialect;

/// A word and what it does, in one line.
pub(super) type Word = (&'static str, &'static str);

/// Where a value begins.
pub(super) const VALUES: &[Word] = &[
    ("null", "No value."),
    ("true", "True."),
    ("false", "False."),
    ("ignore", "Leave the target attribute as it is."),
    (
        "authoritativeNull",
        "No value, and no other source may give one.",
    ),
    (
        "new",
        "A new value: `new DateTime(2026, 1, 31)`, `new[] { \"a\" }`.",
    ),
    (
        "throw",
        "Refuse the object: `throw new Exception(\"why\")`.",
    ),
    (
        "Target",
        "The linked target object, as it was last read: `Target.mail`.",
    ),
];

/// Where a statement begins.
pub(super) const STATEMENTS: &[Word] = &[
    ("return", "The answer."),
    ("var", "A name for a value."),
    ("if", "A choice: `if (…) { … } else { … }`."),
    (
        "else",
        "What happens where the condition before does not hold.",
    ),
    (
        "throw",
        "Refuse the object: `throw new Exception(\"why\");`.",
    ),
];

/// After a complete value.
pub(super) const OPERATORS: &[Word] = &[
    ("is", "A test against a pattern: `x is not null`."),
    (
        "switch",
        "A choice by patterns: `x switch { \"a\" => 1, _ => 0 }`.",
    ),
    ("as", "The value as another type, or no value."),
    ("and", "Both patterns."),
    ("or", "One of the patterns."),
    ("when", "A condition of an arm."),
];

/// Where a pattern begins.
pub(super) const PATTERNS: &[Word] = &[
    ("null", "No value."),
    ("not", "Anything but the pattern."),
    ("true", "True."),
    ("false", "False."),
    ("var", "Anything, under a name."),
    ("string", "A text."),
    ("int", "A whole number of 32 bits."),
    ("long", "A whole number of 64 bits."),
    ("double", "A number with a floating point."),
    ("bool", "True or false."),
    ("_", "Anything."),
];

/// After `new`.
pub(super) const MADE: &[Word] = &[
    ("string", "A text of characters."),
    ("List", "A list: `new List<string> { \"a\" }`."),
    ("HashSet", "A list without repetitions."),
    ("DateTime", "An instant."),
    ("DateOnly", "A day."),
    ("TimeSpan", "A length of time."),
    ("Guid", "A GUID."),
    ("Regex", "A regular expression."),
    ("Exception", "After `throw`: why the object is refused."),
];

/// Where a value of the `entra` dialect begins.
pub(super) const LITERALS: &[Word] = &[
    ("NULL", "No value; another source may give one."),
    (
        "AuthoritativeNull",
        "No value, and no other source may give one.",
    ),
    ("IgnoreThisFlow", "Leave the target attribute as it is."),
    ("True", "True."),
    ("False", "False."),
    ("CRLF", "A line break."),
    ("vbTextCompare", "Compare without regard to case."),
    ("vbBinaryCompare", "Compare exactly."),
    ("CaseInsensitive", "Compare without regard to case."),
    ("CaseSensitive", "Compare exactly."),
    ("Unicode", "The encoding UTF-16."),
    ("UTF8", "The encoding UTF-8."),
    ("ASCII", "The encoding ASCII."),
];

/// Types with static members.
pub(super) const TYPES: &[Word] = &[
    ("string", "Texts."),
    ("Regex", "Regular expressions."),
    ("DateTime", "Instants."),
    ("DateOnly", "Days."),
    ("TimeSpan", "Lengths of time."),
    ("Guid", "GUIDs."),
    ("Math", "Numbers."),
    ("Convert", "Conversions."),
    ("Encoding", "Texts as octets."),
    ("Enumerable", "Lists of numbers or repetitions."),
    ("char", "Characters."),
    ("int", "Whole numbers of 32 bits."),
    ("long", "Whole numbers of 64 bits."),
    ("double", "Numbers with a floating point."),
    ("decimal", "Numbers with decimal places."),
    ("bool", "Truth values."),
    ("byte", "Whole numbers of 8 bits."),
    ("BitConverter", "Octets of numbers."),
    ("Bits", "Single bits of numbers."),
    ("Dn", "Distinguished names."),
    ("Sid", "Security identifiers."),
    (
        "Random",
        "Numbers that look random and are the same for one object.",
    ),
    ("Environment", "Line breaks."),
    ("CultureInfo", "The invariant culture."),
    ("StringComparison", "How texts are compared."),
    ("StringComparer", "How texts of a list are compared."),
    ("StringSplitOptions", "How texts are split."),
    ("RegexOptions", "How patterns match."),
    ("MidpointRounding", "How numbers are rounded."),
    ("NumberStyles", "How numbers are read."),
    ("DateTimeStyles", "How dates are read."),
    ("DateTimeKind", "Whether a zone is known."),
    ("DayOfWeek", "Days of the week."),
    ("NormalizationForm", "Forms of Unicode."),
    ("UnicodeCategory", "Kinds of characters."),
];

/// Words after which an expression goes on, so that they are no complete value.
pub(super) fn goes_on(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "throw"
            | "new"
            | "is"
            | "as"
            | "not"
            | "and"
            | "or"
            | "when"
            | "out"
            | "var"
            | "else"
            | "if"
            | "switch"
    )
}

pub(super) fn is_predefined(word: &str) -> bool {
    matches!(
        word,
        "string" | "int" | "long" | "double" | "bool" | "char" | "decimal"
    )
}

/// Words that are never read as the name of an attribute.
fn is_reserved(word: &str) -> bool {
    goes_on(word)
        || is_predefined(word)
        || matches!(
            word,
            "null"
                | "true"
                | "false"
                | "default"
                | "checked"
                | "unchecked"
                | "byte"
                | "sbyte"
                | "short"
                | "ushort"
                | "uint"
                | "ulong"
                | "float"
                | "object"
                | "nameof"
                | "typeof"
                | "await"
                | "delegate"
                | "from"
                | "while"
                | "for"
                | "foreach"
                | "do"
                | "using"
                | "class"
                | "_"
        )
}

/// A word that means something by itself, in either dialect.
pub(super) fn is_word(word: &str) -> bool {
    let known = [VALUES, STATEMENTS, OPERATORS, PATTERNS, LITERALS];
    is_reserved(word)
        || matches!(word, "Target" | "Encoding" | "System")
        || known.into_iter().flatten().any(|(known, _)| *known == word)
}

/// An attribute as an expression names it.
pub(super) fn attribute(name: &str, dialect: Dialect, hidden: impl Fn(&str) -> bool) -> String {
    let mut chars = name.chars();
    let begins = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let plain = begins && chars.all(|c| c.is_alphanumeric() || c == '_');
    match dialect {
        Dialect::Entra => format!("[{name}]"),
        Dialect::Csharp if plain && !is_reserved(name) && !hidden(name) => name.to_owned(),
        Dialect::Csharp => format!("`{name}`"),
    }
}

/// A member of `Target` as an expression names it; none where that cannot be written.
pub(super) fn target(name: &str) -> Option<&str> {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (plain && name.starts_with(|c: char| c.is_alphabetic() || c == '_')).then_some(name)
}
