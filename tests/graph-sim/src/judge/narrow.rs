//! Permissions that grant an operation for some properties only.
//!
//! The vendor's table grades operations, its reference pages grade properties (user-update, "Permissions for
//! specific scenarios"). The table here is the simulator's own: what the connector believes is nowhere read.
//! Which properties of a group are basic is not published; here it is what names a group and says of what kind
//! it is.

use crate::{route::Resource, store::Class};
use std::collections::BTreeSet;
use syncline_graph_contract::{Contract, Request};

/// What a narrow permission covers.
struct Narrow {
    permission: &'static str,
    /// One of these must be granted beside it.
    beside: &'static [&'static str],
    properties: &'static [&'static str],
}

static USERS_READ: [&str; 4] = [
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Of `PATCH /users/{id}`.
static USER_UPDATE: [Narrow; 5] = [
    Narrow {
        permission: "User.EnableDisableAccount.All",
        beside: &USERS_READ,
        properties: &["accountEnabled"],
    },
    Narrow {
        permission: "User-Phone.ReadWrite.All",
        beside: &[],
        properties: &["businessPhones", "mobilePhone"],
    },
    Narrow {
        permission: "User-Mail.ReadWrite.All",
        beside: &[],
        properties: &["otherMails"],
    },
    Narrow {
        permission: "User-PasswordProfile.ReadWrite.All",
        beside: &[],
        properties: &["passwordProfile"],
    },
    Narrow {
        permission: "User.ManageIdentities.All",
        beside: &[],
        properties: &["identities"],
    },
];

/// Of reading groups.
static GROUP_READ: [Narrow; 1] = [Narrow {
    permission: "Group.ReadBasic.All",
    beside: &[],
    properties: &[
        "id",
        "createdDateTime",
        "description",
        "displayName",
        "groupTypes",
        "mail",
        "mailEnabled",
        "mailNickname",
        "onPremisesSyncEnabled",
        "securityEnabled",
        "visibility",
    ],
}];

/// The properties that a request names and that none of the granted permissions covers; nothing when a granted
/// permission covers all properties, or the request is none of which properties are graded.
pub(super) fn uncovered(
    request: &Request<'_>,
    select: Option<&str>,
    resource: &Resource,
    roles: &BTreeSet<String>,
) -> Option<Vec<String>> {
    let (table, named): (&[Narrow], Vec<String>) = match (request.method, resource) {
        ("PATCH", Resource::Object(Class::User, _)) => {
            let body = request.body?.as_object()?;
            (&USER_UPDATE, body.keys().cloned().collect())
        }
        (
            "GET",
            Resource::Collection(Class::Group)
            | Resource::Object(Class::Group, _)
            | Resource::Delta(Class::Group),
        ) => {
            let names = select?.split(',').map(str::trim);
            (&GROUP_READ, names.map(str::to_owned).collect())
        }
        _ => return None,
    };
    let is_narrow = |role: &str| table.iter().any(|row| row.permission == role);
    let mut wide = roles.clone();
    wide.retain(|role| !is_narrow(role));
    let of_wide = Contract::vendor().check_request(request, &wide);
    if !of_wide
        .iter()
        .any(|wrong| wrong.code == "permission.missing")
    {
        return None;
    }
    let covers = |row: &&Narrow| {
        let beside = row.beside;
        roles.contains(row.permission)
            && (beside.is_empty() || beside.iter().any(|role| roles.contains(*role)))
    };
    let covered: BTreeSet<&str> = table
        .iter()
        .filter(covers)
        .flat_map(|row| row.properties.iter().copied())
        .collect();
    let names = named.into_iter().filter(|name| {
        // Annotations are no properties.
        !name.contains('@') && !covered.contains(name.as_str())
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then_some(names)
}
