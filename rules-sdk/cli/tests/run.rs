//! What a run gives besides the object: its clock, and draws that stay the same.

#[path = "common/ask.rs"]
mod ask;

use std::collections::BTreeMap;

use ask::{check, check_in};
use serde_json::json;
use syncline_model::rules::{AttrType, RuleType, SlotSource};
use syncline_rules::part;
use syncline_rules::request::PartSource;
use syncline_rules_cli::eval::Evaluator;

#[test]
fn the_clock_is_that_of_the_question() {
    let evaluator = Evaluator::new().unwrap();
    let ask = |dialect: &str, expr: &str| {
        let line = json!({"dialect": dialect, "expr": expr, "now": "2024-02-29T23:30:00Z"});
        evaluator.line(&line.to_string()).answer["value"].clone()
    };

    assert_eq!(
        ask("csharp", r#"DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm")"#),
        "2024-02-29 23:30"
    );
    assert_eq!(
        ask("csharp", r#"DateTime.UtcNow.ToString("yyyy%≕")"#),
        "2024≕"
    );
    assert_eq!(
        ask("csharp", "DateTime.Today.AddYears(1).Day"),
        28,
        "the beginning of the day"
    );
    assert_eq!(
        ask(
            "entra",
            r#"FormatDateTime(DateAdd("d", 1, Now()), "yyyy-MM-dd")"#
        ),
        "2024-03-01"
    );
}

#[test]
fn draws_have_the_form_that_is_asked_for() {
    check(&[
        (
            "Random.Shared.Next(3) is >= 0 and < 3",
            json!({}),
            json!(true),
        ),
        ("Random.Shared.Next() >= 0", json!({}), json!(true)),
        (
            "Random.Shared.NextInt64(-9223372036854775807L, 9223372036854775807L) != 0",
            json!({}),
            json!(true),
        ),
        (
            "Random.Shared.Next(from, to)",
            json!({"from": 5, "to": 4}),
            json!("error:out_of_range"),
        ),
        (
            r#"Regex.IsMatch(Guid.NewGuid().ToString(), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")"#,
            json!({}),
            json!(true),
        ),
        (
            r#"Regex.IsMatch(RandomString(8, 3, 0, 0, 3), "^.{8}$")"#,
            json!({}),
            json!(true),
        ),
    ]);
    check_in(
        "entra",
        &[
            (
                r#"Len(RandomString(256, 64, 64, 64, 64, ""))"#,
                json!({}),
                json!(256),
            ),
            (
                "RandomString(257, 0, 0, 0, 0)",
                json!({}),
                json!("error:argument"),
            ),
            (
                "RandomString(4, -1, 0, 0, 0)",
                json!({}),
                json!("error:argument"),
            ),
            (
                "RandomNum([from], [to])",
                json!({"from": 9223372036854775807_i64, "to": 1}),
                json!("error:out_of_range"),
            ),
        ],
    );
}

#[test]
fn each_place_draws_for_itself_and_is_named_by_the_attribute_it_flows_to() {
    let part: PartSource = serde_json::from_value(json!({
        "id": "p", "kind": "outbound", "source": {},
        "flows": [
            {"to": "info", "expr": "Guid.NewGuid().ToString() + Guid.NewGuid()"},
            {"to": "comment", "rule": {"if": "DateTime.UtcNow.Hour > 3", "then": {"expr": "Guid.NewGuid().ToString()"},
             "else": {"expr": "\"\" + Random.Shared.Next()"}}},
        ],
    }))
    .unwrap();

    let slots = part::check(&part).tables.slots;

    let sources: Vec<_> = slots.into_iter().map(|slot| slot.source).collect();
    let draw = |place: &str| SlotSource::Draw(place.to_owned());
    assert_eq!(
        sources,
        [
            draw("info#0"),
            draw("info#1"),
            SlotSource::Clock,
            draw("comment#0"),
            draw("comment#1"),
        ]
    );
}

#[test]
fn what_decides_over_an_object_is_not_drawn() {
    let part = PartSource {
        scope: Some(serde_json::from_value(json!("Random.Shared.Next(2) == 1")).unwrap()),
        keys: vec![serde_json::from_value(json!("Guid.NewGuid().ToString()")).unwrap()],
        source: BTreeMap::from([("mail".to_owned(), AttrType::optional(RuleType::String))]),
        ..serde_json::from_value(json!({"id": "p", "kind": "inbound", "source": {}})).unwrap()
    };

    let found = part::check(&part).diagnostics;

    let said: Vec<_> = found
        .iter()
        .map(|d| (d.path.as_str(), d.code.as_str()))
        .collect();
    assert_eq!(said, [("keys[0]", "SL0219"), ("scope", "SL0219")]);
}
