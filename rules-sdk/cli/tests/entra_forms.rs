//! The `entra` dialect where its two references part: which form a call has, what a pragma decides, and how mistakes are told.
//!
//! Invariants: expected answers come from the references or from the reasons that `docs/rules-from-entra-connect.md` gives.

#[path = "common/ask.rs"]
mod ask;

use std::collections::BTreeMap;

use ask::{check, check_in};
use serde_json::{Value as Json, json};
use syncline_model::rules::{AttrType, Dialect, RuleType};
use syncline_rules::part;
use syncline_rules::request::{ExprSource, FlowText, PartKind, PartSource};
use syncline_rules::{Env, diag::Diagnostic};

fn env() -> Env {
    let optional = |name: &str, ty| (name.to_owned(), AttrType::optional(ty));
    let source = BTreeMap::from([
        optional("a", RuleType::String),
        optional("b", RuleType::Bool),
        optional("n", RuleType::Long),
        optional("g", RuleType::Binary),
    ]);
    Env {
        source,
        ..Env::default()
    }
}

fn found(expr: &str, dialect: Dialect) -> Vec<Diagnostic> {
    let expr = expr.to_owned();
    part::check_expression(&env(), &ExprSource::Expr { expr, dialect }).diagnostics
}

fn first_code(expr: &str, dialect: Dialect) -> String {
    found(expr, dialect)
        .into_iter()
        .next()
        .map_or_else(String::new, |diagnostic| diagnostic.code)
}

#[test]
fn a_wrong_number_of_arguments_is_told_as_such() {
    let wrong = [
        "IsNull()",
        "IsNull([a], 1)",
        "IsEmpty()",
        "IsNullOrEmpty([a], [a])",
        "IsPresent()",
        "IsString()",
        "Not()",
        "CRef()",
        "Join()",
        "Error()",
        r#"Error("a", "b")"#,
        "Switch()",
        "Switch([a])",
        r#"Switch([a], "d", "k")"#,
        "ImportedValue()",
        "ValueCount()",
        "Count()",
        "Item([a])",
        "Item([a], 1, 2)",
        "ItemOrNull([a])",
        "CBool()",
        "CStr([a], 1)",
        "CNum()",
        "BitAnd(1)",
        "BitOr(1, 2, 3)",
        "IsBitSet(1)",
        "IgnoreFlowIfNullOrEmpty()",
        "Redact()",
        "Coalesce()",
        "Replace([a])",
        "Contains()",
        "Now(1)",
        "Left([a])",
        "IIF(True, 1)",
        "SelectUniqueValue([a])",
        "SingleAppRoleAssignment()",
    ];

    let others: Vec<&str> = (wrong.into_iter())
        .filter(|expr| first_code(expr, Dialect::Entra) != "SL0206")
        .collect();

    assert_eq!(others, Vec::<&str>::new());
    assert_eq!(first_code("IsNull()", Dialect::Csharp), "SL0206");
    assert_eq!(first_code("IsNothing([a])", Dialect::Entra), "SL0101");
}

#[test]
fn a_switch_over_a_truth_value_is_told_by_its_keys() {
    let texts = r#"Switch([b], "unknown", "True", "on", "False", "off")"#;
    let truths = r#"Switch([b], "unknown", True, "on", False, "off")"#;
    let left_out = r#"Switch([b], , "False", "True", "True", "False")"#;
    let conditions = r#"Switch([b], "on", Not([b]), "off")"#;
    let yes = json!({"b": true});
    let no = json!({"b": false});
    check_in(
        "entra",
        &[
            (texts, yes.clone(), json!("on")),
            (texts, no.clone(), json!("off")),
            (truths, yes.clone(), json!("on")),
            (truths, no.clone(), json!("off")),
            (left_out, yes.clone(), json!("False")),
            (left_out, no.clone(), json!("True")),
            (conditions, no.clone(), json!("off")),
            (
                r#"Switch([b], "on", True, "off")"#,
                no.clone(),
                json!("off"),
            ),
            (
                r#"Switch([n], "many", "1", "one")"#,
                json!({"n": 1}),
                json!("one"),
            ),
            (r#"IIF([b] = "true", 1, 2)"#, yes, json!(1)),
            (r#"IIF([b] <> "True", 1, 2)"#, no, json!(1)),
        ],
    );
    assert_eq!(
        first_code(r#"Switch([b], "on", True, "off")"#, Dialect::Entra),
        "SL0306"
    );
    assert_eq!(found(conditions, Dialect::Entra).len(), 0);
}

#[test]
fn a_pragma_decides_what_arguments_leave_open() {
    let ambiguous = |line: &str| format!("{line}Switch([b], \"on\", True, \"off\")");
    let connect = ambiguous("#pragma connect\n");
    let provisioning = ambiguous("#pragma provisioning\n");
    let yes = json!({"b": true});
    check_in(
        "entra",
        &[
            (&connect, yes.clone(), json!("on")),
            (&provisioning, yes, json!("off")),
            (
                "#pragma provisioning\r\nCDate(\"2021-06-30+08:00\")",
                json!({}),
                json!("6/29/2021 4:00:00 PM"),
            ),
            (
                "#pragma provisioning\nCDate([a])",
                json!({"a": null}),
                Json::Null,
            ),
            (
                "#pragma provisioning\nLen(Now()) > 10",
                json!({}),
                json!(true),
            ),
            (
                "#pragma provisioning\nPCase([a])",
                json!({"a": "PINTO-DE SILVA"}),
                json!("Pinto-De Silva"),
            ),
            ("#pragma vba\n1", json!({}), json!("error:syntax")),
            ("#pragma connect", json!({}), json!("error:syntax")),
        ],
    );
    assert_eq!(found(&connect, Dialect::Entra).len(), 0);
    assert_eq!(first_code("#pragma connect\n1", Dialect::Csharp), "SL0005");
}

#[test]
fn dates_and_texts_meet() {
    check_in(
        "entra",
        &[
            (
                r#"DateDiff("d", [a], [d])"#,
                json!({"a": "2024-01-01", "d": {"$date": "2024-01-31T00:00:00Z"}}),
                json!(30),
            ),
            (
                r#"DateDiff("d", [d], [a])"#,
                json!({"a": "2024-01-01", "d": {"$date": "2024-01-31T00:00:00Z"}}),
                json!(-30),
            ),
            (
                r#"FormatDateTime([d], , "M/d/yyyy h:mm:ss tt", "yyyyMMdd")"#,
                json!({"d": {"$date": "2024-01-31T00:00:00Z"}}),
                json!("20240131"),
            ),
            (
                "CDate([d])",
                json!({"d": {"$date": "2024-01-31T00:00:00Z"}}),
                json!("2024-01-31T00:00:00Z"),
            ),
        ],
    );
}

#[test]
fn the_conversion_that_is_offered_is_one_of_the_dialect() {
    let offered = |expr: &str, dialect| {
        let fix = found(expr, dialect).into_iter().find_map(|d| d.fix);
        fix.map(|fix| fix.replacement).unwrap_or_default()
    };

    assert_eq!(
        offered("string s = n; return s;", Dialect::Csharp),
        ".ToString()"
    );
    assert_eq!(
        offered("string s = g; return s;", Dialect::Csharp),
        "Convert.ToBase64String(g)"
    );
    assert_eq!(offered("Error([n])", Dialect::Entra), "CStr([n])");
    assert_eq!(
        offered("Error([g])", Dialect::Entra),
        "ConvertToBase64([g])"
    );
}

#[test]
fn a_parameter_may_have_dots_in_both_dialects() {
    let object = json!({"a": "ann", "%Domain.FQDN%": "contoso.com", "%Domain%": "CONTOSO"});
    let cases = [
        (
            r#"a + "@" + %Domain.FQDN%"#,
            object.clone(),
            json!("ann@contoso.com"),
        ),
        ("%Domain%.ToLower()", object.clone(), json!("contoso")),
        ("7 % 4", json!({}), json!(3)),
        (
            "%Domain.Netbios%",
            object.clone(),
            json!("error:unknown_name"),
        ),
    ];
    check(&cases);
    check_in(
        "entra",
        &[
            (
                r#"[a] & "@" & %Domain.FQDN%"#,
                object.clone(),
                json!("ann@contoso.com"),
            ),
            ("%Domain.Netbios%", object, json!("error:unknown_name")),
        ],
    );
}

#[test]
fn a_profile_does_not_choose_unique_values() {
    let flow = FlowText {
        to: "mail".to_owned(),
        from: None,
        expr: Some("SelectUniqueValue([a], [a] & \"1\")".to_owned()),
        rule: None,
        dialect: Dialect::Entra,
        default: None,
        on_error: Default::default(),
        cases: Vec::new(),
        picks: false,
    };
    let part = PartSource {
        id: "p".to_owned(),
        kind: PartKind::Outbound,
        source: env().source,
        target: BTreeMap::new(),
        target_image: BTreeMap::new(),
        parameters: BTreeMap::new(),
        scope: None,
        keys: Vec::new(),
        dn: None,
        flows: vec![flow],
    };

    let codes: Vec<String> = (part::check(&part).diagnostics.into_iter())
        .map(|diagnostic| diagnostic.code)
        .collect();

    assert_eq!(codes, ["SL0219"]);
}

#[test]
fn what_a_chain_gives_may_have_a_default_whatever_the_schema_knows() {
    let object = json!({"l": ["a", "b"]});
    check(&[
        (r#"l?.Contains("a") ?? false"#, object.clone(), json!(true)),
        ("l?.Count ?? 0", object.clone(), json!(2)),
        (r#"l?.Contains("c") ?? true"#, object, json!(false)),
        ("n ?? 0", json!({"n": 1}), json!("error:type")),
    ]);
}
