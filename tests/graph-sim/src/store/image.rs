//! The state that a run of changes adds up to.
//!
//! Invariant: an image depends on nothing but the changes applied to it, in their order.

use super::{Change, Class, Id, Key, Link, Object, What};
use crate::clock::Moment;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    applied: u64,
    users: BTreeMap<Id, Arc<Object>>,
    groups: BTreeMap<Id, Arc<Object>>,
    contacts: BTreeMap<Id, Arc<Object>>,
    links: HashMap<(Id, Link), BTreeSet<Id>>,
    groups_of: HashMap<Id, BTreeSet<(Id, Link)>>,
    reports_of: HashMap<Id, BTreeSet<Id>>,
    keys: HashMap<Key, Id>,
    /// What lies in the recycle bin, the oldest first.
    recycled: BTreeSet<(Moment, Id)>,
}

impl Image {
    /// The number of the newest change in it.
    pub(crate) fn applied(&self) -> u64 {
        self.applied
    }

    /// Every object of a class, also those in the recycle bin, in the order of their ids.
    pub(crate) fn of_class(&self, class: Class) -> &BTreeMap<Id, Arc<Object>> {
        match class {
            Class::User => &self.users,
            Class::Group => &self.groups,
            Class::Contact => &self.contacts,
        }
    }

    /// The objects of a class that are not in the recycle bin.
    pub(crate) fn living(&self, class: Class) -> impl Iterator<Item = &Arc<Object>> {
        let objects = self.of_class(class).values();
        objects.filter(|object| object.deleted.is_none())
    }

    /// The objects of a class that are in the recycle bin.
    pub(crate) fn recycled(&self, class: Class) -> impl Iterator<Item = &Arc<Object>> {
        let objects = self.recycled.iter().filter_map(|(_, id)| self.object(id));
        objects.filter(move |object| object.class == class)
    }

    /// The objects that went into the recycle bin before a moment.
    pub(crate) fn recycled_before(&self, moment: Moment) -> Vec<Arc<Object>> {
        let old = self
            .recycled
            .iter()
            .take_while(|(since, _)| *since <= moment);
        old.filter_map(|(_, id)| self.object(id)).cloned().collect()
    }

    /// The objects of a class after an id.
    pub(crate) fn after<'a>(
        &'a self,
        class: Class,
        bounds: (Bound<&'a str>, Bound<&'a str>),
    ) -> impl Iterator<Item = &'a Arc<Object>> {
        self.of_class(class)
            .range::<str, _>(bounds)
            .map(|(_, object)| object)
    }

    /// An object, wherever it lies.
    pub(crate) fn object(&self, id: &str) -> Option<&Arc<Object>> {
        Class::ALL
            .into_iter()
            .find_map(|class| self.of_class(class).get(id))
    }

    /// An object that is not in the recycle bin.
    pub(crate) fn live(&self, id: &str) -> Option<&Arc<Object>> {
        self.object(id).filter(|object| object.deleted.is_none())
    }

    /// Who holds a key.
    pub(crate) fn holder(&self, key: &Key) -> Option<&Arc<Object>> {
        self.keys.get(key).and_then(|id| self.object(id))
    }

    /// What a group refers to, also what lies in the recycle bin.
    pub(crate) fn links(&self, group: &str, link: Link) -> impl Iterator<Item = &Id> {
        let key: (Id, Link) = (group.into(), link);
        self.links.get(&key).into_iter().flatten()
    }

    /// The members or owners that can be seen, after an id.
    pub(crate) fn seen_links<'a>(
        &'a self,
        group: &str,
        link: Link,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Object>> {
        let key: (Id, Link) = (group.into(), link);
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let targets = self.links.get(&key).into_iter();
        targets
            .flat_map(move |targets| targets.range::<str, _>((start, Bound::Unbounded)))
            .filter_map(|id| self.live(id))
    }

    pub(crate) fn is_linked(&self, group: &str, link: Link, target: &str) -> bool {
        let key: (Id, Link) = (group.into(), link);
        self.links
            .get(&key)
            .is_some_and(|targets| targets.contains(target))
    }

    /// The groups that refer to an object, and how.
    pub(crate) fn groups_of(&self, id: &str) -> Vec<(Id, Link)> {
        let groups = self.groups_of.get(id);
        groups.into_iter().flatten().cloned().collect()
    }

    /// The objects whose manager this one is.
    pub(crate) fn reports_of(&self, id: &str) -> impl Iterator<Item = &Arc<Object>> {
        let reports = self.reports_of.get(id).into_iter().flatten();
        reports.filter_map(|report| self.object(report))
    }

    pub(crate) fn apply(&mut self, change: &Change) {
        self.applied = change.sequence;
        match &change.what {
            What::Object { before, after } => self.replace(change, before.as_ref(), after.as_ref()),
            What::Link {
                link,
                target,
                present,
                ..
            } => self.relink(&change.id, *link, target, *present),
        }
    }

    fn replace(
        &mut self,
        change: &Change,
        before: Option<&Arc<Object>>,
        after: Option<&Arc<Object>>,
    ) {
        if let Some(before) = before {
            if let Some(since) = before.deleted {
                self.recycled.remove(&(since, change.id.clone()));
            }
            for key in before.keys() {
                if self.keys.get(&key) == Some(&change.id) {
                    self.keys.remove(&key);
                }
            }
            if let Some(reports) = before
                .manager
                .as_ref()
                .and_then(|id| self.reports_of.get_mut(id))
            {
                reports.remove(&change.id);
            }
        }
        if let Some(after) = after {
            if let Some(since) = after.deleted {
                self.recycled.insert((since, change.id.clone()));
            }
            for key in after.keys() {
                self.keys.insert(key, change.id.clone());
            }
            if let Some(manager) = &after.manager {
                let reports = self.reports_of.entry(manager.clone()).or_default();
                reports.insert(change.id.clone());
            }
        }
        let objects = match change.class {
            Class::User => &mut self.users,
            Class::Group => &mut self.groups,
            Class::Contact => &mut self.contacts,
        };
        match after {
            Some(after) => objects.insert(change.id.clone(), after.clone()),
            None => objects.remove(&change.id),
        };
    }

    fn relink(&mut self, group: &Id, link: Link, target: &Id, present: bool) {
        let targets = self.links.entry((group.clone(), link)).or_default();
        let groups = self.groups_of.entry(target.clone()).or_default();
        if present {
            targets.insert(target.clone());
            groups.insert((group.clone(), link));
        } else {
            targets.remove(target);
            groups.remove(&(group.clone(), link));
        }
    }
}
