//! Names and matches that change hands: what one object gives up another gets, whichever was there first.
//!
//! Every story ends in the same way: a full sync would not have said anything else (D-37, P-03).

use crate::world::directory::Entry;
use crate::world::{PROFILE, SRC, STANDARD, TGT, World};

fn user(id: &str, name: &str) -> Entry {
    Entry::new("user", &format!("CN={id},OU=People,DC=src"))
        .set("displayName", name)
        .set("employeeID", id)
}

/// Everything known about the source is synchronised again, which must change nothing.
fn a_full_sync_agrees(w: &mut World) {
    let (plan, errors) = (w.plan(), w.errors());
    w.settle();
    w.requeue();
    w.sync();
    assert_eq!((w.plan(), w.errors()), (plan, errors), "delta equals full");
}

/// A world in which these people were planned and not yet exported.
fn planned(people: &[(&str, &str)]) -> World {
    let mut w = World::standard();
    for (id, name) in people {
        w.dir(SRC).put(id, user(id, name));
    }
    w.full_import(SRC);
    w.sync();
    w
}

#[test]
fn a_name_that_a_leaver_gives_up_goes_to_the_newcomer_of_the_same_run() {
    let mut w = planned(&[("Z", "Ann")]);
    w.dir(SRC).delete("Z");
    w.dir(SRC).put("B", user("B", "Ann"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user CN=Ann,OU=Synced,DC=tgt
        displayName: - -> Ann
        employeeID: - -> B
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
}

#[test]
fn a_name_that_a_leaver_gives_up_goes_to_who_waited_for_it() {
    let mut w = planned(&[("A", "Ann"), ("B", "Ann")]);
    assert!(w.errors().contains("person B: provision-conflict"));
    w.dir(SRC).delete("A");
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user CN=Ann,OU=Synced,DC=tgt
        displayName: - -> Ann
        employeeID: - -> B
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
}

#[test]
fn a_name_that_a_planned_object_changes_goes_to_who_waited_for_it() {
    let mut w = planned(&[("A", "Ann"), ("B", "Ann")]);
    w.dir(SRC).edit("A", "displayName", Some("Amy"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user CN=Amy,OU=Synced,DC=tgt
        displayName: - -> Amy
        employeeID: - -> A
    pass 1 add user CN=Ann,OU=Synced,DC=tgt
        displayName: - -> Ann
        employeeID: - -> B
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
}

#[test]
fn who_waited_for_a_name_comes_before_a_newcomer() {
    let mut w = planned(&[("A", "Ann"), ("B", "Ann")]);
    w.dir(SRC).delete("A");
    w.dir(SRC).put("C", user("C", "Ann"));
    w.delta_import(SRC);

    w.sync();

    assert!(w.plan().contains("employeeID: - -> B"), "{}", w.plan());
    assert!(w.errors().contains("person C: provision-conflict"));
    a_full_sync_agrees(&mut w);
}

#[test]
fn a_name_that_a_staged_rename_is_about_to_take_is_not_given_to_a_newcomer() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("A", "Ann"));
    w.start();
    w.dir(SRC).edit("A", "displayName", Some("Amy"));
    w.delta_import(SRC);
    w.sync();
    w.dir(SRC).put("B", user("B", "Amy"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Ann,OU=Synced,DC=tgt
        rename to CN=Amy in OU=Synced,DC=tgt
        displayName: Ann -> Amy
    ");
    assert!(w.errors().contains("person B: provision-conflict"));
    a_full_sync_agrees(&mut w);
}

#[test]
fn an_object_that_a_leaver_gives_up_is_matched_by_who_waited_for_it() {
    let text = STANDARD.replace(
        r#""action":"create-or-update",
   "match":[[{"metaverse":"employeeID""#,
        r#""action":"create-or-update","scope":{"expr":"department != Test"},
   "match":[[{"metaverse":"employeeID""#,
    );
    let mut w = World::with(&text);
    w.configure(PROFILE, &text);
    w.dir(SRC).put("A", user("A", "Ann").set("mail", "a@x"));
    w.start();
    w.dir(SRC).put("B", user("B", "Bob").set("mail", "a@x"));
    w.cycle();
    assert!(w.errors().contains("person B: already-joined"));
    w.dir(SRC).edit("A", "department", Some("Test"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Ann,OU=Synced,DC=tgt
        rename to CN=Bob in OU=Synced,DC=tgt
        displayName: Ann -> Bob
        employeeID: A -> B
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
}

/// What a person lacks in a target that demands a title and an info, of which the first is in its name.
fn lacks(naming: &str) -> String {
    let named = format!("{naming}=<displayName>");
    let mut w = World::with(&STANDARD.replace("CN=<displayName>", &named));
    w.dir(TGT).required = ["title", "info"].map(Into::into).into();
    w.dir(SRC).put("A", user("A", "Ann"));
    w.full_import(SRC);
    w.sync();
    w.errors()
}

#[test]
fn a_name_gives_the_attribute_it_is_made_of_and_no_other() {
    let lacking = |attr: &str| format!("person A: missing-mandatory on {attr} at Outbound []\n");

    assert_eq!(lacks("title"), lacking("info"));
    assert_eq!(lacks("info"), lacking("title"));
    assert!(lacks("CN").starts_with("person A: missing-mandatory"));
}
