//! Values of the `entra` dialect where another type is wanted: branches of different types, texts and numbers as
//! conditions, texts that are GUIDs.
//!
//! Invariants: expected answers come from the references, and where these give a `var` from what Visual Basic makes of it.

#[path = "common/ask.rs"]
mod ask;

use ask::check_in;
use serde_json::{Value as Json, json};

fn check(cases: &[(&str, Json, Json)]) {
    check_in("entra", cases);
}

/// An object that all cases of a test read.
fn on(object: &Json, cases: &[(&str, Json)]) {
    let cases: Vec<(&str, Json, Json)> = (cases.iter())
        .map(|(expr, wanted)| (*expr, object.clone(), wanted.clone()))
        .collect();
    check(&cases);
}

#[test]
fn beside_a_text_a_number_is_its_text() {
    let object = json!({"s": "q", "n": 7, "none": null});
    on(
        &object,
        &[
            (r#"IIF([s] = "q", 1, "none")"#, json!("1")),
            (r#"IIF([s] = "z", 1, "none")"#, json!("none")),
            (r#"IIF([s] = "q", True, "none")"#, json!("True")),
            (r#"IIF([s] = "q", True, -1)"#, json!("True")),
            (r#"IIF([s] = "z", True, -1)"#, json!("-1")),
            (r#"Switch([s] = "q", [n], True, "x")"#, json!("7")),
            (r#"Switch([s], "d", "q", [n], "r", True)"#, json!("7")),
            (r#"Switch([s], 0, "z", "x")"#, json!("0")),
            ("Coalesce([none], [n])", json!("7")),
            (r#"Coalesce([n], "x")"#, json!(7)),
            (r#"IIF([s] = "q", [n], "x") & "y""#, json!("7y")),
            (r#"Len(IIF([s] = "q", 123, "x"))"#, json!(3)),
            (r#"CNum(IIF([s] = "q", 1, "x")) + 1"#, json!(2)),
            (r#"IIF([s] = "q", IIF([s] = "z", 1, "x"), "y")"#, json!("x")),
            (r#"With($v, IIF([s] = "q", 1, "x"), $v & 1)"#, json!("11")),
            (r#"IsNumeric(IIF([s] = "q", 1, "x"))"#, json!(true)),
            (r#"IIF([s] = "q", 1, Error("x"))"#, json!(1)),
            (r#"IIF([s] = "q", 1, NULL)"#, json!(1)),
        ],
    );
}

#[test]
fn beside_a_list_a_single_value_is_a_list_of_one() {
    let object = json!({"s": "q", "m": ["a", "b"], "k": [1, 2]});
    on(
        &object,
        &[
            (r#"IIF([s] = "q", [m], 5)"#, json!(["a", "b"])),
            (r#"IIF([s] = "z", [m], 5)"#, json!(["5"])),
            (r#"IIF([s] = "q", [k], "x")"#, json!(["1", "2"])),
            (r#"IIF([s] = "z", [k], "x")"#, json!(["x"])),
            (r#"IIF([s] = "q", [k], [m])"#, json!(["1", "2"])),
            (r#"IIF([s] = "z", [k], 7)"#, json!([7])),
            (r#"IIF([m] = "a", 1, "x")"#, json!(["1", "x"])),
            (r#"Switch([s] = "z", [m], True, True)"#, json!(["True"])),
            (r#"Join(IIF([s] = "q", [k], "x"), ",")"#, json!("1,2")),
        ],
    );
}

#[test]
fn what_may_be_a_number_is_not_added_and_dates_stay_dates() {
    let object = json!({"s": "q", "k": [1, 2]});
    on(
        &object,
        &[
            (r#"IIF([s] = "q", 1, "x") + 1"#, json!("error:type")),
            (r#"1 + IIF([s] = "q", 1, "x")"#, json!("error:type")),
            (r#"IIF([s] = "q", 1, "x") * 2"#, json!("error:type")),
            (
                r#"With($v, IIF([s] = "q", 1, "x"), $v + 1)"#,
                json!("error:type"),
            ),
            (
                r#"IIF([s] = "q", IIF([s] = "z", 1, "x"), "y") + "z""#,
                json!("error:type"),
            ),
            (
                r#"Item(IIF([s] = "q", [k], "x"), 1) + 1"#,
                json!("error:type"),
            ),
            (r#"IIF([s] = "q", Now(), "x")"#, json!("error:type")),
            (r#"IIF([s] = "q", CGuid([s]), "x")"#, json!("error:type")),
        ],
    );
}

#[test]
fn a_text_or_a_number_is_a_condition_as_in_visual_basic() {
    let choice = r#"IIF([a], "yes", "no")"#;
    let of = |a: Json, wanted: &str| (choice, json!({ "a": a }), json!(wanted));
    check(&[
        of(json!("True"), "yes"),
        of(json!("false"), "no"),
        of(json!(" TRUE "), "yes"),
        of(json!("0"), "no"),
        of(json!("-2.5"), "yes"),
        of(json!(3), "yes"),
        of(json!(0), "no"),
        of(json!(null), "no"),
        of(json!("maybe"), "error:format"),
        of(json!(""), "error:format"),
        of(json!({"$date": "2024-02-29T00:00:00Z"}), "error:type"),
        (r#"IIF(1, "yes", "no")"#, json!({}), json!("yes")),
        (
            r#"IIF([a] && [n], "yes", "no")"#,
            json!({"a": "True", "n": 0}),
            json!("no"),
        ),
        (
            choice,
            json!({"a": ["True", "False"]}),
            json!(["yes", "no"]),
        ),
        (
            "Where($i, [a], $i)",
            json!({"a": ["True", "False"]}),
            json!(["True"]),
        ),
        (r#"CBool("0")"#, json!({}), json!(false)),
        (r#"CBool("12")"#, json!({}), json!(true)),
        (r#"CBool("x")"#, json!({}), json!("error:format")),
        ("Not([a])", json!({"a": 0}), json!(true)),
    ]);
}

#[test]
fn a_guid_has_hyphens_and_may_have_braces() {
    let of = |text: &str, wanted: bool| ("IsGuid([a])", json!({ "a": text }), json!(wanted));
    check(&[
        of("00001111-aaaa-2222-bbbb-3333cccc4444", true),
        of("{00001111-AAAA-2222-BBBB-3333CCCC4444}", true),
        of("00001111aaaa2222bbbb3333cccc4444", false),
        of("(00001111-aaaa-2222-bbbb-3333cccc4444)", false),
        of("{00001111-aaaa-2222-bbbb-3333cccc4444 ", false),
        of(" 00001111-aaaa-2222-bbbb-3333cccc4444", false),
        of("00001111-aaaa-2222-bbbb-3333cccc444g", false),
        (
            r#"StringFromGuid(CGuid("{00001111-aaaa-2222-bbbb-3333cccc4444}"))"#,
            json!({}),
            json!("00001111-aaaa-2222-bbbb-3333cccc4444"),
        ),
        (
            r#"CGuid("00001111aaaa2222bbbb3333cccc4444")"#,
            json!({}),
            json!("error:format"),
        ),
    ]);
}

#[test]
fn words_begin_with_the_title_case_of_a_digraph() {
    let of = |name: &str, wanted: &str| {
        let expr = "#pragma provisioning\nPCase([sn])";
        (expr, json!({ "sn": name }), json!(wanted))
    };
    check(&[
        of("ǆabc", "ǅabc"),
        of("ǈUBAV ǌiva", "ǈubav ǋiva"),
        of("ǲen", "ǲen"),
    ]);
}
