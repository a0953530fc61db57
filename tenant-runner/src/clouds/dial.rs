//! Connections to the clouds' hosts, asked for at the host's egress socket.

use std::io;
use std::path::Path;
use std::time::Duration;

use syncline_wire::egress::{HEAD_MAX, Refusal, Target, read_answer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Longer than the way out itself takes to give up.
const ANSWER: Duration = Duration::from_secs(20);

/// A connection to a host of a cloud. What was refused says so by its code.
pub async fn dial(egress: &Path, target: &Target) -> io::Result<UnixStream> {
    let asked = async {
        let mut stream = UnixStream::connect(egress).await?;
        stream.write_all(target.question().as_bytes()).await?;
        let mut head = Vec::with_capacity(64);
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() == HEAD_MAX {
                return Err(refused(Refusal::Malformed));
            }
            head.push(stream.read_u8().await?);
        }
        read_answer(&head).map_err(refused)?;
        Ok(stream)
    };
    timeout(ANSWER, asked)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn refused(refusal: Refusal) -> io::Error {
    let kind = match refusal {
        Refusal::NotAllowed | Refusal::AddressNotAllowed => io::ErrorKind::PermissionDenied,
        Refusal::NameUnknown | Refusal::Unreachable => io::ErrorKind::HostUnreachable,
        Refusal::TooMany => io::ErrorKind::WouldBlock,
        Refusal::Malformed => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, refusal)
}
