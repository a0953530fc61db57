//! Which application permissions a profile needs, and what each of them costs it.
//!
//! Rows are data (`data/permissions.json`), each with the operation it comes from. Invariants: the set is the least
//! that grants everything named; a permission that another one of the set covers is not asked for; each has the
//! attributes and acts that make it necessary, so that an administrator can see what a mapping costs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use syncline_model::AttrName;
use syncline_model::schema::ObjectType;

use super::properties;

/// A kind of write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// Objects of this type are created with these attributes.
    Create(ObjectType, Vec<AttrName>),
    /// These attributes of objects of this type are changed.
    Update(ObjectType, Vec<AttrName>),
    /// Objects of this type are deleted.
    Delete(ObjectType),
    /// Objects of this type are taken out of the recycle bin.
    Restore(ObjectType),
}

/// What a permission is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Reading.
    Read,
    /// Finding out which directory extensions there are, to read or write them.
    ReadExtension,
    /// Creating.
    Create,
    /// Changing.
    Update,
    /// Deleting.
    Delete,
    /// Restoring.
    Restore,
}

/// Why a permission is needed, and so what is lost without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// What is done.
    pub act: Act,
    /// With objects of this type.
    pub object_type: ObjectType,
    /// With this attribute; `None` for the object as such.
    pub attribute: Option<AttrName>,
    /// The operation of Graph that wants the permission.
    pub operation: &'static str,
}

/// One permission to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its name, such as `User.Read.All`.
    pub permission: &'static str,
    /// What wants it: what is lost when it is not granted.
    pub reasons: Vec<Reason>,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::ReadExtension => "list the directory extensions of",
            Self::Create => "create",
            Self::Update => "change",
            Self::Delete => "delete",
            Self::Restore => "restore",
        })
    }
}

/// As an administrator reads it: `change jobTitle of user`, `create group`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.attribute {
            Some(attribute) => write!(f, "{} {attribute} of {}", self.act, self.object_type),
            None => write!(f, "{} {}", self.act, self.object_type),
        }
    }
}

#[derive(Deserialize)]
struct Row {
    act: Act,
    #[serde(rename = "type")]
    object_type: String,
    attrs: Option<Vec<AttrName>>,
    permission: String,
    operation: String,
}

#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
    covers: BTreeMap<String, Vec<String>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        serde_json::from_str(include_str!("data/permissions.json"))
            .expect("permissions.json is readable")
    })
}

/// The least set of permissions for reading these attributes and writing so.
pub fn needed(reads: &[(ObjectType, Vec<AttrName>)], writes: &[Write]) -> Vec<Need> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<Reason>> = BTreeMap::new();
    let mut want = |act: Act, object_type: &str, attr: Option<&AttrName>| {
        let row = table().rows.iter().find(|row| {
            row.act == act
                && (row.object_type == object_type || row.object_type == "*")
                && match (&row.attrs, attr) {
                    (None, _) => true,
                    (Some(attrs), Some(attr)) => attrs.contains(attr),
                    (Some(_), None) => false,
                }
        });
        if let Some(row) = row {
            wanted.entry(&row.permission).or_default().insert(Reason {
                act,
                object_type: object_type.to_owned(),
                attribute: attr.cloned(),
                operation: &row.operation,
            });
        }
    };
    for (object_type, attrs) in reads {
        for attr in attrs {
            want(Act::Read, object_type, Some(attr));
            if is_extension(attr) {
                want(Act::ReadExtension, object_type, Some(attr));
            }
        }
        if attrs.is_empty() {
            want(Act::Read, object_type, Some(&AttrName::new("displayName")));
        }
    }
    for write in writes {
        let (act, object_type, attrs) = match write {
            Write::Create(object_type, attrs) => (Act::Create, object_type, attrs.as_slice()),
            Write::Update(object_type, attrs) => (Act::Update, object_type, attrs.as_slice()),
            Write::Delete(object_type) => (Act::Delete, object_type, &[][..]),
            Write::Restore(object_type) => (Act::Restore, object_type, &[][..]),
        };
        if act != Act::Update {
            want(act, object_type, None);
        }
        for attr in attrs {
            // What is set on creation is an update like any other: references are written after it.
            want(Act::Update, object_type, Some(attr));
            if is_extension(attr) {
                want(Act::ReadExtension, object_type, Some(attr));
            }
        }
    }
    let names: Vec<&'static str> = wanted.keys().copied().collect();
    let covering = |name: &str| {
        names.iter().copied().find(|other| {
            let covered = table().covers.get(*other);
            covered.is_some_and(|covered| covered.iter().any(|known| known == name))
        })
    };
    let mut needs: BTreeMap<&'static str, BTreeSet<Reason>> = BTreeMap::new();
    for (name, reasons) in wanted {
        let mut asked = name;
        // What covers may itself be covered.
        while let Some(by) = covering(asked) {
            asked = by;
        }
        needs.entry(asked).or_default().extend(reasons);
    }
    needs
        .into_iter()
        .map(|(permission, reasons)| Need {
            permission,
            reasons: reasons.into_iter().collect(),
        })
        .collect()
}

/// Whether a name is that of a directory extension, which shows only where the application may list them.
pub fn is_extension(attr: &AttrName) -> bool {
    properties::is_extension(attr)
}

/// Whether a granted set of permissions covers a needed one.
pub fn is_covered(permission: &str, granted: &BTreeSet<String>) -> bool {
    granted.contains(permission)
        || granted.iter().any(|other| {
            let covered = table().covers.get(other);
            covered.is_some_and(|covered| covered.iter().any(|known| known == permission))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(reads: &[(&str, &[&str])], writes: &[Write]) -> Vec<&'static str> {
        let reads: Vec<(ObjectType, Vec<AttrName>)> = reads
            .iter()
            .map(|(object_type, attrs)| {
                (
                    (*object_type).to_owned(),
                    attrs.iter().map(AttrName::new).collect(),
                )
            })
            .collect();
        needed(&reads, writes)
            .into_iter()
            .map(|need| need.permission)
            .collect()
    }

    fn update(object_type: &str, attrs: &[&str]) -> Write {
        let attrs = attrs.iter().map(AttrName::new).collect();
        Write::Update(object_type.to_owned(), attrs)
    }

    #[test]
    fn reading_costs_reading_only() {
        assert_eq!(
            names(&[("user", &["mail", "manager"])], &[]),
            ["User.Read.All"]
        );
        assert_eq!(
            names(&[("group", &["displayName"])], &[]),
            ["Group.ReadBasic.All"]
        );
        assert_eq!(
            names(&[("group", &["displayName", "members"])], &[]),
            ["GroupMember.Read.All"]
        );
        assert_eq!(
            names(&[("group", &["members", "theme"])], &[]),
            ["Group.Read.All"]
        );
        assert_eq!(
            names(&[("contact", &["mail"])], &[]),
            ["OrgContact.Read.All"]
        );
        assert_eq!(
            names(
                &[("user", &["extension_0123456789abcdef0123456789abcdef_x"])],
                &[]
            ),
            ["Directory.Read.All"]
        );
    }

    #[test]
    fn narrow_permissions_do_where_they_suffice_and_a_wide_one_covers_them() {
        let disable = update("user", &["accountEnabled"]);
        let phones = update("user", &["mobilePhone"]);

        assert_eq!(
            names(
                &[("user", &["mail"])],
                &[
                    disable.clone(),
                    phones.clone(),
                    Write::Delete("user".into())
                ]
            ),
            [
                "User-Phone.ReadWrite.All",
                "User.DeleteRestore.All",
                "User.EnableDisableAccount.All",
                "User.Read.All"
            ]
        );
        assert_eq!(
            names(
                &[("user", &["mail"])],
                &[disable, phones, update("user", &["city"])]
            ),
            ["User.ReadWrite.All"]
        );
        assert_eq!(
            names(&[("group", &["members"])], &[update("group", &["members"])]),
            // Writing members grants no delta query (the vendor's table).
            ["GroupMember.Read.All", "GroupMember.ReadWrite.All"]
        );
        assert_eq!(
            names(
                &[("group", &["members"])],
                &[Write::Create("group".into(), vec!["members".into()])]
            ),
            ["Group.ReadWrite.All"]
        );
    }

    #[test]
    fn what_is_deleted_or_restored_costs_its_own_permission() {
        for (object_type, permission) in [
            ("user", "User.DeleteRestore.All"),
            ("group", "Group.ReadWrite.All"),
        ] {
            let object_type = || object_type.to_owned();
            assert_eq!(names(&[], &[Write::Delete(object_type())]), [permission]);
            assert_eq!(names(&[], &[Write::Restore(object_type())]), [permission]);
        }
    }

    #[test]
    fn a_need_names_what_costs_it() {
        let needs = needed(&[], &[update("user", &["city", "accountEnabled"])]);

        assert_eq!(needs.len(), 1);
        let attrs: Vec<_> = needs[0]
            .reasons
            .iter()
            .filter_map(|reason| reason.attribute.clone())
            .collect();
        assert_eq!(attrs, ["accountEnabled".into(), AttrName::new("city")]);
        let granted = BTreeSet::from(["User.ReadWrite.All".to_owned()]);
        assert!(is_covered("User.Read.All", &granted) && !is_covered("Group.Read.All", &granted));
    }
}
