//! Watches what runs: a runner that ended, or has another generation than its tenant, is reported as failing, which
//! the reconciler then puts right.
//!
//! Invariant: only the host's word counts, so a runner is never declared dead because one request to it failed.

use std::collections::HashMap;
use std::time::Duration;

use syncline_model::TenantId;
use syncline_store::StoreError;
use syncline_store::control::Scope;
use syncline_wire::host::{HostStatus, RunnerStatus};

use crate::app::AppState;
use crate::clock::now_ms;

const PAUSE: Duration = Duration::from_secs(1);

/// Follows the host's change number, for as long as the process lives.
pub async fn watch_forever(app: AppState) {
    let mut change = None;
    loop {
        match app.host.status(None, change).await {
            Ok(status) => {
                change = Some(status.change);
                if let Err(error) = compare(&app, &status).await {
                    tracing::warn!(
                        code = error.code(),
                        "what runs could not be compared with what should: {error}"
                    );
                    change = None;
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Err(error) => {
                tracing::warn!(code = "host.unreachable", "{error}");
                change = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn compare(app: &AppState, status: &HostStatus) -> Result<(), StoreError> {
    let runners: HashMap<TenantId, &RunnerStatus> = status
        .runners
        .iter()
        .map(|runner| (runner.tenant, runner))
        .collect();
    for should in app.control.running_tenants().await? {
        let runner = runners.get(&should.tenant);
        if runner
            .is_some_and(|runner| runner.pid.is_some() && runner.generation == should.generation)
        {
            continue;
        }
        let reason = match runner.and_then(|runner| runner.last_exit.as_ref()) {
            Some(exit) => format!(
                "The runner ended by itself (code {}, signal {}); it is started again.",
                exit.code.map_or("none".into(), |code| code.to_string()),
                exit.signal
                    .map_or("none".into(), |signal| signal.to_string())
            ),
            None => "The runner is not running; it is started again.".into(),
        };
        tracing::warn!(code = "lifecycle.runner_gone", tenant = %should.tenant, "{reason}");
        let mut tx = app.control.tx(Scope::tenant(should.tenant)).await?;
        tx.note_failure(should.tenant, &reason, now_ms()).await?;
        tx.commit().await?;
        app.wake.now();
    }
    Ok(())
}
