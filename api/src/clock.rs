//! The one place where the API reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// An instant as the API writes it: RFC 3339, UTC.
pub fn rfc3339(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|instant| instant.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// A day (days since 1970) as `YYYY-MM-DD`.
pub fn date(day: i64) -> String {
    rfc3339(day.saturating_mul(86_400_000))
        .chars()
        .take(10)
        .collect()
}

/// The day of a `YYYY-MM-DD`.
pub fn day_of(date: &str) -> Option<i64> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = time::Date::parse(date, &format).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp() / 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_days_are_utc() {
        assert_eq!(rfc3339(1_790_000_000_123), "2026-09-21T14:13:20.123Z");
        assert_eq!(day_of(&date(20_000)), Some(20_000));
        assert_eq!(day_of("2026-02-30"), None);
    }
}
