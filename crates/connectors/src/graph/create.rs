//! Creating users and groups, or restoring what was deleted: who returns gets his own account back.
//!
//! Users have no idempotent create: a lost answer, and a 409, is resolved by our own keys before anything is repeated,
//! and what cannot be decided stays unknown. Groups are created by `PATCH /groups(uniqueName='…')` with
//! `Prefer: create-if-missing`, which may be repeated. Invariants: the id is known before anything else is written to
//! the object; a password is in the request that makes its user, sealed in the runner's keeping, and nowhere else.

use std::time::Duration;

use http::Method;
use serde_json::{Value as Json, json};
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::error::{ErrorClass, ErrorKind};

use super::client::Ask;
use super::conflict::{
    Conflict, Doubt, Holder, in_recycle_bin, is_ours, keys_of, select_of, taken_by,
};
use super::errors::{self, Meaning, STATE_CONFLICT};
use super::export::Export;
use super::lookup::{Key, unique_name};
use super::pieces::{Piece, Pieces, body};
use super::properties::{Class, published};
use super::syntax;
use super::writer::{Repeat, Stop, Written, created_id, key_of};
use crate::password;

/// How often a user is sent that is answered with 409 each time and found nowhere.
const CONFLICTS_MAX: u32 = 2;

/// How long to leave it when nothing could be kept for the account.
const PAUSE: Duration = Duration::from_secs(5);

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
        let is_written = |piece: &&Piece| {
            let name = Some(&piece.property.name);
            refused.iter().all(|fault| fault.attr.as_ref() != name)
        };
        let written: Vec<Piece> = pieces.plain.iter().filter(is_written).cloned().collect();
        self.wrote_sets(id, &written);
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
        let mut doubt = self.doubt();
        if doubt.is_known
            && let Some(id) = self.made_before(pieces, doubt.sent).await
        {
            return Ok((id, Vec::new()));
        }
        if let Some(immutable) = pieces.text("onPremisesImmutableId") {
            let key = Key::new("onPremisesImmutableId", immutable);
            let found = writer.find_deleted(self.class, &[key]).await;
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
        let mut body = body(&pieces.plain);
        body.insert(
            "passwordProfile".to_owned(),
            json!({ "password": password.reveal(), "forceChangePasswordNextSignIn": must_change }),
        );
        if policy.is_some_and(|policy| policy.disabled_until_handed_over) {
            body.insert("accountEnabled".to_owned(), json!(false));
        }
        let ask = Ask::write(Method::POST, "/users", Some(Json::Object(body)));
        let was_in_doubt = doubt.stands;
        let mut conflicts = 0;
        loop {
            let written = self
                .write_new(&ask, &name.to_lowercase(), Repeat::Never, &what)
                .await;
            let refusal = match written {
                Written::Done(answer) => match created_id(&answer) {
                    Some(id) => return Ok((id, Vec::new())),
                    None => return self.find_created(pieces, doubt.sent, no_id()).await,
                },
                Written::Lost(fault) => return self.find_created(pieces, doubt.sent, fault).await,
                Written::Later { after, fault } => return Err(Stop::Later { after, fault }),
                Written::Refused(refusal) => refusal,
            };
            let fault = errors::export(&what, &refusal);
            match errors::meaning(&refusal) {
                Meaning::Doubtful => {
                    let found = self.find_ours(pieces, doubt.sent, &fault).await?;
                    if let Some(id) = found {
                        return Ok((id, Vec::new()));
                    }
                    conflicts += 1;
                    if conflicts == CONFLICTS_MAX && was_in_doubt {
                        return Err(Stop::Unknown(fault));
                    }
                    if conflicts == CONFLICTS_MAX {
                        let held = self.recycled(&pieces.plain, &refusal).await;
                        return Err(Stop::Rejected(match held {
                            Some(Holder::Recycled { class, id, .. }) => {
                                in_recycle_bin(class, id, &fault)
                            }
                            _ => never_created(self.class, &fault),
                        }));
                    }
                    // Sent again it makes no second user: the name is taken as soon as there is one.
                    (doubt.is_known, doubt.stands) = (true, true);
                }
                Meaning::Conflict => {
                    let held = self.conflicting(&pieces.plain, &refusal, fault, doubt);
                    let held = held.await;
                    if conflicts == 0 && matches!(held, Ok(_) | Err(Stop::Unknown(_))) {
                        // Made by an earlier request, with the password of that one.
                        let dropped = self.names.drop_sealed(self.operation).await;
                        dropped.map_err(unprepared)?;
                    }
                    return match held? {
                        Conflict::Ours(id) => Ok((id, Vec::new())),
                        Conflict::Restorable(id) => self.restore(id, pieces).await,
                    };
                }
                _ => return Err(Stop::Rejected(fault)),
            }
        }
    }

    /// What is known of earlier requests of this operation.
    fn doubt(&self) -> Doubt {
        let doubts = &self.connector.doubts;
        let age = doubts.age(&self.operation.object);
        let sent = doubts.sent(&self.operation.object);
        Doubt {
            sent: sent.unwrap_or_else(syntax::now_ticks),
            is_known: sent.is_some(),
            stands: age.is_some_and(|age| age < self.connector.client.config.settle),
        }
    }

    /// The object of an earlier try that had no end, if a read shows it by now.
    async fn made_before(&self, pieces: &Pieces, sent: i64) -> Option<[u8; 16]> {
        let keys = keys_of(self.class, &pieces.plain);
        let select = select_of(&pieces.plain);
        let found = self.connector.writer.find(self.class, &keys, &select);
        let found = found.await.ok().flatten();
        found
            .filter(|found| is_ours(found, &pieces.plain, sent))
            .map(|found| found.id)
    }

    /// After a lost answer: the object by our own keys, or that it is not known.
    async fn find_created(
        &self,
        pieces: &Pieces,
        sent: i64,
        fault: Fault,
    ) -> Result<([u8; 16], Vec<Fault>), Stop> {
        match self.find_ours(pieces, sent, &fault).await? {
            Some(id) => Ok((id, Vec::new())),
            None => Err(Stop::Unknown(fault)),
        }
    }

    /// The object that a request made whose answer says nothing of it; `None` when no read shows one.
    async fn find_ours(
        &self,
        pieces: &Pieces,
        sent: i64,
        fault: &Fault,
    ) -> Result<Option<[u8; 16]>, Stop> {
        let keys = keys_of(self.class, &pieces.plain);
        let select = select_of(&pieces.plain);
        let writer = &self.connector.writer;
        match writer.find_patiently(self.class, &keys, &select).await {
            Ok(Some(found)) if is_ours(&found, &pieces.plain, sent) => Ok(Some(found.id)),
            Ok(Some(found)) => Err(Stop::Rejected(taken_by(self.class, found.id, fault))),
            Ok(None) => Ok(None),
            Err(_) => Err(Stop::Unknown(fault.clone())),
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
                    return self.restore(found.id, pieces).await;
                }
                let doubt = Doubt {
                    // What we made would have been found by its name.
                    is_known: false,
                    stands: false,
                    ..self.doubt()
                };
                let held = self.conflicting(&pieces.plain, &refusal, fault, doubt);
                match held.await? {
                    Conflict::Ours(id) => Ok((id, Vec::new())),
                    Conflict::Restorable(id) => self.restore(id, pieces).await,
                }
            }
            Written::Later { after, fault } => Err(Stop::Later { after, fault }),
        }
    }

    /// The group by the name that only ours has. One that was answered with 409 each time and is nowhere was not made.
    async fn find_group(&self, key: &Key, fault: Fault) -> Result<([u8; 16], Vec<Fault>), Stop> {
        let keys = std::slice::from_ref(key);
        let writer = &self.connector.writer;
        match writer.find_patiently(self.class, keys, "id").await {
            Ok(Some(found)) => Ok((found.id, Vec::new())),
            Ok(None) if fault.code == STATE_CONFLICT => {
                match writer.find_deleted(self.class, keys).await {
                    Ok(Some(found)) => {
                        Err(Stop::Rejected(in_recycle_bin(self.class, found.id, &fault)))
                    }
                    _ => Err(Stop::Rejected(never_created(self.class, &fault))),
                }
            }
            Ok(None) | Err(_) => Err(Stop::Unknown(fault)),
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

/// Each request was answered with 409, and there is no such object.
fn never_created(class: Class, fault: &Fault) -> Fault {
    Fault::new(
        "export.create_conflict",
        ErrorKind::ObjectExists,
        format!(
            "Creating a {} was refused more than once: Entra says that somebody changes it at the same time, and it is neither in the directory nor in the recycle bin.",
            class.name()
        ),
        "Look who else creates it (another synchronisation, a script). If nobody does, give the request id in the evidence to Microsoft's support.",
    )
    .with_evidence(fault.evidence.clone())
}
