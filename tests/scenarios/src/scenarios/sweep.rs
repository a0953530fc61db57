//! What an import does not see, and what it cannot read: S-13 to S-18.

use syncline_model::import::{ImportEntry, ReadError};
use syncline_model::run::RunStatus;

use super::user;
use crate::house::How;
use crate::story::{Scenario, Story};
use crate::world::directory::{Directory, anchor};
use crate::world::{HR, SRC};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-13",
        title: "Obsoletion",
        flat: true,
        tell: s13,
    },
    Scenario {
        id: "S-14",
        title: "Read failure must not obsolete",
        flat: true,
        tell: s14,
    },
    Scenario {
        id: "S-15",
        title: "Unattributable read error",
        flat: true,
        tell: s15,
    },
    Scenario {
        id: "S-16",
        title: "Empty answer",
        flat: true,
        tell: s16,
    },
    Scenario {
        id: "S-17",
        title: "Scope of the sweep",
        flat: true,
        tell: s17,
    },
    Scenario {
        id: "S-18",
        title: "Duplicate anchors",
        flat: true,
        tell: s18,
    },
];

fn s13(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(SRC).put("u2", user("Bob"));
    story.start();

    story.directory(SRC).delete("u2");
    let status = story.full(SRC);
    assert_eq!(status, RunStatus::Success);
    story.then("+ SRC u2: PI Delete");

    story.sync();
    story.then(
        "
            - MV u2: person
            + MV u2: person, tombstone
            - SRC u2: PI Delete
            - SRC u2: Provision link to u2
            - SRC u2: at dn CN=Bob,OU=People,DC=src
            - SRC u2: user
            + TGT user of u2: Departing link to u2
            - TGT user of u2: Target link to u2
            + pending: pass 1 delete user of u2
        ",
    );
    story.cycle();
    story.then(
        "
            - MV u2: department=Sales
            - MV u2: displayName=Bob
            - MV u2: employeeID=Bob
            - MV u2: person, tombstone
            - TGT user of u2: CreatedByUs
            - TGT user of u2: Departing link to u2
            - TGT user of u2: at dn CN=Bob,OU=Synced,DC=tgt
            - TGT user of u2: user
            - pending: pass 1 delete user of u2
        ",
    );
}

/// This many people, known and synchronised.
fn people(story: &mut Story<'_>, count: usize) {
    story.standard();
    for n in 0..count {
        let name = format!("u{n:04}");
        story.directory(SRC).put(&name, user(&name));
    }
    story.start();
}

fn s14(story: &mut Story<'_>) {
    people(story, 100);
    for n in 0..100 {
        let name = format!("u{n:04}");
        story
            .directory(SRC)
            .edit(&name, "mail", Some(&format!("{name}@x")));
    }

    // Two containers come first.
    let status = story.import(SRC, How::Broken(62));

    assert_eq!(status, RunStatus::StoppedConnectivity);
    let mut staged = String::new();
    for n in 0..60 {
        staged.push_str(&format!("+ SRC u{n:04}: PI Update\n"));
    }
    story.then(&staged);
}

fn s15(story: &mut Story<'_>) {
    people(story, 10);

    let mut entries = story.directory(SRC).full();
    entries.retain(|entry| !matches!(entry, ImportEntry::Object(o) if o.anchor == anchor("u0004")));
    entries.push(ImportEntry::ReadError(ReadError {
        anchor: None,
        dn: None,
        code: "import.unreadable".into(),
        message: "an entry could not be read".into(),
    }));
    let status = story.import(SRC, How::Entries(entries, true));

    assert_eq!(status, RunStatus::CompletedDiscoveryErrors);
    story.then_nothing();
}

fn s16(story: &mut Story<'_>) {
    people(story, 100);
    let names: Vec<String> = (0..100).map(|n| format!("u{n:04}")).collect();
    for name in &names {
        story.directory(SRC).delete(name);
    }
    for container in ["src-ou0", "src-ou1"] {
        story.directory(SRC).delete(container);
    }

    let status = story.import(SRC, How::Guarded);
    assert_eq!(status, RunStatus::StoppedObsoletionGuard);
    story.then_nothing();

    story.approve_sweep(SRC);
    let mut gone = String::new();
    for name in names
        .iter()
        .map(String::as_str)
        .chain(["src-ou0", "src-ou1"])
    {
        gone.push_str(&format!("+ SRC {name}: PI Delete\n"));
    }
    story.then(&gone);
}

/// A second partition is a connector space of its own, with rules of its own.
fn s17(story: &mut Story<'_>) {
    let rules = super::with_hr(crate::world::STANDARD, r#""link":"provision""#);
    story.world_with_hr(&rules);
    story.directory(SRC).put("u1", user("Ann"));
    story.directory(HR).put("u2", super::person("Bob"));
    story.start();

    *story.directory(SRC) = Directory::new("nothing", &[]);
    let status = story.full(SRC);

    assert_eq!(status, RunStatus::Success);
    story.then(
        "
            + SRC src-ou0: PI Delete
            + SRC src-ou1: PI Delete
            + SRC u1: PI Delete
        ",
    );
}

fn s18(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.start();

    let mut entries = story.directory(SRC).full();
    entries.retain(|entry| !matches!(entry, ImportEntry::Object(o) if o.anchor == anchor("u1")));
    for department in ["IT", "HR"] {
        let mut directory = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
        directory.put("u1", user("Ann"));
        directory.edit("u1", "department", Some(department));
        entries.push(directory.object(&anchor("u1")));
    }
    let status = story.import(SRC, How::Entries(entries, true));

    assert_eq!(status, RunStatus::CompletedDiscoveryErrors);
    story.then("+ error: SRC u1 duplicate-object");
    story.sync();
    story.then_nothing();
}
