//! Every small change of a document: each value another one, each field gone, each list shorter or in another order.
//!
//! Invariant: a mutant is a document that can be read, and is not the one it was made from.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

/// Words that fields choose from; one that a field does not know is no mutant.
const WORDS: &[&str] = &[
    "provision",
    "sticky",
    "join",
    "create-or-update",
    "update-only",
    "create-only",
    "match-only",
    "disconnect",
    "delete",
    "leave",
    "disable",
    "disconnect-explicit",
    "enforce",
    "initial",
    "on-change",
    "if-empty",
    "fail-object",
    "keep-current",
    "null",
    "first",
    "only-one",
    "owners-gone",
    "any-of",
    "all-of",
    "never",
    "nothing",
    "live",
    "hold",
    "csharp",
    "entra",
    "upper",
    "lower",
    "string",
    "integer",
    "reference",
    "exact",
    "case-ignore",
    "whole-seconds",
];

/// A changed document, and where it was changed.
#[derive(Debug, Clone)]
pub struct Mutant<T> {
    /// The place, as a JSON pointer.
    pub at: String,
    /// The order of a list alone was changed.
    pub reorders: bool,
    /// The document.
    pub document: T,
}

/// Every mutant of a document.
pub fn mutants<T: Serialize + DeserializeOwned + PartialEq>(original: &T) -> Vec<Mutant<T>> {
    let root = serde_json::to_value(original).expect("a document is JSON");
    let mut places = Vec::new();
    collect(&root, String::new(), &mut places);
    let mut found = Vec::new();
    for at in places {
        let here = root.pointer(&at).expect("a place of the document");
        for (place, reorders, other) in changes(&at, here) {
            let mut changed = root.clone();
            *changed.pointer_mut(&at).expect("a place of the document") = other;
            let document = serde_json::from_value::<T>(changed);
            if let Some(document) = document.ok().filter(|document| document != original) {
                found.push(Mutant {
                    at: place,
                    reorders,
                    document,
                });
            }
        }
    }
    found
}

fn collect(json: &Json, at: String, places: &mut Vec<String>) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                collect(value, format!("{at}/{name}"), places);
            }
        }
        Json::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                collect(value, format!("{at}/{n}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// What a value can become: where, whether only its order changes, and what stands there then.
fn changes(at: &str, here: &Json) -> Vec<(String, bool, Json)> {
    let whole = |other: Json| (at.to_owned(), false, other);
    match here {
        Json::Null => Vec::new(),
        Json::Bool(is) => vec![whole(json!(!is))],
        Json::Number(n) => vec![whole(json!(n.as_i64().unwrap_or_default() + 1))],
        Json::String(text) => {
            let words = WORDS
                .iter()
                .filter(|word| *word != text)
                .map(|word| whole(json!(word)));
            let mut others: Vec<_> = words.collect();
            others.push(whole(json!(format!("X{text}"))));
            for (prefix, id) in [("dir_", "dir_7"), ("prt_", "prt_7")] {
                others.extend(text.starts_with(prefix).then(|| whole(json!(id))));
            }
            others
        }
        Json::Array(items) => {
            let mut others = Vec::new();
            for n in 0..items.len() {
                let mut shorter = items.clone();
                shorter.remove(n);
                others.push((format!("{at}/{n}"), false, json!(shorter)));
                if n > 0 {
                    let mut swapped = items.clone();
                    swapped.swap(n - 1, n);
                    others.push((at.to_owned(), true, json!(swapped)));
                }
            }
            others
        }
        Json::Object(fields) => {
            let without = fields.keys().map(|name| {
                let mut fewer = fields.clone();
                fewer.remove(name);
                (format!("{at}/{name}"), false, Json::Object(fewer))
            });
            without.collect()
        }
    }
}
