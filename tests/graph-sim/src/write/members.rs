//! Members and owners of groups: added one by one or up to twenty at once, removed one by one.

use super::groups::check_writable;
use crate::{
    call::{Call, Handled},
    error::Refusal,
    request::Answer,
    rules,
    store::{Class, Id, Link, Object},
};
use serde_json::{Map, Value};

/// One request binds no more than this.
const BOUND_MAX: usize = 20;

/// `POST /groups/{id}/members/$ref`.
pub(crate) fn add_link(call: &mut Call<'_>, link: Link, group: &str) -> Handled {
    let group = call.written(Class::Group, group)?;
    let target = reference(call.body()?)?;
    let bound = match link {
        Link::Members => Bound {
            members: vec![target],
            owners: Vec::new(),
            group: &group,
        },
        Link::Owners => Bound {
            members: Vec::new(),
            owners: vec![target],
            group: &group,
        },
    };
    rules::check_on_premises(&group, [link.name()])?;
    check_writable(&group)?;
    let bound = bound.checked(call)?;
    bind(call, &group.id, &bound);
    Ok(Answer::empty(204))
}

/// `DELETE /groups/{id}/members/{id}/$ref`.
pub(crate) fn remove_link(call: &mut Call<'_>, link: Link, group: &str, target: &str) -> Handled {
    let group = call.written(Class::Group, group)?;
    rules::check_on_premises(&group, [link.name()])?;
    check_writable(&group)?;
    if link == Link::Members {
        check_assigned(call, &group)?;
    }
    if !call.primary().is_linked(&group.id, link, target) {
        return Err(Refusal::no_object(target));
    }
    let is_last = call.primary().seen_links(&group.id, link, None).count() == 1;
    if link == Link::Owners && group.is_unified() && is_last {
        let message = "The group must have at least one owner, hence this owner cannot be removed.";
        return Err(Refusal::bad_request(message));
    }
    let (tenant, now) = (&mut *call.tenant, call.now);
    tenant
        .store
        .link(&group.id, link, &target.into(), false, now);
    Ok(Answer::empty(204))
}

/// The id in `@odata.id`.
pub(super) fn reference(body: &Map<String, Value>) -> Result<String, Refusal> {
    let address = body.get("@odata.id").and_then(Value::as_str);
    address
        .and_then(referred_id)
        .ok_or_else(|| Refusal::bad_request("Invalid URL format specified in payload."))
}

/// The id at the end of `https://…/v1.0/directoryObjects/{id}`, or of another collection.
pub(super) fn referred_id(address: &str) -> Option<String> {
    let (_, path) = address.split_once("/v1.0/")?;
    let (collection, id) = match path.split_once("('") {
        Some((collection, id)) => (collection, id.strip_suffix("')")?),
        None => path.split_once('/')?,
    };
    let known = collection == "directoryObjects" || Class::of_collection(collection).is_some();
    (known && !id.is_empty() && !id.contains('/')).then(|| id.to_owned())
}

/// Takes `members@odata.bind` out of a body.
pub(super) fn bound(body: &mut Map<String, Value>, link: Link) -> Result<Vec<String>, Refusal> {
    let Some(value) = body.remove(&format!("{}@odata.bind", link.name())) else {
        return Ok(Vec::new());
    };
    let addresses = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if addresses.is_empty() {
        return Err(Refusal::bad_request(
            "Invalid URL format specified in payload.",
        ));
    }
    if addresses.len() > BOUND_MAX {
        let message = format!("A maximum of {BOUND_MAX} objects can be bound in one request.");
        return Err(Refusal::bad_request(message));
    }
    let ids = addresses.iter().map(|address| {
        let id = address.as_str().and_then(referred_id);
        id.ok_or_else(|| Refusal::bad_request("Invalid URL format specified in payload."))
    });
    ids.collect()
}

/// What a request wants to add to a group.
pub(super) struct Bound<'a> {
    pub(super) members: Vec<String>,
    pub(super) owners: Vec<String>,
    pub(super) group: &'a Object,
}

impl Bound<'_> {
    /// The references to add, all of them allowed; one that is not refuses all.
    pub(super) fn checked(self, call: &Call<'_>) -> Result<Vec<(Link, Id)>, Refusal> {
        if !self.members.is_empty() {
            check_assigned(call, self.group)?;
        }
        let members = self.members.iter().map(|id| (Link::Members, id));
        let owners = self.owners.iter().map(|id| (Link::Owners, id));
        let mut checked: Vec<(Link, Id)> = Vec::new();
        for (link, id) in members.chain(owners) {
            let target = call.referred(id)?;
            let new: (Link, Id) = (link, target.id.clone());
            if call.primary().is_linked(&self.group.id, link, id) || checked.contains(&new) {
                let message = format!(
                    "One or more added object references already exist for the following modified properties: '{}'.",
                    link.name()
                );
                return Err(Refusal::bad_request(message));
            }
            check_target(self.group, link, &target)?;
            checked.push(new);
        }
        Ok(checked)
    }
}

/// Adds references that were checked.
pub(super) fn bind(call: &mut Call<'_>, group: &Id, bound: &[(Link, Id)]) {
    for (link, target) in bound {
        let now = call.now;
        call.tenant.store.link(group, *link, target, true, now);
    }
}

/// Whose members a rule computes, or a role guards, is not written by just anybody.
fn check_assigned(call: &Call<'_>, group: &Object) -> Result<(), Refusal> {
    if group.has_group_type("DynamicMembership") {
        let message = "Insufficient privileges to complete the operation: the members of a dynamic membership group are computed by its rule.";
        return Err(Refusal::bad_request(message));
    }
    if group.is("isAssignableToRole") && !call.may("RoleManagement.ReadWrite.Directory") {
        return Err(Refusal::denied());
    }
    Ok(())
}

fn check_target(group: &Object, link: Link, target: &Object) -> Result<(), Refusal> {
    let refuse = |message: &str| Err(Refusal::bad_request(message));
    match (link, target.class) {
        (_, Class::User) => Ok(()),
        (Link::Owners, _) => refuse("Only users and service principals can be owners of a group."),
        (Link::Members, _) if group.is_unified() => {
            refuse("Only users can be members of a Microsoft 365 group.")
        }
        (Link::Members, Class::Group) if target.is_unified() => {
            refuse("A Microsoft 365 group cannot be a member of another group.")
        }
        (Link::Members, Class::Group) if target.id == group.id => {
            refuse("A group cannot be a member of itself.")
        }
        (Link::Members, Class::Group) if target.is("mailEnabled") => {
            refuse("A mail-enabled group cannot be a member of a security group.")
        }
        (Link::Members, _) => Ok(()),
    }
}
