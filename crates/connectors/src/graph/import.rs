//! Full and delta imports, both by delta query.
//!
//! All classes are fetched at once into spools; users and contacts are handed out as their pages are read,
//! groups when their round is over. Invariants: an end with a watermark means that every page of every class
//! that may be read was handed out, and names the others; a walk that broke off ends with a fault, hands out no
//! group and proves nothing gone; what changes while a walk runs comes with the next round, because its token
//! stands for the walk's start.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value as Json;
use syncline_model::Anchor;
use syncline_model::AttrName;
use syncline_model::connector::{Fault, ImportCounts, ImportEnd, ImportPage};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::import::{
    ImportChange, ImportEntry, ImportMode, ImportObject, ImportRequest, ObjectName, ReadError,
};

use super::GraphConnector;
use super::authority::Authorities;
use super::client::{Client, parsed};
use super::groups::{Group, Groups};
use super::id;
use super::pace::TenantSize;
use super::properties::Class;
use super::rows::{self, Object, Row};
use super::select::Selection;
use super::walk::{self, Start, Walk};
use super::watermark::{Watermark, expired};
use crate::contract::PageSink;

/// Reads everything, or what changed.
pub(super) async fn import(
    connector: &GraphConnector,
    request: &ImportRequest,
    sink: &PageSink,
) -> Result<ImportEnd, Fault> {
    if !request.containers.is_empty() {
        return Err(Fault::new(
            "import.no_containers",
            ErrorKind::SchemaViolation,
            "Entra has no containers to read from.",
            "Take the containers out of the directory's settings; scopes choose the objects.",
        ));
    }
    let catalogue = connector.catalogue().await?;
    let (mut selections, mut refused) = Selection::all(&catalogue, request)?;
    let client = &connector.client;
    let mark = match &request.mode {
        ImportMode::Full => None,
        ImportMode::Delta(bytes) => Some(Watermark::decode(bytes, &client.config)?),
    };
    if let Some(mark) = &mark {
        let (known, unread): (Vec<_>, Vec<_>) = selections
            .into_iter()
            .partition(|selection| !mark.is_refused(selection));
        selections = known;
        for selection in unread {
            match walk::still_refused(client, &selection).await? {
                Some(fault) => refused.push(selection.class.refused(fault)),
                None => return Err(expired("an object type may be read that might not before")),
            }
        }
    }
    let mut starts = Vec::new();
    for selection in &selections {
        starts.push(match &mark {
            None => Start::Walk,
            Some(mark) => Start::Round(mark.link(selection)?.to_owned()),
        });
    }
    let mut walks = Vec::new();
    for (selection, start) in selections.iter().zip(starts) {
        walks.push(Walk::begin(client, selection, start)?);
    }
    let mut reader = Reader {
        client,
        authorities: &connector.authorities,
        sink,
        full: mark.is_none(),
        page_size: request.page_size.max(1) as usize,
        page: Vec::new(),
        counts: ImportCounts::default(),
        users: HashSet::new(),
    };
    let mut next = Watermark::new(&client.config);
    for (selection, walk) in selections.iter().zip(&walks) {
        match reader.class(selection, walk).await {
            Ok(link) => next.set(selection, link),
            // The others can be read all the same.
            Err(fault) if fault.code == "import.permission_denied" => {
                refused.push(selection.class.refused(fault));
            }
            Err(fault) => return Err(fault),
        }
    }
    reader.flush().await?;
    for class in &refused {
        next.refuse(&class.object_type);
    }
    Ok(ImportEnd {
        watermark: Some(next.encode()),
        counts: reader.counts,
        refused,
    })
}

struct Reader<'a> {
    client: &'a Arc<Client>,
    authorities: &'a Authorities,
    sink: &'a PageSink,
    full: bool,
    page_size: usize,
    page: Vec<ImportEntry>,
    counts: ImportCounts,
    /// Users that were seen, until there are so many that more of them change nothing.
    users: HashSet<[u8; 16]>,
}

impl Reader<'_> {
    /// Hands out everything of a class; where its next round begins.
    async fn class(&mut self, selection: &Selection, walk: &Walk) -> Result<String, Fault> {
        let mut groups = Groups::default();
        while let Some(page) = walk.spool.take().await? {
            let page = parsed(&page)?;
            let rows = page["value"].as_array().map_or(&[][..], Vec::as_slice);
            for row in rows {
                self.row(selection, row, &mut groups).await?;
            }
        }
        // Before any group: members of a walk that broke off are some of them, and would be taken for all.
        let link = walk.delta_link()?;
        let reference = selection.reference.as_ref();
        for (id, group) in groups.into_all() {
            if let Some(entry) = self.group(selection, reference, id, group) {
                self.put(entry).await?;
            }
        }
        Ok(link)
    }

    async fn row(
        &mut self,
        selection: &Selection,
        row: &Json,
        groups: &mut Groups,
    ) -> Result<(), Fault> {
        match rows::read(selection, row) {
            Row::Unreadable(error) => {
                if let (Class::Group, Some(Anchor::Guid(id))) = (selection.class, &error.anchor) {
                    groups.spoil(*id);
                }
                self.put(ImportEntry::ReadError(error)).await
            }
            Row::Removed(id) if selection.class == Class::Group => {
                groups.remove(id);
                Ok(())
            }
            Row::Removed(id) => self.put(ImportEntry::Deleted(Anchor::Guid(id))).await,
            Row::Object(object) => {
                self.authorities
                    .learn_synced(object.id, object.synced == Some(true));
                if selection.class == Class::Group {
                    groups.tell(object);
                    return Ok(());
                }
                if selection.class == Class::User {
                    self.saw(object.id);
                }
                let entry = self.streamed(selection, object);
                self.put(entry).await
            }
        }
    }

    /// Learns how large the tenant is: a row may come twice, and it is no larger for that.
    fn saw(&mut self, user: [u8; 16]) {
        let pacer = &self.client.pacer;
        if pacer.size() < TenantSize::L && self.users.insert(user) {
            pacer.saw_users(self.users.len() as u64);
        }
    }

    /// A user or a contact.
    fn streamed(&self, selection: &Selection, object: Object) -> ImportEntry {
        let manager = object.references.as_deref().map(rows::single);
        let reference = selection.reference.as_ref();
        let target =
            |manager: Option<[u8; 16]>| manager.map(id::name).into_iter().collect::<Vec<_>>();
        if self.full {
            let manager = target(manager.flatten());
            let refs = reference.filter(|_| !manager.is_empty());
            let refs = refs
                .map(|name| (name.clone(), manager))
                .into_iter()
                .collect();
            return whole(selection.class, object.id, object.attrs, refs);
        }
        let refs_set = reference.zip(manager);
        let refs_set = refs_set.map(|(name, manager)| (name.clone(), target(manager)));
        ImportEntry::Change(ImportChange {
            refs_set: refs_set.into_iter().collect(),
            ..change(selection.class, object.id, object.attrs)
        })
    }

    /// A group at the end of its round.
    fn group(
        &self,
        selection: &Selection,
        reference: Option<&AttrName>,
        id: [u8; 16],
        mut group: Group,
    ) -> Option<ImportEntry> {
        if group.unreadable {
            // Its error was handed out; half of a group is none.
            return None;
        }
        if group.removed {
            return Some(ImportEntry::Deleted(Anchor::Guid(id)));
        }
        let attrs = std::mem::take(&mut group.attrs);
        let (came, went) = group.members();
        let names = |ids: Vec<[u8; 16]>| ids.into_iter().map(id::name).collect::<Vec<_>>();
        if self.full {
            let refs = reference.filter(|_| !came.is_empty());
            let refs = refs
                .map(|name| (name.clone(), names(came)))
                .into_iter()
                .collect();
            return Some(whole(selection.class, id, attrs, refs));
        }
        let of = |ids: Vec<[u8; 16]>| -> Vec<(AttrName, ObjectName)> {
            let named =
                reference.map(|name| names(ids).into_iter().map(|target| (name.clone(), target)));
            named.into_iter().flatten().collect()
        };
        Some(ImportEntry::Change(ImportChange {
            refs_added: of(came),
            refs_removed: of(went),
            ..change(selection.class, id, attrs)
        }))
    }

    async fn put(&mut self, entry: ImportEntry) -> Result<(), Fault> {
        match &entry {
            ImportEntry::Object(_) => self.counts.objects += 1,
            ImportEntry::Change(_) => self.counts.changes += 1,
            ImportEntry::Deleted(_) => self.counts.deletes += 1,
            ImportEntry::ReadError(ReadError { .. }) => self.counts.read_errors += 1,
        }
        self.page.push(entry);
        if self.page.len() >= self.page_size {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Fault> {
        if self.page.is_empty() {
            return Ok(());
        }
        self.counts.pages += 1;
        let entries = std::mem::take(&mut self.page);
        self.sink.send(ImportPage { entries }).await
    }
}

type Attrs = Vec<(AttrName, Option<syncline_model::value::Values>)>;

/// A complete image.
pub(super) fn whole(
    class: Class,
    id: [u8; 16],
    attrs: Attrs,
    refs: Vec<(AttrName, Vec<ObjectName>)>,
) -> ImportEntry {
    let held = attrs
        .into_iter()
        .filter_map(|(name, values)| Some((name, values?)));
    ImportEntry::Object(ImportObject {
        anchor: Anchor::Guid(id),
        dn: Dn::root(),
        object_type: class.name().to_owned(),
        attrs: held.collect(),
        refs,
    })
}

fn change(class: Class, id: [u8; 16], attrs: Attrs) -> ImportChange {
    ImportChange {
        anchor: Anchor::Guid(id),
        object_type: Some(class.name().to_owned()),
        dn: None,
        attrs,
        refs_set: Vec::new(),
        refs_added: Vec::new(),
        refs_removed: Vec::new(),
    }
}
