//! An exported configuration of another product, as drafts and a report. Stores nothing.

use std::collections::BTreeMap;

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, PathParams, Problem, codes};
use syncline_migrate::ReadError;
use syncline_migrate::draft::{Draft, draft};
use syncline_migrate::xml::File;
use syncline_model::TenantId;

use super::Tenant;
use super::context::{Context, refused};
use super::directories::kind_of;
use super::profiles;
use crate::drafting::{self, Known, ROUNDS_MAX};
use crate::profile::build::schemas;
use crate::resource::drafts::{DraftImport, DraftView, Drafted};
use crate::resource::profile::Diagnostic;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface.serve(&ops::DRAFTS_CREATE, create, |d| {
        d.body::<DraftImport>()
            .returns::<Drafted>(200, "What the export became. Nothing is stored.")
            .fails(&[&codes::INVALID, &codes::DRAFT_SOURCE])
    })
}

async fn create(
    context: Context,
    PathParams(_): PathParams<(TenantId,)>,
    Body(import): Body<DraftImport>,
) -> Result<Body<Drafted>, Problem> {
    let files = import.files.into_iter().map(|file| File {
        name: file.name,
        text: file.text,
    });
    let files: Vec<File> = files.collect();
    // Seconds of work for the largest export: not on a thread that answers others.
    let source = import.source;
    let config = tokio::task::spawn_blocking(move || {
        drafting::read(source, &files).map_err(|error| unreadable(&error, &files))
    });
    let config = config.await.map_err(|_| Problem::internal())??;

    let mut read = context.read().await?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    let rows = read.directories().await.map_err(refused)?;
    drop(read);
    let mut known = BTreeMap::new();
    for row in rows {
        let kind = kind_of(&row.kind)?;
        known.insert(
            row.id,
            Known {
                name: row.doc.name,
                kind,
            },
        );
    }
    let landscape = drafting::landscape(&config, &import.directories, &known, &schemas);
    let landscape = landscape.map_err(|wrong| {
        let problem = Problem::new(&codes::INVALID, "Some directories cannot be used.");
        wrong.into_iter().fold(problem, |problem, one| {
            problem.field(
                format!("/directories/{}", one.connector),
                one.code,
                one.message,
            )
        })
    })?;

    let mut drafted = draft(&config, &landscape);
    let mut diagnostics = settle(&context, &mut drafted).await?;
    let view = |(at, one): (usize, syncline_migrate::draft::DraftProfile)| DraftView {
        metaverse_type: one.metaverse_type,
        document: one.profile,
        diagnostics: diagnostics.remove(&at).unwrap_or_default(),
    };
    let directories = landscape
        .places
        .iter()
        .map(|(connector, place)| (connector.clone(), place.directory));
    Ok(Body(Drafted {
        drafts: drafted
            .profiles()
            .into_iter()
            .enumerate()
            .map(view)
            .collect(),
        directories: directories.collect(),
        report: drafted.report(),
    }))
}

fn unreadable(error: &ReadError, files: &[File]) -> Problem {
    let named = |file: &File| Some(file.name.as_str()) == error.file();
    let at = files.iter().position(named);
    let at = at.map_or_else(|| "/files".to_owned(), |at| format!("/files/{at}"));
    let problem = Problem::new(&codes::DRAFT_SOURCE, error.to_string());
    problem.field(at, error.code(), error.to_string())
}

/// Checks and compiles every draft and takes back what is refused, until nothing is. What is left are warnings.
async fn settle(
    context: &Context,
    drafted: &mut Draft<'_>,
) -> Result<BTreeMap<usize, Vec<Diagnostic>>, Problem> {
    let mut settled = BTreeMap::new();
    // From the last: a draft that loses its parts goes, and those behind it move up.
    for at in (0..drafted.profiles().len()).rev() {
        for _ in 0..ROUNDS_MAX {
            let Some(one) = drafted.profiles().into_iter().nth(at) else {
                break;
            };
            let found = profiles::diagnosed(context, &one.profile).await?;
            let refused = drafting::refusals(&found);
            if refused.is_empty() {
                settled.insert(at, found);
                break;
            }
            if !drafted.refuse(at, &refused) {
                for one in &refused {
                    drafted.matter(&one.pointer, &one.code, &one.message);
                }
                settled.insert(at, found);
                break;
            }
        }
    }
    Ok(settled)
}
