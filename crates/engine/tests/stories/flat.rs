//! A flat target: no names, no containers; ids come with the create.

use syncline_engine::export::{self, Resolution};
use syncline_model::connector::{AddTrace, ReadAnswer};
use syncline_model::dn::Dn;
use syncline_model::import::ObjectName;
use syncline_model::plan::Verb;

use crate::export::FRESH;
use crate::world::directory::{Directory, Entry, anchor};
use crate::world::{HR, SRC, STANDARD, TGT, Target, World};

/// The standard profile without names.
pub fn profile() -> String {
    Target::Flat.profile(STANDARD)
}

/// The standard world over a flat target.
pub fn world() -> World {
    let source = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
    let mut world = World::new(
        &profile(),
        vec![(SRC, source), (TGT, Directory::flat("tgt"))],
    );
    assert!(!world.directories.contains_key(&HR));
    world.full_import(TGT);
    world
}

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn account(n: &str) -> Entry {
    Entry::new("user", "").set("employeeID", n)
}

#[test]
fn a_first_plan_creates_adopts_and_refers_without_names() {
    let mut w = world();
    w.dir(TGT).put("x", account("Bob").set("department", "Old"));
    w.dir(SRC).put("A", user("Ann").refer("manager", "B"));
    w.dir(SRC).put("B", user("Bob"));
    w.dir(SRC).put("C", user("Cid").refer("manager", "A"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A")
        .refer("member", "B");
    w.dir(SRC).put("G", group);
    w.delta_import(TGT);
    w.full_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
        manager: + <x>
    pass 1 add user new <C>
        department: - -> Sales
        displayName: - -> Cid
        employeeID: - -> Cid
    pass 1 add group new <G>
        member: + <x>
        name: - -> Team
    pass 1 update user <x>
        department: Old -> Sales
        displayName: - -> Bob
    pass 2 update user new <C>
        manager: + new <A>
    pass 2 update group new <G>
        member: + new <A>
    ");
    w.export(TGT);
    w.delta_import(TGT);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.db.memory.is_empty(), "everything is confirmed");
    let log = w.dir(TGT).log.clone();
    assert_eq!(log.iter().filter(|line| line.starts_with("add")).count(), 3);
    w.cycle();
    assert_eq!(w.dir(TGT).log, log, "a second cycle writes nothing");
}

#[test]
fn a_renamed_person_is_one_update_and_a_moved_one_none() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).rename("A", "CN=Ann,OU=Groups,DC=src");
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");

    w.dir(SRC).edit("A", "displayName", Some("Anna"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user <tgt-new1>
        displayName: Ann -> Anna
    ");
}

#[test]
fn what_we_made_is_deleted_and_what_we_found_is_left() {
    let mut w = world();
    w.dir(TGT).put("x", account("Bob"));
    w.delta_import(TGT);
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.start();

    w.dir(SRC).delete("A");
    w.dir(SRC).delete("B");
    w.cycle();

    let left: Vec<_> = w.dir(TGT).objects.keys().cloned().collect();
    assert_eq!(left, [crate::world::directory::anchor("x")]);
}

#[test]
fn who_returns_before_his_deletion_is_confirmed_waits_for_it() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    w.export(TGT);

    w.dir(SRC).put("A", user("Ann"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );

    w.delta_import(TGT);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    let log = w.dir(TGT).log.clone();
    assert_eq!(log.len(), 3, "made, deleted, made: {log:?}");
}

#[test]
fn who_returns_under_another_number_waits_for_the_deletion_of_his_account_too() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    w.export(TGT);

    // The same person by her id; no match finds the account that goes.
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).edit("A", "employeeID", Some("Ann 2"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );

    w.delta_import(TGT);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann 2
    ");
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.dir(TGT).log.len(), 3, "made, deleted, made");
}

#[test]
fn who_returns_while_the_deletion_of_his_account_is_in_doubt_waits_for_what_is_found() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let db = w.db.clone();
    w.dir(TGT).apply(&db.created, &op.op); // the answer never arrives

    w.dir(SRC).put("A", user("Ann").set("givenName", "Ann"));
    w.dir(SRC).edit("A", "employeeID", Some("Ann 2"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 delete user <tgt-new1>
        blocked: OutcomeUnknown
    ");

    let gone = ReadAnswer::Missing(ObjectName::Anchor(anchor("tgt-new1")));
    let Resolution::Settle(outcome) = export::resolve_change(&entry, &gone, FRESH) else {
        panic!("it is gone");
    };
    let set = w.rule_set();
    w.finish(&set, &entry, &outcome);
    w.cycle();
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.dir(TGT).log.len(), 3, "made, deleted, made");
}

#[test]
fn an_account_deleted_by_somebody_else_is_created_again() {
    let mut w = world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let made = w.dir(TGT).by_value("employeeID", "Ann").cloned();
    let made = crate::world::directory::nickname(&made.expect("Ann's account"));

    w.dir(TGT).delete(&made);
    w.cycle();

    let again = w.dir(TGT).by_value("employeeID", "Ann").cloned();
    assert_ne!(again, None);
}

#[test]
fn what_was_cut_off_after_its_create_is_ours_and_is_finished() {
    let mut w = world();
    w.dir(TGT).put(
        "x",
        account("Bob")
            .set("department", "Sales")
            .set("displayName", "Bob"),
    );
    w.dir(SRC).put("A", user("Ann").refer("manager", "B"));
    w.dir(SRC).put("B", user("Bob"));
    w.delta_import(TGT);
    w.full_import(SRC);
    w.sync();
    let op = w.staged().into_iter().find(|op| op.verb() == Verb::Add);
    let entry = w.db.claim(&op.expect("Ann's account"), w.now);
    // It was made, and the writer died before its manager was written.
    let made = account("Ann")
        .set("displayName", "Ann")
        .set("department", "Sales");
    w.dir(TGT).put("made", made);
    let trace = AddTrace::Present {
        anchor: anchor("made"),
        dn: Dn::root(),
        created: None,
        differing: Vec::new(),
        unfinished: vec!["manager".into()],
        sealed: None,
    };

    let Resolution::Settle(outcome) = export::resolve_add(&entry, &trace, |_| false, FRESH) else {
        panic!("it is ours");
    };
    let set = w.rule_set();
    w.finish(&set, &entry, &outcome);
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user <made>
        manager: + <x>
    ");
    assert!(
        w.object(TGT, "made").contains("CreatedByUs"),
        "{}",
        w.object(TGT, "made")
    );
}
