//! The target side of a part: intents and what follows from them.
//!
//! Invariants: a decision counts only while the link it was made for stands; a target without a decision is
//! left as it is.

use super::super::appraise::parse_name;
use syncline_model::contest::Claim;
use syncline_model::object::CsFlags;
use syncline_model::plan::Intent;

use super::*;

/// What each outbound part (by index) says about the metaverse object behind a target object.
type AnswersByPart = BTreeMap<(CsId, usize), RowAnswer>;

/// What parts say about objects that they disable, with the values it is said over.
type Farewells<'v> = BTreeMap<CsId, (&'v Attrs, RowAnswer)>;

impl<R: SyncReader> Run<'_, R> {
    /// Intents and pending operations. Answers the targets that nothing is left to be sent to.
    pub(super) async fn write_targets(
        &mut self,
        members: &BTreeSet<MvId>,
        live: &Living<'_>,
        frozen: &BTreeMap<MvId, Attrs>,
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
        let farewells = self.farewells(&decisions, live, frozen)?;
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
                Act::Flow {
                    parts,
                    place,
                    aside,
                } => {
                    let Some(one) = live.get(mv) else { continue };
                    let wants = Wants {
                        cs: decision.cs,
                        owner: decision.owner,
                        answers: parts
                            .iter()
                            .filter_map(|p| Some((*p, answers.get(&(decision.cs, *p))?.clone())))
                            .collect(),
                        valued: one.valued,
                        attrs: &one.attrs,
                        old: target.state.intent.as_ref(),
                        may_place: *place,
                        exists: view.row.is_present() || view.row.flags.has(CsFlags::ACKNOWLEDGED),
                        refs: refs_now.get(mv).map_or(&[][..], Vec::as_slice),
                    };
                    self.waiting_events(*mv, &wants, part);
                    let names = &self.names;
                    let (mut intent, errors) =
                        flow::intent(&self.cx, &wants, |d, dn| names.container(d, dn));
                    note_held(&self.cx, &view, &mut intent);
                    for (id, entry) in errors {
                        mv_errors.entry((*mv, id)).or_default().insert(entry);
                    }
                    let refs = refs_now.get(mv).map_or(&[][..], Vec::as_slice);
                    let directory = target.object.row.directory;
                    let (wanted, absent) = flow::wanted_refs(&self.links, directory, &intent, refs);
                    self.reference_events(*mv, decision.owner, &wanted, &absent, part);
                    let given_up = self.given_up(target, &intent, &wanted, part);
                    let doomed = &self.doomed;
                    let drafts = derive::derive(
                        &self.cx, &view, &intent, &wanted, doomed, &given_up, *aside,
                    );
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
                Act::Retire { place } => {
                    let (cs, owner) = (decision.cs, decision.owner);
                    let Some((attrs, answer)) = farewells.get(&cs) else {
                        continue;
                    };
                    let Some((_, rule)) = self.cx.set.outbound_part(owner) else {
                        continue;
                    };
                    let name = answer.dn.is_some().then(|| parse_name(answer));
                    let dn = name.and_then(Result::ok).filter(|_| *place);
                    let place = dn.and_then(|dn| {
                        let container = |d, dn: &_| self.names.container(d, dn);
                        flow::named(rule.directory, &dn, &container)
                    });
                    let said = (*attrs, answer);
                    let old = target.state.intent.as_ref();
                    let (intent, errors) = flow::retired(&self.cx, cs, rule, said, place, old);
                    for (id, entry) in errors {
                        mv_errors.entry((*mv, id)).or_default().insert(entry);
                    }
                    let given_up = self.given_up(target, &intent, &[], part);
                    let drafts = derive::retire(&self.cx, &view, &intent, &given_up);
                    if old != Some(&intent) {
                        part.intents.push(intent);
                    }
                    drafted.push(Drafted {
                        mv: *mv,
                        cs,
                        owner,
                        drafts,
                    });
                }
                Act::Rest | Act::Release | Act::Freeze => {
                    at_rest.insert(decision.cs);
                    if target.state.intent.is_some() && decision.act != Act::Freeze {
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
        let ended = |decision: &&Decision| !matches!(decision.act, Act::Flow { .. } | Act::Freeze);
        for decision in decisions.iter().map(|(_, d)| d).filter(ended) {
            // What nothing is wanted of any more contests nothing.
            if let Some(target) = targets.get(&decision.cs)
                && !target.state.contests.is_empty()
            {
                let row = &target.object.row;
                part.errors.push(contest::errors(self.cx.set, row, &[]));
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

    /// What of an intent is not sent any more, because its directory changes it back; keeps what is known of that.
    fn given_up(
        &self,
        target: &Target,
        intent: &Intent,
        wanted: &[derive::Wanted],
        part: &mut PlanPart,
    ) -> BTreeSet<Claim> {
        let (set, row) = (self.cx.set, &target.object.row);
        let had = &target.state.contests;
        let intents = (target.state.intent.as_ref(), intent);
        let contests = contest::standing(set, row, had, intents, wanted);
        let given_up = contest::given_up(set, row, &contests);
        if contests != *had {
            part.errors.push(contest::errors(set, row, &contests));
            let cs = row.id;
            part.contests.push(ContestSet { cs, contests });
        }
        given_up
    }

    /// What parts say about the objects that they disable, over values that are or were.
    fn farewells<'v>(
        &self,
        decisions: &[(MvId, Decision)],
        live: &'v Living<'_>,
        frozen: &'v BTreeMap<MvId, Attrs>,
    ) -> Result<Farewells<'v>, SyncError<R::Error>> {
        let mut by_part: BTreeMap<PartId, Vec<(CsId, MvId, &Attrs)>> = BTreeMap::new();
        for (mv, decision) in decisions {
            let attrs = live.get(mv).map(|one| &one.attrs).or(frozen.get(mv));
            if let (Act::Retire { .. }, Some(attrs)) = (&decision.act, attrs) {
                let of_part = by_part.entry(decision.owner).or_default();
                of_part.push((decision.cs, *mv, attrs));
            }
        }
        let mut said = BTreeMap::new();
        for (part, objects) in by_part {
            let rows = objects.iter();
            let rows = rows.map(|(_, mv, attrs)| RuleRow::of(Subject::Mv(*mv), attrs));
            let rows: Vec<RuleRow<'_>> = rows.collect();
            let answers = self.cx.rules.disable(part, &rows)?;
            let told = objects.into_iter().zip(answers);
            said.extend(told.map(|((cs, _, attrs), answer)| (cs, (attrs, answer))));
        }
        Ok(said)
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
