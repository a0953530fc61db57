//! Cycles: order one, wait for one.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, codes};
use syncline_model::{CycleId, TenantId};
use syncline_store::chain::Act;
use syncline_store::tenant::{self as store, RunFilter, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::runs::{self, cut, position, sealed};
use crate::desk::{CycleDoc, Request};
use crate::resource::cycle::{Blocked, Cycle, CycleState, CycleWait, Exports, NewCycle};
use crate::resource::instant::Instant;
use crate::schedule::order::Trigger;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::CYCLES_CREATE, create, |d| {
            d.body::<NewCycle>()
                .returns::<Cycle>(202, "Ordered, or joined to a cycle that waits.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::CYCLES_LIST, list, |d| {
            d.query::<PageQuery>()
                .returns::<Page<Cycle>>(200, "Newest first.")
        })
        .serve(&ops::CYCLES_GET, get, |d| {
            d.query::<CycleWait>().returns::<Cycle>(200, "The cycle.")
        })
}

async fn create(context: Context, Body(new): Body<NewCycle>) -> Result<Response, Problem> {
    let known: BTreeSet<_> = {
        let mut read = context.app.db.read().await.map_err(refused)?;
        read.profiles()
            .await
            .map_err(refused)?
            .into_iter()
            .map(|p| p.id)
            .collect()
    };
    let profiles = match new.profiles {
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
    let request = Request {
        trigger: Trigger::Call,
        profiles,
        imports: None,
        full: new.full,
        exports: new.exports == Exports::Allowed,
    };
    ordered(&context, "cycles.create", request).await
}

async fn list(
    context: Context,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<Cycle>>, Problem> {
    let before = position(&context, "cycles", &page)?.map(CycleId);
    let mut read = context.app.db.read().await.map_err(refused)?;
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
    let mut read = context.app.db.read().await.map_err(refused)?;
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
    let ordered = context.app.desk.order(request, Some(act)).await;
    let cycle = ordered.map_err(refused)?;
    context.app.outbox_grew();
    let mut read = context.app.db.read().await.map_err(refused)?;
    let row = read
        .cycle(cycle)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, Body(view(&mut read, row).await?)).into_response())
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
    Ok(Cycle {
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
