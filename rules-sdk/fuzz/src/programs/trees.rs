//! Rule trees, as the console's editor stores them.

use serde_json::{Value as Json, json};

use super::entra;
use super::kind::Kind;
use super::statements::block;
use super::tape::Tape;
use super::texts::{maybe, text};
use super::truths::truth;

/// A tree that gives a text.
pub fn tree(t: &mut Tape<'_>) -> Json {
    let leaf = |t: &mut Tape<'_>| match t.next(8) {
        0 => json!({"expr": maybe(t)}),
        1 => json!({"expr": text(t)}),
        2 => json!({"expr": "ignore"}),
        3 => json!({"expr": "authoritativeNull"}),
        4 => json!({"expr": "null"}),
        5 => json!({"expr": block(t)}),
        6 => json!({"expr": entra::expr(t, Kind::Text), "dialect": "entra"}),
        _ => json!({"expr": format!("throw new Exception({})", text(t))}),
    };
    t.deeper(leaf, |t| {
        let test = truth(t);
        let then = tree(t);
        match t.next(4) {
            0 => json!({"if": test, "then": then}),
            1 => json!({"if": {"expr": test}, "then": then, "else": tree(t)}),
            2 => {
                let test = entra::expr(t, Kind::Bool);
                json!({"if": {"expr": test, "dialect": "entra"}, "then": then, "else": tree(t)})
            }
            _ => json!({"if": test, "then": then, "else": tree(t)}),
        }
    })
}
