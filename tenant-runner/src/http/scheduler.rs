//! The scheduler: look, pause, hold every export.

use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Problem};
use syncline_model::approval::ReviewState;
use syncline_store::tenant::Durability;

use super::Tenant;
use super::context::{Context, now_ms, refused};
use crate::desk::Switches;
use crate::jobs::DUE_EXPORT;
use crate::resource::instant::Instant;
use crate::resource::scheduler::{ScheduledProfile, Scheduler};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::SCHEDULER_GET, get, |d| {
            d.returns::<Scheduler>(200, "What is coming.")
        })
        .serve(&ops::SCHEDULER_PAUSE, pause, |d| {
            d.returns::<Scheduler>(200, "Paused.")
        })
        .serve(&ops::SCHEDULER_RESUME, resume, |d| {
            d.returns::<Scheduler>(200, "Resumed.")
        })
        .serve(&ops::EXPORTS_HOLD, hold, |d| {
            d.returns::<Scheduler>(200, "Every export is held.")
        })
        .serve(&ops::EXPORTS_RELEASE, release, |d| {
            d.returns::<Scheduler>(200, "Exports go again.")
        })
}

async fn get(context: Context) -> Result<Body<Scheduler>, Problem> {
    let mut read = context.app.db.read().await.map_err(refused)?;
    let profiles = read.profiles().await.map_err(refused)?;
    let pending = read.pending_counts().await.map_err(refused)?;
    let due = read.due().await.map_err(refused)?;
    drop(read);
    let switches = context.app.desk.switches();
    let scheduled = profiles.into_iter().map(|profile| {
        let staged: i64 = pending
            .iter()
            .filter(|(_, p, _)| *p == profile.id)
            .map(|(_, _, n)| n)
            .sum();
        let next = due
            .iter()
            .find(|d| d.kind == crate::desk::DUE_INTERVAL && d.subject == profile.id.get());
        ScheduledProfile {
            profile: profile.id,
            next_at: next.map(|due| Instant::from_unix_ms(due.at_ms)),
            on_change: profile.doc.triggers.on_change,
            running: context.app.desk.is_running(profile.id),
            waiting_for: waiting_for(staged, profile.review.state, switches),
        }
    });
    Ok(Body(Scheduler {
        paused: switches.paused,
        exports_held: switches.exports_held,
        profiles: scheduled.collect(),
    }))
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

async fn pause(context: Context) -> Result<Body<Scheduler>, Problem> {
    switch(context, "scheduler.pause", |s| s.paused = true).await
}

async fn resume(context: Context) -> Result<Body<Scheduler>, Problem> {
    switch(context, "scheduler.resume", |s| s.paused = false).await
}

async fn hold(context: Context) -> Result<Body<Scheduler>, Problem> {
    switch(context, "exports.hold", |s| s.exports_held = true).await
}

async fn release(context: Context) -> Result<Body<Scheduler>, Problem> {
    switch(context, "exports.release", |s| s.exports_held = false).await
}

async fn switch(
    context: Context,
    action: &str,
    change: impl FnOnce(&mut Switches),
) -> Result<Body<Scheduler>, Problem> {
    let mut tx = context
        .app
        .db
        .write(Durability::Durable)
        .await
        .map_err(refused)?;
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
