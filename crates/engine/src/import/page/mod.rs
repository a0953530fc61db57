//! One page: which object each entry is, where it lies, and what is different about it (D-14, D-15, D-19).
//!
//! Invariants: an anchor decides before a name does; a name has one holder at any time; what is looked up
//! in the store is overlaid by what earlier entries of the page changed.

mod diff;
mod entries;
mod identify;
mod names;
mod twice;

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::contest::Contest;
use syncline_model::dn::{Dn, Rdn};
use syncline_model::error::{ErrorKind, Stage};
use syncline_model::import::{ImportChange, ImportEntry, ImportObject, ObjectName, ReadError};
use syncline_model::object::{
    CsBody, CsFlags, CsKind, CsObject, CsRef, CsRow, KeyHash, PendingImport, Subject,
};
use syncline_model::plan::MemoryEntry;
use syncline_model::stage::{Before, ErrorEntry, ErrorSet, RefChange, StagePart, StageRow};
use syncline_model::{Anchor, CsId};

use super::{Import, confirm, image};
use crate::keys::{name_hashes, unique_value};
use crate::reader::CsReader;

/// Stages a page.
pub(super) async fn stage<R: CsReader>(
    import: &mut Import<'_>,
    reader: &R,
    entries: Vec<ImportEntry>,
) -> Result<StagePart, R::Error> {
    let profiles = import.set.profiles_of(import.directory);
    let part = StagePart::new(import.directory, profiles);
    let mut page = Page {
        import,
        reader,
        part,
        objects: BTreeMap::new(),
        by_anchor: BTreeMap::new(),
        by_name: BTreeMap::new(),
        ids: 0..0,
        touched: BTreeSet::new(),
        removed: BTreeSet::new(),
        merged: Vec::new(),
        whole: BTreeSet::new(),
        back: BTreeMap::new(),
    };
    page.prefetch(&entries).await?;
    for entry in entries {
        page.part.counts.read += 1;
        match entry {
            ImportEntry::Object(object) => page.object(object).await?,
            ImportEntry::Change(change) => page.change(change).await?,
            ImportEntry::Deleted(anchor) => page.deleted(&anchor),
            ImportEntry::ReadError(error) => page.read_error(&error).await?,
        }
    }
    let part = page.finish().await?;
    import.told.page += 1;
    Ok(part)
}

/// An object as the page leaves it, over what is stored.
#[derive(Debug, Clone)]
pub(super) struct Staged {
    /// The stored row; `None` for objects that this page creates.
    pub stored: Option<CsRow>,
    /// The row as it is to be.
    pub row: CsRow,
    /// The body as it is to be, once known.
    pub body: Option<CsBody>,
    /// The stored flat share, for changes.
    pub base: Option<u128>,
    /// All references, if an entry gave them all.
    pub refs: Option<BTreeSet<(AttrId, CsId)>>,
    /// References that came and went, otherwise.
    pub ref_changes: BTreeMap<(AttrId, CsId), bool>,
    /// Attributes whose references were replaced as a whole, otherwise.
    pub refs_set: BTreeMap<AttrId, BTreeSet<CsId>>,
    /// Attributes that an entry spoke about; `None`: all that the import reads.
    pub spoken: Option<BTreeSet<AttrId>>,
    /// Whether an entry of the page is about it.
    pub seen: bool,
    /// Whether the object is gone.
    pub gone: bool,
    /// Whether its name may have changed.
    pub renamed: bool,
}

impl Staged {
    fn over(stored: CsRow) -> Self {
        Self {
            stored: Some(stored),
            row: stored,
            body: None,
            base: None,
            refs: None,
            ref_changes: BTreeMap::new(),
            refs_set: BTreeMap::new(),
            spoken: Some(BTreeSet::new()),
            seen: false,
            gone: false,
            renamed: false,
        }
    }
}

struct Page<'p, 'a, R> {
    import: &'p mut Import<'a>,
    reader: &'p R,
    part: StagePart,
    objects: BTreeMap<CsId, Staged>,
    by_anchor: BTreeMap<Anchor, Option<CsId>>,
    by_name: BTreeMap<KeyHash, Option<CsId>>,
    ids: std::ops::Range<i64>,
    touched: BTreeSet<CsId>,
    removed: BTreeSet<CsId>,
    merged: Vec<(CsId, CsId)>,
    /// Objects of which an entry of the page gave the whole image, where a second one would be a duplicate.
    whole: BTreeSet<CsId>,
    /// Objects that are put back to what they were before the run.
    back: BTreeMap<CsId, Before>,
}

impl<R: CsReader> Page<'_, '_, R> {
    /// Looks up in batches what the entries name, so that entries are then handled without waiting.
    async fn prefetch(&mut self, entries: &[ImportEntry]) -> Result<(), R::Error> {
        let mut anchors = BTreeSet::new();
        let mut names: BTreeMap<String, Dn> = BTreeMap::new();
        let mut whole = Vec::new();
        let dn = |dn: &Dn, names: &mut BTreeMap<String, Dn>| {
            if !dn.rdns().is_empty() {
                names.insert(dn.match_key(), dn.clone());
            }
        };
        for entry in entries {
            let mut reference = |name: &ObjectName, names: &mut BTreeMap<String, Dn>| match name {
                ObjectName::Anchor(anchor) => {
                    anchors.insert(anchor.clone());
                }
                ObjectName::Dn(name) => dn(name, names),
            };
            match entry {
                ImportEntry::Object(object) => {
                    object
                        .refs
                        .iter()
                        .flat_map(|(_, to)| to)
                        .for_each(|to| reference(to, &mut names));
                    anchors.insert(object.anchor.clone());
                    dn(&object.dn, &mut names);
                }
                ImportEntry::Change(change) => {
                    let lists = change.refs_set.iter().flat_map(|(_, to)| to);
                    let singles = change.refs_added.iter().chain(&change.refs_removed);
                    lists
                        .chain(singles.map(|(_, to)| to))
                        .for_each(|to| reference(to, &mut names));
                    anchors.insert(change.anchor.clone());
                    whole.push(change.anchor.clone());
                    if let Some(name) = &change.dn {
                        dn(name, &mut names);
                    }
                }
                ImportEntry::Deleted(anchor) => {
                    anchors.insert(anchor.clone());
                }
                ImportEntry::ReadError(error) => anchors.extend(error.anchor.clone()),
            }
        }
        let anchors: Vec<Anchor> = anchors.into_iter().collect();
        let found = self
            .reader
            .by_anchor(self.import.directory, &anchors)
            .await?;
        self.by_anchor
            .extend(anchors.into_iter().map(|anchor| (anchor, None)));
        for (anchor, row) in found {
            self.by_anchor.insert(anchor, Some(row.id));
            self.learn(row);
        }
        let whole: Vec<CsId> = whole
            .iter()
            .filter_map(|anchor| self.by_anchor.get(anchor).copied().flatten())
            .collect();
        for CsObject { row, body } in self.reader.objects(&whole).await? {
            let base = image::base(
                self.import.hashing,
                row.object_type,
                row.parent,
                body.rdn.as_deref(),
                &body.attrs,
            );
            if let Some(staged) = self.objects.get_mut(&row.id) {
                staged.base = Some(base);
                staged.body = Some(body);
            }
        }
        let mut leaves = BTreeSet::new();
        for name in names.into_values() {
            let (Some(parent), Some(rdn)) = (name.parent(), name.rdn()) else {
                continue;
            };
            if let Some(parent) = self.find(&parent).await? {
                leaves.insert(self.name(parent, rdn).0);
            }
        }
        let unknown: Vec<KeyHash> = leaves
            .into_iter()
            .filter(|name| !self.by_name.contains_key(name))
            .collect();
        let rows = self.reader.by_name(self.import.directory, &unknown).await?;
        self.by_name
            .extend(unknown.into_iter().map(|name| (name, None)));
        for row in rows {
            self.learn(row);
        }
        Ok(())
    }

    fn learn(&mut self, row: CsRow) {
        if self.objects.contains_key(&row.id) {
            return;
        }
        if let Some(name) = row.name {
            self.by_name
                .entry(name)
                .or_insert(Some(row.id))
                .get_or_insert(row.id);
        }
        self.objects.insert(row.id, Staged::over(row));
    }

    async fn next_id(&mut self) -> Result<CsId, R::Error> {
        if self.ids.is_empty() {
            self.ids = self.reader.reserve(512).await?;
        }
        Ok(CsId(self.ids.next().expect("ids were just reserved")))
    }
}

/// The row of an object that is gone.
pub(super) fn gone_row(mut row: CsRow) -> CsRow {
    row.imported = None;
    row.name = None;
    row.unique = None;
    row.flags = row
        .flags
        .with(CsFlags::TRANSIENT, false)
        .with(CsFlags::ACKNOWLEDGED, false)
        .with(CsFlags::GONE, row.synced.is_none());
    row
}

fn import_error(cs: CsId, kind: ErrorKind, message: String) -> ErrorSet {
    let entry = ErrorEntry {
        kind,
        attr: None,
        message,
        others: Vec::new(),
        op: None,
    };
    ErrorSet {
        subject: Subject::Cs(cs),
        stage: Stage::Import,
        part: None,
        entries: vec![entry],
    }
}

fn cleared(cs: CsId) -> ErrorSet {
    ErrorSet {
        subject: Subject::Cs(cs),
        stage: Stage::Import,
        part: None,
        entries: Vec::new(),
    }
}
