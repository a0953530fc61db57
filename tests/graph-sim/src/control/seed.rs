//! What is there before a test begins: objects as they are given, or made by number.

use super::{Controlled, with_tenant};
use crate::{
    clock, schema,
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

/// Objects to put into a tenant, no rule asked. Beside properties of its type each may have `manager`
/// (users), `members` and `owners` (groups; ids), `@cloudManaged`, `@exchangeMasters` (names) and
/// `@deleted`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seed {
    #[serde(default)]
    users: Vec<Map<String, Value>>,
    #[serde(default)]
    groups: Vec<Map<String, Value>>,
    #[serde(default)]
    contacts: Vec<Map<String, Value>>,
}

pub(super) async fn seed(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(seed): Json<Seed>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, now| {
        let mut ids = Map::new();
        for (class, objects) in [
            (Class::User, seed.users),
            (Class::Contact, seed.contacts),
            (Class::Group, seed.groups),
        ] {
            let put = objects
                .into_iter()
                .map(|object| put(tenant, class, object, now));
            let put = put.collect::<Result<Vec<_>, _>>()?;
            let put = put.iter().map(|id| Value::from(&**id));
            ids.insert(class.collection().to_owned(), put.collect());
        }
        Ok(Json(Value::Object(ids)))
    })
}

fn take_ids(object: &mut Map<String, Value>, name: &str) -> Vec<Id> {
    let ids = object.remove(name).unwrap_or_default();
    let ids = ids.as_array().into_iter().flatten();
    ids.filter_map(Value::as_str).map(Id::from).collect()
}

/// Puts one object, its id given or new.
pub(crate) fn put(
    tenant: &mut Tenant,
    class: Class,
    mut given: Map<String, Value>,
    now: i64,
) -> Result<Id, String> {
    let id: Id = match given.remove("id") {
        Some(Value::String(id)) => id.into(),
        _ => tenant.new_id(),
    };
    let mut object = Object::new(&id, class);
    let manager = given.remove("manager");
    object.manager = manager.and_then(|manager| manager.as_str().map(Id::from));
    object.cloud_managed = given.remove("@cloudManaged") == Some(Value::Bool(true));
    let masters = take_ids(&mut given, "@exchangeMasters");
    object.exchange_masters = masters.iter().map(ToString::to_string).collect();
    let is_deleted = given.remove("@deleted") == Some(Value::Bool(true));
    let links = [
        (Link::Members, take_ids(&mut given, "members")),
        (Link::Owners, take_ids(&mut given, "owners")),
    ];
    for (name, value) in given {
        let fits = schema::kind(class, &name).map(|kind| schema::fits(kind, &value));
        if fits == Some(false) || (fits.is_none() && !schema::is_extension(&name)) {
            return Err(format!(
                "{} has no property {name} that can be {value}.",
                class.type_name()
            ));
        }
        object.properties.insert(name, value);
    }
    if class != Class::Contact {
        let created = object.properties.entry("createdDateTime");
        created.or_insert_with(|| clock::timestamp(now).into());
    }
    if is_deleted {
        object.set_deleted(Some(now));
    }
    tenant.store.put(&id, class, Some(object), now);
    for (link, targets) in links {
        for target in targets {
            tenant.store.link(&id, link, &target, true, now);
        }
    }
    Ok(id)
}

/// So many objects, all alike but for their numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generate {
    #[serde(default)]
    users: usize,
    #[serde(default)]
    groups: usize,
    /// Members of each group, the users in turn.
    #[serde(default)]
    members: usize,
}

pub(super) async fn generate(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Json(wanted): Json<Generate>,
) -> Controlled {
    with_tenant(&world, &tenant, |tenant, now| {
        let domain = tenant.default_domain().to_owned();
        let mut users: Vec<Id> = Vec::new();
        for number in 0..wanted.users {
            let name = format!("person{number}");
            let user = json!({
                "displayName": format!("Person {number}"),
                "givenName": "Person",
                "surname": number.to_string(),
                "mailNickname": name,
                "userPrincipalName": format!("{name}@{domain}"),
                "accountEnabled": true,
                "userType": "Member",
                "department": format!("Department {}", number % 20),
            });
            let user = user.as_object().cloned().unwrap_or_default();
            users.push(put(tenant, Class::User, user, now)?);
        }
        let mut groups: Vec<Id> = Vec::new();
        for number in 0..wanted.groups {
            let first = number * wanted.members;
            let members = (first..first + wanted.members).filter_map(|member| {
                let index = member.checked_rem(users.len())?;
                Some(users[index].to_string())
            });
            let group = json!({
                "displayName": format!("Group {number}"),
                "mailNickname": format!("group{number}"),
                "mailEnabled": false,
                "securityEnabled": true,
                "groupTypes": [],
                "members": members.collect::<Vec<_>>(),
            });
            let group = group.as_object().cloned().unwrap_or_default();
            groups.push(put(tenant, Class::Group, group, now)?);
        }
        let texts = |ids: &[Id]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(Json(
            json!({ "users": texts(&users), "groups": texts(&groups) }),
        ))
    })
}
