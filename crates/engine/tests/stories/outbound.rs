//! Outbound rules, deprovision, drift: S-41 to S-51, as far as this engine goes.

use crate::world::directory::{Entry, anchor};
use crate::world::{PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn account(target: Target, n: &str) -> Entry {
    target.entry("user", n).set("employeeID", n)
}

/// The plan but for its renames: this many in a tree, none in a flat directory.
fn without_renames(target: Target, w: &World, renames: usize) -> String {
    let plan = w.plan();
    let renames = if target == Target::Tree { renames } else { 0 };
    let is_rename = |line: &&str| line.starts_with("    rename to ");
    assert_eq!(plan.lines().filter(is_rename).count(), renames, "{plan}");
    let others = plan.lines().filter(|line| !is_rename(line));
    others.map(|line| format!("{line}\n")).collect()
}

in_both_worlds!(
    a_first_plan_creates_adopts_and_refers,
    s41_create_only_adopts_without_a_change_and_creates_the_rest,
    s46_leave_and_disconnect_differ_for_who_matches_nothing_any_more,
    s42_update_only_lists_what_it_does_not_find_and_retries_when_the_target_changes,
    s44_only_what_we_made_is_deleted,
    s47_a_link_to_a_target_keeps_nothing_alive_and_groups_lose_the_member,
    s49_an_add_that_was_not_sent_is_withdrawn,
    a_corrected_match_takes_the_place_of_adds_that_were_not_sent,
    an_account_that_appears_before_its_add_was_sent_is_adopted,
    two_people_with_one_match_value_get_two_accounts_wherever_the_export_stops,
    an_add_that_was_not_sent_is_withdrawn_when_two_accounts_match_or_its_part_may_not_create,
    s49b_a_delete_that_was_not_sent_is_withdrawn_when_its_source_returns,
    an_object_deleted_in_the_target_is_created_again,
    s51_drift_is_corrected,
    an_initial_flow_is_sent_in_the_add_only,
    s57_a_rename_and_a_change_are_one_operation,
    nothing_is_decided_before_the_target_was_read_whole,
    a_tie_in_the_target_never_creates,
    a_scope_that_narrows_disconnects_or_deletes_as_the_part_says,
);

fn a_first_plan_creates_adopts_and_refers(target: Target) {
    let mut w = target.world();
    w.dir(TGT)
        .put("x", account(target, "Bob").set("department", "Old"));
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
    pass 1 add user A
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
        manager: + B <x>
    pass 1 add user C
        department: - -> Sales
        displayName: - -> Cid
        employeeID: - -> Cid
    pass 1 add group G
        member: + B <x>
        name: - -> Team
    pass 1 update user B <x>
        department: Old -> Sales
        displayName: - -> Bob
    pass 2 update user C
        manager: + A
    pass 2 update group G
        member: + A
    ");
    w.export(TGT);
    w.delta_import(TGT);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.db.memory.is_empty(), "everything is confirmed");
    let log = w.dir(TGT).log.clone();
    w.cycle();
    assert_eq!(w.dir(TGT).log, log, "a second cycle writes nothing");
}

fn s41_create_only_adopts_without_a_change_and_creates_the_rest(target: Target) {
    let text = STANDARD.replacen("create-or-update", "create-only", 1);
    let mut w = target.with(&text);
    w.dir(TGT)
        .put("x1", account(target, "Ann").set("department", "Old"));
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.full_import(SRC);
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    ");
    assert!(w.object(TGT, "x1").contains("Target link, Adopted"));
    w.cycle();
    w.dir(SRC).edit("B", "department", Some("IT"));
    assert!(w.cycle().is_empty(), "{}", w.plan());
}

fn s46_leave_and_disconnect_differ_for_who_matches_nothing_any_more(target: Target) {
    for (deprovision, is_same) in [("leave", true), ("disconnect", false)] {
        let text = STANDARD
            .replacen(
                r#""action":"create-or-update""#,
                r#""action":"create-or-update","scope":{"expr":"department != Gone"}"#,
                1,
            )
            .replacen(
                r#""deprovision":"delete""#,
                &format!(r#""deprovision":"{deprovision}""#),
                1,
            );
        let mut w = target.with(&text);
        w.dir(SRC).put("A", user("Ann"));
        w.start();
        w.dir(SRC).edit("A", "department", Some("Gone"));
        w.cycle();

        w.dir(SRC).edit("A", "employeeID", Some("other"));
        w.dir(SRC).edit("A", "displayName", Some("Anne"));
        w.dir(SRC).edit("A", "department", Some("IT"));
        w.delta_import(SRC);
        w.sync();

        let plan = w.plan();
        assert_eq!(plan.contains("update user A <tgt-new1>"), is_same, "{plan}");
        assert_eq!(plan.contains("add user A"), !is_same, "{plan}");
    }
}

fn s42_update_only_lists_what_it_does_not_find_and_retries_when_the_target_changes(target: Target) {
    let text = STANDARD.replacen(
        r#""action":"create-or-update""#,
        r#""action":"update-only""#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.delta_import(TGT);
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.full_import(SRC);
    let parts = w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <x1>
        department: - -> Sales
        displayName: - -> Ann
    ");
    let unmatched = parts
        .iter()
        .flat_map(|p| &p.events)
        .filter(|e| e.kind == syncline_model::plan::EventKind::Unmatched);
    assert_eq!((unmatched.count(), w.errors().as_str()), (1, "(none)\n"));
    w.cycle();

    w.dir(TGT).put("x2", account(target, "Bob"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user B <x2>
        department: - -> Sales
        displayName: - -> Bob
    ");
}

fn s44_only_what_we_made_is_deleted(target: Target) {
    let mut w = target.world();
    w.dir(TGT).put(
        "x1",
        account(target, "Ann")
            .set("displayName", "Ann")
            .set("department", "Sales"),
    );
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.start();
    assert!(w.object(TGT, "x1").contains("Adopted"));

    w.dir(SRC).delete("A");
    w.dir(SRC).delete("B");
    w.delta_import(SRC);
    let parts = w.sync();

    insta::assert_snapshot!(w.plan(), @"pass 1 delete user B <tgt-new1>");
    insta::assert_snapshot!(w.object(TGT, "x1"), @"user <x1>: PI None, normal, Adopted");
    let kept = parts
        .iter()
        .flat_map(|p| &p.events)
        .filter(|e| e.kind == syncline_model::plan::EventKind::AdoptedKept);
    assert_eq!(kept.count(), 1);
    w.cycle();
    assert_ne!(w.dir(TGT).by_value("displayName", "Ann"), None);
    assert_eq!(w.dir(TGT).by_value("displayName", "Bob"), None);
    assert_eq!(w.metaverse(), "(empty)\n");
}

fn s47_a_link_to_a_target_keeps_nothing_alive_and_groups_lose_the_member(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A")
        .refer("member", "B");
    w.dir(SRC).put("G", group);
    w.start();
    w.cycle();

    w.dir(SRC).delete("B");
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update group G <tgt-new3>
        member: - B <tgt-new2>
    pass 1 delete user B <tgt-new2>
    ");
    w.cycle();
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.db.mv.len(), 2);
}

fn s49_an_add_that_was_not_sent_is_withdrawn(target: Target) {
    let text = STANDARD.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department != Gone"}"#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let objects = w.db.cs.len();
    assert!(w.plan().contains("add user"));

    w.dir(SRC).edit("A", "department", Some("Gone"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.db.cs.len(), objects - 1);
    assert!(w.dir(TGT).log.is_empty());
}

fn a_corrected_match_takes_the_place_of_adds_that_were_not_sent(target: Target) {
    let wrong = STANDARD.replacen(
        r#"{"metaverse":"employeeID","target":"employeeID"}"#,
        r#"{"metaverse":"employeeID","target":"department"}"#,
        1,
    );
    assert_ne!(wrong, STANDARD);
    let mut w = target.with(&wrong);
    let elsewhere = target.entry("user", "Ann from before");
    w.dir(TGT).put("x1", elsewhere.set("employeeID", "Ann"));
    w.delta_import(TGT);
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.full_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    ");

    w.configure(PROFILE, &target.profile(STANDARD));
    w.sync();

    insta::assert_snapshot!(without_renames(target, &w, 1), @r"
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    pass 1 update user A <x1>
        department: - -> Sales
        displayName: - -> Ann
    ");
    w.export(TGT);
    w.delta_import(TGT);
    w.settle();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.dir(TGT).inhabitants(), 2);
}

fn an_account_that_appears_before_its_add_was_sent_is_adopted(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    assert!(w.plan().contains("add user"));

    let by_hand = target.entry("user", "Ann by hand");
    w.dir(TGT).put("x1", by_hand.set("employeeID", "Ann"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(without_renames(target, &w, 1), @r"
    pass 1 update user A <x1>
        department: - -> Sales
        displayName: - -> Ann
    ");
}

fn two_people_with_one_match_value_get_two_accounts_wherever_the_export_stops(target: Target) {
    let play = |stops: bool| {
        let mut w = target.world();
        w.dir(SRC).put("A", user("Ann").set("mail", "team@x"));
        w.dir(SRC).put("B", user("Bob").set("mail", "team@x"));
        w.full_import(SRC);
        w.sync();
        if stops {
            let first = w.staged()[0].hash;
            w.export_only(TGT, |op| op.hash == first);
            w.delta_import(TGT);
            w.sync();
        }
        w.export(TGT);
        w.delta_import(TGT);
        w.settle();
        assert_eq!(w.plan(), "(nothing)\n");
        w.dir(TGT).inhabitants()
    };

    assert_eq!((play(false), play(true)), (2, 2));
}

fn an_add_that_was_not_sent_is_withdrawn_when_two_accounts_match_or_its_part_may_not_create(
    target: Target,
) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();

    for nick in ["x1", "x2"] {
        let entry = target.entry("user", nick);
        w.dir(TGT).put(nick, entry.set("employeeID", "Ann"));
    }
    w.delta_import(TGT);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.errors().contains("ambiguous-match"), "{}", w.errors());

    w.dir(TGT).delete("x1");
    w.dir(TGT).delete("x2");
    w.delta_import(TGT);
    w.sync();
    assert!(w.plan().contains("add user"), "{}", w.plan());
    let update_only = STANDARD.replacen("create-or-update", "update-only", 1);
    w.configure(PROFILE, &target.profile(&update_only));
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
}

fn s49b_a_delete_that_was_not_sent_is_withdrawn_when_its_source_returns(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let mv: Vec<_> = w.db.mv.keys().copied().collect();

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");
    insta::assert_snapshot!(w.metaverse(), @r"
    person A (tombstone)
        department: Sales (?)
        displayName: Ann (?)
        employeeID: Ann (?)
        <- A <tgt-new1> Departing
    ");

    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        w.db.mv.keys().copied().collect::<Vec<_>>(),
        mv,
        "the same object comes back"
    );
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: Sales -> IT
    ");
    insta::assert_snapshot!(w.object(TGT, "tgt-new1"), @"user A <tgt-new1>: PI None, Target link, CreatedByUs");
}

fn an_object_deleted_in_the_target_is_created_again(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(TGT).delete("tgt-new1");
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
}

fn s51_drift_is_corrected(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let before = w.metaverse();

    w.dir(TGT).edit("tgt-new1", "department", Some("Z"));
    w.dir(TGT).edit("tgt-new1", "info", Some("by hand"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: Z -> Sales
    ");
    assert_eq!(w.metaverse(), before);
    w.cycle();
    assert!(
        w.dir(TGT).objects[&anchor("tgt-new1")]
            .attrs
            .contains_key(&"info".into()),
        "what no flow manages is left alone"
    );
}

fn an_initial_flow_is_sent_in_the_add_only(target: Target) {
    let text = STANDARD.replace(
        r#"{"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
        r#"{"to":"info","from":"department","mode":"initial"}]},
  {"directory":"dir_2","type":"group""#,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    assert!(w.plan().contains("info: - -> Sales"), "{}", w.plan());
    w.cycle();

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
}

fn s57_a_rename_and_a_change_are_one_operation(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A");
    w.dir(SRC).put("G", group);
    w.start();
    w.cycle();

    w.dir(SRC).edit("A", "displayName", Some("Anne"));
    w.dir(SRC).edit("A", "mail", Some("anne@x"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(without_renames(target, &w, 1), @r"
    pass 1 update user A <tgt-new1>
        displayName: Ann -> Anne
        mail: - -> anne@x
    ");
    w.export(TGT);
    w.delta_import(TGT);
    assert!(w.db.memory.is_empty(), "one import confirms both");
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
}

#[test]
fn a_rename_onto_a_taken_name_withholds_only_the_rename() {
    let mut w = World::standard();
    w.dir(TGT)
        .put("z", account(Target::Tree, "other").set("displayName", "x"));
    w.dir(TGT).rename("z", "CN=Jose,OU=Synced,DC=tgt");
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).edit("A", "displayName", Some("José"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Ann,OU=Synced,DC=tgt
        displayName: Ann -> José
    ");
    insta::assert_snapshot!(w.errors(), @r#"person A: provision-conflict at Outbound ["CN=Jose,OU=Synced,DC=tgt"]"#);
}

#[test]
fn a_container_that_is_missing_is_waited_for() {
    let text = STANDARD.replace(
        "CN=<displayName>,OU=Synced,DC=tgt",
        "CN=<displayName>,OU=<department>,OU=Synced,DC=tgt",
    );
    let mut w = World::with(&text);
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @"person A: parent-missing at Outbound []");

    w.dir(TGT)
        .put("s", Entry::new("ou", "OU=Sales,OU=Synced,DC=tgt"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user CN=Ann,OU=Sales,OU=Synced,DC=tgt
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
    assert_eq!(w.errors(), "(none)\n");
}

fn nothing_is_decided_before_the_target_was_read_whole(target: Target) {
    let mut w = target.world();
    w.baseline.clear();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");

    w.dir(TGT).put("x1", account(target, "Ann"));
    w.full_import(TGT);
    w.sync();

    assert!(w.object(TGT, "x1").contains("Adopted"));
    assert!(!w.plan().contains("add"), "{}", w.plan());
}

fn a_tie_in_the_target_never_creates(target: Target) {
    let mut w = target.world();
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(TGT)
        .put("x2", target.entry("user", "Ann2").set("employeeID", "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.delta_import(TGT);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @r#"person A: ambiguous-match at Outbound ["<x1>", "<x2>"]"#);

    w.dir(TGT).edit("x2", "employeeID", Some("other"));
    w.delta_import(TGT);
    w.sync();

    assert!(w.object(TGT, "x1").contains("Adopted"), "{}", w.errors());
    assert_eq!(w.errors(), "(none)\n");
}

fn a_scope_that_narrows_disconnects_or_deletes_as_the_part_says(target: Target) {
    let mut w = target.world();
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.start();
    w.cycle();

    let narrowed = STANDARD.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department == IT"}"#,
        1,
    );
    w.configure(PROFILE, &target.profile(&narrowed));
    w.sync();
    insta::assert_snapshot!(w.plan(), @"pass 1 delete user B <tgt-new1>");
    insta::assert_snapshot!(w.object(TGT, "x1"), @"user <x1>: PI None, normal, Adopted");

    w.configure(PROFILE, &target.profile(STANDARD));
    w.sync();
    assert_eq!(
        w.plan(),
        "(nothing)\n",
        "undone: the delete is withdrawn and the adopted object matches again"
    );
    assert!(w.object(TGT, "x1").contains("Target link"));
    assert_eq!(
        w.db.by_anchor(TGT, &anchor("tgt-new1"))
            .map(|o| o.row.link.is_some()),
        Some(true)
    );
}
