//! Pending exports: the difference between what is wanted of a target object and what we believe of it (D-04, D-49, D-51).
//!
//! Invariants: nothing that is there already is written, and of several values only those that come and go (P-24); one
//! operation an object and pass; who cannot be referred to yet is in the second pass; what is staged and still means the
//! same stays as it was approved.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::Stage;
use syncline_model::object::LinkKind;
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::plan::Verb;
use syncline_model::profile::FlowMode;
use syncline_model::schema::{change_fold, confirms};
use syncline_model::{AttrName, Values};

use crate::config::{Attrs, Config, Set};
use crate::confirm;
use crate::export::in_order;
use crate::names::believed_place;
use crate::state::{
    Claim, Cs, Delta, Effect, Fate, Intended, Memory, Mv, Object, Place, Staged, State, Who,
};

/// What we believe a target object holds: its image, overlaid by what was acknowledged (D-04, D-56).
#[derive(Debug, Clone, Default)]
pub struct Believed {
    /// It is there.
    pub exists: bool,
    /// Its attributes.
    pub attrs: Attrs,
    /// Its references.
    pub refs: BTreeSet<(AttrName, Cs)>,
}

impl Believed {
    /// Of an object.
    pub fn of(object: &Object) -> Self {
        let image = object.imported.as_ref();
        let refs = image.into_iter().flat_map(|image| &image.refs);
        let mut believed = Self {
            exists: object.is_present() || (object.acknowledged && !object.gone),
            attrs: image.map(|image| image.attrs.clone()).unwrap_or_default(),
            refs: refs
                .flat_map(|(attr, to)| to.iter().map(|to| (attr.clone(), *to)))
                .collect(),
        };
        for Memory { effect, .. } in &object.memory {
            believed.overlay(effect);
        }
        believed
    }

    fn overlay(&mut self, effect: &Effect) {
        if effect.verb == Verb::Delete {
            *self = Self::default();
            return;
        }
        self.exists = true;
        for (attr, delta) in &effect.attrs {
            let mut values = self.attrs.remove(attr).unwrap_or_default();
            match delta {
                Delta::Set(set) => values = set.clone(),
                Delta::Clear => values.clear(),
                Delta::Values { add, remove } => {
                    values.retain(|value| !remove.contains(value));
                    values.extend(add.iter().cloned());
                }
            }
            if !values.is_empty() {
                self.attrs.insert(attr.clone(), values);
            }
        }
        self.refs.extend(effect.refs_added.iter().cloned());
        self.refs.retain(|r| !effect.refs_removed.contains(r));
    }
}

/// Two operations at most: what goes now, and what refers to who is made in the first pass.
struct Draft {
    pass: u8,
    effect: Effect,
    place_before: Option<Place>,
    handed: BTreeMap<AttrName, (Option<Set>, Option<Set>)>,
}

/// Derives all that is pending.
pub fn derive(state: &mut State, config: &Config) {
    let before = std::mem::take(&mut state.staged);
    let all: Vec<Cs> = state.objects.keys().copied().collect();
    let mut staged = Vec::new();
    for cs in all {
        let was: Vec<&Staged> = before.iter().filter(|staged| staged.cs == cs).collect();
        let drafts = match state.objects[&cs].fate.clone() {
            None => Vec::new(),
            Some(Fate::Deleted) => delete(state, cs),
            Some(Fate::Flows(intended)) => {
                stand(state, config, cs, &intended);
                let drafts = update(state, config, cs, &intended, &was);
                note_found(state, cs);
                drafts
            }
        };
        let ops = seal(state, config, cs, &was, drafts);
        if ops.is_empty() {
            // Its error goes with its last operation.
            state
                .problems
                .retain(|p| p.who != Who::Cs(cs) || p.stage != Stage::Export);
        }
        staged.extend(ops);
    }
    in_order(&mut staged, state);
    state.staged = staged;
}

fn delete(state: &State, cs: Cs) -> Vec<Draft> {
    let object = &state.objects[&cs];
    match Believed::of(object).exists {
        false => Vec::new(),
        true => vec![Draft {
            pass: 1,
            effect: Effect::new(Verb::Delete),
            place_before: believed_place(state, cs),
            handed: BTreeMap::new(),
        }],
    }
}

/// Contests that are not about what is wanted any more end (D-48).
fn stand(state: &mut State, config: &Config, cs: Cs, intended: &Intended) {
    let wanted = wanted(state, cs, intended);
    let object = state.objects[&cs].clone();
    let object_type = object.object_type.clone().unwrap_or_default();
    let mut contests = object.contests.clone();
    contests.retain(|claim, contest| match claim {
        Claim::Attr(attr) => intended.attrs.get(attr).is_some_and(|managed| {
            config.is_multi(object.directory, &object_type, attr)
                || contest.exported == managed.values
        }),
        Claim::Ref(attr, to, added) => {
            let is_wanted = wanted.contains_key(&(attr.clone(), *to));
            intended.refs.contains_key(attr) && is_wanted == *added
        }
        Claim::Place(place) => intended.place.as_ref().is_none_or(|now| now == place),
    });
    if contests != object.contests {
        state.object(cs).contests = contests;
        confirm::tell(state, config, cs);
    }
}

/// The references that are wanted, and whether each can be named now (D-51).
fn wanted(state: &State, cs: Cs, intended: &Intended) -> BTreeMap<(AttrName, Cs), bool> {
    let object = &state.objects[&cs];
    let person = object.link.and_then(|link| state.people.get(&link.mv));
    let mut wanted = BTreeMap::new();
    for (attr, from) in &intended.refs {
        let to: Vec<Mv> = person
            .and_then(|person| person.refs.get(from))
            .into_iter()
            .flatten()
            .copied()
            .collect();
        for mv in to {
            // Who has no target object is `not-in-target`: neither an error nor a reason to wait.
            if let Some(other) = state.slot(mv, object.directory) {
                let target = &state.objects[&other];
                let addressable = target.is_present() || target.acknowledged;
                wanted.insert((attr.clone(), other), addressable);
            }
        }
    }
    wanted
}

fn update(
    state: &State,
    config: &Config,
    cs: Cs,
    intended: &Intended,
    was: &[&Staged],
) -> Vec<Draft> {
    let object = &state.objects[&cs];
    let believed = Believed::of(object);
    let object_type = object.object_type.clone().unwrap_or_default();
    let limit = config
        .directory(object.directory)
        .map_or(u8::MAX, |directory| directory.contest_limit);
    let given_up = |claim: &Claim| {
        let contest = object.contests.get(claim);
        believed.exists && contest.is_some_and(|contest| contest.count >= limit)
    };
    let lies = believed_place(state, cs);
    let verb = match believed.exists {
        true => Verb::Update,
        false => Verb::Add,
    };
    let draft = |pass, verb| Draft {
        pass,
        effect: Effect::new(verb),
        place_before: lies.clone().filter(|_| believed.exists),
        handed: BTreeMap::new(),
    };
    let (mut first, mut second) = (draft(1, verb), draft(2, Verb::Update));

    let wanted_place = match believed.exists {
        true => intended.place.clone(),
        false => intended.place.clone().or_else(|| lies.clone()),
    };
    if let Some(place) = wanted_place {
        let same =
            lies.as_ref() == Some(&place) || is_settled_place(object, intended, lies.as_ref(), was);
        if !believed.exists || !(same || given_up(&Claim::Place(place.clone()))) {
            first.effect.place = Some(place);
        }
    }
    for (attr, managed) in &intended.attrs {
        let before = believed.attrs.get(attr);
        let rests = match managed.mode {
            FlowMode::Enforce => false,
            FlowMode::Initial => true,
            FlowMode::OnChange => managed.sent,
            FlowMode::IfEmpty => before.is_some() || managed.values.is_none(),
        };
        if believed.exists && (rests || given_up(&Claim::Attr(attr.clone()))) {
            continue;
        }
        let after = managed.values.as_ref();
        if same(before, after) || is_settled(config, object, attr, after, before, was) {
            continue;
        }
        let multi = config.is_multi(object.directory, &object_type, attr);
        let delta = match (before, after) {
            (_, None) => Delta::Clear,
            (Some(before), Some(after)) if multi => {
                let had: BTreeSet<_> = before.iter().map(change_fold).collect();
                let has: BTreeSet<_> = after.iter().map(change_fold).collect();
                let come = after.iter().filter(|v| !had.contains(&change_fold(v)));
                let go = before.iter().filter(|v| !has.contains(&change_fold(v)));
                Delta::Values {
                    add: come.cloned().collect(),
                    remove: go.cloned().collect(),
                }
            }
            (_, Some(after)) => Delta::Set(after.clone()),
        };
        first.effect.attrs.insert(attr.clone(), delta);
        let hands = (before.cloned(), after.cloned());
        first.handed.insert(attr.clone(), hands);
    }
    references(
        state,
        config,
        cs,
        intended,
        &believed,
        &given_up,
        (&mut first, &mut second),
    );
    if intended.aside && believed.exists && first.effect.place.is_some() {
        second.effect.place = first.effect.place.replace(aside(state, cs));
        second.place_before = first.effect.place.clone();
    }
    let mut drafts = Vec::new();
    if !first.effect.is_nothing() {
        drafts.push(first);
    }
    if !second.effect.is_nothing() {
        drafts.push(second);
    }
    drafts
}

/// A name that nobody else has, for the moment between giving up one and taking another.
fn aside(state: &State, cs: Cs) -> Place {
    let place = believed_place(state, cs).expect("who exchanges a name has one");
    let attr = place.rdn.split_once('=').map_or("CN", |(attr, _)| attr);
    let rdn = format!("{attr}=aside-{:016x}", cs.0);
    Place {
        parent: place.parent,
        rdn,
    }
}

fn references(
    state: &State,
    config: &Config,
    cs: Cs,
    intended: &Intended,
    believed: &Believed,
    given_up: &impl Fn(&Claim) -> bool,
    (first, second): (&mut Draft, &mut Draft),
) {
    let object = &state.objects[&cs];
    let object_type = object.object_type.clone().unwrap_or_default();
    let wanted = wanted(state, cs, intended);
    for attr in intended.refs.keys() {
        let multi = config.is_multi(object.directory, &object_type, attr);
        let claim = |to: &Cs, added| Claim::Ref(attr.clone(), *to, added);
        let has = |to: &Cs| believed.refs.contains(&(attr.clone(), *to));
        let comes: Vec<(Cs, bool)> = wanted
            .iter()
            .filter(|((a, to), _)| a == attr && !has(to) && !given_up(&claim(to, true)))
            .map(|((_, to), now)| (*to, *now))
            .collect();
        let stale: Vec<Cs> = believed
            .refs
            .iter()
            .filter(|(a, to)| a == attr && !wanted.contains_key(&(attr.clone(), *to)))
            .map(|(_, to)| *to)
            .collect();
        let goes: Vec<Cs> = stale
            .iter()
            .filter(|to| !given_up(&claim(to, false)))
            .copied()
            .collect();
        let later = comes.iter().any(|(_, now)| !now);
        for (to, now) in &comes {
            let draft = match now {
                true => &mut *first,
                false => &mut *second,
            };
            draft.effect.refs_added.insert((attr.clone(), *to));
        }
        // Of one value the new one replaces the old one: taking that away first would be a write more.
        let (draft, goes) = match !multi && later {
            true => (&mut *second, stale),
            false => (&mut *first, goes),
        };
        let goes = goes.into_iter().map(|to| (attr.clone(), to));
        draft.effect.refs_removed.extend(goes);
    }
}

fn same(a: Option<&Set>, b: Option<&Set>) -> bool {
    let folded =
        |set: Option<&Set>| -> Option<Set> { Some(set?.iter().map(change_fold).collect()) };
    folded(a) == folded(b)
}

/// Whether a difference is one that the directory makes on its own (D-60): the same was wanted before, nothing of it is
/// staged, and what the directory holds confirms it.
fn is_settled(
    config: &Config,
    object: &Object,
    attr: &AttrName,
    wanted: Option<&Set>,
    held: Option<&Set>,
    was: &[&Staged],
) -> bool {
    let object_type = object.object_type.as_deref().unwrap_or_default();
    let def = config.attr(object.directory, object_type, attr);
    let comparison = def.map(|def| def.confirmation).unwrap_or_default();
    let values = |set: Option<&Set>| set.and_then(|set| Values::new(set.iter().cloned()));
    let before = object
        .wanted_before
        .as_ref()
        .and_then(|i| i.attrs.get(attr));
    before.is_some_and(|before| before.values.as_ref() == wanted)
        && !was.iter().any(|op| op.effect.attrs.contains_key(attr))
        && confirms(comparison, values(wanted).as_ref(), values(held).as_ref())
}

fn is_settled_place(
    object: &Object,
    intended: &Intended,
    lies: Option<&Place>,
    was: &[&Staged],
) -> bool {
    let parsed = |place: &Place| place.rdn.parse::<syncline_model::Rdn>();
    let shows = |a: &Place, b: &Place| a.parent == b.parent && parsed(a) == parsed(b);
    let before = object.wanted_before.as_ref();
    before.is_some_and(|before| before.place == intended.place)
        && !was.iter().any(|op| op.effect.place.is_some())
        && lies
            .zip(intended.place.as_ref())
            .is_some_and(|(a, b)| shows(a, b))
}

/// Notes what is sent on change and is there already: drift from now on is nobody's business (D-43).
fn note_found(state: &mut State, cs: Cs) {
    let object = state.object(cs);
    let believed = Believed::of(object);
    if let Some(Fate::Flows(intended)) = &mut object.fate {
        for (attr, managed) in &mut intended.attrs {
            let holds = same(believed.attrs.get(attr), managed.values.as_ref());
            managed.sent |= managed.mode == FlowMode::OnChange && believed.exists && holds;
        }
        object.wanted_before = Some(intended.clone());
    }
}

/// Operations out of drafts; those that are staged and mean the same stay as they are.
fn seal(
    state: &State,
    config: &Config,
    cs: Cs,
    was: &[&Staged],
    drafts: Vec<Draft>,
) -> Vec<Staged> {
    let object = &state.objects[&cs];
    let blocked = object.escrow.is_some() || object.transient;
    let net = |effects: &[&Effect]| {
        let mut net = Effect::new(effects.first().map_or(Verb::Update, |e| e.verb));
        let places: Vec<Option<Place>> = effects.iter().map(|e| e.place.clone()).collect();
        for effect in effects {
            net.attrs.extend(effect.attrs.clone());
            net.refs_added.extend(effect.refs_added.iter().cloned());
            net.refs_removed.extend(effect.refs_removed.iter().cloned());
        }
        let places: Vec<Place> = places.into_iter().flatten().collect();
        (net, places)
    };
    let staged: Vec<&Effect> = was.iter().map(|staged| &staged.effect).collect();
    let drafted: Vec<&Effect> = drafts.iter().map(|draft| &draft.effect).collect();
    if !was.is_empty() && net(&staged) == net(&drafted) {
        let stays = was.iter().map(|staged| Staged {
            blocked,
            ..(*staged).clone()
        });
        return stays.collect();
    }
    let mv = object.link.map(|link| link.mv);
    drafts
        .into_iter()
        .filter_map(|draft| {
            Some(Staged {
                operation: operation(state, config, cs, &draft)?,
                cs,
                mv,
                effect: draft.effect,
                place_before: draft.place_before,
                handed: draft.handed,
                blocked,
            })
        })
        .collect()
}

/// How operations name an object (D-49): by its anchor, or by the source that it is made for.
pub fn key(state: &State, cs: Cs) -> Option<ObjectKey> {
    let object = state.objects.get(&cs)?;
    if let Some(anchor) = &object.anchor {
        return Some(ObjectKey::Anchor(anchor.clone()));
    }
    let link = object
        .link
        .filter(|link| matches!(link.kind, LinkKind::Target | LinkKind::Departing))?;
    let (source, anchor) = state.people.get(&link.mv)?.origin.clone();
    Some(ObjectKey::New {
        part: link.part,
        source,
        anchor,
    })
}

fn operation(state: &State, config: &Config, cs: Cs, draft: &Draft) -> Option<Operation> {
    let object = &state.objects[&cs];
    let object_type = object.object_type.clone()?;
    let effect = &draft.effect;
    let place = match &effect.place {
        Some(place) => Some(Placement {
            parent: key(state, place.parent?)?,
            rdn: place.rdn.clone(),
        }),
        None => None,
    };
    let plain = |set: &Set| set.iter().cloned().map(OpValue::Value).collect::<Vec<_>>();
    let mut deltas: BTreeMap<AttrName, Change> = BTreeMap::new();
    for (attr, delta) in &effect.attrs {
        let change = match delta {
            Delta::Set(set) => Change::Set(plain(set)),
            Delta::Clear => Change::Clear,
            Delta::Values { add, remove } => Change::Values {
                add: plain(add),
                remove: plain(remove),
            },
        };
        deltas.insert(attr.clone(), change);
    }
    let changed: BTreeSet<&AttrName> = effect
        .refs_added
        .iter()
        .chain(&effect.refs_removed)
        .map(|(attr, _)| attr)
        .collect();
    for attr in changed {
        let named = |refs: &BTreeSet<(AttrName, Cs)>| {
            let of = refs.iter().filter(|(a, _)| a == attr);
            let mut keys: Vec<OpValue> = of
                .filter_map(|(_, to)| key(state, *to).map(OpValue::Ref))
                .collect();
            keys.sort();
            keys
        };
        let (add, remove) = (named(&effect.refs_added), named(&effect.refs_removed));
        let multi = config.is_multi(object.directory, &object_type, attr);
        let change = match (multi && effect.verb != Verb::Add, add.is_empty()) {
            (true, _) => Change::Values { add, remove },
            (false, false) => Change::Set(add),
            (false, true) => Change::Clear,
        };
        deltas.insert(attr.clone(), change);
    }
    Some(Operation {
        directory: object.directory,
        pass: draft.pass,
        object: key(state, cs)?,
        kind: match effect.verb {
            Verb::Add => OpKind::Add {
                object_type,
                place,
                password: None,
            },
            Verb::Update => OpKind::Update { object_type, place },
            Verb::Delete => OpKind::Delete { object_type },
        },
        deltas: deltas.into_iter().collect(),
    })
}
