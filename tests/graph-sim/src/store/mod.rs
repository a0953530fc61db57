//! The objects of a tenant: a log of every write, the primary's image, and replicas that follow it.
//!
//! Invariants: a write is in the log, the primary applied it, or nothing happened at all; a replica
//! holds exactly the changes that are at least its lag old; sequence numbers have no gaps and start at 1.

mod change;
mod image;
mod object;

pub(crate) use change::{Change, What};
pub(crate) use image::Image;
pub(crate) use object::{Class, Id, Key, Link, Object, SignIn};

use crate::clock::Moment;
use std::sync::Arc;

/// A read view that follows the log at a distance.
#[derive(Debug, Default)]
struct Replica {
    image: Image,
    lag: i64,
}

#[derive(Debug)]
pub(crate) struct Store {
    log: Vec<Change>,
    primary: Image,
    replicas: Vec<Replica>,
}

impl Store {
    pub(crate) fn new(replicas: usize) -> Self {
        Self {
            log: Vec::new(),
            primary: Image::default(),
            replicas: (0..replicas.max(1)).map(|_| Replica::default()).collect(),
        }
    }

    /// The newest state, which writes are judged by and answered from.
    pub(crate) fn primary(&self) -> &Image {
        &self.primary
    }

    /// Writes an object, or takes it away for good.
    pub(crate) fn put(&mut self, id: &Id, class: Class, after: Option<Object>, at: Moment) {
        let before = self.primary.object(id).cloned();
        let after = after.map(Arc::new);
        if after.is_none() {
            self.unlink_everywhere(id, at);
        }
        self.append(id, class, What::Object { before, after }, at);
    }

    /// Adds a member or owner to a group, or takes it away.
    pub(crate) fn link(&mut self, group: &Id, link: Link, target: &Id, present: bool, at: Moment) {
        let held = self.primary.object(target);
        let what = What::Link {
            link,
            target: target.clone(),
            target_class: held.map_or(Class::User, |object| object.class),
            present,
        };
        self.append(group, Class::Group, what, at);
    }

    /// The references to and from an object end before the object does.
    fn unlink_everywhere(&mut self, id: &Id, at: Moment) {
        for (group, link) in self.primary.groups_of(id) {
            self.link(&group, link, id, false, at);
        }
        for link in [Link::Members, Link::Owners] {
            let targets: Vec<Id> = self.primary.links(id, link).cloned().collect();
            for target in targets {
                self.link(id, link, &target, false, at);
            }
        }
        let reports: Vec<Arc<Object>> = self.primary.reports_of(id).cloned().collect();
        for report in reports {
            let mut after = Object::clone(&report);
            after.manager = None;
            self.put(&report.id, report.class, Some(after), at);
        }
    }

    fn append(&mut self, id: &Id, class: Class, what: What, at: Moment) {
        // The log never goes back in time, whatever the clock does.
        let at = self.log.last().map_or(at, |last| last.at.max(at));
        let change = Change {
            sequence: self.log.len() as u64 + 1,
            at,
            id: id.clone(),
            class,
            what,
        };
        self.primary.apply(&change);
        self.log.push(change);
    }

    /// The number of the newest change.
    pub(crate) fn newest(&self) -> u64 {
        self.log.len() as u64
    }

    /// The changes after `from` up to and including `upto`.
    pub(crate) fn changes(&self, from: u64, upto: u64) -> &[Change] {
        let end = self
            .log
            .len()
            .min(usize::try_from(upto).unwrap_or(usize::MAX));
        let start = end.min(usize::try_from(from).unwrap_or(usize::MAX));
        &self.log[start..end]
    }

    /// The state after a change, put together anew.
    pub(crate) fn image_at(&self, sequence: u64) -> Image {
        let mut image = Image::default();
        let changes = self.changes(0, sequence).iter();
        changes.for_each(|change| image.apply(change));
        image
    }

    /// The number of the newest change that is at least this old.
    pub(crate) fn newest_before(&self, moment: Moment) -> u64 {
        self.log.partition_point(|change| change.at <= moment) as u64
    }

    pub(crate) fn replicas(&self) -> usize {
        self.replicas.len()
    }

    /// Sets the lag of each replica, in milliseconds; the last one given holds for the rest.
    pub(crate) fn set_lags(&mut self, lags: &[i64]) {
        for (index, replica) in self.replicas.iter_mut().enumerate() {
            let lag = lags.get(index).or(lags.last());
            replica.lag = lag.copied().unwrap_or(0).max(0);
        }
    }

    pub(crate) fn lags(&self) -> Vec<i64> {
        self.replicas.iter().map(|replica| replica.lag).collect()
    }

    /// The replica that is farthest behind.
    pub(crate) fn slowest(&self) -> usize {
        let slowest = |(_, replica): &(usize, &Replica)| replica.lag;
        let found = self.replicas.iter().enumerate().max_by_key(slowest);
        found.map_or(0, |(index, _)| index)
    }

    /// Lets a replica follow the log up to now less its lag.
    pub(crate) fn follow(&mut self, replica: usize, now: Moment) {
        let Some(follower) = self.replicas.get_mut(replica) else {
            return;
        };
        let seen = usize::try_from(follower.image.applied()).unwrap_or(usize::MAX);
        let old_enough = now - follower.lag;
        self.log[seen.min(self.log.len())..]
            .iter()
            .take_while(|change| change.at <= old_enough)
            .for_each(|change| follower.image.apply(change));
    }

    /// The newest change that every replica shows by now.
    pub(crate) fn known_everywhere(&mut self, now: Moment) -> u64 {
        (0..self.replicas()).for_each(|replica| self.follow(replica, now));
        let applied = self.replicas.iter().map(|replica| replica.image.applied());
        applied.min().unwrap_or(0)
    }

    /// What a replica shows since it last followed.
    pub(crate) fn replica(&self, replica: usize) -> &Image {
        self.replicas
            .get(replica)
            .map_or(&self.primary, |follower| &follower.image)
    }
}

#[cfg(test)]
mod tests;
