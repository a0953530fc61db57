//! Lookup tables and named expressions of a tenant, by the public API: what a change does is told before, done with every
//! profile that uses it, and refused where a profile would break; cases hold or nothing is saved.

use serde_json::{Value, json};
use syncline_api_tests::Answer;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::world::count;

/// The place of the flow whose value goes through the table.
const FLOW: &str = "/outbound/0/flows/2";

fn table(sales: &str) -> Value {
    json!({"kind": "table", "name": "departments", "ignore_case": true,
        "rows": [{"key": "Sales", "value": sales}, {"key": "it", "value": "IT"}]})
}

fn helper(expr: &str) -> Value {
    json!({"kind": "expression", "name": "Department", "description": "As the target calls it.",
        "parameters": [{"name": "name", "type": "string", "nullable": true}], "expr": expr})
}

const BODY: &str = "Lookup(\"departments\", name?.Trim() ?? \"\") ?? name?.Trim()";

/// The profile of the main job, with departments by the named expression.
fn document(world: &World) -> Value {
    let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    document["triggers"] = json!({});
    document["parameters"] = json!({"Domain.FQDN": "fabrikam.test"});
    let name = document.pointer_mut("/outbound/0/flows/16").unwrap();
    assert_eq!(name["to"], "userPrincipalName");
    name["expr"] = json!("sAMAccountName + \"@\" + %Domain.FQDN%");
    let flow = document.pointer_mut(FLOW).unwrap();
    assert_eq!(flow["to"], "department");
    *flow = json!({"to": "department", "expr": "Department(department) ?? ignore",
        "cases": [{"name": "known", "input": {"department": "SALES "}, "value": "Verkauf"},
                  {"name": "nobody knows it", "input": {"department": "Art"}, "value": "Art"},
                  {"name": "none", "flow": "ignore"}]});
    document
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The pointers of a problem's fields.
fn places(answer: &Answer) -> Vec<String> {
    let errors = answer.json["errors"].as_array().cloned();
    let errors = errors.unwrap_or_default();
    errors.iter().map(|error| text(&error["at"])).collect()
}

fn is_problem(answer: &Answer, status: u16, code: &str) {
    let kind = format!("urn:syncline:problem:{code}");
    assert_eq!(
        (answer.status, answer.json["type"].as_str()),
        (status, Some(kind.as_str())),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_reaches_every_profile_that_uses_it_or_nothing_changes() {
    let world = World::start(DataSet::Small).await.unwrap();
    world.import(&world.contoso, "full").await.unwrap();
    world.import(&world.fabrikam, "full").await.unwrap();

    // What is wrong is told at its place, and nothing is saved.
    let early = world
        .browser
        .post(&world.path("rule-resources"), &helper(BODY))
        .await;
    is_problem(&early, 422, "rule-resources.invalid");
    assert_eq!(places(&early), ["/expr"], "the table does not exist yet");
    let doubled = json!({"kind": "table", "name": "d", "rows": [{"key": "a", "value": ""}, {"key": "a", "value": ""}]});
    let doubled = world
        .browser
        .post(&world.path("rule-resources"), &doubled)
        .await;
    is_problem(&doubled, 422, "rule-resources.invalid");
    assert_eq!(places(&doubled), ["/rows/1"]);
    assert_eq!(
        world.all("rule-resources").await.unwrap(),
        Vec::<Value>::new()
    );

    let made = world
        .post("rule-resources", &table("Verkauf"))
        .await
        .unwrap();
    let departments = format!("rule-resources/{}", text(&made["id"]));
    let made = world.post("rule-resources", &helper(BODY)).await.unwrap();
    let named = format!("rule-resources/{}", text(&made["id"]));
    assert_eq!(made["signature"], "Department(string? name)");

    // A case that does not hold keeps a profile from being saved.
    let mut wrong = document(&world);
    wrong.pointer_mut(FLOW).unwrap()["cases"][0]["value"] = json!("Sales");
    let refused = world.browser.post(&world.path("profiles"), &wrong).await;
    is_problem(&refused, 422, "profiles.invalid");
    assert_eq!(places(&refused), [format!("{FLOW}/cases/0")]);
    assert!(
        refused.text.contains("Verkauf"),
        "it says what it got: {}",
        refused.text
    );

    let mut unknown = document(&world);
    unknown.pointer_mut(FLOW).unwrap()["cases"][0]["input"] = json!({"a.b/c": "x"});
    let refused = world.browser.post(&world.path("profiles"), &unknown).await;
    is_problem(&refused, 422, "profiles.invalid");
    assert_eq!(places(&refused), [format!("{FLOW}/cases/0/input/a.b~1c")]);

    let profile = world.post("profiles", &document(&world)).await.unwrap();
    let id = text(&profile["id"]);
    let path = format!("profiles/{id}");
    let used: Vec<Value> = (world.all("rule-resources").await.unwrap().iter())
        .map(|item| item["used_by"][0]["id"].clone())
        .collect();
    assert_eq!(
        used,
        [json!(id), json!(id)],
        "the table through the named expression"
    );

    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let what_if = world.what_if(&id).await.unwrap();
    let plan = world
        .all(&format!("what-ifs/{}/operations", text(&what_if["id"])))
        .await
        .unwrap();
    assert!(serde_json::to_string(&plan).unwrap().contains("Verkauf"));
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");
    let live = world.get(&path).await.unwrap();
    assert_eq!(
        (&live["state"], &live["version"]),
        (&json!("live"), &json!(1))
    );

    // A change that changes no result leaves the profile as it is.
    let mut described = table("Verkauf");
    described["description"] = json!("Names of departments");
    described["rows"].as_array_mut().unwrap().reverse();
    world.put(&departments, 1, &described).await.unwrap();
    let same = world.get(&path).await.unwrap();
    assert_eq!(
        (&same["state"], &same["version"]),
        (&json!("live"), &json!(1))
    );

    // A case of a profile guards what the profile uses.
    let renamed = world.try_put(&departments, 2, &table("Vertrieb")).await;
    is_problem(&renamed, 409, "rule-resources.in_use");
    assert_eq!(places(&renamed), [format!("/profiles/{id}{FLOW}/cases/0")]);

    // What a change does is told before it is done.
    let mut added = table("Verkauf");
    added["rows"]
        .as_array_mut()
        .unwrap()
        .push(json!({"key": "Finance", "value": "Finanzen"}));
    let told = world
        .post(&format!("{departments}/check"), &json!({"document": added}))
        .await
        .unwrap();
    assert_eq!(told["ok"], true, "{told:#}");
    assert_eq!(
        (
            &told["profiles"][0]["id"],
            &told["profiles"][0]["is_changed"]
        ),
        (&json!(id), &json!(true))
    );
    world.put(&departments, 2, &added).await.unwrap();
    let changed = world.get(&path).await.unwrap();
    assert_eq!(
        (&changed["state"], &changed["version"]),
        (&json!("needs-review"), &json!(2))
    );
    assert_ne!(changed["config_hash"], live["config_hash"]);
    let cycle = world.cycle(&json!({})).await.unwrap();
    let held: i64 = (cycle["runs"].as_array().into_iter().flatten())
        .filter_map(|run| run["counts"]["sent"].as_i64())
        .sum();
    assert_eq!(
        held, 0,
        "nothing is sent before it was looked at: {cycle:#}"
    );
    let what_if = world.what_if(&id).await.unwrap();
    let updates = count(&what_if, "user", "update");
    assert!(updates > 0, "{:#}", what_if["counts"]);
    assert_eq!(count(&what_if, "user", "add"), 0);

    // Undone, it is what was approved.
    world.put(&departments, 3, &table("Verkauf")).await.unwrap();
    let undone = world.get(&path).await.unwrap();
    assert_eq!(
        (&undone["state"], &undone["config_hash"]),
        (&json!("live"), &live["config_hash"])
    );

    // What would break something is refused with its name.
    let broken = world.try_put(&named, 1, &helper("name.Length")).await;
    is_problem(&broken, 409, "rule-resources.in_use");
    assert!(
        places(&broken)
            .iter()
            .all(|at| at.starts_with(&format!("/profiles/{id}"))),
        "{}",
        broken.text
    );
    let gone = world.delete(&named, 1).await;
    is_problem(&gone, 409, "rule-resources.in_use");
    let gone = world.delete(&departments, 4).await;
    is_problem(&gone, 409, "rule-resources.in_use");
    let stale = world.try_put(&departments, 2, &table("x")).await;
    is_problem(&stale, 412, "request.precondition_failed");
    let after = world.get(&path).await.unwrap();
    assert_eq!(
        after["version"], undone["version"],
        "nothing of it was done"
    );

    // A parameter's value is part of what was approved.
    let mut moved = document(&world);
    let undo = after["version"].as_i64().unwrap();
    moved["parameters"]["Domain.FQDN"] = json!("other.test");
    let elsewhere = world.put(&path, undo, &moved).await.unwrap();
    assert_eq!(elsewhere["state"], "needs-review");
    moved["parameters"] = json!({"Domain FQDN": ""});
    let refused = world.try_put(&path, undo + 1, &moved).await;
    is_problem(&refused, 422, "profiles.invalid");
    assert!(
        places(&refused).contains(&"/parameters/Domain FQDN".to_owned()),
        "{}",
        refused.text
    );
    let after = world.put(&path, undo + 1, &document(&world)).await.unwrap();
    assert_eq!(after["state"], "live");

    // Strict: what may fail needs a default.
    let mut strict = document(&world);
    strict["strict"] = json!(true);
    strict.pointer_mut("/outbound/0/flows/8").unwrap()["from"] = Value::Null;
    strict.pointer_mut("/outbound/0/flows/8").unwrap()["expr"] = json!("sn!.Substring(3)");
    let version = after["version"].as_i64().unwrap();
    let refused = world.try_put(&path, version, &strict).await;
    is_problem(&refused, 422, "profiles.invalid");
    strict["strict"] = json!(false);
    let warned = world.put(&path, version, &strict).await;
    assert!(warned.is_ok(), "{warned:?}");

    let versions = world.all(&format!("{departments}/versions")).await.unwrap();
    let numbers: Vec<_> = versions
        .iter()
        .map(|v| v["version"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    world.stop().await;
}
