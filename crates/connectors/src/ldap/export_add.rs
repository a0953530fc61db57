//! Adds: a new object in its container, with its id read back.
//!
//! Invariants: a new account starts disabled, and without a password unless the operation has a policy for one;
//! then the password goes with the Add itself, so that the account has it or does not exist; what does not fit into
//! the first request follows under the new id (in OpenLDAP under the new name), and from then on a failure is a part refused, not an object lost.

use syncline_model::Anchor;
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::dn::{Dn, Rdn};
use syncline_model::error::ErrorKind;
use syncline_model::op::{Operation, Placement};

use super::config::DirectoryKind;
use super::dn_text::{guid_name, parse_guid};
use super::encode::{Encoded, SetChange};
use super::errors::{self, Act};
use super::export::{Stop, Writer};
use super::session::{Modification, Session, WriteValues};
use super::value_sets::Target;
use super::{LdapConnector, controls, flags, lookup, naming, secret, stand_in};
use crate::contract::Names;

impl Writer<'_> {
    /// Creates an object.
    pub(super) async fn add(
        &mut self,
        operation: &Operation,
        place: &Placement,
        mut encoded: Encoded,
    ) -> Result<OpOutcome, Stop> {
        let object_type = operation.object_type();
        let by_name = self.connector.kind() == DirectoryKind::OpenLdap;
        if by_name {
            naming::name_new(&mut encoded, &one_level(place)?);
            let root = self.connector.root(&mut self.session).await;
            if root.map_err(Stop::before)?.reads_back {
                self.session.read_ids_back();
            }
        }
        self.refused = encoded.refused;
        let piece = self.connector.config.values_per_write;
        let mut attrs: Vec<WriteValues> =
            vec![("objectClass".into(), self.schema.classes_of(object_type))];
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
        for attr in self.schema.mandatory_references(object_type) {
            let attr = attr.as_str();
            let held = |(name, values): &WriteValues| {
                name.eq_ignore_ascii_case(attr) && !values.is_empty()
            };
            if !refs.iter().chain(&attrs).any(held) {
                refs.push(stand_in::alone(attr));
            }
        }

        let enables = encoded.flags.enables()
            && !operation
                .password()
                .is_some_and(|policy| policy.disabled_until_handed_over);
        secret::put(operation, self.names, &mut attrs).await?;
        let sent = self.send_add(place, &attrs, refs, &mut later).await;
        secret::wipe(&mut attrs);
        let (dn, told) = sent?;
        self.wrote = true;
        let id = match told {
            Some(anchor) => Some(anchor),
            None => self.read_back(&dn).await,
        };
        let Some(anchor) = id else {
            return Ok(OpOutcome::AcknowledgedWithoutId {
                dn: dn.parse().unwrap_or(Dn::root()),
            });
        };
        // From here on the object exists under a known id: what fails is a part of it.
        if let Err(stop) = self
            .complete_new(&anchor, &dn, enables.then_some(&encoded.flags), &later)
            .await
        {
            let (Stop::Rejected(fault) | Stop::Later(fault) | Stop::Unknown(fault)) = stop;
            self.refused.push(fault);
        }
        Ok(self.done(anchor, dn.parse().ok()))
    }

    /// Sends the Add; again when its container had just been renamed, and without references when one of them
    /// does not exist: those follow one by one. Answers the name it was created under, and its id if the directory told
    /// it at once.
    async fn send_add(
        &mut self,
        place: &Placement,
        attrs: &[WriteValues],
        mut refs: Vec<WriteValues>,
        later: &mut Vec<SetChange>,
    ) -> Result<(String, Option<Anchor>), Stop> {
        let mut dn = name_of_new(self.connector, &mut self.session, place, self.names).await?;
        loop {
            let mut all = [attrs, refs.as_slice()].concat();
            let answer = self.session.add(&dn, &all).await;
            secret::wipe(&mut all);
            let result = answer.map_err(|lost| Stop::lost(lost, false))?;
            if result.rc == 0 {
                let told = controls::read_back_answer(&result.ctrls).and_then(parse_guid);
                return Ok((dn, told));
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
        let kind = self.connector.kind();
        let attrs: Vec<String> = kind.always().iter().map(|&name| name.to_owned()).collect();
        let entry = self.session.object(dn, &attrs, false).await.ok()??;
        kind.anchor(&entry)
    }

    async fn complete_new(
        &mut self,
        anchor: &Anchor,
        dn: &str,
        enabling: Option<&flags::FlagChange>,
        later: &[SetChange],
    ) -> Result<(), Stop> {
        let by_id = self.connector.kind() == DirectoryKind::ActiveDirectory;
        let name = guid_name(anchor)
            .filter(|_| by_id)
            .unwrap_or_else(|| dn.to_owned());
        let target = Target { name: &name, dn };
        for set in later {
            self.apply(target, set).await?;
        }
        if let Some(flag_change) = enabling {
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
}

/// The name of an object in its container. One level and no more: a comma that is not escaped would name another one.
pub fn one_level(place: &Placement) -> Result<Rdn, Stop> {
    place.rdn.parse().map_err(|_| {
        Stop::Rejected(Fault::new(
            "export.name_invalid",
            ErrorKind::InvalidDn,
            format!("\"{}\" is not a name of one level.", place.rdn),
            "Correct the naming rule; special characters must go through Dn.Escape.",
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
    one_level(place)?;
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
