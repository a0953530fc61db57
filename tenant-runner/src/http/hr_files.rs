//! HR files: what the newest one looks like, before anybody confirms how it is read.

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, PathParams, Problem, codes};
use syncline_model::hr_file::FileInspection;
use syncline_model::{DirectoryId, TenantId};

use super::Tenant;
use super::context::{Context, refused};
use super::directories::kind_of;
use crate::resource::directory::{DirectoryKind, InspectFile};
use crate::tunnel::LinkError;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface.serve(&ops::DIRECTORIES_INSPECT, inspect, |d| {
        d.body::<InspectFile>()
            .returns::<FileInspection>(200, "What the newest file looks like.")
            .fails(&[
                &codes::INVALID,
                &codes::NOT_A_FILE,
                &codes::AGENT_OFFLINE,
                &codes::FILE_REFUSED,
            ])
    })
}

/// Answers cells of a few rows, to whoever may configure; they are kept nowhere.
async fn inspect(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
    Body(asked): Body<InspectFile>,
) -> Result<Body<FileInspection>, Problem> {
    let mut read = context.read().await?;
    let row = read.directory(id).await.map_err(refused)?;
    let row = row.ok_or_else(Problem::not_found)?;
    drop(read);
    if kind_of(&row.kind)? != DirectoryKind::HrFile {
        return Err(Problem::new(
            &codes::NOT_A_FILE,
            "Only HR folders have files.",
        ));
    }
    if let Some(draft) = &asked.draft {
        draft.validate().map_err(|error| {
            Problem::new(&codes::INVALID, "The format cannot be used.").field(
                "/draft",
                "value",
                error.to_string(),
            )
        })?;
    }
    let session = context.app.hub.of(id).ok_or_else(|| {
        Problem::new(
            &codes::AGENT_OFFLINE,
            "The folder's agent is not connected.",
        )
    })?;
    match session.link.inspect(asked.draft).await {
        Ok(inspection) => Ok(Body(inspection)),
        Err(LinkError::Fault(fault)) => Err(Problem::new(
            &codes::FILE_REFUSED,
            format!("{} {} ({})", fault.message, fault.next_step, fault.code),
        )),
        Err(error) => {
            tracing::warn!(directory = %id, "a file was not inspected: {error}");
            Err(Problem::new(
                &codes::AGENT_OFFLINE,
                "The folder's agent did not answer.",
            ))
        }
    }
}
