//! References: S-55, S-56, S-64.

use syncline_model::import::{ImportEntry, ObjectName};

use super::{p_out, user};
use crate::house::How;
use crate::story::{Scenario, Story};
use crate::world::directory::anchor;
use crate::world::{SRC, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-55",
        title: "Manager cycle",
        flat: true,
        tell: s55,
    },
    Scenario {
        id: "S-56",
        title: "Out-of-scope reference",
        flat: true,
        tell: s56,
    },
    Scenario {
        id: "S-64",
        title: "DN spelling",
        flat: true,
        tell: s64,
    },
];

fn s55(story: &mut Story<'_>) {
    story.standard();
    story
        .directory(SRC)
        .put("u1", user("Ann").refer("manager", "u2"));
    story
        .directory(SRC)
        .put("u2", user("Bob").refer("manager", "u1"));
    story.full(SRC);
    story.sync();
    story.given();

    let sent = story.export();
    story.sent(&sent, "");
    story.then("");
    story.delta(TGT);
    story.sync();
    story.then("");
}

fn s56(story: &mut Story<'_>) {
    let action = r#""action":"create-or-update""#;
    let scoped = format!(r#"{action},"scope":{{"expr":"department != Board"}}"#);
    story.world(&p_out(action, &scoped));
    story
        .directory(SRC)
        .put("u1", user("Ann").refer("manager", "u2"));
    story.directory(SRC).put("u2", user("Bob"));
    story.directory(SRC).edit("u2", "department", Some("Board"));
    story.full(SRC);
    story.given();

    story.sync();
    story.then("");
    let sent = story.cycle();
    story.sent(&sent, "");
    story.given();
    for _ in 0..2 {
        let sent = story.cycle();
        story.sent(&sent, "");
    }
    story.then_nothing();
}

/// What SRC says, with the manager of each written as a name.
fn spelled(story: &mut Story<'_>, spellings: [(&str, &str); 2]) -> How {
    let mut entries = story.directory(SRC).full();
    for (name, spelling) in spellings {
        let own = anchor(name);
        for entry in &mut entries {
            if let ImportEntry::Object(object) = entry
                && object.anchor == own
            {
                let dn = spelling.parse().expect("a name");
                object.refs = vec![("manager".into(), vec![ObjectName::Dn(dn)])];
            }
        }
    }
    How::Entries(entries, true)
}

fn s64(story: &mut Story<'_>) {
    story.standard();
    let mut boss = user("Ann Lee");
    boss.dn = r"CN=Lee\, Ann,OU=People,DC=src".parse().expect("a name");
    story.directory(SRC).put("boss", boss);
    story.directory(SRC).put("u1", user("Bob"));
    story.directory(SRC).put("u2", user("Cid"));
    let one = r"cn=Lee\, Ann , OU=People,DC=SRC";
    let other = r"CN=Lee\2C Ann,ou=people,DC=src";

    let first = spelled(story, [("u1", one), ("u2", other)]);
    story.import(SRC, first);
    story.sync();
    story.then("");

    let again = spelled(story, [("u1", other), ("u2", one)]);
    let status = story.import(SRC, again);
    story.sync();
    assert_eq!(status, syncline_model::run::RunStatus::SuccessNoChanges);
    story.then_nothing();
    assert!(story.directory(TGT).wrote.is_empty());
}
