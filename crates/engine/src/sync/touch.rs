//! Touching: which metaverse objects a run must evaluate beside those of its work list (D-35, D-37).
//!
//! Invariants: found by look-ups, never by a scan; over-touching is harmless, missing one is a defect
//! (delta sync equals full sync, P-03).

use std::collections::BTreeSet;

use syncline_model::CsId;
use syncline_model::object::{Disjoin, KeyHash, KeyId, Subject};

use super::{Run, SyncError};
use crate::reader::SyncReader;

impl<R: SyncReader> Run<'_, R> {
    /// Disconnectors that match a metaverse object whose slot was freed in this run (D-27).
    pub(super) async fn disconnectors_of_freed_slots(
        &mut self,
    ) -> Result<Vec<CsId>, SyncError<R::Error>> {
        let freed: Vec<Subject> = self.left.keys().copied().map(Subject::Mv).collect();
        let mut wanted = BTreeSet::new();
        for row in self.keys_of(&freed).await? {
            let inbound = self.cx.set.inbound.iter();
            for part in inbound.filter(|part| part.profile == self.cx.profile) {
                let groups = part.groups.iter();
                for group in groups.filter(|group| group.other_key == row.key) {
                    wanted.insert((group.own_key, row.hash));
                }
            }
        }
        self.disconnectors_under(wanted).await
    }

    /// Disconnectors that match a metaverse object which may be projected in this run, in directories that are targets
    /// as well (D-26). Elsewhere the next run finds them; here an outbound part would take them before (D-42).
    pub(super) async fn disconnectors_of_projections(
        &mut self,
    ) -> Result<Vec<CsId>, SyncError<R::Error>> {
        let set = self.cx.set;
        let is_target = |directory| set.outbound.iter().any(|part| part.directory == directory);
        let inbound = set.inbound.iter().filter(|part| {
            part.profile == self.cx.profile && !part.groups.is_empty() && is_target(part.directory)
        });
        let inbound: Vec<_> = inbound.collect();
        let mut wanted = BTreeSet::new();
        let unlinked = self.observed.iter();
        let unlinked = unlinked.filter(|seen| self.links.link(seen.cs).is_none());
        for (key, hash) in unlinked.flat_map(|seen| seen.views.iter().flat_map(|v| &v.would_be)) {
            for group in inbound.iter().flat_map(|part| &part.groups) {
                if group.other_key == *key {
                    wanted.insert((group.own_key, *hash));
                }
            }
        }
        self.disconnectors_under(wanted).await
    }

    /// Disconnectors under these keys that are not looked at in this run anyway.
    async fn disconnectors_under(
        &mut self,
        wanted: BTreeSet<(KeyId, KeyHash)>,
    ) -> Result<Vec<CsId>, SyncError<R::Error>> {
        let known: BTreeSet<CsId> = self.observed.iter().map(|seen| seen.cs).collect();
        let mut found = BTreeSet::new();
        for row in self.under_keys(wanted).await? {
            if let Subject::Cs(cs) = row.subject
                && !self.work_cs.contains_key(&cs)
                && !known.contains(&cs)
            {
                found.insert(cs);
            }
        }
        self.learn(found.iter().copied()).await?;
        let waits = |cs: &CsId| {
            self.links.row(*cs).is_some_and(|row| {
                row.is_present() && row.link.is_none() && row.disjoin == Disjoin::Normal
            })
        };
        Ok(found.into_iter().filter(waits).collect())
    }

    /// Collects what is to be evaluated.
    pub(super) async fn touch(&mut self) -> Result<(), SyncError<R::Error>> {
        self.touched.extend(self.work_mv.iter().copied());
        self.touched.extend(self.left.keys().copied());
        let seen: BTreeSet<CsId> = self
            .work_cs
            .keys()
            .copied()
            .chain(self.observed.iter().map(|o| o.cs))
            .collect();
        for cs in &seen {
            self.touched
                .extend(self.links.link(*cs).map(|link| link.mv));
            self.touched
                .extend(self.links.before(*cs).flatten().map(|link| link.mv));
        }
        self.touch_back_links().await?;
        self.touch_waiting().await
    }

    /// Metaverse objects of objects that refer to one whose link changed (back-link re-evaluation, D-35).
    async fn touch_back_links(&mut self) -> Result<(), SyncError<R::Error>> {
        let moved: Vec<CsId> = self.links.moved().map(|(cs, _, _)| cs).collect();
        let mut referring = BTreeSet::new();
        for chunk in moved.chunks(self.cx.batch.get()) {
            let refs = self.reader.refs_to(chunk).await.map_err(SyncError::Store)?;
            referring.extend(refs.into_iter().map(|reference| reference.from));
        }
        self.learn(referring.iter().copied()).await?;
        self.touched
            .extend(referring.iter().filter_map(|cs| self.links.resolve(*cs)));
        Ok(())
    }

    /// Metaverse objects without a target that wait for what a target object gave up, took or became.
    async fn touch_waiting(&mut self) -> Result<(), SyncError<R::Error>> {
        let rows: BTreeSet<CsId> = self.work_cs.keys().copied().collect();
        let awaited = self.awaited(&rows).await?;
        let ours = |(key, _): &(KeyId, KeyHash)| self.waiters_of(*key).contains(&self.cx.profile);
        let wanted = awaited.into_keys().filter(ours).collect();
        let waiting = self.waiting(wanted).await?;
        self.touched
            .extend(waiting.into_iter().map(|(_, _, mv)| mv));
        Ok(())
    }
}
