//! A change of who is told and when.
//!
//! Invariants: every reason why it cannot be is found at once; a webhook that stays keeps its secret, a new one gets one
//! of its own.

use std::collections::BTreeSet;

use syncline_model::message::Severity;
use syncline_model::outlet::Outlets;

use super::mail::is_address;
use super::quiet::{QuietError, Spans};
use super::settings::{Before, Settings, SigningSecret, Webhook, WebhookUrl};
use crate::resource::notifications::{NotificationWebhookPatch, NotificationsPatch, QuietHours};

const MAIL_MAX: usize = 20;
const WEBHOOKS_MAX: usize = 10;
const SPANS_MAX: usize = 14;
const DIGEST_MINUTES_MAX: u32 = 7 * 24 * 60;
/// How long a secret signs after it was replaced.
const OVERLAP_MS: i64 = 24 * 3_600_000;

/// What is wrong with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where, as a JSON pointer.
    pub at: String,
    /// What kind of wrong.
    pub code: &'static str,
    /// What would be right.
    pub text: String,
}

fn wrong(at: impl Into<String>, code: &'static str, text: impl Into<String>) -> Wrong {
    Wrong {
        at: at.into(),
        code,
        text: text.into(),
    }
}

/// Settings with what a patch changes.
pub fn apply(
    before: &Settings,
    patch: &NotificationsPatch,
    outlets: &Outlets,
    now_ms: i64,
) -> Result<Settings, Vec<Wrong>> {
    let mut found = Vec::new();
    let time_zone = patch.time_zone.as_ref().unwrap_or(&before.time_zone);
    let quiet_hours = patch.quiet_hours.as_ref().unwrap_or(&before.quiet_hours);
    hours(time_zone, quiet_hours, &mut found);
    if patch.minimum_severity == Some(Severity::Info) {
        found.push(wrong(
            "/minimum_severity",
            "range",
            "Choose warning or error: what is for the record is told to nobody.",
        ));
    }
    if patch.digest_minutes.is_some_and(|m| m > DIGEST_MINUTES_MAX) {
        let text = format!("A number of minutes up to {DIGEST_MINUTES_MAX}, a week.");
        found.push(wrong("/digest_minutes", "range", text));
    }
    if let Some(mail) = &patch.mail {
        addresses(mail, outlets, &mut found);
    }
    let webhooks = match &patch.webhooks {
        Some(wanted) => webhooks(before, wanted, outlets, now_ms, &mut found),
        None => before.webhooks.clone(),
    };
    if !found.is_empty() {
        return Err(found);
    }
    Ok(Settings {
        minimum: patch.minimum_severity.unwrap_or(before.minimum),
        digest_minutes: patch.digest_minutes.unwrap_or(before.digest_minutes),
        time_zone: time_zone.clone(),
        quiet_hours: quiet_hours.clone(),
        mail: patch.mail.as_ref().unwrap_or(&before.mail).clone(),
        webhooks,
    })
}

fn hours(time_zone: &str, spans: &[QuietHours], found: &mut Vec<Wrong>) {
    if let Err(error) = Spans::new(time_zone, &[]) {
        found.push(wrong("/time_zone", "format", error.to_string()));
        return;
    }
    if spans.len() > SPANS_MAX {
        let text = format!("At most {SPANS_MAX} spans.");
        found.push(wrong("/quiet_hours", "range", text));
    }
    for (n, span) in spans.iter().enumerate() {
        if let Err(error @ QuietError::Time) = Spans::new(time_zone, std::slice::from_ref(span)) {
            found.push(wrong(
                format!("/quiet_hours/{n}"),
                "format",
                error.to_string(),
            ));
        }
    }
}

fn addresses(mail: &[String], outlets: &Outlets, found: &mut Vec<Wrong>) {
    if outlets.mail_relay.is_none() && !mail.is_empty() {
        let text = "This installation sends no mail; its operator has to name a mail relay.";
        found.push(wrong("/mail", "unavailable", text));
    }
    if mail.len() > MAIL_MAX {
        found.push(wrong(
            "/mail",
            "range",
            format!("At most {MAIL_MAX} addresses."),
        ));
    }
    let mut seen = BTreeSet::new();
    for (n, address) in mail.iter().enumerate() {
        if !is_address(address) {
            let text = "A mail address, such as name@example.com.";
            found.push(wrong(format!("/mail/{n}"), "format", text));
        }
        if !seen.insert(address) {
            found.push(wrong(
                format!("/mail/{n}"),
                "duplicate",
                "It is there twice.",
            ));
        }
    }
}

fn webhooks(
    before: &Settings,
    wanted: &[NotificationWebhookPatch],
    outlets: &Outlets,
    now_ms: i64,
    found: &mut Vec<Wrong>,
) -> Vec<Webhook> {
    if wanted.len() > WEBHOOKS_MAX {
        let text = format!("At most {WEBHOOKS_MAX} webhooks.");
        found.push(wrong("/webhooks", "range", text));
    }
    let mut all: Vec<Webhook> = Vec::new();
    for (n, want) in wanted.iter().enumerate() {
        let at = || format!("/webhooks/{n}/url");
        match WebhookUrl::parse(&want.url) {
            None => found.push(wrong(
                at(),
                "format",
                "An https address without user and fragment.",
            )),
            Some(url) if outlets.webhook_host(&url.origin).is_none() => {
                let text = format!(
                    "This installation does not let webhooks go to {}; ask its operator.",
                    url.origin
                );
                found.push(wrong(at(), "not-allowed", text));
            }
            Some(_) => {}
        }
        if all.iter().any(|w| w.url == want.url) {
            found.push(wrong(at(), "duplicate", "It is there twice."));
        }
        let known = before.webhooks.iter().find(|w| w.url == want.url);
        match webhook(known, want, now_ms) {
            Some(webhook) => all.push(webhook),
            None => found.push(wrong(
                at(),
                "unavailable",
                "No secret could be drawn; try again.",
            )),
        }
    }
    all
}

/// One webhook as wanted; `None` where no secret could be drawn.
fn webhook(
    known: Option<&Webhook>,
    want: &NotificationWebhookPatch,
    now_ms: i64,
) -> Option<Webhook> {
    match known {
        Some(known) if !want.new_secret => Some(known.clone()),
        known => Some(Webhook {
            url: want.url.clone(),
            secret: SigningSecret::draw()?,
            before: known.map(|known| Before {
                secret: known.secret.clone(),
                until_ms: now_ms + OVERLAP_MS,
            }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outlets() -> Outlets {
        let text = r#"{"webhook_hosts": [{"origin": "https://hooks.example"}],
            "mail_relay": {"host": "mail.example", "from": "syncline@example.com"}}"#;
        serde_json::from_str(text).unwrap()
    }

    fn patch(text: &str) -> NotificationsPatch {
        serde_json::from_str(text).unwrap()
    }

    fn places(text: &str, outlets: &Outlets) -> Vec<(String, &'static str)> {
        let refused = apply(&Settings::default(), &patch(text), outlets, 0).unwrap_err();
        refused.into_iter().map(|w| (w.at, w.code)).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let text = r#"{"minimum_severity": "info", "digest_minutes": 99999, "mail": ["nobody", "a@b.test", "a@b.test"],
            "quiet_hours": [{"from": "22:00", "to": "25:00"}],
            "webhooks": [{"url": "https://elsewhere.example/"}, {"url": "http://hooks.example/"}]}"#;

        assert_eq!(
            places(text, &outlets()),
            [
                ("/quiet_hours/0".to_owned(), "format"),
                ("/minimum_severity".to_owned(), "range"),
                ("/digest_minutes".to_owned(), "range"),
                ("/mail/0".to_owned(), "format"),
                ("/mail/2".to_owned(), "duplicate"),
                ("/webhooks/0/url".to_owned(), "not-allowed"),
                ("/webhooks/1/url".to_owned(), "format"),
            ]
        );
        let no_mail = places(r#"{"mail": ["a@b.test"]}"#, &Outlets::default());
        assert_eq!(no_mail, [("/mail".to_owned(), "unavailable")]);
        let zone = places(r#"{"time_zone": "Nowhere"}"#, &outlets());
        assert_eq!(zone, [("/time_zone".to_owned(), "format")]);
    }

    #[test]
    fn a_webhook_that_stays_keeps_its_secret_and_a_replaced_one_signs_for_a_day() {
        let text = r#"{"webhooks": [{"url": "https://hooks.example/a"}]}"#;
        let first = apply(&Settings::default(), &patch(text), &outlets(), 0).unwrap();
        let kept = apply(&first, &patch(text), &outlets(), 5).unwrap();
        assert_eq!(kept, first);

        let text = r#"{"webhooks": [{"url": "https://hooks.example/a", "new_secret": true}]}"#;
        let next = apply(&first, &patch(text), &outlets(), 5).unwrap();

        let (old, new) = (&first.webhooks[0], &next.webhooks[0]);
        assert_ne!(new.secret, old.secret);
        let signs: Vec<_> = new.secrets(5 + OVERLAP_MS - 1).collect();
        assert_eq!(signs, [&new.secret, &old.secret]);
        assert_eq!(new.secrets(5 + OVERLAP_MS).count(), 1);
    }

    #[test]
    fn what_a_patch_does_not_name_stays() {
        let text = r#"{"mail": ["ada@contoso.test"], "digest_minutes": 0}"#;
        let first = apply(&Settings::default(), &patch(text), &outlets(), 0).unwrap();

        let next = apply(
            &first,
            &patch(r#"{"time_zone": "Europe/Berlin"}"#),
            &outlets(),
            0,
        );

        let expected = Settings {
            time_zone: "Europe/Berlin".into(),
            ..first
        };
        assert_eq!(next.unwrap(), expected);
    }
}
