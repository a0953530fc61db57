//! Everything at once, by seed: an administrator and we write, reads lag, tokens are reset, answers are lost.
//!
//! In the end the image built from imports equals the store, and no object was created twice. `SYNCLINE_GRAPH_SEEDS`
//! sets how many seeds are run, `SYNCLINE_GRAPH_FIRST` the first one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use syncline_connectors::contract::{AddTrace, Connector, KnownNames, OpOutcome};
use syncline_connectors::graph::GraphConnector;
use syncline_graph_sim::{DeltaOptions, Fault, FaultKind, ResetForm};
use syncline_model::import::ImportMode;
use syncline_model::op::{Change, OpKind, Operation};

use crate::world::{Image, World, add_group, add_user, delete, imported, text, to, update, user};

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap()
    }

    fn of<'a>(&mut self, list: &'a [Json]) -> Option<&'a str> {
        let at = self.below(list.len());
        list.get(at)?["id"].as_str()
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

#[test]
fn whatever_happens_the_image_is_the_store_and_nothing_is_created_twice() {
    let first = setting("SYNCLINE_GRAPH_FIRST", 1_000);
    for seed in first..first + setting("SYNCLINE_GRAPH_SEEDS", 20) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(one(seed));
    }
}

async fn one(seed: u64) {
    let mut dice = Dice(seed);
    let world = World::new(seed);
    world.unlimited();
    world.control.generate(&world.tenant, 20, 4, 6).unwrap();
    let options = DeltaOptions {
        page_size: 3 + dice.below(10),
        members_per_row: 1 + dice.below(6),
        empty_pages: 0.2,
        duplicates: 0.2,
        intermediate: 0.3,
        shuffled: true,
        replays: 0.3,
        removed_in_first_walk: true,
        ..DeltaOptions::default()
    };
    world.control.set_delta(&world.tenant, &options).unwrap();
    let connector = world.connector();
    let (entries, end) = imported(&connector, ImportMode::Full).await;
    let mut image = Image::full(entries);
    let mut watermark = end.unwrap().watermark.unwrap();
    let mut added = 0_u8;
    let mut wanted = BTreeSet::new();
    for _ in 0..4 {
        let lag = [0, 50, 150][dice.below(3)];
        world
            .control
            .set_lag(&world.tenant, &[0, lag, lag / 2])
            .unwrap();
        administrator(&world, &mut dice);
        let snapshot = world.snapshot();
        arm(&world, &mut dice);
        let mut exports = Vec::new();
        for _ in 0..8 {
            let operation = ours(&mut dice, &snapshot, &mut added, &mut wanted);
            let connector = Arc::clone(&connector);
            exports.push(tokio::spawn(async move {
                carried_out(&connector, &operation).await
            }));
        }
        for export in exports {
            export.await.unwrap();
        }
        world.control.disarm().unwrap();
        if dice.below(4) == 0 {
            let form = ResetForm::ALL[dice.below(4)];
            world
                .control
                .expire_tokens(&world.tenant, None, form)
                .unwrap();
        }
        watermark = read(&world, &connector, &mut image, watermark).await;
    }
    world.control.set_lag(&world.tenant, &[0]).unwrap();
    let patience = Instant::now();
    loop {
        watermark = read(&world, &connector, &mut image, watermark).await;
        let store = Image::of_store(&world.snapshot()).settled();
        if image.clone().settled() == store {
            break;
        }
        assert!(
            patience.elapsed() < Duration::from_secs(20),
            "seed {seed}: {image:#?} is not {store:#?}"
        );
    }
    created_once(&world, &wanted, seed);
    world.end();
}

/// A round, or everything when the place was lost; pages may break off.
async fn read(
    world: &World,
    connector: &Arc<GraphConnector>,
    image: &mut Image,
    watermark: Vec<u8>,
) -> Vec<u8> {
    let mut mode = ImportMode::Delta(watermark);
    loop {
        let is_full = mode == ImportMode::Full;
        let (entries, end) = imported(connector, mode.clone()).await;
        match end {
            Ok(end) if is_full => {
                *image = Image::full(entries);
                return end.watermark.unwrap();
            }
            Ok(end) => {
                image.apply(entries);
                return end.watermark.unwrap();
            }
            Err(fault) => {
                assert!(
                    matches!(
                        fault.code.as_ref(),
                        "import.watermark_expired" | "import.walk_expired"
                    ),
                    "{fault:?} of {}",
                    world.tenant
                );
                mode = ImportMode::Full;
            }
        }
    }
}

fn administrator(world: &World, dice: &mut Dice) {
    let snapshot = world.snapshot();
    let (users, groups) = (
        snapshot["users"].as_array().unwrap(),
        snapshot["groups"].as_array().unwrap(),
    );
    for _ in 0..5 {
        let (one, other, group) = (dice.of(users), dice.of(users), dice.of(groups));
        let number = dice.below(1_000_000);
        let change = match dice.below(7) {
            0 => {
                json!({"do": "create", "collection": "users", "object": user(&format!("admin{number}"))})
            }
            1 => {
                json!({"do": "update", "id": one, "properties": {"department": format!("d{number}"), "jobTitle": null}})
            }
            2 => json!({"do": "set_manager", "id": one, "manager": other}),
            3 => json!({"do": "add_member", "group": group, "member": one}),
            4 => json!({"do": "remove_member", "group": group, "member": one}),
            5 => {
                json!({"do": "update", "id": group, "properties": {"description": format!("g{number}")}})
            }
            _ => json!({"do": "delete", "id": one}),
        };
        // What an earlier change of the same list deleted is there no more.
        world
            .control
            .mutate(&world.tenant, &json!([change]))
            .unwrap();
    }
}

fn arm(world: &World, dice: &mut Dice) {
    let kinds = [
        FaultKind::DropAfter,
        FaultKind::DropBefore,
        FaultKind::StatusAfter(409),
        FaultKind::StatusAfter(503),
        FaultKind::Status(500),
        FaultKind::Truncate(30),
        FaultKind::ExpiredToken,
        FaultKind::ClaimsChallenge,
    ];
    for _ in 0..3 {
        let mut fault = Fault::once(kinds[dice.below(kinds.len())].clone());
        fault.after = dice.below(12) as u64;
        fault.times = Some(1 + dice.below(2) as u64);
        world.control.arm(&fault).unwrap();
    }
}

fn ours(
    dice: &mut Dice,
    snapshot: &Json,
    added: &mut u8,
    wanted: &mut BTreeSet<String>,
) -> Operation {
    let (users, groups) = (
        snapshot["users"].as_array().unwrap(),
        snapshot["groups"].as_array().unwrap(),
    );
    let one = dice.of(users).unwrap();
    let other = dice.of(users).unwrap();
    let group = dice.of(groups).unwrap();
    match dice.below(6) {
        0 | 1 => {
            *added += 1;
            let name = format!("ours{added}");
            wanted.insert(name.clone());
            let immutable = ("onPremisesImmutableId", text(&format!("aW1{added}")));
            add_user(
                *added,
                &name,
                vec![immutable, ("manager", Change::Set(vec![to(one)]))],
            )
        }
        2 => {
            *added += 1;
            let name = format!("ours{added}");
            wanted.insert(name.clone());
            let members = Change::Values {
                add: vec![to(one)],
                remove: vec![],
            };
            add_group(*added, &name, vec![("members", members)])
        }
        3 => update(
            one,
            "user",
            vec![
                ("extensionAttribute1", text(&format!("e{added}"))),
                ("jobTitle", text("Job")),
            ],
        ),
        4 => {
            let change = Change::Values {
                add: vec![to(one)],
                remove: vec![to(other)],
            };
            update(group, "group", vec![("members", change)])
        }
        _ => delete(one, "user"),
    }
}

/// As the runner does: what is unknown is traced before it is sent again.
async fn carried_out(connector: &GraphConnector, operation: &Operation) {
    for _ in 0..10 {
        match connector.export(operation, &KnownNames).await {
            OpOutcome::Unknown(_) => match connector.trace_add(operation, &KnownNames).await {
                Ok(AddTrace::Present { .. }) => return,
                _ => continue,
            },
            OpOutcome::Throttled { .. } => continue,
            OpOutcome::Rejected(fault) if matches!(operation.kind, OpKind::Add { .. }) => {
                panic!("an add was refused: {fault:?}")
            }
            _ => return,
        }
    }
}

fn created_once(world: &World, wanted: &BTreeSet<String>, seed: u64) {
    let snapshot = world.snapshot();
    let mut seen = BTreeSet::new();
    for collection in ["users", "groups", "deletedItems"] {
        for object in snapshot[collection].as_array().unwrap() {
            let name = object["displayName"].as_str().unwrap_or_default();
            if name.starts_with("ours") {
                assert!(
                    seen.insert(name.to_owned()),
                    "seed {seed}: {name} was created twice"
                );
            }
        }
    }
    assert!(seen.is_subset(wanted));
    assert_eq!(
        &seen, wanted,
        "seed {seed}: what was to be created is there"
    );
}
