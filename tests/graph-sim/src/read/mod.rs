//! Reads: one object, lists, references, the recycle bin, and the tenant itself.

pub(crate) mod list;
mod page;
mod references;
mod tenant;

use crate::{
    call::{Call, Handled},
    error::Refusal,
    request::Answer,
    schema,
    store::{Class, Link, Object},
    view::{self, Selection},
};
use serde_json::{Value, json};

pub(crate) use page::expired as page_expired;
pub(crate) use references::{
    count_links, direct_reports, link_references, links, manager, manager_reference, member_of,
};
pub(crate) use tenant::{available_extensions, domains, organization, subscribed_skus};

/// `GET /users/{id}`.
pub(crate) fn object(call: &Call<'_>, class: Class, key: &str) -> Handled {
    let selection = call.selection(class)?;
    let object = call.read(class, key)?;
    let mut entity = view::entity(&object, &selection);
    expand(call, &object, &mut entity)?;
    let context = format!("{}/$entity", call.collection_context(class));
    Ok(Answer::entity(200, context, Value::Object(entity)))
}

/// `GET /directoryObjects/{id}`.
pub(crate) fn directory_object(call: &Call<'_>, id: &str) -> Handled {
    let found = call.image().live(id).cloned();
    let object = found.ok_or_else(|| Refusal::no_object(id))?;
    let selection = call.selection(object.class)?;
    let context = call.context("directoryObjects/$entity");
    let entity = Value::Object(view::typed(&object, &selection));
    Ok(Answer::entity(200, context, entity))
}

/// `POST /directoryObjects/getByIds`.
pub(crate) fn by_ids(call: &Call<'_>) -> Handled {
    let body = call.body()?;
    let texts = |name: &str| {
        let values = body.get(name).and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let (ids, types) = (texts("ids"), texts("types"));
    if ids.is_empty() || ids.len() > 1_000 {
        let message = "The collection of ids must have between 1 and 1000 values.";
        return Err(Refusal::bad_request(message));
    }
    let is_wanted = |object: &Object| {
        types.is_empty()
            || types
                .iter()
                .any(|name| name == "directoryObject" || Class::of_type(name) == Some(object.class))
    };
    let found = ids
        .iter()
        .filter_map(|id| call.image().live(id))
        .filter(|object| is_wanted(object))
        .map(|object| {
            let selection = call.selection(object.class)?;
            Ok(Value::Object(view::typed(object, &selection)))
        });
    let found = found.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(Answer::json(
        200,
        json!({ "@odata.context": call.context("directoryObjects"), "value": found }),
    ))
}

/// `GET /directory/deletedItems/{id}`.
pub(crate) fn deleted_item(call: &Call<'_>, id: &str) -> Handled {
    let found = call.image().object(id);
    let recycled = found.filter(|object| object.deleted.is_some()).cloned();
    let object = recycled.ok_or_else(|| Refusal::no_object(id))?;
    call.check_recycled(object.class)?;
    let mut selection = call.selection(object.class)?;
    if !call.request.has_option("$select") && !selection.has("deletedDateTime") {
        selection.0.push("deletedDateTime".to_owned());
    }
    let context = call.context("directoryObjects/$entity");
    let entity = Value::Object(view::typed(&object, &selection));
    Ok(Answer::entity(200, context, entity))
}

/// `GET /users/{id}/onPremisesSyncBehavior`.
pub(crate) fn sync_behavior(call: &Call<'_>, class: Class, key: &str) -> Handled {
    let object = call.read(class, key)?;
    let context = call.context(&format!(
        "{}('{}')/onPremisesSyncBehavior/$entity",
        class.collection(),
        object.id
    ));
    let behavior = json!({ "id": &*object.id, "isCloudManaged": object.cloud_managed });
    Ok(Answer::entity(200, context, behavior))
}

/// An expanded collection holds no more than this.
const EXPANDED_MAX: usize = 20;

/// Adds what `$expand` asks for: a user's manager, a group's members or owners.
pub(crate) fn expand(
    call: &Call<'_>,
    object: &Object,
    entity: &mut serde_json::Map<String, Value>,
) -> Result<(), Refusal> {
    let Some(expand) = call.request.option("$expand") else {
        return Ok(());
    };
    let (name, inner) = expand.split_once('(').unwrap_or((expand, ""));
    let select = inner
        .strip_suffix(')')
        .and_then(|inner| inner.trim_start_matches('$').strip_prefix("select="));
    let show = |object: &Object| -> Result<Value, Refusal> {
        let selection = Selection::of(object.class, select)?;
        Ok(Value::Object(view::typed(object, &selection)))
    };
    match (object.class, name) {
        (Class::User, "manager") => {
            let manager = object.manager.as_deref();
            if let Some(manager) = manager.and_then(|id| call.image().live(id)) {
                entity.insert(name.to_owned(), show(manager)?);
            }
        }
        (Class::Group, "members" | "owners") => {
            let link = if name == "members" {
                Link::Members
            } else {
                Link::Owners
            };
            let seen = call.image().seen_links(&object.id, link, None);
            let seen = seen.take(EXPANDED_MAX).map(|target| show(target));
            entity.insert(name.to_owned(), seen.collect::<Result<_, _>>()?);
        }
        _ => return Err(Refusal::not_simulated(&format!("$expand={name} here"))),
    }
    Ok(())
}

/// Refuses to list what other services keep.
pub(crate) fn refuse_kept_elsewhere(class: Class, selection: &Selection) -> Result<(), Refusal> {
    let elsewhere = selection
        .names()
        .find(|name| schema::is_kept_elsewhere(class, name));
    match elsewhere {
        Some(name) => {
            let message = format!("The property '{name}' is not available in a list.");
            Err(Refusal::new(501, "NotImplemented", message))
        }
        None => Ok(()),
    }
}
