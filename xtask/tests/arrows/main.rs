//! Which room stands on which, and which library lives where: the picture of ARCHITECTURE.md as a test.
//!
//! Rooms are read from `cargo metadata`. Libraries are read from `cargo tree`, a package at a time, because only that
//! resolves features as a release is built: over the whole workspace the compiler would seem to be in the runner.
//! Development dependencies are no arrows: they are in no program.

mod cargo;

use std::collections::BTreeMap;

use cargo::{Tree, Workspace, root};

/// A room and the rooms it stands on, from the ground up. Never on each other within one floor.
const ROOMS: &[(&str, &[&str])] = &[
    // The ground: the trade's nouns, and the runtime of rules.
    ("crates/model", &[]),
    ("crates/telemetry", &[]),
    ("rules-sdk/guest", &[]),
    // Each on the ground only.
    ("crates/engine", &["crates/model"]),
    ("crates/store", &["crates/model"]),
    ("crates/connectors", &["crates/model"]),
    ("crates/wire", &["crates/model"]),
    ("crates/contract", &["crates/model"]),
    ("crates/migrate", &["crates/model"]),
    ("crates/sandbox", &["crates/model"]),
    ("rules-sdk/lang", &["crates/model", "rules-sdk/guest"]),
    // Processes and commands.
    ("host", &["crates/model", "crates/store", "crates/wire"]),
    (
        "api",
        &[
            "crates/model",
            "crates/store",
            "crates/wire",
            "crates/contract",
            "crates/telemetry",
        ],
    ),
    (
        "tenant-runner",
        &[
            "crates/model",
            "crates/engine",
            "crates/store",
            "crates/connectors",
            "crates/wire",
            "crates/contract",
            "crates/migrate",
            "crates/sandbox",
            "crates/telemetry",
            "rules-sdk/lang",
        ],
    ),
    (
        "agent",
        &[
            "crates/model",
            "crates/connectors",
            "crates/wire",
            "crates/telemetry",
        ],
    ),
    (
        "rules-sdk/compile",
        &["crates/model", "crates/sandbox", "rules-sdk/lang"],
    ),
    (
        "rules-sdk/cli",
        &["crates/model", "crates/sandbox", "rules-sdk/lang"],
    ),
    (
        "rules-sdk/fuzz",
        &["crates/model", "crates/sandbox", "rules-sdk/lang"],
    ),
    (
        "rules-sdk/bench",
        &["crates/model", "crates/sandbox", "rules-sdk/lang"],
    ),
];

/// What stands on everything, and on which nothing above stands.
const ON_EVERYTHING: &[&str] = &["tests/", "xtask"];

/// A heavy library and the one room that names it.
const HOMES: &[(&str, &str)] = &[
    ("sqlx", "crates/store"),
    ("wasmtime", "crates/sandbox"),
    ("ldap3", "crates/connectors"),
    ("openidconnect", "api"),
    ("jsonwebtoken", "api"),
    ("roxmltree", "crates/migrate"),
    ("lettre", "tenant-runner"),
    ("jiff", "tenant-runner"),
    ("landlock", "host"),
    ("seccompiler", "host"),
];

/// What waits, dials, listens, stores, or rolls dice.
const OUTSIDE: &[&str] = &[
    "tokio",
    "async-std",
    "mio",
    "socket2",
    "sqlx",
    "reqwest",
    "hyper",
    "axum",
    "ldap3",
    "rustls",
    "rand",
    "getrandom",
    "rustix",
    "nix",
    "libloading",
    "tempfile",
    "wasmtime",
];

/// A room, what is in none of its programs at any depth, and why.
const NEVER: &[(&str, &[&str], &str)] = &[
    ("crates/model", OUTSIDE, "it is pure"),
    ("crates/engine", OUTSIDE, "it is pure: values in, plan out"),
    (
        "crates/migrate",
        OUTSIDE,
        "it is pure: files in, drafts and report out",
    ),
    (
        "rules-sdk/lang",
        OUTSIDE,
        "it is pure: the same text compiles to the same bytes",
    ),
    (
        "host",
        &[
            "hyper",
            "axum",
            "reqwest",
            "rustls",
            "wasmtime",
            "crates/engine",
            "rules-sdk/lang",
            "ldap3",
        ],
        "the privileged process serves no network and parses nothing from it",
    ),
    (
        "api",
        &[
            "wasmtime",
            "ldap3",
            "crates/engine",
            "crates/sandbox",
            "rules-sdk/lang",
            "cranelift-codegen",
        ],
        "the control plane never parses directory data or rules",
    ),
    (
        "tenant-runner",
        &[
            "cranelift-codegen",
            "wasmtime-internal-cranelift",
            "ldap3",
            "reqwest",
            "openidconnect",
            "jsonwebtoken",
        ],
        "it compiles nothing itself and dials nobody",
    ),
    (
        "agent",
        &[
            "sqlx",
            "wasmtime",
            "axum",
            "crates/store",
            "crates/engine",
            "crates/sandbox",
            "rules-sdk/lang",
        ],
        "it runs no rules, serves nobody and has no database",
    ),
    (
        "rules-sdk/compile",
        &["tokio", "sqlx", "hyper", "reqwest", "rustls", "ldap3"],
        "the compile child reads its input and ends",
    ),
    (
        "rules-sdk/cli",
        &["winch-codegen", "wasmtime-internal-winch", "wasmtime-wasi"],
        "modules are compiled by Cranelift alone and reach no system",
    ),
];

/// What a package does link: were it not found, the table above would be blind.
const SEEN: &[(&str, &str)] = &[
    ("rules-sdk/compile", "cranelift-codegen"),
    ("tenant-runner", "wasmtime"),
    ("tenant-runner", "sqlx"),
    ("agent", "ldap3"),
    ("agent", "crates/connectors"),
    ("api", "openidconnect"),
    ("host", "tokio"),
];

/// Rooms without clock, chance, files, environment and network; the guest has no standard library at all.
const PURE: &[&str] = &[
    "crates/model",
    "crates/engine",
    "crates/migrate",
    "rules-sdk/lang",
];

#[test]
fn every_room_stands_on_the_rooms_below_it_and_on_no_other() {
    let workspace = Workspace::read();
    let drawn: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();

    for (room, stands_on) in &workspace.arrows {
        if is_on_everything(room) {
            continue;
        }
        let Some(drawn) = drawn.get(room.as_str()) else {
            panic!("{room} is a new room: draw it in xtask/tests/arrows and in ARCHITECTURE.md");
        };
        for below in stands_on {
            assert!(
                drawn.contains(&below.as_str()),
                "forbidden arrow: {room} → {below}, named in {room}/Cargo.toml"
            );
        }
        for below in *drawn {
            assert!(
                stands_on.contains(*below),
                "{room} → {below} is drawn but not there: take it out of the picture"
            );
        }
    }
    for room in drawn.keys().filter(|room| **room != "rules-sdk/guest") {
        assert!(
            workspace.arrows.contains_key(*room),
            "{room} is drawn and does not exist"
        );
    }
}

#[test]
fn the_reference_model_shares_no_line_with_the_engine_that_it_judges() {
    let workspace = Workspace::read();
    let stands_on = &workspace.arrows["tests/reference"];

    let below: Vec<&str> = stands_on.iter().map(String::as_str).collect();
    assert_eq!(below, ["crates/model"]);
}

#[test]
fn a_heavy_library_is_named_in_one_room() {
    let workspace = Workspace::read();

    for (library, home) in HOMES {
        let named = workspace
            .libraries
            .iter()
            .filter(|(room, _)| !is_on_everything(room));
        let named: Vec<&str> = named
            .filter(|(_, all)| all.contains(*library))
            .map(|(room, _)| room.as_str())
            .collect();
        assert_eq!(named, [*home], "{library} lives in {home}");
    }
}

#[test]
fn no_program_links_what_its_room_must_never_have() {
    let workspace = Workspace::read();
    let trees: BTreeMap<&str, Tree> = ROOMS
        .iter()
        .filter(|(room, _)| workspace.arrows.contains_key(*room))
        .map(|(room, _)| (*room, Tree::of(&workspace, room)))
        .collect();

    for (room, library) in SEEN {
        let name = workspace.package(library);
        assert!(
            trees[room].path(&name).is_some(),
            "{room} links {library}, and the tree does not show it"
        );
    }
    for (room, all, why) in NEVER {
        for library in *all {
            if let Some(path) = trees[room].path(&workspace.package(library)) {
                panic!("forbidden: {room} → {library}: {why}\n{}", path.join(" → "));
            }
        }
    }
}

#[test]
fn the_pure_rooms_are_kept_from_clock_chance_files_environment_and_network() {
    let text = |room: &str, file: &str| {
        std::fs::read_to_string(root().join(room).join(file)).unwrap_or_else(|error| {
            panic!("{room}/{file}: {error}; a pure room has the clippy.toml of crates/model")
        })
    };
    let first = text(PURE[0], "clippy.toml");

    for room in PURE {
        assert_eq!(
            text(room, "clippy.toml"),
            first,
            "{room}/clippy.toml is not the one of {}",
            PURE[0]
        );
        let manifest = text(room, "Cargo.toml");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{room} does not take the lints"
        );
    }
    for forbidden in [
        "SystemTime::now",
        "Instant::now",
        "RandomState",
        "fs::File",
        "fs::read",
        "env::var",
        "TcpStream",
        "UnixStream",
        "UdpSocket",
        "process::Command",
    ] {
        assert!(
            first.contains(&format!("{forbidden}\", reason = ")),
            "clippy.toml does not forbid {forbidden}"
        );
    }
    assert!(
        text("rules-sdk/guest", "src/lib.rs").contains("\n#![no_std]\n"),
        "the guest is no_std"
    );
}

#[test]
fn a_tree_tells_the_way_to_what_is_in_it() {
    let tree = Tree::parse("0a v1\n1b v1\n2c v2 (/x)\n1d v0.1 (proc-macro)\n2e v1 (*)\n");

    assert_eq!(tree.path("c").unwrap(), ["a", "b", "c"]);
    assert_eq!(tree.path("e").unwrap(), ["a", "d", "e"]);
    assert_eq!(tree.path("f"), None);
}

fn is_on_everything(room: &str) -> bool {
    ON_EVERYTHING.iter().any(|above| room.starts_with(above))
}
