//! Looking for objects by the keys we chose: `userPrincipalName`, `onPremisesImmutableId`, `uniqueName`; among the
//! living and in the recycle bin.
//!
//! Invariants: what one read does not show is looked for again before it counts as absent; the index that lags most
//! (`ConsistencyLevel: eventual`) is never asked.

use aws_lc_rs::digest::{SHA256, digest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use syncline_model::op::ObjectKey;

use super::client::{Ask, Failure};
use super::id;
use super::properties::Class;
use super::writer::Writer;

/// How often is looked before nothing counts as nothing.
const LOOKS: u32 = 6;

/// What need not be escaped inside a value of a filter.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A key by which an object of ours is known before its id is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) property: &'static str,
    pub(super) value: String,
}

impl Key {
    pub(super) fn new(property: &'static str, value: impl Into<String>) -> Self {
        Self {
            property,
            value: value.into(),
        }
    }

    /// Whether objects of every class may hold the value.
    pub(super) fn is_address(&self) -> bool {
        matches!(self.property, "mail" | "proxyAddresses")
    }

    /// The filter that finds it, percent-encoded. An address is looked for as it stands in a list of them.
    fn filter(&self) -> String {
        let value = self.value.replace('\'', "''");
        let value = utf8_percent_encode(&value, ESCAPED);
        match self.property {
            "proxyAddresses" => {
                format!("$filter=proxyAddresses/any(p:p%20eq%20%27smtp%3A{value}%27)")
            }
            property => format!("$filter={property}%20eq%20%27{value}%27"),
        }
    }
}

/// The `uniqueName` of a group that we create: from the operation's own key, so that a second try is the same group.
pub(super) fn unique_name(key: &ObjectKey) -> String {
    let mut text = Vec::new();
    match key {
        ObjectKey::Anchor(anchor) => text.extend(anchor.tagged()),
        ObjectKey::New {
            part,
            source,
            anchor,
        } => {
            text.extend(part.get().to_be_bytes());
            text.extend(source.get().to_be_bytes());
            text.extend(anchor.tagged());
        }
    }
    let hash = digest(&SHA256, &text);
    let octets = hash.as_ref().iter().take(16);
    let hex: String = octets.map(|octet| format!("{octet:02x}")).collect();
    format!("syncline-{hex}")
}

/// An object that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) id: [u8; 16],
    pub(super) body: Json,
}

impl Writer {
    /// The living object that holds one of these keys, looked for once.
    pub(super) async fn find(
        &self,
        class: Class,
        keys: &[Key],
        select: &str,
    ) -> Result<Option<Found>, Failure> {
        for key in keys {
            let path = format!("/{}?{}&$select={select}", class.collection(), key.filter());
            if let Some(found) = self.first_of(path).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The same, looked for again and again before it counts as absent.
    pub(super) async fn find_patiently(
        &self,
        class: Class,
        keys: &[Key],
        select: &str,
    ) -> Result<Option<Found>, Failure> {
        let mut backoff = self.client.backoff();
        for look in 1..=LOOKS {
            if let Some(found) = self.find(class, keys, select).await? {
                return Ok(Some(found));
            }
            if look < LOOKS {
                tokio::time::sleep(backoff.wait(None, &self.client.jitter)).await;
            }
        }
        Ok(None)
    }

    /// The object in the recycle bin that holds one of these keys.
    pub(super) async fn find_deleted(
        &self,
        class: Class,
        keys: &[Key],
    ) -> Result<Option<Found>, Failure> {
        for key in keys {
            let (cast, select) = match class {
                Class::User => (
                    "microsoft.graph.user",
                    "id,employeeId,onPremisesImmutableId",
                ),
                Class::Group => ("microsoft.graph.group", "id"),
                Class::Contact => return Ok(None),
            };
            let path = format!(
                "/directory/deletedItems/{cast}?{}&$select={select}",
                key.filter()
            );
            if let Some(found) = self.first_of(path).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Whether an object lies in the recycle bin.
    pub(super) async fn is_deleted(&self, guid: [u8; 16]) -> Result<bool, Failure> {
        let key = super::writer::key_of(guid);
        let ask = Ask::get(format!("/directory/deletedItems/{key}?$select=id"));
        match self.read(&ask, &key).await {
            Ok(_) => Ok(true),
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    async fn first_of(&self, path: String) -> Result<Option<Found>, Failure> {
        // Two reads of one key may be under way at once.
        let object = super::chance::guid();
        let body = self.read(&Ask::get(path), &object).await?.body;
        let mut found = body["value"].as_array().into_iter().flatten();
        Ok(found.find_map(|object| {
            let id = object["id"].as_str().and_then(id::parse)?;
            Some(Found {
                id,
                body: object.clone(),
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_model::{Anchor, DirectoryId, PartId};

    #[test]
    fn a_filter_survives_quotes_and_other_letters() {
        let key = Key::new("userPrincipalName", "o'neil+x@contoso.test");

        assert_eq!(
            key.filter(),
            "$filter=userPrincipalName%20eq%20%27o%27%27neil%2Bx%40contoso.test%27"
        );
        assert_eq!(
            Key::new("proxyAddresses", "a@x.test").filter(),
            "$filter=proxyAddresses/any(p:p%20eq%20%27smtp%3Aa%40x.test%27)"
        );
    }

    #[test]
    fn a_group_has_one_unique_name_for_each_key() {
        let key = |part, n| ObjectKey::New {
            part: PartId(part),
            source: DirectoryId(1),
            anchor: Anchor::Guid([n; 16]),
        };

        assert_eq!(unique_name(&key(1, 1)), unique_name(&key(1, 1)));
        assert_ne!(unique_name(&key(1, 1)), unique_name(&key(2, 1)));
        assert_ne!(unique_name(&key(1, 1)), unique_name(&key(1, 2)));
        assert!(unique_name(&key(1, 1)).len() <= 64);
    }
}
