//! `run(header, rows)`: the loop over the rows of a batch.
//!
//! Invariants: a row out of scope, or whose scope failed, evaluates nothing else; the text of a `throw` is stored beside
//! its error cell before the next output can replace it.

use syncline_model::rules::ErrorKind;
use syncline_rules_guest::mem::{CUSTOM_AT, WORK_PER_ROW};
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg, ValType};

use super::Layout;
use super::body::Code;
use crate::cell::SPECIAL_END;

/// Bytes of one output cell.
const OUTPUT_STRIDE: i32 = 16;

const HEADER: u32 = 0;
const ROWS: u32 = 1;
const ROW: u32 = 2;
const AT: u32 = 3;
const COUNTERS: u32 = 4;
const CELL: u32 = 5;
/// The first local of an output's own.
const FIRST: u32 = 6;

fn mem(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

/// `apart`: each output is a function of its own.
pub(super) fn function(layout: &Layout, bodies: &[Code], scoped: bool, apart: bool) -> Function {
    let outputs = bodies.len() as u32;
    let most = bodies.iter().map(|body| body.locals).max().unwrap_or(0);
    let locals = if apart { 0 } else { most };
    let mut f = Function::new([(3, ValType::I32), (1 + locals, ValType::I64)]);
    let call = |f: &mut Function, output: u32| match apart {
        true => call(f, layout, output),
        false => within(f, &bodies[output as usize]),
    };
    let header = u64::from(layout.slots) * 8;
    let status_word = header + u64::from(outputs) * 4;
    f.instruction(&I::LocalGet(HEADER))
        .instruction(&I::GlobalSet(super::HEADER));
    f.instruction(&I::Call(layout.counters))
        .instruction(&I::LocalTee(COUNTERS))
        .instruction(&I::GlobalSet(super::COUNTERS));
    f.instruction(&I::Block(BlockType::Empty))
        .instruction(&I::Loop(BlockType::Empty));
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::LocalGet(ROWS))
        .instruction(&I::I32GeU)
        .instruction(&I::BrIf(1));
    f.instruction(&I::LocalGet(COUNTERS))
        .instruction(&I::I64Const(WORK_PER_ROW as i64))
        .instruction(&I::I64Store(mem(0, 3)));
    if bodies.iter().any(|body| body.throws) {
        f.instruction(&I::LocalGet(COUNTERS))
            .instruction(&I::I64Const(0))
            .instruction(&I::I64Store(mem(CUSTOM_AT, 3)));
    }

    // Everything of one row; leaving this block goes to the next one.
    f.instruction(&I::Block(BlockType::Empty));
    if scoped {
        call(&mut f, 0);
        f.instruction(&I::LocalGet(CELL))
            .instruction(&I::I64Const(SPECIAL_END))
            .instruction(&I::I64LtS);
        f.instruction(&I::If(BlockType::Empty));
        store(&mut f, &bodies[0], header, 0);
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
        call(&mut f, output);
        store(&mut f, &bodies[output as usize], header, output);
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

/// The output's instructions in this function: its locals behind our own, its returns to the end of a block.
fn within(f: &mut Function, body: &Code) {
    for local in 0..body.of_ir {
        f.instruction(&I::I64Const(0))
            .instruction(&I::LocalSet(FIRST + local));
    }
    let local = |index: u32| if index == 0 { ROW } else { FIRST + index - 1 };
    f.instruction(&I::Block(BlockType::Result(ValType::I64)));
    let mut depth = 0;
    for instruction in &body.instructions {
        match instruction {
            I::Block(_) | I::Loop(_) | I::If(_) => depth += 1,
            I::End => depth -= 1,
            _ => {}
        }
        f.instruction(&match instruction {
            I::LocalGet(index) => I::LocalGet(local(*index)),
            I::LocalSet(index) => I::LocalSet(local(*index)),
            I::LocalTee(index) => I::LocalTee(local(*index)),
            I::GlobalGet(super::HEADER) => I::LocalGet(HEADER),
            I::GlobalGet(_) => I::LocalGet(COUNTERS),
            I::Return => I::Br(depth),
            other => other.clone(),
        });
    }
    f.instruction(&I::End).instruction(&I::LocalSet(CELL));
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
fn store(f: &mut Function, body: &Code, header: u64, output: u32) {
    f.instruction(&I::LocalGet(HEADER))
        .instruction(&I::I32Load(mem(header + u64::from(output) * 4, 2)));
    f.instruction(&I::LocalGet(ROW))
        .instruction(&I::I32Const(OUTPUT_STRIDE))
        .instruction(&I::I32Mul);
    f.instruction(&I::I32Add).instruction(&I::LocalTee(AT));
    f.instruction(&I::LocalGet(CELL))
        .instruction(&I::I64Store(mem(0, 3)));
    if !body.throws {
        return;
    }
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
        .instruction(&I::LocalGet(COUNTERS))
        .instruction(&I::I64Load(mem(CUSTOM_AT, 3)))
        .instruction(&I::I64Store(mem(8, 3)));
    f.instruction(&I::End);
}
