//! What a notification says: to programs as JSON, to people as mail.
//!
//! Invariants: it names codes, what they mean, directories and profiles, and nothing that an entry quotes; the same
//! delivery is the same words at every try.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::json;
use syncline_model::message::{self, Severity};
use syncline_model::{DirectoryId, ProfileId, TenantId};

use super::ledger::{Change, Delivery, Notice};
use super::quiet::Spans;
use crate::resource::instant::Instant;

/// A notice as programs read it.
#[derive(Serialize)]
struct Item<'n> {
    change: Change,
    code: &'n str,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_do: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<DirectoryId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    directory_name: Option<&'n str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_name: Option<&'n str>,
    since: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Instant>,
    entries: i64,
    count: i64,
    times: u32,
}

/// The body that is posted.
pub(super) fn body(tenant: TenantId, delivery: &Delivery) -> String {
    let kind = match delivery.notices.is_empty() {
        true => "notifications.test",
        false => "notifications.notice",
    };
    let items: Vec<Item<'_>> = delivery.notices.iter().map(item).collect();
    let made = Instant::from_unix_ms(delivery.made_ms);
    json!({"type": kind, "timestamp": made, "data": {"tenant": tenant, "notices": items}})
        .to_string()
}

fn item(notice: &Notice) -> Item<'_> {
    let known = message::find(&notice.cause.code);
    Item {
        change: notice.change,
        code: &notice.cause.code,
        severity: notice.severity,
        meaning: known.map(|k| k.what),
        to_do: known.map(|k| k.to_do),
        directory: notice.cause.directory,
        directory_name: notice.directory_name.as_deref(),
        profile: notice.cause.profile,
        profile_name: notice.profile_name.as_deref(),
        since: Instant::from_unix_ms(notice.since_ms),
        ended_at: notice.ended_ms.map(Instant::from_unix_ms),
        entries: notice.entries,
        count: notice.count,
        times: notice.times,
    }
}

/// The subject of a mail.
pub(super) fn subject(delivery: &Delivery) -> String {
    match delivery.notices.as_slice() {
        [] => "Syncline: a test of notifications".to_owned(),
        [one] => format!(
            "Syncline: {}: {}{}",
            heading(one),
            one.cause.code,
            place(one)
        ),
        many => {
            let over = many.iter().filter(|n| n.ended_ms.is_some()).count();
            format!(
                "Syncline: {} open, {over} over",
                many.len().saturating_sub(over)
            )
        }
    }
}

/// The text of a mail.
pub(super) fn text(tenant: TenantId, delivery: &Delivery, clocks: &Spans) -> String {
    if delivery.notices.is_empty() {
        return format!(
            "Notifications of the tenant {tenant} reach this address.\n\nThis was a test that somebody asked for.\n"
        );
    }
    let mut text = String::new();
    for notice in &delivery.notices {
        let _ = writeln!(
            text,
            "{}: {}{}",
            heading(notice),
            notice.cause.code,
            place(notice)
        );
        if let Some(known) = message::find(&notice.cause.code) {
            let _ = writeln!(text, "  {}", known.what);
            if notice.ended_ms.is_none() {
                let _ = writeln!(text, "  What to do: {}", known.to_do);
            }
        }
        let _ = writeln!(text, "  {}", when(notice, clocks));
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "Tenant {tenant}. The entries stand in the console under Messages. Each cause is told once: when it begins, when \
         it gets worse, and when it ends."
    );
    text
}

fn heading(notice: &Notice) -> String {
    match notice.change {
        Change::Opened => word(notice.severity).to_owned(),
        Change::Escalated => format!("{}, worse than before", word(notice.severity)),
        Change::Ended => "Ended".to_owned(),
        Change::Passed => "Came and went".to_owned(),
    }
}

/// A severity as a mail names it.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Warning => "Warning",
        Severity::Error => "Error",
    }
}

/// Where, in names that people gave.
fn place(notice: &Notice) -> String {
    let id = notice.cause.directory.map(|id| id.to_string());
    let directory = notice.directory_name.clone().or(id);
    let id = notice.cause.profile.map(|id| id.to_string());
    let profile = notice.profile_name.clone().or(id);
    match (directory, profile) {
        (Some(directory), Some(profile)) => format!(", {directory}, {profile}"),
        (Some(one), None) | (None, Some(one)) => format!(", {one}"),
        (None, None) => String::new(),
    }
}

fn when(notice: &Notice, clocks: &Spans) -> String {
    let mut when = format!("Since {}", clocks.local(notice.since_ms));
    if let Some(ended_ms) = notice.ended_ms {
        let _ = write!(when, ", until {}", clocks.local(ended_ms));
    }
    if notice.count > 1 {
        let _ = write!(when, "; seen {} times", notice.count);
    }
    if notice.entries > 1 {
        let _ = write!(when, " in {} entries", notice.entries);
    }
    if notice.times > 1 {
        let _ = write!(when, "; began {} times", notice.times);
    }
    when + "."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use syncline_store::tenant::{Cause, StandingCause};

    use super::super::ledger::{Ledger, Names, Receiver};
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    /// A directory whose agent was away for a while, and a profile whose guard holds.
    fn delivery() -> Delivery {
        let names = Names {
            directories: [(DirectoryId(1), "Contoso".to_owned())].into(),
            profiles: [(ProfileId(2), "People".to_owned())].into(),
        };
        let offline = Cause {
            code: "agents.offline".into(),
            directory: Some(DirectoryId(1)),
            profile: None,
        };
        let held = Cause {
            code: "guard_tripped".into(),
            directory: Some(DirectoryId(1)),
            profile: Some(ProfileId(2)),
        };
        let stands = |severity, count| StandingCause {
            severity,
            since_ms: NOW,
            entries: 1,
            count,
        };
        let mut ledger = Ledger::default();
        let open = [(offline, stands(Severity::Error, 3))];
        ledger.observe(&open.into(), Severity::Warning, &names, NOW);
        let open: BTreeMap<_, _> = [(held, stands(Severity::Warning, 1))].into();
        ledger.observe(&open, Severity::Warning, &names, NOW + 3_600_000);
        let ada = Receiver::Mail("ada@contoso.test".into());
        ledger.gather(&[ada], 5.., NOW + 3_600_000);
        ledger.deliveries.remove(0)
    }

    #[test]
    fn a_mail_says_what_stands_what_went_and_what_to_do() {
        let delivery = delivery();
        let clocks = Spans::new("Europe/Berlin", &[]).unwrap();

        assert_eq!(subject(&delivery), "Syncline: 1 open, 1 over");
        let text = text(TenantId(1), &delivery, &clocks);
        let guard = message::jobs::GUARD_TRIPPED;
        let offline = message::find("agents.offline").unwrap();
        let expected = format!(
            "Came and went: agents.offline, Contoso\n  {}\n  Since 2026-09-21 16:13 CEST, until 2026-09-21 17:13 CEST; \
             seen 3 times.\n\nWarning: guard_tripped, Contoso, People\n  {}\n  What to do: {}\n  Since 2026-09-21 16:13 \
             CEST.\n\nTenant ten_1. ",
            offline.what, guard.what, guard.to_do
        );
        assert!(text.starts_with(&expected), "{text}");
    }

    #[test]
    fn a_body_is_the_same_at_every_try() {
        let delivery = delivery();
        let again = Delivery {
            attempts: 4,
            next_ms: NOW + 1,
            problem: Some("nobody answers".into()),
            ..delivery.clone()
        };

        let body = body(TenantId(1), &delivery);

        assert_eq!(body, super::body(TenantId(1), &again));
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        let first = &read["data"]["notices"][0];
        assert_eq!(read["type"], "notifications.notice");
        assert_eq!(
            (&first["change"], &first["count"]),
            (&json!("passed"), &json!(3))
        );
        assert_eq!(first["directory_name"], "Contoso");
        assert_eq!(read["data"]["notices"][1]["change"], "opened");
    }

    #[test]
    fn a_test_says_that_it_is_one() {
        let test = Delivery {
            notices: Vec::new(),
            ..delivery()
        };

        let read: serde_json::Value = serde_json::from_str(&body(TenantId(1), &test)).unwrap();

        assert_eq!(read["type"], "notifications.test");
        assert!(subject(&test).contains("test"));
    }
}
