//! A batch: up to twenty requests in one, each of them held to the contract as a request of its own.
//!
//! Invariants: ids differ without regard to letter case; an item says what its body is; items follow one
//! another all or not at all; every request has one answer, in any order.

use crate::contract::Contract;
use crate::operation::{Body, Operation};
use crate::request::{Request, split_url};
use crate::violation::Violation;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const ITEMS_MAX: usize = 20;
const MEMBERS: [&str; 6] = ["id", "method", "url", "headers", "body", "dependsOn"];

/// One request of a batch.
pub(crate) struct Item<'a> {
    id: String,
    method: &'a str,
    url: &'a str,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<&'a Value>,
    after: Vec<&'a str>,
}

impl Item<'_> {
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: self.body,
        }
    }
}

pub(crate) fn is_batch(operation: &Operation<'_>) -> bool {
    operation.body == &Body::Batch
}

/// The items of a batch that have the shape of one.
pub(crate) fn items(body: Option<&Value>) -> Vec<Item<'_>> {
    requests(body).iter().filter_map(item).collect()
}

fn requests(body: Option<&Value>) -> &[Value] {
    body.and_then(|body| body["requests"].as_array())
        .map_or(&[], Vec::as_slice)
}

fn item(value: &Value) -> Option<Item<'_>> {
    let members = value.as_object()?;
    if !members.keys().all(|name| MEMBERS.contains(&name.as_str())) {
        return None;
    }
    let url = value["url"].as_str()?;
    let (path, query) = split_url(url);
    let headers = match value.get("headers") {
        Some(headers) => pairs(headers)?,
        None => Vec::new(),
    };
    let after = match value.get("dependsOn") {
        Some(after) => after
            .as_array()?
            .iter()
            .map(Value::as_str)
            .collect::<Option<_>>()?,
        None => Vec::new(),
    };
    Some(Item {
        id: value["id"].as_str()?.to_ascii_lowercase(),
        method: value["method"].as_str()?,
        url,
        path,
        query,
        headers,
        body: value.get("body"),
        after,
    })
}

fn pairs(headers: &Value) -> Option<Vec<(String, String)>> {
    headers
        .as_object()?
        .iter()
        .map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
        .collect()
}

pub(crate) fn check_request(
    contract: &Contract,
    request: &Request<'_>,
    granted: &BTreeSet<String>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut wrong = |code, what: String| found.push(Violation::new(code, what));
    let asked = requests(request.body).len();
    let items = items(request.body);
    if asked == 0 || items.len() < asked {
        let shape = "a batch is {requests: [{id, method, url, headers, body, dependsOn}]}";
        wrong("batch.shape", shape.to_owned());
    }
    if asked > ITEMS_MAX {
        let what = format!("a batch has {asked} requests, at most {ITEMS_MAX} are taken");
        wrong("batch.too_many", what);
    }
    let mut ids = BTreeSet::new();
    for item in &items {
        if !ids.insert(&item.id) {
            wrong(
                "batch.duplicate_id",
                format!("two requests are called {}", item.id),
            );
        }
    }
    if !is_chain(&items) && items.iter().any(|item| !item.after.is_empty()) {
        let what = "the requests of a batch follow one another all or not at all";
        wrong("batch.depends_on", what.to_owned());
    }
    for item in &items {
        let whole = format!("request {}", item.id);
        found.extend(
            check_item(contract, item, granted)
                .into_iter()
                .map(|w| w.within(&whole)),
        );
    }
    found
}

fn is_chain(items: &[Item<'_>]) -> bool {
    items.first().is_none_or(|first| first.after.is_empty())
        && items.windows(2).all(
            |pair| matches!(pair[1].after.as_slice(), [id] if id.eq_ignore_ascii_case(&pair[0].id)),
        )
}

fn check_item(contract: &Contract, item: &Item<'_>, granted: &BTreeSet<String>) -> Vec<Violation> {
    if item.url.contains("://") {
        let what = format!("{} is not relative", item.url);
        return vec![Violation::new("batch.absolute_url", what)];
    }
    if item.path.eq_ignore_ascii_case("/$batch") {
        return vec![Violation::new("batch.nested", "a batch holds no batch")];
    }
    let mut found = contract.check_request(&item.request(), granted);
    let has_type = item.headers.iter().any(|(name, _)| name == "content-type");
    if item.body.is_some() && !has_type {
        let what = "a body needs a Content-Type";
        found.push(Violation::new("batch.content_type", what));
    }
    found
}

pub(crate) fn check_response(
    contract: &Contract,
    request: &Request<'_>,
    body: &Value,
) -> Vec<Violation> {
    let Some(answers) = body["responses"].as_array() else {
        let what = "the answer to a batch is {responses: […]}";
        return vec![Violation::new("response.shape", what)];
    };
    let items = items(request.body);
    let mut waiting: BTreeMap<&str, &Item<'_>> =
        items.iter().map(|item| (item.id.as_str(), item)).collect();
    let mut found = Vec::new();
    for answer in answers {
        let id = answer["id"]
            .as_str()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let status = answer["status"]
            .as_u64()
            .and_then(|code| u16::try_from(code).ok());
        match (waiting.remove(id.as_str()), status) {
            (Some(item), Some(status)) => {
                let body = answer.get("body");
                let wrong = contract.check_response(&item.request(), status, body);
                let whole = format!("answer {id}");
                found.extend(wrong.into_iter().map(|violation| violation.within(&whole)));
            }
            (Some(_), None) => found.push(Violation::new(
                "response.shape",
                format!("answer {id} has no status"),
            )),
            (None, _) => found.push(Violation::new(
                "batch.unknown_id",
                format!("answer {id:?} belongs to no request or is given twice"),
            )),
        }
    }
    found.extend(
        waiting
            .keys()
            .map(|id| Violation::new("batch.unanswered", format!("request {id} has no answer"))),
    );
    found
}
