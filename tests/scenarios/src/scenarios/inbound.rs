//! Scope and what follows links and rules: S-31, S-32, S-39, S-40.

use super::{BY_EMPLOYEE, group, p_in, person, user, with_hr};
use crate::story::{Scenario, Story};
use crate::world::{HR, SRC, STANDARD, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-31",
        title: "Scope exit disconnects and recalls",
        flat: true,
        tell: s31,
    },
    Scenario {
        id: "S-32",
        title: "Scope expression fails",
        flat: true,
        tell: s32,
    },
    Scenario {
        id: "S-39",
        title: "Back-link without own change",
        flat: true,
        tell: s39,
    },
    Scenario {
        id: "S-40",
        title: "Rule change alone",
        flat: true,
        tell: s40,
    },
];

fn s31(story: &mut Story<'_>) {
    let scope = format!(r#""scope":{{"expr":"department != Test"}},{BY_EMPLOYEE}"#);
    let hr = format!(r#""link":"sticky",{BY_EMPLOYEE}"#);
    story.world_with_hr(&with_hr(&p_in(&scope), &hr));
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story
        .directory(HR)
        .put("h1", person("Ann").set("department", "Research"));
    story.full(HR);
    story.start();

    story.directory(SRC).edit("u1", "department", Some("Test"));
    story.delta(SRC);
    story.sync();

    story.then(
        "
            + MV u1: department=Research
            - MV u1: department=Sales
            + SRC u1: Filtered disconnector
            - SRC u1: Provision link to u1
            + pending: pass 1 update user of u1: department=Research
        ",
    );
}

fn s32(story: &mut Story<'_>) {
    story.world(&p_in(r#""scope":{"expr":"fail-on title broken"}"#));
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    story.start();

    story.directory(SRC).edit("u1", "title", Some("broken"));
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.directory(SRC).edit("u2", "department", Some("IT"));
    story.delta(SRC);
    story.sync();

    story.then(
        "
            + MV u2: department=IT
            - MV u2: department=Sales
            + SRC u1: PI Update
            + error: SRC u1 rule-error
            + pending: pass 1 update user of u2: department=IT
        ",
    );
}

fn s39(story: &mut Story<'_>) {
    story.world(&p_in(r#""scope":{"expr":"department != Test"}"#));
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    story.directory(SRC).edit("u2", "department", Some("Test"));
    let members = group("Team").refer("member", "u1").refer("member", "u2");
    story.directory(SRC).put("g1", members);
    story.start();

    story.directory(SRC).edit("u2", "department", Some("IT"));
    story.delta(SRC);
    story.then("+ SRC u2: PI Update");
    story.sync();

    story.then(
        "
            - MV g1: member -> u1
            + MV g1: member -> u1, u2
            + MV u2: department=IT
            + MV u2: displayName=Bob
            + MV u2: employeeID=Bob
            + MV u2: person
            - SRC u2: Filtered disconnector
            - SRC u2: PI Update
            + SRC u2: Provision link to u2
            + TGT user of u2: CreatedByUs
            + TGT user of u2: Target link to u2
            + TGT user of u2: at dn CN=Bob,OU=Synced,DC=tgt
            + TGT user of u2: user
            + pending: pass 1 add user of u2: department=IT, displayName=Bob, employeeID=Bob
            + pending: pass 1 of u2 name CN=Bob in tgt-ou0
            + pending: pass 2 update group of g1: member +of u2
        ",
    );
    let sent = story.export();
    story.sent(
        &sent,
        "
            pass 1 add user of u2: department=IT, displayName=Bob, employeeID=Bob
            pass 2 update group of g1: member +of u2
        ",
    );
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - pending: pass 1 add user of u2: department=IT, displayName=Bob, employeeID=Bob
            - pending: pass 1 of u2 name CN=Bob in tgt-ou0
            - pending: pass 2 update group of g1: member +of u2
        ",
    );
}

fn s40(story: &mut Story<'_>) {
    story.standard();
    story
        .directory(SRC)
        .put("u1", user("Ann").set("title", "Engineer"));
    story.directory(SRC).put("u2", user("Bob"));
    story.directory(SRC).put("g1", group("Team"));
    story.start();

    let department = r#"{"to":"department","from":"department"},"#;
    let with_title = format!(r#"{department}{{"to":"jobTitle","from":"title"}},"#);
    story.rules(&STANDARD.replacen(department, &with_title, 1));
    story.sync();

    story.then("+ MV u1: jobTitle=Engineer");
}
