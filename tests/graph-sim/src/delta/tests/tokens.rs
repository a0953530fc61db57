//! Tokens: what they take, how they end, and what comes after.

use super::{ids, options, round};
use crate::{
    clock::DAY,
    options::ResetForm,
    request::Answer,
    testing::{Bench, ROOT, body, code, header},
};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn latest_gives_a_token_without_data() {
    let mut bench = Bench::new();
    bench.user("ada");

    let (rows, pages, link) = round(
        &mut bench,
        "/users/delta?$select=id&$deltatoken=latest",
        &[],
    );
    let new = bench.user("new");
    let (changes, _, _) = round(&mut bench, &link, &[]);

    assert_eq!((rows.len(), pages), (0, 1));
    assert_eq!(ids(&changes), BTreeSet::from([new]));
}

#[test]
fn options_that_delta_does_not_take_are_refused() {
    let mut bench = Bench::new();
    bench.lenient = true;
    for options in [
        "$expand=manager",
        "$top=5",
        "$orderby=displayName",
        "$filter=displayName eq 'x'",
        "$filter=id eq 'a' and id eq 'b'",
        "$select=nothing",
        "$deltatoken=nonsense",
        "$skiptoken=nonsense",
    ] {
        for collection in ["users", "groups", "contacts"] {
            let answer = bench.get(&format!("/{collection}/delta?{options}"));
            assert_eq!(answer.status, 400, "{collection} {options}");
        }
    }
    let ids = |count: usize| {
        let terms = (0..count).map(|n| format!("id eq '{n}'"));
        terms.collect::<Vec<_>>().join(" or ")
    };
    assert_eq!(
        bench
            .get(&format!("/users/delta?$filter={}", ids(50)))
            .status,
        200
    );
    assert_eq!(
        bench
            .get(&format!("/users/delta?$filter={}", ids(51)))
            .status,
        400
    );
    assert_eq!(bench.get("/users/delta?$select=aboutMe").status, 501);
}

#[test]
fn a_filter_by_id_holds_for_the_rounds_after_it() {
    let mut bench = Bench::new();
    let (ada, grace) = (bench.user("ada"), bench.user("grace"));
    let start = format!("/users/delta?$select=jobTitle&$filter=id eq '{ada}'");
    let (walk, _, link) = round(&mut bench, &start, &[]);
    for id in [&ada, &grace] {
        bench.patch(&format!("/users/{id}"), json!({ "jobTitle": "x" }));
    }

    let (changes, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(ids(&walk), BTreeSet::from([ada.clone()]));
    assert_eq!(ids(&changes), BTreeSet::from([ada]));
}

fn refused(bench: &mut Bench, link: &str) -> Answer {
    let answer = bench.get(link);
    assert!(answer.status >= 400, "{answer:?}");
    answer
}

#[test]
fn each_reset_has_its_form_and_a_new_walk_works() {
    for (form, status, expected) in [
        (ResetForm::Gone, 410, "resyncRequired"),
        (ResetForm::SyncStateNotFound, 400, "syncStateNotFound"),
        (
            ResetForm::SyncStateNotFoundCapital,
            404,
            "SyncStateNotFound",
        ),
        (ResetForm::ResyncRequired, 400, "resyncRequired"),
    ] {
        let mut bench = Bench::new();
        bench.user("ada");
        let (_, _, link) = round(&mut bench, "/users/delta?$select=displayName", &[]);
        let (_, _, groups) = round(&mut bench, "/groups/delta", &[]);
        bench.tenant().reset_tokens(crate::store::Class::User, form);

        let answer = refused(&mut bench, &link);

        assert_eq!((answer.status, code(&answer)), (status, expected));
        let location = header(&answer, "Location").map(str::to_owned);
        assert_eq!(location.is_some(), form == ResetForm::Gone);
        let again = location.unwrap_or("/users/delta?$select=displayName".to_owned());
        assert!(!again.contains("$deltatoken=") || again.ends_with("$deltatoken="));
        let (walk, _, link) = round(&mut bench, &again, &[]);
        assert_eq!(walk.len(), 1);
        round(&mut bench, &link, &[]);
        round(&mut bench, &groups, &[]);
    }
}

#[test]
fn tokens_grow_old() {
    let mut bench = Bench::new();
    (0..3).for_each(|n| _ = bench.user(&format!("u{n}")));
    bench.tenant().delta = options(|delta| delta.page_size = 1);
    let first = bench.get("/users/delta?$select=id");
    let next = body(&first)["@odata.nextLink"].as_str().unwrap().to_owned();
    let (_, _, link) = round(&mut bench, "/users/delta?$select=id", &[]);

    bench.advance(601_000);
    let page = refused(&mut bench, &next);
    bench.advance(7 * DAY - 601_000);
    round(&mut bench, &link, &[]);
    bench.advance(1);
    let delta = refused(&mut bench, &link);

    assert_eq!(
        (page.status, code(&page)),
        (400, "Directory_ExpiredPageToken")
    );
    assert_eq!(delta.status, 410);
}

#[test]
fn a_token_serves_its_own_collection_only() {
    let mut bench = Bench::new();
    let (_, _, link) = round(&mut bench, "/users/delta?$select=id", &[]);
    let stolen = link.replace("/users/", "/groups/");

    let answer = refused(&mut bench, &stolen);

    assert!(link.starts_with(ROOT));
    assert_eq!((answer.status, code(&answer)), (400, "Request_BadRequest"));
    bench.tenant().id = "another tenant".to_owned();
    let answer = refused(&mut bench, &link);
    assert_eq!((answer.status, code(&answer)), (400, "Request_BadRequest"));
}
