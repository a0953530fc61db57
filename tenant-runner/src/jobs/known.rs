//! What the last complete import of a directory read: what is more is unknown, which is not absent (D-21, ADR 23).
//!
//! Invariants: it grows only when a complete import ended, and shrinks before one begins that asks for less; a directory
//! that was never imported has none, and nothing of it is unknown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use syncline_engine::ruleset::AttrsByType;
use syncline_model::{AttrName, DirectoryId};
use syncline_store::StoreError;
use syncline_store::tenant::{Directory, ProfileRow, Setting, TenantRead};

use super::selection::Selection;
use crate::http::settings_of;

/// How the settings begin that it is kept in.
pub const SETTINGS: &str = "selection of ";

/// The setting that it is kept in.
pub fn setting(directory: DirectoryId) -> String {
    format!("{SETTINGS}{directory}")
}

/// What is known of a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What the last complete import read.
    pub read: AttrsByType,
    /// What it asked for and might not read: unknown, and not asked for anew before something else changes.
    #[serde(default, skip_serializing_if = "AttrsByType::is_empty")]
    pub refused: AttrsByType,
}

impl Known {
    /// After a complete import that asked for this and might not read these types. Of them, what was known before is.
    pub fn after(asked: AttrsByType, refused: &BTreeSet<&str>, before: &AttrsByType) -> Self {
        let mut known = Self {
            read: asked,
            refused: AttrsByType::new(),
        };
        for name in refused {
            let Some(asked) = known.read.remove(*name) else {
                continue;
            };
            let was_read = before.get(*name).cloned().unwrap_or_default();
            let (still, not): (BTreeSet<AttrName>, BTreeSet<AttrName>) =
                asked.into_iter().partition(|attr| was_read.contains(attr));
            known.read.insert((*name).to_owned(), still);
            known.refused.insert((*name).to_owned(), not);
        }
        known
    }

    /// What the last complete import asked for.
    pub fn asked(&self) -> AttrsByType {
        let mut asked = self.read.clone();
        for (name, attrs) in &self.refused {
            let of_type = asked.entry(name.clone()).or_default();
            of_type.extend(attrs.iter().cloned());
        }
        asked
    }

    /// What of it is still asked for.
    pub fn kept(self, now: &AttrsByType) -> Self {
        Self {
            read: both(self.read, now),
            refused: both(self.refused, now),
        }
    }
}

/// What is known of a directory; `None` where no import began yet. `now` is what one would read that begins now.
pub fn read_last(setting: Option<&Setting>, now: &Selection) -> Option<Known> {
    let value = &setting?.value;
    if let Ok(known) = serde_json::from_slice(value) {
        return Some(known);
    }
    // Written by a release that kept what was read alone, or a digest of it.
    let read = match serde_json::from_slice(value) {
        Ok(read) => read,
        Err(_) if value[..] == now.digest() => now.by_type(),
        Err(_) => AttrsByType::new(),
    };
    Some(Known {
        read,
        refused: AttrsByType::new(),
    })
}

/// What is in both.
fn both(mut one: AttrsByType, other: &AttrsByType) -> AttrsByType {
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
    Ok(before.is_some_and(|before| before.asked() != now.by_type()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_by_name_and_an_older_digest_is_understood() {
        let setting = |value: Vec<u8>| Setting { version: 1, value };
        let read = |read: AttrsByType| {
            Some(Known {
                read,
                ..Known::default()
            })
        };
        let now = Selection(vec![("user".into(), vec!["mail".into()])]);

        let kept = setting(serde_json::to_vec(&now.by_type()).unwrap());

        assert_eq!(read_last(None, &now), None);
        assert_eq!(read_last(Some(&kept), &now), read(now.by_type()));
        let known = Known {
            read: now.by_type(),
            refused: [("group".to_owned(), ["member".into()].into())].into(),
        };
        let whole = setting(serde_json::to_vec(&known).unwrap());
        assert_eq!(read_last(Some(&whole), &now), Some(known));
        let same = setting(now.digest().to_vec());
        assert_eq!(read_last(Some(&same), &now), read(now.by_type()));
        let other = setting(vec![7; 32]);
        assert_eq!(read_last(Some(&other), &now), read(AttrsByType::new()));
    }

    #[test]
    fn what_might_not_be_read_is_not_known_and_not_asked_for_again() {
        let types = |attrs: &[&str]| -> AttrsByType {
            let attrs = attrs.iter().copied().map(AttrName::new).collect();
            [("user".to_owned(), attrs)].into()
        };
        let asked = types(&["mail", "signInActivity"]);

        let known = Known::after(asked.clone(), &["user"].into(), &types(&["mail", "title"]));

        assert_eq!(known.read, types(&["mail"]), "as it was before");
        assert_eq!(known.asked(), asked);
        let granted = Known::after(asked.clone(), &BTreeSet::new(), &known.read);
        assert_eq!((granted.read, granted.refused), (asked, AttrsByType::new()));
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
