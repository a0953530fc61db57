//! What one full import was told so far: which anchors with which content, and what it changed (D-18).
//!
//! Invariants: the same anchor with the same content is one object; with different content nothing of it holds, and its
//! object is again what it was before the run; the first entry wins as little as the last.

use std::collections::{BTreeSet, HashMap};

use syncline_model::body::Body as _;
use syncline_model::flat::put_bytes;
use syncline_model::import::{ImportObject, ObjectName};
use syncline_model::object::Hashing;
use syncline_model::{Anchor, CsId};

/// What it means that a read shows an object a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Twice {
    /// Two entries claim to be the same object.
    #[default]
    Duplicate,
    /// The read follows what changes while it goes on: the later entry is the newer one.
    Newer,
}

/// What a full import knows of its own past. Goes on over the attempts of a run.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The number of the next page; pages of all attempts count on.
    pub page: i32,
    /// What was said of each object, by the first half of its hash.
    content: HashMap<CsId, u64>,
    /// Objects that the run changed.
    was: HashMap<CsId, Was>,
    /// Anchors that came twice with different content.
    twice: BTreeSet<Anchor>,
}

/// What an object that the run changed was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Was {
    /// No object.
    Unknown,
    /// What this page put aside.
    AsideIn(i32),
}

/// What an entry is beside those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// The first of its object.
    First,
    /// The same again.
    Again,
    /// Something else than the first.
    Otherwise,
}

impl Told {
    /// Everything is read again: what was said does not count any more, what was changed does.
    pub fn anew(&mut self) {
        self.content.clear();
        self.twice.clear();
    }

    /// What an entry about an object is, where it is known which one that is.
    pub(super) fn said(&self, cs: CsId, content: u64) -> Said {
        match self.content.get(&cs) {
            None => Said::First,
            Some(first) if *first == content => Said::Again,
            Some(_) => Said::Otherwise,
        }
    }

    pub(super) fn heard(&mut self, cs: CsId, content: u64) {
        self.content.insert(cs, content);
    }

    pub(super) fn was(&self, cs: CsId) -> Option<Was> {
        self.was.get(&cs).copied()
    }

    /// Takes note of what an object was, unless the run changed it before. Whether it did not.
    pub(super) fn changed(&mut self, cs: CsId, was: Was) -> bool {
        let mut first = false;
        self.was.entry(cs).or_insert_with(|| {
            first = true;
            was
        });
        first
    }

    pub(super) fn is_duplicate(&self, anchor: &Anchor) -> bool {
        self.twice.contains(anchor)
    }

    pub(super) fn duplicate(&mut self, anchor: Anchor) {
        self.twice.insert(anchor);
    }
}

/// Half of the hash of all that an entry says: independent of the order in which it names attributes and references.
pub(super) fn content(hashing: &dyn Hashing, entry: &ImportObject) -> u64 {
    let mut bytes = Vec::with_capacity(1024);
    put_bytes(&mut bytes, entry.dn.match_key().as_bytes());
    put_bytes(&mut bytes, entry.object_type.as_bytes());
    let mut attrs: Vec<_> = entry.attrs.iter().collect();
    attrs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (name, values) in attrs {
        put_bytes(&mut bytes, name.as_str().to_ascii_lowercase().as_bytes());
        values.put(&mut bytes);
    }
    for (name, to) in &entry.refs {
        let mut named: Vec<Vec<u8>> = to
            .iter()
            .map(|to| match to {
                ObjectName::Anchor(anchor) => anchor.tagged(),
                ObjectName::Dn(dn) => dn.match_key().into_bytes(),
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        if !named.is_empty() {
            put_bytes(&mut bytes, name.as_str().to_ascii_lowercase().as_bytes());
            named.iter().for_each(|name| put_bytes(&mut bytes, name));
        }
    }
    u64::try_from(hashing.content(&bytes) >> 64).unwrap_or_default()
}
