//! The negative corpus: what people get wrong, and what the compiler says. Source and message together are the review.
//!
//! Invariants: every case names its mistake; a changed message is a changed snapshot.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use syncline_model::rules::{AttrType, RuleType};
use syncline_rules::diag::render;
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, part};

fn env() -> Env {
    let optional = |name: &str, ty| (name.to_owned(), AttrType::optional(ty));
    Env {
        source: BTreeMap::from([
            optional("mail", RuleType::String),
            optional("sn", RuleType::String),
            ("cn".to_owned(), AttrType::required(RuleType::String)),
            optional("employeeNumber", RuleType::Int),
            ("logonCount".to_owned(), AttrType::required(RuleType::Int)),
            (
                "proxyAddresses".to_owned(),
                AttrType::list(RuleType::String),
            ),
            optional("manager", RuleType::Reference),
            (
                "objectGUID".to_owned(),
                AttrType::required(RuleType::Binary),
            ),
            optional("ms-DS-ConsistencyGuid", RuleType::Binary),
        ]),
        other_side: BTreeMap::from([optional("costCentre", RuleType::String)]),
        ..Env::default()
    }
}

/// Every source of a group with everything the compiler says about it.
fn report(sources: &[&str]) -> String {
    let mut out = String::new();
    for source in sources {
        let found =
            part::check_expression(&env(), &ExprSource::Text((*source).to_owned())).diagnostics;
        let _ = writeln!(out, "───── {source}");
        if found.is_empty() {
            let _ = writeln!(out, "nothing to say");
        }
        for diagnostic in found {
            let _ = writeln!(out, "{}", render("rule", source, &diagnostic));
        }
    }
    out
}

#[test]
fn names_that_do_not_exist() {
    insta::assert_snapshot!(report(&[
        "mial.ToLower()",
        "Mail",
        "costCentre",
        "mail.ToLowr()",
        "mail.Lenght",
        "string.Jion(\",\", proxyAddresses)",
        "Convrt.ToBase64String(objectGUID)",
        "PrimarySMTP(proxyAddresses)",
        "proxyAddresses.Were(p => true)",
        "%Domain%",
        "Target.mail",
        "ms-DS-ConsistencyGuid",
        "`ms-DS-ConsistencyGuid`.Length",
        "Regex.IsMach(cn, \"x\")",
        "nonsense + mial",
    ]));
}

#[test]
fn texts_that_are_no_programs() {
    insta::assert_snapshot!(report(&[
        "",
        "mail +",
        "mail.",
        "(mail",
        "mail)",
        "mail sn",
        "cn.Substring(0, ",
        "\"open",
        "'ab'",
        "\"bad \\q escape\"",
        "“smart”",
        "(cn, sn) switch { (\"a\", _) => 1, _ => 2 }",
        "proxyAddresses.Select(p => new { Value = p, Size = p.Length }).First().Size",
        "proxyAddresses.Select(p => { if (p == cn) return 1; })",
        "proxyAddresses.Select(p => { if (p == cn) { if (p == sn) return 1; } return 2; })",
        "cn # comment",
        "cn /* no end",
        "if (cn == \"a\") return 1",
        "if (cn == \"a\") return \"b\";",
        "var x = cn; x.Trim();",
        "return;",
        "$\"{cn\"",
        "$\"a } b\"",
        "12abc",
        "99999999999999999999",
        "1.5m",
        "99999999999999999999999999999m",
        "cn\u{202e}",
        "for (x) { }",
    ]));
}

#[test]
fn types_that_do_not_fit() {
    insta::assert_snapshot!(report(&[
        "cn - 1",
        "cn < sn",
        "cn == 1",
        "cn ? 1 : 2",
        "mail && true",
        "mail?.Contains(\"@\") ? 1 : 2",
        "logonCount > 3 ? \"many\" : 0",
        "-cn",
        "!logonCount",
        "cn + proxyAddresses",
        "cn.Substring(\"a\")",
        "cn.Substring()",
        "cn.PadLeft(1, 'a', 2)",
        "cn()",
        "cn.ToLower",
        "cn[\"a\"]",
        "logonCount[0]",
        "2147483647 + 1",
        "1 / 0",
        "x => x",
        "proxyAddresses.Where(3)",
        "proxyAddresses.Where(p => p)",
        "proxyAddresses.Select((a, b, c) => a)",
        "proxyAddresses.Where(cn => true).Where(x => proxyAddresses.Any(x => true))",
        "null.Length",
        "(int)cn",
        "new DateTime(2020, 1, 1)",
        "cn is 5",
        "cn switch { 1 => 2, _ => 3 }",
        "new[] { 1, \"a\" }",
        "var x = null; return x;",
        "ignore + 1",
        "proxyAddresses?.Select(x => Guid.NewGuid().ToString())",
    ]));
}

#[test]
fn numbers_that_do_not_fit() {
    insta::assert_snapshot!(report(&[
        "logonCount.ToString(\"Q\")",
        "logonCount.ToString(\"D6\")",
        "logonCount.ToString(cn)",
        "1.5m.ToString(\"D\")",
        "(1.5).ToString(\"X2\")",
        "$\"{logonCount:R}\"",
        "$\"{logonCount:0000}\"",
        "string.Format(\"{0:Y}\", logonCount)",
        "1.5m + 0.5",
        "1.5m == logonCount",
        "1.5m / 0",
        "1.5m / logonCount",
        "employeeNumber + 1.5m",
        "(int)1.5m",
        "-cn + 1m",
        "decimal.Prase(cn)",
        "logonCount > 3 ? 1.5m : 2",
        "logonCount > 3 ? 1.5m : 2.0",
    ]));
}

#[test]
fn variables_that_may_not_be_set() {
    insta::assert_snapshot!(report(&[
        "int.TryParse(cn, out var n) ? n : -1",
        "int.TryParse(cn, out var n) && n > 3",
        "int.TryParse(cn, out var n) || n == 0",
        "mail != null && int.TryParse(mail, out var n) ? n : -1",
        "mail != null && int.TryParse(mail, out var n) ? 1 : n",
        "mail == null || int.TryParse(mail, out var n) ? n : 1",
        "if (!int.TryParse(cn, out var n)) return 0; return n;",
        "if (mail == null || !int.TryParse(mail, out var n)) return 0; return n;",
        "if (mail != null && int.TryParse(mail, out var n)) return 1; return n;",
        "(int.TryParse(cn, out int n) ? 1 : 2) + n",
        "int.TryParse(cn, out long n) ? 1 : 2",
        "int.TryParse(cn, out _) ? 1 : 2",
        "mail is { Length: > 3 } m ? m : m",
        "if (mail is not string m) return null; return m.Trim();",
        "int.TryParse(cn, cn, out var n)",
        "Guid.TryParse(cn, out var g) ? g.ToString(\"N\") : \"none\"",
    ]));
}

#[test]
fn what_may_fail_on_some_objects() {
    insta::assert_snapshot!(report(&[
        "mail.ToLower()",
        "mail?.ToLower()",
        "mail == null ? \"\" : mail.ToLower()",
        "string.IsNullOrEmpty(mail) ? \"none\" : mail.ToLower()",
        "mail != null && mail.Length > 3",
        "if (mail == null) return \"\"; return mail.Trim();",
        "mail is { Length: > 3 } m ? m.Trim() : null",
        "cn.Substring(0, 3)",
        "cn.Split(',')[0]",
        "cn.Split(',')[1]",
        "proxyAddresses.First()",
        "int.Parse(cn)",
        "100 / logonCount",
        "employeeNumber.Value",
        "employeeNumber + 1",
        "Convert.ToBase64String(`ms-DS-ConsistencyGuid`)",
        "cn switch { \"a\" => 1 }",
        "return cn; return sn;",
    ]));
}
