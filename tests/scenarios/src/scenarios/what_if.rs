//! Approval and guards: S-60 to S-62.

use syncline_model::approval::ReviewState;
use syncline_model::op::Operation;
use syncline_model::run::RunStatus;

use super::{p_out, user};
use crate::house::Guard;
use crate::story::{Scenario, Story};
use crate::world::{SRC, STANDARD, TGT};

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        id: "S-60",
        title: "Delete guard",
        flat: true,
        tell: s60,
    },
    Scenario {
        id: "S-61",
        title: "Gate",
        flat: true,
        tell: s61,
    },
    Scenario {
        id: "S-62",
        title: "Invalidation",
        flat: true,
        tell: s62,
    },
];

const STOP: Option<Guard> = Some(Guard {
    limit: 5,
    stops: true,
});
const HOLD: Option<Guard> = Some(Guard {
    limit: 5,
    stops: false,
});

/// A live profile; so many are deleted in SRC and 40 are changed.
fn staged(story: &mut Story<'_>, deleted: usize) {
    story.standard();
    for n in 0..200 {
        let name = format!("u{n:03}");
        story.directory(SRC).put(&name, user(&name));
    }
    story.full(SRC);
    story.sync();
    story.accept();
    story.export_released(TGT, None);
    story.delta(TGT);
    story.sync();
    story.export_released(TGT, None);
    for n in 0..deleted {
        story.directory(SRC).delete(&format!("u{n:03}"));
    }
    for n in 100..140 {
        story
            .directory(SRC)
            .edit(&format!("u{n:03}"), "department", Some("IT"));
    }
    story.delta(SRC);
    story.sync();
    story.given();
}

fn deletes(ops: &[Operation]) -> usize {
    let is_delete = |op: &&Operation| matches!(op.kind, syncline_model::op::OpKind::Delete { .. });
    ops.iter().filter(is_delete).count()
}

fn described(story: &Story<'_>, ops: &[Operation]) -> Vec<String> {
    ops.iter().map(|op| story.describe(op)).collect()
}

fn s60(story: &mut Story<'_>) {
    staged(story, 5);
    let sending = story.export_released(TGT, STOP);
    assert_eq!((sending.sent.len(), deletes(&sending.sent)), (45, 5));

    staged(story, 6);
    let sending = story.export_released(TGT, STOP);
    assert_eq!(sending.status, RunStatus::StoppedDeletionThreshold);
    assert_eq!((sending.sent.len(), sending.held.len()), (0, 6));
    let held = sending.held;
    let again = story.export_released(TGT, STOP);
    assert_eq!(again.held, held, "the same set is the same notification");
    story.then_nothing();

    let sending = story.export_released(TGT, HOLD);
    assert_eq!((sending.sent.len(), deletes(&sending.sent)), (40, 0));

    story.accept_list(&held);
    for name in ["u006", "u007", "u008", "u009", "u010", "u011"] {
        story.directory(SRC).delete(name);
    }
    story.delta(SRC);
    story.sync();
    let mut sending = story.export_released(TGT, STOP);
    sending.sent.sort_by_key(Operation::hash);
    let mut named = held;
    named.sort_by_key(Operation::hash);
    assert_eq!(sending.sent, named, "exactly these go");
    assert_eq!(sending.held.len(), 6, "what was staged meanwhile is held");
}

fn s61(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    for _ in 0..3 {
        story.delta(SRC);
        story.delta(TGT);
        story.sync();
        let sending = story.export_released(TGT, None);
        assert!(sending.sent.is_empty());
        assert_eq!(story.review(), ReviewState::NeedsReview);
    }
    let plan = story.staged();
    assert_eq!(plan.len(), 1, "the plan is visible");

    story.accept();
    story.directory(SRC).put("u2", user("Bob"));
    story.delta(SRC);
    story.sync();
    let sending = story.export_released(TGT, None);

    assert_eq!(sending.sent, plan, "exactly the plan");
    story.given();
    let sending = story.export_released(TGT, None);
    let sent = described(story, &sending.sent);
    story.sent(
        &sent,
        "pass 1 add user of u2: department=Sales, displayName=Bob, employeeID=Bob",
    );
    assert_eq!(story.review(), ReviewState::Live);
}

fn s62(story: &mut Story<'_>) {
    story.standard();
    story.directory(SRC).put("u1", user("Ann"));
    story.full(SRC);
    story.sync();
    story.accept();
    story.export_released(TGT, None);
    story.delta(TGT);
    story.sync();
    story.export_released(TGT, None);
    assert_eq!(story.review(), ReviewState::Live);
    story.given();

    // Another name, schedule and description.
    let cosmetic = r#"{"name":"Renamed","description":"new","triggers":{"every":"PT5M"},"#;
    story.rules(&STANDARD.replacen(r#"{"name":"W","#, cosmetic, 1));
    story.sync();
    assert_eq!(story.review(), ReviewState::Live);
    story.then_nothing();

    // One character of an expression.
    let direct = r#"{"to":"department","from":"department"}"#;
    let other = r#"{"to":"department","expr":"<department>!"}"#;
    story.rules(&p_out(direct, other));
    assert_eq!(story.review(), ReviewState::NeedsReview);
    story.directory(SRC).edit("u1", "department", Some("IT"));
    story.delta(SRC);
    story.sync();
    let sending = story.export_released(TGT, None);
    assert!(sending.sent.is_empty(), "exports stop, syncs go on");
    story.given();

    // And back: nothing was exported meanwhile.
    story.rules(STANDARD);
    story.sync();
    assert_eq!(story.review(), ReviewState::Live);
    let sending = story.export_released(TGT, None);
    let sent = described(story, &sending.sent);
    story.sent(&sent, "pass 1 update user of u1: department=IT");
}
