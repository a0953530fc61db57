//! How many cases flows may have, and how much they may ask for.

use serde_json::{Value as Json, json};
use syncline_rules::cases::{CASES_MAX, FLOW_CASES_MAX, INPUT_BYTES_MAX, NODES_MAX, WORK_MAX};
use syncline_rules::part;
use syncline_rules::request::CompileRequest;

/// A request with a part for each list of flows.
fn request(parts: Vec<Vec<Json>>) -> CompileRequest {
    let part = |(index, flows): (usize, Vec<Json>)| {
        json!({
            "id": index.to_string(), "kind": "inbound", "flows": flows,
            "source": {"mail": {"type": "string"}, "list": {"type": "string", "multi": true}},
        })
    };
    let parts: Vec<Json> = parts.into_iter().enumerate().map(part).collect();
    serde_json::from_value(json!({ "parts": parts })).unwrap()
}

fn flow(expr: &str, case: &Json, cases: usize) -> Json {
    json!({"to": "to", "expr": expr, "cases": vec![case; cases]})
}

/// Code, place and message of the errors of each part.
fn errors(request: &CompileRequest) -> Vec<Vec<String>> {
    let (parts, _) = part::check_all(request);
    let of_part = |part: part::CheckedPart| {
        let errors = part.diagnostics.into_iter().filter(|d| d.is_error());
        errors
            .map(|d| format!("{} {}: {}", d.code, d.path, d.message))
            .collect()
    };
    parts.into_iter().map(of_part).collect()
}

fn fails() -> Json {
    json!({"name": "c", "input": {"mail": "a"}, "value": "b"})
}

#[test]
fn a_flow_with_too_many_cases_is_told_so_and_not_run() {
    let flows = vec![
        flow("mail", &fails(), FLOW_CASES_MAX + 1),
        flow("mail", &fails(), 1),
    ];

    assert_eq!(
        errors(&request(vec![flows])),
        [[
            "SL0603 flows[0].cases: the flow has 51 cases, at most 50 are kept; remove those that show the same",
            "SL0601 flows[1].cases[0]: the case `c` does not hold: expected \"b\", got \"a\"",
        ]]
    );
}

#[test]
fn the_cases_of_all_parts_together_have_a_limit() {
    let full = || flow("mail", &fails(), FLOW_CASES_MAX);
    let half = || vec![full(); CASES_MAX / FLOW_CASES_MAX / 2];
    let one_more = vec![flow("mail", &fails(), 1)];

    let within = errors(&request(vec![half(), half(), vec![]]));
    let beyond = errors(&request(vec![
        half(),
        half(),
        one_more,
        vec![flow("mail", &fails(), 0)],
    ]));

    assert_eq!(within.iter().map(Vec::len).sum::<usize>(), CASES_MAX);
    let told = "SL0603 : the profile has 1001 cases, at most 1000 are kept; remove those that show the same";
    assert_eq!(beyond, [vec![told], vec![told], vec![told], vec![]]);
}

#[test]
fn what_a_case_gives_has_a_limit() {
    let of = |bytes: usize| {
        let case = json!({"name": "c", "input": {"mail": "a".repeat(bytes)}, "value": "b"});
        errors(&request(vec![vec![flow(
            "mail == null ? \"a\" : \"b\"",
            &case,
            1,
        )]]))
    };

    assert_eq!(of(INPUT_BYTES_MAX - 8), [Vec::<String>::new()]);
    assert_eq!(
        of(INPUT_BYTES_MAX),
        [[
            "SL0602 flows[0].cases[0].input: the values take 262152 bytes, at most 262144 are allowed in a case; shorten \
           them"
        ]]
    );
}

#[test]
fn a_case_whose_object_takes_more_work_than_one_may_fails_as_the_object_would() {
    let case = json!({"name": "c", "input": {"mail": "a".repeat(200_000)}, "value": ""});
    let expr = "mail + mail + mail + mail + mail + mail";

    assert_eq!(
        errors(&request(vec![vec![flow(expr, &case, 1)]])),
        [
            [
                "SL0601 flows[0].cases[0]: the case `c` does not hold: expected \"\", got error budget"
            ]
        ]
    );
}

/// A flow of few units of work and very many operations.
fn many_operations(cases: usize) -> Json {
    let sum = vec!["i + j"; 25].join(" + ");
    let expr = format!("list.Select((t, i) => list.Select((u, j) => {sum}).Sum()).Sum()");
    let case = json!({"name": "c", "input": {"list": vec!["x"; 128]}, "value": 0});
    flow(&expr, &case, cases)
}

#[test]
fn a_case_that_walks_too_far_is_an_error_of_that_case() {
    let found = errors(&request(vec![vec![many_operations(1)]]));

    assert_eq!(
        found,
        [[format!(
            "SL0604 flows[0].cases[0]: the case `c` takes the flow through more than {NODES_MAX} operations; give it a \
             smaller input, or simplify the flow"
        )]]
    );
}

#[test]
fn the_work_of_all_cases_together_has_a_limit() {
    let case = json!({"name": "c", "input": {"mail": "a".repeat(200_000)}, "value": 1});
    let heavy = || {
        flow(
            "(mail + mail + mail + \"x\").Length == 0 ? 0 : 1",
            &case,
            FLOW_CASES_MAX,
        )
    };

    let found = errors(&request(vec![vec![heavy()], vec![heavy()]]));

    let told = &found[0][0];
    assert!(told.starts_with("SL0604 flows[0].cases["), "{told}");
    assert!(
        told.ends_with(&format!(
            "the cases of the profile take more than {WORK_MAX} units of work up to here; give them smaller inputs, or \
             remove some"
        )),
        "{told}"
    );
    assert_eq!((found[0].len(), found[1].len()), (1, 0));
}
