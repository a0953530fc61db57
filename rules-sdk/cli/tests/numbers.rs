//! Numbers as .NET has them, answered by the compiled modules in the sandbox.
//!
//! Invariants: the expected answers are those of .NET's documentation, or follow from what it says; none is our own.

#[path = "common/ask.rs"]
mod ask;

use ask::{answer, check};
use serde_json::{Value as Json, json};
use syncline_rules_cli::eval::Evaluator;

fn texts(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, Json, Json)> = (cases.iter())
        .map(|(expr, text)| (*expr, json!({"n": 7, "s": "12.50"}), json!(text)))
        .collect();
    check(&cases);
}

#[test]
fn decimals_keep_their_places() {
    texts(&[
        ("(1.0m + 1.00m).ToString()", "2.00"),
        ("(1.10m - 1.1m).ToString()", "0.00"),
        ("(2.50m * 2.0m).ToString()", "5.000"),
        ("(0.00m * 5.0m).ToString()", "0.000"),
        ("(10m / 2.50m).ToString()", "4"),
        ("(10.00m / 4m).ToString()", "2.50"),
        ("(10m / 3m).ToString()", "3.3333333333333333333333333333"),
        ("(10.5m % 3.00m).ToString()", "1.50"),
        ("(6m % 3.00m).ToString()", "0.00"),
        ("(decimal.Parse(s) + n).ToString()", "19.50"),
        ("\"a\" + 1.50m", "a1.50"),
        ("$\"{1.50m,7}|{-1.5m:0.00}\"", "   1.50|-1.50"),
        ("(-0.00m).ToString()", "0.00"),
        ("1e3m.ToString()", "1000"),
        (
            "decimal.MaxValue.ToString()",
            "79228162514264337593543950335",
        ),
        (
            "decimal.MinValue.ToString(\"N0\")",
            "-79,228,162,514,264,337,593,543,950,335",
        ),
        (
            "(decimal.MaxValue - 0.5m).ToString()",
            "79228162514264337593543950334",
        ),
        (
            "(79228162514264337593543950335m * 0.1m).ToString()",
            "7922816251426433759354395033.5",
        ),
        ("(0.0000000000000000000000000001m / 2).ToString()", "0"),
        (
            "(0.0000000000000000000000000003m / 2).ToString()",
            "0.0000000000000000000000000002",
        ),
        ("((decimal)0.1 + (decimal)0.2).ToString()", "0.3"),
        (
            "((decimal)123456789.123456789).ToString()",
            "123456789.123457",
        ),
        (
            "1.23456789012345678901234567895m.ToString()",
            "1.2345678901234567890123456790",
        ),
    ]);
}

#[test]
fn decimals_compare_by_value() {
    check(&[
        ("1.0m == 1.00m", json!({}), json!(true)),
        (
            "n == 7.0m && n < 7.1m && 6.9m <= n",
            json!({"n": 7}),
            json!(true),
        ),
        ("1.5m.Equals(1.50m)", json!({}), json!(true)),
        (
            "new[] { 2m, 2.00m, 1m }.Distinct().Count()",
            json!({}),
            json!(2),
        ),
        (
            "new[] { 2m, 10m, 1.5m }.OrderBy(d => d).First()",
            json!({}),
            json!(1.5),
        ),
        (
            "new[] { 2m, 10m }.Contains(n)",
            json!({"n": 10}),
            json!(true),
        ),
        (
            "new[] { 1m }.FirstOrDefault(d => d > 5).ToString()",
            json!({}),
            json!("0"),
        ),
        (
            "new[] { 1.5m, 2m }.Select(d => d * 2).Sum()",
            json!({}),
            json!(7.0),
        ),
        (
            "new decimal[] { }.Average()",
            json!({}),
            json!("error:invalid_operation"),
        ),
        ("2.50m is > 2 and < 3", json!({}), json!(true)),
        (
            "2.50m switch { 2.5m => \"half\", _ => \"other\" }",
            json!({}),
            json!("half"),
        ),
        ("((decimal?)null ?? 2m) == 2", json!({}), json!(true)),
        ("(decimal?)null == null", json!({}), json!(true)),
        (
            "(n > 3 ? 1.5m : null).HasValue",
            json!({"n": 1}),
            json!(false),
        ),
        (
            "((n > 3 ? 1.5m : null) + 1) == null",
            json!({"n": 1}),
            json!(true),
        ),
        ("(n > 3 ? 1.5m : null) > 1", json!({"n": 1}), json!(false)),
        (
            "(n > 3 ? 1.5m : null).GetValueOrDefault().ToString()",
            json!({"n": 1}),
            json!("0"),
        ),
    ]);
}

#[test]
fn formats_follow_the_documentation() {
    texts(&[
        ("(123.456).ToString(\"C2\")", "¤123.46"),
        ("(123.456).ToString(\"C3\")", "¤123.456"),
        ("1234.ToString(\"D\")", "1234"),
        ("(1234.567).ToString(\"F\")", "1234.57"),
        ("1234.ToString(\"F1\")", "1234.0"),
        ("(-1234.56).ToString(\"F4\")", "-1234.5600"),
        ("(-123.456).ToString(\"G\")", "-123.456"),
        ("(123.4546).ToString(\"G4\")", "123.5"),
        ("(-1.234567890e-25).ToString(\"G\")", "-1.23456789E-25"),
        ("(1234.567).ToString(\"N\")", "1,234.57"),
        ("1234.ToString(\"N1\")", "1,234.0"),
        ("(-1).ToString(\"X4\")", "FFFFFFFF"),
        ("255.ToString(\"x4\")", "00ff"),
        ("987654.ToString(\"#0.0e0\")", "98.8e4"),
        ("(1503.92311).ToString(\"0.0##e+00\")", "1.504e+03"),
        ("(1.8901385E-16).ToString(\"0.0e+00\")", "1.9e-16"),
        ("86000.ToString(\"0.###E-000\")", "8.6E004"),
        ("(0.3697).ToString(\"%#0.00\")", "%36.97"),
        ("(12.345).ToString(\"#0.0#;(#0.0#);-\\\\0-\")", "12.35"),
        ("0.ToString(\"#0.0#;(#0.0#);-\\\\0-\")", "-0-"),
        ("1234567890.ToString(\"0,0\")", "1,234,567,890"),
        ("2147483647.ToString(\"#,#,,\")", "2,147"),
        ("(-5).ToString(\"0000\")", "-0005"),
        ("(2.5).ToString(\"F0\") + 2.5m.ToString(\"F0\")", "23"),
        ("(-0.4).ToString(\"F0\")", "-0"),
        ("(-0.4m).ToString(\"F0\")", "0"),
        ("0.00m.ToString(\"G\")", "0.00"),
        ("5.ToString(\"QQ\")", "QQ"),
        (
            "long.MinValue.ToString(\"N0\")",
            "-9,223,372,036,854,775,808",
        ),
        ("int.MinValue.ToString(\"X\")", "80000000"),
    ]);
}

#[test]
fn variables_of_try_parse_reach_as_far_as_in_csharp() {
    check(&[
        (
            "int.TryParse(s, out var n) ? n + 1 : 0",
            json!({"s": " 41 "}),
            json!(42),
        ),
        (
            "int.TryParse(s, out var n) && n > 40",
            json!({"s": "41"}),
            json!(true),
        ),
        (
            "{ var ok = double.TryParse(s, out double d); return ok ? d * 2 : -1; }",
            json!({"s": "1.5"}),
            json!(3.0),
        ),
        (
            "if (s != \"\" && decimal.TryParse(s, out var d)) return d.ToString(\"F1\"); return \"none\";",
            json!({"s": "2.25"}),
            json!("2.3"),
        ),
        (
            "{ int.TryParse(a, out var x); return 1; }",
            json!({"a": "1"}),
            json!("error:syntax"),
        ),
        (
            "(int.TryParse(a, out var x) ? x : 0) + (int.TryParse(b, out var y) ? y : 0)",
            json!({"a": "1", "b": "x"}),
            json!(1),
        ),
        (
            "l.Select(x => int.TryParse(x, out var n) ? n : -1).Sum()",
            json!({"l": ["1", "x", "3"]}),
            json!(3),
        ),
        (
            "DateTime.TryParse(s, out DateTime d) ? d.Year : d.Year",
            json!({"s": "x"}),
            json!(1),
        ),
        (
            "DateTime.TryParse(s, CultureInfo.InvariantCulture, out var d) ? d.Year : 0",
            json!({"s": "2024-02-29"}),
            json!(2024),
        ),
        (
            "decimal.TryParse(s, NumberStyles.Any, CultureInfo.InvariantCulture, out var d) ? d : -1m",
            json!({"s": "(1,234.5)"}),
            json!(-1234.5),
        ),
    ]);
}

#[test]
fn variables_of_a_condition_reach_into_the_branches_of_a_tree() {
    let evaluator = Evaluator::new().unwrap();
    let ask = |s: &str| {
        let rule = json!({
            "if": "int.TryParse(s, out var n)",
            "then": {"expr": "n.ToString(\"D4\")"},
            "else": {"expr": "s"},
        });
        let line = json!({"rule": rule, "input": {"s": s}}).to_string();
        evaluator.line(&line).answer["value"].clone()
    };

    assert_eq!(ask("42"), json!("0042"));
    assert_eq!(ask("x"), json!("x"));
}

#[test]
fn a_decimal_needs_a_cast_where_csharp_needs_one() {
    let evaluator = Evaluator::new().unwrap();
    let kind = |expr: &str| answer(&evaluator, ("csharp", expr), &json!({"d": 1.5, "n": 1}));

    assert_eq!(kind("d + 1m"), json!("error:type"));
    assert_eq!(kind("(decimal)d + 1m"), json!(2.5));
    assert_eq!(kind("d + (double)1m"), json!(2.5));
    assert_eq!(kind("int.Parse(1m)"), json!("error:type"));
    assert_eq!(kind("n + 1m"), json!(2.0));
}

/// Plain numbers have a way of their own through the runtime. A blank in front leads around it and changes no number.
#[test]
fn plain_numbers_are_what_all_others_are() {
    let evaluator = Evaluator::new().unwrap();
    let readings = [
        "double.Parse(s)",
        "decimal.Parse(s).ToString()",
        "long.Parse(s)",
        "int.Parse(s)",
        "int.Parse(s, NumberStyles.None)",
        "decimal.Parse(s, NumberStyles.AllowLeadingWhite).ToString()",
    ];
    for text in [
        "0",
        "-0",
        "7",
        "-12",
        "007",
        "0.10",
        "-0.00",
        ".5",
        "5.",
        "-.5",
        "1.25",
        "12.",
        "0.1",
        "2147483648",
        "999999999999999999",
        "-999999999999999999",
        "9007199254740993",
        "9007199254740.993",
        "123456789012345.67",
        "0.0000000000000001",
        "1234567890123456789",
        "",
        "-",
        ".",
        "-.",
        "+1",
        "1,000",
        "1e3",
        "1.2.3",
        "x",
    ] {
        for reading in readings {
            // Where no blank may stand in front, zeros may.
            let around = match reading.contains("None") {
                true => format!("{}{text}", "0".repeat(20)),
                false => format!(" {text}"),
            };
            if reading.contains("None") && !text.bytes().all(|b| b.is_ascii_digit())
                || text.is_empty()
            {
                continue;
            }
            let [plain, other] = [text, &around]
                .map(|s| answer(&evaluator, ("csharp", reading), &json!({ "s": s })));

            assert_eq!(plain, other, "{reading} of {text:?}");
        }
    }
}
