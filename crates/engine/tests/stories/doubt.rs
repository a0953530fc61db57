//! Operations without an answer, answers in part, and objects that are gone: what is known afterwards (D-53, D-54).

use std::collections::BTreeSet;

use syncline_engine::export::{self, Look, Resolution};
use syncline_model::Value;
use syncline_model::connector::{AddTrace, Applied, Fault, OpOutcome, ReadAnswer};
use syncline_model::dn::Dn;
use syncline_model::error::ErrorKind;
use syncline_model::plan::{EscrowEntry, Verb};

use crate::export::FRESH;
use crate::world::directory::{Directory, Entry, anchor, nickname};
use crate::world::{SRC, STANDARD, TGT, Target, World, in_both_worlds};

/// Ticks of 100 ns between 0001-01-01 and 1970-01-01.
const TICKS_AT_1970: i64 = 621_355_968_000_000_000;
/// Ticks of a second.
const SECOND: i64 = 10_000_000;

/// What an object lacks, and how it comes to lack it.
type Lack<'a> = (&'a str, &'a dyn Fn(&mut Directory));

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

/// The only staged operation, handed over.
fn handed_over(w: &mut World) -> EscrowEntry {
    let mut staged = w.staged();
    assert_eq!(staged.len(), 1, "{}", w.plan());
    w.db.claim(&staged.remove(0), w.now)
}

/// What a person's account is called in stories.
fn account(w: &mut World, employee: &str) -> String {
    let found = w.dir(TGT).by_value("employeeID", employee);
    nickname(found.expect("an account"))
}

in_both_worlds!(
    a_change_without_an_answer_is_done_only_if_all_of_it_is_there,
    what_has_no_answer_stays_in_escrow_and_is_not_sent_again,
    what_was_refused_in_part_is_sent_again_and_nothing_else,
    a_change_of_an_object_that_is_gone_is_not_done,
    a_delete_that_met_nothing_is_not_sent_again,
    a_delete_without_an_answer_is_not_taken_back_when_its_source_returns,
    an_add_without_an_answer_is_not_forgotten_when_its_source_goes,
    what_the_directory_s_clock_says_may_differ_from_ours,
);

fn a_change_without_an_answer_is_done_only_if_all_of_it_is_there(target: Target) {
    let text = STANDARD.replace(
        r#"{"to":"mail","from":"mail"}"#,
        r#"{"to":"mail","from":"mail"},{"to":"proxyAddresses","from":"proxyAddresses"}"#,
    );
    let mut w = target.with(&text);
    let ann = user("Ann").set("mail", "ann@x").refer("manager", "B");
    let ann = ann
        .set("proxyAddresses", "a@x")
        .set("proxyAddresses", "b@x");
    w.dir(SRC).put("A", ann);
    w.dir(SRC).put("B", user("Bob"));
    w.dir(SRC).put("C", user("Cid"));
    w.start();
    w.cycle();
    let values = |values: &[&str]| -> BTreeSet<Value> {
        values.iter().map(|text| Value::text(*text)).collect()
    };
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.dir(SRC).edit("A", "mail", None);
    w.dir(SRC)
        .write(&anchor("A"), "proxyAddresses", values(&["b@x", "c@x"]));
    w.dir(SRC).refer("A", "manager", &["C"]);
    w.delta_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let [ann, bob, cid] = ["Ann", "Bob", "Cid"].map(|n| account(&mut w, n));
    let look = |directory: &Directory| {
        let read = ReadAnswer::Found(directory.object(&anchor(&ann)));
        export::resolve_change(&entry, &read, FRESH)
    };
    assert_eq!(look(w.dir(TGT)), Resolution::Repeat, "nothing was done");

    let db = w.db.clone();
    w.dir(TGT).apply(&db.created, &entry.op.op);
    let done = w.dir(TGT).clone();

    let Resolution::Settle(outcome) = look(&done) else {
        panic!("all of it is there");
    };
    assert!(matches!(
        *outcome,
        OpOutcome::Done(Applied { no_op: true, .. })
    ));
    let (own, both) = (anchor(&ann), [bob.as_str(), cid.as_str()]);
    let lacks: [Lack<'_>; 8] = [
        ("a value", &|d| d.edit(&ann, "department", Some("Sales"))),
        ("no other value beside it", &|d| {
            d.write(&own, "department", values(&["IT", "Sales"]));
        }),
        ("the clearing", &|d| d.edit(&ann, "mail", Some("ann@x"))),
        ("an added value", &|d| {
            d.write(&own, "proxyAddresses", values(&["b@x"]));
        }),
        ("the removal of a value", &|d| {
            d.write(&own, "proxyAddresses", values(&["a@x", "b@x", "c@x"]));
        }),
        ("a reference", &|d| d.refer(&ann, "manager", &[])),
        ("another reference", &|d| d.refer(&ann, "manager", &[&bob])),
        ("no other reference beside it", &|d| {
            d.refer(&ann, "manager", &both);
        }),
    ];
    for (what, undo) in lacks {
        let mut directory = done.clone();
        undo(&mut directory);
        assert_eq!(look(&directory), Resolution::Repeat, "it lacks {what}");
    }
}

#[test]
fn a_rename_without_an_answer_is_done_only_if_the_object_has_its_new_name() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "displayName", Some("Anne"));
    w.delta_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let own = account(&mut w, "Ann");
    let look = |w: &mut World| {
        let read = ReadAnswer::Found(w.dir(TGT).object(&anchor(&own)));
        export::resolve_change(&entry, &read, FRESH)
    };

    w.dir(TGT).edit(&own, "displayName", Some("Anne"));
    assert_eq!(look(&mut w), Resolution::Repeat, "it has its old name");

    w.dir(TGT).rename(&own, "CN=Anne,OU=Synced,DC=tgt");
    assert!(matches!(look(&mut w), Resolution::Settle(_)));
}

#[test]
fn a_move_without_an_answer_is_made_again() {
    let text = STANDARD.replace(
        "CN=<displayName>,OU=Synced,DC=tgt",
        "CN=<displayName>,OU=<department>,OU=Synced,DC=tgt",
    );
    let mut w = World::with(&text);
    for name in ["Sales", "IT"] {
        let container = Entry::new("ou", &format!("OU={name},OU=Synced,DC=tgt"));
        w.dir(TGT).put(name, container);
    }
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let own = account(&mut w, "Ann");

    // What it holds is as wanted; where it lies is not.
    w.dir(TGT).edit(&own, "department", Some("IT"));
    let read = ReadAnswer::Found(w.dir(TGT).object(&anchor(&own)));
    let resolution = export::resolve_change(&entry, &read, FRESH);

    assert_eq!(resolution, Resolution::Repeat);
}

fn what_has_no_answer_stays_in_escrow_and_is_not_sent_again(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let set = w.rule_set();
    let lost = Fault::new(
        "export.lost",
        ErrorKind::OutcomeUnknown,
        "no answer came",
        "it is looked for",
    );

    w.finish(&set, &entry, &OpOutcome::Unknown(lost));
    w.requeue();
    w.sync();

    assert_eq!(w.db.escrow.len(), 1);
    assert_eq!(w.errors(), "(none)\n");
    assert!(w.plan().contains("blocked: OutcomeUnknown"), "{}", w.plan());
    assert!(w.export(TGT).is_empty());
}

fn what_was_refused_in_part_is_sent_again_and_nothing_else(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.start();
    w.dir(SRC).edit("A", "displayName", Some("Anne"));
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.dir(SRC).edit("A", "mail", Some("anne@x"));
    w.dir(SRC).refer("A", "manager", &["B"]);
    w.delta_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let own = account(&mut w, "Ann");
    let set = w.rule_set();
    let refused = |attr: Option<&str>| {
        let kind = ErrorKind::ConstraintViolation;
        let fault = Fault::new("export.refused", kind, "it was refused", "correct it");
        match attr {
            Some(attr) => fault.on_attr(attr.into()),
            // What names no attribute is the rename that comes with the changes.
            None => fault,
        }
    };
    let mut faults = vec![refused(Some("mail")), refused(Some("manager"))];
    if target == Target::Tree {
        faults.push(refused(None));
    }
    let count = faults.len();
    let outcome = OpOutcome::Done(Applied {
        anchor: anchor(&own),
        dn: None,
        refused: faults,
        no_op: false,
    });

    w.finish(&set, &entry, &outcome);
    w.requeue();
    w.sync();

    let renames = w.plan().matches("    rename to CN=Anne").count();
    assert_eq!(renames, usize::from(target == Target::Tree), "{}", w.plan());
    let lines: Vec<String> = w.plan().lines().map(str::to_owned).collect();
    let again: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.starts_with("rename"))
        .collect();
    assert_eq!(
        again,
        [
            "pass 1 update user A <tgt-new1>",
            "mail: - -> anne@x",
            "manager: + B <tgt-new2>"
        ]
    );
    assert_eq!(w.errors().lines().count(), count, "{}", w.errors());
}

fn a_change_of_an_object_that_is_gone_is_not_done(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    w.dir(TGT).delete("tgt-new1");

    w.export(TGT);

    assert!(w.db.memory.is_empty(), "{:?}", w.db.memory);
    insta::assert_snapshot!(w.errors(), @"A <tgt-new1>: cd-missing-object at Export []");
    w.delta_import(TGT);
    w.sync();
    assert!(w.plan().contains("pass 1 add user A"), "{}", w.plan());
}

fn a_delete_that_met_nothing_is_not_sent_again(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    w.dir(TGT).delete("tgt-new1");

    w.export(TGT);
    w.requeue();
    w.sync();

    assert_eq!(
        (w.plan(), w.errors()),
        ("(nothing)\n".into(), "(none)\n".into())
    );
    w.delta_import(TGT);
    w.sync();
    assert_eq!(w.object(TGT, "tgt-new1"), "unknown");
    assert!(w.db.memory.is_empty());
}

fn a_delete_without_an_answer_is_not_taken_back_when_its_source_returns(target: Target) {
    for was_done in [true, false] {
        let mut w = target.world();
        w.dir(SRC).put("A", user("Ann"));
        w.start();
        w.dir(SRC).delete("A");
        w.delta_import(SRC);
        w.sync();
        let entry = handed_over(&mut w);
        assert_eq!(entry.op.verb(), Verb::Delete);
        if was_done {
            let db = w.db.clone();
            w.dir(TGT).apply(&db.created, &entry.op.op); // the answer never arrives
        }

        w.dir(SRC).put("A", user("Ann"));
        w.delta_import(SRC);
        w.sync();
        assert!(w.export(TGT).is_empty(), "not before it is looked at");

        let read = match was_done {
            true => ReadAnswer::Missing(syncline_model::import::ObjectName::Anchor(anchor(
                "tgt-new1",
            ))),
            false => ReadAnswer::Found(w.dir(TGT).object(&anchor("tgt-new1"))),
        };
        match export::resolve_change(&entry, &read, FRESH) {
            Resolution::Settle(outcome) => {
                let set = w.rule_set();
                w.finish(&set, &entry, &outcome);
            }
            Resolution::Repeat => drop(w.db.escrow.remove(&entry.op.cs)),
            Resolution::Wait => panic!("its reads are fresh"),
        }
        w.requeue();
        for _ in 0..3 {
            w.cycle();
        }

        assert_eq!(w.plan(), "(nothing)\n", "done: {was_done}");
        assert_eq!(w.dir(TGT).inhabitants(), 1, "done: {was_done}");
        assert_eq!(w.errors(), "(none)\n", "done: {was_done}");
    }
}

fn an_add_without_an_answer_is_not_forgotten_when_its_source_goes(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let db = w.db.clone();
    w.dir(TGT).apply(&db.created, &entry.op.op); // the answer never arrives

    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    assert!(w.export(TGT).is_empty(), "not before it is looked at");

    let trace = AddTrace::Present {
        anchor: anchor("tgt-new1"),
        dn: w.dir(TGT).objects[&anchor("tgt-new1")].dn.clone(),
        created: None,
        differing: Vec::new(),
        unfinished: Vec::new(),
        sealed: None,
    };
    let Resolution::Settle(outcome) = export::resolve_add(&entry, &trace, |_| false, FRESH) else {
        panic!("it is ours");
    };
    let set = w.rule_set();
    w.finish(&set, &entry, &outcome);
    w.requeue();
    for _ in 0..3 {
        w.cycle();
    }

    assert_eq!(w.dir(TGT).inhabitants(), 0, "what we made is taken away");
    assert_eq!(w.plan(), "(nothing)\n");
}

fn what_the_directory_s_clock_says_may_differ_from_ours(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let entry = handed_over(&mut w);
    let look = Look {
        settled: i64::MAX,
        skew_s: 5,
    };
    let is_ours = |seconds_before: i64| {
        let trace = AddTrace::Present {
            anchor: anchor("Z"),
            dn: Dn::root(),
            created: Some(TICKS_AT_1970 + (entry.since - seconds_before) * SECOND),
            differing: Vec::new(),
            unfinished: Vec::new(),
            sealed: None,
        };
        let resolution = export::resolve_add(&entry, &trace, |_| false, look);
        matches!(resolution, Resolution::Settle(outcome) if matches!(*outcome, OpOutcome::Done(_)))
    };

    assert!(is_ours(0) && is_ours(5));
    assert!(!is_ours(6), "it was there before the hand-over");

    // What lies there and is not ours is refused and never sent a second time.
    let stranger = AddTrace::Present {
        anchor: anchor("Z"),
        dn: Dn::root(),
        created: None,
        differing: vec!["department".into()],
        unfinished: Vec::new(),
        sealed: None,
    };
    let resolution = export::resolve_add(&entry, &stranger, |_| false, look);
    assert!(
        matches!(resolution, Resolution::Settle(outcome) if matches!(*outcome, OpOutcome::Rejected(_)))
    );

    // A lag of less than a second is one of a second: the clock here has no less.
    let absent = |now| {
        let look = Look::new(now, 500, 5);
        export::resolve_add(&entry, &AddTrace::Absent, |_| false, look)
    };
    assert_eq!(absent(entry.since), Resolution::Wait);
    assert_eq!(absent(entry.since + 1), Resolution::Repeat);
}
