//! Every example of the library and a corpus of whole rules, answered by the compiled modules in the sandbox.
//!
//! Invariants: the expected answers are written down here or beside the function, never computed by our own code.

#[path = "common/ask.rs"]
mod ask;

use ask::{check, check_in};
use serde_json::{Value as Json, json};
use syncline_model::rules::Dialect;
use syncline_rules_cli::eval::Evaluator;

#[test]
fn every_example_of_the_library_gives_its_result_in_the_sandbox() {
    for (dialect, name) in [(Dialect::Csharp, "csharp"), (Dialect::Entra, "entra")] {
        check_in(name, &examples(dialect));
    }
}

/// The examples of the library that are written in a dialect.
fn examples(dialect: Dialect) -> Vec<(&'static str, Json, Json)> {
    let cases: Vec<(&str, Json, Json)> = (syncline_rules::stdlib::entries())
        .filter(|entry| entry.dialect() == dialect)
        .flat_map(|entry| entry.examples)
        .map(|example| {
            let expected =
                serde_json::from_str(example.result).unwrap_or_else(|_| json!(example.result));
            (
                example.expr,
                serde_json::from_str(example.input).unwrap(),
                expected,
            )
        })
        .collect();
    assert!(cases.len() > 100);
    cases
}

#[test]
fn operators_follow_csharp() {
    check(&[
        ("1 + 2 * 3 - 4 / 2", json!({}), json!(5)),
        ("7 / 2", json!({}), json!(3)),
        ("-7 / 2", json!({}), json!(-3)),
        ("-7 % 3", json!({}), json!(-1)),
        ("7.0 / 2", json!({}), json!(3.5)),
        ("n + 1", json!({"n": 2147483647}), json!(-2147483648_i64)),
        ("n + 1L", json!({"n": 2147483647}), json!(2147483648_i64)),
        ("n * 2", json!({"n": 9223372036854775807_i64}), json!(-2)),
        (
            "n / m",
            json!({"n": -2147483648_i64, "m": -1}),
            json!("error:overflow"),
        ),
        (
            "n % m",
            json!({"n": 5, "m": 0}),
            json!("error:divide_by_zero"),
        ),
        ("1.0 / zero", json!({"zero": 0.0}), json!("Infinity")),
        ("n << 33", json!({"n": 1}), json!(2)),
        ("n >> 1", json!({"n": -3}), json!(-2)),
        ("n >>> 28", json!({"n": -1}), json!(15)),
        ("n & 6 | 1 ^ 3", json!({"n": 5}), json!(6)),
        ("~n", json!({"n": 5}), json!(-6)),
        ("true ^ b", json!({"b": true}), json!(false)),
        ("1 + 2 + \"a\" + 1 + 2", json!({}), json!("3a12")),
        ("'a' + 'b'", json!({}), json!(195)),
        ("\"\" + 'a' + 'b'", json!({}), json!("ab")),
        ("\"x\" + true + null + 1.5", json!({}), json!("xTrue1.5")),
        ("a == b", json!({"a": "x", "b": "X"}), json!(false)),
        ("1 == 1.0", json!({}), json!(true)),
        ("'a' < 'b' && !(2 >= 3)", json!({}), json!(true)),
        ("a ?? b ?? \"c\"", json!({"a": null, "b": null}), json!("c")),
        ("a?.Length ?? -1", json!({"a": null}), json!(-1)),
        ("a?.Trim().Length", json!({"a": null}), json!(null)),
        ("a?[0]", json!({"a": "xy"}), json!("x")),
        (
            "a!.Length",
            json!({"a": null}),
            json!("error:null_reference"),
        ),
        ("x + 1", json!({"x": null, "y": 1}), json!("1")),
        (
            "x > 3 ? \"big\" : x < 3 ? \"small\" : \"three\"",
            json!({"x": 3}),
            json!("three"),
        ),
        ("(int)3.99 + (int)'A'", json!({}), json!(68)),
        ("(char)66", json!({}), json!("B")),
        ("(long)n * n", json!({"n": 100000}), json!(10000000000_i64)),
        ("n is > 3 and < 10 or 42", json!({"n": 42}), json!(true)),
        ("s is not null and not \"\"", json!({"s": ""}), json!(false)),
        (
            "s is string t ? t.Length : 0",
            json!({"s": "abc"}),
            json!(3),
        ),
        ("s is { Length: > 2 }", json!({"s": "ab"}), json!(false)),
        (
            "n switch { 1 => \"one\", > 5 and < 8 => \"some\", _ => \"other\" }",
            json!({"n": 7}),
            json!("some"),
        ),
        (
            "s switch { null => \"none\", \"\" => \"empty\", var t when t.Length > 3 => t, _ => \"short\" }",
            json!({"s": "long text"}),
            json!("long text"),
        ),
        (
            "s switch { \"a\" => 1 }",
            json!({"s": "b"}),
            json!("error:invalid_operation"),
        ),
        ("s[^1]", json!({"s": "abc"}), json!("c")),
        (
            "s[1..^1] + s[..2] + s[2..]",
            json!({"s": "abcd"}),
            json!("bcabcd"),
        ),
        ("s[5]", json!({"s": "abc"}), json!("error:out_of_range")),
        ("2147483648", json!({}), json!(2147483648_i64)),
        ("-2147483648", json!({}), json!(-2147483648_i64)),
        ("0xFF + 0b11 + 1_000", json!({}), json!(1258)),
        ("1e3", json!({}), json!(1000.0)),
    ]);
}

#[test]
fn interpolated_texts_nest() {
    check(&[
        (
            "$\"<{$\"[{\"a,b;;c\"}|{1,3}]\".ToUpper()}>\"",
            json!({}),
            json!("<[A,B;;C|  1]>"),
        ),
        (
            "$\"{(s == \"}\" ? '{' : '}')}{{{s}}}\"",
            json!({"s": "}"}),
            json!("{{}}"),
        ),
        (
            "$\"{n:D3}|{s,-4}|\"",
            json!({"n": 7, "s": null}),
            json!("007|    |"),
        ),
    ]);
}

#[test]
fn null_is_absent_and_empty_is_not() {
    check(&[
        ("s == null", json!({"s": null}), json!(true)),
        ("s == \"\"", json!({"s": null}), json!(false)),
        ("s + \"x\"", json!({"s": null}), json!("x")),
        (
            "s.Length",
            json!({"s": null}),
            json!("error:null_reference"),
        ),
        ("s", json!({"s": ""}), json!("")),
        ("null", json!({}), json!(null)),
        ("ignore", json!({}), json!("flow:ignore")),
        (
            "authoritativeNull",
            json!({}),
            json!("flow:authoritative-null"),
        ),
        (
            "s ?? throw new ArgumentException(\"no s\")",
            json!({"s": null}),
            json!("error:custom"),
        ),
        ("list.Count", json!({"list": []}), json!(0)),
        ("list?.FirstOrDefault()", json!({"list": []}), json!(null)),
        ("new[] { s, \"x\" }", json!({"s": null}), json!(["x"])),
        (
            "{ if (s == null) { return ignore; } var t = s.Trim(); return t.Length > 0 ? t : null; }",
            json!({"s": "  "}),
            json!(null),
        ),
    ]);
}

#[test]
fn rules_of_real_profiles() {
    let user = json!({
        "givenName": "Zoë", "sn": "O'Brien-Åström", "mail": "Zoe.OBrien@contoso.test", "department": " Human Resources ",
        "employeeID": "4711", "title": null, "countryCode": 276, "userAccountControl": 514,
        "proxyAddresses": ["SMTP:Zoe.OBrien@contoso.test", "smtp:zoe@contoso.test", "X400:c=DE"],
        "distinguishedName": "CN=Zoë O'Brien\\, HR,OU=Staff,DC=contoso,DC=test",
        "memberOf": ["CN=A,DC=x", "CN=B,DC=x"], "%Suffix%": "fabrikam.test",
    });
    let cases = [
        ("mail.Split('@')[0]", json!("Zoe.OBrien")),
        ("givenName + \" \" + sn", json!("Zoë O'Brien-Åström")),
        ("$\"{sn}, {givenName}\"", json!("O'Brien-Åström, Zoë")),
        (
            "RemoveDiacritics(givenName[0] + sn).ToLower().Replace(\"'\", \"\").Replace(\"-\", \"\")",
            json!("zobrienastrom"),
        ),
        (
            "new string(RemoveDiacritics(givenName + \".\" + sn).ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c == '.').ToArray()) + \"@\" + %Suffix%",
            json!("zoe.obrienastrom@fabrikam.test"),
        ),
        (
            "mail.ReplaceDomain(%Suffix%)",
            json!("Zoe.OBrien@fabrikam.test"),
        ),
        ("\"E\" + employeeID.PadLeft(8, '0')", json!("E00004711")),
        ("title ?? \"Employee\"", json!("Employee")),
        (
            "string.Join(\" - \", new[] { title, department?.Trim() }.Where(x => !string.IsNullOrEmpty(x)))",
            json!("Human Resources"),
        ),
        (
            "Bits.Has(userAccountControl, 2) ? \"disabled\" : \"enabled\"",
            json!("disabled"),
        ),
        ("(userAccountControl & 2) != 0", json!(true)),
        (
            "proxyAddresses.Where(p => p.StartsWith(\"smtp:\", StringComparison.OrdinalIgnoreCase)).Select(p => p.Substring(5).ToLower()).Distinct().OrderBy(p => p).ToList()",
            json!(["zoe.obrien@contoso.test", "zoe@contoso.test"]),
        ),
        (
            "proxyAddresses.FirstOrDefault(p => p.StartsWith(\"SMTP:\"))?.Substring(5) ?? mail",
            json!("Zoe.OBrien@contoso.test"),
        ),
        (
            "countryCode switch { 276 => \"DE\", 40 => \"AT\", _ => null }",
            json!("DE"),
        ),
        (
            "Dn.Parent(distinguishedName)",
            json!("OU=Staff,DC=contoso,DC=test"),
        ),
        ("memberOf.Any(g => g.StartsWith(\"CN=B,\"))", json!(true)),
        (
            "memberOf.Select(g => g.Split(',')[0].Substring(3)).ToList()",
            json!(["A", "B"]),
        ),
        (
            "if (department == null) return ignore; else if (department.Contains(\"Human\")) return \"HR\"; else return department.Trim();",
            json!("HR"),
        ),
        ("sn.Length > 5 ? sn.Substring(0, 5) : sn", json!("O'Bri")),
        ("sn.ToUpper()", json!("O'BRIEN-ÅSTRÖM")),
        ("TitleCase(sn.ToLower())", json!("O'brien-Åström")),
    ];
    let cases: Vec<_> = cases
        .into_iter()
        .map(|(expr, expected)| (expr, user.clone(), expected))
        .collect();
    check(&cases);
}

#[test]
fn unicode_follows_utf16() {
    check(&[
        ("s.Length", json!({"s": "a😀b"}), json!(4)),
        ("s.IndexOf(\"b\")", json!({"s": "a😀b"}), json!(3)),
        ("s.Substring(3)", json!({"s": "a😀b"}), json!("b")),
        (
            "s.Substring(2)",
            json!({"s": "a😀b"}),
            json!("error:argument"),
        ),
        (
            "new string(s.Reverse().ToArray())",
            json!({"s": "abc"}),
            json!("cba"),
        ),
        ("s.ToUpper()", json!({"s": "ßﬁǆ i"}), json!("ßﬁǄ I")),
        ("s.ToLower()", json!({"s": "İIΣ"}), json!("İiσ")),
        ("s.PadLeft(5, 'ü')", json!({"s": "😀"}), json!("üüü😀")),
        (
            "s.Equals(\"STRASSE\", StringComparison.OrdinalIgnoreCase)",
            json!({"s": "straße"}),
            json!(false),
        ),
        ("\"\\u00e9\\U0001F600\\x41\"", json!({}), json!("é😀A")),
        (
            "@\"a\\b\"\"c\" + \"\"\"raw \"quoted\" text\"\"\"",
            json!({}),
            json!("a\\b\"craw \"quoted\" text"),
        ),
    ]);
}

#[test]
fn compile_errors_name_their_kind_and_place() {
    let evaluator = Evaluator::new().unwrap();
    let ask = |expr: &str| {
        let line = json!({ "id": 1, "expr": expr, "input": { "mail": "x" } }).to_string();
        let answer = evaluator.line(&line).answer;
        (
            answer["error"].as_str().unwrap().to_owned(),
            answer["span"].to_string(),
        )
    };

    assert_eq!(ask("mail +"), ("syntax".into(), "[5,6]".into()));
    assert_eq!(ask("mial"), ("unknown_name".into(), "[0,4]".into()));
    assert_eq!(ask("mail.Foo()"), ("unknown_member".into(), "[5,8]".into()));
    assert_eq!(ask("mail - 1"), ("type".into(), "[5,6]".into()));
    assert_eq!(ask("mail.Substring()"), ("arity".into(), "[0,16]".into()));
}

#[test]
fn lines_that_cannot_be_answered_stop_nothing() {
    let input = b"{\"id\":1,\"expr\":\"1\"}\nnonsense\n{\"id\":3,\"dialect\":\"basic\",\"expr\":\"1\"}\n\n{\"id\":4,\"expr\":\"2\"}\n\
        \xff\xfe\n{\"id\":6,\"expr\":\"mial\"}\r\n{\"id\":7,\"expr\":\"3\"}";
    let mut out = Vec::new();
    let dir = tempfile::tempdir().unwrap();

    syncline_rules_cli::eval::run(&input[..], &mut out, (Some(dir.path()), None)).unwrap();

    let lines: Vec<Json> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(
        (&lines[0]["value"], &lines[3]["value"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&lines[1]["error"], &lines[2]["error"]),
        (&json!("input"), &json!("unsupported_dialect"))
    );
    assert_eq!(
        (&lines[4]["error"], &lines[5]["error"], &lines[6]["value"]),
        (&json!("input"), &json!("unknown_name"), &json!(3))
    );
    let module = std::fs::read(dir.path().join("1.wasm")).unwrap();
    assert_eq!(&module[..4], b"\0asm");
}

#[test]
fn types_of_the_schema_win_over_those_of_the_values() {
    let evaluator = Evaluator::new().unwrap();
    let ask = |expr: &str, input: Json, schema: Json| {
        evaluator
            .line(&json!({ "expr": expr, "input": input, "schema": schema }).to_string())
            .answer
    };

    assert_eq!(
        ask("n / 2", json!({"n": 7}), json!({"n": "double"}))["value"],
        json!(3.5)
    );
    assert_eq!(
        ask("n + 1", json!({}), json!({"n": "int?"}))["value"],
        json!(null)
    );
    assert_eq!(
        ask(
            "g.ToString()",
            json!({"g": "03020100-0504-0706-0809-0a0b0c0d0e0f"}),
            json!({"g": "Guid"})
        )["value"],
        json!("03020100-0504-0706-0809-0a0b0c0d0e0f")
    );
    assert_eq!(
        ask("b", json!({"b": {"$b64": "AQI="}}), json!({}))["value"],
        json!({"$b64": "AQI="})
    );
    assert_eq!(
        ask("d", json!({"d": {"$date": "2026-11-21"}}), json!({}))["value"],
        json!("2026-11-21T00:00:00Z")
    );
    assert_eq!(
        ask(
            "m.FirstOrDefault()",
            json!({"m": "x"}),
            json!({"m": "string[]"})
        )["value"],
        json!("x")
    );
    assert_eq!(
        ask("n", json!({"n": "x"}), json!({"n": "int"}))["error"],
        json!("input")
    );
}
