//! What outbound parts do with what they find: S-41 to S-44, S-50, S-51.

use super::{account, p_out, user};
use crate::story::{Scenario, Story};
use crate::world::{SRC, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-41",
        title: "Create-only",
        flat: true,
        tell: s41,
    },
    Scenario {
        id: "S-42",
        title: "Update-only",
        flat: true,
        tell: s42,
    },
    Scenario {
        id: "S-43",
        title: "Initial flow",
        flat: true,
        tell: s43,
    },
    Scenario {
        id: "S-44",
        title: "Delete only what we made",
        flat: true,
        tell: s44,
    },
    Scenario {
        id: "S-50",
        title: "Deleted in the target",
        flat: true,
        tell: s50,
    },
    Scenario {
        id: "S-51",
        title: "Drift",
        flat: true,
        tell: s51,
    },
];

/// TGT holds x1, whom u1 matches; nobody matches u2.
fn with_x1(story: &mut Story<'_>, rules: &str) {
    story.world(rules);
    let x1 = account(story, "x1")
        .set("employeeID", "Ann")
        .set("department", "Old");
    story.directory(TGT).put("x1", x1);
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    story.delta(TGT);
    story.full(SRC);
    story.given();
}

fn s41(story: &mut Story<'_>) {
    with_x1(story, &p_out("create-or-update", "create-only"));

    story.sync();
    story.then(
        "
            + MV u1: department=Sales
            + MV u1: displayName=Ann
            + MV u1: employeeID=Ann
            + MV u1: person
            + MV u2: department=Sales
            + MV u2: displayName=Bob
            + MV u2: employeeID=Bob
            + MV u2: person
            - SRC src-ou0: PI Add
            - SRC src-ou1: PI Add
            - SRC u1: Normal disconnector
            - SRC u1: PI Add
            + SRC u1: Provision link to u1
            - SRC u2: Normal disconnector
            - SRC u2: PI Add
            + SRC u2: Provision link to u2
            + TGT user of u1: Adopted
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=x1,OU=Synced,DC=tgt
            + TGT user of u1: user
            + TGT user of u2: CreatedByUs
            + TGT user of u2: Target link to u2
            + TGT user of u2: at dn CN=Bob,OU=Synced,DC=tgt
            + TGT user of u2: user
            - TGT x1: Normal disconnector
            - TGT x1: PI Add
            - TGT x1: at dn CN=x1,OU=Synced,DC=tgt
            - TGT x1: user
            + pending: pass 1 add user of u2: department=Sales, displayName=Bob, employeeID=Bob
            + pending: pass 1 of u2 name CN=Bob in tgt-ou0
        ",
    );
    let sent = story.cycle();
    story.sent(
        &sent,
        "
            pass 1 add user of u2: department=Sales, displayName=Bob, employeeID=Bob
        ",
    );
    story.given();

    story.directory(SRC).edit("u2", "department", Some("IT"));
    let sent = story.cycle();
    story.sent(&sent, "");
    story.then(
        "
            + MV u2: department=IT
            - MV u2: department=Sales
        ",
    );
}

fn s42(story: &mut Story<'_>) {
    with_x1(story, &p_out("create-or-update", "update-only"));

    story.sync();
    story.then(
        "
            + MV u1: department=Sales
            + MV u1: displayName=Ann
            + MV u1: employeeID=Ann
            + MV u1: person
            + MV u2: department=Sales
            + MV u2: displayName=Bob
            + MV u2: employeeID=Bob
            + MV u2: person
            - SRC src-ou0: PI Add
            - SRC src-ou1: PI Add
            - SRC u1: Normal disconnector
            - SRC u1: PI Add
            + SRC u1: Provision link to u1
            - SRC u2: Normal disconnector
            - SRC u2: PI Add
            + SRC u2: Provision link to u2
            + TGT user of u1: Adopted
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=x1,OU=Synced,DC=tgt
            + TGT user of u1: user
            - TGT x1: Normal disconnector
            - TGT x1: PI Add
            - TGT x1: at dn CN=x1,OU=Synced,DC=tgt
            - TGT x1: user
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
            + pending: pass 1 update user of u1: department=Sales, displayName=Ann
        ",
    );
    story.cycle();
    story.given();

    let x2 = account(story, "x2").set("employeeID", "Bob");
    story.directory(TGT).put("x2", x2);
    story.delta(TGT);
    story.sync();
    story.then(
        "
            + TGT user of u2: Adopted
            + TGT user of u2: Target link to u2
            + TGT user of u2: at dn CN=x2,OU=Synced,DC=tgt
            + TGT user of u2: user
            + pending: pass 1 of u2 name CN=Bob in tgt-ou0
            + pending: pass 1 update user of u2: department=Sales, displayName=Bob
        ",
    );
}

fn s43(story: &mut Story<'_>) {
    let rules = p_out(
        r#"{"to":"department","from":"department"}"#,
        r#"{"to":"info","from":"department","mode":"initial"}"#,
    );
    story.world(&rules);
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();

    let sent = story.cycle();
    story.sent(
        &sent,
        "pass 1 add user of u1: displayName=Ann, employeeID=Ann, info=Sales",
    );
    story.given();
    story.directory(SRC).edit("u1", "department", Some("IT"));
    let sent = story.cycle();
    story.sent(&sent, "");
    story.then(
        "
            + MV u1: department=IT
            - MV u1: department=Sales
        ",
    );
    story.sync_everything();
    story.then_nothing();
}

fn s44(story: &mut Story<'_>) {
    story.standard();
    let x1 = account(story, "Ann")
        .set("employeeID", "Ann")
        .set("displayName", "Ann");
    story.directory(TGT).put("x1", x1);
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    story.start();

    story.directory(SRC).delete("u1");
    story.directory(SRC).delete("u2");
    story.delta(SRC);
    story.sync();
    story.then(
        "
            - MV u1: department=Sales
            - MV u1: displayName=Ann
            - MV u1: employeeID=Ann
            - MV u1: person
            - MV u2: person
            + MV u2: person, tombstone
            - SRC u1: Provision link to u1
            - SRC u1: at dn CN=Ann,OU=People,DC=src
            - SRC u1: user
            - SRC u2: Provision link to u2
            - SRC u2: at dn CN=Bob,OU=People,DC=src
            - SRC u2: user
            - TGT user of u1: Adopted
            - TGT user of u1: Target link to u1
            - TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            - TGT user of u1: user
            + TGT user of u2: Departing link to u2
            - TGT user of u2: Target link to u2
            + TGT x1: Adopted
            + TGT x1: Normal disconnector
            + TGT x1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT x1: user
            + pending: pass 1 delete user of u2
        ",
    );

    let sent = story.cycle();
    story.sent(&sent, "pass 1 delete user of u2");
    story.then(
        "
            - MV u2: department=Sales
            - MV u2: displayName=Bob
            - MV u2: employeeID=Bob
            - MV u2: person, tombstone
            - TGT user of u2: CreatedByUs
            - TGT user of u2: Departing link to u2
            - TGT user of u2: at dn CN=Bob,OU=Synced,DC=tgt
            - TGT user of u2: user
            - pending: pass 1 delete user of u2
        ",
    );
}

/// The account of a person, by the name the target gave it.
fn account_of(story: &mut Story<'_>, name: &str) -> String {
    let target = story.directory(TGT);
    let found = target.by_value("displayName", name).expect("an account");
    crate::world::directory::nickname(found)
}

fn s50(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let person = story.identity("MV u1");

    let ours = account_of(story, "Ann");
    story.directory(TGT).delete(&ours);
    story.delta(TGT);
    story.then("+ TGT user of u1: PI Delete");
    story.sync();
    story.then(
        "
            - TGT user of u1: PI Delete
            + pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    let sent = story.export();
    story.sent(
        &sent,
        "
            pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
        ",
    );
    story.delta(TGT);
    story.sync();
    assert_eq!(story.identity("MV u1"), person);
    story.then(
        "
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
}

fn s51(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let ours = account_of(story, "Ann");
    story.directory(TGT).edit(&ours, "department", Some("Z"));
    story.delta(TGT);
    story.sync();
    story.then("+ pending: pass 1 update user of u1: department=Sales");

    let on_change = p_out(
        r#"{"to":"department","from":"department"}"#,
        r#"{"to":"department","from":"department","mode":"on-change"}"#,
    );
    story.world(&on_change);
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let ours = account_of(story, "Ann");
    story.directory(TGT).edit(&ours, "department", Some("Z"));
    story.delta(TGT);
    story.sync();
    story.then("");
}
