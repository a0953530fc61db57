//! Several values for an attribute that takes one (D-34).

use std::collections::BTreeSet;

use syncline_model::Value;

use crate::world::directory::{Entry, anchor};
use crate::world::{SRC, STANDARD, Target, World, in_both_worlds};

in_both_worlds!(
    several_values_for_one_are_an_error_and_the_value_before_stays,
    a_flow_may_say_which_of_several_values_is_taken,
    several_managers_are_an_error_unless_only_one_is_taken,
    what_leaves_the_metaverse_is_picked_the_same_way,
);

/// The standard rules, whose mail comes from the addresses.
fn addressed(option: &str) -> String {
    let changed = format!(r#""to":"mail","from":"proxyAddresses"{option}}}"#);
    STANDARD.replacen(r#""to":"mail","from":"mail"}"#, &changed, 1)
}

fn user(addresses: &[&str]) -> Entry {
    Entry::new("user", "CN=Ann,OU=People,DC=src")
        .set("displayName", "Ann")
        .set("employeeID", "Ann")
        .values("proxyAddresses", addresses)
}

fn write(w: &mut World, addresses: &[&str]) {
    let values: BTreeSet<Value> = addresses.iter().map(|a| Value::text(*a)).collect();
    w.dir(SRC).write(&anchor("A"), "proxyAddresses", values);
    w.cycle();
}

fn line(w: &World, attr: &str) -> String {
    let printed = w.metaverse();
    let line = printed.lines().find(|line| line.trim().starts_with(attr));
    line.map_or("none".into(), |line| line.trim().to_owned())
}

fn several_values_for_one_are_an_error_and_the_value_before_stays(target: Target) {
    let mut w = target.with(&addressed(""));
    w.dir(SRC).put("A", user(&["a@x"]));
    w.start();

    write(&mut w, &["b@x", "c@x"]);

    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=People,DC=src: multi-to-single on mail at Inbound []");
    assert_eq!(line(&w, "mail"), "mail: a@x (dir_1)");
    write(&mut w, &["c@x"]);
    assert_eq!(
        (line(&w, "mail").as_str(), w.errors().as_str()),
        ("mail: c@x (dir_1)", "(none)\n")
    );
    w.dir(SRC).put(
        "B",
        Entry::new("user", "CN=Bob,OU=People,DC=src")
            .set("displayName", "Bob")
            .values("proxyAddresses", &["d@x", "e@x"]),
    );
    w.cycle();
    assert!(
        w.metaverse().matches("mail").count() == 1,
        "nothing is taken where nothing was"
    );
}

fn a_flow_may_say_which_of_several_values_is_taken(target: Target) {
    for (pick, of_several) in [("first", "mail: b@x (dir_1)"), ("only-one", "none")] {
        let mut w = target.with(&addressed(&format!(r#","pick":"{pick}""#)));
        w.dir(SRC).put("A", user(&["z@x"]));
        w.start();
        assert_eq!(line(&w, "mail"), "mail: z@x (dir_1)");

        write(&mut w, &["c@x", "b@x"]);

        assert_eq!(
            (line(&w, "mail").as_str(), w.errors().as_str()),
            (of_several, "(none)\n")
        );
    }
}

fn several_managers_are_an_error_unless_only_one_is_taken(target: Target) {
    let managed = |option: &str| {
        let changed = format!(r#""to":"manager","from":"member"{option}}}"#);
        STANDARD.replacen(r#""to":"manager","from":"manager"}"#, &changed, 1)
    };
    for (option, manager, errors) in [
        ("", "manager: [B]", true),
        (r#","pick":"only-one""#, "none", false),
    ] {
        let mut w = target.with(&managed(option));
        for n in ["A", "B", "C"] {
            let dn = format!("CN={n},OU=People,DC=src");
            w.dir(SRC)
                .put(n, Entry::new("user", &dn).set("displayName", n));
        }
        w.dir(SRC).refer("A", "member", &["B"]);
        w.start();
        assert_eq!(line(&w, "manager"), "manager: [B]");

        w.dir(SRC).refer("A", "member", &["B", "C"]);
        w.cycle();

        assert_eq!(line(&w, "manager"), manager);
        assert_eq!(
            w.errors().contains("multi-to-single on manager"),
            errors,
            "{}",
            w.errors()
        );
    }
}

fn what_leaves_the_metaverse_is_picked_the_same_way(target: Target) {
    let profile = |option: &str| {
        let inbound =
            r#"{"to":"mail","from":"mail"},{"to":"proxyAddresses","from":"proxyAddresses"}"#;
        let text = STANDARD.replacen(r#"{"to":"mail","from":"mail"}"#, inbound, 1);
        let at = text.find("outbound").unwrap();
        let outbound = format!(r#"{{"to":"mail","from":"proxyAddresses"{option}}}"#);
        let out = text[at..].replacen(r#"{"to":"mail","from":"mail"}"#, &outbound, 1);
        format!("{}{out}", &text[..at])
    };
    for (option, sent) in [("", None), (r#","pick":"first""#, Some("mail: - -> b@x"))] {
        let mut w = target.with(&profile(option));
        w.dir(SRC).put("A", user(&["c@x", "b@x"]));
        w.full_import(SRC);
        w.sync();

        assert_eq!(
            w.errors().contains("multi-to-single on mail"),
            sent.is_none()
        );
        let plan = w.plan();
        let mail = plan
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with("mail"));
        assert_eq!(mail, sent);
    }
}
