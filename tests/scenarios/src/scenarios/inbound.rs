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

    story.then("");
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

    story.then("");
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
    story.then("");
    story.sync();

    story.then("");
    let sent = story.export();
    story.sent(&sent, "");
    story.delta(TGT);
    story.sync();
    story.then("");
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

    story.then("");
}
