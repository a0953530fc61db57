//! The operations of a part: drafts get object keys, hashes and their place in the order (D-49).
//!
//! Invariants: staged operations that still mean the same keep their hash; what cannot be named is not sent.

use syncline_model::object::{CsKind, CsRow};

use super::*;

impl<R: SyncReader> Run<'_, R> {
    /// Names the objects of the drafts and writes the operations; notes the targets that get none.
    pub(super) async fn seal(
        &mut self,
        drafted: Vec<Drafted>,
        targets: &BTreeMap<CsId, Target>,
        part: &mut PlanPart,
        at_rest: &mut BTreeSet<CsId>,
    ) -> Result<(), SyncError<R::Error>> {
        let mut wanted = BTreeSet::new();
        for one in &drafted {
            if !self.stays(one, targets) {
                wanted.extend(
                    one.drafts
                        .iter()
                        .flat_map(|draft| seal::wanted(one.cs, draft)),
                );
            }
        }
        let keys = self.object_keys(wanted).await?;
        for mut one in drafted {
            let target = &targets[&one.cs];
            let staged = &target.state.pending;
            let ops = if self.stays(&one, targets) {
                let blocked = one.drafts.first().and_then(|draft| draft.blocked);
                staged
                    .iter()
                    .map(|op| PlannedOp {
                        blocked,
                        ..op.clone()
                    })
                    .collect()
            } else {
                let mut ops = Vec::new();
                for draft in &mut one.drafts {
                    draft.effect.refs.retain(|change| keys.can_say(change));
                    ops.extend(
                        self.planned(one.mv, one.owner, target, draft, &keys)
                            .await?,
                    );
                }
                ops
            };
            if ops.is_empty() {
                at_rest.insert(one.cs);
            }
            if *staged != ops {
                part.pending.push(PendingSet { cs: one.cs, ops });
            }
        }
        Ok(())
    }

    pub(super) fn stays(&self, one: &Drafted, targets: &BTreeMap<CsId, Target>) -> bool {
        let staged = &targets[&one.cs].state.pending;
        let policy = || seal::password(&self.cx, one.owner);
        let same_password = |op: &PlannedOp| {
            op.verb() != syncline_model::plan::Verb::Add || op.op.password() == policy().as_ref()
        };
        staged
            .iter()
            .all(|op| op.part == one.owner && same_password(op))
            && derive::same_meaning(staged, &one.drafts)
    }

    pub(super) async fn planned(
        &mut self,
        mv: MvId,
        owner: PartId,
        target: &Target,
        draft: &Draft,
        keys: &seal::Keys,
    ) -> Result<Option<PlannedOp>, SyncError<R::Error>> {
        let row = target.object.row;
        let empty = draft.effect.verb == syncline_model::plan::Verb::Update
            && draft.effect.place.is_none()
            && draft.effect.attrs.is_empty()
            && draft.effect.refs.is_empty();
        if empty {
            return Ok(None);
        }
        let Some(op) = seal::operation(&self.cx, &row, owner, draft, keys) else {
            return Ok(None);
        };
        let container = draft
            .effect
            .place
            .as_ref()
            .map(|place| place.parent)
            .or(row.parent);
        let depth = self
            .names
            .depth(self.reader, &mut self.links, container)
            .await?;
        let profile = self.cx.owner_of(owner).unwrap_or(self.cx.profile);
        let Some(object_type) = row.object_type else {
            return Ok(None);
        };
        Ok(Some(PlannedOp {
            cs: row.id,
            mv: Some(mv),
            directory: row.directory,
            profile,
            part: owner,
            object_type,
            depth,
            hash: op.hash(),
            op,
            effect: draft.effect.clone(),
            place_before: draft.place_before.clone(),
            changes: draft.changes.clone(),
            facts: draft.facts.clone(),
            blocked: draft.blocked,
        }))
    }

    /// How operations name these objects: by anchor, or as new objects of a part and source.
    pub(super) async fn object_keys(
        &mut self,
        wanted: BTreeSet<CsId>,
    ) -> Result<seal::Keys, SyncError<R::Error>> {
        let mut keys = seal::Keys::default();
        let stored: Vec<CsId> = wanted
            .iter()
            .copied()
            .filter(|cs| !self.links.provisioned.contains_key(cs))
            .collect();
        let anchors = self.anchors_of(&stored).await?.into_iter();
        let anchors = anchors.map(|(cs, anchor)| (cs, ObjectKey::Anchor(anchor)));
        keys.known.extend(anchors);
        self.learn(stored).await?;
        for cs in &wanted {
            let is_nameless = |row: &CsRow| row.kind != CsKind::Placeholder || row.name.is_none();
            if keys.known.contains_key(cs) || self.links.row(*cs).is_none_or(is_nameless) {
                continue;
            }
            let name = self.names.text(self.reader, &mut self.links, *cs).await?;
            keys.names.insert(*cs, name);
        }
        let new: Vec<(CsId, syncline_model::object::Link)> = wanted
            .into_iter()
            .filter(|cs| !keys.known.contains_key(cs))
            .filter_map(|cs| Some((cs, self.links.link(cs)?)))
            .collect();
        let unknown: BTreeSet<MvId> = new
            .iter()
            .map(|(_, link)| link.mv)
            .filter(|mv| !self.origins.contains_key(mv))
            .collect();
        for chunk in unknown
            .into_iter()
            .collect::<Vec<_>>()
            .chunks(self.cx.batch.get())
        {
            for object in self.reader.mv(chunk).await.map_err(SyncError::Store)? {
                self.origins.insert(object.id, object.body.origin);
            }
        }
        for (cs, link) in new {
            if let Some(origin) = self.origins.get(&link.mv) {
                let (source, anchor) = (origin.directory, origin.anchor.clone());
                keys.known.insert(
                    cs,
                    ObjectKey::New {
                        part: link.part,
                        source,
                        anchor,
                    },
                );
            }
        }
        Ok(keys)
    }
}
