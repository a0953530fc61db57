//! `GET /auth/session`: whether this browser is signed in, and the token its changes have to carry.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use serde::Serialize;
use syncline_contract::{Body, Described, Problem, codes};
use syncline_model::PrincipalId;
use utoipa::ToSchema;

use crate::app::AppState;
use crate::caller::ThisRequest;
use crate::guard::identify;

/// The browser's session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Whether somebody is signed in.
    signed_in: bool,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalId>,
    /// Send it as `Syncline-Csrf` with every change.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
}

pub(in crate::routes) fn describe(described: Described) -> Described {
    described.returns::<SessionView>(200, "Signed in or not.")
}

pub(in crate::routes) async fn get(
    State(app): State<AppState>,
    ThisRequest(request): ThisRequest,
    headers: HeaderMap,
) -> Result<Body<SessionView>, Problem> {
    match identify(&app, &headers, &Method::GET, request).await {
        Ok(found) => Ok(Body(SessionView {
            signed_in: true,
            principal: Some(found.caller.principal),
            csrf: found.session.map(|secret| app.cookies.csrf_token(&secret)),
        })),
        Err(problem) if problem.code() == &codes::SIGN_IN_REQUIRED => Ok(Body(SessionView {
            signed_in: false,
            principal: None,
            csrf: None,
        })),
        Err(problem) => Err(problem),
    }
}
