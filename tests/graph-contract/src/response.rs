//! A response: its status, its shape, and the entities in it.
//!
//! Not a violation: an error of the 500s without a body, which gateways give; a success without the body
//! that the templates promise for a write, which the service gives as 202 or 204.

use crate::batch;
use crate::contract::Contract;
use crate::entity;
use crate::operation::Operation;
use crate::request::Request;
use crate::returns::Returns;
use crate::schema::Schema;
use crate::violation::Violation;
use serde_json::{Map, Value};

pub(crate) fn check(
    contract: &Contract,
    request: &Request<'_>,
    operation: Option<&Operation<'_>>,
    status: u16,
    body: Option<&Value>,
) -> Vec<Violation> {
    let found = match operation {
        _ if status >= 400 => check_error(contract.schema(), status, body),
        Some(operation) => check_success(contract, request, operation, status, body),
        None => Vec::new(),
    };
    let line = format!("{status} to {}", request.line());
    found
        .into_iter()
        .map(|violation| violation.within(&line))
        .collect()
}

fn check_error(schema: &Schema, status: u16, body: Option<&Value>) -> Vec<Violation> {
    let Some(body) = body else {
        return (status < 500)
            .then(|| Violation::new("response.error_shape", "an error has a body"))
            .into_iter()
            .collect();
    };
    let said = |name: &str| {
        body["error"][name]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    };
    if !said("code") || body["error"]["message"].as_str().is_none() {
        let what = "an error is {error: {code, message}}, both of them texts";
        return vec![Violation::new("response.error_shape", what)];
    }
    let mut found = unknown_members(body, &["error"]);
    found.extend(schema.check("publicError", &body["error"]));
    found
}

fn check_success(
    contract: &Contract,
    request: &Request<'_>,
    operation: &Operation<'_>,
    status: u16,
    body: Option<&Value>,
) -> Vec<Violation> {
    let allowed: &[u16] = match operation.method {
        "GET" => &[200],
        "POST" => &[200, 201, 202, 204],
        "PATCH" => &[200, 201, 204],
        "PUT" => &[200, 201, 202, 204],
        _ => &[204],
    };
    if !allowed.contains(&status) {
        return vec![Violation::new("response.status", "no success of this kind")];
    }
    match body {
        None if operation.returns == &Returns::Nothing || matches!(status, 202 | 204) => Vec::new(),
        None if operation.returns == &Returns::Unknown => Vec::new(),
        None => vec![Violation::new(
            "response.body_missing",
            "the answer has a body",
        )],
        Some(_) if operation.returns == &Returns::Nothing || status == 204 => {
            vec![Violation::new(
                "response.body_unexpected",
                "there is no body",
            )]
        }
        Some(body) => check_body(contract, request, operation, body),
    }
}

fn check_body(
    contract: &Contract,
    request: &Request<'_>,
    operation: &Operation<'_>,
    body: &Value,
) -> Vec<Violation> {
    let schema = contract.schema();
    match operation.returns {
        Returns::Entity(Some(name)) => check_entity(schema, name, body),
        Returns::Entity(None) => is(body.is_object(), "one object"),
        Returns::Collection(name) => check_page(body, false, |item| match name {
            Some(name) => check_entity(schema, name, item),
            None => is(item.is_object(), "a page of objects"),
        }),
        Returns::Delta(name) => check_page(body, true, |item| check_change(schema, name, item)),
        Returns::References => check_page(body, false, |item| {
            is(item.is_string() || is_link(item), "a page of links")
        }),
        Returns::Values => check_page(body, false, |item| {
            is(!item.is_object() && !item.is_array(), "a page of values")
        }),
        Returns::Reference => is(body.is_string() || is_link(body), "a link"),
        Returns::Value => is(body.get("value").is_some(), "a value in an envelope"),
        Returns::Number => is(is_number(body), "a number"),
        Returns::Batch => batch::check_response(contract, request, body),
        Returns::Nothing | Returns::Unknown => Vec::new(),
    }
}

fn is(right: bool, what: &str) -> Vec<Violation> {
    (!right)
        .then(|| Violation::new("response.shape", format!("the answer is {what}")))
        .into_iter()
        .collect()
}

fn is_link(item: &Value) -> bool {
    item["@odata.id"].is_string()
}

fn is_number(body: &Value) -> bool {
    let digits = |text: &str| text.trim_start_matches('\u{feff}').parse::<u64>().is_ok();
    body.is_u64() || body.as_str().is_some_and(digits)
}

fn check_entity(schema: &Schema, expected: &str, item: &Value) -> Vec<Violation> {
    let mut found = entity::check(schema, expected, item);
    if item.get("@removed").is_some() {
        let what = "only a page of changes says what was removed";
        found.push(Violation::new("response.removed", what));
    }
    found
}

fn check_change(schema: &Schema, expected: &Option<String>, item: &Value) -> Vec<Violation> {
    let mut found = is(item.is_object(), "a page of objects");
    if !item["id"].is_string() {
        let what = "a change without an id belongs to nothing";
        found.push(Violation::new("delta.id_missing", what));
    }
    if let Some(expected) = expected {
        found.extend(entity::check(schema, expected, item));
    }
    found
}

/// A page: its items, its links, and nothing else.
fn check_page(
    body: &Value,
    is_delta: bool,
    check_item: impl Fn(&Value) -> Vec<Violation>,
) -> Vec<Violation> {
    let (Some(members), Some(items)) = (body.as_object(), body["value"].as_array()) else {
        return is(false, "an object with a list called value");
    };
    let mut found = unknown_members(body, &["value"]);
    found.extend(check_links(members, is_delta));
    if body
        .get("@odata.count")
        .is_some_and(|count| !count.is_u64())
    {
        let what = "@odata.count is a number";
        found.push(Violation::new("response.shape", what));
    }
    for (number, item) in items.iter().enumerate() {
        let place = format!("value/{number}");
        found.extend(
            check_item(item)
                .into_iter()
                .map(|wrong| wrong.within(&place)),
        );
    }
    found
}

fn check_links(members: &Map<String, Value>, is_delta: bool) -> Vec<Violation> {
    let names = ["@odata.nextLink", "@odata.deltaLink"];
    let given = names.map(|name| members.get(name));
    let absolute = |link: &Value| link.as_str().is_some_and(|link| link.contains("://"));
    let what = match given {
        [Some(_), Some(_)] => "a page has a nextLink or a deltaLink, not both",
        [None, None] if is_delta => "a page of changes has a nextLink or a deltaLink",
        [_, Some(_)] if !is_delta => "only a page of changes has a deltaLink",
        [Some(link), None] | [None, Some(link)] if !absolute(link) => "a link is a whole address",
        _ => return Vec::new(),
    };
    vec![Violation::new("response.link", what)]
}

/// Members of an envelope that are neither known nor annotations.
fn unknown_members(body: &Value, known: &[&str]) -> Vec<Violation> {
    body.as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !known.contains(&name.as_str()) && !name.starts_with('@'))
        .map(|(name, _)| {
            Violation::new(
                "property.unknown",
                format!("the envelope has no member {name}"),
            )
        })
        .collect()
}
