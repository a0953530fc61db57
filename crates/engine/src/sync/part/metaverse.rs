//! The metaverse side of a part: values, references, tombstones (D-08, D-32, D-35, D-44).
//!
//! Invariants: what did not change is not written; a metaverse object without owners keeps its match values
//! only while a delete of its target is under way.

use super::*;
use crate::sync::fate::Fate;

impl<R: SyncReader> Run<'_, R> {
    /// Rows that references of this batch point at, and all links of what those belong to.
    pub(super) async fn learn_referred(
        &mut self,
        valued: &[(MvId, Valued)],
    ) -> Result<(), SyncError<R::Error>> {
        let mut referred = BTreeSet::new();
        let mut held = BTreeSet::new();
        for (_, valued) in valued {
            for winner in &valued.refs {
                match &winner.to {
                    RefTargets::Objects(objects) => referred.extend(objects.iter().copied()),
                    RefTargets::Held(mvs) => held.extend(mvs.iter().copied()),
                }
            }
        }
        self.learn(referred).await?;
        for (_, valued) in valued {
            for winner in &valued.refs {
                if let RefTargets::Objects(objects) = &winner.to {
                    held.extend(objects.iter().filter_map(|cs| self.links.resolve(*cs)));
                }
            }
        }
        let held: Vec<MvId> = held.into_iter().collect();
        self.complete_links(&held).await
    }

    /// The metaverse object and its references.
    pub(super) fn write_mv(
        &mut self,
        mv: MvId,
        valued: &Valued,
        batch: &Batch,
        part: &mut PlanPart,
        refs_now: &mut BTreeMap<MvId, Vec<MvRef>>,
    ) {
        let old = batch.old.get(&mv);
        let old_refs = batch.old_refs.get(&mv).map_or(&[][..], Vec::as_slice);
        let fate = self.links.fate(mv);
        let (new, refs) = if let (Fate::Kept(since), Some(old)) = (fate, old) {
            (Some(self.kept(mv, old, since)), old_refs.to_vec())
        } else if fate == Fate::Lives {
            let resolved = flow::resolve(&self.links, mv, valued);
            self.summary.unresolved += resolved.unresolved;
            let remember = self.remembered(mv);
            let links = &self.links;
            let linked = |source: &SourceKey| {
                links.of(mv).any(|row| {
                    row.directory == source.directory
                        && self.anchors.get(&row.id) == Some(&source.anchor)
                })
            };
            (
                flow::object(links, mv, old, valued, linked, remember),
                resolved.refs,
            )
        } else {
            (self.buried(mv, old), Vec::new())
        };
        let changed = old != new.as_ref() || old_refs != refs.as_slice();
        if changed {
            let subject = Subject::Mv(mv);
            let kind = match (&new, old) {
                (Some(new), Some(old)) if new.state == MvState::Live => {
                    let same = old.state == MvState::Live;
                    if same {
                        EventKind::Changed
                    } else {
                        EventKind::Revived
                    }
                }
                (Some(new), _) if new.state == MvState::Scheduled => EventKind::Scheduled,
                _ => EventKind::Deleted,
            };
            let was_live = old.is_some_and(|old| match kind {
                EventKind::Deleted => old.state != MvState::Tombstone,
                _ => old.state == MvState::Live,
            });
            if was_live || kind == EventKind::Revived {
                part.events.push(Event {
                    kind,
                    subject,
                    part: None,
                    others: Vec::new(),
                });
            }
            if let Some(mv_type) = new.as_ref().or(old).map(|object| object.mv_type) {
                for profile in self.cx.set.other_profiles(mv_type, self.cx.profile) {
                    if new.is_some() {
                        part.work_added.push(WorkItem { profile, subject });
                    }
                }
            }
        }
        let keep: BTreeSet<&MvRef> = refs.iter().collect();
        part.mv_refs_removed
            .extend(old_refs.iter().filter(|r| !keep.contains(r)));
        let had: BTreeSet<&MvRef> = old_refs.iter().collect();
        part.mv_refs_added
            .extend(refs.iter().filter(|r| !had.contains(r)));
        match new {
            Some(new) if old != Some(&new) => part.mv.push(new),
            None if old.is_some() => part.mv_removed.push(mv),
            _ => {}
        }
        refs_now.insert(mv, refs);
    }

    /// A metaverse object that is kept for its return: as it was, and nothing flows into it.
    fn kept(&self, mv: MvId, old: &MvObject, since: i64) -> MvObject {
        let mut kept = MvObject {
            state: MvState::Scheduled,
            since: Some(since),
            ..old.clone()
        };
        let mut remembered: BTreeSet<SourceKey> = kept.body.remembered.into_iter().collect();
        remembered.extend(self.remembered(mv));
        kept.body.remembered = remembered.into_iter().collect();
        kept
    }

    /// What is left of a metaverse object without owners: a tombstone while a delete is under way (D-44).
    pub(super) fn buried(&self, mv: MvId, old: Option<&MvObject>) -> Option<MvObject> {
        let old = old?;
        let departing = self
            .links
            .of(mv)
            .any(|row| row.link.is_some_and(|l| l.kind == LinkKind::Departing));
        departing.then(|| {
            let mut buried = MvObject {
                state: MvState::Tombstone,
                since: None,
                ..old.clone()
            };
            buried.body.held.clear();
            let mut remembered: BTreeSet<SourceKey> = buried.body.remembered.into_iter().collect();
            remembered.extend(self.remembered(mv));
            buried.body.remembered = remembered.into_iter().collect();
            buried
        })
    }

    /// Sources whose links to this object ended in this run.
    pub(in crate::sync) fn remembered(&self, mv: MvId) -> Vec<SourceKey> {
        self.left
            .get(&mv)
            .into_iter()
            .flatten()
            .filter(|left| {
                matches!(
                    left.cause,
                    EventKind::DisconnectedDeleted
                        | EventKind::DisconnectedScope
                        | EventKind::DisconnectedRule
                )
            })
            .filter_map(|left| {
                let directory = self.links.row(left.cs)?.directory;
                let anchor = self.anchors.get(&left.cs)?.clone();
                Some(SourceKey { directory, anchor })
            })
            .collect()
    }
}
