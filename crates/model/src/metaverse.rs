//! The metaverse schema (D-09): types and attributes that every tenant starts with, and what a profile declares beside them.
//!
//! Invariants: names are those of LDAP (RFC 4519, RFC 2798) and Active Directory, so that a map of equal
//! names is the usual map; one attribute has one type in every object type that holds it.

use crate::attrs::AttrName;
use crate::profile::Declared;
use crate::schema::{AttrDef, Confirmation, Schema, TypeDef};
use crate::value::ValueType;

/// Attributes of people and contacts: name, type, whether it holds several values.
const PERSON: &[(&str, ValueType, bool)] = &[
    ("accountDisabled", ValueType::Boolean, false),
    ("accountExpires", ValueType::Datetime, false),
    ("assistant", ValueType::Reference, false),
    ("c", ValueType::String, false),
    ("cn", ValueType::String, false),
    ("co", ValueType::String, false),
    ("comment", ValueType::String, false),
    ("company", ValueType::String, false),
    ("costCenter", ValueType::String, false),
    ("countryCode", ValueType::Integer, false),
    ("department", ValueType::String, false),
    ("departmentNumber", ValueType::String, true),
    ("description", ValueType::String, true),
    ("displayName", ValueType::String, false),
    ("division", ValueType::String, false),
    ("employeeID", ValueType::String, false),
    ("employeeNumber", ValueType::String, false),
    ("employeeType", ValueType::String, false),
    ("extensionAttribute1", ValueType::String, false),
    ("extensionAttribute2", ValueType::String, false),
    ("extensionAttribute3", ValueType::String, false),
    ("extensionAttribute4", ValueType::String, false),
    ("extensionAttribute5", ValueType::String, false),
    ("extensionAttribute6", ValueType::String, false),
    ("extensionAttribute7", ValueType::String, false),
    ("extensionAttribute8", ValueType::String, false),
    ("extensionAttribute9", ValueType::String, false),
    ("extensionAttribute10", ValueType::String, false),
    ("extensionAttribute11", ValueType::String, false),
    ("extensionAttribute12", ValueType::String, false),
    ("extensionAttribute13", ValueType::String, false),
    ("extensionAttribute14", ValueType::String, false),
    ("extensionAttribute15", ValueType::String, false),
    ("facsimileTelephoneNumber", ValueType::String, false),
    ("generationQualifier", ValueType::String, false),
    ("givenName", ValueType::String, false),
    ("homePhone", ValueType::String, false),
    ("homePostalAddress", ValueType::String, false),
    ("immutableId", ValueType::String, false),
    ("info", ValueType::String, false),
    ("initials", ValueType::String, false),
    ("ipPhone", ValueType::String, false),
    ("l", ValueType::String, false),
    ("mail", ValueType::String, false),
    ("mailNickname", ValueType::String, false),
    ("manager", ValueType::Reference, false),
    ("middleName", ValueType::String, false),
    ("mobile", ValueType::String, false),
    ("msExchUsageLocation", ValueType::String, false),
    ("objectSid", ValueType::Binary, false),
    ("otherMailbox", ValueType::String, true),
    ("otherMobile", ValueType::String, true),
    ("otherTelephone", ValueType::String, true),
    ("pager", ValueType::String, false),
    ("passwordNeverExpires", ValueType::Boolean, false),
    ("personalTitle", ValueType::String, false),
    ("physicalDeliveryOfficeName", ValueType::String, false),
    ("postOfficeBox", ValueType::String, true),
    ("postalAddress", ValueType::String, true),
    ("postalCode", ValueType::String, false),
    ("preferredLanguage", ValueType::String, false),
    ("proxyAddresses", ValueType::String, true),
    ("roomNumber", ValueType::String, true),
    ("sAMAccountName", ValueType::String, false),
    ("secretary", ValueType::Reference, true),
    ("sn", ValueType::String, false),
    ("sourceAnchor", ValueType::String, false),
    ("st", ValueType::String, false),
    ("street", ValueType::String, false),
    ("streetAddress", ValueType::String, false),
    ("targetAddress", ValueType::String, false),
    ("telephoneNumber", ValueType::String, false),
    ("thumbnailPhoto", ValueType::Binary, false),
    ("title", ValueType::String, false),
    ("uid", ValueType::String, true),
    ("url", ValueType::String, true),
    ("userCertificate", ValueType::Binary, true),
    ("userPrincipalName", ValueType::String, false),
    ("wWWHomePage", ValueType::String, false),
];

/// Attributes of groups.
const GROUP: &[(&str, ValueType, bool)] = &[
    ("cn", ValueType::String, false),
    ("description", ValueType::String, true),
    ("displayName", ValueType::String, false),
    ("groupType", ValueType::Integer, false),
    ("info", ValueType::String, false),
    ("mail", ValueType::String, false),
    ("mailNickname", ValueType::String, false),
    ("managedBy", ValueType::Reference, false),
    ("member", ValueType::Reference, true),
    ("objectSid", ValueType::Binary, false),
    ("owner", ValueType::Reference, true),
    ("proxyAddresses", ValueType::String, true),
    ("sAMAccountName", ValueType::String, false),
    ("sourceAnchor", ValueType::String, false),
];

/// Attributes of organizational units.
const UNIT: &[(&str, ValueType, bool)] = &[
    ("c", ValueType::String, false),
    ("description", ValueType::String, true),
    ("l", ValueType::String, false),
    ("managedBy", ValueType::Reference, false),
    ("ou", ValueType::String, false),
    ("postalCode", ValueType::String, false),
    ("st", ValueType::String, false),
    ("street", ValueType::String, false),
];

/// Attributes of devices and computers.
const DEVICE: &[(&str, ValueType, bool)] = &[
    ("accountDisabled", ValueType::Boolean, false),
    ("cn", ValueType::String, false),
    ("dNSHostName", ValueType::String, false),
    ("description", ValueType::String, true),
    ("displayName", ValueType::String, false),
    ("managedBy", ValueType::Reference, false),
    ("operatingSystem", ValueType::String, false),
    ("operatingSystemVersion", ValueType::String, false),
    ("sAMAccountName", ValueType::String, false),
    ("serialNumber", ValueType::String, true),
    ("sourceAnchor", ValueType::String, false),
];

/// The schema of a new tenant's metaverse.
pub fn builtin() -> Schema {
    let types = [
        ("person", PERSON),
        ("contact", PERSON),
        ("group", GROUP),
        ("device", DEVICE),
        ("organizational-unit", UNIT),
    ];
    Schema {
        types: types
            .into_iter()
            .map(|(name, attrs)| (name.to_owned(), object_type(name, attrs)))
            .collect(),
    }
}

/// That schema with what a profile declares beside it. What is there from the start stays as it is.
pub fn with(declared: &Declared) -> Schema {
    let mut schema = builtin();
    for (name, attrs) in declared {
        let known = schema
            .types
            .entry(name.clone())
            .or_insert_with(|| object_type(name, &[]));
        for (attr, def) in attrs {
            let fresh = || attribute(attr.clone(), def.value_type, def.multi);
            known.attrs.entry(attr.clone()).or_insert_with(fresh);
        }
    }
    schema
}

fn attribute(name: AttrName, value_type: ValueType, multi: bool) -> AttrDef {
    AttrDef {
        name,
        value_type,
        multi,
        required: false,
        writable: true,
        max_length: None,
        confirmation: Confirmation::Exact,
        sensitive: false,
    }
}

fn object_type(name: &str, attrs: &[(&str, ValueType, bool)]) -> TypeDef {
    let attrs = attrs
        .iter()
        .map(|(name, value_type, multi)| attribute(AttrName::new(name), *value_type, *multi))
        .map(|def| (def.name.clone(), def))
        .collect();
    TypeDef {
        name: name.to_owned(),
        attrs,
        rdn_attr: None,
        unique: None,
        container: false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_declared_comes_beside_what_is_there_and_changes_nothing_of_it() {
        let declared = serde_json::json!({
            "person": {"cloudFiltered": {"type": "boolean"}, "MAIL": {"type": "binary", "multi": true}},
            "printer": {"cn": {"type": "string"}}});
        let declared = serde_json::from_value(declared).unwrap();

        let schema = with(&declared);

        let attr = |name: &str, attr: &str| schema.attr(name, &attr.into()).cloned();
        assert_eq!(
            attr("person", "cloudfiltered").map(|a| a.value_type),
            Some(ValueType::Boolean)
        );
        assert_eq!(
            attr("person", "mail"),
            builtin().attr("person", &"mail".into()).cloned()
        );
        assert!(attr("printer", "cn").is_some());
        assert_eq!(attr("group", "cloudFiltered"), None);
    }

    #[test]
    fn an_attribute_has_one_type_wherever_it_stands() {
        let mut seen: BTreeMap<AttrName, (ValueType, bool)> = BTreeMap::new();
        for (name, object_type) in builtin().types {
            for (attr, def) in object_type.attrs {
                let first = *seen
                    .entry(attr.clone())
                    .or_insert((def.value_type, def.multi));

                assert_eq!(first, (def.value_type, def.multi), "{attr} of {name}");
            }
        }
        assert!(seen.len() > 60);
    }
}
