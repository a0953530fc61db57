//! The host's socket: five verbs for the API, and for nobody else.
//!
//! Invariants: the peer's uid is asked of the kernel before a byte is read; a line is bounded; a
//! request that cannot be read gets an answer and changes nothing.

use std::sync::Arc;
use std::time::Duration;

use syncline_wire::host::{Answer, HostStatus, LINE_BYTES_MAX, Refusal, Reply, Request};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use crate::bind;
use crate::error::{HostError, Result};
use crate::host::Inner;

/// The longest a `status` waits for a change.
const CHANGE_WAIT: Duration = Duration::from_secs(30);

/// Binds the socket and serves it until the task is aborted.
pub(crate) fn serve(inner: Arc<Inner>) -> Result<JoinHandle<()>> {
    let path = inner.dirs.host_socket();
    let listener = bind::tokio_listener(&path, inner.identities.api().map(|a| a.gid), 0o660)?;
    Ok(tokio::spawn(async move {
        let mut talks = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                peer = listener.accept() => match peer {
                    Ok((stream, _)) => { talks.spawn(talk(inner.clone(), stream)); }
                    Err(e) => {
                        tracing::error!(error = %e, "the host socket cannot accept");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
                Some(_) = talks.join_next(), if !talks.is_empty() => {}
            }
        }
    }))
}

async fn talk(inner: Arc<Inner>, stream: UnixStream) {
    let peer = stream.peer_cred().ok().map(|peer| peer.uid());
    if peer != Some(inner.identities.api_uid()) {
        tracing::warn!(?peer, "refused a stranger on the host socket");
        return;
    }
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut read)
            .take(LINE_BYTES_MAX as u64 + 1)
            .read_until(b'\n', &mut line)
            .await
        {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let is_whole = line.ends_with(b"\n") && line.len() <= LINE_BYTES_MAX;
        let reply = if is_whole {
            answer(&inner, &line).await
        } else {
            unreadable("it is too long, or cut")
        };
        let Ok(mut text) = serde_json::to_vec(&reply) else {
            return;
        };
        text.push(b'\n');
        if write.write_all(&text).await.is_err() || !is_whole {
            return;
        }
    }
}

async fn answer(inner: &Inner, line: &[u8]) -> Reply {
    let request = match serde_json::from_slice::<Request>(line) {
        Ok(request) => request,
        Err(e) => return unreadable(&e.to_string()),
    };
    match inner.perform(request).await {
        Ok(answer) => Reply::Ok(answer),
        Err(e) => {
            tracing::warn!(error = %e, "a request of the API was refused");
            Reply::Error(e.refusal())
        }
    }
}

fn unreadable(why: &str) -> Reply {
    Reply::Error(Refusal {
        code: "host.request".into(),
        message: format!("the request cannot be read: {why}"),
        retry: false,
    })
}

impl Inner {
    /// Does what was asked.
    pub(crate) async fn perform(&self, request: Request) -> Result<Answer, HostError> {
        match request {
            Request::Ensure { tenant, generation } => self.ensure(tenant, generation).await,
            Request::Start { tenant, generation } => self
                .start_runner(tenant, generation)
                .await
                .map(Answer::Start),
            Request::Stop { tenant } => self
                .stop_runner(tenant)
                .await
                .map(|last_exit| Answer::Stop { last_exit }),
            Request::Status {
                tenant,
                unless_change,
            } => {
                if let Some(known) = unless_change {
                    let mut changes = self.runners.changes();
                    let _ =
                        tokio::time::timeout(CHANGE_WAIT, changes.wait_for(|now| *now != known))
                            .await;
                }
                Ok(Answer::Status(self.status(tenant)))
            }
            Request::Remove { tenant } => self.remove(tenant).await,
        }
    }

    /// What runs and what has ended.
    pub(crate) fn status(&self, tenant: Option<syncline_model::TenantId>) -> HostStatus {
        HostStatus {
            change: *self.runners.changes().borrow(),
            isolation: self.isolation.clone(),
            database: self.database_status(),
            runners: self.runners.status(tenant),
        }
    }
}
