//! Whole batches: what the caller got wrong, and one bad row among many.

use syncline_sandbox::{Answer, BatchInput, Column, In};
use wasm_encoder::Instruction as I;

use crate::hands::{loaded, manifest, numbers, program, text};

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
