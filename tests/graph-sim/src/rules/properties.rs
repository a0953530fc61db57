//! The properties of a request's body: known, of the right kind, writable; and how they are written.

use crate::{
    error::Refusal,
    schema::{self, Kind},
    store::{Class, Object},
    tenant::Tenant,
};
use serde_json::{Map, Value};

/// Refuses properties that the type does not have, that cannot hold the value, or that nobody may write.
pub(crate) fn check_properties(class: Class, body: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in body {
        if name.contains("@odata.") || schema::is_extension(name) {
            continue;
        }
        let Some(kind) = schema::kind(class, name) else {
            let message = format!(
                "One or more property values specified are invalid: Invalid property '{name}'."
            );
            return Err(Refusal::bad_request(message));
        };
        if schema::is_read_only(class, name) {
            let message = format!("Property '{name}' is read-only and cannot be set.");
            return Err(Refusal::bad_request(message));
        }
        if !schema::fits(kind, value) {
            let message = format!(
                "Invalid value specified for property '{name}' of resource '{}'.",
                class.type_name()
            );
            return Err(Refusal::bad_request(message));
        }
    }
    let phones = body.get("businessPhones").and_then(Value::as_array);
    if class == Class::User && phones.is_some_and(|phones| phones.len() > 1) {
        let message = "Invalid value specified for property 'businessPhones': it holds one number.";
        return Err(Refusal::bad_request(message));
    }
    let immutable = body.get("onPremisesImmutableId").and_then(Value::as_str);
    if immutable.is_some_and(|immutable| immutable.contains(['$', '_'])) {
        let message = "Invalid value specified for property 'onPremisesImmutableId'.";
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

/// Refuses directory extensions that no application registered for the type, or of another kind.
pub(crate) fn check_extensions(
    tenant: &Tenant,
    class: Class,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    for (name, value) in body.iter().filter(|(name, _)| schema::is_extension(name)) {
        let registered = tenant.extensions.iter().find(|extension| {
            let targets = &extension.target_objects;
            extension.name == *name
                && targets
                    .iter()
                    .any(|target| target.eq_ignore_ascii_case(class.type_name()))
        });
        let Some(extension) = registered else {
            let message = format!("The following extension properties are not available: {name}.");
            return Err(Refusal::bad_request(message));
        };
        let fits_one = |value: &Value| match extension.data_type.as_str() {
            "Boolean" => value.is_boolean(),
            "Integer" | "LargeInteger" => value.is_i64(),
            "DateTime" => schema::fits(Kind::Moment, value) && value.is_string(),
            _ => value.is_string(),
        };
        let fits = match value {
            Value::Null => !extension.is_multi_valued,
            Value::Array(values) => extension.is_multi_valued && values.iter().all(fits_one),
            value => !extension.is_multi_valued && fits_one(value),
        };
        if !fits {
            let message = format!("Invalid value specified for property '{name}' of resource.");
            return Err(Refusal::bad_request(message));
        }
    }
    Ok(())
}

/// Writes a body's properties into an object. Parts of a complex value that are absent stay.
pub(crate) fn apply(object: &mut Object, body: &Map<String, Value>) {
    for (name, value) in body.iter().filter(|(name, _)| !name.contains("@odata.")) {
        match (object.properties.get_mut(name), value) {
            (Some(Value::Object(present)), Value::Object(parts)) => {
                present.extend(parts.clone());
            }
            _ if name == "passwordProfile" => {
                // A password is never kept.
            }
            _ => {
                object.properties.insert(name.clone(), value.clone());
            }
        }
    }
}
