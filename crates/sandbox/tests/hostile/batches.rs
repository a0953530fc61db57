//! Whole batches: what the caller got wrong, and one bad row among many.

use syncline_sandbox::{Answer, BatchInput, Column, CompileError, Compiler, In};
use wasm_encoder::{BlockType, Instruction as I};

use crate::hands::{
    FREE, answer, cell, loaded, manifest, mem, numbers, program, put, runtime, text,
};

#[test]
fn a_batch_that_does_not_fit_the_manifest_is_refused_as_a_whole() {
    let [mut program, _] = loaded(&manifest(text()), &program(&[]));
    let mut run = |rows, columns| {
        program
            .run(&BatchInput { rows, columns })
            .map_err(|e| e.to_string())
    };

    assert!(run(1, vec![]).unwrap_err().contains("0 columns"));
    assert!(
        run(2, vec![Column::Rows(vec![In::Int(1)])])
            .unwrap_err()
            .contains("one value per row")
    );
    for wrong in [In::Str("x"), In::Null, In::List(vec![In::List(vec![])])] {
        assert!(
            run(1, vec![Column::Rows(vec![wrong])])
                .unwrap_err()
                .contains("not of the type")
        );
    }
    assert_eq!(run(0, vec![Column::Rows(vec![])]).unwrap().rows, []);
}

#[test]
fn many_rows_with_one_bad_one_all_get_their_answers() {
    let values: Vec<i64> = (0..1_000)
        .map(|n| if n == 700 { 13 } else { 100 + n })
        .collect();

    for mut program in loaded(&manifest(text()), &program(&[I::Unreachable])) {
        let output = program.run(&numbers(&values)).unwrap();

        let failed: Vec<usize> = (output.rows.iter().enumerate())
            .filter(|(_, row)| matches!(row.flows[0], Answer::Error(_)))
            .map(|(index, _)| index)
            .collect();
        assert_eq!(failed, [700]);
    }
}

#[test]
fn a_program_finds_nothing_that_another_one_left() {
    // Traps when anything was written at an address before; writes there.
    let mut evil = vec![
        I::I32Const(FREE),
        I::I64Load(mem(0, 3)),
        I::I64Eqz,
        I::I32Eqz,
        I::If(BlockType::Empty),
        I::Unreachable,
        I::End,
    ];
    evil.extend(put(FREE, &[0x7365_6372_6574]));
    let wasm = program(&evil);

    for _ in 0..3 {
        for mut program in loaded(&manifest(text()), &wasm) {
            assert_eq!(
                program.run(&numbers(&[13])).unwrap().rows[0].flows,
                [Answer::Null]
            );
        }
    }
}

#[test]
fn a_module_with_any_byte_changed_is_refused_or_contained() {
    let compiler = Compiler::for_uploads(&runtime()).unwrap();
    let wasm = program(&answer(cell(FREE, 4)));
    let (mut refusals, mut runs) = (0, 0);

    for position in 8..wasm.len() {
        for flip in [0x01, 0x10, 0x80, 0xff] {
            let mut changed = wasm.clone();
            changed[position] ^= flip;
            match compiler.program(manifest(text()), &changed) {
                Err(CompileError::Refused(_)) => refusals += 1,
                Err(error) => panic!("byte {position} ^ {flip:#x}: {error}"),
                Ok(mut program) => {
                    let output = program.run(&numbers(&[1, 2, 13, 4])).unwrap();
                    assert_eq!(output.rows.len(), 4, "byte {position} ^ {flip:#x}");
                    runs += 1;
                }
            }
        }
    }

    assert!(
        refusals > 100 && runs > 50,
        "{refusals} refused, {runs} run"
    );
}
