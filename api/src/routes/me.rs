//! `GET /v1/me`: the signed-in principal and the tenants it belongs to.

use axum::extract::State;
use serde::Serialize;
use syncline_contract::{Body, Described, Problem, Right, Role};
use syncline_model::{PrincipalId, TenantId};
use syncline_store::control::Scope;
use utoipa::ToSchema;

use super::tenants::role_of;
use crate::answer::stored;
use crate::app::AppState;
use crate::caller::Caller;

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Its id.
    id: PrincipalId,
    /// `user` or `application`.
    kind: String,
    /// For display only.
    display_name: String,
    /// The directory tenant that vouches for it.
    directory_tenant: String,
    /// Object id in that directory tenant.
    object_id: String,
    /// Where it belongs, at most 200.
    memberships: Vec<Belonging>,
}

/// One membership of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Belonging {
    /// The tenant.
    tenant: TenantId,
    /// Its name.
    name: String,
    /// The caller's role in it.
    role: Role,
    /// What the role is made of.
    rights: Vec<Right>,
}

pub(super) fn describe(described: Described) -> Described {
    described.returns::<Me>(200, "The caller.")
}

pub(super) async fn get(State(app): State<AppState>, caller: Caller) -> Result<Body<Me>, Problem> {
    let mut tx = app
        .control
        .tx(Scope::principal(caller.principal))
        .await
        .map_err(stored)?;
    let principal = tx
        .principal(caller.principal)
        .await
        .map_err(stored)?
        .ok_or_else(Problem::not_found)?;
    let tenants = tx
        .tenants_of(caller.principal, TenantId(0), 200)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let memberships = tenants
        .into_iter()
        .map(|(tenant, role)| {
            let role = role_of(tenant.id, &role)?;
            Ok(Belonging {
                tenant: tenant.id,
                name: tenant.name,
                role,
                rights: role.rights().iter().collect(),
            })
        })
        .collect::<Result<_, Problem>>()?;
    Ok(Body(Me {
        id: principal.id,
        kind: principal.kind.name().into(),
        display_name: principal.display_name,
        directory_tenant: principal.directory_tenant,
        object_id: principal.object_id,
        memberships,
    }))
}
