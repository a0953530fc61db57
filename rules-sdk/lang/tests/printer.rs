//! The printer on its own: canonical texts, what is refused and where, trees as texts and back.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::diag::Diagnostic;
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::ExprSource;
use syncline_rules::{Env, printer};

fn env() -> Env {
    let attrs = [
        ("mail", AttrType::optional(RuleType::String)),
        ("sn", AttrType::required(RuleType::String)),
        ("n", AttrType::optional(RuleType::Long)),
        ("i", AttrType::required(RuleType::Int)),
        ("hidden", AttrType::optional(RuleType::Bool)),
        ("l", AttrType::list(RuleType::String)),
        ("value", AttrType::optional(RuleType::String)),
        ("a-b", AttrType::optional(RuleType::String)),
        ("when", AttrType::optional(RuleType::String)),
        ("d", AttrType::required(RuleType::Date)),
    ];
    Env {
        source: attrs.map(|(name, attr)| (name.to_owned(), attr)).into(),
        parameters: BTreeMap::from([(
            "Domain.FQDN".to_owned(),
            AttrType::required(RuleType::String),
        )]),
        ..Env::default()
    }
}

fn text(expr: &str, dialect: Dialect) -> ExprSource {
    ExprSource::Expr {
        expr: expr.to_owned(),
        dialect,
    }
}

/// The text in the other dialect, or codes with the text at their places.
fn said(expr: &str, from: Dialect) -> String {
    let to = match from {
        Dialect::Csharp => Dialect::Entra,
        Dialect::Entra => Dialect::Csharp,
    };
    match printer::convert(&env(), &text(expr, from), to) {
        Ok(ExprSource::Expr { expr, .. }) => expr,
        Ok(other) => panic!("{other:?}"),
        Err(found) => refusals(expr, &found),
    }
}

fn refusals(source: &str, found: &[Diagnostic]) -> String {
    let units: Vec<u16> = source.encode_utf16().collect();
    let place = |d: &Diagnostic| {
        let (from, to) = (d.span.from as usize, d.span.to as usize);
        String::from_utf16(&units[from..to]).unwrap()
    };
    let lines = found
        .iter()
        .map(|d| format!("{} at {}: {}", d.code, place(d), d.message));
    lines.collect::<Vec<_>>().join("\n")
}

fn all_said(expressions: &[&str], from: Dialect) -> String {
    let lines = expressions
        .iter()
        .map(|expr| format!("{expr}\n    {}\n", said(expr, from)));
    lines.collect()
}

#[test]
fn rules_of_entra_are_said_in_csharp() {
    let lines = all_said(
        &[
            "IIF([hidden], 1, 2)",
            "Not([hidden]) && IsPresent([n])",
            "5 + 3 * 2",
            "[n] * (2 + 3) - 1",
            "[n] & [mail]",
            "[mail] & [n] & \"x\"",
            "UCase([l])",
            "\"smtp:\" & [l]",
            "IIF(Left([l], 1) = \"1\", \"internal\", NULL)",
            "Select($value, [l], $value & [value])",
            "Select($mail, [l], $mail & [mail])",
            "Where($when, [l], Len($when) > 1)",
            "With($v, Trim([mail]), $v & $v)",
            "[a-b] & [when] & %Domain.FQDN%",
            "BitAnd([n], &H200) = &H200",
            "-2147483648",
            "Not(With($v, Trim([mail]), $v = \"x\"))",
            "Switch(With($v, [mail], $v = \"x\"), 1, True, 2)",
            "Switch([hidden], \"yes\", [n] = 1, Error(\"never\"))",
            "Switch([mail], \"none\", \"a\", \"b\")",
            "Replace([mail], \"-\", \"\")",
            "Replace([mail], \"\\n\", \"\")",
            "InStr([mail], \"@\", 1, vbTextCompare)",
            "Coalesce([mail], [value], \"none\")",
            "Len(Trim([mail]))",
            "Guid() & Guid()",
            "IIF([mail] = \"-\", AuthoritativeNull, IgnoreThisFlow)",
        ],
        Dialect::Entra,
    );
    insta::assert_snapshot!(lines);
}

#[test]
fn rules_of_csharp_are_said_in_entra_or_refused_by_the_place_that_cannot_be() {
    let lines = all_said(
        &[
            "mail?.Trim().ToLower()",
            "mail.Trim()",
            "mail == null ? \"none\" : mail.Trim()",
            "mail ?? \"none\"",
            "mail ?? throw new ArgumentException(\"no mail\")",
            "$\"{sn}, {mail}\"",
            "$\"{d:yyyy}-{n:D4}\"",
            "sn + n + (n + 1)",
            "i + 1",
            "(long)i + 1",
            "n / 2",
            "sn.Contains(\"x\") && sn.StartsWith('A') || !hidden.HasValue",
            "sn.Contains(mail)",
            "sn.Substring(1)",
            "sn[0] == 'A'",
            "l?.Select(x => x.Trim())",
            "l?.Where(x => x.Length > 3)",
            "mail switch { \"a\" => 1, null or \"b\" => 2, _ => 3 }",
            "sn.Trim() switch { \"a\" => sn, var t => t }",
            "sn.Trim() switch { \"a\" => sn, _ => \"x\" }",
            "if (mail == null) { return ignore; } var t = mail.Trim(); return t == \"\" ? null : t + \"/\" + t;",
            "if (n > 3) return authoritativeNull; else if (hidden == true) throw new Exception(\"x\"); return sn;",
            "sn // the name",
            "\"a\\u202eb\"",
            "n & 0x200L",
        ],
        Dialect::Csharp,
    );
    insta::assert_snapshot!(lines);
}

#[test]
fn texts_are_formatted_in_their_own_dialect() {
    let format = |expr: &str, dialect| match printer::fmt::text(expr, dialect) {
        Ok(text) => {
            assert_eq!(printer::fmt::text(&text, dialect).as_ref(), Ok(&text));
            text
        }
        Err(found) => refusals(expr, &found),
    };
    let csharp = [
        "((mail)  ??  \"none\" ).Trim( )",
        "a+b*(c-d)-(e-f)",
        "(a+b)*c",
        "a?b:(c?d:e)",
        "(a?b:c)?d:e",
        "(a ?? b) ?? c",
        "a is string ? 1 : 2",
        "(a is string) ? 1 : 2",
        "!(a && b) || - - n > 0",
        "(a?.b).c",
        "a?.b.c?[0]",
        "x is  >3 and(<10 or 42)",
        "x switch{1=>\"one\",>5 and <8 when b =>\"some\",_=>\"other\"}",
        "new[]{1,2}.Select( x=>x*2 )",
        "[a,b]",
        "(int)(x+1)",
        "@\"a\\b\" + 0xFF + 1_000 + $\"{a,-4}|{b:D3}\"",
        "l.ToDictionary(startIndex: 3)",
        "a /* why */ + b",
        "l.Cast<string>()",
        "if(a)return 1;else{var t=b;return t;}",
        "if (a) throw new ArgumentException(\"x\"); return `ms-DS`",
        "mail +",
    ];
    let entra = [
        "IIF( [a]=\"x\",1 , &HFF )",
        "Replace([mail],\"x\",,,\"\",,)",
        "([a]=\"x\"&&[b]=\"y\")||[c]=\"z\"",
        "[a]=\"x\"||([b]=\"y\"&&[c]=\"z\")",
        "(5+3)*2-(1-1)",
        "([a]=\"x\"||[b]=\"y\")&&[c]=\"z\"",
        "\"a\"&([n]+1)&CRLF",
        "Select( $item,[l],With($v,Trim($item),$v&Nothing))",
        "- -1",
    ];
    let mut lines = String::new();
    for (dialect, texts) in [(Dialect::Csharp, &csharp[..]), (Dialect::Entra, &entra[..])] {
        for expr in texts {
            lines += &format!(
                "{expr}\n    {}\n",
                format(expr, dialect).replace('\n', "\n    ")
            );
        }
    }
    insta::assert_snapshot!(lines);
}

fn tree(rule: &Json, dialect: Dialect) -> CheckedPart {
    let rule = rule.clone();
    part::check_expression(&env(), &ExprSource::Rule { rule, dialect })
}

#[test]
fn a_tree_becomes_a_text_of_the_same_meaning_and_the_same_tree_again() {
    let csharp = json!({
        "if": "mail == null",
        "then": {"expr": "ignore"},
        "else": {
            "if": "mail is string t && t.Length > 3",
            "then": {"expr": "{ var u = t.Trim();\n    return u + sn; }"},
            "else": {"if": "n > 1", "then": {"expr": "mail.Trim()"}}
        }
    });

    let written = printer::tree_to_text(&env(), &csharp, Dialect::Csharp, Dialect::Csharp);

    let ExprSource::Expr { expr, .. } = written.unwrap() else {
        panic!("no text");
    };
    let as_text = part::check_expression(&env(), &text(&expr, Dialect::Csharp));
    assert_eq!(as_text.meaning(), tree(&csharp, Dialect::Csharp).meaning());
    let ExprSource::Rule { rule, .. } =
        printer::text_to_tree(&env(), &expr, Dialect::Csharp).unwrap()
    else {
        panic!("no tree");
    };
    assert_eq!(tree(&rule, Dialect::Csharp).meaning(), as_text.meaning());
    assert_eq!(
        printer::fmt::tree(&rule, Dialect::Csharp).unwrap(),
        printer::fmt::tree(&rule, Dialect::Csharp)
            .and_then(|rule| printer::fmt::tree(&rule, Dialect::Csharp))
            .unwrap()
    );
}

#[test]
fn a_tree_of_entra_becomes_choices_and_the_same_tree_again() {
    let rule = json!({
        "if": "IsPresent([mail])",
        "then": {"expr": "Trim([mail])"},
        "else": {"if": "[n] > 1", "then": {"expr": "[sn]"}}
    });

    let written = printer::tree_to_text(&env(), &rule, Dialect::Entra, Dialect::Entra).unwrap();

    let expected = "IIF(IsPresent([mail]), Trim([mail]), IIF([n] > 1, [sn], IgnoreThisFlow))";
    assert_eq!(written, text(expected, Dialect::Entra));
    let again = printer::text_to_tree(&env(), expected, Dialect::Entra).unwrap();
    assert_eq!(
        again,
        ExprSource::Rule {
            rule,
            dialect: Dialect::Entra
        }
    );
}

#[test]
fn a_tree_of_two_dialects_is_said_in_each_of_them() {
    let rule = json!({
        "if": "mail == null",
        "then": {"expr": "IIF([hidden], \"x\", NULL)", "dialect": "entra"},
        "else": {"expr": "mail.Trim()"}
    });
    let source = ExprSource::Rule {
        rule: rule.clone(),
        dialect: Dialect::Csharp,
    };

    let entra = printer::convert(&env(), &source, Dialect::Entra).unwrap();
    let csharp = printer::convert(&env(), &source, Dialect::Csharp).unwrap();

    assert_eq!(
        entra,
        ExprSource::Rule {
            rule: json!({
                "if": "IsNull([mail])",
                "then": {"expr": "IIF([hidden], \"x\", NULL)"},
                "else": {"expr": "Trim([mail])"}
            }),
            dialect: Dialect::Entra,
        }
    );
    assert_eq!(
        csharp,
        ExprSource::Rule {
            rule: json!({
                "if": "mail == null",
                "then": {"expr": "hidden ?? false ? \"x\" : null"},
                "else": {"expr": "mail.Trim()"}
            }),
            dialect: Dialect::Csharp,
        }
    );
}

#[test]
fn a_refusal_in_a_tree_names_its_leaf() {
    let rule = json!({"if": "mail == null", "then": "ignore", "else": {"expr": "sn.Substring(1)"}});
    let source = ExprSource::Rule {
        rule,
        dialect: Dialect::Csharp,
    };

    let found = printer::convert(&env(), &source, Dialect::Entra).unwrap_err();

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "rule.else.expr");
    assert_eq!((found[0].span.from, found[0].span.to), (3, 12));
}
