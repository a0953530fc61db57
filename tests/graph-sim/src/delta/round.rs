//! A round of changes: its rows, disturbed as the options have it, cut into pages.
//!
//! Invariant: however rows are doubled and mixed, no earlier version of an object comes after a later one.

use super::{
    Asked, changes,
    row::Row,
    token::{Place, RoundPlace, Token},
};
use crate::{
    call::Call,
    store::{Id, What},
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

/// The rows of the round that was asked for last: its pages are asked for one after another.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    last: Option<(Key, Arc<Vec<Row>>)>,
}

/// What a round's rows depend on.
#[derive(Debug, PartialEq)]
struct Key {
    scope: super::token::Scope,
    from: u64,
    upto: u64,
    minimal: bool,
    options: crate::options::DeltaOptions,
}

/// Where a round begins that ends with this change.
pub(super) fn first(upto: u64) -> RoundPlace {
    RoundPlace {
        upto,
        told: 0,
        page: 0,
        paused: false,
    }
}

/// One page of a round and the token after it.
pub(super) fn page(
    call: &mut Call<'_>,
    asked: &Asked,
    token: &Token,
    mut place: RoundPlace,
) -> (Vec<Row>, Token) {
    let all = rows(call, asked, token, place.upto);
    let options = &call.tenant.delta;
    let page = place.page;
    place.page += 1;
    let round = (token.from, place.upto);
    let pauses = call.secret.share(&("round", round, page)) < options.empty_pages;
    if pauses && !place.paused {
        place.paused = true;
        return (Vec::new(), token.at(Place::Round(place), call.now));
    }
    place.paused = false;
    let mut told = Vec::new();
    for row in all.iter().skip(place.told).take(options.page_size.max(1)) {
        told.push(row.clone());
        if row.ends_page {
            break;
        }
    }
    place.told += told.len();
    let next = if place.told < all.len() {
        token.at(Place::Round(place), call.now)
    } else {
        Token::changed(token.scope.clone(), place.upto, call.now)
    };
    (told, next)
}

fn rows(call: &mut Call<'_>, asked: &Asked, token: &Token, upto: u64) -> Arc<Vec<Row>> {
    let key = Key {
        scope: token.scope.clone(),
        from: token.from,
        upto,
        minimal: asked.minimal,
        options: call.tenant.delta.clone(),
    };
    let known = call.tenant.rounds.last.as_ref();
    if let Some((_, rows)) = known.filter(|(known, _)| *known == key) {
        return rows.clone();
    }
    let rows = Arc::new(computed(call, asked, token, upto));
    call.tenant.rounds.last = Some((key, rows.clone()));
    rows
}

fn computed(call: &Call<'_>, asked: &Asked, token: &Token, upto: u64) -> Vec<Row> {
    let options = &call.tenant.delta;
    let store = &call.tenant.store;
    // Rows show the state at the round's end; what is newer is told in the next round as well.
    let image = store.primary();
    let size = options.members_per_row;
    let told = changes::rows(asked, image, store.changes(token.from, upto), size);
    let mut told: Vec<(Id, Vec<Row>)> = told
        .into_iter()
        .filter(|(id, _)| token.scope.covers(id))
        .collect();
    told.extend(replayed(call, asked, token, &told));
    let round = (token.from, upto);
    let mut rows: Vec<Row> = intermediate(call, asked, token, upto, &told);
    let mut doubled: Vec<Row> = Vec::new();
    for (id, of_object) in told {
        if call.secret.share(&("twice", round, &*id)) < options.duplicates {
            doubled.extend(of_object.iter().cloned());
        }
        rows.extend(of_object);
    }
    // The second time comes later in the round, and a long round has it on another page.
    rows.extend(doubled);
    if options.shuffled {
        let ids = |rows: &[Row]| -> Vec<Option<String>> {
            let id = |row: &Row| {
                row.body
                    .get("id")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            rows.iter().map(id).collect()
        };
        let in_order = rows.clone();
        let mut keyed: Vec<(f64, Row)> = rows
            .into_iter()
            .enumerate()
            .map(|(index, row)| (call.secret.share(&("order", round, index)), row))
            .collect();
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        rows = keyed.into_iter().map(|(_, row)| row).collect();
        // An object's rows take the places that fell to it, in the order in which they tell it.
        let mut waiting: HashMap<Option<String>, VecDeque<Row>> = HashMap::new();
        for (id, row) in ids(&in_order).into_iter().zip(in_order) {
            waiting.entry(id).or_default().push_back(row);
        }
        let places = ids(&rows).into_iter();
        let taken = places.filter_map(|id| waiting.get_mut(&id)?.pop_front());
        rows = taken.collect();
    }
    rows
}

/// What objects looked like half-way through the round, where that differs from what they are at its end.
fn intermediate(
    call: &Call<'_>,
    asked: &Asked,
    token: &Token,
    upto: u64,
    told: &[(Id, Vec<Row>)],
) -> Vec<Row> {
    let options = &call.tenant.delta;
    let half_way = token.from + upto.saturating_sub(token.from) / 2;
    if options.intermediate <= 0.0 || half_way == token.from {
        return Vec::new();
    }
    let store = &call.tenant.store;
    let image = store.image_at(half_way);
    let changes = store.changes(token.from, half_way);
    changes::rows(asked, &image, changes, options.members_per_row)
        .into_iter()
        .filter(|(id, rows)| {
            let last = told.iter().find(|(known, _)| known == id);
            last.is_some_and(|(_, last)| last != rows)
                && call.secret.share(&("half-way", token.from, upto, &**id)) < options.intermediate
        })
        .flat_map(|(_, rows)| rows)
        .collect()
}

/// Objects that changed before this round, told once more.
fn replayed(
    call: &Call<'_>,
    asked: &Asked,
    token: &Token,
    told: &[(Id, Vec<Row>)],
) -> Vec<(Id, Vec<Row>)> {
    let options = &call.tenant.delta;
    if options.replays <= 0.0 {
        return Vec::new();
    }
    let store = &call.tenant.store;
    let earlier = store.changes(0, token.from).iter();
    let ids: BTreeSet<&Id> = earlier
        .filter(|change| change.class == asked.class && matches!(change.what, What::Object { .. }))
        .map(|change| &change.id)
        .filter(|id| token.scope.covers(id) && told.iter().all(|(known, _)| known != *id))
        .collect();
    ids.into_iter()
        .filter(|id| call.secret.share(&("replay", token.from, &***id)) < options.replays)
        .map(|id| {
            let rows = changes::again(asked, store.primary(), id, options.members_per_row);
            (id.clone(), rows)
        })
        .collect()
}
