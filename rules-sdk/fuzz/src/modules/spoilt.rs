//! Programs of ours with other instructions, constants, places and bytes.
//!
//! Invariants: what is changed keeps its length, so that most of a module stays what it was.

use wasmparser::{Parser, Payload};

use crate::dice::Dice;

/// Instructions that take and give the same, so that a module stays valid.
const ALIKE: &[&[u8]] = &[
    // 64 bits: arithmetic, comparison, one operand.
    &[
        0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a,
    ],
    &[0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a],
    &[0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4],
    // 32 bits.
    &[
        0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78,
    ],
    &[0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f],
    &[0x67, 0x68, 0x69, 0x45, 0xc0, 0xc1],
    // Between them.
    &[0xac, 0xad],
    // Doubles.
    &[0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6],
    &[0x61, 0x62, 0x63, 0x64, 0x65, 0x66],
    &[0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f],
];
/// Instructions whose next byte is a constant, a local, a function or a place: constants most often.
const WITH_OPERAND: &[u8] = &[0x41, 0x42, 0x20, 0x21, 0x22, 0x10, 0x0c, 0x0d];
/// Loads and stores: alignment, then the offset.
const TOUCHES: std::ops::RangeInclusive<u8> = 0x28..=0x3e;

/// A program, changed in some places.
pub fn spoilt(dice: &mut Dice, wasm: &[u8]) -> Vec<u8> {
    let mut wasm = wasm.to_vec();
    let places = instructions(&wasm);
    for _ in 0..1 + dice.below(5) {
        match dice.below(12) {
            0 => anywhere(dice, &mut wasm),
            1 => copied(dice, &mut wasm),
            _ => instruction(dice, &mut wasm, &places),
        }
    }
    wasm
}

/// Where instructions begin.
fn instructions(wasm: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).flatten() {
        if let Payload::CodeSectionEntry(body) = payload
            && let Ok(operators) = body.get_operators_reader()
        {
            let operators = operators.into_iter_with_offsets().flatten();
            places.extend(operators.map(|(_, at)| at));
        }
    }
    places
}

fn instruction(dice: &mut Dice, wasm: &mut [u8], places: &[usize]) {
    if places.is_empty() {
        return anywhere(dice, wasm);
    }
    // Some instructions are rare: the first of a few that can be changed.
    for _ in 0..20 {
        let at = *dice.one_of(places);
        let found = wasm[at];
        if let Some(alike) = ALIKE.iter().find(|of| of.contains(&found)) {
            wasm[at] = *dice.one_of(alike);
            return;
        }
        let operand = match found {
            _ if WITH_OPERAND.contains(&found) => at + 1,
            _ if TOUCHES.contains(&found) => at + 2,
            _ => continue,
        };
        // The bit that says whether another byte follows stays.
        if let Some(byte) = wasm.get_mut(operand) {
            *byte = *byte & 0x80 | (dice.throw() as u8) & 0x7f;
        }
        return;
    }
}

fn anywhere(dice: &mut Dice, wasm: &mut [u8]) {
    let at = dice.below(wasm.len());
    wasm[at] = dice.throw() as u8;
}

/// A piece of it over another.
fn copied(dice: &mut Dice, wasm: &mut [u8]) {
    let len = 1 + dice.below(16.min(wasm.len()));
    let (from, to) = (
        dice.below(wasm.len() - len + 1),
        dice.below(wasm.len() - len + 1),
    );
    wasm.copy_within(from..from + len, to);
}
