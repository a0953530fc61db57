//! A user's manager, and the switch of an object's source of authority.

use super::members::{reference, referred_id};
use crate::{
    call::{Call, Handled},
    error::Refusal,
    request::Answer,
    rules,
    store::{Class, Id, Object},
};
use serde_json::{Map, Value};

/// `PUT /users/{id}/manager/$ref`.
pub(crate) fn set_manager(call: &mut Call<'_>, key: &str) -> Handled {
    let user = call.written(Class::User, key)?;
    rules::check_on_premises(&user, ["manager"])?;
    let target = reference(call.body()?)?;
    let manager = checked_manager(call, &target)?;
    if manager == user.id {
        let message = "An object cannot be its own manager.";
        return Err(Refusal::bad_request(message));
    }
    let mut after = Object::clone(&user);
    after.manager = Some(manager);
    if after != *user {
        call.put(after);
    }
    Ok(Answer::empty(204))
}

/// `DELETE /users/{id}/manager/$ref`.
pub(crate) fn clear_manager(call: &mut Call<'_>, key: &str) -> Handled {
    let user = call.written(Class::User, key)?;
    rules::check_on_premises(&user, ["manager"])?;
    if user.manager.is_none() {
        return Err(Refusal::no_object("manager"));
    }
    let mut after = Object::clone(&user);
    after.manager = None;
    call.put(after);
    Ok(Answer::empty(204))
}

/// Takes `manager@odata.bind` out of a body.
pub(super) fn bound_manager(
    call: &Call<'_>,
    body: &mut Map<String, Value>,
) -> Result<Option<Id>, Refusal> {
    let Some(value) = body.remove("manager@odata.bind") else {
        return Ok(None);
    };
    let id = value.as_str().and_then(referred_id);
    let id = id.ok_or_else(|| Refusal::bad_request("Invalid URL format specified in payload."))?;
    checked_manager(call, &id).map(Some)
}

fn checked_manager(call: &Call<'_>, id: &str) -> Result<Id, Refusal> {
    let manager = call.referred(id)?;
    match manager.class {
        Class::User | Class::Contact => Ok(manager.id.clone()),
        Class::Group => {
            let message = "Unsupported resource type 'Group' for the reference 'manager'.";
            Err(Refusal::bad_request(message))
        }
    }
}

/// `PATCH /users/{id}/onPremisesSyncBehavior`.
pub(crate) fn set_sync_behavior(call: &mut Call<'_>, class: Class, key: &str) -> Handled {
    let object = call.written(class, key)?;
    let wanted = call.body()?.get("isCloudManaged").and_then(Value::as_bool);
    let Some(wanted) = wanted else {
        let message = "A value is required for property 'isCloudManaged' of resource.";
        return Err(Refusal::bad_request(message));
    };
    if !object.is("onPremisesSyncEnabled") {
        let message = "The source of authority can only be changed for an object that is synchronized from on-premises.";
        return Err(Refusal::bad_request(message));
    }
    let mut after = Object::clone(&object);
    after.cloud_managed = wanted;
    if after != *object {
        call.put(after);
    }
    Ok(Answer::empty(204))
}
