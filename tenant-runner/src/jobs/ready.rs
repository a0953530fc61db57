//! What of the operations that may be sent can be sent: what they name exists in the target.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use syncline_engine::export as decide;
use syncline_model::CsId;
use syncline_model::op::ObjectKey;
use syncline_model::plan::PlannedOp;
use syncline_store::StoreError;
use syncline_store::tenant::{Claim, TenantRead};

use super::known_as;
use super::outcome::Counts;
use crate::app::App;

/// Leaves out what refers to objects that do not exist yet in the target.
pub async fn ready(
    app: &Arc<App>,
    batch: Vec<Claim>,
    counts: &mut Counts,
) -> Result<Vec<Claim>, StoreError> {
    let mut read = app.db.read().await?;
    let exists = existing(&mut read, batch.iter().map(|claim| &claim.op)).await?;
    let (ready, waiting): (Vec<Claim>, Vec<Claim>) = batch
        .into_iter()
        .partition(|claim| decide::ready(&claim.op, |cs| exists.contains(&cs)));
    counts.not_ready += waiting.len() as u64;
    let mut ready = ready;
    ready.extend(parts(&mut read, waiting, &exists).await?);
    Ok(ready)
}

/// What can be sent of operations that refer to objects that do not exist yet: everything else (D-51).
async fn parts(
    read: &mut TenantRead,
    waiting: Vec<Claim>,
    exists: &BTreeSet<CsId>,
) -> Result<Vec<Claim>, StoreError> {
    let referred = waiting.iter().flat_map(|claim| &claim.op.effect.refs);
    let missing: BTreeSet<CsId> = referred
        .filter(|change| change.added && !exists.contains(&change.to))
        .map(|change| change.to)
        .collect();
    let missing: Vec<CsId> = missing.into_iter().collect();
    let named = known_as::named(read, &missing).await?;
    let keys: BTreeMap<CsId, ObjectKey> = named
        .into_iter()
        .map(|(key, object)| (object.row.id, key))
        .collect();
    let part_of = |claim: Claim| {
        let op = decide::part_without(&claim.op, &keys)?;
        let is_ready = decide::ready(&op, |cs| exists.contains(&cs));
        is_ready.then_some(Claim { op, ..claim })
    };
    Ok(waiting.into_iter().filter_map(part_of).collect())
}

/// Of the objects that operations name, those that exist in the target.
pub async fn existing<'o>(
    read: &mut TenantRead,
    ops: impl Iterator<Item = &'o PlannedOp>,
) -> Result<BTreeSet<CsId>, StoreError> {
    let mut ids: BTreeSet<CsId> = BTreeSet::new();
    for op in ops {
        ids.insert(op.cs);
        ids.extend(op.effect.refs.iter().map(|r| r.to));
        ids.extend(op.effect.place.iter().map(|p| p.parent));
    }
    let ids: Vec<CsId> = ids.into_iter().collect();
    let objects = read.cs_objects(&ids).await?;
    let known = objects.iter().filter(|o| o.body.anchor.is_some());
    Ok(known.map(|o| o.row.id).collect())
}
