//! Directories: connect, describe, change, import.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Page, PathParams, Problem, codes};
use syncline_model::run::RunKind;
use syncline_model::{AgentId, DirectoryId, TenantId};
use syncline_store::tenant::{
    AgentDoc, AgentState, Directory as Row, DirectoryDoc, Durability, TenantRead,
};
use syncline_wire::link::Capability;

use super::Tenant;
use super::after_export;
use super::clouds;
use super::context::{Context, now_ms, refused};
use crate::agents::{KEY_LIFETIME_MS, new_slot};
use crate::profile::source;
use crate::resource::agent::CredentialState;
use crate::resource::directory::*;
use crate::resource::instant::Instant;

/// Directories of a tenant at most.
const DIRECTORIES_MAX: usize = 64;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::DIRECTORIES_CREATE, create, |d| {
            d.body::<NewDirectory>()
                .returns_versioned::<Directory>(201, "Connected.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::DIRECTORIES_LIST, list, |d| {
            d.returns::<Page<Directory>>(200, "All of them.")
        })
        .serve(&ops::DIRECTORIES_GET, get, |d| {
            d.returns_versioned::<Directory>(200, "The directory.")
        })
        .serve(&ops::DIRECTORIES_UPDATE, update, |d| {
            d.body::<DirectoryPatch>()
                .returns_versioned::<Directory>(200, "Changed.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::DIRECTORIES_DELETE, delete, |d| {
            d.answers(204, "Removed.")
                .fails(&[&codes::DIRECTORY_IN_USE])
        })
        .serve(&ops::DIRECTORIES_AGENTS_CREATE, create_agent, |d| {
            d.returns::<EnrolmentKey>(201, "The slot, and its key this once.")
        })
        .serve(&ops::DIRECTORIES_SCHEMA, schema, |d| {
            d.returns::<SchemaView>(200, "What it can hold.")
                .fails(&[&codes::SCHEMA_UNKNOWN])
        })
        .serve(&ops::DIRECTORIES_IMPORT, import, |d| {
            d.body::<StartImport>()
                .returns::<RunStarted>(202, "Started, or joined to one that waits.")
        })
}

async fn create(context: Context, Body(new): Body<NewDirectory>) -> Result<Response, Problem> {
    let name = valid_name(&new.name)?;
    valid_settings(&new.settings)?;
    valid_connection(&context, new.kind, &new.settings)?;
    valid_format(new.kind, &new.settings)?;
    if new.settings.after_export.is_some() {
        return Err(after_export::refused(
            "entra_connect.no_agent",
            "Connect the directory and its agent first.",
        ));
    }
    let mut tx = context.write().await?;
    let present = tx.directories().await.map_err(refused)?;
    if present.len() >= DIRECTORIES_MAX {
        let message = format!("A tenant has at most {DIRECTORIES_MAX} directories.");
        return Err(Problem::new(&codes::CONFLICT, message));
    }
    if present
        .iter()
        .any(|d| d.doc.name.eq_ignore_ascii_case(&name))
    {
        return Err(Problem::new(&codes::INVALID, "The name is taken.").field(
            "/name",
            "taken",
            "Another directory has it.",
        ));
    }
    let id = DirectoryId(context.app.db.new_id().await.map_err(refused)?);
    let doc = DirectoryDoc {
        name,
        settings: settings_json(&new.settings),
        identity: None,
    };
    tx.directory_add(id, kind_word(new.kind), &doc)
        .await
        .map_err(refused)?;
    tx.audit(context.act("directories.create", id, json!({"kind": new.kind})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    if new.settings.cloud.is_some() {
        let act = context.act("directories.certificate", id, json!({}));
        let made = crate::clouds::make_key(&context.app, id, act).await;
        made.map_err(clouds::failed)?;
    }
    let view = load(&context, id).await?;
    Ok((
        StatusCode::CREATED,
        [(header::ETAG, etag(view.version))],
        Body(view),
    )
        .into_response())
}

async fn list(context: Context) -> Result<Body<Page<Directory>>, Problem> {
    let mut read = context.read().await?;
    let rows = read.directories().await.map_err(refused)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(&context, &mut read, row).await?);
    }
    Ok(Body(Page::last(items)))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Response, Problem> {
    let view = load(&context, id).await?;
    Ok(([(header::ETAG, etag(view.version))], Body(view)).into_response())
}

async fn update(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
    seen: IfMatch,
    Body(patch): Body<DirectoryPatch>,
) -> Result<Response, Problem> {
    let mut tx = context.write().await?;
    let mut row = tx
        .directory(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    if let Some(name) = &patch.name {
        row.doc.name = valid_name(name)?;
    }
    let (mut rescoped, mut recounted) = (false, false);
    if let Some(settings) = &patch.settings {
        valid_settings(settings)?;
        valid_connection(&context, kind_of(&row.kind)?, settings)?;
        valid_format(kind_of(&row.kind)?, settings)?;
        same_tenant(&row, settings)?;
        if settings.after_export != settings_of(&row).after_export {
            after_export::changed(&context, &mut tx, &row, settings).await?;
        }
        recounted = settings_of(&row).contest_limit != settings.contest_limit;
        rescoped = settings_of(&row).containers != settings.containers
            || settings_of(&row).types != settings.types
            || settings_of(&row).file != settings.file;
        row.doc.settings = settings_json(settings);
    }
    tx.directory_change(id, row.version, &row.doc)
        .await
        .map_err(refused)?;
    if rescoped {
        // What is in scope is other than what was read: only a full import can say what left it.
        tx.directory_forget_watermark(id).await.map_err(refused)?;
    }
    if recounted {
        // What was given up may go again, or the other way round.
        for profile in tx.profiles().await.map_err(refused)? {
            if source::directories(&profile.doc).contains(&id) {
                tx.work_everything(profile.id).await.map_err(refused)?;
            }
        }
    }
    tx.audit(context.act(
        "directories.update",
        id,
        json!({"name": patch.name.is_some(), "settings": patch.settings.is_some()}),
    ));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    let mut read = context.read().await?;
    let opened = context.app.clouds.open(&mut read, &row).await;
    opened.map_err(clouds::failed)?;
    drop(read);
    crate::agents::tell_format(&context.app, &row).await;
    let view = load(&context, id).await?;
    Ok(([(header::ETAG, etag(view.version))], Body(view)).into_response())
}

async fn delete(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
    seen: IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = context.write().await?;
    let row = tx
        .directory(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    seen.check(row.version)?;
    let profiles = tx.profiles().await.map_err(refused)?;
    let using: Vec<String> = profiles
        .iter()
        .filter(|p| source::directories(&p.doc).contains(&id))
        .map(|p| p.doc.name.clone())
        .collect();
    if !using.is_empty() {
        return Err(Problem::new(
            &codes::DIRECTORY_IN_USE,
            format!("Used by {}.", using.join(", ")),
        ));
    }
    let agents = tx.agents().await.map_err(refused)?;
    for agent in agents
        .iter()
        .filter(|a| a.directory == id && a.state != AgentState::Revoked)
    {
        tx.agent_move(agent.id, agent.state, AgentState::Revoked)
            .await
            .map_err(refused)?;
        context.app.hub.cut(agent.id);
    }
    tx.directory_remove(id).await.map_err(refused)?;
    tx.audit(context.act("directories.delete", id, json!({})));
    tx.commit().await.map_err(refused)?;
    context.app.clouds.forget(id);
    context.app.outbox_grew();
    Ok(StatusCode::NO_CONTENT)
}

async fn create_agent(
    context: Context,
    PathParams((_, directory)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Response, Problem> {
    let db = &context.app.db;
    if context.app.clouds.is_known(directory) {
        let message = "The service itself reaches this directory.";
        return Err(Problem::new(&codes::CONFLICT, message));
    }
    let agent = AgentId(db.new_id().await.map_err(refused)?);
    let key = new_slot(db, agent);
    let expires_ms = now_ms() + KEY_LIFETIME_MS;
    let mut tx = db.write(Durability::Durable).await.map_err(refused)?;
    tx.directory(directory)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    tx.agent_add(
        agent,
        directory,
        &key.digest(),
        expires_ms,
        &AgentDoc::default(),
    )
    .await
    .map_err(refused)?;
    tx.audit(context.act(
        "directories.agents.create",
        agent,
        json!({"directory": directory}),
    ));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    let shown = EnrolmentKey {
        agent,
        key: key.expose(),
        expires_at: Instant::from_unix_ms(expires_ms),
    };
    Ok((StatusCode::CREATED, Body(shown)).into_response())
}

async fn schema(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Body<SchemaView>, Problem> {
    let mut read = context.read().await?;
    read.directory(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let schema = read.directory_schema(id).await.map_err(refused)?;
    let schema = schema.ok_or_else(|| {
        Problem::new(
            &codes::SCHEMA_UNKNOWN,
            "No agent has described this directory yet.",
        )
    })?;
    let types = schema.types.values().cloned().map(|t| TypeView {
        name: t.name,
        container: t.container,
        attributes: t
            .attrs
            .into_values()
            .map(|a| AttributeView {
                name: a.name,
                value_type: a.value_type,
                multi: a.multi,
                required: a.required,
                writable: a.writable,
            })
            .collect(),
    });
    Ok(Body(SchemaView {
        types: types.collect(),
    }))
}

async fn import(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, DirectoryId)>,
    Body(start): Body<StartImport>,
) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    read.directory(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    drop(read);
    let kind = if start.mode == ImportChoice::Full {
        RunKind::FullImport
    } else {
        RunKind::DeltaImport
    };
    let act = context.act("directories.import", id, json!({"kind": kind}));
    let started = context.app.desk.import(id, kind, act).await;
    let run = started.map_err(refused)?;
    Ok((StatusCode::ACCEPTED, Body(RunStarted { run })).into_response())
}

pub(super) async fn load(context: &Context, id: DirectoryId) -> Result<Directory, Problem> {
    let mut read = context.read().await?;
    let row = read
        .directory(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    view(context, &mut read, row).await
}

async fn view(context: &Context, read: &mut TenantRead, row: Row) -> Result<Directory, Problem> {
    let cloud = clouds::sign_in(context, read, &row).await?;
    let profiles = read.profiles().await.map_err(refused)?;
    let agents = read.agents().await.map_err(refused)?;
    let counts = read.cs_counts().await.map_err(refused)?;
    let types = context.app.db.types();
    let confirmed = agents
        .iter()
        .filter(|a| a.directory == row.id && a.state == AgentState::Confirmed);
    let sessions: Vec<_> = confirmed
        .clone()
        .filter_map(|a| context.app.hub.get(a.id))
        .collect();
    let best = sessions.iter().max_by_key(|s| s.credential_works());
    let identity = row.doc.identity.as_ref().map(|identity| DirectoryIdentity {
        naming_context: identity.base_dn.clone(),
        domain_sid: identity
            .pin
            .starts_with("S-1-")
            .then(|| identity.pin.clone()),
        dns_name: identity.forest.clone(),
    });
    Ok(Directory {
        id: row.id,
        name: row.doc.name.clone(),
        kind: kind_of(&row.kind)?,
        settings: settings_of(&row),
        version: row.version,
        identity,
        agents: DirectoryAgents {
            confirmed: u32::try_from(confirmed.count()).unwrap_or(u32::MAX),
            connected: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
            credential: best.map(|s| CredentialState::of(s.credential)),
            entra_connect: sessions.iter().any(|s| s.offers(Capability::EntraConnect)),
        },
        cloud,
        baseline: row.baseline.is_some(),
        schema_known: read
            .directory_schema(row.id)
            .await
            .map_err(refused)?
            .is_some(),
        counts: counts
            .iter()
            .filter(|c| c.directory == row.id)
            .filter_map(|c| {
                let object_type = types.name(c.object_type)?.to_owned();
                Some(TypeCount {
                    object_type,
                    objects: c.present,
                    linked: c.linked,
                })
            })
            .collect(),
        last_import: super::runs::last(
            read,
            row.id,
            &[
                RunKind::FullImport,
                RunKind::DeltaImport,
                RunKind::ConfirmingImport,
            ],
        )
        .await?,
        last_export: super::runs::last(read, row.id, &[RunKind::Export]).await?,
        profiles: profiles
            .iter()
            .filter(|p| source::directories(&p.doc).contains(&row.id))
            .map(|p| p.id)
            .collect(),
    })
}

/// The settings of a stored directory. What an older release wrote reads with today's defaults.
pub fn settings_of(row: &Row) -> DirectorySettings {
    serde_json::from_value(row.doc.settings.clone()).unwrap_or_default()
}

fn settings_json(settings: &DirectorySettings) -> serde_json::Value {
    serde_json::to_value(settings).unwrap_or_default()
}

fn valid_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let problem = Problem::new(&codes::INVALID, "The name cannot be used.");
        return Err(problem.field("/name", "length", "1 to 100 characters on one line."));
    }
    Ok(name.to_owned())
}

fn valid_settings(settings: &DirectorySettings) -> Result<(), Problem> {
    let invalid = |at: String, message: String| {
        Problem::new(&codes::INVALID, "The settings cannot be used.").field(at, "value", message)
    };
    for (i, container) in settings.containers.iter().enumerate() {
        if let Err(error) = container.parse::<syncline_model::Dn>() {
            return Err(invalid(
                format!("/settings/containers/{i}"),
                error.to_string(),
            ));
        }
    }
    if settings.shrink_guard_percent > 100 {
        return Err(invalid(
            "/settings/shrink_guard_percent".into(),
            "0 to 100.".into(),
        ));
    }
    if !(50..=1000).contains(&settings.page_size) {
        return Err(invalid("/settings/page_size".into(), "50 to 1,000.".into()));
    }
    if !(1..=100).contains(&settings.contest_limit) {
        return Err(invalid(
            "/settings/contest_limit".into(),
            "1 to 100.".into(),
        ));
    }
    if !(5..=86_400).contains(&settings.poll_seconds) {
        return Err(invalid(
            "/settings/poll_seconds".into(),
            "5 to 86,400.".into(),
        ));
    }
    Ok(())
}

/// A cloud directory names its cloud, tenant and application; another names none.
fn valid_connection(
    context: &Context,
    kind: DirectoryKind,
    settings: &DirectorySettings,
) -> Result<(), Problem> {
    let invalid = |at: &str, message: &str| {
        Problem::new(&codes::INVALID, "The connection cannot be used.").field(at, "value", message)
    };
    let connection = match (kind, &settings.cloud) {
        (DirectoryKind::EntraId, Some(connection)) => connection,
        (DirectoryKind::EntraId, None) => {
            return Err(invalid(
                "/settings/cloud",
                "Say where the directory tenant is.",
            ));
        }
        (_, None) => return Ok(()),
        (_, Some(_)) => {
            return Err(invalid(
                "/settings/cloud",
                "Only Entra ID has a cloud; others have an agent.",
            ));
        }
    };
    if context.app.clouds.ground.cloud(&connection.cloud).is_none() {
        return Err(invalid(
            "/settings/cloud/cloud",
            "This service has no cloud of that name.",
        ));
    }
    for (at, id) in [
        ("/settings/cloud/tenant", &connection.tenant),
        ("/settings/cloud/client_id", &connection.client_id),
    ] {
        if !is_guid(id) {
            return Err(invalid(
                at,
                "A GUID, as the overview page of the application's registration shows it.",
            ));
        }
    }
    Ok(())
}

/// How files are read is said of HR folders only, and has to be sound.
fn valid_format(kind: DirectoryKind, settings: &DirectorySettings) -> Result<(), Problem> {
    let Some(format) = &settings.file else {
        return Ok(());
    };
    let wrong = match (kind, format.validate()) {
        (DirectoryKind::HrFile, Ok(())) => return Ok(()),
        (DirectoryKind::HrFile, Err(error)) => error.to_string(),
        _ => "Only HR folders have files.".to_owned(),
    };
    let problem = Problem::new(&codes::INVALID, "The format cannot be used.");
    Err(problem.field("/settings/file", "value", wrong))
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// What was read of a directory tenant stays of it.
fn same_tenant(row: &Row, settings: &DirectorySettings) -> Result<(), Problem> {
    let (Some(old), Some(new), Some(_)) =
        (settings_of(row).cloud, &settings.cloud, &row.doc.identity)
    else {
        return Ok(());
    };
    if old.cloud == new.cloud && old.tenant.eq_ignore_ascii_case(&new.tenant) {
        return Ok(());
    }
    let problem = Problem::new(
        &codes::INVALID,
        "The directory stays with its directory tenant.",
    );
    Err(problem.field(
        "/settings/cloud/tenant",
        "value",
        "Connect another directory tenant as a directory of its own.",
    ))
}

fn kind_word(kind: DirectoryKind) -> &'static str {
    match kind {
        DirectoryKind::ActiveDirectory => "active-directory",
        DirectoryKind::Openldap => "openldap",
        DirectoryKind::EntraId => "entra-id",
        DirectoryKind::HrFile => "hr-file",
    }
}

/// The kind behind a stored word.
pub fn kind_of(word: &str) -> Result<DirectoryKind, Problem> {
    match word {
        "active-directory" => Ok(DirectoryKind::ActiveDirectory),
        "openldap" => Ok(DirectoryKind::Openldap),
        "entra-id" => Ok(DirectoryKind::EntraId),
        "hr-file" => Ok(DirectoryKind::HrFile),
        other => {
            tracing::error!("stored directory kind `{other}` is unknown to this release");
            Err(Problem::internal())
        }
    }
}
