//! Packs stored bodies as they are: each is walked once, what no rule reads is stepped over, nothing is decoded into values
//! of its own in between.
//!
//! Invariants: a body that is not what the codec writes is refused with its row; every text is checked to be UTF-8.

use syncline_model::flat;
use syncline_model::rules::{ProgramManifest, RuleType};

use crate::batch::{In, StoredInput};
use crate::pack::{Frame, Image, PackError, Packed, is_ascii, is_word};

/// A slot that some attribute fills.
struct Wanted {
    attribute: u64,
    slot: usize,
}

/// Packs rows `from..to`, reusing `buffer`.
pub(crate) fn pack(
    manifest: &ProgramManifest,
    input: &StoredInput<'_>,
    from: usize,
    to: usize,
    buffer: Vec<u8>,
) -> Result<Packed, PackError> {
    let mut wanted: Vec<Wanted> = (input.attributes.iter().enumerate())
        .filter_map(|(slot, attribute)| {
            Some(Wanted {
                attribute: u64::from((*attribute)?.0),
                slot,
            })
        })
        .collect();
    wanted.sort_by_key(|wanted| wanted.attribute);
    let constants = manifest.slots.iter().map(|_| false);
    let mut frame = Frame::new(manifest, to - from, constants, buffer)?;
    for (row, body) in input.bodies[from..to].iter().enumerate() {
        walk(manifest, body, row, &wanted, &mut frame).map_err(|stop| match stop {
            Stop::Damaged => PackError::Body { row: from + row },
            Stop::Pack(error) => error,
        })?;
    }
    Ok(frame.packed())
}

enum Stop {
    Damaged,
    Pack(PackError),
}

impl From<PackError> for Stop {
    fn from(error: PackError) -> Self {
        Self::Pack(error)
    }
}

impl From<flat::FlatError> for Stop {
    fn from(_: flat::FlatError) -> Self {
        Self::Damaged
    }
}

fn walk(
    manifest: &ProgramManifest,
    body: &[u8],
    row: usize,
    mut wanted: &[Wanted],
    frame: &mut Frame,
) -> Result<(), Stop> {
    let mut reader = flat::Reader::new(body);
    if reader.byte()? != flat::VERSION {
        return Err(Stop::Damaged);
    }
    let mut before = None;
    while !reader.is_done() {
        let head = reader.varint()?;
        let attribute = head >> 1;
        if before.is_some_and(|before| before >= attribute) {
            return Err(Stop::Damaged);
        }
        before = Some(attribute);
        let count = if head & 1 == 1 { reader.varint()? } else { 1 };
        while let [first, rest @ ..] = wanted
            && first.attribute < attribute
        {
            wanted = rest;
        }
        match wanted {
            [first, ..] if first.attribute == attribute => {
                let (slot, attr) = (first.slot, manifest.slots[first.slot].attr);
                if attr.multi {
                    let len = usize::try_from(count).map_err(|_| Stop::Damaged)?;
                    frame.put_list(slot, row, len, |image| {
                        cell(image, &mut reader, attr.ty, slot)
                    })?;
                } else if attr.nullable && is_word(attr.ty) {
                    frame.put(slot, row, attr, &input(reader.borrowed()?))?;
                } else {
                    frame.put_with(slot, row, |image| cell(image, &mut reader, attr.ty, slot))?;
                }
                if !attr.multi {
                    (1..count).try_for_each(|_| reader.skip())?;
                }
            }
            _ => (0..count).try_for_each(|_| reader.skip())?,
        }
    }
    Ok(())
}

/// The cell of the next value.
#[inline(always)]
fn cell(
    image: &mut Image,
    reader: &mut flat::Reader<'_>,
    ty: RuleType,
    slot: usize,
) -> Result<u64, Stop> {
    if matches!(ty, RuleType::String | RuleType::Reference)
        && let Some(bytes) = reader.text_bytes()?
    {
        if is_ascii(bytes) {
            return Ok(image.ascii(bytes)?);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Stop::Damaged)?;
        return Ok(image.text(text)?);
    }
    Ok(image.scalar(ty, &input(reader.borrowed()?), slot)?)
}

fn input(value: flat::Borrowed<'_>) -> In<'_> {
    match value {
        flat::Borrowed::Text(text) => In::Str(text),
        flat::Borrowed::Int(n) | flat::Borrowed::Time(n) => In::Int(n),
        flat::Borrowed::Bool(b) => In::Bool(b),
        flat::Borrowed::Bytes(bytes) => In::Bytes(bytes),
    }
}
