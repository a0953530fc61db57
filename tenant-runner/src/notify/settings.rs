//! Who is told and when, as it is kept: one sealed setting.
//!
//! Invariant: a signing secret is printed nowhere but in the answer to the request that made it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use syncline_model::cloud::Origin;
use syncline_model::message::Severity;
use syncline_store::tenant::Setting;
use zeroize::{Zeroize as _, Zeroizing};

use super::ledger::Receiver;
use super::quiet::{QuietError, Spans};
use crate::resource::notifications::QuietHours;

/// What a secret begins with (Standard Webhooks).
const SECRET_PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;

/// A key that webhooks are signed with, in the form in which receivers take it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(String);

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Where notifications are posted.
    pub url: String,
    /// What signs them.
    pub secret: SigningSecret,
    /// What signs them too, for a while after it was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The secret.
    pub secret: SigningSecret,
    /// Until when it signs.
    pub until_ms: i64,
}

/// Who is told and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What is at least this bad is told.
    pub minimum: Severity,
    /// Minutes between two notifications.
    pub digest_minutes: u32,
    /// The zone of the quiet hours.
    pub time_zone: String,
    /// When nothing is delivered.
    pub quiet_hours: Vec<QuietHours>,
    /// Who gets mail.
    pub mail: Vec<String>,
    /// Who is posted to.
    pub webhooks: Vec<Webhook>,
}

/// A webhook's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    /// The host to be dialled.
    pub origin: Origin,
    /// Path and query.
    pub target: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            minimum: Severity::Warning,
            digest_minutes: 15,
            time_zone: "UTC".into(),
            quiet_hours: Vec::new(),
            mail: Vec::new(),
            webhooks: Vec::new(),
        }
    }
}

impl Settings {
    /// The setting they are kept in.
    pub const SETTING: &'static str = "notifications";

    /// As stored; what was never written tells nobody.
    pub fn read(setting: Option<&Setting>) -> Self {
        let read = setting.and_then(|s| serde_json::from_slice(&s.value).ok());
        read.unwrap_or_default()
    }

    /// Everybody who is told, mail first.
    pub fn receivers(&self) -> Vec<Receiver> {
        let mail = self.mail.iter().cloned().map(Receiver::Mail);
        let webhooks = self.webhooks.iter().map(|w| w.url.clone());
        mail.chain(webhooks.map(Receiver::Webhook)).collect()
    }

    /// Its quiet hours.
    pub fn spans(&self) -> Result<Spans, QuietError> {
        Spans::new(&self.time_zone, &self.quiet_hours)
    }

    /// Milliseconds between two notifications.
    pub fn digest_ms(&self) -> i64 {
        i64::from(self.digest_minutes) * 60_000
    }
}

impl Webhook {
    /// What signs now.
    pub fn secrets(&self, now_ms: i64) -> impl Iterator<Item = &SigningSecret> {
        let before = self.before.iter().filter(move |b| b.until_ms > now_ms);
        std::iter::once(&self.secret).chain(before.map(|b| &b.secret))
    }
}

impl SigningSecret {
    /// A new one; `None` where the machine has no random numbers.
    pub fn draw() -> Option<Self> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        aws_lc_rs::rand::fill(bytes.as_mut_slice()).ok()?;
        let text = format!("{SECRET_PREFIX}{}", BASE64.encode(bytes.as_slice()));
        Some(Self(text))
    }

    /// As a receiver takes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The key.
    pub fn key(&self) -> Zeroizing<Vec<u8>> {
        let text = self.0.strip_prefix(SECRET_PREFIX).unwrap_or(&self.0);
        Zeroizing::new(BASE64.decode(text).unwrap_or_default())
    }
}

impl Drop for SigningSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

impl WebhookUrl {
    /// Reads one: `https`, a host that is written out, no user and no fragment.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains('#') {
            return None;
        }
        let uri: http::Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let origin: Origin = format!("{}://{authority}", uri.scheme_str()?)
            .parse()
            .ok()?;
        let target = uri.path_and_query().map_or("/", |t| t.as_str()).to_owned();
        origin.tls.then_some(Self { origin, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_drawn_and_never_printed() {
        let secret = SigningSecret::draw().unwrap();

        assert_eq!(secret.key().len(), SECRET_BYTES);
        assert_ne!(secret, SigningSecret::draw().unwrap());
        assert!(!format!("{secret:?}").contains("whsec_"));
    }

    #[test]
    fn a_replaced_secret_signs_until_its_time_is_over() {
        let webhook = Webhook {
            url: "https://hooks.example/a".into(),
            secret: SigningSecret::draw().unwrap(),
            before: Some(Before {
                secret: SigningSecret::draw().unwrap(),
                until_ms: 100,
            }),
        };

        assert_eq!(webhook.secrets(99).count(), 2);
        assert_eq!(webhook.secrets(100).next(), Some(&webhook.secret));
        assert_eq!(webhook.secrets(100).count(), 1);
    }

    #[test]
    fn an_address_is_https_to_a_named_host() {
        let read = |text: &str| WebhookUrl::parse(text).map(|u| (u.origin.to_string(), u.target));

        assert_eq!(
            read("https://Hooks.example:8443/in?key=1"),
            Some(("https://hooks.example:8443".into(), "/in?key=1".into()))
        );
        assert_eq!(
            read("https://hooks.example"),
            Some(("https://hooks.example".into(), "/".into()))
        );
        for bad in [
            "http://hooks.example/",
            "http://127.0.0.1/",
            "https://user@hooks.example/",
            "https://hooks.example/#there",
            "ftp://hooks.example/",
            "/in",
            "hooks.example",
            "",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
