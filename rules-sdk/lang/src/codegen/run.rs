//! `run(header, rows)`: the loop over the rows of a batch.
//!
//! Invariants: a row out of scope, or whose scope failed, evaluates nothing else; the text of a `throw` is stored beside
//! its error cell before the next output can replace it.

use syncline_model::rules::ErrorKind;
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::Layout;
use crate::cell::SPECIAL_END;

/// Bytes of one output cell.
const OUTPUT_STRIDE: i32 = 16;

const HEADER: u32 = 0;
const ROWS: u32 = 1;
const ROW: u32 = 2;
const AT: u32 = 3;
const CELL: u32 = 4;

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

pub(super) fn function(layout: &Layout, outputs: u32, scoped: bool) -> Function {
    let mut f = Function::new([(2, ValType::I32), (1, ValType::I64)]);
    let header = u64::from(layout.slots) * 8;
    let status_word = header + u64::from(outputs) * 4;
    f.instruction(&I::LocalGet(HEADER))
        .instruction(&I::GlobalSet(0));
    f.instruction(&I::Block(BlockType::Empty))
        .instruction(&I::Loop(BlockType::Empty));
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::LocalGet(ROWS))
        .instruction(&I::I32GeU)
        .instruction(&I::BrIf(1));
    f.instruction(&I::Call(layout.row_begin));

    // Everything of one row; leaving this block goes to the next one.
    f.instruction(&I::Block(BlockType::Empty));
    if scoped {
        call(&mut f, layout, 0);
        f.instruction(&I::LocalGet(CELL))
            .instruction(&I::I64Const(SPECIAL_END))
            .instruction(&I::I64LtS);
        f.instruction(&I::If(BlockType::Empty));
        store(&mut f, layout, header, 0);
        status(&mut f, status_word, 2);
        f.instruction(&I::Br(1)).instruction(&I::End);
        f.instruction(&I::LocalGet(CELL))
            .instruction(&I::I64Eqz)
            .instruction(&I::If(BlockType::Empty));
        status(&mut f, status_word, 0);
        f.instruction(&I::Br(1)).instruction(&I::End);
    }
    status(&mut f, status_word, 1);
    for output in u32::from(scoped)..outputs {
        call(&mut f, layout, output);
        store(&mut f, layout, header, output);
    }
    f.instruction(&I::End);

    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::I32Const(1))
        .instruction(&I::I32Add)
        .instruction(&I::LocalSet(ROW));
    f.instruction(&I::Br(0))
        .instruction(&I::End)
        .instruction(&I::End)
        .instruction(&I::End);
    f
}

fn call(f: &mut Function, layout: &Layout, output: u32) {
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::Call(layout.outputs + output))
        .instruction(&I::LocalSet(CELL));
}

fn status(f: &mut Function, word: u64, value: i32) {
    f.instruction(&I::LocalGet(HEADER))
        .instruction(&I::I32Load(mem(word, 2)));
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::I32Const(2))
        .instruction(&I::I32Shl)
        .instruction(&I::I32Add);
    f.instruction(&I::I32Const(value))
        .instruction(&I::I32Store(mem(0, 2)));
}

/// The cell into the output's column, and the text of a `throw` beside it.
fn store(f: &mut Function, layout: &Layout, header: u64, output: u32) {
    f.instruction(&I::LocalGet(HEADER))
        .instruction(&I::I32Load(mem(header + u64::from(output) * 4, 2)));
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::I32Const(OUTPUT_STRIDE))
        .instruction(&I::I32Mul);
    f.instruction(&I::I32Add).instruction(&I::LocalTee(AT));
    f.instruction(&I::LocalGet(CELL))
        .instruction(&I::I64Store(mem(0, 3)));
    f.instruction(&I::LocalGet(CELL))
        .instruction(&I::I64Const(SPECIAL_END))
        .instruction(&I::I64LtS);
    f.instruction(&I::LocalGet(CELL))
        .instruction(&I::I64Const(0xff))
        .instruction(&I::I64And);
    f.instruction(&I::I64Const(ErrorKind::Custom as i64))
        .instruction(&I::I64Eq)
        .instruction(&I::I32And);
    f.instruction(&I::If(BlockType::Empty));
    f.instruction(&I::LocalGet(AT))
        .instruction(&I::Call(layout.custom_text))
        .instruction(&I::I64Store(mem(8, 3)));
    f.instruction(&I::End);
}
