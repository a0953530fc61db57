//! Imports: S-01 to S-20.

use syncline_model::import::{ImportEntry, ReadError};

use crate::world::directory::{Entry, anchor};
use crate::world::{Ended, SRC, TGT, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

in_both_worlds!(
    s05_deleted_and_restored_between_syncs_is_an_update,
    s13_what_a_complete_full_import_does_not_see_is_gone,
    s20_a_manager_that_is_not_imported_is_a_placeholder_until_it_is,
);

#[test]
fn s01_the_first_import_stages_an_add_and_touches_nothing_else() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));

    let ended = w.full_import(SRC);

    assert_eq!(ended, Ended::Success);
    insta::assert_snapshot!(w.object(SRC, "A"), @"user CN=Ann,OU=People,DC=src: PI Add, normal, Discovered");
    assert_eq!(w.metaverse(), "(empty)\n");
    assert_eq!(w.plan(), "(nothing)\n");
}

#[test]
fn s02_a_repeated_import_changes_nothing() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let before = w.db.clone();

    w.full_import(SRC);

    assert_eq!(w.counts.changes(), 0);
    assert!(w.sync().iter().all(|part| part.is_quiet()));
    assert_eq!(
        (before.cs, before.mv, before.pending),
        (w.db.cs.clone(), w.db.mv.clone(), w.db.pending.clone())
    );
}

#[test]
fn s03_a_change_that_is_taken_back_is_no_pending_import() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.dir(SRC).edit("A", "department", Some("Sales"));
    w.delta_import(SRC);

    assert!(
        w.object(SRC, "A").contains("PI None"),
        "{}",
        w.object(SRC, "A")
    );
    assert!(w.sync().iter().all(|part| part.is_quiet()));
}

#[test]
fn s04_what_is_born_and_gone_between_syncs_leaves_no_trace() {
    let mut w = World::standard();
    w.start();
    let known = w.db.cs.len();

    w.dir(SRC).put("B", user("Bob"));
    w.delta_import(SRC);
    w.dir(SRC).delete("B");
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.object(SRC, "B"), "unknown");
    assert_eq!(w.db.cs.len(), known);
    assert_eq!(w.metaverse(), "(empty)\n");
}

fn s05_deleted_and_restored_between_syncs_is_an_update(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let mv: Vec<_> = w.db.mv.keys().copied().collect();

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);

    assert!(
        w.object(SRC, "A").contains("PI Update"),
        "{}",
        w.object(SRC, "A")
    );
    w.sync();
    assert_eq!(w.db.mv.keys().copied().collect::<Vec<_>>(), mv);
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: Sales -> IT
    ");
}

#[test]
fn s07_an_add_that_was_never_sent_gives_way_to_a_stranger_of_its_name() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    assert!(w.plan().contains("add user CN=Ann,OU=Synced,DC=tgt"));

    w.dir(TGT).put(
        "Z",
        Entry::new("user", "CN=Ann,OU=Synced,DC=tgt").set("employeeID", "other"),
    );
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.object(TGT, "Z"), @"user CN=Ann,OU=Synced,DC=tgt: PI None, normal, Discovered");
    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @r#"person A: provision-conflict at Outbound ["CN=Ann,OU=Synced,DC=tgt"]"#);

    w.dir(TGT).rename("Z", "CN=Zoe,OU=Synced,DC=tgt");
    w.delta_import(TGT);
    w.sync();

    assert!(
        w.plan().contains("add user CN=Ann,OU=Synced,DC=tgt"),
        "the name was released: {}",
        w.plan()
    );
    assert_eq!(w.errors(), "(none)\n");
}

#[test]
fn s08_an_add_that_was_never_sent_adopts_a_match_of_its_name() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();

    let stranger = Entry::new("user", "CN=Ann,OU=Synced,DC=tgt")
        .set("employeeID", "Ann")
        .set("displayName", "Ann");
    w.dir(TGT).put("Z", stranger);
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.object(TGT, "Z"), @"user CN=Ann,OU=Synced,DC=tgt: PI None, Target link, Adopted");
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user CN=Ann,OU=Synced,DC=tgt
        department: - -> Sales
    ");
}

#[test]
fn s09_an_acknowledged_add_without_an_id_finds_it_by_name() {
    let mut w = World::standard();
    w.dir(TGT).silent = true;
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();

    let sent = w.export(TGT);
    w.delta_import(TGT);
    w.sync();

    assert_eq!(sent.len(), 1);
    insta::assert_snapshot!(w.object(TGT, "tgt-new1"), @"user CN=Ann,OU=Synced,DC=tgt: PI None, Target link, CreatedByUs");
    assert!(w.db.memory.is_empty());
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.sync().iter().all(|part| part.is_quiet()));
}

#[test]
fn s10_a_taken_name_makes_its_holder_transient_until_its_own_entry_comes() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).rename("A", "CN=Ann2,OU=People,DC=src");
    w.dir(SRC).put("B", user("Ann"));
    let (b, a) = (
        w.dir(SRC).object(&anchor("B")),
        w.dir(SRC).object(&anchor("A")),
    );
    let first = w.import_all(SRC, vec![b], false, true);
    insta::assert_snapshot!(w.object(SRC, "A"), @"user CN=Ann,OU=People,DC=src: PI None, Provision link, Discovered, transient");
    let second = w.import_all(SRC, vec![a], false, true);

    assert_eq!((first, second), (Ended::Transient, Ended::Success));
    // What passed from one page to the next is no status of the run.
    w.dir(SRC).rename("B", "CN=Ann3,OU=People,DC=src");
    w.dir(SRC).rename("A", "CN=Ann,OU=People,DC=src");
    let (a, b) = (
        w.dir(SRC).object(&anchor("A")),
        w.dir(SRC).object(&anchor("B")),
    );
    let over_pages = w.import_pages(SRC, vec![a, b], false, true, 1);
    assert_eq!((over_pages, w.counts.transient), (Ended::Success, 1));
    w.dir(SRC).rename("A", "CN=Ann2,OU=People,DC=src");
    w.dir(SRC).rename("B", "CN=Ann,OU=People,DC=src");
    w.delta_import(SRC);
    insta::assert_snapshot!(w.object(SRC, "A"), @"user CN=Ann2,OU=People,DC=src: PI Update, Provision link, Discovered");
    insta::assert_snapshot!(w.object(SRC, "B"), @"user CN=Ann,OU=People,DC=src: PI Add, normal, Discovered");
}

#[test]
fn s11_a_transient_object_that_a_full_import_does_not_see_is_gone() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).delete("A");
    w.dir(SRC).put("B", user("Ann"));
    let b = w.dir(SRC).object(&anchor("B"));
    assert_eq!(w.import_all(SRC, vec![b], false, true), Ended::Transient);
    w.full_import(SRC);

    assert!(
        w.object(SRC, "A").contains("PI Delete"),
        "{}",
        w.object(SRC, "A")
    );
    assert!(
        w.object(SRC, "B").contains("PI Add"),
        "{}",
        w.object(SRC, "B")
    );
}

#[test]
fn s12_a_swap_of_names_comes_out_right_in_either_order() {
    let outcome = |reversed: bool, page: usize| {
        let mut w = World::standard();
        w.dir(SRC).put("A", user("X"));
        w.dir(SRC).put("B", user("Y"));
        w.start();
        w.dir(SRC).rename("A", "CN=T,OU=People,DC=src");
        w.dir(SRC).rename("B", "CN=X,OU=People,DC=src");
        w.dir(SRC).rename("A", "CN=Y,OU=People,DC=src");
        let mut entries = w.dir(SRC).delta();
        if reversed {
            entries.reverse();
        }
        w.import_pages(SRC, entries, false, true, page);
        (w.object(SRC, "A"), w.object(SRC, "B"))
    };

    let expected = outcome(false, 2);

    insta::assert_snapshot!(expected.0, @"user CN=Y,OU=People,DC=src: PI Update, Provision link, Discovered");
    insta::assert_snapshot!(expected.1, @"user CN=X,OU=People,DC=src: PI Update, Provision link, Discovered");
    for (reversed, page) in [(true, 2), (false, 1), (true, 1)] {
        assert_eq!(outcome(reversed, page), expected);
    }
}

fn s13_what_a_complete_full_import_does_not_see_is_gone(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.start();

    w.dir(SRC).delete("B");
    w.full_import(SRC);

    assert!(w.object(SRC, "B").contains("PI Delete"));
    assert!(w.object(SRC, "A").contains("PI None"));
    w.sync();
    assert_eq!(w.object(SRC, "B"), "unknown");
    insta::assert_snapshot!(w.plan(), @"pass 1 delete user B <tgt-new2>");
    insta::assert_snapshot!(w.metaverse(), @r"
    person A
        department: Sales (dir_1)
        displayName: Ann (dir_1)
        employeeID: Ann (dir_1)
        <- A <tgt-new1> Target; CN=Ann,OU=People,DC=src Provision
    person B (tombstone)
        department: Sales (?)
        displayName: Bob (?)
        employeeID: Bob (?)
        <- B <tgt-new2> Departing
    ");
    w.cycle();
    insta::assert_snapshot!(w.metaverse(), @r"
    person A
        department: Sales (dir_1)
        displayName: Ann (dir_1)
        employeeID: Ann (dir_1)
        <- A <tgt-new1> Target; CN=Ann,OU=People,DC=src Provision
    ");
}

#[test]
fn s14_a_connection_that_drops_deletes_nothing() {
    let mut w = World::standard();
    for n in 0..20 {
        w.dir(SRC)
            .put(&format!("u{n:02}"), user(&format!("User {n:02}")));
    }
    w.start();

    assert_eq!(w.broken_full_import(SRC, 12), Ended::Connectivity);

    assert!(w.db.work.is_empty());
    assert!(
        w.db.cs
            .values()
            .all(|o| o.row.imported == o.row.synced || o.row.synced.is_none())
    );
}

#[test]
fn s15_a_read_error_that_names_nothing_forbids_the_sweep() {
    let mut w = World::standard();
    for n in 0..10 {
        w.dir(SRC).put(&format!("u{n}"), user(&format!("User {n}")));
    }
    w.start();

    let mut entries = w.dir(SRC).full();
    entries.pop();
    let unreadable = ReadError {
        anchor: None,
        dn: None,
        code: "import.unreadable".into(),
        message: "cut".into(),
    };
    entries.push(ImportEntry::ReadError(unreadable));

    assert_eq!(
        w.import_all(SRC, entries, true, true),
        Ended::DiscoveryErrors
    );
    assert!(w.db.work.is_empty());
}

#[test]
fn s15b_a_read_error_that_names_an_object_spares_that_object_only() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.dir(SRC).put("C", user("Cid"));
    w.start();

    w.dir(SRC).delete("B");
    let mut entries = w.dir(SRC).full();
    entries.retain(|entry| !matches!(entry, ImportEntry::Object(o) if o.anchor == anchor("C")));
    let unreadable = ReadError {
        anchor: Some(anchor("C")),
        dn: None,
        code: "import.cut".into(),
        message: "cut".into(),
    };
    entries.push(ImportEntry::ReadError(unreadable));
    w.import_all(SRC, entries, true, true);

    assert!(w.object(SRC, "B").contains("PI Delete"));
    assert!(w.object(SRC, "C").contains("PI None"));
    insta::assert_snapshot!(w.errors(), @"CN=Cid,OU=People,DC=src: unreadable-entry at Import []");

    let cut = ReadError {
        anchor: Some(anchor("C")),
        dn: None,
        code: "import.value_set_incomplete".into(),
        message: "members are missing".into(),
    };
    w.import_all(SRC, vec![ImportEntry::ReadError(cut)], false, true);
    insta::assert_snapshot!(w.errors(), @"CN=Cid,OU=People,DC=src: value-set-incomplete at Import []");
    w.full_import(SRC);
    assert_eq!(w.errors(), "(none)\n");
}

#[test]
fn s16_an_empty_answer_is_held_until_exactly_its_list_is_approved() {
    let mut w = World::standard();
    for n in 0..30 {
        w.dir(SRC)
            .put(&format!("u{n:02}"), user(&format!("User {n:02}")));
    }
    w.start();
    w.sweep_limits = Default::default();

    assert_eq!(w.import_all(SRC, Vec::new(), true, true), Ended::Held);
    assert!(w.db.work.is_empty());
    assert_eq!(w.held_sweep.len(), 32);
    w.approve_sweep(SRC);

    assert!(w.object(SRC, "u07").contains("PI Delete"));
}

#[test]
fn s19_a_renamed_container_is_one_change_and_no_delete() {
    let mut w = World::standard();
    w.dir(SRC)
        .put("S", Entry::new("ou", "OU=Sales,OU=People,DC=src"));
    for n in ["Ann", "Bob", "Cid"] {
        let dn = format!("CN={n},OU=Sales,OU=People,DC=src");
        w.dir(SRC)
            .put(n, Entry::new("user", &dn).set("displayName", n));
    }
    w.start();

    w.dir(SRC).rename("S", "OU=Revenue,OU=People,DC=src");
    w.delta_import(SRC);

    assert_eq!(
        (w.counts.read, w.counts.updated, w.counts.deleted),
        (1, 1, 0)
    );
    insta::assert_snapshot!(w.object(SRC, "Ann"), @"user CN=Ann,OU=Revenue,OU=People,DC=src: PI None, Provision link, Discovered");
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    w.full_import(SRC);
    assert_eq!(
        w.counts.changes(),
        0,
        "what the directory later says about descendants is no news"
    );
}

fn s20_a_manager_that_is_not_imported_is_a_placeholder_until_it_is(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann").refer("manager", "M"));
    w.start();

    assert_eq!(
        w.object(SRC, "M"),
        "- <M>: placeholder, PI None, normal, Discovered"
    );
    assert_eq!((w.last.unresolved, w.errors().as_str()), (1, "(none)\n"));
    let placeholder = w.db.by_anchor(SRC, &anchor("M")).unwrap().row.id;
    w.dir(SRC).put("M", user("Max"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        w.db.by_anchor(SRC, &anchor("M")).unwrap().row.id,
        placeholder
    );
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user M
        department: - -> Sales
        displayName: - -> Max
        employeeID: - -> Max
    pass 2 update user A <tgt-new1>
        manager: + M
    ");
}

#[test]
fn an_entry_repeated_in_pieces_equals_the_whole() {
    let mut whole = World::standard();
    let mut pieces = World::standard();
    pieces.dir(SRC).incremental = true;
    for w in [&mut whole, &mut pieces] {
        w.dir(SRC).put("A", user("Ann"));
        w.dir(SRC).put("B", user("Bob"));
        w.dir(SRC).put(
            "G",
            Entry::new("group", "CN=G,OU=Groups,DC=src")
                .set("name", "G")
                .refer("member", "A"),
        );
        w.start();
        w.dir(SRC).refer("G", "member", &["A", "B"]);
        w.dir(SRC).edit("A", "department", Some("IT"));
        w.dir(SRC).rename("B", "CN=Rob,OU=People,DC=src");
        w.delta_import(SRC);
        w.sync();
    }

    assert_eq!(whole.db.cs, pieces.db.cs);
    assert_eq!(whole.db.refs, pieces.db.refs);
    assert_eq!(whole.plan(), pieces.plan());
    pieces.full_import(SRC);
    assert_eq!(
        pieces.counts.changes(),
        0,
        "the hash of pieces is the hash of the whole"
    );
}

#[test]
fn s22_what_changes_during_a_full_import_comes_with_the_next_delta() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    let entries = w.dir(SRC).full();
    w.dir(SRC).edit("A", "department", Some("IT"));

    w.import_all(SRC, entries, true, true);
    w.delta_import(SRC);
    w.sync();

    assert!(
        w.metaverse().contains("department: IT"),
        "{}",
        w.metaverse()
    );
}
