//! Values that are unique in a flat directory stand in for names: taken ones are found before anything is sent (D-62).

use syncline_model::import::ImportEntry;

use crate::flat;
use crate::world::directory::{Directory, Entry, anchor};
use crate::world::{SRC, TGT, World};

/// A flat target in which `sn` stands for a sign-in name.
fn world() -> World {
    world_by("sn")
}

/// A flat target in which no two users share a value of this attribute.
pub fn world_by(attr: &str) -> World {
    let source = Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]);
    let target = Directory::flat("tgt").unique(attr);
    let mut world = World::new(&flat::profile(), vec![(SRC, source), (TGT, target)]);
    world.full_import(TGT);
    world
}

fn user(id: &str, sn: &str) -> Entry {
    Entry::new("user", &format!("CN={id},OU=People,DC=src"))
        .set("employeeID", id)
        .set("sn", sn)
}

/// Everything known about the source is synchronised again, which must change nothing.
fn a_full_sync_agrees(w: &mut World) {
    let (plan, errors) = (w.plan(), w.errors());
    w.settle();
    w.requeue();
    w.sync();
    assert_eq!((w.plan(), w.errors()), (plan, errors), "delta equals full");
}

#[test]
fn a_taken_value_is_found_before_anything_is_sent_and_names_who_has_it() {
    let mut w = world();
    let stranger = Entry::new("user", "")
        .set("employeeID", "other")
        .set("sn", "ANN@X");
    w.dir(TGT).put("x", stranger);
    w.delta_import(TGT);
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.full_import(SRC);

    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @r#"person A: provision-conflict on sn at Outbound ["<x>"]"#);
    a_full_sync_agrees(&mut w);

    // The stranger takes another one: who waited for it gets it.
    w.dir(TGT).edit("x", "sn", Some("old-ann@x"));
    w.delta_import(TGT);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        employeeID: - -> A
        sn: - -> ann@x
    ");
    assert_eq!(w.errors(), "(none)\n");
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
}

#[test]
fn of_two_newcomers_one_gets_the_value_and_the_other_when_it_is_free() {
    let mut w = world();
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.dir(SRC).put("B", user("B", "Ann@x"));
    w.full_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        employeeID: - -> A
        sn: - -> ann@x
    ");
    insta::assert_snapshot!(w.errors(), @r#"person B: provision-conflict on sn at Outbound ["new <A>"]"#);
    a_full_sync_agrees(&mut w);
    w.cycle();
    assert!(
        w.errors().contains("person B: provision-conflict"),
        "{}",
        w.errors()
    );

    w.dir(SRC).delete("A");
    w.cycle();
    w.cycle();
    assert_eq!(w.errors(), "(none)\n");
    let held = w.dir(TGT).by_value("employeeID", "B").cloned();
    assert_ne!(held, None, "{:?}", w.dir(TGT).log);
}

#[test]
fn a_rename_to_a_taken_value_waits_and_everything_else_flows() {
    let mut w = world();
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.dir(SRC).put("B", user("B", "bob@x"));
    w.start();
    w.dir(SRC).edit("B", "sn", Some("ann@x"));
    w.dir(SRC).edit("B", "department", Some("Sales"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user <tgt-new2>
        department: - -> Sales
    ");
    insta::assert_snapshot!(w.errors(), @r#"person B: provision-conflict on sn at Outbound ["<tgt-new1>"]"#);
    a_full_sync_agrees(&mut w);

    w.dir(SRC).edit("A", "sn", Some("anna@x"));
    w.cycle();
    w.cycle();
    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
    let log = w.dir(TGT).log.clone();
    w.cycle();
    assert_eq!(w.dir(TGT).log, log);
    assert_ne!(w.dir(TGT).by_value("sn", "anna@x"), None);
    assert_ne!(w.dir(TGT).by_value("sn", "ann@x"), None);
}

#[test]
fn a_planned_object_that_changes_its_value_gives_it_up() {
    let mut w = world();
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.dir(SRC).put("B", user("B", "ann@x"));
    w.full_import(SRC);
    w.sync();
    w.dir(SRC).edit("A", "sn", Some("amy@x"));
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        employeeID: - -> A
        sn: - -> amy@x
    pass 1 add user new <B>
        employeeID: - -> B
        sn: - -> ann@x
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
    w.cycle();
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
}

#[test]
fn a_planned_object_that_loses_its_value_gives_it_up() {
    let mut w = world();
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.dir(SRC).put("B", user("B", "ann@x"));
    w.full_import(SRC);
    w.sync();
    w.dir(SRC).edit("A", "sn", None);
    w.delta_import(SRC);

    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user new <A>
        employeeID: - -> A
    pass 1 add user new <B>
        employeeID: - -> B
        sn: - -> ann@x
    ");
    assert_eq!(w.errors(), "(none)\n");
    a_full_sync_agrees(&mut w);
    w.cycle();
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
}

#[test]
fn what_only_new_objects_get_is_no_rename_of_those_that_are_there() {
    let mut w = world();
    let initial = flat::profile().replacen(
        r#"{"to":"sn","from":"sn"},
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
        r#"{"to":"sn","from":"sn","mode":"initial"},
    {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
    {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
  {"directory":"dir_2","type":"group""#,
        1,
    );
    assert_ne!(initial, flat::profile());
    w.configure(crate::world::PROFILE, &initial);
    w.dir(SRC).put("A", user("A", "ann@x"));
    w.dir(SRC).put("B", user("B", "bob@x"));
    w.start();

    w.dir(SRC).edit("B", "sn", Some("ann@x"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
}

#[test]
fn a_value_is_free_when_its_holder_is_gone_though_a_group_still_names_it() {
    for (is_full, waits) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut w = world();
        let team = Entry::new("group", "").set("name", "Team");
        w.dir(TGT)
            .put("x", Entry::new("user", "").set("sn", "ann@x"));
        w.dir(TGT).put("g", team.refer("member", "x"));
        w.delta_import(TGT);
        w.sync();
        let ann_comes = |w: &mut World| {
            w.dir(SRC).put("A", user("A", "ann@x"));
            w.full_import(SRC);
            w.sync();
        };
        if waits {
            ann_comes(&mut w);
            assert!(w.errors().contains("person A: provision-conflict"));
        }

        let x = anchor("x");
        let mut left = w.dir(TGT).full();
        left.retain(|entry| !matches!(entry, ImportEntry::Object(object) if object.anchor == x));
        let told = match is_full {
            true => left,
            false => vec![ImportEntry::Deleted(x)],
        };
        w.import_all(TGT, told, is_full, true);
        w.sync();
        if !waits {
            ann_comes(&mut w);
        }

        insta::allow_duplicates! {
            insta::assert_snapshot!(w.plan(), @r"
            pass 1 add user new <A>
                employeeID: - -> A
                sn: - -> ann@x
            ");
        }
        assert_eq!(w.errors(), "(none)\n");
        a_full_sync_agrees(&mut w);
    }
}
