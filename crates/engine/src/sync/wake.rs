//! Waking: metaverse objects that wait for a target object or a name which this run gives up, takes or renames.
//!
//! Invariants: whoever wants a name is decided together with everybody else who wants it, in the order of
//! D-23; a change wakes once; what another profile waits for is written with the change that it waits for.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::object::{KeyHash, KeyId, Link, Subject};
use syncline_model::plan::{EventKind, PlanPart, WorkItem};
use syncline_model::{CsId, DirectoryId, MvId, ProfileId};

use super::appraise::Wish;
use super::observe::Verdict;
use super::{Run, SyncError};
use crate::keys;
use crate::reader::SyncReader;

/// A target object as its waiters see it: link, name, whether it goes.
type Seen = (Option<Link>, Option<KeyHash>, bool);

/// Keys under which somebody may wait, with the objects that each is about.
type Awaited = BTreeMap<(KeyId, KeyHash), BTreeSet<CsId>>;

/// What waking keeps over the rounds of a run.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    seen: BTreeMap<CsId, Seen>,
    /// Metaverse objects whose waits of this run count, whatever is stored.
    decided: BTreeSet<MvId>,
    /// Work of other profiles, by the object that changed.
    by_row: BTreeMap<CsId, BTreeSet<WorkItem>>,
    /// Work of other profiles, by the name that is taken.
    by_name: BTreeMap<KeyHash, BTreeSet<WorkItem>>,
}

impl<R: SyncReader> Run<'_, R> {
    /// Forgets what outward linking failed at: these objects are decided again.
    pub(super) fn reconsider(&mut self, mvs: &[MvId]) {
        for mv in mvs {
            self.wakes.decided.insert(*mv);
            self.mv_errors.remove(mv);
            self.waits.remove(mv);
            if let Some(events) = self.mv_events.get_mut(mv) {
                events.retain(|event| !is_failure(event.kind));
            }
        }
    }

    /// Metaverse objects that want, or are about to take, a name that one of these wishes wants.
    pub(super) async fn rivals(
        &mut self,
        wishes: &[Wish],
    ) -> Result<BTreeSet<MvId>, SyncError<R::Error>> {
        let mut names: BTreeMap<DirectoryId, BTreeSet<KeyHash>> = BTreeMap::new();
        for wish in wishes.iter().filter(|wish| wish.verdict == Verdict::In) {
            let directory = self.cx.set.outbound[wish.part].directory;
            let held = self
                .links
                .holder(wish.mv, directory)
                .and_then(|row| row.unique);
            // The name it gives up, or comes to keep, concerns whoever wants it as much as the one it takes.
            let concerned = held.into_iter().chain(wish.name.unique());
            names.entry(directory).or_default().extend(concerned);
        }
        let mut wanted = BTreeSet::new();
        for (directory, names) in &names {
            for part in self.parts_in(*directory) {
                let key = KeyId::awaited(part.id);
                wanted.extend(names.iter().map(|name| (key, *name)));
            }
        }
        let mut rivals = BTreeSet::new();
        for (key, hash, mv) in self.waiting(wanted).await? {
            for profile in self.waiters_of(key) {
                if profile == self.cx.profile {
                    rivals.insert(mv);
                    continue;
                }
                let subject = Subject::Mv(mv);
                let item = WorkItem { profile, subject };
                self.wakes.by_name.entry(hash).or_default().insert(item);
            }
        }
        Ok(rivals)
    }

    /// Metaverse objects that wait for what changed since the last call.
    pub(super) async fn woken(&mut self) -> Result<BTreeSet<MvId>, SyncError<R::Error>> {
        let changed = self.changed_rows();
        if changed.is_empty() {
            return Ok(BTreeSet::new());
        }
        let awaited = self.awaited(&changed).await?;
        let mut woken: BTreeSet<MvId> = self
            .waits
            .iter()
            .filter(|(_, waits)| waits.iter().any(|key| awaited.contains_key(key)))
            .map(|(mv, _)| *mv)
            .collect();
        // Nobody has stored a wait for an object that this run makes, and those who wait for one that is on
        // the work list were found before (`touch_waiting`).
        let mut told: BTreeMap<DirectoryId, bool> = BTreeMap::new();
        let mut stored = BTreeSet::new();
        for cs in changed {
            if self.links.provisioned.contains_key(&cs) {
                continue;
            }
            let Some(directory) = self.links.row(cs).map(|row| row.directory) else {
                continue;
            };
            let ours = *told.entry(directory).or_insert_with(|| {
                self.parts_in(directory)
                    .all(|p| p.profile == self.cx.profile)
            });
            if !ours || !self.work_cs.contains_key(&cs) {
                stored.insert(cs);
            }
        }
        let lookup = awaited
            .iter()
            .filter(|(_, about)| !about.is_disjoint(&stored))
            .map(|(key, _)| *key)
            .collect();
        for (key, hash, mv) in self.waiting(lookup).await? {
            for profile in self.waiters_of(key) {
                if profile != self.cx.profile {
                    let subject = Subject::Mv(mv);
                    for cs in &awaited[&(key, hash)] {
                        let items = self.wakes.by_row.entry(*cs).or_default();
                        items.insert(WorkItem { profile, subject });
                    }
                } else if !self.wakes.decided.contains(&mv) {
                    woken.insert(mv);
                }
            }
        }
        Ok(woken)
    }

    /// Work of other profiles that wait for what this part changes.
    pub(super) fn wake_others(&mut self, part: &mut PlanPart) {
        let links = part.links.iter().map(|change| change.cs);
        let rows = links.chain(part.cs_removed.iter().copied());
        let written = part.provisioned.iter().map(|one| one.row);
        let mut items = BTreeSet::new();
        for cs in rows.chain(written.clone().map(|row| row.id)) {
            items.extend(self.wakes.by_row.remove(&cs).into_iter().flatten());
        }
        for name in written.filter_map(|row| row.unique) {
            items.extend(self.wakes.by_name.remove(&name).into_iter().flatten());
        }
        part.work_added.extend(items);
    }

    /// Keys under which metaverse objects wait for these target objects: what blocks them, a name, a match.
    pub(super) async fn awaited(
        &self,
        rows: &BTreeSet<CsId>,
    ) -> Result<Awaited, SyncError<R::Error>> {
        let mut awaited = Awaited::new();
        let mut about = BTreeMap::new();
        for cs in rows {
            let Some(row) = self.links.row(*cs) else {
                continue;
            };
            let blocked = keys::blocked_by(self.cx.hashing, *cs);
            for part in self.parts_in(row.directory) {
                let key = KeyId::awaited(part.id);
                for hash in row.unique.into_iter().chain([blocked]) {
                    awaited.entry((key, hash)).or_default().insert(*cs);
                }
                for group in &part.groups {
                    about.insert(group.other_key, Vec::new());
                }
            }
        }
        for part in &self.cx.set.outbound {
            for group in &part.groups {
                if let Some(own) = about.get_mut(&group.other_key) {
                    own.push(group.own_key);
                }
            }
        }
        let mut matches: BTreeSet<(CsId, (KeyId, KeyHash))> = BTreeSet::new();
        for cs in rows {
            let keys = self.target_keys.get(cs).into_iter().flatten();
            matches.extend(keys.map(|key| (*cs, *key)));
        }
        let subjects: Vec<Subject> = rows
            .iter()
            .filter(|cs| !self.links.provisioned.contains_key(cs))
            .map(|cs| Subject::Cs(*cs))
            .collect();
        for row in self.keys_of(&subjects).await? {
            if let Subject::Cs(cs) = row.subject {
                matches.insert((cs, (row.key, row.hash)));
            }
        }
        for (cs, (key, hash)) in matches {
            for own in about.get(&key).into_iter().flatten() {
                awaited.entry((*own, hash)).or_default().insert(cs);
            }
        }
        Ok(awaited)
    }

    /// Metaverse objects that wait under these keys, as stored.
    pub(super) async fn waiting(
        &self,
        wanted: BTreeSet<(KeyId, KeyHash)>,
    ) -> Result<Vec<(KeyId, KeyHash, MvId)>, SyncError<R::Error>> {
        let rows = self.under_keys(wanted).await?.into_iter();
        let waiting = rows.filter_map(|row| match row.subject {
            Subject::Mv(mv) => Some((row.key, row.hash, mv)),
            Subject::Cs(_) => None,
        });
        Ok(waiting.collect())
    }

    /// The profiles that wait under a key: parts of several may match by the same attribute.
    pub(super) fn waiters_of(&self, key: KeyId) -> BTreeSet<ProfileId> {
        let waits = |part: &&crate::ruleset::Outbound| {
            KeyId::awaited(part.id) == key || part.groups.iter().any(|group| group.own_key == key)
        };
        let parts = self.cx.set.outbound.iter().filter(waits);
        parts.map(|part| part.profile).collect()
    }

    fn parts_in(
        &self,
        directory: DirectoryId,
    ) -> impl Iterator<Item = &crate::ruleset::Outbound> + '_ {
        self.cx
            .set
            .outbound
            .iter()
            .filter(move |part| part.directory == directory)
    }

    /// Target objects that are not as they were at the last call.
    fn changed_rows(&mut self) -> BTreeSet<CsId> {
        let links = &self.links;
        let candidates: BTreeSet<CsId> = links
            .moved()
            .map(|(cs, _, _)| cs)
            .chain(links.removed.iter().copied())
            .chain(links.provisioned.keys().copied())
            .chain(links.renamed.keys().copied())
            .collect();
        let mut changed = BTreeSet::new();
        for cs in candidates {
            let Some(row) = links.row(cs) else { continue };
            let now = (row.link, row.unique, links.removed.contains(&cs));
            if self.wakes.seen.insert(cs, now) != Some(now) {
                changed.insert(cs);
            }
        }
        changed
    }
}

/// Whether an event says that no target was found or made, which a later round may correct.
fn is_failure(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::ProvisionConflict
            | EventKind::AlreadyJoined
            | EventKind::AmbiguousTarget
            | EventKind::Unmatched
            | EventKind::MissingMandatory
            | EventKind::NoBaseline
            | EventKind::WaitingForAttribute
    )
}
