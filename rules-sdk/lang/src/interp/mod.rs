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

use crate::part::CheckedPart;
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
    let mut memory = vec![0; MEMORY_BYTES];
    let mut rt = Rt::new(&mut memory);
    let slots: Vec<i64> = part
        .tables
        .slots
        .iter()
        .zip(values)
        .map(|(slot, value)| values::pack(&mut rt, slot.attr, value))
        .collect();
    let mut machine = Machine::new(rt, slots);
    for output in &part.outputs {
        machine.intern(&output.checked.ir);
    }
    machine.rt.row();
    let mut answers = Vec::new();
    for (index, output) in part.outputs.iter().enumerate() {
        let cell = machine.output(&output.checked);
        let scope = output.output.role == Role::Scope;
        let answer = values::answer(
            &machine.rt,
            cell,
            output.checked.attr,
            scope,
            &part.tables.sites,
        );
        let stop = scope && answer != Answer::Value(RuleValue::Bool(true));
        answers.push(answer);
        each(index, &mut machine);
        if stop {
            break;
        }
    }
    let work = syncline_rules_guest::mem::WORK_PER_ROW - machine.rt.work_left();
    Row { answers, work }
}
