//! The first walk: every object there is, page by page.

use super::{
    Asked,
    row::{self, Row},
    token::{Place, Token, WalkPlace},
};
use crate::{
    call::Call,
    store::{Class, Link, Object},
    view,
};
use serde_json::Value;
use std::ops::Bound;

/// Ids begin with a character below this.
const FIRST_CHARACTERS: usize = 128;

/// One page of the walk and the token after it.
pub(super) fn page(
    call: &Call<'_>,
    asked: &Asked,
    token: &Token,
    mut place: WalkPlace,
) -> (Vec<Row>, Token) {
    let options = &call.tenant.delta;
    let page = place.page;
    place.page += 1;
    let pauses = call.secret.share(&("walk", token.from, page)) < options.empty_pages;
    if pauses && !place.paused {
        place.paused = true;
        return (Vec::new(), token.at(Place::Walk(place), call.now));
    }
    place.paused = false;
    let mut rows = Vec::new();
    let ranges = ranges(call, token.from);
    let mut ends = false;
    while place.range < ranges.len() && !ends {
        ends = fill(
            call,
            asked,
            token,
            &ranges[place.range],
            &mut place,
            &mut rows,
        );
        if !ends {
            place.range += 1;
            place.after = String::new();
        }
    }
    let next = if ends {
        token.at(Place::Walk(place), call.now)
    } else {
        Token::changed(token.scope.clone(), token.from, call.now)
    };
    disturb(call, token.from, page, &mut rows);
    (rows, next)
}

type Range = (Bound<String>, Bound<String>);

/// The ranges of ids in their order: one, or one for each first character, mixed.
fn ranges(call: &Call<'_>, from: u64) -> Vec<Range> {
    if !call.tenant.delta.shuffled {
        return vec![(Bound::Unbounded, Bound::Unbounded)];
    }
    let mut firsts: Vec<usize> = (0..FIRST_CHARACTERS).collect();
    firsts.sort_by(|left, right| {
        let share = |first: &usize| call.secret.share(&("range", from, first));
        share(left).total_cmp(&share(right))
    });
    let text = |first: usize| {
        let character = u32::try_from(first).ok().and_then(char::from_u32);
        character.map_or(String::new(), String::from)
    };
    let range = |first: usize| {
        (
            Bound::Included(text(first)),
            Bound::Excluded(text(first + 1)),
        )
    };
    firsts.into_iter().map(range).collect()
}

/// Adds rows of a range until the page is full; true when it is.
fn fill(
    call: &Call<'_>,
    asked: &Asked,
    token: &Token,
    range: &Range,
    place: &mut WalkPlace,
    rows: &mut Vec<Row>,
) -> bool {
    let options = &call.tenant.delta;
    let resumed = place.member.take();
    let start = match (&resumed, place.after.as_str()) {
        (_, "") => range.0.as_ref().map(String::as_str),
        (Some(_), after) => Bound::Included(after),
        (None, after) => Bound::Excluded(after),
    };
    let end = range.1.as_ref().map(String::as_str);
    let start_owned = start.map(str::to_owned);
    let start = start_owned.as_ref().map(String::as_str);
    for object in call.image().after(asked.class, (start, end)) {
        if !token.scope.covers(&object.id) {
            continue;
        }
        if rows.len() >= options.page_size.max(1) {
            return true;
        }
        let resumed = resumed.as_deref().filter(|_| *object.id == *place.after);
        place.after = object.id.to_string();
        if object.deleted.is_some() {
            if options.removed_in_first_walk {
                rows.push(row::removed(&object.id, false));
            }
            continue;
        }
        let mut row = Row::new(row::properties(asked, object));
        place.member = add_references(call, asked, object, resumed, &mut row);
        row.ends_page = place.member.is_some();
        rows.push(row);
        if place.member.is_some() {
            return true;
        }
    }
    false
}

/// Adds a portion of a group's members, or a user's manager; the last member when there are more.
fn add_references(
    call: &Call<'_>,
    asked: &Asked,
    object: &Object,
    after: Option<&str>,
    row: &mut Row,
) -> Option<String> {
    if !asked.references {
        return None;
    }
    if asked.class == Class::User {
        let manager = object
            .manager
            .as_deref()
            .and_then(|id| call.image().live(id));
        if let Some(manager) = manager {
            let manager = Value::Object(view::reference(manager));
            row.body
                .insert("manager@delta".to_owned(), vec![manager].into());
        }
        return None;
    }
    let size = call.tenant.delta.members_per_row.max(1);
    let seen = call.image().seen_links(&object.id, Link::Members, after);
    let mut members: Vec<&std::sync::Arc<Object>> = seen.take(size + 1).collect();
    let more = members.len() > size;
    members.truncate(size);
    let last = members.last().map(|member| member.id.to_string());
    if !members.is_empty() {
        let members = members
            .iter()
            .map(|member| Value::Object(view::reference(member)));
        row.body
            .insert("members@delta".to_owned(), members.collect());
    }
    last.filter(|_| more)
}

/// Doubles and mixes the rows of a page as the options have it.
fn disturb(call: &Call<'_>, from: u64, page: u64, rows: &mut Vec<Row>) {
    let options = &call.tenant.delta;
    if options.duplicates > 0.0 {
        let doubled: Vec<Row> = rows
            .iter()
            .filter(|row| {
                let id = row.body.get("id");
                call.secret.share(&("walk twice", from, id)) < options.duplicates
            })
            .cloned()
            .collect();
        rows.extend(doubled);
    }
    if options.shuffled {
        let mut keyed: Vec<(f64, Row)> = rows
            .drain(..)
            .enumerate()
            .map(|(index, row)| (call.secret.share(&("walk order", from, page, index)), row))
            .collect();
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        rows.extend(keyed.into_iter().map(|(_, row)| row));
    }
}
