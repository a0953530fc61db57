//! What the last complete import of a directory read: what is more is unknown, which is not absent (D-21, ADR 23).
//!
//! Invariants: it grows only when a complete import ended, and shrinks before one begins that asks for less; a directory
//! that was never imported has none, and nothing of it is unknown.

use syncline_engine::ruleset::AttrsByType;
use syncline_model::DirectoryId;
use syncline_store::StoreError;
use syncline_store::tenant::{Directory, ProfileRow, Setting, TenantRead};

use super::selection::Selection;
use crate::http::settings_of;

/// The setting that it is kept in.
pub fn setting(directory: DirectoryId) -> String {
    format!("selection of {directory}")
}

/// What the last complete import of a directory read; `None` where none began yet. `now` is what one would read that
/// begins now.
pub fn read_last(setting: Option<&Setting>, now: &Selection) -> Option<AttrsByType> {
    let value = &setting?.value;
    Some(match serde_json::from_slice(value) {
        Ok(read) => read,
        // Written by a release that kept a digest only.
        Err(_) if value[..] == now.digest() => now.by_type(),
        Err(_) => AttrsByType::new(),
    })
}

/// What is in both.
pub fn both(mut one: AttrsByType, other: &AttrsByType) -> AttrsByType {
    one.retain(|name, attrs| {
        let of_other = other.get(name);
        attrs.retain(|attr| of_other.is_some_and(|other| other.contains(attr)));
        of_other.is_some()
    });
    one
}

/// Whether the next import of a directory reads everything because something else is asked of it than was read.
pub async fn has_grown(
    read: &mut TenantRead,
    directory: &Directory,
    profiles: &[ProfileRow],
) -> Result<bool, StoreError> {
    let Some(schema) = read.directory_schema(directory.id).await? else {
        return Ok(false);
    };
    let settings = settings_of(directory);
    let docs = profiles.iter().map(|p| &p.doc);
    let now = Selection::new(directory.id, &schema, &settings, docs);
    let before = read.setting(&setting(directory.id)).await?;
    let before = read_last(before.as_ref(), &now);
    Ok(before.is_some_and(|before| before != now.by_type()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_by_name_and_an_older_digest_is_understood() {
        let setting = |value: Vec<u8>| Setting { version: 1, value };
        let now = Selection(vec![("user".into(), vec!["mail".into()])]);

        let kept = setting(serde_json::to_vec(&now.by_type()).unwrap());

        assert_eq!(read_last(None, &now), None);
        assert_eq!(read_last(Some(&kept), &now), Some(now.by_type()));
        let same = setting(now.digest().to_vec());
        assert_eq!(read_last(Some(&same), &now), Some(now.by_type()));
        let other = setting(vec![7; 32]);
        assert_eq!(read_last(Some(&other), &now), Some(AttrsByType::new()));
    }

    #[test]
    fn an_attribute_that_is_asked_for_no_more_is_known_no_more() {
        let types = |named: &[(&str, &str)]| -> AttrsByType {
            let mut types = AttrsByType::new();
            for (name, attr) in named {
                types
                    .entry((*name).into())
                    .or_default()
                    .insert((*attr).into());
            }
            types
        };
        let before = types(&[("user", "mail"), ("user", "title"), ("group", "member")]);

        let kept = both(before, &types(&[("user", "mail"), ("user", "info")]));

        assert_eq!(kept, types(&[("user", "mail")]));
    }
}
