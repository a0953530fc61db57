//! Modules that do not stop, or take what they can get.

use syncline_sandbox::{Answer, limits};
use wasm_encoder::{BlockType, Instruction as I};

use crate::hands::{
    FREE, answers, loaded, manifest, mem, numbers, only_the_third_fails, program, put, text,
};

#[test]
fn an_endless_loop_costs_only_its_own_row() {
    let evil = [I::Loop(BlockType::Empty), I::Br(0), I::End];

    only_the_third_fails(&answers(&program(&evil), text()));
}

#[test]
fn endless_recursion_costs_only_its_own_row() {
    let evil = [I::LocalGet(0), I::LocalGet(1), I::Call(0)];

    only_the_third_fails(&answers(&program(&evil), text()));
}

#[test]
fn a_trap_costs_only_its_own_row() {
    for evil in [
        vec![I::Unreachable],
        vec![I::I32Const(-1), I::I64Load(mem(0, 0)), I::Drop],
        vec![I::I32Const(1), I::I32Const(0), I::I32DivU, I::Drop],
    ] {
        only_the_third_fails(&answers(&program(&evil), text()));
    }
}

#[test]
fn memory_cannot_grow_beyond_its_limit() {
    // Traps when growing succeeds.
    let evil = [
        I::I32Const(1),
        I::MemoryGrow(0),
        I::I32Const(-1),
        I::I32Ne,
        I::If(BlockType::Empty),
        I::Unreachable,
        I::End,
    ];

    assert_eq!(answers(&program(&evil), text()), vec![Answer::Null; 4]);
}

/// Fills so many bytes, which costs one instruction and so much work.
fn fill(bytes: u64) -> Vec<I<'static>> {
    vec![
        I::I32Const(FREE),
        I::I32Const(0),
        I::I32Const(bytes as i32),
        I::MemoryFill(0),
    ]
}

#[test]
fn bulk_operations_are_paid_for_by_the_byte() {
    let copy = [
        I::I32Const(FREE),
        I::I32Const(0),
        I::I32Const(4 * limits::FUEL_PER_ROW as i32),
        I::MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        },
    ];

    only_the_third_fails(&answers(&program(&fill(4 * limits::FUEL_PER_ROW)), text()));
    only_the_third_fails(&answers(&program(&copy), text()));
    assert_eq!(
        answers(&program(&fill(1 << 20)), text()),
        vec![Answer::Null; 4]
    );
}

#[test]
fn an_uploaded_row_has_no_more_fuel_beside_others_than_alone() {
    let costly = program(&fill(limits::FUEL_PER_ROW * 3 / 2));
    let [_, mut upload] = loaded(&manifest(text()), &costly);
    let mut failed = |values: &[i64]| -> Vec<bool> {
        let rows = upload.run(&numbers(values)).unwrap().rows;
        rows.iter()
            .map(|row| matches!(row.flows[0], Answer::Error(_)))
            .collect()
    };

    assert_eq!(failed(&[13]), [true]);
    assert_eq!(failed(&[1, 13, 2, 3]), [false, true, false, false]);
}

#[test]
fn an_upload_begins_every_call_with_a_fresh_memory() {
    // Answers what the call before left at an address, and leaves its own.
    let mut evil = vec![
        I::I32Const(FREE),
        I::I64Load(mem(0, 3)),
        I::I64Eqz,
        I::If(BlockType::Empty),
    ];
    evil.extend(put(FREE, &[1]));
    evil.extend([I::Else, I::Unreachable, I::End]);
    let [_, mut upload] = loaded(&manifest(text()), &program(&evil));

    for _ in 0..3 {
        assert_eq!(
            upload.run(&numbers(&[13])).unwrap().rows[0].flows,
            [Answer::Null]
        );
    }
}
