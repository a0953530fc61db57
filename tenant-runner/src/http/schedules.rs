//! When a profile runs by itself: look, and set it.
//!
//! Invariants: a change is one transaction with the instant at which the profile is due next; it is no part of what is
//! approved, and what lets something be sent again needs the right to approve.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, PathParams, Problem, Right, codes};
use syncline_model::profile::parse_every;
use syncline_model::{ProfileId, TenantId};
use syncline_store::tenant::{ProfileRow, TenantRead, TenantTx};

use super::Tenant;
use super::context::{Context, now_ms, refused};
use super::scheduler::reopened;
use crate::desk::DUE_INTERVAL;
use crate::jobs::DUE_EXPORT;
use crate::profile::EVERY_S_MIN;
use crate::resource::cycle::Exports;
use crate::resource::instant::Instant;
use crate::resource::schedule::{ProfileSchedule, SchedulePatch};
use crate::schedule::outlook::outlook;
use crate::schedule::settings::{self, NEVER, OF_PROFILE, Schedules};

/// The farthest that a start may be put off, in milliseconds.
const FARTHEST_MS: i64 = 366 * 24 * 3_600_000;
/// Most times of day.
const TIMES_MAX: usize = 48;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::PROFILE_SCHEDULE_GET, get, |d| {
            d.returns_versioned::<ProfileSchedule>(200, "When it runs, and what comes next.")
        })
        .serve(&ops::PROFILE_SCHEDULE_UPDATE, update, |d| {
            d.body::<SchedulePatch>()
                .returns_versioned::<ProfileSchedule>(200, "Changed.")
                .fails(&[&codes::INVALID])
        })
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    let row = found(&mut read, id).await?;
    let schedules = Schedules::load(&mut read).await.map_err(refused)?;
    Ok(answer(view(&mut read, &schedules, &row).await?))
}

async fn update(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ProfileId)>,
    seen: IfMatch,
    Body(patch): Body<SchedulePatch>,
) -> Result<Response, Problem> {
    let mut tx = context.write().await?;
    let row = found(&mut tx, id).await?;
    let mut schedules = Schedules::load(&mut tx).await.map_err(refused)?;
    let (version, before) = schedules.of(id);
    seen.check(version)?;
    let after = patched(&before, &patch);
    valid(&after, &patch, now_ms())?;
    let is_released = before.exports == Exports::Suppress && after.exports == Exports::Allowed;
    if is_released && !context.may(Right::Approve) {
        return Err(Problem::no_right(Right::Approve));
    }
    let put = schedules.put(&mut tx, id, after.clone()).await;
    put.map_err(refused)?;
    if (&before.interval, &before.calendar) != (&after.interval, &after.calendar) {
        let planned = schedules.plan(&mut tx, &row, now_ms()).await;
        planned.map_err(refused)?;
    }
    if let Some(at) = patch.next_run_at {
        starts_next(&mut tx, id, at).await?;
    }
    if is_released {
        // What was staged meanwhile has nobody else who would send it.
        let asked = tx.due_ask(DUE_EXPORT, id.get(), now_ms()).await;
        asked.map_err(refused)?;
    }
    let detail = json!({"before": before, "after": after, "next_run_at": patch.next_run_at});
    tx.audit(context.act(ops::PROFILE_SCHEDULE_UPDATE.id, id, detail));
    let told = view(&mut tx, &schedules, &row).await?;
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    if after.enabled && !before.enabled {
        reopened(&context, Some(id)).await?;
    }
    context.app.desk.poke();
    Ok(answer(told))
}

async fn found(read: &mut TenantRead, id: ProfileId) -> Result<ProfileRow, Problem> {
    let row = read.profile(id).await.map_err(refused)?;
    row.ok_or_else(Problem::not_found)
}

async fn view(
    read: &mut TenantRead,
    schedules: &Schedules,
    row: &ProfileRow,
) -> Result<ProfileSchedule, Problem> {
    let due = read.due().await.map_err(refused)?;
    let is_of = |kind: &str, subject: i64| kind == DUE_INTERVAL && subject == row.id.get();
    let due = due.iter().find(|due| is_of(&due.kind, due.subject));
    let due_ms = due.map(|due| due.at_ms);
    Ok(outlook(schedules, row.id, &row.doc.triggers, due_ms))
}

fn answer(told: ProfileSchedule) -> Response {
    ([(header::ETAG, etag(told.version))], Body(told)).into_response()
}

async fn starts_next(tx: &mut TenantTx, id: ProfileId, at: Instant) -> Result<(), Problem> {
    let forgot = tx.due_forget(Some(DUE_INTERVAL), id.get()).await;
    forgot.map_err(refused)?;
    let asked = tx.due_ask(DUE_INTERVAL, id.get(), at.unix_ms()).await;
    asked.map_err(refused)
}

/// What is set after a patch.
fn patched(before: &settings::ProfileSchedule, patch: &SchedulePatch) -> settings::ProfileSchedule {
    let mut calendar = patch.calendar.clone();
    if let Some(calendar) = &mut calendar {
        calendar.at.sort_unstable();
        calendar.at.dedup();
        calendar.days.sort_unstable();
        calendar.days.dedup();
    }
    settings::ProfileSchedule {
        enabled: patch.enabled.unwrap_or(before.enabled),
        interval: patch
            .interval
            .clone()
            .unwrap_or_else(|| before.interval.clone()),
        calendar: calendar.unwrap_or_else(|| before.calendar.clone()),
        skip_next: patch.skip_next.unwrap_or(before.skip_next),
        next_policy: patch.next_policy.unwrap_or(before.next_policy),
        exports: patch.exports.unwrap_or(before.exports),
    }
}

/// What is wrong with a schedule: where, and what would be right.
fn wrong(
    after: &settings::ProfileSchedule,
    patch: &SchedulePatch,
    now_ms: i64,
) -> Vec<(&'static str, &'static str)> {
    let mut wrong = Vec::new();
    let interval = after.interval.as_str();
    let is_word = [OF_PROFILE, NEVER].contains(&interval);
    if !is_word && parse_every(interval).is_none_or(|seconds| seconds < EVERY_S_MIN) {
        let text =
            "`profile`, `never`, or an ISO 8601 duration of at least a minute, such as `PT15M`.";
        wrong.push(("/interval", text));
    }
    if after.calendar.at.len() > TIMES_MAX {
        wrong.push(("/calendar/at", "At most 48 times of day."));
    }
    if after.calendar.between.is_some_and(|b| b.from == b.to) {
        let text =
            "The end is another time than the beginning; leave `between` out for the whole day.";
        wrong.push(("/calendar/between/to", text));
    }
    let too_far = |at: Instant| at.unix_ms() > now_ms + FARTHEST_MS;
    if patch.next_run_at.is_some_and(too_far) {
        wrong.push(("/next_run_at", "An instant within a year."));
    }
    wrong
}

fn valid(
    after: &settings::ProfileSchedule,
    patch: &SchedulePatch,
    now_ms: i64,
) -> Result<(), Problem> {
    let wrong = wrong(after, patch, now_ms);
    if wrong.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(&codes::INVALID, "The schedule cannot be used.");
    Err(wrong.into_iter().fold(problem, |problem, (at, text)| {
        problem.field(at, "range", text)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(json: serde_json::Value) -> SchedulePatch {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_a_patch_does_not_name_stays() {
        let usual = settings::ProfileSchedule::default();

        let after = patched(&usual, &patch(json!({"skip_next": true})));

        assert_eq!(
            after,
            settings::ProfileSchedule {
                skip_next: true,
                ..usual
            }
        );
    }

    #[test]
    fn times_are_kept_in_their_order_once_each() {
        let usual = settings::ProfileSchedule::default();
        let times =
            json!({"calendar": {"at": ["18:00", "06:00", "18:00"], "days": ["friday", "monday"]}});

        let after = patched(&usual, &patch(times));

        let kept = serde_json::to_value(&after.calendar).unwrap();
        assert_eq!(
            kept,
            json!({"at": ["06:00", "18:00"], "days": ["monday", "friday"], "between": null})
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_every_reason() {
        let bad = patch(json!({
            "interval": "PT5S",
            "calendar": {"between": {"from": "06:00", "to": "06:00"}},
            "next_run_at": "2030-01-01T00:00:00Z",
        }));
        let after = patched(&settings::ProfileSchedule::default(), &bad);

        let fields: Vec<&str> = wrong(&after, &bad, 0)
            .into_iter()
            .map(|(at, _)| at)
            .collect();

        assert_eq!(
            fields,
            ["/interval", "/calendar/between/to", "/next_run_at"]
        );
    }
}
