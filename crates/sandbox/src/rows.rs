//! The answers of one row, from the memory that a call left behind.
//!
//! Invariants: nothing in the memory is believed (see [`read`](crate::read)); every output of the manifest gets an answer,
//! whatever the program did.

use syncline_model::rules::{ProgramManifest, Role, RuleValue};

use crate::batch::{Answer, RowError, RowOutput, Scope};
use crate::pack::{OUTPUT_STRIDE, Packed};
use crate::read::{Cell, Reader};
use crate::{limits, message};

/// The answers of one row and how many bytes they are; `None` when an output met the end of the arena and the row was not
/// alone.
pub(crate) fn read(
    manifest: &ProgramManifest,
    memory: &[u8],
    packed: &Packed,
    row: usize,
    alone: bool,
) -> Option<(RowOutput, usize)> {
    let mut reader = Reader {
        memory,
        bytes_left: limits::ROW_BYTES_MAX,
    };
    let status = reader.half(packed.status + row as u32 * 4);
    let mut answer = |output: usize| -> Option<Answer> {
        let at = packed.outputs[output] + row as u32 * OUTPUT_STRIDE;
        let attr = manifest.outputs[output].attr;
        let stopped = |why: &str| Answer::Error(message::stopped(manifest, output, why));
        let cell = reader
            .word(at)
            .map_or(Cell::Hostile, |word| reader.output(word, attr));
        Some(match cell {
            Cell::Null => Answer::Null,
            Cell::Value(value) => Answer::Value(value),
            Cell::Ignore => Answer::Ignore,
            Cell::AuthoritativeNull => Answer::AuthoritativeNull,
            Cell::Arena if alone => stopped("its values outgrew the sandbox's memory"),
            Cell::Arena => return None,
            Cell::TooLarge => stopped("a result is larger than an attribute may be"),
            Cell::Hostile => stopped("the compiled rule left no readable answer"),
            Cell::Error { kind, site } => {
                let custom = reader
                    .word(at + 8)
                    .filter(|w| *w != 0)
                    .and_then(|w| reader.text(w).ok());
                Answer::Error(message::row_error(manifest, output, kind, site, custom))
            }
        })
    };
    let empty = |scope| RowOutput {
        scope,
        keys: Vec::new(),
        dn: None,
        flows: Vec::new(),
    };
    match status {
        Some(0) => return Some((empty(Scope::Out), 0)),
        Some(1) => {}
        _ => {
            let unreadable =
                || message::stopped(manifest, 0, "the compiled rule left no readable answer");
            let error = if manifest.outputs.is_empty() {
                unreadable()
            } else {
                match answer(0)? {
                    Answer::Error(error) => error,
                    _ => unreadable(),
                }
            };
            return Some((empty(Scope::Error(error)), 0));
        }
    }
    let mut row = RowOutput {
        scope: Scope::In,
        keys: Vec::with_capacity(manifest.keys as usize),
        dn: None,
        flows: vec![Answer::Direct; manifest.flows.len()],
    };
    for (index, output) in manifest.outputs.iter().enumerate() {
        match output.role {
            Role::Scope => {}
            Role::Key(_) => row.keys.push(key(manifest, index, answer(index)?)),
            Role::Dn => row.dn = Some(answer(index)?),
            Role::Flow(flow) => {
                let answer = answer(index)?;
                if let Some(slot) = row.flows.get_mut(flow as usize) {
                    *slot = answer;
                }
            }
        }
    }
    let bytes = limits::ROW_BYTES_MAX - reader.bytes_left;
    Some((row, bytes))
}

/// The answers of a row that had to be stopped.
pub(crate) fn stopped(manifest: &ProgramManifest, why: &str) -> RowOutput {
    let scoped = manifest
        .outputs
        .first()
        .is_some_and(|o| o.role == Role::Scope);
    let stopped = |index: usize| message::stopped(manifest, index, why);
    let mut row = RowOutput {
        scope: Scope::In,
        keys: Vec::new(),
        dn: None,
        flows: Vec::new(),
    };
    if scoped {
        row.scope = Scope::Error(stopped(0));
        return row;
    }
    row.flows = vec![Answer::Direct; manifest.flows.len()];
    for (index, output) in manifest.outputs.iter().enumerate() {
        match output.role {
            Role::Scope => {}
            Role::Key(_) => row.keys.push(Err(stopped(index))),
            Role::Dn => row.dn = Some(Answer::Error(stopped(index))),
            Role::Flow(flow) => {
                if let Some(slot) = row.flows.get_mut(flow as usize) {
                    *slot = Answer::Error(stopped(index));
                }
            }
        }
    }
    row
}

fn key(
    manifest: &ProgramManifest,
    output: usize,
    answer: Answer,
) -> Result<Option<String>, RowError> {
    match answer {
        Answer::Value(RuleValue::String(text)) => Ok(Some(text)),
        Answer::Null | Answer::AuthoritativeNull | Answer::Ignore | Answer::Direct => Ok(None),
        Answer::Error(error) => Err(error),
        Answer::Value(_) => Err(message::stopped(
            manifest,
            output,
            "the compiled rule left a key that is no text",
        )),
    }
}
