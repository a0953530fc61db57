//! Which system accepts a write of an attribute of one object.
//!
//! Learnt from `onPremisesSyncEnabled` as imports show it, from `isCloudManaged` where the application may read
//! it, and corrected by the two refusals that name another master. Invariant: what is remembered can be learnt
//! again; nothing depends on it being here.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use syncline_model::AttrName;

use super::properties::{Class, Property};

/// How long an answer about the source of authority holds.
const TRUSTED_FOR: Duration = Duration::from_secs(300);

/// How long a refusal of Exchange holds: its own switch may be turned at any time.
const REFUSED_FOR: Duration = Duration::from_secs(3_600);

/// Who masters an attribute of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Graph takes it.
    Graph,
    /// Exchange does.
    Exchange,
    /// The on-premises directory does.
    OnPremises,
    /// Nobody outside the service writes it.
    ReadOnly,
}

/// What the cloud owns even of a user that the on-premises directory masters (user resource type: properties
/// that can be set on synchronised users).
const OWNED_BY_CLOUD: [&str; 5] = [
    "ageGroup",
    "consentProvidedForMinor",
    "passwordPolicies",
    "preferredDataLocation",
    "usageLocation",
];

/// Whether the cloud owns an attribute whoever masters its object.
pub(super) fn is_owned_by_cloud(class: Class, attr: &AttrName) -> bool {
    class == Class::User
        && (attr.as_str().starts_with("extension_")
            || OWNED_BY_CLOUD
                .iter()
                .any(|name| *attr == AttrName::new(name)))
}

/// What is known of objects.
#[derive(Debug, Default)]
pub(super) struct Authorities(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    synced: HashSet<[u8; 16]>,
    /// Whether a synced object is managed in the cloud, as was last answered.
    cloud_managed: HashMap<[u8; 16], (bool, Instant)>,
    /// Attributes that Exchange refused to give away.
    exchange: HashMap<[u8; 16], Vec<(AttrName, Instant)>>,
}

impl Authorities {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns whether an object is synchronised from on premises.
    pub(super) fn learn_synced(&self, id: [u8; 16], synced: bool) {
        let mut known = self.known();
        if synced {
            known.synced.insert(id);
        } else {
            known.synced.remove(&id);
        }
    }

    /// Learns whether a synchronised object is managed in the cloud.
    pub(super) fn learn_cloud_managed(&self, id: [u8; 16], managed: bool) {
        self.known()
            .cloud_managed
            .insert(id, (managed, Instant::now()));
    }

    /// Learns from a refusal that the on-premises directory masters an object.
    pub(super) fn refused_on_premises(&self, id: [u8; 16]) {
        let mut known = self.known();
        known.synced.insert(id);
        known.cloud_managed.insert(id, (false, Instant::now()));
    }

    /// Learns from a refusal that Exchange masters an attribute.
    pub(super) fn refused_by_exchange(&self, id: [u8; 16], attr: &AttrName) {
        let mut known = self.known();
        let attrs = known.exchange.entry(id).or_default();
        attrs.retain(|(refused, _)| refused != attr);
        attrs.push((attr.clone(), Instant::now()));
    }

    /// Forgets a verdict that a success proved wrong.
    pub(super) fn accepted(&self, id: [u8; 16], attr: &AttrName) {
        if let Some(attrs) = self.known().exchange.get_mut(&id) {
            attrs.retain(|(refused, _)| refused != attr);
        }
    }

    /// Whether an object is known to be synchronised.
    pub(super) fn is_synced(&self, id: [u8; 16]) -> bool {
        self.known().synced.contains(&id)
    }

    /// Whether a synchronised object is managed in the cloud, if that was answered lately.
    pub(super) fn cloud_managed(&self, id: [u8; 16]) -> Option<bool> {
        let known = self.known();
        let (managed, at) = known.cloud_managed.get(&id)?;
        (at.elapsed() < TRUSTED_FOR).then_some(*managed)
    }

    /// Who masters an attribute, as far as is known without asking.
    pub(super) fn of(&self, class: Class, id: [u8; 16], property: &Property) -> Authority {
        self.at(class, id, property, Instant::now())
    }

    fn at(&self, class: Class, id: [u8; 16], property: &Property, now: Instant) -> Authority {
        if !property.update && !property.create {
            return Authority::ReadOnly;
        }
        if self.is_synced(id)
            && self.cloud_managed(id) != Some(true)
            && !is_owned_by_cloud(class, &property.name)
        {
            return Authority::OnPremises;
        }
        let known = self.known();
        let exchange = known.exchange.get(&id);
        let is_refused = |(attr, at): &(AttrName, Instant)| {
            *attr == property.name && now.saturating_duration_since(*at) < REFUSED_FOR
        };
        if exchange.is_some_and(|attrs| attrs.iter().any(is_refused)) {
            return Authority::Exchange;
        }
        Authority::Graph
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::properties::published;

    #[test]
    fn authority_follows_what_was_read_and_is_corrected_by_refusals() {
        let known = Authorities::default();
        let id = [1; 16];
        let of = |name: &str| {
            known.of(
                Class::User,
                id,
                &published(Class::User)[&AttrName::new(name)],
            )
        };

        assert_eq!(of("jobTitle"), Authority::Graph);
        assert_eq!(of("proxyAddresses"), Authority::ReadOnly);
        known.refused_by_exchange(id, &"extensionAttribute1".into());
        assert_eq!(of("extensionAttribute1"), Authority::Exchange);
        let after = |seconds| {
            let property = &published(Class::User)[&AttrName::new("extensionAttribute1")];
            let at = Instant::now() + Duration::from_secs(seconds);
            known.at(Class::User, id, property, at)
        };
        assert_eq!(after(3_500), Authority::Exchange);
        assert_eq!(after(3_600), Authority::Graph);
        known.accepted(id, &"extensionAttribute1".into());
        assert_eq!(of("extensionAttribute1"), Authority::Graph);

        known.learn_synced(id, true);
        assert_eq!(of("jobTitle"), Authority::OnPremises);
        assert_eq!(of("usageLocation"), Authority::Graph);
        known.learn_cloud_managed(id, true);
        assert_eq!(of("jobTitle"), Authority::Graph);
        known.refused_on_premises(id);
        assert_eq!(of("jobTitle"), Authority::OnPremises);
    }
}
