//! How quotas show in answers.

use super::Throttled;
use crate::{
    clock::{self, Moment, SECOND},
    error::Refusal,
    options::RetryAfter,
};

/// The share from which an answer tells how full the bucket is.
const TOLD_ABOVE: f64 = 0.8;

/// The headers of an answer that was not throttled.
pub(crate) fn ok_headers(units: u32, share: f64) -> Vec<(String, String)> {
    let mut headers = vec![("x-ms-resource-unit".to_owned(), units.to_string())];
    if share > TOLD_ABOVE {
        let told = (
            "x-ms-throttle-limit-percentage".to_owned(),
            format!("{share:.1}"),
        );
        headers.push(told);
    }
    headers
}

/// The answer to a request that was throttled: it tells what the request cost and how full the bucket is, too.
pub(crate) fn refusal(throttled: &Throttled, units: u32, form: RetryAfter, now: Moment) -> Refusal {
    let mut refusal = Refusal::new(
        429,
        "TooManyRequests",
        "Too many requests. Please retry after the time given.",
    )
    .with_header("x-ms-throttle-scope", &throttled.scope)
    .with_header("x-ms-throttle-information", throttled.information);
    refusal.headers.extend(ok_headers(units, throttled.share));
    match form {
        RetryAfter::Seconds => refusal.with_header("Retry-After", throttled.seconds.to_string()),
        RetryAfter::Date => {
            let until = clock::http_date(now + throttled.seconds * SECOND);
            refusal.with_header("Retry-After", until)
        }
        RetryAfter::Absent => refusal,
    }
}
