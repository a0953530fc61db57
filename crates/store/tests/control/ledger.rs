//! The usage ledger and the copies of runners' outboxes: once each, however often they are written.

use syncline_model::meter::Meter;
use syncline_store::chain::{Act, Link, START};
use syncline_store::control::{Chain, CollectedUsage, Scope, UsageRow};

use crate::fixture::{NOW, control, customer};

fn used(seq: i64, quantity: i64) -> CollectedUsage {
    CollectedUsage {
        seq,
        at_ms: NOW,
        meter: Meter::OperationsExported,
        quantity,
        event: [u8::try_from(seq).unwrap(); 32],
    }
}

fn acts(count: i64) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for n in 1..=count {
        let act = Act {
            at_ms: NOW + n,
            actor: "usr_1".into(),
            action: "profiles.put".into(),
            target: None,
            result: "done".into(),
            request_id: None,
            detail: serde_json::Value::Null,
        };
        let previous = links.last().map_or(START, |link| link.hash);
        links.push(act.link("ten_1", n, previous));
    }
    links
}

#[tokio::test]
async fn a_page_copied_twice_counts_once() {
    let control = control().await;
    let ada = customer(&control).await;
    let (acts, usage) = (acts(3), [used(1, 5), used(2, 7)]);

    control.collect(ada.tenant, &acts, &usage).await.unwrap();
    control.collect(ada.tenant, &acts, &usage).await.unwrap();

    assert_eq!(control.collected(ada.tenant).await.unwrap(), (3, 2));
    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let days = tx.usage_days(ada.tenant, 0, i64::MAX).await.unwrap();
    assert_eq!(
        days.iter()
            .map(|day| (day.meter.as_str(), day.quantity, day.billable))
            .collect::<Vec<_>>(),
        [("operations_exported", 12, 12)]
    );
    assert_eq!(
        tx.audit_rows(ada.tenant, Chain::Runner, i64::MAX, 10)
            .await
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn an_effect_counted_under_two_numbers_is_one_row() {
    let control = control().await;
    let ada = customer(&control).await;
    let again = CollectedUsage {
        seq: 9,
        ..used(1, 5)
    };

    control
        .collect(ada.tenant, &[], &[used(1, 5), again])
        .await
        .unwrap();

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    assert_eq!(
        tx.usage_days(ada.tenant, 0, i64::MAX).await.unwrap()[0].quantity,
        5
    );
}

#[tokio::test]
async fn calls_of_the_console_are_counted_and_not_billed() {
    let control = control().await;
    let ada = customer(&control).await;
    let call = |seq: i64, meter| UsageRow {
        tenant: ada.tenant,
        source: "api:test".into(),
        seq,
        at_ms: NOW,
        meter,
        quantity: 1,
        event: [u8::try_from(seq).unwrap(); 32],
    };

    control
        .append_usage(&[call(1, Meter::ConsoleCalls), call(2, Meter::ApiCalls)])
        .await
        .unwrap();

    let mut tx = control.tx(Scope::tenant(ada.tenant)).await.unwrap();
    let days = tx
        .usage_days(ada.tenant, NOW - 86_400_000, NOW + 86_400_000)
        .await
        .unwrap();
    let seen: Vec<_> = days
        .iter()
        .map(|day| (day.meter.as_str(), day.quantity, day.billable))
        .collect();
    assert_eq!(seen, [("api_calls", 1, 1), ("console_calls", 1, 0)]);
}
