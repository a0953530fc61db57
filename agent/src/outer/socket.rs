//! One outer connection: the WebSocket's frames on one side, inner sessions on the other.
//!
//! Invariants: at most one inner session is open; frames of another session are dropped; every queue is
//! bounded; a connection on which nothing is heard for a minute is dead.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use syncline_wire::outer::{
    CONTROL_BYTES_MAX, Control, DEAD_S, FRAME_BYTES_MAX, PAYLOAD_BYTES_MAX, PING_S, data_frame,
    split_data_frame,
};
use tokio::io::{
    AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, duplex, split,
};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::dial::BoxStream;
use crate::agent::Agent;
use crate::inner;
use crate::stop::Stopping;

/// Frames that may wait for the network.
const OUTBOX: usize = 4;
/// How long calls may take to finish when the agent stops.
const DRAIN: Duration = Duration::from_secs(10);

/// The service's WebSocket.
pub type Socket = WebSocketStream<BoxStream>;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It broke, or the service closed it.
    Cut,
    /// The service asks to come back after this.
    GoAway(Duration),
    /// This agent is revoked.
    Revoked,
    /// The agent stops.
    Stopping,
}

/// The limits of a connection.
pub fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_frame_size(Some(FRAME_BYTES_MAX))
        .max_message_size(Some(FRAME_BYTES_MAX.max(CONTROL_BYTES_MAX)))
}

/// Serves a connection until it ends, or until the agent stops and its calls are done.
pub async fn serve(agent: &Arc<Agent>, socket: Socket, stopping: Stopping) -> Left {
    let (sink, incoming) = socket.split();
    let (out, outbox) = mpsc::channel(OUTBOX);
    let writer = tokio::spawn(write(sink, outbox));
    let open = Arc::new(watch::channel(0).0);
    let mut connection = Connection {
        agent: Arc::clone(agent),
        stopping: stopping.clone(),
        out: out.clone(),
        open: Arc::clone(&open),
        current: None,
        sessions: JoinSet::new(),
    };
    let left = {
        let working = async {
            tokio::select! {
                left = connection.read(incoming) => left,
                () = tell_changes(agent, &open, &out) => Left::Cut,
                () = ping(&out) => Left::Cut,
            }
        };
        tokio::pin!(working);
        tokio::select! {
            left = &mut working => left,
            () = stopping.told() => {
                // The other end has to be heard until the last session is over.
                tokio::select! {
                    _ = &mut working => {}
                    () = none_open(&open) => {}
                    () = tokio::time::sleep(DRAIN) => {
                        tracing::warn!("calls were cut because they did not end in time");
                    }
                }
                Left::Stopping
            }
        }
    };
    let close = async {
        let _ = out.send(Message::Close(None)).await;
    };
    let _ = timeout(Duration::from_secs(1), close).await;
    drop((connection, out));
    let abort = writer.abort_handle();
    if timeout(Duration::from_secs(1), writer).await.is_err() {
        abort.abort();
    }
    left
}

async fn none_open(open: &watch::Sender<usize>) {
    let mut open = open.subscribe();
    // The sender outlives the wait.
    let _ = open.wait_for(|open| *open == 0).await;
}

struct Connection {
    agent: Arc<Agent>,
    stopping: Stopping,
    out: mpsc::Sender<Message>,
    open: Arc<watch::Sender<usize>>,
    current: Option<(u32, WriteHalf<DuplexStream>)>,
    sessions: JoinSet<()>,
}

impl Connection {
    async fn read(&mut self, mut incoming: SplitStream<Socket>) -> Left {
        loop {
            let message = match timeout(Duration::from_secs(DEAD_S), incoming.next()).await {
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => {
                    tracing::debug!(%error, "connection broke");
                    return Left::Cut;
                }
                _ => return Left::Cut,
            };
            match message {
                Message::Binary(frame) => {
                    let Some((number, payload)) = split_data_frame(frame) else {
                        return Left::Cut;
                    };
                    if let Some((current, stream)) = &mut self.current
                        && *current == number
                        && stream.write_all(&payload).await.is_err()
                    {
                        // The session ended here; the relay hears of it by its task.
                        self.current = None;
                    }
                }
                Message::Text(text) => match Control::from_text(&text) {
                    Some(Control::Open { session }) if !self.stopping.is_told() => {
                        self.open(session).await
                    }
                    Some(Control::Close { session }) => {
                        if self.current.as_ref().is_some_and(|(n, _)| *n == session) {
                            self.end_current().await;
                        }
                    }
                    Some(Control::Ping) => {
                        let _ = self.out.try_send(text_frame(&Control::Pong));
                    }
                    Some(Control::Revoked) => return Left::Revoked,
                    Some(Control::GoAway { retry_after_s }) => {
                        return Left::GoAway(Duration::from_secs(u64::from(retry_after_s)));
                    }
                    Some(_) => {}
                    None => return Left::Cut,
                },
                Message::Close(_) => return Left::Cut,
                _ => {}
            }
        }
    }

    /// Lets the session see the end of its stream: whoever stood at the other end may have been killed.
    async fn end_current(&mut self) {
        if let Some((_, mut stream)) = self.current.take() {
            // Fails only when the session is over already.
            let _ = stream.shutdown().await;
        }
    }

    /// Starts a session; an older one ends.
    async fn open(&mut self, number: u32) {
        self.end_current().await;
        let (ours, theirs) = duplex(PAYLOAD_BYTES_MAX);
        let (from_session, to_session) = split(ours);
        self.current = Some((number, to_session));
        let agent = Arc::clone(&self.agent);
        let (stopping, out) = (self.stopping.clone(), self.out.clone());
        let open = Arc::clone(&self.open);
        open.send_modify(|open| *open += 1);
        self.sessions.spawn(async move {
            let serving = async {
                if let Err(error) = inner::serve(agent, theirs, stopping).await {
                    tracing::warn!(%error, "session ended");
                }
            };
            // The stream's end lies behind its last bytes, so sending ends by itself.
            futures::future::join(serving, send(number, from_session, &out)).await;
            open.send_modify(|open| *open -= 1);
            let _ = out
                .send(text_frame(&Control::Close { session: number }))
                .await;
        });
        while self.sessions.try_join_next().is_some() {}
    }
}

fn text_frame(control: &Control) -> Message {
    Message::text(control.to_text())
}

async fn send(number: u32, mut session: ReadHalf<DuplexStream>, out: &mpsc::Sender<Message>) {
    let mut buffer = vec![0; PAYLOAD_BYTES_MAX];
    loop {
        match session.read(&mut buffer).await {
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

async fn write(mut sink: SplitSink<Socket, Message>, mut outbox: mpsc::Receiver<Message>) {
    while let Some(message) = outbox.recv().await {
        if sink.send(message).await.is_err() {
            return;
        }
    }
}

/// While no session is open, says without content that the directory changed.
async fn tell_changes(agent: &Agent, open: &watch::Sender<usize>, out: &mpsc::Sender<Message>) {
    let directory = agent.identity.enrolment.directory;
    let mut changes = agent.directory.changes();
    while changes.changed().await.is_ok() {
        if *open.borrow() == 0
            && out
                .send(text_frame(&Control::Changed { directory }))
                .await
                .is_err()
        {
            return;
        }
    }
}

/// Ends when the writer is gone.
async fn ping(out: &mpsc::Sender<Message>) {
    let mut ticks = interval(Duration::from_secs(PING_S));
    loop {
        ticks.tick().await;
        if let Err(mpsc::error::TrySendError::Closed(_)) = out.try_send(text_frame(&Control::Ping))
        {
            return;
        }
    }
}
