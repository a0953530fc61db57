//! Lists of objects: filter, search, order, count and pages.

use super::{expand, page, refuse_kept_elsewhere};
use crate::{
    call::{Call, Handled},
    error::Refusal,
    query::{self, Filter, Order, Search},
    request::Answer,
    store::{Class, Object},
    view,
};
use serde_json::{Map, Value};
use std::{ops::Bound, sync::Arc};

/// What a list is asked for, checked.
pub(super) struct Wanted {
    filter: Option<Filter>,
    search: Option<Search>,
    orders: Vec<Order>,
    /// The other index, with its count.
    advanced: bool,
}

impl Wanted {
    pub(super) fn of(call: &Call<'_>, class: Class) -> Result<Self, Refusal> {
        let advanced = call.request.is_eventual() && call.request.wants_count();
        let filter = call.request.option("$filter").map(|text| {
            let filter = query::parse(text).map_err(invalid)?;
            query::check(class, &filter, advanced)?;
            Ok::<_, Refusal>(filter)
        });
        let search = call.request.option("$search").map(|text| {
            if !call.request.is_eventual() {
                let message = "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";
                return Err(Refusal::unsupported_query(message));
            }
            Search::parse(class, text).map_err(Refusal::unsupported_query)
        });
        let orders = call.request.option("$orderby").map(|text| {
            let orders =
                Order::parse(text).ok_or_else(|| invalid(format!("Syntax error in '{text}'")))?;
            for order in &orders {
                query::check_order(class, &order.property)?;
            }
            Ok::<_, Refusal>(orders)
        });
        let wanted = Self {
            filter: filter.transpose()?,
            search: search.transpose()?,
            orders: orders.transpose()?.unwrap_or_default(),
            advanced,
        };
        if wanted.filter.is_some() && !wanted.orders.is_empty() && !advanced {
            return Err(Refusal::needs_eventual("$orderby together with $filter"));
        }
        Ok(wanted)
    }

    pub(super) fn matches(&self, object: &Object) -> bool {
        let filter = self.filter.as_ref();
        let search = self.search.as_ref();
        filter.is_none_or(|filter| query::matches(filter, &object.properties))
            && search.is_none_or(|search| search.matches(object))
    }

    fn order(&self, objects: &mut [Arc<Object>]) {
        objects.sort_by(|left, right| {
            let orders = self.orders.iter().map(|order| {
                order.compare(left.text(&order.property), right.text(&order.property))
            });
            let order = orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then);
            order.then_with(|| left.id.cmp(&right.id))
        });
    }
}

fn invalid(reason: String) -> Refusal {
    Refusal::new(
        400,
        "BadRequest",
        format!("Invalid filter clause: {reason}"),
    )
}

/// `GET /users`.
pub(crate) fn collection(call: &Call<'_>, class: Class) -> Handled {
    let wanted = Wanted::of(call, class)?;
    let start = page::place(call)?;
    let size = page::size(call)?;
    let (shown, more) = if wanted.orders.is_empty() {
        let after = start.as_ref().map_or("", |place| &place.after);
        let bounds = (Bound::Excluded(after), Bound::Unbounded);
        let following = call.image().after(class, bounds);
        let living = following.filter(|object| object.deleted.is_none() && wanted.matches(object));
        let mut shown: Vec<Arc<Object>> = living.take(size + 1).cloned().collect();
        let more = shown.len() > size;
        shown.truncate(size);
        (shown, more)
    } else {
        let matching = call
            .image()
            .living(class)
            .filter(|object| wanted.matches(object));
        let mut all: Vec<Arc<Object>> = matching.cloned().collect();
        wanted.order(&mut all);
        cut(all, start.as_ref().map_or(0, |place| place.position), size)
    };
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        call.collection_context(class).into(),
    );
    if wanted.advanced {
        let matching = call
            .image()
            .living(class)
            .filter(|object| wanted.matches(object));
        body.insert("@odata.count".to_owned(), matching.count().into());
    }
    if more {
        let position = start.as_ref().map_or(0, |place| place.position) + size;
        let after = shown.last().map_or("", |object| &object.id);
        page::link(call, &mut body, after, position);
    }
    let selection = call.selection(class)?;
    refuse_kept_elsewhere(class, &selection)?;
    let entities = shown.iter().map(|object| {
        let mut entity = view::entity(object, &selection);
        expand(call, object, &mut entity)?;
        Ok(Value::Object(entity))
    });
    body.insert(
        "value".to_owned(),
        entities.collect::<Result<_, Refusal>>()?,
    );
    Ok(Answer::json(200, Value::Object(body)))
}

fn cut(mut all: Vec<Arc<Object>>, position: usize, size: usize) -> (Vec<Arc<Object>>, bool) {
    let mut shown = all.split_off(position.min(all.len()));
    let more = shown.len() > size;
    shown.truncate(size);
    (shown, more)
}

/// `GET /users/$count`.
pub(crate) fn count(call: &Call<'_>, class: Class) -> Handled {
    let wanted = counted(call, class)?;
    let living = call.image().living(class);
    let matching = living.filter(|object| wanted.matches(object));
    Ok(Answer::text(matching.count().to_string()))
}

/// What a bare count is asked for; it needs the other index.
pub(super) fn counted(call: &Call<'_>, class: Class) -> Result<Wanted, Refusal> {
    if !call.request.is_eventual() {
        let message =
            "$count is not currently supported without the header 'ConsistencyLevel: eventual'.";
        return Err(Refusal::new(400, "Request_BadRequest", message));
    }
    let filter = call.request.option("$filter").map(query::parse);
    let filter = filter.transpose().map_err(invalid)?;
    if let Some(filter) = &filter {
        query::check(class, filter, true)?;
    }
    Ok(Wanted {
        filter,
        search: None,
        orders: Vec::new(),
        advanced: true,
    })
}

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(crate) fn deleted(call: &Call<'_>, class: Class) -> Handled {
    let wanted = Wanted::of(call, class)?;
    let start = page::place(call)?;
    let size = page::size(call)?;
    let recycled = call.image().recycled(class);
    let mut all: Vec<Arc<Object>> = recycled
        .filter(|object| wanted.matches(object))
        .cloned()
        .collect();
    wanted.order(&mut all);
    let count = all.len();
    let position = start.map_or(0, |place| place.position);
    let (shown, more) = cut(all, position, size);
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        call.collection_context(class).into(),
    );
    if wanted.advanced {
        body.insert("@odata.count".to_owned(), count.into());
    }
    if more {
        page::link(call, &mut body, "", position + size);
    }
    let mut selection = call.selection(class)?;
    if !call.request.has_option("$select") && !selection.has("deletedDateTime") {
        selection.0.push("deletedDateTime".to_owned());
    }
    let entities = shown
        .iter()
        .map(|object| Value::Object(view::entity(object, &selection)));
    body.insert("value".to_owned(), entities.collect());
    Ok(Answer::json(200, Value::Object(body)))
}
