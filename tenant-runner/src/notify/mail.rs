//! A notification as mail, handed to the installation's relay.
//!
//! Invariants: where the relay is to be protected, nothing is said to it before it is; a repetition has the same
//! `Message-ID`.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use std::{fmt, io};

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use rustls::pki_types::ServerName;
use syncline_model::TenantId;
use syncline_model::outlet::{MailRelay, MailSecurity};
use syncline_wire::egress::Target;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Notifier;
use super::ledger::Delivery;
use super::letter;
use super::quiet::Spans;
use super::send::Undelivered;
use crate::clouds::dial::dial;

/// A relay takes a mail within this time.
const ANSWER: Duration = Duration::from_secs(60);

/// Whether a text is an address that mail can be sent to.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// Sends, and waits until the relay has taken it.
pub(super) async fn send(
    notifier: &Notifier,
    relay: &MailRelay,
    mail: &Message,
) -> Result<(), Undelivered> {
    timeout(ANSWER, hand_over(notifier, relay, mail))
        .await
        .unwrap_or(Err(Undelivered::Silent))
}

/// The mail of a delivery.
pub(super) fn mail(
    relay: &MailRelay,
    tenant: TenantId,
    to: &str,
    delivery: &Delivery,
    clocks: &Spans,
) -> Result<Message, Undelivered> {
    let unusable = |what: &str| Undelivered::Request(format!("{what} is no mail address"));
    let from: Address = relay.from.parse().map_err(|_| unusable(&relay.from))?;
    let to: Address = to.parse().map_err(|_| unusable(to))?;
    let id = format!("<{}.{tenant}@{}>", delivery.id, from.domain());
    let made = u64::try_from(delivery.made_ms / 1_000).unwrap_or(0);
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(Mailbox::new(Some("Syncline".into()), from))
        .to(Mailbox::new(None, to))
        .subject(letter::subject(delivery))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(made))
        .message_id(Some(id))
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
        .header(ContentType::TEXT_PLAIN)
        .body(letter::text(tenant, delivery, clocks))
        .map_err(|e| Undelivered::Request(e.to_string()))
}

async fn hand_over(
    notifier: &Notifier,
    relay: &MailRelay,
    mail: &Message,
) -> Result<(), Undelivered> {
    let us = ClientId::Domain(mail_domain(relay));
    let mut relayed = connect(notifier, relay, &us).await?;
    if let Some(username) = &relay.username {
        let password = notifier.mail_password.as_ref();
        let password = password.map_or("", |p| p.expose()).to_owned();
        let credentials = Credentials::new(username.clone(), password);
        relayed.auth(DEFAULT_MECHANISMS, &credentials).await?;
    }
    let sent = relayed.send(mail.envelope(), &mail.formatted()).await;
    relayed.abort().await;
    sent?;
    Ok(())
}

fn mail_domain(relay: &MailRelay) -> String {
    let domain = relay.from.rsplit_once('@').map(|(_, domain)| domain);
    domain.unwrap_or("localhost").to_owned()
}

/// A connection to the relay, protected as the operator asks.
async fn connect(
    notifier: &Notifier,
    relay: &MailRelay,
    us: &ClientId,
) -> Result<AsyncSmtpConnection, Undelivered> {
    let target = Target {
        host: relay.host.clone(),
        port: relay.port(),
    };
    let stream = dial(&notifier.egress_socket, &target)
        .await
        .map_err(Undelivered::Dial)?;
    let pem = relay.trust_pem.as_deref();
    if relay.security == MailSecurity::Tls {
        let trust = crate::tls::client(pem, true).map_err(Undelivered::Trust)?;
        let name = ServerName::try_from(relay.host.clone())
            .map_err(|e| Undelivered::Trust(e.to_string()))?;
        let stream = TlsConnector::from(Arc::new(trust))
            .connect(name, stream)
            .await
            .map_err(Undelivered::Dial)?;
        let through = Box::new(Through(stream));
        return Ok(AsyncSmtpConnection::connect_with_transport(through, us).await?);
    }
    let through = Box::new(Through(stream));
    let mut relayed = AsyncSmtpConnection::connect_with_transport(through, us).await?;
    if relay.security == MailSecurity::Starttls {
        relayed.starttls(starttls(relay)?, us).await?;
    }
    Ok(relayed)
}

fn starttls(relay: &MailRelay) -> Result<TlsParameters, Undelivered> {
    let trusted = crate::tls::trusted(relay.trust_pem.as_deref()).map_err(Undelivered::Trust)?;
    let mut parameters =
        TlsParameters::builder(relay.host.clone()).certificate_store(CertificateStore::None);
    for certificate in trusted {
        // A machine may keep some that nobody can read.
        if let Ok(root) = Certificate::from_der(certificate.to_vec()) {
            parameters = parameters.add_root_certificate(root);
        }
    }
    Ok(parameters.build_rustls()?)
}

/// A connection over the way out, as the mail library wants one: it asks for an address that nothing depends on.
#[derive(Debug)]
struct Through<S>(S);

impl<S: AsyncRead + AsyncWrite + fmt::Debug + Send + Sync + Unpin> AsyncTokioStream for Through<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok((Ipv4Addr::UNSPECIFIED, 0).into())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Through<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Through<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
