//! Imports: what a directory said becomes images (D-11 to D-22).
//!
//! Invariants: an import touches images, names and memory, and nothing else (D-11); the order of its entries decides
//! nothing; what was not read, or not readable, is never a reason to delete (D-16).

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::error::{ErrorKind, Stage};
use syncline_model::import::{ImportChange, ImportEntry, ImportObject, ObjectName};
use syncline_model::run::RunStatus;
use syncline_model::{Anchor, AttrName, DirectoryId, Dn, Values};

use crate::config::{Config, Set};
use crate::confirm::{self, Spoken};
use crate::state::{Cs, Image, Object, Place, Problem, Refs, State, Who};

/// The guard on vanishing source objects (D-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shrink {
    /// Deletes that always go.
    pub count: usize,
    /// Deletes that go as a share of the objects, in percent.
    pub percent: usize,
}

impl Default for Shrink {
    fn default() -> Self {
        Self {
            count: 20,
            percent: 10,
        }
    }
}

/// What a directory said, and how much of it there is.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// The directory.
    pub directory: DirectoryId,
    /// Its entries, in any order.
    pub entries: &'a [ImportEntry],
    /// Everything in scope, or what changed.
    pub full: bool,
    /// Read to the end.
    pub complete: bool,
    /// Attributes that are not asked for.
    pub unread: &'a BTreeSet<AttrName>,
    /// The number of the last export before the read began (D-55).
    pub fence: u64,
    /// The guard, where it is on.
    pub shrink: Option<Shrink>,
}

/// How an import ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its status.
    pub status: RunStatus,
    /// What a held sweep lists (D-17).
    pub held: BTreeSet<Cs>,
}

/// Stages what a directory said.
pub fn import(state: &mut State, config: &Config, read: &Read<'_>) -> Imported {
    let directory = read.directory;
    let before = images(state, directory);
    let sorted = sort(read);

    for anchor in &sorted.deleted {
        if let Some(cs) = state.by_anchor(directory, anchor) {
            vanish(state, cs);
        }
    }
    let mut seen: BTreeMap<Cs, Spoken> = BTreeMap::new();
    let mut whole: Vec<&ImportObject> = sorted.objects.values().copied().collect();
    // Containers first: where an object lies is told by the name that its container has after this import.
    whole.sort_by_key(|object| object.dn.rdns().len());
    let mut staged: Vec<(Cs, &ImportObject)> = Vec::new();
    for object in whole {
        let cs = stage(state, directory, object);
        staged.push((cs, object));
    }
    // References last: who is referred to has its name by now.
    for (cs, object) in staged {
        let refs = references(state, directory, &object.refs);
        if let Some(image) = &mut state.object(cs).imported {
            image.refs = refs;
        }
        seen.insert(cs, Spoken::All);
    }
    for change in &sorted.changes {
        match state.by_anchor(directory, &change.anchor) {
            Some(cs) if state.objects[&cs].is_present() => {
                seen.insert(cs, self::change(state, cs, change));
            }
            // Only a read of the whole object says what it is (D-19).
            _ => {}
        }
    }
    let mut contradicted = false;
    let mut confirmed = false;
    for (cs, spoken) in &seen {
        let heard = confirm::judge(state, config, *cs, spoken, read);
        contradicted |= heard.contradicted;
        confirmed |= heard.confirmed;
    }

    let exempt: BTreeSet<Cs> = sorted
        .unreadable
        .iter()
        .filter_map(|anchor| state.by_anchor(directory, anchor))
        .collect();
    for cs in seen.keys() {
        let of_it =
            |problem: &Problem| problem.who == Who::Cs(*cs) && problem.stage == Stage::Import;
        state.problems.retain(|problem| !of_it(problem));
    }
    for cs in &exempt {
        let anchor = state.objects[cs].anchor.as_ref();
        let kind = match sorted
            .duplicates
            .contains(anchor.expect("it was found by its anchor"))
        {
            true => ErrorKind::DuplicateObject,
            false => ErrorKind::Unreadable,
        };
        let of_it =
            |problem: &Problem| problem.who == Who::Cs(*cs) && problem.stage == Stage::Import;
        state.problems.retain(|problem| !of_it(problem));
        state.fail(Who::Cs(*cs), Stage::Import, kind);
    }
    let mut held = BTreeSet::new();
    if read.full && read.complete && !sorted.unattributable {
        held = sweep(state, read, &seen, &exempt);
    }
    if read.complete {
        drop_unused_placeholders(state, directory);
    }
    let in_error = sorted.unattributable || !sorted.unreadable.is_empty();
    if read.full && read.complete && held.is_empty() && !in_error {
        state.baseline.insert(directory);
    }
    let here = state.objects.values().filter(|o| o.directory == directory);
    let mut here = here.filter(|object| object.object_type.is_some());
    let transient = here.any(|object| object.transient);
    let status = if !read.complete {
        RunStatus::StoppedConnectivity
    } else if !held.is_empty() {
        RunStatus::StoppedObsoletionGuard
    } else if in_error {
        RunStatus::CompletedDiscoveryErrors
    } else if transient {
        RunStatus::CompletedTransientObjects
    } else if contradicted {
        RunStatus::CompletedWarnings
    } else if images(state, directory) == before && !confirmed {
        RunStatus::SuccessNoChanges
    } else {
        RunStatus::Success
    };
    Imported { status, held }
}

/// What imports know of a directory.
fn images(state: &State, directory: DirectoryId) -> BTreeMap<Cs, (Option<Image>, bool)> {
    let here = state.objects.iter();
    let here = here.filter(|(_, o)| o.directory == directory && o.object_type.is_some());
    here.map(|(cs, o)| (*cs, (o.imported.clone(), o.gone)))
        .collect()
}

/// The entries of an import, by what they are.
#[derive(Default)]
struct Sorted<'a> {
    objects: BTreeMap<&'a Anchor, &'a ImportObject>,
    changes: Vec<&'a ImportChange>,
    deleted: BTreeSet<&'a Anchor>,
    /// Objects that were seen and could not be read (D-16), duplicates among them.
    unreadable: BTreeSet<Anchor>,
    /// Anchors that came twice with different content (D-18).
    duplicates: BTreeSet<Anchor>,
    /// An error that names no object (D-16).
    unattributable: bool,
}

fn sort<'a>(read: &Read<'a>) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    for entry in read.entries {
        match entry {
            ImportEntry::Object(object) => {
                let earlier = sorted.objects.insert(&object.anchor, object);
                if read.full && earlier.is_some_and(|earlier| earlier != object) {
                    sorted.duplicates.insert(object.anchor.clone());
                }
                sorted.deleted.remove(&object.anchor);
            }
            ImportEntry::Change(change) => sorted.changes.push(change),
            ImportEntry::Deleted(anchor) => {
                sorted.objects.remove(anchor);
                sorted.deleted.insert(anchor);
            }
            ImportEntry::ReadError(error) => match &error.anchor {
                Some(anchor) => drop(sorted.unreadable.insert(anchor.clone())),
                None => sorted.unattributable = true,
            },
        }
    }
    for anchor in &sorted.duplicates {
        sorted.objects.remove(anchor);
        sorted.unreadable.insert(anchor.clone());
    }
    sorted
}

/// Stages a complete image: by anchor, else by name with the special cases of D-15, else as a new object.
fn stage(state: &mut State, directory: DirectoryId, object: &ImportObject) -> Cs {
    let mut own = state.by_anchor(directory, &object.anchor);
    let place = object.dn.rdn().map(|rdn| Place {
        parent: object
            .dn
            .parent()
            .and_then(|above| container(state, directory, &above)),
        rdn: rdn.to_string(),
    });
    let holder = place.as_ref().and_then(|place| {
        let rdn = object.dn.rdn().expect("a place has a name");
        state.holder(directory, place.parent, rdn)
    });
    if let Some(other) = holder.filter(|other| Some(*other) != own) {
        let holds = &state.objects[&other];
        match (holds.object_type.is_none(), &holds.anchor) {
            // D-15a: a placeholder of that name is this object.
            (true, None) => match own {
                None => own = Some(other),
                Some(own) => unite(state, other, own),
            },
            // D-15c: our Add was acknowledged without an id.
            (false, None) if holds.acknowledged && own.is_none() => own = Some(other),
            // D-15b: our Add was never acknowledged; who it was for is decided anew.
            (false, None) => state.remove(other),
            // D-15d.
            (_, Some(_)) => state.object(other).transient = true,
        }
    }
    let cs = own.unwrap_or_else(|| state.add(Object::placeholder(directory)));
    let mut attrs = BTreeMap::new();
    for (name, values) in &object.attrs {
        attrs.insert(name.clone(), set(values));
    }
    let staged = state.object(cs);
    staged.anchor = Some(object.anchor.clone());
    staged.object_type = Some(object.object_type.clone());
    staged.place = place.clone();
    staged.transient = false;
    staged.gone = false;
    staged.imported = Some(Image {
        object_type: object.object_type.clone(),
        place,
        attrs,
        refs: Refs::new(),
    });
    cs
}

fn set(values: &Values) -> Set {
    values.iter().cloned().collect()
}

/// Stages what changed on an object that is known.
fn change(state: &mut State, cs: Cs, change: &ImportChange) -> Spoken {
    let directory = state.objects[&cs].directory;
    let mut spoken = BTreeSet::new();
    if let Some(dn) = &change.dn {
        let whole = ImportObject {
            anchor: change.anchor.clone(),
            dn: dn.clone(),
            object_type: state.objects[&cs].object_type.clone().unwrap_or_default(),
            attrs: Vec::new(),
            refs: Vec::new(),
        };
        let kept = state.objects[&cs].imported.clone();
        stage(state, directory, &whole);
        let object = state.object(cs);
        let place = object.place.clone();
        object.imported = kept.map(|image| Image { place, ..image });
    }
    let named = |state: &mut State, (attr, to): &(AttrName, ObjectName)| {
        (attr.clone(), known(state, directory, to))
    };
    let added: Vec<_> = change.refs_added.iter().map(|r| named(state, r)).collect();
    let removed: Vec<_> = change
        .refs_removed
        .iter()
        .map(|r| named(state, r))
        .collect();
    let replaced = references(state, directory, &change.refs_set);
    let Some(image) = &mut state.object(cs).imported else {
        return Spoken::Only(spoken);
    };
    for (name, values) in &change.attrs {
        spoken.insert(name.clone());
        match values {
            Some(values) => drop(image.attrs.insert(name.clone(), set(values))),
            None => drop(image.attrs.remove(name)),
        }
    }
    for (name, _) in &change.refs_set {
        spoken.insert(name.clone());
        image.refs.remove(name);
    }
    image.refs.extend(replaced);
    for (name, to) in added {
        image.refs.entry(name).or_default().insert(to);
    }
    for (name, to) in removed {
        image.refs.entry(name).or_default().remove(&to);
    }
    image.refs.retain(|_, to| !to.is_empty());
    Spoken::Only(spoken)
}

/// The container of a name, as a placeholder where it is not known (D-05).
fn container(state: &mut State, directory: DirectoryId, dn: &Dn) -> Option<Cs> {
    let rdn = dn.rdn()?;
    let parent = dn
        .parent()
        .and_then(|above| container(state, directory, &above));
    let known = state.holder(directory, parent, rdn);
    Some(known.unwrap_or_else(|| {
        let place = Some(Place {
            parent,
            rdn: rdn.to_string(),
        });
        state.add(Object {
            place,
            ..Object::placeholder(directory)
        })
    }))
}

/// Who is referred to, as a placeholder where it is not known.
fn known(state: &mut State, directory: DirectoryId, name: &ObjectName) -> Cs {
    match name {
        ObjectName::Dn(dn) => {
            container(state, directory, dn).expect("a reference names an object, not the root")
        }
        ObjectName::Anchor(anchor) => state.by_anchor(directory, anchor).unwrap_or_else(|| {
            let anchor = Some(anchor.clone());
            state.add(Object {
                anchor,
                ..Object::placeholder(directory)
            })
        }),
    }
}

fn references(
    state: &mut State,
    directory: DirectoryId,
    refs: &[(AttrName, Vec<ObjectName>)],
) -> Refs {
    let mut known_refs = Refs::new();
    for (name, to) in refs {
        let to: BTreeSet<Cs> = to
            .iter()
            .map(|name| known(state, directory, name))
            .collect();
        if !to.is_empty() {
            known_refs.insert(name.clone(), to);
        }
    }
    known_refs
}

/// A placeholder of a name proved to be an object that is known by its anchor.
fn unite(state: &mut State, placeholder: Cs, object: Cs) {
    for other in state.objects.values_mut() {
        let images = other.imported.iter_mut().chain(&mut other.synced);
        let mut places: Vec<&mut Place> = Vec::new();
        for image in images {
            for to in image.refs.values_mut() {
                if to.remove(&placeholder) {
                    to.insert(object);
                }
            }
            places.extend(image.place.as_mut());
        }
        places.extend(other.place.as_mut());
        for place in places {
            if place.parent == Some(placeholder) {
                place.parent = Some(object);
            }
        }
    }
    state.objects.remove(&placeholder);
}

/// An object is gone: pending Delete, or without a trace where synchronisation never saw it (D-13).
fn vanish(state: &mut State, cs: Cs) {
    let object = state.object(cs);
    if object.object_type.is_none() {
        return;
    }
    if object.synced.is_none() && object.link.is_none() {
        state.remove(cs);
        return;
    }
    object.imported = None;
    object.gone = true;
    object.transient = false;
    object.memory.clear();
}

/// What a complete full import did not see is gone, unless the guard holds it (D-16, D-17). Answers what it holds.
fn sweep(
    state: &mut State,
    read: &Read<'_>,
    seen: &BTreeMap<Cs, Spoken>,
    exempt: &BTreeSet<Cs>,
) -> BTreeSet<Cs> {
    let is_known = |object: &Object| {
        object.directory == read.directory
            && object.object_type.is_some()
            && (object.imported.is_some() || (object.acknowledged && !object.gone))
            && !object.is_younger(read.fence)
    };
    let known: BTreeSet<Cs> = state
        .objects
        .iter()
        .filter(|(_, object)| is_known(object))
        .map(|(cs, _)| *cs)
        .collect();
    let unseen: BTreeSet<Cs> = known
        .iter()
        .filter(|cs| !seen.contains_key(cs) && !exempt.contains(cs))
        .copied()
        .collect();
    if let Some(shrink) = read.shrink {
        let limit = shrink.count.max(known.len() * shrink.percent / 100);
        let emptied = !known.is_empty() && unseen.len() == known.len();
        if unseen.len() > limit || emptied {
            return unseen;
        }
    }
    for cs in unseen {
        vanish(state, cs);
    }
    BTreeSet::new()
}

/// Applies a sweep that was held and approved: exactly its list (D-17).
pub fn approve_sweep(state: &mut State, held: &BTreeSet<Cs>) {
    for cs in held {
        if state.objects.contains_key(cs) {
            vanish(state, *cs);
        }
    }
}

/// Placeholders that nobody needs any more (D-05).
fn drop_unused_placeholders(state: &mut State, directory: DirectoryId) {
    loop {
        let is_unused = |state: &State, cs: Cs, object: &Object| {
            object.directory == directory && object.object_type.is_none() && !state.is_needed(cs)
        };
        let unused = state
            .objects
            .iter()
            .find(|(cs, object)| is_unused(state, **cs, object))
            .map(|(cs, _)| *cs);
        match unused {
            Some(cs) => drop(state.objects.remove(&cs)),
            None => return,
        }
    }
}
