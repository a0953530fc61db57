//! One agent's outer connection, from its upgrade to its end.
//!
//! Invariants: reading from the agent waits while the runner is slow and writing while the agent is;
//! pongs never wait, so that two slow ends cannot block each other for ever.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use syncline_model::{AgentId, TenantId};
use syncline_wire::outer::{Control, DEAD_S, PING_S, split_data_frame};
use tokio::sync::{mpsc, watch};
use tokio::time::{interval, timeout};

use super::registry::Ending;
use super::session::{self, Session};
use super::{Relay, Standing};

/// Frames that may wait for the agent.
const OUTBOX: usize = 4;
/// How long a leaving agent may take to hear why.
const FAREWELL: Duration = Duration::from_secs(2);
/// Seconds an agent waits before it comes back to a process that stops.
const RETRY_AFTER_S: u32 = 1;

/// Why a connection ended.
enum End {
    Left,
    Dead,
    Told(Ending),
}

pub(super) async fn serve(relay: Relay, tenant: TenantId, agent: AgentId, socket: WebSocket) {
    let entry = relay.inner.registry.enter(tenant, agent);
    tracing::info!(%tenant, %agent, "agent connected");
    let (sink, incoming) = socket.split();
    let (out, outbox) = mpsc::channel(OUTBOX);
    let writer = tokio::spawn(write(sink, outbox));
    let current = watch::channel(None).0;

    let end = tokio::select! {
        end = read(&relay, tenant, agent, incoming, &current, &out) => end,
        ending = entry.ended() => End::Told(ending),
        () = recheck(&relay, tenant, agent) => End::Told(Ending::Revoked),
        () = session::supervise(&relay, tenant, agent, &entry, &current, &out) => End::Left,
        () = ping(&out) => End::Dead,
    };

    let (why, farewell) = match end {
        End::Left => ("left", None),
        End::Dead => ("dead", None),
        End::Told(Ending::Replaced) => ("replaced", None),
        End::Told(Ending::Revoked) => ("revoked", Some(Control::Revoked)),
        End::Told(Ending::ShutDown) => (
            "shut down",
            Some(Control::GoAway {
                retry_after_s: RETRY_AFTER_S,
            }),
        ),
    };
    let bid = async {
        if let Some(control) = farewell {
            let _ = out.send(Message::Text(control.to_text().into())).await;
        }
        let _ = out.send(Message::Close(None)).await;
    };
    // An agent that does not take its farewell is left without one.
    let _ = timeout(FAREWELL, bid).await;
    drop(out);
    let abort = writer.abort_handle();
    if timeout(FAREWELL, writer).await.is_err() {
        abort.abort();
    }
    relay.inner.registry.leave(tenant, agent, &entry);
    tracing::info!(%tenant, %agent, why, "agent disconnected");
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut outbox: mpsc::Receiver<Message>) {
    while let Some(message) = outbox.recv().await {
        if sink.send(message).await.is_err() {
            // Senders see the closed channel.
            return;
        }
    }
}

async fn read(
    relay: &Relay,
    tenant: TenantId,
    agent: AgentId,
    mut incoming: SplitStream<WebSocket>,
    current: &watch::Sender<Option<Session>>,
    out: &mpsc::Sender<Message>,
) -> End {
    loop {
        let message = match timeout(Duration::from_secs(DEAD_S), incoming.next()).await {
            Err(_) => return End::Dead,
            Ok(None | Some(Err(_))) => return End::Left,
            Ok(Some(Ok(message))) => message,
        };
        match message {
            Message::Binary(frame) => {
                let Some((number, payload)) = split_data_frame(frame) else {
                    return End::Left;
                };
                let session = current.borrow().clone();
                if let Some(session) = session.filter(|session| session.number == number) {
                    // Refused when the session ended meanwhile; the bytes are then nobody's.
                    let _ = session.to_runner.send(payload).await;
                }
            }
            Message::Text(text) => match Control::from_text(&text) {
                Some(Control::Ping) => {
                    let _ = out.try_send(Message::Text(Control::Pong.to_text().into()));
                }
                Some(Control::Close { session }) => {
                    if let Some(present) = current.borrow().as_ref()
                        && present.number == session
                    {
                        present.closed.notify_one();
                    }
                }
                Some(Control::Changed { directory }) => {
                    let tenants = &relay.inner.tenants;
                    tenants.directory_changed(tenant, agent, directory).await;
                }
                Some(_) => {}
                None => return End::Left,
            },
            Message::Close(_) => return End::Left,
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

/// Ends when the agent is no longer to be connected. A failed look-up changes nothing.
async fn recheck(relay: &Relay, tenant: TenantId, agent: AgentId) {
    let mut ticks = interval(relay.inner.config.recheck);
    loop {
        ticks.tick().await;
        match relay.inner.tenants.agent(tenant, agent).await {
            Ok(Some(known)) if known.standing == Standing::Confirmed => {}
            Ok(_) => return,
            Err(problem) => {
                tracing::debug!(%tenant, %agent, %problem, "agent could not be looked up");
            }
        }
    }
}

/// Ends when the writer is gone.
async fn ping(out: &mpsc::Sender<Message>) {
    let mut ticks = interval(Duration::from_secs(PING_S));
    loop {
        ticks.tick().await;
        let ping = Message::Text(Control::Ping.to_text().into());
        if let Err(mpsc::error::TrySendError::Closed(_)) = out.try_send(ping) {
            return;
        }
    }
}
