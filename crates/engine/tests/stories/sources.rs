//! Two sources of one attribute, and several values of one source: who is heard, and what is no opinion (D-30 to D-34).

use std::collections::BTreeSet;

use syncline_model::Value;

use crate::world::directory::{Directory, Entry, anchor};
use crate::world::{HR, PROFILE, SRC, STANDARD, TGT, Target, World, in_both_worlds};

/// Persons whom the source projects and HR joins by their number. The source is the stronger; nothing is written.
fn two_sources(source: &str, hr: &str) -> World {
    let text = format!(
        r#"{{"name":"two sources","inbound":[
          {{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
            {{"to":"employeeID","from":"employeeID"}},{source}]}},
          {{"directory":"dir_3","type":"user","metaverse_type":"person","link":"join",
            "match":[[{{"source":"employeeID","metaverse":"employeeID"}}]],"flows":[{hr}]}}],
         "outbound":[]}}"#
    );
    let source = Directory::new("src", &["OU=People,DC=src"]);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    World::new(&text, vec![(SRC, source), (HR, hr)])
}

/// Who is in HR, which is a source and a target, before the source that projects him: HR's own part joins him, and the part
/// that writes to HR has nothing to adopt (D-26 before D-42).
#[test]
fn who_waits_in_a_target_is_joined_and_not_adopted() {
    let part = r#""type":"user","metaverse_type":"person","match":[[{"#;
    let text = format!(
        r#"{{"name":"round","inbound":[
          {{"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision","flows":[
            {{"to":"employeeID","from":"employeeID"}}]}},
          {{"directory":"dir_3","link":"sticky",{part}"source":"employeeID","metaverse":"employeeID"}}]]}}],
         "outbound":[
          {{"directory":"dir_3","action":"update-only",{part}"metaverse":"employeeID","target":"employeeID"}}]]}}]}}"#
    );
    let source = Directory::new("src", &["OU=People,DC=src"]);
    let hr = Directory::new("hr", &["OU=Staff,DC=hr"]);
    let mut w = World::new(&text, vec![(SRC, source), (HR, hr)]);
    w.dir(HR).put("H", record("42"));
    read_all(&mut w);

    w.dir(SRC).put("A", user("42"));
    w.delta_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.object(HR, "H"), @"user CN=42,OU=Staff,DC=hr: PI None, Sticky link, Discovered");
}

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src")).set("employeeID", n)
}

fn record(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=Staff,DC=hr")).set("employeeID", n)
}

fn read_all(w: &mut World) {
    w.full_import(SRC);
    w.full_import(HR);
    w.sync();
}

#[test]
fn what_a_rule_gives_no_value_for_is_left_to_the_weaker_source() {
    let mut w = two_sources(
        r#"{"to":"mail","expr":"<mail>"}"#,
        r#"{"to":"mail","from":"mail"}"#,
    );
    w.dir(SRC).put("A", user("42"));
    w.dir(HR).put("H", record("42").set("mail", "hr@x"));
    read_all(&mut w);

    insta::assert_snapshot!(w.metaverse(), @r"
    person A
        employeeID: 42 (dir_1)
        mail: hr@x (dir_3)
        <- CN=42,OU=People,DC=src Provision; CN=42,OU=Staff,DC=hr Join
    ");

    w.dir(SRC).edit("A", "mail", Some("src@x"));
    w.delta_import(SRC);
    w.sync();
    assert!(
        w.metaverse().contains("mail: src@x (dir_1)"),
        "{}",
        w.metaverse()
    );
}

#[test]
fn a_reference_that_the_stronger_source_does_not_give_is_the_weaker_ones() {
    let flow = r#"{"to":"manager","from":"manager"}"#;
    let mut w = two_sources(flow, flow);
    for n in ["1", "2", "3"] {
        w.dir(SRC).put(&format!("A{n}"), user(n));
        w.dir(HR).put(&format!("H{n}"), record(n));
    }
    w.dir(HR).refer("H1", "manager", &["H2"]);
    read_all(&mut w);
    assert!(w.metaverse().contains("manager: [A2]"), "{}", w.metaverse());

    w.dir(SRC).refer("A1", "manager", &["A3"]);
    w.delta_import(SRC);
    w.sync();
    assert!(w.metaverse().contains("manager: [A3]"), "{}", w.metaverse());

    w.dir(SRC).refer("A1", "manager", &[]);
    w.delta_import(SRC);
    w.sync();
    assert!(w.metaverse().contains("manager: [A2]"), "{}", w.metaverse());
}

#[test]
fn what_a_part_contributed_goes_with_its_scope_though_the_link_stays() {
    let more = r#"{"directory":"dir_1","type":"user","metaverse_type":"person","link":"join",
        "scope":{"expr":"department == IT"},"flows":[{"to":"info","from":"title"}]},"#;
    let text = STANDARD.replacen(
        r#"{"directory":"dir_1","type":"group""#,
        &format!(r#"{more}{{"directory":"dir_1","type":"group""#),
        1,
    );
    let mut w = World::with(&text);
    let ann = user("42").set("displayName", "Ann").set("title", "Dr");
    w.dir(SRC).put("A", ann.set("department", "Law"));
    w.start();

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.metaverse().contains("info: Dr"), "{}", w.metaverse());

    w.dir(SRC).edit("A", "department", Some("Law"));
    w.delta_import(SRC);
    w.sync();
    assert!(!w.metaverse().contains("info:"), "{}", w.metaverse());
    assert!(w.object(SRC, "A").contains("Provision link"));
}

#[test]
fn what_another_profile_contributes_waits_for_its_own_run() {
    let mut w = two_sources(
        r#"{"to":"department","from":"department"}"#,
        r#"{"to":"mail","from":"mail"}"#,
    );
    w.dir(SRC).put("A", user("42").set("department", "IT"));
    w.dir(HR).put("H", record("42").set("mail", "old@x"));
    let mut other: serde_json::Value = serde_json::from_str(STANDARD).expect("a profile");
    let parts = &w.profiles[&PROFILE].inbound;
    other["inbound"] = serde_json::json!([parts[1]]);
    other["outbound"] = serde_json::json!([]);
    let mut own = serde_json::to_value(&w.profiles[&PROFILE]).expect("a profile");
    own["inbound"] = serde_json::json!([own["inbound"][0]]);
    let theirs = syncline_model::ProfileId(20);
    w.configure(PROFILE, &own.to_string());
    w.configure(theirs, &other.to_string());
    w.full_import(SRC);
    w.full_import(HR);
    let sync = |w: &mut World, profile| {
        let seen = w.db.work.clone();
        for part in w.sync_profile(profile) {
            w.db.apply_plan(&part, &seen);
        }
    };
    sync(&mut w, PROFILE);
    sync(&mut w, theirs);
    assert!(w.metaverse().contains("mail: old@x"), "{}", w.metaverse());

    w.dir(HR).edit("H", "mail", Some("new@x"));
    w.dir(SRC).edit("A", "department", Some("Law"));
    w.delta_import(HR);
    w.delta_import(SRC);
    sync(&mut w, PROFILE);
    let between = w.metaverse();
    sync(&mut w, theirs);

    assert!(
        between.contains("mail: old@x") && between.contains("department: Law"),
        "{between}"
    );
    assert!(w.metaverse().contains("mail: new@x"), "{}", w.metaverse());
}

in_both_worlds!(several_values_for_one_are_an_error_and_the_old_value_stays);

fn several_values_for_one_are_an_error_and_the_old_value_stays(target: Target) {
    let text = STANDARD.replacen(
        r#"{"to":"mail","from":"mail"}"#,
        r#"{"to":"mail","from":"proxyAddresses"}"#,
        1,
    );
    let mut w = target.with(&text);
    let ann = user("42").set("displayName", "Ann");
    w.dir(SRC).put("A", ann.set("proxyAddresses", "a@x"));
    w.start();
    let give = |w: &mut World, values: &[&str]| {
        let values: BTreeSet<Value> = values.iter().map(|text| Value::text(*text)).collect();
        w.dir(SRC).write(&anchor("A"), "proxyAddresses", values);
        w.delta_import(SRC);
        w.sync();
    };

    give(&mut w, &["b@x", "c@x"]);

    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @"CN=42,OU=People,DC=src: multi-to-single on mail at Inbound []");
    w.cycle();
    assert_ne!(w.dir(TGT).by_value("mail", "a@x"), None);

    give(&mut w, &["c@x"]);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        mail: a@x -> c@x
    ");
    assert_eq!(w.errors(), "(none)\n");
}
