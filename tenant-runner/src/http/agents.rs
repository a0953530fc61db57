//! Agents: list, confirm, revoke.

use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PathParams, Problem, codes};
use syncline_model::{AgentId, TenantId};
use syncline_store::tenant::{Agent as Row, AgentState as Stored};
use syncline_wire::enrol::Fingerprint;

use super::Tenant;
use super::context::{Context, refused};
use crate::resource::agent::{Agent, AgentState, ConfirmAgent, CredentialState};
use crate::resource::instant::Instant;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::AGENTS_LIST, list, |d| {
            d.returns::<Page<Agent>>(200, "All agents and slots.")
        })
        .serve(&ops::AGENTS_GET, get, |d| {
            d.returns::<Agent>(200, "The agent.")
        })
        .serve(&ops::AGENTS_CONFIRM, confirm, |d| {
            d.body::<ConfirmAgent>()
                .returns::<Agent>(200, "It may connect now.")
                .fails(&[&codes::FINGERPRINT_MISMATCH, &codes::CONFLICT])
        })
        .serve(&ops::AGENTS_REVOKE, revoke, |d| {
            d.returns::<Agent>(200, "It may never connect again.")
        })
}

async fn list(context: Context) -> Result<Body<Page<Agent>>, Problem> {
    let rows = context.read().await?.agents().await.map_err(refused)?;
    Ok(Body(Page::last(
        rows.into_iter().map(|row| view(&context, row)).collect(),
    )))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, AgentId)>,
) -> Result<Body<Agent>, Problem> {
    let row = context.read().await?.agent(id).await.map_err(refused)?;
    Ok(Body(view(&context, row.ok_or_else(Problem::not_found)?)))
}

async fn confirm(
    context: Context,
    PathParams((tenant, id)): PathParams<(TenantId, AgentId)>,
    Body(body): Body<ConfirmAgent>,
) -> Result<Body<Agent>, Problem> {
    let mut tx = context.write().await?;
    let row = tx
        .agent(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let (Stored::Enrolled | Stored::Confirmed, Some(public_key)) = (row.state, &row.public_key)
    else {
        return Err(Problem::new(
            &codes::CONFLICT,
            "Only an enrolled agent can be confirmed.",
        ));
    };
    let enrolled = Fingerprint::of_spki(public_key);
    if body.fingerprint.parse::<Fingerprint>().ok() != Some(enrolled) {
        tx.audit(syncline_store::chain::Act {
            result: codes::FINGERPRINT_MISMATCH.code.to_owned(),
            ..context.act("agents.confirm", id, json!({}))
        });
        tx.commit().await.map_err(refused)?;
        return Err(Problem::new(
            &codes::FINGERPRINT_MISMATCH,
            "Another key enrolled than the one on that host.",
        ));
    }
    if row.state == Stored::Enrolled {
        tx.agent_move(id, Stored::Enrolled, Stored::Confirmed)
            .await
            .map_err(refused)?;
        tx.audit(context.act(
            "agents.confirm",
            id,
            json!({"fingerprint": enrolled.to_string()}),
        ));
    }
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    context.app.agents_changed();
    get(context, PathParams((tenant, id))).await
}

async fn revoke(
    context: Context,
    PathParams((tenant, id)): PathParams<(TenantId, AgentId)>,
) -> Result<Body<Agent>, Problem> {
    let mut tx = context.write().await?;
    let row = tx
        .agent(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if row.state != Stored::Revoked {
        tx.agent_move(id, row.state, Stored::Revoked)
            .await
            .map_err(refused)?;
        tx.audit(context.act("agents.revoke", id, json!({})));
    }
    tx.commit().await.map_err(refused)?;
    context.app.hub.cut(id);
    context.app.outbox_grew();
    context.app.agents_changed();
    get(context, PathParams((tenant, id))).await
}

fn view(context: &Context, row: Row) -> Agent {
    let session = context.app.hub.get(row.id);
    let quarantined = row.doc.detail.get("quarantined").is_some();
    Agent {
        id: row.id,
        directory: row.directory,
        state: match row.state {
            Stored::Open => AgentState::Slot,
            Stored::Enrolled => AgentState::AwaitingConfirmation,
            Stored::Confirmed if quarantined => AgentState::Quarantined,
            Stored::Confirmed => AgentState::Confirmed,
            Stored::Revoked => AgentState::Revoked,
        },
        fingerprint: row
            .public_key
            .as_deref()
            .map(|key| Fingerprint::of_spki(key).to_string()),
        computer: some(row.doc.computer),
        version: some(row.doc.version),
        connected: session.is_some(),
        credential: match &session {
            Some(session) => Some(CredentialState::of(session.credential)),
            None => CredentialState::from_word(&row.doc.credentials),
        },
        writes_enabled: session
            .as_ref()
            .map(|s| s.writes)
            .or_else(|| row.doc.detail.get("writes").and_then(|w| w.as_bool())),
        created_at: Instant::from_unix_ms(row.key_expires_ms - crate::agents::KEY_LIFETIME_MS),
        last_seen_at: row.seen_ms.map(Instant::from_unix_ms),
        certificate_expires_at: row.not_after_ms.map(Instant::from_unix_ms),
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
