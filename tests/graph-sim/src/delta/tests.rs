//! Delta queries, quirk by quirk.

mod adds_up;
mod disturbed;
mod tokens;

use crate::{
    clock::DAY,
    options::DeltaOptions,
    testing::{Bench, body, header},
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
    let (gone, _, link) = round(&mut bench, &link, &[]);
    people[2..].iter().for_each(|id| {
        bench.delete(&format!("/groups/{staff}/members/{id}/$ref"));
    });
    let (many, _, _) = round(&mut bench, &link, &[]);

    assert_eq!((walk.len(), pages), (3, 3));
    assert_eq!((many.len(), members(&many).len()), (2, 5));
    assert!(many.iter().all(|row| row["displayName"] == "staff"));
    assert!(walk.iter().all(|row| row["displayName"] == "staff"));
    assert_eq!(members(&walk).len(), 7);
    let expected = BTreeMap::from([(people[0].clone(), false), (new, true)]);
    assert_eq!(members(&changes), expected);
    assert_eq!(members(&gone), BTreeMap::from([(people[1].clone(), false)]));
}

#[test]
fn members_show_only_where_they_are_selected_and_one_that_came_and_went_is_told_as_gone() {
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
    assert_eq!(members(&told), BTreeMap::from([(ada.clone(), true)]));
    assert_eq!(members(&undone), BTreeMap::from([(ada, false)]));
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
