//! Export and confirmation: S-52 to S-60, S-63.

use std::time::Duration;

use syncline_engine::approval::{self, GuardApproval, GuardMode, Release};
use syncline_engine::export::{self, Asking, Look, Refusal, Resolution, rests_until};
use syncline_engine::guard::{self, DeleteLimits};
use syncline_model::ApprovalId;
use syncline_model::approval::ReleasedBy;
use syncline_model::connector::{AddTrace, Fault, OpOutcome, ReadAnswer};
use syncline_model::error::ErrorKind;
use syncline_model::import::ObjectName;
use syncline_model::plan::{PlannedOp, Verb};

use crate::world::directory::{Entry, anchor};
use crate::world::{SRC, TGT, Target, World, in_both_worlds};

/// A look at a directory whose reads show every write.
pub const FRESH: Look = Look {
    settled: i64::MAX,
    skew_s: 5,
};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

in_both_worlds!(
    s52_what_was_acknowledged_is_not_sent_again_and_one_import_confirms_it,
    s53_what_came_back_otherwise_is_told_and_sent_again,
    a_member_that_came_and_went_before_any_read_is_not_missed,
    s54_an_attribute_that_is_not_read_is_neither_confirmed_nor_contradicted,
    a_read_that_began_before_the_export_says_nothing_about_it,
    s55_managers_in_a_cycle_go_in_the_second_pass,
    s56_a_reference_that_is_not_in_the_target_holds_nothing_back,
    an_operation_keeps_its_hash_when_what_it_refers_to_was_created_meanwhile,
    an_object_that_is_refused_fails_alone,
    who_cannot_be_created_keeps_nobody_else_out_of_a_group,
    s59_an_add_whose_answer_was_lost_is_read_back_and_never_sent_twice,
    a_stranger_where_our_add_should_be_is_not_taken_for_ours,
    a_delete_whose_answer_was_lost_is_done_when_the_object_is_gone,
    s60_the_delete_guard_holds_and_lets_exactly_what_was_approved_go,
    s63_a_case_only_change_flows_once_even_where_the_directory_folds_case,
);

fn s52_what_was_acknowledged_is_not_sent_again_and_one_import_confirms_it(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(w.export(TGT).len(), 1);
    assert_eq!(w.db.memory.len(), 1);
    w.requeue();
    w.sync();
    assert_eq!(w.export(TGT).len(), 0);
    w.delta_import(TGT);
    w.sync();

    assert!(w.db.memory.is_empty());
    assert_eq!(w.plan(), "(nothing)\n");
}

fn s53_what_came_back_otherwise_is_told_and_sent_again(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("512"));
    w.delta_import(SRC);
    w.sync();
    w.export(TGT);

    w.dir(TGT).edit("tgt-new1", "department", Some("546"));
    w.delta_import(TGT);
    w.sync();

    insta::assert_snapshot!(w.errors(), @"A <tgt-new1>: exported-change-not-reimported on department at Confirm []");
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        department: 546 -> 512
    ");
    w.cycle();
    assert_eq!(w.errors(), "(none)\n");
}

fn a_member_that_came_and_went_before_any_read_is_not_missed(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    let group = Entry::new("group", "CN=G,OU=Groups,DC=src").set("name", "G");
    w.dir(SRC).put("G", group.refer("member", "A"));
    w.full_import(SRC);
    w.sync();
    w.export(TGT);
    w.dir(SRC).refer("G", "member", &[]);
    w.delta_import(SRC);
    w.sync();
    let sent = w.export(TGT);

    w.delta_import(TGT);

    assert_eq!(sent.len(), 1, "it is taken out again");
    assert_eq!(
        (w.counts.contradicted, w.errors().as_str()),
        (0, "(none)\n")
    );
    assert!(w.db.memory.is_empty());
}

fn s54_an_attribute_that_is_not_read_is_neither_confirmed_nor_contradicted(target: Target) {
    let mut w = target.world();
    w.dir(TGT).unread.insert("department".into());
    w.dir(SRC).put("A", user("Ann"));
    w.start();

    assert_eq!(w.db.memory.len(), 1);
    assert_eq!(w.errors(), "(none)\n");
    assert!(w.cycle().is_empty(), "it is not sent again");
}

fn a_read_that_began_before_the_export_says_nothing_about_it(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let stale = vec![w.dir(TGT).object(&anchor("tgt-new1"))];

    w.export(TGT);
    let seq = w.db.export_seq;
    w.db.export_seq = seq - 1; // the read began before
    w.import_all(TGT, stale, false, true);
    w.db.export_seq = seq;
    w.sync();

    assert_eq!(w.db.memory.len(), 1);
    assert_eq!(
        (w.errors().as_str(), w.plan().as_str()),
        ("(none)\n", "(nothing)\n")
    );
}

fn s55_managers_in_a_cycle_go_in_the_second_pass(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann").refer("manager", "B"));
    w.dir(SRC).put("B", user("Bob").refer("manager", "A"));
    w.full_import(SRC);
    w.sync();

    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user A
        department: - -> Sales
        displayName: - -> Ann
        employeeID: - -> Ann
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    pass 2 update user A
        manager: + B
    pass 2 update user B
        manager: + A
    ");
    w.export(TGT);
    insta::assert_snapshot!(w.dir(TGT).wrote.join("\n"), @r"
    add tgt-new1
    add tgt-new2
    update tgt-new1
    update tgt-new2
    ");
    w.delta_import(TGT);
    w.sync();
    assert!(w.db.memory.is_empty());
    assert_eq!(w.plan(), "(nothing)\n");
}

fn s56_a_reference_that_is_not_in_the_target_holds_nothing_back(target: Target) {
    let text = crate::world::STANDARD.replacen(
        r#""action":"create-or-update""#,
        r#""action":"create-or-update","scope":{"expr":"department != Board"}"#,
        1,
    );
    let mut w = target.with(&text);
    w.dir(SRC).put("A", user("Ann").refer("manager", "B"));
    w.dir(SRC).put("B", user("Bob"));
    w.dir(SRC).edit("B", "department", Some("Board"));
    w.start();

    assert_eq!(w.errors(), "(none)\n");
    assert_eq!(w.dir(TGT).wrote, ["add tgt-new1"]);
    assert!(w.cycle().is_empty());
}

fn an_operation_keeps_its_hash_when_what_it_refers_to_was_created_meanwhile(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann").refer("manager", "B"));
    w.dir(SRC).put("B", user("Bob"));
    w.full_import(SRC);
    w.sync();
    let approved: Vec<_> = w.staged().iter().map(|op| op.hash).collect();

    w.export_only(TGT, |op| op.pass() == 1); // the process died between the passes
    w.delta_import(TGT);
    w.sync();

    assert_eq!(w.staged().len(), 1);
    assert!(
        w.staged().iter().all(|op| approved.contains(&op.hash)),
        "{}",
        w.plan()
    );
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
}

fn an_object_that_is_refused_fails_alone(target: Target) {
    let mut w = target.world();
    w.dir(TGT).refuses.insert("Bob".into());
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    w.full_import(SRC);
    w.sync();

    w.export(TGT);

    insta::assert_snapshot!(w.errors(), @"B: constraint-violation at Export []");
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 add user B
        department: - -> Sales
        displayName: - -> Bob
        employeeID: - -> Bob
    ");
    w.dir(TGT).refuses.clear();
    w.export(TGT);
    assert_eq!(
        (w.errors().as_str(), w.plan().as_str()),
        ("(none)\n", "(nothing)\n")
    );
}

fn who_cannot_be_created_keeps_nobody_else_out_of_a_group(target: Target) {
    let mut w = target.world();
    w.dir(TGT).refuses.insert("Bob".into());
    w.dir(SRC).put("A", user("Ann"));
    w.dir(SRC).put("B", user("Bob"));
    let group = Entry::new("group", "CN=Team,OU=Groups,DC=src")
        .set("name", "Team")
        .refer("member", "A")
        .refer("member", "B");
    w.dir(SRC).put("G", group);
    w.full_import(SRC);
    w.sync();

    w.export(TGT);
    w.delta_import(TGT);
    w.sync();
    let staged = w.plan();
    assert!(staged.contains("member: + B"), "only he waits: {staged}");
    assert!(!staged.contains("+ A"), "{staged}");
    let sent = w.cycle();
    let tried = |op: &PlannedOp| op.verb() == Verb::Add;
    assert!(sent.iter().all(tried), "nothing of it can be sent");

    w.dir(TGT).refuses.clear();
    let sent = w.cycle();
    assert_eq!(sent.len(), 2, "he, and his membership: {}", w.plan());
    w.cycle();
    assert_eq!(w.plan(), "(nothing)\n");
    assert_eq!(w.errors(), "(none)\n");
}

/// P-19: a full read that began before an Add was acknowledged cannot show it, and does not take it for gone.
#[test]
fn a_full_read_that_began_before_an_add_does_not_sweep_it() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let (fence, read) = (w.db.export_seq, w.dir(TGT).full());
    w.export(TGT);

    w.import_read(TGT, read, true, true, 3, fence);
    w.sync();
    assert_eq!((w.counts.deleted, w.plan().as_str()), (0, "(nothing)\n"));

    w.delta_import(TGT);
    w.sync();
    insta::assert_snapshot!(w.object(TGT, "tgt-new1"), @"user CN=Ann,OU=Synced,DC=tgt: PI None, Target link, CreatedByUs");
}

#[test]
fn a_refusal_is_over_when_the_source_is_changed_back() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(TGT).refuses.insert("Ann".into());
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=Synced,DC=tgt: constraint-violation at Export []");

    w.dir(SRC).edit("A", "department", Some("Sales"));
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        (w.errors().as_str(), w.plan().as_str()),
        ("(none)\n", "(nothing)\n")
    );
}

#[test]
fn a_refusal_stands_while_another_operation_of_its_object_waits() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(TGT).refuses.insert("Ann".into());
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();

    w.dir(SRC).edit("A", "department", Some("Board"));
    w.delta_import(SRC);
    w.sync();

    assert_ne!(w.plan(), "(nothing)\n");
    insta::assert_snapshot!(w.errors(), @"CN=Ann,OU=Synced,DC=tgt: constraint-violation at Export []");
}

#[test]
fn a_refusal_is_over_when_the_directory_holds_the_value_all_the_same() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(TGT).refuses.insert("Ann".into());
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    assert_ne!(w.errors(), "(none)\n");

    // It answered that it refused, and had written it.
    w.dir(TGT).edit("tgt-new1", "department", Some("IT"));
    w.delta_import(TGT);
    w.sync();

    assert_eq!(
        (w.errors().as_str(), w.plan().as_str()),
        ("(none)\n", "(nothing)\n")
    );
}

#[test]
fn a_refused_add_leaves_no_error_when_its_source_goes() {
    let mut w = World::standard();
    w.dir(TGT).refuses.insert("Bob".into());
    w.dir(SRC).put("B", user("Bob"));
    w.start();
    assert_ne!(w.errors(), "(none)\n");

    w.dir(SRC).delete("B");
    w.delta_import(SRC);
    w.sync();

    assert_eq!(
        (w.errors().as_str(), w.plan().as_str()),
        ("(none)\n", "(nothing)\n")
    );
}

#[test]
fn a_refused_operation_rests_until_it_is_due_changed_or_asked_for() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(TGT).refuses.insert("Ann".into());
    w.dir(SRC).edit("A", "department", Some("IT"));
    w.cycle();
    let standing = |w: &World| {
        let errors = w.db.errors.values().flatten();
        let of = |e| Refusal::of(e, 1_000, Some(5_000)).expect("it names its operation");
        errors.map(of).collect::<Vec<_>>()
    };
    let refused = standing(&w);
    let op = w.staged().remove(0).hash;
    let rests_until = |op, refused: &[Refusal], asked_ms, now_ms| {
        let asking = Asking {
            now_ms,
            asked_ms,
            is_still: true,
        };
        rests_until(op, refused, &asking)
    };

    assert_eq!(rests_until(op, &refused, None, 4_999), Some(5_000));
    assert_eq!(rests_until(op, &refused, None, 5_000), None, "it is due");
    assert_eq!(
        rests_until(op, &refused, Some(1_001), 2_000),
        None,
        "a person asked for it after it was refused"
    );
    assert_eq!(
        rests_until(op, &refused, Some(999), 2_000),
        Some(5_000),
        "what was refused since the person asked is not tried twice"
    );
    let never = refused.iter().map(|r| Refusal {
        again_ms: None,
        ..*r
    });
    let never: Vec<_> = never.collect();
    let day = 24 * 3_600_000;
    assert_eq!(
        rests_until(op, &never, None, 2_000),
        Some(1_000 + day),
        "nothing rests for ever"
    );

    w.dir(SRC).edit("A", "department", Some("Board"));
    w.delta_import(SRC);
    w.sync();
    let changed = w.staged().remove(0).hash;
    assert_eq!(rests_until(changed, &refused, None, 2_000), None);
}

#[test]
fn what_another_object_was_in_the_way_of_is_tried_after_we_wrote_something() {
    let op = syncline_model::op::OpHash([7; 32]);
    let refused = |kind| {
        let error = syncline_model::stage::ErrorEntry {
            kind,
            attr: None,
            message: "it was refused".into(),
            others: Vec::new(),
            op: Some(op),
        };
        Refusal::of(&error, 1_000, Some(9_000))
    };
    let rests = |kind, is_still| {
        let asking = Asking {
            now_ms: 2_000,
            asked_ms: None,
            is_still,
        };
        rests_until(op, &[refused(kind).unwrap()], &asking).is_some()
    };

    assert!(rests(ErrorKind::MustBeUnique, true));
    assert!(!rests(ErrorKind::MustBeUnique, false));
    assert!(rests(ErrorKind::ConstraintViolation, false));
    assert_eq!(
        refused(ErrorKind::ObjectMissing),
        None,
        "the next import decides about that"
    );
}

#[test]
fn what_is_not_visible_yet_goes_back_alone_and_a_pause_is_everybodys() {
    let mut w = World::standard();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let set = w.rule_set();
    let put_back = |code: &'static str, kind| {
        let fault = Fault::new(code, kind, "it has to wait", "wait");
        let after = Duration::from_secs(30);
        let outcome = OpOutcome::Throttled { after, fault };
        let settled = export::settle(&set, &entry, &outcome, w.now);
        assert!(!settled.acknowledged && !settled.in_doubt && settled.errors.is_empty());
        let back = settled.put_back.expect("it goes back");
        assert_eq!(back.after, after);
        assert_eq!(back.fault.code, code);
        (back.is_alone(), back.passes())
    };

    let unseen = put_back("export.not_yet_visible", ErrorKind::Busy);
    let throttled = put_back("export.throttled", ErrorKind::Throttled);
    let refused = put_back("connect.token_refused", ErrorKind::Authentication);

    assert_eq!(unseen, (true, true));
    assert_eq!(throttled, (false, true));
    assert_eq!(refused, (false, false), "waiting does not mend it");
}

fn s59_an_add_whose_answer_was_lost_is_read_back_and_never_sent_twice(target: Target) {
    for created in [true, false] {
        let mut w = target.world();
        w.dir(SRC).put("A", user("Ann"));
        w.full_import(SRC);
        w.sync();
        let op = w.staged().remove(0);
        let entry = w.db.claim(&op, w.now);
        if created {
            let db = w.db.clone();
            w.dir(TGT).apply(&db.created, &op.op); // the answer never arrives
        }
        assert!(w.sync().is_empty() || w.plan().contains("blocked") || w.plan().contains("add"));

        let trace = match w.directories[&TGT].by_value("displayName", "Ann") {
            None => AddTrace::Absent,
            Some(anchor) => AddTrace::Present {
                anchor: anchor.clone(),
                dn: w.directories[&TGT].objects[anchor].dn.clone(),
                created: None,
                differing: Vec::new(),
                unfinished: Vec::new(),
                sealed: None,
            },
        };
        let known = |anchor: &_| w.db.by_anchor(TGT, anchor).is_some();
        let resolution = export::resolve_add(&entry, &trace, known, FRESH);
        match resolution {
            Resolution::Settle(outcome) => {
                let set = w.rule_set();
                w.finish(&set, &entry, &outcome);
            }
            Resolution::Repeat => drop(w.db.escrow.remove(&op.cs)),
            Resolution::Wait => panic!("its reads are fresh"),
        }
        w.export(TGT);
        w.delta_import(TGT);
        w.sync();

        assert_eq!(w.dir(TGT).wrote, ["add tgt-new1"], "created: {created}");
        insta::assert_snapshot!(w.object(TGT, "tgt-new1"), @"user A <tgt-new1>: PI None, Target link, CreatedByUs");
        assert_eq!(w.plan(), "(nothing)\n");
    }
}

fn a_stranger_where_our_add_should_be_is_not_taken_for_ours(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.full_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let entry = w.db.claim(&op, w.now);
    let present = |differing: &[&str], created| AddTrace::Present {
        anchor: anchor("Z"),
        dn: target.entry("user", "Ann").dn,
        created,
        differing: differing.iter().map(|name| (*name).into()).collect(),
        unfinished: Vec::new(),
        sealed: None,
    };
    let ours = |trace: &AddTrace, known: bool| {
        matches!(
            export::resolve_add(&entry, trace, |_| known, FRESH),
            Resolution::Settle(outcome) if matches!(*outcome, syncline_model::connector::OpOutcome::Done(_))
        )
    };

    assert!(ours(&present(&[], None), false));
    assert!(!ours(&present(&[], None), true), "an import knew it");
    assert!(
        !ours(&present(&["department"], None), false),
        "its values differ"
    );
    assert!(
        !ours(&present(&[], Some(1)), false),
        "it is older than the hand-over"
    );
    let AddTrace::Present {
        anchor,
        dn,
        created,
        differing,
        ..
    } = present(&[], None)
    else {
        unreachable!("it is present");
    };
    let begun = AddTrace::Present {
        anchor,
        dn,
        created,
        differing,
        unfinished: vec!["department".into()],
        sealed: None,
    };
    let Resolution::Settle(outcome) = export::resolve_add(&entry, &begun, |_| false, FRESH) else {
        panic!("what was begun is ours");
    };
    let set = w.rule_set();
    let settled = export::settle(&set, &entry, &outcome, 0);
    assert!(settled.acknowledged && settled.errors.is_empty());
    let department = set.attrs.id(&"department".into()).unwrap();
    let remembered = settled.memory.unwrap().effect.attrs;
    assert!(
        !remembered.is_empty() && remembered.iter().all(|(attr, _)| *attr != department),
        "what was cut off is not remembered as sent: {remembered:?}"
    );
}

fn a_delete_whose_answer_was_lost_is_done_when_the_object_is_gone(target: Target) {
    let mut w = target.world();
    w.dir(SRC).put("A", user("Ann"));
    w.start();
    w.dir(SRC).delete("A");
    w.delta_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    assert_eq!(op.verb(), Verb::Delete);
    let entry = w.db.claim(&op, w.now);

    let gone = export::resolve_change(
        &entry,
        &ReadAnswer::Missing(ObjectName::Anchor(anchor("tgt-new1"))),
        FRESH,
    );
    let there = export::resolve_change(
        &entry,
        &ReadAnswer::Found(w.dir(TGT).object(&anchor("tgt-new1"))),
        FRESH,
    );

    assert!(matches!(gone, Resolution::Settle(_)));
    assert_eq!(there, Resolution::Repeat);
}

fn s60_the_delete_guard_holds_and_lets_exactly_what_was_approved_go(target: Target) {
    let mut w = target.world();
    for n in 0..20 {
        w.dir(SRC)
            .put(&format!("u{n:02}"), user(&format!("User {n:02}")));
    }
    w.start();
    for n in 0..6 {
        w.dir(SRC).delete(&format!("u{n:02}"));
    }
    for n in 10..15 {
        w.dir(SRC)
            .edit(&format!("u{n:02}"), "department", Some("IT"));
    }
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged();
    let ops: Vec<&PlannedOp> = staged.iter().collect();
    let sizes = [(ops[0].object_type, 20)].into();

    let tripped = guard::delete_guard(&DeleteLimits::default(), &sizes, &[], &ops);
    assert_eq!(
        (tripped[0].count, tripped[0].limit, tripped[0].held.len()),
        (6, 5, 6)
    );
    let fewer: Vec<&PlannedOp> = ops[1..]
        .iter()
        .copied()
        .filter(|op| op.hash != ops[0].hash)
        .collect();
    let five = guard::delete_guard(
        &DeleteLimits::default(),
        &sizes,
        &[],
        &fewer[..fewer.len() - 1],
    );
    assert!(five.is_empty());

    let by = ReleasedBy::Live(ApprovalId(1));
    let all = || Release {
        send: (0..ops.len()).map(|n| (n, by)).collect(),
        ..Release::default()
    };
    let mut stop = all();
    approval::hold(&mut stop, &ops, &tripped, GuardMode::Stop);
    assert!(stop.send.is_empty());
    let mut hold = all();
    approval::hold(&mut hold, &ops, &tripped, GuardMode::HoldListed);
    assert_eq!((hold.send.len(), hold.held.len()), (5, 6));

    let approved = GuardApproval {
        id: ApprovalId(2),
        config: syncline_engine::config::ConfigHash([0; 32]),
        ops: tripped[0].held.clone(),
    };
    let mut named = all();
    for (n, by) in &mut named.send {
        if approved.ops.contains(&ops[*n].hash) {
            *by = ReleasedBy::Guard(approved.id);
        }
    }
    assert_eq!(
        approval::unnamed(&named, &ops).len(),
        5,
        "what a person named does not count"
    );
}

fn s63_a_case_only_change_flows_once_even_where_the_directory_folds_case(target: Target) {
    let mut w = target.world();
    w.dir(TGT).folds = true;
    w.dir(SRC).put("A", user("Ann").set("mail", "ann@x"));
    w.start();
    let before = w.dir(TGT).log.len();

    w.dir(SRC).edit("A", "mail", Some("Ann@X"));
    w.delta_import(SRC);
    w.sync();
    insta::assert_snapshot!(w.plan(), @r"
    pass 1 update user A <tgt-new1>
        mail: ann@x -> Ann@X
    ");
    w.export(TGT);
    w.delta_import(TGT);
    w.sync();

    assert_eq!(w.plan(), "(nothing)\n");
    for _ in 0..3 {
        w.requeue();
        assert!(w.cycle().is_empty(), "no endless export");
    }
    assert_eq!(w.dir(TGT).log.len(), before + 1);
}

#[test]
fn s64_spellings_of_a_name_are_one_reference() {
    use syncline_model::import::{ImportEntry, ImportObject};
    let mut w = World::standard();
    let object = |nick: &str, dn: &str, manager: &str| {
        ImportEntry::Object(ImportObject {
            anchor: anchor(nick),
            dn: dn.parse().unwrap(),
            object_type: "user".into(),
            attrs: Vec::new(),
            refs: vec![(
                "manager".into(),
                vec![ObjectName::Dn(manager.parse().unwrap())],
            )],
        })
    };
    let entries = || {
        vec![
            object(
                "A",
                "CN=A,OU=People,DC=src",
                "cn=Lee\\, Ann , OU=People,dc=SRC",
            ),
            object(
                "B",
                "CN=B,OU=People,DC=src",
                "CN=Lee\\2C Ann,ou=people,DC=src",
            ),
        ]
    };

    w.import_all(SRC, entries(), false, true);
    let to: std::collections::BTreeSet<_> = w.db.refs.iter().map(|r| r.to).collect();
    assert_eq!(to.len(), 1);
    w.sync();
    w.import_all(SRC, entries(), false, true);

    assert_eq!(w.counts.changes(), 0);
}

#[test]
fn s63_a_case_only_change_of_a_name_is_one_rename_even_where_the_directory_folds_case() {
    for folds in [true, false] {
        let mut w = World::standard();
        w.dir(TGT).folds = folds;
        let ann = user("ann lee").set("displayName", "ann lee");
        w.dir(SRC).put("A", ann);
        w.start();
        let before = w.dir(TGT).log.len();

        w.dir(SRC).edit("A", "displayName", Some("Ann Lee"));
        w.delta_import(SRC);
        w.sync();
        insta::allow_duplicates! {
            insta::assert_snapshot!(w.plan(), @r"
            pass 1 update user CN=ann lee,OU=Synced,DC=tgt
                rename to CN=Ann Lee in OU=Synced,DC=tgt
                displayName: ann lee -> Ann Lee
            ");
        }
        w.export(TGT);
        w.delta_import(TGT);
        w.sync();

        assert_eq!(
            (w.plan(), w.errors()),
            ("(nothing)\n".into(), "(none)\n".into())
        );
        for _ in 0..3 {
            w.requeue();
            assert!(w.cycle().is_empty(), "no endless rename");
        }
        assert_eq!(w.dir(TGT).log.len(), before + 1);
    }
}
