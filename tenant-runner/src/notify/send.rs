//! One try to deliver one notification.
//!
//! Invariant: why it failed is told without the path of a webhook's address, which may be a secret of the receiver's.

use std::io;

use syncline_model::TenantId;

use super::ledger::{Delivery, Receiver};
use super::settings::{Settings, WebhookUrl};
use super::webhook::{self, Post};
use super::{Notifier, letter, mail};

/// Why a notification was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// The operator lets webhooks go there no more.
    #[error("This installation does not let webhooks go to {0}; ask its operator.")]
    HostNotAllowed(String),
    /// There is no relay.
    #[error("This installation sends no mail; its operator has to name a mail relay.")]
    NoMail,
    /// No connection.
    #[error("It could not be reached: {0}.")]
    Dial(io::Error),
    /// Nobody can be trusted, or not under this name.
    #[error("Its certificate cannot be judged: {0}.")]
    Trust(String),
    /// No answer in time.
    #[error("It did not answer in time.")]
    Silent,
    /// Another answer than a success.
    #[error("It answered with the status {0}.")]
    Answer(u16),
    /// The exchange broke.
    #[error("The exchange with it broke: {0}.")]
    Broken(#[from] hyper::Error),
    /// The relay refused, or broke off.
    #[error("The mail relay did not take it: {0}.")]
    Relay(#[from] lettre::transport::smtp::Error),
    /// It cannot be written.
    #[error("It cannot be sent: {0}.")]
    Request(String),
}

/// Tries to deliver a notification.
pub async fn send(
    notifier: &Notifier,
    tenant: TenantId,
    settings: &Settings,
    delivery: &Delivery,
    now_ms: i64,
) -> Result<(), Undelivered> {
    match &delivery.to {
        Receiver::Mail(address) => {
            let relay = notifier.outlets.mail_relay.as_ref();
            let relay = relay.ok_or(Undelivered::NoMail)?;
            let clocks = settings
                .spans()
                .map_err(|e| Undelivered::Request(e.to_string()))?;
            let mail = mail::mail(relay, tenant, address, delivery, &clocks)?;
            mail::send(notifier, relay, &mail).await
        }
        Receiver::Webhook(address) => {
            let shown = delivery.to.shown();
            let url = WebhookUrl::parse(address);
            let url = url.ok_or_else(|| Undelivered::Request(format!("{shown} is no address")))?;
            let host = notifier.outlets.webhook_host(&url.origin);
            let host = host.ok_or(Undelivered::HostNotAllowed(shown))?;
            let webhook = settings.webhooks.iter().find(|w| w.url == *address);
            let secrets = webhook.map(|webhook| webhook.secrets(now_ms).collect());
            let post = Post {
                id: delivery.id.to_string(),
                body: letter::body(tenant, delivery),
                at_s: now_ms / 1_000,
                secrets: secrets.unwrap_or_default(),
            };
            webhook::post(notifier, host, &url, post).await
        }
    }
}

impl Receiver {
    /// As it is shown: of a webhook only the host.
    pub fn shown(&self) -> String {
        match self {
            Self::Mail(address) => address.clone(),
            Self::Webhook(url) => {
                WebhookUrl::parse(url).map_or_else(String::new, |url| url.origin.to_string())
            }
        }
    }
}
