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

    story.then(
        "
            - MV h42: department=Research
            + MV h42: department=Sales
            + MV h42: mail=u1@x
            + SRC u1: Provision link to h42
            + SRC u1: at dn CN=42,OU=People,DC=src
            + SRC u1: user
            + pending: pass 1 update user of h42: department=Sales, mail=u1@x
        ",
    );
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

/// Two persons of HR with one mail, and SRC joins by what `groups` say. Accounts are named by employeeID, so that persons of
/// one displayName are in nobody's way.
fn two_of_one_mail(story: &mut Story<'_>, groups: &str) {
    let rules = with_hr(&p_in(groups), r#""link":"provision""#);
    story.world_with_hr(&rules.replacen("CN=<displayName>", "CN=<employeeID>", 1));
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
    story.then(
        "
            + SRC u1: Normal disconnector
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
            + error: SRC u1 ambiguous-match with MV h1, MV h2
        ",
    );

    story.directory(HR).edit("h2", "mail", Some("b@x"));
    story.delta(HR);
    story.sync();
    story.sync();
    story.then(
        "
            + MV h1: department=Sales
            + MV h1: displayName=Ann
            - MV h1: displayName=One
            + MV h1: employeeID=Ann
            - MV h1: employeeID=One
            - MV h2: mail=a@x
            + MV h2: mail=b@x
            - SRC u1: Normal disconnector
            + SRC u1: Provision link to h1
            - error: SRC u1 ambiguous-match with MV h1, MV h2
            + pending: pass 1 of h1 name CN=Ann in tgt-ou0
            + pending: pass 1 update user of h1: department=Sales, displayName=Ann, employeeID=Ann
            + pending: pass 1 update user of h2: mail=b@x
        ",
    );
}

fn s27(story: &mut Story<'_>) {
    let groups = r#""match":[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":"displayName"}]]"#;
    two_of_one_mail(story, groups);
    story.directory(HR).edit("h2", "displayName", Some("Ann"));
    story
        .directory(HR)
        .put("h3", person("Three").set("mail", "c@x"));
    story.directory(HR).edit("h3", "displayName", Some("Ann"));
    story.start();

    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "a@x"));
    story.delta(SRC);
    story.sync();

    story.then(
        "
            + MV h2: department=Sales
            + MV h2: employeeID=Ann
            - MV h2: employeeID=Two
            + SRC u1: Provision link to h2
            + SRC u1: at dn CN=Ann,OU=People,DC=src
            + SRC u1: user
            + pending: pass 1 of h2 name CN=Ann in tgt-ou0
            + pending: pass 1 update user of h2: department=Sales, employeeID=Ann
        ",
    );
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

    story.then(
        "
            + SRC B: Normal disconnector
            + SRC B: at dn CN=Other,OU=People,DC=src
            + SRC B: user
            + error: SRC B already-joined with MV A
        ",
    );
}

fn s29(story: &mut Story<'_>) {
    a_is_42(story);
    let person = story.identity("MV A");

    story.directory(SRC).delete("A");
    story.directory(SRC).put("B", second("42"));
    story.delta(SRC);
    story.sync();

    assert_eq!(story.identity("MV A"), person);
    story.then(
        "
            + MV A: mail=b@x
            - SRC A: Provision link to A
            - SRC A: at dn CN=42,OU=People,DC=src
            - SRC A: user
            + SRC B: Provision link to A
            + SRC B: at dn CN=42,OU=People,DC=src
            + SRC B: user
            + pending: pass 1 update user of A: mail=b@x
        ",
    );
    let sent = story.cycle();
    story.sent(&sent, "pass 1 update user of A: mail=b@x");
}

fn s30(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.disconnect(SRC, "u1");
    story.given();

    story.sync();
    story.then(
        "
            - SRC src-ou0: PI Add
            - SRC src-ou1: PI Add
            - SRC u1: PI Add
        ",
    );
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.then("+ SRC u1: PI Update");
    story.sync_everything();
    story.then("- SRC u1: PI Update");
    story.full(SRC);
    story.sync_everything();
    story.then_nothing();

    story.clear(SRC, "u1");
    story.sync();
    story.then(
        "
            + MV u1: department=IT
            + MV u1: displayName=Ann
            + MV u1: employeeID=Ann
            + MV u1: person
            - SRC u1: Explicit disconnector
            + SRC u1: Provision link to u1
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: user
            + pending: pass 1 add user of u1: department=IT, displayName=Ann, employeeID=Ann
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
}
