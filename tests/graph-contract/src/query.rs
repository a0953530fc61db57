//! Query options: which ones an operation takes, and what may be in them.
//!
//! The templates offer delta functions more than the service does: for users and groups only `$select`,
//! `$filter` by id and the tokens are taken. Names in `$select`, `$orderby` and `$expand` must be
//! properties; the rest of `$filter` and `$search` is not read.

use crate::operation::Operation;
use crate::request::Request;
use crate::returns::Returns;
use crate::schema::Schema;
use crate::violation::Violation;
use std::collections::BTreeSet;

/// What delta takes for users and groups.
const DIRECTORY_DELTA: [&str; 2] = ["$select", "$filter"];
const DELTA_IDS_MAX: usize = 50;
const PAGE_MAX: u32 = 999;

pub(crate) fn check(
    schema: &Schema,
    request: &Request<'_>,
    operation: &Operation<'_>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, value) in request.query {
        if !seen.insert(name) {
            let what = format!("{} has {name} twice", request.line());
            found.push(Violation::new("query.duplicate", what));
        } else if takes(operation, name) {
            found.extend(check_value(schema, operation, name, value));
        } else {
            let what = format!("{} does not take {name}", request.line());
            found.push(Violation::new("query.not_accepted", what));
        }
    }
    found
}

fn takes(operation: &Operation<'_>, name: &str) -> bool {
    let paged = operation.method == "GET" && operation.returns.is_paged();
    match name {
        "$skiptoken" => paged,
        "$deltatoken" => matches!(operation.returns, Returns::Delta(_)),
        _ if is_directory_delta(operation) => DIRECTORY_DELTA.contains(&name),
        _ => operation.query.iter().any(|known| known == name),
    }
}

fn is_directory_delta(operation: &Operation<'_>) -> bool {
    matches!(operation.template, "/users/delta()" | "/groups/delta()")
}

fn check_value(
    schema: &Schema,
    operation: &Operation<'_>,
    name: &str,
    value: &str,
) -> Vec<Violation> {
    let wrong = match name {
        "$top" => !value
            .parse()
            .is_ok_and(|size: u32| (1..=PAGE_MAX).contains(&size)),
        "$skip" => value.parse::<u32>().is_err(),
        // Empty is what the service itself writes into the `Location` of a reset: it asks for a new walk.
        "$deltatoken" => false,
        "$count" => !matches!(value, "true" | "false"),
        "$filter" if is_directory_delta(operation) => return check_delta_filter(operation, value),
        "$select" | "$orderby" | "$expand" => return check_names(schema, operation, name, value),
        _ => value.is_empty(),
    };
    wrong
        .then(|| {
            let what = format!("{}: {name} cannot be {value:?}", operation.template);
            Violation::new("query.value", what)
        })
        .into_iter()
        .collect()
}

/// `id eq '…'` joined by `or`, at most fifty of them.
fn check_delta_filter(operation: &Operation<'_>, filter: &str) -> Vec<Violation> {
    let ids: Vec<&str> = filter.split(" or ").collect();
    let by_id = ids.iter().all(|term| {
        let quoted = term.trim().strip_prefix("id eq '");
        quoted
            .and_then(|rest| rest.strip_suffix('\''))
            .is_some_and(|id| !id.is_empty() && !id.contains('\''))
    });
    let what = match (by_id, ids.len()) {
        (true, ..=DELTA_IDS_MAX) => return Vec::new(),
        (true, many) => format!("{many} ids"),
        (false, _) => format!("{filter:?}"),
    };
    vec![Violation::new(
        "query.delta_filter",
        format!(
            "{} filters by `id eq` only, at most {DELTA_IDS_MAX} ids: {what}",
            operation.template
        ),
    )]
}

fn check_names(
    schema: &Schema,
    operation: &Operation<'_>,
    option: &str,
    value: &str,
) -> Vec<Violation> {
    let Some(type_name) = operation.returns.entity_type() else {
        return Vec::new();
    };
    items(value)
        .into_iter()
        .filter_map(|item| {
            let (type_name, name) = cast(schema, type_name, item);
            let known = match (option, name) {
                ("$select" | "$expand", "*") => true,
                ("$expand", _) => any_of_family(schema, type_name, |of| {
                    schema.navigation(of, name).is_some()
                }),
                _ => any_of_family(schema, type_name, |of| schema.has_property(of, name)),
            };
            (!known).then(|| {
                let what = format!("{}: {option} names {item:?}", operation.template);
                Violation::new("query.unknown_property", what)
            })
        })
        .collect()
}

/// A name of a base type's list may belong to any type that derives from it.
fn any_of_family(schema: &Schema, base: &str, has: impl Fn(&str) -> bool) -> bool {
    schema.family(base).any(has)
}

/// The type and the first name of `surname`, `identities/issuer` or `microsoft.graph.user/surname`.
fn cast<'a>(schema: &Schema, type_name: &'a str, item: &'a str) -> (&'a str, &'a str) {
    let name = item
        .split(['(', ' '])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    match first.strip_prefix("microsoft.graph.") {
        Some(derived) if schema.knows(derived) => {
            (derived, rest.split('/').next().unwrap_or_default())
        }
        _ => (type_name, first),
    }
}

/// The items of a list, parted by commas outside parentheses.
fn items(list: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    list.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_an_expansion_do_not_part_items() {
        assert_eq!(
            items("manager($select=id,displayName), members"),
            ["manager($select=id,displayName)", "members"]
        );
    }
}
