//! Observing: what the rules say about source and target objects, kept narrow (scope, keys, errors).
//!
//! Invariants: bodies are looked at in batches and not kept; a failing scope or key is an error of the
//! object, never "out of scope" and never "no match" (D-25, D-26); target objects only give keys.

use syncline_model::attrs::{AttrId, Attrs};
use syncline_model::error::ErrorKind;
use syncline_model::object::{CsObject, KeyHash, KeyId, Subject};
use syncline_model::profile::LinkType;
use syncline_model::stage::ErrorEntry;
use syncline_model::{Anchor, CsId};

use super::Context;
use crate::keys;
use crate::rules::{Answer, RowAnswer, RuleError, RuleRow, RulesFailure, Scope};
use crate::ruleset::{FlowSource, Inbound, OtherKey};

/// Whether a part applies to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It applies.
    In,
    /// It does not.
    Out,
    /// Its rules failed; what was stays.
    Failed,
}

/// What one inbound part says about a source object.
#[derive(Debug, Clone)]
pub struct View {
    /// Index of the part.
    pub part: usize,
    /// Whether it applies.
    pub verdict: Verdict,
    /// One hash per match group; `None` matches nothing.
    pub keys: Vec<Option<KeyHash>>,
    /// The keys that a metaverse object projected from this object alone would have.
    pub would_be: Vec<(KeyId, KeyHash)>,
    /// Errors of scope and keys.
    pub errors: Vec<ErrorEntry>,
    /// Whether something that the part reads of it is unknown.
    pub waiting: bool,
}

/// What the inbound parts say about a source object.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The object.
    pub cs: CsId,
    /// Its anchor: part of the order of D-23, and how it finds back (D-44).
    pub anchor: Option<Anchor>,
    /// One view per part of the running profile, by precedence.
    pub views: Vec<View>,
}

/// An error entry of a failing rule.
pub fn rule_error(what: &str, attr: Option<AttrId>, error: &RuleError) -> ErrorEntry {
    ErrorEntry {
        kind: ErrorKind::Rule,
        attr,
        message: format!("{what} failed ({}): {}", error.kind, error.message),
        others: Vec::new(),
        op: None,
    }
}

/// Observes source objects under the inbound parts of the running profile.
pub fn observe(cx: &Context<'_>, objects: &[CsObject]) -> Result<Vec<Observed>, RulesFailure> {
    let mut observed: Vec<Observed> = objects
        .iter()
        .map(|object| Observed {
            cs: object.row.id,
            anchor: object.body.anchor.clone(),
            views: Vec::new(),
        })
        .collect();
    for (index, part) in cx.set.inbound.iter().enumerate() {
        if part.profile != cx.profile {
            continue;
        }
        let concerned: Vec<usize> = (0..objects.len())
            .filter(|i| {
                let row = &objects[*i].row;
                row.directory == part.directory && row.object_type == Some(part.object_type)
            })
            .collect();
        if concerned.is_empty() {
            continue;
        }
        let rows: Vec<RuleRow<'_>> = concerned
            .iter()
            .map(|i| RuleRow::of(Subject::Cs(objects[*i].row.id), &objects[*i].body.attrs))
            .collect();
        let answers = cx.rules.evaluate(part.id, &rows)?;
        let mut views: Vec<View> = concerned
            .iter()
            .zip(&answers)
            .map(|(i, answer)| view(cx, index, part, &objects[*i], answer))
            .collect();
        would_be_keys(cx, part, objects, &concerned, &answers, &mut views)?;
        for (i, view) in concerned.iter().zip(views) {
            observed[*i].views.push(view);
        }
    }
    Ok(observed)
}

fn view(
    cx: &Context<'_>,
    index: usize,
    part: &Inbound,
    object: &CsObject,
    answer: &RowAnswer,
) -> View {
    let attrs = &object.body.attrs;
    let mut view = View {
        part: index,
        verdict: Verdict::In,
        keys: Vec::new(),
        would_be: Vec::new(),
        errors: Vec::new(),
        waiting: part.unread.scope,
    };
    if part.unread.scope {
        view.verdict = Verdict::Failed;
        return view;
    }
    match &answer.scope {
        Scope::In => {}
        Scope::Out => {
            view.verdict = Verdict::Out;
            return view;
        }
        Scope::Failed(error) => {
            view.verdict = Verdict::Failed;
            view.errors.push(rule_error("the scope rule", None, error));
            return view;
        }
    }
    view.waiting = part.unread.links;
    if part.unread.links && object.row.link.is_none() {
        view.verdict = Verdict::Failed;
        return view;
    }
    for group in &part.groups {
        match keys::group_hash(cx.hashing, &group.own, attrs, &answer.keys) {
            Ok(hash) => view.keys.push(hash),
            Err(error) => {
                view.keys.push(None);
                view.errors
                    .push(rule_error("a match expression", None, &error));
            }
        }
    }
    view
}

/// For objects that may project: the keys of the metaverse object they would become, so that two objects
/// of one run that match each other meet (D-28).
fn would_be_keys(
    cx: &Context<'_>,
    part: &Inbound,
    objects: &[CsObject],
    concerned: &[usize],
    answers: &[RowAnswer],
    views: &mut [View],
) -> Result<(), RulesFailure> {
    let Some(mv) = cx
        .set
        .mv
        .get(&part.mv_type)
        .filter(|mv| !mv.keys.is_empty())
    else {
        return Ok(());
    };
    if part.link != LinkType::Provision {
        return Ok(());
    }
    let candidates: Vec<usize> = (0..concerned.len())
        .filter(|n| views[*n].verdict == Verdict::In && objects[concerned[*n]].row.link.is_none())
        .collect();
    let projected: Vec<Attrs> = candidates
        .iter()
        .map(|n| alone(part, &objects[concerned[*n]].body.attrs, &answers[*n]))
        .collect();
    let rows: Vec<&Attrs> = projected.iter().collect();
    let found = other_side_keys(cx, Side::Metaverse(&mv.keys), &rows)?;
    for (n, (hashes, errors)) in candidates.into_iter().zip(found) {
        views[n].would_be = hashes;
        views[n].errors.extend(errors);
    }
    Ok(())
}

/// The metaverse values that one object would contribute on its own.
fn alone(part: &Inbound, attrs: &Attrs, answer: &RowAnswer) -> Attrs {
    let mut values = Attrs::new();
    for (n, flow) in part.flows.iter().enumerate() {
        let value = match flow.source {
            FlowSource::Attr(from) => attrs.get(from).cloned(),
            FlowSource::Reference(_) => None,
            FlowSource::Computed => match answer.flows.get(n) {
                Some(Answer::Value(values)) => Some(values.clone()),
                _ => None,
            },
        };
        if value.is_some() && values.get(flow.to).is_none() {
            values.set(flow.to, value);
        }
    }
    values
}

/// Which keys over the other side are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Side<'a> {
    /// Keys over metaverse objects, of inbound parts.
    Metaverse(&'a [OtherKey]),
    /// Keys over target objects, of outbound parts.
    Target(&'a [OtherKey]),
}

/// The keys found on one object and the errors of failing key expressions.
pub type FoundKeys = (Vec<(KeyId, KeyHash)>, Vec<ErrorEntry>);

/// Evaluates keys over the other side of parts: one list per row.
pub fn other_side_keys(
    cx: &Context<'_>,
    side: Side<'_>,
    rows: &[&Attrs],
) -> Result<Vec<FoundKeys>, RulesFailure> {
    let mut found: Vec<FoundKeys> = vec![(Vec::new(), Vec::new()); rows.len()];
    if rows.is_empty() {
        return Ok(found);
    }
    let (wanted, inbound) = match side {
        Side::Metaverse(keys) => (keys, true),
        Side::Target(keys) => (keys, false),
    };
    let inputs: Vec<RuleRow<'_>> = rows.iter().copied().map(RuleRow::asked).collect();
    let mut computed: std::collections::BTreeMap<usize, Vec<Vec<crate::rules::KeyAnswer>>> =
        std::collections::BTreeMap::new();
    for wanted in wanted {
        let (id, groups) = if inbound {
            (
                cx.set.inbound[wanted.part].id,
                &cx.set.inbound[wanted.part].groups,
            )
        } else {
            (
                cx.set.outbound[wanted.part].id,
                &cx.set.outbound[wanted.part].groups,
            )
        };
        let group = &groups[wanted.group];
        let needs_program = group
            .other
            .iter()
            .any(|side| matches!(side, crate::ruleset::KeySource::Computed(_)));
        if needs_program && !computed.contains_key(&wanted.part) {
            computed.insert(wanted.part, cx.rules.other_keys(id, &inputs)?);
        }
        let none = Vec::new();
        for (n, attrs) in rows.iter().enumerate() {
            let answers = computed
                .get(&wanted.part)
                .map_or(&none, |answers| &answers[n]);
            match keys::group_hash(cx.hashing, &group.other, attrs, answers) {
                Ok(Some(hash)) => found[n].0.push((wanted.key, hash)),
                Ok(None) => {}
                Err(error) => found[n]
                    .1
                    .push(rule_error("a match expression", None, &error)),
            }
        }
    }
    for (hashes, _) in &mut found {
        hashes.sort_unstable();
        hashes.dedup();
    }
    Ok(found)
}
