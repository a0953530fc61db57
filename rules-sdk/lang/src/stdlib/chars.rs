//! Characters.
//!
//! Invariants: a character is one UTF-16 unit; half of a pair belongs to no class.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Is it a decimal digit (category Nd)?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsDigit(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[0]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "char.IsDigit(sn[0])",
                input: r#"{"sn":"7"}"#,
                result: "true",
            },
            Example {
                expr: "char.IsDigit('x')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it a letter?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsLetter(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[1]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "char.IsLetter('é')",
                input: "{}",
                result: "true",
            },
            Example {
                expr: "char.IsLetter('1')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it a letter or a digit?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsLetterOrDigit(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[2]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: r#"new string("a-1".Where(char.IsLetterOrDigit).ToArray())"#,
                input: "{}",
                result: r#""a1""#,
            },
            Example {
                expr: "char.IsLetterOrDigit(' ')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it white space?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsWhiteSpace(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[3]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: r#"char.IsWhiteSpace('\t')"#,
                input: "{}",
                result: "true",
            },
            Example {
                expr: "char.IsWhiteSpace('x')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it an upper-case letter?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsUpper(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[4]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "char.IsUpper('É')",
                input: "{}",
                result: "true",
            },
            Example {
                expr: "char.IsUpper('1')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it a lower-case letter?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsLower(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[5]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "char.IsLower('é')",
                input: "{}",
                result: "true",
            },
            Example {
                expr: "char.IsLower('É')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "Is it punctuation?",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[Overload {
            signature: "static char.IsPunctuation(char c): bool",
            lower: Lower::Then(Fn::CharIs, &[6]),
            errors: &[],
        }],
        examples: &[
            Example {
                expr: "char.IsPunctuation('!')",
                input: "{}",
                result: "true",
            },
            Example {
                expr: "char.IsPunctuation('+')",
                input: "{}",
                result: "false",
            },
        ],
    },
    Entry {
        summary: "The character in upper case.",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[
            Overload {
                signature: "static char.ToUpper(char c): char",
                lower: Lower::Rt(Fn::CharUpper),
                errors: &[],
            },
            Overload {
                signature: "static char.ToUpperInvariant(char c): char",
                lower: Lower::Rt(Fn::CharUpper),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "char.ToUpper(sn[0]) + sn.Substring(1)",
                input: r#"{"sn":"byron"}"#,
                result: r#""Byron""#,
            },
            Example {
                expr: "char.ToUpper('1')",
                input: "{}",
                result: r#""1""#,
            },
        ],
    },
    Entry {
        summary: "The character in lower case.",
        cost: "free, 64 units beyond ASCII",
        advice: "",
        overloads: &[
            Overload {
                signature: "static char.ToLower(char c): char",
                lower: Lower::Rt(Fn::CharLower),
                errors: &[],
            },
            Overload {
                signature: "static char.ToLowerInvariant(char c): char",
                lower: Lower::Rt(Fn::CharLower),
                errors: &[],
            },
        ],
        examples: &[
            Example {
                expr: "char.ToLower('Ä')",
                input: "{}",
                result: r#""ä""#,
            },
            Example {
                expr: "char.ToLower('-')",
                input: "{}",
                result: r#""-""#,
            },
        ],
    },
];
