//! Runs one part in both evaluators and compares them.
//!
//! Invariants: the comparison covers value, kind, place and text of errors, and that a unit of work never costs more than
//! seven units of fuel (a row has eight for each of its units: `limits::FUEL_PER_ROW`).

use std::panic::{AssertUnwindSafe, catch_unwind};

use syncline_model::rules::{Role, RuleValue, SlotSource};
use syncline_rules::interp;
use syncline_rules::part::CheckedPart;
use syncline_sandbox::{Answer, BatchInput, Column, Compiler, In, RowOutput, Scope, limits};

/// Fuel of a unit of work at most.
const FUEL_OF_A_UNIT: u64 = 7;
/// Fuel of the row loop and of operations that are not charged, for a row of a part with few outputs.
const FUEL_FLOOR: u64 = 20_000;
/// For how many outputs it is enough.
const FEW: u64 = 8;

/// The answers of the interpreter in the sandbox's form, and its work.
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
                cut(custom.as_deref().unwrap_or_default())
            )
        }
    };
    let answers = result.answers.iter().zip(&part.outputs);
    let answers = answers.map(|(answer, output)| match (answer, output.output.role) {
        // A key is a text, or there is none.
        (interp::Answer::Ignore | interp::Answer::AuthoritativeNull, Role::Key(_)) => "null".into(),
        // So many values do not leave the sandbox.
        (interp::Answer::Value(RuleValue::List(all)), _) if all.len() > limits::VALUES_MAX => {
            "budget at 0..0 ".into()
        }
        (answer, _) => show(answer),
    });
    (answers.collect(), result.work)
}

/// The text of a `throw` as the sandbox gives it.
fn cut(text: &str) -> String {
    match text.char_indices().nth(limits::MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
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

/// The columns of a batch: one value a row, or one for all where a program cannot see another.
pub fn columns<'a>(part: &CheckedPart, rows: &'a [Vec<RuleValue>]) -> Vec<Column<'a>> {
    let slots = part.tables.slots.iter().enumerate();
    slots
        .map(|(slot, of)| match (&of.source, rows.first()) {
            (SlotSource::Parameter(_) | SlotSource::Clock, Some(row)) => {
                Column::Constant(In::from(&row[slot]))
            }
            _ => Column::Rows(rows.iter().map(|row| In::from(&row[slot])).collect()),
        })
        .collect()
}

/// The answers of both evaluators on these rows, or how they differ.
pub fn answers(
    compiler: &Compiler,
    part: &CheckedPart,
    rows: &[Vec<RuleValue>],
) -> Result<Vec<Vec<String>>, String> {
    let all = catch_unwind(AssertUnwindSafe(|| compared(compiler, part, rows)));
    all.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

fn compared(
    compiler: &Compiler,
    part: &CheckedPart,
    rows: &[Vec<RuleValue>],
) -> Result<Vec<Vec<String>>, String> {
    let emitted = part.emit();
    let mut program = (compiler.program(emitted.manifest, &emitted.wasm))
        .map_err(|e| format!("the module is refused: {e}"))?;
    let batch = BatchInput {
        rows: rows.len(),
        columns: columns(part, rows),
    };
    let output = (program.run(&batch)).map_err(|e| format!("the batch is refused: {e}"))?;
    let mut work = 0;
    let mut all = Vec::new();
    for (row, answers) in rows.iter().zip(&output.rows) {
        let (expected, used) = interpreted(part, row);
        work += used;
        let found = sandboxed(part, answers);
        if let Some(at) =
            (0..expected.len().max(found.len())).find(|i| expected.get(*i) != found.get(*i))
        {
            let path = part.outputs.get(at).map_or("", |o| &o.output.path);
            return Err(format!(
                "{path} of the interpreter {:?}\n{path} of the sandbox     {:?}\non {row:?}",
                expected.get(at),
                found.get(at)
            ));
        }
        all.push(expected);
    }
    let fuel = program.fuel_used();
    let floor = FUEL_FLOOR * (part.outputs.len() as u64).div_ceil(FEW).max(1);
    if fuel > FUEL_OF_A_UNIT * work + floor * rows.len() as u64 {
        return Err(format!("{fuel} fuel for {work} units of work"));
    }
    Ok(all)
}
