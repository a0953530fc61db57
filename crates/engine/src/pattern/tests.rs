//! Plans and the patterns they read as.

use proptest::prelude::*;
use syncline_model::contributors::Contributors;
use syncline_model::object::TypeId;
use syncline_model::op::{ObjectKey, OpKind, Operation};
use syncline_model::pattern::ShapeKind;
use syncline_model::plan::{AttrChange, Effect, GuardFact, GuardKind, Place, PlannedOp, Verb};
use syncline_model::{Anchor, CsId, DirectoryId, PartId, ProfileId, Value, Values};

use super::*;

fn op(n: i64, verb: Verb, changes: Vec<AttrChange>) -> PlannedOp {
    let object_type = || "user".to_owned();
    let op = Operation {
        directory: DirectoryId(2),
        pass: 1,
        object: ObjectKey::Anchor(Anchor::Text(n.to_string().into())),
        kind: match verb {
            Verb::Add => OpKind::Add {
                object_type: object_type(),
                place: None,
                password: None,
            },
            Verb::Update => OpKind::Update {
                object_type: object_type(),
                place: None,
            },
            Verb::Delete => OpKind::Delete {
                object_type: object_type(),
            },
        },
        deltas: Vec::new(),
    };
    PlannedOp {
        cs: CsId(n),
        mv: None,
        directory: DirectoryId(2),
        profile: ProfileId(1),
        part: PartId(7),
        object_type: TypeId(0),
        depth: 0,
        hash: op.hash(),
        op,
        effect: Effect {
            verb,
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
        },
        place_before: None,
        changes,
        facts: Vec::new(),
        blocked: None,
    }
}

fn change(attr: &str, before: &str, after: &str) -> AttrChange {
    let values = |text: &str| Values::new([Value::text(text)]);
    AttrChange {
        attr: attr.into(),
        before: values(before),
        after: values(after),
        added: Vec::new(),
        removed: Vec::new(),
        references_before: 0,
        removed_by_deletion: 0,
        part: PartId(7),
        flow: 3,
        source: Contributors::None,
    }
}

fn moved(n: i64, from: (i64, &str), to: (i64, &str)) -> PlannedOp {
    let place = |(parent, rdn): (i64, &str)| Place {
        parent: CsId(parent),
        rdn: rdn.to_owned(),
    };
    let mut op = op(n, Verb::Update, Vec::new());
    op.place_before = Some(place(from));
    op.effect.place = Some(place(to));
    op
}

fn counts(plan: &[PlannedOp]) -> Vec<(Kind, u64)> {
    let found = patterns(plan).found;
    found.iter().map(|p| (p.key.kind, p.count)).collect()
}

#[test]
fn operations_that_do_the_same_are_one_pattern_and_deletions_are_read_first() {
    let mail = |n: i64, to: &str| {
        let change = change("mail", &format!("u{n}@a.test"), &format!("u{n}@{to}"));
        op(n, Verb::Update, vec![change])
    };
    let mut plan: Vec<PlannedOp> = (0..7).map(|n| mail(n, "b.test")).collect();
    plan.extend((7..9).map(|n| mail(n, "c.test")));
    plan.extend((9..12).map(|n| op(n, Verb::Add, vec![change("title", "", "Cook")])));
    plan.push(op(12, Verb::Delete, Vec::new()));

    let found = patterns(&plan);

    assert_eq!(
        counts(&plan),
        [
            (Kind::Delete, 1),
            (Kind::Update, 7),
            (Kind::Update, 2),
            (Kind::Add, 3)
        ]
    );
    let mail = &found.found[1].attributes[0];
    let shape = mail.shape.clone().unwrap();
    assert_eq!(shape.kind, ShapeKind::Domain);
    assert_eq!(
        (shape.from.as_deref(), shape.to.as_deref()),
        (Some("a.test"), Some("b.test"))
    );
    assert_eq!(mail.after, Common::No);
    assert_eq!(
        found.found[3].attributes[0].after,
        Common::One(Value::text("Cook"))
    );
    assert_eq!(found.of, [1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 0]);
}

#[test]
fn which_optional_attributes_somebody_has_makes_no_pattern_of_creations() {
    let plan = [
        op(1, Verb::Add, vec![change("title", "", "Cook")]),
        op(2, Verb::Add, vec![change("mail", "", "b@b.test")]),
    ];

    let found = patterns(&plan).found;

    assert_eq!(found.len(), 1);
    let names: Vec<_> = found[0]
        .attributes
        .iter()
        .map(|a| (a.name.as_str(), a.count))
        .collect();
    assert_eq!(names, [("mail", 1), ("title", 1)]);
}

#[test]
fn a_move_knows_its_containers_and_a_new_name_is_no_move() {
    let plan = [
        moved(1, (50, "CN=A"), (51, "CN=A")),
        moved(2, (50, "CN=B"), (51, "CN=B")),
        moved(3, (50, "CN=C"), (50, "CN=D")),
    ];

    let found = patterns(&plan).found;

    let places: Vec<Where> = found.iter().map(|p| p.key.place).collect();
    let there = Where::Moved {
        from: Some(CsId(50)),
        to: Some(CsId(51)),
        renamed: false,
    };
    assert_eq!(places, [there, Where::Renamed]);
}

#[test]
fn an_account_that_is_disabled_is_told_apart_from_other_updates() {
    let mut disabled = op(1, Verb::Update, vec![change("accountDisabled", "", "true")]);
    disabled.facts.push(GuardFact {
        kind: GuardKind::Disable,
        attr: None,
    });

    assert_eq!(counts(&[disabled]), [(Kind::Disable, 1)]);
}

#[test]
fn what_stands_out_is_the_first_sample() {
    let title = |n, after: &str| op(n, Verb::Update, vec![change("title", "Deckhand", after)]);
    let mut plan: Vec<PlannedOp> = (0..50).map(|n| title(n, "Cook")).collect();
    plan[31] = title(31, "Crème");
    plan[17] = title(17, "Keeper of the lower lights");

    let found = patterns(&plan).found;

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].samples[..2], [31, 17]);
    assert_eq!(found[0].samples.len(), 5);
}

/// A plan with more kinds of change than anybody reads: every subset of six attributes, and domains of their own.
fn motley(size: i64) -> Vec<PlannedOp> {
    let mut plan = Vec::new();
    for n in 0..size {
        let mut changes = vec![change("mail", "x@a.test", &format!("x@d{}.test", n % 90))];
        for (bit, attr) in ["city", "fax", "info", "room", "title", "wiki"]
            .iter()
            .enumerate()
        {
            if n >> bit & 1 == 1 {
                changes.push(change(
                    attr,
                    "Upper deck",
                    if bit == 2 { "" } else { "Galley" },
                ));
            }
        }
        plan.push(op(n, Verb::Update, changes));
    }
    plan.push(op(size, Verb::Delete, Vec::new()));
    plan
}

#[test]
fn a_motley_plan_reads_as_some_tens_of_patterns_and_hides_no_loss() {
    let plan = motley(5_000);

    let found = patterns(&plan);

    assert!(found.found.len() <= 60, "{}", found.found.len());
    assert_eq!(found.found.iter().map(|p| p.count).sum::<u64>(), 5_001);
    assert_eq!(
        (found.found[0].key.kind, found.found[0].count),
        (Kind::Delete, 1)
    );
    for (op, of) in plan.iter().zip(&found.of) {
        let loses = op.changes.iter().any(|c| c.after.is_none());
        let key = &found.found[*of].key;
        let told = key
            .any
            .unwrap_or_else(|| key.attributes.iter().any(|a| a.shape.only_takes()));
        assert_eq!(loses, told, "{key:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_a_plan_decides_nothing(order in Just((0..250usize).collect::<Vec<_>>()).prop_shuffle()) {
        let plan = motley(249);
        let turned: Vec<PlannedOp> = order.iter().map(|n| plan[*n].clone()).collect();

        let (one, other) = (patterns(&plan), patterns(&turned));

        let told = |patterns: &Patterns, plan: &[PlannedOp]| -> Vec<_> {
            let samples = |p: &Pattern| p.samples.iter().map(|at| plan[*at].cs).collect::<Vec<_>>();
            patterns.found.iter().map(|p| (p.key.clone(), p.count, p.attributes.clone(), samples(p))).collect()
        };
        prop_assert_eq!(told(&one, &plan), told(&other, &turned));
        for (at, n) in order.iter().enumerate() {
            prop_assert_eq!(other.of[at], one.of[*n]);
        }
    }
}
