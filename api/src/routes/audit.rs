//! `GET /v1/tenants/{tenant}/audit`: the tenant's two audit chains, newest first, with what is needed to check them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use syncline_contract::internal::hex;
use syncline_contract::{Body, Described, Page, Params, Problem, cursor, page};
use syncline_store::chain::Link;
use syncline_store::control::{Chain, Scope};
use utoipa::{IntoParams, ToSchema};

use crate::answer::stored;
use crate::app::AppState;
use crate::caller::Caller;
use crate::clock::rfc3339;
use crate::runners::At;

/// Which chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChainName {
    /// Acts of the control plane: sign-in, members, lifecycle, refusals.
    #[default]
    Control,
    /// Acts of the tenant's runner: directories, agents, profiles, approvals, exports.
    Runner,
}

/// Query of the operation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Which of the two chains; `control` when absent.
    #[serde(default)]
    #[param(inline)]
    chain: ChainName,
    /// The `next` of the page before.
    #[serde(default)]
    cursor: Option<String>,
    /// How many rows at most (1 to 200, 50 when absent).
    #[serde(default)]
    limit: Option<u32>,
}

/// One act.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number in the chain.
    seq: i64,
    /// When.
    at: String,
    /// Who: a principal, an agent or `system`.
    actor: String,
    /// What.
    action: String,
    /// On which thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// `done`, or the code of the refusal.
    result: String,
    /// The request it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// Ids, counts and hashes that explain it.
    #[schema(value_type = Object)]
    detail: Value,
    /// The text that was hashed: `hash` = SHA-256(`prev_hash` followed by this text).
    act: String,
    /// Hash of the act before.
    prev_hash: String,
    /// Its own hash.
    hash: String,
}

pub(super) fn describe(described: Described) -> Described {
    described
        .query::<AuditQuery>()
        .returns::<Page<AuditEntry>>(200, "A page of acts, newest first.")
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(query): Params<AuditQuery>,
) -> Result<Body<Page<AuditEntry>>, Problem> {
    let member = caller.tenant()?;
    let chain = match query.chain {
        ChainName::Control => Chain::Control,
        ChainName::Runner => Chain::Runner,
    };
    if chain == Chain::Runner {
        let at = At {
            tenant: member.tenant,
            generation: member.generation,
        };
        if let Err(error) = app.collector.collect(&app.control, &app.runners, at).await {
            tracing::debug!(code = "collector.failed", tenant = %member.tenant, "{error}");
        }
    }
    let scope = format!("audit.list {} {chain:?}", member.tenant);
    let before = match &query.cursor {
        Some(cursor) => cursor::open(&app.config.api_key, &scope, cursor)?
            .parse()
            .map_err(|_| Problem::internal())?,
        None => i64::MAX,
    };
    let limit = query
        .limit
        .unwrap_or(page::LIMIT_DEFAULT)
        .clamp(1, page::LIMIT_MAX);
    let mut tx = app
        .control
        .tx(Scope::tenant(member.tenant))
        .await
        .map_err(stored)?;
    let rows = tx
        .audit_rows(member.tenant, chain, before, i64::from(limit) + 1)
        .await
        .map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    let entries: Vec<_> = rows.into_iter().map(entry).collect();
    Ok(Body(Page::cut(entries, limit, |last| {
        cursor::seal(&app.config.api_key, &scope, &last.seq.to_string())
    })))
}

fn entry(link: Link) -> AuditEntry {
    let act: Value = serde_json::from_str(&link.act).unwrap_or_default();
    let text = |name: &str| act.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    AuditEntry {
        seq: link.seq,
        at: rfc3339(act.get("at_ms").and_then(Value::as_i64).unwrap_or_default()),
        actor: text("actor").unwrap_or_default(),
        action: text("action").unwrap_or_default(),
        target: text("target"),
        result: text("result").unwrap_or_default(),
        request: text("request_id"),
        detail: act
            .get("detail")
            .cloned()
            .unwrap_or_else(|| Value::Object(Default::default())),
        act: link.act,
        prev_hash: hex(&link.prev_hash),
        hash: hex(&link.hash),
    }
}
