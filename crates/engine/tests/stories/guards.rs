//! Guards on what is destroyed and created (D-52, D-76): counts, windows, lists.

use std::collections::BTreeMap;

use syncline_engine::guard::{self, CreateLimits, DeleteLimits, MatchRate, Sent, Tripped};
use syncline_model::CsId;
use syncline_model::object::TypeId;
use syncline_model::plan::{GuardFact, GuardKind, PlannedOp};

use crate::world::directory::Entry;
use crate::world::{SRC, TGT, Target, World, in_both_worlds};

fn user(n: &str) -> Entry {
    Entry::new("user", &format!("CN={n},OU=People,DC=src"))
        .set("displayName", n)
        .set("employeeID", n)
        .set("department", "Sales")
}

fn world(target: Target, users: usize) -> World {
    let mut w = target.world();
    for n in 0..users {
        w.dir(SRC)
            .put(&format!("u{n:03}"), user(&format!("User {n:03}")));
    }
    w.start();
    w
}

fn judged(w: &World, objects: u64, sent: &[Sent]) -> Vec<Tripped> {
    let staged = w.staged();
    let ops: Vec<&PlannedOp> = staged.iter().collect();
    let sizes: BTreeMap<TypeId, u64> = ops.iter().map(|op| (op.object_type, objects)).collect();
    guard::delete_guard(&DeleteLimits::default(), &sizes, sent, &ops)
}

in_both_worlds!(
    slices_over_the_day_add_up,
    one_attribute_changed_or_cleared_on_much_of_a_type_counts,
    a_group_that_loses_much_of_its_members_counts_unless_they_are_deleted,
    creations_beyond_the_limit_are_listed_and_only_these,
    strangers_among_the_newly_scoped_trip_where_the_plan_matched_most,
    tightening_a_guard_never_lets_more_through,
);

#[test]
fn the_limit_is_a_share_with_a_floor_and_a_ceiling() {
    let limits = DeleteLimits::default();

    assert_eq!(
        [10, 100, 1_000, 100_000].map(|n| limits.limit(n)),
        [5, 5, 50, 500]
    );
}

fn slices_over_the_day_add_up(target: Target) {
    let mut w = world(target, 20);
    w.dir(SRC).delete("u001");
    w.delta_import(SRC);
    w.sync();
    let op = w.staged().remove(0);
    let fact = GuardFact {
        kind: GuardKind::Delete,
        attr: None,
    };
    let sent: Vec<Sent> = (1..=5)
        .map(|n| Sent {
            directory: TGT,
            object_type: op.object_type,
            cs: CsId(n),
            fact,
        })
        .collect();

    assert!(judged(&w, 20, &sent[..4]).is_empty());
    let tripped = judged(&w, 20, &sent);

    assert_eq!(
        (tripped[0].count, tripped[0].held.len()),
        (6, 1),
        "it lists what is staged"
    );
}

fn one_attribute_changed_or_cleared_on_much_of_a_type_counts(target: Target) {
    let mut w = world(target, 40);
    for n in 0..9 {
        w.dir(SRC).edit(&format!("u{n:03}"), "department", None);
    }
    w.delta_import(SRC);
    w.sync();
    let tripped = judged(&w, 40, &[]);
    assert_eq!(
        (tripped[0].count, tripped[0].limit),
        (9, 5),
        "above a tenth of the type"
    );
    assert!(
        judged(&w, 100, &[]).is_empty(),
        "below a tenth it is everyday work"
    );

    for n in 0..9 {
        w.dir(SRC)
            .edit(&format!("u{n:03}"), "department", Some("Law"));
    }
    w.delta_import(SRC);
    w.sync();
    assert_eq!(
        judged(&w, 35, &[])[0].count,
        9,
        "a change counts above a quarter"
    );
    assert!(judged(&w, 40, &[]).is_empty());
}

#[test]
fn moves_and_disabled_accounts_are_facts() {
    let mut w = world(Target::Tree, 1);
    let text = crate::world::STANDARD.replace(
        "CN=<displayName>,OU=Synced,DC=tgt",
        "CN=<displayName>,OU=<department>,OU=Synced,DC=tgt",
    );
    w.dir(TGT)
        .put("m", Entry::new("ou", "OU=Sales,OU=Synced,DC=tgt"));
    w.delta_import(TGT);
    w.configure(crate::world::PROFILE, &text);
    w.sync();

    let facts: Vec<GuardFact> = w.staged().into_iter().flat_map(|op| op.facts).collect();

    assert_eq!(
        facts,
        [GuardFact {
            kind: GuardKind::Move,
            attr: None
        }]
    );
}

fn a_group_that_loses_much_of_its_members_counts_unless_they_are_deleted(target: Target) {
    let members: Vec<String> = (0..24).map(|n| format!("u{n:03}")).collect();
    let grouped = || {
        let mut w = target.world();
        for member in &members {
            w.dir(SRC).put(member, user(member));
        }
        w.dir(SRC).put(
            "G",
            Entry::new("group", "CN=G,OU=Groups,DC=src").set("name", "G"),
        );
        w.dir(SRC).refer(
            "G",
            "member",
            &members.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        w.start();
        w.cycle();
        w
    };
    let membership = |w: &World| {
        let facts = w.staged().into_iter().flat_map(|op| op.facts);
        facts
            .filter(|fact| fact.kind == GuardKind::Membership)
            .count()
    };

    let mut removed = grouped();
    removed.dir(SRC).refer(
        "G",
        "member",
        &members[7..].iter().map(String::as_str).collect::<Vec<_>>(),
    );
    removed.delta_import(SRC);
    removed.sync();
    let mut deleted = grouped();
    members[..7]
        .iter()
        .for_each(|member| deleted.dir(SRC).delete(member));
    deleted.delta_import(SRC);
    deleted.sync();

    assert_eq!(membership(&removed), 1);
    assert_eq!(membership(&deleted), 0);
    let group = deleted
        .staged()
        .into_iter()
        .find(|op| !op.effect.refs.is_empty())
        .unwrap();
    assert_eq!(
        (
            group.changes[0].references_before,
            group.changes[0].removed_by_deletion
        ),
        (24, 7)
    );
}

fn creations_beyond_the_limit_are_listed_and_only_these(target: Target) {
    let mut w = world(target, 60);
    for n in 0..60 {
        w.dir(SRC)
            .put(&format!("n{n:03}"), user(&format!("New {n:03}")));
    }
    w.dir(SRC).edit("u001", "department", Some("IT"));
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged();
    let ops: Vec<&PlannedOp> = staged.iter().collect();
    let none = MatchRate::default();

    let tripped = guard::create_guard(&CreateLimits::default(), 60, &[], &ops, none, 0);

    assert_eq!(
        (tripped[0].count, tripped[0].limit, tripped[0].held.len()),
        (60, 50, 60)
    );
    let roomy = guard::create_guard(&CreateLimits::default(), 2_000, &[], &ops, none, 0);
    assert!(
        roomy.is_empty(),
        "five percent of 2,000 linked objects are 100"
    );
}

fn strangers_among_the_newly_scoped_trip_where_the_plan_matched_most(target: Target) {
    let mut w = world(target, 10);
    for n in 0..6 {
        w.dir(SRC).put(&format!("n{n}"), user(&format!("New {n}")));
    }
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged();
    let ops: Vec<&PlannedOp> = staged.iter().collect();
    let judge = |ops: &[&PlannedOp], unmatched, matched| {
        let approved = MatchRate {
            in_scope: 100,
            unmatched,
        };
        let limits = CreateLimits::default();
        guard::create_guard(&limits, 10, &[], ops, approved, matched).len()
    };

    assert_eq!(judge(&ops, 40, 23), 1, "6 of 29 are more than a fifth");
    assert_eq!(judge(&ops, 40, 24), 0, "6 of 30 are not");
    assert_eq!(judge(&ops, 60, 0), 0, "the plan itself matched few");
    assert_eq!(judge(&ops[..5], 40, 0), 0, "joiners, one by one");
}

fn tightening_a_guard_never_lets_more_through(target: Target) {
    let mut w = world(target, 30);
    for n in 0..12 {
        w.dir(SRC).delete(&format!("u{n:03}"));
    }
    w.delta_import(SRC);
    w.sync();
    let staged = w.staged();
    let ops: Vec<&PlannedOp> = staged.iter().collect();
    let sizes = [(ops[0].object_type, 30)].into();
    let held = |least: u64| -> usize {
        let limits = DeleteLimits {
            least,
            ..DeleteLimits::default()
        };
        guard::delete_guard(&limits, &sizes, &[], &ops)
            .iter()
            .map(|t| t.held.len())
            .sum()
    };

    let amounts: Vec<usize> = (0..20).map(held).collect();

    assert!(
        amounts.windows(2).all(|pair| pair[0] >= pair[1]),
        "{amounts:?}"
    );
    assert_eq!((amounts[11], amounts[12]), (12, 0));
}
