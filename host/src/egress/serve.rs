//! The process: one question, one dial, then bytes both ways.
//!
//! Invariant: one runner's connections never take the turns of another's.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use syncline_wire::boot::EgressStart;
use syncline_wire::egress::{HEAD_MAX, Refusal, Target, answer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream, lookup_host};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::allow::{Allowed, Place};
use crate::error::{HostError, Result};

/// Connections of one runner at once.
const CONNECTIONS: usize = 64;
/// A runner sends its question at once.
const QUESTION: Duration = Duration::from_secs(10);
/// Looking a name up and connecting.
const DIAL: Duration = Duration::from_secs(15);
/// Before the next look at a socket that could not accept, for want of descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Runs until it is told to end.
pub fn run(start: EgressStart) -> Result<()> {
    let failed = |e| HostError::new("host.egress", "the way out cannot be opened").because(e);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        start.listener.set_nonblocking(true).map_err(failed)?;
        let listener = UnixListener::from_std(start.listener).map_err(failed)?;
        let allowed = Arc::new(Allowed {
            clouds: start.boot.clouds,
            outlets: start.boot.outlets,
        });
        let mut turns: HashMap<u32, Arc<Semaphore>> = HashMap::new();
        loop {
            let accepted = tokio::select! {
                _ = terminate.recv() => return Ok(()),
                accepted = listener.accept() => accepted,
            };
            let peer = accepted.and_then(|(stream, _)| {
                let uid = stream.peer_cred()?.uid();
                Ok((stream, uid))
            });
            match peer {
                Ok((stream, uid)) if start.boot.runners.contains(uid) => {
                    let turns = turns
                        .entry(uid)
                        .or_insert_with(|| Arc::new(Semaphore::new(CONNECTIONS)));
                    let turn = turns.clone().try_acquire_owned().ok();
                    tokio::spawn(serve(stream, uid, allowed.clone(), turn));
                }
                Ok((_, uid)) => tracing::warn!(uid, "a connection of a stranger was refused"),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    })
}

/// Answers one connection of a runner.
async fn serve(
    mut stream: UnixStream,
    uid: u32,
    allowed: Arc<Allowed>,
    turn: Option<OwnedSemaphorePermit>,
) {
    let dialled = match &turn {
        Some(_) => ask(&mut stream, &allowed).await,
        None => Err((None, Refusal::TooMany)),
    };
    let refusal = dialled.as_ref().map(drop).map_err(|(_, refusal)| *refusal);
    if stream.write_all(answer(refusal).as_bytes()).await.is_err() {
        return;
    }
    match dialled {
        Ok(mut far) => {
            // How it ends is the business of those who speak over it.
            let _ = copy_bidirectional(&mut stream, &mut far).await;
        }
        Err((target, refusal)) => {
            let target = target.map(|target| target.to_string()).unwrap_or_default();
            tracing::warn!(
                uid,
                target,
                code = refusal.code(),
                "not dialled for a runner"
            );
        }
    }
}

/// Reads the question and dials.
async fn ask(
    stream: &mut UnixStream,
    allowed: &Allowed,
) -> Result<TcpStream, (Option<Target>, Refusal)> {
    let question = timeout(QUESTION, head(stream)).await;
    let Ok(Ok(question)) = question else {
        return Err((None, Refusal::Malformed));
    };
    let target = Target::read(&question).map_err(|refusal| (None, refusal))?;
    let dialled = async {
        let place = allowed.place(&target)?;
        timeout(DIAL, dial(place, &target))
            .await
            .unwrap_or(Err(Refusal::Unreachable))
    };
    let dialled = dialled.await;
    dialled.map_err(|refusal| (Some(target), refusal))
}

/// Connects to the first address that answers; those where it cannot be are passed over.
async fn dial(place: Place, target: &Target) -> Result<TcpStream, Refusal> {
    let found = lookup_host((target.host.as_str(), target.port)).await;
    let found: Vec<SocketAddr> = found.map_err(|_| Refusal::NameUnknown)?.collect();
    let plausible: Vec<SocketAddr> = found
        .iter()
        .copied()
        .filter(|address| place.holds(address.ip()))
        .collect();
    if plausible.is_empty() {
        return Err(if found.is_empty() {
            Refusal::NameUnknown
        } else {
            Refusal::AddressNotAllowed
        });
    }
    for address in plausible {
        if let Ok(far) = TcpStream::connect(address).await {
            // Requests are small and wait for their answers.
            let _ = far.set_nodelay(true);
            return Ok(far);
        }
    }
    Err(Refusal::Unreachable)
}

/// Everything up to the empty line, and not a byte more.
async fn head(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(128);
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}
