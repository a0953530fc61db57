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
    story.then(
        "
            + SRC ann: at dn CN=Ann,OU=Revenue,OU=People,DC=src
            - SRC ann: at dn CN=Ann,OU=Sales,OU=People,DC=src
            + SRC bob: at dn CN=Bob,OU=Revenue,OU=People,DC=src
            - SRC bob: at dn CN=Bob,OU=Sales,OU=People,DC=src
            + SRC cid: at dn CN=Cid,OU=Revenue,OU=People,DC=src
            - SRC cid: at dn CN=Cid,OU=Sales,OU=People,DC=src
            + SRC ou: PI Update
            + SRC ou: at dn OU=Revenue,OU=People,DC=src
            - SRC ou: at dn OU=Sales,OU=People,DC=src
        ",
    );
    story.sync();
    story.then("- SRC ou: PI Update");
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
    story.then(
        "
            + MV u1: department=Sales
            + MV u1: displayName=Ann
            + MV u1: employeeID=Ann
            + MV u1: person
            + SRC (DC=src): at dn DC=src
            + SRC (DC=src): placeholder
            + SRC src-ou0: Normal disconnector
            + SRC src-ou0: at dn OU=People,DC=src
            + SRC src-ou0: ou
            + SRC src-ou1: Normal disconnector
            + SRC src-ou1: at dn OU=Groups,DC=src
            + SRC src-ou1: ou
            + SRC u1: Provision link to u1
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
            + SRC u9: placeholder
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: user
            + pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    story.cycle();
    story.given();

    story
        .directory(SRC)
        .put("u9", hidden.expect("it was put there"));
    story.delta(SRC);
    story.then(
        "
            + SRC u9: Normal disconnector
            + SRC u9: PI Add
            + SRC u9: at dn CN=Zoe,OU=People,DC=src
            - SRC u9: placeholder
            + SRC u9: user
        ",
    );
    story.sync();
    story.then(
        "
            + MV u1: manager -> u9
            + MV u9: department=Sales
            + MV u9: displayName=Zoe
            + MV u9: employeeID=Zoe
            + MV u9: person
            - SRC u9: Normal disconnector
            - SRC u9: PI Add
            + SRC u9: Provision link to u9
            + TGT user of u9: CreatedByUs
            + TGT user of u9: Target link to u9
            + TGT user of u9: at dn CN=Zoe,OU=Synced,DC=tgt
            + TGT user of u9: user
            + pending: pass 1 add user of u9: department=Sales, displayName=Zoe, employeeID=Zoe
            + pending: pass 1 of u9 name CN=Zoe in tgt-ou0
            + pending: pass 2 update user of u1: manager=of u9
        ",
    );
    let sent = story.export();
    story.sent(
        &sent,
        "
            pass 1 add user of u9: department=Sales, displayName=Zoe, employeeID=Zoe
            pass 2 update user of u1: manager=of u9
        ",
    );
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - pending: pass 1 add user of u9: department=Sales, displayName=Zoe, employeeID=Zoe
            - pending: pass 1 of u9 name CN=Zoe in tgt-ou0
            - pending: pass 2 update user of u1: manager=of u9
        ",
    );
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

    story.then(
        "
            + MV u1: department=IT
            - MV u1: department=Sales
            + pending: pass 1 update user of u1: department=IT
        ",
    );
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
    story.then(
        "
            - MV u1: jobTitle=Clerk
            + MV u1: jobTitle=Engineer
        ",
    );
}
