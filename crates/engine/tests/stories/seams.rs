//! Where one rule of the trade meets another: what keeps a person alive is disabled, grace ends for an account that an inbound
//! part joined, an administrator and a name conflict, what is retained and a grace that is cancelled.

use crate::hand::{disconnect, join};
use crate::world::directory::{Entry, anchor};
use crate::world::{SRC, STANDARD, TGT, Target, World, in_both_worlds};

const DAY: i64 = 24 * 3600;

in_both_worlds!(
    an_account_that_keeps_its_person_alive_goes_on_doing_so_while_it_is_disabled,
    grace_without_action_ends_with_what_the_part_says_of_joined_accounts,
    a_value_that_was_sent_on_change_is_not_sent_again_after_a_cancelled_grace,
    who_is_disconnected_by_hand_is_not_adopted_for_being_in_the_way,
    a_reference_that_was_given_up_clears_nobody_elses,
    who_was_disabled_before_he_left_is_deleted_when_his_days_are_over,
    what_refers_to_an_object_that_is_joined_by_hand_follows,
);

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn account(target: Target, n: &str) -> Entry {
    target.entry("user", n).set("employeeID", n)
}

const OUT: &str = r#""action":"create-or-update""#;
const JOINS: &str = r#""metaverse_type":"person","link":"join""#;
const MATCH: &str = r#""match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#;
const DISABLES: &str = r#""disable":{"flows":[{"to":"accountDisabled","expr":"true"}],"delete_after_days":30},
  "deprovision":"disable","flows":[{"to":"accountDisabled","expr":"false"},"#;

/// The standard profile, changed word by word.
fn with(words: &[(&str, &str)]) -> String {
    words.iter().fold(STANDARD.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

fn disabling(more: &[(&str, &str)]) -> String {
    let scoped = format!(r#"{OUT},"scope":{{"expr":"department != Test"}}"#);
    let mut words = vec![
        (r#""deprovision":"delete","flows":["#, DISABLES),
        (OUT, scoped.as_str()),
    ];
    words.extend(more);
    with(&words)
}

fn an_account_that_keeps_its_person_alive_goes_on_doing_so_while_it_is_disabled(target: Target) {
    let joined = format!(r#""link":"join",{MATCH},"flows":["#);
    let owning = r#""metaverse_type":"person","link":"provision","flows":[{"to":"employeeID","from":"employeeID"}]"#;
    let text = disabling(&[
        (JOINS, owning),
        (r#""link":"provision","flows":["#, &joined),
    ]);
    let mut w = target.with(&text);
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let person: Vec<_> = w.db.mv.keys().copied().collect();
    assert!(w.object(TGT, "x1").contains("Provision link"));

    w.dir(SRC).edit("A", "department", Some("Test"));
    w.cycle();

    assert!(w.object(TGT, "x1").contains("Provision link"));
    assert!(!w.metaverse().contains("tombstone"), "{}", w.metaverse());
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let plan = w.plan();
    assert!(plan.contains("accountDisabled: true -> false"), "{plan}");
    assert_eq!(w.db.mv.keys().copied().collect::<Vec<_>>(), person);
}

/// People are kept for a week, and nothing happens to their accounts meanwhile.
fn kept(text: &str) -> String {
    let rule = r#"{"name":"W","deletion":{"person":{"grace_days":7}},"#;
    text.replacen(r#"{"name":"W","#, rule, 1)
}

fn grace_without_action_ends_with_what_the_part_says_of_joined_accounts(target: Target) {
    let joins = format!("{JOINS},{MATCH}");
    let mut w = target.with(&kept(&disabling(&[(JOINS, &joins)])));
    w.dir(TGT).put("x1", account(target, "Ann"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).delete("A");
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    w.now += 7 * DAY;
    w.sync();

    let plan = w.plan();
    assert!(plan.contains("accountDisabled: false -> true"), "{plan}");
}

fn a_value_that_was_sent_on_change_is_not_sent_again_after_a_cancelled_grace(target: Target) {
    let on_change = r#"{"to":"mail","from":"mail","mode":"on-change"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#;
    let enforced = r#"{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#;
    let mut w = target.with(&kept(&with(&[(enforced, on_change)])));
    w.dir(SRC).put("A", user("Ann").set("mail", "ann@src"));
    w.start();
    w.dir(TGT).edit("tgt-new1", "mail", Some("helpdesk@tgt"));
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n", "it was sent once");

    w.dir(SRC).delete("A");
    w.cycle();
    w.dir(SRC).put("A", user("Ann").set("mail", "ann@src"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
}

fn who_is_disconnected_by_hand_is_not_adopted_for_being_in_the_way(target: Target) {
    let adopts = r#""adopt_on_conflict":true,"deprovision":"delete""#;
    let mut w = target.with(&with(&[(r#""deprovision":"delete""#, adopts)]));
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    disconnect(&mut w, TGT, "tgt-new1");
    w.sync();

    let account = w.object(TGT, "tgt-new1");
    assert!(account.contains("explicit"), "{account}");
}

fn a_reference_that_was_given_up_clears_nobody_elses(target: Target) {
    let mut w = target.world();
    for n in ["Ann", "Bob", "Zoe"] {
        w.dir(SRC).put(&n[..1], user(n));
    }
    w.start();
    w.dir(TGT).reverts = true;
    w.dir(SRC).refer("A", "manager", &["B"]);
    let writes: usize = (0..8).map(|_| w.cycle().len()).sum();
    assert_eq!(writes, 3);
    w.dir(TGT).reverts = false;

    w.dir(TGT).refer("tgt-new1", "manager", &["tgt-new3"]);
    w.cycle();
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
}

fn who_was_disabled_before_he_left_is_deleted_when_his_days_are_over(target: Target) {
    let mut w = target.with(&disabling(&[]));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(TGT).edit("tgt-new1", "accountDisabled", Some("true"));
    w.delta_import(TGT);

    w.dir(SRC).edit("A", "department", Some("Test"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n", "nothing is left to disable");
    w.now += 30 * DAY;
    w.sync();

    insta::assert_snapshot!(w.plan(), @"pass 1 delete user A <tgt-new1>");
}

#[test]
fn a_name_that_a_disabled_account_keeps_is_not_free() {
    let mut w = World::with(&disabling(&[]));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.cycle();

    let new = user("Ann").set("employeeID", "another");
    w.dir(SRC).put("N", new);
    w.delta_import(SRC);
    w.sync();

    assert!(!w.plan().contains("add"), "{}", w.plan());
    assert!(w.errors().contains("provision-conflict"), "{}", w.errors());
}

fn what_refers_to_an_object_that_is_joined_by_hand_follows(target: Target) {
    let no_match = r#""match":[[{"source":"employeeID","metaverse":"employeeID"}]],"link":"join""#;
    let mut w = target.with(&with(&[(r#""link":"join""#, no_match)]));
    w.dir(TGT).put("x1", account(target, "stranger"));
    w.dir(SRC).put("A", user("Ann"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A");
    w.dir(SRC).put("G", group);
    w.start();
    let link =
        w.db.by_anchor(TGT, &anchor("tgt-new1"))
            .expect("an account");
    let ann = link.row.link.expect("linked").mv;
    disconnect(&mut w, TGT, "tgt-new1");
    w.sync();

    join(&mut w, TGT, "x1", ann).expect("what is planned gives way");
    w.sync();

    let plan = w.plan();
    assert!(plan.contains("update group G"), "{plan}");
    assert!(!plan.contains("add user"), "{plan}");
}
