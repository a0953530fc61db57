//! Where connectors go: the directories of the tenant, and what the vendor's names are there.
//!
//! Invariants: an attribute that a directory does not show is never taken for one that no object has; the two are told
//! apart, and only the second reads as "no value".

use std::collections::BTreeMap;

use syncline_model::schema::{AttrDef, Schema, TypeDef};
use syncline_model::value::ValueType;
use syncline_model::{AttrName, DirectoryId};

use crate::config::{Connector, System};

/// The directories that connectors become, by connector.
#[derive(Debug, Clone, Default)]
pub struct Landscape {
    /// By the connector's id.
    pub places: BTreeMap<String, Place>,
}

/// A directory of the tenant.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its id.
    pub directory: DirectoryId,
    /// What it can hold.
    pub schema: Schema,
    /// Whether its objects have distinguished names.
    pub hierarchical: bool,
}

/// What a name of the vendor's is in a directory.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// This attribute.
    Attr(AttrDef),
    /// No object of the directory has it: it reads as no value of this type.
    Absent(ValueType, bool),
    /// Objects may have it, and the directory does not show it.
    Hidden(String),
}

impl Place {
    /// Its object type of that name.
    pub fn object_type(&self, name: &str) -> Option<&TypeDef> {
        let types = &self.schema.types;
        types.get(name).or_else(|| {
            let mut named = types
                .values()
                .filter(|def| def.name.eq_ignore_ascii_case(name));
            named.next()
        })
    }

    /// What a vendor's attribute is for objects of a type.
    pub fn attr(&self, connector: &Connector, object_type: &TypeDef, name: &str) -> Found {
        let own = |name: &str| object_type.attrs.get(&AttrName::new(name)).cloned();
        if let Some(def) = own(name) {
            return Found::Attr(def);
        }
        match connector.system {
            System::EntraId => {
                let other = in_graph(&object_type.name, name);
                match other.and_then(own) {
                    Some(def) => Found::Attr(def),
                    None => Found::Hidden(format!(
                        "Microsoft Graph shows no `{name}` of a {} to an application",
                        object_type.name
                    )),
                }
            }
            System::ActiveDirectory if !is_hidden_in_ad(name) => {
                let known = connector.known.get(&AttrName::new(name));
                let (value_type, multi) = known.map_or((ValueType::String, false), |def| {
                    (def.value_type, def.multi)
                });
                Found::Absent(value_type, multi)
            }
            System::ActiveDirectory => Found::Hidden(format!(
                "`{name}` is not read from a forest: it is computed there, kept for each domain controller, or offered \
                 under other names"
            )),
            System::Other => Found::Hidden(format!("the directory shows no attribute `{name}`")),
        }
    }
}

/// What a forest has and Syncline does not read: back links, what is computed, and what has names of its own.
fn is_hidden_in_ad(name: &str) -> bool {
    const HIDDEN: [&str; 22] = [
        "dn",
        "distinguishedName",
        "userAccountControl",
        "objectClass",
        "objectCategory",
        "instanceType",
        "nTSecurityDescriptor",
        "memberOf",
        "directReports",
        "managedObjects",
        "tokenGroups",
        "canonicalName",
        "whenChanged",
        "lastLogon",
        "badPwdCount",
        "badPasswordTime",
        "logonCount",
        "uSNChanged",
        "uSNCreated",
        "unicodePwd",
        "supplementalCredentials",
        "modifyTimeStamp",
    ];
    HIDDEN
        .iter()
        .any(|hidden| hidden.eq_ignore_ascii_case(name))
        || name.ends_with("BL")
}

/// The property of Microsoft Graph that holds what Entra Connect's connector calls so.
fn in_graph(object_type: &str, name: &str) -> Option<&'static str> {
    const USER: [(&str, &str); 13] = [
        ("alias", "mailNickname"),
        ("company", "companyName"),
        ("facsimileTelephoneNumber", "faxNumber"),
        ("lastPasswordChangeTimestamp", "lastPasswordChangeDateTime"),
        ("mobile", "mobilePhone"),
        (
            "onPremiseSecurityIdentifier",
            "onPremisesSecurityIdentifier",
        ),
        ("otherMail", "otherMails"),
        ("physicalDeliveryOfficeName", "officeLocation"),
        ("sourceAnchor", "onPremisesImmutableId"),
        ("telephoneNumber", "businessPhones"),
        ("title", "jobTitle"),
        ("employeeHireDate", "employeeHireDate"),
        ("dnsDomainName", "onPremisesDomainName"),
    ];
    const GROUP: [(&str, &str); 5] = [
        ("alias", "mailNickname"),
        ("member", "members"),
        ("netBiosName", "onPremisesNetBiosName"),
        (
            "onPremiseSecurityIdentifier",
            "onPremisesSecurityIdentifier",
        ),
        ("dnsDomainName", "onPremisesDomainName"),
    ];
    let names: &[(&str, &str)] = match object_type {
        "user" => &USER,
        "group" => &GROUP,
        _ => &[],
    };
    let found = names
        .iter()
        .find(|(theirs, _)| theirs.eq_ignore_ascii_case(name));
    found.map(|(_, ours)| *ours)
}

/// The flag that a single bit of `userAccountControl` is offered as.
pub(crate) fn account_flag(bit: i64) -> Option<&'static str> {
    Some(match bit {
        0x2 => "accountDisabled",
        0x20 => "passwordNotRequired",
        0x1_0000 => "passwordNeverExpires",
        0x4_0000 => "smartcardRequired",
        0x10_0000 => "accountNotDelegated",
        _ => return None,
    })
}
