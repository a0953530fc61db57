//! The full import: containers from the top down, then everything else page by page.
//!
//! Invariants: the watermark is read before the first page (D-12); every container in scope and above
//! it is delivered before what lies in it, so that every name can be derived; a page is asked for
//! only when the one before was taken.

use std::collections::{HashMap, HashSet};

use ldap3::Scope as Depth;
use syncline_model::Anchor;
use syncline_model::connector::{Fault, ImportEnd};
use syncline_model::dn::Dn;
use syncline_model::import::{ImportEntry, ImportRequest, ObjectName};

use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::entry::RawEntry;
use super::image::Images;
use super::pages::Pages;
use super::root::Root;
use super::schema::Selection;
use super::scope::Scope;
use super::session::{PageSize, Search, Session};
use super::watermark::Watermark;
use super::{LdapConnector, dirsync, lookup};
use crate::contract::PageSink;

/// Reads everything in scope.
pub async fn import(
    connector: &LdapConnector,
    request: &ImportRequest,
    sink: &PageSink,
) -> Result<ImportEnd, Fault> {
    let kind = connector.kind();
    let mut session = connector.session().await?;
    let schema = connector.schema(&mut session).await?;
    let root = connector.root(&mut session).await?;
    let watermark = match kind {
        DirectoryKind::ActiveDirectory => Some(dirsync::start(&mut session, &root).await?),
        DirectoryKind::OpenLdap => None,
    };
    let selection = with_containers(kind, Selection::new(&schema, &request.types));
    let scope = Scope::resolve(&mut session, kind, &root, &request.containers).await?;
    let images = Images {
        kind,
        selection: &selection,
    };
    let reader = Reader {
        kind,
        images: &images,
        attrs: selection.requested(kind.always()),
        scope: &scope,
    };
    let mut pages = Pages::new(sink, request.page_size);

    let parents = reader.containers(&mut session, &root, &mut pages).await?;
    connector.memory().parents = parents;
    let page_size = PageSize::new(request.page_size);
    reader.objects(&mut session, page_size, &mut pages).await?;

    let counts = pages.finish().await?;
    connector.remember(&selection, watermark.as_ref());
    Ok(ImportEnd {
        watermark: watermark.as_ref().map(Watermark::encode),
        counts,
        refused: Vec::new(),
    })
}

/// The selection with every container type in it, if only by identity and name.
pub fn with_containers(kind: DirectoryKind, mut selection: Selection) -> Selection {
    for object_type in kind.container_types() {
        selection.types.entry(object_type.to_owned()).or_default();
    }
    selection
}

struct Reader<'a> {
    kind: DirectoryKind,
    images: &'a Images<'a>,
    attrs: Vec<String>,
    scope: &'a Scope,
}

impl Reader<'_> {
    /// Delivers all containers, from the top down; tells under which container each lies.
    async fn containers(
        &self,
        session: &mut Session,
        root: &Root,
        pages: &mut Pages<'_>,
    ) -> Result<HashMap<Anchor, Anchor>, Fault> {
        let mut found: Vec<(Option<Dn>, RawEntry)> = Vec::new();
        for dn in self.scope.ancestors() {
            let name = ObjectName::Dn(dn.clone());
            if let Some(entry) =
                lookup::find(session, self.kind, &root.base, &name, &self.attrs).await?
            {
                found.push((Some(dn), entry));
            }
        }
        let filter = self.kind.filter(self.kind.container_types());
        for base in &self.scope.bases {
            let search = Search {
                base: &base.text,
                scope: Depth::Subtree,
                filter: &filter,
                attrs: &self.attrs,
                extended_names: self.kind.extended_names(),
            };
            for entry in session.all(&search).await? {
                let dn = ExtendedDn::parse(&entry.dn).dn.parse::<Dn>().ok();
                if dn.as_ref().is_none_or(|dn| self.scope.holds_container(dn)) {
                    found.push((dn, entry));
                }
            }
        }
        found.sort_by_key(|(dn, _)| dn.as_ref().map_or(0, |dn| dn.rdns().len()));
        let mut parents = HashMap::new();
        for (_, entry) in found {
            if let Some((anchor, parent)) = parent_of(self.kind, &entry) {
                parents.insert(anchor, parent);
            }
            if let Some(entry) = self.images.image(session, entry).await? {
                pages.put(entry).await?;
            }
        }
        Ok(parents)
    }

    /// Delivers everything that is not a container.
    async fn objects(
        &self,
        session: &mut Session,
        mut page_size: PageSize,
        pages: &mut Pages<'_>,
    ) -> Result<(), Fault> {
        let containers: HashSet<&str> = self.kind.container_types().into_iter().collect();
        let types: Vec<&str> = self
            .images
            .selection
            .types
            .keys()
            .map(String::as_str)
            .filter(|object_type| !containers.contains(object_type))
            .collect();
        if types.is_empty() {
            return Ok(());
        }
        let filter = self.kind.filter(types);
        for base in &self.scope.bases {
            let search = Search {
                base: &base.text,
                scope: Depth::Subtree,
                filter: &filter,
                attrs: &self.attrs,
                extended_names: self.kind.extended_names(),
            };
            let mut cookie = Vec::new();
            loop {
                let page = session.page(&search, page_size.get(), &cookie).await?;
                page_size.learn(&page.entries);
                for entry in page.entries {
                    match self.images.image(session, entry).await? {
                        // An entry of a container class as well was delivered with the containers.
                        Some(ImportEntry::Object(object))
                            if containers.contains(object.object_type.as_str()) => {}
                        Some(entry) => pages.put(entry).await?,
                        None => {}
                    }
                }
                match page.next {
                    Some(next) => cookie = next,
                    None => break,
                }
            }
        }
        Ok(())
    }
}

/// The ids of an entry and of the container it lies in.
pub fn parent_of(kind: DirectoryKind, entry: &RawEntry) -> Option<(Anchor, Anchor)> {
    let parent = entry.first("parentGUID")?.try_into().ok()?;
    Some((kind.anchor(entry)?, Anchor::from_object_guid(parent)))
}
