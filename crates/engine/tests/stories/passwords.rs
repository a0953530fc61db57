//! Initial passwords: the policy travels with the Add, a secret never; an account waits disabled for its hand-over.

use std::collections::BTreeSet;

use syncline_model::op::OpHash;
use syncline_model::plan::Verb;
use syncline_model::{AttrName, Value};

use crate::world::directory::Entry;
use crate::world::{PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

/// The standard profile with an initial password for users, and a flow that enables and disables.
fn profile(password: &str) -> String {
    let flows = r#""deprovision":"delete","flows":["#;
    let with = format!(
        r#""initial_password":{password},"deprovision":"delete","flows":[
           {{"to":"accountDisabled","from":"accountDisabled"}},"#
    );
    let inbound = r#""link":"provision","flows":["#;
    let reading =
        r#""link":"provision","flows":[{"to":"accountDisabled","from":"accountDisabled"},"#;
    STANDARD
        .replacen(flows, &with, 1)
        .replacen(inbound, reading, 1)
}

fn policy(more: &str) -> String {
    format!(r#"{{"recipient":{{"name":"Service desk","key":"age1desk"}}{more}}}"#)
}

fn waiting() -> String {
    policy(r#","disabled_until_handed_over":true"#)
}

fn ann(disabled: bool) -> Entry {
    let mut ann = Entry::new("user", "CN=Ann,OU=People,DC=src")
        .set("displayName", "Ann")
        .set("employeeID", "Ann");
    ann.attrs.insert(
        AttrName::new("accountDisabled"),
        BTreeSet::from([Value::Bool(disabled)]),
    );
    ann
}

fn world(target: Target, password: &str) -> World {
    let mut w = target.with(&profile(password));
    w.dir(SRC).put("A", ann(false));
    w.full_import(SRC);
    w.sync();
    w
}

fn plan_hash(w: &World) -> OpHash {
    OpHash::of_plan(w.staged().iter().map(|op| op.hash))
}

in_both_worlds!(
    an_add_carries_the_policy_and_two_plans_of_the_same_thing_have_one_hash,
    another_recipient_is_another_operation_also_for_an_add_that_is_staged_already,
    a_policy_says_nothing_about_accounts_that_exist,
    an_account_stays_disabled_until_its_password_is_handed_over_and_is_enabled_then,
    a_leaver_is_disabled_although_his_password_was_never_handed_over,
    where_accounts_are_switched_on_by_a_yes_they_wait_for_their_hand_over_too,
);

fn an_add_carries_the_policy_and_two_plans_of_the_same_thing_have_one_hash(target: Target) {
    let (one, two) = (world(target, &policy("")), world(target, &policy("")));

    let op = one.staged().remove(0);
    assert_eq!(op.verb(), Verb::Add);
    let policy = op.op.password().unwrap();
    assert_eq!(policy.recipient.name, "Service desk");
    // Nothing random is in it: what is drawn is drawn where the account is made.
    assert_eq!(plan_hash(&one), plan_hash(&two));
    let names: Vec<_> = op.op.deltas.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!names.iter().any(|name| name.to_lowercase().contains("pwd")));
    insta::assert_snapshot!(one.plan(), @r"
    pass 1 add user A
        accountDisabled: - -> false
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
}

fn another_recipient_is_another_operation_also_for_an_add_that_is_staged_already(target: Target) {
    let mut w = world(target, &policy(""));
    let before = w.staged().remove(0).hash;
    let other = policy("").replace("age1desk", "age1other");

    w.configure(PROFILE, &target.profile(&profile(&other)));
    w.sync();

    let after = w.staged().remove(0);
    assert_ne!(after.hash, before);
    assert_eq!(after.op.password().unwrap().recipient.key, "age1other");
}

fn a_policy_says_nothing_about_accounts_that_exist(target: Target) {
    let mut w = world(target, &policy(""));
    w.export(TGT);
    w.delta_import(TGT);
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    let op = w.staged().remove(0);

    assert_eq!((op.verb(), op.op.password()), (Verb::Update, None));
}

fn an_account_stays_disabled_until_its_password_is_handed_over_and_is_enabled_then(target: Target) {
    let mut w = world(target, &waiting());
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        accountDisabled: - -> true
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
    w.export(TGT);
    w.requeue();
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n", "not before an import confirmed it");
    w.delta_import(TGT);
    w.sync();
    w.requeue();
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n", "and not after");

    w.db.withheld.clear();
    w.requeue();
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: true -> false
    ");
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
}

fn a_leaver_is_disabled_although_his_password_was_never_handed_over(target: Target) {
    let mut w = world(target, &waiting());
    w.export(TGT);
    w.delta_import(TGT);
    // Somebody enabled him by hand.
    let target = "tgt-new1";
    let enabled = BTreeSet::from([Value::Bool(false)]);
    let anchor = crate::world::directory::anchor(target);
    w.dir(TGT).write(&anchor, "accountDisabled", enabled);
    w.delta_import(TGT);
    w.sync();
    assert_eq!(
        w.plan(),
        "(nothing)\n",
        "what a person enabled stays enabled"
    );

    w.dir(SRC).put("A", ann(true));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountDisabled: false -> true
    ");
}

/// As Entra ID says it: `accountEnabled`.
fn where_accounts_are_switched_on_by_a_yes_they_wait_for_their_hand_over_too(target: Target) {
    let enabled = profile(&waiting()).replace("accountDisabled", "accountEnabled");
    let mut w = target.with(&enabled);
    let person = |is_enabled: bool| {
        let mut ann = Entry::new("user", "CN=Ann,OU=People,DC=src")
            .set("displayName", "Ann")
            .set("employeeID", "Ann");
        let is_enabled = BTreeSet::from([Value::Bool(is_enabled)]);
        ann.attrs
            .insert(AttrName::new("accountEnabled"), is_enabled);
        ann
    };
    w.dir(SRC).put("A", person(true));
    w.full_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        accountEnabled: - -> false
        displayName: - -> Ann
        employeeID: - -> Ann
    ");
    w.export(TGT);
    w.delta_import(TGT);
    w.requeue();
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");

    w.db.withheld.clear();
    w.requeue();
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountEnabled: false -> true
    ");
    w.cycle();

    w.dir(SRC).put("A", person(false));
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged().remove(0);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        accountEnabled: true -> false
    ");
    let disables = |fact: &syncline_model::plan::GuardFact| {
        fact.kind == syncline_model::plan::GuardKind::Disable
    };
    assert!(staged.facts.iter().any(disables), "the guard counts it");
}
