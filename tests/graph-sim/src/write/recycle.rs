//! The recycle bin: in, out, and gone for good.

use crate::{
    call::{Call, Handled},
    error::Refusal,
    request::Answer,
    rules,
    store::{Class, Object},
    view::{self, Selection},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// `DELETE /users/{id}` and `DELETE /groups/{id}`.
pub(crate) fn delete(call: &mut Call<'_>, class: Class, key: &str) -> Handled {
    let object = call.written(class, key)?;
    if class == Class::Group {
        super::groups::check_writable(&object)?;
    }
    let now = call.now;
    call.tenant.delete(&object, now);
    Ok(Answer::empty(204))
}

fn recycled(call: &Call<'_>, id: &str) -> Result<Arc<Object>, Refusal> {
    let object = call.primary().object(id);
    let recycled = object.filter(|object| object.deleted.is_some()).cloned();
    let recycled = recycled.ok_or_else(|| Refusal::no_object(id))?;
    call.check_recycled(recycled.class)?;
    Ok(recycled)
}

/// `DELETE /directory/deletedItems/{id}`.
pub(crate) fn delete_for_good(call: &mut Call<'_>, id: &str) -> Handled {
    let object = recycled(call, id)?;
    let (tenant, now) = (&mut *call.tenant, call.now);
    tenant.store.put(&object.id, object.class, None, now);
    Ok(Answer::empty(204))
}

/// `POST /directory/deletedItems/{id}/restore`.
pub(crate) fn restore(call: &mut Call<'_>, id: &str) -> Handled {
    let object = recycled(call, id)?;
    let body = call.request.body();
    let asked = |name: &str| body.and_then(|body| body.get(name));
    let mut after = Object::clone(&object);
    after.set_deleted(None);
    if let Some(name) = asked("newUserPrincipalName").and_then(Value::as_str) {
        let immutable = after.text("onPremisesImmutableId");
        rules::check_principal_name(call.tenant, name, immutable)?;
        after
            .properties
            .insert("userPrincipalName".to_owned(), json!(name));
    }
    if asked("autoReconcileProxyConflict") == Some(&Value::Bool(true)) {
        drop_taken_addresses(call, &mut after);
    }
    rules::check_unique(
        call.primary(),
        &after,
        call.tenant.switches.conflicts_have_details,
    )?;
    let selection = Selection::shown(after.class);
    let entity = Value::Object(view::typed(&after, &selection));
    let context = call.context("directoryObjects/$entity");
    call.put(after);
    Ok(Answer::entity(200, context, entity))
}

/// Leaves out the addresses that somebody took meanwhile.
fn drop_taken_addresses(call: &Call<'_>, object: &mut Object) {
    let is_taken = |address: &str| {
        let holder = call.primary().holder(&crate::store::Key::proxy(address));
        holder.is_some_and(|holder| holder.id != object.id)
    };
    let kept: Vec<String> = object
        .texts("proxyAddresses")
        .filter(|address| !is_taken(address))
        .map(str::to_owned)
        .collect();
    let loses_mail = object.text("mail").is_some_and(is_taken);
    object
        .properties
        .insert("proxyAddresses".to_owned(), json!(kept));
    if loses_mail {
        object.properties.insert("mail".to_owned(), Value::Null);
    }
}
