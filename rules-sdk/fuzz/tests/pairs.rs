//! Both dialects mean the same by the same tree.

use syncline_rules::RUNTIME_WASM;
use syncline_rules_fuzz::pairs::check;
use syncline_sandbox::Compiler;

#[test]
fn a_tree_that_both_dialects_can_write_gives_the_same_in_both() {
    let compiler = Compiler::new(RUNTIME_WASM).unwrap();

    let report = check(&compiler, 1, 0, 40);

    assert!(report.differing.is_empty(), "{:#?}", report.differing);
    assert!(report.refused.is_empty(), "{:#?}", report.refused);
    assert!(report.answers > 1_000, "{}", report.answers);
}
