//! The vendor's documented answers, given to the connector's own parser.
//!
//! The examples are compared with what the test reads from them itself. None of the 399 is a refusal: how those are
//! classified is tested with the refusals that the documentation describes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use syncline_connectors::graph::{replay, usual_schema};
use syncline_graph_contract::{Contract, Example};
use syncline_model::error::ErrorKind;
use syncline_model::import::{ImportEntry, ImportObject};
use syncline_model::value::{Value, ValueType, Values};

const TYPES: [&str; 3] = ["user", "contact", "group"];

/// The body as it came: the documentation keeps some as text.
fn octets(example: &Example) -> Vec<u8> {
    match &example.body {
        None => Vec::new(),
        Some(Json::String(text)) => text.clone().into_bytes(),
        Some(body) => body.to_string().into_bytes(),
    }
}

/// The type of an object, by what the answer says of it, else by the path that it answers.
fn type_of(example: &Example, object: &Json) -> Option<&'static str> {
    if let Some(named) = object["@odata.type"].as_str() {
        return match named.rsplit(['.', '#']).next() {
            Some("user") => Some("user"),
            Some("group") => Some("group"),
            Some("orgContact") => Some("contact"),
            _ => None,
        };
    }
    let steps: Vec<&str> = example.path.split('/').skip(1).collect();
    match steps[..] {
        ["users"] | ["users", "*" | "delta"] => Some("user"),
        ["groups"] | ["groups", "*" | "delta"] => Some("group"),
        ["contacts"] | ["contacts", "*" | "delta"] => Some("contact"),
        _ => None,
    }
}

fn is_guid(id: &str) -> bool {
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && id.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// The values that a plain property has, when its kind can be told without a calendar.
fn plain(value_type: ValueType, json: &Json) -> Option<Vec<Value>> {
    let many = match json {
        Json::Null => Vec::new(),
        Json::Array(many) => many.clone(),
        one => vec![one.clone()],
    };
    many.iter()
        .map(|one| match (value_type, one) {
            (ValueType::String, Json::String(text)) => Some(Value::text(text.as_str())),
            (ValueType::Boolean, Json::Bool(value)) => Some(Value::Bool(*value)),
            _ => None,
        })
        .collect()
}

/// How many attributes were compared.
fn same(object: &ImportObject, row: &Json) -> usize {
    let schema = usual_schema();
    let id = row["id"].as_str().unwrap().to_lowercase();
    assert_eq!(object.anchor.to_string(), id);
    let held: BTreeMap<String, &Values> = object
        .attrs
        .iter()
        .map(|(name, values)| (name.to_string(), values))
        .collect();
    let mut compared = 0;
    for (name, attr) in &schema.types[&object.object_type].attrs {
        if attr.value_type == ValueType::Reference {
            continue;
        }
        let read = held.get(name.as_str()).copied();
        match row.get(name.as_str()) {
            Some(json) => {
                if let Some(values) = plain(attr.value_type, json) {
                    assert_eq!(read, Values::new(values).as_ref(), "{name} of {row}");
                    compared += 1;
                } else {
                    assert!(read.is_some(), "{name} of {row}");
                }
            }
            // Parts of complex properties have names of their own.
            None if read.is_some() => {
                let parts = ["extensionAttribute", "employeeOrgData", "address", "phone"];
                assert!(
                    parts.iter().any(|part| name.as_str().starts_with(part)),
                    "{name}"
                );
            }
            None => {}
        }
    }
    compared
}

#[test]
fn every_documented_answer_is_read_and_its_people_groups_and_contacts_are_right() {
    let examples = Contract::vendor().examples();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = |what: &'static str, by: usize| *counts.entry(what).or_default() += by;
    let mut unread = Vec::new();
    for example in examples {
        let octets = octets(example);
        let parsed: Option<Json> = serde_json::from_slice(&octets).ok();
        count("answers", 1);
        for object_type in TYPES {
            let replayed = match replay::answer(object_type, example.status, &octets) {
                Ok(replayed) => replayed,
                Err(fault) => {
                    assert!(
                        parsed.is_none() && !octets.is_empty(),
                        "{example:?}: {fault:?}"
                    );
                    assert_eq!(fault.code, "graph.answer_malformed");
                    count("no JSON, told as that", 1);
                    continue;
                }
            };
            let Some(body) = &parsed else {
                assert!(octets.is_empty() && replayed.entries.is_empty());
                count("nothing", 1);
                continue;
            };
            let rows = match body["value"].as_array() {
                Some(rows) => rows.clone(),
                None => vec![body.clone()],
            };
            assert_eq!(replayed.entries.len(), rows.len(), "{}", example.path);
            let link = |name: &str| body[name].as_str().filter(|_| body["value"].is_array());
            assert_eq!(replayed.next.as_deref(), link("@odata.nextLink"));
            assert_eq!(replayed.delta.as_deref(), link("@odata.deltaLink"));
            for (entry, row) in replayed.entries.iter().zip(&rows) {
                let is_ours = type_of(example, row) == Some(object_type);
                match entry {
                    // Something else may have a property of the same name and another kind.
                    ImportEntry::ReadError(error) if is_ours => {
                        count("ours, told as unreadable", 1);
                        unread.push(format!(
                            "{} {}: {}",
                            example.method, example.path, error.message
                        ));
                        let named = row["id"].as_str().is_some_and(is_guid);
                        assert_eq!(error.anchor.is_some(), named, "{error:?}");
                    }
                    ImportEntry::Deleted(anchor) => {
                        assert!(row.get("@removed").is_some(), "{row}");
                        assert_eq!(
                            Some(anchor.to_string()),
                            row["id"].as_str().map(str::to_lowercase)
                        );
                        if is_ours {
                            count("removed", 1);
                        }
                    }
                    ImportEntry::Object(object) if is_ours => {
                        assert!(row.get("@removed").is_none());
                        count("attributes compared", same(object, row));
                        count(object_type, 1);
                    }
                    ImportEntry::Object(_) | ImportEntry::ReadError(_) => {}
                    ImportEntry::Change(change) => panic!("no page was asked for: {change:?}"),
                }
            }
        }
    }
    // Of the documented people, groups and contacts 25 have no id, or a placeholder for one: a row without an id
    // belongs to nothing. Ten answers are no JSON: they have a comma too many.
    let expected = BTreeMap::from([
        ("answers", 399),
        ("attributes compared", 244),
        ("contact", 1),
        ("group", 19),
        ("no JSON, told as that", 10 * TYPES.len()),
        ("nothing", 128 * TYPES.len()),
        ("ours, told as unreadable", 25),
        ("user", 28),
    ]);
    assert_eq!(counts, expected, "{unread:#?}");
    assert!(
        unread.iter().all(|why| why.ends_with("has no object id.")),
        "{unread:#?}"
    );
}

#[test]
fn a_refusal_is_classified_whatever_body_it_has() {
    for example in Contract::vendor().examples() {
        let octets = octets(example);
        for (status, code, kind) in [
            (400, "import.attribute_unknown", ErrorKind::SchemaViolation),
            (401, "connect.token_refused", ErrorKind::Authentication),
            (403, "import.permission_denied", ErrorKind::Permission),
            (429, "import.throttled", ErrorKind::Throttled),
            (
                501,
                "import.attribute_kept_elsewhere",
                ErrorKind::SchemaViolation,
            ),
            (503, "import.busy", ErrorKind::Busy),
        ] {
            let fault = replay::answer("user", status, &octets).unwrap_err();

            assert_eq!(
                (fault.code.as_ref(), fault.kind),
                (code, kind),
                "{}",
                example.path
            );
        }
        let redirected = replay::answer("user", 302, &octets).unwrap_err();
        assert_eq!(redirected.code, "graph.host_not_allowed");
    }
}

#[test]
fn the_refusals_that_the_documentation_describes_have_their_codes() {
    let text = include_str!("../../../graph-contract/data/v1.0.deviations.json");
    let deviations: Json = serde_json::from_str(text).unwrap();
    let described = deviations["status_quirks"].as_array().unwrap();
    let codes: Vec<(String, Option<String>)> = described
        .iter()
        .map(|row| {
            let details = match &row["detail"] {
                Json::Object(one) => json!([one]),
                other => other.clone(),
            };
            let body = json!({"error": {
                "code": row["code"], "message": row["message_contains"], "details": details}});
            let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
            let fault = replay::refused_write("Writing", status, &body);
            (
                fault.code.to_string(),
                fault.attr.map(|attr| attr.to_string()),
            )
        })
        .collect();

    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        codes,
        [
            ("export.already_so".to_owned(), None),
            ("export.object_missing".to_owned(), None),
            (
                "export.unique_value_taken".to_owned(),
                named("userPrincipalName")
            ),
            (
                "export.unique_value_taken".to_owned(),
                named("proxyAddresses")
            ),
        ]
    );
}
