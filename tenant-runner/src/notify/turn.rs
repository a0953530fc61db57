//! One look at the log: what changed is noted, what is due is decided, what was decided is sent.
//!
//! Invariants: what is decided is durable before it is sent; what was taken is struck out in one transaction with what is
//! said of the receiver in the log.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use futures::stream;
use serde_json::json;
use syncline_model::message::notifications::{MAIL_FAILED, WEBHOOK_FAILED};
use syncline_model::{MessageId, NotificationId};
use syncline_store::StoreError;
use syncline_store::tenant::{
    Durability, Lane, Message, MessageBody, Setting, TenantRead, TenantTx,
};

use super::ledger::{Delivery, Ledger, Names, Receiver};
use super::send::{Undelivered, send};
use super::settings::Settings;
use crate::app::App;
use crate::resource::instant::Instant;

/// The setting that the ledger is kept in.
const LEDGER: &str = "notifications.ledger";
/// What a receiver answers may be long, and is his.
const WHY_CHARS: usize = 300;
/// Tries at once.
const AT_ONCE: usize = 8;

impl Ledger {
    /// As stored, with its version.
    pub(crate) async fn load(read: &mut TenantRead) -> Result<(Self, i64), StoreError> {
        let stored = read.setting(LEDGER).await?;
        let ledger = |s: &Setting| serde_json::from_slice(&s.value).ok();
        let version = stored.as_ref().map_or(0, |s| s.version);
        Ok((
            stored.as_ref().and_then(ledger).unwrap_or_default(),
            version,
        ))
    }

    async fn save(&self, tx: &mut TenantTx, version: i64) -> Result<(), StoreError> {
        let value = serde_json::to_vec(self).unwrap_or_default();
        tx.setting_put(LEDGER, version, &value).await
    }
}

/// Looks once. Answers when something is due next.
pub async fn turn(app: &App, now_ms: i64) -> Result<Option<i64>, StoreError> {
    let mut read = app.db.read().await?;
    let settings = Settings::read(read.setting(Settings::SETTING).await?.as_ref());
    let receivers = settings.receivers();
    let (mut ledger, version) = Ledger::load(&mut read).await?;
    if receivers.is_empty() {
        // Whoever is added later is told of what stands then.
        return forget(app, &ledger, version).await.map(|()| None);
    }
    let before = ledger.clone();
    let open = read.log_causes().await?;
    let names = names(&mut read).await?;
    drop(read);

    ledger.observe(&open, settings.minimum, &names, now_ms);
    ledger.keep_only(&receivers);
    let gathers_ms = gathers_ms(&ledger, &settings, now_ms);
    if gathers_ms.is_some_and(|at| at <= now_ms) {
        let (first, _) = app.db.new_ids(receivers.len()).await?.bounds();
        ledger.gather(&receivers, first.., now_ms);
    }
    if ledger != before {
        let mut tx = app.db.write(Durability::Durable).await?;
        ledger.save(&mut tx, version).await?;
        tx.commit().await?;
    }
    let due = ledger.due(now_ms);
    if due.is_empty() {
        let gathers_ms = gathers_ms.filter(|at| *at > now_ms);
        return Ok(gathers_ms.into_iter().chain(ledger.next_try_ms()).min());
    }
    deliver(app, &settings, due, now_ms).await?;
    // What failed may be something to tell to others.
    Ok(Some(now_ms))
}

async fn forget(app: &App, ledger: &Ledger, version: i64) -> Result<(), StoreError> {
    if *ledger == Ledger::default() {
        return Ok(());
    }
    let mut tx = app.db.write(Durability::Durable).await?;
    Ledger::default().save(&mut tx, version).await?;
    tx.commit().await
}

/// When what waits is gathered; hours that cannot be read keep nothing back.
pub(crate) fn gathers_ms(ledger: &Ledger, settings: &Settings, now_ms: i64) -> Option<i64> {
    let spans = settings.spans();
    let quiet_until = |at| spans.as_ref().ok().and_then(|spans| spans.until(at));
    ledger.gathers_ms(settings.digest_ms(), quiet_until, now_ms)
}

async fn names(read: &mut TenantRead) -> Result<Names, StoreError> {
    let directories = read.directories().await?;
    let profiles = read.profiles().await?;
    Ok(Names {
        directories: BTreeMap::from_iter(directories.into_iter().map(|d| (d.id, d.doc.name))),
        profiles: BTreeMap::from_iter(profiles.into_iter().map(|p| (p.id, p.doc.name))),
    })
}

type Outcome = (NotificationId, Receiver, Result<(), Undelivered>);

/// Tries what is due and writes down what became of it.
async fn deliver(
    app: &App,
    settings: &Settings,
    due: Vec<Delivery>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let tries = due.into_iter().map(|delivery| async move {
        let sent = send(&app.notifier, app.db.tenant(), settings, &delivery, now_ms).await;
        (delivery.id, delivery.to, sent)
    });
    let outcomes: Vec<Outcome> = stream::iter(tries)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let (first, _) = app.db.new_ids(outcomes.len()).await?.bounds();
    let mut tx = app.db.write(Durability::Durable).await?;
    let (mut ledger, version) = Ledger::load(&mut tx).await?;
    for (id, (notification, to, sent)) in (first..).zip(outcomes) {
        match sent {
            Ok(()) => {
                ledger.delivered(notification);
                tx.messages_end_of(to.failure(), to.address(), now_ms)
                    .await?;
            }
            Err(why) => {
                let why: String = why.to_string().chars().take(WHY_CHARS).collect();
                let again_ms = ledger.failed(notification, why.clone(), now_ms);
                let said = says(MessageId(id), &to, &why, again_ms, now_ms);
                tx.messages_say(&[said]).await?;
            }
        }
    }
    ledger.save(&mut tx, version).await?;
    tx.commit().await
}

fn says(id: MessageId, to: &Receiver, why: &str, again_ms: Option<i64>, now_ms: i64) -> Message {
    let entry = match to {
        Receiver::Mail(_) => MAIL_FAILED,
        Receiver::Webhook(_) => WEBHOOK_FAILED,
    };
    let next = match again_ms {
        Some(at) => format!(
            "The same notification is tried again {}.",
            Instant::from_unix_ms(at)
        ),
        None => "It was given up after three days.".to_owned(),
    };
    Message {
        id,
        at_ms: now_ms,
        severity: entry.severity,
        code: entry.code.into(),
        lane: Lane::None,
        topic: Some(to.address().to_owned()),
        stops: false,
        run: None,
        directory: None,
        profile: None,
        object: None,
        body: MessageBody {
            text: format!(
                "A notification to {} was not taken. {why} {next}",
                to.shown()
            ),
            detail: json!(null),
        },
    }
}
