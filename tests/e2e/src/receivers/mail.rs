//! A mail relay that keeps what it is given: takes mail only after `STARTTLS` and `AUTH PLAIN`.

use std::sync::Arc;

use anyhow::bail;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{PASSWORD, State, USERNAME};

/// A mail as it was handed over.
#[derive(Debug, Clone)]
pub struct Mail {
    /// From whom, as the envelope says.
    pub from: String,
    /// To whom, as the envelope says.
    pub to: Vec<String>,
    /// Headers and text.
    pub text: String,
}

impl Mail {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(n, _)| n.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }
}

pub(super) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), state.clone());
        tokio::spawn(async move {
            // Whoever does not speak to its end handed nothing over.
            let _ = converse(stream, &acceptor, &state).await;
        });
    }
}

async fn converse(stream: TcpStream, acceptor: &TlsAcceptor, state: &State) -> anyhow::Result<()> {
    let mut open = BufReader::new(stream);
    say(&mut open, "220 relay.operator.test ESMTP").await?;
    loop {
        match hear(&mut open).await?.as_str() {
            hello if hello.starts_with("EHLO ") => {
                say(&mut open, "250-relay.operator.test\r\n250 STARTTLS").await?;
            }
            "STARTTLS" => {
                say(&mut open, "220 go ahead").await?;
                break;
            }
            other => bail!("in the open it says {other}"),
        }
    }
    let mut closed = BufReader::new(acceptor.accept(open.into_inner()).await?);
    take(&mut closed, state).await
}

/// What is said once nobody else hears it.
async fn take<S>(stream: &mut BufReader<S>, state: &State) -> anyhow::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let known = STANDARD.encode(format!("\0{USERNAME}\0{PASSWORD}"));
    let mut is_known = false;
    let (mut from, mut to) = (String::new(), Vec::new());
    loop {
        let line = hear(stream).await?;
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let (verb, rest) = line.split_once([' ', ':']).unwrap_or((&line, ""));
        let answer = match verb {
            "EHLO" => "250-relay.operator.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
            "AUTH" if rest == format!("PLAIN {known}") => {
                is_known = true;
                "235 welcome"
            }
            "AUTH" => "535 who are you?",
            "QUIT" => {
                return say(stream, "221 bye").await;
            }
            _ if !is_known => "530 sign in first",
            "MAIL" => {
                from = address();
                "250 ok"
            }
            "RCPT" => {
                to.push(address());
                "250 ok"
            }
            "DATA" => {
                say(stream, "354 go on").await?;
                let text = data(stream).await?;
                let (from, to) = (std::mem::take(&mut from), std::mem::take(&mut to));
                state.mail.lock().unwrap().push(Mail { from, to, text });
                "250 taken"
            }
            _ => "502 what?",
        };
        say(stream, answer).await?;
    }
}

/// Lines up to the one with a dot, doubled dots undone.
async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> anyhow::Result<String> {
    let mut text = String::new();
    loop {
        let line = hear(stream).await?;
        if line == "." {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push_str("\r\n");
    }
}

async fn hear<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> anyhow::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        bail!("it hung up");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    line: &str,
) -> anyhow::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await?;
    Ok(())
}
