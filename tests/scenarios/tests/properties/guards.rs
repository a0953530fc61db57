//! Guards: nothing is destroyed by accident, and a tighter guard lets no more go (P-09, P-23).

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use syncline_engine::approval::{GuardMode, Standing, hold, release, unnamed};
use syncline_engine::config::ConfigHash;
use syncline_engine::guard::{
    CreateLimits, DeleteLimits, MatchRate, Sent, create_guard, delete_guard,
};
use syncline_model::approval::ReviewState;
use syncline_model::object::TypeId;
use syncline_model::op::{ObjectKey, OpHash, OpKind, Operation};
use syncline_model::plan::{Effect, GuardFact, GuardKind, PlannedOp, Verb};
use syncline_model::{ApprovalId, AttrId, CsId, PartId};
use syncline_scenarios::House;
use syncline_scenarios::house::{Guard, How};
use syncline_scenarios::world::directory::{Entry, anchor};
use syncline_scenarios::world::{PROFILE, SRC, TGT};

use crate::config;
use crate::history::{Edit, edit, outside, settle};
use crate::worlds::{engine, kind};

/// People, besides those that edits are about.
const CROWD: usize = 12;
const HOUR: i64 = 3600;

/// A way in which a source loses people, or seems to.
#[derive(Debug, Clone)]
enum Blow {
    /// These are deleted.
    Deletes(Vec<Index>),
    /// All are deleted.
    Empties,
    /// A full import reads that nobody is there.
    ReadsNothing,
    /// A full import reads but these.
    Misses(Vec<Index>),
    /// A full import breaks off.
    Breaks(usize),
    /// These leave the scope, where there is one.
    Leaves(Vec<Index>),
    /// Those that are missing come back.
    ComesBack,
    /// Something else.
    Edit(Edit),
}

fn blow() -> impl Strategy<Value = Blow> {
    let some = || vec(any::<Index>(), 1..6);
    prop_oneof![
        3 => some().prop_map(Blow::Deletes),
        1 => Just(Blow::Empties),
        1 => Just(Blow::ReadsNothing),
        2 => some().prop_map(Blow::Misses),
        1 => (0..8usize).prop_map(Blow::Breaks),
        3 => some().prop_map(Blow::Leaves),
        2 => Just(Blow::ComesBack),
        3 => edit().prop_map(Blow::Edit),
    ]
}

fn member(n: usize) -> String {
    format!("m{n:02}")
}

fn put(house: &mut dyn House, n: usize) {
    let name = member(n);
    let entry = Entry::new("user", &format!("CN={name},OU=People,DC=src"))
        .set("displayName", &name)
        .set("employeeID", &name)
        .set("department", "Sales");
    house.directory(SRC).put(&name, entry);
}

fn strike(house: &mut dyn House, blow: &Blow) {
    let names = |some: &[Index]| -> BTreeSet<String> {
        some.iter().map(|n| member(n.index(CROWD))).collect()
    };
    let there = |house: &mut dyn House, name: &str| {
        house.directory(SRC).objects.contains_key(&anchor(name))
    };
    match blow {
        Blow::Deletes(some) => {
            for name in names(some) {
                if there(house, &name) {
                    house.directory(SRC).delete(&name);
                }
            }
        }
        Blow::Empties => {
            for n in 0..CROWD {
                if there(house, &member(n)) {
                    house.directory(SRC).delete(&member(n));
                }
            }
        }
        Blow::ReadsNothing => drop(house.import(SRC, How::Entries(Vec::new(), true))),
        Blow::Misses(some) => {
            let missed = names(some);
            let kept = house
                .directory(SRC)
                .objects
                .keys()
                .cloned()
                .collect::<Vec<_>>();
            let kept = kept
                .iter()
                .filter(|a| !missed.iter().any(|name| **a == anchor(name)));
            let source = house.directory(SRC);
            let entries = kept.map(|anchor| source.object(anchor)).collect();
            house.import(SRC, How::Entries(entries, true));
        }
        Blow::Breaks(after) => drop(house.import(SRC, How::Broken(*after))),
        Blow::Leaves(some) => {
            for name in names(some) {
                if there(house, &name) {
                    house.directory(SRC).edit(&name, "department", Some("Test"));
                }
            }
        }
        Blow::ComesBack => (0..CROWD).for_each(|n| put(house, n)),
        Blow::Edit(edit) => outside(house, edit),
    }
}

/// What an operation destroys.
fn destroys(op: &Operation) -> bool {
    matches!(op.kind, OpKind::Delete { .. })
}

/// An operation that only guards look at.
fn op(n: usize, object_type: u16, facts: BTreeSet<GuardFact>) -> PlannedOp {
    let id = i64::try_from(n).expect("few") + 1;
    let name = format!("o{n}");
    let travels = Operation {
        directory: TGT,
        pass: 1,
        object: ObjectKey::Anchor(anchor(&name)),
        kind: OpKind::Delete {
            object_type: "user".into(),
        },
        deltas: Vec::new(),
    };
    PlannedOp {
        cs: CsId(id),
        mv: None,
        directory: TGT,
        profile: PROFILE,
        part: PartId(1051),
        object_type: TypeId(object_type),
        depth: 0,
        hash: travels.hash(),
        op: travels,
        effect: Effect {
            verb: Verb::Update,
            place: None,
            attrs: Vec::new(),
            refs: Vec::new(),
        },
        place_before: None,
        changes: Vec::new(),
        facts: facts.into_iter().collect(),
        blocked: None,
    }
}

fn fact() -> impl Strategy<Value = GuardFact> {
    use GuardKind::{Add, Change, Clear, Delete, Disable, Membership, Move};
    prop_oneof![
        prop_oneof![
            Just(Add),
            Just(Delete),
            Just(Disable),
            Just(Membership),
            Just(Move)
        ]
        .prop_map(|kind| GuardFact { kind, attr: None }),
        (prop_oneof![Just(Change), Just(Clear)], 0..3u16).prop_map(|(kind, attr)| GuardFact {
            kind,
            attr: Some(AttrId(attr))
        }),
    ]
}

/// A limit, and one that is at most that.
fn limits(up_to: u64) -> impl Strategy<Value = (u64, u64)> {
    (0..up_to, 0..up_to).prop_map(|(a, b)| (a.max(b), a.min(b)))
}

fn mode() -> impl Strategy<Value = GuardMode> {
    prop_oneof![Just(GuardMode::Stop), Just(GuardMode::HoldListed)]
}

proptest! {
    #![proptest_config(config(50))]

    /// P-09: whatever becomes of a source, in any 24 hours no more is destroyed than the guard lets go, of what no person
    /// named.
    #[test]
    fn p09_whatever_becomes_of_a_source_little_is_destroyed_unasked(
        rounds in vec((vec(blow(), 1..4), 0..20i64, any::<bool>(), proptest::bool::weighted(0.15)), 1..12),
        kind in kind(),
        limit in 0..4u64,
    ) {
        let mut house = engine(kind);
        (0..CROWD).for_each(|n| put(&mut house, n));
        for id in house.directories() {
            house.import(id, How::Full);
        }
        settle(&mut house, false);
        house.accept();
        for _ in 0..2 {
            house.export_released(TGT, None);
            house.import(TGT, How::Delta);
            settle(&mut house, false);
        }
        house.export_released(TGT, None);
        prop_assert_eq!(house.review(), ReviewState::Live);
        let mut sent: Vec<(i64, String, usize)> = Vec::new();
        for (blows, hours, stops, approves) in &rounds {
            blows.iter().for_each(|blow| strike(&mut house, blow));
            house.world.now += hours * HOUR;
            for id in house.directories() {
                house.import(id, How::Delta);
            }
            settle(&mut house, false);
            let guard = Guard { limit, stops: *stops };
            let sending = house.export_released(TGT, Some(guard));
            for object_type in ["user", "group"] {
                let of_type = |op: &&Operation| destroys(op) && op.object_type() == object_type;
                let count = sending.sent.iter().filter(of_type).count();
                sent.push((house.world.now, object_type.to_owned(), count));
            }
            if *approves && !sending.held.is_empty() {
                // What a person names goes, and does not count.
                house.accept_list(&sending.held);
                let named: BTreeSet<OpHash> = sending.held.iter().map(Operation::hash).collect();
                let going = house.export_released(TGT, Some(guard));
                let unnamed = going.sent.iter().filter(|op| destroys(op) && !named.contains(&op.hash()));
                for op in unnamed {
                    sent.push((house.world.now, op.object_type().to_owned(), 1));
                }
            }
            house.import(TGT, How::Delta);
        }
        for (end, object_type, _) in &sent {
            let window = sent.iter().filter(|(at, t, _)| t == object_type && at <= end && *at > end - 24 * HOUR);
            let count: usize = window.map(|(.., count)| count).sum();
            prop_assert!(count as u64 <= limit, "{} of a {} in 24 hours", count, object_type);
        }
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    /// P-23: what goes under a tighter guard goes under a looser one too.
    #[test]
    fn p23_a_tighter_guard_lets_nothing_more_go(
        staged in vec((0..2u16, proptest::collection::btree_set(fact(), 0..4)), 0..30),
        before in vec((0..40i64, 0..2u16, fact()), 0..10),
        sizes in proptest::collection::btree_map((0..2u16).prop_map(TypeId), 0..200u64, 0..3),
        (least, most, percent) in (limits(20), limits(40), limits(100)),
        (adds, share, strangers) in (limits(20), limits(100), limits(8)),
        (linked, in_scope, unmatched, matched) in (0..100u64, 0..50u64, 0..50u64, 0..50u64),
        (loose_mode, tight_mode) in (mode(), mode()).prop_filter("tighter", |(loose, tight)| {
            *loose == GuardMode::HoldListed || *tight == GuardMode::Stop
        }),
    ) {
        let ops: Vec<PlannedOp> =
            staged.into_iter().enumerate().map(|(n, (object_type, facts))| op(n, object_type, facts)).collect();
        let ops: Vec<&PlannedOp> = ops.iter().collect();
        let before: Vec<Sent> = before
            .into_iter()
            .map(|(cs, object_type, fact)| Sent { directory: TGT, object_type: TypeId(object_type), cs: CsId(cs), fact })
            .collect();
        let config = ConfigHash([1; 32]);
        let standing = Standing {
            config,
            approval: None,
            live: Some((config, ApprovalId(1))),
            last_exported: Some(config),
            guards: Vec::new(),
        };
        let approved = MatchRate { in_scope, unmatched };
        let goes = |deletes: DeleteLimits, creates: CreateLimits, mode: GuardMode| -> BTreeSet<usize> {
            let mut released = release(&standing, &ops, 0);
            let counted = unnamed(&released, &ops);
            let sizes: BTreeMap<TypeId, u64> = sizes.clone();
            let mut tripped = delete_guard(&deletes, &sizes, &before, &counted);
            tripped.extend(create_guard(&creates, linked, &before, &counted, approved, matched));
            hold(&mut released, &ops, &tripped, mode);
            released.send.iter().map(|(n, _)| *n).collect()
        };
        let loose = goes(
            DeleteLimits { least: least.0, most: most.0, percent: percent.0 },
            CreateLimits { least: adds.0, percent: share.0, strangers: strangers.0 },
            loose_mode,
        );
        let tight = goes(
            DeleteLimits { least: least.1, most: most.1, percent: percent.1 },
            CreateLimits { least: adds.1, percent: share.1, strangers: strangers.1 },
            tight_mode,
        );
        prop_assert!(tight.is_subset(&loose));
    }
}
