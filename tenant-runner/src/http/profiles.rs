//! Profiles: write, check, try out, version, run.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Page, PathParams, Problem, Right, codes};
use syncline_model::profile::{Declared, Profile};
use syncline_model::{ProfileId, TenantId};
use syncline_store::tenant::{ProfileRow, TenantRead};

use super::Tenant;
use super::context::{Context, now_ms, refused};
use crate::compiler::CompileFailure;
use crate::desk::{OnBusy, Request};
use crate::profile::build::{Built, schemas};
use crate::profile::check::beside;
use crate::profile::stored::Stored;
use crate::profile::{language, preview as trial, save};
use crate::resource::cycle::StartedCycle;
use crate::resource::instant::Instant;
use crate::resource::language::{LanguageAnswer, LanguageQuestion, LanguageReads};
use crate::resource::profile::*;
use crate::schedule::order::Trigger;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::PROFILES_CREATE, create, |d| {
            d.body::<Profile>()
                .returns_versioned::<ProfileView>(201, "Saved; it needs review.")
                .fails(&[&codes::PROFILE_INVALID])
        })
        .serve(&ops::PROFILES_LIST, list, |d| {
            d.returns::<Page<ProfileSummary>>(200, "All of them.")
        })
        .serve(&ops::PROFILES_GET, get, |d| {
            d.returns_versioned::<ProfileView>(200, "The profile.")
        })
        .serve(&ops::PROFILES_PUT, put, |d| {
            d.body::<Profile>()
                .returns_versioned::<ProfileView>(200, "Saved as a new version.")
                .fails(&[&codes::PROFILE_INVALID])
        })
        .serve(&ops::PROFILES_DELETE, delete, |d| {
            d.answers(204, "Deleted.")
        })
        .serve(&ops::PROFILES_VERSIONS, versions, |d| {
            d.returns::<Page<ProfileVersion>>(200, "Newest first.")
        })
        .serve(&ops::PROFILES_CHECK, check, |d| {
            d.body::<CheckDraft>()
                .returns::<Checked>(200, "What the checker says.")
        })
        .serve(&ops::PROFILES_PREVIEW, preview, |d| {
            d.body::<PreviewDraft>()
                .returns::<Previewed>(200, "Results on real objects.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::PROFILES_ASK, ask, |d| {
            d.body::<LanguageQuestion>()
                .returns::<LanguageAnswer>(200, "The answer to what was asked.")
        })
        .serve(&ops::PROFILES_SYNC, sync, |d| {
            d.returns::<StartedCycle>(202, "Ordered, or joined to one that runs or waits.")
        })
}

async fn create(context: Context, Body(document): Body<Profile>) -> Result<Response, Problem> {
    let id = ProfileId(context.app.db.new_id().await.map_err(refused)?);
    let built = sound(&context, None, &document).await?;
    let act = context.act("profiles.create", id, json!(null));
    save::save(&context.app, act, (id, 0), document, built).await?;
    let view = load(&context, id).await?;
    Ok((
        StatusCode::CREATED,
        [(header::ETAG, etag(view.summary.version))],
        Body(view),
    )
        .into_response())
}

async fn put(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
    seen: IfMatch,
    Body(document): Body<Profile>,
) -> Result<Response, Problem> {
    let row = row(&context, id).await?;
    seen.check(i64::from(row.version))?;
    let built = sound(&context, Some(id), &document).await?;
    let act = context.act("profiles.put", id, json!(null));
    save::save(&context.app, act, (id, row.version), document, built).await?;
    let view = load(&context, id).await?;
    Ok(([(header::ETAG, etag(view.summary.version))], Body(view)).into_response())
}

async fn list(context: Context) -> Result<Body<Page<ProfileSummary>>, Problem> {
    let mut read = context.read().await?;
    let rows = read.profiles().await.map_err(refused)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(summary(&mut read, row).await?);
    }
    Ok(Body(Page::last(items)))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
) -> Result<Response, Problem> {
    let view = load(&context, id).await?;
    Ok(([(header::ETAG, etag(view.summary.version))], Body(view)).into_response())
}

async fn delete(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
    seen: IfMatch,
) -> Result<StatusCode, Problem> {
    let row = row(&context, id).await?;
    seen.check(i64::from(row.version))?;
    if context.app.desk.is_running(id) {
        return Err(Problem::new(
            &codes::PROFILE_IN_USE,
            "A cycle of it is under way.",
        ));
    }
    let mut tx = context.write().await?;
    tx.profile_delete(id, row.version, now_ms())
        .await
        .map_err(refused)?;
    tx.due_forget(None, id.get()).await.map_err(refused)?;
    tx.audit(context.act("profiles.delete", id, json!({"version": row.version})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(StatusCode::NO_CONTENT)
}

async fn versions(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
) -> Result<Body<Page<ProfileVersion>>, Problem> {
    let mut read = context.read().await?;
    read.profile(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let mut items = Vec::new();
    for version in read.profile_versions(id).await.map_err(refused)? {
        if let Some(document) = read
            .profile_document(id, version.version)
            .await
            .map_err(refused)?
        {
            items.push(ProfileVersion {
                version: i64::from(version.version),
                config_hash: hex::encode(version.config_hash),
                saved_by: version.author,
                saved_at: Instant::from_unix_ms(version.at_ms),
                document,
            });
        }
    }
    items.sort_by_key(|v| std::cmp::Reverse(v.version));
    Ok(Body(Page::last(items)))
}

async fn check(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
    Body(draft): Body<CheckDraft>,
) -> Result<Body<Checked>, Problem> {
    let known = known_beside(&context, id.parse().ok(), &draft.document).await?;
    let checked = known.checked(&context.app.compiler).await;
    let checked = checked.map_err(uncompiled)?;
    Ok(Body(Checked {
        ok: checked.ok(),
        diagnostics: checked.diagnostics,
    }))
}

async fn preview(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
    Body(draft): Body<PreviewDraft>,
) -> Result<Body<Previewed>, Problem> {
    let known = known_beside(&context, id.parse().ok(), &draft.document).await?;
    let place = trial::place(&draft, &known.source)?;
    let alone = place.alone(&known.source);
    let checked = known.checked_beside(alone, &context.app.compiler).await;
    let (checked, artifact) = checked.map_err(uncompiled)?;
    trial::preview(&context, &draft, place, checked.diagnostics, artifact)
        .await
        .map(Body)
}

async fn ask(
    context: Context,
    PathParams(_): PathParams<(TenantId, String)>,
    Body(question): Body<LanguageQuestion>,
) -> Result<Body<LanguageAnswer>, Problem> {
    let mut read = context.read().await?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    let declared = match question.reads {
        LanguageReads::Metaverse => declared(&mut read).await?,
        LanguageReads::Directory => Declared::new(),
    };
    let known = match context.may(Right::ReadValues) {
        true => context
            .app
            .samples
            .of(&context.app.db, &mut read, &question)
            .await
            .map_err(refused)?,
        false => Arc::default(),
    };
    let library = context.app.libraries.of(&mut read).await.map_err(refused)?;
    drop(read);
    let schemas = schemas.declaring(&declared);
    let asked = language::question(question, &schemas, &known, &library);
    let answer = context.app.compiler.ask(asked).await.map_err(uncompiled)?;
    let answer = language::with_samples(answer, &known);
    Ok(Body(language::with_tables(answer, &library)))
}

/// What the saved profiles declare of the metaverse.
async fn declared(read: &mut TenantRead) -> Result<Declared, Problem> {
    let mut declared = Declared::new();
    for row in read.profiles().await.map_err(refused)? {
        for (object_type, attrs) in row.doc.metaverse {
            declared.entry(object_type).or_default().extend(attrs);
        }
    }
    Ok(declared)
}

async fn sync(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
) -> Result<Response, Problem> {
    row(&context, id).await?;
    let request = Request {
        trigger: Trigger::Call,
        profiles: [id].into(),
        imports: None,
        full: false,
        exports: true,
    };
    let on_busy = OnBusy::Join;
    super::cycles::ordered(&context, "profiles.sync", request, on_busy, None).await
}

async fn row(context: &Context, id: ProfileId) -> Result<ProfileRow, Problem> {
    let row = context.read().await?.profile(id).await.map_err(refused)?;
    row.ok_or_else(Problem::not_found)
}

/// What is known of a document without the compiler.
async fn known(context: &Context, document: &Profile) -> Result<Built, Problem> {
    let mut read = context.read().await?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    let library = context.app.libraries.of(&mut read).await;
    Ok(Built::of(document, &schemas, &*library.map_err(refused)?))
}

/// The same, with what cannot stand beside the other profiles; `own` is the profile whose document it is.
async fn known_beside(
    context: &Context,
    own: Option<ProfileId>,
    document: &Profile,
) -> Result<Built, Problem> {
    let mut known = known(context, document).await?;
    let mut read = context.read().await?;
    let mut others = read.profiles().await.map_err(refused)?;
    others.retain(|row| Some(row.id) != own);
    let others: Vec<&Profile> = others.iter().map(|row| &row.doc).collect();
    known.diagnostics.extend(beside(document, &others));
    Ok(known)
}

/// A document with its programs, or with what is wrong with it.
pub(super) async fn built(
    context: &Context,
    own: Option<ProfileId>,
    document: &Profile,
) -> Result<Built, Problem> {
    let known = known_beside(context, own, document).await?;
    let compiled = known.compiled(&context.app.compiler).await;
    compiled.map_err(uncompiled)
}

/// What is wrong with a document that is saved nowhere.
pub(super) async fn diagnosed(
    context: &Context,
    document: &Profile,
) -> Result<Vec<Diagnostic>, Problem> {
    let known = known_beside(context, None, document).await?;
    let checked = known.checked(&context.app.compiler).await;
    Ok(checked.map_err(uncompiled)?.diagnostics)
}

/// The compiler did not answer.
#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn uncompiled(error: CompileFailure) -> Problem {
    tracing::error!("a profile was not compiled: {error}");
    Problem::new(
        &codes::UNAVAILABLE,
        "The expressions could not be compiled now.",
    )
    .retry_after(2)
}

/// A document without errors, or all its errors as one problem.
pub(super) async fn sound(
    context: &Context,
    own: Option<ProfileId>,
    document: &Profile,
) -> Result<Built, Problem> {
    let built = built(context, own, document).await?;
    if built.ok() {
        return Ok(built);
    }
    Err(invalid(errors(&built.diagnostics)))
}

/// The cases of a saved profile, with everything they use as it is now. What else was found when it was saved is not told
/// again.
pub(super) async fn hold_cases(context: &Context, document: &Profile) -> Result<(), Problem> {
    if !has_cases(document) {
        return Ok(());
    }
    let known = known(context, document).await?;
    let checked = known.checked(&context.app.compiler).await;
    let checked = checked.map_err(uncompiled)?;
    let failed: Vec<_> = errors(&checked.diagnostics)
        .filter(|found| found.at.contains("/cases/"))
        .collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(invalid(failed.into_iter())),
    }
}

fn has_cases(document: &Profile) -> bool {
    let inbound = document.inbound.iter().flat_map(|part| &part.flows);
    let outbound = document.outbound.iter().flat_map(|part| {
        let disabling = part.disable.iter().flat_map(|disable| &disable.flows);
        part.flows.iter().chain(disabling)
    });
    inbound.chain(outbound).any(|flow| !flow.cases.is_empty())
}

pub(super) fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    let found = diagnostics.iter();
    found.filter(|d| d.severity == DiagnosticSeverity::Error)
}

fn invalid<'a>(errors: impl Iterator<Item = &'a Diagnostic>) -> Problem {
    let errors: Vec<_> = errors.collect();
    let message = format!("{} of its fields have errors.", errors.len());
    let problem = Problem::new(&codes::PROFILE_INVALID, message);
    errors.into_iter().fold(problem, |problem, d| {
        problem.field(d.at.clone(), d.code.clone(), d.message.clone())
    })
}

pub(super) async fn load(context: &Context, id: ProfileId) -> Result<ProfileView, Problem> {
    let mut read = context.read().await?;
    let row = read
        .profile(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let summary = summary(&mut read, &row).await?;
    let stored = Stored::load(&mut read, id).await.map_err(refused)?;
    Ok(ProfileView {
        summary,
        document: row.doc,
        diagnostics: stored.map(|s| s.warnings).unwrap_or_default(),
    })
}

async fn summary(read: &mut TenantRead, row: &ProfileRow) -> Result<ProfileSummary, Problem> {
    let pending = read.pending_counts().await.map_err(refused)?;
    let versions = read.profile_versions(row.id).await.map_err(refused)?;
    let saved = versions
        .iter()
        .find(|v| v.version == row.version)
        .map_or(0, |v| v.at_ms);
    let what_if = read.whatif_newest(row.id).await.map_err(refused)?;
    let filter = syncline_store::tenant::RunFilter {
        profile: Some(row.id),
        ..Default::default()
    };
    let runs = read.runs(&filter, 20).await.map_err(refused)?;
    let synced = runs
        .iter()
        .find(|r| r.status.is_some_and(|s| s.completed()));
    let errors = synced
        .and_then(|r| r.doc.counts.get("errors"))
        .copied()
        .unwrap_or(0);
    Ok(ProfileSummary {
        id: row.id,
        name: row.doc.name.clone(),
        version: i64::from(row.version),
        state: row.review.state,
        approval: row.review.approval,
        config_hash: hex::encode(row.config_hash),
        pending: pending
            .iter()
            .filter(|(_, p, _)| *p == row.id)
            .map(|(_, _, n)| n)
            .sum(),
        errors,
        what_if: what_if.map(|w| w.id),
        saved_at: Instant::from_unix_ms(saved),
        synced_at: synced.and_then(|r| r.ended_ms).map(Instant::from_unix_ms),
    })
}
