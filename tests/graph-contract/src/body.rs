//! The body of a request.

use crate::entity;
use crate::operation::{Body, Operation};
use crate::request::Request;
use crate::schema::Schema;
use crate::violation::Violation;
use serde_json::{Value, json};

pub(crate) fn check(
    schema: &Schema,
    request: &Request<'_>,
    operation: &Operation<'_>,
) -> Vec<Violation> {
    let line = request.line();
    match (operation.body, request.body) {
        (Body::Unknown | Body::Batch, _) | (Body::Nothing, None) => Vec::new(),
        (Body::Nothing, Some(_)) => vec![Violation::new(
            "body.unexpected",
            format!("{line} takes no body"),
        )],
        (Body::Type(name), None)
            if schema.check(name, &json!({})).is_empty() && is_action(name) =>
        {
            Vec::new()
        }
        (Body::Type(_) | Body::Reference, None) => vec![Violation::new(
            "body.missing",
            format!("{line} needs a body"),
        )],
        (Body::Type(name), Some(body)) => entity::check(schema, name, body),
        (Body::Reference, Some(body)) => check_reference(&line, body).into_iter().collect(),
    }
}

/// An action all of whose parameters may be left out needs no body at all.
fn is_action(type_name: &str) -> bool {
    type_name.contains(':')
}

fn check_reference(line: &str, body: &Value) -> Option<Violation> {
    let link = body.get("@odata.id").and_then(Value::as_str);
    let alone = body.as_object().is_some_and(|members| members.len() == 1);
    let absolute = link.is_some_and(|link| link.contains("://"));
    (!(alone && absolute)).then(|| {
        let what = format!("{line} takes one absolute link in @odata.id and nothing else");
        Violation::new("body.reference", what)
    })
}
