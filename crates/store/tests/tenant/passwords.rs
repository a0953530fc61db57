//! Sealed passwords: shown when their account exists, taken once, ended in time, and never readable in a row.

use syncline_model::CsId;
use syncline_model::password::{Recipient, Sealed};
use syncline_store::tenant::{Durability, Handover, HandoverState, TenantDb};

use crate::given::{NOW, PROFILE, TARGET, directories};
use crate::support::tenant;

fn row(cs: i64, state: HandoverState) -> Handover {
    Handover {
        cs: CsId(cs),
        directory: TARGET,
        profile: PROFILE,
        state,
        withheld: cs % 2 == 0,
        made_ms: NOW,
        ends_ms: NOW + 1_000 * cs,
        recipient: Recipient {
            name: "Service desk".into(),
            key: "age1desk".into(),
        },
        envelope: Some(Sealed(
            format!("age-encryption.org/v1\nenvelope {cs}").into(),
        )),
    }
}

async fn put(db: &TenantDb, rows: &[Handover]) {
    let mut tx = db.write(Durability::Durable).await.unwrap();
    for row in rows {
        tx.handover_put(row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_sealed_password_is_listed_once_its_account_exists_and_taken_once() {
    let db = tenant().await.db;
    directories(&db).await;
    put(
        &db,
        &[
            row(50, HandoverState::Begun),
            row(51, HandoverState::Waiting),
            row(52, HandoverState::Waiting),
        ],
    )
    .await;

    let mut read = db.read().await.unwrap();
    let listed = read.handovers(CsId(0), 10).await.unwrap();
    assert_eq!(
        listed,
        [
            row(51, HandoverState::Waiting),
            row(52, HandoverState::Waiting)
        ]
    );
    assert_eq!(read.handovers(CsId(51), 10).await.unwrap().len(), 1);
    let withheld = read
        .withheld(&[CsId(51), CsId(52), CsId(53)])
        .await
        .unwrap();
    assert_eq!(withheld, [CsId(52)].into());
    drop(read);

    let all = [CsId(50), CsId(51), CsId(52)];
    let mut tx = db.write(Durability::Durable).await.unwrap();
    let taken = tx
        .handovers_take(&all, &[HandoverState::Waiting])
        .await
        .unwrap();
    let again = tx
        .handovers_take(&all, &[HandoverState::Waiting])
        .await
        .unwrap();
    tx.commit().await.unwrap();

    assert_eq!(taken, listed);
    assert_eq!(again, []);
    let left = db.read().await.unwrap().handovers_of(&all).await.unwrap();
    assert_eq!(left, [row(50, HandoverState::Begun)]);
}

#[tokio::test]
async fn what_waits_too_long_loses_its_envelope_and_stays_listed() {
    let db = tenant().await.db;
    directories(&db).await;
    put(
        &db,
        &[
            row(51, HandoverState::Waiting),
            row(52, HandoverState::Waiting),
        ],
    )
    .await;

    let mut tx = db.write(Durability::Durable).await.unwrap();
    let expired = tx.handovers_expire(NOW + 51_000).await.unwrap();
    let next = tx.handovers_next_end().await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(expired.len(), 1);
    assert_eq!(next, Some(NOW + 52_000));
    let listed = db
        .read()
        .await
        .unwrap()
        .handovers(CsId(0), 10)
        .await
        .unwrap();
    assert_eq!(
        (listed[0].state, &listed[0].envelope),
        (HandoverState::Expired, &None)
    );
    assert_eq!(listed[1], row(52, HandoverState::Waiting));
}
