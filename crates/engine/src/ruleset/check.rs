//! What is wrong with a profile before it can be saved, beyond what the rule compiler finds.
//!
//! Invariants: finds every problem in one go; names the place as a path into the document; a profile
//! without problems resolves completely in [`super::build()`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use syncline_model::DirectoryId;
use syncline_model::attrs::AttrName;
use syncline_model::profile::{Action, Flow, FlowOrigin, Key, Profile};
use syncline_model::schema::{Schema, TypeDef};
use syncline_model::value::ValueType;

/// One problem of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code, such as `profile.unknown_attribute`.
    pub code: &'static str,
    /// Where, such as `outbound[0].flows[2].to`.
    pub path: String,
    /// What, why, and what to do.
    pub message: String,
}

/// Checks a profile against the schemas of its directories.
pub fn check(profile: &Profile, schemas: &BTreeMap<DirectoryId, &Schema>) -> Vec<Problem> {
    let mut found = Check {
        schemas,
        problems: Vec::new(),
    };
    let mut contributed: BTreeMap<(String, AttrName), BTreeSet<bool>> = BTreeMap::new();
    for (i, part) in profile.inbound.iter().enumerate() {
        let at = format!("inbound[{i}]");
        let schema = found.object_type(&at, part.directory, &part.object_type);
        for (g, pairs) in part.match_groups.iter().enumerate() {
            found.group(&format!("{at}.match[{g}]"), pairs.len());
            for (p, pair) in pairs.iter().enumerate() {
                found.key(
                    &format!("{at}.match[{g}][{p}].source"),
                    schema,
                    &pair.source,
                );
            }
        }
        for (f, flow) in part.flows.iter().enumerate() {
            let at = format!("{at}.flows[{f}]");
            let reference = found.flow(&at, flow, schema);
            let key = (part.metaverse_type.clone(), flow.to.clone());
            contributed.entry(key).or_default().insert(reference);
        }
    }
    for ((mv_type, attr), kinds) in &contributed {
        if kinds.len() > 1 {
            found.add(
                "profile.mixed_attribute",
                "inbound",
                format!(
                    "`{attr}` of {mv_type} receives references from one flow and plain values from another: \
                     use two attributes"
                ),
            );
        }
    }
    for (i, part) in profile.outbound.iter().enumerate() {
        let at = format!("outbound[{i}]");
        let schema = found.object_type(&at, part.directory, &part.object_type);
        found.target(&at, part, schema);
        for (g, pairs) in part.match_groups.iter().enumerate() {
            found.group(&format!("{at}.match[{g}]"), pairs.len());
            for (p, pair) in pairs.iter().enumerate() {
                found.key(
                    &format!("{at}.match[{g}][{p}].target"),
                    schema,
                    &pair.target,
                );
            }
        }
    }
    for (i, part) in profile.outbound.iter().enumerate() {
        let contributes = |attr: &AttrName| {
            profile.inbound.iter().any(|inbound| {
                inbound.directory == part.directory
                    && inbound.object_type == part.object_type
                    && inbound
                        .flows
                        .iter()
                        .any(|flow| flow.from.as_ref() == Some(attr))
            })
        };
        for (f, flow) in part.flows.iter().enumerate() {
            if contributes(&flow.to) {
                found.add(
                    "profile.two_way_attribute",
                    &format!("outbound[{i}].flows[{f}].to"),
                    format!(
                        "`{}` also flows in from the same objects: each attribute of a directory goes one way only",
                        flow.to
                    ),
                );
            }
        }
    }
    found.problems
}

struct Check<'a> {
    schemas: &'a BTreeMap<DirectoryId, &'a Schema>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn add(&mut self, code: &'static str, path: &str, message: String) {
        self.problems.push(Problem {
            code,
            path: path.to_owned(),
            message,
        });
    }

    fn object_type(&mut self, at: &str, directory: DirectoryId, name: &str) -> Option<&'a TypeDef> {
        let Some(schema) = self.schemas.get(&directory) else {
            self.add(
                "profile.unknown_directory",
                &format!("{at}.directory"),
                format!(
                    "there is no directory {directory}: choose one of this tenant's directories"
                ),
            );
            return None;
        };
        let found = schema.types.get(name);
        if found.is_none() {
            let known: Vec<&str> = schema.types.keys().map(String::as_str).collect();
            self.add(
                "profile.unknown_type",
                &format!("{at}.type"),
                format!(
                    "the directory has no object type `{name}`: it has {}",
                    known.join(", ")
                ),
            );
        }
        found
    }

    fn group(&mut self, at: &str, pairs: usize) {
        if pairs == 0 {
            self.add(
                "profile.empty_match",
                at,
                "a match group needs at least one pair: add one or remove the group".into(),
            );
        }
    }

    fn key(&mut self, at: &str, schema: Option<&TypeDef>, key: &Key) {
        if let (Key::Attr(name), Some(schema)) = (key, schema) {
            self.attr(at, schema, name);
        }
    }

    fn attr(&mut self, at: &str, schema: &TypeDef, name: &AttrName) -> bool {
        let known = schema.attrs.contains_key(name);
        if !known {
            let hint = nearest(name.as_str(), schema.attrs.keys().map(AttrName::as_str))
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            self.add(
                "profile.unknown_attribute",
                at,
                format!(
                    "objects of type {} have no attribute `{name}`{hint}",
                    schema.name
                ),
            );
        }
        known
    }

    /// Whether the flow takes a reference as it is.
    fn flow(&mut self, at: &str, flow: &Flow, source: Option<&TypeDef>) -> bool {
        match flow.origin() {
            None => {
                self.add(
                    "profile.flow_origin",
                    at,
                    format!(
                        "the flow to `{}` needs exactly one of `from`, `expr` and `rule`",
                        flow.to
                    ),
                );
                false
            }
            Some(FlowOrigin::Attr(name)) => source.is_some_and(|schema| {
                self.attr(&format!("{at}.from"), schema, name)
                    && schema.attrs[name].value_type == ValueType::Reference
            }),
            Some(_) => false,
        }
    }

    fn target(
        &mut self,
        at: &str,
        part: &syncline_model::profile::OutboundPart,
        schema: Option<&TypeDef>,
    ) {
        let creates = matches!(part.action, Action::CreateOrUpdate | Action::CreateOnly);
        if creates && part.dn.is_none() && schema.is_some_and(|s| s.rdn_attr.is_some()) {
            self.add(
                "profile.name_rule_missing",
                &format!("{at}.dn"),
                "objects of this type lie in a hierarchy: a part that creates them needs a `dn` rule".into(),
            );
        }
        let mut seen = BTreeSet::new();
        for (f, flow) in part.flows.iter().enumerate() {
            let at = format!("{at}.flows[{f}]");
            self.flow(&at, flow, None);
            if !seen.insert(&flow.to) {
                self.add(
                    "profile.duplicate_flow",
                    &format!("{at}.to"),
                    format!("`{}` is written twice by this part: keep one flow", flow.to),
                );
            }
            let Some(schema) = schema else { continue };
            if self.attr(&format!("{at}.to"), schema, &flow.to) && !schema.attrs[&flow.to].writable
            {
                self.add(
                    "profile.not_writable",
                    &format!("{at}.to"),
                    format!(
                        "`{}` cannot be written in this directory: remove the flow",
                        flow.to
                    ),
                );
            }
        }
    }
}

/// The known name that is fewest edits away, if it is near enough to be meant.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_ascii_lowercase();
    known
        .map(|candidate| (distance(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
