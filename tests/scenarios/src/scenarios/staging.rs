//! Imports and what is pending: S-01 to S-06.

use syncline_model::run::RunStatus;

use super::user;
use crate::story::{Scenario, Story};
use crate::world::directory::Entry;
use crate::world::{SRC, STANDARD, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-01",
        title: "First import",
        flat: true,
        tell: s01,
    },
    Scenario {
        id: "S-02",
        title: "Repeat changes nothing",
        flat: true,
        tell: s02,
    },
    Scenario {
        id: "S-03",
        title: "Change and change back",
        flat: true,
        tell: s03,
    },
    Scenario {
        id: "S-04",
        title: "Born and gone between syncs",
        flat: true,
        tell: s04,
    },
    Scenario {
        id: "S-05",
        title: "Deleted and restored between syncs, same id",
        flat: true,
        tell: s05,
    },
    Scenario {
        id: "S-06",
        title: "Type change",
        flat: true,
        tell: s06,
    },
];

fn s01(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));

    let status = story.full(SRC);

    assert_eq!(status, RunStatus::Success);
    story.then(
        "
            + SRC (DC=src): at dn DC=src
            + SRC (DC=src): placeholder
            + SRC src-ou0: Normal disconnector
            + SRC src-ou0: PI Add
            + SRC src-ou0: at dn OU=People,DC=src
            + SRC src-ou0: ou
            + SRC src-ou1: Normal disconnector
            + SRC src-ou1: PI Add
            + SRC src-ou1: at dn OU=Groups,DC=src
            + SRC src-ou1: ou
            + SRC u1: Normal disconnector
            + SRC u1: PI Add
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
        ",
    );
}

fn s02(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.given();

    let status = story.full(SRC);
    story.sync();

    assert_eq!(status, RunStatus::SuccessNoChanges);
    assert!(story.was_quiet());
    story.then_nothing();
}

fn s03(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();

    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.then("+ SRC u1: PI Update");
    story.directory(SRC).edit("u1", "department", Some("Sales"));
    story.delta(SRC);
    story.then("- SRC u1: PI Update");

    story.sync();

    assert!(story.was_quiet());
    story.then_nothing();
}

fn s04(story: &mut Story<'_>) {
    story.standard();
    story.start();

    story.directory(SRC).put("u2", user("Bob"));
    story.delta(SRC);
    story.directory(SRC).delete("u2");
    story.delta(SRC);
    story.sync();

    assert!(story.was_quiet());
    story.then_nothing();
}

fn s05(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();

    story.directory(SRC).delete("u1");
    story.delta(SRC);
    story.then("+ SRC u1: PI Delete");
    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "ann@x"));
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.directory(SRC).edit("u1", "mail", None);
    story.delta(SRC);
    story.then(
        "
            - SRC u1: PI Delete
            + SRC u1: PI Update
        ",
    );

    story.sync();

    story.then(
        "
            + MV u1: department=IT
            - MV u1: department=Sales
            - SRC u1: PI Update
            + pending: pass 1 update user of u1: department=IT
        ",
    );
}

/// Contacts of SRC are persons too, under a rule of their own.
fn with_contacts() -> String {
    let p_in = r#""inbound":["#;
    let contacts = r#""inbound":[{"directory":"dir_1","type":"contact","metaverse_type":"person","link":"provision",
        "flows":[{"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"}]},"#;
    STANDARD.replacen(p_in, contacts, 1)
}

fn s06(story: &mut Story<'_>) {
    story.world(&with_contacts());
    let contact = Entry::new("contact", "CN=Ben,OU=People,DC=src");
    let contact = contact.set("displayName", "Ben").set("mail", "ben@x");
    story.directory(SRC).put("B", contact);
    story.start();

    story.directory(SRC).put("B", user("Ben"));
    story.delta(SRC);
    story.then(
        "
            + SRC B: PI DeleteAdd
            - SRC B: contact
            + SRC B: user
        ",
    );

    story.sync();

    story.then(
        "
            + MV B: department=Sales
            + MV B: employeeID=Ben
            - MV B: mail=ben@x
            - SRC B: PI DeleteAdd
            + pending: pass 1 update user of B: department=Sales, employeeID=Ben, no mail
        ",
    );
    story.export();
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - pending: pass 1 update user of B: department=Sales, employeeID=Ben, no mail
        ",
    );
}
