//! What the primary holds, and how it came there.

use super::{Controlled, with_tenant};
use crate::{
    clock,
    server::Shared,
    store::{Class, Image, Link, Object, What},
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Map, Value, json};

fn shown(image: &Image, object: &Object) -> Value {
    let mut shown = object.properties.clone();
    if let Some(manager) = &object.manager {
        shown.insert("manager".to_owned(), Value::from(&**manager));
    }
    if object.class == Class::Group {
        for link in [Link::Members, Link::Owners] {
            let targets = image.links(&object.id, link);
            let targets = targets.map(|id| Value::from(&**id));
            shown.insert(link.name().to_owned(), targets.collect());
        }
    }
    // As a seed takes them, and only where they are not as usual.
    if object.cloud_managed {
        shown.insert("@cloudManaged".to_owned(), true.into());
    }
    if !object.exchange_masters.is_empty() {
        let masters = json!(object.exchange_masters);
        shown.insert("@exchangeMasters".to_owned(), masters);
    }
    if let Some(sign_in) = &object.sign_in {
        let told = json!({
            "passwordSha256": sign_in.password_sha256,
            "mustChange": sign_in.must_change,
        });
        shown.insert("signIn".to_owned(), told);
    }
    Value::Object(shown)
}

/// Every object with everything that was ever set, in the order of ids; the recycle bin apart.
pub(super) async fn snapshot(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        let image = tenant.primary();
        let mut all = Map::new();
        for class in Class::ALL {
            let living = image.living(class).map(|object| shown(image, object));
            all.insert(class.collection().to_owned(), living.collect());
        }
        let recycled = Class::ALL
            .into_iter()
            .flat_map(|class| image.recycled(class));
        let recycled = recycled.map(|object| shown(image, object));
        all.insert("deletedItems".to_owned(), recycled.collect());
        Ok(Json(Value::Object(all)))
    })
}

/// The log of writes: number, moment, object and what was written.
pub(super) async fn changes(State(world): State<Shared>, Path(tenant): Path<String>) -> Controlled {
    with_tenant(&world, &tenant, |tenant, _| {
        let store = &tenant.store;
        let changes = store.changes(0, store.newest()).iter().map(|change| {
            let properties = |object: &Option<std::sync::Arc<Object>>| {
                object.as_ref().map(|object| object.properties.clone())
            };
            let mut told = json!({
                "sequence": change.sequence,
                "at": clock::timestamp(change.at),
                "id": &*change.id,
                "collection": change.class.collection(),
            });
            match &change.what {
                What::Object { before, after } => {
                    told["before"] = json!(properties(before));
                    told["after"] = json!(properties(after));
                }
                What::Link {
                    link,
                    target,
                    present,
                    ..
                } => {
                    told[link.name()] = json!({ "id": &**target, "present": present });
                }
            }
            told
        });
        Ok(Json(changes.collect()))
    })
}
