//! Objects and values that take another's place: S-37, S-38, S-57, S-58.

use super::{group, user};
use crate::story::{Scenario, Story};
use crate::view::Facts;
use crate::world::directory::{Directory, Entry};
use crate::world::{HR, SRC, TGT};
use syncline_model::DirectoryId;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-37",
        title: "Promotion contact to user",
        flat: true,
        tell: s37,
    },
    Scenario {
        id: "S-38",
        title: "Order of imports",
        flat: true,
        tell: s38,
    },
    Scenario {
        id: "S-57",
        title: "Rename and change together",
        flat: false,
        tell: s57,
    },
    Scenario {
        id: "S-58",
        title: "Value hand-over",
        flat: true,
        tell: s58,
    },
];

/// Forest F1 is SRC and has contacts; forest F2 is HR and has the real users, which are stronger.
const PROMOTION: &str = r#"{"name":"promotion","inbound":[
  {"directory":"dir_3","type":"user","metaverse_type":"person","link":"provision",
   "match":[[{"source":"mail","metaverse":"mail"}]],"flows":[
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},{"to":"sourceType","expr":"user"}]},
  {"directory":"dir_1","type":"contact","metaverse_type":"person","link":"provision",
   "match":[[{"source":"mail","metaverse":"mail"}]],"flows":[
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},{"to":"sourceType","expr":"contact"}]},
  {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}],
 "outbound":[
  {"directory":"dir_2","type":"contact","metaverse_type":"person","action":"create-or-update",
   "scope":{"expr":"sourceType == contact"},"match":[[{"metaverse":"mail","target":"mail"}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"}]},
  {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
   "scope":{"expr":"sourceType == user"},"match":[[{"metaverse":"mail","target":"mail"}]],
   "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"}]},
  {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
   "match":[[{"metaverse":"name","target":"name"}]],
   "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
    {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;

fn promotion(story: &mut Story<'_>) {
    story.world_with_hr(PROMOTION);
    mail_is_unique(story);
    let contact = Entry::new("contact", "CN=Ann,OU=People,DC=src");
    let contact = contact.set("displayName", "Ann").set("mail", "m@x");
    story.directory(SRC).put("K", contact);
    story
        .directory(SRC)
        .put("g1", group("Team").refer("member", "K"));
    let ann = Entry::new("user", "CN=Ann,OU=Staff,DC=hr");
    let ann = ann.set("displayName", "Ann").set("mail", "m@x");
    story.directory(HR).put("U", ann);
}

fn mail_is_unique(story: &mut Story<'_>) {
    let target = story.directory(TGT);
    let unique: Directory = target.clone().unique("mail");
    *target = unique;
}

fn s37(story: &mut Story<'_>) {
    promotion(story);
    story.full(SRC);
    story.sync();
    story.export();
    story.delta(TGT);
    story.sync();
    story.given();
    let person = story.identity("MV K");

    story.full(HR);
    story.sync();
    story.then(
        "
            + HR (DC=hr): at dn DC=hr
            + HR (DC=hr): placeholder
            + HR U: Provision link to K
            + HR U: at dn CN=Ann,OU=Staff,DC=hr
            + HR U: user
            + HR hr-ou0: Normal disconnector
            + HR hr-ou0: at dn OU=Staff,DC=hr
            + HR hr-ou0: ou
            - MV K: sourceType=contact
            + MV K: sourceType=user
            + TGT contact of K: Departing link to K
            - TGT contact of K: Target link to K
            + TGT user of K: CreatedByUs
            + TGT user of K: Target link to K
            + TGT user of K: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of K: user
            + pending: pass 1 add user of K: displayName=Ann, mail=m@x
            + pending: pass 1 delete contact of K
            + pending: pass 1 of K name CN=Ann in tgt-ou0
            + pending: pass 1 update group of g1: member -of K
            + pending: pass 2 update group of g1: member +of K
        ",
    );

    let sent = story.export();
    story.sent(
        &sent,
        "
            pass 1 delete contact of K
            pass 1 add user of K: displayName=Ann, mail=m@x
            pass 1 update group of g1: member -of K
            pass 2 update group of g1: member +of K
        ",
    );
    story.delta(TGT);
    story.sync();
    assert_eq!(story.identity("MV K"), person);
    story.then(
        "
            - TGT contact of K: CreatedByUs
            - TGT contact of K: Departing link to K
            - TGT contact of K: at dn CN=Ann,OU=Synced,DC=tgt
            - TGT contact of K: contact
            - pending: pass 1 add user of K: displayName=Ann, mail=m@x
            - pending: pass 1 delete contact of K
            - pending: pass 1 of K name CN=Ann in tgt-ou0
            - pending: pass 1 update group of g1: member -of K
            - pending: pass 2 update group of g1: member +of K
        ",
    );
}

/// What can be seen, whoever projected the person.
fn by_whomever(facts: &Facts) -> Facts {
    let mut renamed: Facts = facts.iter().map(|line| one_name(line)).collect();
    renamed.sort();
    renamed
}

fn one_name(line: &str) -> String {
    let mut line = line.to_owned();
    for role in ["MV", "of", "to", "->"] {
        for name in ["K", "U"] {
            line = line.replace(&format!("{role} {name}"), &format!("{role} P"));
        }
    }
    line
}

fn s38(story: &mut Story<'_>) {
    let orders: [(&[DirectoryId], bool); 4] = [
        (&[SRC, HR], false),
        (&[HR, SRC], false),
        (&[SRC, HR], true),
        (&[HR, SRC], true),
    ];
    let mut ends: Vec<Facts> = Vec::new();
    for (order, syncs) in orders {
        promotion(story);
        for id in order {
            story.full(*id);
            if syncs {
                story.cycle();
            }
        }
        for _ in 0..3 {
            story.cycle();
        }
        ends.push(by_whomever(&story.facts()));
    }

    for end in &ends[1..] {
        assert_eq!(*end, ends[0], "the order of imports decides nothing");
    }
    let users = ends[0].iter().filter(|line| *line == "TGT user of P: user");
    assert_eq!(users.count(), 1);
}

fn s57(story: &mut Story<'_>) {
    story.standard();
    story
        .directory(SRC)
        .put("u1", user("Ann").set("mail", "ann@x"));
    story
        .directory(SRC)
        .put("g1", group("Team").refer("member", "u1"));
    story.start();

    story.directory(SRC).edit("u1", "displayName", Some("Anna"));
    story.directory(SRC).edit("u1", "mail", Some("anna@x"));
    story.delta(SRC);
    story.sync();
    story.then(
        "
            - MV u1: displayName=Ann
            + MV u1: displayName=Anna
            - MV u1: mail=ann@x
            + MV u1: mail=anna@x
            + pending: pass 1 of u1 name CN=Anna in tgt-ou0
            + pending: pass 1 update user of u1: displayName=Anna, mail=anna@x
        ",
    );

    let sent = story.export();
    story.sent(
        &sent,
        "pass 1 update user of u1: displayName=Anna, mail=anna@x",
    );
    story.then(
        "
            + TGT user of u1: unconfirmed displayName
            + TGT user of u1: unconfirmed mail
            + TGT user of u1: unconfirmed name
            - pending: pass 1 of u1 name CN=Anna in tgt-ou0
            - pending: pass 1 update user of u1: displayName=Anna, mail=anna@x
        ",
    );
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: at dn CN=Anna,OU=Synced,DC=tgt
            - TGT user of u1: unconfirmed displayName
            - TGT user of u1: unconfirmed mail
            - TGT user of u1: unconfirmed name
        ",
    );
}

fn s58(story: &mut Story<'_>) {
    for (giver, taker) in [("u1", "u2"), ("u2", "u1")] {
        story.standard();
        mail_is_unique(story);
        story
            .directory(SRC)
            .put(giver, user("Ann").set("mail", "m"));
        story
            .directory(SRC)
            .put(taker, user("Bob").set("mail", "o"));
        story.start();

        story.directory(SRC).edit(giver, "mail", Some("n"));
        story.directory(SRC).edit(taker, "mail", Some("m"));
        story.delta(SRC);
        story.sync();
        story.given();
        let sent = story.export();

        story.sent(
            &sent,
            &format!(
                "pass 1 update user of {giver}: mail=n\npass 1 update user of {taker}: mail=m"
            ),
        );
        story.delta(TGT);
        story.sync();
        story.then(&format!(
            "- pending: pass 1 update user of {giver}: mail=n
             - pending: pass 1 update user of {taker}: mail=m"
        ));
    }
}
