//! A change of a resource: what it does to profiles, and doing it.
//!
//! Invariants: what is applied is what was examined: if a resource or a profile changed in between, nothing is applied;
//! a profile whose programs mean the same afterwards keeps its version and its approval.

use std::sync::Arc;

use syncline_contract::{Problem, codes};
use syncline_model::rule_resource::RuleResource;
use syncline_model::{ProfileId, RuleResourceId};
use syncline_rules::request::CompileRequest;
use syncline_store::chain::Act;
use syncline_store::tenant::{Durability, ProfileRow, TenantTx};

use super::findings;
use super::library::{Library, is_used};
use crate::app::App;
use crate::compiler::CompileFailure;
use crate::http::context::{now_ms, refused};
use crate::profile::build::{Built, schemas};
use crate::profile::save;
use crate::resource::profile::Diagnostic;

/// A resource as it is to be.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which one.
    pub id: RuleResourceId,
    /// The version that is changed; 0 for a new one.
    pub seen: i32,
    /// The new document; none to delete it.
    pub doc: Option<RuleResource>,
}

/// A profile that uses the resource.
pub struct Affected {
    /// The profile.
    pub row: ProfileRow,
    /// With the resource as it would be.
    pub built: Built,
    /// Whether it would do something else than now, which needs review.
    pub is_changed: bool,
}

/// What a change does.
pub struct Examined {
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// Why there would be too much.
    pub limit: Option<String>,
    /// The profiles that use the resource, by id.
    pub affected: Vec<Affected>,
    /// Every profile as it was examined.
    profiles: Vec<(ProfileId, i32)>,
    /// The resources that were examined.
    before: Arc<Library>,
}

/// Finds out what a change does. Writes nothing.
///
/// # Errors
///
/// When the store or the compiler does not answer.
pub async fn examine(app: &App, change: &Change) -> Result<Examined, Problem> {
    let mut read = app.db.read().await.map_err(refused)?;
    let before = app.libraries.of(&mut read).await.map_err(refused)?;
    let schemas = schemas(&mut read).await.map_err(refused)?;
    let profiles = read.profiles().await.map_err(refused)?;
    drop(read);
    let after = before.with(change.id, change.doc.as_ref());
    let mut diagnostics = match &change.doc {
        Some(draft) => findings::of_document(draft, change.id, &after),
        None => Vec::new(),
    };
    let limit = findings::over_limit(&after);
    if diagnostics.is_empty() && limit.is_none() {
        let request = CompileRequest {
            parts: Vec::new(),
            resources: after.resources().clone(),
            strict: false,
            programs_of: None,
        };
        let response = app.compiler.compile(&request).await.map_err(uncompiled)?;
        diagnostics = findings::of_compiler(&response.resources, change.id, &after);
    }
    let old = before.rows.iter().find(|row| row.id == change.id);
    let docs: Vec<&RuleResource> = old
        .map(|row| &row.doc)
        .into_iter()
        .chain(&change.doc)
        .collect();
    let mut affected = Vec::new();
    for row in &profiles {
        let (then, now) = (
            before.uses(&row.doc, &schemas),
            after.uses(&row.doc, &schemas),
        );
        if !docs
            .iter()
            .any(|doc| is_used(&then, doc) || is_used(&now, doc))
        {
            continue;
        }
        let built = Built::of(&row.doc, &schemas, &after);
        let built = built.compiled(&app.compiler).await.map_err(uncompiled)?;
        affected.push(Affected {
            is_changed: built.ok()
                && save::configuration(&row.doc, &built, &schemas) != row.config_hash,
            row: row.clone(),
            built,
        });
    }
    Ok(Examined {
        diagnostics,
        limit,
        affected,
        profiles: profiles.iter().map(|row| (row.id, row.version)).collect(),
        before,
    })
}

/// Does what was examined: the resource's next version, and the next one of every profile that would do something else.
/// `act` gives the audit rows their caller; the resource's own act is given with its detail.
///
/// # Errors
///
/// When something changed since it was examined, or the store refuses.
pub async fn apply(
    app: &App,
    act: Act,
    change: &Change,
    examined: Examined,
) -> Result<(), Problem> {
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    tx.rule_resources_take().await.map_err(refused)?;
    still(&mut tx, &examined).await?;
    let (doc, author) = (change.doc.as_ref(), act.actor.clone());
    let saved = tx.rule_resource_save(change.id, change.seen, doc, &author, now_ms());
    saved.await.map_err(refused)?;
    for Affected { row, built, .. } in examined.affected {
        let act = Act {
            action: "profiles.renew".to_owned(),
            target: Some(row.id.to_string()),
            ..act.clone()
        };
        save::renewed(&mut tx, act, &row, built).await?;
    }
    tx.audit(act);
    tx.commit().await.map_err(refused)?;
    app.outbox_grew();
    app.desk.poke();
    Ok(())
}

/// Whether everything is as it was examined.
async fn still(tx: &mut TenantTx, examined: &Examined) -> Result<(), Problem> {
    let revision = tx.rule_resources_revision().await.map_err(refused)?;
    let now: Vec<(ProfileId, i32)> = (tx.profiles().await.map_err(refused)?.iter())
        .map(|row| (row.id, row.version))
        .collect();
    if revision != examined.before.revision || now != examined.profiles {
        let message = "A profile or another resource changed while this change was examined.";
        return Err(Problem::new(&codes::CONFLICT, message).retry_after(1));
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn uncompiled(error: CompileFailure) -> Problem {
    tracing::error!("a rule resource was not compiled: {error}");
    let message = "The tables and named expressions could not be compiled now.";
    Problem::new(&codes::UNAVAILABLE, message).retry_after(2)
}
