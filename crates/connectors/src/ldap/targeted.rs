//! Targeted reads: these objects, now.
//!
//! Invariants: every object asked for is answered once, in the order asked; an object of a type that
//! was not asked for is there but unreadable, never missing.

use std::collections::HashMap;

use ldap3::Scope as Depth;
use syncline_model::Anchor;
use syncline_model::connector::{Fault, ReadAnswer, ReadRequest};
use syncline_model::import::{ImportEntry, ObjectName, ReadError};

use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::entry::RawEntry;
use super::image::Images;
use super::root::Root;
use super::schema::Selection;
use super::session::{Search, Session};
use super::{LdapConnector, lookup};

/// Objects in one request.
pub const BATCH: usize = 100;

/// Reads these objects.
pub async fn read(
    connector: &LdapConnector,
    request: &ReadRequest,
) -> Result<Vec<ReadAnswer>, Fault> {
    let kind = connector.kind();
    let mut session = connector.session().await?;
    let schema = connector.schema(&mut session).await?;
    let root = connector.root(&mut session).await?;
    let selection = Selection::new(&schema, &request.types);
    let images = Images {
        kind,
        selection: &selection,
    };
    let attrs = selection.requested(kind.always());

    let mut answers = Vec::with_capacity(request.objects.len());
    for batch in request.objects.chunks(BATCH) {
        let found = found_in(&mut session, kind, &root, batch, &attrs).await?;
        for name in batch {
            answers.push(match found.get(&key(name)) {
                Some(entry) => {
                    ReadAnswer::Found(image(&mut session, &images, entry.clone()).await?)
                }
                None => ReadAnswer::Missing(name.clone()),
            });
        }
    }
    Ok(answers)
}

/// The objects with these ids, as far as they exist, in no particular order.
pub async fn by_anchor<'a>(
    session: &mut Session,
    kind: DirectoryKind,
    partition: &str,
    anchors: impl IntoIterator<Item = &'a Anchor>,
    attrs: &[String],
) -> Result<Vec<RawEntry>, Fault> {
    let filter = kind.anchors_filter(anchors);
    if filter == "(|)" {
        return Ok(Vec::new());
    }
    session
        .all(&Search {
            base: partition,
            scope: Depth::Subtree,
            filter: &filter,
            attrs,
            extended_names: kind.extended_names(),
        })
        .await
}

async fn found_in(
    session: &mut Session,
    kind: DirectoryKind,
    root: &Root,
    batch: &[ObjectName],
    attrs: &[String],
) -> Result<HashMap<String, RawEntry>, Fault> {
    let mut found = HashMap::new();
    let anchors = batch.iter().filter_map(|name| match name {
        ObjectName::Anchor(anchor) => Some(anchor),
        ObjectName::Dn(_) => None,
    });
    for entry in by_anchor(session, kind, &root.base, anchors, attrs).await? {
        if let Some(anchor) = kind.anchor(&entry) {
            found.insert(key(&ObjectName::Anchor(anchor)), entry);
        }
    }
    for name in batch {
        if matches!(name, ObjectName::Dn(_))
            && let Some(entry) = lookup::find(session, kind, &root.base, name, attrs).await?
        {
            found.insert(key(name), entry);
        }
    }
    Ok(found)
}

fn key(name: &ObjectName) -> String {
    match name {
        ObjectName::Anchor(anchor) => anchor.to_string(),
        ObjectName::Dn(dn) => format!("dn:{}", dn.match_key()),
    }
}

async fn image(
    session: &mut Session,
    images: &Images<'_>,
    entry: RawEntry,
) -> Result<ImportEntry, Fault> {
    let anchor = images.kind.anchor(&entry);
    let dn = ExtendedDn::parse(&entry.dn).dn.to_owned();
    Ok(images.image(session, entry).await?.unwrap_or_else(|| {
        ImportEntry::ReadError(ReadError {
            anchor,
            message: format!("\"{dn}\" is of a type that was not asked for."),
            dn: Some(dn),
            code: "import.object_type_unwanted".into(),
        })
    }))
}
