//! Operations carried out on Active Directory.
//!
//! Invariants: objects are named by GUID; an Add reads the new object's id on the connection that made
//! it before it counts as acknowledged; whatever was sent and not answered is `Unknown`; a part that
//! is refused after another part was written is reported as a part, never hidden.

use std::time::Duration;

use ldap3::result::LdapResult;
use syncline_model::Anchor;
use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::dn::{Dn, Rdn};
use syncline_model::error::ErrorKind;
use syncline_model::op::{OpKind, Operation, Placement};

use super::LdapConnector;
use super::config::DirectoryKind;
use super::dn_text::{ExtendedDn, guid_name};
use super::encode::{Encoded, SetChange, encode};
use super::errors::{self, Act};
use super::flags;
use super::link::Lost;
use super::lookup;
use super::session::{Modification, Session, WriteValues};
use super::value_sets::{self, Target};
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
            false => Self::Rejected(fault),
        }
    }

    /// A read that failed before anything was written.
    pub fn before(fault: Fault) -> Self {
        Self::Later(fault)
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

/// Carries out one operation.
pub async fn export(
    connector: &LdapConnector,
    operation: &Operation,
    names: &dyn Names,
) -> OpOutcome {
    if connector.kind() != DirectoryKind::ActiveDirectory {
        return OpOutcome::Rejected(Fault::new(
            "export.unsupported",
            ErrorKind::Internal,
            "This kind of directory is read only for now.",
            "Use it as a source.",
        ));
    }
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
    let encoded = encode(&schema, operation.object_type(), &operation.deltas, names)
        .map_err(Stop::Rejected)?;
    let mut writer = Writer {
        connector,
        session,
        names,
        wrote: false,
        refused: Vec::new(),
    };
    match &operation.kind {
        OpKind::Add { object_type, place } => writer.add(object_type, place, encoded).await,
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

/// The name under which an operation's new object will lie, as the directory spells it.
pub async fn name_of_new(
    connector: &LdapConnector,
    session: &mut Session,
    place: &Placement,
    names: &dyn Names,
) -> Result<String, Stop> {
    // One level and no more: a comma that is not escaped would name another container.
    if place.rdn.parse::<Rdn>().is_err() {
        return Err(Stop::Rejected(Fault::new(
            "export.name_invalid",
            ErrorKind::InvalidDn,
            format!("\"{}\" is not a name of one level.", place.rdn),
            "Correct the naming rule; special characters must go through Dn.Escape.",
        )));
    }
    let missing = || {
        Stop::Rejected(Fault::new(
            "export.parent_missing",
            ErrorKind::ParentMissing,
            format!(
                "\"{}\" cannot be placed: its container does not exist.",
                place.rdn
            ),
            "Create the container, or change the DN expression.",
        ))
    };
    let parent = names.anchor(&place.parent).ok_or_else(missing)?;
    let parent = lookup::place(connector, session, &parent)
        .await
        .map_err(Stop::before)?
        .ok_or_else(missing)?;
    Ok(format!("{},{parent}", place.rdn))
}

struct Writer<'a> {
    connector: &'a LdapConnector,
    session: Session,
    names: &'a dyn Names,
    wrote: bool,
    refused: Vec<Fault>,
}

impl Writer<'_> {
    async fn add(
        &mut self,
        object_type: &str,
        place: &Placement,
        encoded: Encoded,
    ) -> Result<OpOutcome, Stop> {
        self.refused = encoded.refused;
        let piece = self.connector.config.values_per_write;
        let mut attrs: Vec<WriteValues> =
            vec![("objectClass".into(), vec![object_type.as_bytes().to_vec()])];
        if object_type == "user" {
            let mut control = encoded.flags.apply(flags::NEW_ACCOUNT);
            control |= flags::DISABLED;
            attrs.push((flags::ATTR.into(), vec![flags::print(control)]));
        }
        attrs.extend(
            encoded
                .replace
                .into_iter()
                .filter(|(_, values)| !values.is_empty()),
        );

        // Value sets that fit go with the Add; the rest of a large one follows.
        let mut later: Vec<SetChange> = Vec::new();
        let mut refs: Vec<WriteValues> = encoded.links;
        for mut set in encoded.sets {
            set.remove.clear();
            set.whole = false;
            let rest = set.add.split_off(set.add.len().min(piece));
            let first = (set.attr.clone(), std::mem::replace(&mut set.add, rest));
            match set.refs {
                _ if first.1.is_empty() => {}
                true => refs.push(first),
                false => attrs.push(first),
            }
            later.push(set);
        }

        let dn = self.send_add(place, &attrs, refs, &mut later).await?;
        self.wrote = true;
        let Some(anchor) = self.read_back(&dn).await else {
            return Ok(OpOutcome::AcknowledgedWithoutId {
                dn: dn.parse().unwrap_or(Dn::root()),
            });
        };
        // From here on the object exists under a known id: what fails is a part of it.
        if let Err(stop) = self
            .complete_new(&anchor, &dn, &encoded.flags, &later)
            .await
        {
            let (Stop::Rejected(fault) | Stop::Later(fault) | Stop::Unknown(fault)) = stop;
            self.refused.push(fault);
        }
        Ok(self.done(anchor, dn.parse().ok()))
    }

    /// Sends the Add; again when its container had just been renamed, and without references when one of them
    /// does not exist: those follow one by one. Answers the name it was created under.
    async fn send_add(
        &mut self,
        place: &Placement,
        attrs: &[WriteValues],
        mut refs: Vec<WriteValues>,
        later: &mut Vec<SetChange>,
    ) -> Result<String, Stop> {
        let mut dn = name_of_new(self.connector, &mut self.session, place, self.names).await?;
        loop {
            let all = [attrs, refs.as_slice()].concat();
            let result = self
                .session
                .add(&dn, &all)
                .await
                .map_err(|lost| Stop::lost(lost, false))?;
            if result.rc == 0 {
                return Ok(dn);
            }
            if errors::is_missing_object(&result) {
                lookup::forget_places(self.connector);
                let now = name_of_new(self.connector, &mut self.session, place, self.names).await?;
                if now != dn {
                    dn = now;
                    continue;
                }
            }
            // With its container in place, what Windows does not find is the target of a reference.
            let missing = errors::is_missing_target(&result) || errors::is_missing_object(&result);
            if !missing || refs.is_empty() {
                return Err(Stop::refused(Act::Add, &dn, &result));
            }
            later.extend(refs.drain(..).map(|(attr, add)| SetChange {
                attr,
                add,
                refs: true,
                ..SetChange::default()
            }));
        }
    }

    async fn read_back(&mut self, dn: &str) -> Option<Anchor> {
        let attrs = ["objectGUID", "objectSid", "distinguishedName"].map(str::to_owned);
        let entry = self.session.object(dn, &attrs, false).await.ok()??;
        self.connector.kind().anchor(&entry)
    }

    async fn complete_new(
        &mut self,
        anchor: &Anchor,
        dn: &str,
        flag_change: &flags::FlagChange,
        later: &[SetChange],
    ) -> Result<(), Stop> {
        let name = guid_name(anchor).unwrap_or_else(|| dn.to_owned());
        let target = Target { name: &name, dn };
        for set in later {
            self.apply(target, set).await?;
        }
        if flag_change.enables() {
            let control = flags::print(flag_change.apply(flags::NEW_ACCOUNT));
            let enable = Modification::Replace((flags::ATTR.into(), vec![control]));
            let result = self
                .session
                .modify(&name, &[enable])
                .await
                .map_err(|lost| Stop::lost(lost, true))?;
            if result.rc != 0 {
                let fault = errors::refusal(Act::Modify, dn, &result);
                self.refused.push(fault.on_attr("accountDisabled".into()));
            }
        }
        Ok(())
    }

    async fn update(
        &mut self,
        anchor: Anchor,
        place: Option<&Placement>,
        encoded: Encoded,
    ) -> Result<OpOutcome, Stop> {
        self.refused = encoded.refused;
        let name = guid_name(&anchor).ok_or_else(|| Stop::missing(&anchor.to_string()))?;
        let attrs = [if encoded.flags.is_empty() {
            "1.1"
        } else {
            flags::ATTR
        }
        .to_owned()];
        let current = self
            .session
            .object(&name, &attrs, false)
            .await
            .map_err(Stop::before)?
            .ok_or_else(|| Stop::missing(&anchor.to_string()))?;
        let dn = ExtendedDn::parse(&current.dn).dn.to_owned();
        let target = Target {
            name: &name,
            dn: &dn,
        };

        let mut plain: Vec<Modification> = encoded
            .replace
            .into_iter()
            .map(Modification::Replace)
            .collect();
        if let Some(control) = current.first(flags::ATTR).and_then(flags::parse) {
            let wanted = encoded.flags.apply(control);
            if wanted != control {
                let values = vec![flags::print(wanted)];
                plain.push(Modification::Replace((flags::ATTR.into(), values)));
            }
        }
        let mut sets = encoded.sets;
        for set in &mut sets {
            value_sets::against_current(&mut self.session, target, set).await?;
        }
        sets.retain(|set| !set.add.is_empty() || !set.remove.is_empty());
        let links = encoded
            .links
            .into_iter()
            .map(Modification::Replace)
            .collect();
        self.modify(target, plain, links, sets).await?;

        let mut lies_at = dn.parse::<Dn>().ok();
        if let Some(place) = place {
            match self.rename(target, place).await {
                Ok(new) => lies_at = new.or(lies_at),
                Err(Stop::Rejected(fault)) if self.wrote => self.refused.push(fault),
                Err(stop) => return Err(stop),
            }
        }
        if !self.wrote
            && let Some(fault) = self.refused.pop()
        {
            // Nothing of it could be done: the object's own fault, not a part of something done.
            return Ok(OpOutcome::Rejected(fault));
        }
        Ok(self.done(anchor, lies_at))
    }

    /// One request where everything fits and nothing is true already; else attribute by attribute.
    async fn modify(
        &mut self,
        target: Target<'_>,
        plain: Vec<Modification>,
        links: Vec<Modification>,
        sets: Vec<SetChange>,
    ) -> Result<(), Stop> {
        let piece = self.connector.config.values_per_write;
        let values: usize = sets
            .iter()
            .map(|set| set.add.len() + set.remove.len())
            .sum();
        if values <= piece {
            let all = [plain.clone(), links.clone(), in_one(&sets)].concat();
            if all.is_empty() {
                return Ok(());
            }
            let result = self.send(target, &all).await?;
            if result.rc == 0 {
                self.wrote = true;
                return Ok(());
            }
            if errors::is_missing_object(&result) {
                // Windows says the same of a missing object and of a missing target of a reference.
                value_sets::exists(&mut self.session, target).await?;
            }
            let by_value = errors::is_already_so(&result)
                || errors::is_missing_target(&result)
                || errors::is_missing_object(&result);
            if !by_value || (sets.is_empty() && links.is_empty()) {
                return Err(Stop::refused(Act::Modify, target.dn, &result));
            }
        }
        if !plain.is_empty() {
            let result = self.send(target, &plain).await?;
            if result.rc != 0 {
                return Err(Stop::refused(Act::Modify, target.dn, &result));
            }
            self.wrote = true;
        }
        for link in links {
            self.link(target, link).await?;
        }
        for set in &sets {
            self.apply(target, set).await?;
        }
        Ok(())
    }

    /// One reference alone; its refusal is a part refused.
    async fn link(&mut self, target: Target<'_>, link: Modification) -> Result<(), Stop> {
        let result = self.send(target, std::slice::from_ref(&link)).await?;
        if result.rc == 0 {
            self.wrote = true;
            return Ok(());
        }
        if errors::is_busy(&result) {
            return Err(Stop::refused(Act::Modify, target.dn, &result));
        }
        let fault = match errors::is_missing_object(&result) {
            true => errors::target_missing(target.dn, &result),
            false => errors::refusal(Act::Modify, target.dn, &result),
        };
        self.refused.push(fault.on_attr(link.attr().into()));
        Ok(())
    }

    async fn send(
        &mut self,
        target: Target<'_>,
        modifications: &[Modification],
    ) -> Result<LdapResult, Stop> {
        self.session
            .modify(target.name, modifications)
            .await
            .map_err(|lost| Stop::lost(lost, self.wrote))
    }

    async fn apply(&mut self, target: Target<'_>, set: &SetChange) -> Result<(), Stop> {
        let piece = self.connector.config.values_per_write;
        let applied = value_sets::apply(&mut self.session, target, set, piece).await?;
        self.wrote |= applied.wrote;
        self.refused.extend(applied.refused);
        Ok(())
    }

    /// Renames or moves; answers the new name, or `None` when it already lies there.
    async fn rename(&mut self, target: Target<'_>, place: &Placement) -> Result<Option<Dn>, Stop> {
        let new = name_of_new(self.connector, &mut self.session, place, self.names).await?;
        let (Ok(new_dn), Ok(old_dn)) = (new.parse::<Dn>(), target.dn.parse::<Dn>()) else {
            return Err(Stop::Rejected(Fault::new(
                "export.name_invalid",
                ErrorKind::InvalidDn,
                format!("\"{}\" is not a name.", place.rdn),
                "Correct the naming rule; special characters must go through Dn.Escape.",
            )));
        };
        let same_rdn =
            new_dn.rdn().map(ToString::to_string) == old_dn.rdn().map(ToString::to_string);
        let same_parent = new_dn.parent() == old_dn.parent();
        if same_rdn && same_parent {
            return Ok(None);
        }
        let parent = new.get(place.rdn.len() + 1..).filter(|_| !same_parent);
        // By name, not by GUID: Samba does not find the parent of a GUID when it checks the right to rename.
        let result = self
            .session
            .modify_dn(target.dn, &place.rdn, parent)
            .await
            .map_err(|lost| Stop::lost(lost, self.wrote))?;
        if result.rc != 0 {
            lookup::forget_places(self.connector);
            return Err(Stop::refused(Act::Move, target.dn, &result));
        }
        self.wrote = true;
        Ok(Some(new_dn))
    }

    async fn delete(&mut self, anchor: Anchor) -> Result<OpOutcome, Stop> {
        let name = guid_name(&anchor).ok_or_else(|| Stop::missing(&anchor.to_string()))?;
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
            _ if errors::is_missing_object(&result) => Ok(OpOutcome::AlreadyGone),
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

    fn done(&mut self, anchor: Anchor, dn: Option<Dn>) -> OpOutcome {
        OpOutcome::Done(Applied {
            anchor,
            dn,
            refused: std::mem::take(&mut self.refused),
            no_op: !self.wrote,
        })
    }
}

/// Value sets as parts of one request; removals first, in case the set is limited.
fn in_one(sets: &[SetChange]) -> Vec<Modification> {
    let mut parts = Vec::new();
    for set in sets {
        if !set.remove.is_empty() {
            parts.push(Modification::Delete((set.attr.clone(), set.remove.clone())));
        }
        if !set.add.is_empty() {
            parts.push(Modification::Add((set.attr.clone(), set.add.clone())));
        }
    }
    parts
}
