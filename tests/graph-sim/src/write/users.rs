//! Users: created and changed.

use super::{created, references::bound_manager, require};
use crate::{
    call::{Call, Handled},
    clock,
    error::Refusal,
    request::Answer,
    rules,
    store::{Class, Id, Key, Object, SignIn},
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

const PASSWORD_MIN: usize = 8;

/// `POST /users`.
pub(crate) fn create(call: &mut Call<'_>) -> Handled {
    let mut body = call.body()?.clone();
    let manager = bound_manager(call, &mut body)?;
    require(
        &body,
        &[
            "accountEnabled",
            "displayName",
            "mailNickname",
            "userPrincipalName",
            "passwordProfile",
        ],
    )?;
    check_body(call, &body)?;
    let password = body["passwordProfile"].get("password");
    check_password(password.and_then(Value::as_str))?;
    let immutable = body.get("onPremisesImmutableId").and_then(Value::as_str);
    let name = body["userPrincipalName"].as_str().unwrap_or_default();
    rules::check_principal_name(call.tenant, name, immutable)?;

    let id: Id = call.tenant.new_id();
    let mut user = Object::new(&id, Class::User);
    rules::apply(&mut user, &body);
    user.sign_in = sign_in(&body);
    let created_at = clock::timestamp(call.now);
    user.properties
        .insert("createdDateTime".to_owned(), created_at.into());
    user.properties
        .entry("userType")
        .or_insert_with(|| json!("Member"));
    user.manager = manager;
    adopt_mail(call, &mut user)?;
    rules::check_unique(
        call.primary(),
        &user,
        call.tenant.switches.conflicts_have_details,
    )?;
    let answer = created(call, &user);
    call.put(user);
    Ok(answer)
}

/// `PATCH /users/{id}`.
pub(crate) fn update(call: &mut Call<'_>, key: &str) -> Handled {
    let before = call.written(Class::User, key)?;
    let mut body = call.body()?.clone();
    let manager = bound_manager(call, &mut body)?;
    check_body(call, &body)?;
    rules::check_on_premises(&before, body.keys().map(String::as_str))?;
    rules::check_exchange(&before, body.keys().map(String::as_str))?;
    let profile = body.get("passwordProfile");
    if let Some(password) = profile.and_then(|profile| profile.get("password")) {
        check_password(password.as_str())?;
    }

    let mut after = Object::clone(&before);
    rules::apply(&mut after, &body);
    after.sign_in = sign_in(&body).or(after.sign_in);
    if let Some(manager) = manager {
        after.manager = Some(manager);
    }
    if body.contains_key("userPrincipalName") {
        let name = after.text("userPrincipalName").unwrap_or_default();
        let immutable = after.text("onPremisesImmutableId");
        rules::check_principal_name(call.tenant, name, immutable)?;
    }
    for required in ["accountEnabled", "displayName", "mailNickname"] {
        if body.get(required).is_some_and(Value::is_null) {
            let message =
                format!("Invalid value specified for property '{required}' of resource 'User'.");
            return Err(Refusal::bad_request(message));
        }
    }
    if body.contains_key("mail") {
        adopt_mail(call, &mut after)?;
    }
    rules::check_unique(
        call.primary(),
        &after,
        call.tenant.switches.conflicts_have_details,
    )?;
    if after != *before {
        call.put(after);
    }
    Ok(Answer::empty(204))
}

fn check_body(call: &Call<'_>, body: &Map<String, Value>) -> Result<(), Refusal> {
    rules::check_properties(Class::User, body)?;
    rules::check_extensions(call.tenant, Class::User, body)
}

/// How a user signs in from now on, where a body says so.
fn sign_in(body: &Map<String, Value>) -> Option<SignIn> {
    let profile = body.get("passwordProfile")?;
    let password = profile.get("password")?.as_str()?;
    Some(SignIn {
        password_sha256: hex::encode(Sha256::digest(password)),
        // The vendor's default for a profile that does not say.
        must_change: profile
            .get("forceChangePasswordNextSignIn")
            .and_then(Value::as_bool)
            .unwrap_or(true),
    })
}

fn check_password(password: Option<&str>) -> Result<(), Refusal> {
    if password.is_some_and(|password| password.chars().count() >= PASSWORD_MIN) {
        return Ok(());
    }
    let message = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    Err(Refusal::bad_request(message))
}

/// A new `mail` becomes the primary proxy address, unless another object has it.
fn adopt_mail(call: &Call<'_>, user: &mut Object) -> Result<(), Refusal> {
    let Some(mail) = user.text("mail").map(str::to_owned) else {
        return Ok(());
    };
    let key = Key::proxy(&mail);
    let holder = call.primary().holder(&key);
    if let Some(holder) = holder.filter(|holder| holder.id != user.id) {
        let switches = &call.tenant.switches;
        if switches.mail_conflicts_are_refused {
            return Err(Refusal::conflict(
                &key,
                holder,
                switches.conflicts_have_details,
            ));
        }
        // Taken all the same; the address itself stays the other object's.
        let addresses = user.properties.entry("proxyAddresses");
        addresses.or_insert_with(|| json!([]));
        return Ok(());
    }
    let primary = format!("SMTP:{mail}");
    let others = user
        .texts("proxyAddresses")
        .map(|address| match address.strip_prefix("SMTP:") {
            Some(former) => format!("smtp:{former}"),
            None => address.to_owned(),
        });
    let others = others.filter(|address| Key::proxy(address) != key);
    let addresses: Vec<String> = std::iter::once(primary).chain(others).collect();
    user.properties
        .insert("proxyAddresses".to_owned(), json!(addresses));
    Ok(())
}
