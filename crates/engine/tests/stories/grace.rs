//! When a person is gone, and who is kept for a while (D-44): S-48, rules of several directories, grace that disables.

use crate::world::directory::{Directory, Entry};
use crate::world::{HR, PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

const DAY: i64 = 24 * 3600;

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

/// The standard profile with a rule for people.
fn with(rule: &str) -> String {
    let begin = format!(r#"{{"name":"W","deletion":{{"person":{rule}}},"#);
    STANDARD.replacen(r#"{"name":"W","#, &begin, 1)
}

/// A world in which people are kept for a week.
pub fn world(target: Target) -> World {
    target.with(&with(r#"{"grace_days":7}"#))
}

fn kept_for_a_week(target: Target) -> World {
    let mut w = world(target);
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w
}

in_both_worlds!(
    s48_who_returns_within_his_grace_is_the_same_and_nothing_was_sent,
    s48b_without_return_he_is_gone_when_his_grace_is_over,
    what_is_staged_for_somebody_in_grace_is_withdrawn,
    grace_may_disable_until_it_is_over,
    who_is_never_deleted_is_kept_as_he_was,
    a_rule_that_is_taken_back_ends_the_grace,
);

fn s48_who_returns_within_his_grace_is_the_same_and_nothing_was_sent(target: Target) {
    let mut w = kept_for_a_week(target);
    let mv: Vec<_> = w.db.mv.keys().copied().collect();

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.metaverse(), @r"
    person A (scheduled)
        department: Sales (?)
        displayName: Ann (?)
        employeeID: Ann (?)
        <- A <tgt-new1> Target
    ");
    assert!(w.cycle().is_empty());

    w.now += 3 * DAY;
    w.dir(SRC).put("A", user("Ann"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.db.mv.keys().copied().collect::<Vec<_>>(), mv);
    assert_eq!(w.plan(), "(nothing)\n");
    w.cycle();
    w.now += 7 * DAY;
    assert!(w.cycle().is_empty(), "what was scheduled is cancelled");
    assert!(!w.metaverse().contains("scheduled"));
}

fn s48b_without_return_he_is_gone_when_his_grace_is_over(target: Target) {
    let mut w = kept_for_a_week(target);
    w.dir(SRC).delete("A");
    w.cycle();

    w.now += 7 * DAY - 1;
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    w.now += 1;
    w.sync();

    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");
    w.cycle();
    w.cycle();
    assert_eq!(w.metaverse(), "(empty)\n");
}

fn what_is_staged_for_somebody_in_grace_is_withdrawn(target: Target) {
    let mut w = kept_for_a_week(target);
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.dir(SRC).put("B", user("Bob"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("add user B"), "{}", w.plan());

    w.dir(SRC).delete("A");
    w.dir(SRC).delete("B");
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");

    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).edit("A", "department", Some("HR"));
    w.dir(SRC).put("B", user("Bob"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: Sales -> HR
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    ");
}

fn grace_may_disable_until_it_is_over(target: Target) {
    let text = with(r#"{"grace_days":7,"grace_action":"disable"}"#).replacen(
        r#""deprovision":"delete","flows":["#,
        r#""disable":{"flows":[{"to":"accountDisabled","expr":"true"}]},
           "deprovision":"delete","flows":[{"to":"accountDisabled","expr":"false"},"#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: false -> true
    ");
    w.cycle();

    w.dir(SRC).put("A", user("Ann"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: true -> false
    ");
    w.cycle();
    w.dir(SRC).delete("A");
    w.cycle();
    w.now += 7 * DAY;
    w.sync();
    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");
}

fn who_is_never_deleted_is_kept_as_he_was(target: Target) {
    let mut w = target.with(&with(r#"{"when":"never"}"#));
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).delete("A");
    w.cycle();
    w.now += 10_000 * DAY;
    w.requeue();
    w.cycle();

    assert!(w.metaverse().contains("person A (scheduled)"));
    assert_eq!(w.plan(), "(nothing)\n");
    assert_ne!(w.dir(TGT).by_value("displayName", "Ann"), None);
}

fn a_rule_that_is_taken_back_ends_the_grace(target: Target) {
    let mut w = kept_for_a_week(target);
    w.dir(SRC).delete("A");
    w.cycle();

    w.configure(PROFILE, &target.profile(STANDARD));
    w.sync();

    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");
}

/// People of two sources that know each other by number, under a rule of both.
fn two_sources(when: &str) -> World {
    let rule = format!(r#"{{"when":"{when}","directories":["dir_1","dir_3"]}}"#);
    let more = r#""inbound":[
      {"directory":"dir_3","type":"user","metaverse_type":"person","link":"provision",
       "match":[[{"source":"employeeID","metaverse":"employeeID"}]],
       "flows":[{"to":"employeeID","from":"employeeID"},{"to":"displayName","from":"displayName"}]},"#;
    let joins = r#""metaverse_type":"person","link":"join",
       "match":[[{"source":"employeeID","metaverse":"employeeID"}]],"flows":["#;
    let text = with(&rule).replacen(r#""inbound":["#, more, 1).replacen(
        r#""metaverse_type":"person","link":"provision","flows":["#,
        joins,
        1,
    );
    let directories = vec![
        (
            SRC,
            Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]),
        ),
        (TGT, Directory::new("tgt", &["OU=Synced,DC=tgt"])),
        (HR, Directory::new("hr", &["OU=Staff,DC=hr"])),
    ];
    let mut w = World::new(&text, directories);
    let staff = Entry::new("user", "CN=Ann,OU=Staff,DC=hr");
    w.dir(HR).put(
        "H",
        staff.set("displayName", "Ann").set("employeeID", "Ann"),
    );
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.settle();
    assert_eq!(w.db.mv.len(), 1, "{}", w.metaverse());
    w
}

#[test]
fn any_of_several_directories_ends_a_person() {
    for (when, is_gone) in [("any-of", true), ("owners-gone", false), ("all-of", false)] {
        let mut w = two_sources(when);

        w.dir(SRC).delete("A");
        w.delta_import(SRC);
        let parts = w.sync();

        let gone =
            |e: &syncline_model::plan::Event| e.kind == syncline_model::plan::EventKind::Deleted;
        let is_deleted = parts.iter().flat_map(|part| &part.events).any(gone);
        assert_eq!(is_deleted, is_gone, "{when}");
    }
}

#[test]
fn who_is_ended_by_one_directory_leaves_the_others_no_work_without_an_end() {
    let mut w = two_sources("any-of");
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("delete user"), "{}", w.plan());

    w.settle();

    assert!(w.db.work.is_empty());
    assert!(w.plan().contains("delete user"), "{}", w.plan());
}

#[test]
fn the_last_of_all_directories_ends_a_person() {
    let mut w = two_sources("all-of");

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    assert!(!w.plan().contains("delete"), "{}", w.plan());
    w.dir(HR).delete("H");
    w.delta_import(HR);
    w.sync();

    assert!(w.plan().contains("delete user"), "{}", w.plan());
}
