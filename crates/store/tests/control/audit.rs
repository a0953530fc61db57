//! The audit chain: written with the act, verifiable from the rows alone, changeable by nobody who serves.

use serde_json::json;
use sqlx::Connection as _;
use syncline_store::chain::{Act, START, verify};
use syncline_store::control::{Chain, Scope};

use crate::fixture::{CONTROL, NOW, control, customer, owner};
use crate::support::cluster;

fn act(n: i64) -> Act {
    Act {
        at_ms: NOW + n,
        actor: "usr_1".into(),
        action: "members.add".into(),
        target: Some("usr_2".into()),
        result: "done".into(),
        request_id: Some("req_1".into()),
        detail: json!({"n": n}),
    }
}

#[tokio::test]
async fn acts_written_side_by_side_form_one_chain_that_verifies() {
    let control = control().await;
    let ada = customer(&control).await;

    let writers = (0..20).map(|n| {
        let control = control.clone();
        async move {
            let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
            tx.audit(ada.tenant, &act(n)).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    futures::future::join_all(writers).await;

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let mut rows = tx
        .audit_rows(ada.tenant, Chain::Control, i64::MAX, 100)
        .await
        .unwrap();
    rows.reverse();
    assert_eq!(verify(0, START, &rows).unwrap().0, 20);
}

#[tokio::test]
async fn an_act_that_is_rolled_back_leaves_no_row_and_no_gap() {
    let control = control().await;
    let ada = customer(&control).await;

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.audit(ada.tenant, &act(1)).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();

    assert_eq!(tx.audit(ada.tenant, &act(2)).await.unwrap(), 1);
}

#[tokio::test]
async fn the_serving_role_can_neither_change_nor_remove_a_row() {
    let control = control().await;
    let ada = customer(&control).await;
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.audit(ada.tenant, &act(1)).await.unwrap();
    tx.commit().await.unwrap();

    let options = cluster()
        .options(CONTROL)
        .username("syncline_api")
        .password("test");
    let mut sql = sqlx::PgConnection::connect_with(&options).await.unwrap();
    for forbidden in [
        "update audit set body = 'x'",
        "delete from audit",
        "truncate audit",
        "update runner_audit set body = 'x'",
    ] {
        assert!(
            sqlx::raw_sql(forbidden).execute(&mut sql).await.is_err(),
            "{forbidden}"
        );
    }
}

#[tokio::test]
async fn a_row_changed_behind_our_back_breaks_the_chain() {
    let control = control().await;
    let ada = customer(&control).await;
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    for n in 1..=3 {
        tx.audit(ada.tenant, &act(n)).await.unwrap();
    }
    tx.commit().await.unwrap();

    sqlx::query(
        "update audit set body = replace(body, 'usr_2', 'usr_9') where tenant = $1 and seq = 2",
    )
    .bind(ada.tenant.get())
    .execute(&mut owner().await)
    .await
    .unwrap();

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let mut rows = tx
        .audit_rows(ada.tenant, Chain::Control, i64::MAX, 100)
        .await
        .unwrap();
    rows.reverse();
    assert_eq!(verify(0, START, &rows).unwrap_err().seq, 2);
}
