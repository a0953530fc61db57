//! `ensure`: everything a tenant needs on this machine, in find-or-create steps.
//!
//! Order: what others depend on first, the generation of the host's row last; so a tenant whose
//! `ensure` was cut off anywhere cannot be started before it was repeated.
//! Invariant: a generation never goes back; an old runner is stopped before a higher one is noted.

use syncline_model::TenantId;
use syncline_store::admin::{Outcome, Placement, Raised};
use syncline_wire::host::Answer;

use super::{Steps, only};
use crate::dirs;
use crate::error::{HostError, Result};
use crate::host::Inner;
use crate::keys::Purpose;
use crate::login;

impl Inner {
    /// Finds or makes everything; the given generation holds afterwards.
    pub(crate) async fn ensure(&self, tenant: TenantId, generation: i64) -> Result<Answer> {
        if generation < 1 {
            return Err(HostError::new(
                "host.generation_invalid",
                format!("generation {generation} of {tenant} is none: they count from 1"),
            ));
        }
        let _alone = self.runners.alone(tenant).await;
        let mut steps = Steps::new(&self.config.gate);
        let mut host = self.server.host().await?;

        let placement = steps
            .step("placement", async { Ok(host.place(tenant).await?) })
            .await?;
        if placement.generation > generation {
            return Err(stale(tenant, generation, placement.generation));
        }
        steps
            .step("cell", async {
                only(host.ensure_cell(&self.server, &placement).await)
            })
            .await?;
        steps
            .step("data-key", async {
                let (_, outcome) = self
                    .keys
                    .find_or_make(&mut host, tenant.get(), Purpose::DataKey)
                    .await?;
                Ok(((), outcome))
            })
            .await?;
        let password = steps
            .step("role-password", async {
                self.keys
                    .find_or_make(&mut host, tenant.get(), Purpose::RolePassword)
                    .await
            })
            .await?;

        let mut cell = self.server.tenant(&placement).await?;
        let sessions = self.config.limits.database_connections;
        steps
            .step("role", async { only(cell.ensure_role(sessions).await) })
            .await?;
        steps
            .step("login", async {
                only(login::ensure_tenant(&mut cell, &password).await)
            })
            .await?;
        steps
            .step("grants", async { only(cell.ensure_grants().await) })
            .await?;
        steps
            .step("schema", async { only(cell.ensure_schema().await) })
            .await?;
        steps
            .step("migrations", async { only(cell.migrate().await) })
            .await?;
        steps
            .step("directories", async {
                only(self.ensure_directories(&placement))
            })
            .await?;
        steps
            .step("old-runner", async {
                let is_old = self
                    .runners
                    .generation(tenant)
                    .is_some_and(|running| running < generation);
                if is_old {
                    self.runners.end(tenant, self.config.stop_grace).await;
                }
                Ok((
                    (),
                    if is_old {
                        Outcome::Made
                    } else {
                        Outcome::Found
                    },
                ))
            })
            .await?;
        steps
            .step("generation", async {
                match cell.raise_generation(generation).await? {
                    Raised::Holds(outcome) => Ok(((), outcome)),
                    Raised::Stale { current } => Err(stale(tenant, generation, current)),
                }
            })
            .await?;
        steps
            .step("ready", async {
                only(host.note_generation(tenant, generation).await)
            })
            .await?;

        Ok(Answer::Ensure {
            cell: placement.database.to_string(),
            schema: placement.name.to_string(),
            generation,
            steps: steps.done,
        })
    }

    fn ensure_directories(&self, placement: &Placement) -> Result<Outcome> {
        let runner = self.identities.runner(placement.slot)?;
        let api = self.identities.api();
        let socket = self.dirs.runner_socket(placement.tenant);
        let folder = socket.parent().unwrap_or(&socket);
        let state = self.dirs.runner_state(placement.tenant);
        let there = folder.is_dir() && state.is_dir();
        dirs::make(folder, 0o710, api.map(|a| (0, a.gid)))?;
        dirs::make(&state, 0o700, runner.map(|r| (r.uid, r.gid)))?;
        Ok(if there { Outcome::Found } else { Outcome::Made })
    }
}

fn stale(tenant: TenantId, asked: i64, current: i64) -> HostError {
    HostError::new(
        "host.generation_stale",
        format!(
            "generation {asked} of {tenant} was replaced by {current}: another owner has the tenant; read its row again"
        ),
    )
}
