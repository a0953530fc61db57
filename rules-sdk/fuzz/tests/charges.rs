//! What is dear: operations on long texts, and in loops.

use syncline_rules::RUNTIME_WASM;
use syncline_rules_fuzz::corpus::{DEAR, replay};
use syncline_sandbox::Compiler;

#[test]
fn what_is_dear_is_charged_for() {
    let compiler = Compiler::new(RUNTIME_WASM).unwrap();

    // Each alone: beside others it would be paid for by them.
    let replays: Vec<_> = DEAR.lines().map(|line| replay(&compiler, line)).collect();

    let differences: Vec<_> = replays.iter().flat_map(|r| &r.differences).collect();
    let refused: Vec<_> = replays.iter().flat_map(|r| &r.refused).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(refused.is_empty(), "{refused:#?}");
    let programs: usize = replays.iter().map(|r| r.programs).sum();
    assert!(programs > 60, "{programs}");
}
