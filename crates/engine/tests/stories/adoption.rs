//! What a part may do with accounts that were there before us: adopt one that is in the way, delete an adopted one.

use crate::world::directory::{Directory, Entry};
use crate::world::{SRC, STANDARD, TGT, Target, World, in_both_worlds};

fn user(id: &str, name: &str) -> Entry {
    Entry::new("user", &format!("CN={id},OU=People,DC=src"))
        .set("displayName", name)
        .set("sn", name)
        .set("employeeID", id)
}

/// The standard profile with one more word about users.
fn with(word: &str) -> String {
    let more = format!(r#"{word},"deprovision":"delete""#);
    STANDARD.replacen(r#""deprovision":"delete""#, &more, 1)
}

/// A world in which people are told apart: by their names, in a flat directory by `sn`.
fn world(target: Target, word: &str) -> World {
    let text = target.profile(&with(word));
    let source = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
    let directory = match target {
        Target::Tree => Directory::new("tgt", &["OU=Synced,DC=tgt"]),
        Target::Flat => Directory::flat("tgt").unique("sn"),
    };
    let mut w = World::new(&text, vec![(SRC, source), (TGT, directory)]);
    w.by_source = true;
    w.full_import(TGT);
    w
}

in_both_worlds!(
    a_stranger_in_the_way_is_adopted_where_the_part_says_so,
    an_account_of_somebody_else_is_never_adopted_for_being_in_the_way,
    an_adopted_account_is_deleted_where_the_part_says_so,
);

fn a_stranger_in_the_way_is_adopted_where_the_part_says_so(target: Target) {
    for (word, is_adopted) in [
        (r#""adopt_on_conflict":true"#, true),
        (r#""adopt_on_conflict":false"#, false),
    ] {
        let mut w = world(target, word);
        let stranger = target.entry("user", "Ann").set("sn", "Ann");
        w.dir(TGT).put("x", stranger);
        w.delta_import(TGT);
        w.dir(SRC).put("A", user("A", "Ann"));
        w.full_import(SRC);

        w.sync();

        assert_eq!(
            w.object(TGT, "x").contains("Target link, Adopted"),
            is_adopted
        );
        assert!(!w.plan().contains("add"), "{}", w.plan());
        assert_eq!(w.errors().contains("provision-conflict"), !is_adopted);
    }
}

fn an_account_of_somebody_else_is_never_adopted_for_being_in_the_way(target: Target) {
    let mut w = world(target, r#""adopt_on_conflict":true"#);
    w.dir(SRC).put("A", user("A", "Ann"));
    w.start();
    let before = w.object(TGT, "tgt-new1");

    w.dir(SRC).put("B", user("B", "Ann"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.object(TGT, "tgt-new1"), before);
    assert!(w.errors().contains("person B: provision-conflict"));
}

fn an_adopted_account_is_deleted_where_the_part_says_so(target: Target) {
    for (word, is_deleted) in [
        (r#""delete_adopted":true"#, true),
        (r#""delete_adopted":false"#, false),
    ] {
        let mut w = world(target, word);
        let account = target.entry("user", "Ann").set("employeeID", "A");
        w.dir(TGT).put("x", account);
        w.dir(SRC).put("A", user("A", "Ann"));
        w.start();
        assert!(w.object(TGT, "x").contains("Adopted"));

        w.dir(SRC).delete("A");
        w.cycle();

        let is_gone = w.dir(TGT).by_value("employeeID", "A").is_none();
        assert_eq!(is_gone, is_deleted, "{word}");
    }
}
