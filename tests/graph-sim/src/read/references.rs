//! What objects refer to: members, owners, managers, and the other way round.

use super::{
    list::{Wanted, counted},
    page,
};
use crate::{
    call::{Call, Handled},
    error::Refusal,
    request::Answer,
    store::{Class, Link, Object},
    view,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `GET /groups/{id}/members`, also cast to one type.
pub(crate) fn links(call: &Call<'_>, link: Link, group: &str, cast: Option<Class>) -> Handled {
    let group = call.read(Class::Group, group)?;
    let wanted = Wanted::of(call, cast.unwrap_or(Class::User))?;
    let start = page::place(call)?;
    let size = page::size(call)?;
    let is_wanted = |object: &&Arc<Object>| {
        cast.is_none_or(|cast| object.class == cast) && wanted.matches(object)
    };
    let after = start.as_ref().map(|place| place.after.as_str());
    let seen = call.image().seen_links(&group.id, link, after);
    let mut shown: Vec<&Arc<Object>> = seen.filter(is_wanted).take(size + 1).collect();
    let more = shown.len() > size;
    shown.truncate(size);
    let mut body = Map::new();
    let context = match cast {
        Some(cast) => call.collection_context(cast),
        None => call.context("directoryObjects"),
    };
    body.insert("@odata.context".to_owned(), context.into());
    if call.request.is_eventual() && call.request.wants_count() {
        let all = call.image().seen_links(&group.id, link, None);
        let count = all.filter(is_wanted).count();
        body.insert("@odata.count".to_owned(), count.into());
    }
    if more {
        let after = shown.last().map_or("", |object| &object.id);
        page::link(call, &mut body, after, 0);
    }
    let value = shown.into_iter().map(|object| show(call, object));
    body.insert("value".to_owned(), value.collect::<Result<_, _>>()?);
    Ok(Answer::json(200, Value::Object(body)))
}

/// An object among others of other types: what is selected of it is what its type has.
fn show(call: &Call<'_>, object: &Object) -> Result<Value, Refusal> {
    let select = call.request.option("$select").map(|names| {
        let names = names.split(',').map(str::trim);
        let own = names.filter(|name| {
            crate::schema::is_extension(name) || crate::schema::kind(object.class, name).is_some()
        });
        own.collect::<Vec<_>>().join(",")
    });
    let selection = view::Selection::of(object.class, select.as_deref())?;
    Ok(Value::Object(view::typed(object, &selection)))
}

/// `GET /groups/{id}/members/$count`.
pub(crate) fn count_links(
    call: &Call<'_>,
    link: Link,
    group: &str,
    cast: Option<Class>,
) -> Handled {
    let group = call.read(Class::Group, group)?;
    let wanted = counted(call, cast.unwrap_or(Class::User))?;
    let seen = call.image().seen_links(&group.id, link, None);
    let counted = seen
        .filter(|object| cast.is_none_or(|cast| object.class == cast) && wanted.matches(object));
    Ok(Answer::text(counted.count().to_string()))
}

/// `GET /groups/{id}/members/$ref`.
pub(crate) fn link_references(call: &Call<'_>, link: Link, group: &str) -> Handled {
    let group = call.read(Class::Group, group)?;
    let start = page::place(call)?;
    let size = page::size(call)?;
    let after = start.as_ref().map(|place| place.after.as_str());
    let seen = call.image().seen_links(&group.id, link, after);
    let mut ids: Vec<&str> = seen.map(|object| &*object.id).take(size + 1).collect();
    let more = ids.len() > size;
    ids.truncate(size);
    let mut body = Map::new();
    let context = call.context("Collection($ref)");
    body.insert("@odata.context".to_owned(), context.into());
    if more {
        page::link(call, &mut body, ids.last().copied().unwrap_or_default(), 0);
    }
    let addresses = ids
        .iter()
        .map(|id| json!({ "@odata.id": address(call, id) }));
    body.insert("value".to_owned(), addresses.collect());
    Ok(Answer::json(200, Value::Object(body)))
}

fn address(call: &Call<'_>, id: &str) -> String {
    format!("{}/directoryObjects/{id}", call.root)
}

fn manager_of(call: &Call<'_>, key: &str) -> Result<Arc<Object>, Refusal> {
    let user = call.read(Class::User, key)?;
    let manager = user.manager.as_deref().and_then(|id| call.image().live(id));
    manager
        .cloned()
        .ok_or_else(|| Refusal::no_object("manager"))
}

/// `GET /users/{id}/manager`.
pub(crate) fn manager(call: &Call<'_>, key: &str) -> Handled {
    let manager = manager_of(call, key)?;
    let context = call.context("directoryObjects/$entity");
    Ok(Answer::entity(200, context, show(call, &manager)?))
}

/// `GET /users/{id}/manager/$ref`.
pub(crate) fn manager_reference(call: &Call<'_>, key: &str) -> Handled {
    let manager = manager_of(call, key)?;
    let body = json!({
        "@odata.context": call.context("$ref"),
        "@odata.id": address(call, &manager.id),
    });
    Ok(Answer::json(200, body))
}

/// `GET /users/{id}/directReports`.
pub(crate) fn direct_reports(call: &Call<'_>, key: &str) -> Handled {
    let user = call.read(Class::User, key)?;
    let reports = call.image().reports_of(&user.id);
    let living = reports.filter(|report| report.deleted.is_none());
    all(call, living.cloned().collect())
}

/// `GET /users/{id}/memberOf`.
pub(crate) fn member_of(call: &Call<'_>, class: Class, key: &str) -> Handled {
    let object = call.read(class, key)?;
    let groups = call.image().groups_of(&object.id);
    let groups = groups.iter().filter(|(_, link)| *link == Link::Members);
    let living = groups.filter_map(|(group, _)| call.image().live(group));
    all(call, living.cloned().collect())
}

/// A short list, in pages by position.
fn all(call: &Call<'_>, objects: Vec<Arc<Object>>) -> Handled {
    let position = page::place(call)?.map_or(0, |place| place.position);
    let size = page::size(call)?;
    let mut body = Map::new();
    let context = call.context("directoryObjects");
    body.insert("@odata.context".to_owned(), context.into());
    if objects.len() > position + size {
        page::link(call, &mut body, "", position + size);
    }
    let shown = objects.iter().skip(position).take(size);
    let shown = shown.map(|object| show(call, object));
    body.insert("value".to_owned(), shown.collect::<Result<_, _>>()?);
    Ok(Answer::json(200, Value::Object(body)))
}
