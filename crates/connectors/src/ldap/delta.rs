//! The delta import: DirSync rounds from a watermark to now.
//!
//! Invariants: an object that appeared, was renamed or moved is read again whole, so that whoever
//! receives it needs no memory of it; everything else is exactly the attributes that changed, and of
//! references the values; a repeat is harmless; a deletion is reported whatever the object was,
//! because its type and place can no longer be told.

use std::collections::BTreeMap;

use ldap3::Scope as Depth;
use syncline_model::Anchor;
use syncline_model::connector::{Fault, ImportEnd};
use syncline_model::dn::Dn;
use syncline_model::import::{ImportEntry, ImportRequest, ObjectName};

use super::change::{Changes, change_is_empty};
use super::config::DirectoryKind;
use super::dirsync::{TELLING, expect_deletions, round, state};
use super::dn_text::ExtendedDn;
use super::entry::RawEntry;
use super::full::{parent_of, with_containers};
use super::image::Images;
use super::pages::Pages;
use super::root::Root;
use super::schema::Selection;
use super::scope::Scope;
use super::session::{Search, Session};
use super::targeted;
use super::watermark::{Watermark, expired};
use super::{LdapConnector, lookup};
use crate::contract::PageSink;

/// Reads what changed since the watermark.
pub async fn import(
    connector: &LdapConnector,
    request: &ImportRequest,
    watermark: &[u8],
    sink: &PageSink,
) -> Result<ImportEnd, Fault> {
    let kind = connector.kind();
    if kind != DirectoryKind::ActiveDirectory {
        return Err(expired("this directory does not tell what changed"));
    }
    let since = Watermark::decode(watermark).ok_or_else(|| expired("it is not one of ours"))?;
    let mut session = connector.session().await?;
    let schema = connector.schema(&mut session).await?;
    let root = connector.root(&mut session).await?;
    expect_deletions(&mut session, &root).await?;
    let now = state(&mut session, &root).await?;
    since.check(&now)?;
    let selection = with_containers(kind, Selection::new(&schema, &request.types));
    let scope = Scope::resolve(&mut session, kind, &root, &request.containers).await?;
    let images = Images {
        kind,
        selection: &selection,
    };
    let mut run = Run {
        connector,
        kind,
        changes: Changes {
            schema: &schema,
            images: &images,
        },
        root: &root,
        scope: &scope,
        images: &images,
        pages: Pages::new(sink, request.page_size),
    };

    let filter = kind.filter(selection.types.keys().map(String::as_str));
    let attrs = selection.requested(&TELLING);
    let search = Search {
        base: &root.base,
        scope: Depth::Subtree,
        filter: &filter,
        attrs: &attrs,
        extended_names: true,
    };
    let mut next = Watermark {
        cookie: since.cookie,
        ..now
    };
    loop {
        let (entries, more) = round(&mut session, &search, &mut next.cookie).await?;
        run.deliver(&mut session, entries).await?;
        if !more {
            break;
        }
    }
    let counts = run.pages.finish().await?;
    connector.remember(&selection, Some(&next));
    Ok(ImportEnd {
        watermark: Some(next.encode()),
        counts,
        refused: Vec::new(),
    })
}
struct Run<'a> {
    connector: &'a LdapConnector,
    kind: DirectoryKind,
    changes: Changes<'a>,
    root: &'a Root,
    scope: &'a Scope,
    images: &'a Images<'a>,
    pages: Pages<'a>,
}

impl Run<'_> {
    /// Delivers one round.
    async fn deliver(
        &mut self,
        session: &mut Session,
        entries: Vec<RawEntry>,
    ) -> Result<(), Fault> {
        let mut again: BTreeMap<Anchor, bool> = BTreeMap::new();
        for entry in entries {
            let Some(anchor) = self.kind.anchor(&entry) else {
                continue;
            };
            if entry.text("isDeleted") == Some("TRUE") {
                again.remove(&anchor);
                self.connector.memory().parents.remove(&anchor);
                self.pages.put(ImportEntry::Deleted(anchor)).await?;
                continue;
            }
            let created = has_values(&entry, "objectClass");
            if created || has_values(&entry, "name") || has_values(&entry, "parentGUID") {
                *again.entry(anchor).or_insert(false) |= created;
                continue;
            }
            match self.changes.change(anchor.clone(), &entry) {
                Some(Ok(change)) if again.contains_key(&anchor) || change_is_empty(&change) => {}
                Some(Ok(change)) => {
                    let dn = ExtendedDn::parse(&entry.dn).dn.parse::<Dn>();
                    if dn.is_ok_and(|dn| self.scope.holds(&dn) || self.scope.holds_container(&dn)) {
                        self.pages.put(ImportEntry::Change(change)).await?;
                    }
                }
                Some(Err(error)) => self.pages.put(error).await?,
                None => {
                    again.entry(anchor).or_insert(false);
                }
            }
        }
        self.deliver_whole(session, again).await
    }
    /// Reads objects again and delivers them whole, or as gone when they left the scope.
    async fn deliver_whole(
        &mut self,
        session: &mut Session,
        again: BTreeMap<Anchor, bool>,
    ) -> Result<(), Fault> {
        let anchors: Vec<&Anchor> = again.keys().collect();
        let attrs = self.images.selection.requested(self.kind.always());
        let mut moved: Vec<String> = Vec::new();
        for batch in anchors.chunks(targeted::BATCH) {
            let found = targeted::by_anchor(
                session,
                self.kind,
                &self.root.base,
                batch.iter().copied(),
                &attrs,
            )
            .await?;
            for entry in found {
                let name = ExtendedDn::parse(&entry.dn).dn.to_owned();
                let created = self
                    .kind
                    .anchor(&entry)
                    .and_then(|anchor| again.get(&anchor).copied())
                    .unwrap_or(false);
                if self.is_container(&entry) && self.was_moved(&entry) && !created {
                    moved.push(name);
                }
                self.deliver_one(session, entry).await?;
            }
        }
        if !moved.is_empty() {
            self.deliver_ancestors(session, &attrs).await?;
        }
        for container in moved {
            self.deliver_below(session, &container, &attrs).await?;
        }
        Ok(())
    }

    async fn deliver_one(&mut self, session: &mut Session, entry: RawEntry) -> Result<(), Fault> {
        let dn = ExtendedDn::parse(&entry.dn).dn.parse::<Dn>().ok();
        let inside = match &dn {
            Some(dn) if self.is_container(&entry) => self.scope.holds_container(dn),
            Some(dn) => self.scope.holds(dn),
            // A name that cannot be read is reported as such, never as a departure.
            None => true,
        };
        let entry = if inside {
            self.images.image(session, entry).await?
        } else {
            self.kind.anchor(&entry).map(ImportEntry::Deleted)
        };
        match entry {
            Some(entry) => self.pages.put(entry).await,
            None => Ok(()),
        }
    }

    /// What lies below a moved container came into scope, left it, or only changed its name with it.
    async fn deliver_below(
        &mut self,
        session: &mut Session,
        container: &str,
        attrs: &[String],
    ) -> Result<(), Fault> {
        let filter = self
            .kind
            .filter(self.images.selection.types.keys().map(String::as_str));
        let search = Search {
            base: container,
            scope: Depth::Subtree,
            filter: &filter,
            attrs,
            extended_names: true,
        };
        let mut cookie = Vec::new();
        loop {
            let page = session.page(&search, 500, &cookie).await?;
            for entry in page.entries {
                self.was_moved(&entry);
                if ExtendedDn::parse(&entry.dn).dn != container {
                    self.deliver_one(session, entry).await?;
                }
            }
            match page.next {
                Some(next) => cookie = next,
                None => return Ok(()),
            }
        }
    }

    async fn deliver_ancestors(
        &mut self,
        session: &mut Session,
        attrs: &[String],
    ) -> Result<(), Fault> {
        for dn in self.scope.ancestors() {
            let name = ObjectName::Dn(dn);
            let found = lookup::find(session, self.kind, &self.root.base, &name, attrs).await?;
            if let Some(entry) = found {
                self.deliver_one(session, entry).await?;
            }
        }
        Ok(())
    }

    fn is_container(&self, entry: &RawEntry) -> bool {
        self.kind
            .type_of(entry)
            .is_some_and(|object_type| self.kind.container_types().contains(&object_type))
    }

    /// Whether a container lies in another one than when it was last seen; remembers where it is. One never
    /// seen by this process counts as moved.
    fn was_moved(&self, entry: &RawEntry) -> bool {
        match parent_of(self.kind, entry) {
            Some((anchor, parent)) if self.is_container(entry) => {
                self.connector
                    .memory()
                    .parents
                    .insert(anchor, parent.clone())
                    != Some(parent)
            }
            _ => false,
        }
    }
}
fn has_values(entry: &RawEntry, attr: &str) -> bool {
    entry.attr(attr).is_some_and(|attr| !attr.values.is_empty())
}
