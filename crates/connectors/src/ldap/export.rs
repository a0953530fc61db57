//! Operations carried out on a directory.
//!
//! Invariants: objects are named by GUID in Active Directory; in OpenLDAP by the name they have now, and what is written
//! is held to their id where the server can do that; an Add reads the new object's id on the connection that made
//! it before it counts as acknowledged; whatever was sent and not answered is `Unknown`; a part that
//! is refused after another part was written is reported as a part, never hidden.

use std::sync::Arc;
use std::time::Duration;

use ldap3::result::LdapResult;
use syncline_model::Anchor;
use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;
use syncline_model::op::{OpKind, Operation, Placement};

use super::LdapConnector;
use super::config::DirectoryKind;
use super::dn_text::guid_name;
use super::encode::{SetChange, encode};
use super::errors::{self, Act};
use super::link::Lost;
use super::schema::DirectorySchema;
use super::session::{Modification, Session};
use super::value_sets::{self, Target};
use super::{lookup, references};
use crate::contract::Names;

/// How long to leave a directory alone that is busy or away.
const PAUSE: Duration = Duration::from_secs(5);

/// Why an operation ends before it is done.
#[derive(Debug)]
pub enum Stop {
    /// The directory refused it, or it could not be sent as it is.
    Rejected(Fault),
    /// Nothing was written; later.
    Later(Fault),
    /// Something may have been written.
    Unknown(Fault),
}

impl Stop {
    /// A request that got no answer, after something was written or not.
    pub fn lost(lost: Lost, wrote: bool) -> Self {
        match lost.sent || wrote {
            true => Self::Unknown(lost.fault),
            false => Self::Later(lost.fault),
        }
    }

    /// A write that the directory refused.
    pub fn refused(act: Act, dn: &str, result: &LdapResult) -> Self {
        let fault = errors::refusal(act, dn, result);
        match errors::is_busy(result) {
            true => Self::Later(Fault {
                code: "connect.busy".into(),
                kind: ErrorKind::Busy,
                ..fault
            }),
            false if errors::is_elsewhere(result) => Self::Later(fault),
            false => Self::Rejected(fault),
        }
    }

    /// A read that failed before anything was written.
    pub fn before(fault: Fault) -> Self {
        Self::Later(fault)
    }

    /// The object was renamed or moved while it was written to.
    pub fn moved(dn: &str) -> Self {
        Self::Later(Fault::new(
            "export.object_moved",
            ErrorKind::Busy,
            format!("\"{dn}\" was renamed or moved a moment ago."),
            "Nothing to do: it is written under its new name next time.",
        ))
    }

    /// The object is gone.
    pub fn missing(dn: &str) -> Self {
        Self::Rejected(Fault::new(
            "export.object_missing",
            ErrorKind::ObjectMissing,
            format!("\"{dn}\" no longer exists."),
            "Nothing to do: the next import finds out, and the rules decide.",
        ))
    }
}

/// The place of a new object. The directory is a tree, so there must be one.
pub fn placed(place: Option<&Placement>) -> Result<&Placement, Stop> {
    place.ok_or_else(|| {
        Stop::Rejected(Fault::new(
            "export.place_missing",
            ErrorKind::Internal,
            "The operation does not say in which container the new object is to lie.",
            "Give the profile's part a name rule; if it has one, report this.",
        ))
    })
}

/// Carries out one operation.
pub async fn export(
    connector: &LdapConnector,
    operation: &Operation,
    names: &dyn Names,
) -> OpOutcome {
    match run(connector, operation, names).await {
        Ok(outcome) => outcome,
        Err(Stop::Rejected(fault)) => OpOutcome::Rejected(fault),
        Err(Stop::Later(fault)) => OpOutcome::Throttled {
            after: PAUSE,
            fault,
        },
        Err(Stop::Unknown(fault)) => OpOutcome::Unknown(fault),
    }
}

async fn run(
    connector: &LdapConnector,
    operation: &Operation,
    names: &dyn Names,
) -> Result<OpOutcome, Stop> {
    let mut session = connector.session().await.map_err(Stop::before)?;
    let schema = connector.schema(&mut session).await.map_err(Stop::before)?;
    let references = references::of(connector, &mut session, operation, names)
        .await
        .map_err(Stop::before)?;
    let object_type = operation.object_type();
    let encoded = encode(&schema, object_type, &operation.deltas, names, &references)
        .map_err(Stop::Rejected)?;
    let mut writer = Writer {
        connector,
        schema,
        session,
        names,
        wrote: false,
        refused: Vec::new(),
    };
    match &operation.kind {
        OpKind::Add { place, .. } => {
            let place = placed(place.as_ref())?;
            writer.add(operation, place, encoded).await
        }
        OpKind::Update { place, .. } => {
            let anchor = known(operation, names)?;
            writer.update(anchor, place.as_ref(), encoded).await
        }
        OpKind::Delete { .. } => {
            let anchor = known(operation, names)?;
            writer.delete(anchor).await
        }
    }
}

fn known(operation: &Operation, names: &dyn Names) -> Result<Anchor, Stop> {
    names.anchor(&operation.object).ok_or_else(|| {
        Stop::Rejected(Fault::new(
            "export.object_unresolved",
            ErrorKind::ObjectMissing,
            "The object to be changed has no id in this directory: it was never added, or its id was not read.",
            "Nothing to do: the next import finds it, and the rules decide.",
        ))
    })
}

/// Carries out one operation on one connection.
pub(super) struct Writer<'a> {
    pub connector: &'a LdapConnector,
    pub schema: Arc<DirectorySchema>,
    pub session: Session,
    pub names: &'a dyn Names,
    /// Whether anything was written.
    pub wrote: bool,
    /// Parts that were refused.
    pub refused: Vec<Fault>,
}

impl Writer<'_> {
    pub(super) async fn send(
        &mut self,
        target: Target<'_>,
        modifications: &[Modification],
    ) -> Result<LdapResult, Stop> {
        self.session
            .modify(target.name, modifications)
            .await
            .map_err(|lost| Stop::lost(lost, self.wrote))
    }

    pub(super) async fn apply(&mut self, target: Target<'_>, set: &SetChange) -> Result<(), Stop> {
        let piece = self.connector.config.values_per_write;
        let applied = value_sets::apply(&mut self.session, target, set, piece).await?;
        self.wrote |= applied.wrote;
        self.refused.extend(applied.refused);
        Ok(())
    }

    /// How requests name an object; `None` where it takes a look to know and it is gone. Where that is its DN, writes
    /// are held to the object from here on.
    pub(super) async fn name(&mut self, anchor: &Anchor) -> Result<Option<String>, Stop> {
        if self.connector.kind() == DirectoryKind::ActiveDirectory {
            let name = guid_name(anchor).ok_or_else(|| Stop::missing(&anchor.to_string()))?;
            return Ok(Some(name));
        }
        let root = self
            .connector
            .root(&mut self.session)
            .await
            .map_err(Stop::before)?;
        let attrs = ["1.1".to_owned()];
        let id = ObjectName::Anchor(anchor.clone());
        let kind = self.connector.kind();
        let found = lookup::find(&mut self.session, kind, &root.base, &id, &attrs)
            .await
            .map_err(Stop::before)?;
        if root.asserts {
            self.session.hold_to(anchor);
        }
        Ok(found.map(|entry| entry.dn))
    }

    async fn delete(&mut self, anchor: Anchor) -> Result<OpOutcome, Stop> {
        let Some(name) = self.name(&anchor).await? else {
            return Ok(OpOutcome::AlreadyGone);
        };
        let result = self
            .session
            .delete(&name)
            .await
            .map_err(|lost| Stop::lost(lost, false))?;
        match result.rc {
            0 => {
                self.wrote = true;
                Ok(self.done(anchor, None))
            }
            // Where a request names an object by where it was a moment ago, it may have moved since.
            _ if errors::is_missing_object(&result) => match self.name(&anchor).await? {
                Some(now) if now != name => Err(Stop::moved(&now)),
                _ => Ok(OpOutcome::AlreadyGone),
            },
            _ => {
                let dn = self.display_name(&name).await;
                Err(Stop::refused(Act::Delete, &dn, &result))
            }
        }
    }

    /// The object's name for a message; its id when the name cannot be read.
    async fn display_name(&mut self, name: &str) -> String {
        match self.session.object(name, &["1.1".to_owned()], false).await {
            Ok(Some(entry)) => entry.dn,
            _ => name.to_owned(),
        }
    }

    pub(super) fn done(&mut self, anchor: Anchor, dn: Option<Dn>) -> OpOutcome {
        OpOutcome::Done(Applied {
            anchor,
            dn,
            refused: std::mem::take(&mut self.refused),
            no_op: !self.wrote,
        })
    }
}
