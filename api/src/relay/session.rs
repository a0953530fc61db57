//! Sessions of a connection: one inner stream between agent and runner after the other.
//!
//! Invariants: session numbers only rise; a session's bytes go to no other session; a runner that
//! refuses again and again is asked less and less often.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::Message;
use bytes::Bytes;
use syncline_model::{AgentId, TenantId};
use syncline_wire::outer::{Control, PAYLOAD_BYTES_MAX, data_frame};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::timeout;

use super::registry::Entry;
use super::{BoxStream, Relay, TunnelError};

/// Payloads that may wait for the runner.
const INBOX: usize = 4;
/// A session that lived this long was a good one.
const HEALTHY: Duration = Duration::from_secs(10);
/// The longest a runner may take to give a tunnel.
const OPENING: Duration = Duration::from_secs(15);
/// The longest wait between two tries.
const RETRY_MAX: Duration = Duration::from_secs(10);

/// The session that is open now.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) number: u32,
    pub(super) to_runner: mpsc::Sender<Bytes>,
    /// The agent says that it is over.
    pub(super) closed: Arc<Notify>,
}

/// Opens session after session. Ends when nobody takes the agent's frames any more.
pub(super) async fn supervise(
    relay: &Relay,
    tenant: TenantId,
    agent: AgentId,
    entry: &Entry,
    current: &watch::Sender<Option<Session>>,
    out: &mpsc::Sender<Message>,
) {
    let retry = relay.inner.config.retry;
    let (mut number, mut wait) = (0u32, retry);
    while !out.is_closed() {
        let opening = relay.inner.tenants.open_tunnel(tenant, agent);
        let opened = timeout(OPENING, opening).await.unwrap_or_else(|_| {
            let why = "it did not answer in time";
            Err(TunnelError::Unavailable(why.into()))
        });
        match opened {
            Ok(stream) => {
                number += 1;
                let opened = Instant::now();
                tracing::debug!(%tenant, %agent, session = number, "tunnel open");
                carry(number, stream, current, out).await;
                tracing::debug!(%tenant, %agent, session = number, "tunnel closed");
                wait = if opened.elapsed() >= HEALTHY {
                    retry
                } else {
                    (wait * 2).min(RETRY_MAX)
                };
            }
            Err(TunnelError::Asleep) => wait = retry,
            Err(TunnelError::Unavailable(why)) => {
                tracing::debug!(%tenant, %agent, why, "no tunnel");
                wait = (wait * 2).min(RETRY_MAX);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = entry.runner_started() => wait = retry,
            () = out.closed() => {}
        }
    }
}

async fn carry(
    number: u32,
    stream: BoxStream,
    current: &watch::Sender<Option<Session>>,
    out: &mpsc::Sender<Message>,
) {
    let (from_runner, to_runner) = tokio::io::split(stream);
    let (payloads, inbox) = mpsc::channel(INBOX);
    let closed = Arc::new(Notify::new());
    let control = |control: Control| out.send(Message::Text(control.to_text().into()));
    // Known before the agent hears of it: its first bytes find the session.
    current.send_replace(Some(Session {
        number,
        to_runner: payloads,
        closed: closed.clone(),
    }));
    if control(Control::Open { session: number }).await.is_ok() {
        tokio::select! {
            () = inwards(inbox, to_runner) => {}
            () = outwards(number, from_runner, out) => {}
            () = closed.notified() => {}
        }
    }
    current.send_replace(None);
    // Refused only when the connection is over as well.
    let _ = control(Control::Close { session: number }).await;
}

async fn inwards(mut inbox: mpsc::Receiver<Bytes>, mut runner: impl AsyncWrite + Unpin) {
    while let Some(payload) = inbox.recv().await {
        if runner.write_all(&payload).await.is_err() || runner.flush().await.is_err() {
            return;
        }
    }
}

async fn outwards(number: u32, mut runner: impl AsyncRead + Unpin, out: &mpsc::Sender<Message>) {
    let mut buffer = vec![0; PAYLOAD_BYTES_MAX];
    loop {
        match runner.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => {
                let frame = Message::Binary(data_frame(number, &buffer[..read]));
                if out.send(frame).await.is_err() {
                    return;
                }
            }
        }
    }
}
