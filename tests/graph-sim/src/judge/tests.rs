//! Held against the vendor's data: requests, answers, and the documented objects.

use super::*;
use crate::testing::{Bench, user};
use serde_json::{Value, json};

#[test]
fn what_the_contract_says_against_a_request_is_in_the_log() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let mut invented = user("ada");
    invented["nickname"] = json!("x");

    bench.post("/users", invented);

    let entries = bench.world.record.since(0);
    assert_eq!(entries[0].status, Some(400));
    assert!(
        entries[0].request_violations[0].contains("nickname"),
        "{entries:#?}"
    );
    assert!(bench.world.record.violations().requests > 0);
    let headers: Vec<&String> = entries[0].headers.iter().map(|(name, _)| name).collect();
    assert_eq!(headers, ["content-type"], "the token is not in the log");
}

#[test]
fn an_answer_with_an_invented_property_would_be_noticed() {
    let request = |path| Incoming::new("GET", path, Vec::new(), crate::request::Payload::None);
    let right = json!({ "@odata.context": "x", "value": [{ "id": "1", "displayName": "x" }] });
    let mut misspelt = right.clone();
    misspelt["value"][0]["displayname"] = json!("x");
    let mut of_another_type = right.clone();
    of_another_type["value"][0]["displayName"] = json!(7);

    let against =
        |path, body: &Value| judge_answer(&request(path), &Answer::json(200, body.clone()));

    assert_eq!(against("/users", &right), [] as [String; 0]);
    assert!(!against("/users", &misspelt).is_empty());
    assert!(!against("/users", &of_another_type).is_empty());
    assert!(
        !against("/users/delta", &right).is_empty(),
        "a page of changes has a link"
    );
}

#[test]
fn documented_objects_come_back_as_they_were_put_in() {
    let (mut loaded, mut refused) = (0, Vec::new());
    for example in syncline_graph_contract::Contract::vendor().examples() {
        let class = match example.path.split('/').collect::<Vec<_>>()[..] {
            ["", collection] | ["", collection, "*"] => Class::of_collection(collection),
            _ => None,
        };
        let (Some(class), "GET" | "POST", Some(shown)) =
            (class, example.method.as_str(), &example.body)
        else {
            continue;
        };
        let many = shown["value"].as_array().cloned();
        for entity in many.unwrap_or_else(|| vec![shown.clone()]) {
            let mut given = entity.as_object().cloned().unwrap();
            given.retain(|name, value| {
                let is_declared =
                    crate::schema::kind(class, name).is_some() || crate::schema::is_extension(name);
                is_declared && name != "passwordProfile" && !value.is_null()
            });
            let mut bench = Bench::new();
            let now = bench.world.clock.now();
            let id = match crate::control::put_object(bench.tenant(), class, given.clone(), now) {
                Ok(id) => id,
                Err(reason) => {
                    refused.push(format!("{}: {reason}", example.path));
                    continue;
                }
            };
            let names: Vec<&str> = given.keys().map(String::as_str).collect();
            let path = format!("/{}/{id}?$select={}", class.collection(), names.join(","));

            // Some documented values break the vendor's own schema: that is not looked at here.
            let mut read = bench.world_read(&path).body.unwrap();

            read.as_object_mut().unwrap().remove("@odata.context");
            assert_eq!(read, Value::Object(given), "{}", example.path);
            loaded += 1;
        }
    }
    assert_eq!(loaded, 37);
    assert_eq!(refused, [] as [String; 0]);
}
