//! What only the API calls: enrolment, tunnels, the outbox, signals.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body as AxumBody;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderValue, StatusCode, header};
use hyper_util::rt::TokioIo;
use syncline_contract::internal::{
    AgentKey, AgentKeys, AgentStanding, Event, Health, OUTBOX_ROWS_MAX, Outbox, OutboxAct,
    OutboxQuery, OutboxUsage, Wake, hex,
};
use syncline_contract::ops::internal as ops;
use syncline_contract::{Body, Params, PathParams, Problem, codes};
use syncline_model::AgentId;
use syncline_store::tenant::AgentState;
use syncline_wire::enrol::{EnrolRequest, EnrolResponse};
use syncline_wire::outer::TUNNEL_UPGRADE;

use super::Tenant;
use super::context::{Context, refused};
use crate::agents::{self, EnrolRefused};
use crate::app::{App, Signals};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::HEALTH, health, |d| {
            d.returns::<Health>(200, "It serves.")
        })
        .serve(&ops::ENROL, enrol, |d| {
            d.answers(200, "The agent's certificate.")
                .fails(&[&codes::ENROLMENT_REFUSED])
        })
        .serve(&ops::AGENTS, keys, |d| {
            d.returns::<AgentKeys>(200, "Every agent that has a key.")
        })
        .serve(&ops::TUNNEL, tunnel, |d| {
            d.answers(101, "The agent's inner stream follows.")
        })
        .serve(&ops::OUTBOX, outbox, |d| {
            d.query::<OutboxQuery>()
                .returns::<Outbox>(200, "Rows to copy.")
        })
        .serve(&ops::EVENTS, events, |d| d.answers(200, "JSON lines."))
        .serve(&ops::WAKE, wake, |d| {
            d.body::<Wake>().answers(202, "Taken notice of.")
        })
}

async fn health(context: Context) -> Body<Health> {
    Body(Health {
        build: context.app.build.clone(),
        generation: context.app.db.generation(),
    })
}

async fn enrol(
    context: Context,
    Body(request): Body<EnrolRequest>,
) -> Result<Body<EnrolResponse>, Problem> {
    let enrolled = agents::enrol(&context.app.db, &context.app.trust, &request).await;
    context.app.outbox_grew();
    context.app.agents_changed();
    enrolled.map(Body).map_err(|error| match error {
        EnrolRefused::Key(why) => {
            tracing::warn!(why, "an enrolment was refused");
            Problem::new(
                &codes::ENROLMENT_REFUSED,
                "The key is wrong, was used before, or is older than an hour.",
            )
        }
        EnrolRefused::Request(error) => Problem::new(&codes::INVALID, error.to_string()),
        EnrolRefused::Store(error) => refused(error),
    })
}

async fn keys(context: Context) -> Result<Body<AgentKeys>, Problem> {
    let rows = context.read().await?.agents().await.map_err(refused)?;
    let key = |row: syncline_store::tenant::Agent| {
        Some(AgentKey {
            id: row.id.to_string(),
            directory: row.directory.to_string(),
            public_key: BASE64.encode(row.public_key?),
            standing: match row.state {
                AgentState::Open => return None,
                AgentState::Enrolled => AgentStanding::Pending,
                AgentState::Confirmed => AgentStanding::Confirmed,
                AgentState::Revoked => AgentStanding::Revoked,
            },
            serial: row.serial,
        })
    };
    Ok(Body(AgentKeys {
        agents: rows.into_iter().filter_map(key).collect(),
    }))
}

async fn tunnel(
    State(app): State<Arc<App>>,
    PathParams(agent): PathParams<AgentId>,
    mut request: Request,
) -> Result<Response, Problem> {
    let asks = request
        .headers()
        .get(header::UPGRADE)
        .is_some_and(|u| u == TUNNEL_UPGRADE);
    if !asks {
        return Err(Problem::new(
            &codes::QUERY_INVALID,
            "The request does not ask for a tunnel.",
        ));
    }
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let opened = match upgrade.await {
            Ok(stream) => agents::open(&app, agent, TokioIo::new(stream))
                .await
                .map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = opened {
            tracing::warn!(agent = %agent, "a tunnel did not come up: {error}");
        }
    });
    let switching = [
        (header::UPGRADE, TUNNEL_UPGRADE),
        (header::CONNECTION, "upgrade"),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, switching).into_response())
}

async fn outbox(
    context: Context,
    Params(query): Params<OutboxQuery>,
) -> Result<Body<Outbox>, Problem> {
    let rows = context
        .app
        .db
        .outgoing(query.after_audit, query.after_usage, OUTBOX_ROWS_MAX as i64)
        .await
        .map_err(refused)?;
    let act = |link: syncline_store::chain::Link| OutboxAct {
        seq: link.seq,
        act: link.act,
        prev_hash: hex(&link.prev_hash),
        hash: hex(&link.hash),
    };
    let used = |row: syncline_store::tenant::UsageRow| OutboxUsage {
        seq: row.seq,
        at_ms: row.usage.at_ms,
        meter: row.usage.meter.code().to_owned(),
        quantity: row.usage.quantity,
        event: hex(&row.usage.event_id),
    };
    Ok(Body(Outbox {
        acts: rows.acts.into_iter().map(act).collect(),
        usage: rows.usage.into_iter().map(used).collect(),
    }))
}

/// A stream of JSON lines that says what changed; it begins with everything as it is now.
async fn events(State(app): State<Arc<App>>) -> Response {
    let watch = app.signals.subscribe();
    let lines = stream::unfold((watch, None::<Signals>), |(mut watch, said)| async move {
        if said.is_some() && watch.changed().await.is_err() {
            return None;
        }
        let now = *watch.borrow_and_update();
        let line = lines(said.as_ref(), &now);
        Some((Ok::<_, Infallible>(Bytes::from(line)), (watch, Some(now))))
    });
    let json_lines = HeaderValue::from_static("application/x-ndjson");
    let body = AxumBody::from_stream(
        lines.filter(|l| std::future::ready(l.as_ref().is_ok_and(|b| !b.is_empty()))),
    );
    ([(header::CONTENT_TYPE, json_lines)], body).into_response()
}

fn lines(said: Option<&Signals>, now: &Signals) -> String {
    let mut events = Vec::new();
    if said.is_none_or(|s| s.next_due_ms != now.next_due_ms) {
        events.push(Event::NextDue(now.next_due_ms));
    }
    if said.is_none_or(|s| s.outbox != now.outbox) {
        events.push(Event::Outbox);
    }
    if said.is_none_or(|s| s.agents != now.agents) {
        events.push(Event::Agents);
    }
    events
        .iter()
        .filter_map(|e| serde_json::to_string(e).ok())
        .map(|line| line + "\n")
        .collect()
}

async fn wake(context: Context, Body(wake): Body<Wake>) -> StatusCode {
    if let Some(directory) = wake.directory.and_then(|d| d.parse().ok()) {
        context.app.desk.changed(directory);
    }
    StatusCode::ACCEPTED
}
