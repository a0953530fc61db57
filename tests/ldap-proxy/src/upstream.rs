//! The proxy's connection to the directory: requests under numbers of its own, answers to whoever asked.
//!
//! Invariants: it lives until the last answer somebody waits for, even when the client is gone;
//! an answer that nobody waits for any more is abandoned.

use crate::{
    body::Entry,
    message::{Message, op},
};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, BufWriter},
    net::TcpStream,
    sync::{mpsc, watch},
};
use tokio_rustls::client::TlsStream;

/// An LDAP message may not be longer: a group of a million members still fits.
const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// The directory hung up, or cannot be reached any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

type Routes = Arc<Mutex<HashMap<i32, mpsc::Sender<Message>>>>;

#[derive(Debug)]
pub(crate) struct Upstream {
    out: mpsc::Sender<Vec<u8>>,
    routes: Routes,
    next: AtomicI32,
}

impl Upstream {
    /// Speaks over this stream; the receiver changes when the directory hangs up.
    pub(crate) fn over(stream: TlsStream<TcpStream>) -> (Arc<Self>, watch::Receiver<bool>) {
        let (read, write) = tokio::io::split(stream);
        let (out, requests) = mpsc::channel(64);
        let (gone, is_gone) = watch::channel(false);
        let routes = Routes::default();
        tokio::spawn(write_messages(requests, write));
        let answers = routes.clone();
        tokio::spawn(async move {
            // However it ends, nobody waits for answers any longer.
            let _ = route_answers(read, &answers).await;
            answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            let _ = gone.send(true);
        });
        (
            Arc::new(Self {
                out,
                routes,
                next: AtomicI32::new(1),
            }),
            is_gone,
        )
    }

    /// Sends a request under a new number.
    pub(crate) async fn send(self: &Arc<Self>, request: &Message) -> Result<Answers, Gone> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::channel(64);
        self.routes().insert(id, sender);
        let answers = Answers {
            id,
            receiver,
            upstream: self.clone(),
            finished: false,
        };
        let request = Message {
            id,
            ..request.clone()
        };
        self.out.send(request.encode()).await.map_err(|_| Gone)?;
        Ok(answers)
    }

    /// Sends a request that has one answer, and waits for it.
    pub(crate) async fn ask(self: &Arc<Self>, request: &Message) -> Result<Message, Gone> {
        self.send(request).await?.next().await
    }

    /// Searches to the end: all entries, and the result.
    pub(crate) async fn search(
        self: &Arc<Self>,
        request: &Message,
    ) -> Result<(Vec<Entry>, Message), Gone> {
        let mut answers = self.send(request).await?;
        let mut entries = Vec::new();
        loop {
            let answer = answers.next().await?;
            match answer.tag {
                op::ENTRY => entries.push(Entry::decode(&answer.content).map_err(|_| Gone)?),
                op::DONE => return Ok((entries, answer)),
                _ => {}
            }
        }
    }

    fn routes(&self) -> std::sync::MutexGuard<'_, HashMap<i32, mpsc::Sender<Message>>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answers to one request.
#[derive(Debug)]
pub(crate) struct Answers {
    id: i32,
    receiver: mpsc::Receiver<Message>,
    upstream: Arc<Upstream>,
    finished: bool,
}

impl Answers {
    /// The next answer; the last one is a result.
    pub(crate) async fn next(&mut self) -> Result<Message, Gone> {
        let answer = self.receiver.recv().await.ok_or(Gone)?;
        self.finished = !matches!(answer.tag, op::ENTRY | op::REFERENCE | op::INTERMEDIATE);
        Ok(answer)
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.upstream.routes().remove(&self.id);
        if !self.finished {
            let number = self.id.to_be_bytes();
            let abandon = Message {
                id: self.upstream.next.fetch_add(1, Ordering::Relaxed),
                ..Message::new(op::ABANDON, number.to_vec())
            };
            // A full queue only means that the directory goes on answering into the void.
            let _ = self.upstream.out.try_send(abandon.encode());
        }
    }
}

async fn route_answers(read: impl AsyncRead + Unpin, routes: &Routes) -> io::Result<()> {
    let mut read = BufReader::with_capacity(64 << 10, read);
    while let Some(bytes) = read_message(&mut read).await? {
        let answer = Message::decode(&bytes).map_err(io::Error::other)?;
        let route = routes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&answer.id)
            .cloned();
        if let Some(route) = route {
            // The asker may have stopped listening in this moment.
            let _ = route.send(answer).await;
        }
    }
    Ok(())
}

/// Reads one message, whole; `None` at the end of the stream.
pub(crate) async fn read_message(
    read: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; 2];
    if read.read(&mut bytes[..1]).await? == 0 {
        return Ok(None);
    }
    read.read_exact(&mut bytes[1..]).await?;
    if bytes[1] > 0x80 {
        let octets = usize::from(bytes[1] & 0x7f);
        bytes.resize(2 + octets, 0);
        read.read_exact(&mut bytes[2..]).await?;
    }
    let header = crate::ber::header(&bytes).map_err(io::Error::other)?;
    let (header, length) = header.ok_or_else(|| io::Error::other("malformed LDAP message"))?;
    if length > MESSAGE_BYTES_MAX {
        return Err(io::Error::other("an LDAP message is too long"));
    }
    bytes.resize(header + length, 0);
    read.read_exact(&mut bytes[header..]).await?;
    Ok(Some(bytes))
}

/// Writes queued messages until there can be no more; flushes when the queue is empty.
async fn write_messages(mut queue: mpsc::Receiver<Vec<u8>>, write: impl AsyncWrite + Unpin) {
    let mut write = BufWriter::with_capacity(64 << 10, write);
    while let Some(bytes) = queue.recv().await {
        if write.write_all(&bytes).await.is_err()
            || (queue.is_empty() && write.flush().await.is_err())
        {
            return;
        }
    }
    let _ = write.shutdown().await;
}
