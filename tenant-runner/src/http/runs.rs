//! Runs, their messages, and what they sent.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, codes, cursor};
use syncline_model::approval::ReleasedBy;
use syncline_model::run::RunKind;
use syncline_model::{DirectoryId, RunId, TenantId};
use syncline_store::tenant::{self as store, LogFilter, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::{messages, what_ifs};
use crate::jobs::what_if;
use crate::present;
use crate::resource::directory::LastRun;
use crate::resource::instant::Instant;
use crate::resource::message::Message;
use crate::resource::run::{Run, RunFilter, SentOperation};
use crate::resource::what_if::{PlannedOperation, WhatIf};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::RUNS_LIST, list, |d| {
            d.query::<RunFilter>()
                .returns::<Page<Run>>(200, "Newest first.")
        })
        .serve(&ops::RUNS_GET, get, |d| d.returns::<Run>(200, "The run."))
        .serve(&ops::RUNS_MESSAGES, of_run, |d| {
            d.query::<PageQuery>()
                .returns::<Page<Message>>(200, "The last seen first.")
        })
        .serve(&ops::RUNS_OPERATIONS, sent, |d| {
            d.query::<PageQuery>()
                .returns::<Page<SentOperation>>(200, "In the order of sending.")
        })
        .serve(&ops::RUNS_UNDO, undo, |d| {
            d.returns::<Page<WhatIf>>(202, "Being computed, one for each profile.")
                .fails(&[&codes::CONFLICT])
        })
}

async fn list(
    context: Context,
    Params(filter): Params<RunFilter>,
) -> Result<Body<Page<Run>>, Problem> {
    let page = PageQuery {
        cursor: filter.cursor,
        limit: filter.limit,
    };
    let scope = format!(
        "runs {:?} {:?} {:?}",
        filter.directory, filter.profile, filter.cycle
    );
    let wanted = store::RunFilter {
        directory: filter.directory,
        profile: filter.profile,
        cycle: filter.cycle,
        before: position(&context, &scope, &page)?.map(RunId),
    };
    let mut read = context.read().await?;
    let rows = read
        .runs(&wanted, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, &scope, last.id.get())
    });
    Ok(Body(Page {
        items: part.items.into_iter().map(view).collect(),
        next: part.next,
    }))
}

async fn get(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RunId)>,
) -> Result<Body<Run>, Problem> {
    let row = context.read().await?.run(id).await.map_err(refused)?;
    Ok(Body(view(row.ok_or_else(Problem::not_found)?)))
}

async fn of_run(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RunId)>,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<Message>>, Problem> {
    let mut read = context.read().await?;
    read.run(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    drop(read);
    let filter = LogFilter {
        run: Some(id),
        ..LogFilter::default()
    };
    messages::page(&context, &filter, &format!("run messages {id}"), &page).await
}

async fn sent(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RunId)>,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<SentOperation>>, Problem> {
    let mut read = context.read().await?;
    read.run(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let scope = format!("operations of {id}");
    let after = position(&context, &scope, &page)?.unwrap_or(0);
    let rows = read
        .releases(id, after, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, &scope, last.export_seq)
    });
    let rules = present::Rules::load(&mut read).await.map_err(refused)?;
    let ops = part.items.iter().map(|row| row.op.clone()).collect();
    let types = context.app.db.types();
    let shown = present::operations(&mut read, &rules, &types, &context.app.db.attrs(), ops)
        .await
        .map_err(refused)?;
    let items = part.items.into_iter().zip(shown);
    Ok(Body(Page {
        items: items
            .map(|(row, operation)| sent_operation(row, operation))
            .collect(),
        next: part.next,
    }))
}

async fn undo(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, RunId)>,
) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    let run = read.run(id).await.map_err(refused)?;
    let run = run.ok_or_else(Problem::not_found)?;
    if run.kind != RunKind::Export || run.status.is_none() {
        return Err(Problem::new(
            &codes::CONFLICT,
            "Only an export that has ended can be undone.",
        ));
    }
    let profiles = read.release_profiles(id).await.map_err(refused)?;
    drop(read);
    let mut items = Vec::new();
    for profile in profiles {
        let known = context.read().await?.profile(profile).await;
        if known.map_err(refused)?.is_none() {
            // A deleted profile sends nothing; what it sent stays in the list of the run.
            continue;
        }
        let what_if = what_if::start(&context.app, profile, Some(id), &context.actor())
            .await
            .map_err(refused)?;
        let mut read = context.read().await?;
        if let Some(row) = read.whatif(what_if).await.map_err(refused)? {
            items.push(what_ifs::view(&mut read, row).await?);
        }
    }
    Ok((StatusCode::ACCEPTED, Body(Page::last(items))).into_response())
}

fn sent_operation(row: store::Release, operation: PlannedOperation) -> SentOperation {
    let (released_by, approval) = match row.released_by {
        ReleasedBy::Plan(id) => ("plan", id),
        ReleasedBy::Guard(id) => ("guard", id),
        ReleasedBy::Live(id) => ("live", id),
    };
    SentOperation {
        operation,
        sent_at: Instant::from_unix_ms(row.at_ms),
        released_by: released_by.to_owned(),
        approval,
        outcome: row.outcome,
    }
}

/// The latest run of one of these kinds on a directory.
pub(super) async fn last(
    read: &mut TenantRead,
    directory: DirectoryId,
    kinds: &[RunKind],
) -> Result<Option<LastRun>, Problem> {
    let filter = store::RunFilter {
        directory: Some(directory),
        ..store::RunFilter::default()
    };
    let rows = read.runs(&filter, 20).await.map_err(refused)?;
    Ok(rows
        .into_iter()
        .find(|run| kinds.contains(&run.kind))
        .map(|run| LastRun {
            run: run.id,
            kind: run.kind,
            status: run.status,
            progress: run.status.is_none().then_some(run.progress),
            started_at: Instant::from_unix_ms(run.started_ms.unwrap_or(run.queued_ms)),
        }))
}

/// A run as it is shown.
pub(super) fn view(run: store::Run) -> Run {
    let (timings_ms, counts) = run
        .doc
        .counts
        .into_iter()
        .partition(|(name, _)| name.ends_with("_ms"));
    Run {
        id: run.id,
        kind: run.kind,
        directory: run.directory,
        profile: run.profile,
        cycle: run.cycle,
        follows: run.doc.follows,
        status: run.status,
        progress: run.status.is_none().then_some(run.progress),
        counts,
        reason: run.doc.message,
        started_at: Instant::from_unix_ms(run.started_ms.unwrap_or(run.queued_ms)),
        ended_at: run.ended_ms.map(Instant::from_unix_ms),
        timings_ms,
    }
}

/// One page of stored rows, before they are shown.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

/// Cuts `limit + 1` fetched rows to a page: where there is one more, `cursor_of` the last kept row is `next`.
pub(super) fn cut<T>(
    mut items: Vec<T>,
    limit: u32,
    cursor_of: impl FnOnce(&T) -> String,
) -> Part<T> {
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().filter(|_| more).map(cursor_of);
    Part { items, next }
}

/// The number in a cursor of a list.
pub(super) fn position(
    context: &Context,
    scope: &str,
    page: &PageQuery,
) -> Result<Option<i64>, Problem> {
    let Some(cursor) = &page.cursor else {
        return Ok(None);
    };
    let text = cursor::open(&context.app.cursor_key, scope, cursor)?;
    Ok(text.parse().ok())
}

/// A cursor at a number of a list.
pub(super) fn sealed(context: &Context, scope: &str, number: i64) -> String {
    cursor::seal(&context.app.cursor_key, scope, &number.to_string())
}
