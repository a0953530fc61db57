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
        let mut found = BTreeSet::new();
        for row in self.under_keys(wanted).await? {
            if let Subject::Cs(cs) = row.subject
                && !self.work_cs.contains_key(&cs)
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
