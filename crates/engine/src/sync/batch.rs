//! The wide side of a batch: metaverse objects and the images that contribute to them.
//!
//! Invariants: at most the context's `batch` metaverse objects at a time, and [`KEPT`] batches of what was appraised; images
//! are what was imported, never what is merely staged (D-36); values are taken over from an appraisal only where they were
//! made of the same sources.

use super::*;

/// How many batches are kept between the appraisal and the part: all of an ordinary delta, little of a full run.
const KEPT: usize = 4;

/// What was read of a metaverse object, and the values that were made of it.
pub(crate) struct Appraisal {
    old: Option<MvObject>,
    old_refs: Vec<MvRef>,
    sources: Vec<CsObject>,
    refs: Vec<CsRef>,
    valued: Valued,
}

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

    /// Keeps what an appraisal read, as long as there is room.
    pub(super) fn keep(&mut self, mut batch: Batch, valued: Vec<(MvId, Valued)>) {
        let room = self.cx.batch.get().saturating_mul(KEPT);
        for (mv, valued) in valued {
            if self.appraisals.len() >= room {
                return;
            }
            let sources = self.links.of(mv).filter(|row| self.contributes(row));
            let sources: Vec<CsObject> = sources
                .filter_map(|row| batch.objects.remove(&row.id))
                .collect();
            let refs = sources.iter();
            let refs = refs.filter_map(|source| batch.refs.remove(&source.row.id));
            let appraisal = Appraisal {
                old: batch.old.remove(&mv),
                old_refs: batch.old_refs.remove(&mv).unwrap_or_default(),
                refs: refs.flatten().collect(),
                sources,
                valued,
            };
            self.appraisals.insert(mv, appraisal);
        }
    }

    /// The wide side of a batch with its values: kept from the appraisal where the sources are the same, read otherwise.
    pub(super) async fn load_valued(
        &mut self,
        mvs: &[MvId],
    ) -> Result<(Batch, Vec<(MvId, Valued)>), SyncError<R::Error>> {
        let mut kept: BTreeMap<MvId, Appraisal> = BTreeMap::new();
        for mv in mvs {
            if let Some(appraisal) = self.appraisals.remove(mv) {
                let now = self.links.of(*mv).filter(|row| self.contributes(row));
                let before = appraisal.sources.iter().map(|source| source.row.id);
                if now.map(|row| row.id).eq(before) {
                    kept.insert(*mv, appraisal);
                }
            }
        }
        let unknown: Vec<MvId> = (mvs.iter().copied())
            .filter(|mv| !kept.contains_key(mv))
            .collect();
        let mut batch = match unknown.is_empty() {
            true => Batch::default(),
            false => self.load(&unknown).await?,
        };
        let mut valued: BTreeMap<MvId, Valued> = {
            let inputs = self.inputs(&unknown, &batch);
            let ids = inputs.iter().map(|input| input.id);
            ids.zip(contribute::contribute(&self.cx, &inputs)?)
                .collect()
        };
        for (mv, appraisal) in kept {
            batch.old.extend(appraisal.old.map(|old| (mv, old)));
            if !appraisal.old_refs.is_empty() {
                batch.old_refs.insert(mv, appraisal.old_refs);
            }
            for reference in appraisal.refs {
                let of_source = batch.refs.entry(reference.from).or_default();
                of_source.push(reference);
            }
            let sources = appraisal.sources.into_iter();
            batch.objects.extend(sources.map(|s| (s.row.id, s)));
            valued.insert(mv, appraisal.valued);
        }
        let valued = mvs.iter().filter_map(|mv| Some((*mv, valued.remove(mv)?)));
        Ok((batch, valued.collect()))
    }
}
