//! Batches: the envelope, every item as a request of its own, and the answers to it.

mod support;

use serde_json::{Value, json};
use support::{Call, call};

const NOTHING: [&str; 0] = [];

fn batch(items: Vec<Value>) -> Call {
    call("POST", "/$batch").body(json!({ "requests": items }))
}

fn read(id: &str) -> Value {
    json!({ "id": id, "method": "GET", "url": "/users/1?$select=id" })
}

fn update(id: &str) -> Value {
    json!({
        "id": id,
        "method": "PATCH",
        "url": "/users/1",
        "headers": { "Content-Type": "application/json" },
        "body": { "department": "Sales" }
    })
}

fn with(mut item: Value, member: &str, value: Value) -> Value {
    item[member] = value;
    item
}

#[test]
fn a_batch_has_twenty_requests_and_not_one_more() {
    let many = |count: usize| batch((0..count).map(|id| read(&id.to_string())).collect());

    assert_eq!(many(20).wrong(), NOTHING);
    assert_eq!(many(21).wrong(), ["batch.too_many"]);
    assert_eq!(many(0).wrong(), ["batch.shape"]);
}

#[test]
fn ids_differ_in_more_than_case() {
    assert_eq!(batch(vec![read("a"), read("b")]).wrong(), NOTHING);
    assert_eq!(
        batch(vec![read("a"), read("A")]).wrong(),
        ["batch.duplicate_id"]
    );
}

#[test]
fn a_mutated_item_is_found_under_its_own_code() {
    let whole = "https://graph.microsoft.com/v1.0/users/1";
    let headless = with(update("1"), "headers", json!({}));

    for (item, wrong) in [
        (with(read("1"), "url", json!(whole)), "batch.absolute_url"),
        (with(read("1"), "url", json!("/$batch")), "batch.nested"),
        (
            with(read("1"), "url", json!("/users/1?$top=5")),
            "query.not_accepted",
        ),
        (
            with(read("1"), "url", json!("/usres")),
            "operation.undeclared",
        ),
        (with(read("1"), "id", json!(1)), "batch.shape"),
        (with(read("1"), "verb", json!("GET")), "batch.shape"),
        (headless, "batch.content_type"),
        (
            with(update("1"), "body", json!({ "depatment": "x" })),
            "property.unknown",
        ),
    ] {
        assert_eq!(batch(vec![item.clone()]).wrong(), [wrong], "{item}");
    }
    assert_eq!(
        batch(vec![update("1")]).granted(&["User.Read.All"]).wrong(),
        ["permission.missing"]
    );
}

#[test]
fn requests_follow_one_another_all_or_not_at_all() {
    let after = |id: &str, before: &str| with(read(id), "dependsOn", json!([before]));

    assert_eq!(
        batch(vec![read("1"), after("2", "1"), after("3", "2")]).wrong(),
        NOTHING
    );
    assert_eq!(
        batch(vec![read("1"), after("2", "1"), read("3")]).wrong(),
        ["batch.depends_on"]
    );
    assert_eq!(
        batch(vec![read("1"), after("2", "9")]).wrong(),
        ["batch.depends_on"]
    );
}

#[test]
fn every_request_has_one_answer_of_its_own_kind() {
    let asked = batch(vec![read("a"), update("b")]);
    let first = json!({ "id": "A", "status": 200, "body": { "id": "1" } });
    let second = json!({ "id": "b", "status": 204 });
    let answers = |items: Vec<&Value>| asked.answered(200, json!({ "responses": items }));

    assert_eq!(answers(vec![&second, &first]), NOTHING);
    assert_eq!(answers(vec![&first]), ["batch.unanswered"]);
    assert_eq!(
        answers(vec![&first, &second, &second]),
        ["batch.unknown_id"]
    );
    let misspelt = json!({ "id": "a", "status": 200, "body": { "id": "1", "mial": "x" } });
    assert_eq!(answers(vec![&misspelt, &second]), ["property.unknown"]);
    let throttled = json!({
        "id": "b", "status": 429, "headers": { "Retry-After": "10" },
        "body": { "error": { "code": "TooManyRequests", "message": "Slow down." } }
    });
    assert_eq!(answers(vec![&first, &throttled]), NOTHING);
}

#[test]
fn a_batch_costs_what_its_items_cost() {
    assert_eq!(
        batch(vec![read("1"), read("2"), update("3")]).cost(),
        (3, 1)
    );
}
