//! Flowing: values, references, intents and pending operations of a batch of metaverse objects.
//!
//! Invariants: links are settled before (D-23); everything one metaverse object's evaluation changes is
//! in one part (D-24); a failing flow keeps what it wanted before (D-39); an attribute without a flow is
//! never touched (P-16).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::object::{Lineage, MvBody, MvObject, MvRef, MvState, MvValue};
use syncline_model::plan::{Intent, Managed, ManagedRef, Mode, Place};
use syncline_model::profile::{FlowMode, OnError};
use syncline_model::stage::ErrorEntry;
use syncline_model::{CsId, DirectoryId, MvId, PartId, Values};

use super::Context;
use super::appraise::parse_name;
use super::contribute::{RefTargets, Valued};
use super::derive::Wanted;
use super::links::Links;
use super::observe::rule_error;
use crate::rules::{Answer, RowAnswer};
use crate::ruleset::{FlowSource, Outbound};

/// References of a metaverse object after the flow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Resolved references, sorted.
    pub refs: Vec<MvRef>,
    /// How many references point at objects without a metaverse object (D-35).
    pub unresolved: u64,
}

/// Resolves winning references through the links of the objects referred to (D-35).
pub fn resolve(links: &Links, mv: MvId, valued: &Valued) -> Resolved {
    let mut resolved = Resolved::default();
    let mut seen = BTreeSet::new();
    let mut push = |attr, to: MvId, lineage: Lineage, refs: &mut Vec<MvRef>| {
        if seen.insert((attr, to)) {
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
                for to in held {
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
        remembered: remembered.into_iter().collect(),
    };
    Some(MvObject {
        id: mv,
        mv_type,
        state: MvState::Live,
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
    /// Metaverse values by attribute.
    pub values: &'a [MvValue],
    /// The metaverse values as rules read them.
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
            let rules = cx.set.attr_rules(part.directory, part.object_type, flow.to);
            let mode = match flow.mode {
                FlowMode::Enforce => Mode::Enforce,
                FlowMode::Initial => Mode::Initial,
            };
            let managed = |values: Option<Values>, source| Managed {
                attr: flow.to,
                values,
                part: part.id,
                flow: number,
                mode,
                source,
            };
            let withheld = !wants.may_place && cx.set.unique_attr(part) == Some(flow.to);
            let is_unknown = wants.is_unknown(part, n);
            let said = match flow.source {
                // Nothing is said of references: those that the target holds stay as they are.
                FlowSource::Reference(_) if is_unknown => continue,
                _ if withheld || is_unknown => Said::Before,
                FlowSource::Reference(from) => {
                    let managed = ManagedRef {
                        attr: flow.to,
                        from,
                        part: part.id,
                        flow: number,
                    };
                    refs.insert(flow.to, managed);
                    continue;
                }
                FlowSource::Attr(from) => {
                    let value = wants.values.iter().find(|value| value.attr == from);
                    Said::Value(
                        wants.attrs.get(from).cloned(),
                        value.map(|value| value.lineage),
                    )
                }
                FlowSource::Computed => match answer.flows.get(n) {
                    Some(Answer::Value(values)) => Said::Value(Some(values.clone()), None),
                    Some(Answer::Null | Answer::AuthoritativeNull) => Said::Value(None, None),
                    Some(Answer::Failed(error)) => {
                        if flow.on_error == OnError::FailObject {
                            let what = format!("the flow to {}", cx.set.attr_name(flow.to));
                            errors.push((part.id, rule_error(&what, Some(flow.to), error)));
                        }
                        if flow.on_error == OnError::Null {
                            Said::Value(None, None)
                        } else {
                            Said::Before
                        }
                    }
                    Some(Answer::Ignore | Answer::Direct) | None => Said::Nothing,
                },
            };
            let before = || {
                wants
                    .old
                    .and_then(|old| old.attrs.iter().find(|m| m.attr == flow.to))
                    .cloned()
            };
            let managed = match said {
                Said::Value(Some(values), _) if values.len() > 1 && !rules.multi => {
                    errors.push((part.id, multi_to_single(cx, flow.to, values.len())));
                    before()
                }
                Said::Value(values, source) => Some(managed(values, source)),
                Said::Before => before(),
                Said::Nothing => None,
            };
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

enum Said {
    Value(Option<Values>, Option<Lineage>),
    Before,
    Nothing,
}

fn named(
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

fn multi_to_single(cx: &Context<'_>, attr: syncline_model::AttrId, count: usize) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::MultiToSingle,
        attr: Some(attr),
        message: format!(
            "{count} values flow to {}, which takes one: choose one in the flow's expression",
            cx.set.attr_name(attr)
        ),
        others: Vec::new(),
        op: None,
    }
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
