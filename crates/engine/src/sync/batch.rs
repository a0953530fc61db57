//! The wide side of a batch: metaverse objects and the images that contribute to them.
//!
//! Invariants: at most the context's `batch` metaverse objects at a time; images are what was imported, never what is
//! merely staged (D-36).

use super::*;

impl<'a, R: SyncReader> Run<'a, R> {
    /// The wide side of a batch: metaverse objects and the images of their sources.
    pub(super) async fn load(&self, mvs: &[MvId]) -> Result<Batch, SyncError<R::Error>> {
        let old = self.reader.mv(mvs).await.map_err(SyncError::Store)?;
        let mut old_refs: BTreeMap<MvId, Vec<MvRef>> = BTreeMap::new();
        for reference in self.reader.mv_refs(mvs).await.map_err(SyncError::Store)? {
            old_refs.entry(reference.from).or_default().push(reference);
        }
        old_refs.values_mut().for_each(|refs| refs.sort_unstable());
        let sources: Vec<CsId> = mvs
            .iter()
            .flat_map(|mv| self.links.of(*mv))
            .filter(|row| self.contributes(row))
            .map(|row| row.id)
            .collect();
        let objects = self
            .reader
            .objects(&sources)
            .await
            .map_err(SyncError::Store)?;
        let mut refs: BTreeMap<CsId, Vec<CsRef>> = BTreeMap::new();
        for reference in self
            .reader
            .refs_from(&sources)
            .await
            .map_err(SyncError::Store)?
        {
            refs.entry(reference.from).or_default().push(reference);
        }
        refs.values_mut().for_each(|refs| refs.sort_unstable());
        Ok(Batch {
            old: old.into_iter().map(|object| (object.id, object)).collect(),
            old_refs,
            objects: objects
                .into_iter()
                .map(|object| (object.row.id, object))
                .collect(),
            refs,
        })
    }

    pub(super) fn contributes(&self, row: &syncline_model::object::CsRow) -> bool {
        row.is_present()
            && row
                .link
                .is_some_and(|link| link.kind != LinkKind::Departing)
            && self
                .cx
                .set
                .inbound_of(row.directory, row.object_type)
                .next()
                .is_some()
    }

    pub(super) fn inputs<'b>(&'b self, mvs: &[MvId], batch: &'b Batch) -> Vec<MvInput<'b>> {
        const NONE: &[CsRef] = &[];
        mvs.iter()
            .filter_map(|mv| {
                let old = batch.old.get(mv);
                let mv_type = match (old, self.links.new_mv.get(mv)) {
                    (Some(old), _) => old.mv_type,
                    (None, Some(new)) => new.mv_type,
                    (None, None) => return None,
                };
                let sources = self
                    .links
                    .of(*mv)
                    .filter(|row| self.contributes(row))
                    .filter_map(|row| {
                        let attrs = &batch.objects.get(&row.id)?.body.attrs;
                        let refs = batch.refs.get(&row.id).map_or(NONE, Vec::as_slice);
                        Some(Source { row, attrs, refs })
                    })
                    .collect();
                let old_refs = batch.old_refs.get(mv).map_or(&[][..], Vec::as_slice);
                Some(MvInput {
                    id: *mv,
                    mv_type,
                    old,
                    old_refs,
                    sources,
                })
            })
            .collect()
    }

    pub(super) fn values(&self, inputs: &[MvInput<'_>]) -> Result<Vec<Valued>, RulesFailure> {
        contribute::contribute(&self.cx, inputs)
    }
}
