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
    story.sent(
        &sent,
        "
            pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            pass 1 add user of u2: department=Sales, displayName=Bob, employeeID=Bob
            pass 2 update user of u1: manager=of u2
            pass 2 update user of u2: manager=of u1
        ",
    );
    story.then(
        "
            + TGT user of u1: unconfirmed add
            + TGT user of u1: unconfirmed department
            + TGT user of u1: unconfirmed displayName
            + TGT user of u1: unconfirmed employeeID
            + TGT user of u1: unconfirmed manager
            + TGT user of u2: unconfirmed add
            + TGT user of u2: unconfirmed department
            + TGT user of u2: unconfirmed displayName
            + TGT user of u2: unconfirmed employeeID
            + TGT user of u2: unconfirmed manager
            - pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            - pending: pass 1 add user of u2: department=Sales, displayName=Bob, employeeID=Bob
            - pending: pass 1 of u1 name CN=Ann in tgt-ou0
            - pending: pass 1 of u2 name CN=Bob in tgt-ou0
            - pending: pass 2 update user of u1: manager=of u2
            - pending: pass 2 update user of u2: manager=of u1
        ",
    );
    story.delta(TGT);
    story.sync();
    story.then(
        "
            - TGT user of u1: unconfirmed add
            - TGT user of u1: unconfirmed department
            - TGT user of u1: unconfirmed displayName
            - TGT user of u1: unconfirmed employeeID
            - TGT user of u1: unconfirmed manager
            - TGT user of u2: unconfirmed add
            - TGT user of u2: unconfirmed department
            - TGT user of u2: unconfirmed displayName
            - TGT user of u2: unconfirmed employeeID
            - TGT user of u2: unconfirmed manager
        ",
    );
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
    story.then(
        "
            + MV u1: department=Sales
            + MV u1: displayName=Ann
            + MV u1: employeeID=Ann
            + MV u1: manager -> u2
            + MV u1: person
            + MV u2: department=Board
            + MV u2: displayName=Bob
            + MV u2: employeeID=Bob
            + MV u2: person
            - SRC src-ou0: PI Add
            - SRC src-ou1: PI Add
            - SRC u1: Normal disconnector
            - SRC u1: PI Add
            + SRC u1: Provision link to u1
            - SRC u2: Normal disconnector
            - SRC u2: PI Add
            + SRC u2: Provision link to u2
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Ann,OU=Synced,DC=tgt
            + TGT user of u1: user
            + pending: pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
            + pending: pass 1 of u1 name CN=Ann in tgt-ou0
        ",
    );
    let sent = story.cycle();
    story.sent(
        &sent,
        "
            pass 1 add user of u1: department=Sales, displayName=Ann, employeeID=Ann
        ",
    );
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
    story.then(r"
            + MV boss: department=Sales
            + MV boss: displayName=Ann Lee
            + MV boss: employeeID=Ann Lee
            + MV boss: person
            + MV u1: department=Sales
            + MV u1: displayName=Bob
            + MV u1: employeeID=Bob
            + MV u1: manager -> boss
            + MV u1: person
            + MV u2: department=Sales
            + MV u2: displayName=Cid
            + MV u2: employeeID=Cid
            + MV u2: manager -> boss
            + MV u2: person
            + SRC (DC=src): at dn DC=src
            + SRC (DC=src): placeholder
            + SRC boss: Provision link to boss
            + SRC boss: at dn CN=Lee\, Ann,OU=People,DC=src
            + SRC boss: user
            + SRC src-ou0: Normal disconnector
            + SRC src-ou0: at dn OU=People,DC=src
            + SRC src-ou0: ou
            + SRC src-ou1: Normal disconnector
            + SRC src-ou1: at dn OU=Groups,DC=src
            + SRC src-ou1: ou
            + SRC u1: Provision link to u1
            + SRC u1: at dn CN=Bob,OU=People,DC=src
            + SRC u1: user
            + SRC u2: Provision link to u2
            + SRC u2: at dn CN=Cid,OU=People,DC=src
            + SRC u2: user
            + TGT user of boss: CreatedByUs
            + TGT user of boss: Target link to boss
            + TGT user of boss: at dn CN=Ann Lee,OU=Synced,DC=tgt
            + TGT user of boss: user
            + TGT user of u1: CreatedByUs
            + TGT user of u1: Target link to u1
            + TGT user of u1: at dn CN=Bob,OU=Synced,DC=tgt
            + TGT user of u1: user
            + TGT user of u2: CreatedByUs
            + TGT user of u2: Target link to u2
            + TGT user of u2: at dn CN=Cid,OU=Synced,DC=tgt
            + TGT user of u2: user
            + pending: pass 1 add user of boss: department=Sales, displayName=Ann Lee, employeeID=Ann Lee
            + pending: pass 1 add user of u1: department=Sales, displayName=Bob, employeeID=Bob
            + pending: pass 1 add user of u2: department=Sales, displayName=Cid, employeeID=Cid
            + pending: pass 1 of boss name CN=Ann Lee in tgt-ou0
            + pending: pass 1 of u1 name CN=Bob in tgt-ou0
            + pending: pass 1 of u2 name CN=Cid in tgt-ou0
            + pending: pass 2 update user of u1: manager=of boss
            + pending: pass 2 update user of u2: manager=of boss
        ");

    let again = spelled(story, [("u1", other), ("u2", one)]);
    let status = story.import(SRC, again);
    story.sync();
    assert_eq!(status, syncline_model::run::RunStatus::SuccessNoChanges);
    story.then_nothing();
    assert!(story.directory(TGT).wrote.is_empty());
}
