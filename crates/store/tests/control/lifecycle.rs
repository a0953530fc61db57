//! Desired and observed state: leases, failures and what runs.

use syncline_store::control::{Observed, Scope};

use tokio::sync::Mutex;

use crate::fixture::{NOW, control, customer};

/// Leases are taken over all tenants of the database: one such test at a time.
static LEASES: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn a_tenant_is_leased_to_one_reconciler_until_the_lease_runs_out() {
    let _alone = LEASES.lock().await;
    let control = control().await;
    let ada = customer(&control).await;

    let first = control
        .lease_tenants("one", NOW, NOW + 1_000, 1_000)
        .await
        .unwrap();
    let second = control
        .lease_tenants("two", NOW, NOW + 1_000, 1_000)
        .await
        .unwrap();
    let later = control
        .lease_tenants("two", NOW + 1_001, NOW + 2_000, 1_000)
        .await
        .unwrap();

    assert!(
        first.contains(&ada.tenant) && !second.contains(&ada.tenant) && later.contains(&ada.tenant)
    );
}

#[tokio::test]
async fn a_failed_attempt_waits_and_an_active_tenant_needs_no_work() {
    let _alone = LEASES.lock().await;
    let control = control().await;
    let ada = customer(&control).await;

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    tx.note_failure(ada.tenant, "no room", NOW + 10_000)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(
        !control
            .lease_tenants("one", NOW + 9_999, NOW + 10_000, 1_000)
            .await
            .unwrap()
            .contains(&ada.tenant)
    );
    assert!(
        control
            .lease_tenants("one", NOW + 10_000, NOW + 11_000, 1_000)
            .await
            .unwrap()
            .contains(&ada.tenant)
    );
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    assert_eq!(
        tx.tenant(ada.tenant)
            .await
            .unwrap()
            .unwrap()
            .reason
            .as_deref(),
        Some("no room")
    );
    tx.note_observed(ada.tenant, Observed::Active, NOW + 10_500)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    assert!(
        !control
            .lease_tenants("one", NOW + 99_000, NOW + 99_001, 1_000)
            .await
            .unwrap()
            .contains(&ada.tenant)
    );
    assert!(
        control
            .running_tenants()
            .await
            .unwrap()
            .iter()
            .any(|running| running.tenant == ada.tenant)
    );
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let tenant = tx.tenant(ada.tenant).await.unwrap().unwrap();
    assert_eq!(
        (tenant.reason, tenant.attempts, tenant.active_ms),
        (None, 0, Some(NOW + 10_500))
    );
}

#[tokio::test]
async fn generations_rise_and_the_journal_keeps_its_order() {
    let control = control().await;
    let ada = customer(&control).await;
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();

    assert_eq!(tx.raise_generation(ada.tenant).await.unwrap(), 2);
    for (at, step) in ["role", "schema", "key"].into_iter().enumerate() {
        tx.journal(ada.tenant, 2, step, "made", NOW + at as i64)
            .await
            .unwrap();
    }

    let steps = tx.journal_rows(ada.tenant, 2).await.unwrap();
    assert_eq!(
        steps
            .iter()
            .map(|row| (row.seq, row.step.as_str()))
            .collect::<Vec<_>>(),
        [(2, "schema"), (3, "key")]
    );
}
