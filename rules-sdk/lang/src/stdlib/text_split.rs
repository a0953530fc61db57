//! Split.
//!
//! Invariants: parts are parts of the input; limit, trimming and removal of empty parts apply in .NET's order.

use syncline_rules_guest::Fn;

use super::{Entry, Example, Lower, Overload};
use crate::ir::Ir;

/// No limit.
const ALL: i64 = i32::MAX as i64;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    summary: "The parts between separators.",
    cost: "32 units, 1 per byte for one ASCII separator, else 16 to 48",
    advice: "",
    overloads: &[
        Overload {
            signature: "string.Split(char separator, StringSplitOptions options = 0): List<string>",
            lower: Lower::With(|args, site| {
                let chars = Ir::Items(vec![args[1].clone()], site);
                Ir::Call(
                    Fn::SplitChars,
                    vec![args[0].clone(), chars, Ir::Word(ALL), args[2].clone()],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(char separator, int count, StringSplitOptions options = 0): List<string>",
            lower: Lower::With(|args, site| {
                let chars = Ir::Items(vec![args[1].clone()], site);
                Ir::Call(
                    Fn::SplitChars,
                    vec![args[0].clone(), chars, args[2].clone(), args[3].clone()],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(string? separator, StringSplitOptions options = 0): List<string>",
            lower: Lower::With(|args, site| {
                let texts = Ir::Call(Fn::TextList, vec![args[1].clone()], site);
                Ir::Call(
                    Fn::SplitTexts,
                    vec![args[0].clone(), texts, Ir::Word(ALL), args[2].clone()],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(string? separator, int count, StringSplitOptions options = 0): List<string>",
            lower: Lower::With(|args, site| {
                let texts = Ir::Call(Fn::TextList, vec![args[1].clone()], site);
                Ir::Call(
                    Fn::SplitTexts,
                    vec![args[0].clone(), texts, args[2].clone(), args[3].clone()],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(params char[] separator): List<string>",
            lower: Lower::Then(Fn::SplitChars, &[ALL, 0]),
            errors: &[],
        },
        Overload {
            signature: "string.Split(List<char>? separator, StringSplitOptions options): List<string>",
            lower: Lower::With(|args, site| {
                Ir::Call(
                    Fn::SplitChars,
                    vec![
                        args[0].clone(),
                        args[1].clone(),
                        Ir::Word(ALL),
                        args[2].clone(),
                    ],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(List<char>? separator, int count, StringSplitOptions options = 0): List<string>",
            lower: Lower::Rt(Fn::SplitChars),
            errors: &[],
        },
        Overload {
            signature: "string.Split(List<string>? separator, StringSplitOptions options): List<string>",
            lower: Lower::With(|args, site| {
                Ir::Call(
                    Fn::SplitTexts,
                    vec![
                        args[0].clone(),
                        args[1].clone(),
                        Ir::Word(ALL),
                        args[2].clone(),
                    ],
                    site,
                )
            }),
            errors: &[],
        },
        Overload {
            signature: "string.Split(List<string>? separator, int count, StringSplitOptions options): List<string>",
            lower: Lower::Rt(Fn::SplitTexts),
            errors: &[],
        },
    ],
    examples: &[
        Example {
            expr: "mail.Split('@')[0]",
            input: r#"{"mail":"ada@x"}"#,
            result: r#""ada""#,
        },
        Example {
            expr: r#""a;b;;c".Split(';')"#,
            input: "{}",
            result: r#"["a","b","","c"]"#,
        },
        Example {
            expr: r#""a; b;;".Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)"#,
            input: "{}",
            result: r#"["a","b"]"#,
        },
        Example {
            expr: r#""".Split(',')"#,
            input: "{}",
            result: r#"[""]"#,
        },
        Example {
            expr: r#""a,b,c".Split(',', 2)"#,
            input: "{}",
            result: r#"["a","b,c"]"#,
        },
        Example {
            expr: r#""a::b".Split("::")"#,
            input: "{}",
            result: r#"["a","b"]"#,
        },
        Example {
            expr: r#"" a  b ".Split()"#,
            input: "{}",
            result: r#"["","a","","b",""]"#,
        },
    ],
}];
