//! Rows of a delta answer: an object, what is left of one, and members in portions.

use super::Asked;
use crate::{
    store::{Class, Object},
    view,
};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) body: Map<String, Value>,
    /// More of the same object comes, on the next page.
    pub(super) ends_page: bool,
}

impl Row {
    pub(super) fn new(body: Map<String, Value>) -> Self {
        Self {
            body,
            ends_page: false,
        }
    }
}

/// `changed` is in the recycle bin, `deleted` is gone for good.
pub(super) fn removed(id: &str, for_good: bool) -> Row {
    let reason = if for_good { "deleted" } else { "changed" };
    let body = json!({ "id": id, "@removed": { "reason": reason } });
    Row::new(body.as_object().cloned().unwrap_or_default())
}

/// Everything that is asked for and was ever set, with the id.
pub(super) fn properties(asked: &Asked, object: &Object) -> Map<String, Value> {
    let mut body = view::known(object, &asked.selection);
    body.insert("id".to_owned(), Value::from(&*object.id));
    body
}

/// A reference that was added or taken away.
pub(super) fn reference(class: Class, id: &str, present: bool) -> Value {
    let mut reference = json!({ "@odata.type": class.type_mark(), "id": id });
    if !present {
        reference["@removed"] = json!({ "reason": "deleted" });
    }
    reference
}

/// One row for each portion of members, the properties in every one of them.
pub(super) fn portions(body: &Map<String, Value>, members: &[Value], size: usize) -> Vec<Row> {
    if members.is_empty() {
        return vec![Row::new(body.clone())];
    }
    let chunks: Vec<&[Value]> = members.chunks(size.max(1)).collect();
    let last = chunks.len() - 1;
    let portion = |(index, chunk): (usize, &&[Value])| {
        let mut body = body.clone();
        body.insert("members@delta".to_owned(), Value::Array(chunk.to_vec()));
        Row {
            body,
            ends_page: index < last,
        }
    };
    chunks.iter().enumerate().map(portion).collect()
}
