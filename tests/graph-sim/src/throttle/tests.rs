//! The figures of the quotas, as a client meets them.

use super::*;
use crate::options::{Domain, RetryAfter, ThrottleOptions};
use crate::store::Class;

fn tenant(size: Size) -> Tenant {
    let mut tenant = Tenant::new("t".to_owned(), vec![Domain::verified("contoso.test")], 1, 1);
    tenant.throttle.size = Some(size);
    tenant
}

const READ: Cost = Cost {
    units: 1,
    writes: 0,
};
const WRITE: Cost = Cost {
    units: 1,
    writes: 1,
};

fn allowed(buckets: &mut Buckets, tenant: &Tenant, cost: Cost, now: Moment) -> usize {
    (0..20_000)
        .take_while(|_| {
            matches!(
                buckets.charge(tenant, "app", cost, now),
                Verdict::Allowed(_)
            )
        })
        .count()
}

#[test]
fn each_size_of_tenant_has_its_own_quota_of_resource_units() {
    for (size, units) in [(Size::S, 3_500), (Size::M, 5_000), (Size::L, 8_000)] {
        assert_eq!(
            allowed(&mut Buckets::default(), &tenant(size), READ, 0),
            units
        );
    }
}

#[test]
fn the_size_of_a_tenant_is_that_of_its_users() {
    let mut tenant = tenant(Size::S);
    tenant.throttle.size = None;
    let mut sizes = Vec::new();
    for number in 0..=501 {
        sizes.push(tenant.size());
        let user = serde_json::Map::from_iter([("id".to_owned(), format!("u{number}").into())]);
        crate::control::put_object(&mut tenant, Class::User, user, 0).unwrap();
    }

    let of = |users: usize| sizes[users];
    assert_eq!([0, 49].map(of), [Size::S; 2]);
    assert_eq!([50, 500].map(of), [Size::M; 2]);
    assert_eq!(of(501), Size::L);
}

#[test]
fn three_thousand_writes_fill_the_write_quota_and_two_and_a_half_minutes_empty_it() {
    let (tenant, mut buckets) = (tenant(Size::L), Buckets::default());

    assert_eq!(allowed(&mut buckets, &tenant, WRITE, 0), 3_000);

    let Verdict::Throttled(throttled) = buckets.charge(&tenant, "app", WRITE, 0) else {
        panic!("the quota was used up");
    };
    assert_eq!(throttled.scope, "Tenant_Application/Write/app/t");
    assert_eq!(throttled.information, "WriteLimitExceeded");
    // Another application has a bucket of its own.
    assert!(matches!(
        buckets.charge(&tenant, "other", WRITE, 0),
        Verdict::Allowed(_)
    ));
    assert_eq!(allowed(&mut buckets, &tenant, WRITE, 300 * SECOND), 3_000);
}

#[test]
fn requests_made_while_throttled_still_count() {
    let (tenant, mut buckets) = (tenant(Size::S), Buckets::default());
    allowed(&mut buckets, &tenant, READ, 0);
    let wait = |buckets: &mut Buckets| match buckets.charge(&tenant, "app", READ, 0) {
        Verdict::Throttled(throttled) => throttled.seconds,
        Verdict::Allowed(_) => 0,
    };

    assert_eq!(wait(&mut buckets), 1);
    (0..1_000).for_each(|_| _ = wait(&mut buckets));

    assert_eq!(wait(&mut buckets), 3);
}

#[test]
fn other_applications_use_up_what_is_shared() {
    let mut tenant = tenant(Size::L);
    tenant.throttle = ThrottleOptions {
        other_applications: 0.9,
        size: Some(Size::L),
        ..ThrottleOptions::default()
    };

    assert_eq!(allowed(&mut Buckets::default(), &tenant, WRITE, 0), 1_800);
}

#[test]
fn an_answer_tells_a_full_bucket_and_retry_after_has_three_forms() {
    assert_eq!(ok_headers(2, 0.8).len(), 1);
    assert_eq!(ok_headers(2, 0.95)[1].1, "0.9");
    let throttled = Throttled {
        scope: "x".to_owned(),
        information: "WriteLimitExceeded",
        seconds: 7,
        share: 1.2,
    };
    let retry_after = |form| {
        let refusal = refusal(&throttled, 1, form, 0);
        let header = refusal
            .headers
            .iter()
            .find(|(name, _)| name == "Retry-After");
        header.map(|(_, value)| value.clone())
    };

    assert_eq!(retry_after(RetryAfter::Seconds).as_deref(), Some("7"));
    assert_eq!(
        retry_after(RetryAfter::Date).as_deref(),
        Some("Thu, 01 Jan 1970 00:00:07 GMT")
    );
    assert_eq!(retry_after(RetryAfter::Absent), None);
}

#[test]
fn the_headers_are_the_contracts_and_none_of_them_is_missing() {
    let throttling = Contract::vendor().throttling();
    let throttled = Throttled {
        scope: "Tenant_Application/Write/app/t".to_owned(),
        information: "WriteLimitExceeded",
        seconds: 7,
        share: 1.2,
    };
    let named = |headers: &[(String, String)]| -> std::collections::BTreeSet<String> {
        headers.iter().map(|(name, _)| name.clone()).collect()
    };
    let of = |lists: &[Vec<&str>]| -> std::collections::BTreeSet<String> {
        lists.concat().into_iter().map(str::to_owned).collect()
    };

    let ok = ok_headers(2, 0.95);
    let refusal = refusal(&throttled, 2, RetryAfter::Seconds, 0);

    let [told, refused] = [throttling.ok_headers(), throttling.throttled_headers()];
    assert_eq!(named(&ok), of(std::slice::from_ref(&told)));
    assert_eq!(named(&refusal.headers), of(&[told, refused]));
    let value = |name: &str| {
        let found = refusal.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(value("x-ms-resource-unit"), Some("2"));
    assert_eq!(value("x-ms-throttle-limit-percentage"), Some("1.2"));
    assert!(throttling.reasons().contains(&throttled.information));
}
