//! Texts: the functions of Entra Connect and of Entra provisioning.
//!
//! Source: "Microsoft Entra Connect Sync: Functions Reference"; "Reference for writing expressions for attribute mappings
//! in Microsoft Entra ID".

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "The first characters of a text.",
        cost: "32 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra Left(string? str, long count): string",
            Lower::Rt(Fn::EntraLeft),
        )],
        examples: &[
            Example::with(r#"Left("John Doe", 3)"#, "{}", r#""Joh""#),
            Example::with(r#"Left("John Doe", 0)"#, "{}", r#""""#),
            Example::with(r#"Left("John Doe", -1)"#, "{}", r#""John Doe""#),
            Example::with(r#"Left("John Doe", 99)"#, "{}", r#""John Doe""#),
            Example::with("Left([sn], 3)", r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "The last characters of a text.",
        cost: "32 units",
        advice: "",
        overloads: &[Overload::sure(
            "entra Right(string? str, long count): string",
            Lower::Rt(Fn::EntraRight),
        )],
        examples: &[
            Example::with(r#"Right("John Doe", 3)"#, "{}", r#""Doe""#),
            Example::with(r#"Right("John Doe", 0)"#, "{}", r#""""#),
            Example::with(r#"Right("John Doe", -1)"#, "{}", r#""John Doe""#),
            Example::with("Right([sn], 3)", r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "Characters from a place on, all that follow where their number is left out; the first place is 1.",
        cost: "32 units",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra Mid(string? str, long start, long count = 2147483647): string",
                Lower::Rt(Fn::EntraMid),
            ),
            Overload::sure(
                "entra Mid(byte[] value, long start, long count = 2147483647): byte[]",
                Lower::Rt(Fn::EntraMidOctets),
            ),
        ],
        examples: &[
            Example::with(r#"Mid("John Doe", 3, 5)"#, "{}", r#""hn Do""#),
            Example::with(r#"Mid("John Doe", 6, 999)"#, "{}", r#""Doe""#),
            Example::with(
                r#"Mid(Item([proxyAddresses], Contains([proxyAddresses], "SMTP:")), 6)"#,
                r#"{"proxyAddresses":["smtp:jd@contoso.com","SMTP:john.doe@contoso.com"]}"#,
                r#""john.doe@contoso.com""#,
            ),
            Example::with(r#"Mid("John Doe", 3, 0)"#, "{}", r#""""#),
            Example::with(r#"Mid("John Doe", 0, 2)"#, "{}", r#""John Doe""#),
            Example::with(r#"Mid("John Doe", 9, 2)"#, "{}", r#""John Doe""#),
            Example::with("Mid([sn], 1, 2)", r#"{"sn":null}"#, r#""""#),
            Example::with(
                "ConvertToBase64(Mid([key], 2, 2))",
                r#"{"key":{"$b64":"AQIDBA=="}}"#,
                r#""AgM=""#,
            ),
        ],
    },
    Entry {
        summary: "The number of characters.",
        cost: "16 units",
        advice: "",
        overloads: &[
            Overload::sure("entra Len(string str): int", Lower::Rt(Fn::Length)),
            Overload::sure("entra Len(byte[] value): int", Lower::Rt(Fn::OctetsLength)),
        ],
        examples: &[
            Example::with(r#"Len("John Doe")"#, "{}", "8"),
            Example::with("Len([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The place of a text in another, from 1 on; 0 where it does not occur.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra InStr(string? str, string? match, long start = 1, vbCompare compare = 0): int",
            Lower::Rt(Fn::EntraInStr),
        )],
        examples: &[
            Example::with(r#"InStr("The quick brown fox", "quick")"#, "{}", "5"),
            Example::with(r#"InStr("repEated", "e", 3, vbBinaryCompare)"#, "{}", "7"),
            Example::with(r#"InStr("repEated", "e", 3, vbTextCompare)"#, "{}", "4"),
            Example::with(r#"InStr("fox", "x", 9)"#, "{}", "0"),
            Example::with(r#"InStr([mail], "@")"#, r#"{"mail":null}"#, "0"),
        ],
    },
    Entry {
        summary: "The place of the last occurrence of a text in another, from 1 on; 0 where it does not occur.",
        cost: "8 units per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra InStrRev(string? str, string? match, long start = -1, vbCompare compare = 0): int",
            Lower::Rt(Fn::EntraInStrRev),
        )],
        examples: &[
            Example::with(r#"InStrRev("abbcdbbbef", "bb")"#, "{}", "7"),
            Example::with(r#"InStrRev("abbcdbbbef", "bb", 5)"#, "{}", "2"),
            Example::with(r#"InStrRev("abc", "x")"#, "{}", "0"),
            Example::with(r#"InStrRev([mail], "@")"#, r#"{"mail":null}"#, "0"),
        ],
    },
    Entry {
        summary: "The text in lower or upper case, by the invariant culture.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[
            Overload::sure("entra LCase(string str): string", Lower::Rt(Fn::ToLower)),
            Overload::sure("entra UCase(string str): string", Lower::Rt(Fn::ToUpper)),
            Overload::sure(
                "entra ToLower(string source, string? culture = 0): string",
                Lower::With(first_lower),
            ),
            Overload::sure(
                "entra ToUpper(string source, string? culture = 0): string",
                Lower::With(first_upper),
            ),
        ],
        examples: &[
            Example::with(r#"LCase("TeSt")"#, "{}", r#""test""#),
            Example::with(r#"UCase("TeSt")"#, "{}", r#""TEST""#),
            Example::with(r#"ToUpper("TeSt")"#, "{}", r#""TEST""#),
            Example::with(r#"ToLower("TeSt", "es-ES")"#, "{}", r#""test""#),
            Example::with("LCase([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The text without white space at its ends; of several values, each.",
        cost: "8 units per byte taken away",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra Trim(string str): string",
                Lower::Then(Fn::Trim, &[0]),
            ),
            Overload::sure(
                "entra LTrim(string str): string",
                Lower::Then(Fn::Trim, &[1]),
            ),
            Overload::sure(
                "entra RTrim(string str): string",
                Lower::Then(Fn::Trim, &[2]),
            ),
        ],
        examples: &[
            Example::with(r#"Trim(" Test ")"#, "{}", r#""Test""#),
            Example::with(r#"LTrim(" Test ")"#, "{}", r#""Test ""#),
            Example::with(r#"RTrim(" Test ")"#, "{}", r#"" Test""#),
            Example::with(
                "Trim([otherPager])",
                r#"{"otherPager":[" 1","2 "]}"#,
                r#"["1","2"]"#,
            ),
            Example::with("Trim([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "The text without blanks, wherever they stand.",
        cost: "1 unit per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra StripSpaces(string source): string",
            Lower::Rt(Fn::EntraStripSpaces),
        )],
        examples: &[
            Example::with(r#"StripSpaces("John Smith")"#, "{}", r#""JohnSmith""#),
            Example::with(r#"StripSpaces("")"#, "{}", r#""""#),
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
            Example::with(r#"PadLeft("User", 10, "0")"#, "{}", r#""000000User""#),
            Example::with(r#"PadRight("User", 10, "0")"#, "{}", r#""User000000""#),
            Example::with(r#"PadLeft("User", 2, "0")"#, "{}", r#""User""#),
            Example::with(r#"PadLeft([sn], 2, "0")"#, r#"{"sn":null}"#, r#""""#),
            Example::with(r#"PadLeft("User", 10, "")"#, "{}", "error:argument"),
        ],
    },
    Entry {
        summary: "The first letter of each word in upper case, the rest in lower case. Words end at blanks, or at the given characters.",
        cost: "8 units per character",
        advice: "",
        overloads: &[
            Overload::sure("entra PCase(string str): string", Lower::With(at_blanks)),
            Overload::sure(
                "entra PCase(string source, string wordSeparators): string",
                Lower::Rt(Fn::EntraProperCase),
            ),
        ],
        examples: &[
            Example::with(r#"PCase("TEsT")"#, "{}", r#""Test""#),
            Example::with(r#"PCase("ada LOVELACE")"#, "{}", r#""Ada Lovelace""#),
            Example::with(
                r#"PCase("PINTO-DE'SILVA", " '-")"#,
                "{}",
                r#""Pinto-De'Silva""#,
            ),
            Example::with("PCase([sn])", r#"{"sn":null}"#, "null"),
        ],
    },
    Entry {
        summary: "Single characters replaced by a table: `a:b,c:` puts b for a and nothing for c.",
        cost: "32 units and twice the length of the table per character, 32 times it for one of the table",
        advice: "each pair is one character, a colon and what replaces it",
        overloads: &[Overload {
            signature: "entra ReplaceChars(string str, string pattern): string",
            lower: Lower::Rt(Fn::EntraReplaceChars),
            errors: &[ErrorKind::Format],
        }],
        examples: &[
            Example::with(
                r#"ReplaceChars("Räksmörgås", "å:a,ä:a,ö:o")"#,
                "{}",
                r#""Raksmorgas""#,
            ),
            Example::with(r#"ReplaceChars("O'Neil", "':")"#, "{}", r#""ONeil""#),
            Example::with(r#"ReplaceChars("abc", "ab:c")"#, "{}", "error:format"),
            Example::with(r#"ReplaceChars("", "a:b")"#, "{}", r#""""#),
        ],
    },
    Entry {
        summary: "Letters without their accents, and Latin letters in place of others like them.",
        cost: "32 units per character, 128 for one beyond ASCII",
        advice: "",
        overloads: &[Overload::sure(
            "entra NormalizeDiacritics(string source): string",
            Lower::Rt(Fn::RemoveDiacritics),
        )],
        examples: &[
            Example::with(r#"NormalizeDiacritics("Zoë")"#, "{}", r#""Zoe""#),
            Example::with(r#"NormalizeDiacritics("")"#, "{}", r#""""#),
        ],
    },
    Entry {
        summary: "The n-th word of a text; each of the given characters ends a word.",
        cost: "8 units per byte",
        advice: "",
        overloads: &[Overload::sure(
            "entra Word(string? str, long number, string? delimiters): string",
            Lower::Rt(Fn::EntraWord),
        )],
        examples: &[
            Example::with(r#"Word("The quick brown fox", 3, " ")"#, "{}", r#""brown""#),
            Example::with(
                r#"Word("This,string!has&many separators", 3, ",!&#")"#,
                "{}",
                r#""has""#,
            ),
            Example::with(r#"Word("one", 2, " ")"#, "{}", r#""""#),
            Example::with(r#"Word("one", 0, " ")"#, "{}", r#""""#),
            Example::with(r#"Word([sn], 1, " ")"#, r#"{"sn":null}"#, r#""""#),
        ],
    },
    Entry {
        summary: "A text with every occurrence of another replaced; \\n, \\r and \\t stand for line ends and tabs. With seven arguments by text, pattern, group, replacement, attribute or template, as in provisioning; those that do not count are left out.",
        cost: "2 units per byte, with a pattern as Regex.Replace",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra Replace(string str, string oldValue, string newValue): string",
                Lower::Checker,
            ),
            Overload::sure(
                "entra Replace(string source, string oldValue, string regexPattern, string regexGroupName, string replacementValue, string replacementAttributeName, string template): string",
                Lower::Checker,
            ),
        ],
        examples: &[
            Example::with(r#"Replace("a-b-c", "-", "")"#, "{}", r#""abc""#),
            Example::with(
                r#"Replace([address], "\r\n", ", ")"#,
                r#"{"address":"Main Street\r\nSeattle"}"#,
                r#""Main Street, Seattle""#,
            ),
            Example::with(r#"Replace([sn], "-", "")"#, r#"{"sn":null}"#, "null"),
            Example::with(
                r#"Replace([mail], "@contoso.com", , ,"", ,)"#,
                r#"{"mail":"john.doe@contoso.com"}"#,
                r#""john.doe""#,
            ),
            Example::with(
                r#"Replace([mail], "[mailNickname]", , , , , "[mailNickname]@x")"#,
                r#"{"mail":"john"}"#,
                r#""john@x""#,
            ),
            Example::with(
                r#"Replace([phone], , "[()\s-]", , "", , )"#,
                r#"{"phone":"(206) 555-0100"}"#,
                r#""2065550100""#,
            ),
            Example::with(
                r#"Replace([phone], , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", , "${phoneNumber}", , )"#,
                r#"{"phone":"+91 9998887777"}"#,
                r#""9998887777""#,
            ),
            Example::with(
                r#"Replace([phone], , "\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})", "phoneNumber", , [mobile], )"#,
                r#"{"phone":"","mobile":"+91 8887779999"}"#,
                r#""8887779999""#,
            ),
        ],
    },
    Entry {
        summary: "A text with another behind it; octets with others behind them, as `&` joins them.",
        cost: "16 units and 1 per byte",
        advice: "",
        overloads: &[
            Overload::sure(
                "entra Append(string? source, string? suffix): string",
                Lower::Rt(Fn::Concat2),
            ),
            Overload::sure(
                "entra Append(byte[]? source, byte[]? suffix): byte[]",
                Lower::Rt(Fn::EntraConcatOctets),
            ),
        ],
        examples: &[
            Example::with(
                r#"Append([upn], ".test")"#,
                r#"{"upn":"a@x"}"#,
                r#""a@x.test""#,
            ),
            Example::with(r#"Append([upn], ".test")"#, r#"{"upn":null}"#, r#"".test""#),
            Example::with(
                "ConvertToBase64(Append([key], CBin(1, 1)))",
                r#"{"key":{"$b64":"AgM="}}"#,
                r#""AgMB""#,
            ),
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
