//! Attribute names, their interned numbers, and the attributes of one object.
//!
//! Invariants: names compare without case and keep one spelling; an interned number is never reused
//! within a tenant; an `Attrs` is sorted by number and holds each number once.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::value::Values;

/// The name of an attribute. Comparison and order ignore ASCII case; the spelling is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttrName(Arc<str>);

impl AttrName {
    /// Names this text. Any text is a name; schemas decide which exist.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(Arc::from(name.as_ref()))
    }

    /// The spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.bytes().map(|b| b.to_ascii_lowercase())
    }
}

impl PartialEq for AttrName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}
impl Eq for AttrName {}
impl PartialOrd for AttrName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for AttrName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded().cmp(other.folded())
    }
}
impl std::hash::Hash for AttrName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for b in self.folded() {
            state.write_u8(b);
        }
        state.write_u8(0xff);
    }
}
impl fmt::Debug for AttrName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Display for AttrName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<&str> for AttrName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// An attribute's interned number within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttrId(pub u16);

/// The tenant's table of interned attribute names (table `attr`).
#[derive(Debug, Clone, Default)]
pub struct AttrTable {
    names: Vec<AttrName>,
    ids: BTreeMap<AttrName, AttrId>,
}

impl AttrTable {
    /// The table whose n-th name has number n.
    pub fn new(names: impl IntoIterator<Item = AttrName>) -> Self {
        let mut table = Self::default();
        for name in names {
            table.intern(&name);
        }
        table
    }

    /// The number of a known name.
    pub fn id(&self, name: &AttrName) -> Option<AttrId> {
        self.ids.get(name).copied()
    }

    /// The number of a name, given the next free one if it is new. New numbers must be stored before use.
    ///
    /// # Panics
    /// When more than 65,536 distinct names were interned; callers bound schema sizes far below.
    pub fn intern(&mut self, name: &AttrName) -> AttrId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = AttrId(
            u16::try_from(self.names.len())
                .expect("schema sizes are bounded far below 65,536 names"),
        );
        self.names.push(name.clone());
        self.ids.insert(name.clone(), id);
        id
    }

    /// The name behind a number.
    pub fn name(&self, id: AttrId) -> Option<&AttrName> {
        self.names.get(usize::from(id.0))
    }

    /// How many names are interned.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no name is interned.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All names in the order of their numbers.
    pub fn names(&self) -> &[AttrName] {
        &self.names
    }
}

/// The attributes of one object, by interned number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attrs(Vec<(AttrId, Values)>);

impl Attrs {
    /// No attributes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// From pairs in any order; a number given twice keeps the later values.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (AttrId, Values)>) -> Self {
        let pairs: Vec<(AttrId, Values)> = pairs.into_iter().collect();
        // Nearly all come in order.
        if pairs.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Self(pairs);
        }
        let sorted: BTreeMap<AttrId, Values> = pairs.into_iter().collect();
        Self(sorted.into_iter().collect())
    }

    /// The values of an attribute; `None` is absent.
    pub fn get(&self, id: impl Borrow<AttrId>) -> Option<&Values> {
        let at = self
            .0
            .binary_search_by_key(id.borrow(), |(id, _)| *id)
            .ok()?;
        Some(&self.0[at].1)
    }

    /// Sets or, with `None`, clears an attribute.
    pub fn set(&mut self, id: AttrId, values: Option<Values>) {
        match (self.0.binary_search_by_key(&id, |(id, _)| *id), values) {
            (Ok(at), Some(values)) => self.0[at].1 = values,
            (Ok(at), None) => drop(self.0.remove(at)),
            (Err(at), Some(values)) => self.0.insert(at, (id, values)),
            (Err(_), None) => {}
        }
    }

    /// All attributes by ascending number.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AttrId, &Values)> {
        self.0.iter().map(|(id, values)| (*id, values))
    }

    /// How many attributes are present.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no attribute is present.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn names_that_differ_in_case_are_one_and_keep_the_first_spelling() {
        let mut table = AttrTable::default();

        let id = table.intern(&"displayName".into());

        assert_eq!(table.intern(&"DISPLAYNAME".into()), id);
        assert_eq!(table.name(id).map(AttrName::as_str), Some("displayName"));
    }

    #[test]
    fn clearing_removes_and_setting_keeps_order() {
        let mut attrs = Attrs::new();
        attrs.set(AttrId(2), Values::one(Value::Int(2)));
        attrs.set(AttrId(1), Values::one(Value::Int(1)));
        attrs.set(AttrId(2), None);

        assert_eq!(
            attrs.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            [AttrId(1)]
        );
    }
}
