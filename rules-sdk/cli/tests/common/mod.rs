//! Runs one part in both evaluators and compares them.

use syncline_model::rules::RuleValue;
use syncline_rules::RUNTIME_WASM;
use syncline_rules::part::CheckedPart;
use syncline_rules_fuzz::both;
use syncline_sandbox::Compiler;

/// A compiler for a whole test.
pub fn compiler() -> Compiler {
    Compiler::new(RUNTIME_WASM).unwrap()
}

/// Both evaluators on these rows; panics where they differ.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn compare(
    compiler: &Compiler,
    part: &CheckedPart,
    rows: &[Vec<RuleValue>],
    what: &str,
) -> Vec<Vec<String>> {
    both::answers(compiler, part, rows).unwrap_or_else(|how| panic!("{what}\n{how}"))
}
