//! Outlets: the hosts to which an installation lets notifications go.
//!
//! Invariants: only the operator names them, each as a whole and never by its ending; a webhook is always TLS; mail goes
//! without TLS only inside the operator's own network.

use serde::{Deserialize, Serialize};

use crate::cloud::Origin;

/// Everything that an operator says of notifications, the relay's password left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlets {
    /// Where webhooks may go.
    #[serde(default)]
    pub webhook_hosts: Vec<WebhookHost>,
    /// What mail is handed to; without one nobody is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_relay: Option<MailRelay>,
}

/// A host that tenants may name in the address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookHost {
    /// `https://host` or `https://host:port`.
    pub origin: Origin,
    /// Whether it stands in the operator's own network. Every other one has to be at a public address.
    #[serde(default)]
    pub internal: bool,
    /// The certificates to trust instead of the machine's, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_pem: Option<String>,
}

/// The mail server that takes what is sent to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailRelay {
    /// Its name, or an address without brackets.
    pub host: String,
    /// Its port; as usual for its security where absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub security: MailSecurity,
    /// The address that mail comes from.
    pub from: String,
    /// Whom we sign in as; not at all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Whether it stands in the operator's own network.
    #[serde(default)]
    pub internal: bool,
    /// The certificates to trust instead of the machine's, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_pem: Option<String>,
}

/// How a connection to a mail relay is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// By `STARTTLS`, without which nothing is sent (port 587).
    #[default]
    Starttls,
    /// From the first byte (port 465).
    Tls,
    /// Not at all (port 25).
    None,
}

/// Why outlets cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutletError {
    /// Anybody on the way could read and change what is posted.
    #[error("the webhook host `{0}` is not https")]
    WebhookInTheOpen(String),
    /// Anybody on the way could read what is written.
    #[error("the mail relay `{0}` is neither internal nor protected; set its `security`")]
    MailInTheOpen(String),
    /// A password would be sent in the open.
    #[error("the mail relay `{0}` is not protected, so that it gets no username")]
    PasswordInTheOpen(String),
}

impl Outlets {
    /// These, if they can be used.
    pub fn checked(self) -> Result<Self, OutletError> {
        if let Some(open) = self.webhook_hosts.iter().find(|host| !host.origin.tls) {
            return Err(OutletError::WebhookInTheOpen(open.origin.to_string()));
        }
        if let Some(relay) = &self.mail_relay
            && relay.security == MailSecurity::None
        {
            if !relay.internal {
                return Err(OutletError::MailInTheOpen(relay.host.clone()));
            }
            if relay.username.is_some() {
                return Err(OutletError::PasswordInTheOpen(relay.host.clone()));
            }
        }
        Ok(self)
    }

    /// The webhook host of an origin.
    pub fn webhook_host(&self, origin: &Origin) -> Option<&WebhookHost> {
        self.webhook_hosts
            .iter()
            .find(|host| host.origin == *origin)
    }

    /// Whether a host and port is one of these, and if so whether it is an internal one.
    pub fn is_internal(&self, host: &str, port: u16) -> Option<bool> {
        let webhooks = self.webhook_hosts.iter();
        let webhooks = webhooks.map(|w| (w.origin.host.as_str(), w.origin.port, w.internal));
        let relay = self.mail_relay.iter();
        let relay = relay.map(|r| (r.host.as_str(), r.port(), r.internal));
        webhooks
            .chain(relay)
            .find(|(h, p, _)| h.eq_ignore_ascii_case(host) && *p == port)
            .map(|(.., internal)| internal)
    }
}

impl MailRelay {
    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            MailSecurity::Starttls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(security: MailSecurity, internal: bool, username: Option<&str>) -> Outlets {
        let mail_relay = MailRelay {
            host: "mail.example".into(),
            port: None,
            security,
            from: "syncline@example".into(),
            username: username.map(str::to_owned),
            internal,
            trust_pem: None,
        };
        Outlets {
            mail_relay: Some(mail_relay),
            ..Outlets::default()
        }
    }

    #[test]
    fn nothing_leaves_the_operators_network_in_the_open() {
        let webhook = |origin: &str| Outlets {
            webhook_hosts: vec![WebhookHost {
                origin: origin.parse().unwrap(),
                internal: true,
                trust_pem: None,
            }],
            mail_relay: None,
        };

        assert!(webhook("https://hooks.example").checked().is_ok());
        assert!(webhook("http://127.0.0.1:80").checked().is_err());
        assert!(
            relay(MailSecurity::Starttls, false, Some("us"))
                .checked()
                .is_ok()
        );
        assert!(relay(MailSecurity::None, true, None).checked().is_ok());
        assert!(relay(MailSecurity::None, false, None).checked().is_err());
        assert!(
            relay(MailSecurity::None, true, Some("us"))
                .checked()
                .is_err()
        );
    }

    #[test]
    fn an_outlet_is_a_host_and_a_port_as_a_whole() {
        let mut outlets = relay(MailSecurity::Tls, true, None);
        outlets.webhook_hosts.push(WebhookHost {
            origin: "https://hooks.example".parse().unwrap(),
            internal: false,
            trust_pem: None,
        });

        assert_eq!(outlets.is_internal("mail.example", 465), Some(true));
        assert_eq!(outlets.is_internal("HOOKS.example", 443), Some(false));
        assert_eq!(outlets.is_internal("mail.example", 25), None);
        assert_eq!(outlets.is_internal("evil.hooks.example", 443), None);
    }
}
