//! Names that are taken: S-07 to S-12.

use syncline_model::run::RunStatus;

use super::user;
use crate::house::How;
use crate::story::{Scenario, Story};
use crate::world::directory::{Entry, anchor};
use crate::world::{SRC, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-07",
        title: "DN match, no anchor, Add never acknowledged",
        flat: false,
        tell: s07,
    },
    Scenario {
        id: "S-08",
        title: "Same, but it does match",
        flat: false,
        tell: s08,
    },
    Scenario {
        id: "S-09",
        title: "DN match, Add acknowledged without id",
        flat: false,
        tell: s09,
    },
    Scenario {
        id: "S-10",
        title: "Transient, resolved by rename",
        flat: true,
        tell: s10,
    },
    Scenario {
        id: "S-11",
        title: "Transient, resolved by nothing",
        flat: true,
        tell: s11,
    },
    Scenario {
        id: "S-12",
        title: "DN swap",
        flat: true,
        tell: s12,
    },
];

/// Somebody else under Ann's name in the target.
fn stranger() -> Entry {
    Entry::new("user", "CN=Ann,OU=Synced,DC=tgt")
}

fn provisioned(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.given();
}

fn s07(story: &mut Story<'_>) {
    provisioned(story);

    story
        .directory(TGT)
        .put("Z", stranger().set("employeeID", "other"));
    story.delta(TGT);
    story.then(
        "
            + TGT Z: Normal disconnector
            + TGT Z: PI Add
            + TGT Z: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT Z: user
            - TGT user of u1: CreatedByUs
            - TGT user of u1: Target link to u1
            - TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            - TGT user of u1: user
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    story.sync();

    story.then(
        "
            - TGT Z: PI Add
            + error: MV u1 provision-conflict with TGT Z
        ",
    );
    // The retry mark stays: once the name is free, the Add is there again.
    story.directory(TGT).rename("Z", "CN=Zoe,OU=Synced,DC=tgt");
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - TGT Z: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT Z: at dn CN=Zoe,OU=Synced,DC=tgt
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: user
            - error: MV u1 provision-conflict with TGT Z
            + pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
}

fn s08(story: &mut Story<'_>) {
    provisioned(story);

    let known = stranger()
        .set("employeeID", "Ann")
        .set("displayName", "Ann");
    story.directory(TGT).put("Z", known);
    story.delta(TGT);
    story.sync();

    story.then(
        "
            + TGT user of u1: Adopted
            - TGT user of u1: CreatedByUs
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
            + pending: pass 1 update user of u1: department=Sales
        ",
    );
    story.sync();
    assert!(story.was_quiet());
    story.then_nothing();
}

fn s09(story: &mut Story<'_>) {
    story.standard();
    story.directory(TGT).silent = true;
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.given();

    let sent = story.export();
    assert_eq!(sent.len(), 1);
    story.then(
        "
            + TGT user of u1: unconfirmed add
            + TGT user of u1: unconfirmed department
            + TGT user of u1: unconfirmed displayName
            + TGT user of u1: unconfirmed employeeID
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    story.delta(TGT);
    story.then(
        "
            + TGT user of u1: PI Add
            - TGT user of u1: unconfirmed add
            - TGT user of u1: unconfirmed department
            - TGT user of u1: unconfirmed displayName
            - TGT user of u1: unconfirmed employeeID
        ",
    );
    story.sync();

    story.then("- TGT user of u1: PI Add");
    story.sync();
    assert!(story.was_quiet());
}

/// The entries of SRC objects as they are now.
fn entries(story: &mut Story<'_>, names: &[&str]) -> How {
    let directory = story.directory(SRC);
    let entries = names.iter().map(|name| directory.object(&anchor(name)));
    How::Entries(entries.collect(), false)
}

fn s10(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("A", user("Ann"));
    story.start();
    story.directory(SRC).rename("A", "CN=Ann2,OU=People,DC=src");
    story
        .directory(SRC)
        .put("B", user("Ann").set("mail", "b@x"));

    let first = entries(story, &["B"]);
    let status = story.import(SRC, first);
    assert_eq!(status, RunStatus::CompletedTransientObjects);
    story.then(
        "
            + SRC A: transient
            + SRC B: Normal disconnector
            + SRC B: PI Add
            + SRC B: at dn CN=Ann,OU=People,DC=src
            + SRC B: user
        ",
    );

    let second = entries(story, &["A"]);
    let status = story.import(SRC, second);
    assert_eq!(status, RunStatus::Success);
    story.then(
        "
            + SRC A: PI Update
            - SRC A: at dn CN=Ann,OU=People,DC=src
            + SRC A: at dn CN=Ann2,OU=People,DC=src
            - SRC A: transient
        ",
    );
}

fn s11(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("A", user("Ann"));
    story.start();
    story.directory(SRC).delete("A");
    story.directory(SRC).put("B", user("Ann"));

    let only = entries(story, &["B"]);
    let status = story.import(SRC, only);
    assert_eq!(status, RunStatus::CompletedTransientObjects);
    story.then(
        "
            + SRC A: transient
            + SRC B: Normal disconnector
            + SRC B: PI Add
            + SRC B: at dn CN=Ann,OU=People,DC=src
            + SRC B: user
        ",
    );

    story.full(SRC);
    story.then(
        "
            + SRC A: PI Delete
            - SRC A: transient
        ",
    );
}

fn s12(story: &mut Story<'_>) {
    let mut ends = Vec::new();
    for order in [["A", "B"], ["B", "A"]] {
        story.standard();
        story.directory(SRC).put("A", user("X"));
        story.directory(SRC).put("B", user("Y"));
        story.start();
        story.directory(SRC).rename("A", "CN=T,OU=People,DC=src");
        story.directory(SRC).rename("B", "CN=X,OU=People,DC=src");
        story.directory(SRC).rename("A", "CN=Y,OU=People,DC=src");

        let swapped = entries(story, &order);
        let status = story.import(SRC, swapped);

        assert_eq!(status, RunStatus::Success);
        story.then(
            "
            + SRC A: PI Update
            - SRC A: at dn CN=X,OU=People,DC=src
            + SRC A: at dn CN=Y,OU=People,DC=src
            + SRC B: PI Update
            + SRC B: at dn CN=X,OU=People,DC=src
            - SRC B: at dn CN=Y,OU=People,DC=src
        ",
        );
        ends.push(story.facts());
    }
    assert_eq!(ends[0], ends[1], "both orders give one state");
}
