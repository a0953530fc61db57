//! One client: its requests one by one, searches side by side, writes in order.
//!
//! Invariants: answers carry the client's numbers; a write that was sent on is recorded even when
//! the client is gone before the answer; a broken connection says nothing more.

use crate::{
    Manners,
    fault::Event,
    message::{Message, op},
    modify, record, search,
    shared::{Counters, Shared},
    upstream::{Gone, Upstream, read_message},
};
use std::{
    collections::HashMap,
    future, io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, BufWriter},
    net::TcpStream,
    sync::mpsc,
    task::{AbortHandle, JoinSet},
};

/// What the client's writer is told.
enum Outgoing {
    Message(Vec<u8>),
    Break,
}

/// What every request of a connection may use.
pub(crate) struct Connection {
    pub(crate) shared: Arc<Shared>,
    pub(crate) upstream: Arc<Upstream>,
    /// Change notifications that are open.
    pub(crate) notifications: AtomicUsize,
    client: mpsc::Sender<Outgoing>,
    bound_as: Mutex<String>,
}

/// Serves one client until it or the directory hangs up, or a fault strikes.
pub(crate) async fn serve(shared: Arc<Shared>, tcp: TcpStream) -> io::Result<()> {
    let mut breaks = shared.breaks.subscribe();
    let directory = shared.directory_side.connect().await?;
    let client = shared.client_side.accept(tcp).await?;
    let (upstream, mut gone) = Upstream::over(directory);
    let (read, write) = tokio::io::split(client);
    let (sender, receiver) = mpsc::channel(64);
    let connection = Arc::new(Connection {
        shared,
        upstream,
        notifications: AtomicUsize::new(0),
        client: sender,
        bound_as: Mutex::default(),
    });
    tokio::select! {
        ended = read_requests(&connection, read) => ended,
        ended = write_answers(receiver, write) => ended,
        _ = gone.changed() => Ok(()),
        _ = breaks.changed() => Ok(()),
    }
}

async fn read_requests(
    connection: &Arc<Connection>,
    read: impl AsyncRead + Unpin,
) -> io::Result<()> {
    let mut read = BufReader::with_capacity(64 << 10, read);
    let mut running = JoinSet::new();
    let mut by_number: HashMap<i32, AbortHandle> = HashMap::new();
    while let Some(bytes) = read_message(&mut read).await? {
        let request = Message::decode(&bytes).map_err(io::Error::other)?;
        while running.try_join_next().is_some() {}
        by_number.retain(|_, task| !task.is_finished());
        match request.tag {
            op::UNBIND => return Ok(()),
            op::ABANDON => {
                let number = request
                    .content
                    .iter()
                    .fold(0, |id, octet| (id << 8) | i32::from(*octet));
                if let Some(task) = by_number.remove(&number) {
                    task.abort();
                    // What it held, a notification's place for one, is free before the next request.
                    while !task.is_finished() {
                        tokio::task::yield_now().await;
                    }
                }
                continue;
            }
            _ => {}
        }
        let number = Counters::count(&connection.shared.counters.requests);
        if connection.shared.faults.strikes(Event::Request) {
            connection.break_off().await;
        }
        let (id, connection) = (request.id, connection.clone());
        match request.tag {
            op::SEARCH => {
                let task =
                    running.spawn(async move { search::serve(&connection, request, number).await });
                by_number.insert(id, task);
            }
            // A task of its own: it ends, and is recorded, even when this client goes.
            op::ADD | op::MODIFY | op::MODIFY_DN | op::DELETE => {
                let write = tokio::spawn(async move { connection.write(request, number).await });
                let _ = write.await.map_err(io::Error::other)?;
            }
            _ => {
                connection.note_name(&request);
                let _ = connection.pass_on(&request).await;
            }
        }
    }
    Ok(())
}

impl Connection {
    pub(crate) fn manners(&self) -> Manners {
        self.shared.manners()
    }

    /// Answers the client under its own number.
    pub(crate) async fn answer(&self, id: i32, message: Message) -> Result<(), Gone> {
        let bytes = Message { id, ..message }.encode();
        self.client
            .send(Outgoing::Message(bytes))
            .await
            .map_err(|_| Gone)
    }

    /// Answers with a search entry, unless the connection is to break here.
    pub(crate) async fn answer_entry(&self, id: i32, entry: Message) -> Result<(), Gone> {
        if self.shared.faults.strikes(Event::Entry) {
            self.break_off().await;
        }
        Counters::count(&self.shared.counters.entries);
        self.answer(id, entry).await
    }

    /// Breaks the connection after what was answered so far; never returns.
    async fn break_off(&self) {
        let _ = self.client.send(Outgoing::Break).await;
        future::pending().await
    }

    async fn write(&self, request: Message, number: u64) -> Result<(), Gone> {
        let bound_as = self
            .bound_as
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if self.shared.faults.strikes(Event::WriteArrived) {
            return self.broken().await;
        }
        let described = record::describe(&request).map_err(|_| Gone)?;
        let answer = match self.manners().refusal(number) {
            Some((code, text)) => {
                Counters::count(&self.shared.counters.refused);
                Ok(Message::result(answer_tag(request.tag), code, text))
            }
            None => modify::carry_out(self, &request).await,
        };
        let result = match &answer {
            Ok(answer) => answer.as_result().map_err(|_| Gone)?,
            Err(Gone) => (-1, "the directory hung up before it answered".to_owned()),
        };
        self.shared.recorder.append(bound_as, described, result);
        if self.shared.faults.strikes(Event::WriteDone) {
            return self.broken().await;
        }
        self.answer(request.id, answer?).await
    }

    /// Breaks the connection from a task that must end.
    async fn broken(&self) -> Result<(), Gone> {
        self.client.send(Outgoing::Break).await.map_err(|_| Gone)
    }

    async fn pass_on(&self, request: &Message) -> Result<(), Gone> {
        let mut answers = self.upstream.send(request).await?;
        loop {
            let answer = answers.next().await?;
            let more = answer.tag == op::INTERMEDIATE;
            self.answer(request.id, answer).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Keeps the name of a bind, for the record.
    fn note_name(&self, request: &Message) {
        use crate::ber::{INTEGER, OCTETS, Reader};
        if request.tag == op::BIND {
            let mut reader = Reader::new(&request.content);
            let name = reader
                .integer(INTEGER)
                .and_then(|_| reader.text(OCTETS))
                .unwrap_or_default();
            *self.bound_as.lock().unwrap_or_else(PoisonError::into_inner) = name;
        }
    }

    /// Counts an open change notification for as long as the answer lives; `None` when there are five.
    pub(crate) fn open_notification(&self) -> Option<OpenNotification<'_>> {
        let opened = self.notifications.fetch_add(1, Ordering::Relaxed);
        let counted = OpenNotification(&self.notifications);
        (opened < 5).then_some(counted)
    }
}

/// One of the change notifications that a connection may have.
pub(crate) struct OpenNotification<'a>(&'a AtomicUsize);

impl Drop for OpenNotification<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The tag of the answer to a request.
pub(crate) fn answer_tag(request: u8) -> u8 {
    match request {
        op::SEARCH => op::DONE,
        op::DELETE => 0x6b,
        other => other + 1,
    }
}

async fn write_answers(
    mut queue: mpsc::Receiver<Outgoing>,
    write: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut write = BufWriter::with_capacity(64 << 10, write);
    while let Some(outgoing) = queue.recv().await {
        match outgoing {
            Outgoing::Message(bytes) => write.write_all(&bytes).await?,
            Outgoing::Break => return write.flush().await,
        }
        if queue.is_empty() {
            write.flush().await?;
        }
    }
    Ok(())
}
