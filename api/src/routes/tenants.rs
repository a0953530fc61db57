//! `GET /v1/tenants` and `GET /v1/tenants/{tenant}`: tenants with their provisioning state.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use syncline_contract::{Body, Described, Page, PageQuery, Params, Problem, Role, cursor};
use syncline_model::TenantId;
use syncline_store::control::{JournalRow, Observed, Scope, Tenant};
use utoipa::ToSchema;

use crate::answer::stored;
use crate::app::AppState;
use crate::caller::Caller;
use crate::clock::rfc3339;

/// A tenant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TenantView {
    /// Its id.
    pub id: TenantId,
    /// Name for people.
    pub name: String,
    /// Name for addresses.
    pub slug: String,
    /// The organisation it belongs to.
    pub organisation: String,
    /// The directory tenant the organisation signed up with.
    pub directory_tenant: String,
    /// `requested`, `provisioning`, `starting`, `active`, `failing` or `stopped`.
    pub state: String,
    /// `active`, `suspended` or `deleted`: what it should be.
    pub desired: String,
    /// Why it is failing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Raised whenever its process is replaced.
    pub generation: i64,
    /// When it signed up.
    pub created_at: String,
    /// When it first became active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_at: Option<String>,
    /// The caller's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The latest steps of its provisioning; only for a single tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepView>,
}

/// One step of provisioning.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// The step.
    pub step: String,
    /// `found` where it was so already, `made` where it was done.
    pub outcome: String,
    /// The generation it was done for.
    pub generation: i64,
    /// When.
    pub at: String,
}

/// How many steps one tenant shows.
const STEPS: i64 = 40;

impl TenantView {
    /// A tenant as this caller sees it.
    pub fn of(tenant: Tenant, role: Option<Role>, steps: Vec<JournalRow>) -> Self {
        let failing = tenant.observed == Observed::Failing;
        TenantView {
            id: tenant.id,
            name: tenant.name,
            slug: tenant.slug,
            organisation: tenant.organisation,
            directory_tenant: tenant.directory_tenant,
            state: tenant.observed.name().into(),
            desired: tenant.desired.name().into(),
            reason: tenant.reason.filter(|_| failing),
            generation: tenant.generation,
            created_at: rfc3339(tenant.created_ms),
            active_at: tenant.active_ms.map(rfc3339),
            role,
            steps: steps
                .into_iter()
                .map(|row| StepView {
                    step: row.step,
                    outcome: row.outcome,
                    generation: row.generation,
                    at: rfc3339(row.at_ms),
                })
                .collect(),
        }
    }
}

pub(super) fn role_of(tenant: TenantId, stored: &str) -> Result<Role, Problem> {
    stored.parse().map_err(|why| {
        tracing::error!(code = "store.row_damaged", %tenant, "membership.role: {why}");
        Problem::internal()
    })
}

pub(super) fn describe_list(described: Described) -> Described {
    described
        .query::<PageQuery>()
        .returns::<Page<TenantView>>(200, "A page of tenants, in id order.")
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Body<Page<TenantView>>, Problem> {
    let scope = format!("tenants.list {}", caller.principal);
    let after = match &query.cursor {
        Some(cursor) => cursor::open(&app.config.api_key, &scope, cursor)?
            .parse()
            .map_err(|_| Problem::internal())?,
        None => TenantId(0),
    };
    let limit = query.limit();
    let mut tx = app
        .control
        .tx(Scope::principal(caller.principal))
        .await
        .map_err(stored)?;
    let tenants = tx
        .tenants_of(caller.principal, after, i64::from(limit) + 1)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let views = tenants
        .into_iter()
        .map(|(tenant, role)| {
            let role = role_of(tenant.id, &role)?;
            Ok(TenantView::of(tenant, Some(role), Vec::new()))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let page = Page::cut(views, limit, |last| {
        cursor::seal(&app.config.api_key, &scope, &last.id.to_string())
    });
    Ok(Body(page))
}

pub(super) fn describe_get(described: Described) -> Described {
    described.returns::<TenantView>(200, "The tenant.")
}

pub(super) async fn get(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Body<TenantView>, Problem> {
    let member = caller.tenant()?;
    let mut tx = app
        .control
        .tx(Scope::tenant(member.tenant))
        .await
        .map_err(stored)?;
    let tenant = tx
        .tenant(member.tenant)
        .await
        .map_err(stored)?
        .ok_or_else(Problem::not_found)?;
    let steps = tx
        .journal_rows(member.tenant, STEPS)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    Ok(Body(TenantView::of(tenant, Some(member.role), steps)))
}
