//! The sign-in face: a token for a client that proves itself with a signed assertion.
//!
//! Invariants: an assertion is accepted once, in its time, for this endpoint, from a registered
//! certificate; a token carries the permissions that were granted when it was issued, and no others.

mod access;
mod assertion;
mod certificate;
mod error;

pub(crate) use access::{Access, Keys};
pub(crate) use certificate::Certificate;
pub(crate) use error::SignInError;

use crate::{
    clock::{Moment, SECOND},
    world::World,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How long an access token lives, in seconds.
pub(crate) const TOKEN_SECONDS: i64 = 3_599;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A registered application.
#[derive(Debug, Default)]
pub(crate) struct Application {
    pub(crate) certificates: Vec<Certificate>,
    /// Assertions that were used, and until when they are remembered.
    used: BTreeMap<String, Moment>,
    /// Tokens with a lower number are answered with a claims challenge.
    pub(crate) challenged_below: u64,
}

/// `POST /{tenant}/oauth2/v2.0/token`: status and body.
pub(crate) fn token(world: &mut World, tenant: &str, form: &[(String, String)]) -> (u16, Value) {
    match issue(world, tenant, form) {
        Ok(body) => (200, body),
        Err(error) => {
            let trace = world.sign_in_dice.guid();
            (error.status, error.body(world.clock.claimed(), &trace))
        }
    }
}

fn issue(world: &mut World, tenant: &str, form: &[(String, String)]) -> Result<Value, SignInError> {
    let field = |name: &str| {
        let found = form.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    };
    let required = |name: &str| field(name).ok_or_else(|| SignInError::missing(name));
    if !world.tenants.contains_key(tenant) {
        return Err(SignInError::no_tenant(tenant));
    }
    if required("grant_type")? != "client_credentials" {
        return Err(SignInError::grant_type(
            field("grant_type").unwrap_or_default(),
        ));
    }
    let client = required("client_id")?;
    let scope = required("scope")?;
    if !scope.ends_with("/.default") {
        return Err(SignInError::scope(scope));
    }
    if field("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(SignInError::no_credential());
    }
    let signed = required("client_assertion")?;
    let now = world.clock.claimed();
    let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", world.addresses.login);
    let application = world
        .applications
        .get_mut(client)
        .ok_or_else(|| SignInError::no_application(client, tenant))?;
    let assertion = assertion::verified(signed, client, &endpoint, &application.certificates, now)?;
    application.used.retain(|_, until| *until > now);
    let until = assertion.expires;
    if application.used.insert(assertion.number, until).is_some() {
        return Err(SignInError::replayed());
    }
    let granted = world
        .tenants
        .get(tenant)
        .and_then(|tenant| tenant.grants.get(client));
    let roles: BTreeSet<String> = granted
        .cloned()
        .ok_or_else(|| SignInError::no_consent(client, tenant))?;
    world.tokens_issued += 1;
    let access = Access {
        tenant: tenant.to_owned(),
        application: client.to_owned(),
        roles,
        number: world.tokens_issued,
        expires: now + TOKEN_SECONDS * SECOND,
    };
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "ext_expires_in": TOKEN_SECONDS,
        "access_token": world.keys.issue(&access, &world.addresses.login, now),
    }))
}

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn metadata(world: &World, tenant: &str) -> Value {
    let login = &world.addresses.login;
    json!({
        "issuer": format!("{login}/{tenant}/v2.0"),
        "token_endpoint": format!("{login}/{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "msgraph_host": world.addresses.graph.split("://").last(),
    })
}

#[cfg(test)]
mod tests;
