//! Exports: one operation, carried out and told exactly once.
//!
//! Invariants: only what the operation names is written; what is done stays done and what is refused is told part
//! by part; nothing that may have created an object is repeated before it was looked for; what is answered with 409
//! again and again is looked at until reads have settled, and is an error from then on.

use std::time::Duration;

use http::Method;
use serde_json::Value as Json;
use syncline_model::Anchor;
use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::op::{Change, ObjectKey, OpKind, Operation};

use super::GraphConnector;
use super::authority::{Authority, is_owned_by_cloud};
use super::client::Ask;
use super::errors::{self, Meaning, STATE_CONFLICT};
use super::members::Referred;
use super::pieces::{Becomes, Piece, Pieces, body, changed};
use super::properties::{Catalogue, Class};
use super::syntax;
use super::writer::{Repeat, Stop, Written, key_of};
use crate::contract::Names;

/// How long to leave it when the directory's types cannot be read.
const PAUSE: Duration = Duration::from_secs(30);

/// Carries out an operation.
pub(super) async fn export(
    connector: &GraphConnector,
    operation: &Operation,
    names: &dyn Names,
) -> OpOutcome {
    let sent = syntax::now_ticks();
    let outcome = match carried_out(connector, operation, names).await {
        Ok(outcome) => outcome,
        Err(Stop::Unknown(fault)) if is_refused_for_long(connector, operation, &fault) => {
            OpOutcome::Rejected(fault)
        }
        Err(stop) => stop.into(),
    };
    connector.doubts.learn(&operation.object, sent, &outcome);
    outcome
}

/// Whether an operation has been in doubt for so long that every read shows what it did, and is only ever answered
/// with 409.
fn is_refused_for_long(connector: &GraphConnector, operation: &Operation, fault: &Fault) -> bool {
    let settle = connector.client.config.settle;
    let age = connector.doubts.age(&operation.object);
    fault.code == STATE_CONFLICT && age.is_some_and(|age| age >= settle)
}

async fn carried_out(
    connector: &GraphConnector,
    operation: &Operation,
    names: &dyn Names,
) -> Result<OpOutcome, Stop> {
    let class = Class::of(operation.object_type()).map_err(Stop::Rejected)?;
    if class == Class::Contact {
        return Err(Stop::Rejected(Fault::new(
            "export.contact_read_only",
            ErrorKind::ConstraintViolation,
            "No permission lets an application write contacts through Graph.",
            "Write contacts through Exchange (New-MailContact, Set-MailContact), or take them out of the profile.",
        )));
    }
    let catalogue = connector.catalogue().await.map_err(|fault| Stop::Later {
        after: PAUSE.max(connector.client.pacer.paused_for()),
        fault,
    })?;
    let export = Export {
        connector,
        catalogue: &catalogue,
        class,
        operation,
        names,
    };
    match &operation.kind {
        OpKind::Add { .. } => export.add().await,
        OpKind::Update { .. } => export.update().await,
        OpKind::Delete { .. } => export.delete().await,
    }
}

/// One operation under way.
pub(super) struct Export<'a> {
    pub(super) connector: &'a GraphConnector,
    pub(super) catalogue: &'a Catalogue,
    pub(super) class: Class,
    pub(super) operation: &'a Operation,
    pub(super) names: &'a dyn Names,
}

/// What came of writing properties.
#[derive(Debug, Default)]
pub(super) struct Patched {
    pub(super) done: bool,
    pub(super) refused: Vec<Fault>,
}

impl Export<'_> {
    /// The object's id, which an Add does not have.
    fn target(&self) -> Result<[u8; 16], Box<Stop>> {
        let anchor = match &self.operation.object {
            ObjectKey::Anchor(anchor) => Some(anchor.clone()),
            key @ ObjectKey::New { .. } => self.names.anchor(key),
        };
        match anchor {
            Some(Anchor::Guid(guid)) => Ok(guid),
            _ => Err(Box::new(Stop::Rejected(Fault::new(
                "export.reference_unresolved",
                ErrorKind::ObjectMissing,
                format!(
                    "A {} is to be changed whose id is not known yet.",
                    self.class.name()
                ),
                "Nothing to do: it is sent again when the object was added.",
            )))),
        }
    }

    pub(super) fn what(&self, doing: &str, guid: [u8; 16]) -> String {
        format!("{doing} {} {}", self.class.name(), key_of(guid))
    }

    /// The outcome of an operation parts of which may have been refused.
    pub(super) fn outcome(&self, guid: [u8; 16], done: bool, mut refused: Vec<Fault>) -> OpOutcome {
        if !done && !refused.is_empty() {
            return OpOutcome::Rejected(refused.remove(0));
        }
        OpOutcome::Done(Applied {
            anchor: Anchor::Guid(guid),
            dn: Some(Dn::root()),
            refused,
            no_op: !done,
        })
    }

    async fn update(&self) -> Result<OpOutcome, Stop> {
        let guid = self.target().map_err(|stop| *stop)?;
        let pieces = Pieces::of(self.catalogue, self.class, self.operation, false);
        let mut refused = pieces.refused;
        let patched = self.patch(guid, pieces.plain).await?;
        refused.extend(patched.refused);
        let mut done = patched.done;
        if let Some((attr, change)) = &pieces.reference {
            done |= self.refer(guid, attr, change, done, &mut refused).await?;
        }
        Ok(self.outcome(guid, done, refused))
    }

    /// Writes the reference attribute; a stop after something was done is a refusal of this part.
    pub(super) async fn refer(
        &self,
        guid: [u8; 16],
        attr: &syncline_model::AttrName,
        change: &Change,
        is_something_done: bool,
        refused: &mut Vec<Fault>,
    ) -> Result<bool, Stop> {
        let writer = &self.connector.writer;
        let Referred {
            done,
            refused: parts,
            stop,
        } = match self.class {
            Class::Group => writer.members(guid, attr, change, self.names).await,
            _ => writer.manager(guid, attr, change, self.names).await,
        };
        refused.extend(parts);
        match stop {
            Some(stop) if done == 0 && !is_something_done && refused.is_empty() => Err(stop),
            Some(stop) => {
                refused.push(stop.into_fault_of(attr));
                Ok(done > 0)
            }
            None => Ok(done > 0),
        }
    }

    /// Writes properties of an object; what is refused is parted from what is not.
    pub(super) async fn patch(&self, guid: [u8; 16], pieces: Vec<Piece>) -> Result<Patched, Stop> {
        let mut patched = Patched::default();
        let mut sendable = Vec::new();
        for piece in pieces {
            match self.authority(guid, &piece).await {
                Authority::Graph => sendable.push(piece),
                Authority::Exchange => {
                    patched
                        .refused
                        .push(self.mastered("export.mastered_in_exchange", guid, &piece))
                }
                Authority::OnPremises => {
                    patched.refused.push(self.mastered(
                        "export.mastered_on_premises",
                        guid,
                        &piece,
                    ));
                }
                Authority::ReadOnly => {}
            }
        }
        if sendable
            .iter()
            .any(|piece| matches!(piece.becomes, Becomes::Changed { .. }))
        {
            self.make_whole(guid, &mut sendable).await?;
        }
        let mut groups = vec![sendable];
        while let Some(group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            let attrs: Vec<_> = group.iter().map(|p| p.property.name.clone()).collect();
            match self.send(guid, group, &mut patched).await {
                Ok(rest) => groups.extend(rest),
                // Said of each attribute: what is not said counts as written.
                Err(stop) if patched.done => {
                    let faults = attrs.iter().map(|attr| stop.clone().into_fault_of(attr));
                    patched.refused.extend(faults);
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(patched)
    }

    /// Sends one PATCH; the groups of pieces that are still to be tried after a refusal.
    async fn send(
        &self,
        guid: [u8; 16],
        mut group: Vec<Piece>,
        patched: &mut Patched,
    ) -> Result<Vec<Vec<Piece>>, Stop> {
        let known = &self.connector.authorities;
        let what = self.what("Changing", guid);
        let path = format!("/{}/{}", self.class.collection(), key_of(guid));
        let ask = Ask::write(Method::PATCH, path, Some(Json::Object(body(&group))));
        let refusal = match self
            .connector
            .writer
            .write_settled(&ask, guid, &[], &what)
            .await
        {
            Written::Done(_) => {
                patched.done = true;
                for piece in &group {
                    known.accepted(guid, &piece.property.name);
                }
                self.wrote_sets(guid, &group);
                return Ok(Vec::new());
            }
            Written::Refused(refusal) => refusal,
            other => return other.into_stop(&what).map_or(Ok(Vec::new()), Err),
        };
        let fault = errors::export(&what, &refusal);
        let refuse = |patched: &mut Patched, piece: &Piece| {
            patched
                .refused
                .push(fault.clone().on_attr(piece.property.name.clone()));
        };
        match errors::meaning(&refusal) {
            Meaning::NotFound => return Err(Stop::Rejected(self.absent(guid, fault).await)),
            Meaning::GroupClosed => {
                group.iter().for_each(|piece| refuse(patched, piece));
                return Ok(Vec::new());
            }
            Meaning::MasteredOnPremises => {
                known.refused_on_premises(guid);
                let (owned, others): (Vec<_>, Vec<_>) = group
                    .into_iter()
                    .partition(|piece| is_owned_by_cloud(self.class, &piece.property.name));
                others.iter().for_each(|piece| refuse(patched, piece));
                if others.is_empty() {
                    owned.iter().for_each(|piece| refuse(patched, piece));
                    return Ok(Vec::new());
                }
                return Ok(vec![owned]);
            }
            _ => {}
        }
        let named = errors::attribute(&refusal);
        let at = named.and_then(|name| {
            group.iter().position(|piece| {
                piece.property.name == name || piece.property.outer() == name.as_str()
            })
        });
        match at {
            _ if group.len() == 1 => {
                let piece = &group[0];
                if errors::meaning(&refusal) == Meaning::MasteredInExchange {
                    known.refused_by_exchange(guid, &piece.property.name);
                }
                let fault = self.explained(fault.clone(), &refusal, &group).await;
                patched
                    .refused
                    .push(fault.on_attr(piece.property.name.clone()));
                Ok(Vec::new())
            }
            Some(at) => {
                let piece = group.remove(at);
                let fault = self
                    .explained(fault.clone(), &refusal, std::slice::from_ref(&piece))
                    .await;
                patched
                    .refused
                    .push(fault.on_attr(piece.property.name.clone()));
                Ok(vec![group])
            }
            None => {
                let right = group.split_off(group.len() / 2);
                Ok(vec![right, group])
            }
        }
    }

    /// A 404 on an object that nothing of ours explains: deleted softly, or gone.
    async fn absent(&self, guid: [u8; 16], fault: Fault) -> Fault {
        match self.connector.writer.is_deleted(guid).await {
            Ok(true) => Fault::new(
                "export.object_in_recycle_bin",
                ErrorKind::ObjectMissing,
                format!(
                    "{} was refused: it lies in the recycle bin.",
                    self.what("Changing", guid)
                ),
                "Restore it in Entra, or let the next import find out that it was deleted.",
            )
            .with_evidence(fault.evidence),
            _ => fault,
        }
    }

    /// Who masters an attribute; asks whether a synchronised object is managed in the cloud.
    async fn authority(&self, guid: [u8; 16], piece: &Piece) -> Authority {
        let known = &self.connector.authorities;
        let verdict = known.of(self.class, guid, &piece.property);
        if verdict != Authority::OnPremises || known.cloud_managed(guid).is_some() {
            return verdict;
        }
        match self.connector.ask_cloud_managed(self.class, guid).await {
            Some(_) => known.of(self.class, guid, &piece.property),
            // Not allowed to ask: the refusal tells.
            None => Authority::Graph,
        }
    }

    fn mastered(&self, code: &'static str, guid: [u8; 16], piece: &Piece) -> Fault {
        let (why, next) = match code {
            "export.mastered_in_exchange" => (
                "Exchange masters it, as an earlier refusal told",
                "Write it through Exchange (Set-Mailbox), or take the attribute out of the flow.",
            ),
            _ => (
                "the on-premises directory masters the object",
                "Write it there, take it out of scope, or transfer its source of authority to the cloud.",
            ),
        };
        let name = &piece.property.name;
        Fault::new(
            code,
            ErrorKind::ConstraintViolation,
            format!(
                "{} was not sent: \"{name}\" is not Graph's to write, {why}.",
                self.what("Changing", guid)
            ),
            next,
        )
        .on_attr(name.clone())
    }

    /// Notes the sets that an object was given: the next change of one is built on them.
    pub(super) fn wrote_sets(&self, guid: [u8; 16], pieces: &[Piece]) {
        let settling = &self.connector.writer.settling;
        for piece in pieces.iter().filter(|piece| piece.property.multi) {
            if let Becomes::Value(set) = &piece.becomes {
                settling.wrote_set(guid, &piece.property.name, set);
            }
        }
    }

    /// Makes properties whole that change by values: from what we wrote lately, else from what a read shows.
    async fn make_whole(&self, guid: [u8; 16], pieces: &mut [Piece]) -> Result<(), Stop> {
        let what = self.what("Reading", guid);
        for piece in pieces.iter_mut() {
            let settling = &self.connector.writer.settling;
            if let Becomes::Changed { add, remove } = &piece.becomes
                && let Some(set) = settling.set_of(guid, &piece.property.name)
            {
                piece.becomes = Becomes::Value(changed(&set, add, remove));
            }
        }
        let is_changed = |piece: &&mut Piece| matches!(piece.becomes, Becomes::Changed { .. });
        let names: Vec<String> = pieces
            .iter_mut()
            .filter(is_changed)
            .map(|piece| piece.property.outer().to_owned())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let path = format!(
            "/{}/{}?$select={}",
            self.class.collection(),
            key_of(guid),
            names.join(",")
        );
        let writer = &self.connector.writer;
        let read = writer.read(&Ask::get(path), &key_of(guid)).await;
        let present = read.map_err(|failure| writer.unread(failure, &what))?.body;
        for piece in pieces.iter_mut() {
            if let Becomes::Changed { add, remove } = &piece.becomes {
                let now = piece.property.find(&present).unwrap_or(&Json::Null);
                piece.becomes = Becomes::Value(changed(now, add, remove));
            }
        }
        Ok(())
    }

    async fn delete(&self) -> Result<OpOutcome, Stop> {
        let guid = self.target().map_err(|stop| *stop)?;
        let writer = &self.connector.writer;
        let what = self.what("Deleting", guid);
        let path = format!("/{}/{}", self.class.collection(), key_of(guid));
        let ask = Ask::write(Method::DELETE, path, None);
        let written = writer.write_settled(&ask, guid, &[], &what).await;
        match written {
            Written::Done(_) => {}
            Written::Refused(refusal) if errors::meaning(&refusal) == Meaning::NotFound => {
                return Ok(OpOutcome::AlreadyGone);
            }
            // It was written lately and shows nowhere: deleted already, if the recycle bin or nobody has it.
            Written::Later { fault, .. }
                if fault.code == "export.not_yet_visible"
                    && writer.is_deleted(guid).await.is_ok_and(|deleted| deleted) =>
            {
                return Ok(OpOutcome::AlreadyGone);
            }
            other => {
                if let Some(stop) = other.into_stop(&what) {
                    return Err(stop);
                }
            }
        }
        writer.settling.forget(guid);
        Ok(self.outcome(guid, true, Vec::new()))
    }

    /// Sends a write about no object that has an id yet.
    pub(super) async fn write_new(
        &self,
        ask: &Ask,
        key: &str,
        repeat: Repeat,
        what: &str,
    ) -> Written {
        self.connector.writer.write(ask, key, repeat, what).await
    }
}
