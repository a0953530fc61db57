//! What becomes of the accounts of those who leave: S-45 to S-49.

use super::{p_out, user};
use crate::story::{Scenario, Story};
use crate::world::directory::Entry;
use crate::world::{SRC, STANDARD, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-45",
        title: "Disable and return",
        flat: true,
        tell: s45,
    },
    Scenario {
        id: "S-46",
        title: "Leave and disconnect differ",
        flat: true,
        tell: s46,
    },
    Scenario {
        id: "S-47",
        title: "Target link does not keep alive",
        flat: true,
        tell: s47,
    },
    Scenario {
        id: "S-48",
        title: "Grace",
        flat: true,
        tell: s48,
    },
    Scenario {
        id: "S-49",
        title: "Withdrawn operations",
        flat: true,
        tell: s49,
    },
];

/// Accounts of leavers are disabled and moved, and deleted after 30 days.
fn disabling(story: &mut Story<'_>) {
    let rules = p_out(
        r#"{"to":"employeeID","from":"employeeID"}"#,
        r#"{"to":"accountEnabled","expr":"true"},{"to":"employeeID","from":"employeeID"}"#,
    );
    let moves = match story.is_flat() {
        true => "",
        false => r#""dn":{"expr":"CN=<displayName>,OU=Disabled,DC=tgt"},"#,
    };
    let disable = format!(
        r#""deprovision":"disable","disable":{{{moves}"delete_after_days":30,
        "flows":[{{"to":"accountEnabled","expr":"false"}}]}}"#
    );
    story.world(&rules.replacen(r#""deprovision":"delete""#, &disable, 1));
    if !story.is_flat() {
        let disabled = Entry::new("ou", "OU=Disabled,DC=tgt");
        story.directory(TGT).put("disabled", disabled);
    }
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
}

fn s45(story: &mut Story<'_>) {
    disabling(story);
    let person = story.identity("MV u1");
    story.directory(SRC).delete("u1");
    let sent = story.cycle();
    story.sent(&sent, "pass 1 update user of u1: accountEnabled=false");
    story.then(
        "
            - MV u1: person
            + MV u1: person, tombstone
            - SRC u1: Provision link to u1
            - SRC u1: at dn CN=Ann,OU=People,DC=src
            - SRC u1: user
            + TGT user of u1: Departing link to u1
            - TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Ann,OU=Disabled,DC=tgt
            - TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: retired
        ",
    );

    story.pass(10);
    story.directory(SRC).put("u1", user("Ann"));
    let sent = story.cycle();
    story.sent(&sent, "pass 1 update user of u1: accountEnabled=true");
    assert_eq!(story.identity("MV u1"), person);
    story.then(
        "
            + MV u1: person
            - MV u1: person, tombstone
            + SRC u1: Provision link to u1
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
            - TGT user of u1: Departing link to u1
            + TGT user of u1: Target link to u1
            - TGT user of u1: at dn CN=Ann,OU=Disabled,DC=tgt
            + TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            - TGT user of u1: retired
        ",
    );

    // The other branch: nothing comes back.
    disabling(story);
    story.directory(SRC).delete("u1");
    story.cycle();
    let person = story.identity("MV u1");
    story.given();
    story.pass(30);
    story.sync();
    story.then("+ pending: pass 1 delete user of u1");
    story.export();
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - MV u1: department=Sales
            - MV u1: displayName=Ann
            - MV u1: employeeID=Ann
            - MV u1: person, tombstone
            - TGT user of u1: CreatedByUs
            - TGT user of u1: Departing link to u1
            - TGT user of u1: at dn CN=Ann,OU=Disabled,DC=tgt
            - TGT user of u1: retired
            - TGT user of u1: user
            - pending: pass 1 delete user of u1
        ",
    );
    story.directory(SRC).put("u1", user("Ann"));
    let sent = story.cycle();
    story.sent(&sent, "
            pass 1 add user of u1: accountEnabled=true, department=Sales, displayName=Ann, employeeID=Ann
        ");
    assert_ne!(story.identity("MV u1"), person);
}

/// People of department `Gone` have no account.
fn scoped(deprovision: &str) -> String {
    let action = r#""action":"create-or-update""#;
    let scoped = format!(r#"{action},"scope":{{"expr":"department != Gone"}}"#);
    let rules = p_out(action, &scoped);
    let deprovision = format!(r#""deprovision":"{deprovision}""#);
    rules.replacen(r#""deprovision":"delete""#, &deprovision, 1)
}

/// Ann leaves the scope and returns as Anne, whom nothing matches.
fn leaves_and_returns(story: &mut Story<'_>, deprovision: &str) {
    story.world(&scoped(deprovision));
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    story.directory(SRC).edit("u1", "department", Some("Gone"));
    let sent = story.cycle();
    story.sent(&sent, "");
    story.given();
    story.directory(SRC).edit("u1", "employeeID", Some("other"));
    story.directory(SRC).edit("u1", "displayName", Some("Anne"));
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.sync();
}

fn s46(story: &mut Story<'_>) {
    leaves_and_returns(story, "leave");
    story.then(
        "
            - MV u1: department=Gone
            + MV u1: department=IT
            - MV u1: displayName=Ann
            + MV u1: displayName=Anne
            - MV u1: employeeID=Ann
            + MV u1: employeeID=other
            + pending: pass 1 of u1 name CN=Anne in tgt-ou0
            + pending: pass 1 update user of u1: department=IT, displayName=Anne, employeeID=other
        ",
    );

    leaves_and_returns(story, "disconnect");
    story.then(
        "
            - MV u1: department=Gone
            + MV u1: department=IT
            - MV u1: displayName=Ann
            + MV u1: displayName=Anne
            - MV u1: employeeID=Ann
            + MV u1: employeeID=other
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Anne,OU=Synced,DC=tgt
            + TGT user of u1: user
            + pending: pass 1 add user of u1: department=IT, displayName=Anne, employeeID=other
            + pending: pass 1 of u1 name CN=Anne in tgt-ou0
        ",
    );
}

fn s47(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();

    story.directory(SRC).delete("u1");
    story.delta(SRC);
    story.sync();

    story.then(
        "
            - MV u1: person
            + MV u1: person, tombstone
            - SRC u1: Provision link to u1
            - SRC u1: at dn CN=Ann,OU=People,DC=src
            - SRC u1: user
            + TGT user of u1: Departing link to u1
            - TGT user of u1: Target link to u1
            + pending: pass 1 delete user of u1
        ",
    );
}

fn s48(story: &mut Story<'_>) {
    let grace = r#"{"name":"W","deletion":{"person":{"grace_days":7}},"#;
    let rules = STANDARD.replacen(r#"{"name":"W","#, grace, 1);
    story.world(&rules);
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let person = story.identity("MV u1");

    story.directory(SRC).delete("u1");
    let sent = story.cycle();
    story.sent(&sent, "");
    story.then(
        "
            - MV u1: person
            + MV u1: person, scheduled
            - SRC u1: Provision link to u1
            - SRC u1: at dn CN=Ann,OU=People,DC=src
            - SRC u1: user
        ",
    );
    story.pass(3);
    story.directory(SRC).put("u1", user("Ann"));
    let sent = story.cycle();
    story.sent(&sent, "");
    assert_eq!(story.identity("MV u1"), person);
    story.then(
        "
            + MV u1: person
            - MV u1: person, scheduled
            + SRC u1: Provision link to u1
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
        ",
    );

    // Without return.
    story.directory(SRC).delete("u1");
    story.cycle();
    story.given();
    story.pass(6);
    story.sync();
    story.then_nothing();
    story.pass(1);
    story.sync();
    story.then(
        "
            - MV u1: person, scheduled
            + MV u1: person, tombstone
            + TGT user of u1: Departing link to u1
            - TGT user of u1: Target link to u1
            + pending: pass 1 delete user of u1
        ",
    );
}

fn s49(story: &mut Story<'_>) {
    story.world(&scoped("delete"));
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.given();
    story.directory(SRC).edit("u1", "department", Some("Gone"));
    story.delta(SRC);
    story.sync();
    story.then(
        "
            + MV u1: department=Gone
            - MV u1: department=Sales
            - TGT user of u1: CreatedByUs
            - TGT user of u1: Target link to u1
            - TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            - TGT user of u1: user
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    assert!(
        story.directory(TGT).wrote.is_empty(),
        "TGT was never contacted"
    );

    // A Delete that is staged.
    story.world(STANDARD);
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let person = story.identity("MV u1");
    story.directory(SRC).delete("u1");
    story.delta(SRC);
    story.sync();
    story.given();
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.sync();
    assert_eq!(story.identity("MV u1"), person);
    story.then(
        "
            + MV u1: department=IT
            - MV u1: department=Sales
            + MV u1: person
            - MV u1: person, tombstone
            + SRC u1: Provision link to u1
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
            - TGT user of u1: Departing link to u1
            + TGT user of u1: Target link to u1
            - pending: pass 1 delete user of u1
            + pending: pass 1 update user of u1: department=IT
        ",
    );
}
