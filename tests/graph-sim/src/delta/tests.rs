//! Delta queries, quirk by quirk.

use crate::{
    clock::DAY,
    options::{DeltaOptions, ResetForm},
    request::Answer,
    testing::{Bench, ROOT, body, code, header},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// All rows of a chain, the number of its pages, and the delta link at its end.
fn round(bench: &mut Bench, start: &str, headers: &[(&str, &str)]) -> (Vec<Value>, usize, String) {
    let (mut target, mut rows, mut pages) = (start.to_owned(), Vec::new(), 0);
    loop {
        let answer = bench.send("GET", &target, headers, None);
        assert_eq!(answer.status, 200, "{answer:?}");
        pages += 1;
        rows.extend(body(&answer)["value"].as_array().unwrap().iter().cloned());
        if let Some(link) = body(&answer)["@odata.deltaLink"].as_str() {
            return (rows, pages, link.to_owned());
        }
        target = body(&answer)["@odata.nextLink"]
            .as_str()
            .unwrap()
            .to_owned();
    }
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

fn options(change: impl FnOnce(&mut DeltaOptions)) -> DeltaOptions {
    let mut options = DeltaOptions::default();
    change(&mut options);
    options
}

#[test]
fn a_first_walk_tells_everybody_once_and_the_round_after_it_only_what_changed() {
    let mut bench = Bench::new();
    let people: BTreeSet<String> = (0..25).map(|n| bench.user(&format!("u{n}"))).collect();
    bench.tenant().delta = options(|delta| delta.page_size = 10);

    let (walk, pages, link) = round(&mut bench, "/users/delta?$select=displayName,jobTitle", &[]);
    let (nothing, _, link) = round(&mut bench, &link, &[]);
    let first = people.first().unwrap();
    bench.patch(
        &format!("/users/{first}"),
        json!({ "jobTitle": "Countess" }),
    );
    let new = bench.user("new");
    let (changes, _, _) = round(&mut bench, &link, &[]);

    assert_eq!((walk.len(), pages, ids(&walk)), (25, 3, people.clone()));
    assert!(walk[0].get("jobTitle").is_none(), "never set is absent");
    assert_eq!(nothing, [] as [Value; 0]);
    assert_eq!(ids(&changes), BTreeSet::from([first.clone(), new]));
}

#[test]
fn a_change_outside_the_selection_never_shows_and_null_is_told_as_null() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let path = format!("/users/{ada}");
    bench.patch(&path, json!({ "jobTitle": "x", "department": "y" }));
    let (_, _, link) = round(&mut bench, "/users/delta()?$select=jobTitle", &[]);

    bench.patch(&path, json!({ "department": "z" }));
    let (outside, _, link) = round(&mut bench, &link, &[]);
    bench.patch(&path, json!({ "jobTitle": null }));
    let (cleared, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(outside, [] as [Value; 0]);
    assert_eq!(cleared, [json!({ "id": ada, "jobTitle": null })]);
}

#[test]
fn minimal_rows_hold_only_what_changed() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let minimal = [("Prefer", "return=minimal")];
    let (_, _, link) = round(&mut bench, "/users/delta?$select=displayName,jobTitle", &[]);
    bench.patch(&format!("/users/{ada}"), json!({ "jobTitle": "x" }));

    let (whole, _, _) = round(&mut bench, &link, &[]);
    let (part, _, _) = round(&mut bench, &link, &minimal);
    let answer = bench.send("GET", &link, &minimal, None);

    assert_eq!(
        whole,
        [json!({ "id": ada, "displayName": "ada", "jobTitle": "x" })]
    );
    assert_eq!(part, [json!({ "id": ada, "jobTitle": "x" })]);
    assert_eq!(
        header(&answer, "Preference-Applied"),
        Some("return=minimal")
    );
}

#[test]
fn a_removal_is_changed_first_and_deleted_after_the_purge() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let (_, _, link) = round(&mut bench, "/users/delta?$select=id", &[]);

    bench.delete(&format!("/users/{ada}"));
    let (soft, _, link) = round(&mut bench, &link, &[]);
    bench.tenant().delta.delta_token_days = 60;
    bench.advance(31 * DAY);
    let (hard, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(
        soft,
        [json!({ "id": ada, "@removed": { "reason": "changed" } })]
    );
    assert_eq!(
        hard,
        [json!({ "id": ada, "@removed": { "reason": "deleted" } })]
    );
}

#[test]
fn a_restored_user_comes_back_whole_and_a_first_walk_may_tell_the_recycle_bin() {
    let mut bench = Bench::new();
    let (ada, grace) = (bench.user("ada"), bench.user("grace"));
    let (_, _, link) = round(&mut bench, "/users/delta?$select=displayName", &[]);
    bench.delete(&format!("/users/{ada}"));
    bench.delete(&format!("/users/{grace}"));
    let (_, _, link) = round(&mut bench, &link, &[]);
    bench.send(
        "POST",
        &format!("/directory/deletedItems/{ada}/restore"),
        &[],
        None,
    );

    let (restored, _, _) = round(&mut bench, &link, &[]);
    bench.tenant().delta.removed_in_first_walk = true;
    let (walk, _, _) = round(&mut bench, "/users/delta?$select=displayName", &[]);

    assert_eq!(restored, [json!({ "id": ada, "displayName": "ada" })]);
    assert!(walk.contains(&json!({ "id": grace, "@removed": { "reason": "changed" } })));
    assert_eq!(walk.len(), 2);
}

fn members(rows: &[Value]) -> BTreeMap<String, bool> {
    let told = rows
        .iter()
        .filter_map(|row| row["members@delta"].as_array());
    told.flatten()
        .map(|member| {
            let id = member["id"].as_str().unwrap().to_owned();
            (id, member.get("@removed").is_none())
        })
        .collect()
}

#[test]
fn the_members_of_a_big_group_spread_over_pages_with_the_same_properties() {
    let mut bench = Bench::new();
    let staff = bench.group("staff");
    let people: Vec<String> = (0..7).map(|n| bench.user(&format!("u{n}"))).collect();
    people
        .iter()
        .for_each(|id| assert_eq!(bench.add_member(&staff, id).status, 204));
    bench.tenant().delta = options(|delta| delta.members_per_row = 3);

    let (walk, pages, link) = round(&mut bench, "/groups/delta?$select=displayName,members", &[]);
    bench.delete(&format!("/groups/{staff}/members/{}/$ref", people[0]));
    let new = bench.user("new");
    bench.add_member(&staff, &new);
    let (changes, _, link) = round(&mut bench, &link, &[]);
    bench.delete(&format!("/users/{}", people[1]));
    bench.delete(&format!("/directory/deletedItems/{}", people[1]));
    let (gone, _, _) = round(&mut bench, &link, &[]);

    assert_eq!((walk.len(), pages), (3, 3));
    assert!(walk.iter().all(|row| row["displayName"] == "staff"));
    assert_eq!(members(&walk).len(), 7);
    let expected = BTreeMap::from([(people[0].clone(), false), (new, true)]);
    assert_eq!(members(&changes), expected);
    assert_eq!(members(&gone), BTreeMap::from([(people[1].clone(), false)]));
}

#[test]
fn members_show_only_where_they_are_selected_and_a_member_twice_changed_back_never() {
    let mut bench = Bench::new();
    let (staff, ada) = (bench.group("staff"), bench.user("ada"));
    let (_, _, without) = round(&mut bench, "/groups/delta?$select=displayName", &[]);
    let (_, _, with) = round(&mut bench, "/groups/delta", &[]);

    bench.add_member(&staff, &ada);
    let (hidden, _, _) = round(&mut bench, &without, &[]);
    let (told, _, _) = round(&mut bench, &with, &[]);
    bench.delete(&format!("/groups/{staff}/members/{ada}/$ref"));
    let (undone, _, _) = round(&mut bench, &with, &[]);

    assert_eq!(hidden, [] as [Value; 0]);
    assert_eq!(members(&told), BTreeMap::from([(ada, true)]));
    assert_eq!(undone, [] as [Value; 0]);
}

#[test]
fn a_manager_is_told_when_it_is_selected() {
    let mut bench = Bench::new();
    let (ada, grace) = (bench.user("ada"), bench.user("grace"));
    let (_, _, link) = round(&mut bench, "/users/delta?$select=displayName,manager", &[]);
    let path = format!("/users/{ada}/manager/$ref");

    bench.send("PUT", &path, &[], Some(crate::testing::reference(&grace)));
    let (set, _, link) = round(&mut bench, &link, &[]);
    bench.delete(&path);
    let (cleared, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(set[0]["manager@delta"][0]["id"], json!(grace));
    assert_eq!(
        cleared[0]["manager@delta"][0]["@removed"]["reason"],
        "deleted"
    );
}

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
fn disturbed_rounds_say_the_same_in_the_end() {
    let mut bench = Bench::new();
    let people: BTreeSet<String> = (0..40).map(|n| bench.user(&format!("u{n}"))).collect();
    let disturbed = options(|delta| {
        delta.page_size = 7;
        delta.empty_pages = 0.5;
        delta.duplicates = 0.5;
        delta.shuffled = true;
        delta.replays = 0.5;
    });
    let (calm, _, _) = round(&mut bench, "/users/delta?$select=displayName", &[]);
    bench.tenant().delta = disturbed;

    let (walk, pages, link) = round(&mut bench, "/users/delta?$select=displayName", &[]);
    let (again, _, _) = round(&mut bench, "/users/delta?$select=displayName", &[]);
    let changed: Vec<String> = people.iter().take(20).cloned().collect();
    for id in &changed {
        bench.patch(&format!("/users/{id}"), json!({ "displayName": "changed" }));
    }
    let (changes, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(ids(&walk), people);
    assert_eq!(walk, again, "one seed, one walk");
    assert!(walk.len() > 40, "some came twice");
    assert!(pages > 7, "some pages were empty");
    let order = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_ne!(order(&walk), order(&calm));
    let told: BTreeSet<String> = changes
        .iter()
        .filter(|row| row["displayName"] == "changed")
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, changed.into_iter().collect());
    assert!(ids(&changes).len() > 20, "some earlier changes came again");
    assert!(changes.len() > ids(&changes).len(), "some came twice");
}

#[test]
fn a_row_that_comes_twice_says_the_same_both_times() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let (_, _, link) = round(&mut bench, "/users/delta?$select=displayName", &[]);
    bench.tenant().delta = options(|delta| delta.duplicates = 1.0);
    bench.patch(&format!("/users/{ada}"), json!({ "displayName": "one" }));
    bench.patch(&format!("/users/{ada}"), json!({ "displayName": "two" }));

    let (rows, _, _) = round(&mut bench, &link, &[]);

    let row = json!({ "id": ada, "displayName": "two" });
    assert_eq!(rows, [row.clone(), row]);
}

#[test]
fn what_a_slow_replica_has_not_seen_comes_in_a_later_round_and_is_not_lost() {
    let mut bench = Bench::new();
    bench.user("first");
    bench.tenant().store.set_lags(&[0, 60_000, 120_000]);
    let (_, _, mut link) = round(&mut bench, "/users/delta?$select=id", &[]);
    let mut expected = BTreeSet::new();
    let mut told = BTreeSet::new();
    let mut late = 0;
    for n in 0..20 {
        let new = bench.user(&format!("u{n}"));
        bench.advance(7_000);
        let (rows, _, next) = round(&mut bench, &link, &[]);
        late += usize::from(!ids(&rows).contains(&new));
        told.extend(ids(&rows));
        expected.insert(new);
        link = next;
    }
    assert!(late > 0, "some came later than the round after them");
    bench.advance(120_000);

    let (rows, _, _) = round(&mut bench, &link, &[]);

    told.extend(ids(&rows));
    assert!(told.is_superset(&expected));
}

#[test]
fn a_walk_whose_pages_come_from_different_replicas_loses_nobody() {
    for seed in 0..5 {
        let mut bench = Bench::with_seed(seed);
        bench.tenant().delta = options(|delta| delta.page_size = 2);
        bench.tenant().store.set_lags(&[0, 5_000, 9_000]);
        let mut expected = BTreeSet::new();
        for n in 0..12 {
            expected.insert(bench.user(&format!("u{n}")));
            bench.advance(1_000);
        }
        let (mut rows, _, link) = round(&mut bench, "/users/delta?$select=id", &[]);
        bench.advance(9_000);

        let (later, _, _) = round(&mut bench, &link, &[]);

        rows.extend(later);
        assert_eq!(ids(&rows), expected, "seed {seed}");
    }
}

#[test]
fn a_change_is_told_when_it_was_processed() {
    let mut bench = Bench::new();
    let (_, _, link) = round(&mut bench, "/users/delta?$select=id", &[]);
    bench.tenant().delta.processing_delay_ms = 30_000;
    let ada = bench.user("ada");

    let (early, _, link) = round(&mut bench, &link, &[]);
    bench.advance(30_000);
    let (late, _, _) = round(&mut bench, &link, &[]);

    assert_eq!(early, [] as [Value; 0]);
    assert_eq!(ids(&late), BTreeSet::from([ada]));
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
}
