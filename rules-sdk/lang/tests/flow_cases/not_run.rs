//! Cases that cannot be held against their flow, and flows that are not run.

use serde_json::json;
use syncline_rules::request::CompileRequest;

use super::{errors, found, held, of_request, part_of, told, with};

#[test]
fn a_flow_that_reads_the_clock_needs_a_case_that_says_it() {
    let flow = || json!({"expr": "expires < DateTime.UtcNow"});
    let case = |now: Option<&str>| {
        let mut case = json!({"name": "c", "input": {"expires": "2026-01-01"}, "value": true});
        if let Some(now) = now {
            case["now"] = json!(now);
        }
        case
    };

    assert_eq!(held(flow(), [case(Some("2026-01-02"))]), [true]);
    assert_eq!(held(flow(), [case(Some("2025-12-31"))]), [false]);
    assert_eq!(
        told(flow(), case(None)),
        "SL0602 flows[0].cases[0]: the flow reads the clock; give the case a `now`, such as 2026-01-31T00:00:00Z"
    );
    assert_eq!(
        told(flow(), case(Some("soon"))),
        "SL0602 flows[0].cases[0]: `now`: `soon` is no date; write it as 2026-01-31T00:00:00Z"
    );
}

#[test]
fn names_that_the_schema_does_not_have_are_errors_with_the_nearest() {
    let of = |name: &str| {
        told(
            json!({"expr": "mail"}),
            json!({"name": "c", "input": {name: "x"}, "value": null}),
        )
    };

    assert_eq!(
        of("mial"),
        "SL0602 flows[0].cases[0].input.mial: `mial` is no attribute of the source; did you mean `mail`?"
    );
    assert_eq!(
        of("costCentre"),
        "SL0602 flows[0].cases[0].input.costCentre: `costCentre` is no attribute of the source; leave it out"
    );
    assert_eq!(
        of("%Domian%"),
        "SL0602 flows[0].cases[0].input.%Domian%: `%Domian%` is no parameter of the profile; did you mean `%Domain%`?"
    );
    assert_eq!(
        of("Target.mail"),
        "SL0602 flows[0].cases[0].input.Target.mail: `Target.mail` is no attribute of the target that the flow could \
         read; leave it out"
    );
}

#[test]
fn what_every_object_has_is_asked_for_where_the_flow_reads_it() {
    let case = || json!({"name": "c", "input": {"mail": "m"}, "value": "m"});

    assert_eq!(held(json!({"expr": "mail"}), [case()]), [true]);
    assert_eq!(
        told(json!({"expr": "cn + mail"}), case()),
        "SL0602 flows[0].cases[0].input.cn: the schema says that every object has a value here; give the case one"
    );
    assert_eq!(
        told(json!({"from": "cn"}), case()),
        "SL0602 flows[0].cases[0].input.cn: the schema says that every object has a value here; give the case one"
    );
    assert_eq!(
        told(json!({"expr": "mail + %Domain%"}), case()),
        "SL0602 flows[0].cases[0].input.%Domain%: a parameter always has a value; give the case one"
    );
}

#[test]
fn a_value_of_another_type_is_an_error_at_its_place() {
    assert_eq!(
        told(
            json!({"expr": "n"}),
            json!({"name": "c", "input": {"n": "3"}, "value": 3})
        ),
        "SL0602 flows[0].cases[0].input.n: \"3\" is no whole number"
    );
}

#[test]
fn a_case_that_expects_nothing_or_two_things_is_an_error_and_no_failure_to_read() {
    let message = "SL0602 flows[0].cases[0]: a case expects one of `value` (null for none), `error` (such as \
                   `null_reference`) and `flow` (`ignore` or `authoritativeNull`)";

    for case in [
        json!({"name": "nothing"}),
        json!({"name": "two", "value": null, "flow": "ignore"}),
    ] {
        assert_eq!(told(json!({"expr": "mail"}), case), message);
    }
}

#[test]
fn a_field_that_cases_do_not_have_is_refused_with_the_request() {
    let part = part_of(json!([with(
        json!({"expr": "mail"}),
        json!([{"name": "c", "expect": 1}])
    )]));

    let error = serde_json::from_value::<CompileRequest>(json!({ "parts": [part] })).unwrap_err();

    assert!(
        error.to_string().contains("unknown field `expect`"),
        "{error}"
    );
}

#[test]
fn a_flow_with_an_error_is_not_run_and_its_cases_are_still_read() {
    let found = found(
        json!({"expr": "mial"}),
        json!([
            {"name": "not run", "input": {"mail": "a"}, "value": "b"},
            {"name": "malformed", "input": {"mial": "a"}, "value": "b"},
        ]),
    );

    let places: Vec<_> = errors(&found)
        .into_iter()
        .map(|(code, path, _)| (code, path))
        .collect();
    assert_eq!(
        places,
        [
            ("SL0602", "flows[0].cases[1].input.mial"),
            ("SL0101", "flows[0].expr")
        ]
    );
}

#[test]
fn an_error_of_another_flow_keeps_no_case_from_being_run() {
    let part = part_of(json!([
        with(json!({"expr": "mial"}), json!([])),
        with(
            json!({"expr": "mail"}),
            json!([{"name": "c", "input": {"mail": "a"}, "value": "b"}])
        ),
    ]));
    let found = of_request(&json!({ "parts": [part] }));

    let places: Vec<_> = errors(&found)
        .into_iter()
        .map(|(code, path, _)| (code, path))
        .collect();
    assert_eq!(
        places,
        [("SL0101", "flows[0].expr"), ("SL0601", "flows[1].cases[0]")]
    );
}

#[test]
fn in_strict_mode_a_flow_that_may_fail_is_not_run() {
    let request = |expr: &str| {
        let cases = json!([{"name": "c", "value": "b"}]);
        let part = part_of(json!([with(json!({"expr": expr}), cases)]));
        let found = of_request(&json!({"strict": true, "parts": [part]}));
        let codes = errors(&found).into_iter().map(|(code, ..)| code.to_owned());
        codes.collect::<Vec<_>>()
    };

    assert_eq!(request("mail.Trim()"), ["SL0301"]);
    assert_eq!(request("mail?.Trim()"), ["SL0601"]);
}
