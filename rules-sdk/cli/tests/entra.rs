//! The `entra` dialect in the sandbox: the documented examples of both references, and what they leave out.
//!
//! Invariants: the expected answers are written down here, from the references or from the reasons given, never computed
//! by our own code.

#[path = "common/ask.rs"]
mod ask;

use ask::check_in;
use serde_json::{Value as Json, json};

fn check(cases: &[(&str, Json, Json)]) {
    check_in("entra", cases);
}

#[test]
fn operators_have_one_level_and_comparisons_come_after_them() {
    check(&[
        ("5+3*2", json!({}), json!(16)),
        ("2*(5+3)", json!({}), json!(16)),
        ("2*5+3", json!({}), json!(13)),
        ("10 - -3", json!({}), json!(13)),
        (r#""a" & "b" & 1"#, json!({}), json!("ab1")),
        (r#"[a] & "x""#, json!({"a": null}), json!("x")),
        ("1 + 1 = 2", json!({}), json!(true)),
        ("[n] <> 2", json!({"n": 3}), json!(true)),
        ("[n] >= 3 && [n] <= 3", json!({"n": 3}), json!(true)),
        // As the vendor's rules write it.
        (
            r#"IsPresent([a]) || [b] = "x""#,
            json!({"a": null, "b": "x"}),
            json!(true),
        ),
        ("&HFF", json!({}), json!(255)),
        ("2147483647 + 1", json!({}), json!(2_147_483_648_i64)),
    ]);
}

#[test]
fn literals_and_texts_are_those_of_connect() {
    check(&[
        ("NULL", json!({}), json!(null)),
        (
            "AuthoritativeNull",
            json!({}),
            json!("flow:authoritative-null"),
        ),
        ("IgnoreThisFlow", json!({}), json!("flow:ignore")),
        ("CRLF", json!({}), json!("\r\n")),
        ("True", json!({}), json!(true)),
        (
            r#""say ""hello"" or \"hello\"""#,
            json!({}),
            json!("say \"hello\" or \"hello\""),
        ),
        (r#""a\\b\c""#, json!({}), json!("a\\b\\c")),
        (
            "%Domain.FQDN%",
            json!({"%Domain.FQDN%": "contoso.com"}),
            json!("contoso.com"),
        ),
        (
            "[ms-DS-ConsistencyGuid]",
            json!({"ms-DS-ConsistencyGuid": "x"}),
            json!("x"),
        ),
    ]);
}

#[test]
fn choices_take_the_branch_that_holds() {
    let states = r#"Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney", "QLD", "Australia/Brisbane")"#;
    let cases = r#"Switch([n] = 1, "one", [n] = 2, "two")"#;
    check(&[
        (
            r#"IIF([country]="USA",[country],[department])"#,
            json!({"country": "USA", "department": "x"}),
            json!("USA"),
        ),
        (
            r#"IIF([country]="USA",[country],[department])"#,
            json!({"country": null, "department": "x"}),
            json!("x"),
        ),
        ("IIF([hidden], 1, 2)", json!({"hidden": null}), json!(2)),
        ("IIF([hidden], 1, 2)", json!({"hidden": true}), json!(1)),
        (
            "IIF(1 = 1, IgnoreThisFlow, [x])",
            json!({"x": "y"}),
            json!("flow:ignore"),
        ),
        (states, json!({"state": "QLD"}), json!("Australia/Brisbane")),
        (states, json!({"state": "qld"}), json!("Australia/Sydney")),
        (states, json!({"state": null}), json!("Australia/Sydney")),
        (
            r#"Switch([state], "d", "", "none", "QLD", "b")"#,
            json!({"state": null}),
            json!("none"),
        ),
        (cases, json!({"n": 2}), json!("two")),
        (cases, json!({"n": 3}), json!(null)),
        (
            r#"Switch([n] = 1, "one", [n] = 2)"#,
            json!({"n": 2}),
            json!("error:arity"),
        ),
        // Of the values only the one that is given is evaluated, of the conditions all.
        (
            r#"Switch(True, "fine", [n] = 1, Error("never"))"#,
            json!({"n": 2}),
            json!("fine"),
        ),
        (
            r#"Switch([s] = "q", "a", True, IgnoreThisFlow)"#,
            json!({"s": "q"}),
            json!("a"),
        ),
        (
            r#"Switch([s] = "z", AuthoritativeNull, True, "x")"#,
            json!({"s": "q"}),
            json!("x"),
        ),
        (
            r#"Switch(True, Error("x"))"#,
            json!({}),
            json!("error:custom"),
        ),
        (
            r#"With($v, Error("x"), $v)"#,
            json!({}),
            json!("error:custom"),
        ),
        (
            "With($v, IgnoreThisFlow, $v)",
            json!({}),
            json!("flow:ignore"),
        ),
        (
            "IgnoreFlowIfNullOrEmpty(NULL)",
            json!({}),
            json!("flow:ignore"),
        ),
        ("Coalesce([s])", json!({"s": "q"}), json!("q")),
        ("CNum(NULL)", json!({}), json!(null)),
        (
            r#"IIF([s] = "q", Error("x"), NULL)"#,
            json!({"s": "q"}),
            json!("error:custom"),
        ),
        (
            r#"IIF([n] > 1, Error("Maximum exceeded"), IgnoreThisFlow)"#,
            json!({"n": 2}),
            json!("error:custom"),
        ),
        (
            "Coalesce([mailNickname], [userPrincipalName])",
            json!({"mailNickname": null, "userPrincipalName": "a@x"}),
            json!("a@x"),
        ),
        (
            "IgnoreFlowIfNullOrEmpty([department])",
            json!({"department": ""}),
            json!("flow:ignore"),
        ),
        (
            "IgnoreFlowIfNullOrEmpty([department])",
            json!({"department": "IT"}),
            json!("IT"),
        ),
        ("Not([a])", json!({"a": true}), json!(false)),
    ]);
}

#[test]
fn what_is_not_there_is_told_from_what_is_empty() {
    let values = |json: Json| json!({ "a": json });
    check(&[
        ("IsNull([a])", values(json!(null)), json!(true)),
        ("IsNull([a])", values(json!("")), json!(false)),
        ("IsEmpty([a])", values(json!(null)), json!(false)),
        ("IsEmpty([a])", values(json!("")), json!(true)),
        ("IsNullOrEmpty([a])", values(json!([])), json!(true)),
        ("IsNullOrEmpty([a])", values(json!("x")), json!(false)),
        (r#"IsPresent("")"#, json!({}), json!(false)),
        ("IsPresent([a])", values(json!(0)), json!(true)),
        ("IsString([a])", values(json!(1)), json!(true)),
        (
            "IsString([a])",
            values(json!({"$b64": "AA=="})),
            json!(false),
        ),
        (
            "IsDate([a])",
            values(json!({"$date": "2020-01-01T00:00:00Z"})),
            json!(true),
        ),
        ("IsDate([a])", values(json!(1)), json!(false)),
        ("IsNumeric([a])", values(json!(true)), json!(true)),
        ("IsString([a])", values(json!("x")), json!(true)),
        ("Count([a])", values(json!(["x", "y"])), json!(2)),
        ("Count([a])", values(json!("x")), json!(1)),
        ("Count([a])", values(json!(null)), json!(0)),
        (
            r#"ValueCount("a")"#,
            values(json!(["x", "y", "z"])),
            json!(3),
        ),
        (r#"ImportedValue("a")"#, values(json!("x")), json!("x")),
    ]);
}

#[test]
fn several_values_are_taken_one_by_one() {
    let mail = json!({"proxyAddresses": ["smtp:a@x", "SMTP:b@x"]});
    check(&[
        (
            r#"Mid(Item([proxyAddresses], Contains([proxyAddresses], "SMTP:")), 6, 99)"#,
            mail.clone(),
            json!("b@x"),
        ),
        (
            "Item([proxyAddresses], 3)",
            mail.clone(),
            json!("error:out_of_range"),
        ),
        (
            "Item([proxyAddresses], 0)",
            mail.clone(),
            json!("error:out_of_range"),
        ),
        ("ItemOrNull([proxyAddresses], 3)", mail.clone(), json!(null)),
        ("Item([mail], 1)", json!({"mail": "a@x"}), json!("a@x")),
        (
            "Item([n], 2)",
            json!({"n": [1, 4_294_967_296_i64]}),
            json!(4_294_967_296_i64),
        ),
        (
            r#"Join([proxyAddresses], ",")"#,
            mail.clone(),
            json!("smtp:a@x,SMTP:b@x"),
        ),
        (
            "Join([proxyAddresses])",
            mail.clone(),
            json!("smtp:a@x SMTP:b@x"),
        ),
        (
            r#"Join(", ", "", [surname], [givenName])"#,
            json!({"surname": "Doe", "givenName": "John"}),
            json!("Doe, John"),
        ),
        (
            r#"Join("-", [proxyAddresses], "c")"#,
            mail.clone(),
            json!("smtp:a@x-SMTP:b@x-c"),
        ),
        (
            "UCase([proxyAddresses])",
            mail.clone(),
            json!(["SMTP:A@X", "SMTP:B@X"]),
        ),
        (
            "RemoveDuplicates(Trim(ImportedValue(\"otherPager\")))",
            json!({"otherPager": [" 1", "1 ", "2"]}),
            json!(["1", "2"]),
        ),
        (
            r#"Select($item, [otherPhone], Replace($item, "-", ""))"#,
            json!({"otherPhone": ["1-2", "3"]}),
            json!(["12", "3"]),
        ),
        (
            r#"Where($item, [otherPhone], Len($item) > 1)"#,
            json!({"otherPhone": ["1-2", "3"]}),
            json!(["1-2"]),
        ),
        (
            r#"With($v, Trim([a]), $v & $v)"#,
            json!({"a": " x "}),
            json!("xx"),
        ),
        // An expression over one attribute of several values that takes only one.
        (
            r#"IIF(Left([otherPhone], 1) = "1", "internal", NULL)"#,
            json!({"otherPhone": ["1-2", "3"]}),
            json!(["internal"]),
        ),
    ]);
}

#[test]
fn numbers_and_truth_values_are_converted_as_documented() {
    check(&[
        ("BitAnd(&HF, &HF7)", json!({}), json!(7)),
        ("BitOr(1, 6)", json!({}), json!(7)),
        ("IsBitSet(&HF, 4)", json!({}), json!(true)),
        ("IsBitSet(1, 4)", json!({}), json!(false)),
        (
            "IIF(BitAnd([userAccountControl],2)=0,True,False)",
            json!({"userAccountControl": 514}),
            json!(false),
        ),
        (
            "CBool(BitAnd([groupType],-2147483648))",
            json!({"groupType": -2_147_483_646}),
            json!(true),
        ),
        ("CBool([a])", json!({"a": null}), json!(null)),
        (r#"CBool("False")"#, json!({}), json!(false)),
        (r#"CNum("12")"#, json!({}), json!(12)),
        (r#"CNum("x")"#, json!({}), json!("error:format")),
        ("CStr([dn])", json!({"dn": "cn=Joe"}), json!("cn=Joe")),
        ("CStr(5)", json!({}), json!("5")),
        ("CStr([n])", json!({"n": null}), json!(null)),
    ]);
}

#[test]
fn mistakes_are_told_by_their_kind() {
    check(&[
        (
            "Lft([a], 1)",
            json!({"a": "x"}),
            json!("error:unknown_name"),
        ),
        (
            "left([a], 1)",
            json!({"a": "x"}),
            json!("error:unknown_name"),
        ),
        ("[b]", json!({"a": "x"}), json!("error:unknown_name")),
        ("a", json!({"a": "x"}), json!("error:unknown_name")),
        ("Left([a])", json!({"a": "x"}), json!("error:arity")),
        ("IIF([a] = 1, 1)", json!({"a": 1}), json!("error:arity")),
        ("Left([a], \"1\")", json!({"a": "x"}), json!("error:type")),
        ("[a] +", json!({"a": "x"}), json!("error:syntax")),
        ("\u{201c}x\u{201d}", json!({}), json!("error:syntax")),
        ("\"x", json!({}), json!("error:syntax")),
        ("", json!({}), json!("error:syntax")),
        (")", json!({}), json!("error:syntax")),
    ]);
}

/// A structure of Windows Hello: a head, then entries of length, kind and content, all little-endian.
#[test]
fn the_vendors_key_rule_takes_a_binary_structure_apart_and_puts_it_together() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let expressions: Json = serde_json::from_str(include_str!(
        "../../lang/tests/entra-connect/expressions.json"
    ))
    .unwrap();
    let rule = expressions.as_array().unwrap().iter();
    let mut rule = rule.filter(|e| e["to"] == "deviceKey");
    let expr = rule.next().unwrap()["expr"].as_str().unwrap();
    // Version 0x200, an entry of one octet, and what follows it, whose SHA-256 goes between them.
    let head = [0, 2, 0, 0, 1, 0, 1, 0xaa];
    let key = b"abc";
    let digest = STANDARD
        .decode("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        .unwrap();
    let input = [&head[..], key].concat();
    let output = [&head[..], &[32, 0, 2], &digest, key].concat();
    let input = json!({"searchableDeviceKey": [{"$b64": STANDARD.encode(input)}]});

    check(&[(expr, input, json!([{"$b64": STANDARD.encode(output)}]))]);
}
