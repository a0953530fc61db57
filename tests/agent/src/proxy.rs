//! An HTTP CONNECT proxy on loopback that asks for a password and can cut what it carries.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The proxy.
pub struct ConnectProxy {
    /// Where it listens.
    pub address: SocketAddr,
    /// Tunnels it gave.
    pub given: Arc<AtomicUsize>,
    cut: watch::Sender<u64>,
}

impl ConnectProxy {
    /// A proxy for this user and password (`ann:secret` as Basic).
    pub async fn start(authorization: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let given = Arc::new(AtomicUsize::new(0));
        let cut = watch::channel(0).0;
        let (counter, cuts) = (given.clone(), cut.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (counter, cuts) = (counter.clone(), cuts.subscribe());
                tokio::spawn(async move {
                    serve(stream, authorization, &counter, cuts).await;
                });
            }
        });
        Self {
            address,
            given,
            cut,
        }
    }

    /// Cuts everything that it carries now.
    pub fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}

async fn serve(
    mut client: TcpStream,
    authorization: &str,
    given: &AtomicUsize,
    mut cuts: watch::Receiver<u64>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap_or_default();
    let expected = format!("Proxy-Authorization: Basic {authorization}\r\n");
    let target = head
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split(' ').next());
    let Some(target) = target.filter(|_| head.contains(&expected)) else {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        let _ = client.write_all(refusal).await;
        return;
    };
    let Ok(mut server) = TcpStream::connect(target).await else {
        let _ = client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
        return;
    };
    cuts.mark_unchanged();
    given.fetch_add(1, Ordering::SeqCst);
    if client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.is_ok() {
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => {}
            _ = cuts.changed() => {}
        }
    }
}
