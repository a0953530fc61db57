//! Whom a change of the configuration concerns: one digest for each kind of object, over every rule that an evaluation of
//! such an object can read (D-38).
//!
//! Invariants: what is not told apart counts as changed; equal digests promise that no rule of the kind changed, and that
//! no rule changed whose result reaches the kind by other ways than work that is asked for (D-37).

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use syncline_model::attrs::AttrId;
use syncline_model::object::{KeyId, TypeId};
use syncline_model::{DirectoryId, PartId};

use super::{Inbound, MvType, Outbound, RuleSet};
use crate::config::{Meanings, SEMANTICS_VERSION};

/// What the rules of a kind of objects mean.
pub type Meaning = [u8; 32];

/// What every kind of object was evaluated under. `None`: under more than one configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluated {
    /// Connector-space objects, by directory and type.
    pub cs: BTreeMap<(DirectoryId, TypeId), Option<Meaning>>,
    /// Metaverse objects, by type.
    pub mv: BTreeMap<TypeId, Option<Meaning>>,
}

/// Whom a profile looks at when it is asked to look at everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Affected {
    /// Everybody.
    All,
    /// Objects of these kinds: the others were evaluated under rules that mean the same.
    Kinds {
        /// Directories and types of connector-space objects.
        cs: BTreeSet<(DirectoryId, TypeId)>,
        /// Types of metaverse objects.
        mv: BTreeSet<TypeId>,
    },
}

impl Evaluated {
    /// What an evaluation under this configuration is under. `meanings` are those of the parts' programs.
    pub fn under(set: &RuleSet, meanings: &BTreeMap<PartId, Meanings>) -> Self {
        let kinds = Kinds { set, meanings };
        let mv: BTreeMap<TypeId, Meaning> = (set.mv.iter())
            .map(|(mv_type, rules)| (*mv_type, kinds.of_mv(*mv_type, rules)))
            .collect();
        let inbound = set.inbound.iter().map(|p| (p.directory, p.object_type));
        let outbound = set.outbound.iter().map(|p| (p.directory, p.object_type));
        let cs = inbound.chain(outbound);
        let cs: BTreeMap<_, _> = cs
            .map(|(directory, object_type)| {
                let meaning = kinds.of_cs(directory, object_type, &mv);
                ((directory, object_type), Some(meaning))
            })
            .collect();
        let mv = mv.into_iter().map(|(mv_type, m)| (mv_type, Some(m)));
        Self {
            cs,
            mv: mv.collect(),
        }
    }

    /// Whom everything is that is to be looked at under `now`, after evaluations under this.
    pub fn affected(&self, now: &Self) -> Affected {
        Affected::Kinds {
            cs: differing(&self.cs, &now.cs),
            mv: differing(&self.mv, &now.mv),
        }
    }

    /// The same, once an evaluation under `now` has begun: what differs was evaluated under both.
    pub fn mixed_with(&self, now: &Self) -> Self {
        Self {
            cs: mixed(&self.cs, &now.cs),
            mv: mixed(&self.mv, &now.mv),
        }
    }
}

fn differs<K: Ord>(
    kind: &K,
    one: &BTreeMap<K, Option<Meaning>>,
    other: &BTreeMap<K, Option<Meaning>>,
) -> bool {
    match (one.get(kind), other.get(kind)) {
        (Some(Some(one)), Some(Some(other))) => one != other,
        _ => true,
    }
}

fn differing<K: Ord + Copy>(
    before: &BTreeMap<K, Option<Meaning>>,
    now: &BTreeMap<K, Option<Meaning>>,
) -> BTreeSet<K> {
    let kinds = before.keys().chain(now.keys());
    kinds
        .filter(|kind| differs(*kind, before, now))
        .copied()
        .collect()
}

fn mixed<K: Ord + Copy>(
    before: &BTreeMap<K, Option<Meaning>>,
    now: &BTreeMap<K, Option<Meaning>>,
) -> BTreeMap<K, Option<Meaning>> {
    let mut mixed = before.clone();
    for kind in differing(before, now) {
        mixed.insert(kind, None);
    }
    mixed
}

struct Kinds<'a> {
    set: &'a RuleSet,
    meanings: &'a BTreeMap<PartId, Meanings>,
}

impl Kinds<'_> {
    /// Of a metaverse type: whatever flows into it or out of it, in whosever profile.
    fn of_mv(&self, mv_type: TypeId, rules: &MvType) -> Meaning {
        let mut form = self.form("metaverse");
        mv_type.hash(&mut form);
        self.hash_type(rules, &mut form);
        let inbound = self.set.inbound.iter().filter(|p| p.mv_type == mv_type);
        let outbound = self.set.outbound.iter().filter(|p| p.mv_type == mv_type);
        self.hash_parts(inbound, outbound, &mut form);
        form.done()
    }

    /// Of a directory's type: its parts, and everything of the metaverse types that it is linked to.
    fn of_cs(
        &self,
        directory: DirectoryId,
        object_type: TypeId,
        mv: &BTreeMap<TypeId, Meaning>,
    ) -> Meaning {
        let mut form = self.form("connector space");
        (directory, object_type).hash(&mut form);
        let inbound = || self.set.inbound_of(directory, Some(object_type));
        let outbound = || self.set.outbound_of(directory, Some(object_type));
        let (ins, outs) = (inbound().map(|(_, p)| p), outbound().map(|(_, p)| p));
        self.hash_parts(ins, outs, &mut form);
        let types = inbound().map(|(_, p)| p.mv_type);
        let types: BTreeSet<TypeId> = types.chain(outbound().map(|(_, p)| p.mv_type)).collect();
        for mv_type in types {
            (mv_type, mv.get(&mv_type)).hash(&mut form);
        }
        form.done()
    }

    /// What every evaluation depends on: the engine, and the order of the directories (D-23).
    fn form(&self, kind: &str) -> Form {
        let mut form = Form(Sha256::new_with_prefix(b"syncline evaluated 1"));
        (SEMANTICS_VERSION, env!("CARGO_PKG_VERSION"), kind).hash(&mut form);
        for (id, directory) in &self.set.directories {
            (id, directory.precedence).hash(&mut form);
        }
        form
    }

    /// Flows are told by their part, not by its place among all parts.
    fn hash_type(&self, rules: &MvType, form: &mut Form) {
        let MvType {
            flows,
            merged,
            single,
            keys,
            deletion,
        } = rules;
        let part = |index: usize| self.set.inbound[index].id;
        let flows: Vec<(AttrId, Vec<(PartId, usize)>)> = flows
            .iter()
            .map(|(attr, flows)| {
                (
                    *attr,
                    flows.iter().map(|f| (part(f.part), f.flow)).collect(),
                )
            })
            .collect();
        let keys: Vec<(KeyId, PartId, usize)> = keys
            .iter()
            .map(|key| (key.key, part(key.part), key.group))
            .collect();
        (flows, merged, single, keys, deletion).hash(form);
    }

    /// Parts in the order of their precedence, with their programs and their directories.
    fn hash_parts<'p>(
        &self,
        inbound: impl Iterator<Item = &'p Inbound>,
        outbound: impl Iterator<Item = &'p Outbound>,
        form: &mut Form,
    ) {
        for part in inbound {
            (1_u8, part, self.programs(part.id)).hash(form);
            self.hash_directory(part.directory, form);
        }
        for part in outbound {
            (2_u8, part, self.programs(part.id)).hash(form);
            self.hash_directory(part.directory, form);
        }
    }

    fn programs(&self, part: PartId) -> Option<(&str, &str, &str)> {
        let Meanings {
            own,
            other_keys,
            disable,
        } = self.meanings.get(&part)?;
        Some((own, other_keys, disable))
    }

    fn hash_directory(&self, id: DirectoryId, form: &mut Form) {
        // What an inbound part joined is let go differently where somebody writes (D-46).
        let is_written = self.set.outbound.iter().any(|part| part.directory == id);
        (is_written, self.set.directories.get(&id)).hash(form);
    }
}

/// Hashes whatever can be hashed, every field of it.
///
/// How Rust hashes is no format: another compiler gives other digests. Then everything counts as changed, once.
struct Form(Sha256);

impl Form {
    fn done(self) -> Meaning {
        self.0.finalize().into()
    }
}

impl Hasher for Form {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
    }
}
