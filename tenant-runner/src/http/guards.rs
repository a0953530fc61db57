//! The guards of a directory: look, and set their limits.
//!
//! Invariants: limits are no part of a configuration, so a change of them asks nobody to approve a plan again (D-67); it
//! needs the right to approve, because wider limits approve what comes later.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, PathParams, Problem, codes};
use syncline_model::{DirectoryId, TenantId};
use syncline_store::tenant::TenantRead;

use super::Tenant;
use super::context::{Context, refused};
use crate::jobs::guards;
use crate::resource::guards::{GuardLimits, Guards, GuardsPatch};

/// Most percent.
const PERCENT_MAX: u8 = 100;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::GUARDS_GET, get, |d| {
            d.returns_versioned::<Guards>(200, "The limits.")
        })
        .serve(&ops::GUARDS_UPDATE, update, |d| {
            d.body::<GuardsPatch>()
                .returns_versioned::<Guards>(200, "Changed.")
                .fails(&[&codes::INVALID])
        })
}

async fn get(
    context: Context,
    PathParams((_, directory)): PathParams<(TenantId, DirectoryId)>,
) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    Ok(answer(load(&mut read, directory).await?))
}

async fn update(
    context: Context,
    PathParams((_, directory)): PathParams<(TenantId, DirectoryId)>,
    seen: IfMatch,
    Body(patch): Body<GuardsPatch>,
) -> Result<Response, Problem> {
    let mut tx = context.write().await?;
    let before = load(&mut tx, directory).await?;
    seen.check(before.version)?;
    let limits = before.limits.patched(&patch);
    valid(&limits)?;
    let value = serde_json::to_vec(&limits).map_err(|_| Problem::internal())?;
    tx.setting_put(&guards::setting(directory), before.version, &value)
        .await
        .map_err(refused)?;
    let detail = json!({"before": before.limits, "after": limits});
    tx.audit(context.act("directories.guards.update", directory, detail));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    Ok(answer(Guards {
        directory,
        version: before.version + 1,
        limits,
    }))
}

async fn load(read: &mut TenantRead, directory: DirectoryId) -> Result<Guards, Problem> {
    let row = read.directory(directory).await.map_err(refused)?;
    row.ok_or_else(Problem::not_found)?;
    let setting = read.setting(&guards::setting(directory)).await;
    let setting = setting.map_err(refused)?;
    Ok(Guards {
        directory,
        version: setting.as_ref().map_or(0, |s| s.version),
        limits: guards::limits_in(setting.as_ref()),
    })
}

fn answer(guards: Guards) -> Response {
    ([(header::ETAG, etag(guards.version))], Body(guards)).into_response()
}

/// What is wrong with limits: where, and what would be right.
fn wrong(limits: &GuardLimits) -> Vec<(&'static str, &'static str)> {
    let percentages = [
        ("/delete/percent", limits.delete.percent),
        ("/create/percent", limits.create.percent),
    ];
    let mut wrong: Vec<_> = percentages
        .into_iter()
        .filter(|(_, percent)| *percent > PERCENT_MAX)
        .map(|(at, _)| (at, "A percentage from 0 to 100."))
        .collect();
    if limits.delete.at_most < limits.delete.at_least {
        let text = "The largest limit is not below the smallest, `at_least`.";
        wrong.push(("/delete/at_most", text));
    }
    wrong
}

fn valid(limits: &GuardLimits) -> Result<(), Problem> {
    let wrong = wrong(limits);
    if wrong.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(&codes::INVALID, "The limits cannot be used.");
    Err(wrong.into_iter().fold(problem, |problem, (at, text)| {
        problem.field(at, "range", text)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::guards::DeleteGuard;

    #[test]
    fn what_a_patch_does_not_name_stays() {
        let patch = |text: &str| serde_json::from_str(text).unwrap();
        let narrow = r#"{"delete": {"at_least": 1, "at_most": 2, "percent": 3}}"#;
        let before = GuardLimits::default().patched(&patch(narrow));

        let after = before.patched(&patch(r#"{"delete": {"percent": 4}}"#));

        let expected = DeleteGuard {
            percent: 4,
            ..before.delete
        };
        assert_eq!(after.delete, expected);
        assert_eq!(
            (after.mode, after.create),
            (GuardLimits::default().mode, GuardLimits::default().create)
        );
    }

    #[test]
    fn limits_that_contradict_each_other_are_refused_with_every_reason() {
        assert!(wrong(&GuardLimits::default()).is_empty());
        let mut limits = GuardLimits::default();
        limits.create.percent = 101;
        limits.delete = DeleteGuard {
            at_least: 6,
            at_most: 5,
            percent: 200,
        };

        let fields: Vec<&str> = wrong(&limits).into_iter().map(|(at, _)| at).collect();

        assert_eq!(
            fields,
            ["/delete/percent", "/create/percent", "/delete/at_most"]
        );
    }
}
