//! How far the imports of a directory serve a profile that is not saved yet.
//!
//! Invariant: an attribute that no import reads is never taken for one without values.

use std::collections::BTreeMap;

use syncline_model::AttrName;
use syncline_model::profile::Profile;
use syncline_store::StoreError;
use syncline_store::tenant::{Directory, ProfileRow, TenantRead};

use super::known::{self, read_last};
use super::selection::{Selection, deciding};
use crate::http::settings_of;

/// What is known of a directory before a profile over it is saved.
pub struct Standing {
    /// Whether a complete import has read what is asked of it now.
    pub is_imported: bool,
    /// What would decide scope and matches and is read by no import yet, by object type.
    pub unread: Vec<(String, AttrName)>,
}

/// How far the imports of a directory serve a profile that is not saved yet.
pub async fn standing(
    read: &mut TenantRead,
    row: &Directory,
    saved: &[ProfileRow],
    draft: &Profile,
) -> Result<Standing, StoreError> {
    let Some(schema) = read.directory_schema(row.id).await? else {
        return Ok(Standing {
            is_imported: false,
            unread: Vec::new(),
        });
    };
    let settings = settings_of(row);
    let docs = saved.iter().map(|p| &p.doc);
    let now = Selection::new(row.id, &schema, &settings, docs);
    let setting = read.setting(&known::setting(row.id)).await?;
    let known = read_last(setting.as_ref(), &now);
    let is_current = known.is_some_and(|known| known.read == now.by_type());
    let mut asked = BTreeMap::new();
    deciding(row.id, draft, &mut asked);
    let mut unread = Vec::new();
    for (object_type, attributes) in asked {
        let attrs = schema.types.get(&object_type).map(|t| &t.attrs);
        let is_read = |name: &AttrName| {
            (now.0.iter()).any(|(t, attrs)| *t == object_type && attrs.contains(name))
        };
        let missing = attributes
            .into_iter()
            .filter(|name| attrs.is_some_and(|a| a.contains_key(name)));
        unread.extend(
            missing
                .filter(|name| !is_read(name))
                .map(|name| (object_type.clone(), name)),
        );
    }
    Ok(Standing {
        is_imported: row.baseline.is_some() && is_current,
        unread,
    })
}
