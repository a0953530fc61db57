//! Where Active Directory and OpenLDAP differ in what objects are: ids, object types, filters.
//!
//! Invariants: an entry has at most one object type; the filter of a type finds exactly the entries of
//! that type, alive or deleted, so that full and delta imports agree on what belongs to it.

use syncline_model::Anchor;
use syncline_model::import::ObjectName;

use super::config::DirectoryKind;
use super::dn_text::{filter_octets, guid_name, parse_guid};
use super::entry::RawEntry;
use super::{ad_schema, subschema};

/// What every request asks for besides what is wanted.
const AD_ALWAYS: [&str; 3] = ["objectGUID", "objectClass", "parentGUID"];
const OPENLDAP_ALWAYS: [&str; 2] = ["entryUUID", "objectClass"];

impl DirectoryKind {
    /// Attributes that every request needs.
    pub(super) fn always(self) -> &'static [&'static str] {
        match self {
            Self::ActiveDirectory => &AD_ALWAYS,
            Self::OpenLdap => &OPENLDAP_ALWAYS,
        }
    }

    /// Whether names come with GUIDs.
    pub(super) fn extended_names(self) -> bool {
        self == Self::ActiveDirectory
    }

    /// The object types whose objects hold others; always read, so that every name can be derived.
    pub(super) fn container_types(self) -> Vec<&'static str> {
        match self {
            Self::ActiveDirectory => names(&ad_schema::TYPES),
            Self::OpenLdap => names(&subschema::TYPES.map(|(name, holds, _)| (name, holds))),
        }
    }

    /// The immutable id of an entry.
    pub(super) fn anchor(self, entry: &RawEntry) -> Option<Anchor> {
        match self {
            Self::ActiveDirectory => {
                let octets = entry.first("objectGUID")?;
                Some(Anchor::from_object_guid(octets.try_into().ok()?))
            }
            Self::OpenLdap => parse_guid(entry.text("entryUUID")?),
        }
    }

    /// The object type of an entry; `None` for kinds of objects that are not offered.
    pub(super) fn type_of(self, entry: &RawEntry) -> Option<&'static str> {
        let is = |class: &str| {
            entry
                .texts("objectClass")
                .any(|found| found.eq_ignore_ascii_case(class))
        };
        match self {
            // Computers are users too, and builtinDomain and lostAndFound are containers in all but name.
            Self::ActiveDirectory if is("computer") => None,
            Self::ActiveDirectory if is("builtinDomain") || is("lostAndFound") => Some("container"),
            Self::ActiveDirectory => ad_schema::TYPES
                .iter()
                .map(|(name, _)| *name)
                .find(|name| is(name)),
            Self::OpenLdap => subschema::TYPES
                .iter()
                .map(|(name, ..)| *name)
                .find(|name| is(name)),
        }
    }

    /// A filter that finds the objects of these types.
    pub(super) fn filter<'a>(self, types: impl IntoIterator<Item = &'a str>) -> String {
        let mut parts: Vec<String> = types
            .into_iter()
            .map(|object_type| match (self, object_type) {
                (Self::ActiveDirectory, "user") => {
                    "(&(objectClass=user)(!(objectClass=computer)))".to_owned()
                }
                (Self::ActiveDirectory, "container") => {
                    "(objectClass=container)(objectClass=builtinDomain)(objectClass=lostAndFound)"
                        .to_owned()
                }
                _ => format!("(objectClass={object_type})"),
            })
            .collect();
        parts.sort_unstable();
        parts.dedup();
        format!("(|{})", parts.concat())
    }

    /// A filter that finds the objects with these ids.
    pub(super) fn anchors_filter<'a>(
        self,
        anchors: impl IntoIterator<Item = &'a Anchor>,
    ) -> String {
        let mut filter = "(|".to_owned();
        for anchor in anchors {
            match self {
                Self::ActiveDirectory => {
                    if let Some(octets) = anchor.to_object_guid() {
                        filter.push_str(&format!("(objectGUID={})", filter_octets(&octets)));
                    }
                }
                Self::OpenLdap => filter.push_str(&format!("(entryUUID={anchor})")),
            }
        }
        filter.push(')');
        filter
    }

    /// When an object was made, as the directory itself keeps it.
    pub(super) fn created_attr(self) -> &'static str {
        match self {
            Self::ActiveDirectory => "whenCreated",
            Self::OpenLdap => "createTimestamp",
        }
    }

    /// The base under which an object is found directly, where the directory has such names.
    pub(super) fn direct_name(self, name: &ObjectName) -> Option<String> {
        match (self, name) {
            (_, ObjectName::Dn(dn)) => Some(dn.to_string()),
            (Self::ActiveDirectory, ObjectName::Anchor(anchor)) => guid_name(anchor),
            (Self::OpenLdap, ObjectName::Anchor(_)) => None,
        }
    }
}

fn names(types: &[(&'static str, bool)]) -> Vec<&'static str> {
    types
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| *name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::entry::RawAttr;
    use super::*;

    fn of_classes(classes: &[&str]) -> RawEntry {
        RawEntry {
            dn: String::new(),
            attrs: vec![RawAttr {
                name: "objectClass".into(),
                range: None,
                values: classes.iter().map(|c| c.as_bytes().to_vec()).collect(),
            }],
        }
    }

    #[test]
    fn a_computer_is_no_user() {
        let ad = DirectoryKind::ActiveDirectory;
        let person = ["top", "person", "organizationalPerson", "user"];

        assert_eq!(ad.type_of(&of_classes(&person)), Some("user"));
        assert_eq!(
            ad.type_of(&of_classes(&[&person[..], &["computer"]].concat())),
            None
        );
        assert_eq!(
            ad.type_of(&of_classes(&["top", "builtinDomain"])),
            Some("container")
        );
        assert_eq!(ad.type_of(&of_classes(&["top", "printQueue"])), None);
    }

    #[test]
    fn filters_name_types_and_ids() {
        let ad = DirectoryKind::ActiveDirectory;

        assert_eq!(
            ad.filter(["group", "user", "group"]),
            "(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group))"
        );
        assert_eq!(
            ad.anchors_filter([&Anchor::from_object_guid([1; 16])]),
            format!("(|(objectGUID={}))", "\\01".repeat(16))
        );
    }
}
