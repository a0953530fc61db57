//! Under which ids a target knows the objects that operations name as new.
//!
//! An operation of an approved plan names an object that the plan itself adds by its part and source (D-49). When it
//! is sent the object has an id, and the connector needs that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use syncline_connectors::contract::{Fault, KnownNames, Names};
use syncline_model::object::CsObject;
use syncline_model::op::{Change, ObjectKey, OpValue, Operation};
use syncline_model::password::Sealed;
use syncline_model::plan::EscrowEntry;
use syncline_model::{Anchor, CsId, MvId};
use syncline_store::StoreError;
use syncline_store::tenant::TenantRead;

use super::passwords::Keeper;
use crate::app::App;

/// Ids of new objects, as far as the target gave them, and a place for the passwords of new accounts.
#[derive(Debug, Clone, Default)]
pub struct KnownAs {
    known: Arc<HashMap<ObjectKey, Anchor>>,
    keeper: Option<Arc<Keeper>>,
}

#[async_trait]
impl Names for KnownAs {
    fn anchor(&self, key: &ObjectKey) -> Option<Anchor> {
        match key {
            ObjectKey::Anchor(anchor) => Some(anchor.clone()),
            ObjectKey::New { .. } => self.known.get(key).cloned(),
        }
    }

    async fn keep_sealed(&self, add: &Operation, sealed: Sealed) -> Result<(), Fault> {
        match &self.keeper {
            Some(keeper) => keeper.keep(add, sealed).await,
            None => KnownNames.keep_sealed(add, sealed).await,
        }
    }

    async fn drop_sealed(&self, add: &Operation) -> Result<(), Fault> {
        match &self.keeper {
            Some(keeper) => keeper.forget(add).await,
            None => Ok(()),
        }
    }
}

impl KnownAs {
    /// Of everything that these operations name.
    pub async fn of(app: &App, entries: &[EscrowEntry]) -> Result<Self, StoreError> {
        let naming_new = entries.iter().filter(|entry| names_new(entry));
        let referred: BTreeSet<CsId> = naming_new
            .flat_map(|entry| {
                let effect = &entry.op.effect;
                let refs = effect.refs.iter().map(|change| change.to);
                let place = effect.place.iter().map(|place| place.parent);
                // Its own Add may have been the first pass of the same plan.
                refs.chain(place).chain([entry.op.cs])
            })
            .collect();
        let keeper = Keeper::of(&app.db, entries).map(Arc::new);
        if referred.is_empty() {
            return Ok(Self {
                keeper,
                ..Self::default()
            });
        }
        let referred: Vec<CsId> = referred.into_iter().collect();
        let mut read = app.db.read().await?;
        let named = named(&mut read, &referred).await?;
        let known = named
            .into_iter()
            .filter_map(|(key, object)| Some((key, object.body.anchor?)));
        Ok(Self {
            known: Arc::new(known.collect()),
            keeper,
        })
    }
}

/// Objects that parts made, with the key by which operations name them while they are new.
pub async fn named(
    read: &mut TenantRead,
    ids: &[CsId],
) -> Result<Vec<(ObjectKey, CsObject)>, StoreError> {
    let objects = read.cs_objects(ids).await?;
    let linked: BTreeSet<MvId> = objects
        .iter()
        .filter_map(|object| Some(object.row.link?.mv))
        .collect();
    let linked: Vec<MvId> = linked.into_iter().collect();
    let origins: BTreeMap<MvId, _> = read
        .mv_objects(&linked)
        .await?
        .into_iter()
        .map(|object| (object.id, object.body.origin))
        .collect();
    let named = objects.into_iter().filter_map(|object| {
        let link = object.row.link?;
        let origin = origins.get(&link.mv)?;
        let key = ObjectKey::New {
            part: link.part,
            source: origin.directory,
            anchor: origin.anchor.clone(),
        };
        Some((key, object))
    });
    Ok(named.collect())
}

/// Whether an operation names an object, itself included, by what it comes from.
fn names_new(entry: &EscrowEntry) -> bool {
    let is_new = |value: &OpValue| matches!(value, OpValue::Ref(ObjectKey::New { .. }));
    let deltas = &entry.op.op.deltas;
    let in_deltas = deltas.iter().any(|(_, change)| match change {
        Change::Set(values) => values.iter().any(is_new),
        Change::Clear => false,
        Change::Values { add, remove } => add.iter().chain(remove).any(is_new),
    });
    let is_itself = matches!(entry.op.op.object, ObjectKey::New { .. });
    in_deltas || is_itself || entry.op.effect.place.is_some()
}
