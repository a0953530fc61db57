//! What can be seen of the model's state, in the words of [`crate::view`].
//!
//! Invariant: reads, and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use syncline_model::object::{MvState, PendingImport};
use syncline_model::{Anchor, AttrName};
use syncline_reference::state::{Cs, Life, Link, Mv, Object, Who};

use super::Model;
use crate::house::House;
use crate::view::{About, ObjectView, PersonView, ProblemView, View, unconfirmed};
use crate::world::directory::anchor;

impl Model {
    fn origin(&self, mv: Mv) -> Anchor {
        let person = self.state.people.get(&mv);
        person.map_or_else(|| anchor("(gone)"), |person| person.origin.1.clone())
    }

    pub(super) fn object(&self, cs: Cs, object: &Object) -> ObjectView {
        let linked_as = object.link.and_then(|link| self.linked_as(link));
        let mut words = BTreeSet::new();
        for memory in &object.memory {
            let effect = &memory.effect;
            let refs = effect.refs_added.iter().chain(&effect.refs_removed);
            let attrs = effect.attrs.keys().chain(refs.map(|(attr, _)| attr));
            let named = effect.place.is_some();
            words.extend(unconfirmed(effect.verb, named, attrs.map(AttrName::as_str)));
        }
        ObjectView {
            directory: object.directory,
            anchor: object.anchor.clone(),
            object_type: object.object_type.clone(),
            dn: match object.place {
                Some(_) => self.state.dn(cs),
                None => String::new(),
            },
            pending: match object.object_type {
                Some(_) => object.pending_import(linked_as.as_deref()),
                None => PendingImport::None,
            },
            link: object.link.map(|link| (self.origin(link.mv), link.kind)),
            disjoin: object.disjoin,
            provenance: object.provenance,
            transient: object.transient && object.object_type.is_some(),
            retired: object.retired.is_some(),
            in_doubt: object.escrow.is_some(),
            unconfirmed: words,
        }
    }

    /// The type that the part of a link is about.
    fn linked_as(&self, link: Link) -> Option<String> {
        let inbound = self.config.inbound(link.part).map(|p| &p.object_type);
        let outbound = || self.config.outbound(link.part).map(|p| &p.object_type);
        inbound.or_else(outbound).cloned()
    }

    fn about(&self, who: Who, at: &BTreeMap<Cs, usize>) -> Option<About> {
        match who {
            Who::Cs(cs) => at.get(&cs).copied().map(About::Object),
            Who::Mv(mv) => Some(About::Person(self.origin(mv))),
        }
    }

    pub(super) fn view(&self) -> View {
        let state = &self.state;
        let at: BTreeMap<Cs, usize> = state.objects.keys().copied().zip(0..).collect();
        let objects = state.objects.iter();
        let people = state.people.values().map(|person| PersonView {
            origin: person.origin.1.clone(),
            mv_type: person.mv_type.clone(),
            state: match person.life {
                Life::Live => MvState::Live,
                Life::Scheduled(_) => MvState::Scheduled,
                Life::Tombstone => MvState::Tombstone,
            },
            values: person
                .values
                .iter()
                .map(|(attr, values)| (attr.to_string(), values.iter().cloned().collect()))
                .collect(),
            refs: person
                .refs
                .iter()
                .map(|(attr, to)| {
                    (
                        attr.to_string(),
                        to.iter().map(|mv| self.origin(*mv)).collect(),
                    )
                })
                .collect(),
        });
        let problems = state.problems.iter().filter_map(|problem| {
            let others = problem.others.iter();
            Some(ProblemView {
                about: self.about(problem.who, &at)?,
                kind: problem.kind.to_string(),
                attr: problem.attr.as_ref().map(ToString::to_string),
                others: others.filter_map(|who| self.about(*who, &at)).collect(),
            })
        });
        View {
            objects: objects
                .map(|(cs, object)| self.object(*cs, object))
                .collect(),
            people: people.collect(),
            problems: problems.collect(),
            staged: self.staged(),
        }
    }
}
