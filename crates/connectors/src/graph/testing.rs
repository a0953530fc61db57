//! A peer that says what a test wrote down, for tests of one exchange or two: what no simulator would ever say, and
//! what a test wants to have counted.
//!
//! Invariants: every request is answered by what was written down next for its side; where nothing was, the sign-in
//! issues another token and Graph says that it has nothing to say.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use syncline_model::cloud::CloudTimes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use zeroize::Zeroizing;

use super::{ByteStream, Cloud, Credential, Dial, GraphConfig, GraphConnector, Shared};

pub(super) const TENANT: &str = "6f0a3c1e-0000-4000-8000-000000000001";
const GRAPH_PORT: u16 = 1;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// In small letters.
    pub(super) head: String,
    pub(super) body: String,
}

#[derive(Debug, Default)]
struct Side {
    says: VecDeque<String>,
    asked: Vec<Asked>,
}

#[derive(Debug, Default)]
struct Sides {
    graph: Side,
    login: Side,
}

/// Both sides of a cloud.
#[derive(Debug, Clone, Default)]
pub(super) struct Peer(Arc<Mutex<Sides>>);

fn answer(status: u16, headers: &[(&str, &str)], body: &Json) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

/// The answer that issues a token with these permissions.
fn issued(number: usize) -> String {
    let claims = json!({ "roles": ["Directory.Read.All"], "uti": number });
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let token = format!("header.{claims}.signature");
    let body = json!({ "access_token": token, "expires_in": 3_599 });
    answer(200, &[], &body)
}

impl Peer {
    /// What Graph says next.
    pub(super) fn graph_says(&self, status: u16, headers: &[(&str, &str)], body: &Json) {
        let said = answer(status, headers, body);
        self.0.lock().unwrap().graph.says.push_back(said);
    }

    /// What the sign-in says next.
    pub(super) fn login_says(&self, status: u16, headers: &[(&str, &str)], body: &Json) {
        let said = answer(status, headers, body);
        self.0.lock().unwrap().login.says.push_back(said);
    }

    /// What Graph was asked.
    pub(super) fn asked_of_graph(&self) -> Vec<Asked> {
        self.0.lock().unwrap().graph.asked.clone()
    }

    /// What the sign-in was asked.
    pub(super) fn asked_of_login(&self) -> Vec<Asked> {
        self.0.lock().unwrap().login.asked.clone()
    }

    /// A connector that knows this peer only.
    pub(super) fn connector(&self) -> GraphConnector {
        static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
            AsDer::<Pkcs8V1Der<'_>>::as_der(&key)
                .unwrap()
                .as_ref()
                .to_vec()
        });
        let cloud = Cloud {
            name: "simulated".to_owned(),
            label: "Simulated".to_owned(),
            login: "http://127.0.0.1:2".parse().unwrap(),
            graph: format!("http://127.0.0.1:{GRAPH_PORT}").parse().unwrap(),
            trust_pem: None,
            simulated: true,
            times: Some(CloudTimes {
                settle_ms: 60_000,
                first_wait_ms: 1,
            }),
        };
        let credential = Credential::new(b"certificate".to_vec(), Zeroizing::new(KEY.clone()));
        let config = GraphConfig::new(cloud, TENANT, TENANT, credential, "/nowhere");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let shared = Shared::new(&config);
        GraphConnector::new(config, &shared, Arc::new(self.clone()), Arc::new(tls)).unwrap()
    }

    fn says(&self, port: u16, asked: Asked) -> String {
        let mut sides = self.0.lock().unwrap();
        let is_graph = port == GRAPH_PORT;
        let side = match is_graph {
            true => &mut sides.graph,
            false => &mut sides.login,
        };
        side.asked.push(asked);
        let number = side.asked.len();
        side.says.pop_front().unwrap_or_else(|| match is_graph {
            true => answer(418, &[], &json!({})),
            false => issued(number),
        })
    }

    async fn serve(self, port: u16, mut stream: DuplexStream) -> io::Result<()> {
        let mut octets = Vec::new();
        loop {
            let head = loop {
                if let Some(at) = octets.windows(4).position(|four| four == b"\r\n\r\n") {
                    break at + 4;
                }
                if stream.read_buf(&mut octets).await? == 0 {
                    return Ok(());
                }
            };
            let text = String::from_utf8_lossy(&octets[..head]).to_lowercase();
            let length = text.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            let whole = head + length.unwrap_or(0);
            while octets.len() < whole {
                stream.read_buf(&mut octets).await?;
            }
            let body = String::from_utf8_lossy(&octets[head..whole]).into_owned();
            octets.drain(..whole);
            let said = self.says(port, Asked { head: text, body });
            stream.write_all(said.as_bytes()).await?;
        }
    }
}

#[async_trait]
impl Dial for Peer {
    async fn dial(&self, _: &str, port: u16) -> io::Result<Box<dyn ByteStream>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(self.clone().serve(port, theirs));
        Ok(Box::new(ours))
    }
}
