//! Contributions: what the values of a metaverse object are, as a function of its linked sources (D-30, D-31).
//!
//! Invariants: no memory of the past but the named exceptions (failing rules hold their last contribution,
//! D-39; a profile that does not run keeps what it contributed, D-37; a flow may retain what it gave, D-32); the
//! strongest flow that has an opinion wins; scope errors hold, they never recall (D-25).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::object::{
    CsRef, CsRow, Held, Lineage, MvObject, MvRef, MvValue, Subject, TypeId,
};
use syncline_model::profile::{OnError, Pick};
use syncline_model::schema::match_value;
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, MvId, PartId, Values};

use super::Context;
use super::cardinality::{fit, multi_to_single};
use super::observe::rule_error;
use super::retain::retain;
use crate::rules::{Answer, RowAnswer, RuleRow, RulesFailure, Scope};
use crate::ruleset::{FlowRef, FlowSource, Inbound};

/// A linked object as it contributes.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its row.
    pub row: &'a CsRow,
    /// Its imported attributes.
    pub attrs: &'a Attrs,
    /// Its references, sorted.
    pub refs: &'a [CsRef],
}

/// A metaverse object and its sources.
#[derive(Debug)]
pub struct MvInput<'a> {
    /// Its id.
    pub id: MvId,
    /// Its type.
    pub mv_type: TypeId,
    /// What it was.
    pub old: Option<&'a MvObject>,
    /// The references it had.
    pub old_refs: &'a [MvRef],
    /// Its linked sources, by id.
    pub sources: Vec<Source<'a>>,
}

/// References that won an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefWinner {
    /// The metaverse attribute.
    pub attr: AttrId,
    /// Whose contribution.
    pub lineage: Lineage,
    /// What it refers to.
    pub to: RefTargets,
}

/// Where winning references point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefTargets {
    /// Objects of the source's directory, to be resolved through their links.
    Objects(Vec<CsId>),
    /// What the reference was, because the part's scope failed or the flow retains it.
    Held(Vec<MvId>),
}

/// An error of a contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowError {
    /// The source object.
    pub cs: CsId,
    /// The part.
    pub part: PartId,
    /// What is wrong.
    pub entry: ErrorEntry,
}

/// The values of a metaverse object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Valued {
    /// Values by attribute.
    pub values: Vec<MvValue>,
    /// What each of several contributors gives to a merged attribute.
    pub merged: Vec<MvValue>,
    /// Contributions held at their last value.
    pub held: Vec<Held>,
    /// Winning references.
    pub refs: Vec<RefWinner>,
    /// Errors of the running profile's flows.
    pub errors: Vec<FlowError>,
}

impl Valued {
    /// The values as rules read them.
    pub fn attrs(&self) -> Attrs {
        Attrs::from_pairs(self.values.iter().map(|v| (v.attr, v.values.clone())))
    }

    /// Makes one value of the contributions to an attribute, which come last: their union, each in the spelling of its
    /// strongest contributor (D-33).
    fn unite(&mut self, from: usize) {
        let given = self.values.split_off(from);
        let Some(strongest) = given.first() else {
            return;
        };
        let mut seen = BTreeSet::new();
        let all = given.iter().flat_map(|one| &one.values);
        let union = Values::new(all.filter(|v| seen.insert(match_value(v))).cloned());
        self.values.extend(union.map(|values| MvValue {
            values,
            ..strongest.clone()
        }));
        if given.len() > 1 {
            self.merged.extend(given);
        }
    }
}

/// Computes the values of a batch.
pub fn contribute(cx: &Context<'_>, inputs: &[MvInput<'_>]) -> Result<Vec<Valued>, RulesFailure> {
    let answers = evaluate(cx, inputs)?;
    Ok(inputs
        .iter()
        .zip(&answers)
        .map(|(input, answers)| values_of(cx, input, answers))
        .collect())
}

/// The answers of one metaverse object's parts: by part, the position of the source and what was said.
type Answers = BTreeMap<usize, (usize, RowAnswer)>;

fn evaluate(cx: &Context<'_>, inputs: &[MvInput<'_>]) -> Result<Vec<Answers>, RulesFailure> {
    let mut answers: Vec<Answers> = vec![BTreeMap::new(); inputs.len()];
    for (index, part) in cx.set.inbound.iter().enumerate() {
        let mut concerned = Vec::new();
        let mut rows = Vec::new();
        for (n, input) in inputs
            .iter()
            .enumerate()
            .filter(|(_, i)| i.mv_type == part.mv_type)
        {
            let source = input.sources.iter().position(|source| {
                source.row.directory == part.directory
                    && source.row.object_type == Some(part.object_type)
            });
            if let Some(at) = source {
                concerned.push((n, at));
                let source = &input.sources[at];
                rows.push(RuleRow::of(Subject::Cs(source.row.id), source.attrs));
            }
        }
        if rows.is_empty() {
            continue;
        }
        for ((n, at), answer) in concerned
            .into_iter()
            .zip(cx.rules.evaluate(part.id, &rows)?)
        {
            answers[n].insert(index, (at, answer));
        }
    }
    Ok(answers)
}

fn values_of(cx: &Context<'_>, input: &MvInput<'_>, answers: &Answers) -> Valued {
    let mut valued = Valued::default();
    let Some(mv) = cx.set.mv.get(&input.mv_type) else {
        return valued;
    };
    for (index, (at, answer)) in answers {
        let part = &cx.set.inbound[*index];
        let runs = part.profile == cx.profile && !part.unread.scope;
        if let (Scope::Failed(error), true) = (&answer.scope, runs) {
            let entry = rule_error("the scope rule", None, error);
            let cs = input.sources[*at].row.id;
            valued.errors.push(FlowError {
                cs,
                part: part.id,
                entry,
            });
        }
    }
    for (attr, flows) in &mv.flows {
        let merges = mv.merged.contains(attr);
        let before = valued.values.len();
        for flow in flows {
            let part = &cx.set.inbound[flow.part];
            let speaks = answers.get(&flow.part);
            let contributes = match speaks
                .filter(|(_, answer)| part.unread.scope || answer.scope != Scope::Out)
            {
                Some((at, answer)) => {
                    let one = One {
                        cx,
                        input,
                        part,
                        flow: *flow,
                        attr: *attr,
                        single: mv.single.contains(attr),
                        merges,
                        source: &input.sources[*at],
                    };
                    one.settle(answer, &mut valued)
                }
                None => retain(input, part, *flow, *attr, &mut valued),
            };
            if contributes && !merges {
                break;
            }
        }
        if merges {
            valued.unite(before);
        }
    }
    valued
}

/// One contribution.
struct One<'a> {
    cx: &'a Context<'a>,
    input: &'a MvInput<'a>,
    part: &'a Inbound,
    flow: FlowRef,
    attr: AttrId,
    /// The attribute takes one value.
    single: bool,
    /// Its contributions are united.
    merges: bool,
    source: &'a Source<'a>,
}

impl One<'_> {
    fn lineage(&self) -> Lineage {
        let flow = u16::try_from(self.flow.flow).unwrap_or(u16::MAX);
        Lineage {
            part: self.part.id,
            flow,
            cs: self.source.row.id,
        }
    }

    /// Whether there is a contribution: without a merge, it decides the attribute.
    fn settle(&self, answer: &RowAnswer, valued: &mut Valued) -> bool {
        if self.part.unread.scope {
            return self.hold(valued);
        }
        match &answer.scope {
            Scope::In => {}
            Scope::Out => return false, // never asked: what the flow retains speaks for it
            Scope::Failed(_) => return self.hold(valued),
        }
        if self.part.unread.flows.contains(&self.flow.flow) {
            return self.hold(valued);
        }
        let flow = &self.part.flows[self.flow.flow];
        match flow.source {
            FlowSource::Reference(from) => {
                let first = self.source.refs.partition_point(|r| r.attr < from);
                let to: Vec<CsId> = self.source.refs[first..]
                    .iter()
                    .take_while(|r| r.attr == from)
                    .map(|r| r.to)
                    .collect();
                match flow.pick {
                    _ if to.is_empty() => return false,
                    _ if to.len() == 1 || !self.single => {}
                    Some(Pick::OnlyOne) => return false,
                    Some(Pick::First) | None => return self.too_many(valued, to.len()),
                }
                valued.refs.push(RefWinner {
                    attr: self.attr,
                    lineage: self.lineage(),
                    to: RefTargets::Objects(to),
                });
                true
            }
            FlowSource::Attr(from) => {
                if let Some(kept) = self.keep_stored(valued) {
                    return kept;
                }
                let values = self.source.attrs.get(from).cloned();
                values.is_some_and(|values| self.give(valued, values))
            }
            FlowSource::Computed => {
                if let Some(kept) = self.keep_stored(valued) {
                    return kept;
                }
                match answer.flows.get(self.flow.flow) {
                    Some(Answer::Value(values)) => self.give(valued, values.clone()),
                    Some(Answer::AuthoritativeNull) => true,
                    Some(Answer::Failed(error)) => {
                        if flow.on_error == OnError::FailObject
                            && self.part.profile == self.cx.profile
                        {
                            let what = format!("the flow to {}", self.cx.set.attr_name(self.attr));
                            valued.errors.push(FlowError {
                                cs: self.source.row.id,
                                part: self.part.id,
                                entry: rule_error(&what, Some(self.attr), error),
                            });
                        }
                        flow.on_error != OnError::Null && self.hold(valued)
                    }
                    _ => false,
                }
            }
        }
    }

    /// Contributes what the attribute takes of these values.
    fn give(&self, valued: &mut Valued, values: Values) -> bool {
        let pick = self.part.flows[self.flow.flow].pick;
        match fit(values, self.single, pick) {
            Ok(Some(values)) => self.win(valued, values),
            Ok(None) => false,
            Err(count) => self.too_many(valued, count),
        }
    }

    /// Several values where one is taken: an error of the source, and what it gave before.
    fn too_many(&self, valued: &mut Valued, count: usize) -> bool {
        if self.part.profile == self.cx.profile {
            valued.errors.push(FlowError {
                cs: self.source.row.id,
                part: self.part.id,
                entry: multi_to_single(self.cx, self.attr, count),
            });
        }
        self.hold(valued)
    }

    fn win(&self, valued: &mut Valued, values: Values) -> bool {
        valued.values.push(MvValue {
            attr: self.attr,
            values,
            lineage: self.lineage(),
        });
        true
    }

    /// A profile that does not run keeps what it contributed (D-37): whether that is something. `None` where it runs, or
    /// where nothing is stored because a stronger contribution hid it.
    fn keep_stored(&self, valued: &mut Valued) -> Option<bool> {
        if self.part.profile == self.cx.profile {
            return None;
        }
        match self.stored() {
            Some(values) => Some(self.win(valued, values)),
            // A merge hides nothing.
            None => (self.merges && self.input.old.is_some()).then_some(false),
        }
    }

    /// What this contribution gave when the object was evaluated last.
    fn stored(&self) -> Option<Values> {
        let old = self.input.old?;
        let given = old.body.given(self.attr);
        let mine = given.iter().find(|one| self.gave(&one.lineage));
        mine.map(|one| one.values.clone())
    }

    /// Whether this is the contribution of that lineage: a part has one flow to an attribute, wherever it stands.
    fn gave(&self, lineage: &Lineage) -> bool {
        lineage.part == self.part.id && lineage.cs == self.source.row.id
    }

    /// Keeps the last contribution of a rule that fails (D-39), or that reads what is unknown (D-21).
    fn hold(&self, valued: &mut Valued) -> bool {
        let lineage = self.lineage();
        let before: Vec<MvId> = self
            .input
            .old_refs
            .iter()
            .filter(|r| r.attr == self.attr && self.gave(&r.lineage))
            .map(|r| r.to)
            .collect();
        if !before.is_empty() {
            let to = RefTargets::Held(before);
            valued.refs.push(RefWinner {
                attr: self.attr,
                lineage,
                to,
            });
            return true;
        }
        let Some(old) = self.input.old else {
            return false;
        };
        let held = old
            .body
            .held
            .iter()
            .find(|held| held.attr == self.attr && self.gave(&held.lineage))
            .and_then(|held| held.values.clone());
        let Some(values) = held.or_else(|| self.stored()) else {
            return false;
        };
        valued.held.push(Held {
            attr: self.attr,
            values: Some(values.clone()),
            lineage,
        });
        self.win(valued, values)
    }
}
