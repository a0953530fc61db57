//! Rounds that come in pieces, twice, mixed and late say the same in the end.

use super::{ids, options, round};
use crate::testing::{Bench, reference};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
fn an_earlier_version_comes_first_and_never_after_the_last_one() {
    for seed in 0..20 {
        let mut bench = Bench::with_seed(seed);
        let people: Vec<String> = (0..9).map(|n| bench.user(&format!("u{n}"))).collect();
        let select = "/users/delta?$select=displayName,manager";
        let (_, _, link) = round(&mut bench, select, &[]);
        bench.tenant().delta = options(|delta| {
            delta.intermediate = 1.0;
            delta.duplicates = 0.5;
            delta.shuffled = true;
            delta.page_size = 4;
        });
        let manager = reference(&people[8]);
        for id in &people[..8] {
            let path = format!("/users/{id}");
            bench.patch(&path, json!({ "displayName": "first" }));
            bench.send(
                "PUT",
                &format!("{path}/manager/$ref"),
                &[],
                Some(manager.clone()),
            );
        }
        for id in &people[..8] {
            let path = format!("/users/{id}");
            bench.patch(&path, json!({ "displayName": "last" }));
            bench.delete(&format!("{path}/manager/$ref"));
        }

        let (rows, _, _) = round(&mut bench, &link, &[]);

        for id in &people[..8] {
            let of_one: Vec<&Value> = rows.iter().filter(|row| row["id"] == **id).collect();
            let (earlier, last) = (of_one[0], of_one[of_one.len() - 1]);
            assert_eq!(earlier["displayName"], "first", "seed {seed}: {of_one:#?}");
            assert_eq!(earlier["manager@delta"][0]["id"], people[8]);
            assert_eq!(last["displayName"], "last");
            // Nobody managed him before the round, and somebody did half-way.
            assert_eq!(last["manager@delta"][0]["@removed"]["reason"], "deleted");
            let first_last = of_one.iter().position(|row| row["displayName"] == "last");
            let rest = &of_one[first_last.unwrap()..];
            assert!(rest.iter().all(|row| row["displayName"] == "last"));
        }
    }
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
