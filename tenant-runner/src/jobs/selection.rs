//! What an import reads of a directory: object types and, of each, attributes.
//!
//! Invariants: everything that a profile reads or writes is read, so that drift is seen and exports are
//! confirmed; a selection that grew is read in full before it counts (D-21); the order is that of names.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use syncline_model::attrs::AttrId;
use syncline_model::object::TypeId;
use syncline_model::profile::{FlowOrigin, Key, Profile};
use syncline_model::schema::Schema;
use syncline_model::{AttrName, AttrTable, DirectoryId, metaverse};

use crate::resource::directory::DirectorySettings;

/// Object types that are read when the settings name none.
const TYPES: [&str; 3] = ["user", "group", "contact"];

/// Attributes of a cloud directory that are read in any case: who somebody is, and what matches ask for.
const CLOUD_ATTRS: [&str; 21] = [
    "accountEnabled",
    "companyName",
    "department",
    "description",
    "displayName",
    "employeeId",
    "givenName",
    "groupTypes",
    "jobTitle",
    "mail",
    "mailEnabled",
    "mailNickname",
    "manager",
    "members",
    "onPremisesImmutableId",
    "onPremisesSyncEnabled",
    "securityEnabled",
    "surname",
    "uniqueName",
    "userPrincipalName",
    "userType",
];

/// Object types with the attributes wanted of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(pub Vec<(String, Vec<AttrName>)>);

impl Selection {
    /// For a directory with this schema and these settings, under these profiles.
    pub fn new<'a>(
        directory: DirectoryId,
        schema: &Schema,
        settings: &DirectorySettings,
        profiles: impl Iterator<Item = &'a Profile>,
    ) -> Self {
        let named: BTreeSet<String> = match settings.types.as_slice() {
            [] => match &settings.file {
                Some(format) => [format.object_type.clone()].into(),
                None => TYPES.iter().map(|t| (*t).to_owned()).collect(),
            },
            some => some.iter().cloned().collect(),
        };
        let mut wanted: BTreeMap<String, BTreeSet<AttrName>> = named
            .into_iter()
            .map(|t| (t, settings.attributes.iter().cloned().collect()))
            .collect();
        for profile in profiles {
            used(directory, profile, &mut wanted);
        }
        let common: BTreeSet<AttrName> = match (&settings.cloud, &settings.file) {
            (Some(_), _) => CLOUD_ATTRS.into_iter().map(AttrName::from).collect(),
            // A file is read as a whole whatever is asked for.
            (None, Some(format)) => format.columns.iter().map(|c| c.attribute.clone()).collect(),
            (None, None) => metaverse::builtin()
                .types
                .into_values()
                .flat_map(|t| t.attrs.into_keys())
                .collect(),
        };
        let select = |(name, extra): (String, BTreeSet<AttrName>)| {
            let object_type = schema.types.get(&name)?;
            let attrs = object_type
                .attrs
                .keys()
                .filter(|a| common.contains(*a) || extra.contains(*a));
            let attrs = attrs.cloned().collect();
            Some((name, attrs))
        };
        Self(wanted.into_iter().filter_map(select).collect())
    }

    /// In interned numbers.
    pub fn interned(
        &self,
        attrs: &AttrTable,
        type_id: impl Fn(&str) -> Option<TypeId>,
    ) -> BTreeMap<TypeId, BTreeSet<AttrId>> {
        let one = |(name, list): &(String, Vec<AttrName>)| {
            Some((
                type_id(name)?,
                list.iter().filter_map(|a| attrs.id(a)).collect(),
            ))
        };
        self.0.iter().filter_map(one).collect()
    }

    /// A digest that changes whenever another set of types or attributes is read.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for (name, attrs) in &self.0 {
            hasher.update(name.as_bytes());
            hasher.update([0]);
            for attr in attrs {
                hasher.update(attr.as_str().to_ascii_lowercase().as_bytes());
                hasher.update([1]);
            }
        }
        hasher.finalize().into()
    }
}

/// Attributes of the directory that a profile names. What expressions read is among the common attributes or
/// in the directory's settings; what they name beyond is added by the flow that writes it.
fn used(
    directory: DirectoryId,
    profile: &Profile,
    wanted: &mut BTreeMap<String, BTreeSet<AttrName>>,
) {
    for part in profile.inbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        for flow in &part.flows {
            if let Some(FlowOrigin::Attr(attr)) = flow.origin() {
                attrs.insert(attr.clone());
            }
        }
        let keys = part.match_groups.iter().flatten().map(|pair| &pair.source);
        attrs.extend(keys.filter_map(named));
    }
    for part in profile.outbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        attrs.extend(part.flows.iter().map(|flow| flow.to.clone()));
        let keys = part.match_groups.iter().flatten().map(|pair| &pair.target);
        attrs.extend(keys.filter_map(named));
    }
}

fn named(key: &Key) -> Option<AttrName> {
    match key {
        Key::Attr(attr) => Some(attr.clone()),
        Key::Expr(_) => None,
    }
}
