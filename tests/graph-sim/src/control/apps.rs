//! Applications: registered with a certificate, granted permissions, challenged.

use super::{Controlled, refused, with_tenant};
use crate::{
    server::{Shared, lock},
    signin::Certificate,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::json;

/// An application to register, or certificates to add to one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApplication {
    /// Its id; one from the seed when absent.
    id: Option<String>,
    #[serde(default)]
    certificates: Vec<String>,
}

pub(super) async fn register(
    State(world): State<Shared>,
    Json(new): Json<NewApplication>,
) -> Controlled {
    let certificates = new.certificates.iter();
    let certificates = certificates
        .map(|pem| Certificate::from_pem(pem))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|reason| refused(StatusCode::UNPROCESSABLE_ENTITY, reason))?;
    let world = &mut *lock(&world);
    let id = new.id.unwrap_or_else(|| world.request_dice.guid());
    let application = world.applications.entry(id.clone()).or_default();
    application.certificates.extend(certificates);
    Ok(Json(json!({ "id": id })))
}

/// The application permissions that an administrator consents to.
pub(super) async fn grant(
    State(world): State<Shared>,
    Path((tenant, application)): Path<(String, String)>,
    Json(roles): Json<Vec<String>>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        tenant
            .grants
            .insert(application, roles.into_iter().collect());
        Ok(Json(json!({})))
    })
}

/// Every token issued so far is answered with a claims challenge.
pub(super) async fn challenge(
    State(world): State<Shared>,
    Path(application): Path<String>,
) -> Controlled {
    let world = &mut *lock(&world);
    let below = world.tokens_issued + 1;
    let known = world.applications.get_mut(&application);
    let known = known.ok_or_else(|| {
        refused(
            StatusCode::NOT_FOUND,
            format!("There is no application {application}."),
        )
    })?;
    known.challenged_below = below;
    Ok(Json(json!({})))
}
