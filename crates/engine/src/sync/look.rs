//! Looking up: rows and anchors by id, subjects by key, a batch at a time.
//!
//! Invariants: no look-up asks for more than a batch; a row that is known is not read again, for the run's own view of
//! it counts.

use super::*;

impl<R: SyncReader> Run<'_, R> {
    /// Reads the rows that are not known yet.
    pub(super) async fn learn(
        &mut self,
        ids: impl IntoIterator<Item = CsId>,
    ) -> Result<(), SyncError<R::Error>> {
        let unknown: Vec<CsId> = ids
            .into_iter()
            .filter(|cs| !self.links.knows(*cs))
            .collect();
        for chunk in unknown.chunks(self.cx.batch.get()) {
            let rows = self.reader.rows(chunk).await.map_err(SyncError::Store)?;
            self.links.learn(rows);
        }
        Ok(())
    }

    /// The key rows under these keys, as stored.
    pub(super) async fn under_keys(
        &self,
        keys: impl IntoIterator<Item = (KeyId, KeyHash)>,
    ) -> Result<Vec<KeyRow>, SyncError<R::Error>> {
        let keys: Vec<(KeyId, KeyHash)> = keys.into_iter().collect();
        let mut found = Vec::new();
        for chunk in keys.chunks(self.cx.batch.get()) {
            let rows = self.reader.find_keys(chunk).await;
            found.extend(rows.map_err(SyncError::Store)?);
        }
        Ok(found)
    }

    /// The key rows of these subjects, as stored.
    pub(super) async fn keys_of(
        &self,
        subjects: &[Subject],
    ) -> Result<Vec<KeyRow>, SyncError<R::Error>> {
        let mut found = Vec::new();
        for chunk in subjects.chunks(self.cx.batch.get()) {
            let rows = self.reader.keys_of(chunk).await;
            found.extend(rows.map_err(SyncError::Store)?);
        }
        Ok(found)
    }

    /// The anchors of these objects, of those that have one.
    pub(super) async fn anchors_of(
        &self,
        ids: &[CsId],
    ) -> Result<Vec<(CsId, Anchor)>, SyncError<R::Error>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(self.cx.batch.get()) {
            // Bodies are wide: no more than one batch of them is held.
            let bodies = self.reader.bodies(chunk).await.map_err(SyncError::Store)?;
            let anchors = bodies.into_iter();
            found.extend(anchors.filter_map(|(cs, body)| Some((cs, body.anchor?))));
        }
        Ok(found)
    }
}
