//! What an administrator does to the link of one object: disconnect, clear, join (D-07).
//!
//! Invariants: never while a cycle runs, which would write over it what it read before; what was staged for the object is
//! withdrawn in the same transaction, and the next synchronisation derives what is right now.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::{Body, PathParams, Problem, codes};
use syncline_engine::hand::{self, Joining, Refusal};
use syncline_engine::ruleset::RuleSet;
use syncline_model::object::{CsKind, CsRow, Subject};
use syncline_model::{CsId, MvId, TenantId};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, TenantTx, WorkSeen};

use super::Tenant;
use super::context::{Context, now_ms, refused};
use super::objects::report;
use crate::jobs::config::{self, Configuration};
use crate::resource::object::{JoinRequest, ObjectReport};

/// How long the end of a cycle is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::OBJECTS_DISCONNECT, disconnect, |d| {
            d.returns::<ObjectReport>(200, "The object as it stands now.")
                .fails(&[&codes::CONFLICT])
        })
        .serve(&ops::OBJECTS_CLEAR, clear, |d| {
            d.returns::<ObjectReport>(200, "The object as it stands now.")
                .fails(&[&codes::CONFLICT])
        })
        .serve(&ops::OBJECTS_JOIN, join, |d| {
            d.body::<JoinRequest>()
                .returns::<ObjectReport>(200, "The object as it stands now.")
                .fails(&[&codes::CONFLICT])
        })
}

/// What is to be done.
enum Act {
    Disconnect,
    Clear,
    Join(JoinRequest),
}

impl Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Disconnect => ops::OBJECTS_DISCONNECT.id,
            Self::Clear => ops::OBJECTS_CLEAR.id,
            Self::Join(_) => ops::OBJECTS_JOIN.id,
        }
    }

    async fn change(
        &self,
        tx: &mut TenantTx,
        configuration: &Configuration,
        row: &CsRow,
    ) -> Result<hand::Act, Problem> {
        let act = match self {
            Self::Disconnect => hand::disconnect(row),
            Self::Clear => hand::clear(row),
            Self::Join(asked) => {
                let mv = asked.metaverse_object;
                let found = tx.mv_objects(&[mv]).await.map_err(refused)?.pop();
                let found = found.ok_or_else(Problem::not_found)?;
                let linked = tx.cs_linked_to(&[mv]).await.map_err(refused)?;
                let ids: Vec<CsId> = linked.iter().map(|row| row.id).collect();
                let escrow = tx.escrow_of(&ids).await.map_err(refused)?;
                let in_doubt: Vec<CsId> = escrow.iter().map(|entry| entry.op.cs).collect();
                let joining = Joining {
                    mv,
                    mv_type: found.mv_type,
                    state: found.state,
                    linked: &linked,
                    in_doubt: &in_doubt,
                };
                hand::join(&configuration.set, row, &joining)
            }
        };
        act.map_err(not_now)
    }
}

/// What depends on an object's link: who refers to it, to what it was linked to or is linked to now, and who waits for its
/// place.
async fn beside(
    tx: &mut TenantTx,
    set: &RuleSet,
    row: &CsRow,
    act: &hand::Act,
) -> Result<BTreeSet<Subject>, StoreError> {
    let mvs: Vec<MvId> = row
        .link
        .iter()
        .chain(&act.change.link)
        .map(|l| l.mv)
        .collect();
    let referring = tx.refs_to(&[row.id]).await?;
    let mut beside: BTreeSet<Subject> =
        referring.into_iter().map(|r| Subject::Cs(r.from)).collect();
    let referring = tx.mv_refs_to(&mvs).await?;
    beside.extend(referring.into_iter().map(|r| Subject::Mv(r.from)));
    let subjects: Vec<Subject> = mvs.into_iter().map(Subject::Mv).collect();
    let keys = tx.keys_of(&subjects).await?;
    let awaiting: Vec<_> = hand::awaiting(set, &keys).into_iter().collect();
    let waiting = tx.keys_find_all(&awaiting).await?;
    beside.extend(waiting.into_iter().map(|row| row.subject));
    Ok(beside)
}

async fn disconnect(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CsId)>,
) -> Result<Body<ObjectReport>, Problem> {
    act(context, id, Act::Disconnect).await
}

async fn clear(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CsId)>,
) -> Result<Body<ObjectReport>, Problem> {
    act(context, id, Act::Clear).await
}

async fn join(
    context: Context,
    PathParams((_, id)): PathParams<(TenantId, CsId)>,
    Body(asked): Body<JoinRequest>,
) -> Result<Body<ObjectReport>, Problem> {
    act(context, id, Act::Join(asked)).await
}

async fn act(context: Context, id: CsId, what: Act) -> Result<Body<ObjectReport>, Problem> {
    let app = &context.app;
    let between = tokio::time::timeout(PATIENCE, app.desk.between_cycles()).await;
    let _between = between.map_err(|_| {
        let message = "A cycle is running; links are changed by hand between cycles.";
        Problem::new(&codes::CONFLICT, message).retry_after(5)
    })?;
    let configuration = config::load(&app.db, &app.runtime).await.map_err(|error| {
        tracing::error!("the configuration was not loaded: {error}");
        Problem::internal()
    })?;
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    let rows = tx.cs_rows_by_id(&[id]).await.map_err(refused)?;
    let row = rows.into_iter().find(|row| row.kind == CsKind::Staging);
    let row = row.ok_or_else(Problem::not_found)?;
    let act = what.change(&mut tx, &configuration, &row).await?;
    let beside = beside(&mut tx, &configuration.set, &row, &act).await;
    let part = hand::part(&configuration.set, &row, &act, &beside.map_err(refused)?);
    tx.apply_plan(&part, &WorkSeen::default(), now_ms())
        .await
        .map_err(refused)?;
    let before = row.link.map(|link| link.mv.to_string());
    let after = act.change.link.map(|link| link.mv.to_string());
    let detail = json!({ "before": before, "after": after });
    tx.audit(context.act(what.name(), id, detail));
    tx.commit().await.map_err(refused)?;
    app.outbox_grew();
    report(&context, id).await.map(Body)
}

fn not_now(refusal: Refusal) -> Problem {
    Problem::new(&codes::CONFLICT, refusal.to_string())
}
