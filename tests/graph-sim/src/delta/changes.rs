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
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What happened to one object.
#[derive(Debug, Default)]
struct Touched {
    /// Its state before the first change, and after the last; `None` where only references changed.
    states: Option<(Option<Arc<Object>>, Option<Arc<Object>>)>,
    /// Members before and after, and what they are.
    members: BTreeMap<Id, (bool, bool, Class)>,
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
    for change in changes.iter().filter(|change| change.class == asked.class) {
        let entry = touched.entry(change.id.clone()).or_insert_with(|| {
            order.push(change.id.clone());
            Touched::default()
        });
        match &change.what {
            What::Object { before, after } => match &mut entry.states {
                Some((_, last)) => last.clone_from(after),
                none => *none = Some((before.clone(), after.clone())),
            },
            What::Link {
                link: Link::Members,
                target,
                target_class,
                present,
            } => {
                let member = entry.members.entry(target.clone());
                member.or_insert((!present, *present, *target_class)).1 = *present;
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
        Some(object) => whole(asked, image, object, size),
    }
}

fn whole(asked: &Asked, image: &Image, object: &Object, size: usize) -> Vec<Row> {
    let mut body = row::properties(asked, object);
    if asked.references && asked.class == Class::User {
        tell_manager(&mut body, None, object, image);
    }
    let members: Vec<Value> = if asked.references && asked.class == Class::Group {
        let seen = image.seen_links(&object.id, Link::Members, None);
        seen.map(|member| Value::Object(view::reference(member)))
            .collect()
    } else {
        Vec::new()
    };
    row::portions(&body, &members, size)
}

impl Touched {
    fn rows(&self, asked: &Asked, image: &Image, id: &Id, size: usize) -> Vec<Row> {
        let Some((before, after)) = &self.states else {
            return self.member_rows(asked, image, id, size);
        };
        let lived = before.as_ref().filter(|before| before.deleted.is_none());
        match after {
            None => vec![row::removed(id, true)],
            Some(after) if after.deleted.is_some() => {
                let was_recycled = before.is_some() && lived.is_none();
                if was_recycled {
                    Vec::new()
                } else {
                    vec![row::removed(id, false)]
                }
            }
            Some(after) => match lived {
                None => whole(asked, image, after, size),
                Some(before) => self.changed(asked, image, before, after, size),
            },
        }
    }

    /// Rows of a living object whose properties or members changed.
    fn changed(
        &self,
        asked: &Asked,
        image: &Image,
        before: &Object,
        after: &Object,
        size: usize,
    ) -> Vec<Row> {
        let (former, present) = (
            row::properties(asked, before),
            row::properties(asked, after),
        );
        let is_changed = |name: &str| former.get(name) != present.get(name);
        let mut changes: Map<String, Value> = present
            .iter()
            .filter(|(name, _)| is_changed(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if asked.references && asked.class == Class::User {
            tell_manager(&mut changes, Some(before), after, image);
        }
        let members = self.member_changes(asked);
        if changes.is_empty() && members.is_empty() {
            return Vec::new();
        }
        let mut body = if asked.minimal { Map::new() } else { present };
        body.extend(changes);
        body.insert("id".to_owned(), Value::from(&*after.id));
        row::portions(&body, &members, size)
    }

    /// Rows of a group of which only members changed.
    fn member_rows(&self, asked: &Asked, image: &Image, id: &Id, size: usize) -> Vec<Row> {
        let members = self.member_changes(asked);
        let Some(group) = image.live(id).filter(|_| !members.is_empty()) else {
            return Vec::new();
        };
        let mut body = if asked.minimal {
            Map::new()
        } else {
            row::properties(asked, group)
        };
        body.insert("id".to_owned(), Value::from(&**id));
        row::portions(&body, &members, size)
    }

    fn member_changes(&self, asked: &Asked) -> Vec<Value> {
        if !asked.references {
            return Vec::new();
        }
        let changed = self
            .members
            .iter()
            .filter(|(_, (before, after, _))| before != after);
        changed
            .map(|(id, (_, present, class))| row::reference(*class, id, *present))
            .collect()
    }
}

/// Tells a manager that is new, and that there is none any more.
fn tell_manager(
    body: &mut Map<String, Value>,
    before: Option<&Object>,
    after: &Object,
    image: &Image,
) {
    let former = before.and_then(|before| before.manager.as_ref());
    if former == after.manager.as_ref() {
        return;
    }
    let class = |id: &Id| image.object(id).map_or(Class::User, |object| object.class);
    let told = match (&after.manager, former) {
        (Some(manager), _) => row::reference(class(manager), manager, true),
        (None, Some(former)) => row::reference(class(former), former, false),
        (None, None) => return,
    };
    body.insert("manager@delta".to_owned(), vec![told].into());
}
