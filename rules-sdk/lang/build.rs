//! Builds the guest runtime for wasm32 and leaves it in `OUT_DIR/runtime.wasm`, to be embedded.
//!
//! Invariants: one rustc call without dependencies, so the bytes depend on the guest's source and the compiler only.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the room is pure, building it is not"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../guest");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("runtime.wasm");
    for entry in fs::read_dir(root.join("src")).expect("the guest's source is beside this crate") {
        println!(
            "cargo::rerun-if-changed={}",
            entry.expect("a readable directory").path().display()
        );
    }
    println!("cargo::rerun-if-changed={}", root.join("src").display());
    build(&root, &out);
}

fn build(root: &Path, out: &Path) {
    let rustc = env::var_os("RUSTC").expect("cargo sets it");
    let status = Command::new(rustc)
        .current_dir(root)
        .args([
            "--edition=2024",
            "--crate-type=cdylib",
            "--crate-name=syncline_rules_guest",
        ])
        .args(["--target=wasm32-unknown-unknown", "--cap-lints=allow"])
        .arg("--cfg=runtime")
        .args([
            "-Copt-level=3",
            "-Cpanic=abort",
            "-Clto=fat",
            "-Ccodegen-units=1",
            "-Cstrip=symbols",
        ])
        .args(["-Ctarget-feature=+simd128", "--remap-path-prefix=src=guest"])
        // Stack first: running over it traps instead of writing into data. Literals of programs begin at 256 KiB.
        .args(["-Clink-arg=--stack-first", "-Clink-arg=-zstack-size=65536"])
        .args([
            "-Clink-arg=--initial-memory=2097152",
            "-Clink-arg=--max-memory=67108864",
        ])
        .arg("-o")
        .arg(out)
        .arg("src/lib.rs")
        .status()
        .expect("rustc starts");
    assert!(
        status.success(),
        "the rule runtime could not be built for wasm32; is the target installed? `rustup target add wasm32-unknown-unknown`"
    );
}
