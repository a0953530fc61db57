//! The vendor's contract: what an operation is, who may call it, and what is wrong with a message.
//!
//! The permission table leaves a few operations ungraded that the service serves and whose reference pages
//! name permissions; those are listed here, with those permissions, and nothing else is let through.

use crate::{
    error::Refusal,
    request::{Answer, Incoming},
    route::Resource,
    store::{Class, Link},
};
use std::collections::BTreeSet;
use syncline_graph_contract::{Contract, Cost, Request, Violation};

/// The codes that say of a request only that its operation is not granted or graded.
const UNGRADED: [&str; 2] = ["operation.not_granted", "operation.ungraded"];

fn request<'a>(incoming: &'a Incoming, query: &'a [(String, String)]) -> Request<'a> {
    Request {
        method: &incoming.method,
        path: &incoming.path,
        query,
        headers: &incoming.headers,
        body: incoming.body(),
    }
}

/// Permissions of operations that the vendor's table leaves out.
fn documented(method: &str, resource: &Resource) -> Option<&'static [&'static str]> {
    Some(match (method, resource) {
        ("POST", Resource::LinksRef(Link::Members, _)) => &[
            "GroupMember.ReadWrite.All",
            "Group.ReadWrite.All",
            "Directory.ReadWrite.All",
        ],
        ("GET", Resource::Deleted(Class::User)) => &[
            "User.Read.All",
            "User.ReadWrite.All",
            "User.DeleteRestore.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        ("GET", Resource::Deleted(Class::Group)) => &[
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        ("GET", Resource::DeletedItem(_)) => &[
            "User.Read.All",
            "User.ReadWrite.All",
            "User.DeleteRestore.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
        ("DELETE", Resource::DeletedItem(_)) => &["User.DeleteRestore.All", "Group.ReadWrite.All"],
        ("POST", Resource::Restore(_)) => &[
            "User.DeleteRestore.All",
            "User.ReadWrite.All",
            "Group.ReadWrite.All",
        ],
        ("GET" | "PATCH", Resource::SyncBehavior(Class::Contact, _)) => {
            &["Contacts-OnPremisesSyncBehavior.ReadWrite.All"]
        }
        (
            "GET",
            Resource::Links(Link::Members, _, Some(_))
            | Resource::LinksCount(Link::Members, _, Some(_)),
        ) => &[
            "GroupMember.Read.All",
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
        ],
        (
            "GET",
            Resource::Links(Link::Owners, _, Some(_))
            | Resource::LinksCount(Link::Owners, _, Some(_)),
        ) => &[
            "GroupMember.Read.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
        ],
        _ => return None,
    })
}

/// A PATCH of a group that only binds members wants what adding members wants (group-post-members).
fn bound_members(incoming: &Incoming, resource: &Resource) -> Option<&'static [&'static str]> {
    let only_members = incoming.body().and_then(serde_json::Value::as_object);
    let only_members = only_members.is_some_and(|body| body.keys().eq(["members@odata.bind"]));
    let is_it = incoming.method == "PATCH"
        && only_members
        && matches!(resource, Resource::Object(Class::Group, _));
    is_it.then_some(&[
        "GroupMember.ReadWrite.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
    ])
}

/// What a request costs.
pub(crate) fn cost(incoming: &Incoming) -> Cost {
    Contract::vendor().cost(&request(incoming, &incoming.query))
}

/// What the contract has against a request.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    pub(crate) violations: Vec<String>,
    /// The service would not even look at it.
    pub(crate) refusal: Option<Refusal>,
}

/// Judges a request of somebody with these application permissions.
pub(crate) fn judge(
    incoming: &Incoming,
    resource: &Resource,
    roles: &BTreeSet<String>,
) -> Judgement {
    let contract = Contract::vendor();
    let mut found = contract.check_request(&request(incoming, &incoming.query), roles);
    let documented =
        documented(&incoming.method, resource).or_else(|| bound_members(incoming, resource));
    if let Some(permissions) = documented {
        found.retain(|violation| {
            !UNGRADED.contains(&violation.code) && violation.code != "permission.missing"
        });
        if !permissions.iter().any(|name| roles.contains(*name)) {
            return Judgement {
                violations: texts(&found),
                refusal: Some(Refusal::denied()),
            };
        }
    }
    // The items of a batch are judged one by one.
    if *resource == Resource::Batch {
        found.retain(|violation| violation.code.starts_with("batch."));
    }
    let has = |code: &str| found.iter().any(|violation| violation.code == code);
    let refusal = if has("operation.undeclared") {
        let others = ["GET", "POST", "PATCH", "PUT", "DELETE"];
        let is_known = others
            .iter()
            .any(|method| contract.operation(method, &incoming.path).is_ok());
        let segment = incoming.path.rsplit('/').next().unwrap_or_default();
        Some(if is_known {
            Refusal::no_method()
        } else {
            Refusal::no_segment(segment)
        })
    } else if has("operation.not_granted") {
        Some(Refusal::no_method())
    } else if has("operation.ungraded") {
        Some(Refusal::not_simulated(
            "operations that the vendor's permission table does not grade",
        ))
    } else if has("permission.missing") {
        Some(Refusal::denied())
    } else {
        None
    };
    Judgement {
        violations: texts(&found),
        refusal,
    }
}

/// What the contract has against an answer.
pub(crate) fn judge_answer(incoming: &Incoming, answer: &Answer) -> Vec<String> {
    let text = answer.text.clone().map(serde_json::Value::String);
    let body = answer.body.as_ref().or(text.as_ref());
    texts(&Contract::vendor().check_response(
        &request(incoming, &incoming.query),
        answer.status,
        body,
    ))
}

fn texts(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;
