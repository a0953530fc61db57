//! `$batch`: up to twenty requests, each carried out and answered for itself.
//!
//! Invariants: what does not depend on another is carried out in any order; what depends on a request
//! that failed is not carried out; answers come in any order.

use crate::{
    call::Handled,
    error::Refusal,
    graph::{self, Manner},
    request::{Answer, Incoming, Payload},
    world::World,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ITEMS_MAX: usize = 20;

struct Item {
    id: String,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    after: Option<String>,
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(400, "BadRequest", message))
}

/// Carries out a batch.
pub(crate) fn serve(world: &mut World, incoming: &Incoming, number: u64) -> Handled {
    let mut items = items(incoming)?;
    check_order(&items)?;
    world.batch_dice.shuffle(&mut items);
    let token = incoming.header("authorization").map(str::to_owned);
    let mut statuses: BTreeMap<String, u16> = BTreeMap::new();
    let mut answers = Vec::new();
    while let Some(next) = items.iter().position(|item| is_ready(item, &statuses)) {
        let item = items.remove(next);
        let failed = item.after.as_ref().and_then(|id| statuses.get(id));
        let answer = match failed.filter(|status| **status >= 400) {
            Some(_) => {
                let answer = failed_dependency();
                let request = request(&item, token.as_deref(), number);
                graph::unserved(world, &request, &answer);
                answer
            }
            None => carried_out(world, &item, token.as_deref(), number)?,
        };
        statuses.insert(item.id.to_lowercase(), answer.status);
        answers.push(shown(&item, answer));
    }
    world.batch_dice.shuffle(&mut answers);
    Ok(Answer::json(200, json!({ "responses": answers })))
}

fn is_ready(item: &Item, statuses: &BTreeMap<String, u16>) -> bool {
    item.after
        .as_ref()
        .is_none_or(|id| statuses.contains_key(id))
}

fn items(incoming: &Incoming) -> Result<Vec<Item>, Refusal> {
    let requests = incoming.body().and_then(|body| body.get("requests"));
    let Some(requests) = requests.and_then(Value::as_array) else {
        return refuse("Invalid batch payload format.");
    };
    if requests.is_empty() || requests.len() > ITEMS_MAX {
        return refuse(format!(
            "Number of batch request steps must be between 1 and {ITEMS_MAX}."
        ));
    }
    let mut ids = BTreeSet::new();
    let mut items = Vec::new();
    for request in requests {
        let text = |name: &str| request.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
            return refuse("Every request of a batch has an id, a method and a url.");
        };
        if !ids.insert(id.to_lowercase()) {
            return refuse(format!("Request Id {id} has to be unique in a batch."));
        }
        let headers = request.get("headers").and_then(Value::as_object);
        let headers = headers.into_iter().flatten();
        let headers = headers.map(|(name, value)| {
            (
                name.to_lowercase(),
                value.as_str().unwrap_or_default().to_owned(),
            )
        });
        let after = request.get("dependsOn").and_then(Value::as_array);
        let after: Vec<&str> = after
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if after.len() > 1 {
            return refuse(format!("Request {id} depends on more than one request."));
        }
        items.push(Item {
            id,
            method,
            url,
            headers: headers.collect(),
            body: request.get("body").filter(|body| !body.is_null()).cloned(),
            after: after.first().map(|id| id.to_lowercase()),
        });
    }
    Ok(items)
}

/// Requests follow one another all, depend all on the first, or do not depend at all.
fn check_order(items: &[Item]) -> Result<(), Refusal> {
    let Some((first, rest)) = items.split_first() else {
        return Ok(());
    };
    let first_id = first.id.to_lowercase();
    let are_parallel = items.iter().all(|item| item.after.is_none());
    let is_chain = first.after.is_none()
        && items
            .windows(2)
            .all(|pair| pair[1].after.as_ref() == Some(&pair[0].id.to_lowercase()));
    let all_after_first = first.after.is_none()
        && rest
            .iter()
            .all(|item| item.after.as_ref() == Some(&first_id));
    if are_parallel || is_chain || all_after_first {
        Ok(())
    } else {
        refuse("The requests of a batch are either all in sequence, or all in parallel.")
    }
}

fn failed_dependency() -> Answer {
    let error = json!({
        "code": "FailedDependency",
        "message": "The request depends on another request of the batch, which failed.",
    });
    Answer::json(424, json!({ "error": error }))
}

fn carried_out(
    world: &mut World,
    item: &Item,
    token: Option<&str>,
    number: u64,
) -> Result<Answer, Refusal> {
    let has_type = item.headers.iter().any(|(name, _)| name == "content-type");
    let problem = if item.body.is_some() && !has_type {
        Some("Content-Type header is required with a body.")
    } else if !item.url.starts_with('/')
        || item.url.starts_with("//")
        || item.url.contains("$batch")
    {
        Some("The url of a request of a batch is relative to the version.")
    } else {
        None
    };
    if let Some(message) = problem {
        let error = json!({ "code": "BadRequest", "message": message });
        return Ok(Answer::json(400, json!({ "error": error })));
    }
    let delivery = graph::serve(world, &request(item, token, number));
    // An item has no connection of its own to drop or slow down.
    Ok(match delivery.manner {
        Manner::Dropped | Manner::Truncated(_) => {
            let error =
                json!({ "code": "GatewayTimeout", "message": "The request was not answered." });
            Answer::json(504, json!({ "error": error }))
        }
        Manner::Whole | Manner::Dripped { .. } => delivery.answer,
    })
}

/// The requests of a batch; none when it is no batch.
pub(crate) fn requests(incoming: &Incoming, number: u64) -> Vec<Incoming> {
    let items = items(incoming).unwrap_or_default();
    let token = incoming.header("authorization");
    items
        .iter()
        .map(|item| request(item, token, number))
        .collect()
}

/// An item as a request of its own, with the token of the batch.
fn request(item: &Item, token: Option<&str>, number: u64) -> Incoming {
    let mut headers = item.headers.clone();
    headers.retain(|(name, _)| name != "authorization");
    headers.extend(token.map(|token| ("authorization".to_owned(), token.to_owned())));
    let payload = item.body.clone().map_or(Payload::None, Payload::Json);
    let mut request = Incoming::new(&item.method, &item.url, headers, payload);
    request.batch = Some(number);
    request
}

fn shown(item: &Item, answer: Answer) -> Value {
    let mut headers: Map<String, Value> = answer
        .headers
        .into_iter()
        .map(|(name, value)| (name, Value::from(value)))
        .collect();
    let mut shown = json!({ "id": item.id, "status": answer.status });
    let body = match (answer.body, answer.text) {
        (Some(body), _) => Some(("application/json", body)),
        (None, Some(text)) => Some(("text/plain", Value::from(text))),
        (None, None) => None,
    };
    if let Some((kind, body)) = body {
        headers.insert("Content-Type".to_owned(), kind.into());
        shown["body"] = body;
    }
    shown["headers"] = Value::Object(headers);
    shown
}

#[cfg(test)]
mod tests;
