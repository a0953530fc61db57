//! Outward: rounds of appraisal and linking over touched metaverse objects (D-40).
//!
//! Invariants: a round ends all that ends before it begins anything; a round follows only for objects that
//! refer to one whose target came or went, or that wait for what the last one changed.

use super::*;
use syncline_model::object::Link;

impl<'a, R: SyncReader> Run<'a, R> {
    /// Outward: rounds over touched metaverse objects, until no new one is touched by a changed target.
    pub(super) async fn link_outbound(&mut self) -> Result<(), SyncError<R::Error>> {
        let mut round = self.touched.clone();
        let mut announced: BTreeSet<MvId> = BTreeSet::new();
        while !round.is_empty() {
            let (wishes, targets) = self.release(&mut round).await?;
            self.touched.extend(round.iter().copied());
            let mut ids = self
                .reader
                .reserve(wishes.len() as u64)
                .await
                .map_err(SyncError::Store)?;
            let next = || CsId(ids.next().expect("one id is reserved per wish"));
            let order = self.in_order(&round);
            let decided = provision::link_outbound(
                &self.cx,
                &mut self.links,
                &order,
                &wishes,
                &targets,
                next,
            );
            self.take(decided);
            self.names.learn_changed(&self.links);
            round = self.woken().await?;
            round.extend(self.referrers_of_moved(&mut announced).await?);
        }
        Ok(())
    }

    /// What an inbound part had joined and let go, and nothing linked since, gives up what is staged for it.
    pub(super) fn let_go(&mut self) {
        let written: BTreeSet<syncline_model::DirectoryId> =
            self.cx.set.outbound.iter().map(|p| p.directory).collect();
        let mut free = Vec::new();
        for left in self.left.values().flatten() {
            let Some(row) = self.links.row(left.cs) else {
                continue;
            };
            let before = self.links.before(left.cs).flatten();
            if let (None, Some(link)) = (row.link, before)
                && written.contains(&row.directory)
                && !self.links.removed.contains(&left.cs)
            {
                free.push((left.mv, left.cs, link.part));
            }
        }
        for (mv, cs, owner) in free {
            let act = provision::Act::Release;
            let decisions = self.decisions.entry(mv).or_default();
            decisions.retain(|decision| decision.cs != cs);
            decisions.push(Decision { cs, owner, act });
        }
    }

    /// Ends what ends, and lets everybody into the round who waits for it or wants the same names.
    async fn release(
        &mut self,
        round: &mut BTreeSet<MvId>,
    ) -> Result<(Vec<Wish>, Targets), SyncError<R::Error>> {
        let mut wishes = Vec::new();
        let mut targets = Targets::default();
        let mut fresh: Vec<MvId> = round.iter().copied().collect();
        while !fresh.is_empty() {
            self.reconsider(&fresh);
            let appraised = self.appraise(&fresh).await?;
            self.look_up_targets(&fresh, &appraised, &mut targets)
                .await?;
            self.retreats(&fresh, &appraised, &mut targets).await?;
            let order = self.in_order(&fresh);
            let released =
                provision::release(&self.cx, &mut self.links, &order, &appraised, &targets);
            self.take(released);
            let mut more = self.rivals(&appraised).await?;
            more.extend(self.woken().await?);
            fresh = more.difference(round).copied().collect();
            round.extend(fresh.iter().copied());
            wishes.extend(appraised);
        }
        wishes.sort_by_key(|wish| (wish.mv, wish.part));
        Ok((wishes, targets))
    }

    /// Untouched metaverse objects that refer to one whose target came or went.
    async fn referrers_of_moved(
        &mut self,
        announced: &mut BTreeSet<MvId>,
    ) -> Result<BTreeSet<MvId>, SyncError<R::Error>> {
        let provisioned = self.links.provisioned.values();
        let moved: Vec<MvId> = self
            .links
            .moved()
            .flat_map(|(_, old, new)| [old, new])
            .chain(provisioned.map(|p| p.row.link))
            .flatten()
            .map(|link| link.mv)
            .filter(|mv| !announced.contains(mv))
            .collect();
        announced.extend(moved.iter().copied());
        let mut referrers = BTreeSet::new();
        for chunk in moved.chunks(self.cx.batch.get()) {
            referrers.extend(
                self.reader
                    .mv_referrers(chunk)
                    .await
                    .map_err(SyncError::Store)?,
            );
        }
        // Who lost his target object to somebody else may be a tombstone that holds nothing any more.
        let lost = |(_, old, new): (CsId, Option<Link>, Option<Link>)| {
            let old = old?.mv;
            (new.map(|link| link.mv) != Some(old)).then_some(old)
        };
        referrers.extend(self.links.moved().filter_map(lost));
        referrers.retain(|mv| !self.touched.contains(mv));
        Ok(referrers)
    }

    /// Takes decisions over; a newer one about a target object stands in for an older one.
    pub(super) fn take(&mut self, decided: Decided) {
        for (mv, newer) in decided.decisions {
            let decisions = self.decisions.entry(mv).or_default();
            decisions.retain(|old| newer.iter().all(|new| new.cs != old.cs));
            decisions.extend(newer);
        }
        for event in decided.events {
            if let Subject::Mv(mv) = event.subject {
                self.mv_events.entry(mv).or_default().push(event);
            }
        }
        for (mv, part, entry) in decided.errors {
            self.mv_errors.entry(mv).or_default().push((part, entry));
        }
        for (mv, key, hash) in decided.waits {
            self.waits.entry(mv).or_default().insert((key, hash));
        }
    }

    /// Metaverse objects by the source that first projected them, so that ids decide nothing (P-04).
    pub(super) fn in_order<'m>(&self, round: impl IntoIterator<Item = &'m MvId>) -> Vec<MvId> {
        let mut order: Vec<MvId> = round.into_iter().copied().collect();
        let precedence = |mv: &MvId| {
            self.origins.get(mv).map(|origin| {
                let directory = self.cx.set.directories.get(&origin.directory);
                (directory.map_or(u32::MAX, |d| d.precedence), origin)
            })
        };
        order.sort_by(|a, b| precedence(a).cmp(&precedence(b)).then(a.cmp(b)));
        order
    }

    pub(super) async fn appraise(
        &mut self,
        round: &[MvId],
    ) -> Result<Vec<Wish>, SyncError<R::Error>> {
        self.complete_links(round).await?;
        for (mv, new) in &self.links.new_mv {
            let origin = || new.origin.clone();
            self.origins.entry(*mv).or_insert_with(origin);
        }
        let mut wishes = Vec::new();
        for chunk in round.chunks(self.cx.batch.get()) {
            let batch = self.load(chunk).await?;
            for (mv, mv_type) in self.types_of(&chunk.iter().copied().collect(), &batch) {
                let left = self.remembered(mv);
                let fate = fate::fate(
                    &self.cx,
                    &self.links,
                    mv,
                    mv_type,
                    batch.old.get(&mv),
                    &left,
                );
                self.links.decide(mv, fate);
            }
            let mut live = Vec::new();
            let valued: Vec<(MvId, Valued)> = {
                let inputs = self.inputs(chunk, &batch);
                let valued = contribute::contribute(&self.cx, &inputs)?;
                for (input, valued) in inputs.iter().zip(&valued) {
                    if self.links.alive(input.id) {
                        live.push((input.id, input.mv_type, valued.attrs()));
                    }
                }
                inputs.iter().map(|input| input.id).zip(valued).collect()
            };
            for (mv, old) in &batch.old {
                self.origins.insert(*mv, old.body.origin.clone());
            }
            self.keep(batch, valued);
            for appraised in appraise::appraise(&self.cx, &live)? {
                if appraised.waiting {
                    let event = Event {
                        kind: EventKind::WaitingForAttribute,
                        subject: Subject::Mv(appraised.mv),
                        part: Some(self.cx.set.outbound[appraised.part].id),
                        others: Vec::new(),
                    };
                    let events = self.mv_events.entry(appraised.mv).or_default();
                    events.push(event);
                }
                wishes.push(
                    self.names
                        .resolve(&self.cx, self.reader, &mut self.links, appraised)
                        .await?,
                );
            }
        }
        wishes.sort_by_key(|wish| (wish.mv, wish.part));
        Ok(wishes)
    }

    /// Candidates by key and occupants of names.
    pub(super) async fn look_up_targets(
        &mut self,
        round: &[MvId],
        wishes: &[Wish],
        targets: &mut Targets,
    ) -> Result<(), SyncError<R::Error>> {
        let mut doubtful: BTreeSet<CsId> = BTreeSet::new();
        let wanted = Targets::wanted_keys(&self.cx, wishes);
        for row in self.under_keys(wanted).await? {
            if let Subject::Cs(cs) = row.subject {
                let same_key = targets.by_key.entry((row.key, row.hash));
                same_key.or_default().insert(cs);
                doubtful.insert(cs);
            }
        }
        // Images on the work list carry newer keys than the index.
        for stored in targets.by_key.values_mut() {
            stored.retain(|cs| !self.target_keys.contains_key(cs));
        }
        for (cs, keys) in &self.target_keys {
            if self.links.row(*cs).is_some_and(|row| row.is_present()) {
                for key in keys {
                    targets.by_key.entry(*key).or_default().insert(*cs);
                    doubtful.insert(*cs);
                }
            }
        }
        doubtful.extend(self.look_up_names(wishes, targets).await?);
        self.learn(doubtful.iter().copied()).await?;
        for mv in round {
            doubtful.extend(self.links.of(*mv).filter_map(|row| {
                let link = row.link?;
                let unsure = link.kind == LinkKind::Departing || row.is_provisional();
                unsure.then_some(row.id)
            }));
        }
        for wish in wishes
            .iter()
            .filter(|wish| wish.verdict == observe::Verdict::In)
        {
            let directory = self.cx.set.outbound[wish.part].directory;
            let holder = self.links.holder(wish.mv, directory);
            let moves =
                holder.filter(|row| wish.name.unique().is_some_and(|u| row.unique != Some(u)));
            doubtful.extend(moves.map(|row| row.id));
        }
        let joined = self.joined_and_unwanted(round, wishes);
        doubtful.extend(joined.iter().copied());
        let doubtful: Vec<CsId> = doubtful.into_iter().collect();
        for chunk in doubtful.chunks(self.cx.batch.get()) {
            for (cs, state) in self.reader.targets(chunk).await.map_err(SyncError::Store)? {
                if state
                    .memory
                    .iter()
                    .any(|m| m.effect.verb == syncline_model::plan::Verb::Delete)
                {
                    targets.deleted.insert(cs);
                }
                if let Some(row) = self.links.row(cs) {
                    let naming = provision::naming(&self.cx, row, &state);
                    targets.naming.insert(cs, naming);
                }
                if !state.escrow.is_empty() {
                    targets.in_doubt.insert(cs);
                }
                if let Some(intent) = state.intent.filter(|_| joined.contains(&cs)) {
                    targets.managed.insert(cs, intent.part);
                }
            }
        }
        Ok(())
    }

    /// Finds out who holds the names that are wanted, and answers who does.
    pub(super) async fn look_up_names(
        &mut self,
        wishes: &[Wish],
        targets: &mut Targets,
    ) -> Result<BTreeSet<CsId>, SyncError<R::Error>> {
        let mut holders = BTreeSet::new();
        for (directory, names) in Targets::wanted_names(&self.cx, wishes) {
            for chunk in names.chunks(self.cx.batch.get()) {
                let rows = self
                    .reader
                    .by_unique(directory, chunk)
                    .await
                    .map_err(SyncError::Store)?;
                holders.extend(rows.iter().map(|row| row.id));
                for row in &rows {
                    if let Some(unique) = row.unique {
                        targets.by_unique.entry(unique).or_default().insert(row.id);
                    }
                }
                self.links.learn(rows);
            }
        }
        Ok(holders)
    }

    /// Objects that an inbound part joined, in directories where no part wants a target any more.
    fn joined_and_unwanted(&self, round: &[MvId], wishes: &[Wish]) -> BTreeSet<CsId> {
        let directory_of = |wish: &Wish| self.cx.set.outbound[wish.part].directory;
        let wanted: BTreeSet<(MvId, syncline_model::DirectoryId)> = wishes
            .iter()
            .filter(|wish| wish.verdict == observe::Verdict::In)
            .map(|wish| (wish.mv, directory_of(wish)))
            .collect();
        let written: BTreeSet<syncline_model::DirectoryId> =
            self.cx.set.outbound.iter().map(|p| p.directory).collect();
        let unwanted = |row: &&syncline_model::object::CsRow| {
            let Some(link) = row.link else { return false };
            let joined = match link.kind {
                LinkKind::Join => true,
                LinkKind::Provision | LinkKind::Sticky => written.contains(&row.directory),
                LinkKind::Target | LinkKind::Departing => false,
            };
            joined && !wanted.contains(&(link.mv, row.directory))
        };
        let rows = round.iter().flat_map(|mv| self.links.of(*mv));
        rows.filter(unwanted).map(|row| row.id).collect()
    }
}
