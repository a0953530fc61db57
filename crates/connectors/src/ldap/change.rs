//! One object's DirSync entry as a change: attributes that changed, references that came and went.
//!
//! Invariants: nothing is said about attributes that did not change; what only reading the whole object
//! again could tell is not guessed.

use std::collections::BTreeMap;

use syncline_model::import::{ImportChange, ImportEntry};
use syncline_model::value::Values;
use syncline_model::{Anchor, AttrName};

use super::dn_text::ExtendedDn;
use super::entry::{Range, RawAttr, RawEntry};
use super::flags;
use super::image::{Images, Read, Unreadable};
use super::schema::{AttrInfo, DirectorySchema, Wanted};
use super::syntax::Syntax;

/// With incremental values, the range under which added references come.
const ADDED: Range = Range {
    first: 1,
    last: Some(1),
};
/// With incremental values, the range under which removed references come.
const REMOVED: Range = Range {
    first: 0,
    last: Some(0),
};
/// Reads changes.
pub struct Changes<'a> {
    /// The directory's schema.
    pub schema: &'a DirectorySchema,
    /// What is wanted.
    pub images: &'a Images<'a>,
}

impl Changes<'_> {
    /// The attributes that changed; `None` when only reading the whole object again tells.
    pub fn change(
        &self,
        anchor: Anchor,
        entry: &RawEntry,
    ) -> Option<Result<ImportChange, ImportEntry>> {
        let mut change = ImportChange {
            anchor,
            object_type: None,
            dn: None,
            attrs: Vec::new(),
            refs_set: Vec::new(),
            refs_added: Vec::new(),
            refs_removed: Vec::new(),
        };
        for raw in &entry.attrs {
            let put = match self.schema.attr(&raw.name) {
                _ if raw.name.eq_ignore_ascii_case(flags::ATTR) => {
                    self.put_flags(raw, &mut change);
                    Ok(())
                }
                Some(info) if self.is_wanted(info) && info.syntax == Syntax::Name => {
                    self.put_refs(info, raw, &mut change)?
                }
                Some(info) if self.is_wanted(info) => {
                    if raw.range.is_some() {
                        return None;
                    }
                    self.images.values(info, &raw.values).map(|read| {
                        if let Read::Values(values) = read {
                            change.attrs.push((info.name.clone(), values));
                        }
                    })
                }
                _ => Ok(()),
            };
            if let Err(why) = put {
                let dn = ExtendedDn::parse(&entry.dn).dn.to_owned();
                return Some(Err(ImportEntry::ReadError(why.of(Some(change.anchor), dn))));
            }
        }
        single_values(self.schema, &mut change);
        Some(Ok(change))
    }

    fn put_flags(&self, raw: &RawAttr, change: &mut ImportChange) {
        let control = raw.values.first().and_then(|octets| flags::parse(octets));
        let mut names: Vec<AttrName> = Vec::new();
        for wanted in self.images.selection.types.values().flatten() {
            if let Wanted::Flag(flag) = wanted {
                let name = AttrName::new(flag.name);
                if !names.contains(&name) {
                    let value = control.and_then(|control| Values::one(flag.value(control)));
                    change.attrs.push((name.clone(), value));
                    names.push(name);
                }
            }
        }
    }

    /// References, value by value where the directory says so; `None` for a range that says something else.
    fn put_refs(
        &self,
        info: &AttrInfo,
        raw: &RawAttr,
        change: &mut ImportChange,
    ) -> Option<Result<(), Unreadable>> {
        let refs = match self.images.values(info, &raw.values) {
            Ok(Read::Refs(refs)) => refs,
            Ok(Read::Values(_)) => return None,
            Err(why) => return Some(Err(why)),
        };
        let named = refs.into_iter().map(|name| (info.name.clone(), name));
        match raw.range {
            Some(ADDED) => change.refs_added.extend(named),
            Some(REMOVED) => change.refs_removed.extend(named),
            None => change
                .refs_set
                .push((info.name.clone(), named.map(|(_, name)| name).collect())),
            Some(_) => return None,
        }
        Some(Ok(()))
    }

    fn is_wanted(&self, info: &AttrInfo) -> bool {
        self.images
            .selection
            .types
            .values()
            .flatten()
            .any(|wanted| matches!(wanted, Wanted::Attr(attr) if attr.name == info.name))
    }
}

/// A reference that takes one value came as one removed and one added: it is set.
fn single_values(schema: &DirectorySchema, change: &mut ImportChange) {
    let is_single = |name: &AttrName| schema.attrs.get(name).is_some_and(|info| !info.multi);
    let mut set: BTreeMap<AttrName, Vec<_>> = BTreeMap::new();
    change.refs_removed.retain(|(name, _)| {
        let single = is_single(name);
        if single {
            set.entry(name.clone()).or_default();
        }
        !single
    });
    change.refs_added.retain(|(name, target)| {
        let single = is_single(name);
        if single {
            set.insert(name.clone(), vec![target.clone()]);
        }
        !single
    });
    change.refs_set.extend(set);
}

/// Whether a change says nothing.
pub fn change_is_empty(change: &ImportChange) -> bool {
    change.attrs.is_empty()
        && change.refs_set.is_empty()
        && change.refs_added.is_empty()
        && change.refs_removed.is_empty()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use syncline_model::import::ObjectName;

    use super::*;

    #[test]
    fn a_single_reference_that_changed_is_set_and_not_added() {
        let info = |name: &str, multi| AttrInfo {
            name: name.into(),
            syntax: Syntax::Name,
            multi,
        };
        let schema = DirectorySchema {
            attrs: HashMap::from([
                ("manager".into(), info("manager", false)),
                ("assistant".into(), info("assistant", false)),
                ("member".into(), info("member", true)),
            ]),
            ..DirectorySchema::default()
        };
        let to = |n| ObjectName::Anchor(Anchor::Guid([n; 16]));
        let mut change = ImportChange {
            anchor: Anchor::Guid([0; 16]),
            object_type: None,
            dn: None,
            attrs: vec![],
            refs_set: vec![],
            refs_added: vec![("manager".into(), to(2)), ("member".into(), to(3))],
            refs_removed: vec![("manager".into(), to(1)), ("assistant".into(), to(1))],
        };

        single_values(&schema, &mut change);

        assert_eq!(
            change.refs_set,
            [
                ("assistant".into(), vec![]),
                ("manager".into(), vec![to(2)])
            ]
        );
        assert_eq!(change.refs_added, [("member".into(), to(3))]);
        assert!(change.refs_removed.is_empty());
    }
}
