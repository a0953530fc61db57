//! The selected containers of a directory, by identity (D-20).
//!
//! Invariants: a name of the settings is looked up once and its container remembered, so that a renamed or moved one
//! stays selected; a name that leaves the settings is forgotten; one that finds nothing is handed on as it is, and the
//! import says that it is missing; a remembered container that is gone gives way to the one that has its name by now.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::connector::{ReadAnswer, ReadRequest};
use syncline_model::import::{ImportEntry, ObjectName};
use syncline_model::{Anchor, DirectoryId, Dn};
use syncline_store::StoreError;
use syncline_store::tenant::{Durability, TenantDb};

use crate::reach::Reach;

/// The fault of an import that does not find a selected container.
pub const MISSING: &str = "import.container_missing";

/// Containers by the name that the settings have, as anchors in hexadecimal digits.
type Remembered = BTreeMap<String, String>;

/// How the settings begin that they are remembered in.
pub const SETTINGS: &str = "containers of ";

/// The setting that those of a directory are remembered in.
pub fn setting(directory: DirectoryId) -> String {
    format!("{SETTINGS}{directory}")
}

/// The containers of these settings, as an import asks for them.
pub async fn resolve(
    db: &TenantDb,
    reach: &Reach,
    names: &[String],
) -> Result<Vec<ObjectName>, StoreError> {
    let at = setting(reach.directory);
    let stored = db.read().await?.setting(&at).await?;
    let known: Remembered = stored
        .as_ref()
        .and_then(|setting| serde_json::from_slice(&setting.value).ok())
        .unwrap_or_default();
    let mut now = kept(&known, names);
    let dns = names.iter().filter(|name| !now.contains_key(*name));
    let unknown: Vec<(&String, Dn)> = dns
        .filter_map(|name| Some((name, name.parse().ok()?)))
        .collect();
    if !unknown.is_empty() {
        let objects = unknown.iter().map(|(_, dn)| ObjectName::Dn(dn.clone()));
        let request = ReadRequest {
            objects: objects.collect(),
            types: Vec::new(),
        };
        // Where nothing can be asked, nothing can be imported either: that says why.
        let answers = reach.read(request).await.unwrap_or_default();
        for ((name, _), answer) in unknown.into_iter().zip(answers) {
            if let Some(anchor) = found(answer) {
                now.insert(name.clone(), hex::encode(anchor.tagged()));
            }
        }
    }
    if now != known {
        let mut tx = db.write(Durability::Durable).await?;
        let value = serde_json::to_vec(&now).unwrap_or_default();
        let version = stored.map_or(0, |setting| setting.version);
        tx.setting_put(&at, version, &value).await?;
        tx.commit().await?;
    }
    Ok(names.iter().filter_map(|name| named(&now, name)).collect())
}

/// Forgets the remembered containers that are not there any more: of these the names of the settings count again.
pub async fn forget_lost(db: &TenantDb, reach: &Reach) -> Result<(), StoreError> {
    let at = setting(reach.directory);
    let stored = db.read().await?.setting(&at).await?;
    let Some(stored) = stored else {
        return Ok(());
    };
    let known: Remembered = serde_json::from_slice(&stored.value).unwrap_or_default();
    let asked: Vec<(&String, ObjectName)> = known
        .keys()
        .filter_map(|name| Some((name, named(&known, name)?)))
        .collect();
    let request = ReadRequest {
        objects: asked.iter().map(|(_, object)| object.clone()).collect(),
        types: Vec::new(),
    };
    // Who cannot be asked has not lost anything.
    let Ok(answers) = reach.read(request).await else {
        return Ok(());
    };
    let missing = answers.into_iter().filter_map(|answer| match answer {
        ReadAnswer::Missing(object) => Some(object),
        ReadAnswer::Found(_) => None,
    });
    let missing: Vec<ObjectName> = missing.collect();
    let lost = asked.iter().filter(|(_, object)| missing.contains(object));
    let lost: BTreeSet<&String> = lost.map(|(name, _)| *name).collect();
    let left: Remembered = known
        .iter()
        .filter(|(name, _)| !lost.contains(name))
        .map(|(name, anchor)| (name.clone(), anchor.clone()))
        .collect();
    let mut tx = db.write(Durability::Durable).await?;
    let value = serde_json::to_vec(&left).unwrap_or_default();
    tx.setting_put(&at, stored.version, &value).await?;
    tx.commit().await
}

fn kept(known: &Remembered, names: &[String]) -> Remembered {
    let known = known.iter().filter(|(name, _)| names.contains(name));
    known.map(|(n, a)| (n.clone(), a.clone())).collect()
}

/// The identity of what was found under a name, whatever its type.
fn found(answer: ReadAnswer) -> Option<Anchor> {
    match answer {
        ReadAnswer::Found(ImportEntry::Object(object)) => Some(object.anchor),
        ReadAnswer::Found(ImportEntry::ReadError(error)) => error.anchor,
        _ => None,
    }
}

fn named(remembered: &Remembered, name: &str) -> Option<ObjectName> {
    let anchor = remembered.get(name).and_then(|digits| {
        let tagged = hex::decode(digits).ok()?;
        Anchor::from_tagged(&tagged)
    });
    match anchor {
        Some(anchor) => Some(ObjectName::Anchor(anchor)),
        None => name.parse().ok().map(ObjectName::Dn),
    }
}

#[cfg(test)]
mod tests {
    use syncline_model::import::ReadError;

    use super::*;

    const STAFF: &str = "OU=Staff,DC=x,DC=y";

    #[test]
    fn a_container_is_known_by_its_id_whatever_its_type_is() {
        let anchor = Anchor::Guid([7; 16]);
        let unwanted = ReadAnswer::Found(ImportEntry::ReadError(ReadError {
            anchor: Some(anchor.clone()),
            dn: Some(STAFF.into()),
            code: "import.object_type_unwanted".into(),
            message: String::new(),
        }));
        assert_eq!(found(unwanted), Some(anchor.clone()));

        let remembered = Remembered::from([(STAFF.into(), hex::encode(anchor.tagged()))]);
        assert_eq!(named(&remembered, STAFF), Some(ObjectName::Anchor(anchor)));
        assert!(matches!(
            named(&Remembered::new(), STAFF),
            Some(ObjectName::Dn(_))
        ));
    }

    #[test]
    fn what_is_not_selected_any_more_is_forgotten() {
        let known = Remembered::from([(STAFF.into(), "01".into()), ("OU=b".into(), "02".into())]);

        let now = kept(&known, &["OU=b".into(), "OU=c".into()]);

        assert_eq!(now, Remembered::from([("OU=b".into(), "02".into())]));
    }
}
