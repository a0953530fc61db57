//! Names of the metaverse and of parameters in the drafts.
//!
//! Invariants: a vendor's attribute that the metaverse has with the same type is that one; any other is declared, under its
//! own name unless that is taken; a parameter has one value under one name.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::profile::{Declared, MetaverseAttr};
use syncline_model::schema::{AttrDef, Confirmation, Schema};
use syncline_model::{AttrName, metaverse};

use crate::config::Config;
use crate::landscape::Found;

/// What the vendor's metaverse attributes are here.
#[derive(Debug)]
pub(crate) struct Names {
    builtin: Schema,
    vendor: BTreeMap<String, BTreeMap<AttrName, AttrDef>>,
    /// Parameters by connector and the vendor's name: the name here.
    parameters: BTreeMap<(String, String), String>,
    /// Their values.
    values: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn new(config: &Config) -> Self {
        let builtin = metaverse::builtin();
        let of_type = |(name, def): (&String, &syncline_model::schema::TypeDef)| {
            let attrs = def.attrs.values().map(|vendor| {
                let ours = builtin.attr(name, &vendor.name);
                (vendor.name.clone(), settled(vendor, ours, &def.attrs))
            });
            (name.clone(), attrs.collect())
        };
        let vendor = config.metaverse.types.iter().map(of_type).collect();
        let mut names = Self {
            builtin,
            vendor,
            parameters: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        names.parameters_of(config);
        names
    }

    fn parameters_of(&mut self, config: &Config) {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for connector in config.connectors.values() {
            for (name, value) in &connector.parameters {
                all.entry(name).or_default().insert(value);
            }
        }
        for (at, connector) in config.connectors.values().enumerate() {
            for (name, value) in &connector.parameters {
                let ours = match all[name.as_str()].len() {
                    1 => name.clone(),
                    _ => format!("{name}_{}", at + 1),
                };
                self.values.insert(ours.clone(), value.clone());
                let key = (connector.id.clone(), name.clone());
                self.parameters.insert(key, ours);
            }
        }
    }

    /// What a connector's parameter is called here. One without a value is none.
    pub(crate) fn parameter(&self, connector: &str, name: &str) -> Option<String> {
        let ours = self
            .parameters
            .get(&(connector.to_owned(), name.to_owned()))?;
        let fits = |value: &&String| !value.is_empty() && value.chars().count() <= 1024;
        self.values.get(ours).filter(fits).map(|_| ours.clone())
    }

    /// The value of a parameter of the drafts.
    pub(crate) fn value(&self, ours: &str) -> Option<&String> {
        self.values.get(ours)
    }

    /// What a vendor's attribute of a metaverse type is here.
    pub(crate) fn attr(&self, metaverse_type: &str, name: &str) -> Found {
        let wanted = AttrName::new(name);
        let vendor = self
            .vendor
            .get(metaverse_type)
            .and_then(|attrs| attrs.get(&wanted));
        let known = vendor.or_else(|| self.builtin.attr(metaverse_type, &wanted));
        match known {
            Some(def) => Found::Attr(def.clone()),
            None => Found::Hidden(format!(
                "the export's metaverse has no `{name}` of type `{metaverse_type}`"
            )),
        }
    }

    /// Metaverse types of the vendor that have all these attributes.
    pub(crate) fn types_with<'a>(
        &'a self,
        attrs: &'a [String],
    ) -> impl Iterator<Item = &'a String> {
        let has = |known: &BTreeMap<AttrName, AttrDef>| {
            attrs
                .iter()
                .all(|attr| known.contains_key(&AttrName::new(attr)))
        };
        self.vendor
            .iter()
            .filter(move |(_, known)| has(known))
            .map(|(name, _)| name)
    }

    /// What has to be declared of these attributes.
    pub(crate) fn declared(&self, used: &BTreeSet<(String, AttrName)>) -> Declared {
        let mut declared = Declared::new();
        for (metaverse_type, attrs) in &self.vendor {
            for def in attrs.values() {
                let wanted = used.contains(&(metaverse_type.clone(), def.name.clone()));
                if wanted && self.builtin.attr(metaverse_type, &def.name).is_none() {
                    let attr = MetaverseAttr {
                        value_type: def.value_type,
                        multi: def.multi,
                    };
                    let of_type = declared.entry(metaverse_type.clone()).or_default();
                    of_type.insert(def.name.clone(), attr);
                }
            }
        }
        declared
    }
}

/// A vendor's attribute as the drafts have it.
fn settled(
    vendor: &AttrDef,
    ours: Option<&AttrDef>,
    beside: &BTreeMap<AttrName, AttrDef>,
) -> AttrDef {
    let name = match ours {
        // One value in an attribute that takes several is one value.
        Some(ours) if ours.value_type == vendor.value_type && (ours.multi || !vendor.multi) => {
            return ours.clone();
        }
        Some(_) => {
            let mut name = AttrName::new(format!("vendor-{}", vendor.name));
            while beside.contains_key(&name) {
                name = AttrName::new(format!("vendor-{name}"));
            }
            name
        }
        None => vendor.name.clone(),
    };
    AttrDef {
        name,
        writable: true,
        required: false,
        max_length: None,
        confirmation: Confirmation::Exact,
        sensitive: false,
        ..vendor.clone()
    }
}
