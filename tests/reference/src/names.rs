//! Names: who holds which, and which change hands within a plan (D-41, D-50, D-62, ADR 21).
//!
//! Invariants: names are compared as the directory keeps them unique; a name is free once its holder is deleted or renamed by
//! an operation that goes before; of several who want one, the first in the order of D-23 gets it.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::{DirectoryId, Dn, Rdn};

use crate::config::{Attrs, Config, Failed, Rule};
use crate::state::{Cs, Place, State};

/// A name as a directory keeps it unique.
pub type Unique = (DirectoryId, Option<Cs>, String);

/// The name that a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The directory has no names.
    None,
    /// The rule failed.
    Failed,
    /// The rule gave none, or nothing that is one.
    Bad,
    /// Its container is not known.
    NoParent,
    /// This one.
    At(Place),
}

impl Name {
    /// What a rule says for a metaverse object.
    pub fn of(
        state: &State,
        directory: DirectoryId,
        rule: Option<&Rule<Option<String>>>,
        attrs: &Attrs,
    ) -> Self {
        let Some(rule) = rule else {
            return Self::None;
        };
        let text = match rule.on(attrs) {
            Err(Failed) => return Self::Failed,
            Ok(None) => return Self::Bad,
            Ok(Some(text)) => text,
        };
        let Ok(dn) = text.parse::<Dn>() else {
            return Self::Bad;
        };
        let (Some(rdn), Some(above)) = (dn.rdn(), dn.parent().filter(|dn| dn.rdn().is_some()))
        else {
            return Self::Bad;
        };
        let parent = state.by_dn(directory, &above);
        match parent.filter(|parent| state.objects[parent].object_type.is_some()) {
            Some(parent) => Self::At(Place {
                parent: Some(parent),
                rdn: rdn.to_string(),
            }),
            None => Self::NoParent,
        }
    }
}

/// A place as its directory keeps it unique.
pub fn unique(directory: DirectoryId, place: &Place) -> Unique {
    let rdn = place.rdn.parse::<Rdn>();
    let folded = rdn.map_or_else(|_| place.rdn.clone(), |rdn| rdn.uniqueness_key());
    (directory, place.parent, folded)
}

/// Where an object lies as far as we know: what was acknowledged counts (D-56).
pub fn believed_place(state: &State, cs: Cs) -> Option<Place> {
    let object = &state.objects[&cs];
    let mut renamed = object.memory.iter().rev();
    let renamed = renamed.find_map(|memory| memory.effect.place.clone());
    renamed.or_else(|| object.place.clone())
}

/// Somebody who is there and is to have another name.
struct Mover {
    cs: Cs,
    to: Unique,
}

/// What is known of names while targets are linked.
#[derive(Debug, Default)]
pub struct Names {
    /// Who holds which name as this synchronisation began to link.
    holders: BTreeMap<Unique, BTreeSet<Cs>>,
    /// Objects that give up the name they hold.
    yields: BTreeSet<Cs>,
    /// Those of them that go aside before they take theirs, because names are exchanged.
    pub aside: BTreeSet<Cs>,
    /// Names that this synchronisation gives out.
    given: BTreeMap<Unique, Cs>,
}

impl Names {
    /// Who gives up a name. `wanted` are the names that are wanted, in the order of D-23, with who is there to move to it.
    pub fn hand_over(
        state: &State,
        leaving: &BTreeSet<Cs>,
        wanted: &[(Option<Cs>, Unique)],
    ) -> Self {
        let mut first: BTreeMap<&Unique, Option<Cs>> = BTreeMap::new();
        let mut movers: Vec<Mover> = Vec::new();
        for (who, to) in wanted {
            if who.is_some_and(|cs| held(state, cs).as_ref() == Some(to)) {
                continue;
            }
            first.entry(to).or_insert(*who);
            movers.extend(who.map(|cs| Mover { cs, to: to.clone() }));
        }
        // Whoever cannot move keeps his name, and whoever wanted that one cannot move either.
        let mut goes: BTreeMap<Cs, &Mover> = BTreeMap::new();
        for mover in &movers {
            if first[&mover.to] == Some(mover.cs) {
                goes.insert(mover.cs, mover);
            }
        }
        let mut holders: BTreeMap<Unique, BTreeSet<Cs>> = BTreeMap::new();
        for cs in state.objects.keys() {
            if let Some(name) = held(state, *cs) {
                holders.entry(name).or_default().insert(*cs);
            }
        }
        let holder = |unique: &Unique, but: Cs| {
            let mut holders = holders.get(unique).into_iter().flatten().copied();
            holders.find(|cs| *cs != but && !leaving.contains(cs))
        };
        loop {
            let stays: Vec<Cs> = goes
                .values()
                .filter(|mover| {
                    let other = holder(&mover.to, mover.cs);
                    other.is_some_and(|other| !goes.contains_key(&other))
                })
                .map(|mover| mover.cs)
                .collect();
            if stays.is_empty() {
                break;
            }
            goes.retain(|cs, _| !stays.contains(cs));
        }
        // Of each circle the last one in order goes aside.
        let mut aside = BTreeSet::new();
        for mover in movers.iter().filter(|mover| goes.contains_key(&mover.cs)) {
            let mut circle = vec![mover.cs];
            let mut next = holder(&mover.to, mover.cs);
            while let Some(cs) = next.filter(|cs| !circle.contains(cs)) {
                circle.push(cs);
                next = goes.get(&cs).and_then(|m| holder(&m.to, m.cs));
            }
            if next == Some(mover.cs) {
                let last = movers.iter().rev().find(|m| circle.contains(&m.cs));
                aside.extend(last.map(|m| m.cs));
            }
        }
        let mut yields = leaving.clone();
        yields.extend(goes.keys());
        Self {
            holders,
            yields,
            aside,
            given: BTreeMap::new(),
        }
    }

    /// Who is in the way of a name.
    pub fn in_the_way(&self, state: &State, wanted: &Unique, own: Option<Cs>) -> Option<Cs> {
        if let Some(cs) = self.given.get(wanted).filter(|cs| Some(**cs) != own) {
            return Some(*cs);
        }
        let mut holders = self.holders.get(wanted).into_iter().flatten().copied();
        holders.find(|cs| {
            let stays = !self.yields.contains(cs);
            Some(*cs) != own && stays && held(state, *cs).as_ref() == Some(wanted)
        })
    }

    /// Gives a name to an object.
    pub fn give(&mut self, unique: Unique, cs: Cs) {
        self.given.insert(unique, cs);
    }
}

/// The name that an object holds.
pub fn held(state: &State, cs: Cs) -> Option<Unique> {
    let object = state.objects.get(&cs)?;
    if !object.occupies() {
        return None;
    }
    let place = believed_place(state, cs)?;
    Some(unique(object.directory, &place))
}

/// Names that parts of a configuration want; only trees have them.
pub fn has_names(config: &Config, directory: DirectoryId) -> bool {
    let known = config.directory(directory);
    known.is_some_and(|directory| !directory.schema.is_flat())
}
