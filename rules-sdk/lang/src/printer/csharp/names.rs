//! What can stand as a name, and how a number was written.
//!
//! Invariants: a word that means something of its own is no name.

use syncline_model::rules::Span;

use crate::stdlib;

const KEYWORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "new",
    "default",
    "checked",
    "unchecked",
    "is",
    "as",
    "switch",
    "when",
    "and",
    "or",
    "not",
    "var",
    "out",
    "if",
    "else",
    "return",
    "throw",
    "nameof",
    "typeof",
    "await",
    "delegate",
    "from",
    "while",
    "for",
    "foreach",
    "do",
    "using",
    "class",
    "string",
    "int",
    "long",
    "double",
    "bool",
    "char",
    "decimal",
    "float",
    "object",
    "byte",
    "sbyte",
    "short",
    "ushort",
    "uint",
    "ulong",
    "ignore",
    "authoritativeNull",
    "Target",
    "_",
];

/// Is it a word with a meaning of its own?
pub(in crate::printer) fn is_reserved(name: &str) -> bool {
    KEYWORDS.contains(&name) || stdlib::is_type(name)
}

/// Can it stand as a name?
pub(in crate::printer) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// Does a number stand there that begins like this?
pub(in crate::printer) fn is_hexadecimal(text: Option<&str>, span: Span, prefix: &str) -> bool {
    let written = text.and_then(|text| text.get(span.from as usize..span.to as usize));
    let head = written.and_then(|text| text.get(..2));
    head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}
