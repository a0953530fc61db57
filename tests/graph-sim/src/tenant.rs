//! A directory tenant: its store, its domains and grants, and how it behaves.

use crate::{
    clock::{DAY, Moment},
    delta::Rounds,
    dice::Dice,
    options::{DeltaOptions, Domain, ResetForm, Size, Switches, ThrottleOptions},
    store::{Class, Id, Image, Object, Store},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A directory extension that an application registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Extension {
    /// `extension_{application}_{name}`.
    pub(crate) name: String,
    /// `String`, `Integer`, `Boolean`, `DateTime`, `LargeInteger` or `Binary`.
    #[serde(default = "text")]
    pub(crate) data_type: String,
    #[serde(default)]
    pub(crate) is_multi_valued: bool,
    /// `User`, `Group`.
    pub(crate) target_objects: Vec<String>,
}

fn text() -> String {
    "String".to_owned()
}

#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    pub(crate) display_name: String,
    pub(crate) domains: Vec<Domain>,
    pub(crate) store: Store,
    pub(crate) switches: Switches,
    pub(crate) delta: DeltaOptions,
    pub(crate) throttle: ThrottleOptions,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) subscribed_skus: Vec<Value>,
    /// The application permissions granted to each application.
    pub(crate) grants: BTreeMap<String, BTreeSet<String>>,
    pub(crate) rounds: Rounds,
    resets: BTreeMap<Class, (u64, ResetForm)>,
    identifiers: Dice,
    readers: Dice,
}

impl Tenant {
    pub(crate) fn new(id: String, domains: Vec<Domain>, seed: u64, replicas: usize) -> Self {
        Self {
            display_name: domains.first().map_or("", |domain| &domain.name).to_owned(),
            domains,
            store: Store::new(replicas),
            switches: Switches::default(),
            delta: DeltaOptions::default(),
            throttle: ThrottleOptions::default(),
            extensions: Vec::new(),
            subscribed_skus: Vec::new(),
            grants: BTreeMap::new(),
            rounds: Rounds::default(),
            resets: BTreeMap::new(),
            identifiers: Dice::new(seed, &format!("identifiers of {id}")),
            readers: Dice::new(seed, &format!("readers of {id}")),
            id,
        }
    }

    /// An id for a new object.
    pub(crate) fn new_id(&mut self) -> Id {
        self.identifiers.guid().into()
    }

    /// The replica that answers a read, brought as near to now as its lag allows.
    pub(crate) fn reader(&mut self, eventual: bool, now: Moment) -> usize {
        let replica = if eventual {
            self.store.slowest()
        } else {
            self.readers.below(self.store.replicas())
        };
        self.store.follow(replica, now);
        replica
    }

    /// Sets lags by chance, each up to a limit.
    pub(crate) fn scatter_lags(&mut self, limit: i64) -> Vec<i64> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let lags: Vec<i64> = (0..self.store.replicas())
            .map(|_| i64::try_from(self.readers.below(limit + 1)).unwrap_or(0))
            .collect();
        self.store.set_lags(&lags);
        lags
    }

    /// What is newest, for writes and their answers.
    pub(crate) fn primary(&self) -> &Image {
        self.store.primary()
    }

    /// Ends what has been in the recycle bin for too long.
    pub(crate) fn purge_old(&mut self, now: Moment) {
        let limit = now - self.switches.recycled_for_days * DAY;
        for object in self.primary().recycled_before(limit) {
            self.store.put(&object.id, object.class, None, now);
        }
    }

    /// Deletes an object: into the recycle bin where its type has one, else for good.
    pub(crate) fn delete(&mut self, object: &Object, now: Moment) {
        let recycled = match object.class {
            Class::User => true,
            Class::Group => object.is_unified() || self.switches.security_groups_are_recycled,
            Class::Contact => false,
        };
        let after = recycled.then(|| {
            let mut after = object.clone();
            after.set_deleted(Some(now));
            after
        });
        self.store.put(&object.id, object.class, after, now);
    }

    pub(crate) fn default_domain(&self) -> &str {
        let verified = self.domains.iter().find(|domain| domain.verified);
        verified.map_or("", |domain| &domain.name)
    }

    pub(crate) fn verified_domain(&self, name: &str) -> Option<&Domain> {
        let named = |domain: &&Domain| domain.verified && domain.name.eq_ignore_ascii_case(name);
        self.domains.iter().find(named)
    }

    /// From now on every delta token of a class that was issued before is refused in this form.
    pub(crate) fn reset_tokens(&mut self, class: Class, form: ResetForm) {
        let reset = self.resets.entry(class).or_insert((0, form));
        *reset = (reset.0 + 1, form);
    }

    /// How often the tokens of a class were reset, and the form of the last time.
    pub(crate) fn resets(&self, class: Class) -> (u64, ResetForm) {
        let reset = self.resets.get(&class).copied();
        reset.unwrap_or((0, self.delta.reset))
    }

    pub(crate) fn size(&self) -> Size {
        let users = self.primary().of_class(Class::User).len();
        self.throttle.size.unwrap_or(match users {
            0..50 => Size::S,
            50..=500 => Size::M,
            _ => Size::L,
        })
    }
}
