//! Templates: list, show, fill in and look, make a profile; save and delete one's own.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Page, PathParams, Problem, codes};
use syncline_model::{DirectoryId, ProfileId, TemplateId, TenantId};
use syncline_store::tenant::{Directory, Durability, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::directories::kind_of;
use super::{clouds, profiles};
use crate::jobs::{draft, standing};
use crate::profile::build::schemas;
use crate::profile::save;
use crate::resource::cloud::Grant;
use crate::resource::profile::ProfileView;
use crate::resource::template::*;
use crate::template::document::Template;
use crate::template::fill::{Filled, fill};
use crate::template::{builtin, given, own, permissions};

/// Characters of a summary at most.
const SUMMARY_MAX: usize = 1000;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::TEMPLATES_LIST, list, |d| {
            d.returns::<Page<TemplateSummary>>(200, "All of them, the tenant's own last.")
        })
        .serve(&ops::TEMPLATES_GET, get, |d| {
            d.returns_versioned::<TemplateView>(200, "The template.")
        })
        .serve(&ops::TEMPLATES_CREATE, create, |d| {
            d.body::<NewTemplate>()
                .returns_versioned::<TemplateView>(201, "Saved.")
                .fails(&[&codes::INVALID, &codes::TEMPLATE_LIMIT])
        })
        .serve(&ops::TEMPLATES_DELETE, delete, |d| {
            d.answers(204, "Deleted.")
                .fails(&[&codes::TEMPLATE_BUILT_IN])
        })
        .serve(&ops::TEMPLATES_PREVIEW, preview, |d| {
            d.body::<FillTemplate>()
                .returns::<TemplatePreview>(200, "What a profile of it would find.")
                .fails(&[&codes::TEMPLATE_PARAMETERS])
        })
        .serve(&ops::TEMPLATES_ADOPT, adopt, |d| {
            d.body::<FillTemplate>()
                .returns_versioned::<ProfileView>(201, "The profile; it needs review.")
                .fails(&[&codes::TEMPLATE_PARAMETERS, &codes::PROFILE_INVALID])
        })
}

async fn list(context: Context) -> Result<Body<Page<TemplateSummary>>, Problem> {
    let mut read = context.read().await?;
    let (own, _) = own::load(&mut read).await.map_err(refused)?;
    let built_in = builtin::all().iter().map(|t| summary(t, false));
    let items = built_in
        .chain(own.iter().map(|t| summary(t, true)))
        .collect();
    Ok(Body(Page::last(items)))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    let found = find(&mut read, &id).await?;
    shown(StatusCode::OK, &found)
}

async fn create(context: Context, Body(new): Body<NewTemplate>) -> Result<Response, Problem> {
    let title = new.title.trim().to_owned();
    let invalid = |at: &str, message: String| {
        Problem::new(&codes::INVALID, "The template cannot be saved.").field(at, "length", message)
    };
    if title.is_empty() || title.chars().count() > 100 || title.chars().any(char::is_control) {
        return Err(invalid("/title", "1 to 100 characters on one line.".into()));
    }
    if new.summary.chars().count() > SUMMARY_MAX {
        return Err(invalid(
            "/summary",
            format!("At most {SUMMARY_MAX} characters."),
        ));
    }
    let db = &context.app.db;
    let id = TemplateId(db.new_id().await.map_err(refused)?);
    let mut tx = db.write(Durability::Durable).await.map_err(refused)?;
    let profile = tx
        .profile(new.profile)
        .await
        .map_err(refused)?
        .ok_or_else(|| {
            let problem = Problem::new(&codes::INVALID, "The template cannot be saved.");
            problem.field("/profile", "unknown", "There is no such profile.")
        })?;
    let known = directories(&mut tx).await?.into_iter().map(|row| {
        let kind = kind_of(&row.kind)?;
        Ok((row.id, (row.doc.name, kind)))
    });
    let known = known.collect::<Result<BTreeMap<_, _>, Problem>>()?;
    let about = own::About {
        title,
        purpose: new.purpose,
        summary: new.summary.trim().to_owned(),
    };
    let template = own::from_profile(id, about, &profile.doc, &known);
    let (mut kept, version) = own::load(&mut tx).await.map_err(refused)?;
    kept.push(template.clone());
    if !own::fits(&kept) {
        let message = format!(
            "At most {} templates, of {} MiB together.",
            own::OWN_MAX,
            own::BYTES_MAX / (1024 * 1024)
        );
        return Err(Problem::new(&codes::TEMPLATE_LIMIT, message));
    }
    own::keep(&mut tx, &kept, version).await.map_err(refused)?;
    tx.audit(context.act(
        "templates.create",
        id,
        json!({"profile": new.profile, "version": profile.version}),
    ));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    shown(
        StatusCode::CREATED,
        &Found {
            template,
            own: true,
        },
    )
}

async fn delete(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
    seen: IfMatch,
) -> Result<StatusCode, Problem> {
    if builtin::find(&id).is_some() {
        return Err(Problem::new(
            &codes::TEMPLATE_BUILT_IN,
            "It cannot be deleted.",
        ));
    }
    let mut tx = context.write().await?;
    let (mut kept, version) = own::load(&mut tx).await.map_err(refused)?;
    let at = kept.iter().position(|template| template.id == id);
    let gone = kept.remove(at.ok_or_else(Problem::not_found)?);
    seen.check(i64::from(gone.version))?;
    own::keep(&mut tx, &kept, version).await.map_err(refused)?;
    tx.audit(context.act("templates.delete", id, json!({"version": gone.version})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(StatusCode::NO_CONTENT)
}

async fn preview(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
    Body(body): Body<FillTemplate>,
) -> Result<Body<TemplatePreview>, Problem> {
    let filled = filled(&context, &id, &body).await?;
    let built = profiles::built(&context, None, &filled.profile).await?;
    let counts = if built.ok() {
        draft::count(&context.app, &filled.profile, &built)
            .await
            .map_err(|error| {
                tracing::error!("a template's preview failed: {error}");
                match error {
                    draft::Failure::Store(error) => refused(error),
                    _ => Problem::internal(),
                }
            })?
    } else {
        draft::Counts::default()
    };
    let mut read = context.read().await?;
    let about = about(&mut read, &filled).await?;
    let left_out = filled.left_out.iter().map(|left| PlacedAttribute {
        directory: left.directory,
        object_type: left.object_type.clone(),
        attribute: left.attribute.clone(),
    });
    Ok(Body(TemplatePreview {
        left_out: left_out.collect(),
        document: filled.profile,
        diagnostics: built.diagnostics,
        not_imported: about.not_imported,
        unread: about.unread,
        sources: counts.sources,
        targets: counts.targets,
        permissions: about.permissions,
    }))
}

async fn adopt(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, String)>,
    Body(body): Body<FillTemplate>,
) -> Result<Response, Problem> {
    let filled = filled(&context, &id, &body).await?;
    let profile = ProfileId(context.app.db.new_id().await.map_err(refused)?);
    let built = profiles::sound(&context, None, &filled.profile).await?;
    let act = context.act("profiles.create", profile, json!(null));
    save::save(&context.app, act, (profile, 0), filled.profile, built).await?;
    let view = profiles::load(&context, profile).await?;
    let tag = etag(view.summary.version);
    Ok((StatusCode::CREATED, [(header::ETAG, tag)], Body(view)).into_response())
}

/// A template, and whether it is the tenant's own.
struct Found {
    template: Template,
    own: bool,
}

async fn find(read: &mut TenantRead, id: &str) -> Result<Found, Problem> {
    if let Some(template) = builtin::find(id) {
        return Ok(Found {
            template: template.clone(),
            own: false,
        });
    }
    let (own, _) = own::load(read).await.map_err(refused)?;
    let template = own.into_iter().find(|template| template.id == id);
    let template = template.ok_or_else(Problem::not_found)?;
    Ok(Found {
        template,
        own: true,
    })
}

fn summary(template: &Template, own: bool) -> TemplateSummary {
    let template = template.clone();
    TemplateSummary {
        id: template.id,
        version: template.version,
        title: template.title,
        purpose: template.purpose,
        summary: template.summary,
        own,
        directories: template.directories,
        reads: template.reads,
        writes: template.writes,
        assumptions: template.assumptions,
        deletion: template.deletion,
        guards: template.guards,
    }
}

fn shown(status: StatusCode, found: &Found) -> Result<Response, Problem> {
    let template = &found.template;
    let expected = permissions::expected(template).map_err(|error| broken(template, &error))?;
    let permissions = expected.into_iter().map(|(role, needs)| RolePermissions {
        role,
        permissions: needs
            .iter()
            .map(|need| clouds::permission(need, Grant::Unknown))
            .collect(),
    });
    let view = TemplateView {
        summary: summary(template, found.own),
        parameters: template.parameters.clone(),
        permissions: permissions.collect(),
        document: template.profile.clone(),
    };
    let tag = etag(i64::from(template.version));
    Ok((status, [(header::ETAG, tag)], Body(view)).into_response())
}

fn broken(template: &Template, error: &dyn std::error::Error) -> Problem {
    tracing::error!(template = template.id, "a template is broken: {error}");
    Problem::new(
        &codes::PROFILE_INVALID,
        format!("The template itself is wrong: {error}."),
    )
}

async fn directories(read: &mut TenantRead) -> Result<Vec<Directory>, Problem> {
    read.directories().await.map_err(refused)
}

/// The profile that a template gives with these directories and values.
async fn filled(context: &Context, id: &str, body: &FillTemplate) -> Result<Filled, Problem> {
    let mut read = context.read().await?;
    let template = find(&mut read, id).await?.template;
    let rows = directories(&mut read).await?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    drop(read);
    let mut wrong: Vec<(String, &str, String)> = Vec::new();
    for role in &template.directories {
        let at = format!("/directories/{}", role.name);
        let row = body
            .directories
            .get(&role.name)
            .and_then(|id| rows.iter().find(|r| r.id == *id));
        match row {
            None => wrong.push((
                at,
                "required",
                "Choose one of the tenant's directories.".into(),
            )),
            Some(row) if kind_of(&row.kind)? != role.kind => {
                let message = format!("This directory is of another kind than “{}”.", role.title);
                wrong.push((at, "kind", message));
            }
            Some(_) => {}
        }
    }
    for (name, id) in &body.directories {
        let at = format!("/directories/{name}");
        if !template.directories.iter().any(|role| role.name == *name) {
            wrong.push((at, "unknown", "The template has no such role.".into()));
        } else if body
            .directories
            .iter()
            .any(|(other, same)| other < name && same == id)
        {
            wrong.push((at, "same", "Choose another directory for each role.".into()));
        }
    }
    let values = given::check(&template.parameters, &body.parameters).unwrap_or_else(|found| {
        let found = found.into_iter();
        wrong.extend(found.map(|w| (format!("/parameters/{}", w.name), w.code, w.message)));
        Default::default()
    });
    if !wrong.is_empty() {
        let message = format!("{} of its fields cannot be used.", wrong.len());
        let problem = Problem::new(&codes::TEMPLATE_PARAMETERS, message);
        return Err(wrong
            .into_iter()
            .fold(problem, |problem, (at, code, message)| {
                problem.field(at, code, message)
            }));
    }
    let name = body
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let name = name.unwrap_or(&template.title);
    fill(&template, name, &body.directories, &values, &schemas)
        .map_err(|error| broken(&template, &error))
}

/// What is said of a draft beside its counts.
#[derive(Default)]
struct About {
    not_imported: Vec<DirectoryId>,
    unread: Vec<PlacedAttribute>,
    permissions: Vec<DirectoryPermissions>,
}

async fn about(read: &mut TenantRead, filled: &Filled) -> Result<About, Problem> {
    let mut about = About::default();
    let named: BTreeSet<DirectoryId> = crate::profile::source::directories(&filled.profile);
    let saved = read.profiles().await.map_err(refused)?;
    for row in directories(read).await? {
        if !named.contains(&row.id) {
            continue;
        }
        let standing = standing::standing(read, &row, &saved, &filled.profile)
            .await
            .map_err(refused)?;
        if !standing.is_imported {
            about.not_imported.push(row.id);
        }
        about
            .unread
            .extend(
                standing
                    .unread
                    .into_iter()
                    .map(|(object_type, attribute)| PlacedAttribute {
                        directory: row.id,
                        object_type,
                        attribute,
                    }),
            );
        let docs = saved.iter().map(|p| &p.doc).chain([&filled.profile]);
        if let Some(permissions) = clouds::permissions(read, &row, docs).await? {
            about.permissions.push(DirectoryPermissions {
                directory: row.id,
                permissions,
            });
        }
    }
    Ok(about)
}
