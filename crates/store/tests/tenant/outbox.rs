//! Audit and usage rows: in the transaction of their effect, numbered in the order of commits, chained.

use syncline_model::meter::Meter;
use syncline_store::chain::{self, Act};
use syncline_store::tenant::{Durability, TenantDb, Usage};

use crate::given::NOW;
use crate::support::tenant;

fn act(n: i64) -> Act {
    Act {
        at_ms: NOW + n,
        actor: "usr_1".into(),
        action: "profile.update".into(),
        target: Some(format!("prf_{n}")),
        result: "done".into(),
        request_id: Some("req-1".into()),
        detail: serde_json::json!({"version": n}),
    }
}

fn usage(n: u8) -> Usage {
    Usage {
        at_ms: NOW,
        meter: Meter::OperationsExported,
        quantity: i64::from(n),
        event_id: [n; 32],
    }
}

async fn acts(db: &TenantDb, from: i64, to: i64) {
    for n in from..to {
        let mut tx = db.write(Durability::Deferred).await.unwrap();
        tx.audit(act(n));
        tx.count(usage(n as u8));
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn acts_are_chained_and_collected_from_where_the_collector_was() {
    let db = tenant().await.db;
    acts(&db, 1, 5).await;

    let first = db.outgoing(0, 0, 2).await.unwrap();
    let rest = db.outgoing(2, 3, 100).await.unwrap();

    assert_eq!(first.acts.iter().map(|a| a.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        first.usage.iter().map(|u| u.seq).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(rest.acts.iter().map(|a| a.seq).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(rest.usage[0].usage, usage(4));
    let head = chain::verify(0, chain::START, &first.acts).unwrap();
    assert_eq!(chain::verify(head.0, head.1, &rest.acts).unwrap().0, 4);
    assert!(db.outgoing(4, 4, 100).await.unwrap().acts.is_empty());
}

#[tokio::test]
async fn what_rolls_back_leaves_no_act_and_no_gap() {
    let db = tenant().await.db;
    acts(&db, 1, 2).await;
    let mut lost = db.write(Durability::Deferred).await.unwrap();
    lost.audit(act(9));
    lost.count(usage(9));
    lost.rollback().await.unwrap();
    acts(&db, 2, 3).await;

    let found = db.outgoing(0, 0, 100).await.unwrap();

    assert_eq!(found.acts.len(), 2);
    assert_eq!(
        found.usage.iter().map(|u| u.seq).collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(chain::verify(0, chain::START, &found.acts).is_ok());
}

#[tokio::test]
async fn nothing_is_counted_for_nothing() {
    let db = tenant().await.db;
    let mut tx = db.write(Durability::Deferred).await.unwrap();
    tx.count(usage(0));
    tx.commit().await.unwrap();

    assert!(db.outgoing(0, 0, 10).await.unwrap().usage.is_empty());
}

#[tokio::test]
async fn transactions_at_the_same_time_make_one_chain() {
    let db = tenant().await.db;
    let writers: Vec<_> = (0..3)
        .map(|writer| {
            let db = db.clone();
            tokio::spawn(async move { acts(&db, writer * 20 + 1, writer * 20 + 21).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }

    let found = db.outgoing(0, 0, 1000).await.unwrap();

    assert_eq!(chain::verify(0, chain::START, &found.acts).unwrap().0, 60);
    assert_eq!(
        found.usage.iter().map(|u| u.seq).collect::<Vec<_>>(),
        (1..=60).collect::<Vec<_>>()
    );
}
