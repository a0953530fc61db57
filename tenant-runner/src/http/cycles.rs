//! Cycles: order one, wait for one.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, codes};
use syncline_model::{CycleId, DirectoryId, ProfileId, TenantId};
use syncline_store::chain::Act;
use syncline_store::tenant::{self as store, RunFilter, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::runs::{self, cut, position, sealed};
use crate::desk::{CycleDoc, OnBusy, Ordered, Request};
use crate::profile::source;
use crate::resource::cycle::{
    Blocked, Cycle, CyclePreview, CycleState, CycleWait, Exports, NewCycle, Policy, StartedCycle,
    Target, WhenBusy,
};
use crate::resource::instant::Instant;
use crate::schedule::order::Trigger;
use crate::schedule::picture::Picture;
use crate::schedule::preview::Asked;

/// Who is refused because another cycle runs may come back after this many seconds.
const BUSY_S: u32 = 5;
/// Cycles before one that are looked through for such as it.
const LIKE_IT: i64 = 50;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::CYCLES_CREATE, create, |d| {
            d.body::<NewCycle>()
                .returns::<StartedCycle>(202, "Ordered, or joined to one that runs or waits.")
                .fails(&[&codes::INVALID, &codes::BUSY])
        })
        .serve(&ops::CYCLES_PREVIEW, preview, |d| {
            d.body::<NewCycle>()
                .returns::<CyclePreview>(200, "Its jobs; nothing was started.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::CYCLES_LIST, list, |d| {
            d.query::<PageQuery>()
                .returns::<Page<Cycle>>(200, "Newest first.")
        })
        .serve(&ops::CYCLES_GET, get, |d| {
            d.query::<CycleWait>().returns::<Cycle>(200, "The cycle.")
        })
        .serve(&ops::CYCLES_STOP, stop, |d| {
            d.returns::<Cycle>(200, "It stops, or never began.")
                .fails(&[&codes::CONFLICT])
        })
}

async fn create(context: Context, Body(new): Body<NewCycle>) -> Result<Response, Problem> {
    let wait = new.duration();
    let (profiles, imports) = checked(&context, new.profiles, new.directories).await?;
    let request = Request {
        trigger: Trigger::Call,
        profiles,
        imports,
        full: new.policy == Policy::Initial,
        exports: new.exports == Exports::Allowed,
    };
    let on_busy = match new.on_busy {
        WhenBusy::Join => OnBusy::Join,
        WhenBusy::Reject => OnBusy::Reject,
        WhenBusy::Queue => OnBusy::Queue,
    };
    ordered(&context, "cycles.create", request, on_busy, wait).await
}

/// What a cycle would do now.
async fn preview(
    context: Context,
    Body(new): Body<NewCycle>,
) -> Result<Body<CyclePreview>, Problem> {
    let (profiles, imports) = checked(&context, new.profiles, new.directories).await?;
    let asked = Asked {
        profiles,
        imports,
        exports: new.exports == Exports::Allowed,
    };
    let picture = Picture::take(&context.app).await.map_err(refused)?;
    Ok(Body(picture.preview(&asked)))
}

/// The profiles and directories that are asked for, all of which exist.
async fn checked(
    context: &Context,
    profiles: Option<Vec<ProfileId>>,
    directories: Option<Vec<DirectoryId>>,
) -> Result<(BTreeSet<ProfileId>, Option<BTreeSet<DirectoryId>>), Problem> {
    let known: BTreeSet<_> = {
        let mut read = context.read().await?;
        read.profiles()
            .await
            .map_err(refused)?
            .into_iter()
            .map(|p| p.id)
            .collect()
    };
    let profiles = match profiles {
        None => known,
        Some(asked) => {
            if let Some(i) = asked.iter().position(|p| !known.contains(p)) {
                let problem = Problem::new(&codes::INVALID, "One of the profiles does not exist.");
                return Err(problem.field(
                    format!("/profiles/{i}"),
                    "unknown",
                    "There is no such profile.",
                ));
            }
            asked.into_iter().collect()
        }
    };
    if let Some(asked) = &directories {
        let mut read = context.read().await?;
        let rows = read.directories().await.map_err(refused)?;
        let unknown = |id: &DirectoryId| rows.iter().all(|row| row.id != *id);
        if let Some(i) = asked.iter().position(unknown) {
            let problem = Problem::new(&codes::INVALID, "One of the directories does not exist.");
            let text = "There is no such directory.";
            return Err(problem.field(format!("/directories/{i}"), "unknown", text));
        }
    }
    let directories = directories.map(|asked| asked.into_iter().collect());
    Ok((profiles, directories))
}

async fn stop(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CycleId)>,
) -> Result<Body<Cycle>, Problem> {
    let act = context.act(ops::CYCLES_STOP.id, id, json!({}));
    let stopped = context.app.desk.stop(id, act).await.map_err(refused)?;
    context.app.outbox_grew();
    let mut read = context.read().await?;
    let row = read
        .cycle(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if !stopped {
        let text = "The cycle has ended; there is nothing to stop.";
        return Err(Problem::new(&codes::CONFLICT, text));
    }
    Ok(Body(view(&mut read, row).await?))
}

async fn list(
    context: Context,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<Cycle>>, Problem> {
    let before = position(&context, "cycles", &page)?.map(CycleId);
    let mut read = context.read().await?;
    let rows = read
        .cycles(before, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, "cycles", last.id.get())
    });
    let mut items = Vec::with_capacity(part.items.len());
    for row in part.items {
        items.push(view(&mut read, row).await?);
    }
    Ok(Body(Page {
        items,
        next: part.next,
    }))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CycleId)>,
    Params(wait): Params<CycleWait>,
) -> Result<Body<Cycle>, Problem> {
    if let Some(longest) = wait.duration() {
        context.app.desk.wait(id, longest).await;
    }
    let mut read = context.read().await?;
    let row = read
        .cycle(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    Ok(Body(view(&mut read, row).await?))
}

/// Orders a cycle for whoever asks, and answers it.
pub(super) async fn ordered(
    context: &Context,
    action: &str,
    request: Request,
    on_busy: OnBusy,
    wait: Option<Duration>,
) -> Result<Response, Problem> {
    let detail = json!({
        "profiles": request.profiles,
        "full": request.full,
        "exports": request.exports,
    });
    let act = Act {
        target: None,
        ..context.act(action, "", detail)
    };
    let desk = &context.app.desk;
    let ordered = desk.order_unless(request, on_busy, act).await;
    let (id, started, joined) = match ordered.map_err(refused)? {
        Ordered::New { cycle, starts } => (cycle, starts, false),
        Ordered::Joined(cycle) => (cycle, false, true),
        Ordered::Busy(cycle) => {
            let text = format!("The cycle {cycle} runs or waits.");
            return Err(Problem::new(&codes::BUSY, text).retry_after(BUSY_S));
        }
    };
    context.app.outbox_grew();
    if let Some(longest) = wait {
        desk.wait(id, longest).await;
    }
    let mut read = context.read().await?;
    let row = read
        .cycle(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let eta = eta(&mut read, &row).await?;
    let answer = StartedCycle {
        cycle: view(&mut read, row).await?,
        started,
        joined,
        eta,
    };
    Ok((StatusCode::ACCEPTED, Body(answer)).into_response())
}

/// When a cycle will have ended, if it takes as long as the last ones over the same profiles did.
async fn eta(read: &mut TenantRead, row: &store::Cycle) -> Result<Option<Instant>, Problem> {
    let like = |other: &store::Cycle| other.doc.get("profiles") == row.doc.get("profiles");
    let last = read.cycles(Some(row.id), LIKE_IT).await.map_err(refused)?;
    let mut took: Vec<i64> = last
        .iter()
        .filter(|other| like(other))
        .filter_map(|other| Some(other.ended_ms? - other.asked_ms))
        .collect();
    took.sort_unstable();
    let usual = took.get(took.len() / 2);
    Ok(usual.map(|ms| Instant::from_unix_ms(row.asked_ms + ms)))
}

/// What a cycle reaches: of every directory that its profiles read, or that it was asked for.
async fn target_vector(
    read: &mut TenantRead,
    doc: &CycleDoc,
    asked_ms: i64,
) -> Result<Vec<Target>, Problem> {
    let at_least = Instant::from_unix_ms(asked_ms);
    let directories: BTreeSet<DirectoryId> = match &doc.imports {
        Some(asked) => asked.iter().copied().collect(),
        None => {
            let profiles = read.profiles().await.map_err(refused)?;
            let mine = profiles.iter().filter(|p| doc.profiles.contains(&p.id));
            mine.flat_map(|p| source::directories(&p.doc)).collect()
        }
    };
    let target = |directory| Target {
        directory,
        at_least,
    };
    Ok(directories.into_iter().map(target).collect())
}

async fn view(read: &mut TenantRead, row: store::Cycle) -> Result<Cycle, Problem> {
    let doc: CycleDoc = serde_json::from_value(row.doc).map_err(|error| {
        tracing::error!(cycle = %row.id, "stored cycle cannot be read: {error}");
        Problem::internal()
    })?;
    let filter = RunFilter {
        cycle: Some(row.id),
        ..RunFilter::default()
    };
    let mut found = read.runs(&filter, 200).await.map_err(refused)?;
    found.reverse();
    let target_vector = target_vector(read, &doc, row.asked_ms).await?;
    Ok(Cycle {
        target_vector,
        id: row.id,
        state: match (row.ended_ms, doc.state) {
            (None, _) if found.is_empty() => CycleState::Queued,
            (None, _) => CycleState::Running,
            (Some(_), state) => state,
        },
        trigger: doc.trigger,
        profiles: doc.profiles,
        runs: found.into_iter().map(runs::view).collect(),
        blocked_by: doc
            .blocked
            .into_iter()
            .map(|b| Blocked {
                profile: b.profile,
                code: b.code,
                text: b.text,
            })
            .collect(),
        changes: doc.changes,
        created_at: Instant::from_unix_ms(row.asked_ms),
        ended_at: row.ended_ms.map(Instant::from_unix_ms),
    })
}
