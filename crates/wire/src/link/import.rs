//! Import requests, pages and their end.
//!
//! Invariants: a page spells each attribute name once; a value set arrives in canonical form or the
//! page is refused as a whole.

use std::collections::HashMap;

use bytes::Bytes;
use syncline_model::AttrName;
use syncline_model::connector::{ImportCounts, ImportEnd, ImportPage};
use syncline_model::import::{
    ImportChange, ImportEntry, ImportMode, ImportObject, ImportRequest, ObjectName, ReadError,
};

use super::{Message, WireError, decode, encode, pb};

impl Message for ImportRequest {
    fn to_wire(&self) -> Bytes {
        encode(&pb::ImportRequest {
            watermark: match &self.mode {
                ImportMode::Full => None,
                ImportMode::Delta(watermark) => Some(watermark.clone().into()),
            },
            containers: self.containers.iter().map(pb::name).collect(),
            types: pb::selection(&self.types),
            page_size: self.page_size,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let request: pb::ImportRequest = decode(bytes)?;
        Ok(Self {
            mode: match request.watermark {
                None => ImportMode::Full,
                Some(watermark) => ImportMode::Delta(watermark.into()),
            },
            containers: request
                .containers
                .iter()
                .map(pb::model_name)
                .collect::<Result<_, _>>()?,
            types: pb::model_selection(request.types),
            page_size: request.page_size,
        })
    }
}

impl Message for ImportPage {
    fn to_wire(&self) -> Bytes {
        encode(&page(&self.entries))
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        Ok(Self {
            entries: model_page(decode(bytes)?)?,
        })
    }
}

impl Message for ImportEnd {
    fn to_wire(&self) -> Bytes {
        encode(&pb::ImportEnd {
            watermark: self.watermark.clone().map(Bytes::from),
            pages: self.counts.pages,
            objects: self.counts.objects,
            changes: self.counts.changes,
            deletes: self.counts.deletes,
            read_errors: self.counts.read_errors,
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let end: pb::ImportEnd = decode(bytes)?;
        Ok(Self {
            watermark: end.watermark.map(Vec::from),
            counts: ImportCounts {
                pages: end.pages,
                objects: end.objects,
                changes: end.changes,
                deletes: end.deletes,
                read_errors: end.read_errors,
            },
            // What an agent reads is not parted by permissions: it reads all types or none.
            refused: Vec::new(),
        })
    }
}

/// Numbers the attribute names of a page.
#[derive(Default)]
struct Names<'a> {
    numbers: HashMap<&'a str, u32>,
    names: Vec<String>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a AttrName) -> u32 {
        let names = &mut self.names;
        *self.numbers.entry(name.as_str()).or_insert_with(|| {
            names.push(name.as_str().to_owned());
            names.len() as u32 - 1
        })
    }

    fn refs(&mut self, refs: &'a [(AttrName, Vec<ObjectName>)]) -> Vec<pb::Refs> {
        refs.iter()
            .map(|(name, targets)| pb::Refs {
                name: self.number(name),
                targets: targets.iter().map(pb::name).collect(),
            })
            .collect()
    }

    /// Pairs of the same attribute lie together, so they become one message.
    fn pairs(&mut self, pairs: &'a [(AttrName, ObjectName)]) -> Vec<pb::Refs> {
        let mut grouped: Vec<pb::Refs> = Vec::new();
        for (name, target) in pairs {
            let number = self.number(name);
            match grouped.last_mut() {
                Some(last) if last.name == number => last.targets.push(pb::name(target)),
                _ => grouped.push(pb::Refs {
                    name: number,
                    targets: vec![pb::name(target)],
                }),
            }
        }
        grouped
    }

    fn entry(&mut self, entry: &'a ImportEntry) -> pb::Entry {
        let kind = match entry {
            ImportEntry::Object(object) => pb::EntryKind::Object(pb::Object {
                anchor: pb::anchor(&object.anchor),
                dn: object.dn.to_string(),
                object_type: object.object_type.clone(),
                attrs: object
                    .attrs
                    .iter()
                    .map(|(name, values)| pb::Attr {
                        name: self.number(name),
                        values: pb::values(values),
                    })
                    .collect(),
                refs: self.refs(&object.refs),
            }),
            ImportEntry::Change(change) => pb::EntryKind::Change(pb::Change {
                anchor: pb::anchor(&change.anchor),
                object_type: change.object_type.clone(),
                dn: change.dn.as_ref().map(ToString::to_string),
                attrs: change
                    .attrs
                    .iter()
                    .map(|(name, values)| pb::Attr {
                        name: self.number(name),
                        values: values.as_ref().map(pb::values).unwrap_or_default(),
                    })
                    .collect(),
                refs_set: self.refs(&change.refs_set),
                refs_added: self.pairs(&change.refs_added),
                refs_removed: self.pairs(&change.refs_removed),
            }),
            ImportEntry::Deleted(anchor) => pb::EntryKind::Deleted(pb::anchor(anchor)),
            ImportEntry::ReadError(error) => pb::EntryKind::ReadError(pb::ReadError {
                anchor: error.anchor.as_ref().map(pb::anchor),
                dn: error.dn.clone(),
                code: error.code.clone(),
                message: error.message.clone(),
            }),
        };
        pb::Entry { kind: Some(kind) }
    }
}

pub(super) fn page(entries: &[ImportEntry]) -> pb::Page {
    let mut names = Names::default();
    let entries = entries.iter().map(|entry| names.entry(entry)).collect();
    pb::Page {
        names: names.names,
        entries,
    }
}

pub(super) fn model_page(page: pb::Page) -> Result<Vec<ImportEntry>, WireError> {
    let names: Vec<AttrName> = page.names.iter().map(AttrName::new).collect();
    page.entries
        .into_iter()
        .map(|entry| model_entry(entry, &names))
        .collect()
}

fn model_entry(entry: pb::Entry, names: &[AttrName]) -> Result<ImportEntry, WireError> {
    let name = |number: u32| {
        names
            .get(number as usize)
            .cloned()
            .ok_or_else(|| WireError::new("an attribute is not in its page's table"))
    };
    let refs = |refs: &[pb::Refs]| {
        refs.iter()
            .map(|r| {
                let targets = r.targets.iter().map(pb::model_name);
                Ok((name(r.name)?, targets.collect::<Result<Vec<_>, _>>()?))
            })
            .collect::<Result<Vec<_>, WireError>>()
    };
    let pairs = |grouped: &[pb::Refs]| {
        let mut pairs = Vec::new();
        for (name, targets) in refs(grouped)? {
            pairs.extend(targets.into_iter().map(|target| (name.clone(), target)));
        }
        Ok::<_, WireError>(pairs)
    };
    Ok(
        match entry.kind.ok_or_else(|| WireError::missing("an entry"))? {
            pb::EntryKind::Object(object) => ImportEntry::Object(ImportObject {
                anchor: pb::model_anchor(&object.anchor)?,
                dn: pb::model_dn(&object.dn)?,
                object_type: object.object_type,
                attrs: object
                    .attrs
                    .iter()
                    .map(|attr| {
                        let values = pb::model_values(&attr.values)?;
                        Ok((
                            name(attr.name)?,
                            values.ok_or_else(|| WireError::missing("a value"))?,
                        ))
                    })
                    .collect::<Result<_, WireError>>()?,
                refs: refs(&object.refs)?,
            }),
            pb::EntryKind::Change(change) => ImportEntry::Change(ImportChange {
                anchor: pb::model_anchor(&change.anchor)?,
                object_type: change.object_type,
                dn: change.dn.as_deref().map(pb::model_dn).transpose()?,
                attrs: change
                    .attrs
                    .iter()
                    .map(|attr| Ok((name(attr.name)?, pb::model_values(&attr.values)?)))
                    .collect::<Result<_, WireError>>()?,
                refs_set: refs(&change.refs_set)?,
                refs_added: pairs(&change.refs_added)?,
                refs_removed: pairs(&change.refs_removed)?,
            }),
            pb::EntryKind::Deleted(anchor) => ImportEntry::Deleted(pb::model_anchor(&anchor)?),
            pb::EntryKind::ReadError(error) => ImportEntry::ReadError(ReadError {
                anchor: error.anchor.as_deref().map(pb::model_anchor).transpose()?,
                dn: error.dn,
                code: error.code,
                message: error.message,
            }),
        },
    )
}

#[cfg(test)]
mod tests {
    use syncline_model::{Anchor, Value, Values};

    use super::*;

    fn anchor(n: u8) -> Anchor {
        Anchor::Guid([n; 16])
    }

    fn entries() -> Vec<ImportEntry> {
        let by_id = |n| ObjectName::Anchor(anchor(n));
        vec![
            ImportEntry::Object(ImportObject {
                anchor: anchor(1),
                dn: "CN=Ann\\, Lee,OU=People,DC=src".parse().unwrap(),
                object_type: "user".into(),
                attrs: vec![
                    ("sn".into(), Values::one(Value::text("Lee")).unwrap()),
                    (
                        "photo".into(),
                        Values::new([Value::Bytes([0, 255].into()), Value::Bytes([7; 3].into())])
                            .unwrap(),
                    ),
                ],
                refs: vec![(
                    "manager".into(),
                    vec![by_id(2), ObjectName::Dn("CN=x,DC=src".parse().unwrap())],
                )],
            }),
            ImportEntry::Change(ImportChange {
                anchor: anchor(3),
                object_type: Some("user".into()),
                dn: Some("CN=New,DC=src".parse().unwrap()),
                attrs: vec![
                    ("sn".into(), None),
                    ("age".into(), Values::one(Value::Int(-4))),
                ],
                refs_set: vec![("manager".into(), vec![])],
                refs_added: vec![("member".into(), by_id(4)), ("member".into(), by_id(5))],
                refs_removed: vec![("member".into(), by_id(6)), ("owner".into(), by_id(7))],
            }),
            ImportEntry::Deleted(anchor(8)),
            ImportEntry::ReadError(ReadError {
                anchor: None,
                dn: Some("CN=?".into()),
                code: "import.value_set_incomplete".into(),
                message: "cut".into(),
            }),
        ]
    }

    #[test]
    fn a_page_reads_back_to_the_same_entries() {
        let page = ImportPage { entries: entries() };

        assert_eq!(ImportPage::from_wire(page.to_wire()), Ok(page));
    }

    #[test]
    fn a_name_is_spelled_once_a_page() {
        let many: Vec<_> = entries().into_iter().cycle().take(40).collect();

        assert_eq!(page(&many).names.len(), 6);
    }

    #[test]
    fn a_damaged_page_is_refused_and_never_a_panic() {
        let bytes = ImportPage { entries: entries() }.to_wire();
        let mut damaged = 0;
        for at in 0..bytes.len() {
            let mut copy = bytes.to_vec();
            copy[at] ^= 0x55;
            damaged += usize::from(ImportPage::from_wire(copy.into()).is_err());
            let _ = ImportPage::from_wire(bytes.slice(..at));
        }

        assert!(damaged > bytes.len() / 4, "{damaged} of {}", bytes.len());
    }

    #[test]
    fn a_value_set_out_of_order_or_with_repeats_is_refused() {
        let a = pb::values(&Values::one(Value::text("a")).unwrap());
        let b = pb::values(&Values::one(Value::text("b")).unwrap());

        assert!(pb::model_values(&[&a[..], &b[..]].concat()).is_ok());
        assert!(pb::model_values(&[&b[..], &a[..]].concat()).is_err());
        assert!(pb::model_values(&[&a[..], &a[..]].concat()).is_err());
    }

    #[test]
    fn requests_and_ends_read_back() {
        for mode in [ImportMode::Full, ImportMode::Delta(vec![1, 2, 0])] {
            let request = ImportRequest {
                mode,
                containers: vec![ObjectName::Anchor(anchor(1))],
                types: vec![("user".into(), vec!["cn".into(), "mail".into()])],
                page_size: 500,
            };
            assert_eq!(ImportRequest::from_wire(request.to_wire()), Ok(request));
        }
        for watermark in [None, Some(vec![]), Some(vec![9])] {
            let end = ImportEnd {
                watermark,
                counts: ImportCounts {
                    pages: 1,
                    objects: 2,
                    changes: 3,
                    deletes: 4,
                    read_errors: 5,
                },
                refused: Vec::new(),
            };
            assert_eq!(ImportEnd::from_wire(end.to_wire()), Ok(end));
        }
    }
}
