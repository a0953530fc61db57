//! Creating users and groups, or restoring what was deleted.
//!
//! Users have no idempotent create: a lost answer is resolved by our own keys before anything is repeated, and what
//! cannot be decided stays unknown. Groups are created by `PATCH /groups(uniqueName='…')` with
//! `Prefer: create-if-missing`, which may be repeated. Invariants: the id is known before anything else is written to
//! the object; a password is in the request that makes its user, sealed in the runner's keeping, and nowhere else.

use std::time::Duration;

use http::Method;
use serde_json::{Value as Json, json};
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::error::{ErrorClass, ErrorKind};

use super::client::{Ask, Failure};
use super::errors::{self, Meaning};
use super::export::Export;
use super::lookup::{Found, Key, unique_name};
use super::pieces::{Becomes, Piece, Pieces, body};
use super::properties::{Class, published};
use super::syntax;
use super::writer::{Repeat, Stop, Written, created_id, key_of};
use crate::password;

/// The keys among these pieces by which an object can be found.
pub(super) fn keys_of(class: Class, pieces: &[Piece]) -> Vec<Key> {
    let names: &[&'static str] = match class {
        Class::User => &["onPremisesImmutableId", "userPrincipalName"],
        Class::Group => &["uniqueName", "mailNickname"],
        Class::Contact => &[],
    };
    let keys = names.iter().filter_map(|name| {
        let piece = pieces
            .iter()
            .find(|piece| piece.property.name.as_str() == *name)?;
        match &piece.becomes {
            Becomes::Value(Json::String(value)) => Some(Key::new(name, value.as_str())),
            _ => None,
        }
    });
    keys.collect()
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

/// How long to leave it when nothing could be kept for the account.
const PAUSE: Duration = Duration::from_secs(5);

/// Seconds by which an object may be older than our request and still come from it: clocks differ.
const CLOCKS_DIFFER: i64 = 300;

impl Export<'_> {
    pub(super) async fn add(&self) -> Result<OpOutcome, Stop> {
        let pieces = Pieces::of(self.catalogue, self.class, self.operation, true);
        self.check_required(&pieces)
            .map_err(|fault| Stop::Rejected(*fault))?;
        let (id, patched) = match self.class {
            Class::Group => self.create_group(&pieces).await?,
            _ => self.create_user(&pieces).await?,
        };
        self.connector.writer.settling.wrote(id);
        let mut refused = pieces.refused;
        refused.extend(patched);
        if let Some((attr, change)) = &pieces.reference {
            self.refer(id, attr, change, true, &mut refused).await?;
        }
        Ok(self.outcome(id, true, refused))
    }

    fn check_required(&self, pieces: &Pieces) -> Result<(), Box<Fault>> {
        let required = published(self.class)
            .values()
            .filter(|property| property.required);
        let missing: Vec<&str> = required
            .map(|property| property.name.as_str())
            .filter(|name| pieces.value(name).is_none())
            .collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        Err(Box::new(
            Fault::new(
                "export.attribute_required",
                ErrorKind::MissingMandatory,
                format!(
                    "A new {} needs a value for {}.",
                    self.class.name(),
                    missing.join(", ")
                ),
                "Add a flow for each of them.",
            )
            .on_attr((*first).into()),
        ))
    }

    /// A user: restored when its immutable id lies in the recycle bin, else created.
    async fn create_user(&self, pieces: &Pieces) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let writer = &self.connector.writer;
        let name = pieces
            .text("userPrincipalName")
            .unwrap_or_default()
            .to_owned();
        let what = "Creating a user".to_owned();
        let immutable = pieces.text("onPremisesImmutableId");
        let immutable = immutable.map(|id| Key::new("onPremisesImmutableId", id));
        let restorable = immutable.filter(|_| self.connector.client.config.restore_deleted);
        if let Some(key) = &restorable {
            let found = writer
                .find_deleted(self.class, std::slice::from_ref(key))
                .await;
            // Without the permission nothing can be restored: then it is created.
            if let Ok(Some(found)) = found {
                return self.restore(found.id, pieces).await;
            }
        }
        // Entra takes no user without a password: without a policy it is one that nobody learns.
        let policy = self.operation.password();
        let prepared = password::prepare(self.operation, self.names).await;
        let password = match prepared.map_err(unprepared)? {
            Some(password) => password,
            None => password::unknown().map_err(Stop::Rejected)?,
        };
        let must_change = policy.is_none_or(|policy| policy.must_change);
        let sent = syntax::now_ticks();
        let mut body = body(&pieces.plain);
        body.insert(
            "passwordProfile".to_owned(),
            json!({ "password": password.reveal(), "forceChangePasswordNextSignIn": must_change }),
        );
        if policy.is_some_and(|policy| policy.disabled_until_handed_over) {
            body.insert("accountEnabled".to_owned(), json!(false));
        }
        let ask = Ask::write(Method::POST, "/users", Some(Json::Object(body)));
        match self
            .write_new(&ask, &name.to_lowercase(), Repeat::Never, &what)
            .await
        {
            Written::Done(answer) => match created_id(&answer) {
                Some(id) => Ok((id, Vec::new())),
                None => self.find_created(pieces, sent, no_id()).await,
            },
            Written::Lost(fault) => self.find_created(pieces, sent, fault).await,
            Written::Refused(refusal) => {
                let fault = errors::export(&what, &refusal);
                match errors::meaning(&refusal) {
                    Meaning::Doubtful => self.find_created(pieces, sent, fault).await,
                    Meaning::Conflict => {
                        self.conflicting(pieces, restorable.is_some(), fault).await
                    }
                    _ => Err(Stop::Rejected(fault)),
                }
            }
            Written::Later { after, fault } => Err(Stop::Later { after, fault }),
        }
    }

    /// After a lost answer: the object by our own keys, or that it is not known.
    async fn find_created(
        &self,
        pieces: &Pieces,
        sent: i64,
        fault: Fault,
    ) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let keys = keys_of(self.class, &pieces.plain);
        let select = select_of(&pieces.plain);
        let writer = &self.connector.writer;
        match writer.find_patiently(self.class, &keys, &select).await {
            Ok(Some(found)) if is_ours(&found, &pieces.plain, sent) => Ok((found.id, Vec::new())),
            Ok(Some(found)) => Err(Stop::Rejected(taken_by(self.class, found.id, &fault))),
            Ok(None) | Err(_) => Err(Stop::Unknown(fault)),
        }
    }

    /// Who holds the value, the recycle bin included.
    async fn conflicting(
        &self,
        pieces: &Pieces,
        may_restore: bool,
        fault: Fault,
    ) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let writer = &self.connector.writer;
        let keys = keys_of(self.class, &pieces.plain);
        for key in &keys {
            let found = writer
                .find_deleted(self.class, std::slice::from_ref(key))
                .await;
            let Ok(Some(found)) = found else { continue };
            if may_restore && key.property != "userPrincipalName" && key.property != "mailNickname"
            {
                return self.restore(found.id, pieces).await;
            }
            return Err(Stop::Rejected(in_recycle_bin(self.class, found.id, &fault)));
        }
        match writer.find(self.class, &keys, "id").await {
            Ok(Some(found)) => Err(Stop::Rejected(taken_by(self.class, found.id, &fault))),
            _ => Err(Stop::Rejected(fault)),
        }
    }

    /// Takes an object out of the recycle bin and brings it to what the operation wants.
    async fn restore(&self, id: [u8; 16], pieces: &Pieces) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let writer = &self.connector.writer;
        // What comes back has the password it had.
        let dropped = self.names.drop_sealed(self.operation).await;
        dropped.map_err(unprepared)?;
        let what = self.what("Restoring", id);
        let path = format!("/directory/deletedItems/{}/restore", key_of(id));
        let ask = Ask::write(Method::POST, path, None);
        match writer
            .write(&ask, &key_of(id), Repeat::Harmless, &what)
            .await
        {
            Written::Done(_) => {}
            // An earlier try of ours restored it, or somebody else did.
            Written::Refused(refusal) if errors::meaning(&refusal) == Meaning::NotFound => {}
            Written::Refused(refusal) => {
                return Err(Stop::Rejected(errors::export(&what, &refusal)));
            }
            other => {
                if let Some(stop) = other.into_stop(&what) {
                    return Err(stop);
                }
            }
        }
        writer.settling.wrote(id);
        let plain = pieces.plain.iter().filter(|piece| piece.property.update);
        match self.patch(id, plain.cloned().collect()).await {
            Ok(patched) => Ok((id, patched.refused)),
            Err(stop) => Ok((id, vec![stop.into_fault()])),
        }
    }

    /// A group, by its unique name.
    async fn create_group(&self, pieces: &Pieces) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let writer = &self.connector.writer;
        let name = unique_name(&self.operation.object);
        let what = "Creating a group".to_owned();
        let path = format!("/groups(uniqueName='{name}')");
        let ask = Ask::write(Method::PATCH, path, Some(Json::Object(body(&pieces.plain))))
            .with_header("prefer", "create-if-missing");
        let key = Key::new("uniqueName", name.as_str());
        match self.write_new(&ask, &name, Repeat::Harmless, &what).await {
            Written::Done(answer) => match created_id(&answer) {
                Some(id) => Ok((id, Vec::new())),
                // 204: an earlier try made it.
                None => self.find_group(&key, no_id()).await,
            },
            Written::Lost(fault) => self.find_group(&key, fault).await,
            Written::Refused(refusal) => {
                let fault = errors::export(&what, &refusal);
                if errors::meaning(&refusal) != Meaning::Conflict {
                    return Err(Stop::Rejected(fault));
                }
                if let Ok(Some(found)) = writer.find_deleted(self.class, &[key]).await {
                    if self.connector.client.config.restore_deleted {
                        return self.restore(found.id, pieces).await;
                    }
                    return Err(Stop::Rejected(in_recycle_bin(self.class, found.id, &fault)));
                }
                self.conflicting(pieces, false, fault).await
            }
            Written::Later { after, fault } => Err(Stop::Later { after, fault }),
        }
    }

    async fn find_group(&self, key: &Key, fault: Fault) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let keys = std::slice::from_ref(key);
        match self
            .connector
            .writer
            .find_patiently(self.class, keys, "id")
            .await
        {
            Ok(Some(found)) => Ok((found.id, Vec::new())),
            Ok(None) => Err(Stop::Unknown(fault)),
            Err(failure) => match failure {
                Failure::Refused(_) => Err(Stop::Unknown(fault)),
                failure => Err(match self.unread(failure, "Looking for a new group") {
                    Stop::Later { .. } | Stop::Rejected(_) | Stop::Unknown(_) => {
                        Stop::Unknown(fault)
                    }
                }),
            },
        }
    }
}

/// Nothing was sent yet.
fn unprepared(fault: Fault) -> Stop {
    match fault.kind.class() {
        ErrorClass::Transient => Stop::Later {
            after: PAUSE,
            fault,
        },
        _ => Stop::Rejected(fault),
    }
}

fn no_id() -> Fault {
    Fault::new(
        "export.created_without_id",
        ErrorKind::OutcomeUnknown,
        "An object was created and Entra does not tell its id yet.",
        "Nothing to do: it is looked for before anything is repeated.",
    )
}

fn taken_by(class: Class, id: [u8; 16], fault: &Fault) -> Fault {
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
    let mut names: Vec<&str> = names.chain(["id", "createdDateTime"]).collect();
    names.sort_unstable();
    names.dedup();
    names.join(",")
}

/// Whether an object holds everything that we asked for, and is not older than our asking.
fn is_ours(found: &Found, pieces: &[Piece], sent: i64) -> bool {
    let created = found.body["createdDateTime"]
        .as_str()
        .and_then(syntax::ticks);
    let is_young = created.is_some_and(|created| created >= sent - CLOCKS_DIFFER * 10_000_000);
    is_young && differing(found, pieces).is_empty()
}

/// The attributes of an object that are other than wanted.
pub(super) fn differing(found: &Found, pieces: &[Piece]) -> Vec<syncline_model::AttrName> {
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
