//! What can be seen of the engine's tables, in the words of [`crate::view`].
//!
//! Invariant: reads, and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::object::{CsFlags, CsKind, CsObject, Subject, TypeId};
use syncline_model::{Anchor, AttrId, CsId, MvId};

use super::Engine;
use crate::house::House;
use crate::view::{About, ObjectView, PersonView, ProblemView, View, unconfirmed};
use crate::world::directory::anchor;

impl Engine {
    pub(super) fn object(&self, object: &CsObject) -> ObjectView {
        let row = object.row;
        let name = |id: TypeId| self.world.types.name(id).map(str::to_owned);
        let linked_as = row.link.and_then(|link| {
            let mut profiles = self.world.profiles.values();
            profiles.find_map(|profile| {
                let inbound = profile.inbound.iter().map(|p| (p.id, &p.object_type));
                let outbound = profile.outbound.iter().map(|p| (p.id, &p.object_type));
                let mut parts = inbound.chain(outbound);
                let part = parts.find(|(id, _)| *id == Some(link.part));
                part.and_then(|(_, name)| self.world.types.id(name))
            })
        });
        let memory = self.world.db.memory.values().filter(|m| m.cs == row.id);
        let mut words = BTreeSet::new();
        for entry in memory {
            let attrs = entry.effect.attrs.iter().map(|(attr, _)| *attr);
            let refs = entry.effect.refs.iter().map(|change| change.attr);
            let names: Vec<String> = attrs.chain(refs).map(|attr| self.attr(attr)).collect();
            let named = entry.effect.place.is_some();
            let names = names.iter().map(String::as_str);
            words.extend(unconfirmed(entry.effect.verb, named, names));
        }
        ObjectView {
            directory: row.directory,
            anchor: object.body.anchor.clone(),
            object_type: row
                .object_type
                .and_then(name)
                .filter(|_| row.kind == CsKind::Staging),
            dn: self.dn(object),
            pending: row.pending_import_as(linked_as),
            link: row.link.and_then(|link| {
                let person = self.world.db.mv.get(&link.mv)?;
                Some((person.body.origin.anchor.clone(), link.kind))
            }),
            disjoin: row.disjoin,
            provenance: row.provenance,
            transient: row.flags.has(CsFlags::TRANSIENT),
            retired: row.retired.is_some(),
            in_doubt: self.world.db.escrow.contains_key(&row.id),
            unconfirmed: words,
        }
    }

    fn dn(&self, object: &CsObject) -> String {
        let mut rdns = Vec::new();
        let mut at = Some(object);
        while let Some(object) = at {
            rdns.extend(object.body.rdn.clone());
            let parent = object.row.parent;
            at = parent.and_then(|parent| self.world.db.cs.get(&parent));
        }
        match object.body.rdn {
            Some(_) => rdns.join(","),
            None => String::new(),
        }
    }

    fn attr(&self, attr: AttrId) -> String {
        let name = self.world.attrs.name(attr);
        name.map_or_else(|| "?".into(), ToString::to_string)
    }

    fn origin(&self, mv: MvId) -> Anchor {
        let person = self.world.db.mv.get(&mv);
        person.map_or_else(|| anchor("(gone)"), |p| p.body.origin.anchor.clone())
    }

    fn about(&self, subject: &Subject, at: &BTreeMap<CsId, usize>) -> Option<About> {
        match subject {
            Subject::Cs(cs) => at.get(cs).copied().map(About::Object),
            Subject::Mv(mv) => Some(About::Person(self.origin(*mv))),
        }
    }

    pub(super) fn view(&self) -> View {
        let db = &self.world.db;
        let at: BTreeMap<CsId, usize> = db.cs.keys().copied().zip(0..).collect();
        let mut problems = Vec::new();
        for ((subject, ..), entries) in &db.errors {
            for entry in entries {
                problems.extend(self.about(subject, &at).map(|about| {
                    ProblemView {
                        about,
                        kind: entry.kind.to_string(),
                        attr: entry.attr.map(|attr| self.attr(attr)),
                        others: entry
                            .others
                            .iter()
                            .filter_map(|other| self.about(other, &at))
                            .collect(),
                    }
                }));
            }
        }
        let people = db.mv.values().map(|person| {
            let values = person.body.values.iter();
            let mut refs: BTreeMap<String, BTreeSet<Anchor>> = BTreeMap::new();
            for reference in db.mv_refs.iter().filter(|r| r.from == person.id) {
                let to = refs.entry(self.attr(reference.attr)).or_default();
                to.insert(self.origin(reference.to));
            }
            let mv_type = self.world.types.name(person.mv_type);
            PersonView {
                origin: person.body.origin.anchor.clone(),
                mv_type: mv_type.unwrap_or_default().to_owned(),
                state: person.state,
                values: values
                    .map(|v| (self.attr(v.attr), v.values.iter().cloned().collect()))
                    .collect(),
                refs: refs
                    .into_iter()
                    .map(|(attr, to)| (attr, to.into_iter().collect()))
                    .collect(),
            }
        });
        View {
            objects: db.cs.values().map(|object| self.object(object)).collect(),
            people: people.collect(),
            problems,
            staged: self.staged(),
        }
    }
}
