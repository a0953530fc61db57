//! The reference interpreter: walks the IR of a part for one row, with the native build of the runtime.
//!
//! Invariants: gives the same answers as the WASM of the same part, errors and work counts included; holds nothing
//! between rows.

mod eval;
mod ops;
mod shown;
mod values;

use syncline_model::rules::{ErrorKind, Role, RuleValue, Span};
use syncline_rules_guest::Rt;

use crate::part::{CheckedOutput, CheckedPart};
pub(crate) use eval::Machine;
pub(crate) use shown::shown;

/// Memory of one row.
const MEMORY_BYTES: usize = 8 << 20;

/// The answer of one output.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A value.
    Value(RuleValue),
    /// No value.
    Null,
    /// No value, and no other rule may give one.
    AuthoritativeNull,
    /// As if the flow did not exist.
    Ignore,
    /// Failed.
    Error {
        /// Why.
        kind: ErrorKind,
        /// Where; empty when no place is known.
        span: Span,
        /// The text of a `throw`.
        custom: Option<String>,
    },
}

/// The answers of one row: the computed outputs in the order of the manifest. Out of scope, only the scope.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The answers.
    pub answers: Vec<Answer>,
    /// Work units used.
    pub work: u64,
}

/// Evaluates one row. `values` stand in the order of the part's slots.
///
/// # Panics
///
/// When a value does not have the type of its slot.
pub fn row(part: &CheckedPart, values: &[RuleValue]) -> Row {
    run(part, values, |_, _| {})
}

/// Evaluates one row; `each` sees the machine after every output.
pub(crate) fn run(
    part: &CheckedPart,
    values: &[RuleValue],
    mut each: impl FnMut(usize, &mut Machine<'_>),
) -> Row {
    let mut memory = memory();
    let mut machine = machine(&mut memory, part, values);
    for output in &part.outputs {
        machine.intern(&output.checked.ir);
    }
    machine.rt.row();
    let mut answers = Vec::new();
    for (index, output) in part.outputs.iter().enumerate() {
        let answer = answer(&mut machine, part, output);
        let scope = output.output.role == Role::Scope;
        let stop = scope && answer != Answer::Value(RuleValue::Bool(true));
        answers.push(answer);
        each(index, &mut machine);
        if stop {
            break;
        }
    }
    Row {
        answers,
        work: work(&machine),
    }
}

/// Memory for one row after another; what one leaves in it is never read by the next.
pub(crate) fn memory() -> Vec<u8> {
    vec![0; MEMORY_BYTES]
}

/// What one output gives by itself, whatever the scope says, and the work and nodes that this took. None where it takes more
/// than so many nodes. `values` as for [`row`]; those of columns that the output does not read may be null.
pub(crate) fn alone(
    memory: &mut [u8],
    (part, output): (&CheckedPart, usize),
    values: &[RuleValue],
    nodes: u64,
) -> (Option<Answer>, u64) {
    let mut machine = machine(memory, part, values);
    let output = &part.outputs[output];
    machine.intern(&output.checked.ir);
    machine.rt.row();
    machine.nodes_left = nodes;
    let answer = answer(&mut machine, part, output);
    let cost = work(&machine) + (nodes - machine.nodes_left);
    ((machine.nodes_left > 0).then_some(answer), cost)
}

fn machine<'m>(memory: &'m mut [u8], part: &CheckedPart, values: &[RuleValue]) -> Machine<'m> {
    let mut rt = Rt::new(memory);
    let slots = part.tables.slots.iter().zip(values);
    let slots = slots.map(|(slot, value)| values::pack(&mut rt, slot.attr, value));
    let slots = slots.collect();
    Machine::new(rt, slots)
}

fn answer(machine: &mut Machine<'_>, part: &CheckedPart, output: &CheckedOutput) -> Answer {
    let cell = machine.output(&output.checked);
    let scope = output.output.role == Role::Scope;
    let attr = output.checked.attr;
    values::answer(&machine.rt, cell, attr, scope, &part.tables.sites)
}

/// What the runtime did since the row began.
fn work(machine: &Machine<'_>) -> u64 {
    syncline_rules_guest::mem::WORK_PER_ROW - machine.rt.work_left()
}
