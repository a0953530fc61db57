//! The sync profile of the main job: people, groups and contacts of `contoso.test` to `fabrikam.test`.
//!
//! People go where Fabrikam's people are, so that a match that finds nobody meets their names; groups and contacts
//! go to a container of their own.

use serde_json::{Value, json};

/// Flows that take an attribute as it is, on both sides.
fn same(names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .map(|name| json!({"to": name, "from": name}))
        .collect()
}

const PERSON: [&str; 17] = [
    "accountDisabled",
    "cn",
    "company",
    "department",
    "displayName",
    "employeeID",
    "employeeType",
    "givenName",
    "l",
    "mail",
    "manager",
    "mobile",
    "sAMAccountName",
    "sn",
    "telephoneNumber",
    "title",
    "thumbnailPhoto",
];

/// The document. `match_on` are the pairs by which existing people are found, one group each.
pub fn contoso_to_fabrikam(source: &str, target: &str, match_on: &[(&str, &str)]) -> Value {
    let person_in: Vec<Value> = same(&PERSON)
        .into_iter()
        .map(|flow| {
            if flow["to"] == "mail" {
                json!({"to": "mail", "expr": "mail?.ToLower()"})
            } else {
                flow
            }
        })
        .collect();
    let person_out: Vec<Value> = same(&PERSON)
        .into_iter()
        .filter(|flow| flow["to"] != "cn")
        .map(|flow| match flow["to"].as_str() {
            Some("department") => json!({"to": "department",
                "rule": {"if": "department == null", "then": {"expr": "ignore"}, "else": {"expr": "department.Trim()"}}}),
            _ => flow,
        })
        .chain([json!({"to": "userPrincipalName", "expr": "sAMAccountName + \"@fabrikam.test\""})])
        .collect();
    let contact = [
        "cn",
        "company",
        "displayName",
        "givenName",
        "mail",
        "sn",
        "telephoneNumber",
    ];
    let contact_out = [
        "company",
        "displayName",
        "givenName",
        "mail",
        "sn",
        "telephoneNumber",
    ];
    let group_in = [
        "cn",
        "description",
        "groupType",
        "mail",
        "member",
        "sAMAccountName",
    ];
    let group_out = [
        "description",
        "groupType",
        "mail",
        "member",
        "sAMAccountName",
    ];
    let dn = |unit: &str| json!({"expr": format!("\"CN=\" + Dn.Escape(cn) + \",OU={unit},DC=fabrikam,DC=test\"")});
    let pairs: Vec<Value> = match_on
        .iter()
        .map(|(metaverse, target)| json!([{"metaverse": metaverse, "target": target}]))
        .collect();
    json!({
        "name": "Contoso to Fabrikam",
        "triggers": {"on_change": true, "every": "PT15M"},
        "inbound": [
            {"directory": source, "type": "user", "metaverse_type": "person", "link": "provision",
             "scope": {"expr": "employeeType == \"FTE\""}, "flows": person_in},
            {"directory": source, "type": "group", "metaverse_type": "group", "link": "provision",
             "flows": same(&group_in)},
            {"directory": source, "type": "contact", "metaverse_type": "contact", "link": "provision", "flows": same(&contact)},
        ],
        "outbound": [
            {"directory": target, "type": "user", "metaverse_type": "person", "action": "create-or-update",
             "match": pairs, "dn": dn("Existing"), "flows": person_out, "deprovision": "delete"},
            {"directory": target, "type": "group", "metaverse_type": "group", "action": "create-or-update",
             "match": [[{"metaverse": "sAMAccountName", "target": "sAMAccountName"}]], "dn": dn("Synced"),
             "flows": same(&group_out), "deprovision": "delete"},
            {"directory": target, "type": "contact", "metaverse_type": "contact", "action": "create-or-update",
             "dn": dn("Synced"), "flows": same(&contact_out), "deprovision": "delete"},
        ],
        "approval": {"then": "live"}
    })
}

/// The matches that find everybody: by employee number, then by mail address.
pub const GOOD_MATCH: [(&str, &str); 2] = [("employeeID", "employeeID"), ("mail", "mail")];
/// A match that finds nobody, wrong on purpose.
pub const WRONG_MATCH: [(&str, &str); 1] = [("employeeID", "telephoneNumber")];
