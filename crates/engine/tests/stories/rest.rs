//! How long a refused operation rests (D-71).

use syncline_engine::export::{Asking, Refusal, rests_until};
use syncline_model::error::ErrorKind;
use syncline_model::op::OpHash;
use syncline_model::stage::ErrorEntry;

const OP: OpHash = OpHash([7; 32]);
const DAY_MS: i64 = 24 * 3_600_000;

fn refusal(kind: ErrorKind, again_ms: Option<i64>) -> Refusal {
    let error = ErrorEntry {
        kind,
        attr: None,
        message: "it was refused".into(),
        others: Vec::new(),
        op: Some(OP),
    };
    Refusal::of(&error, 1_000, again_ms).expect("it names its operation")
}

fn asking(now_ms: i64, is_still: bool) -> Asking {
    Asking {
        now_ms,
        asked_ms: None,
        is_still,
    }
}

#[test]
fn what_is_to_be_tried_later_than_in_a_day_is_tried_in_a_day() {
    let late = [refusal(ErrorKind::ConstraintViolation, Some(9 * DAY_MS))];

    assert_eq!(
        rests_until(OP, &late, &asking(2_000, true)),
        Some(1_000 + DAY_MS)
    );
    assert_eq!(rests_until(OP, &late, &asking(1_000 + DAY_MS, true)), None);
}

#[test]
fn whatever_stood_in_the_way_may_be_gone_after_we_wrote_something() {
    for kind in [
        ErrorKind::MustBeUnique,
        ErrorKind::ObjectExists,
        ErrorKind::ParentMissing,
    ] {
        let refused = [refusal(kind, Some(9_000))];

        let rests = |is_still| rests_until(OP, &refused, &asking(2_000, is_still));
        assert_eq!((rests(true), rests(false)), (Some(9_000), None), "{kind}");
    }
}

#[test]
fn of_several_refusals_the_first_that_may_be_mended_is_reason_enough() {
    let refused = [
        refusal(ErrorKind::ConstraintViolation, Some(9_000)),
        refusal(ErrorKind::MustBeUnique, Some(5_000)),
    ];

    let rests = |now_ms, is_still| rests_until(OP, &refused, &asking(now_ms, is_still));
    assert_eq!(rests(2_000, true), Some(5_000));
    assert_eq!(rests(5_000, true), None);
    assert_eq!(rests(2_000, false), None);
    assert_eq!(
        rests_until(OpHash([8; 32]), &refused, &asking(2_000, true)),
        None,
        "another operation of the object goes"
    );
}
