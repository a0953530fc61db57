//! Interpreter and sandbox agree: on random programs over random objects, on fused parts, and at the limits.
//!
//! The generator lives in `rules-sdk/fuzz`, which runs it for as long as one likes (`syncline-rules-fuzz differ`).

mod common;
#[path = "common/said.rs"]
mod said;

use std::collections::BTreeMap;

use common::{compare, compiler};
use syncline_model::rules::Dialect;
use syncline_model::rules::{AttrType, RuleType, RuleValue, SlotSource};
use syncline_rules::Env;
use syncline_rules::part::{self, CheckedPart};
use syncline_rules::request::{ExprSource, FlowText, PartKind, PartSource, Schema};
use syncline_rules_fuzz::case::Case;
use syncline_rules_fuzz::dice::Dice;
use syncline_rules_fuzz::differ::{Until, campaign};
use syncline_rules_fuzz::objects;
use syncline_rules_fuzz::programs::parts::{self, Written};

/// Parts of the random test.
const CASES: u64 = 96;

fn schema() -> Schema {
    let many = |ty| AttrType {
        multi: true,
        ..AttrType::required(ty)
    };
    let attributes = [
        ("s", AttrType::required(RuleType::String)),
        ("o", AttrType::optional(RuleType::String)),
        ("n", AttrType::required(RuleType::Int)),
        ("p", AttrType::optional(RuleType::Int)),
        ("d", AttrType::required(RuleType::Double)),
        ("b", AttrType::required(RuleType::Bool)),
        ("l", many(RuleType::String)),
        ("m", AttrType::list(RuleType::String)),
        ("numbers", many(RuleType::Int)),
    ];
    attributes
        .map(|(name, attr)| (name.to_owned(), attr))
        .into()
}

fn rows(part: &CheckedPart, objects: &[BTreeMap<String, RuleValue>]) -> Vec<Vec<RuleValue>> {
    let name = |slot: &syncline_model::rules::Slot| match &slot.source {
        SlotSource::Attribute(name) => name.clone(),
        other => panic!("no test reads {other:?}"),
    };
    (objects.iter())
        .map(|object| {
            part.tables
                .slots
                .iter()
                .map(|slot| object[&name(slot)].clone())
                .collect()
        })
        .collect()
}

fn flow(expr: &str) -> FlowText {
    FlowText {
        to: "x".into(),
        from: None,
        expr: Some(expr.to_owned()),
        rule: None,
        dialect: Dialect::default(),
        default: None,
        on_error: Default::default(),
        cases: Vec::new(),
        picks: false,
    }
}

/// A part with these flows, a scope and a key.
fn fused(scope: Option<&str>, key: Option<&str>, flows: &[String]) -> PartSource {
    PartSource {
        id: "p".into(),
        kind: PartKind::Inbound,
        source: schema(),
        target: Schema::new(),
        target_image: Schema::new(),
        parameters: BTreeMap::new(),
        scope: scope.map(|s| ExprSource::Text(s.to_owned())),
        keys: key
            .map(|k| ExprSource::Text(k.to_owned()))
            .into_iter()
            .collect(),
        dn: None,
        flows: flows.iter().map(|f| flow(f)).collect(),
    }
}

#[test]
fn interpreter_and_sandbox_agree_on_random_parts() {
    let report = campaign(2026, (0, 1), Until::Cases(CASES)).unwrap();

    assert!(report.differences.is_empty(), "{:#?}", report.differences);
    assert!(report.programs > 3 * CASES, "{}", report.programs);
    // The generator knows types, so that next to nothing is refused.
    assert!(
        report.refused * 15 < report.programs,
        "{} of {} are refused: {:#?}",
        report.refused,
        report.programs,
        report.reasons
    );
}

#[test]
fn what_the_other_dialect_can_say_means_the_same_there() {
    let env = Env {
        source: parts::schema(),
        ..Env::default()
    };
    let (mut said, mut refused) = (0, 0);
    for n in 0..CASES {
        for program in Case::of(2027, n).compiled().programs {
            let Written::Text(dialect, text) = program.written else {
                continue;
            };
            let source = said::text(&text, dialect);
            // Some read the target or a parameter, which an expression by itself has not.
            if !part::check_expression(&env, &source).ok() {
                continue;
            }
            let row = |row: u64| -> said::Row {
                let mut dice = Dice::of(n, row);
                let attributes = env.source.iter();
                let value = |(name, attr): (&String, &AttrType)| {
                    let value = objects::value(&mut dice, *attr);
                    (SlotSource::Attribute(name.clone()), value)
                };
                attributes.map(value).collect()
            };
            let case = said::Case {
                env: env.clone(),
                source,
                rows: (0..4).map(row).collect(),
            };
            match said::in_dialect(&case, said::other(dialect)) {
                Ok(_) => said += 1,
                Err(found) => {
                    refused += 1;
                    assert!(
                        found.iter().all(|d| d.code.starts_with("SL04")),
                        "{text}\n{found:#?}"
                    );
                }
            }
        }
    }
    assert!(said > 100, "{said} were converted, {refused} refused");
}

static COMPILER: std::sync::LazyLock<syncline_sandbox::Compiler> =
    std::sync::LazyLock::new(compiler);

fn one_object() -> BTreeMap<String, RuleValue> {
    BTreeMap::from([
        ("s".to_owned(), RuleValue::String("Ada".into())),
        ("o".to_owned(), RuleValue::Null),
        ("n".to_owned(), RuleValue::Int(3)),
        ("p".to_owned(), RuleValue::Null),
        ("d".to_owned(), RuleValue::Double(1.5)),
        ("b".to_owned(), RuleValue::Bool(true)),
        (
            "l".to_owned(),
            RuleValue::List(vec![RuleValue::String("x".into()); 40]),
        ),
        ("m".to_owned(), RuleValue::Null),
        (
            "numbers".to_owned(),
            RuleValue::List((0..40).map(RuleValue::Int).collect()),
        ),
    ])
}

/// Both evaluators give this for the flow, on an object with 40 values in its lists.
fn both_give(expr: &str, expected: &str) {
    let part = part::check(&fused(None, None, &[expr.to_owned()]));
    let answers = compare(&COMPILER, &part, &rows(&part, &[one_object()]), expr);
    assert!(
        answers[0][0].starts_with(expected),
        "{expr} gives {}",
        answers[0][0]
    );
}

#[test]
fn work_without_end_is_the_row_error_budget_in_both_evaluators() {
    both_give("new string('a', 2000000000)", "budget");
    both_give("s.PadLeft(2147483647)", "budget");
    both_give("l.Aggregate(s, (a, x) => a + a)", "budget");
    both_give(
        "numbers.Count(a => numbers.All(b => numbers.All(c => numbers.All(d => a + b + c + d >= 0))))",
        "budget",
    );
    both_give(
        "string.Join(\"\", l.SelectMany(a => l.SelectMany(b => l.Select(c => s + a + b + c))))",
        "budget",
    );
    both_give(
        "new string('a', 60000).Replace(\"a\", new string('b', 60000))",
        "budget",
    );
}

#[test]
fn after_the_budget_is_used_up_the_row_has_no_more_calls() {
    let flows = [
        "s.PadLeft(2147483647)".to_owned(),
        "s.ToLower()".to_owned(),
        "n + 1".to_owned(),
    ];
    let part = part::check(&fused(None, None, &flows));

    let answers = compare(
        &COMPILER,
        &part,
        &rows(&part, &[one_object()]),
        "three flows",
    );

    assert!(
        answers[0][0].starts_with("budget") && answers[0][1].starts_with("budget"),
        "{answers:?}"
    );
}

#[test]
fn a_row_over_the_budget_costs_its_neighbours_nothing() {
    let part = part::check(&fused(None, None, &["new string('a', n)".to_owned()]));
    let objects: Vec<_> = (0..200)
        .map(|index| {
            let mut object = one_object();
            object.insert(
                "n".into(),
                RuleValue::Int(if index % 50 == 7 { 100_000_000 } else { 90_000 }),
            );
            object
        })
        .collect();

    let answers = compare(&COMPILER, &part, &rows(&part, &objects), "one flow");

    let failed: Vec<usize> = (0..200)
        .filter(|i| answers[*i][0].starts_with("budget"))
        .collect();
    assert_eq!(failed, [7, 57, 107, 157]);
}

#[test]
fn what_the_fuzz_found_stays_mended() {
    // An address has 32 bits in the sandbox.
    both_give("DNComponent(\"CN=a,DC=b\", 9007199254740993L)", "null");
    both_give("DNComponentRev(\"CN=a,DC=b\", 4294967298L)", "null");
    // `b =>` behind `when` is no lambda.
    both_give(
        "s switch { \"Ada\" when b => \"yes\", _ => \"no\" }",
        "String(\"yes\")",
    );
    // Work that was charged too cheaply to be stopped in the same place.
    both_give(
        "Regex.Replace(new string('ä', 300), \"[^\\\\p{L}]\", \"\").Length",
        "Int(300)",
    );
    both_give(
        "Regex.Matches(new string('a', 100), \".\").Count",
        "Int(100)",
    );
    both_give(
        "Enumerable.Repeat(new string('ß', 200), 4).Except(l, StringComparer.OrdinalIgnoreCase).Count()",
        "Int(1)",
    );
    both_give("new string('ß', 900).ToUpper().Length", "Int(900)");
}

#[test]
fn lists_of_optional_numbers_and_of_numbers_are_not_one_list() {
    for expr in [
        "numbers.Select(v => v + p).Concat(numbers).ToList()",
        "numbers.Union(numbers.Select(v => v + p)).ToList()",
        "(b ? numbers.Select(v => v + p).ToList() : numbers.ToList()).Count()",
    ] {
        let part = part::check(&fused(None, None, &[expr.to_owned()]));
        assert!(!part.ok(), "{expr} is compiled");
    }
    both_give(
        "numbers.Select(v => v + n).Concat(numbers).Count()",
        "Int(80)",
    );
}

#[test]
fn a_scope_that_leaves_without_a_value_is_refused() {
    for scope in ["b ? true : ignore", "b ? authoritativeNull : false"] {
        let part = part::check(&fused(Some(scope), None, &["s".to_owned()]));
        assert!(!part.ok(), "{scope} is compiled");
    }
}

#[test]
fn numbers_at_their_limits_agree_and_cost_what_they_do() {
    both_give("double.MaxValue.ToString(\"F0\").Length", "Int(309)");
    both_give("double.MaxValue.ToString(\"N1100\").Length", "Int(1512)");
    both_give(
        "double.Epsilon.ToString(\"E\")",
        "String(\"4.940656E-324\")",
    );
    both_give("double.Epsilon.ToString(\"F1100\").Length", "Int(1102)");
    both_give("double.MaxValue.ToString(\"#,#\").Length", "Int(411)");
    both_give("(d / 3e300).ToString(\"E1000\").Length", "Int(1007)");
    both_give("n.ToString(\"D900000000\")", "budget");
    both_give("double.Parse(new string('1', 3000))", "Double(inf)");
    both_give(
        "double.Parse(\"0.\" + new string('3', 3000))",
        "Double(0.3333333333333333)",
    );
    both_give("int.Parse(new string('0', 9000) + \"7\")", "Int(7)");
    both_give(
        "decimal.Parse(\"0.\" + new string('6', 3000)).ToString()",
        "String(\"0.6666666666666666666666666667\")",
    );
    both_give(
        "(decimal.MaxValue / 79228162514264337593543950334m).ToString()",
        "String(\"1\")",
    );
    both_give("decimal.MaxValue * decimal.MaxValue", "overflow");
    both_give("decimal.MaxValue / 0.1m", "overflow");
    both_give("decimal.MinValue - 1", "overflow");
    both_give("(decimal)double.MaxValue", "overflow");
}
