//! A round of changes: its rows, disturbed as the options have it, cut into pages.

use super::{
    Asked, changes,
    row::Row,
    token::{Place, RoundPlace, Token},
};
use crate::{
    call::Call,
    store::{Id, What},
};
use std::{collections::BTreeSet, sync::Arc};

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
    let mut rows: Vec<Row> = Vec::new();
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
        let mut keyed: Vec<(f64, Row)> = rows
            .into_iter()
            .enumerate()
            .map(|(index, row)| (call.secret.share(&("order", round, index)), row))
            .collect();
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        rows = keyed.into_iter().map(|(_, row)| row).collect();
    }
    rows
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
