//! What the next cycle does in full, once: read a directory, look at everything of it.
//!
//! Invariant: an import under way would end the demand with its own mark, so it is waited for.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, PathParams, Problem, codes};
use syncline_model::{DirectoryId, TenantId};

use super::Tenant;
use super::context::{Context, refused};
use crate::desk::Lane;
use crate::profile::source;
use crate::resource::directory::Require;

/// How long an import under way is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Who is refused may come back after this many seconds.
const BUSY_S: u32 = 5;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface.serve(&ops::DIRECTORIES_REQUIRE, require, |d| {
        d.body::<Require>()
            .answers(204, "The next cycle that reads the directory does it.")
            .fails(&[&codes::INVALID, &codes::BUSY])
    })
}

async fn require(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
    Body(required): Body<Require>,
) -> Result<StatusCode, Problem> {
    if !required.full_import && !required.full_sync {
        let text = "Require `full_import`, `full_sync`, or both.";
        return Err(Problem::new(&codes::INVALID, text));
    }
    let lane = context.app.desk.lane(id, Lane::Import);
    let Ok(_turn) = tokio::time::timeout(PATIENCE, lane.lock()).await else {
        let text = "An import of the directory runs; require it when that has ended.";
        return Err(Problem::new(&codes::BUSY, text).retry_after(BUSY_S));
    };
    let mut tx = context.write().await?;
    let row = tx.directory(id).await.map_err(refused)?;
    row.ok_or_else(Problem::not_found)?;
    if required.full_import {
        tx.directory_forget_watermark(id).await.map_err(refused)?;
    }
    if required.full_sync {
        for profile in tx.profiles().await.map_err(refused)? {
            if source::directories(&profile.doc).contains(&id) {
                tx.work_everything(profile.id).await.map_err(refused)?;
            }
        }
    }
    let detail = json!({"full_import": required.full_import, "full_sync": required.full_sync});
    tx.audit(context.act(ops::DIRECTORIES_REQUIRE.id, id, detail));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(StatusCode::NO_CONTENT)
}
