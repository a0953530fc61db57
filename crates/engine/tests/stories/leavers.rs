//! What becomes of a target object that is not wanted any more (D-46): accounts that an inbound part joined.

use crate::world::directory::Entry;
use crate::world::{SRC, STANDARD, TGT, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn account(target: Target, n: &str) -> Entry {
    target.entry("user", n).set("employeeID", n)
}

/// The standard profile, in which accounts are joined by what they hold and people of department `Gone` have none.
fn joining(deprovision: &str) -> String {
    let joins = STANDARD.replacen(
        r#""metaverse_type":"person","link":"join""#,
        r#""metaverse_type":"person","link":"join",
           "match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
        1,
    );
    let scoped = joins.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department != Gone"}"#,
        1,
    );
    scoped.replacen(r#""deprovision":"delete""#, deprovision, 1)
}

/// A world with one account that was there before us, joined and with a change staged.
fn joined_with_a_change(target: Target, deprovision: &str) -> World {
    let mut w = target.with(&joining(deprovision));
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    assert!(
        w.object(TGT, "x1").contains("Join link"),
        "{}",
        w.object(TGT, "x1")
    );
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("department: Sales -> IT"), "{}", w.plan());
    w
}

in_both_worlds!(
    what_is_staged_for_a_joined_account_is_withdrawn_when_it_leaves_the_scope,
    what_is_staged_for_a_joined_account_is_withdrawn_when_its_person_is_gone,
    a_joined_account_is_deleted_only_where_the_part_may_delete_what_it_did_not_make,
    a_joined_account_is_let_go_where_no_part_writes_it_any_more,
);

fn what_is_staged_for_a_joined_account_is_withdrawn_when_it_leaves_the_scope(target: Target) {
    let mut w = joined_with_a_change(target, r#""deprovision":"delete""#);

    w.dir(SRC).edit("A", "department", Some("Gone"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.db.intents.is_empty());
    assert!(
        w.object(TGT, "x1").contains("Join link"),
        "its own part keeps it"
    );
    w.dir(SRC).edit("A", "department", Some("HR"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <x1>
        department: Sales -> HR
    ");
}

fn what_is_staged_for_a_joined_account_is_withdrawn_when_its_person_is_gone(target: Target) {
    let mut w = joined_with_a_change(target, r#""deprovision":"delete""#);

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.metaverse(), "(empty)\n");
    assert!(w.db.intents.is_empty());
    assert!(w.object(TGT, "x1").contains("normal"));
    assert!(w.export(TGT).is_empty());
}

fn a_joined_account_is_deleted_only_where_the_part_may_delete_what_it_did_not_make(target: Target) {
    let words = r#""delete_adopted":true,"deprovision":"delete""#;
    let mut w = joined_with_a_change(target, words);

    w.dir(SRC).edit("A", "department", Some("Gone"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <x1>");
    w.cycle();
    assert_eq!(w.dir(TGT).by_value("employeeID", "Ann"), None);
}

fn a_joined_account_is_let_go_where_no_part_writes_it_any_more(target: Target) {
    let text = joining(r#""deprovision":"leave""#);
    let mut w = joined_with_a_change(target, r#""deprovision":"leave""#);

    let from = text.find(r#""outbound":["#).expect("outbound parts");
    let only_in = format!(r#"{}"outbound":[]}}"#, &text[..from]);
    w.configure(crate::world::PROFILE, &target.profile(&only_in));
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.db.intents.is_empty());
}
