//! What an import reads of a directory: object types and, of each, attributes.
//!
//! Invariants: everything that a profile reads or writes is read, so that drift is seen and exports are
//! confirmed; of a cloud directory nothing is read that neither the settings nor a profile name; a selection that
//! grew is read in full before it counts (D-21); the order is that of names.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use syncline_engine::ruleset::{AttrsByType, in_flow, in_key, in_rule, in_target};
use syncline_model::attrs::AttrId;
use syncline_model::object::TypeId;
use syncline_model::profile::Profile;
use syncline_model::schema::Schema;
use syncline_model::{AttrName, AttrTable, DirectoryId, metaverse};

use crate::resource::directory::DirectorySettings;

/// Object types that an agent reads when the settings name none.
const TYPES: [&str; 3] = ["user", "group", "contact"];

/// Object types of a cloud directory that are read while neither its settings nor a profile name any. Each type costs a
/// permission there: as soon as one is named, only those are read that are.
const CLOUD_TYPES: [&str; 2] = ["user", "group"];

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

/// Attributes of Active Directory that are read in any case beside those that the metaverse has names for: what an object
/// is known by for ever, and whether the directory needs it for itself.
const AD_ATTRS: [&str; 3] = [
    "isCriticalSystemObject",
    "mS-DS-ConsistencyGuid",
    "objectGUID",
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
            [] => match (&settings.cloud, &settings.file) {
                (Some(_), _) => BTreeSet::new(),
                (None, Some(format)) => [format.object_type.clone()].into(),
                (None, None) => TYPES.iter().map(|t| (*t).to_owned()).collect(),
            },
            some => some.iter().cloned().collect(),
        };
        let of_settings: BTreeSet<AttrName> = settings.attributes.iter().cloned().collect();
        let mut wanted: AttrsByType = named
            .into_iter()
            .map(|t| (t, of_settings.clone()))
            .collect();
        for profile in profiles {
            used(directory, profile, &mut wanted);
        }
        if settings.cloud.is_some() && settings.types.is_empty() {
            if wanted.is_empty() {
                wanted = CLOUD_TYPES.map(|t| (t.to_owned(), BTreeSet::new())).into();
            }
            let every = wanted.values_mut();
            every.for_each(|attrs| attrs.extend(of_settings.iter().cloned()));
        }
        let common: BTreeSet<AttrName> = match (&settings.cloud, &settings.file) {
            (Some(_), _) => CLOUD_ATTRS.into_iter().map(AttrName::from).collect(),
            // A file is read as a whole whatever is asked for.
            (None, Some(format)) => format.columns.iter().map(|c| c.attribute.clone()).collect(),
            (None, None) => metaverse::builtin()
                .types
                .into_values()
                .flat_map(|t| t.attrs.into_keys())
                .chain(AD_ATTRS.into_iter().map(AttrName::from))
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

    /// What one profile itself reads and writes of a directory, without what is read in any case.
    pub fn of_profile(directory: DirectoryId, schema: &Schema, profile: &Profile) -> Self {
        let mut wanted = AttrsByType::new();
        used(directory, profile, &mut wanted);
        let select = |(name, attrs): (String, BTreeSet<AttrName>)| {
            let known = &schema.types.get(&name)?.attrs;
            let attrs = attrs.into_iter().filter(|attr| known.contains_key(attr));
            Some((name, attrs.collect()))
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

    /// By object type.
    pub fn by_type(&self) -> AttrsByType {
        let types = self.0.iter();
        types
            .map(|(name, attrs)| (name.clone(), attrs.iter().cloned().collect()))
            .collect()
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

/// Attributes of the directory that a profile reads or writes. Each type that it names is there.
pub fn used(directory: DirectoryId, profile: &Profile, wanted: &mut AttrsByType) {
    deciding(directory, profile, wanted);
    for part in profile.inbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        attrs.extend(part.flows.iter().flat_map(in_flow));
    }
    // Outward, expressions are about the metaverse but for what they say of the target's image.
    for part in profile.outbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        let disabling = part.disable.iter().flat_map(|disable| &disable.flows);
        attrs.extend(part.flows.iter().chain(disabling).flat_map(in_target));
    }
}

/// Attributes of the directory that decide which objects take part and which are the same.
pub fn deciding(directory: DirectoryId, profile: &Profile, wanted: &mut AttrsByType) {
    for part in profile.inbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        attrs.extend(part.scope.iter().flat_map(in_rule));
        let keys = part.match_groups.iter().flatten().map(|pair| &pair.source);
        attrs.extend(keys.flat_map(in_key));
    }
    for part in profile.outbound.iter().filter(|p| p.directory == directory) {
        let attrs = wanted.entry(part.object_type.clone()).or_default();
        let keys = part.match_groups.iter().flatten().map(|pair| &pair.target);
        attrs.extend(keys.flat_map(in_key));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syncline_model::ValueType;
    use syncline_model::schema::{AttrDef, Confirmation, TypeDef};

    use super::*;

    fn schema(names: &[&str]) -> Schema {
        let attr = |name: &&str| {
            let name = AttrName::new(name);
            let def = AttrDef {
                name: name.clone(),
                value_type: ValueType::String,
                multi: false,
                required: false,
                writable: true,
                max_length: None,
                confirmation: Confirmation::Exact,
                sensitive: false,
            };
            (name, def)
        };
        let user = TypeDef {
            name: "user".into(),
            attrs: names.iter().map(attr).collect(),
            rdn_attr: None,
            unique: None,
            container: false,
        };
        Schema {
            types: [("user".to_owned(), user)].into(),
        }
    }

    #[test]
    fn what_an_expression_reads_is_read() {
        let schema = schema(&[
            "mail",
            "shoeSize",
            "ms-DS-Odd",
            "hatSize",
            "gloveSize",
            "eyeColour",
            "unused",
        ]);
        let profile: Profile = serde_json::from_value(json!({"name": "p", "inbound": [{"directory": "dir_1", "type": "user",
            "metaverse_type": "person", "link": "provision", "scope": {"expr": "hatSize != null"},
            "match": [[{"source": {"expr": "gloveSize.Trim()"}, "metaverse": "mail"}]],
            "flows": [{"to": "info", "expr": "shoeSize ?? [ms-DS-Odd]"},
                      {"to": "comment", "rule": {"if": "eyeColour == null", "then": {"expr": "ignore"}}}]}]}))
        .unwrap();

        let selection = Selection::new(
            DirectoryId(1),
            &schema,
            &DirectorySettings::default(),
            std::iter::once(&profile),
        );

        let names: Vec<&str> = selection.0[0].1.iter().map(AttrName::as_str).collect();
        assert_eq!(
            names,
            [
                "eyeColour",
                "gloveSize",
                "hatSize",
                "mail",
                "ms-DS-Odd",
                "shoeSize"
            ]
        );
    }

    #[test]
    fn of_a_cloud_directory_nothing_is_read_that_nobody_names() {
        let user = schema(&["mail"]).types["user"].clone();
        let types = ["user", "group", "contact"].map(|name| {
            let named = TypeDef {
                name: name.into(),
                ..user.clone()
            };
            (name.to_owned(), named)
        });
        let schema = Schema {
            types: types.into(),
        };
        let mut settings: DirectorySettings = serde_json::from_value(json!({"cloud":
            {"cloud": "c", "tenant": "t", "client_id": "i"}}))
        .unwrap();
        let names = |settings: &DirectorySettings, profiles: &[Profile]| -> Vec<String> {
            let selection = Selection::new(DirectoryId(1), &schema, settings, profiles.iter());
            selection.0.into_iter().map(|(name, _)| name).collect()
        };
        let profile = |object_type: &str| -> Profile {
            let document = json!({"name": "p", "outbound": [{"directory": "dir_1", "type": object_type,
                "metaverse_type": "person", "action": "update-only", "flows": []}]});
            serde_json::from_value(document).unwrap()
        };

        assert_eq!(names(&settings, &[]), ["group", "user"]);
        assert_eq!(names(&settings, &[profile("user")]), ["user"]);
        let both = [profile("user"), profile("contact")];
        assert_eq!(names(&settings, &both), ["contact", "user"]);
        settings.types = vec!["contact".into()];
        assert_eq!(names(&settings, &[]), ["contact"]);
        assert_eq!(names(&settings, &[profile("user")]), ["contact", "user"]);
        settings.cloud = None;
        settings.types = Vec::new();
        assert_eq!(names(&settings, &[]), ["contact", "group", "user"]);
    }

    #[test]
    fn outward_only_the_target_s_image_is_read_beside_what_is_written() {
        let schema = schema(&["shoeSize", "hatSize", "gloveSize"]);
        let profile: Profile = serde_json::from_value(
            json!({"name": "p", "outbound": [{"directory": "dir_1", "type": "user",
            "metaverse_type": "person", "action": "update-only",
            "flows": [{"to": "shoeSize", "expr": "hatSize ?? Target.gloveSize"}]}]}),
        )
        .unwrap();

        let selection = Selection::new(
            DirectoryId(1),
            &schema,
            &DirectorySettings::default(),
            std::iter::once(&profile),
        );

        let names: Vec<&str> = selection.0[0].1.iter().map(AttrName::as_str).collect();
        assert_eq!(names, ["gloveSize", "shoeSize"]);
    }
}
