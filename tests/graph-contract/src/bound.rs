//! What the vendor's metadata says of bound actions and alternate keys.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The alternate keys of entity types and the parameters of bound actions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bound {
    alternate_keys: BTreeMap<String, Vec<String>>,
    actions: BTreeMap<String, Sides>,
}

/// The same name may be bound to one entity and to a collection, with other parameters.
#[derive(Debug, Deserialize)]
struct Sides {
    entity: Option<Action>,
    collection: Option<Action>,
}

/// A bound action.
#[derive(Debug, Deserialize)]
pub(crate) struct Action {
    /// A JSON Schema of the body.
    pub(crate) parameters: Value,
    /// What it gives back, in the metadata's words.
    pub(crate) returns: Option<String>,
}

impl Bound {
    pub(crate) fn published() -> Self {
        serde_json::from_str(include_str!("../data/v1.0.bound.json"))
            .expect("v1.0.bound.json is readable")
    }

    pub(crate) fn is_action(&self, name: &str) -> bool {
        self.actions.contains_key(name)
    }

    pub(crate) fn has_alternate_key(&self, type_name: &str, property: &str) -> bool {
        self.alternate_keys
            .get(type_name)
            .is_some_and(|keys| keys.iter().any(|key| key == property))
    }

    /// The action of this name, and what its parameters are called among the schema's types.
    pub(crate) fn action(&self, name: &str, after_key: bool) -> Option<(String, &Action)> {
        let sides = self.actions.get(name)?;
        let entity = sides.entity.as_ref().map(|action| ("entity", action));
        let collection = sides
            .collection
            .as_ref()
            .map(|action| ("collection", action));
        let (side, action) = if after_key {
            entity.or(collection)?
        } else {
            collection.or(entity)?
        };
        Some((parameters_name(name, side), action))
    }

    /// Every action's parameters, as types of the schema.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (String, Value)> {
        self.actions.iter().flat_map(|(name, sides)| {
            [("entity", &sides.entity), ("collection", &sides.collection)]
                .into_iter()
                .filter_map(move |(side, action)| {
                    let parameters = action.as_ref()?.parameters.clone();
                    Some((parameters_name(name, side), parameters))
                })
        })
    }
}

/// No type of the vendor's has a colon in its name.
fn parameters_name(action: &str, side: &str) -> String {
    format!("{action}:{side}")
}
