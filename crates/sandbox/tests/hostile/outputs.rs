//! Too many answers, too large ones, and none at all.

use syncline_model::rules::{AttrType, RuleType, RuleValue};
use syncline_sandbox::{Answer, RunError, Scope, limits};
use wasm_encoder::Instruction as I;

use crate::hands::{
    FREE, answer_of, cell, loaded, manifest_of, numbers, program_of, rows, status, text,
};

/// Every one of so many outputs points to the same memory.
fn all(outputs: u32, cell: i64) -> Vec<u8> {
    let evil: Vec<I<'_>> = (0..outputs)
        .flat_map(|output| answer_of(output, 0, cell))
        .collect();
    program_of(outputs, &evil)
}

fn values(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|a| matches!(a, Answer::Value(_)))
        .count()
}

#[test]
fn one_list_that_many_outputs_name_does_not_multiply_memory() {
    let list = AttrType::list(RuleType::Bool);
    let outputs = 200;
    let wasm = all(outputs, cell(FREE, limits::VALUES_MAX as i64));

    let rows = rows(&manifest_of(outputs, list), &wasm);

    let most = limits::ROW_BYTES_MAX / (limits::VALUES_MAX * size_of::<RuleValue>());
    assert_eq!(values(&rows[2].flows), most);
    assert_eq!(rows[1].flows, vec![Answer::Null; outputs as usize]);
}

#[test]
fn a_batch_gives_no_more_than_its_limit_however_its_rows_share() {
    let wasm = all(4, cell(FREE, 1 << 20));

    for mut program in loaded(&manifest_of(4, text()), &wasm) {
        let eight = program.run(&numbers(&[13; 8])).unwrap();
        assert!(eight.rows.iter().all(|row| values(&row.flows) == 4));

        let Err(error @ RunError::Output { rows: 9 }) = program.run(&numbers(&[13; 9])) else {
            panic!("nine rows gave more than a batch may");
        };
        assert!(error.to_string().contains("33554432"));
    }
}

#[test]
fn a_program_without_outputs_cannot_fail_in_a_scope_it_does_not_have() {
    let wasm = program_of(0, &status(0, 2));

    let rows = rows(&manifest_of(0, text()), &wasm);

    assert_eq!((&rows[0].scope, &rows[3].scope), (&Scope::In, &Scope::In));
    assert!(matches!(&rows[2].scope, Scope::Error(e) if e.message.contains("no readable answer")));
}
