//! What is to follow the exports of a directory, when it is saved.
//!
//! Invariants: it is taken only while an agent of the directory offers it, so that nobody believes it is done that
//! cannot be; what was exported before it was switched on is followed by nothing.

use syncline_contract::{Problem, codes};
use syncline_store::tenant::{Directory, TenantTx};
use syncline_wire::link::Capability;

use super::context::{Context, refused as failed};
use crate::resource::directory::DirectorySettings;

/// Checks another setting than the one before.
pub(super) async fn changed(
    context: &Context,
    tx: &mut TenantTx,
    row: &Directory,
    settings: &DirectorySettings,
) -> Result<(), Problem> {
    if settings.after_export.is_none() {
        return Ok(());
    }
    if row.kind != "active-directory" {
        return Err(refused(
            "entra_connect.other_directory",
            "Entra Connect stands behind Active Directory only.",
        ));
    }
    let hub = &context.app.hub;
    if hub.offering(row.id, Capability::EntraConnect).is_none() {
        return Err(match hub.of(row.id) {
            None => refused(
                "entra_connect.no_agent",
                "No agent of this directory is connected that could be asked whether its host allows it. Start the \
                 agent, then save again.",
            ),
            Some(_) => refused(
                "entra_connect.not_offered",
                "No connected agent of this directory offers it. Allow it under [entra_connect] of policy.toml and \
                 name PowerShell in config.toml on the agent's host; an agent of an earlier release has to be \
                 replaced.",
            ),
        });
    }
    tx.directory_followed(row.id).await.map_err(failed)?;
    Ok(())
}

/// The setting cannot be used.
pub(super) fn refused(code: &'static str, message: &str) -> Problem {
    let problem = Problem::new(
        &codes::INVALID,
        "What is to follow an export cannot be used.",
    );
    problem.field("/settings/after_export", code, message)
}
