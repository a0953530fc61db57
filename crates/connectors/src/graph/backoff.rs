//! How long to wait before trying again.
//!
//! Rules: `Retry-After` counts when it is there, as seconds or as an HTTP date (RFC 9110 section 10.2.3); else
//! waits double from the first one, with full jitter, up to a cap. What is told is never shortened: whoever is told
//! to wait longer than [`LONGEST_WAITED`] stops and says until when, because a request before that time counts
//! against the quota and is refused.

use std::time::Duration;

use http::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::chance::Jitter;
use super::config::Patience;

/// The longest wait that is waited out; whoever is told a longer one stops.
pub(super) const LONGEST_WAITED: Duration = Duration::from_secs(600);

/// The longest wait that a service is believed to mean.
const LONGEST_TOLD: Duration = Duration::from_secs(7 * 86_400);

/// A series of waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    pub(super) fn new(patience: &Patience) -> Self {
        Self {
            next: patience.first_wait,
            longest: patience.longest_wait,
        }
    }

    /// The next wait: what was told, at least, or anything up to the series' next step.
    pub(super) fn wait(&mut self, told: Option<Duration>, jitter: &Jitter) -> Duration {
        let step = self.next;
        self.next = (self.next * 2).min(self.longest);
        match told {
            // Not all at the same moment.
            Some(told) => told + jitter.within(step / 4),
            None => jitter.within(step),
        }
    }
}

/// A time in words, rounded up: `2 hours 5 minutes`.
pub(super) fn in_words(time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60);
    let counted = |n: u64, unit: &str| match n {
        1 => format!("1 {unit}"),
        n => format!("{n} {unit}s"),
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => counted(minutes, "minute"),
        (hours, 0) => counted(hours, "hour"),
        (hours, minutes) => format!("{} {}", counted(hours, "hour"), counted(minutes, "minute")),
    }
}

/// What `Retry-After` says; the server's own `Date` is what a date is held against.
pub(super) fn told(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    let date = headers
        .get(http::header::DATE)
        .and_then(|date| date.to_str().ok());
    told_by(text, date, OffsetDateTime::now_utc())
}

/// The same from texts, as an item of a batch has them.
pub(super) fn told_by(text: &str, date: Option<&str>, now: OffsetDateTime) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = http_date(text)?;
            let now = date.and_then(http_date).unwrap_or(now);
            Duration::try_from(until - now).unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST_TOLD))
}

/// `Tue, 31 Mar 2026 08:00:00 GMT`.
fn http_date(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim().strip_suffix("GMT")?;
    OffsetDateTime::parse(&format!("{text}+0000"), &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = http_date("Tue, 31 Mar 2026 08:00:00 GMT").unwrap();
        let told = |text: &str, date| told_by(text, date, now);

        assert_eq!(told("12", None), Some(Duration::from_secs(12)));
        assert_eq!(
            told("Tue, 31 Mar 2026 08:00:30 GMT", None),
            Some(Duration::from_secs(30))
        );
        // The server's clock counts, not ours.
        assert_eq!(
            told(
                "Tue, 31 Mar 2026 09:00:30 GMT",
                Some("Tue, 31 Mar 2026 09:00:00 GMT")
            ),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            told("Tue, 31 Mar 2026 07:00:00 GMT", None),
            Some(Duration::ZERO)
        );
        assert_eq!(told("7200", None), Some(Duration::from_secs(7_200)));
        assert_eq!(told("18446744073709551615", None), Some(LONGEST_TOLD));
        for nonsense in ["", "soon", "-5", "Tue, 31 Mar"] {
            assert_eq!(told(nonsense, None), None, "{nonsense}");
        }
    }

    #[test]
    fn a_time_is_told_in_hours_and_minutes() {
        for (seconds, words) in [
            (20, "1 minute"),
            (601, "11 minutes"),
            (3_600, "1 hour"),
            (7_500, "2 hours 5 minutes"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn waits_double_up_to_the_cap_and_are_jittered() {
        let patience = Patience {
            longest_wait: Duration::from_secs(60),
            ..Patience::default()
        };
        let jitter = Jitter::new(Some(3));
        let mut backoff = Backoff::new(&patience);

        let waits: Vec<Duration> = (0..12).map(|_| backoff.wait(None, &jitter)).collect();

        for (index, wait) in waits.iter().enumerate() {
            let step = Duration::from_secs(1 << index.min(10)).min(patience.longest_wait);
            assert!(*wait <= step, "{index} {wait:?}");
        }
        assert!(waits.iter().any(|wait| *wait > Duration::from_secs(20)));
        // Full jitter: anything between nothing and the step.
        assert!(
            waits[6..]
                .iter()
                .any(|wait| *wait < Duration::from_secs(20))
        );
        let told = Some(Duration::from_secs(5));
        assert!(Backoff::new(&patience).wait(told, &jitter) >= Duration::from_secs(5));
    }
}
