//! Match keys under the rules of this run.
//!
//! Stored keys of metaverse objects are those of the rules that each was evaluated under last. Where rules changed, everybody
//! concerned is on the work list, but the list is done in passes, and linking comes before the objects are evaluated: a match
//! that is new would find nobody, and everybody would be created a second time.
//!
//! Invariants: what is asked is the values before this run, as for every other candidate (D-23); a key that cannot be computed
//! stays as it is stored.

use syncline_model::object::TypeId;

use super::join::Candidates;
use super::observe::other_side_keys;
use super::*;

impl<R: SyncReader> Run<'_, R> {
    /// Puts right which metaverse objects of the work list are candidates for what is wanted.
    pub(super) async fn refresh(
        &self,
        wanted: &BTreeSet<(KeyId, KeyHash)>,
        candidates: &mut Candidates,
    ) -> Result<(), SyncError<R::Error>> {
        let asked: BTreeSet<KeyId> = wanted.iter().map(|(key, _)| *key).collect();
        let keys: BTreeMap<TypeId, Vec<OtherKey>> = (self.cx.set.mv.iter())
            .map(|(mv_type, mv)| {
                let asked = mv.keys.iter().filter(|key| asked.contains(&key.key));
                (*mv_type, asked.copied().collect())
            })
            .filter(|(_, keys): &(_, Vec<_>)| !keys.is_empty())
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        let listed: Vec<MvId> = self.work_mv.iter().copied().collect();
        for chunk in listed.chunks(self.cx.batch.get()) {
            let objects = self.reader.mv(chunk).await.map_err(SyncError::Store)?;
            for (mv_type, keys) in &keys {
                let of_type = objects.iter().filter(|object| object.mv_type == *mv_type);
                let of_type: Vec<&MvObject> = of_type.collect();
                let rows: Vec<Attrs> = of_type.iter().map(|object| values(object)).collect();
                let rows: Vec<&Attrs> = rows.iter().collect();
                let found = other_side_keys(&self.cx, Side::Metaverse(keys), &rows)?;
                for (object, (now, errors)) in of_type.into_iter().zip(found) {
                    if errors.is_empty() {
                        candidates.now_under(object.id, keys, &now, wanted);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Candidates {
    /// Of these keys, the object has those that it has `now`.
    fn now_under(
        &mut self,
        mv: MvId,
        keys: &[OtherKey],
        now: &[(KeyId, KeyHash)],
        wanted: &BTreeSet<(KeyId, KeyHash)>,
    ) {
        for key in keys {
            let (first, last) = ((key.key, KeyHash(u128::MIN)), (key.key, KeyHash(u128::MAX)));
            for (found, same_key) in self.by_key.range_mut(first..=last) {
                if !now.contains(found) {
                    same_key.remove(&mv);
                }
            }
        }
        for found in now.iter().filter(|found| wanted.contains(found)) {
            self.by_key.entry(*found).or_default().insert(mv);
        }
    }
}

/// What a metaverse object holds, as match expressions read it.
fn values(object: &MvObject) -> Attrs {
    let mut values = Attrs::new();
    if object.state != MvState::Tombstone {
        for value in &object.body.values {
            values.set(value.attr, Some(value.values.clone()));
        }
    }
    values
}
