//! Listening to the runners: when one is next due, when its outbox has rows, when its agents change.
//!
//! Invariant: an event only makes something happen sooner; a lost one is made up for by an interval elsewhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use syncline_contract::internal::Event;
use syncline_contract::ops;
use syncline_store::control::Scope;
use tokio::task::JoinHandle;

use crate::agents::ApiTenants;
use crate::app::AppState;
use crate::relay::Relay;
use crate::runners::At;

const INTERVAL: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_secs(1);
/// No event is longer.
const LINE_BYTES_MAX: usize = 4096;

/// Keeps one listener a running tenant, for as long as the process lives.
pub async fn listen_forever(app: AppState, tenants: Arc<ApiTenants>, relay: Relay) {
    let mut listeners: HashMap<At, JoinHandle<()>> = HashMap::new();
    loop {
        match app.control.running_tenants().await {
            Ok(running) => {
                let wanted: Vec<At> = running
                    .iter()
                    .map(|r| At {
                        tenant: r.tenant,
                        generation: r.generation,
                    })
                    .collect();
                listeners.retain(|at, listener| {
                    let keep = wanted.contains(at) && !listener.is_finished();
                    if !keep {
                        listener.abort();
                    }
                    keep
                });
                for at in wanted {
                    listeners.entry(at).or_insert_with(|| {
                        tokio::spawn(listen(app.clone(), tenants.clone(), relay.clone(), at))
                    });
                }
            }
            Err(error) => {
                tracing::warn!(
                    code = error.code(),
                    "running tenants cannot be read: {error}"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// One connection to one runner; ends with it.
async fn listen(app: AppState, tenants: Arc<ApiTenants>, relay: Relay, at: At) {
    let mut body = match app.runners.stream(at, ops::internal::EVENTS.path).await {
        Ok(body) => body,
        Err(error) => {
            tracing::debug!(code = "events.closed", tenant = %at.tenant, "{error}");
            return tokio::time::sleep(PAUSE).await;
        }
    };
    relay.runner_started(at.tenant);
    let mut line = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        let Some(bytes) = frame.data_ref() else {
            continue;
        };
        for byte in bytes {
            if *byte != b'\n' {
                line.push(*byte);
            } else if let Ok(event) = serde_json::from_slice(&std::mem::take(&mut line)) {
                handle(&app, &tenants, &relay, at, event).await;
            }
            if line.len() > LINE_BYTES_MAX {
                tracing::warn!(code = "events.line", tenant = %at.tenant, "an event is too long");
                return;
            }
        }
    }
}

async fn handle(app: &AppState, tenants: &ApiTenants, relay: &Relay, at: At, event: Event) {
    match event {
        Event::Outbox => app.collector.tell(),
        Event::Agents => {
            tenants.forget(at.tenant);
            relay.agents_changed(at.tenant).await;
        }
        Event::NextDue(due_ms) => {
            let noted = async {
                let mut tx = app.control.tx(Scope::tenant(at.tenant)).await?;
                tx.note_next_due(at.tenant, due_ms).await?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(code = error.code(), tenant = %at.tenant, "the next due instant was not kept: {error}");
            }
        }
    }
}
