//! The scheduler: look, set what holds for every profile, pause, hold every export.
//!
//! Invariants: one answer is told from one picture; who only looks changes nothing.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Problem, codes};
use syncline_model::ProfileId;
use syncline_model::approval::ReviewState;

use super::Tenant;
use super::context::{Context, now_ms, refused};
use crate::desk::Switches;
use crate::jobs::{self, DUE_EXPORT};
use crate::profile::EVERY_S_MIN;
use crate::resource::instant::Instant;
use crate::resource::scheduler::{ScheduledProfile, Scheduler, SchedulerPatch};
use crate::schedule::board::Wave;
use crate::schedule::outlook::{duration, outlook};
use crate::schedule::picture::Picture;
use crate::schedule::settings::{Schedules, TenantSchedule};
use crate::schedule::timetable;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::SCHEDULER_GET, get, |d| {
            d.returns_versioned::<Scheduler>(200, "What is coming, and why something is not.")
        })
        .serve(&ops::SCHEDULER_UPDATE, update, |d| {
            d.body::<SchedulerPatch>()
                .returns_versioned::<Scheduler>(200, "Changed.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::SCHEDULER_PAUSE, pause, |d| {
            d.returns_versioned::<Scheduler>(200, "Paused.")
        })
        .serve(&ops::SCHEDULER_RESUME, resume, |d| {
            d.returns_versioned::<Scheduler>(200, "Resumed.")
        })
        .serve(&ops::EXPORTS_HOLD, hold, |d| {
            d.returns_versioned::<Scheduler>(200, "Every export is held.")
        })
        .serve(&ops::EXPORTS_RELEASE, release, |d| {
            d.returns_versioned::<Scheduler>(200, "Exports go again.")
        })
}

async fn get(context: Context) -> Result<Response, Problem> {
    let picture = Picture::take(&context.app).await.map_err(refused)?;
    let told = told(&picture);
    Ok(([(header::ETAG, etag(told.version))], Body(told)).into_response())
}

/// The whole schedule of a picture.
fn told(picture: &Picture) -> Scheduler {
    let waves = picture.waves();
    let set = &picture.schedules;
    let profiles: Vec<ScheduledProfile> = waves
        .iter()
        .filter_map(|wave| scheduled(picture, wave))
        .collect();
    let every = picture
        .profiles
        .iter()
        .filter_map(|who| set.of(who.id).1.every_s(&who.triggers));
    let next = profiles
        .iter()
        .filter_map(|p| Some((p.next_at?, p.schedule.next_policy)))
        .min_by_key(|(at, _)| *at);
    Scheduler {
        version: set.version,
        paused: picture.switches.paused,
        exports_held: picture.switches.exports_held,
        time_zone: set.tenant.time_zone.clone(),
        cycles_enabled: set.tenant.cycles_enabled,
        maintenance_enabled: set.tenant.maintenance_enabled,
        allowed_interval: duration(EVERY_S_MIN),
        effective_interval: every.min().map(duration),
        next_cycle_at: next.map(|(at, _)| at),
        next_cycle_policy: next.map(|(_, policy)| policy),
        cycle: picture.desk.current.as_ref().map(|(cycle, _)| *cycle),
        now: Instant::from_unix_ms(picture.now_ms),
        jobs: picture.jobs(&waves),
        profiles,
    }
}

fn scheduled(picture: &Picture, wave: &Wave) -> Option<ScheduledProfile> {
    let who = picture.who(wave.profile)?;
    let of_it = picture.staged.iter().filter(|(_, p, _)| *p == who.id);
    let staged: i64 = of_it.map(|(_, _, n)| n).sum();
    let due_ms = picture.due_ms(who.id);
    let schedule = outlook(&picture.schedules, who.id, &who.triggers, due_ms);
    let current = picture.desk.current.as_ref();
    Some(ScheduledProfile {
        profile: who.id,
        name: who.name.clone(),
        group: wave.group,
        next_at: schedule.next_run_at,
        on_change: who.triggers.on_change,
        running: current.is_some_and(|(_, profiles)| profiles.contains(&who.id)),
        waiting_for: waiting_for(staged, who.review, picture.switches),
        schedule,
        jobs: wave.jobs.iter().map(ToString::to_string).collect(),
        predicted_ms: wave.length_ms,
        why_not: picture.why_not(wave),
    })
}

async fn update(
    context: Context,
    seen: IfMatch,
    Body(patch): Body<SchedulerPatch>,
) -> Result<Response, Problem> {
    let mut tx = context.write().await?;
    let mut schedules = Schedules::load(&mut tx).await.map_err(refused)?;
    seen.check(schedules.version)?;
    let before = schedules.tenant.clone();
    let after = patched(&before, patch)?;
    let put = schedules.put_tenant(&mut tx, after.clone(), now_ms()).await;
    put.map_err(refused)?;
    let detail = json!({"before": before, "after": after});
    tx.audit(context.act(ops::SCHEDULER_UPDATE.id, context.app.db.tenant(), detail));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    if after.cycles_enabled && !before.cycles_enabled {
        reopened(&context, None).await?;
    }
    context.app.desk.poke();
    get(context).await
}

fn patched(before: &TenantSchedule, patch: SchedulerPatch) -> Result<TenantSchedule, Problem> {
    let after = TenantSchedule {
        time_zone: patch.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        cycles_enabled: patch.cycles_enabled.unwrap_or(before.cycles_enabled),
        maintenance_enabled: patch
            .maintenance_enabled
            .unwrap_or(before.maintenance_enabled),
    };
    if timetable::zone(&after.time_zone).is_none() {
        let problem = Problem::new(&codes::INVALID, "There is no such time zone.");
        let text = "A name of the IANA time zone database, such as `Europe/Berlin` or `UTC`.";
        return Err(problem.field("/time_zone", "unknown", text));
    }
    Ok(after)
}

/// Profiles start on changes again, one or all of them: what changed meanwhile was not heard of.
pub(super) async fn reopened(context: &Context, profile: Option<ProfileId>) -> Result<(), Problem> {
    let edges = jobs::edges(&context.app.db).await.map_err(refused)?;
    let again = edges
        .iter()
        .filter(|(id, _)| profile.is_none_or(|profile| profile == **id));
    for directory in again.flat_map(|(_, edges)| &edges.reads) {
        context.app.desk.changed(*directory);
    }
    Ok(())
}

fn waiting_for(staged: i64, review: ReviewState, switches: Switches) -> Option<String> {
    if staged == 0 {
        return None;
    }
    let why = if switches.exports_held {
        "Every export of the tenant is held; release exports to go on."
    } else {
        match review {
            ReviewState::NeedsReview => "The profile needs review: approve a what-if of it.",
            ReviewState::ApprovedPlan => {
                "The approved plan is being sent; what appeared since asks again."
            }
            ReviewState::Live if switches.paused => "The scheduler is paused.",
            ReviewState::Live => "The next export, or the approval of what a guard holds.",
        }
    };
    Some(format!("{staged} staged. {why}"))
}

async fn pause(context: Context) -> Result<Response, Problem> {
    switch(context, "scheduler.pause", |s| s.paused = true).await
}

async fn resume(context: Context) -> Result<Response, Problem> {
    switch(context, "scheduler.resume", |s| s.paused = false).await
}

async fn hold(context: Context) -> Result<Response, Problem> {
    switch(context, "exports.hold", |s| s.exports_held = true).await
}

async fn release(context: Context) -> Result<Response, Problem> {
    switch(context, "exports.release", |s| s.exports_held = false).await
}

async fn switch(
    context: Context,
    action: &str,
    change: impl FnOnce(&mut Switches),
) -> Result<Response, Problem> {
    let mut tx = context.write().await?;
    let stored = tx.setting(Switches::SETTING).await.map_err(refused)?;
    let mut switches = Switches::read(stored.as_ref());
    let was_held = switches.exports_held;
    change(&mut switches);
    let version = stored.map_or(0, |s| s.version);
    tx.setting_put(Switches::SETTING, version, &switches.write())
        .await
        .map_err(refused)?;
    if was_held && !switches.exports_held {
        // What was held has nobody else who would send it: not even a cycle that is due, if it came while they were held.
        for profile in tx.profiles().await.map_err(refused)? {
            let id = profile.id.get();
            let asked = tx.due_ask(DUE_EXPORT, id, now_ms()).await;
            asked.map_err(refused)?;
        }
    }
    tx.audit(context.act(action, context.app.db.tenant(), json!({})));
    tx.commit().await.map_err(refused)?;
    context.app.outbox_grew();
    context.app.desk.set_switches(switches);
    get(context).await
}
