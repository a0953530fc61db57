//! The target side of a part: intents and what follows from them.
//!
//! Invariants: a decision counts only while the link it was made for stands; a target without a decision is
//! left as it is.

use syncline_model::object::CsFlags;

use super::*;

/// What each outbound part (by index) says about the metaverse object behind a target object.
type AnswersByPart = BTreeMap<(CsId, usize), RowAnswer>;

impl<R: SyncReader> Run<'_, R> {
    /// Intents and pending operations. Answers the targets that nothing is left to be sent to.
    pub(super) async fn write_targets(
        &mut self,
        members: &BTreeSet<MvId>,
        live: &Living<'_>,
        refs_now: &BTreeMap<MvId, Vec<MvRef>>,
        part: &mut PlanPart,
        mv_errors: &mut BTreeMap<(MvId, PartId), BTreeSet<ErrorEntry>>,
    ) -> Result<BTreeSet<CsId>, SyncError<R::Error>> {
        let decisions: Vec<(MvId, Decision)> = members
            .iter()
            .flat_map(|mv| {
                self.decisions
                    .get(mv)
                    .into_iter()
                    .flatten()
                    .map(|d| (*mv, d.clone()))
            })
            .filter(|(mv, decision)| match self.links.link(decision.cs) {
                Some(link) => link.mv == *mv,
                None => decision.act == Act::Release,
            })
            .collect();
        let targets = self.load_targets(&decisions).await?;
        let answers = self.outbound_answers(&decisions, &targets, live)?;
        let doomed: BTreeSet<CsId> = self
            .decisions
            .values()
            .flatten()
            .filter(|decision| decision.act == Act::Delete)
            .map(|decision| decision.cs)
            .filter(|cs| {
                self.links
                    .link(*cs)
                    .is_some_and(|l| l.kind == LinkKind::Departing)
            })
            .collect();
        let mut drafted = Vec::new();
        let mut at_rest = BTreeSet::new();
        for (mv, decision) in &decisions {
            let Some(target) = targets.get(&decision.cs) else {
                continue;
            };
            let view = TargetView {
                row: &target.object.row,
                body: &target.object.body,
                refs: &target.refs,
                state: &target.state,
            };
            match &decision.act {
                Act::Flow { parts, place } => {
                    let Some(one) = live.get(mv) else { continue };
                    let wants = Wants {
                        cs: decision.cs,
                        owner: decision.owner,
                        answers: parts
                            .iter()
                            .filter_map(|p| Some((*p, answers.get(&(decision.cs, *p))?.clone())))
                            .collect(),
                        values: &one.valued.values,
                        attrs: &one.attrs,
                        old: target.state.intent.as_ref(),
                        may_place: *place,
                        exists: view.row.is_present() || view.row.flags.has(CsFlags::ACKNOWLEDGED),
                        refs: refs_now.get(mv).map_or(&[][..], Vec::as_slice),
                    };
                    self.waiting_events(*mv, &wants, part);
                    let names = &self.names;
                    let (intent, errors) =
                        flow::intent(&self.cx, &wants, |d, dn| names.container(d, dn));
                    for (id, entry) in errors {
                        mv_errors.entry((*mv, id)).or_default().insert(entry);
                    }
                    let refs = refs_now.get(mv).map_or(&[][..], Vec::as_slice);
                    let directory = target.object.row.directory;
                    let (wanted, absent) = flow::wanted_refs(&self.links, directory, &intent, refs);
                    self.reference_events(*mv, decision.owner, &wanted, &absent, part);
                    let drafts = derive::derive(&self.cx, &view, &intent, &wanted, &doomed);
                    if target.state.intent.as_ref() != Some(&intent) {
                        part.intents.push(intent);
                    }
                    let (cs, owner) = (decision.cs, decision.owner);
                    drafted.push(Drafted {
                        mv: *mv,
                        cs,
                        owner,
                        drafts,
                    });
                }
                Act::Delete => {
                    if target.state.intent.is_some() {
                        part.intents_removed.push(decision.cs);
                    }
                    let drafts = derive::delete(&view).into_iter().collect();
                    let (cs, owner) = (decision.cs, decision.owner);
                    drafted.push(Drafted {
                        mv: *mv,
                        cs,
                        owner,
                        drafts,
                    });
                }
                Act::Rest | Act::Release => {
                    at_rest.insert(decision.cs);
                    if target.state.intent.is_some() {
                        part.intents_removed.push(decision.cs);
                    }
                    if !target.state.pending.is_empty() {
                        part.pending.push(PendingSet {
                            cs: decision.cs,
                            ops: Vec::new(),
                        });
                    }
                }
            }
        }
        for (_, decision) in &decisions {
            let links = &self.links;
            let written = links
                .provisioned
                .get(&decision.cs)
                .or(links.renamed.get(&decision.cs));
            part.provisioned.extend(written.map(|p| Provisioned {
                row: links.row(decision.cs).copied().unwrap_or(p.row),
                body: p.body.clone(),
            }));
        }
        self.seal(drafted, &targets, part, &mut at_rest).await?;
        Ok(at_rest)
    }

    fn waiting_events(&self, mv: MvId, wants: &Wants<'_>, part: &mut PlanPart) {
        for (index, _) in &wants.answers {
            let outbound = &self.cx.set.outbound[*index];
            if (0..outbound.flows.len()).any(|flow| wants.is_unknown(outbound, flow)) {
                part.events.push(Event {
                    kind: EventKind::WaitingForAttribute,
                    subject: Subject::Mv(mv),
                    part: Some(outbound.id),
                    others: Vec::new(),
                });
            }
        }
    }

    pub(super) fn reference_events(
        &self,
        mv: MvId,
        owner: PartId,
        wanted: &[derive::Wanted],
        absent: &BTreeSet<MvId>,
        part: &mut PlanPart,
    ) {
        let waiting: Vec<Subject> = wanted
            .iter()
            .filter(|w| !w.addressable)
            .map(|w| Subject::Cs(w.to))
            .collect();
        let absent: Vec<Subject> = absent.iter().map(|mv| Subject::Mv(*mv)).collect();
        for (kind, others) in [
            (EventKind::AwaitingExport, waiting),
            (EventKind::NotInTarget, absent),
        ] {
            if !others.is_empty() {
                let subject = Subject::Mv(mv);
                part.events.push(Event {
                    kind,
                    subject,
                    part: Some(owner),
                    others,
                });
            }
        }
    }

    pub(super) async fn load_targets(
        &mut self,
        decisions: &[(MvId, Decision)],
    ) -> Result<BTreeMap<CsId, Target>, SyncError<R::Error>> {
        let ids: Vec<CsId> = decisions.iter().map(|(_, decision)| decision.cs).collect();
        let mut targets = BTreeMap::new();
        for object in self.reader.objects(&ids).await.map_err(SyncError::Store)? {
            // The row as the run sees it; the body as it was read.
            let row = self.links.row(object.row.id).copied().unwrap_or(object.row);
            let target = Target {
                object: CsObject {
                    row,
                    body: object.body,
                },
                refs: Vec::new(),
                state: TargetState::default(),
            };
            targets.insert(object.row.id, target);
        }
        for id in &ids {
            if let Some(provisioned) = self.links.provisioned.get(id) {
                let row = self.links.row(*id).copied().unwrap_or(provisioned.row);
                targets.insert(
                    *id,
                    Target {
                        object: CsObject {
                            row,
                            body: provisioned.body.clone(),
                        },
                        refs: Vec::new(),
                        state: TargetState::default(),
                    },
                );
            }
        }
        for reference in self
            .reader
            .refs_from(&ids)
            .await
            .map_err(SyncError::Store)?
        {
            if let Some(target) = targets.get_mut(&reference.from) {
                target.refs.push(reference);
            }
        }
        for (cs, state) in self.reader.targets(&ids).await.map_err(SyncError::Store)? {
            if let Some(target) = targets.get_mut(&cs) {
                target.state = state;
            }
        }
        targets.values_mut().for_each(|target| {
            target.refs.sort_unstable();
            target.state.memory.sort_by_key(|entry| entry.export_seq);
            target.state.pending.sort_by_key(PlannedOp::pass);
        });
        Ok(targets)
    }

    pub(super) fn outbound_answers(
        &self,
        decisions: &[(MvId, Decision)],
        targets: &BTreeMap<CsId, Target>,
        live: &Living<'_>,
    ) -> Result<AnswersByPart, SyncError<R::Error>> {
        let mut by_part: BTreeMap<usize, Vec<(CsId, RuleRow<'_>)>> = BTreeMap::new();
        for (mv, decision) in decisions {
            let (Act::Flow { parts, .. }, Some(one), Some(target)) =
                (&decision.act, live.get(mv), targets.get(&decision.cs))
            else {
                continue;
            };
            let image = target
                .object
                .row
                .is_present()
                .then_some(&target.object.body.attrs);
            for part in parts {
                let row = RuleRow {
                    target: image,
                    ..RuleRow::of(Subject::Mv(*mv), &one.attrs)
                };
                by_part.entry(*part).or_default().push((decision.cs, row));
            }
        }
        let mut answers = BTreeMap::new();
        for (part, rows) in by_part {
            let (ids, rows): (Vec<CsId>, Vec<RuleRow<'_>>) = rows.into_iter().unzip();
            let said = self
                .cx
                .rules
                .evaluate(self.cx.set.outbound[part].id, &rows)?;
            answers.extend(ids.into_iter().map(|cs| (cs, part)).zip(said));
        }
        Ok(answers)
    }
}
