//! What-ifs: compute, read, approve, reject.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, codes};
use syncline_model::{TenantId, WhatIfId};
use syncline_store::tenant::{self as store, TenantRead, WhatIfFilter, WhatIfRow};

use super::Tenant;
use super::clouds;
use super::context::{Context, refused};
use super::runs::{cut, position, sealed};
use crate::jobs::what_if::WhatIfDoc;
use crate::patterns::Stored;
use crate::present;
use crate::resource::approval::Approved;
use crate::resource::cycle::CycleWait;
use crate::resource::instant::Instant;
use crate::resource::pattern::WhatIfPatterns;
use crate::resource::what_if::*;
use crate::review;

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::WHAT_IFS_CREATE, create, |d| {
            d.body::<NewWhatIf>()
                .returns::<WhatIf>(202, "Being computed.")
                .fails(&[&codes::INVALID, &codes::PROFILE_INVALID])
        })
        .serve(&ops::WHAT_IFS_LIST, list, |d| {
            d.query::<PageQuery>()
                .returns::<Page<WhatIf>>(200, "Newest first.")
        })
        .serve(&ops::WHAT_IFS_GET, get, |d| {
            d.query::<CycleWait>()
                .returns::<WhatIf>(200, "The what-if.")
        })
        .serve(&ops::WHAT_IFS_OPERATIONS, operations, |d| {
            d.query::<WhatIfOperationFilter>()
                .returns::<Page<PlannedOperation>>(200, "In the order they would be sent.")
        })
        .serve(&ops::WHAT_IFS_PATTERNS, patterns, |d| {
            d.returns::<WhatIfPatterns>(200, "The patterns of the plan.")
        })
        .serve(&ops::WHAT_IFS_APPROVE, approve, |d| {
            d.body::<ApprovePlan>()
                .returns::<Approved>(200, "Approved.")
                .fails(&[
                    &codes::PLAN_CHANGED,
                    &codes::PLAN_ALREADY_APPROVED,
                    &codes::APPROVAL_SELF,
                ])
        })
        .serve(&ops::WHAT_IFS_REJECT, reject, |d| {
            d.body::<Reject>()
                .returns::<WhatIf>(200, "Rejected.")
                .fails(&[&codes::CONFLICT])
        })
}

async fn create(context: Context, Body(new): Body<NewWhatIf>) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    let Some(profile) = read.profile(new.profile).await.map_err(refused)? else {
        let problem = Problem::new(&codes::INVALID, "The profile does not exist.");
        return Err(problem.field("/profile", "unknown", "There is no such profile."));
    };
    drop(read);
    super::profiles::hold_cases(&context, &profile.doc).await?;
    let id = crate::jobs::what_if::start(&context.app, new.profile, None, &context.actor())
        .await
        .map_err(refused)?;
    Ok((StatusCode::ACCEPTED, load(&context, id).await?).into_response())
}

async fn list(
    context: Context,
    Params(page): Params<PageQuery>,
) -> Result<Body<Page<WhatIf>>, Problem> {
    let before = position(&context, "what-ifs", &page)?.map(WhatIfId);
    let mut read = context.read().await?;
    let rows = read
        .whatifs(None, before, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, "what-ifs", last.id.get())
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
    PathParams((_, id)): PathParams<(TenantId, WhatIfId)>,
    Params(wait): Params<CycleWait>,
) -> Result<Body<WhatIf>, Problem> {
    if let Some(longest) = wait.duration() {
        crate::jobs::what_if::wait(&context.app, id, longest).await;
    }
    load(&context, id).await
}

async fn load(context: &Context, id: WhatIfId) -> Result<Body<WhatIf>, Problem> {
    let mut read = context.read().await?;
    let row = read
        .whatif(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let profile = read.profile(row.profile).await.map_err(refused)?;
    let permissions = match profile {
        Some(profile) => clouds::permissions_of(&mut read, &profile.doc).await?,
        None => Vec::new(),
    };
    let mut what_if = view(&mut read, row).await?;
    what_if.permissions = permissions;
    Ok(Body(what_if))
}

pub(super) async fn view(read: &mut TenantRead, row: store::WhatIf) -> Result<WhatIf, Problem> {
    let doc: WhatIfDoc = serde_json::from_value(row.doc).unwrap_or_default();
    let holds = read.profile(row.profile).await.map_err(refused)?;
    // What undoes an export follows from what was sent, whatever the rules say by now.
    let stale = row.undo_of.is_none() && holds.is_none_or(|p| p.config_hash != row.config_hash);
    Ok(WhatIf {
        id: row.id,
        profile: row.profile,
        undo_of: row.undo_of,
        version: doc.profile_version,
        state: match row.state {
            store::WhatIfState::Computing => WhatIfState::Computing,
            store::WhatIfState::Ready if stale => WhatIfState::Stale,
            store::WhatIfState::Ready => WhatIfState::Ready,
            store::WhatIfState::Approved => WhatIfState::Approved,
            store::WhatIfState::Rejected => WhatIfState::Rejected,
            store::WhatIfState::Failed => WhatIfState::Failed,
        },
        config_hash: hex::encode(row.config_hash),
        plan_hash: row.plan_hash,
        counts: doc.counts,
        guards: doc.guards,
        forecasts: doc.forecasts,
        findings: doc.findings,
        permissions: Vec::new(),
        reason: doc.reason,
        created_at: Instant::from_unix_ms(row.asked_ms),
        ready_at: row.ended_ms.map(Instant::from_unix_ms),
    })
}

async fn operations(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, WhatIfId)>,
    Params(asked): Params<WhatIfOperationFilter>,
) -> Result<Body<Page<PlannedOperation>>, Problem> {
    let filter = asked.general();
    let mut read = context.read().await?;
    read.whatif(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    let scope = format!(
        "operations of {id} {:?} {:?} {:?} {:?} {:?} {:?}",
        filter.kind, filter.object_type, filter.attribute, filter.text, asked.pattern, asked.new
    );
    let page = PageQuery {
        cursor: filter.cursor.clone(),
        limit: filter.limit,
    };
    let limit = page.limit() as usize;
    let mut after = position(&context, &scope, &page)?
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(-1);
    let types = context.app.db.types();
    let object_type = match &filter.object_type {
        Some(name) => match types.id(name) {
            Some(id) => Some(id),
            None => return Ok(Body(Page::last(Vec::new()))),
        },
        None => None,
    };
    let pattern = match &asked.pattern {
        Some(name) => {
            let stored = Stored::load(&mut read, id).await.map_err(refused)?;
            match stored.and_then(|stored| stored.number(name)) {
                Some(number) => Some(number),
                None => return Ok(Body(Page::last(Vec::new()))),
            }
        }
        None => None,
    };
    let wanted = WhatIfFilter {
        operations: Some(true),
        object_type,
        pattern,
        is_new: asked.new,
        ..WhatIfFilter::default()
    };
    let rules = present::Rules::load(&mut read).await.map_err(refused)?;
    let mut found: Vec<(i32, PlannedOperation)> = Vec::new();
    loop {
        let rows = read
            .whatif_rows(id, &wanted, after, 500)
            .await
            .map_err(refused)?;
        let Some(last) = rows.last().map(|(seq, _)| *seq) else {
            break;
        };
        let (marks, ops): (Vec<(i32, bool)>, Vec<_>) = rows
            .into_iter()
            .filter_map(|(seq, row)| match row {
                WhatIfRow::Op { op, is_new } => Some(((seq, is_new), *op)),
                WhatIfRow::Event(_) => None,
            })
            .unzip();
        let shown = present::operations(&mut read, &rules, &types, &context.app.db.attrs(), ops)
            .await
            .map_err(refused)?;
        found.extend(
            marks
                .into_iter()
                .zip(shown)
                .filter(|(_, op)| fits(op, &filter))
                .map(|((seq, new_since_approval), op)| {
                    let op = PlannedOperation {
                        new_since_approval,
                        ..op
                    };
                    (seq, op)
                }),
        );
        after = last;
        if found.len() > limit {
            break;
        }
    }
    let part = cut(found, page.limit(), |(seq, _)| {
        sealed(&context, &scope, i64::from(*seq))
    });
    Ok(Body(Page {
        items: part.items.into_iter().map(|(_, op)| op).collect(),
        next: part.next,
    }))
}

async fn patterns(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, WhatIfId)>,
) -> Result<Body<WhatIfPatterns>, Problem> {
    let mut read = context.read().await?;
    let row = read.whatif(id).await.map_err(refused)?;
    let row = row.ok_or_else(Problem::not_found)?;
    // What an interrupted computation left is done again.
    let stored = match row.state {
        store::WhatIfState::Computing | store::WhatIfState::Failed => None,
        _ => Stored::load(&mut read, id).await.map_err(refused)?,
    };
    let known = stored.is_some();
    let stored = stored.unwrap_or_default();
    Ok(Body(WhatIfPatterns {
        known,
        since_approval: stored.since_approval.clone(),
        patterns: crate::patterns::samples(&context.app, &mut read, id, stored)
            .await
            .map_err(refused)?,
    }))
}

/// Whether an operation is among those asked for.
pub(super) fn fits(op: &PlannedOperation, filter: &OperationFilter) -> bool {
    let kind = filter.kind.as_ref().is_none_or(|kind| op.kind == *kind);
    let attribute = filter
        .attribute
        .as_ref()
        .is_none_or(|name| op.attributes.iter().any(|a| a.name == *name));
    let text = filter.text.as_ref().is_none_or(|text| {
        let needle = syncline_model::text::match_fold(text);
        let holds = |t: &str| syncline_model::text::match_fold(t).contains(&needle);
        holds(&op.name) || op.dn_before.iter().chain(&op.dn_after).any(|dn| holds(dn))
    });
    kind && attribute && text
}

async fn approve(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, WhatIfId)>,
    Body(body): Body<ApprovePlan>,
) -> Result<Body<Approved>, Problem> {
    let approval = review::approve_plan(&context, id, &body).await?;
    let cycle = if body.export_now {
        Some(review::export_now(&context, approval).await?)
    } else {
        None
    };
    let approval = super::approvals::load(&context, approval).await?;
    Ok(Body(Approved { approval, cycle }))
}

async fn reject(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, WhatIfId)>,
    Body(body): Body<Reject>,
) -> Result<Body<WhatIf>, Problem> {
    review::reject_plan(&context, id, body.note).await?;
    load(&context, id).await
}
