//! Groups: created, changed, and created or changed by their unique name.

use super::{
    created,
    members::{Bound, bind, bound},
    require,
};
use crate::{
    call::{Call, Handled},
    clock,
    error::Refusal,
    request::Answer,
    rules,
    store::{Class, Id, Key, Link, Object},
};
use serde_json::{Map, Value, json};

/// `POST /groups`.
pub(crate) fn create(call: &mut Call<'_>) -> Handled {
    let body = call.body()?.clone();
    let group = create_from(call, body)?;
    Ok(created(call, &group))
}

fn create_from(call: &mut Call<'_>, mut body: Map<String, Value>) -> Result<Object, Refusal> {
    let members = bound(&mut body, Link::Members)?;
    let owners = bound(&mut body, Link::Owners)?;
    require(
        &body,
        &[
            "displayName",
            "mailEnabled",
            "mailNickname",
            "securityEnabled",
        ],
    )?;
    check_body(call, &body)?;

    let id: Id = call.tenant.new_id();
    let mut group = Object::new(&id, Class::Group);
    rules::apply(&mut group, &body);
    check_type(&group)?;
    let now = clock::timestamp(call.now);
    for property in ["createdDateTime", "renewedDateTime"] {
        group.properties.insert(property.to_owned(), json!(now));
    }
    group
        .properties
        .entry("groupTypes")
        .or_insert_with(|| json!([]));
    if group.is_unified() {
        let nickname = group.text("mailNickname").unwrap_or_default();
        let address = format!("{nickname}@{}", call.tenant.default_domain());
        let proxies = json!([format!("SMTP:{address}")]);
        group.properties.insert("mail".to_owned(), json!(address));
        group
            .properties
            .insert("proxyAddresses".to_owned(), proxies);
        let visibility = group.properties.entry("visibility");
        visibility.or_insert_with(|| json!("Public"));
    }
    rules::check_unique(
        call.primary(),
        &group,
        call.tenant.switches.conflicts_have_details,
    )?;
    let bound = Bound {
        members,
        owners,
        group: &group,
    };
    let bound = bound.checked(call)?;
    call.put(group.clone());
    bind(call, &group.id, &bound);
    Ok(group)
}

/// `PATCH /groups/{id}`.
pub(crate) fn update(call: &mut Call<'_>, key: &str) -> Handled {
    let before = call.written(Class::Group, key)?;
    let body = call.body()?.clone();
    change(call, &before, body)?;
    Ok(Answer::empty(204))
}

fn change(
    call: &mut Call<'_>,
    before: &Object,
    mut body: Map<String, Value>,
) -> Result<(), Refusal> {
    let members = bound(&mut body, Link::Members)?;
    let owners = bound(&mut body, Link::Owners)?;
    let changed = body.keys().map(String::as_str);
    let bound_names = [&members, &owners];
    let is_bound = bound_names.iter().any(|targets| !targets.is_empty());
    let linked = is_bound.then_some(Link::Members.name());
    rules::check_on_premises(before, changed.clone().chain(linked))?;
    rules::check_exchange(before, changed)?;
    check_writable(before)?;
    check_body(call, &body)?;

    let mut after = before.clone();
    rules::apply(&mut after, &body);
    check_change(before, &after)?;
    check_type(&after)?;
    rules::check_unique(
        call.primary(),
        &after,
        call.tenant.switches.conflicts_have_details,
    )?;
    let bound = Bound {
        members,
        owners,
        group: &after,
    };
    let bound = bound.checked(call)?;
    if after != *before {
        call.put(after);
    }
    bind(call, &before.id, &bound);
    Ok(())
}

/// `PATCH /groups(uniqueName='…')`.
pub(crate) fn upsert(call: &mut Call<'_>, name: &str) -> Handled {
    let mut body = call.body()?.clone();
    let given = body.get("uniqueName");
    if given.is_some_and(|given| given.as_str() != Some(name)) {
        let message = "The uniqueName in the body is not the one in the address.";
        return Err(Refusal::bad_request(message));
    }
    let key = Key::UniqueName(name.to_lowercase());
    let holder = call.primary().holder(&key).cloned();
    match holder {
        Some(group) if group.deleted.is_none() => {
            body.remove("uniqueName");
            change(call, &group, body)?;
            Ok(Answer::empty(204))
        }
        _ if call.request.prefers("create-if-missing") => {
            body.insert("uniqueName".to_owned(), json!(name));
            let group = create_from(call, body)?;
            Ok(created(call, &group))
        }
        _ => Err(Refusal::no_object(name)),
    }
}

fn check_body(call: &Call<'_>, body: &Map<String, Value>) -> Result<(), Refusal> {
    rules::check_properties(Class::Group, body)?;
    rules::check_extensions(call.tenant, Class::Group, body)?;
    if let Some(nickname) = body.get("mailNickname") {
        rules::check_nickname(nickname.as_str().unwrap_or_default())?;
    }
    if body.get("isAssignableToRole") == Some(&json!(true))
        && !call.may("RoleManagement.ReadWrite.Directory")
    {
        return Err(Refusal::denied());
    }
    Ok(())
}

/// Only Microsoft 365 groups and security groups without mail are made here.
fn check_type(group: &Object) -> Result<(), Refusal> {
    let refuse = |message: &str| Err(Refusal::bad_request(message));
    let is_dynamic = group.has_group_type("DynamicMembership");
    let known = ["Unified", "DynamicMembership"];
    if group.texts("groupTypes").any(|kind| !known.contains(&kind)) {
        return refuse("Invalid value specified for property 'groupTypes' of resource 'Group'.");
    }
    if group.is_unified() && !group.is("mailEnabled") {
        return refuse(
            "The service does not currently support writes of mail-disabled unified groups. Please ensure that the mail-enablement property is set and try again.",
        );
    }
    if !group.is_unified() && group.is("mailEnabled") {
        return refuse(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and try again.",
        );
    }
    if !group.is_unified() && !group.is("securityEnabled") {
        return refuse("The group must be a Microsoft 365 group or a security group.");
    }
    if is_dynamic && group.text("membershipRule").is_none_or(str::is_empty) {
        return refuse("A membership rule must be specified for a dynamic membership group.");
    }
    Ok(())
}

/// Distribution groups and mail-enabled security groups are Exchange's.
pub(super) fn check_writable(group: &Object) -> Result<(), Refusal> {
    if group.is("mailEnabled") && !group.is_unified() {
        let message = "Cannot Update a mail-enabled security groups and or distribution list.";
        return Err(Refusal::bad_request(message));
    }
    Ok(())
}

fn check_change(before: &Object, after: &Object) -> Result<(), Refusal> {
    let changed =
        |property: &str| before.properties.get(property) != after.properties.get(property);
    let fixed = ["mailEnabled", "uniqueName", "isAssignableToRole"];
    let touched = fixed.into_iter().find(|property| changed(property));
    let touched =
        touched.or_else(|| (before.is_unified() != after.is_unified()).then_some("groupTypes"));
    match touched {
        Some(property) => {
            let message =
                format!("The property '{property}' cannot be changed after the group was created.");
            Err(Refusal::bad_request(message))
        }
        None => Ok(()),
    }
}
