//! The answers of one row, from the memory that a call left behind.
//!
//! Invariants: nothing in the memory is believed (see [`read`](crate::read)); every output of the manifest gets an answer,
//! whatever the program did.

use syncline_model::rules::{ProgramManifest, Role};

use crate::batch::{Answer, RowError, RowOutput, Scope, Seen, SeenAnswer, Sink};
use crate::pack::{OUTPUT_STRIDE, Packed};
use crate::read::{Cell, Reader, is_arena};
use crate::{limits, message};

/// Whether an output of these rows met the end of the arena, so that they have no answer together. What was not written is 0.
pub(crate) fn met_the_end(reader: &Reader<'_>, packed: &Packed, rows: usize) -> bool {
    let len = rows * OUTPUT_STRIDE as usize;
    let column = |at: &u32| reader.memory.get(*at as usize..)?.get(..len);
    packed.outputs.iter().filter_map(column).any(|column| {
        let mut cells = column.chunks_exact(OUTPUT_STRIDE as usize);
        cells.any(|cell| is_arena(i64::from_le_bytes(cell[..8].try_into().unwrap_or_default())))
    })
}

/// Gives the answers of one row to the sink, and says how many bytes they are.
pub(crate) fn read<'m>(
    manifest: &ProgramManifest,
    reader: &mut Reader<'m>,
    packed: &Packed,
    row: usize,
    sink: &mut dyn Sink,
) -> usize {
    reader.bytes_left = limits::ROW_BYTES_MAX;
    match reader.half(packed.status + row as u32 * 4) {
        Some(0) => {
            sink.row(Scope::Out);
            return 0;
        }
        Some(1) => {}
        _ => {
            let error = (!manifest.outputs.is_empty())
                .then(|| match answer(manifest, reader, packed, row, 0) {
                    SeenAnswer::Error(error) => Some(*error),
                    _ => None,
                })
                .flatten();
            sink.row(Scope::Error(error.unwrap_or_else(|| {
                message::stopped(manifest, 0, "the compiled rule left no readable answer")
            })));
            return 0;
        }
    }
    sink.row(Scope::In);
    for (index, output) in manifest.outputs.iter().enumerate() {
        if output.role != Role::Scope {
            sink.answer(index, answer(manifest, reader, packed, row, index));
        }
    }
    limits::ROW_BYTES_MAX - reader.bytes_left
}

#[inline]
fn answer<'r, 'm>(
    manifest: &ProgramManifest,
    reader: &'r mut Reader<'m>,
    packed: &Packed,
    row: usize,
    output: usize,
) -> SeenAnswer<'r, 'm> {
    let at = packed.outputs[output] + row as u32 * OUTPUT_STRIDE;
    let attr = manifest.outputs[output].attr;
    let stopped = |why: &str| SeenAnswer::Error(Box::new(message::stopped(manifest, output, why)));
    let cell = reader
        .word(at)
        .map_or(Cell::Hostile, |word| reader.output(word, attr));
    match cell {
        Cell::Null => SeenAnswer::Null,
        Cell::Value(value) => SeenAnswer::Value(value),
        Cell::List => SeenAnswer::List(&reader.items),
        Cell::Ignore => SeenAnswer::Ignore,
        Cell::AuthoritativeNull => SeenAnswer::AuthoritativeNull,
        Cell::Arena => stopped("its values outgrew the sandbox's memory"),
        Cell::TooLarge => stopped("a result is larger than an attribute may be"),
        Cell::Hostile => stopped("the compiled rule left no readable answer"),
        Cell::Error { kind, site } => {
            let custom = reader
                .word(at + 8)
                .filter(|w| *w != 0)
                .and_then(|w| reader.text(w).ok())
                .map(str::to_owned);
            SeenAnswer::Error(Box::new(message::row_error(
                manifest, output, kind, site, custom,
            )))
        }
    }
}

/// A sink that keeps everything.
pub(crate) struct Kept<'p> {
    pub manifest: &'p ProgramManifest,
    pub rows: Vec<RowOutput>,
}

impl Sink for Kept<'_> {
    fn row(&mut self, scope: Scope) {
        let inside = scope == Scope::In;
        let mut row = RowOutput {
            scope,
            keys: Vec::new(),
            dn: None,
            flows: Vec::new(),
        };
        if inside {
            row.keys.reserve_exact(self.manifest.keys as usize);
            row.flows = vec![Answer::Direct; self.manifest.flows.len()];
        }
        self.rows.push(row);
    }

    fn answer(&mut self, output: usize, answer: SeenAnswer<'_, '_>) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        match self.manifest.outputs[output].role {
            Role::Scope => {}
            Role::Key(_) => row.keys.push(key(self.manifest, output, answer)),
            Role::Dn => row.dn = Some(answer.into()),
            Role::Flow(flow) => {
                if let Some(slot) = row.flows.get_mut(flow as usize) {
                    *slot = answer.into();
                }
            }
        }
    }
}

/// The answers of a row that had to be stopped.
pub(crate) fn stopped(manifest: &ProgramManifest, why: &str, sink: &mut dyn Sink) {
    let scoped = manifest
        .outputs
        .first()
        .is_some_and(|o| o.role == Role::Scope);
    let stopped = |index: usize| message::stopped(manifest, index, why);
    if scoped {
        return sink.row(Scope::Error(stopped(0)));
    }
    sink.row(Scope::In);
    for index in 0..manifest.outputs.len() {
        sink.answer(index, SeenAnswer::Error(Box::new(stopped(index))));
    }
}

fn key(
    manifest: &ProgramManifest,
    output: usize,
    answer: SeenAnswer<'_, '_>,
) -> Result<Option<String>, RowError> {
    match answer {
        SeenAnswer::Value(Seen::String(text)) => Ok(Some(text.to_owned())),
        SeenAnswer::Null | SeenAnswer::AuthoritativeNull | SeenAnswer::Ignore => Ok(None),
        SeenAnswer::Error(error) => Err(*error),
        SeenAnswer::Value(_) | SeenAnswer::List(_) => Err(message::stopped(
            manifest,
            output,
            "the compiled rule left a key that is no text",
        )),
    }
}
