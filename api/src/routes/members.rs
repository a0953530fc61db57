//! Members of a tenant: list, add by object id, remove.
//!
//! Invariants: a member lives in the directory tenant that the organisation signed up with and is named by object
//! id, never by mail address; the last owner stays.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use syncline_contract::idempotency::{IdempotencyKey, fingerprint};
use syncline_contract::{
    Body, Described, JsonBytes, Page, PageQuery, Params, PathParams, Problem, Right, Role, codes,
    cursor, extract, ops,
};
use syncline_model::{PrincipalId, TenantId};
use syncline_store::control::{FirstAnswer, PrincipalKind, Scope};
use utoipa::ToSchema;

use super::tenants::role_of;
use crate::answer::{act, stored};
use crate::app::AppState;
use crate::caller::Caller;
use crate::clock::{now_ms, rfc3339};
use crate::guard::{count_in, fresh_id};
use crate::identity::token::is_guid;

/// A member.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberView {
    /// Who.
    id: PrincipalId,
    /// `user` or `application`.
    kind: String,
    /// For display only; empty until the first sign-in.
    display_name: String,
    /// The role.
    role: Role,
    /// What the role is made of.
    rights: Vec<Right>,
    /// Since when.
    added_at: String,
}

/// Whom to add.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Object id in the organisation's directory tenant (a GUID).
    #[schema(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    object_id: String,
    /// The role to give.
    role: Role,
    /// Whether it is a workload (its service principal's object id).
    #[serde(default)]
    application: bool,
}

pub(super) fn describe_list(described: Described) -> Described {
    described
        .query::<PageQuery>()
        .returns::<Page<MemberView>>(200, "A page of members, in id order.")
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(query): Params<PageQuery>,
) -> Result<Body<Page<MemberView>>, Problem> {
    let tenant = caller.tenant()?.tenant;
    let scope = format!("members.list {tenant}");
    let after = match &query.cursor {
        Some(cursor) => cursor::open(&app.config.api_key, &scope, cursor)?
            .parse()
            .map_err(|_| Problem::internal())?,
        None => PrincipalId(0),
    };
    let limit = query.limit();
    let mut tx = app
        .control
        .tx(Scope::tenant(tenant))
        .await
        .map_err(stored)?;
    let members = tx
        .members(tenant, after, i64::from(limit) + 1)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let views = members
        .into_iter()
        .map(|member| {
            let role = role_of(tenant, &member.role)?;
            Ok(MemberView {
                id: member.principal,
                kind: member.kind.name().into(),
                display_name: member.display_name,
                role,
                rights: role.rights().iter().collect(),
                added_at: rfc3339(member.created_ms),
            })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(Body(Page::cut(views, limit, |last| {
        cursor::seal(&app.config.api_key, &scope, &last.id.to_string())
    })))
}

pub(super) fn describe_add(described: Described) -> Described {
    described
        .body::<NewMember>()
        .returns::<MemberView>(201, "Added.")
        .fails(&[&codes::INVALID, &codes::MEMBER_EXISTS])
}

pub(super) async fn add(
    State(app): State<AppState>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    JsonBytes(body): JsonBytes,
) -> Result<Response, Problem> {
    let tenant = caller.tenant()?.tenant;
    let print = fingerprint("POST", &format!("/v1/tenants/{tenant}/members"), &body);
    let new: NewMember = extract::parse(&body)?;
    if !is_guid(&new.object_id) {
        let problem = Problem::new(&codes::INVALID, "The member cannot be added.");
        return Err(problem.field("/object_id", "value", "an object id: a GUID in lower case"));
    }
    if new.application && new.role.rights().has(Right::Approve) {
        let problem = Problem::new(&codes::INVALID, "The member cannot be added.");
        return Err(problem.field(
            "/role",
            "value",
            "a workload may not hold the approve right",
        ));
    }
    let now = now_ms();
    let scope = Scope::tenant(tenant).and_principal(caller.principal);
    let mut tx = app.control.tx(scope).await.map_err(stored)?;
    if let Some(first) = tx
        .first_answer(caller.principal, &key)
        .await
        .map_err(stored)?
    {
        if first.fingerprint != print {
            return Err(Problem::new(
                &codes::KEY_REUSED,
                "The key came before with another body.",
            ));
        }
        return Ok(answered(first, true));
    }
    let directory_tenant = tx
        .tenant(tenant)
        .await
        .map_err(stored)?
        .ok_or_else(Problem::not_found)?
        .directory_tenant;
    let kind = if new.application {
        PrincipalKind::Application
    } else {
        PrincipalKind::User
    };
    let member = tx
        .ensure_principal(
            fresh_id(PrincipalId),
            &directory_tenant,
            &new.object_id,
            kind,
            "",
            now,
        )
        .await
        .map_err(stored)?;
    if !tx
        .add_member(tenant, member, new.role.name(), caller.principal, now)
        .await
        .map_err(stored)?
    {
        return Err(Problem::new(
            &codes::MEMBER_EXISTS,
            format!("{member} is a member."),
        ));
    }
    count_in(&app, &mut tx, &caller, now).await?;
    let detail = json!({"role": new.role.name(), "application": new.application});
    tx.audit(
        tenant,
        &act(
            &caller,
            ops::control::MEMBERS_ADD.id,
            member,
            "done",
            detail,
        ),
    )
    .await
    .map_err(stored)?;
    let view = MemberView {
        id: member,
        kind: kind.name().into(),
        display_name: String::new(),
        role: new.role,
        rights: new.role.rights().iter().collect(),
        added_at: rfc3339(now),
    };
    let answer = FirstAnswer {
        fingerprint: print.to_vec(),
        status: StatusCode::CREATED.as_u16(),
        body: serde_json::to_vec(&view).map_err(|_| Problem::internal())?,
    };
    tx.keep_answer(caller.principal, &key, &answer, now)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    Ok(answered(answer, false))
}

fn answered(answer: FirstAnswer, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::CREATED);
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        answer.body,
    )
        .into_response();
    if replayed {
        response
            .headers_mut()
            .insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

pub(super) fn describe_remove(described: Described) -> Described {
    described
        .answers(204, "Removed.")
        .fails(&[&codes::LAST_OWNER])
}

pub(super) async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    PathParams((_, member)): PathParams<(TenantId, PrincipalId)>,
) -> Result<StatusCode, Problem> {
    let tenant = caller.tenant()?.tenant;
    let mut tx = app
        .control
        .tx(Scope::tenant(tenant))
        .await
        .map_err(stored)?;
    let owners = tx
        .count_role(tenant, Role::Owner.name())
        .await
        .map_err(stored)?;
    let authority = tx
        .authority(tenant, member, &[])
        .await
        .map_err(stored)?
        .ok_or_else(Problem::not_found)?;
    if authority.role == Role::Owner.name() && owners <= 1 {
        return Err(Problem::new(
            &codes::LAST_OWNER,
            format!("{member} is the only owner."),
        ));
    }
    tx.remove_member(tenant, member).await.map_err(stored)?;
    count_in(&app, &mut tx, &caller, now_ms()).await?;
    let removed = act(
        &caller,
        ops::control::MEMBERS_REMOVE.id,
        member,
        "done",
        json!({"role": authority.role}),
    );
    tx.audit(tenant, &removed).await.map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    Ok(StatusCode::NO_CONTENT)
}
