//! Modules that no compiler of ours made.

use syncline_rules_fuzz::modules::check;

#[test]
fn a_foreign_module_is_refused_with_a_code_or_answers_every_row() {
    let report = check(1, (0, 1), 300).unwrap();

    let failed: Vec<&String> = report.failed.iter().map(|(what, _)| what).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // Both sides of the wall are visited.
    assert!(report.ran > 60, "{report:?}");
    assert!(report.refused.values().sum::<u64>() > 60, "{report:?}");
    assert_eq!(report.rows, report.ran * 3);
}
