//! What the fuzz once reached, replayed.

use syncline_rules::RUNTIME_WASM;
use syncline_rules_fuzz::corpus::{KEPT, replay};
use syncline_sandbox::Compiler;

#[test]
fn every_program_of_the_corpus_gives_the_same_in_both_evaluators() {
    let compiler = Compiler::new(RUNTIME_WASM).unwrap();

    let replay = replay(&compiler, KEPT);

    assert!(replay.differences.is_empty(), "{:#?}", replay.differences);
    assert!(replay.refused.is_empty(), "{:#?}", replay.refused);
    assert!(replay.programs > 150, "{}", replay.programs);
    // What is new in the runtime may wait for the next `syncline-rules-fuzz corpus`; what was reached is still reached.
    let missing = replay.reached.missing_functions();
    assert!(missing.len() < 20, "{missing:?}");
}
