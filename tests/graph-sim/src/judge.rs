//! The vendor's contract: what an operation is, who may call it, and what is wrong with a message.
//!
//! The permission table leaves a few operations ungraded that the service serves and whose reference pages
//! name permissions; those are listed here, with those permissions, and nothing else is let through.
//! Invariant: a request is judged whatever becomes of it; a lacking permission is always a violation.

mod narrow;

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
        ("GET", Resource::Deleted(class @ (Class::User | Class::Group))) => recycled("GET", *class),
        // Which of these suffices depends on what lies there: see `recycled`.
        ("GET", Resource::DeletedItem(_)) => &SEE_RECYCLED,
        ("DELETE" | "POST", Resource::DeletedItem(_) | Resource::Restore(_)) => &CHANGE_RECYCLED,
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

/// Permissions to see something of the recycle bin: users by the first four, groups by the last four.
static SEE_RECYCLED: [&str; 6] = [
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
];
/// Permissions to restore something, or to delete it for good.
static CHANGE_RECYCLED: [&str; 3] = [
    "User.DeleteRestore.All",
    "User.ReadWrite.All",
    "Group.ReadWrite.All",
];

/// The permissions with which this method may be used on an object of a class that lies in the recycle bin
/// (directory-deleteditems-get, -delete and -restore: a table for each type).
pub(crate) fn recycled(method: &str, class: Class) -> &'static [&'static str] {
    match (method, class) {
        ("GET", Class::User) => &SEE_RECYCLED[..4],
        ("GET", Class::Group) => &SEE_RECYCLED[2..],
        ("DELETE", Class::User) => &CHANGE_RECYCLED[..1],
        (_, Class::User) => &CHANGE_RECYCLED[..2],
        (_, Class::Group) => &CHANGE_RECYCLED[2..],
        // Contacts are never recycled.
        (_, Class::Contact) => &[],
    }
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

/// Judges a request of somebody with these application permissions; of somebody whose permissions nobody can
/// read everything but those.
pub(crate) fn judge(
    incoming: &Incoming,
    resource: &Resource,
    roles: Option<&BTreeSet<String>>,
) -> Judgement {
    let Some(roles) = roles else {
        let mut judgement = judge(incoming, resource, Some(&BTreeSet::new()));
        judgement.violations.retain(|text| !is_lacking(text));
        return judgement;
    };
    let contract = Contract::vendor();
    let asked = request(incoming, &incoming.query);
    let mut found = contract.check_request(&asked, roles);
    let documented =
        documented(&incoming.method, resource).or_else(|| bound_members(incoming, resource));
    if let Some(permissions) = documented {
        found.retain(|violation| {
            !UNGRADED.contains(&violation.code) && violation.code != "permission.missing"
        });
        if !permissions.iter().any(|name| roles.contains(*name)) {
            let mut violations = texts(&found);
            violations.push(lacking(incoming, permissions));
            return Judgement {
                violations,
                refusal: Some(Refusal::denied()),
            };
        }
    }
    // The items of a batch are judged one by one: the vendor's table alone would refuse what is served.
    if *resource == Resource::Batch {
        found.retain(|violation| violation.code.starts_with("batch."));
    }
    let has = |code: &str| found.iter().any(|violation| violation.code == code);
    let mut violations = texts(&found);
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
    } else if let Some(names) =
        narrow::uncovered(&asked, incoming.option("$select"), resource, roles)
    {
        let what = format!(
            "{} {} names {}",
            incoming.method,
            incoming.path,
            names.join(", ")
        );
        violations.push(format!("{what}: no granted permission covers it{LACKING}"));
        Some(Refusal::denied())
    } else {
        None
    };
    Judgement {
        violations,
        refusal,
    }
}

/// How a violation ends that says of a request only that it takes a permission.
const LACKING: &str = " (permission.missing)";

/// What the log says of a request that takes one of these permissions and has none of them.
pub(crate) fn lacking(incoming: &Incoming, permissions: &[&str]) -> String {
    let (method, path) = (&incoming.method, &incoming.path);
    let wanted = match permissions {
        [] => "it takes another permission".to_owned(),
        names => format!("it takes one of {}", names.join(", ")),
    };
    format!("{method} {path} is not granted: {wanted}{LACKING}")
}

/// Whether a violation says that a permission is missing.
pub(crate) fn is_lacking(violation: &str) -> bool {
    violation.ends_with(LACKING)
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
