//! Updates: attributes, references and the place of an object that exists.
//!
//! Invariants: one request where everything fits; attributes before the name, so that a refused rename
//! keeps no attribute back; a refused reference keeps nothing else back.

use syncline_model::Anchor;
use syncline_model::connector::{Fault, OpOutcome};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::op::Placement;

use super::config::DirectoryKind;
use super::dn_text::ExtendedDn;
use super::encode::{Encoded, SetChange};
use super::errors::{self, Act};
use super::export::{Stop, Writer};
use super::export_add::{name_of_new, one_level};
use super::session::Modification;
use super::value_sets::{self, Target};
use super::{flags, lookup, naming, stand_in};

impl Writer<'_> {
    /// Changes an object.
    pub(super) async fn update(
        &mut self,
        anchor: Anchor,
        place: Option<&Placement>,
        mut encoded: Encoded,
    ) -> Result<OpOutcome, Stop> {
        let name = self.name(&anchor).await?;
        let name = name.ok_or_else(|| Stop::missing(&anchor.to_string()))?;
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

        if self.connector.kind() == DirectoryKind::OpenLdap
            && let Some(now) = dn.parse::<Dn>().ok().as_ref().and_then(Dn::rdn)
        {
            let new = place.map(one_level).transpose()?;
            naming::reconcile(&mut encoded, now, new.as_ref());
        }
        self.refused = encoded.refused;

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
            stand_in::goes_with(&mut self.session, target, set).await?;
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
            let last_goes = errors::breaks_schema(&result)
                && sets
                    .iter()
                    .any(|set| set.keeps_one && !set.remove.is_empty());
            let by_value = last_goes
                || (errors::cannot_compare(&result) && !sets.is_empty())
                || errors::is_already_so(&result)
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
            match set.keeps_one && !set.remove.is_empty() {
                true => self.apply_with_stand_in(target, set).await?,
                false => self.apply(target, set).await?,
            }
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
        let old_value_goes = match (old_dn.rdn(), new_dn.rdn()) {
            (Some(old), Some(new)) => naming::old_value_goes(old, new),
            _ => true,
        };
        let parent = new.get(place.rdn.len() + 1..).filter(|_| !same_parent);
        // By name, not by GUID: Samba does not find the parent of a GUID when it checks the right to rename.
        let result = self
            .session
            .modify_dn(target.dn, &place.rdn, old_value_goes, parent)
            .await
            .map_err(|lost| Stop::lost(lost, self.wrote))?;
        if result.rc != 0 {
            lookup::forget_places(self.connector);
            return Err(Stop::refused(Act::Move, target.dn, &result));
        }
        self.wrote = true;
        Ok(Some(new_dn))
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
