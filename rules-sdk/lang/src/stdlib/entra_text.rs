//! Texts: the functions of Entra Connect and of Entra provisioning.
//!
//! Source: "Microsoft Entra Connect Sync: Functions Reference"; "Reference for writing expressions for attribute mappings
//! in Microsoft Entra ID".

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

const fn of(signature: &'static str, lower: Lower) -> Overload {
    Overload {
        signature,
        lower,
        errors: &[],
    }
}

const fn example(expr: &'static str, input: &'static str, result: &'static str) -> Example {
    Example {
        expr,
        input,
        result,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The first characters of a text.",
        cost: "32 units",
        advice: "",
        overloads: &[of(
            "entra Left(string? str, long count): string",
            Lower::Rt(Fn::EntraLeft),
        )],
        examples: &[
            example(r#"Left("John Doe", 3)"#, "{}", r#""Joh""#),
            example(r#"Left("John Doe", 0)"#, "{}", r#""""#),
            example(r#"Left("John Doe", -1)"#, "{}", r#""John Doe""#),
            example(r#"Left("John Doe", 99)"#, "{}", r#""John Doe""#),
            example("Left([sn], 3)", r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "The last characters of a text.",
        cost: "32 units",
        advice: "",
        overloads: &[of(
            "entra Right(string? str, long count): string",
            Lower::Rt(Fn::EntraRight),
        )],
        examples: &[
            example(r#"Right("John Doe", 3)"#, "{}", r#""Doe""#),
            example(r#"Right("John Doe", 0)"#, "{}", r#""""#),
            example(r#"Right("John Doe", -1)"#, "{}", r#""John Doe""#),
            example("Right([sn], 3)", r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "Characters from a place on; the first place is 1.",
        cost: "32 units",
        advice: "",
        overloads: &[of(
            "entra Mid(string? str, long start, long count): string",
            Lower::Rt(Fn::EntraMid),
        )],
        examples: &[
            example(r#"Mid("John Doe", 3, 5)"#, "{}", r#""hn Do""#),
            example(r#"Mid("John Doe", 6, 999)"#, "{}", r#""Doe""#),
            example(r#"Mid("John Doe", 3, 0)"#, "{}", r#""""#),
            example(r#"Mid("John Doe", 0, 2)"#, "{}", r#""John Doe""#),
            example(r#"Mid("John Doe", 9, 2)"#, "{}", r#""John Doe""#),
            example("Mid([sn], 1, 2)", r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "The number of characters.",
        cost: "16 units",
        advice: "",
        overloads: &[of("entra Len(string str): int", Lower::Rt(Fn::Length))],
        examples: &[
            example(r#"Len("John Doe")"#, "{}", "8"),
            example("Len([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The place of a text in another, from 1 on; 0 where it does not occur.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[of(
            "entra InStr(string? str, string? match, long start = 1, vbCompare compare = 0): int",
            Lower::Rt(Fn::EntraInStr),
        )],
        examples: &[
            example(r#"InStr("The quick brown fox", "quick")"#, "{}", "5"),
            example(r#"InStr("repEated", "e", 3, vbBinaryCompare)"#, "{}", "7"),
            example(r#"InStr("repEated", "e", 3, vbTextCompare)"#, "{}", "4"),
            example(r#"InStr("fox", "x", 9)"#, "{}", "0"),
            example(r#"InStr([mail], "@")"#, r#"{"mail":null}"#, "0"),
        ],
    },
    Entry {
        summary: "The place of the last occurrence of a text in another, from 1 on; 0 where it does not occur.",
        cost: "8 units per byte",
        advice: "",
        overloads: &[of(
            "entra InStrRev(string? str, string? match, long start = -1, vbCompare compare = 0): int",
            Lower::Rt(Fn::EntraInStrRev),
        )],
        examples: &[
            example(r#"InStrRev("abbcdbbbef", "bb")"#, "{}", "7"),
            example(r#"InStrRev("abbcdbbbef", "bb", 5)"#, "{}", "2"),
            example(r#"InStrRev("abc", "x")"#, "{}", "0"),
            example(r#"InStrRev([mail], "@")"#, r#"{"mail":null}"#, "0"),
        ],
    },
    Entry {
        summary: "The text in lower or upper case, by the invariant culture.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[
            of("entra LCase(string str): string", Lower::Rt(Fn::ToLower)),
            of("entra UCase(string str): string", Lower::Rt(Fn::ToUpper)),
            of(
                "entra ToLower(string source, string? culture = 0): string",
                Lower::With(first_lower),
            ),
            of(
                "entra ToUpper(string source, string? culture = 0): string",
                Lower::With(first_upper),
            ),
        ],
        examples: &[
            example(r#"LCase("TeSt")"#, "{}", r#""test""#),
            example(r#"UCase("TeSt")"#, "{}", r#""TEST""#),
            example(r#"ToUpper("TeSt")"#, "{}", r#""TEST""#),
            example(r#"ToLower("TeSt", "es-ES")"#, "{}", r#""test""#),
            example("LCase([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The text without white space at its ends; of several values, each.",
        cost: "8 units per byte taken away",
        advice: "",
        overloads: &[
            of(
                "entra Trim(string str): string",
                Lower::Then(Fn::Trim, &[0]),
            ),
            of(
                "entra LTrim(string str): string",
                Lower::Then(Fn::Trim, &[1]),
            ),
            of(
                "entra RTrim(string str): string",
                Lower::Then(Fn::Trim, &[2]),
            ),
        ],
        examples: &[
            example(r#"Trim(" Test ")"#, "{}", r#""Test""#),
            example(r#"LTrim(" Test ")"#, "{}", r#""Test ""#),
            example(r#"RTrim(" Test ")"#, "{}", r#"" Test""#),
            example(
                "Trim([otherPager])",
                r#"{"otherPager":[" 1","2 "]}"#,
                r#"["1","2"]"#,
            ),
            example("Trim([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The text without blanks, wherever they stand.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[of(
            "entra StripSpaces(string source): string",
            Lower::Rt(Fn::EntraStripSpaces),
        )],
        examples: &[
            example(r#"StripSpaces("John Smith")"#, "{}", r#""JohnSmith""#),
            example(r#"StripSpaces("")"#, "{}", r#""""#),
        ],
    },
    Entry {
        summary: "The text filled up to a length with one character.",
        cost: "1 unit per byte",
        advice: "give one character",
        overloads: &[
            Overload {
                signature: "entra PadLeft(string? str, long length, string padCharacter): string",
                lower: Lower::Then(Fn::EntraPad, &[1]),
                errors: &[ErrorKind::Argument],
            },
            Overload {
                signature: "entra PadRight(string? str, long length, string padCharacter): string",
                lower: Lower::Then(Fn::EntraPad, &[0]),
                errors: &[ErrorKind::Argument],
            },
        ],
        examples: &[
            example(r#"PadLeft("User", 10, "0")"#, "{}", r#""000000User""#),
            example(r#"PadRight("User", 10, "0")"#, "{}", r#""User000000""#),
            example(r#"PadLeft("User", 2, "0")"#, "{}", r#""User""#),
            example(r#"PadLeft([sn], 2, "0")"#, r#"{"sn":null}"#, r#""""#),
            example(r#"PadLeft("User", 10, "")"#, "{}", "error:argument"),
        ],
    },
    Entry {
        summary: "The first letter of each word in upper case, the rest in lower case. Words end at blanks, or at the given characters.",
        cost: "8 units per character",
        advice: "",
        overloads: &[
            of("entra PCase(string str): string", Lower::With(at_blanks)),
            of(
                "entra PCase(string source, string wordSeparators): string",
                Lower::Rt(Fn::EntraProperCase),
            ),
        ],
        examples: &[
            example(r#"PCase("TEsT")"#, "{}", r#""Test""#),
            example(r#"PCase("ada LOVELACE")"#, "{}", r#""Ada Lovelace""#),
            example(
                r#"PCase("PINTO-DE'SILVA", " '-")"#,
                "{}",
                r#""Pinto-De'Silva""#,
            ),
            example("PCase([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "Single characters replaced by a table: `a:b,c:` puts b for a and nothing for c.",
        cost: "8 units and the length of the table per character",
        advice: "each pair is one character, a colon and what replaces it",
        overloads: &[Overload {
            signature: "entra ReplaceChars(string str, string pattern): string",
            lower: Lower::Rt(Fn::EntraReplaceChars),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            example(
                r#"ReplaceChars("Räksmörgås", "å:a,ä:a,ö:o")"#,
                "{}",
                r#""Raksmorgas""#,
            ),
            example(r#"ReplaceChars("O'Neil", "':")"#, "{}", r#""ONeil""#),
            example(r#"ReplaceChars("abc", "ab:c")"#, "{}", "error:format"),
            example(r#"ReplaceChars("", "a:b")"#, "{}", r#""""#),
        ],
    },
    Entry {
        summary: "Letters without their accents, and Latin letters in place of others like them.",
        cost: "8 units per character",
        advice: "",
        overloads: &[of(
            "entra NormalizeDiacritics(string source): string",
            Lower::Rt(Fn::RemoveDiacritics),
        )],
        examples: &[
            example(r#"NormalizeDiacritics("Zoë")"#, "{}", r#""Zoe""#),
            example(r#"NormalizeDiacritics("")"#, "{}", r#""""#),
        ],
    },
    Entry {
        summary: "The n-th word of a text; each of the given characters ends a word.",
        cost: "8 units per byte",
        advice: "",
        overloads: &[of(
            "entra Word(string? str, long number, string? delimiters): string",
            Lower::Rt(Fn::EntraWord),
        )],
        examples: &[
            example(r#"Word("The quick brown fox", 3, " ")"#, "{}", r#""brown""#),
            example(
                r#"Word("This,string!has&many separators", 3, ",!&#")"#,
                "{}",
                r#""has""#,
            ),
            example(r#"Word("one", 2, " ")"#, "{}", r#""""#),
            example(r#"Word("one", 0, " ")"#, "{}", r#""""#),
            example(r#"Word([sn], 1, " ")"#, r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "A text with another behind it.",
        cost: "16 units and 1 per byte",
        advice: "",
        overloads: &[of(
            "entra Append(string? source, string? suffix): string",
            Lower::Rt(Fn::Concat2),
        )],
        examples: &[
            example(
                r#"Append([upn], ".test")"#,
                r#"{"upn":"a@x"}"#,
                r#""a@x.test""#,
            ),
            example(r#"Append([upn], ".test")"#, r#"{"upn":null}"#, r#"".test""#),
        ],
    },
];

fn first_lower(args: Vec<crate::ir::Ir>, site: crate::ir::Site) -> crate::ir::Ir {
    crate::ir::Ir::Call(Fn::ToLower, args.into_iter().take(1).collect(), site)
}

fn first_upper(args: Vec<crate::ir::Ir>, site: crate::ir::Site) -> crate::ir::Ir {
    crate::ir::Ir::Call(Fn::ToUpper, args.into_iter().take(1).collect(), site)
}

fn at_blanks(mut args: Vec<crate::ir::Ir>, site: crate::ir::Site) -> crate::ir::Ir {
    args.push(crate::ir::Ir::Text(" ".to_owned()));
    crate::ir::Ir::Call(Fn::EntraProperCase, args, site)
}
