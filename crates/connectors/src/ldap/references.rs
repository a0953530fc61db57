//! How a write names the objects that others refer to: by id where the directory takes ids, else by the names they
//! have now.
//!
//! Invariants: names are read for the operation that is about to be sent and are not kept; an object that is not
//! found has no name, and whoever asks for it says so.

use std::collections::{BTreeSet, HashMap};

use syncline_model::Anchor;
use syncline_model::connector::Fault;
use syncline_model::dn::Dn;
use syncline_model::import::ObjectName;
use syncline_model::op::{Change, OpValue, Operation};

use super::LdapConnector;
use super::config::DirectoryKind;
use super::dn_text::guid_name;
use super::session::Session;
use super::targeted::{self, BATCH};
use crate::contract::Names;

/// How references are written.
#[derive(Debug)]
pub enum References {
    /// As `<GUID=…>` (Active Directory).
    Ids,
    /// As the names of these objects.
    Names(HashMap<Anchor, String>),
}

/// Reads what the references of an operation need.
pub async fn of(
    connector: &LdapConnector,
    session: &mut Session,
    operation: &Operation,
    names: &dyn Names,
) -> Result<References, Fault> {
    let kind = connector.kind();
    if kind == DirectoryKind::ActiveDirectory {
        return Ok(References::Ids);
    }
    let wanted: BTreeSet<Anchor> = operation
        .deltas
        .iter()
        .flat_map(|(_, change)| values(change))
        .filter_map(|value| match value {
            OpValue::Ref(key) => names.anchor(key),
            OpValue::Value(_) => None,
        })
        .collect();
    let mut found = HashMap::new();
    if wanted.is_empty() {
        return Ok(References::Names(found));
    }
    let base = connector.root(session).await?.base;
    let attrs = ["entryUUID".to_owned()];
    let wanted: Vec<Anchor> = wanted.into_iter().collect();
    for batch in wanted.chunks(BATCH) {
        for entry in targeted::by_anchor(session, kind, &base, batch, &attrs).await? {
            found.extend(kind.anchor(&entry).map(|anchor| (anchor, entry.dn)));
        }
    }
    Ok(References::Names(found))
}

fn values(change: &Change) -> impl Iterator<Item = &OpValue> {
    let (set, removed): (&[OpValue], &[OpValue]) = match change {
        Change::Set(values) => (values, &[]),
        Change::Values { add, remove } => (add, remove),
        Change::Clear => (&[], &[]),
    };
    set.iter().chain(removed)
}

impl References {
    /// What a request says of an object.
    pub fn written(&self, anchor: &Anchor) -> Option<String> {
        match self {
            Self::Ids => guid_name(anchor),
            Self::Names(names) => names.get(anchor).cloned(),
        }
    }

    /// Whether all objects that exist can be written, so that one without a form is not there.
    pub fn are_read(&self) -> bool {
        matches!(self, Self::Names(_))
    }

    /// What an import says of an object that something refers to.
    pub fn as_imported(&self, anchor: &Anchor) -> Option<ObjectName> {
        match self {
            Self::Ids => Some(ObjectName::Anchor(anchor.clone())),
            Self::Names(names) => Some(ObjectName::Dn(names.get(anchor)?.parse::<Dn>().ok()?)),
        }
    }
}
