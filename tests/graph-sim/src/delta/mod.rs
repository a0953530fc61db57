//! Delta queries: a first walk over what is there, then rounds of what changed.
//!
//! Invariants: everything a round needs is in its token, so that the same link gives the same page;
//! a change that a replica has not seen yet is told in a later round, never lost; a round's rows show
//! the state at its end.

mod changes;
mod reset;
mod round;
mod row;
mod token;
mod walk;

pub(crate) use round::Rounds;

use crate::{
    call::{Call, Handled},
    clock::{DAY, SECOND},
    error::Refusal,
    query::{self, Comparison, Filter, Literal},
    read::page_expired,
    request::Answer,
    store::Class,
    view::Selection,
};
use row::Row;
use serde_json::{Map, Value};
use token::{Place, Scope, Token};

/// `$filter` names no more ids than this.
const IDS_MAX: usize = 50;

/// What a round is about, beside its token.
struct Asked {
    class: Class,
    selection: Selection,
    /// Members of groups, or managers of users, are told too.
    references: bool,
    minimal: bool,
}

impl Asked {
    fn new(scope: &Scope, minimal: bool) -> Result<Self, Refusal> {
        let class = scope.class;
        let selection = Selection::of(class, scope.select.as_deref())?;
        let references = match class {
            // What is not selected is told of groups, as the documentation's examples have it.
            Class::Group => scope.select.is_none() || selection.has("members"),
            Class::User => selection.has("manager"),
            Class::Contact => false,
        };
        Ok(Self {
            class,
            selection,
            references,
            minimal,
        })
    }
}

/// `GET /users/delta`.
pub(crate) fn delta(call: &mut Call<'_>, class: Class) -> Handled {
    let minimal = call.request.prefers("return=minimal");
    let token = match start(call, class)? {
        Start::Token(token) => *token,
        Start::Latest(scope) => {
            let from = seen_by_all(call);
            return answer(
                call,
                minimal,
                Vec::new(),
                &Token::changed(scope, from, call.now),
            );
        }
    };
    let asked = Asked::new(&token.scope, minimal)?;
    let (rows, next) = match token.place.clone() {
        Place::Walk(place) => walk::page(call, &asked, &token, place),
        Place::Changes => {
            let upto = visible(call).max(token.from);
            round::page(call, &asked, &token, round::first(upto))
        }
        Place::Round(place) => round::page(call, &asked, &token, place),
    };
    answer(call, minimal, rows, &next)
}

enum Start {
    Token(Box<Token>),
    /// Only a token is wanted.
    Latest(Scope),
}

fn start(call: &mut Call<'_>, class: Class) -> Result<Start, Refusal> {
    for option in ["$expand", "$top", "$orderby", "$search", "$skip"] {
        if call.request.has_option(option) {
            let message =
                format!("The query parameter '{option}' is not supported with a delta query.");
            return Err(Refusal::bad_request(message));
        }
    }
    let request = call.request;
    let delta = request.option("$deltatoken");
    match (request.option("$skiptoken"), delta) {
        (Some(token), _) => opened(call, class, token, true),
        (None, Some("latest")) => scope(call, class).map(Start::Latest),
        (None, None | Some("")) => {
            let scope = scope(call, class)?;
            let token = Token::walk(scope, seen_by_all(call), call.now);
            Ok(Start::Token(Box::new(token)))
        }
        (None, Some(token)) => opened(call, class, token, false),
    }
}

/// What the first request of a chain is about.
fn scope(call: &Call<'_>, class: Class) -> Result<Scope, Refusal> {
    let select = call.request.option("$select").map(str::to_owned);
    let selection = Selection::of(class, select.as_deref())?;
    crate::read::refuse_kept_elsewhere(class, &selection)?;
    let filter = call.request.option("$filter");
    Ok(Scope {
        tenant: call.tenant.id.clone(),
        class,
        select,
        ids: filter.map(filtered_ids).transpose()?.unwrap_or_default(),
        resets: call.tenant.resets(class).0,
    })
}

/// The ids of `id eq '…' or id eq '…'`; no other filter is supported.
fn filtered_ids(text: &str) -> Result<Vec<String>, Refusal> {
    fn collect(filter: &Filter, ids: &mut Vec<String>) -> bool {
        match filter {
            Filter::Or(left, right) => collect(left, ids) && collect(right, ids),
            Filter::Compare {
                path,
                comparison: Comparison::Equal,
                literal: Literal::Text(id),
            } if path.as_slice() == ["id"] => {
                ids.push(id.clone());
                true
            }
            _ => false,
        }
    }
    let mut ids = Vec::new();
    let filter = query::parse(text).map_err(Refusal::unsupported_query)?;
    if !collect(&filter, &mut ids) {
        let message = "A delta query supports only $filter=id eq '…', joined by or.";
        return Err(Refusal::unsupported_query(message));
    }
    if ids.len() > IDS_MAX {
        let message = format!("A delta query filters by at most {IDS_MAX} ids.");
        return Err(Refusal::unsupported_query(message));
    }
    Ok(ids)
}

fn opened(call: &Call<'_>, class: Class, text: &str, is_page: bool) -> Result<Start, Refusal> {
    let token: Option<Token> = call.secret.open(text);
    let ours = token.filter(|token| {
        token.scope.tenant == call.tenant.id
            && token.scope.class == class
            && is_page != matches!(token.place, Place::Changes)
    });
    let token = ours.ok_or_else(|| Refusal::bad_request("Badly formed token."))?;
    let (resets, form) = call.tenant.resets(class);
    let is_reset = token.scope.resets < resets;
    let age = call.now - token.issued;
    let options = &call.tenant.delta;
    if is_page && (is_reset || age > options.skip_token_seconds * SECOND) {
        return Err(page_expired());
    }
    if !is_page && is_reset {
        return Err(reset::refusal(call, &token.scope, form));
    }
    if !is_page && age > options.delta_token_days * DAY {
        return Err(reset::refusal(call, &token.scope, options.reset));
    }
    Ok(Start::Token(Box::new(token)))
}

/// The newest change that a delta query tells of now.
fn visible(call: &Call<'_>) -> u64 {
    let delay = call.tenant.delta.processing_delay_ms;
    let processed = call.tenant.store.newest_before(call.now - delay);
    call.image().applied().min(processed)
}

/// The newest change that no later page can miss, whichever replica it is read from.
fn seen_by_all(call: &mut Call<'_>) -> u64 {
    let now = call.now;
    let known = call.tenant.store.known_everywhere(now);
    known.min(visible(call))
}

fn answer(call: &Call<'_>, minimal: bool, rows: Vec<Row>, next: &Token) -> Handled {
    let scope = &next.scope;
    let collection = scope.class.collection();
    let selected = scope.select.as_ref();
    let selected = selected.map_or(String::new(), |names| format!("({names})"));
    let (link, option) = match next.place {
        Place::Changes => ("@odata.deltaLink", "$deltatoken"),
        Place::Walk(_) | Place::Round(_) => ("@odata.nextLink", "$skiptoken"),
    };
    let token = call.secret.seal(next);
    let address = format!("{}/{collection}/delta?{option}={token}", call.root);
    let mut body = Map::new();
    let context = call.context(&format!("{collection}{selected}"));
    body.insert("@odata.context".to_owned(), context.into());
    body.insert(link.to_owned(), address.into());
    let rows = rows.into_iter().map(|row| Value::Object(row.body));
    body.insert("value".to_owned(), rows.collect());
    let answer = Answer::json(200, Value::Object(body));
    Ok(if minimal {
        answer.with_header("Preference-Applied", "return=minimal")
    } else {
        answer
    })
}

#[cfg(test)]
mod tests;
