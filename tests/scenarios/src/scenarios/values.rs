//! Precedence, recall and merge: S-33 to S-36.

use syncline_model::Value;

use super::{BY_EMPLOYEE, p_in, person, user, with_hr};
use crate::story::{Scenario, Story};
use crate::world::directory::anchor;
use crate::world::{HR, SRC};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-33",
        title: "Precedence and fall-through",
        flat: true,
        tell: s33,
    },
    Scenario {
        id: "S-34",
        title: "AuthoritativeNull",
        flat: true,
        tell: s34,
    },
    Scenario {
        id: "S-35",
        title: "Merge",
        flat: true,
        tell: s35,
    },
    Scenario {
        id: "S-36",
        title: "Update and merge mixed",
        flat: true,
        tell: s36,
    },
];

/// SRC before HR, joined by employeeID.
fn two_sources() -> String {
    with_hr(
        &p_in(BY_EMPLOYEE),
        &format!(r#""link":"provision",{BY_EMPLOYEE}"#),
    )
}

/// Both give Ann's mail.
fn both_give_mail(story: &mut Story<'_>, rules: &str) {
    story.world_with_hr(rules);
    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "src@x"));
    story
        .directory(HR)
        .put("h1", person("Ann").set("mail", "hr@x"));
    story.start();
}

fn s33(story: &mut Story<'_>) {
    both_give_mail(story, &two_sources());

    story.directory(SRC).edit("u1", "mail", None);
    story.delta(SRC);
    story.sync();
    story.then(
        "
            + MV u1: mail=hr@x
            - MV u1: mail=src@x
            + pending: pass 1 update user of u1: mail=hr@x
        ",
    );

    story.cycle();
    story.given();
    story.directory(HR).edit("h1", "mail", None);
    story.delta(HR);
    story.sync();
    story.then(
        "
            - MV u1: mail=hr@x
            + pending: pass 1 update user of u1: no mail
        ",
    );
}

fn s34(story: &mut Story<'_>) {
    let rules = two_sources().replacen(
        r#"{"to":"mail","from":"mail"}"#,
        r#"{"to":"mail","expr":"authoritative <mail>"}"#,
        1,
    );
    both_give_mail(story, &rules);

    story.directory(SRC).edit("u1", "mail", None);
    story.delta(SRC);
    story.sync();

    story.then(
        "
            - MV u1: mail=src@x
            + pending: pass 1 update user of u1: no mail
        ",
    );
}

/// Both sources give proxyAddresses, merged, to the metaverse.
fn merging() -> String {
    let flow = r#"{"to":"mail","from":"mail"}"#;
    let merged = r#"{"to":"proxyAddresses","from":"proxyAddresses","merge":true}"#;
    let rules = two_sources();
    let (inbound, outbound) =
        rules.split_at(rules.find(r#""outbound""#).expect("the standard rules"));
    let inbound = inbound.replace(flow, merged);
    let outbound = outbound.replacen(
        flow,
        r#"{"to":"proxyAddresses","from":"proxyAddresses"}"#,
        1,
    );
    format!("{inbound}{outbound}")
}

fn addresses(story: &mut Story<'_>, values: &[&str]) {
    let values = values.iter().map(|value| Value::text(*value)).collect();
    story
        .directory(SRC)
        .write(&anchor("u1"), "proxyAddresses", values);
}

fn s35(story: &mut Story<'_>) {
    story.world_with_hr(&merging());
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(HR).put("h1", person("Ann"));
    story.start();

    let of_hr = [Value::text("smtp:A@X"), Value::text("smtp:c@x")].into();
    story
        .directory(HR)
        .write(&anchor("h1"), "proxyAddresses", of_hr);
    addresses(story, &["SMTP:a@x", "smtp:b@x"]);
    story.delta(SRC);
    story.delta(HR);
    story.sync();
    story.then(
        "
            + MV u1: proxyAddresses=SMTP:a@x|smtp:b@x|smtp:c@x
            + pending: pass 1 update user of u1: proxyAddresses=SMTP:a@x|smtp:b@x|smtp:c@x
        ",
    );

    story.cycle();
    story.given();
    addresses(story, &[]);
    story.directory(SRC).edit("u1", "proxyAddresses", None);
    story.delta(SRC);
    story.sync();
    story.then(
        "
            - MV u1: proxyAddresses=SMTP:a@x|smtp:b@x|smtp:c@x
            + MV u1: proxyAddresses=smtp:A@X|smtp:c@x
            + pending: pass 1 update user of u1: proxyAddresses +smtp:A@X -SMTP:a@x|smtp:b@x
        ",
    );
}

fn s36(story: &mut Story<'_>) {
    story.world_with_hr(&merging());
    story.directory(SRC).put("u1", user("Ann"));
    story.start();
    let mixed = merging().replacen(r#","merge":true"#, "", 1);

    assert!(story.refuses(&mixed), "one flow wins and the other merges");
    assert!(!story.refuses(&merging()));

    story.cycle();
    story.then_nothing();
}
