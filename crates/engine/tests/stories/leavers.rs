//! What becomes of a target object that is not wanted any more (D-46): accounts that an inbound part joined, accounts that
//! are disabled and come back or are deleted by time alone.

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

/// The standard profile, in which accounts are joined by what they hold and people of department `Test` have none.
fn joining(deprovision: &str) -> String {
    let joins = STANDARD.replacen(
        r#""metaverse_type":"person","link":"join""#,
        r#""metaverse_type":"person","link":"join",
           "match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
        1,
    );
    let scoped = joins.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department != Test"}"#,
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
    s45_who_returns_gets_his_disabled_account_back,
    s45b_a_disabled_account_is_deleted_by_time_alone,
    who_leaves_the_scope_is_disabled_and_stays_in_his_groups,
    a_disabled_account_that_we_did_not_make_stays_disabled,
    a_disabled_account_that_is_changed_by_hand_is_disabled_again,
    a_joined_account_is_disabled_with_its_person,
    somebody_else_may_match_the_disabled_account_of_who_is_gone,
    what_is_staged_for_a_joined_account_is_withdrawn_when_it_leaves_the_scope,
    what_is_staged_for_a_joined_account_is_withdrawn_when_its_person_is_gone,
    a_joined_account_is_deleted_only_where_the_part_may_delete_what_it_did_not_make,
    a_joined_account_is_let_go_where_no_part_writes_it_any_more,
    what_is_staged_for_an_account_that_its_own_part_lets_go_is_withdrawn,
);

fn what_is_staged_for_a_joined_account_is_withdrawn_when_it_leaves_the_scope(target: Target) {
    let mut w = joined_with_a_change(target, r#""deprovision":"delete""#);

    w.dir(SRC).edit("A", "department", Some("Test"));
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

    w.dir(SRC).edit("A", "department", Some("Test"));
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

fn what_is_staged_for_an_account_that_its_own_part_lets_go_is_withdrawn(target: Target) {
    let joins = STANDARD.replacen(
        r#""metaverse_type":"person","link":"join""#,
        r#""metaverse_type":"person","link":"join","scope":{"expr":"info != out"},
           "match":[[{"source":"info","metaverse":"employeeID"}]]"#,
        1,
    );
    let mut w = target.with(&joins);
    w.dir(TGT)
        .put("x1", target.entry("user", "x1").set("info", "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.delta_import(TGT);
    w.sync();
    assert!(w.plan().contains("update user A <x1>"), "{}", w.plan());

    w.dir(TGT).edit("x1", "info", Some("out"));
    w.delta_import(TGT);
    w.sync();

    assert!(!w.plan().contains("<x1>"), "{}", w.plan());
    assert!(w.plan().contains("add user A"), "{}", w.plan());
}

const DAY: i64 = 24 * 3600;

/// The standard profile, in which accounts of people who are gone, or whose department is, are disabled, moved, and deleted
/// after 30 days.
fn disabling() -> String {
    let enables = STANDARD.replacen(
        r#""deprovision":"delete","flows":["#,
        r#""disable":{"dn":{"expr":"CN=<displayName>,OU=Disabled,DC=tgt"},
           "flows":[{"to":"accountDisabled","expr":"true"}],"delete_after_days":30},
           "deprovision":"disable","flows":[{"to":"accountDisabled","expr":"false"},"#,
        1,
    );
    enables.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department != Test"}"#,
        1,
    )
}

pub fn disabling_world(target: Target) -> World {
    let mut w = target.with(&disabling());
    if target == Target::Tree {
        w.dir(TGT)
            .put("disabled", Entry::new("ou", "OU=Disabled,DC=tgt"));
        w.delta_import(TGT);
    }
    w
}

/// The plan but for its moves: this many in a tree, none in a flat directory.
fn without_moves(target: Target, w: &World, moves: usize) -> String {
    let plan = w.plan();
    let moves = if target == Target::Tree { moves } else { 0 };
    let is_move = |line: &&str| line.starts_with("    rename to ");
    assert_eq!(plan.lines().filter(is_move).count(), moves, "{plan}");
    let others = plan.lines().filter(|line| !is_move(line));
    others.map(|line| format!("{line}\n")).collect()
}

fn where_is(w: &mut World, nick: &str) -> String {
    let anchor = crate::world::directory::anchor(nick);
    let entry = w.dir(TGT).objects.get(&anchor).expect("an account");
    entry.dn.to_string()
}

fn s45_who_returns_gets_his_disabled_account_back(target: Target) {
    let mut w = disabling_world(target);
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let mv: Vec<_> = w.db.mv.keys().copied().collect();

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: false -> true
    ");
    w.cycle();
    insta::assert_snapshot!(w.metaverse(), @r"
    person A (tombstone)
        department: Sales (?)
        displayName: Ann (?)
        employeeID: Ann (?)
        <- A <tgt-new1> Departing
    ");
    if target == Target::Tree {
        assert_eq!(where_is(&mut w, "tgt-new1"), "CN=Ann,OU=Disabled,DC=tgt");
    }
    w.now += 10 * DAY;
    assert!(w.cycle().is_empty(), "{}", w.plan());

    w.dir(SRC).put("A", user("Ann"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.db.mv.keys().copied().collect::<Vec<_>>(), mv);
    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: true -> false
    ");
    w.cycle();
    insta::assert_snapshot!(w.object(TGT, "tgt-new1"), @"user A <tgt-new1>: PI None, Target link, CreatedByUs");
    if target == Target::Tree {
        assert_eq!(where_is(&mut w, "tgt-new1"), "CN=Ann,OU=Synced,DC=tgt");
    }
    w.now += 30 * DAY;
    assert!(w.cycle().is_empty(), "his days began anew");
}

fn s45b_a_disabled_account_is_deleted_by_time_alone(target: Target) {
    let mut w = disabling_world(target);
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.cycle();
    assert!(w.db.work.is_empty());

    w.now += 30 * DAY - 1;
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    w.now += 1;
    w.sync();
    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");

    w.cycle();
    w.cycle();
    assert_eq!(w.metaverse(), "(empty)\n");
    w.dir(SRC).put("A", user("Ann"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("add user A"), "{}", w.plan());
}

fn who_leaves_the_scope_is_disabled_and_stays_in_his_groups(target: Target) {
    let mut w = disabling_world(target);
    w.dir(SRC).put("A", user("Ann"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A");
    w.dir(SRC).put("G", group);
    w.start();
    w.cycle();

    w.dir(SRC).edit("A", "department", Some("Test"));
    w.delta_import(SRC);
    let parts = w.sync();
    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: false -> true
    ");
    let facts = &w.staged()[0].facts;
    let disables = |fact: &syncline_model::plan::GuardFact| {
        fact.kind == syncline_model::plan::GuardKind::Disable
    };
    assert!(facts.iter().any(disables), "guards count it");
    let of = |kind| {
        let events = parts.iter().flat_map(|part| &part.events);
        events.filter(|event| event.kind == kind).count()
    };
    assert_eq!(of(syncline_model::plan::EventKind::Retired), 1);
    w.cycle();
    assert!(w.object(TGT, "tgt-new1").contains("Target link"));

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: true -> false
        department: Sales -> IT
    ");
    w.dir(SRC).edit("A", "department", Some("Test"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n", "it never was enabled");
    w.now += 30 * DAY;
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update group G <tgt-new2>
        member: - A <tgt-new1>
    pass 1 delete user A <tgt-new1>
    ");
}

fn a_disabled_account_that_we_did_not_make_stays_disabled(target: Target) {
    let mut w = disabling_world(target);
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.cycle();

    w.now += 31 * DAY;
    w.requeue();
    w.cycle();

    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.object(TGT, "x1").contains("Departing link, Adopted"));
}

fn a_disabled_account_that_is_changed_by_hand_is_disabled_again(target: Target) {
    let mut w = disabling_world(target);
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.cycle();

    w.dir(TGT)
        .edit("tgt-new1", "accountDisabled", Some("false"));
    w.dir(TGT).edit("tgt-new1", "department", Some("by hand"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: false -> true
    ");
}

fn a_joined_account_is_disabled_with_its_person(target: Target) {
    let joins = disabling().replacen(
        r#""metaverse_type":"person","link":"join""#,
        r#""metaverse_type":"person","link":"join",
           "match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
        1,
    );
    let mut w = target.with(&joins);
    if target == Target::Tree {
        w.dir(TGT)
            .put("disabled", Entry::new("ou", "OU=Disabled,DC=tgt"));
    }
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    assert!(w.object(TGT, "x1").contains("Join link"));

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user A <x1>
        accountDisabled: false -> true
    ");
}

fn somebody_else_may_match_the_disabled_account_of_who_is_gone(target: Target) {
    let mut w = disabling_world(target);
    w.dir(SRC).put("A", user("Ann").set("mail", "a@x"));
    w.start();
    w.dir(SRC).delete("A");
    w.cycle();

    w.dir(SRC).put("B", user("Bob").set("mail", "a@x"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(without_moves(target, &w, 1), @r"
    pass 1 update user B <tgt-new1>
        accountDisabled: true -> false
        displayName: Ann -> Bob
        employeeID: Ann -> Bob
    ");
    w.cycle();
    w.settle();
    assert_eq!(w.db.mv.len(), 1, "{}", w.metaverse());
}
