//! When a value is sent (D-43): on change, which leaves drift alone (S-51), and only where the target has none.

use syncline_model::Value;
use syncline_model::connector::{Applied, Fault, OpOutcome};
use syncline_model::error::ErrorKind;

use crate::world::directory::{Entry, anchor};
use crate::world::{PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

in_both_worlds!(
    s51_drift_is_left_alone_where_a_value_flows_on_change,
    an_unsent_change_stays_staged_and_a_refused_one_is_sent_again,
    drift_before_the_confirming_import_is_left_alone_too,
    an_account_that_is_adopted_gets_the_value_once,
    a_weak_value_is_sent_only_where_the_target_has_none,
);

fn with(mode: &str) -> String {
    let at = STANDARD.find("outbound").unwrap();
    let flow = format!(r#"{{"to":"department","from":"department","mode":"{mode}"}}"#);
    let out = STANDARD[at..].replacen(r#"{"to":"department","from":"department"}"#, &flow, 1);
    format!("{}{out}", &STANDARD[..at])
}

fn user() -> Entry {
    Entry::new("user", "CN=Ann,OU=People,DC=src")
        .set("displayName", "Ann")
        .set("employeeID", "Ann")
        .set("department", "Sales")
}

fn started(target: Target, mode: &str) -> World {
    let mut w = target.with(&with(mode));
    w.dir(SRC).put("A", user());
    w.start();
    assert_eq!(held(&w, "tgt-new1"), "Sales");
    w
}

/// What the target holds.
fn held(w: &World, nick: &str) -> String {
    let entry = &w.directories[&TGT].objects[&anchor(nick)];
    let values = entry.attrs.get(&"department".into()).into_iter().flatten();
    values.filter_map(Value::as_text).collect()
}

fn by_hand(w: &mut World, value: Option<&str>) {
    w.dir(TGT).edit("tgt-new1", "department", value);
}

fn s51_drift_is_left_alone_where_a_value_flows_on_change(target: Target) {
    let mut w = started(target, "on-change");
    let before = w.metaverse();

    by_hand(&mut w, Some("Z"));
    w.delta_import(TGT);
    w.sync();

    assert_eq!((w.plan().as_str(), w.metaverse()), ("(nothing)\n", before));
    w.requeue();
    let quiet = w
        .sync()
        .iter()
        .all(syncline_model::plan::PlanPart::is_quiet);
    assert!(quiet, "neither does a full sync");

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    assert_eq!(held(&w, "tgt-new1"), "IT");
    by_hand(&mut w, None);
    w.cycle();
    assert_eq!(held(&w, "tgt-new1"), "");

    w.dir(SRC).edit("A", "department", None);
    w.cycle();
    by_hand(&mut w, Some("Z"));
    w.cycle();
    assert_eq!(
        held(&w, "tgt-new1"),
        "Z",
        "no value is a value that was sent"
    );
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    assert_eq!(held(&w, "tgt-new1"), "IT");
}

fn an_unsent_change_stays_staged_and_a_refused_one_is_sent_again(target: Target) {
    let mut w = started(target, "on-change");
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let staged = w.plan();
    assert!(staged.contains("department: Sales -> IT"), "{staged}");
    w.requeue();
    w.sync();
    assert_eq!(w.plan(), staged);

    // The directory takes the operation, but not this attribute.
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let refused = Fault::new("export.refused", ErrorKind::MultiToSingle, "no", "none")
        .on_attr("department".into());
    let outcome = OpOutcome::Done(Applied {
        anchor: anchor("tgt-new1"),
        dn: None,
        refused: vec![refused],
        no_op: false,
    });
    let set = w.rule_set();
    w.finish(&set, &entry, &outcome);
    w.requeue();
    w.sync();
    assert_eq!(w.plan(), staged, "what was refused was not sent");

    w.export(TGT);
    w.cycle();
    assert_eq!(held(&w, "tgt-new1"), "IT");
}

fn drift_before_the_confirming_import_is_left_alone_too(target: Target) {
    let mut w = started(target, "on-change");
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    w.export(TGT);

    by_hand(&mut w, Some("Z"));
    w.cycle();

    assert_eq!(held(&w, "tgt-new1"), "Z");
}

fn an_account_that_is_adopted_gets_the_value_once(target: Target) {
    let mut w = target.with(&with("on-change"));
    let account = target.entry("user", "Ann").set("employeeID", "Ann");
    w.dir(TGT).put("x", account.set("department", "Old"));
    w.dir(SRC).put("A", user());
    w.start();
    assert_eq!(held(&w, "x"), "Sales");

    w.dir(TGT).edit("x", "department", Some("Z"));
    w.cycle();
    assert_eq!(held(&w, "x"), "Z");

    w.configure(PROFILE, &target.profile(&with("enforce")));
    w.cycle();
    assert_eq!(
        held(&w, "x"),
        "Sales",
        "what is enforced again is corrected"
    );
    w.configure(PROFILE, &target.profile(&with("on-change")));
    w.dir(TGT).edit("x", "department", Some("Z"));
    w.sync();
    w.cycle();
    assert_eq!(held(&w, "x"), "Z");
}

fn a_weak_value_is_sent_only_where_the_target_has_none(target: Target) {
    let mut w = started(target, "if-empty");
    for value in [Some("IT"), None] {
        w.dir(SRC).edit("A", "department", value);
        assert!(w.cycle().is_empty());
        assert_eq!(held(&w, "tgt-new1"), "Sales");
    }
    by_hand(&mut w, None);
    assert!(w.cycle().is_empty(), "there is nothing to send");

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: - -> IT
    ");
    w.requeue();
    w.sync();
    assert!(w.plan().contains("department: - -> IT"));
    w.cycle();
    by_hand(&mut w, Some("Z"));
    assert!(w.cycle().is_empty());
}
