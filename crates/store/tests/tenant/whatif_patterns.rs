//! The patterns of a what-if, and what an approval named that is gone.

use syncline_model::approval::{ApprovalKind, ApprovalState};
use syncline_model::op::OpHash;
use syncline_model::plan::Verb;
use syncline_model::{ApprovalId, WhatIfId};
use syncline_store::tenant::{Approval, ApprovalDoc, Durability, WhatIf, WhatIfOp, WhatIfState};

use crate::given::{NOW, PROFILE, planned};
use crate::support::tenant;

#[tokio::test]
async fn patterns_are_kept_with_a_what_if_and_what_is_gone_since_the_approval_is_told_by_pattern() {
    let db = tenant().await.db;
    let whatif = |id| WhatIf {
        id: WhatIfId(id),
        version: 1,
        profile: PROFILE,
        state: WhatIfState::Ready,
        config_hash: [1; 32],
        plan_hash: None,
        asked_ms: NOW,
        ended_ms: None,
        undo_of: None,
        doc: serde_json::json!({}),
    };
    let ops = [
        planned(50, Verb::Add, "a"),
        planned(51, Verb::Delete, "b"),
        planned(52, Verb::Update, "c"),
    ];
    let shown = |n: usize| WhatIfOp {
        op: &ops[n],
        pattern: Some(n as i32),
        is_new: false,
    };
    let approval = Approval {
        id: ApprovalId(30),
        version: 1,
        kind: ApprovalKind::Plan,
        state: ApprovalState::Approved,
        profile: PROFILE,
        directory: None,
        whatif: Some(WhatIfId(8)),
        config_hash: [1; 32],
        plan_hash: OpHash::of_plan(ops.iter().map(|op| op.hash)),
        asked_ms: NOW,
        decided_ms: Some(NOW),
        expires_ms: None,
        doc: ApprovalDoc::default(),
    };
    let patterns = serde_json::json!({"items": [1, 2]});
    let mut tx = db.write(Durability::Durable).await.unwrap();
    tx.whatif_add(&whatif(8)).await.unwrap();
    tx.whatif_add(&whatif(9)).await.unwrap();
    let all = [shown(0), shown(1), shown(2)];
    tx.whatif_keep(WhatIfId(8), 1, &all, &[]).await.unwrap();
    tx.whatif_keep(WhatIfId(9), 1, &all[..1], &[])
        .await
        .unwrap();
    let hashes: Vec<OpHash> = ops.iter().map(|op| op.hash).collect();
    tx.approval_add(&approval, &hashes).await.unwrap();
    tx.whatif_keep_patterns(WhatIfId(8), &patterns)
        .await
        .unwrap();

    let (kept, none) = (
        tx.whatif_patterns(WhatIfId(8)).await.unwrap(),
        tx.whatif_patterns(WhatIfId(9)).await.unwrap(),
    );
    let gone = tx
        .whatif_gone(ApprovalId(30), WhatIfId(8), WhatIfId(9))
        .await;

    assert_eq!((kept, none), (Some(patterns), None));
    assert_eq!(gone.unwrap(), [(Some(1), 1), (Some(2), 1)]);
}
