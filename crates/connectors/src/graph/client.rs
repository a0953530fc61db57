//! Requests to Graph: signed in, paced, answered or taken apart.
//!
//! Invariants: a token that is refused is replaced once for a request, with the claims that were asked for; a
//! read is repeated within limits, a write is repeated by whoever knows that it may be; a pause that the
//! service asks for holds all requests of the tenant, and where it is too long to wait for, nothing is sent.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::backoff::{self, Backoff, LONGEST_WAITED, in_words};
use super::chance::{self, Jitter};
use super::cloud::VERSION;
use super::config::GraphConfig;
use super::pace::{Cost, Pacer};
use super::refusal::Refusal;
use super::token::{Tokens, challenged_claims};
use super::transport::{Broken, Reply, Transport};

/// What is asked of Graph.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// Below the version, percent-encoded: `/users/delta?$select=id`.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) body: Option<Value>,
    pub(super) cost: Cost,
}

impl Ask {
    /// A read of one resource unit.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            cost: Cost {
                units: 1,
                writes: 0,
            },
        }
    }

    /// A write.
    pub(super) fn write(method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body,
            cost: Cost {
                units: 1,
                writes: 1,
            },
        }
    }

    /// The same with a header.
    pub(super) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same at another price in resource units.
    pub(super) fn costing(mut self, units: u32) -> Self {
        self.cost.units = units;
        self
    }
}

/// A success of Graph.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) body: Value,
}

/// Why there is no success.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// Nothing went out.
    NotSent(Fault),
    /// It may have been carried out.
    Unanswered(Fault),
    /// Graph refused.
    Refused(Box<Refusal>),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::NotSent(fault) => Self::NotSent(fault),
            Broken::Unanswered(fault) => Self::Unanswered(fault),
        }
    }
}

/// Asks Graph on behalf of one application in one tenant.
pub(super) struct Client {
    pub(super) config: Arc<GraphConfig>,
    pub(super) tokens: Tokens,
    pub(super) pacer: Arc<Pacer>,
    pub(super) jitter: Arc<Jitter>,
    transport: Arc<Transport>,
}

impl Client {
    pub(super) fn new(config: Arc<GraphConfig>, transport: Transport, pacer: Arc<Pacer>) -> Self {
        let transport = Arc::new(transport);
        let jitter = Arc::new(Jitter::new(config.patience.jitter_seed));
        Self {
            tokens: Tokens::new(config.clone(), transport.clone(), jitter.clone()),
            pacer,
            jitter,
            transport,
            config,
        }
    }

    /// A new series of waits.
    pub(super) fn backoff(&self) -> Backoff {
        Backoff::new(&self.config.patience)
    }

    /// Asks once; a refused token is replaced. The answer is raw, because pages are stored as they came.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Reply, Failure> {
        let admitted = self.pacer.admit(ask.cost).await;
        admitted.map_err(|left| Failure::NotSent(held(left)))?;
        let mut token = self.tokens.current().await.map_err(Failure::NotSent)?;
        let mut renewed = 0;
        loop {
            let reply = self.send(ask, token.header()).await?;
            self.pacer.observe(&reply, ask.cost);
            if reply.status != StatusCode::UNAUTHORIZED || renewed == 2 {
                return taken_apart(reply);
            }
            renewed += 1;
            let challenge = reply.header("www-authenticate").and_then(challenged_claims);
            let next = self.tokens.instead_of(&token, challenge.as_deref()).await;
            token = next.map_err(Failure::NotSent)?;
        }
    }

    async fn send(&self, ask: &Ask, token: Option<HeaderValue>) -> Result<Reply, Failure> {
        let mut headers = HeaderMap::new();
        headers.extend(token.map(|token| (header::AUTHORIZATION, token)));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::from_str(&chance::guid()) {
            headers.insert(HeaderName::from_static("client-request-id"), id);
        }
        for (name, value) in &ask.headers {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let body = match &ask.body {
            None => Bytes::new(),
            Some(body) => {
                let json = HeaderValue::from_static("application/json");
                headers.insert(header::CONTENT_TYPE, json);
                Bytes::from(body.to_string())
            }
        };
        let graph = &self.config.cloud.graph;
        let target = format!("{VERSION}{}", ask.path);
        let method = ask.method.clone();
        let sent = self
            .transport
            .exchange(graph, method, &target, headers, body)
            .await;
        sent.map_err(Failure::from)
    }

    /// Reads until there is an answer that means something; what it throws is final.
    pub(super) async fn read(&self, ask: &Ask) -> Result<Reply, Failure> {
        let mut backoff = self.backoff();
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match self.ask(ask).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            let told = match &failure {
                Failure::Refused(refusal) if refusal.is_passing() => refusal.wait,
                Failure::Refused(_) => return Err(failure),
                Failure::NotSent(fault) if is_final(fault) => return Err(failure),
                Failure::NotSent(_) | Failure::Unanswered(_) => None,
            };
            let wait = backoff.wait(told, &self.jitter);
            self.slow_down(&failure, wait);
            if tries >= self.config.patience.tries || wait > LONGEST_WAITED {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Reads JSON.
    pub(super) async fn read_json(&self, ask: &Ask) -> Result<Value, Failure> {
        let reply = self.read(ask).await?;
        parsed(&reply.body).map_err(Failure::Unanswered)
    }

    /// A throttled request is a pause for all.
    pub(super) fn slow_down(&self, failure: &Failure, wait: std::time::Duration) {
        if matches!(failure, Failure::Refused(refusal) if refusal.status == 429) {
            self.pacer.pause(wait);
        }
    }
}

/// Graph asked to wait longer than anybody waits.
fn held(left: std::time::Duration) -> Fault {
    Fault::new(
        "graph.throttled",
        ErrorKind::Throttled,
        format!(
            "Nothing was sent: Graph asks to wait {} more.",
            in_words(left)
        ),
        "Nothing to do: it goes on after that time. If it happens often, look which other applications use the tenant's quota.",
    )
}

/// Whether trying again at once cannot help.
pub(super) fn is_final(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        ErrorKind::Authentication | ErrorKind::Permission | ErrorKind::Internal
    ) || matches!(
        fault.code.as_ref(),
        "connect.certificate_untrusted"
            | "graph.host_not_allowed"
            | "graph.throttled"
            | "graph.signin_throttled"
    )
}

/// JSON, or a fault that says that an answer was none.
pub(super) fn parsed(body: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(body).map_err(|error| {
        Fault::new(
            "graph.answer_malformed",
            ErrorKind::Connection,
            "An answer of Graph cannot be read.",
            "Nothing to do if it stays alone; else look at who answers under Graph's name.",
        )
        .with_evidence(error.to_string())
    })
}

/// A success, or why there is none.
pub(super) fn taken_apart(reply: Reply) -> Result<Reply, Failure> {
    if reply.status.is_success() {
        return Ok(reply);
    }
    if reply.status.is_redirection() {
        return Err(Failure::NotSent(Fault::new(
            "graph.host_not_allowed",
            ErrorKind::Connection,
            format!(
                "Graph answered with a redirection ({}), which is never followed.",
                reply.status
            ),
            "Look at who answers under Graph's name: a proxy may rewrite answers.",
        )));
    }
    let body = serde_json::from_slice(&reply.body).unwrap_or_default();
    let mut refusal = Refusal::read(reply.status.as_u16(), &body, backoff::told(&reply.headers));
    if refusal.request_id.is_empty() {
        refusal.request_id = reply.header("request-id").unwrap_or_default().to_owned();
    }
    Err(Failure::Refused(Box::new(refusal)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::Peer;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;
    use std::time::Instant;

    #[tokio::test]
    async fn a_challenge_is_answered_once_and_with_its_claims() {
        let peer = Peer::default();
        let client = peer.connector().client;
        let claims = r#"{"access_token":{"nbf":{"value":"1"}}}"#;
        let challenge = format!(
            "Bearer error=\"insufficient_claims\", claims=\"{}\"",
            STANDARD.encode(claims)
        );
        peer.graph_says(401, &[("WWW-Authenticate", &challenge)], &json!({}));
        peer.graph_says(200, &[], &json!({ "value": [] }));

        let answer = client.ask(&Ask::get("/users")).await;

        assert!(answer.is_ok());
        let tokens = peer.asked_of_login();
        assert_eq!(tokens.len(), 2);
        assert!(!tokens[0].body.contains("&claims="));
        assert!(tokens[1].body.contains("&claims=%7B%22access%5Ftoken%22"));
        let bearers: Vec<String> = peer
            .asked_of_graph()
            .iter()
            .filter_map(|asked| {
                Some(
                    asked
                        .head
                        .split_once("bearer ")?
                        .1
                        .lines()
                        .next()?
                        .to_owned(),
                )
            })
            .collect();
        assert!(
            bearers.len() == 2 && bearers[0] != bearers[1],
            "{bearers:?}"
        );
    }

    #[tokio::test]
    async fn an_answer_that_warns_of_a_full_quota_slows_down_what_comes() {
        let peer = Peer::default();
        let client = peer.connector().client;
        let warning = [("x-ms-throttle-limit-percentage", "0.9")];
        peer.graph_says(200, &warning, &json!({ "value": [] }));
        let start = Instant::now();

        client.ask(&Ask::get("/users")).await.unwrap();

        let cost = Cost {
            units: 350,
            writes: 0,
        };
        // A tenth of the smallest tenant's quota is above what we use, and another one is asked for.
        assert_eq!(client.pacer.charge(cost, start).as_secs(), 2);
    }
}
