//! How objects look from outside.

use crate::{
    error::Refusal,
    schema,
    store::{Class, Object},
};
use serde_json::{Map, Value};

/// The properties that a request selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection(pub(crate) Vec<String>);

impl Selection {
    /// What `$select` names, or what is shown unasked.
    pub(crate) fn of(class: Class, select: Option<&str>) -> Result<Self, Refusal> {
        let Some(select) = select else {
            return Ok(Self::shown(class));
        };
        let mut names: Vec<String> = Vec::new();
        for name in select
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            if !is_known(class, name) {
                let message = format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{}'.",
                    class.type_name()
                );
                return Err(Refusal::new(400, "BadRequest", message));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }

    pub(crate) fn shown(class: Class) -> Self {
        Self(schema::shown(class).map(str::to_owned).collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }
}

fn is_known(class: Class, name: &str) -> bool {
    let references = match class {
        Class::User => name == "manager",
        Class::Group => matches!(name, "members" | "owners"),
        Class::Contact => false,
    };
    references || schema::is_extension(name) || schema::kind(class, name).is_some()
}

/// A property as an answer shows it; nothing when it does not show at all.
fn shown_value(object: &Object, name: &str) -> Option<Value> {
    match name {
        // Never told, once set.
        "passwordProfile" => Some(Value::Null),
        _ => match object.properties.get(name) {
            Some(value) => Some(value.clone()),
            None => schema::unset(object.class, name),
        },
    }
}

/// The selected properties of an object; those that were never set are null or empty.
pub(crate) fn entity(object: &Object, selection: &Selection) -> Map<String, Value> {
    let named = selection
        .names()
        .filter_map(|name| Some((name.to_owned(), shown_value(object, name)?)));
    named.collect()
}

/// The same, with the type's name first.
pub(crate) fn typed(object: &Object, selection: &Selection) -> Map<String, Value> {
    let mark = Value::from(object.class.type_mark());
    let mut typed = Map::from_iter([("@odata.type".to_owned(), mark)]);
    typed.extend(entity(object, selection));
    typed
}

/// A reference: type and id.
pub(crate) fn reference(object: &Object) -> Map<String, Value> {
    Map::from_iter([
        (
            "@odata.type".to_owned(),
            Value::from(object.class.type_mark()),
        ),
        ("id".to_owned(), Value::from(&*object.id)),
    ])
}

/// The selected properties that were ever set, as a delta tells them; what was cleared is null.
pub(crate) fn known(object: &Object, selection: &Selection) -> Map<String, Value> {
    let named = selection.names().filter_map(|name| {
        let value = object.properties.get(name)?;
        let told = name != "passwordProfile" && !schema::is_kept_elsewhere(object.class, name);
        told.then(|| (name.to_owned(), value.clone()))
    });
    named.collect()
}
