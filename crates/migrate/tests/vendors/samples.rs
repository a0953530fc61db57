//! The samples' files, and directories for their connectors.
#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the vendors' files; the room itself reads none"
)]

use std::collections::BTreeMap;
use std::path::Path;

use syncline_migrate::config::{Config, Connector, System};
use syncline_migrate::landscape::{Landscape, Place};
use syncline_migrate::xml::File;
use syncline_model::schema::{AttrDef, Confirmation, Schema, TypeDef};
use syncline_model::{AttrName, DirectoryId, ValueType};

/// The schemas of directories.
pub type Described = BTreeMap<DirectoryId, Schema>;

/// The files of a sample of this room.
pub fn sample(name: &str) -> Vec<File> {
    sample_in(&format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR")))
}

/// The XML files below a folder.
pub fn sample_in(folder: &str) -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(folder).to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("xml"))
            {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(File { name, text });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// A directory that has just what the vendor's connector says.
pub fn as_exported(connector: &Connector) -> Schema {
    let included = connector.attributes.iter().map(AttrName::new);
    let attrs: BTreeMap<AttrName, AttrDef> = match connector.attributes.is_empty() {
        true => connector.known.clone(),
        false => included
            .filter_map(|name| Some((name.clone(), connector.known.get(&name)?.clone())))
            .collect(),
    };
    let of_type = |name: &String| {
        let def = TypeDef {
            name: name.clone(),
            attrs: attrs.clone(),
            rdn_attr: Some("CN".into()),
            unique: None,
            container: false,
        };
        (name.clone(), def)
    };
    Schema {
        types: connector.types.iter().map(of_type).collect(),
    }
}

/// The same systems as our own connectors show them, and whether their objects have names.
pub fn as_read(connector: &Connector) -> (Schema, bool) {
    match connector.system {
        System::EntraId => (cloud(), false),
        _ => (forest(connector), true),
    }
}

fn attr(name: &str, value_type: ValueType, multi: bool, writable: bool) -> (AttrName, AttrDef) {
    let name = AttrName::new(name);
    let def = AttrDef {
        name: name.clone(),
        value_type,
        multi,
        required: false,
        writable,
        max_length: None,
        confirmation: Confirmation::Exact,
        sensitive: false,
    };
    (name, def)
}

/// Types that are synchronised, flags for bits, dates for their numbers.
fn forest(connector: &Connector) -> Schema {
    const DATES: [&str; 2] = ["accountExpires", "pwdLastSet"];
    const KEPT: [&str; 3] = ["objectGUID", "objectSid", "cn"];
    let mut schema = as_exported(connector);
    schema
        .types
        .retain(|name, _| ["user", "group", "contact"].contains(&name.as_str()));
    for def in schema.types.values_mut() {
        def.attrs.remove(&AttrName::new("userAccountControl"));
        for held in def.attrs.values_mut() {
            if DATES.iter().any(|date| held.name == AttrName::new(date)) {
                held.value_type = ValueType::Datetime;
            }
            held.writable &= !KEPT.iter().any(|kept| held.name == AttrName::new(kept));
        }
        def.attrs
            .extend([attr("accountDisabled", ValueType::Boolean, false, true)]);
    }
    schema
}

/// The part of Microsoft Graph that the rules meet.
fn cloud() -> Schema {
    const USER: &str = "city companyName country department displayName faxNumber givenName jobTitle mail mailNickname \
        mobilePhone officeLocation onPremisesImmutableId postalCode preferredLanguage state streetAddress surname usageLocation \
        userPrincipalName extensionAttribute1 extensionAttribute2";
    const GROUP: &str = "description displayName mailNickname";
    let texts = |names: &str| -> BTreeMap<AttrName, AttrDef> {
        names
            .split_whitespace()
            .map(|name| attr(name, ValueType::String, false, true))
            .collect()
    };
    let mut user = texts(USER);
    user.extend([
        attr("accountEnabled", ValueType::Boolean, false, true),
        attr("businessPhones", ValueType::String, true, true),
        attr("manager", ValueType::Reference, false, true),
        attr("proxyAddresses", ValueType::String, true, false),
    ]);
    let mut group = texts(GROUP);
    group.extend([
        attr("mailEnabled", ValueType::Boolean, false, true),
        attr("members", ValueType::Reference, true, true),
        attr("securityEnabled", ValueType::Boolean, false, true),
    ]);
    let of_type = |(name, attrs): (&str, BTreeMap<AttrName, AttrDef>)| {
        let def = TypeDef {
            name: name.into(),
            attrs,
            rdn_attr: None,
            unique: None,
            container: false,
        };
        (name.to_owned(), def)
    };
    Schema {
        types: [("user", user), ("group", group)].map(of_type).into(),
    }
}

/// A directory for each connector, of this schema, and whether its objects have names.
pub fn placed(
    config: &Config,
    schema: impl Fn(&Connector) -> (Schema, bool),
) -> (Landscape, Described) {
    let mut landscape = Landscape::default();
    let mut described = Described::new();
    for (directory, connector) in (1..).map(DirectoryId).zip(config.connectors.values()) {
        let (schema, hierarchical) = schema(connector);
        described.insert(directory, schema.clone());
        let place = Place {
            directory,
            schema,
            hierarchical,
        };
        landscape.places.insert(connector.id.clone(), place);
    }
    (landscape, described)
}
