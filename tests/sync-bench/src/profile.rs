//! The profile: people of HR, their accounts in twelve forests, and groups, to one target.

use serde_json::{Value, json};
use syncline_model::DirectoryId;

/// The directories.
pub struct Directories {
    /// Where people come from.
    pub hr: DirectoryId,
    /// Where accounts and groups are.
    pub forests: Vec<DirectoryId>,
    /// Where everybody shall be.
    pub target: DirectoryId,
}

fn same(names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .map(|name| json!({"to": name, "from": name}))
        .collect()
}

const DETAILS: [&str; 16] = [
    "company",
    "co",
    "l",
    "st",
    "street",
    "postalCode",
    "physicalDeliveryOfficeName",
    "telephoneNumber",
    "mobile",
    "facsimileTelephoneNumber",
    "homePhone",
    "extensionAttribute1",
    "extensionAttribute2",
    "info",
    "sAMAccountName",
    "proxyAddresses",
];

/// The document. `variant` is part of an expression that touches one person in a hundred.
pub fn document(all: &Directories, variant: &str) -> Value {
    let people = [
        "employeeID",
        "givenName",
        "sn",
        "displayName",
        "department",
        "title",
        "employeeType",
        "costCenter",
        "division",
        "preferredLanguage",
        "personalTitle",
        "manager",
    ];
    let mut inbound = vec![json!({
        "directory": all.hr, "type": "user", "metaverse_type": "person", "link": "provision",
        "scope": {"expr": "employeeID?.StartsWith(\"E\") ?? false"},
        "flows": same(&people),
    })];
    for forest in &all.forests {
        let mut flows = same(&DETAILS);
        flows.push(json!({"to": "mail", "expr": "mail?.ToLower()"}));
        inbound.push(json!({
            "directory": forest, "type": "user", "metaverse_type": "person", "link": "join",
            "match": [[{"source": "employeeID", "metaverse": "employeeID"}]], "flows": flows,
        }));
    }
    inbound.push(json!({
        "directory": all.forests[0], "type": "group", "metaverse_type": "group", "link": "provision",
        "flows": same(&["cn", "description", "member"]),
    }));
    let mut flows = same(&people);
    flows.extend(same(&DETAILS));
    flows.retain(|flow| flow["to"] != "displayName" && flow["to"] != "company");
    flows.extend([
        json!({"to": "displayName", "expr": "sn?.ToUpper() + \", \" + givenName"}),
        json!({"to": "company", "expr": format!("department == \"Department 7\" ? {} : company", variant)}),
        json!({"to": "mail", "rule": {"if": "mail != null", "then": {"expr": "mail.Replace(\"forest\", \"corp\")"},
            "else": {"expr": "employeeID?.ToLower() + \"@corp.example\""}}}),
        json!({"to": "userPrincipalName", "expr": "employeeID?.ToLower() + \"@corp.example\""}),
    ]);
    json!({
        "name": "bench",
        "inbound": inbound,
        "outbound": [
            {"directory": all.target, "type": "user", "metaverse_type": "person", "action": "create-or-update",
             "match": [[{"metaverse": "employeeID", "target": "employeeID"}]],
             "dn": {"expr": "\"CN=\" + employeeID + \",OU=Synced,DC=target\""}, "deprovision": "delete", "flows": flows},
            {"directory": all.target, "type": "group", "metaverse_type": "group", "action": "create-or-update",
             "match": [[{"metaverse": "cn", "target": "cn"}]],
             "dn": {"expr": "\"CN=\" + Dn.Escape(cn) + \",OU=Groups,DC=target\""}, "deprovision": "delete",
             "flows": [{"to": "description", "expr": "description?.FirstOrDefault()"}, {"to": "member", "from": "member"}]},
        ],
        "approval": {"then": "live"},
    })
}
