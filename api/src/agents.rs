//! The relay's view of the tenants: enrolments to the runner, agents' keys from it, tunnels into it.
//!
//! Invariants: an agent's key and standing are the runner's word; they are kept so that the door can judge while the
//! runner sleeps, asked for again within seconds while it runs, and at once when the runner says they changed; a
//! tenant that does not exist answers like an agent that does not.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::TokioIo;
use syncline_contract::internal::{AgentKeys, AgentStanding, Wake};
use syncline_contract::{Problem, codes, ops};
use syncline_model::{AgentId, DirectoryId, TenantId};
use syncline_store::control::Observed;
use syncline_wire::enrol::{EnrolRequest, EnrolResponse, EnrolmentKey};
use syncline_wire::outer::TUNNEL_UPGRADE;

use crate::answer::stored;
use crate::app::AppState;
use crate::clock::now_ms;
use crate::relay::{BoxStream, KnownAgent, Standing, Tenants, TunnelError};
use crate::runners::{At, RunnerError};
use syncline_store::control::Scope;

/// How old a runner's word may be while the runner can be asked.
const FRESH_MS: i64 = 1_000;

struct Kept {
    at_ms: i64,
    agents: HashMap<AgentId, KnownAgent>,
}

/// The tenants' side of the relay.
pub struct ApiTenants {
    app: AppState,
    kept: Mutex<HashMap<TenantId, Kept>>,
}

impl ApiTenants {
    /// Over this process's runners.
    pub fn new(app: AppState) -> Self {
        ApiTenants {
            app,
            kept: Mutex::default(),
        }
    }

    /// What a runner said about its agents no longer counts.
    pub fn forget(&self, tenant: TenantId) {
        self.lock().remove(&tenant);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Kept>> {
        self.kept
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The tenant's runner, if the tenant exists and its runner is meant to run.
    async fn at(&self, tenant: TenantId) -> Result<Option<At>, Problem> {
        let mut tx = self
            .app
            .control
            .tx(Scope::tenant(tenant))
            .await
            .map_err(stored)?;
        let found = tx.tenant(tenant).await.map_err(stored)?;
        tx.commit().await.map_err(stored)?;
        let runs = found.filter(|tenant| tenant.observed == Observed::Active);
        Ok(runs.map(|tenant| At {
            tenant: tenant.id,
            generation: tenant.generation,
        }))
    }

    async fn ask(&self, at: At) -> Result<HashMap<AgentId, KnownAgent>, RunnerError> {
        let answer: AgentKeys = self.app.runners.get(at, ops::internal::AGENTS.path).await?;
        let known = answer.agents.into_iter().filter_map(|agent| {
            let standing = match agent.standing {
                AgentStanding::Pending => Standing::Pending,
                AgentStanding::Confirmed => Standing::Confirmed,
                AgentStanding::Revoked => Standing::Revoked,
            };
            let public_key = STANDARD.decode(agent.public_key).ok()?;
            Some((
                agent.id.parse().ok()?,
                KnownAgent {
                    public_key,
                    standing,
                },
            ))
        });
        Ok(known.collect())
    }
}

#[async_trait]
impl Tenants for ApiTenants {
    async fn enrol(
        &self,
        key: EnrolmentKey,
        request: EnrolRequest,
    ) -> Result<EnrolResponse, Problem> {
        let refuse = || {
            Problem::new(
                &codes::ENROLMENT_REFUSED,
                "The key is unknown, used or expired.",
            )
        };
        let at = self.at(key.tenant).await?.ok_or_else(refuse)?;
        let body = serde_json::to_vec(&request).map_err(|_| Problem::internal())?;
        self.forget(key.tenant);
        self.app
            .runners
            .post(at, ops::internal::ENROL.path, body)
            .await
            .map_err(|error| match error {
                RunnerError::Answer {
                    status: 400..500, ..
                } => refuse(),
                error => unavailable(key.tenant, &error),
            })
    }

    async fn agent(&self, tenant: TenantId, agent: AgentId) -> Result<Option<KnownAgent>, Problem> {
        let now = now_ms();
        let kept = self
            .lock()
            .get(&tenant)
            .filter(|kept| now < kept.at_ms + FRESH_MS)
            .map(|kept| kept.agents.get(&agent).cloned());
        if let Some(found) = kept {
            return Ok(found);
        }
        let last = |this: &Self| {
            this.lock()
                .get(&tenant)
                .map(|kept| kept.agents.get(&agent).cloned())
        };
        let Some(at) = self.at(tenant).await? else {
            return Ok(last(self).flatten());
        };
        match self.ask(at).await {
            Ok(agents) => {
                let found = agents.get(&agent).cloned();
                self.lock().insert(tenant, Kept { at_ms: now, agents });
                Ok(found)
            }
            Err(error) => last(self).ok_or_else(|| unavailable(tenant, &error)),
        }
    }

    async fn open_tunnel(
        &self,
        tenant: TenantId,
        agent: AgentId,
    ) -> Result<BoxStream, TunnelError> {
        let at = self
            .at(tenant)
            .await
            .map_err(|problem| TunnelError::Unavailable(problem.to_string()))?;
        let at = at.ok_or(TunnelError::Asleep)?;
        let path = ops::internal::TUNNEL
            .path
            .replace("{agent}", &agent.to_string());
        match self.app.runners.upgrade(at, &path, TUNNEL_UPGRADE).await {
            Ok(upgraded) => Ok(Box::new(TokioIo::new(upgraded))),
            Err(error) => Err(TunnelError::Unavailable(error.to_string())),
        }
    }

    async fn directory_changed(&self, tenant: TenantId, _: AgentId, directory: DirectoryId) {
        let Ok(Some(at)) = self.at(tenant).await else {
            return self.app.wake.now();
        };
        let wake = Wake {
            directory: Some(directory.to_string()),
        };
        let body = serde_json::to_vec(&wake).unwrap_or_default();
        if let Err(error) = self
            .app
            .runners
            .tell(at, ops::internal::WAKE.path, body)
            .await
        {
            tracing::debug!(code = "relay.wake_failed", %tenant, "{error}");
        }
    }
}

fn unavailable(tenant: TenantId, error: &RunnerError) -> Problem {
    tracing::warn!(code = "runner.unreachable", %tenant, "{error}");
    Problem::new(
        &codes::RUNNER_UNAVAILABLE,
        "The tenant's process does not answer just now.",
    )
    .retry_after(1)
}
