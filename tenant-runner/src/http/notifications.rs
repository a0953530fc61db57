//! Notifications: look at who is told, change it, and try it out.
//!
//! Invariants: a webhook goes only where the operator lets webhooks go; the answer to a change shows the secrets that the
//! change made, and no other answer shows any; audit rows hold no address.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;
use syncline_contract::ops::tenant as ops;
use syncline_contract::precondition::{IfMatch, etag};
use syncline_contract::{Body, Problem, codes};
use syncline_model::NotificationId;
use syncline_store::tenant::{Durability, TenantRead};

use super::Tenant;
use super::context::{Context, now_ms, refused};
use crate::notify::{self, Delivery, Ledger, Settings, SigningSecret, change};
use crate::resource::instant::Instant;
use crate::resource::notifications::{
    NotificationTest, NotificationTestResult, NotificationWebhook, Notifications,
    NotificationsPatch, PendingNotification,
};

pub(super) fn serve(surface: Tenant) -> Tenant {
    surface
        .serve(&ops::NOTIFICATIONS_GET, get, |d| {
            d.returns_versioned::<Notifications>(200, "Who is told, and what waits.")
        })
        .serve(&ops::NOTIFICATIONS_UPDATE, update, |d| {
            d.body::<NotificationsPatch>()
                .returns_versioned::<Notifications>(200, "Changed.")
                .fails(&[&codes::INVALID])
        })
        .serve(&ops::NOTIFICATIONS_TEST, test, |d| {
            d.returns::<NotificationTest>(200, "What became of it at each receiver.")
        })
}

async fn get(context: Context) -> Result<Response, Problem> {
    let mut read = context.read().await?;
    let (settings, version) = load(&mut read).await?;
    let (ledger, _) = Ledger::load(&mut read).await.map_err(refused)?;
    Ok(answer(shown(&context, version, &settings, None, &ledger)))
}

async fn update(
    context: Context,
    seen: IfMatch,
    Body(patch): Body<NotificationsPatch>,
) -> Result<Response, Problem> {
    let app = &context.app;
    let mut tx = app.db.write(Durability::Durable).await.map_err(refused)?;
    let (before, version) = load(&mut tx).await?;
    seen.check(version)?;
    let settings = change::apply(&before, &patch, &app.notifier.outlets, now_ms());
    let settings = settings.map_err(invalid)?;
    let value = serde_json::to_vec(&settings).map_err(|_| Problem::internal())?;
    tx.setting_put(Settings::SETTING, version, &value)
        .await
        .map_err(refused)?;
    let stay = settings.receivers();
    for gone in before.receivers().iter().filter(|r| !stay.contains(r)) {
        // Nobody would end what was said of it.
        tx.messages_end_of(gone.failure(), gone.address(), now_ms())
            .await
            .map_err(refused)?;
    }
    let counted = |s: &Settings| json!({"mail": s.mail.len(), "webhooks": s.webhooks.len()});
    let detail = json!({"before": counted(&before), "after": counted(&settings)});
    tx.audit(context.act("notifications.update", app.db.tenant(), detail));
    let (ledger, _) = Ledger::load(&mut tx).await.map_err(refused)?;
    tx.commit().await.map_err(refused)?;
    app.outbox_grew();
    app.notifier.poke();
    let shown = shown(&context, version + 1, &settings, Some(&before), &ledger);
    Ok(answer(shown))
}

async fn test(context: Context) -> Result<Body<NotificationTest>, Problem> {
    let app = &context.app;
    let mut read = app.db.read().await.map_err(refused)?;
    let (settings, _) = load(&mut read).await?;
    drop(read);
    let receivers = settings.receivers();
    let ids = app.db.new_ids(receivers.len()).await.map_err(refused)?;
    let now = now_ms();
    let tries = (ids.bounds().0..).zip(receivers).map(|(id, to)| Delivery {
        id: NotificationId(id),
        to,
        made_ms: now,
        notices: Vec::new(),
        attempts: 0,
        next_ms: now,
        problem: None,
    });
    let settings = &settings;
    let results = futures::future::join_all(tries.map(|delivery| async move {
        let sent = notify::send(&app.notifier, app.db.tenant(), settings, &delivery, now).await;
        NotificationTestResult {
            to: delivery.to.shown(),
            delivered: sent.is_ok(),
            problem: sent.err().map(|why| why.to_string()),
        }
    }));
    Ok(Body(NotificationTest {
        results: results.await,
    }))
}

async fn load(read: &mut TenantRead) -> Result<(Settings, i64), Problem> {
    let setting = read.setting(Settings::SETTING).await.map_err(refused)?;
    let version = setting.as_ref().map_or(0, |s| s.version);
    Ok((Settings::read(setting.as_ref()), version))
}

fn answer(shown: Notifications) -> Response {
    ([(header::ETAG, etag(shown.version))], Body(shown)).into_response()
}

fn invalid(wrong: Vec<change::Wrong>) -> Problem {
    let problem = Problem::new(&codes::INVALID, "These notifications cannot be sent.");
    wrong.into_iter().fold(problem, |problem, wrong| {
        problem.field(wrong.at, wrong.code, wrong.text)
    })
}

/// As it is shown; after a change, with the secrets that were not there before.
fn shown(
    context: &Context,
    version: i64,
    settings: &Settings,
    before: Option<&Settings>,
    ledger: &Ledger,
) -> Notifications {
    let outlets = &context.app.notifier.outlets;
    let is_new = |secret: &SigningSecret| {
        before.is_some_and(|before| before.webhooks.iter().all(|known| known.secret != *secret))
    };
    let webhooks = settings.webhooks.iter().map(|webhook| {
        let secret = is_new(&webhook.secret).then(|| webhook.secret.reveal().to_owned());
        NotificationWebhook {
            url: webhook.url.clone(),
            secret,
        }
    });
    let pending = ledger
        .deliveries
        .iter()
        .map(|delivery| PendingNotification {
            id: delivery.id,
            to: delivery.to.shown(),
            made_at: Instant::from_unix_ms(delivery.made_ms),
            attempts: delivery.attempts,
            next_try_at: Instant::from_unix_ms(delivery.next_ms),
            problem: delivery.problem.clone(),
        });
    let hosts = outlets.webhook_hosts.iter();
    Notifications {
        version,
        minimum_severity: settings.minimum,
        digest_minutes: settings.digest_minutes,
        time_zone: settings.time_zone.clone(),
        quiet_hours: settings.quiet_hours.clone(),
        mail: settings.mail.clone(),
        webhooks: webhooks.collect(),
        mail_offered: outlets.mail_relay.is_some(),
        webhook_hosts: hosts.map(|host| host.origin.to_string()).collect(),
        waiting: u32::try_from(ledger.waiting.len()).unwrap_or(u32::MAX),
        waiting_until: notify::gathers_ms(ledger, settings, now_ms()).map(Instant::from_unix_ms),
        pending: pending.collect(),
    }
}
