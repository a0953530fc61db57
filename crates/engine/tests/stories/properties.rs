//! Properties over random histories of a small world: P-01 to P-04, P-11, P-12, P-24.
//!
//! What does not count as a failure: objects in error stay as they are; ids differ between histories.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use syncline_model::object::{Provenance, Subject};
use syncline_model::plan::{EventKind, PlanPart, Verb};

use crate::world::directory::Entry;
use crate::world::{HR, SRC, TGT, World};

const NAMES: [&str; 5] = ["Ann", "Bob", "Cid", "Dan", "Eve"];
const MAILS: [&str; 4] = ["a@x", "b@x", "c@x", "A@X"];

/// One thing that happens outside.
#[derive(Debug, Clone)]
pub enum Edit {
    User(usize, usize),
    Department(usize, usize),
    Mail(usize, Option<usize>),
    Manager(usize, usize),
    Display(usize, usize),
    Gone(usize),
    Members(u8),
    Stranger(usize, usize),
    Drift(usize),
    TargetGone(usize),
    Hr(usize, usize),
    HrGone(usize),
    HrMail(usize, Option<usize>),
}

/// One thing that we do.
#[derive(Debug, Clone)]
pub enum Step {
    Edit(Edit),
    DeltaSource,
    FullSource,
    DeltaTarget,
    DeltaHr,
    Sync,
    Export,
}

fn edit() -> impl Strategy<Value = Edit> {
    let who = 0..NAMES.len();
    prop_oneof![
        4 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::User(n, d)),
        2 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::Department(n, d)),
        2 => (who.clone(), proptest::option::of(0..MAILS.len())).prop_map(|(n, m)| Edit::Mail(n, m)),
        2 => (who.clone(), who.clone()).prop_map(|(n, m)| Edit::Manager(n, m)),
        4 => (who.clone(), who.clone()).prop_map(|(n, m)| Edit::Display(n, m)),
        2 => who.clone().prop_map(Edit::Gone),
        2 => any::<u8>().prop_map(Edit::Members),
        1 => (who.clone(), 0..MAILS.len()).prop_map(|(n, m)| Edit::Stranger(n, m)),
        1 => who.clone().prop_map(Edit::Drift),
        1 => who.clone().prop_map(Edit::TargetGone),
        3 => (who.clone(), 0..3usize).prop_map(|(n, d)| Edit::Hr(n, d)),
        1 => who.clone().prop_map(Edit::HrGone),
        2 => (who, proptest::option::of(0..MAILS.len())).prop_map(|(n, m)| Edit::HrMail(n, m)),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => edit().prop_map(Step::Edit),
        2 => Just(Step::DeltaSource),
        1 => Just(Step::FullSource),
        2 => Just(Step::DeltaTarget),
        2 => Just(Step::DeltaHr),
        3 => Just(Step::Sync),
        2 => Just(Step::Export),
    ]
}

fn outside(w: &mut World, edit: &Edit) {
    let source = w.dir(SRC).objects.clone();
    let has = |n: usize| source.contains_key(&crate::world::directory::anchor(NAMES[n]));
    match edit {
        Edit::User(n, d) if !has(*n) => {
            let name = NAMES[*n];
            let entry = Entry::new("user", &format!("CN={name},OU=People,DC=src"))
                .set("displayName", name)
                .set("employeeID", name)
                .set("department", ["Sales", "IT", "Test"][*d]);
            w.dir(SRC).put(name, entry);
        }
        Edit::Department(n, d) if has(*n) => {
            w.dir(SRC)
                .edit(NAMES[*n], "department", Some(["Sales", "IT", "Test"][*d]));
        }
        Edit::Mail(n, m) if has(*n) => w.dir(SRC).edit(NAMES[*n], "mail", m.map(|m| MAILS[m])),
        Edit::Manager(n, m) if has(*n) => w.dir(SRC).refer(NAMES[*n], "manager", &[NAMES[*m]]),
        Edit::Display(n, m) if has(*n) => {
            w.dir(SRC).edit(NAMES[*n], "displayName", Some(NAMES[*m]));
        }
        Edit::Gone(n) if has(*n) => w.dir(SRC).delete(NAMES[*n]),
        Edit::Members(mask) => {
            let members: Vec<&str> = (0..NAMES.len())
                .filter(|n| mask >> n & 1 == 1 && has(*n))
                .map(|n| NAMES[n])
                .collect();
            if !source.contains_key(&crate::world::directory::anchor("G")) {
                w.dir(SRC).put(
                    "G",
                    Entry::new("group", "CN=G,OU=Groups,DC=src").set("name", "G"),
                );
            }
            w.dir(SRC).refer("G", "member", &members);
        }
        Edit::Stranger(n, m) => {
            let nick = format!("x{n}");
            let known = crate::world::directory::anchor(&nick);
            if !w.dir(TGT).objects.contains_key(&known) {
                let dn = match w.dir(TGT).is_flat() {
                    true => String::new(),
                    false => format!("CN={nick},OU=Synced,DC=tgt"),
                };
                w.dir(TGT)
                    .put(&nick, Entry::new("user", &dn).set("mail", MAILS[*m]));
            }
        }
        Edit::Drift(n) => {
            if let Some(nick) = account_of(w, *n) {
                w.dir(TGT).edit(&nick, "department", Some("by hand"));
            }
        }
        Edit::TargetGone(n) => {
            if let Some(nick) = account_of(w, *n) {
                w.dir(TGT).delete(&nick);
            }
        }
        Edit::Hr(n, d) if w.directories.contains_key(&HR) && !in_hr(w, *n) => {
            let name = NAMES[*n];
            let entry = Entry::new("user", &format!("CN={name},OU=Staff,DC=hr"))
                .set("displayName", name)
                .set("employeeID", name)
                .set("department", ["Sales", "IT", "Test"][*d]);
            w.dir(HR).put(name, entry);
        }
        Edit::HrGone(n) if in_hr(w, *n) => w.dir(HR).delete(NAMES[*n]),
        Edit::HrMail(n, m) if in_hr(w, *n) => {
            w.dir(HR).edit(NAMES[*n], "mail", m.map(|m| MAILS[m]))
        }
        _ => {}
    }
}

/// The target's account of a person.
fn account_of(w: &mut World, n: usize) -> Option<String> {
    let target = w.dir(TGT);
    let found = match target.is_flat() {
        true => target.by_value("displayName", NAMES[n]),
        false => {
            let dn = format!("CN={},OU=Synced,DC=tgt", NAMES[n]);
            target.by_dn(&dn).map(|(anchor, _)| anchor)
        }
    };
    found.map(crate::world::directory::nickname)
}

fn in_hr(w: &World, n: usize) -> bool {
    let known = |d: &crate::world::Directory| {
        d.objects
            .contains_key(&crate::world::directory::anchor(NAMES[n]))
    };
    w.directories.get(&HR).is_some_and(known)
}

/// Checks every part and every write on the way.
fn check_parts(w: &World, parts: &[PlanPart]) {
    for part in parts {
        let tied: BTreeSet<Subject> = part
            .events
            .iter()
            .filter(|e| matches!(e.kind, EventKind::Ambiguous | EventKind::AmbiguousTarget))
            .map(|e| e.subject)
            .collect();
        for event in &part.events {
            let creates = matches!(event.kind, EventKind::Projected | EventKind::Provisioned);
            assert!(
                !creates || !tied.contains(&event.subject),
                "ambiguity never creates (P-11)"
            );
        }
    }
    for op in w.staged() {
        if op.verb() == Verb::Delete {
            let provenance = w.db.cs[&op.cs].row.provenance;
            assert_eq!(
                provenance,
                Provenance::CreatedByUs,
                "only what we made is deleted (P-12)"
            );
        }
    }
    for ops in w.db.pending.values() {
        let passes: BTreeSet<u8> = ops.iter().map(|op| op.pass()).collect();
        assert_eq!(
            passes.len(),
            ops.len(),
            "one operation per object and pass (P-24)"
        );
    }
}

pub fn take(w: &mut World, step: &Step, full_sync: bool) {
    match step {
        Step::Edit(edit) => outside(w, edit),
        Step::DeltaSource => drop(w.delta_import(SRC)),
        Step::FullSource => drop(w.full_import(SRC)),
        Step::DeltaTarget => drop(w.delta_import(TGT)),
        Step::DeltaHr if w.directories.contains_key(&HR) => drop(w.delta_import(HR)),
        Step::DeltaHr => {}
        Step::Sync => {
            if full_sync {
                w.requeue();
            }
            let parts = w.sync();
            check_parts(w, &parts);
        }
        Step::Export => drop(w.export(TGT)),
    }
}

/// Cycles until nothing is sent any more.
pub fn converge(w: &mut World) {
    for _ in 0..6 {
        let sent = w.cycle();
        w.settle();
        if sent.is_empty() {
            return;
        }
    }
    panic!(
        "no fixed point after six cycles (P-01):\n{}{}",
        w.plan(),
        w.errors()
    );
}

/// What both directories and the metaverse hold, without ids.
pub fn state(w: &World) -> String {
    let mut out = w.metaverse();
    let mut target: Vec<String> = w.directories[&TGT]
        .objects
        .values()
        .map(|entry| {
            let name = |anchor: &syncline_model::Anchor| {
                w.directories[&TGT]
                    .objects
                    .get(anchor)
                    .map(|e| e.dn.to_string())
            };
            let refs: Vec<_> = entry
                .refs
                .iter()
                .map(|(a, to)| {
                    (
                        a.to_string(),
                        to.iter().filter_map(name).collect::<BTreeSet<_>>(),
                    )
                })
                .collect();
            let attrs: Vec<_> = entry
                .attrs
                .iter()
                .map(|(a, v)| {
                    (
                        a.to_string(),
                        v.iter()
                            .filter_map(|v| v.as_text())
                            .collect::<Vec<_>>()
                            .join("|"),
                    )
                })
                .collect();
            format!("{} {attrs:?} {refs:?}\n", entry.dn)
        })
        .collect();
    target.sort();
    out.extend(target);
    out.push_str(&w.plan());
    out.push_str(&w.errors());
    out
}

/// The worlds that histories are played in.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Standard,
    Rich,
    Flat,
    Unique,
    /// Accounts of leavers are disabled and moved.
    Leavers,
    /// People are kept for a week.
    Grace,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Standard),
        Just(Kind::Rich),
        Just(Kind::Flat),
        Just(Kind::Unique),
        Just(Kind::Leavers),
        Just(Kind::Grace)
    ]
}

pub fn begin(kind: Kind) -> World {
    match kind {
        Kind::Standard => World::standard(),
        Kind::Rich => rich_world(),
        Kind::Flat => crate::flat::world(),
        Kind::Grace => crate::grace::world(crate::world::Target::Tree),
        Kind::Leavers => crate::leavers::disabling_world(crate::world::Target::Tree),
        Kind::Unique => crate::unique::world_by("displayName"),
    }
}

fn run(steps: &[Step], full_sync: bool, kind: Kind) -> World {
    run_in(begin(kind), steps, full_sync)
}

fn run_in(mut w: World, steps: &[Step], full_sync: bool) -> World {
    for step in steps {
        take(&mut w, step, full_sync);
    }
    converge(&mut w);
    w
}

/// A profile of two sources that join each other by number and by mail, addresses of both merged and a
/// department that is retained, scopes on both sides, and an
/// outbound part that narrows: everything that can wait for something else.
pub const RICH: &str = r#"{"name":"rich","inbound":[
      {"directory":"dir_1","type":"user","metaverse_type":"person","link":"provision",
       "scope":{"expr":"department != Test"},
       "match":[[{"source":"employeeID","metaverse":"employeeID"}],[{"source":"mail","metaverse":"mail"}]],
       "flows":[{"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
                {"to":"proxyAddresses","from":"mail","merge":true},
                {"to":"department","from":"department"},{"to":"manager","from":"manager"}]},
      {"directory":"dir_3","type":"user","metaverse_type":"person","link":"sticky",
       "match":[[{"source":"mail","metaverse":"mail"}],[{"source":"displayName","metaverse":{"expr":"<displayName>"}}]],
       "flows":[{"to":"employeeID","from":"employeeID"},{"to":"mail","from":"mail"},
                {"to":"proxyAddresses","from":"mail","merge":true},
                {"to":"department","from":"department","retain":true}]},
      {"directory":"dir_1","type":"group","metaverse_type":"group","link":"provision","flows":[
        {"to":"name","from":"name"},{"to":"member","from":"member"}]}],
     "outbound":[
      {"directory":"dir_2","type":"user","metaverse_type":"person","action":"create-or-update",
       "scope":{"expr":"department != IT"},
       "match":[[{"metaverse":"mail","target":"mail"}],[{"metaverse":{"expr":"<displayName>"},"target":{"expr":"<displayName>"}}]],
       "dn":{"expr":"CN=<displayName>,OU=Synced,DC=tgt"},"deprovision":"delete","flows":[
        {"to":"displayName","from":"displayName"},{"to":"mail","from":"mail"},
        {"to":"proxyAddresses","from":"proxyAddresses"},
        {"to":"department","expr":"<department>","mode":"on-change"},
        {"to":"info","from":"department","mode":"if-empty"},{"to":"manager","from":"manager"}]},
      {"directory":"dir_2","type":"group","metaverse_type":"group","action":"create-or-update",
       "match":[[{"metaverse":"name","target":"name"}]],
       "dn":{"expr":"CN=<name>,OU=Synced,DC=tgt"},"deprovision":"disconnect","flows":[
        {"to":"name","from":"name"},{"to":"member","from":"member"}]}]}"#;

/// The world of [`RICH`].
pub fn rich_world() -> World {
    let mut w = World::new(
        RICH,
        vec![
            (
                SRC,
                crate::world::Directory::new("src", &["OU=People,DC=src", "OU=Groups,DC=src"]),
            ),
            (
                TGT,
                crate::world::Directory::new("tgt", &["OU=Synced,DC=tgt"]),
            ),
            (HR, crate::world::Directory::new("hr", &["OU=Staff,DC=hr"])),
        ],
    );
    w.full_import(TGT);
    w
}

proptest! {
    // Seeded, so that a run of the suite is the same everywhere; PROPTEST_RNG_SEED and PROPTEST_CASES widen it.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases / 4,
        max_shrink_iters: 400,
        failure_persistence: None,
        rng_seed: match ProptestConfig::default().rng_seed {
            RngSeed::Random => RngSeed::Fixed(2026),
            fixed => fixed,
        },
        ..ProptestConfig::default()
    })]

    #[test]
    fn p01_p02_a_history_converges_and_then_nothing_changes_any_more(
        steps in proptest::collection::vec(step(), 1..40),
        kind in kind(),
    ) {
        let mut w = run(&steps, false, kind);
        let before = state(&w);

        w.requeue();
        let parts = w.sync();
        prop_assert!(parts.iter().all(|part| part.is_quiet()), "a full sync after a delta sync changes nothing");
        w.full_import(SRC);
        prop_assert_eq!(w.counts.changes(), 0);
        w.full_import(TGT);
        prop_assert_eq!(w.counts.changes(), 0);
        prop_assert!(w.cycle().is_empty());
        prop_assert_eq!(state(&w), before);
    }

    #[test]
    fn p03_delta_sync_equals_full_sync(
        steps in proptest::collection::vec(step(), 1..40),
        kind in kind(),
    ) {
        let delta = run(&steps, false, kind);
        let full = run(&steps, true, kind);

        prop_assert_eq!(state(&delta), state(&full));
    }

    #[test]
    fn p04_the_order_and_size_of_pages_decides_nothing(
        edits in proptest::collection::vec(edit(), 1..25),
        more in proptest::collection::vec(edit(), 1..10),
        page in 1..6usize,
        seed in any::<u64>(),
        kind in kind(),
    ) {
        let world = |shuffled: bool| {
            let mut w = begin(kind);
            let directories: Vec<_> = w.directories.keys().copied().collect();
            for edits in [&edits, &more] {
                edits.iter().for_each(|edit| outside(&mut w, edit));
                for &id in &directories {
                    let mut entries = w.dir(id).delta();
                    let pages = if shuffled { page } else { 100 };
                    if shuffled {
                        shuffle(&mut entries, seed);
                    }
                    w.import_pages(id, entries, false, true, pages);
                }
                w.sync();
                w.export(TGT);
            }
            converge(&mut w);
            w
        };

        prop_assert_eq!(state(&world(false)), state(&world(true)));
    }

    #[test]
    fn the_size_of_parts_decides_nothing_and_a_kill_between_two_neither(
        steps in proptest::collection::vec(step(), 1..40),
        kind in kind(),
        batch in 1..5usize,
        killed_after in proptest::option::of(0..4usize),
    ) {
        let (mut whole, mut small) = (begin(kind), begin(kind));
        (whole.settles, small.settles) = (true, true);
        small.batch = NonZeroUsize::new(batch).expect("from one on");
        small.killed_after = killed_after;

        let small = run_in(small, &steps, false);
        prop_assert_eq!(state(&small), state(&run_in(whole, &steps, false)));
    }

    #[test]
    fn p24_no_operation_is_without_effect(
        steps in proptest::collection::vec(step(), 1..40),
        kind in kind(),
    ) {
        let mut w = begin(kind);
        for step in &steps {
            if matches!(step, Step::Export) {
                // Only a write planned on what the directory holds can be judged.
                let directories: Vec<_> = w.directories.keys().copied().collect();
                for id in directories {
                    w.delta_import(id);
                }
                w.sync();
                for op in w.staged() {
                    let before = w.dir(TGT).objects.clone();
                    let sent = w.export_only(TGT, |o| o.hash == op.hash);
                    let failed = w.errors().contains("Export");
                    prop_assert!(sent.is_empty() || failed || w.dir(TGT).objects != before, "{}", w.print_ops(&sent));
                }
            } else {
                take(&mut w, step, false);
            }
        }
    }
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for i in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        items.swap(i, usize::try_from(state % (i as u64 + 1)).expect("small"));
    }
}
