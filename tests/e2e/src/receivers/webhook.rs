//! A host that takes webhooks: one request a connection.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::State;

/// No request is larger.
const BODY_MAX: usize = 1 << 20;

/// A request.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Path and query.
    pub target: String,
    /// Its headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body, byte for byte.
    pub body: String,
}

impl Posted {
    /// What it says.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The notification's id.
    pub fn id(&self) -> &str {
        self.headers.get("webhook-id").map_or("", String::as_str)
    }

    /// Whether one of its signatures is of this secret, as receivers check it (Standard Webhooks).
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = secret.strip_prefix("whsec_").unwrap_or_default();
        let key = STANDARD.decode(key).unwrap_or_default();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let header = |name: &str| self.headers.get(name).map_or("", String::as_str);
        let signed = format!(
            "{}.{}.{}",
            self.id(),
            header("webhook-timestamp"),
            self.body
        );
        header("webhook-signature").split(' ').any(|one| {
            let tag = one
                .strip_prefix("v1,")
                .and_then(|t| STANDARD.decode(t).ok());
            tag.is_some_and(|tag| hmac::verify(&key, signed.as_bytes(), &tag).is_ok())
        })
    }
}

pub(super) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), state.clone());
        tokio::spawn(async move {
            // Whoever does not speak to its end said nothing.
            let _ = answer(stream, &acceptor, &state).await;
        });
    }
}

async fn answer(stream: TcpStream, acceptor: &TlsAcceptor, state: &State) -> anyhow::Result<()> {
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let target = first
        .split(' ')
        .nth(1)
        .context("a request line")?
        .to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length").context("a length")?.parse()?;
    let mut body = vec![0; length.min(BODY_MAX)];
    stream.read_exact(&mut body).await?;
    let posted = Posted {
        target,
        headers,
        body: String::from_utf8(body)?,
    };
    let is_out_of_order = *state.is_out_of_order.lock().unwrap();
    let (kept, status) = match is_out_of_order {
        true => (&state.refused, "503 Service Unavailable"),
        false => (&state.posted, "204 No Content"),
    };
    kept.lock().unwrap().push(posted);
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(())
}
