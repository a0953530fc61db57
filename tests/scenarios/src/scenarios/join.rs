//! Joining and projecting: S-24 to S-30.

use super::{BY_EMPLOYEE, p_in, person, user, with_hr};
use crate::story::{Scenario, Story};
use crate::world::{HR, SRC};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-24",
        title: "Join instead of project",
        flat: true,
        tell: s24,
    },
    Scenario {
        id: "S-25",
        title: "Join is sticky",
        flat: true,
        tell: s25,
    },
    Scenario {
        id: "S-26",
        title: "Ambiguous",
        flat: true,
        tell: s26,
    },
    Scenario {
        id: "S-27",
        title: "Narrowing",
        flat: true,
        tell: s27,
    },
    Scenario {
        id: "S-28",
        title: "Second object of the same directory",
        flat: true,
        tell: s28,
    },
    Scenario {
        id: "S-29",
        title: "Re-key in one run",
        flat: true,
        tell: s29,
    },
    Scenario {
        id: "S-30",
        title: "Explicit disconnector",
        flat: true,
        tell: s30,
    },
];

/// HR has projected person 42, and SRC joins by employeeID.
fn person_42(story: &mut Story<'_>) {
    story.world_with_hr(&with_hr(&p_in(BY_EMPLOYEE), r#""link":"provision""#));
    story
        .directory(HR)
        .put("h42", person("42").set("department", "Research"));
    story.start();
}

fn s24(story: &mut Story<'_>) {
    person_42(story);

    story
        .directory(SRC)
        .put("u1", user("42").set("mail", "u1@x"));
    story.delta(SRC);
    story.sync();

    story.then("");
}

fn s25(story: &mut Story<'_>) {
    person_42(story);
    story.directory(SRC).put("u1", user("42"));
    story.cycle();
    story.given();
    // SRC is stronger and would take its number along: here the metaverse holds that of HR.
    let weaker = with_hr(&p_in(BY_EMPLOYEE), r#""link":"provision""#).replacen(
        r#"{"to":"employeeID","from":"employeeID"},"#,
        "",
        1,
    );
    story.rules(&weaker);
    story.sync();
    story.given();
    let person = story.identity("MV h42");

    story.directory(SRC).edit("u1", "employeeID", Some("43"));
    story.delta(SRC);
    story.sync();

    assert!(story.has_drifted());
    assert_eq!(story.identity("MV h42"), person);
    story.then_nothing();
}

/// Two persons of HR with one mail, and SRC joins by mail.
fn two_of_one_mail(story: &mut Story<'_>, groups: &str) {
    story.world_with_hr(&with_hr(&p_in(groups), r#""link":"provision""#));
    story
        .directory(HR)
        .put("h1", person("One").set("mail", "a@x"));
    story
        .directory(HR)
        .put("h2", person("Two").set("mail", "a@x"));
}

fn s26(story: &mut Story<'_>) {
    two_of_one_mail(story, r#""match":[[{"source":"mail","metaverse":"mail"}]]"#);
    story.start();

    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "a@x"));
    story.delta(SRC);
    story.sync();
    story.then("");

    story.directory(HR).edit("h2", "mail", Some("b@x"));
    story.delta(HR);
    story.sync();
    story.sync();
    story.then("");
}

fn s27(story: &mut Story<'_>) {
    let groups = r#""match":[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":"displayName"}]]"#;
    two_of_one_mail(story, groups);
    story.directory(HR).edit("h2", "displayName", Some("Ann"));
    story
        .directory(HR)
        .put("h3", person("Three").set("mail", "c@x"));
    story.directory(HR).edit("h3", "displayName", Some("Ann"));
    story.directory(HR).edit("h2", "employeeID", None);
    story.start();

    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "a@x"));
    story.delta(SRC);
    story.sync();

    story.then("");
}

/// SRC joins and projects by employeeID; A is 42.
fn a_is_42(story: &mut Story<'_>) {
    story.world(&p_in(BY_EMPLOYEE));
    story.directory(SRC).put("A", user("42"));
    story.start();
}

fn second(name: &str) -> crate::world::directory::Entry {
    let mut entry = user(name).set("mail", "b@x");
    entry.attrs.insert(
        "employeeID".into(),
        [syncline_model::Value::text("42")].into(),
    );
    entry
}

fn s28(story: &mut Story<'_>) {
    a_is_42(story);

    story.directory(SRC).put("B", second("Other"));
    story.delta(SRC);
    story.sync();

    story.then("");
}

fn s29(story: &mut Story<'_>) {
    a_is_42(story);
    let person = story.identity("MV A");

    story.directory(SRC).delete("A");
    story.directory(SRC).put("B", second("42"));
    story.delta(SRC);
    story.sync();

    assert_eq!(story.identity("MV A"), person);
    story.then("");
    let sent = story.cycle();
    story.sent(&sent, "");
}

fn s30(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.disconnect(SRC, "u1");
    story.given();

    story.sync();
    story.then("");
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.then("");
    story.sync_everything();
    story.then("");
    story.full(SRC);
    story.sync_everything();
    story.then_nothing();

    story.clear(SRC, "u1");
    story.sync();
    story.then("");
}
