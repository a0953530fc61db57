//! `remove`: a tenant leaves this machine for good.
//!
//! Order: the runner, the login, then the key (from here on nothing of it can be read, backups
//! included), then what the key had sealed. The tombstone comes last, so that a `remove` that was
//! cut off can be repeated. Invariant: what is left names the tenant and holds nothing of it.

use std::path::Path;

use syncline_model::TenantId;
use syncline_store::admin::{AdminError, Outcome};
use syncline_wire::host::Answer;

use super::{Steps, only};
use crate::dirs::cannot;
use crate::error::Result;
use crate::host::Inner;

impl Inner {
    /// Finds or removes everything. Removing what was never here, or is gone, does nothing.
    pub(crate) async fn remove(&self, tenant: TenantId) -> Result<Answer> {
        let _alone = self.runners.alone(tenant).await;
        let mut steps = Steps::new(&self.config.gate);
        let mut host = self.server.host().await?;
        let placement = match host.placement(tenant).await {
            Ok(Some(placement)) => placement,
            Ok(None) | Err(AdminError::Removed(_)) => {
                self.runners.forget(tenant);
                return Ok(Answer::Remove { steps: steps.done });
            }
            Err(e) => return Err(e.into()),
        };

        steps
            .step("stop-runner", async {
                let ended = self.runners.end(tenant, self.config.stop_grace).await;
                Ok(((), if ended { Outcome::Made } else { Outcome::Found }))
            })
            .await?;
        // The cell may not be there: then neither role nor schema is.
        let mut cell = self.server.tenant(&placement).await.ok();
        if let Some(cell) = &mut cell {
            steps
                .step("shut-out", async { only(cell.shut_out().await) })
                .await?;
        }
        steps
            .step("destroy-keys", async {
                only(host.shred(tenant.get()).await)
            })
            .await?;
        if let Some(cell) = &mut cell {
            steps
                .step("drop-schema", async { only(cell.drop_schema().await) })
                .await?;
            steps
                .step("drop-role", async { only(cell.drop_role().await) })
                .await?;
        }
        steps
            .step("remove-directories", async {
                let socket = self.dirs.runner_socket(tenant);
                let sockets = remove_dir(socket.parent().unwrap_or(&socket))?;
                let state = remove_dir(&self.dirs.runner_state(tenant))?;
                Ok((
                    (),
                    if sockets || state {
                        Outcome::Made
                    } else {
                        Outcome::Found
                    },
                ))
            })
            .await?;
        steps
            .step("tombstone", async { only(host.bury(tenant).await) })
            .await?;
        self.runners.forget(tenant);
        Ok(Answer::Remove { steps: steps.done })
    }
}

fn remove_dir(path: &Path) -> Result<bool> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(cannot("remove", path, e)),
    }
}
