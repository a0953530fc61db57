//! Writes: judged by the rules, carried out on the primary, answered from it.

mod groups;
mod members;
mod recycle;
mod references;
mod users;

pub(crate) use groups::{create as create_group, update as update_group, upsert};
pub(crate) use members::{add_link, remove_link};
pub(crate) use recycle::{delete, delete_for_good, restore};
pub(crate) use references::{clear_manager, set_manager, set_sync_behavior};
pub(crate) use users::{create as create_user, update as update_user};

use crate::{
    call::Call,
    error::Refusal,
    request::Answer,
    store::Object,
    view::{self, Selection},
};
use serde_json::Value;

/// The answer to a creation: the object as it is shown unasked.
fn created(call: &Call<'_>, object: &Object) -> Answer {
    let selection = Selection::shown(object.class);
    let collection = object.class.collection();
    let context = call.context(&format!("{collection}/$entity"));
    let location = format!("{}/{collection}/{}", call.root, object.id);
    let entity = Value::Object(view::entity(object, &selection));
    Answer::entity(201, context, entity).with_header("Location", location)
}

/// Refuses a creation that lacks a property.
fn require(body: &serde_json::Map<String, Value>, names: &[&str]) -> Result<(), Refusal> {
    let missing = names
        .iter()
        .find(|name| body.get(**name).is_none_or(Value::is_null));
    match missing {
        Some(name) => {
            let message = format!("A value is required for property '{name}' of resource.");
            let mut refusal = Refusal::bad_request(message.clone());
            refusal.details.push(crate::error::Detail {
                code: "MissingValue",
                target: (*name).to_owned(),
                message,
            });
            Err(refusal)
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
