//! Sending and confirming: S-52 to S-54, S-59, S-63.

use super::{p_out, user};
use crate::story::{Scenario, Story};
use crate::world::{SRC, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-52",
        title: "Confirm",
        flat: true,
        tell: s52,
    },
    Scenario {
        id: "S-53",
        title: "Not re-imported",
        flat: true,
        tell: s53,
    },
    Scenario {
        id: "S-54",
        title: "Unread attribute",
        flat: true,
        tell: s54,
    },
    Scenario {
        id: "S-59",
        title: "Crash with an Add in flight",
        flat: true,
        tell: s59,
    },
    Scenario {
        id: "S-63",
        title: "Case-only change",
        flat: true,
        tell: s63,
    },
];

/// Ann has an account.
fn ann(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
}

fn department(story: &mut Story<'_>, value: &str) {
    story.directory(SRC).edit("u1", "department", Some(value));
    story.delta(SRC);
    story.sync();
}

fn s52(story: &mut Story<'_>) {
    ann(story);
    department(story, "IT");
    story.given();

    let sent = story.export();
    story.sent(&sent, "pass 1 update user of u1: department=IT");
    story.then(
        "
            + TGT user of u1: unconfirmed department
            - pending: pass 1 update user of u1: department=IT
        ",
    );
    story.sync();
    story.then_nothing();
    let again = story.export();
    story.sent(&again, "");

    story.delta(TGT);
    story.sync();
    story.then("- TGT user of u1: unconfirmed department");
}

/// The target keeps 546 whatever is written.
fn reverts(story: &mut Story<'_>) {
    let target = story.directory(TGT);
    let ours = target.by_value("employeeID", "Ann").expect("an account");
    let ours = crate::world::directory::nickname(ours);
    target.edit(&ours, "department", Some("546"));
}

fn s53(story: &mut Story<'_>) {
    ann(story);
    department(story, "512");
    story.given();

    story.export();
    reverts(story);
    story.delta(TGT);
    story.sync();
    story.then("+ error: TGT user of u1 exported-change-not-reimported on department");

    let mut writes = 1;
    for _ in 0..4 {
        let sent = story.export();
        writes += sent.len();
        if !sent.is_empty() {
            reverts(story);
        }
        story.delta(TGT);
        story.sync();
    }
    assert_eq!(writes, 3, "no fourth export");
    story.then(
        "
            + error: TGT user of u1 contested on department
            - error: TGT user of u1 exported-change-not-reimported on department
            - pending: pass 1 update user of u1: department=512
        ",
    );

    department(story, "514");
    story.then(
        "
            - MV u1: department=512
            + MV u1: department=514
            - error: TGT user of u1 contested on department
            + pending: pass 1 update user of u1: department=514
        ",
    );
    let sent = story.export();
    story.sent(&sent, "pass 1 update user of u1: department=514");
}

fn s54(story: &mut Story<'_>) {
    story.standard();
    story.directory(TGT).unread.insert("department".into());
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.export();
    story.given();

    story.delta(TGT);
    story.sync();
    story.then(
        "
            - TGT user of u1: unconfirmed add
            - TGT user of u1: unconfirmed displayName
            - TGT user of u1: unconfirmed employeeID
        ",
    );
    let again = story.export();
    story.sent(&again, "");
    story.full(TGT);
    story.sync();
    story.then_nothing();
}

fn s59(story: &mut Story<'_>) {
    let mut ends = Vec::new();
    for crashed in [None, Some(true), Some(false)] {
        story.standard();
        story.directory(SRC).put("u1", user("Ann"));
        story.full(SRC);
        story.sync();
        if let Some(created) = crashed {
            story.crash_in_export(TGT, created);
            story.sync();
            let meanwhile = story.export();
            assert!(
                meanwhile.is_empty(),
                "nothing goes while its outcome is unknown"
            );
            assert_eq!(story.recover(TGT), created);
        }
        story.sync();
        story.export();
        story.delta(TGT);
        story.sync();
        assert_eq!(story.directory(TGT).wrote, ["add tgt-new1"]);
        ends.push(story.facts());
    }
    assert_eq!(ends[0], ends[1], "as if nothing had been");
    assert_eq!(ends[0], ends[2], "exactly one Add is sent");
}

fn s63(story: &mut Story<'_>) {
    for folds in [false, true] {
        // Names follow another attribute, so that this is about the value alone.
        let rules = p_out("CN=<displayName>", "CN=<employeeID>");
        story.world(&rules);
        story.directory(TGT).folds = folds;
        story.directory(SRC).put("u1", user("ann lee"));
        story.start();

        story
            .directory(SRC)
            .edit("u1", "displayName", Some("Ann Lee"));
        story.delta(SRC);
        story.sync();
        story.then(
            "
            + MV u1: displayName=Ann Lee
            - MV u1: displayName=ann lee
            + pending: pass 1 update user of u1: displayName=Ann Lee
        ",
        );

        let sent = story.cycle();
        story.sent(&sent, "pass 1 update user of u1: displayName=Ann Lee");
        let again = story.cycle();
        story.sent(&again, "");
    }
}
