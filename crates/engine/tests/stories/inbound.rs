//! Inbound synchronisation: S-24 to S-40, as far as this engine goes.

use crate::world::directory::{Directory, Entry};
use crate::world::{HR, PROFILE, SRC, STANDARD, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
}

fn person(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=Staff,DC=hr"))
        .set("displayName", n)
        .set("employeeID", n)
}

/// HR provisions persons, and the source joins by what `groups` says.
fn with_hr(target: Target, source: &str, hr: &str) -> World {
    let text = STANDARD
        .replacen(
            r#""type":"user","metaverse_type":"person","link":"provision","flows":["#,
            &format!(
                r#""type":"user","metaverse_type":"person","link":"provision",{source}"flows":["#
            ),
            1,
        )
        .replacen(
            r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#,
            &format!(
                r#"{{"directory":"dir_3","type":"user","metaverse_type":"person",{hr},"flows":[
              {{"to":"employeeID","from":"employeeID"}},{{"to":"displayName","from":"displayName"}},
              {{"to":"mail","from":"mail"}},{{"to":"department","from":"department"}}]}},
             {{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}}"#
            ),
            1,
        );
    let mut w = target.with(STANDARD);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    w.directories.insert(HR, hr);
    w.configure(PROFILE, &target.profile(&text));
    w
}

const BY_EMPLOYEE: &str = r#""match":[[{"source":"employeeID","metaverse":"employeeID"}]],"#;

in_both_worlds!(
    s24_a_match_joins_instead_of_projecting,
    s27_later_groups_only_choose_among_the_tied,
    a_match_that_is_new_finds_who_was_there_before,
    a_group_that_is_new_settles_a_tie_in_the_same_run,
    s28_s29_a_second_object_waits_for_the_slot_and_takes_it_when_the_first_goes,
    s29_a_rekeyed_person_keeps_its_account,
    s32_a_scope_that_fails_is_an_error_and_nothing_else,
    s33_precedence_falls_through_and_ends_in_absence,
    a_failing_flow_holds_its_last_value_and_the_others_go_on,
    s39_a_member_that_comes_into_scope_reaches_groups_that_did_not_change,
    s40_a_rule_that_changed_is_applied_to_objects_that_did_not,
    s06_a_changed_type_ends_the_old_rule_and_begins_the_new_one,
);

fn s24_a_match_joins_instead_of_projecting(target: Target) {
    let mut w = with_hr(target, BY_EMPLOYEE, r#""link":"provision""#);
    w.dir(HR)
        .put("H", person("42").set("department", "Research"));
    w.start();

    w.dir(SRC).put("A", user("42").set("mail", "a@x"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.metaverse(), @r"
    person H
        department: Research (dir_3)
        displayName: 42 (dir_1)
        employeeID: 42 (dir_1)
        mail: a@x (dir_1)
        <- CN=42,OU=People,DC=src Provision; CN=42,OU=Staff,DC=hr Provision; H <tgt-new1> Target
    ");
}

#[test]
fn s24b_objects_of_one_run_that_match_each_other_are_one_person() {
    let mut w = with_hr(
        Target::Tree,
        BY_EMPLOYEE,
        r#""link":"provision","match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
    );
    w.dir(HR).put("H", person("42"));
    w.dir(SRC).put("A", user("42"));

    w.full_import(HR);
    w.full_import(SRC);
    w.sync();

    assert_eq!(w.db.mv.len(), 1);
    assert_eq!(
        w.origin(*w.db.mv.keys().next().unwrap()),
        "A",
        "the directory of higher precedence projects"
    );
}

#[test]
fn s25_a_join_is_sticky() {
    let mut w = with_hr(Target::Tree, BY_EMPLOYEE, r#""link":"provision""#);
    w.dir(HR).put("H", person("42"));
    w.start();
    w.dir(SRC).put("A", user("42"));
    w.cycle();
    let joined = w.object(SRC, "A");

    w.dir(SRC).edit("A", "employeeID", Some("43"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.object(SRC, "A"), joined);
    assert_eq!(w.db.mv.len(), 1);
    // The metaverse takes the source's new value, the stronger one; the weaker source now differs.
    w.dir(HR).edit("H", "department", Some("x"));
    w.delta_import(HR);
    w.sync();
    assert_eq!(
        w.last
            .events
            .get(&syncline_model::plan::EventKind::MatchDrift),
        None,
        "HR has no match rule"
    );
}

#[test]
fn s26_a_tie_neither_joins_nor_projects_and_is_settled_when_it_ends() {
    let by_mail = r#""match":[[{"source":"mail","metaverse":"mail"}]],"#;
    let mut w = with_hr(Target::Tree, by_mail, r#""link":"provision""#);
    w.dir(HR).put("H1", person("1").set("mail", "a@x"));
    w.dir(HR).put("H2", person("2").set("mail", "a@x"));
    w.start();

    w.dir(SRC).put("A", user("Ann").set("mail", "A@X "));
    w.delta_import(SRC);
    w.sync();

    assert!(
        w.object(SRC, "A").contains("normal"),
        "{}",
        w.object(SRC, "A")
    );
    assert_eq!(w.db.mv.len(), 2);
    insta::assert_snapshot!(w.errors(), @r#"CN=Ann,OU=People,DC=src: ambiguous-match at Inbound ["H1", "H2"]"#);

    w.dir(HR).edit("H2", "mail", Some("b@x"));
    w.delta_import(HR);
    w.sync();
    w.sync();

    assert!(
        w.object(SRC, "A").contains("Provision link"),
        "{}",
        w.object(SRC, "A")
    );
    assert_eq!((w.db.mv.len(), w.errors().as_str()), (2, "(none)\n"));
}

fn s27_later_groups_only_choose_among_the_tied(target: Target) {
    let groups = r#""match":[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":"displayName"}]],"#;
    let mut w = with_hr(target, groups, r#""link":"provision""#);
    w.dir(HR).put("H1", person("1").set("mail", "a@x"));
    w.dir(HR).put(
        "H2",
        Entry::new("user", "CN=2,OU=Staff,DC=hr")
            .set("displayName", "Ann")
            .set("mail", "a@x"),
    );
    w.dir(HR).put(
        "H3",
        Entry::new("user", "CN=3,OU=Staff,DC=hr")
            .set("displayName", "Ann")
            .set("mail", "c@x"),
    );
    w.start();

    w.dir(SRC).put("A", user("Ann").set("mail", "a@x"));
    w.delta_import(SRC);
    w.sync();

    let linked: Vec<String> = w
        .metaverse()
        .lines()
        .filter(|line| line.contains("OU=People"))
        .map(str::to_owned)
        .collect();
    insta::assert_snapshot!(linked.concat(), @"    <- CN=2,OU=Staff,DC=hr Provision; CN=Ann,OU=People,DC=src Provision; H2 <tgt-new2> Target");
}

fn a_match_that_is_new_finds_who_was_there_before(target: Target) {
    let none = r#""match":[[{"source":"department","metaverse":"department"}]],"#;
    let mut w = with_hr(target, none, r#""link":"provision""#);
    w.dir(HR).put("H1", person("1"));
    w.dir(HR).put("H2", person("2"));
    w.start();
    w.dir(SRC).put("A", user("1"));

    let text = with_hr(target, BY_EMPLOYEE, r#""link":"provision""#).profile_text(PROFILE);
    w.configure(PROFILE, &text);
    w.full_import(SRC);
    w.sync();

    assert_eq!((w.db.mv.len(), w.errors().as_str()), (2, "(none)\n"));
}

fn a_group_that_is_new_settles_a_tie_in_the_same_run(target: Target) {
    let mail = r#"[{"source":"mail","metaverse":"mail"}]"#;
    let name = r#"[{"source":"displayName","metaverse":"displayName"}]"#;
    let mut w = with_hr(
        target,
        &format!(r#""match":[{mail}],"#),
        r#""link":"provision""#,
    );
    w.dir(HR).put("H1", person("1").set("mail", "a@x"));
    w.dir(HR).put("H2", person("2").set("mail", "a@x"));
    w.start();
    w.dir(SRC).put("A", user("2").set("mail", "a@x"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.errors().contains("ambiguous-match"), "{}", w.errors());

    let groups = format!(r#""match":[{mail},{name}],"#);
    let text = with_hr(target, &groups, r#""link":"provision""#).profile_text(PROFILE);
    w.configure(PROFILE, &text);
    w.sync();

    assert_eq!((w.db.mv.len(), w.errors().as_str()), (2, "(none)\n"));
}

fn s28_s29_a_second_object_waits_for_the_slot_and_takes_it_when_the_first_goes(target: Target) {
    let mut w = with_hr(target, BY_EMPLOYEE, r#""link":"provision""#);
    w.dir(HR).put("H", person("42"));
    w.start();
    w.dir(SRC).put("A", user("42"));
    w.cycle();

    let second = Entry::new("user", "CN=B,OU=People,DC=src")
        .set("employeeID", "42")
        .set("displayName", "42");
    w.dir(SRC).put("B", second);
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.object(SRC, "B"), @"user CN=B,OU=People,DC=src: PI None, normal, Discovered");
    insta::assert_snapshot!(w.errors(), @r#"CN=B,OU=People,DC=src: already-joined at Inbound ["H"]"#);

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();

    assert!(
        w.object(SRC, "B").contains("Provision link"),
        "{}",
        w.object(SRC, "B")
    );
    assert_eq!(w.errors(), "(none)\n");
    assert_eq!(w.plan(), "(nothing)\n");
}

fn s29_a_rekeyed_person_keeps_its_account(target: Target) {
    let text = STANDARD.replacen(
        r#""link":"provision","flows":["#,
        &format!(r#""link":"provision",{BY_EMPLOYEE}"flows":["#),
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("42"));
    w.start();
    let mv: Vec<_> = w.db.mv.keys().copied().collect();

    w.dir(SRC).delete("A");
    let again = Entry::new("user", "CN=New,OU=People,DC=src")
        .set("employeeID", "42")
        .set("displayName", "42")
        .set("mail", "n@x");
    w.dir(SRC).put("B", again);
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.db.mv.keys().copied().collect::<Vec<_>>(), mv);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        mail: - -> n@x
    ");
}

#[test]
fn s31_leaving_the_scope_recalls_contributions_in_the_same_run() {
    let source = &format!(r#"{BY_EMPLOYEE}"scope":{{"expr":"department != Test"}},"#);
    let mut w = with_hr(
        Target::Tree,
        source,
        r#""link":"sticky","match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
    );
    w.dir(SRC).put("A", user("42").set("department", "IT"));
    w.dir(HR)
        .put("H", person("42").set("department", "Research"));
    w.start();
    w.sync();
    assert!(w.metaverse().contains("department: IT"));

    w.dir(SRC).edit("A", "department", Some("Test"));
    w.delta_import(SRC);
    w.sync();

    assert!(
        w.object(SRC, "A").contains("filtered"),
        "{}",
        w.object(SRC, "A")
    );
    assert!(
        w.metaverse().contains("department: Research"),
        "{}",
        w.metaverse()
    );

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    assert!(
        w.metaverse().contains("department: IT"),
        "it finds back: {}",
        w.metaverse()
    );
    assert_eq!(w.db.mv.len(), 1);
}

fn s32_a_scope_that_fails_is_an_error_and_nothing_else(target: Target) {
    let text = STANDARD.replacen(
        r#""link":"provision","flows":["#,
        r#""link":"provision","scope":{"expr":"fail-on department bad"},"flows":["#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann").set("department", "IT"));
    w.dir(SRC).put("B", user("Bob").set("department", "IT"));
    w.start();
    let before = w.metaverse();

    w.dir(SRC).edit("A", "department", Some("bad"));
    w.dir(SRC).edit("B", "department", Some("Law"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        w.metaverse(),
        before.replace(
            "person B\n    department: IT",
            "person B\n    department: Law"
        )
    );
    assert!(
        w.object(SRC, "A").contains("PI Update, Provision link"),
        "{}",
        w.object(SRC, "A")
    );
    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=People,DC=src: rule-error at Inbound []");
    assert_eq!(w.plan().matches("update").count(), 1);
}

#[test]
fn two_rules_that_link_at_once_are_an_error_and_nothing_is_projected() {
    let second = r#"{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","scope":{"expr":"department == IT"},"flows":[]},"#;
    let target = r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#;
    let text = STANDARD.replacen(target, &format!("{second}{target}"), 1);
    let mut w = World::with(&text);
    w.dir(SRC).put("A", user("Ann").set("department", "IT"));
    w.dir(SRC).put("B", user("Bob").set("department", "Law"));

    w.start();

    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=People,DC=src: two-linking-rules at Inbound []");
    assert!(!w.metaverse().contains("person A"), "{}", w.metaverse());
    assert!(w.metaverse().contains("person B"), "{}", w.metaverse());

    w.dir(SRC).edit("A", "department", Some("Law"));
    w.cycle();
    assert_eq!(w.errors(), "(none)\n");
}

fn s33_precedence_falls_through_and_ends_in_absence(target: Target) {
    let mut w = with_hr(target, BY_EMPLOYEE, r#""link":"provision""#);
    w.dir(HR).put("H", person("42").set("mail", "hr@x"));
    w.start();
    w.dir(SRC).put("A", user("42").set("mail", "src@x"));
    w.cycle();
    assert!(w.metaverse().contains("mail: src@x"));

    w.dir(SRC).edit("A", "mail", None);
    w.delta_import(SRC);
    w.sync();
    assert!(w.metaverse().contains("mail: hr@x"), "{}", w.metaverse());
    w.cycle();

    w.dir(HR).edit("H", "mail", None);
    w.delta_import(HR);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user H <tgt-new1>
        mail: hr@x -> -
    ");
}

#[test]
fn s34_an_authoritative_null_stops_the_fall_through() {
    let text = STANDARD
        .replacen(
            r#"{"to":"mail","from":"mail"}"#,
            r#"{"to":"mail","expr":"authoritative <mail>"}"#,
            1,
        )
        .replacen(
            r#"{"to":"department","from":"department"}"#,
            r#"{"to":"department","from":"department"},{"to":"mail","from":"info"}"#,
            1,
        );
    let mut w = World::with(&text);
    w.dir(SRC)
        .put("A", user("Ann").set("info", "low@x").set("mail", "high@x"));
    w.start();
    assert!(w.metaverse().contains("mail: high@x"));

    w.dir(SRC).edit("A", "mail", None);
    w.delta_import(SRC);
    w.sync();

    assert!(!w.metaverse().contains("mail:"), "{}", w.metaverse());
}

fn a_failing_flow_holds_its_last_value_and_the_others_go_on(target: Target) {
    let text = STANDARD.replacen(
        r#"{"to":"mail","from":"mail"}"#,
        r#"{"to":"mail","expr":"fail-on mail bad"}"#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC)
        .put("A", user("Ann").set("mail", "a@x").set("department", "IT"));
    w.start();

    w.dir(SRC).edit("A", "mail", Some("bad"));
    w.dir(SRC).edit("A", "department", Some("Law"));
    w.delta_import(SRC);
    w.sync();

    assert!(w.metaverse().contains("mail: a@x") && w.metaverse().contains("department: Law"));
    assert!(
        w.object(SRC, "A").contains("PI Update"),
        "it stays pending: {}",
        w.object(SRC, "A")
    );
    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=People,DC=src: rule-error on mail at Inbound []");

    w.dir(SRC).edit("A", "mail", Some("b@x"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.metaverse().contains("mail: b@x"));
    assert_eq!(w.errors(), "(none)\n");
}

fn s39_a_member_that_comes_into_scope_reaches_groups_that_did_not_change(target: Target) {
    let text = STANDARD.replacen(
        r#""link":"provision","flows":["#,
        r#""link":"provision","scope":{"expr":"department != Test"},"flows":["#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob").set("department", "Test"));
    let group = Entry::new("group", "CN=G,OU=Groups,DC=src")
        .set("name", "G")
        .refer("member", "A")
        .refer("member", "B");
    w.dir(SRC).put("G", group);
    w.start();
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");

    w.dir(SRC).edit("B", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    assert!(w.object(SRC, "G").contains("PI None"));
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user B
        department: - -> IT
        displayName: - -> Bob
        employeeID: - -> Bob
    pass 2 update group G <tgt-new2>
        member: + B
    ");
}

fn s40_a_rule_that_changed_is_applied_to_objects_that_did_not(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann").set("title", "Dr"));
    w.start();
    assert_eq!(w.plan(), "(nothing)\n");

    let text = STANDARD
        .replacen(
            r#"{"to":"department","from":"department"}"#,
            r#"{"to":"department","from":"department"},{"to":"jobTitle","from":"title"}"#,
            1,
        )
        .replacen(
            r#""to":"givenName","from":"givenName"},{"to":"sn","from":"sn"},
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
            r#""to":"title","from":"jobTitle"}]},
  {"directory":"dir_2","type":"group""#,
            1,
        );
    w.configure(PROFILE, &target.profile(&text));
    w.sync();

    assert!(w.metaverse().contains("jobTitle: Dr"), "{}", w.metaverse());
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        title: - -> Dr
    ");
}

fn s06_a_changed_type_ends_the_old_rule_and_begins_the_new_one(target: Target) {
    let text = STANDARD.replacen(r#"{"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#,
        r#"{"directory":"dir_1","type":"contact","metaverse_type":"contact","link":"provision","flows":[{"to":"mail","from":"mail"}]}"#, 1);
    let mut w = target.with(&text);
    w.dir(SRC).put(
        "B",
        Entry::new("contact", "CN=Ben,OU=People,DC=src")
            .set("displayName", "Ben")
            .set("mail", "b@x"),
    );
    w.start();
    let cs =
        w.db.by_anchor(SRC, &crate::world::directory::anchor("B"))
            .unwrap()
            .row
            .id;
    assert!(w.metaverse().starts_with("contact B"));

    w.dir(SRC).put(
        "B",
        Entry::new("user", "CN=Ben,OU=People,DC=src")
            .set("displayName", "Ben")
            .set("mail", "b@x"),
    );
    w.delta_import(SRC);
    insta::assert_snapshot!(w.object(SRC, "B"), @"user CN=Ben,OU=People,DC=src: PI DeleteAdd, Provision link, Discovered");
    w.sync();

    assert_eq!(
        w.db.by_anchor(SRC, &crate::world::directory::anchor("B"))
            .unwrap()
            .row
            .id,
        cs
    );
    insta::assert_snapshot!(w.metaverse(), @r"
    person B
        displayName: Ben (dir_1)
        mail: b@x (dir_1)
        <- B Target; CN=Ben,OU=People,DC=src Provision
    ");
}
