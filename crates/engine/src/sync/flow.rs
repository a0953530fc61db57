//! Flowing: values, references, intents and pending operations of a batch of metaverse objects.
//!
//! Invariants: links are settled before (D-23); everything one metaverse object's evaluation changes is
//! in one part (D-24); a failing flow keeps what it wanted before (D-39); an attribute without a flow is
//! never touched (P-16).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::contributors::Contributors;
use syncline_model::dn::Dn;
use syncline_model::object::{Lineage, MvBody, MvObject, MvRef, MvState};
use syncline_model::plan::{Intent, Managed, ManagedRef, Mode, Place};
use syncline_model::profile::{FlowMode, OnError};
use syncline_model::schema::same_for_change;
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, DirectoryId, MvId, PartId, Values};

use super::Context;
use super::appraise::parse_name;
use super::cardinality::{fit, multi_to_single};
use super::contribute::{RefTargets, Valued};
use super::derive::Wanted;
use super::links::Links;
use super::observe::rule_error;
use crate::rules::{Answer, RowAnswer};
use crate::ruleset::{FlowSource, OutFlow, Outbound};

/// References of a metaverse object after the flow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Resolved references, sorted.
    pub refs: Vec<MvRef>,
    /// How many references point at objects without a metaverse object (D-35).
    pub unresolved: u64,
}

/// Resolves winning references through the links of the objects referred to (D-35). What several parts give to a merged
/// attribute is there once for each.
pub fn resolve(links: &Links, mv: MvId, valued: &Valued) -> Resolved {
    let mut resolved = Resolved::default();
    let mut seen = BTreeSet::new();
    let mut push = |attr, to: MvId, lineage: Lineage, refs: &mut Vec<MvRef>| {
        if seen.insert((attr, to, lineage.part)) {
            refs.push(MvRef {
                from: mv,
                attr,
                to,
                lineage,
            });
        }
    };
    for winner in &valued.refs {
        match &winner.to {
            RefTargets::Objects(objects) => {
                for cs in objects {
                    match links.resolve(*cs) {
                        Some(to) => push(winner.attr, to, winner.lineage, &mut resolved.refs),
                        None => resolved.unresolved += 1,
                    }
                }
            }
            RefTargets::Held(held) => {
                // Who is kept for his return keeps his place (D-44).
                for to in held.iter().filter(|to| !links.is_gone(**to)) {
                    push(winner.attr, *to, winner.lineage, &mut resolved.refs);
                }
            }
        }
    }
    resolved.refs.sort_unstable();
    resolved
}

/// The metaverse object after the flow.
pub fn object(
    links: &Links,
    mv: MvId,
    old: Option<&MvObject>,
    valued: &Valued,
    forget: impl Fn(&syncline_model::object::SourceKey) -> bool,
    remember: Vec<syncline_model::object::SourceKey>,
) -> Option<MvObject> {
    let (mv_type, origin) = match (old, links.new_mv.get(&mv)) {
        (Some(old), _) => (old.mv_type, old.body.origin.clone()),
        (None, Some(new)) => (new.mv_type, new.origin.clone()),
        (None, None) => return None,
    };
    let mut remembered: BTreeSet<_> = old
        .iter()
        .flat_map(|old| old.body.remembered.iter().cloned())
        .filter(|source| !forget(source))
        .collect();
    remembered.extend(remember);
    let body = MvBody {
        origin,
        values: valued.values.clone(),
        held: valued.held.clone(),
        merged: valued.merged.clone(),
        remembered: remembered.into_iter().collect(),
    };
    Some(MvObject {
        id: mv,
        mv_type,
        state: MvState::Live,
        since: None,
        body,
    })
}

/// What the parts of one target object say.
#[derive(Debug)]
pub struct Wants<'a> {
    /// The target object.
    pub cs: CsId,
    /// The part that owns the link.
    pub owner: PartId,
    /// Indexes of the parts, by precedence, with what each said.
    pub answers: Vec<(usize, RowAnswer)>,
    /// The metaverse values.
    pub valued: &'a Valued,
    /// The same as rules read them.
    pub attrs: &'a Attrs,
    /// What was wanted before.
    pub old: Option<&'a Intent>,
    /// Whether the name may change.
    pub may_place: bool,
    /// Whether the target object exists: what is not known of it counts only then.
    pub exists: bool,
    /// The references of the metaverse object.
    pub refs: &'a [MvRef],
}

impl Wants<'_> {
    /// Whether a flow reads, or is compared with, what no complete import has read yet (D-21).
    pub fn is_unknown(&self, part: &Outbound, flow: usize) -> bool {
        let absent = |attr: &AttrId| {
            self.attrs.get(*attr).is_none() && self.refs.iter().all(|r| r.attr != *attr)
        };
        let mut reads = part.unread.reads.get(&flow).into_iter().flatten();
        self.exists && part.unread.flows.contains(&flow) || reads.any(absent)
    }
}

/// An error of an outbound flow.
pub type IntentError = (PartId, ErrorEntry);

/// What the rules want of a target object, with the errors of failing flows.
pub fn intent(
    cx: &Context<'_>,
    wants: &Wants<'_>,
    container: impl Fn(DirectoryId, &Dn) -> Option<CsId>,
) -> (Intent, Vec<IntentError>) {
    let mut errors = Vec::new();
    let mut attrs: BTreeMap<_, Managed> = BTreeMap::new();
    let mut refs: BTreeMap<_, ManagedRef> = BTreeMap::new();
    let mut place = None;
    for (index, answer) in &wants.answers {
        let part = &cx.set.outbound[*index];
        if part.id == wants.owner && part.named {
            place = match parse_name(answer) {
                Ok(dn) if wants.may_place => named(part.directory, &dn, &container),
                Ok(_) => None,
                Err(entry) => {
                    errors.push((part.id, entry));
                    None
                }
            };
        }
        for (n, flow) in part.flows.iter().enumerate() {
            if attrs.contains_key(&flow.to) || refs.contains_key(&flow.to) {
                continue;
            }
            let number = u16::try_from(n).unwrap_or(u16::MAX);
            let withheld = !wants.may_place && cx.set.unique_attr(part) == Some(flow.to);
            let is_unknown = wants.is_unknown(part, n);
            // Nothing is said of references: those that the target holds stay as they are.
            if is_unknown && matches!(flow.source, FlowSource::Reference(_)) {
                continue;
            }
            if let FlowSource::Reference(from) = flow.source
                && !withheld
            {
                let managed = ManagedRef {
                    attr: flow.to,
                    from,
                    part: part.id,
                    flow: number,
                };
                refs.insert(flow.to, managed);
                continue;
            }
            let said = if withheld || is_unknown {
                Said::Before
            } else {
                let source = |from| {
                    let value = wants.valued.values.iter().find(|v| v.attr == from);
                    let source = value.map(|v| Contributors::of(v, &wants.valued.merged));
                    source.unwrap_or_default()
                };
                said(
                    cx,
                    part,
                    flow,
                    (n, answer),
                    (wants.attrs, &source),
                    &mut errors,
                )
            };
            let managed = settle(cx, part, (number, flow), said, wants.old, &mut errors);
            if let Some(managed) = managed {
                attrs.insert(flow.to, managed);
            }
        }
    }
    let intent = Intent {
        cs: wants.cs,
        part: wants.owner,
        place,
        attrs: attrs.into_values().collect(),
        refs: refs.into_values().collect(),
    };
    (intent, errors)
}

/// When a value is sent, and of one that is sent on change whether it was.
fn mode(flow: &OutFlow, values: Option<&Values>, old: Option<&Intent>) -> Mode {
    let was_sent = || {
        let mut before = old.into_iter().flat_map(|old| &old.attrs);
        before.any(|m| {
            m.attr == flow.to
                && m.mode == (Mode::OnChange { sent: true })
                && same_for_change(m.values.as_ref(), values)
        })
    };
    match flow.mode {
        FlowMode::Enforce => Mode::Enforce,
        FlowMode::Initial => Mode::Initial,
        FlowMode::OnChange => Mode::OnChange { sent: was_sent() },
        FlowMode::IfEmpty => Mode::IfEmpty,
    }
}

enum Said {
    Value(Option<Values>, Contributors),
    Before,
    Nothing,
}

/// What a flow of plain values says, with the number it has in its program.
fn said(
    cx: &Context<'_>,
    part: &Outbound,
    flow: &OutFlow,
    (n, answer): (usize, &RowAnswer),
    (attrs, source): (&Attrs, &dyn Fn(AttrId) -> Contributors),
    errors: &mut Vec<IntentError>,
) -> Said {
    match flow.source {
        FlowSource::Attr(from) | FlowSource::Reference(from) => {
            Said::Value(attrs.get(from).cloned(), source(from))
        }
        FlowSource::Computed => match answer.flows.get(n) {
            Some(Answer::Value(values)) => Said::Value(Some(values.clone()), Contributors::None),
            Some(Answer::Null | Answer::AuthoritativeNull) => Said::Value(None, Contributors::None),
            Some(Answer::Failed(error)) => {
                if flow.on_error == OnError::FailObject {
                    let what = format!("the flow to {}", cx.set.attr_name(flow.to));
                    errors.push((part.id, rule_error(&what, Some(flow.to), error)));
                }
                if flow.on_error == OnError::Null {
                    Said::Value(None, Contributors::None)
                } else {
                    Said::Before
                }
            }
            Some(Answer::Ignore | Answer::Direct) | None => Said::Nothing,
        },
    }
}

/// What is to be written of what a flow said, which has this number among those of its part.
fn settle(
    cx: &Context<'_>,
    part: &Outbound,
    (number, flow): (u16, &OutFlow),
    said: Said,
    old: Option<&Intent>,
    errors: &mut Vec<IntentError>,
) -> Option<Managed> {
    let rules = cx.set.attr_rules(part.directory, part.object_type, flow.to);
    let said = match said {
        Said::Value(Some(values), source) => match fit(values, !rules.multi, flow.pick) {
            Ok(Some(values)) => {
                let source = source.of_these(&values);
                Said::Value(Some(values), source)
            }
            Ok(None) => Said::Value(None, Contributors::None),
            Err(count) => {
                errors.push((part.id, multi_to_single(cx, flow.to, count)));
                Said::Before
            }
        },
        other => other,
    };
    match said {
        Said::Value(values, source) => Some(Managed {
            attr: flow.to,
            mode: mode(flow, values.as_ref(), old),
            values,
            part: part.id,
            flow: number,
            source,
        }),
        Said::Before => old.and_then(|old| old.attrs.iter().find(|m| m.attr == flow.to).cloned()),
        Said::Nothing => None,
    }
}

/// What is wanted of a target object that is retired (D-46): what its part disables with, and nothing else. The numbers of
/// these flows follow those of the part's own.
pub fn retired(
    cx: &Context<'_>,
    cs: CsId,
    part: &Outbound,
    (attrs, answer): (&Attrs, &RowAnswer),
    place: Option<Place>,
    old: Option<&Intent>,
) -> (Intent, Vec<IntentError>) {
    let mut errors = Vec::new();
    let flows = part.disable.as_ref().map_or(&[][..], |d| &d.flows);
    let mut managed: Vec<Managed> = Vec::new();
    for (n, flow) in flows.iter().enumerate() {
        let said = said(
            cx,
            part,
            flow,
            (n, answer),
            (attrs, &|_| Contributors::None),
            &mut errors,
        );
        let number = u16::try_from(part.flows.len() + n).unwrap_or(u16::MAX);
        managed.extend(settle(cx, part, (number, flow), said, old, &mut errors));
    }
    managed.sort_by_key(|m| m.attr);
    managed.dedup_by_key(|m| m.attr);
    let intent = Intent {
        cs,
        part: part.id,
        place,
        attrs: managed,
        refs: Vec::new(),
    };
    (intent, errors)
}

/// Where a name lies, if its container is known.
pub(super) fn named(
    directory: DirectoryId,
    dn: &Dn,
    container: &impl Fn(DirectoryId, &Dn) -> Option<CsId>,
) -> Option<Place> {
    let parent = container(directory, &dn.parent()?)?;
    Some(Place {
        parent,
        rdn: dn.rdn()?.to_string(),
    })
}

/// References that the intent wants, and how many have no counterpart in the target (D-51).
pub fn wanted_refs(
    links: &Links,
    directory: DirectoryId,
    intent: &Intent,
    refs: &[MvRef],
) -> (Vec<Wanted>, BTreeSet<MvId>) {
    let mut wanted = Vec::new();
    let mut absent = BTreeSet::new();
    for managed in &intent.refs {
        for reference in refs.iter().filter(|r| r.attr == managed.from) {
            match links.holder(reference.to, directory) {
                Some(row) => {
                    let addressable = row.is_present()
                        || row.flags.has(syncline_model::object::CsFlags::ACKNOWLEDGED);
                    wanted.push(Wanted {
                        attr: managed.attr,
                        to: row.id,
                        addressable,
                    });
                }
                None => {
                    absent.insert(reference.to);
                }
            }
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    (wanted, absent)
}
