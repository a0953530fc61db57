//! Lookup tables and named expressions: write, check, version, delete.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Page, PathParams, Problem, codes};
use syncline_model::rule_resource::{NamedExpression, RuleResource};
use syncline_model::{RuleResourceId, TenantId};
use syncline_store::tenant::{ProfileRow, RuleResourceRow};

use super::Tenant;
use super::context::{Context, refused};
use super::profiles::errors;
use crate::profile::build::schemas;
use crate::profile::schemas::Schemas;
use crate::resource::instant::Instant;
use crate::resource::profile::Diagnostic;
use crate::resource::rule_resource::*;
use crate::rule_resources::{Change, Examined, Library, apply, examine, is_used};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::RULE_RESOURCES_LIST, list, |d| {
            d.returns::<Page<RuleResourceSummary>>(200, "All of them.")
        })
        .serve(&ops::RULE_RESOURCES_CREATE, create, |d| {
            d.body::<RuleResource>()
                .returns_versioned::<RuleResourceView>(201, "Saved.")
                .fails(&[&codes::RULE_RESOURCE_INVALID, &codes::RULE_RESOURCE_LIMIT])
        })
        .serve(&ops::RULE_RESOURCES_GET, get, |d| {
            d.returns_versioned::<RuleResourceView>(200, "The table or named expression.")
        })
        .serve(&ops::RULE_RESOURCES_PUT, put, |d| {
            d.body::<RuleResource>()
                .returns_versioned::<RuleResourceView>(200, "Saved as a new version.")
                .fails(&[
                    &codes::RULE_RESOURCE_INVALID,
                    &codes::RULE_RESOURCE_IN_USE,
                    &codes::RULE_RESOURCE_LIMIT,
                ])
        })
        .serve(&ops::RULE_RESOURCES_DELETE, delete, |d| {
            d.answers(204, "Deleted.")
                .fails(&[&codes::RULE_RESOURCE_IN_USE])
        })
        .serve(&ops::RULE_RESOURCES_VERSIONS, versions, |d| {
            d.returns::<Page<RuleResourceVersion>>(200, "Newest first.")
        })
        .serve(&ops::RULE_RESOURCES_CHECK, check, |d| {
            d.body::<RuleResourceDraft>()
                .returns::<RuleResourceChecked>(200, "What the checker says.")
        })
}

async fn list(context: Context) -> Result<Body<Page<RuleResourceSummary>>, Problem> {
    let (library, using) = standing(&context).await?;
    let items = library.rows.iter().map(|row| using.summary(row));
    Ok(Body(Page::last(items.collect())))
}

async fn create(context: Context, Body(document): Body<RuleResource>) -> Result<Response, Problem> {
    let id = RuleResourceId(context.app.db.new_id().await.map_err(refused)?);
    let change = Change {
        id,
        seen: 0,
        doc: Some(document),
    };
    done(&context, "rule-resources.create", &change).await?;
    shown(&context, StatusCode::CREATED, id).await
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RuleResourceId)>,
) -> Result<Response, Problem> {
    shown(&context, StatusCode::OK, id).await
}

async fn put(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RuleResourceId)>,
    seen: IfMatch,
    Body(document): Body<RuleResource>,
) -> Result<Response, Problem> {
    let row = row(&context, id).await?;
    seen.check(i64::from(row.version))?;
    if row.doc.kind() != document.kind() {
        let problem = Problem::new(
            &codes::RULE_RESOURCE_INVALID,
            "It cannot become another kind.",
        );
        let message = "A table stays a table, a named expression stays one: save a new one.";
        return Err(problem.field("/kind", "kind", message));
    }
    let change = Change {
        id,
        seen: row.version,
        doc: Some(document),
    };
    done(&context, "rule-resources.put", &change).await?;
    shown(&context, StatusCode::OK, id).await
}

async fn delete(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RuleResourceId)>,
    seen: IfMatch,
) -> Result<StatusCode, Problem> {
    let row = row(&context, id).await?;
    seen.check(i64::from(row.version))?;
    let change = Change {
        id,
        seen: row.version,
        doc: None,
    };
    done(&context, "rule-resources.delete", &change).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn versions(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RuleResourceId)>,
) -> Result<Body<Page<RuleResourceVersion>>, Problem> {
    row(&context, id).await?;
    let mut read = context.read().await?;
    let rows = read.rule_resource_versions(id).await.map_err(refused)?;
    let items = rows.into_iter().map(|row| RuleResourceVersion {
        version: i64::from(row.version),
        saved_by: row.author,
        saved_at: Instant::from_unix_ms(row.at_ms),
        document: row.doc,
    });
    Ok(Body(Page::last(items.collect())))
}

/// A draft of the resource with this id; of a new one where the tenant has none with it.
async fn check(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RuleResourceId)>,
    Body(draft): Body<RuleResourceDraft>,
) -> Result<Body<RuleResourceChecked>, Problem> {
    let change = Change {
        id,
        seen: 0,
        doc: Some(draft.document),
    };
    let examined = examine(&context.app, &change).await?;
    let profiles = examined.affected.iter().map(|affected| AffectedProfile {
        id: affected.row.id,
        name: affected.row.doc.name.clone(),
        state: affected.row.review.state,
        is_changed: affected.is_changed,
        errors: errors(&affected.built.diagnostics).cloned().collect(),
    });
    let profiles: Vec<AffectedProfile> = profiles.collect();
    let is_sound = examined.limit.is_none() && errors(&examined.diagnostics).next().is_none();
    Ok(Body(RuleResourceChecked {
        ok: is_sound && profiles.iter().all(|profile| profile.errors.is_empty()),
        diagnostics: examined.diagnostics,
        profiles,
    }))
}

/// Examines and applies, or says why not.
async fn done(context: &Context, action: &str, change: &Change) -> Result<(), Problem> {
    let examined = examine(&context.app, change).await?;
    refuse(change, &examined)?;
    let changed = examined.affected.iter().filter(|one| one.is_changed);
    let detail = json!({
        "version": change.seen + 1,
        "profiles": changed.map(|one| one.row.id).collect::<Vec<_>>(),
    });
    let act = context.act(action, change.id, detail);
    apply(&context.app, act, change, examined).await
}

fn refuse(change: &Change, examined: &Examined) -> Result<(), Problem> {
    if let Some(limit) = &examined.limit {
        return Err(Problem::new(&codes::RULE_RESOURCE_LIMIT, limit.clone()));
    }
    let is_deleted = change.doc.is_none();
    let mine: Vec<&Diagnostic> = errors(&examined.diagnostics).collect();
    if !mine.is_empty() {
        // Nothing is wrong with what is gone, but something with what calls it.
        let code = match is_deleted {
            true => &codes::RULE_RESOURCE_IN_USE,
            false => &codes::RULE_RESOURCE_INVALID,
        };
        let problem = Problem::new(code, format!("{} errors.", mine.len()));
        return Err(mine.into_iter().fold(problem, |problem, found| {
            problem.field(found.at.clone(), found.code.clone(), found.message.clone())
        }));
    }
    let broken = examined
        .affected
        .iter()
        .filter(|one| !one.built.ok() || is_deleted);
    let broken: Vec<_> = broken.collect();
    if broken.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = broken.iter().map(|one| one.row.doc.name.as_str()).collect();
    let message = format!("These profiles use it: {}.", names.join(", "));
    let problem = Problem::new(&codes::RULE_RESOURCE_IN_USE, message);
    let fields = broken.iter().flat_map(|one| {
        let at = format!("/profiles/{}", one.row.id);
        errors(&one.built.diagnostics).map(move |found| (format!("{at}{}", found.at), found))
    });
    Err(fields.fold(problem, |problem, (at, found)| {
        problem.field(at, found.code.clone(), found.message.clone())
    }))
}

async fn row(context: &Context, id: RuleResourceId) -> Result<RuleResourceRow, Problem> {
    let mut read = context.read().await?;
    let row = read.rule_resource(id).await.map_err(refused)?;
    row.ok_or_else(Problem::not_found)
}

async fn shown(
    context: &Context,
    status: StatusCode,
    id: RuleResourceId,
) -> Result<Response, Problem> {
    let (library, using) = standing(context).await?;
    let row = library.rows.iter().find(|row| row.id == id);
    let row = row.ok_or_else(Problem::not_found)?;
    let view = RuleResourceView {
        summary: using.summary(row),
        document: row.doc.clone(),
    };
    let tag = etag(view.summary.version);
    Ok((status, [(header::ETAG, tag)], Body(view)).into_response())
}

/// What the profiles of the tenant use.
struct Using(Vec<(UsingProfile, syncline_rules::resources::Uses)>);

impl Using {
    fn of(profiles: &[ProfileRow], schemas: &Schemas, library: &Library) -> Self {
        let one = |row: &ProfileRow| {
            let profile = UsingProfile {
                id: row.id,
                name: row.doc.name.clone(),
                state: row.review.state,
            };
            (profile, library.uses(&row.doc, schemas))
        };
        Self(profiles.iter().map(one).collect())
    }

    fn summary(&self, row: &RuleResourceRow) -> RuleResourceSummary {
        let using = self.0.iter().filter(|(_, uses)| is_used(uses, &row.doc));
        let (rows, signature) = match &row.doc {
            RuleResource::Table(table) => (i64::try_from(table.rows.len()).ok(), None),
            RuleResource::Expression(expression) => (None, Some(signature(expression))),
        };
        RuleResourceSummary {
            id: row.id,
            kind: row.doc.kind(),
            name: row.doc.name().to_owned(),
            description: row.doc.description().map(str::to_owned),
            version: i64::from(row.version),
            rows,
            signature,
            used_by: using.map(|(profile, _)| profile.clone()).collect(),
            saved_by: row.author.clone(),
            saved_at: Instant::from_unix_ms(row.at_ms),
        }
    }
}

async fn standing(context: &Context) -> Result<(std::sync::Arc<Library>, Using), Problem> {
    let mut read = context.read().await?;
    let library = context.app.libraries.of(&mut read).await.map_err(refused)?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    let profiles = read.profiles().await.map_err(refused)?;
    let using = Using::of(&profiles, &schemas, &library);
    Ok((library, using))
}

/// As people write it.
fn signature(expression: &NamedExpression) -> String {
    let parameters = expression.parameters.iter().map(|parameter| {
        let ty = syncline_model::rules::AttrType {
            ty: parameter.value_type,
            nullable: parameter.nullable,
            multi: parameter.multi,
        };
        format!(
            "{} {}",
            syncline_rules::types::Ty::of_attr(ty),
            parameter.name
        )
    });
    format!(
        "{}({})",
        expression.name,
        parameters.collect::<Vec<_>>().join(", ")
    )
}
