//! Deriving the pending export: the difference between what the rules want and what we believe (D-04).
//!
//! Invariants: minimal (no no-op write, value-level changes of multi-valued attributes, one operation per
//! object and pass, P-24); references to objects that do not exist yet go in pass 2 (D-51); a difference
//! that the directory makes on its own, and that counts as confirmed, is not sent again (D-60); what is given up
//! as contested is left as it is (D-48).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::attrs::AttrId;
use syncline_model::contest::Claim;
use syncline_model::contributors::Contributors;
use syncline_model::object::CsFlags;
use syncline_model::plan::{
    AttrChange, AttrEffect, Blocked, Effect, GuardFact, GuardKind, Intent, Managed, ManagedRef,
    Mode, Place, PlannedOp, RefEffect, Verb,
};
use syncline_model::schema::{change_fold, confirms, same_for_change};
use syncline_model::{CsId, PartId, Value, Values};

use super::Context;
use super::believed::{Believed, TargetView, believed};
use crate::import::same_rdn;
use crate::ruleset::AttrRules;

/// A reference that the rules want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The attribute of the target.
    pub attr: AttrId,
    /// The target object referred to.
    pub to: CsId,
    /// Whether that exists in the directory when the plan is made.
    pub addressable: bool,
}

/// An operation before its objects are named.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// 1 or 2.
    pub pass: u8,
    /// What it does.
    pub effect: Effect,
    /// Where the object lies now.
    pub place_before: Option<Place>,
    /// Before, after and reason per attribute.
    pub changes: Vec<AttrChange>,
    /// What guards count.
    pub facts: Vec<GuardFact>,
    /// Why it cannot go now.
    pub blocked: Option<Blocked>,
}

/// The operations that bring a target object to what its intent wants.
pub fn derive(
    cx: &Context<'_>,
    view: &TargetView<'_>,
    intent: &Intent,
    wanted: &[Wanted],
    doomed: &BTreeSet<CsId>,
    given_up: &BTreeSet<Claim>,
    aside: bool,
) -> Vec<Draft> {
    let believed = believed(view);
    let verb = if believed.exists {
        Verb::Update
    } else {
        Verb::Add
    };
    let mut first = Draft {
        pass: 1,
        effect: Effect {
            verb,
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
        },
        place_before: believed.place.clone().filter(|_| believed.exists),
        changes: Vec::new(),
        facts: Vec::new(),
        blocked: blocked(view),
    };
    let mut second = Draft {
        pass: 2,
        effect: Effect {
            verb: Verb::Update,
            ..first.effect.clone()
        },
        ..first.clone()
    };
    // An object that is not there contests nothing.
    let is_given_up = |claim: &Claim| believed.exists && given_up.contains(claim);
    place(view, &believed, intent, &is_given_up, &mut first);
    let attrs = intent.attrs.iter();
    for managed in attrs.filter(|managed| !is_given_up(&Claim::Attr(managed.attr))) {
        attribute(cx, view, &believed, intent, managed, &mut first);
    }
    for managed in &intent.refs {
        references(
            cx,
            view,
            &believed,
            managed,
            wanted,
            doomed,
            &is_given_up,
            &mut first,
            &mut second,
        );
    }
    if aside && believed.exists {
        go_aside(cx, view, &mut first, &mut second);
    }
    for draft in [&mut first, &mut second] {
        draft.effect.attrs.sort_by_key(|(attr, _)| *attr);
        draft.effect.refs.sort_unstable();
        draft.changes.sort_by(|a, b| a.attr.cmp(&b.attr));
        draft.facts.sort_unstable();
        draft.facts.dedup();
    }
    if verb == Verb::Add {
        first.facts = vec![GuardFact {
            kind: GuardKind::Add,
            attr: None,
        }];
        second.facts.clear();
    }
    let mut drafts = Vec::new();
    let something = |draft: &Draft| {
        draft.effect.place.is_some()
            || !draft.effect.attrs.is_empty()
            || !draft.effect.refs.is_empty()
    };
    if verb == Verb::Add || something(&first) {
        drafts.push(first);
    }
    if something(&second) {
        drafts.push(second);
    }
    drafts
}

/// Splits a change of name: first the object gives up the one it has, so that another one can take it, then it takes
/// its own in the second pass.
fn go_aside(cx: &Context<'_>, view: &TargetView<'_>, first: &mut Draft, second: &mut Draft) {
    if let (Some(wanted), Some(before)) = (first.effect.place.take(), &first.place_before) {
        let known = view.body.anchor.as_ref().map(|anchor| anchor.tagged());
        let hash = cx.hashing.key("aside", &known.unwrap_or_default()).0;
        let rdn_attr = before.rdn.split_once('=').map_or("CN", |(attr, _)| attr);
        let between = Place {
            parent: before.parent,
            rdn: format!("{rdn_attr}=aside-{:016x}", hash >> 64),
        };
        first.effect.place = Some(between.clone());
        second.place_before = Some(between);
        second.effect.place = Some(wanted);
        let is_move = |fact: &GuardFact| fact.kind == GuardKind::Move;
        second
            .facts
            .extend(first.facts.iter().filter(|f| is_move(f)));
        first.facts.retain(|fact| !is_move(fact));
    }
    let types = cx
        .set
        .directories
        .get(&view.row.directory)
        .map(|d| &d.types);
    let rules = types
        .zip(view.row.object_type)
        .and_then(|(types, t)| types.get(&t));
    let unique = rules.and_then(|rules| rules.unique.filter(|_| !rules.named));
    let mut attrs = first.effect.attrs.iter_mut();
    if let Some((attr, effect)) = attrs.find(|(attr, _)| Some(*attr) == unique) {
        let wanted = std::mem::replace(effect, AttrEffect::Clear);
        second.effect.attrs.push((*attr, wanted));
        let name = cx.set.attr_name(*attr);
        let mut changes = first.changes.iter_mut();
        if let Some(change) = changes.find(|change| change.attr.as_str() == name) {
            second.changes.push(AttrChange {
                before: None,
                ..change.clone()
            });
            change.after = None;
        }
    }
}

/// The operation that deletes a target object; none if it is believed gone.
pub fn delete(view: &TargetView<'_>) -> Option<Draft> {
    let believed = believed(view);
    believed.exists.then(|| Draft {
        pass: 1,
        effect: Effect {
            verb: Verb::Delete,
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
        },
        place_before: believed.place,
        changes: Vec::new(),
        facts: vec![GuardFact {
            kind: GuardKind::Delete,
            attr: None,
        }],
        blocked: blocked(view),
    })
}

/// The operations that disable a target object, each of which counts as such; none if it is believed gone (D-46, D-52).
pub fn retire(
    cx: &Context<'_>,
    view: &TargetView<'_>,
    intent: &Intent,
    given_up: &BTreeSet<Claim>,
) -> Vec<Draft> {
    if !believed(view).exists {
        return Vec::new();
    }
    let mut drafts = derive(cx, view, intent, &[], &BTreeSet::new(), given_up, false);
    for draft in &mut drafts {
        let disables = GuardFact {
            kind: GuardKind::Disable,
            attr: None,
        };
        draft.facts.push(disables);
        draft.facts.sort_unstable();
        draft.facts.dedup();
    }
    drafts
}

fn blocked(view: &TargetView<'_>) -> Option<Blocked> {
    if !view.state.escrow.is_empty() {
        Some(Blocked::OutcomeUnknown)
    } else if view.row.flags.has(CsFlags::TRANSIENT) {
        Some(Blocked::Transient)
    } else {
        None
    }
}

fn place(
    view: &TargetView<'_>,
    believed: &Believed,
    intent: &Intent,
    is_given_up: &impl Fn(&Claim) -> bool,
    draft: &mut Draft,
) {
    // An object whose wanted name is not free is created under the name it was provisioned with.
    let provisioned = believed.place.as_ref().filter(|_| !believed.exists);
    let Some(wanted) = intent.place.as_ref().or(provisioned) else {
        return;
    };
    if believed.exists
        && (believed.place.as_ref() == Some(wanted)
            || is_given_up(&Claim::Place(wanted.clone()))
            || settled_place(view, believed, intent, wanted))
    {
        return;
    }
    if let Some(before) = believed.place.as_ref().filter(|_| believed.exists)
        && before.parent != wanted.parent
    {
        draft.facts.push(GuardFact {
            kind: GuardKind::Move,
            attr: None,
        });
    }
    draft.effect.place = Some(wanted.clone());
}

/// The same of a name: the directory keeps it in a form of its own, which confirms it.
fn settled_place(
    view: &TargetView<'_>,
    believed: &Believed,
    intent: &Intent,
    wanted: &Place,
) -> bool {
    let old = view.state.intent.as_ref();
    let unchanged = old.is_some_and(|old| old.place == intent.place);
    let staged = view
        .state
        .pending
        .iter()
        .any(|op| op.effect.place.is_some());
    let shows = |place: &Place| place.parent == wanted.parent && same_rdn(&place.rdn, &wanted.rdn);
    unchanged && !staged && believed.place.as_ref().is_some_and(shows)
}

fn attribute(
    cx: &Context<'_>,
    view: &TargetView<'_>,
    believed: &Believed,
    intent: &Intent,
    managed: &Managed,
    draft: &mut Draft,
) {
    let before = believed.attrs.get(managed.attr);
    let wanted = managed.values.as_ref();
    let rests = match managed.mode {
        Mode::Enforce | Mode::OnChange { sent: false } => false,
        Mode::Initial | Mode::OnChange { sent: true } => true,
        Mode::IfEmpty => before.is_some() || wanted.is_none(),
    };
    if rests && believed.exists {
        return;
    }
    let Some(object_type) = view.row.object_type else {
        return;
    };
    let name = cx.set.attr_name(managed.attr).to_ascii_lowercase();
    let disabled = Values::one(Value::Bool(name == "accountdisabled"));
    let wanted = match holds_back(cx, view, believed, intent, &name, wanted) {
        // Only the enabling is kept back: a leaver is disabled all the same.
        true if believed.exists => return,
        true => disabled.as_ref(),
        false => wanted,
    };
    let rules = cx
        .set
        .attr_rules(view.row.directory, object_type, managed.attr);
    if same_for_change(before, wanted) || settled(view, rules, managed, before) {
        return;
    }
    let effect = match (before, wanted) {
        (_, None) => AttrEffect::Clear,
        (Some(before), Some(wanted)) if rules.multi => value_level(before, wanted),
        (_, Some(wanted)) => AttrEffect::Set(wanted.clone()),
    };
    if believed.exists {
        let disables = sets_enabled(&name, wanted) == Some(false);
        let fact = |kind, attr| GuardFact { kind, attr };
        if disables {
            draft.facts.push(fact(GuardKind::Disable, None));
        }
        if wanted.is_none() {
            draft.facts.push(fact(GuardKind::Clear, Some(managed.attr)));
        } else if before.is_some() {
            draft
                .facts
                .push(fact(GuardKind::Change, Some(managed.attr)));
        }
    }
    draft.effect.attrs.push((managed.attr, effect));
    let (before, after) = (before.cloned(), wanted.cloned());
    let source = managed.source.clone();
    let change = change(cx, managed.attr, managed.part, managed.flow, source);
    draft.changes.push(AttrChange {
        before,
        after,
        ..change
    });
}

/// Whether a value of an attribute enables its account (true) or disables it (false); `None` where it does neither.
pub(crate) fn sets_enabled(attr: &str, wanted: Option<&Values>) -> Option<bool> {
    match (attr, wanted.and_then(Values::single)) {
        ("accountdisabled", Some(Value::Bool(disabled))) => Some(!disabled),
        ("accountenabled", Some(Value::Bool(enabled))) => Some(*enabled),
        _ => None,
    }
}

/// Whether enabling an account waits until its initial password was handed over.
fn holds_back(
    cx: &Context<'_>,
    view: &TargetView<'_>,
    believed: &Believed,
    intent: &Intent,
    attr: &str,
    wanted: Option<&Values>,
) -> bool {
    if sets_enabled(attr, wanted) != Some(true) {
        return false;
    }
    if believed.exists {
        return view.state.withheld;
    }
    let part = cx.set.outbound_part(intent.part);
    part.and_then(|(_, part)| part.password.as_ref())
        .is_some_and(|policy| policy.disabled_until_handed_over)
}

/// Whether the difference is one the directory makes on its own: what it holds confirms the wanted value,
/// and that value was sent before (nothing about it is staged, and the intent did not change).
pub(super) fn settled(
    view: &TargetView<'_>,
    rules: AttrRules,
    managed: &Managed,
    before: Option<&Values>,
) -> bool {
    let unchanged = view.state.intent.as_ref().is_some_and(|old| {
        old.attrs
            .iter()
            .any(|m| m.attr == managed.attr && m.values == managed.values)
    });
    let staged = view.state.pending.iter().any(|op| {
        op.effect
            .attrs
            .iter()
            .any(|(attr, _)| *attr == managed.attr)
    });
    unchanged && !staged && confirms(rules.confirmation, managed.values.as_ref(), before)
}

/// Only the values that come and go, compared for change.
fn value_level(before: &Values, wanted: &Values) -> AttrEffect {
    let had: BTreeSet<Value> = before.iter().map(change_fold).collect();
    let wants: BTreeSet<Value> = wanted.iter().map(change_fold).collect();
    let add = wanted
        .iter()
        .filter(|value| !had.contains(&change_fold(value)))
        .cloned();
    let remove = before
        .iter()
        .filter(|value| !wants.contains(&change_fold(value)))
        .cloned();
    AttrEffect::Values {
        add: Values::new(add),
        remove: Values::new(remove),
    }
}

#[allow(clippy::too_many_arguments)]
fn references(
    cx: &Context<'_>,
    view: &TargetView<'_>,
    believed: &Believed,
    managed: &ManagedRef,
    wanted: &[Wanted],
    doomed: &BTreeSet<CsId>,
    is_given_up: &impl Fn(&Claim) -> bool,
    first: &mut Draft,
    second: &mut Draft,
) {
    let attr = managed.attr;
    let before: BTreeSet<CsId> = believed
        .refs
        .range((attr, CsId(i64::MIN))..=(attr, CsId(i64::MAX)))
        .map(|(_, to)| *to)
        .collect();
    let goal: BTreeMap<CsId, bool> = wanted
        .iter()
        .filter(|w| w.attr == attr)
        .map(|w| (w.to, w.addressable))
        .collect();
    let Some(object_type) = view.row.object_type else {
        return;
    };
    let multi = cx
        .set
        .attr_rules(view.row.directory, object_type, attr)
        .multi;
    let contested = |to: &CsId, added| {
        let to = *to;
        is_given_up(&Claim::Ref(RefEffect { attr, to, added }))
    };
    let added: Vec<(CsId, bool)> = goal
        .iter()
        .filter(|(to, _)| !before.contains(to) && !contested(to, true))
        .map(|(to, now)| (*to, *now))
        .collect();
    let mut removed: Vec<CsId> = before
        .iter()
        .filter(|to| !goal.contains_key(to) && !contested(to, false))
        .copied()
        .collect();
    let in_pass_2 = added.iter().any(|(_, now)| !now);
    let is_given_up = goal.keys().any(|to| contested(to, true));
    if !multi && (in_pass_2 || is_given_up) {
        // The new value replaces the old one in pass 2, or is given up with the attribute: taking the old one away first
        // would be a write more, or would clear what somebody else wrote (D-48).
        removed.clear();
    }
    for (draft, now) in [(first, true), (second, false)] {
        let comes: Vec<CsId> = added
            .iter()
            .filter(|(_, addressable)| *addressable == now)
            .map(|(to, _)| *to)
            .collect();
        let mut goes = if now { removed.clone() } else { Vec::new() };
        if !now && !multi && !comes.is_empty() {
            goes = before
                .iter()
                .filter(|to| !goal.contains_key(to))
                .copied()
                .collect();
        }
        if comes.is_empty() && goes.is_empty() {
            continue;
        }
        let effect = |to: &CsId, added| RefEffect {
            attr,
            to: *to,
            added,
        };
        draft
            .effect
            .refs
            .extend(comes.iter().map(|to| effect(to, true)));
        draft
            .effect
            .refs
            .extend(goes.iter().map(|to| effect(to, false)));
        let by_deletion = goes.iter().filter(|to| doomed.contains(to)).count();
        if goes.len() - by_deletion > before.len() / 4 && before.len() > 20 {
            draft.facts.push(GuardFact {
                kind: GuardKind::Membership,
                attr: Some(attr),
            });
        }
        draft.changes.push(AttrChange {
            added: comes,
            removed: goes,
            references_before: u32::try_from(before.len()).unwrap_or(u32::MAX),
            removed_by_deletion: u32::try_from(by_deletion).unwrap_or(u32::MAX),
            ..change(cx, attr, managed.part, managed.flow, Contributors::None)
        });
    }
}

fn change(
    cx: &Context<'_>,
    attr: AttrId,
    part: PartId,
    flow: u16,
    source: Contributors,
) -> AttrChange {
    AttrChange {
        attr: cx.set.attr_name(attr).into(),
        before: None,
        after: None,
        added: Vec::new(),
        removed: Vec::new(),
        references_before: 0,
        removed_by_deletion: 0,
        part,
        flow,
        source,
    }
}

/// What a list of operations does to its object together, whatever the pass.
#[derive(Debug, PartialEq, Eq)]
struct Net<'a> {
    verb: Option<Verb>,
    places: Vec<&'a Place>,
    attrs: BTreeMap<AttrId, Vec<&'a AttrEffect>>,
    refs: BTreeSet<RefEffect>,
}

fn net<'a>(effects: impl Iterator<Item = &'a Effect>) -> Net<'a> {
    let mut net = Net {
        verb: None,
        places: Vec::new(),
        attrs: BTreeMap::new(),
        refs: BTreeSet::new(),
    };
    for effect in effects {
        net.verb = net.verb.or(Some(effect.verb));
        net.places.extend(effect.place.as_ref());
        for (attr, change) in &effect.attrs {
            net.attrs.entry(*attr).or_default().push(change);
        }
        net.refs.extend(effect.refs.iter().copied());
    }
    net
}

/// Whether the staged operations do what the drafts do. Then they stay as they are: an approved operation
/// keeps its hash although an object it refers to has been created meanwhile.
pub fn same_meaning(staged: &[PlannedOp], drafts: &[Draft]) -> bool {
    !staged.is_empty()
        && net(staged.iter().map(|op| &op.effect)) == net(drafts.iter().map(|d| &d.effect))
}
