//! Who holds a value that must be unique, when Entra refuses it to us: ourselves, a stranger, or the recycle bin.
//!
//! Invariants: an object is ours only if an earlier request may have made it, it holds everything that we asked for, is
//! no older than our first asking and is not synchronised by somebody else; nothing is told a duplicate before the recycle bin was looked through; while a
//! create of ours is in doubt and reads may lag, a holder that shows nowhere may be what it made.

use serde_json::Value as Json;
use syncline_model::AttrName;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::export::Export;
use super::lookup::{Found, Key};
use super::pieces::{Becomes, Piece};
use super::properties::Class;
use super::refusal::Refusal;
use super::syntax;
use super::writer::{Stop, key_of};

/// Seconds by which an object may be older than our request and still come from it: clocks differ.
const CLOCKS_DIFFER: i64 = 300;

/// What tells people apart whatever they are called.
pub(super) const IDENTITIES: [&str; 2] = ["onPremisesImmutableId", "employeeId"];

/// Who holds the value.
#[derive(Debug)]
pub(super) enum Holder {
    /// The object that an earlier request of this operation made.
    Ours([u8; 16]),
    /// An object in the recycle bin.
    Recycled {
        class: Class,
        id: [u8; 16],
        /// It is the person that is to be created: who left and returns.
        returns: bool,
    },
    /// Somebody else's object.
    Stranger([u8; 16]),
    /// Nobody whom a read shows.
    Unseen,
}

fn text_of<'a>(pieces: &'a [Piece], name: &str) -> Option<&'a str> {
    let name = AttrName::new(name);
    let piece = pieces.iter().find(|piece| piece.property.name == name)?;
    match &piece.becomes {
        Becomes::Value(Json::String(value)) => Some(value),
        _ => None,
    }
}

/// The keys among these pieces by which an object can be found.
pub(super) fn keys_of(class: Class, pieces: &[Piece]) -> Vec<Key> {
    let names: &[&'static str] = match class {
        Class::User => &["onPremisesImmutableId", "userPrincipalName"],
        Class::Group => &["mailNickname"],
        Class::Contact => &[],
    };
    let keys = names
        .iter()
        .filter_map(|name| Some(Key::new(name, text_of(pieces, name)?)));
    keys.collect()
}

/// The values among these pieces that nobody else may hold: those that a refusal names, else all of them. A new
/// `mail` or user principal name becomes an address as well.
fn unique_keys(pieces: &[Piece], target: Option<&str>) -> Vec<Key> {
    let rows = [
        ("onPremisesImmutableId", "onPremisesImmutableId"),
        ("userPrincipalName", "userPrincipalName"),
        ("mailNickname", "mailNickname"),
        ("mail", "mail"),
        ("proxyAddresses", "mail"),
        ("proxyAddresses", "userPrincipalName"),
    ];
    let keys = rows
        .iter()
        .filter_map(|(property, from)| Some(Key::new(property, text_of(pieces, from)?)));
    let all: Vec<Key> = keys.collect();
    let is_named = |key: &&Key| {
        target.is_some_and(|target| {
            key.property.eq_ignore_ascii_case(target)
                || (key.is_address() && target.eq_ignore_ascii_case("proxyAddresses"))
        })
    };
    let named: Vec<Key> = all.iter().filter(is_named).cloned().collect();
    if named.is_empty() { all } else { named }
}

impl Export<'_> {
    /// The object in the recycle bin that holds a value which a refusal is about.
    pub(super) async fn recycled(&self, pieces: &[Piece], refusal: &Refusal) -> Option<Holder> {
        let others = match self.class {
            Class::User => Class::Group,
            _ => Class::User,
        };
        for key in unique_keys(pieces, refusal.target_of("ObjectConflict")) {
            let classes = [Some(self.class), key.is_address().then_some(others)];
            for class in classes.into_iter().flatten() {
                let keys = std::slice::from_ref(&key);
                // Who may not look there is told what the refusal says.
                let found = self.connector.writer.find_deleted(class, keys).await;
                if let Ok(Some(found)) = found {
                    return Some(Holder::Recycled {
                        class,
                        id: found.id,
                        returns: class == self.class && is_same_person(&found, pieces),
                    });
                }
            }
        }
        None
    }

    /// Who holds a value that was refused to a new object.
    async fn holder(&self, pieces: &[Piece], refusal: &Refusal, doubt: Doubt) -> Holder {
        let writer = &self.connector.writer;
        let mut keys = keys_of(self.class, pieces);
        let named = unique_keys(pieces, refusal.target_of("ObjectConflict"));
        let more = named.into_iter().filter(|key| !keys.contains(key));
        keys.extend(more.collect::<Vec<_>>());
        let select = select_of(pieces);
        let living = writer.find(self.class, &keys, &select).await;
        let living = living.ok().flatten();
        if let Some(found) = &living
            && doubt.is_known
            && is_ours(found, pieces, doubt.sent)
        {
            return Holder::Ours(found.id);
        }
        if let Some(recycled) = self.recycled(pieces, refusal).await {
            return recycled;
        }
        living.map_or(Holder::Unseen, |found| Holder::Stranger(found.id))
    }

    /// A conflict whose other side lies in the recycle bin says so.
    pub(super) async fn explained(
        &self,
        fault: Fault,
        refusal: &Refusal,
        pieces: &[Piece],
    ) -> Fault {
        if super::errors::meaning(refusal) != super::errors::Meaning::Conflict {
            return fault;
        }
        match self.recycled(pieces, refusal).await {
            Some(Holder::Recycled { class, id, .. }) => in_recycle_bin(class, id, &fault),
            _ => fault,
        }
    }

    /// A create that was refused because of a value that must be unique: the object if it is ours.
    pub(super) async fn conflicting(
        &self,
        pieces: &[Piece],
        refusal: &Refusal,
        fault: Fault,
        doubt: Doubt,
    ) -> Result<Conflict, Stop> {
        match self.holder(pieces, refusal, doubt).await {
            Holder::Ours(id) => Ok(Conflict::Ours(id)),
            Holder::Recycled {
                id, returns: true, ..
            } => Ok(Conflict::Restorable(id)),
            Holder::Recycled { class, id, .. } => {
                Err(Stop::Rejected(in_recycle_bin(class, id, &fault)))
            }
            Holder::Stranger(id) => Err(Stop::Rejected(taken_by(self.class, id, &fault))),
            Holder::Unseen if doubt.stands => Err(Stop::Unknown(fault)),
            Holder::Unseen => Err(Stop::Rejected(fault)),
        }
    }
}

/// What is known of earlier requests of a create.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubt {
    /// When the first one went out, in ticks.
    pub(super) sent: i64,
    /// Whether one of them had no end.
    pub(super) is_known: bool,
    /// Whether it may have made the object, so lately that no read need show it.
    pub(super) stands: bool,
}

/// What a create can go on with though a value was refused to it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Conflict {
    /// The object is there already, from an earlier request.
    Ours([u8; 16]),
    /// The same person lies in the recycle bin.
    Restorable([u8; 16]),
}

/// A conflict with something in the recycle bin.
pub(super) fn in_recycle_bin(class: Class, id: [u8; 16], fault: &Fault) -> Fault {
    let mut told = Fault::new(
        "export.unique_value_in_recycle_bin",
        ErrorKind::MustBeUnique,
        format!(
            "A value that must be unique is held by {} {}, which lies in the recycle bin.",
            class.name(),
            key_of(id)
        ),
        "Restore that object, delete it for good, or change the rule that makes the value.",
    )
    .with_evidence(fault.evidence.clone());
    told.attr = fault.attr.clone();
    told
}

pub(super) fn taken_by(class: Class, id: [u8; 16], fault: &Fault) -> Fault {
    let mut told = Fault::new(
        "export.unique_value_taken",
        ErrorKind::MustBeUnique,
        format!(
            "Creating a {} was refused: {} {} already holds a value that must be unique.",
            class.name(),
            class.name(),
            key_of(id)
        ),
        "Let a match find that object, or change the rule that makes the value.",
    )
    .with_evidence(fault.evidence.clone());
    told.attr = fault.attr.clone();
    told
}

/// The properties to read of an object that may be ours.
pub(super) fn select_of(pieces: &[Piece]) -> String {
    let names = pieces.iter().map(|piece| piece.property.outer());
    let more = ["id", "createdDateTime", "onPremisesSyncEnabled"];
    let mut names: Vec<&str> = names.chain(more).collect();
    names.sort_unstable();
    names.dedup();
    names.join(",")
}

/// Whether an object holds everything that we asked for, is not older than our asking, and is nobody else's.
pub(super) fn is_ours(found: &Found, pieces: &[Piece], sent: i64) -> bool {
    let created = found.body["createdDateTime"]
        .as_str()
        .and_then(syntax::ticks);
    let is_young = created.is_some_and(|created| created >= sent - CLOCKS_DIFFER * 10_000_000);
    let is_synced = found.body["onPremisesSyncEnabled"] == true;
    is_young && !is_synced && differing(found, pieces).is_empty()
}

/// Whether an object of the recycle bin is who is to be created: by what tells people apart whatever they are called.
/// Where both have several of these, none may differ.
fn is_same_person(found: &Found, pieces: &[Piece]) -> bool {
    let mut same = false;
    for name in IDENTITIES {
        let held = found.body[name].as_str().filter(|held| !held.is_empty());
        match (held, text_of(pieces, name)) {
            (Some(held), Some(wanted)) if held == wanted => same = true,
            (Some(_), Some(_)) => return false,
            _ => {}
        }
    }
    same
}

/// The attributes of an object that are other than wanted.
pub(super) fn differing(found: &Found, pieces: &[Piece]) -> Vec<AttrName> {
    let differs = |piece: &&Piece| {
        let Becomes::Value(wanted) = &piece.becomes else {
            return true;
        };
        let held = piece.property.find(&found.body).unwrap_or(&Json::Null);
        let read = |json: &Json| syntax::read(piece.property.value_type, json);
        match (read(wanted), read(held)) {
            (Ok(wanted), Ok(held)) => !syncline_model::schema::confirms(
                piece.property.confirmation(),
                wanted.as_ref(),
                held.as_ref(),
            ),
            _ => true,
        }
    };
    let differing = pieces.iter().filter(differs);
    differing.map(|piece| piece.property.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::properties::published;
    use serde_json::json;

    fn pieces(values: &[(&str, &str)]) -> Vec<Piece> {
        let piece = |(name, value): &(&str, &str)| Piece {
            property: published(Class::User)[&AttrName::new(name)].clone(),
            becomes: Becomes::Value(json!(value)),
        };
        values.iter().map(piece).collect()
    }

    #[test]
    fn a_refusal_names_the_keys_to_look_for_and_without_a_name_all_count() {
        let pieces = pieces(&[
            ("mail", "a@x.test"),
            ("mailNickname", "a"),
            ("userPrincipalName", "u@x.test"),
        ]);
        let of = |target| {
            let keys = unique_keys(&pieces, target);
            let shown = keys
                .iter()
                .map(|key| format!("{} {}", key.property, key.value));
            shown.collect::<Vec<_>>()
        };

        assert_eq!(of(Some("mailNickname")), ["mailNickname a"]);
        assert_eq!(
            of(Some("proxyAddresses")),
            [
                "mail a@x.test",
                "proxyAddresses a@x.test",
                "proxyAddresses u@x.test"
            ]
        );
        assert_eq!(of(None).len(), 5);
        assert_eq!(of(Some("uniqueName")).len(), 5);
    }

    #[test]
    fn who_returns_is_known_by_an_identity_that_agrees_and_none_that_differs() {
        let wanted = pieces(&[("employeeId", "7"), ("onPremisesImmutableId", "abc")]);
        let is_same = |body: Json, wanted: &[Piece]| {
            let found = Found { id: [1; 16], body };
            is_same_person(&found, wanted)
        };

        assert!(is_same(json!({"employeeId": "7"}), &wanted));
        assert!(is_same(
            json!({"onPremisesImmutableId": "abc", "employeeId": null}),
            &wanted
        ));
        assert!(!is_same(json!({"employeeId": "8"}), &wanted));
        assert!(!is_same(
            json!({"employeeId": "7", "onPremisesImmutableId": "xyz"}),
            &wanted
        ));
        assert!(!is_same(
            json!({"employeeId": ""}),
            &pieces(&[("employeeId", "")])
        ));
        assert!(!is_same(
            json!({"employeeId": "7"}),
            &pieces(&[("mailNickname", "a")])
        ));
    }

    #[test]
    fn an_object_is_ours_if_it_is_whole_young_and_not_synchronised() {
        let pieces = pieces(&[("displayName", "Ada")]);
        let sent = syntax::ticks("2026-03-31T08:00:00Z").unwrap();
        let found = |name: &str, created: &str, synced: Json| Found {
            id: [1; 16],
            body: json!({"displayName": name, "createdDateTime": created, "onPremisesSyncEnabled": synced}),
        };
        let young = "2026-03-31T07:56:00Z";

        assert!(is_ours(&found("Ada", young, json!(null)), &pieces, sent));
        assert!(!is_ours(&found("Bob", young, json!(null)), &pieces, sent));
        assert!(!is_ours(&found("Ada", young, json!(true)), &pieces, sent));
        let old = "2026-03-31T07:54:00Z";
        assert!(!is_ours(&found("Ada", old, json!(null)), &pieces, sent));
    }
}
