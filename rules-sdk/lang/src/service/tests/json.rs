use serde_json::{Value as Json, json};

use crate::service::json::line;

fn ask(question: Json) -> Json {
    line(&question.to_string())
}

#[test]
fn every_ask_answers_as_json() {
    let schema = json!({ "mail": { "type": "string" } });
    let about = |ask: &str, text: &str, at: u32| {
        json!({ "id": 7, "ask": ask, "text": text, "at": at, "dialect": "csharp", "schema": schema,
            "statistics": { "mail": { "fill": 0.5, "samples": ["a@b"] } } })
    };

    let found = ask(about("diagnostics", "mial", 0));
    assert_eq!(
        (&found["id"], &found["diagnostics"][0]["fix"]["replacement"]),
        (&json!(7), &json!("mail"))
    );
    let found = ask(about("complete", "ma", 2));
    assert_eq!(
        found["complete"]["items"][0],
        json!({
            "label": "mail", "kind": "attribute", "type": "string?", "doc": "An attribute of the object.",
            "fill": 0.5, "samples": ["a@b"], "insert": "mail", "caret": 4, "span": { "from": 0, "to": 2 },
        })
    );
    assert_eq!(
        ask(about("hover", "mail", 1))["hover"]["samples"],
        json!(["a@b"])
    );
    assert_eq!(ask(about("hover", "1", 1))["hover"], Json::Null);
    assert_eq!(
        ask(about("signature", "mail.Trim(", 10))["signature"]["parameter"],
        json!(0)
    );
    let rename = json!({ "ask": "rename", "from": "mail", "to": "x", "sources": [{ "path": "p", "text": "mail" }] });
    assert_eq!(
        ask(rename)["rename"]["edits"],
        json!([{ "path": "p", "span": { "from": 0, "to": 4 }, "text": "x" }])
    );
    assert!(line("{").get("error").is_some());
}

#[test]
fn a_leaf_of_a_rule_tree_is_asked_about_in_its_own_dialect() {
    let question = |leaf: &str, at: u32| {
        json!({ "ask": "complete", "at": at, "leaf": leaf, "schema": { "mail": { "type": "string" } },
            "rule": { "if": "mail.", "then": { "expr": "[m", "dialect": "entra" } } })
    };

    assert_eq!(
        ask(question("rule.then.expr", 2))["complete"]["items"][0]["insert"],
        "mail]"
    );
    assert_eq!(
        ask(question("rule.if", 5))["complete"]["items"][0]["kind"],
        "property"
    );
    assert!(ask(question("rule.else", 0)).get("error").is_some());
}

#[test]
fn a_text_is_formatted_in_its_dialect_and_a_tree_leaf_by_leaf() {
    let text = json!({ "id": 7, "ask": "format", "text": "mail  ??\"x\" ", "at": 0 });
    let entra = json!({ "ask": "format", "text": "IIF( [a]=\"x\",1 , 2 )", "dialect": "entra" });
    let tree = json!({ "ask": "format", "leaf": "rule.then.expr", "dialect": "entra", "rule": {
        "if": { "expr": "mail==null", "dialect": "csharp" }, "then": { "expr": "Trim( [a])" } } });

    assert_eq!(
        ask(text),
        json!({ "id": 7, "format": { "text": "mail ?? \"x\"" } })
    );
    assert_eq!(
        ask(entra),
        json!({ "format": { "text": "IIF([a] = \"x\", 1, 2)" } })
    );
    assert_eq!(
        ask(tree)["format"]["rule"],
        json!({ "if": { "expr": "mail == null", "dialect": "csharp" }, "then": { "expr": "Trim([a])" } })
    );
}

#[test]
fn what_has_a_mistake_or_a_comment_without_a_place_is_not_formatted() {
    let of = |text: &str| ask(json!({ "ask": "format", "text": text }));
    let tree =
        json!({ "ask": "format", "rule": { "if": "a  ==b", "then": { "expr": "mail  +" } } });

    assert_eq!(of("mail  +"), json!({ "format": null }));
    assert_eq!(of(""), json!({ "format": null }));
    assert_eq!(of("a  + /* why */ b"), json!({ "format": null }));
    assert_eq!(ask(tree), json!({ "format": null }));
}

#[test]
fn a_name_that_nobody_knows_yet_does_not_hinder_formatting() {
    let found = ask(json!({ "ask": "format", "text": "nobody . Knows( 1,2 )" }));

    assert_eq!(found["format"]["text"], json!("nobody.Knows(1, 2)"));
}
