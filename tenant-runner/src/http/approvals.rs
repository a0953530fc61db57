//! Approvals: what was allowed, and the lists that guards hold.

use std::collections::BTreeMap;

use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, Page, PageQuery, Params, PathParams, Problem, codes};
use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::op::OpHash;
use syncline_model::{ApprovalId, CsId, TenantId};
use syncline_store::tenant::{self as store, TenantRead};

use super::Tenant;
use super::context::{Context, refused};
use super::runs::{cut, position, sealed};
use super::what_ifs::fits;
use crate::present;
use crate::resource::approval::{Approval, ApprovalFilter, ApproveList, Approved};
use crate::resource::instant::Instant;
use crate::resource::what_if::{OperationFilter, PlannedOperation, Reject};
use crate::review;

/// Objects of a list looked at at once.
const SCAN: i64 = 500;

const STATES: [ApprovalState; 6] = [
    ApprovalState::Requested,
    ApprovalState::Approved,
    ApprovalState::Spent,
    ApprovalState::Rejected,
    ApprovalState::Withdrawn,
    ApprovalState::Expired,
];

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::APPROVALS_LIST, list, |d| {
            d.query::<ApprovalFilter>()
                .returns::<Page<Approval>>(200, "Newest first.")
        })
        .serve(&ops::APPROVALS_GET, get, |d| {
            d.returns::<Approval>(200, "The approval.")
        })
        .serve(&ops::APPROVALS_OPERATIONS, operations, |d| {
            d.query::<OperationFilter>()
                .returns::<Page<PlannedOperation>>(
                    200,
                    "What it binds or holds and is still staged.",
                )
        })
        .serve(&ops::APPROVALS_APPROVE, approve, |d| {
            d.body::<ApproveList>()
                .returns::<Approved>(200, "Approved.")
                .fails(&[
                    &codes::PLAN_CHANGED,
                    &codes::PLAN_ALREADY_APPROVED,
                    &codes::APPROVAL_SELF,
                ])
        })
        .serve(&ops::APPROVALS_REJECT, reject, |d| {
            d.body::<Reject>()
                .returns::<Approval>(200, "Rejected.")
                .fails(&[&codes::CONFLICT])
        })
}

async fn list(
    context: Context,
    Params(filter): Params<ApprovalFilter>,
) -> Result<Body<Page<Approval>>, Problem> {
    let page = PageQuery {
        cursor: filter.cursor,
        limit: filter.limit,
    };
    let scope = format!("approvals {:?} {:?}", filter.profile, filter.state);
    let before = position(&context, &scope, &page)?.map(ApprovalId);
    let states = filter.state.map_or(STATES.to_vec(), |state| vec![state]);
    let mut read = context.read().await?;
    let rows = read
        .approvals(filter.profile, &states, before, i64::from(page.limit()) + 1)
        .await
        .map_err(refused)?;
    let part = cut(rows, page.limit(), |last| {
        sealed(&context, &scope, last.id.get())
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
    PathParams((_, id)): PathParams<(TenantId, ApprovalId)>,
) -> Result<Body<Approval>, Problem> {
    load(&context, id).await.map(Body)
}

async fn operations(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ApprovalId)>,
    Params(filter): Params<OperationFilter>,
) -> Result<Body<Page<PlannedOperation>>, Problem> {
    let types = context.app.db.types();
    let mut read = context.read().await?;
    let row = read
        .approval(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    if row.kind == ApprovalKind::ObsoletionGuard {
        return vanished(&context, &mut read, id, &filter).await.map(Body);
    }
    let listed: std::collections::BTreeSet<_> = read
        .approval_ops(id)
        .await
        .map_err(refused)?
        .into_iter()
        .map(|(hash, _)| hash)
        .collect();
    let scope = format!(
        "operations of {id} {:?} {:?} {:?} {:?}",
        filter.kind, filter.object_type, filter.attribute, filter.text
    );
    let page = PageQuery {
        cursor: filter.cursor.clone(),
        limit: filter.limit,
    };
    let skip = position(&context, &scope, &page)?.unwrap_or(0);
    let staged = read.pending_rows(row.directory).await.map_err(refused)?;
    let ids: Vec<_> = staged
        .iter()
        .filter(|p| listed.contains(&p.hash))
        .map(|p| p.cs)
        .collect();
    let ops = read.pending_ops(&ids).await.map_err(refused)?;
    let ops = ops
        .into_iter()
        .filter(|op| listed.contains(&op.hash))
        .collect();
    let rules = present::Rules::load(&mut read).await.map_err(refused)?;
    let shown = present::operations(&mut read, &rules, &types, &context.app.db.attrs(), ops)
        .await
        .map_err(refused)?;
    let wanted = shown.into_iter().filter(|op| {
        fits(op, &filter)
            && filter
                .object_type
                .as_ref()
                .is_none_or(|t| op.object_type == *t)
    });
    let numbered: Vec<(i64, PlannedOperation)> = wanted
        .enumerate()
        .map(|(n, op)| (n as i64 + 1, op))
        .skip(skip as usize)
        .take(page.limit() as usize + 1)
        .collect();
    let part = cut(numbered, page.limit(), |(n, _)| {
        sealed(&context, &scope, *n)
    });
    Ok(Body(Page {
        items: part.items.into_iter().map(|(_, op)| op).collect(),
        next: part.next,
    }))
}

/// The objects of a list of vanished ones that are still known, as operations of the kind `vanished`.
async fn vanished(
    context: &Context,
    read: &mut TenantRead,
    id: ApprovalId,
    filter: &OperationFilter,
) -> Result<Page<PlannedOperation>, Problem> {
    let scope = format!(
        "vanished of {id} {:?} {:?} {:?} {:?}",
        filter.kind, filter.object_type, filter.attribute, filter.text
    );
    let page = PageQuery {
        cursor: filter.cursor.clone(),
        limit: filter.limit,
    };
    let (types, attrs) = (context.app.db.types(), context.app.db.attrs());
    let mut after = CsId(position(context, &scope, &page)?.unwrap_or(0));
    let mut found = Vec::new();
    while found.len() <= page.limit() as usize {
        let list = read
            .approval_objects(id, after, SCAN)
            .await
            .map_err(refused)?;
        let Some((last, _)) = list.last() else { break };
        after = *last;
        let ids: Vec<CsId> = list.iter().map(|(cs, _)| *cs).collect();
        let hashes: BTreeMap<CsId, OpHash> = list.into_iter().collect();
        let names = read.cs_names(&ids).await.map_err(refused)?;
        let mut objects = read.cs_objects(&ids).await.map_err(refused)?;
        objects.sort_by_key(|object| object.row.id);
        for object in objects {
            let shown = present::summary(&object, &types, &attrs, &names);
            let Some(hash) = hashes.get(&shown.id) else {
                continue;
            };
            let gone = PlannedOperation {
                hash: *hash,
                directory: shown.directory,
                object: shown.id,
                metaverse_object: shown.metaverse_object,
                name: shown.name,
                object_type: shown.object_type,
                kind: "vanished".into(),
                dn_before: shown.dn,
                dn_after: None,
                attributes: Vec::new(),
                initial_password: None,
                blocked: None,
                new_since_approval: false,
            };
            let of_type = filter.object_type.as_ref();
            if fits(&gone, filter) && of_type.is_none_or(|t| gone.object_type == *t) {
                found.push(gone);
            }
        }
    }
    let part = cut(found, page.limit(), |last: &PlannedOperation| {
        sealed(context, &scope, last.object.get())
    });
    Ok(Page {
        items: part.items,
        next: part.next,
    })
}

async fn approve(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ApprovalId)>,
    Body(body): Body<ApproveList>,
) -> Result<Body<Approved>, Problem> {
    review::approve_list(&context, id, &body).await?;
    let cycle = if body.export_now {
        Some(review::export_now(&context, id).await?)
    } else {
        None
    };
    Ok(Body(Approved {
        approval: load(&context, id).await?,
        cycle,
    }))
}

async fn reject(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, ApprovalId)>,
    Body(body): Body<Reject>,
) -> Result<Body<Approval>, Problem> {
    review::reject_list(&context, id, body.note).await?;
    load(&context, id).await.map(Body)
}

pub(super) async fn load(context: &Context, id: ApprovalId) -> Result<Approval, Problem> {
    let mut read = context.read().await?;
    let row = read
        .approval(id)
        .await
        .map_err(refused)?
        .ok_or_else(Problem::not_found)?;
    view(&mut read, row).await
}

async fn view(read: &mut TenantRead, row: store::Approval) -> Result<Approval, Problem> {
    let listed = read.approval_ops(row.id).await.map_err(refused)?;
    let text = row
        .doc
        .detail
        .get("text")
        .and_then(|t| t.as_str())
        .map(str::to_owned);
    Ok(Approval {
        id: row.id,
        kind: row.kind,
        profile: Some(row.profile),
        directory: row.directory,
        what_if: row.whatif,
        state: row.state,
        then: row.doc.then,
        plan_hash: row.plan_hash,
        operations: listed.len() as i64,
        sent: listed.iter().filter(|(_, sent)| sent.is_some()).count() as i64,
        text,
        decided_by: row.doc.decided_by,
        note: row.doc.note,
        created_at: Instant::from_unix_ms(row.asked_ms),
        decided_at: row.decided_ms.map(Instant::from_unix_ms),
        expires_at: row.expires_ms.map(Instant::from_unix_ms),
    })
}
