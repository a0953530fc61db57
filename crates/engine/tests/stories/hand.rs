//! What an administrator does by hand (D-07): S-30, joins that no scope ends, disconnects that a part asks for.

use syncline_engine::hand::{self, Joining, Refusal};
use syncline_model::object::{CsRow, Subject};
use syncline_model::{DirectoryId, MvId};

use crate::world::directory::{Entry, anchor};
use crate::world::{SRC, STANDARD, TGT, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn row(w: &World, directory: DirectoryId, nick: &str) -> CsRow {
    let found = w.db.by_anchor(directory, &anchor(nick));
    found.expect("a known object").row
}

fn write(w: &mut World, row: &CsRow, act: &hand::Act) {
    let set = w.rule_set();
    let part = hand::part(&set, row, act, &w.db.beside(&set, row, act));
    w.db.apply_plan(&part, &Default::default());
}

pub fn disconnect(w: &mut World, directory: DirectoryId, nick: &str) {
    let row = row(w, directory, nick);
    let act = hand::disconnect(&row).expect("present objects can be disconnected");
    write(w, &row, &act);
}

fn clear(w: &mut World, directory: DirectoryId, nick: &str) {
    let row = row(w, directory, nick);
    let act = hand::clear(&row).expect("disconnected by hand");
    write(w, &row, &act);
}

pub fn join(w: &mut World, directory: DirectoryId, nick: &str, mv: MvId) -> Result<(), Refusal> {
    let row = row(w, directory, nick);
    let object = w.db.mv[&mv].clone();
    let linked = w.db.cs.values().map(|object| object.row);
    let of_mv = |row: &CsRow| row.link.is_some_and(|link| link.mv == mv);
    let linked: Vec<CsRow> = linked.filter(of_mv).collect();
    let joining = Joining {
        mv,
        mv_type: object.mv_type,
        state: object.state,
        linked: &linked,
        in_doubt: &[],
    };
    let act = hand::join(&w.rule_set(), &row, &joining)?;
    write(w, &row, &act);
    Ok(())
}

fn only_person(w: &World) -> MvId {
    *w.db.mv.keys().next().expect("a person")
}

in_both_worlds!(
    s30_who_is_disconnected_by_hand_stays_so_until_it_is_cleared,
    what_was_staged_for_an_account_that_is_disconnected_is_withdrawn,
    an_account_that_is_joined_by_hand_stays_when_its_person_leaves_the_scope,
    a_place_that_is_taken_is_not_joined,
    a_part_may_disconnect_for_good,
);

fn s30_who_is_disconnected_by_hand_stays_so_until_it_is_cleared(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    disconnect(&mut w, SRC, "A");

    w.sync();
    w.requeue();
    w.sync();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    assert_eq!(w.metaverse(), "(empty)\n");
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.object(SRC, "A").contains("PI None, explicit"));

    clear(&mut w, SRC, "A");
    w.sync();
    assert!(w.plan().contains("department: - -> IT"), "{}", w.plan());
    let cleared = row(&w, SRC, "A");
    assert_eq!(hand::clear(&cleared), Err(Refusal::NotExplicit));
}

fn what_was_staged_for_an_account_that_is_disconnected_is_withdrawn(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("update user A"), "{}", w.plan());

    disconnect(&mut w, TGT, "tgt-new1");

    assert_eq!(w.plan(), "(nothing)\n");
    assert!(
        w.db.work
            .keys()
            .any(|item| item.subject == Subject::Mv(only_person(&w)))
    );
    w.sync();
    let plan = w.plan();
    assert!(
        !plan.contains("tgt-new1"),
        "it is not matched again: {plan}"
    );
    assert!(w.object(TGT, "tgt-new1").contains("explicit"));
}

/// The standard profile, in which people of department `Gone` have no account.
fn scoped(deprovision: &str) -> String {
    STANDARD
        .replacen(
            r#""action":"create-or-update""#,
            r#""action":"create-or-update","scope":{"expr":"department != Gone"}"#,
            1,
        )
        .replacen(r#""deprovision":"delete""#, deprovision, 1)
        .replacen(
            r#",
  {"directory":"dir_2","type":"user","metaverse_type":"person","link":"join"}"#,
            "",
            1,
        )
}

fn an_account_that_is_joined_by_hand_stays_when_its_person_leaves_the_scope(target: Target) {
    let text = scoped(r#""delete_adopted":true,"deprovision":"delete""#);
    let mut w = target.with(&text.replacen("create-or-update", "update-only", 1));
    w.dir(TGT).put("x1", target.entry("user", "somebody"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let ann = only_person(&w);
    assert_eq!(w.plan(), "(nothing)\n", "nothing matches");

    join(&mut w, TGT, "x1", ann).expect("free on both sides");
    w.sync();
    assert!(w.plan().contains("update user A <x1>"), "{}", w.plan());
    assert!(w.object(TGT, "x1").contains("Target link"));

    w.dir(SRC).edit("A", "department", Some("Gone"));
    w.delta_import(SRC);
    w.sync();
    assert_eq!(w.plan(), "(nothing)\n");
    assert!(w.object(TGT, "x1").contains("Target link"));
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    assert!(w.plan().contains("delete user A <x1>"), "{}", w.plan());
}

fn a_place_that_is_taken_is_not_joined(target: Target) {
    let mut w = target.world();
    w.dir(TGT).put("x1", target.entry("user", "somebody"));
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    let ann = only_person(&w);
    let own = row(&w, TGT, "tgt-new1").id;

    assert_eq!(join(&mut w, TGT, "x1", ann), Err(Refusal::Taken(own)));
    assert_eq!(
        join(&mut w, TGT, "tgt-new1", ann),
        Err(Refusal::Linked(ann))
    );
}

fn a_part_may_disconnect_for_good(target: Target) {
    let mut w = target.with(&scoped(r#""deprovision":"disconnect-explicit""#));
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    w.dir(SRC).edit("A", "department", Some("Gone"));
    w.cycle();
    assert!(w.object(TGT, "tgt-new1").contains("explicit"));
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    assert!(!w.plan().contains("update"), "{}", w.plan());
    clear(&mut w, TGT, "tgt-new1");
    w.sync();
    assert!(
        w.plan().contains("update user A <tgt-new1>"),
        "{}",
        w.plan()
    );
}
