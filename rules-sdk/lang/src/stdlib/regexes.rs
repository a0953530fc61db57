//! Regular expressions.
//!
//! Invariants: .NET's syntax and numbering of groups; what cannot be matched in linear time is refused when the rule is
//! checked; patterns are constants.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};

const fn of(signature: &'static str, lower: Lower) -> Overload {
    Overload {
        signature,
        lower,
        errors: &[],
    }
}

const fn example(expr: &'static str, result: &'static str) -> Example {
    Example {
        expr,
        input: "{}",
        result,
    }
}

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        summary: "Whether the pattern occurs in the text. `new Regex(pattern)` has the same methods without the pattern.",
        cost: "160 units, 14 for each character that is read, up to 120 more for one of another script; where a group is kept, 15 to 100 more; a pattern of very many ways takes 36 for each way and character",
        advice: "",
        overloads: &[of(
            "static Regex.IsMatch(string input, string pattern, RegexOptions options = 0): bool",
            Lower::Checker,
        )],
        examples: &[
            example(r#"Regex.IsMatch("A-17", @"^[A-Z]-\d+$")"#, "true"),
            example(r#"Regex.IsMatch("", "a")"#, "false"),
            example(
                r#"Regex.IsMatch("ADA", "ada", RegexOptions.IgnoreCase)"#,
                "true",
            ),
            example(r#"new Regex("^x+$").IsMatch("xx")"#, "true"),
            Example {
                expr: r#"Regex.IsMatch(mail, "@")"#,
                input: r#"{"mail":null}"#,
                result: "error:argument",
            },
        ],
    },
    Entry {
        summary: "The first match, or all. A match has Success, Value, Index, Length and Groups by number or name.",
        cost: "as IsMatch and 830 more, for each match 200 units and 30 per group",
        advice: "",
        overloads: &[
            of(
                "static Regex.Match(string input, string pattern, RegexOptions options = 0): Match",
                Lower::Checker,
            ),
            of(
                "static Regex.Matches(string input, string pattern, RegexOptions options = 0): List<Match>",
                Lower::Checker,
            ),
            of(
                "static Regex.Count(string input, string pattern, RegexOptions options = 0): int",
                Lower::Checker,
            ),
            of("Match.NextMatch(): Match", Lower::Checker),
            of("Match.Result(string replacement): string", Lower::Checker),
            of("property Match.Value: string", Lower::Rt(Fn::RegexValue)),
            of("property Match.Success: bool", Lower::Rt(Fn::RegexSuccess)),
            of("property Match.Index: int", Lower::Rt(Fn::RegexIndex)),
            of("property Match.Length: int", Lower::Rt(Fn::RegexLength)),
        ],
        examples: &[
            example(
                r#"Regex.Match("cn=Ada,ou=X", "cn=([^,]+)").Groups[1].Value"#,
                r#""Ada""#,
            ),
            example(
                r#"Regex.Match("2024-02-29", @"(?<y>\d+)-(\d+)").Groups["y"].Value"#,
                r#""2024""#,
            ),
            example(r#"Regex.Match("abc", "x").Success"#, "false"),
            example(r#"Regex.Match("abc", "x").Groups[0].Value"#, r#""""#),
            example(
                r#"string.Join("|", Regex.Matches("a1b22", @"\d+").Select(m => m.Value))"#,
                r#""1|22""#,
            ),
            example(r#"Regex.Matches("a1b22", @"\d+")[1].Index"#, "3"),
            example(
                r#"Regex.Match("a1b22", @"\d+").NextMatch().Value"#,
                r#""22""#,
            ),
            example(
                r#"Regex.Match("a1", @"\d+").NextMatch().NextMatch().Success"#,
                "false",
            ),
            example(
                r#"Regex.Match("Lee, Ann", @"(\w+), (?<gn>\w+)").Result("${gn} $1")"#,
                r#""Ann Lee""#,
            ),
            example(
                r#"Regex.Match("", "a").Result("$0")"#,
                "error:invalid_operation",
            ),
            example(
                r#"Regex.Match("1-2", @"(\d)-(\d)").Groups.Cast<Group>().Skip(1).Select(g => g.Value)"#,
                r#"["1","2"]"#,
            ),
            example(r#"new Regex("a").Match("abca", 1).Index"#, "3"),
            example(r#"Regex.Count("a1b22", @"\d")"#, "3"),
            example(
                r#"string.Join("|", Regex.Matches("a1b22", @"\d+"))"#,
                r#""1|22""#,
            ),
            example(
                r#"$"{Regex.Match("a1", @"\d")}" + Regex.Match("a1", "(a)").Groups[1]"#,
                r#""1a""#,
            ),
            example(
                r#"Regex.Match("ab", "(?<3>a)(b)").Groups[3].Value + Regex.Match("ab", "(?<3>a)(b)").Groups.Count"#,
                r#""a3""#,
            ),
            example(
                r#"Regex.Match("ab", "(?<x>a)").Groups.ContainsKey("x")"#,
                "true",
            ),
            example(
                r#"Regex.Match("ab", "(?<x>a)(b)").Groups.Keys"#,
                r#"["0","1","x"]"#,
            ),
            example(
                r#"string.Join("|", Regex.Match("ab", "(?<x>a)(b)").Groups.Values)"#,
                r#""ab|b|a""#,
            ),
        ],
    },
    Entry {
        summary: "The text with every match replaced, by a text with `$1` and `${name}` or by a lambda over the match.",
        cost: "as IsMatch and 830 more, 170 units for each match and 1 per byte",
        advice: "",
        overloads: &[of(
            "static Regex.Replace(string input, string pattern, string replacement, RegexOptions options = 0): string",
            Lower::Checker,
        )],
        examples: &[
            example(
                r#"Regex.Replace("+43 (1) 234", @"[^\d+]", "")"#,
                r#""+431234""#,
            ),
            example(
                r#"Regex.Replace("Lovelace, Ada", @"(?<sn>\w+), (\w+)", "$1 ${sn}")"#,
                r#""Ada Lovelace""#,
            ),
            example(
                r#"Regex.Replace("ada lovelace", @"\b\w", m => m.Value.ToUpper())"#,
                r#""Ada Lovelace""#,
            ),
            example(
                r#"Regex.Replace("ab", "(a)", "$10 $1 ${1}0")"#,
                r#""$10 a a0b""#,
            ),
            example(
                r#"Regex.Replace("ab", "(?<3>a)(b)", "[$1|$3|$2]")"#,
                r#""[b|a|$2]""#,
            ),
            example(r#"new Regex("a").Replace("aaa", "b", 2)"#, r#""bba""#),
            example(r#"new Regex("a").Replace("aaa", "b", 1, 2)"#, r#""aab""#),
            example(
                r#"new Regex("a").Replace("a", "b", 1, 2)"#,
                "error:out_of_range",
            ),
            example(r#"Regex.Replace("", "a", "b")"#, r#""""#),
        ],
    },
    Entry {
        summary: "The parts of the text between matches, with the groups of each match.",
        cost: "as IsMatch",
        advice: "",
        overloads: &[of(
            "static Regex.Split(string input, string pattern, RegexOptions options = 0): List<string>",
            Lower::Checker,
        )],
        examples: &[
            example(
                r#"string.Join("|", Regex.Split("a, b;c", @"[,;]\s*"))"#,
                r#""a|b|c""#,
            ),
            example(r#"new Regex(",").Split("a,b,c", 2)"#, r#"["a","b,c"]"#),
            example(r#"Regex.Split("", ",").Count"#, "1"),
        ],
    },
    Entry {
        summary: "The text with every character escaped that means something in a pattern.",
        cost: "32 units per byte",
        advice: "",
        overloads: &[of(
            "static Regex.Escape(string str): string",
            Lower::Checker,
        )],
        examples: &[
            example(r#"Regex.Escape("a.b (c)")"#, r#""a\\.b\\ \\(c\\)""#),
            example(r#"Regex.Escape("")"#, r#""""#),
            example(r#"Regex.IsMatch("a.b", "^" + Regex.Escape("a.b"))"#, "true"),
            example(
                r#"Regex.IsMatch("axb", "^" + Regex.Escape("a.b"))"#,
                "false",
            ),
        ],
    },
];
