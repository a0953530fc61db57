//! Runs one part in both evaluators and compares them.
//!
//! Invariants: the comparison covers value, kind, place and text of errors, and that a unit of work never costs more than
//! four units of fuel.

use syncline_model::rules::{Role, RuleValue};
use syncline_rules::RUNTIME_WASM;
use syncline_rules::interp;
use syncline_rules::part::CheckedPart;
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In, RowOutput, Scope};

/// Fuel of the row loop and of operations that are not charged.
const FUEL_FLOOR: u64 = 20_000;

/// A compiler for a whole test.
pub fn compiler() -> Compiler {
    Compiler::new(RUNTIME_WASM).unwrap()
}

/// The answers of the interpreter in the sandbox's form.
fn interpreted(part: &CheckedPart, row: &[RuleValue]) -> (Vec<String>, u64) {
    let result = interp::row(part, row);
    let show = |answer: &interp::Answer| match answer {
        interp::Answer::Value(value) => format!("{value:?}"),
        interp::Answer::Null => "null".into(),
        interp::Answer::AuthoritativeNull => "authoritative null".into(),
        interp::Answer::Ignore => "ignore".into(),
        interp::Answer::Error { kind, span, custom } => {
            format!(
                "{kind} at {}..{} {}",
                span.from,
                span.to,
                custom.clone().unwrap_or_default()
            )
        }
    };
    (result.answers.iter().map(show).collect(), result.work)
}

/// The answers of the sandbox, output by output, in the same form.
fn sandboxed(part: &CheckedPart, row: &RowOutput) -> Vec<String> {
    let error = |e: &syncline_sandbox::RowError| {
        let custom = if e.kind.as_str() == "custom" && !e.message.contains("(`rules.custom`)") {
            &e.message[..]
        } else {
            ""
        };
        format!("{} at {}..{} {custom}", e.kind, e.span.from, e.span.to)
    };
    let show = |answer: &Answer| match answer {
        Answer::Value(value) => format!("{value:?}"),
        Answer::Null => "null".into(),
        Answer::AuthoritativeNull => "authoritative null".into(),
        Answer::Ignore => "ignore".into(),
        Answer::Direct => "direct".into(),
        Answer::Error(e) => error(e),
    };
    let mut out = Vec::new();
    for output in &part.outputs {
        match output.output.role {
            Role::Scope => {
                out.push(match &row.scope {
                    Scope::In => format!("{:?}", RuleValue::Bool(true)),
                    Scope::Out => format!("{:?}", RuleValue::Bool(false)),
                    Scope::Error(e) => error(e),
                });
                if row.scope != Scope::In {
                    return out;
                }
            }
            Role::Key(index) => out.push(match &row.keys[index as usize] {
                Ok(Some(text)) => format!("{:?}", RuleValue::String(text.clone())),
                Ok(None) => "null".into(),
                Err(e) => error(e),
            }),
            Role::Dn => out.push(row.dn.as_ref().map_or("nothing".into(), show)),
            Role::Flow(index) => out.push(show(&row.flows[index as usize])),
        }
    }
    out
}

/// Both evaluators on these rows; panics where they differ.
#[allow(dead_code, reason = "each test uses what it needs")]
pub fn compare(
    compiler: &Compiler,
    part: &CheckedPart,
    rows: &[Vec<RuleValue>],
    what: &str,
) -> Vec<Vec<String>> {
    let (all, work, fuel) = answers(compiler, part, rows, what);
    assert!(
        fuel <= 4 * work + FUEL_FLOOR * rows.len() as u64,
        "{fuel} fuel for {work} units of work\n{what}"
    );
    all
}

/// What both evaluators answer, the units of work and the fuel; panics where the answers differ.
pub fn answers(
    compiler: &Compiler,
    part: &CheckedPart,
    rows: &[Vec<RuleValue>],
    what: &str,
) -> (Vec<Vec<String>>, u64, u64) {
    let emitted = part.emit();
    let mut program = compiler
        .program(emitted.manifest, &emitted.wasm)
        .unwrap_or_else(|e| panic!("{what}\n{e}"));
    let column = |slot| Column::Rows(rows.iter().map(|row| In::from(&row[slot])).collect());
    let columns = (0..program.manifest().slots.len()).map(column).collect();
    let output = program
        .run(&BatchInput {
            rows: rows.len(),
            columns,
        })
        .unwrap();
    let mut work = 0;
    let mut all = Vec::new();
    for (row, answers) in rows.iter().zip(&output.rows) {
        let (expected, used) = interpreted(part, row);
        work += used;
        assert_eq!(sandboxed(part, answers), expected, "{what}\non {row:?}");
        all.push(expected);
    }
    (all, work, program.fuel_used())
}
