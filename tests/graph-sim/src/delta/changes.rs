//! What a stretch of the log adds up to, object by object.

use super::{
    Asked,
    row::{self, Row},
};
use crate::{
    store::{Change, Class, Id, Image, Link, Object, What},
    view,
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// A version of an object, or that there is none.
type State = Option<Arc<Object>>;

/// What happened to one object. Whatever was touched is told, also what is as it was before: a client
/// may have seen the state between.
#[derive(Debug, Default)]
struct Touched {
    /// What it is after the last change; `None` where only references changed.
    after: Option<State>,
    /// The properties that changed.
    names: BTreeSet<String>,
    /// It came, went, or came back.
    flipped: bool,
    /// Its manager changed.
    remanaged: bool,
    /// Who managed it before each of those changes.
    former: BTreeSet<Id>,
    /// The members that came or went, what they are, and whether they are there in the end.
    members: BTreeMap<Id, (Class, bool)>,
}

fn lives(state: &State) -> bool {
    state
        .as_ref()
        .is_some_and(|object| object.deleted.is_none())
}

/// The rows that tell these changes, in the order in which the objects were touched first.
pub(super) fn rows(
    asked: &Asked,
    image: &Image,
    changes: &[Change],
    size: usize,
) -> Vec<(Id, Vec<Row>)> {
    let mut order: Vec<Id> = Vec::new();
    let mut touched: HashMap<Id, Touched> = HashMap::new();
    let mut touch = |id: &Id, what: &dyn Fn(&mut Touched)| {
        what(touched.entry(id.clone()).or_insert_with(|| {
            order.push(id.clone());
            Touched::default()
        }));
    };
    for change in changes {
        match &change.what {
            What::Object { before, after } => {
                if change.class == asked.class {
                    touch(&change.id, &|touched| touched.replace(before, after));
                }
                // A member that goes to the recycle bin is none meanwhile.
                let present = lives(after);
                if asked.class == Class::Group && before.is_some() && lives(before) != present {
                    for (group, link) in image.groups_of(&change.id) {
                        if link == Link::Members {
                            touch(&group, &|touched| {
                                touched.relink(&change.id, change.class, present);
                            });
                        }
                    }
                }
            }
            What::Link {
                link: Link::Members,
                target,
                target_class,
                present,
            } if asked.class == Class::Group => {
                touch(&change.id, &|touched| {
                    touched.relink(target, *target_class, *present);
                });
            }
            What::Link { .. } => {}
        }
    }
    order
        .into_iter()
        .filter_map(|id| {
            let touched = touched.remove(&id)?;
            let rows = touched.rows(asked, image, &id, size);
            (!rows.is_empty()).then_some((id, rows))
        })
        .collect()
}

/// An object as a first walk would tell it, or that it is gone.
pub(super) fn again(asked: &Asked, image: &Image, id: &Id, size: usize) -> Vec<Row> {
    match image.object(id) {
        None => vec![row::removed(id, true)],
        Some(object) if object.deleted.is_some() => vec![row::removed(id, false)],
        Some(object) => whole(asked, image, object, Vec::new(), size),
    }
}

/// An object as if it were new, with the members that are gone all the same.
fn whole(
    asked: &Asked,
    image: &Image,
    object: &Object,
    mut members: Vec<Value>,
    size: usize,
) -> Vec<Row> {
    let mut body = row::properties(asked, object);
    if asked.references && asked.class == Class::User {
        tell_manager(&mut body, &BTreeSet::new(), object, image);
    }
    if asked.references && asked.class == Class::Group {
        let seen = image.seen_links(&object.id, Link::Members, None);
        members.extend(seen.map(|member| Value::Object(view::reference(member))));
    }
    row::portions(&body, &members, size)
}

impl Touched {
    fn replace(&mut self, before: &State, after: &State) {
        self.flipped |= lives(before) != lives(after);
        if let (Some(before), Some(after)) = (before, after) {
            let names = before.properties.keys().chain(after.properties.keys());
            let changed =
                names.filter(|name| before.properties.get(*name) != after.properties.get(*name));
            self.names.extend(changed.cloned());
            if before.manager != after.manager {
                self.remanaged = true;
                self.former.extend(before.manager.clone());
            }
        }
        self.after = Some(after.clone());
    }

    fn relink(&mut self, target: &Id, class: Class, present: bool) {
        self.members.insert(target.clone(), (class, present));
    }

    fn rows(&self, asked: &Asked, image: &Image, id: &Id, size: usize) -> Vec<Row> {
        match &self.after {
            Some(None) => vec![row::removed(id, true)],
            Some(Some(after)) if after.deleted.is_some() => {
                let told = self.flipped.then(|| row::removed(id, false));
                told.into_iter().collect()
            }
            Some(Some(after)) if self.flipped => {
                let told = self.members_told(asked).into_iter();
                let gone = told.filter(|member| member.get("@removed").is_some());
                whole(asked, image, after, gone.collect(), size)
            }
            Some(Some(after)) => self.changed(asked, image, after, size),
            None => match image.live(id) {
                Some(group) => self.changed(asked, image, group, size),
                None => Vec::new(),
            },
        }
    }

    fn members_told(&self, asked: &Asked) -> Vec<Value> {
        let members = self.members.iter().filter(|_| asked.references);
        members
            .map(|(id, (class, present))| row::reference(*class, id, *present))
            .collect()
    }

    /// Rows of a living object whose properties or references changed.
    fn changed(&self, asked: &Asked, image: &Image, object: &Object, size: usize) -> Vec<Row> {
        let present = row::properties(asked, object);
        let changed = present
            .iter()
            .filter(|(name, _)| self.names.contains(*name));
        let mut changes: Map<String, Value> = changed
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if self.remanaged && asked.references {
            tell_manager(&mut changes, &self.former, object, image);
        }
        let members = self.members_told(asked);
        if changes.is_empty() && members.is_empty() {
            return Vec::new();
        }
        let mut body = if asked.minimal { Map::new() } else { present };
        body.extend(changes);
        body.insert("id".to_owned(), Value::from(&*object.id));
        row::portions(&body, &members, size)
    }
}

/// Tells a manager that is new, or that those who were told before are none any more.
fn tell_manager(
    body: &mut Map<String, Value>,
    former: &BTreeSet<Id>,
    after: &Object,
    image: &Image,
) {
    let class = |id: &Id| image.object(id).map_or(Class::User, |object| object.class);
    let told: Vec<Value> = match &after.manager {
        Some(manager) => vec![row::reference(class(manager), manager, true)],
        None => former
            .iter()
            .map(|former| row::reference(class(former), former, false))
            .collect(),
    };
    if !told.is_empty() {
        body.insert("manager@delta".to_owned(), told.into());
    }
}
