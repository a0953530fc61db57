//! Batches, as a client meets them.

use crate::{
    fault::{Fault, FaultKind},
    options::RetryAfter,
    request::Answer,
    store::Class,
    testing::{Bench, body, user},
};
use serde_json::{Value, json};

fn batch(requests: &[Value]) -> Value {
    json!({ "requests": requests })
}

fn item(number: usize, method: &str, url: &str, content: Option<Value>) -> Value {
    let mut item = json!({ "id": number.to_string(), "method": method, "url": url });
    if let Some(content) = content {
        item["body"] = content;
        item["headers"] = json!({ "Content-Type": "application/json" });
    }
    item
}

/// The statuses of a batch's answers, in the order of their ids.
fn statuses(answer: &Answer) -> Vec<u64> {
    let mut statuses: Vec<(u64, u64)> = body(answer)["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let id = item["id"].as_str().unwrap().parse().unwrap();
            (id, item["status"].as_u64().unwrap())
        })
        .collect();
    statuses.sort_unstable();
    statuses.into_iter().map(|(_, status)| status).collect()
}

#[test]
fn a_batch_answers_each_of_its_requests_in_any_order() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let requests: Vec<Value> = (0..20)
        .map(|n| match n {
            7 => item(n, "GET", "/users/nobody", None),
            8 => json!({ "id": "8", "method": "POST", "url": "/users", "body": user("x") }),
            9 => item(n, "GET", "https://graph.microsoft.com/v1.0/users", None),
            n => item(n, "POST", "/users", Some(user(&format!("u{n}")))),
        })
        .collect();

    let answer = bench.post("/$batch", batch(&requests));

    assert_eq!(answer.status, 200);
    let expected: Vec<u64> = (0..20)
        .map(|n| match n {
            7 => 404,
            8 | 9 => 400,
            _ => 201,
        })
        .collect();
    assert_eq!(statuses(&answer), expected);
    let order: Vec<&str> = body(&answer)["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    let sorted: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_ne!(order, sorted);
    let batched = bench.world.record.since(0);
    assert_eq!(
        batched
            .iter()
            .filter(|entry| entry.batch == Some(1))
            .count(),
        18
    );
}

#[test]
fn a_batch_that_is_none_is_refused_as_a_whole() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let read = |n| item(n, "GET", "/users", None);
    let many: Vec<Value> = (0..21).map(read).collect();
    let mut twice = [read(1), read(2)];
    twice[0]["id"] = json!("a");
    twice[1]["id"] = json!("A");
    let mut mixed = [read(1), read(2), read(3), read(4)];
    mixed[2]["dependsOn"] = json!(["2"]);

    for body in [
        batch(&[]),
        batch(&many),
        batch(&twice),
        batch(&mixed),
        json!({}),
    ] {
        assert_eq!(bench.post("/$batch", body.clone()).status, 400, "{body}");
    }
}

#[test]
fn what_depends_on_a_failure_is_not_carried_out() {
    let mut bench = Bench::new();
    let mut requests = vec![
        item(1, "POST", "/users", Some(user("ada"))),
        item(2, "GET", "/users/nobody", None),
        item(3, "POST", "/users", Some(user("grace"))),
    ];
    requests[1]["dependsOn"] = json!(["1"]);
    requests[2]["dependsOn"] = json!(["2"]);

    let answer = bench.post("/$batch", batch(&requests));

    assert_eq!(statuses(&answer), [201, 404, 424]);
    assert_eq!(bench.primary().living(Class::User).count(), 1);
}

#[test]
fn the_requests_of_a_batch_are_throttled_one_by_one() {
    let mut bench = Bench::new();
    let fault = FaultKind::Throttle {
        seconds: 7,
        form: RetryAfter::Seconds,
    };
    bench
        .world
        .faults
        .arm(Fault::once(fault).on("POST", "/users"));
    let requests: Vec<Value> = (0..5)
        .map(|n| item(n, "POST", "/users", Some(user(&format!("u{n}")))))
        .collect();

    let answer = bench.post("/$batch", batch(&requests));

    let mut found = statuses(&answer);
    found.sort_unstable();
    assert_eq!(found, [201, 201, 201, 201, 429]);
    let responses = body(&answer)["responses"].as_array().unwrap();
    let throttled = responses.iter().find(|item| item["status"] == 429).unwrap();
    assert_eq!(throttled["headers"]["Retry-After"], "7");
}

#[test]
fn each_request_of_a_batch_costs_what_it_costs_alone() {
    let mut bench = Bench::new();
    bench.tenant().throttle.size = Some(crate::options::Size::S);
    let read = |n| item(n, "GET", "/users?$select=id", None);
    let requests: Vec<Value> = (0..20).map(read).collect();

    // A quota of 3,500 units: a hundred and seventy-five batches of twenty.
    for number in 0..176 {
        let answer = bench.world_post("/$batch", batch(&requests));
        let throttled = statuses(&answer)
            .iter()
            .filter(|status| **status == 429)
            .count();
        assert_eq!(throttled, if number < 175 { 0 } else { 20 }, "{number}");
    }
}
