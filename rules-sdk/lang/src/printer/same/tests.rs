//! What the normal form takes for the same, and what it must not.

use std::collections::BTreeMap;

use syncline_model::rules::{AttrType, Dialect, RuleType};

use super::same;
use crate::part::{self, CheckedPart};
use crate::request::ExprSource;
use crate::{Env, request::Schema};

fn checked(expr: &str, dialect: Dialect) -> CheckedPart {
    let several = AttrType {
        nullable: false,
        ..AttrType::list(RuleType::String)
    };
    let source: Schema = BTreeMap::from([
        ("a".to_owned(), AttrType::optional(RuleType::String)),
        ("b".to_owned(), AttrType::optional(RuleType::String)),
        ("s".to_owned(), AttrType::required(RuleType::String)),
        ("n".to_owned(), AttrType::optional(RuleType::Long)),
        ("i".to_owned(), AttrType::required(RuleType::Int)),
        ("l".to_owned(), several),
    ]);
    let env = Env {
        source,
        ..Env::default()
    };
    let expr = expr.to_owned();
    let part = part::check_expression(&env, &ExprSource::Expr { expr, dialect });
    assert!(part.ok(), "{:?}", part.diagnostics);
    part
}

/// Do these C# texts have the same normal form?
fn are_same(x: &str, y: &str) -> bool {
    same(&checked(x, Dialect::Csharp), &checked(y, Dialect::Csharp))
}

#[test]
fn different_ways_to_say_the_same_are_the_same() {
    for (x, y) in [
        ("if (a == null) return b; return s;", "a == null ? b : s"),
        ("var t = a; return t + t;", "a + a"),
        ("a != null ? a.Trim() : null", "a?.Trim()"),
        ("a == null ? null : a?.Trim()", "a?.Trim()"),
        (
            "string.IsNullOrEmpty(a) ? b : a.Trim()",
            "IsNullOrEmpty(a) ? b : a?.Trim()",
        ),
        ("a?.Trim().ToLower()", "(a?.Trim())?.ToLower()"),
        ("!(a == null)", "a != null"),
        ("$\"{a}{b}\"", "\"\" + a + b"),
        ("s.Contains(\"x\")", "InStr(s, \"x\") > 0"),
        (
            "s.StartsWith(\"a text of many octets\")",
            "InStr(s, \"a text of many octets\") == 1",
        ),
        ("l[1]", "Item(l, 2)"),
        ("IsEmpty(a)", "a == \"\""),
    ] {
        assert!(are_same(x, y), "{x} and {y}");
    }
}

#[test]
fn what_differs_on_some_object_is_not_the_same() {
    for (x, y) in [
        ("a.Trim()", "a?.Trim()"),
        ("a + b", "b + a"),
        ("a ?? b", "a ?? s"),
        ("a == null ? b : s", "a == null ? s : b"),
        ("i + 1", "(long)i + 1"),
        ("n", "n ?? 0"),
        ("a?.Contains(\"x\")", "InStr(a, \"x\") > 0"),
        ("s.Contains(\"\")", "InStr(s, \"\") > 0"),
        ("s.StartsWith(\"x\")", "Left(s, 1) == \"x\""),
        (
            "s.Contains(\"x\")",
            "InStr(s, \"x\", 1, vbCompare.vbTextCompare) > 0",
        ),
        ("l[1]", "Item(l, 1)"),
        ("l.First()", "l[0]"),
        ("ignore", "authoritativeNull"),
        ("throw new Exception(\"x\")", "throw new Exception(\"y\")"),
        ("l.Select(x => x + a)", "l.Select(x => x + b)"),
        (
            "l.Where(x => x != \"\").Select(x => x.Trim())",
            "l.Select(x => x.Trim()).Where(x => x != \"\")",
        ),
    ] {
        assert!(!are_same(x, y), "{x} and {y}");
    }
}

#[test]
fn an_error_keeps_its_place_in_the_order_of_evaluation() {
    assert!(!are_same(
        "var x = l[5]; return a == null ? null : x;",
        "a == null ? null : l[5]"
    ));
    assert!(!are_same(
        "var x = l[5]; var y = s.Substring(9); return y + x;",
        "s.Substring(9) + l[5]"
    ));
    assert!(are_same(
        "var x = l[5]; return x + s.Substring(9);",
        "l[5] + s.Substring(9)"
    ));
}
