//! Cases stored with the flows of a part: what holds is silent, what does not is an error at its place.

mod not_run;

use serde_json::{Value as Json, json};
use syncline_rules::diag::Diagnostic;
use syncline_rules::part;
use syncline_rules::request::CompileRequest;

/// What is said of a request.
fn of_request(request: &Json) -> Vec<Diagnostic> {
    let request: CompileRequest = serde_json::from_value(request.clone()).unwrap();
    let (parts, _) = part::check_all(&request);
    parts
        .into_iter()
        .flat_map(|part| part.diagnostics)
        .collect()
}

/// A part with these flows.
fn part_of(flows: Json) -> Json {
    json!({
        "id": "p", "kind": "inbound",
        "source": {
            "cn": {"type": "string", "nullable": false}, "mail": {"type": "string"}, "n": {"type": "long"},
            "proxies": {"type": "string", "multi": true}, "expires": {"type": "date"},
            "manager": {"type": "reference"}, "sid": {"type": "binary"},
        },
        "parameters": {"Domain": "string"},
        "flows": flows,
    })
}

/// What is said of this flow with these cases.
fn found(flow: Json, cases: Json) -> Vec<Diagnostic> {
    of_request(&json!({ "parts": [part_of(json!([with(flow, cases)]))] }))
}

fn with(mut flow: Json, cases: Json) -> Json {
    flow["to"] = json!("to");
    flow["cases"] = cases;
    flow
}

/// Code, place and message of each error.
fn errors(found: &[Diagnostic]) -> Vec<(&str, &str, &str)> {
    let errors = found.iter().filter(|d| d.is_error());
    errors
        .map(|d| (d.code.as_str(), d.path.as_str(), d.message.as_str()))
        .collect()
}

/// What the only error of this flow with this case says.
fn told(flow: Json, case: Json) -> String {
    let found = found(flow, json!([case]));
    match errors(&found)[..] {
        [(code, path, message)] => format!("{code} {path}: {message}"),
        ref other => panic!("{other:?}"),
    }
}

/// Whether each case holds; nothing else may be wrong.
fn held<const N: usize>(flow: Json, cases: [Json; N]) -> [bool; N] {
    let found = found(flow, json!(cases.to_vec()));
    assert!(
        errors(&found).iter().all(|(code, ..)| *code == "SL0601"),
        "{found:?}"
    );
    std::array::from_fn(|index| {
        let path = format!("flows[0].cases[{index}]");
        !found.iter().any(|d| d.path == path)
    })
}

#[test]
fn a_case_that_holds_is_silent_and_one_that_does_not_is_an_error() {
    let flow = json!({"expr": "mail == \"x\" ? ignore : mail == \"y\" ? authoritativeNull : mail.Split('@')[1]"});

    let held = held(
        flow,
        [
            json!({"name": "value", "input": {"mail": "a@b"}, "value": "b"}),
            json!({"name": "other value", "input": {"mail": "a@b"}, "value": "a"}),
            json!({"name": "none", "input": {"mail": "a@b"}, "value": null}),
            json!({"name": "ignore", "input": {"mail": "x"}, "flow": "ignore"}),
            json!({"name": "other flow", "input": {"mail": "x"}, "flow": "authoritativeNull"}),
            json!({"name": "null for good", "input": {"mail": "y"}, "flow": "authoritativeNull"}),
            json!({"name": "error", "input": {}, "error": "null_reference"}),
            json!({"name": "other error", "input": {"mail": "a"}, "error": "null_reference"}),
        ],
    );

    assert_eq!(held, [true, false, false, true, false, true, true, false]);
}

#[test]
fn what_does_not_hold_is_said_as_the_command_line_says_it() {
    let flow = || json!({"expr": "mail.Split('@')[0]"});
    let wanted = |case: Json| told(flow(), case);

    assert_eq!(
        wanted(json!({"name": "local part", "input": {"mail": "ann@x"}, "value": null})),
        "SL0601 flows[0].cases[0]: the case `local part` does not hold: expected no value, got \"ann\""
    );
    assert_eq!(
        wanted(json!({"name": "c", "value": "ann"})),
        "SL0601 flows[0].cases[0]: the case `c` does not hold: expected \"ann\", got error null_reference"
    );
    assert_eq!(
        wanted(json!({"name": "c", "input": {"mail": "x"}, "flow": "ignore"})),
        "SL0601 flows[0].cases[0]: the case `c` does not hold: expected ignore, got \"x\""
    );
}

#[test]
fn the_place_that_fails_is_named() {
    let found = found(
        json!({"expr": "\"x\" + mail.Trim()"}),
        json!([{"name": "c", "value": "x"}]),
    );

    let failed = found.iter().find(|d| d.code == "SL0601").unwrap();
    assert_eq!(
        failed.note.as_deref(),
        Some("it fails at `mail`; change the flow, or what the case expects")
    );
    assert_eq!((failed.span.from, failed.span.to), (0, 0));
}

#[test]
fn long_names_and_answers_are_cut() {
    let case = json!({"name": "n".repeat(5_000), "input": {"mail": "m".repeat(5_000)}, "value": "v".repeat(5_000)});

    let told = told(json!({"expr": "mail"}), case);

    assert!((600..800).contains(&told.chars().count()), "{told}");
}

#[test]
fn lists_dates_octets_and_references_are_written_as_in_documents() {
    let lists = held(
        json!({"expr": "proxies.Where(p => p.StartsWith(\"SMTP:\")).ToList()"}),
        [
            json!({"name": "one", "input": {"proxies": ["SMTP:a", "smtp:b"]}, "value": ["SMTP:a"]}),
            json!({"name": "one text", "input": {"proxies": "SMTP:a"}, "value": ["SMTP:a"]}),
            json!({"name": "no list", "input": {"proxies": ["SMTP:a"]}, "value": "SMTP:a"}),
            json!({"name": "empty", "input": {"proxies": []}, "value": []}),
        ],
    );
    let dates = held(
        json!({"expr": "expires?.AddDays(1)"}),
        [
            json!({"name": "date", "input": {"expires": "2026-01-31"}, "value": "2026-02-01T00:00:00Z"}),
            json!({"name": "zone", "input": {"expires": {"$date": "2026-01-31"}}, "value": "2026-02-01T01:00:00+01:00"}),
            json!({"name": "other", "input": {"expires": "2026-01-31"}, "value": "2026-02-02"}),
            json!({"name": "none", "value": null}),
        ],
    );
    let octets = held(
        json!({"expr": "sid"}),
        [json!({"name": "octets", "input": {"sid": {"$b64": "AQID"}}, "value": {"$b64": "AQID"}})],
    );
    let references = held(
        json!({"from": "manager"}),
        [json!({"name": "reference", "input": {"manager": "CN=Ann"}, "value": "CN=Ann"})],
    );

    assert_eq!(lists, [true, true, false, true]);
    assert_eq!(dates, [true, true, false, true]);
    assert_eq!((octets, references), ([true], [true]));
}

#[test]
fn a_copied_attribute_has_cases_as_well() {
    let held = held(
        json!({"from": "n"}),
        [
            json!({"name": "value", "input": {"n": 3}, "value": 3}),
            json!({"name": "none", "value": null}),
            json!({"name": "other", "input": {"n": 3}, "value": 4}),
            json!({"name": "error", "input": {"n": 3}, "error": "format"}),
        ],
    );

    assert_eq!(held, [true, true, false, false]);
}

#[test]
fn a_case_sees_the_default_and_not_what_an_error_does() {
    let flow =
        |default: Json| json!({"expr": "long.Parse(mail)", "default": default, "on_error": "null"});
    let cases = || {
        [
            json!({"name": "value", "input": {"mail": "7"}, "value": 7}),
            json!({"name": "default", "input": {"mail": "x"}, "value": -1}),
            json!({"name": "error", "input": {"mail": "x"}, "error": "format"}),
            json!({"name": "on_error", "input": {"mail": "x"}, "value": null}),
        ]
    };

    assert_eq!(
        held(flow(json!("-1L")), cases()),
        [true, true, false, false]
    );
    assert_eq!(held(flow(Json::Null), cases()), [true, false, true, false]);
}

#[test]
fn a_rule_tree_and_the_other_dialect_have_cases() {
    let tree = json!({"rule": {"if": "n > 3", "then": {"expr": "cn"}, "else": {"expr": "mail"}}});
    let entra = json!({"expr": "UCase([mail])", "dialect": "entra"});

    let of_tree = held(
        tree,
        [
            json!({"name": "then", "input": {"n": 4, "cn": "c"}, "value": "c"}),
            json!({"name": "else", "input": {"n": 3, "cn": "c", "mail": "m"}, "value": "m"}),
            json!({"name": "other", "input": {"n": 3, "cn": "c", "mail": "m"}, "value": "c"}),
        ],
    );
    let of_entra = held(
        entra,
        [json!({"name": "upper", "input": {"mail": "a"}, "value": "A"})],
    );

    assert_eq!((of_tree, of_entra), ([true, true, false], [true]));
}

#[test]
fn the_scope_and_the_other_flows_have_no_say() {
    let mut part = part_of(json!([
        with(json!({"expr": "int.Parse(mail)"}), json!([])),
        with(
            json!({"expr": "n"}),
            json!([{"name": "c", "input": {"n": 1}, "value": 1}])
        ),
    ]));
    part["scope"] = json!("n > 100");

    assert_eq!(errors(&of_request(&json!({ "parts": [part] }))), []);
}

#[test]
fn what_is_drawn_is_the_same_in_every_check() {
    let flow = || json!({"expr": "Guid.NewGuid().ToString()"});
    let drawn = told(flow(), json!({"name": "c", "value": ""}));
    let value = drawn.rsplit_once("got ").unwrap().1.trim_matches('"');

    assert_eq!(held(flow(), [json!({"name": "c", "value": value})]), [true]);
}

#[test]
fn tables_and_named_expressions_are_those_of_the_request() {
    let cases = json!([
        {"name": "known", "input": {"mail": "de"}, "value": "Germany!"},
        {"name": "unknown", "input": {"mail": "xx"}, "value": "elsewhere!"},
        {"name": "fails", "input": {"mail": "xx"}, "value": "Germany!"},
    ]);
    let flow = json!({"expr": "Loud(Lookup(\"countries\", mail) ?? \"elsewhere\")"});
    let found = of_request(&json!({
        "resources": {
            "tables": [{"name": "countries", "rows": [{"key": "de", "value": "Germany"}]}],
            "expressions": [{"name": "Loud", "parameters": [{"name": "text", "type": "string"}], "expr": "text + \"!\""}],
        },
        "parts": [part_of(json!([with(flow, cases)]))],
    }));

    assert_eq!(
        errors(&found),
        [(
            "SL0601",
            "flows[0].cases[2]",
            "the case `fails` does not hold: expected \"Germany!\", got \"elsewhere!\""
        )]
    );
}

#[test]
fn an_outbound_flow_reads_the_linked_object_and_parameters() {
    let mut part = part_of(json!([with(
        json!({"expr": "Target.mail ?? mail + %Domain%"}),
        json!([
            {"name": "there", "input": {"Target.mail": "old", "%Domain%": "@x"}, "value": "old"},
            {"name": "new", "input": {"mail": "a", "%Domain%": "@x"}, "value": "a@x"},
            {"name": "fails", "input": {"mail": "a", "%Domain%": "@x"}, "value": "old"},
            {"name": "near", "input": {"Target.mial": "a"}, "value": "old"},
        ])
    )]));
    part["kind"] = json!("outbound");
    part["target_image"] = json!({"mail": {"type": "string"}});
    let found = of_request(&json!({ "parts": [part] }));

    assert_eq!(
        errors(&found),
        [
            (
                "SL0601",
                "flows[0].cases[2]",
                "the case `fails` does not hold: expected \"old\", got \"a@x\""
            ),
            (
                "SL0602",
                "flows[0].cases[3].input.Target.mial",
                "`Target.mial` is no attribute of the target that the flow could read; did you mean `Target.mail`?"
            ),
        ]
    );
}

#[test]
fn cases_are_no_part_of_the_meaning() {
    let checked = |cases: Json| {
        let part = part_of(json!([with(json!({"expr": "mail"}), cases)]));
        let part = part::check(&serde_json::from_value(part).unwrap());
        assert!(part.ok(), "{:?}", part.diagnostics);
        let emitted = part.emit();
        (part.meaning(), emitted.manifest, emitted.wasm)
    };

    assert_eq!(
        checked(json!([])),
        checked(json!([{"name": "c", "input": {"mail": "a"}, "value": "a"}]))
    );
}

#[test]
fn a_part_whose_case_does_not_hold_is_not_ok() {
    let part = part_of(json!([with(
        json!({"expr": "mail"}),
        json!([{"name": "c", "value": "a"}])
    )]));

    assert!(!part::check(&serde_json::from_value(part).unwrap()).ok());
}
