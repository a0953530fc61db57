//! What an operation gives back.

use crate::bound::Bound;
use crate::schema::Schema;

/// What a success carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returns {
    /// Nothing.
    Nothing,
    /// One entity or complex value; of which type, where the schema has it.
    Entity(Option<String>),
    /// A page of entities.
    Collection(Option<String>),
    /// A page of changes.
    Delta(Option<String>),
    /// A page of links to entities.
    References,
    /// One link to an entity.
    Reference,
    /// A page of primitive values.
    Values,
    /// One primitive value in an envelope.
    Value,
    /// A bare number.
    Number,
    /// The answers of a batch.
    Batch,
    /// The data does not say, or it is a stream.
    Unknown,
}

impl Returns {
    /// Reads the vendor's name of a return type.
    pub(crate) fn named(name: &str, schema: &Schema) -> Self {
        match name {
            "None" => Self::Nothing,
            "int" => Self::Number,
            "str" => Self::Reference,
            "StringCollectionResponse" => Self::References,
            "bytes" => Self::Unknown,
            _ => match name.strip_suffix("CollectionResponse") {
                Some(item) => Self::Collection(known_type(item, schema)),
                None if name.ends_with("GetResponse") || name.ends_with("PostResponse") => {
                    Self::Unknown
                }
                None => Self::Entity(known_type(name, schema)),
            },
        }
    }

    /// What a bound action gives back, in the metadata's words.
    pub(crate) fn of_action(returns: &str) -> Self {
        let (item, many) = match returns.strip_prefix("Collection(") {
            Some(item) => (item.trim_end_matches(')'), true),
            None => (returns, false),
        };
        match (item.strip_prefix("graph."), many) {
            (Some(item), true) => Self::Collection(Some(item.to_owned())),
            (Some(item), false) => Self::Entity(Some(item.to_owned())),
            (None, true) => Self::Values,
            (None, false) => Self::Value,
        }
    }

    /// The type of the entities in it, where the schema has it.
    #[must_use]
    pub fn entity_type(&self) -> Option<&str> {
        match self {
            Self::Entity(name) | Self::Collection(name) | Self::Delta(name) => name.as_deref(),
            _ => None,
        }
    }

    /// Whether it comes in pages.
    #[must_use]
    pub fn is_paged(&self) -> bool {
        matches!(
            self,
            Self::Collection(_) | Self::Delta(_) | Self::References
        )
    }
}

/// The schema's type behind a generated class name: `OrgContact` is `orgContact`.
pub(crate) fn known_type(class: &str, schema: &Schema) -> Option<String> {
    let mut letters = class.chars();
    let first = letters.next()?;
    let name = first.to_ascii_lowercase().to_string() + letters.as_str();
    schema.knows(&name).then_some(name)
}

/// What an action gives back, if the metadata says so.
pub(crate) fn of_bound(bound: &Bound, action: &str, after_key: bool) -> Returns {
    bound
        .action(action, after_key)
        .and_then(|(_, action)| action.returns.as_deref())
        .map_or(Returns::Unknown, Returns::of_action)
}
