//! Containers, references and watermarks: S-19 to S-23.

use std::collections::BTreeMap;

use syncline_model::run::RunStatus;

use super::{person, user, with_hr};
use crate::story::{Scenario, Story};
use crate::world::directory::Entry;
use crate::world::{HR, SRC, STANDARD, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-19",
        title: "OU rename above objects",
        flat: true,
        tell: s19,
    },
    Scenario {
        id: "S-20",
        title: "Placeholder for a manager",
        flat: true,
        tell: s20,
    },
    Scenario {
        id: "S-22",
        title: "Change during a full import",
        flat: true,
        tell: s22,
    },
    Scenario {
        id: "S-23",
        title: "New attribute selected",
        flat: true,
        tell: s23,
    },
];

fn s19(story: &mut Story<'_>) {
    story.standard();
    story
        .directory(SRC)
        .put("ou", Entry::new("ou", "OU=Sales,OU=People,DC=src"));
    for name in ["Ann", "Bob", "Cid"] {
        let entry = Entry {
            dn: format!("CN={name},OU=Sales,OU=People,DC=src")
                .parse()
                .expect("a name"),
            ..user(name)
        };
        story.directory(SRC).put(&name.to_lowercase(), entry);
    }
    story.start();

    story
        .directory(SRC)
        .rename("ou", "OU=Revenue,OU=People,DC=src");
    let status = story.delta(SRC);

    assert_eq!(status, RunStatus::Success);
    story.then("");
    story.sync();
    story.then("");
}

fn s20(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u9", user("Zoe"));
    story
        .directory(SRC)
        .put("u1", user("Ann").refer("manager", "u9"));
    // What is not imported is not delivered.
    let hidden = story
        .directory(SRC)
        .objects
        .remove(&crate::world::directory::anchor("u9"));
    story.full(SRC);
    story.sync();
    story.then("");
    story.cycle();
    story.given();

    story
        .directory(SRC)
        .put("u9", hidden.expect("it was put there"));
    story.delta(SRC);
    story.then("");
    story.sync();
    story.then("");
    let sent = story.export();
    story.sent(&sent, "");
    story.delta(TGT);
    story.sync();
    story.then("");
}

fn s22(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();

    // The read begins, then the object changes, then the read ends.
    let early = story.directory(SRC).full();
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.import(SRC, crate::house::How::Entries(early, true));
    story.then_nothing();

    story.delta(SRC);
    story.sync();

    story.then("");
}

/// SRC gives jobTitle, and HR does, which is weaker.
fn with_title() -> String {
    let rules = with_hr(
        STANDARD,
        r#""link":"provision","match":[[{"source":"employeeID","metaverse":"employeeID"}]]"#,
    );
    let hr = r#"{"to":"mail","from":"mail"},{"to":"department","from":"department"}]},{"directory":"dir_2""#;
    let hr_title = r#"{"to":"mail","from":"mail"},{"to":"jobTitle","from":"title"},{"to":"department","from":"department"}]},{"directory":"dir_2""#;
    let compact: String = rules.lines().map(str::trim).collect();
    assert!(compact.contains(hr), "{compact}");
    compact.replacen(hr, hr_title, 1)
}

fn selected() -> String {
    let with = with_title();
    let p_in = r#"{"to":"mail","from":"mail"},"#;
    with.replacen(
        p_in,
        r#"{"to":"mail","from":"mail"},{"to":"jobTitle","from":"title"},"#,
        1,
    )
}

fn s23(story: &mut Story<'_>) {
    story.world_with_hr(&with_title());
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    for name in ["Ann", "Bob"] {
        let in_hr = person(name).set("title", "Clerk");
        story.directory(HR).put(&format!("h-{name}"), in_hr);
    }
    story.directory(SRC).unread.insert("title".into());
    story.directory(SRC).edit("u1", "title", Some("Engineer"));
    story.start();

    let read = [
        "displayName",
        "employeeID",
        "department",
        "mail",
        "givenName",
        "sn",
        "manager",
        "name",
        "member",
    ];
    let read = read.iter().map(|name| (*name).into()).collect();
    story.has_read(SRC, Some(BTreeMap::from([("user".to_owned(), read)])));
    story.rules(&selected());
    story.sync();
    assert!(story.waiting());
    story.then_nothing();

    story.directory(SRC).unread.clear();
    story.full(SRC);
    story.has_read(SRC, None);
    story.sync();
    assert!(!story.waiting());
    story.then("");
}
