//! A target of many replicas: a read may be older than our own write, for some minutes.

use syncline_engine::export::{self, Look, Resolution};
use syncline_model::connector::{AddTrace, OpOutcome, ReadAnswer};
use syncline_model::import::{ImportChange, ImportEntry, ObjectName};

use crate::flat::world;
use crate::world::directory::Entry;
use crate::world::{SRC, TGT, World};

/// How long reads of the target may lag, in seconds.
const SETTLE: i64 = 300;

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
}

/// A world of one account that we created and saw, and what a read that began before then showed.
fn lagging() -> (World, Vec<ImportEntry>) {
    let mut w = world();
    w.settle.insert(TGT, SETTLE);
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let before = w.dir(TGT).full();
    w.export(TGT);
    (w, before)
}

#[test]
fn a_full_read_that_does_not_show_our_create_yet_deletes_nothing() {
    let (mut w, before) = lagging();

    // Once it was even seen, on a quicker replica.
    w.delta_import(TGT);
    w.import_all(TGT, before.clone(), true, true);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.counts.deleted, 0);

    w.now += SETTLE + 1;
    w.import_all(TGT, before, true, true);
    assert_eq!(w.counts.deleted, 1, "by then every read would show it");
}

#[test]
fn a_read_older_than_our_change_neither_contradicts_nor_undoes_it() {
    let (mut w, _) = lagging();
    w.full_import(TGT);
    w.now += SETTLE + 1;
    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.delta_import(SRC);
    w.sync();
    let before = w.dir(TGT).full();
    w.export(TGT);

    w.import_all(TGT, before.clone(), true, true);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.counts.contradicted, 0);
    assert_eq!(
        w.db.memory.len(),
        1,
        "it still waits for a read that shows it"
    );

    w.now += SETTLE + 1;
    w.import_all(TGT, before, true, true);
    w.sync();
    assert_eq!(w.counts.contradicted, 1, "somebody changed it back");
    assert_ne!(w.plan(), "(nothing)\n");
}

#[test]
fn a_young_object_told_as_removed_is_looked_at_again_and_not_lost() {
    let (mut w, _) = lagging();
    w.delta_import(TGT);
    let made = w.dir(TGT).by_value("employeeID", "Ann").cloned();
    let made = made.expect("Ann's account");

    w.import_all(TGT, vec![ImportEntry::Deleted(made.clone())], false, true);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    let asked_for = |w: &World| {
        let rows = w.db.cs.values().map(|object| object.row);
        rows.filter(|row| row.flags.has(syncline_model::object::CsFlags::NEEDS_FULL))
            .count()
    };
    assert_eq!(asked_for(&w), 1);

    let image = w.dir(TGT).object(&made);
    w.import_all(TGT, vec![image], false, true);
    assert_eq!(asked_for(&w), 0);
}

#[test]
fn an_add_without_an_answer_is_not_repeated_while_a_read_may_hide_it() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let handed_over = w.now;
    let looked = |now: i64, lag: i64, trace: &AddTrace| {
        let look = Look::new(now, lag.unsigned_abs() * 1000, 5);
        export::resolve_add(&entry, trace, |_| false, look)
    };

    let absent = AddTrace::Absent;
    assert_eq!(
        looked(handed_over + SETTLE - 1, SETTLE, &absent),
        Resolution::Wait
    );
    assert_eq!(
        looked(handed_over + SETTLE, SETTLE, &absent),
        Resolution::Repeat
    );
    assert_eq!(looked(handed_over, 0, &absent), Resolution::Repeat);

    // When it shows, it is ours.
    let shown = AddTrace::Present {
        anchor: crate::world::directory::anchor("made"),
        dn: syncline_model::dn::Dn::root(),
        created: None,
        differing: Vec::new(),
        unfinished: Vec::new(),
        sealed: None,
    };
    assert!(matches!(
        looked(handed_over + 1, SETTLE, &shown),
        Resolution::Settle(outcome) if matches!(*outcome, OpOutcome::Done(_))
    ));
}

#[test]
fn an_object_that_is_not_shown_yet_does_not_count_as_gone() {
    let (mut w, _) = lagging();
    w.full_import(TGT);
    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.delta_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let own = w.dir(TGT).by_value("employeeID", "Ann").cloned();
    let missing = ReadAnswer::Missing(ObjectName::Anchor(own.expect("Ann's account")));
    let looked = |now| {
        let look = Look::new(now, SETTLE.unsigned_abs() * 1000, 5);
        export::resolve_change(&entry, &missing, look)
    };

    assert_eq!(looked(w.now + 1), Resolution::Repeat);
    assert!(matches!(looked(w.now + SETTLE), Resolution::Settle(_)));
}

#[test]
fn a_change_that_tells_everything_makes_an_object_known() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann").set("department", "Sales"));
    w.full_import(SRC);
    w.dir(TGT).put(
        "x",
        Entry::new("user", "")
            .set("employeeID", "Ann")
            .set("department", "Old"),
    );
    let x = crate::world::directory::anchor("x");
    let ImportEntry::Object(image) = w.dir(TGT).object(&x) else {
        panic!("x is an object");
    };
    let mut attrs: Vec<_> = image
        .attrs
        .into_iter()
        .map(|(name, values)| (name, Some(values)))
        .collect();
    attrs.push(("displayName".into(), None));
    let change = ImportChange {
        anchor: x,
        object_type: Some("user".into()),
        dn: None,
        attrs,
        refs_set: Vec::new(),
        refs_added: Vec::new(),
        refs_removed: Vec::new(),
    };

    w.import_all(TGT, vec![ImportEntry::Change(change)], false, true);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user <x>
        department: Old -> Sales
        displayName: - -> Ann
    ");
}
