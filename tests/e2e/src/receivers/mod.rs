//! Who is notified: a host that takes webhooks and a mail relay, both real and on loopback.
//!
//! Invariants: each speaks TLS with a certificate of the lab's authority; what was taken is kept in the order in which it
//! came; what is refused is refused as a server that is out of order does.

mod mail;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use syncline_lab::LabCa;
use syncline_model::outlet::{MailRelay, MailSecurity, Outlets, WebhookHost};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub use mail::Mail;
pub use webhook::Posted;

/// Whom the relay knows.
pub const USERNAME: &str = "syncline";
/// His password.
pub const PASSWORD: &str = "relay-password";

/// Both receivers.
pub struct Receivers {
    webhook: SocketAddr,
    relay: SocketAddr,
    ca_pem: String,
    state: Arc<State>,
}

/// What came, and whether it is taken.
#[derive(Default)]
struct State {
    posted: Mutex<Vec<Posted>>,
    refused: Mutex<Vec<Posted>>,
    mail: Mutex<Vec<Mail>>,
    is_out_of_order: Mutex<bool>,
}

impl Receivers {
    /// Starts both.
    pub async fn start() -> anyhow::Result<Self> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let ca = LabCa::open()?;
        let acceptor = acceptor(&ca)?;
        let state = Arc::new(State::default());
        let hooks = TcpListener::bind("127.0.0.1:0").await?;
        let relay = TcpListener::bind("127.0.0.1:0").await?;
        let receivers = Self {
            webhook: hooks.local_addr()?,
            relay: relay.local_addr()?,
            ca_pem: ca.pem()?,
            state: state.clone(),
        };
        tokio::spawn(webhook::serve(hooks, acceptor.clone(), state.clone()));
        tokio::spawn(mail::serve(relay, acceptor, state));
        Ok(receivers)
    }

    /// What an operator says of them.
    pub fn outlets(&self) -> anyhow::Result<Outlets> {
        let webhook_host = WebhookHost {
            origin: format!("https://{}", self.webhook).parse()?,
            internal: true,
            trust_pem: Some(self.ca_pem.clone()),
        };
        let relay = MailRelay {
            host: self.relay.ip().to_string(),
            port: Some(self.relay.port()),
            security: MailSecurity::Starttls,
            from: "syncline@operator.test".into(),
            username: Some(USERNAME.into()),
            internal: true,
            trust_pem: Some(self.ca_pem.clone()),
        };
        let outlets = Outlets {
            webhook_hosts: vec![webhook_host],
            mail_relay: Some(relay),
        };
        Ok(outlets.checked()?)
    }

    /// A file with the relay's password.
    pub fn password_file(&self, folder: &std::path::Path) -> anyhow::Result<PathBuf> {
        let file = folder.join("relay-password");
        std::fs::write(&file, format!("{PASSWORD}\n")).context("the password is written")?;
        Ok(file)
    }

    /// An address that takes webhooks.
    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.webhook)
    }

    /// Requests that were taken.
    pub fn posted(&self) -> Vec<Posted> {
        self.state.posted.lock().unwrap().clone()
    }

    /// Requests that were not.
    pub fn refused(&self) -> Vec<Posted> {
        self.state.refused.lock().unwrap().clone()
    }

    /// Mails that were taken.
    pub fn mail(&self) -> Vec<Mail> {
        self.state.mail.lock().unwrap().clone()
    }

    /// From now on webhooks are answered with an error, or are taken again.
    pub fn out_of_order(&self, is_so: bool) {
        *self.state.is_out_of_order.lock().unwrap() = is_so;
    }
}

fn acceptor(ca: &LabCa) -> anyhow::Result<TlsAcceptor> {
    let identity = ca.issue(&["127.0.0.1"])?;
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes())?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
