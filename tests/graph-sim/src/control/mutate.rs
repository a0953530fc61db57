//! Changes by somebody else: an administrator, the on-premises directory, Exchange. No rule is asked.

use super::{Controlled, seed, with_tenant};
use crate::{
    rules,
    server::Shared,
    store::{Class, Id, Link, Object},
    tenant::Tenant,
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One change.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// A new object.
    Create {
        collection: String,
        object: Map<String, Value>,
    },
    /// Properties of an object; null clears one.
    Update {
        id: String,
        properties: Map<String, Value>,
    },
    /// Into the recycle bin, or for good where there is none for the type.
    Delete {
        id: String,
    },
    /// Out of the recycle bin.
    Restore {
        id: String,
    },
    /// For good.
    Purge {
        id: String,
    },
    AddMember {
        group: String,
        member: String,
    },
    RemoveMember {
        group: String,
        member: String,
    },
    /// A manager, or none.
    SetManager {
        id: String,
        manager: Option<String>,
    },
    /// Where it is mastered.
    SetAuthority {
        id: String,
        #[serde(default)]
        cloud_managed: bool,
        #[serde(default)]
        exchange_masters: Vec<String>,
    },
}

pub(super) async fn mutate(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(changes): Json<Vec<Change>>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, now| {
        let mut ids = Vec::new();
        for change in changes {
            ids.push(carry_out(tenant, change, now)?.to_string());
        }
        Ok(Json(json!({ "ids": ids })))
    })
}

fn object(tenant: &Tenant, id: &str) -> Result<Object, String> {
    let found = tenant.primary().object(id);
    let found = found.ok_or_else(|| format!("There is no object {id}."))?;
    Ok(Object::clone(found))
}

fn carry_out(tenant: &mut Tenant, change: Change, now: i64) -> Result<Id, String> {
    let put = |tenant: &mut Tenant, object: Object| {
        let id = object.id.clone();
        tenant.store.put(&id, object.class, Some(object), now);
        Ok(id)
    };
    match change {
        Change::Create { collection, object } => {
            let class = Class::of_collection(&collection);
            let class = class.ok_or_else(|| format!("There is no collection {collection}."))?;
            seed::put(tenant, class, object, now)
        }
        Change::Update { id, properties } => {
            let mut object = object(tenant, &id)?;
            rules::apply(&mut object, &properties);
            put(tenant, object)
        }
        Change::Delete { id } => {
            let object = object(tenant, &id)?;
            tenant.delete(&object, now);
            Ok(object.id)
        }
        Change::Restore { id } => {
            let mut object = object(tenant, &id)?;
            object.set_deleted(None);
            put(tenant, object)
        }
        Change::Purge { id } => {
            let object = object(tenant, &id)?;
            tenant.store.put(&object.id, object.class, None, now);
            Ok(object.id)
        }
        Change::AddMember { group, member } => linked(tenant, &group, &member, true, now),
        Change::RemoveMember { group, member } => linked(tenant, &group, &member, false, now),
        Change::SetManager { id, manager } => {
            let mut object = object(tenant, &id)?;
            object.manager = manager.map(Id::from);
            put(tenant, object)
        }
        Change::SetAuthority {
            id,
            cloud_managed,
            exchange_masters,
        } => {
            let mut object = object(tenant, &id)?;
            object.cloud_managed = cloud_managed;
            object.exchange_masters = exchange_masters;
            put(tenant, object)
        }
    }
}

fn linked(
    tenant: &mut Tenant,
    group: &str,
    member: &str,
    present: bool,
    now: i64,
) -> Result<Id, String> {
    let group = object(tenant, group)?.id;
    let member = object(tenant, member)?.id;
    if tenant.primary().is_linked(&group, Link::Members, &member) != present {
        tenant
            .store
            .link(&group, Link::Members, &member, present, now);
    }
    Ok(group)
}
