//! App-only sign-in: access tokens by client assertion, kept until shortly before they expire.
//!
//! Invariants: one request for a token at a time, whoever waits takes its answer; a refusal is not asked for
//! again at once; the token is wiped when it is replaced and is in no fault and no log.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::backoff::{self, Backoff, LONGEST_WAITED, in_words};
use super::chance::Jitter;
use super::config::GraphConfig;
use super::transport::{Reply, Transport};
use super::{assertion, signin};

/// A token is replaced this long before it expires: clocks differ.
const SKEW: Duration = Duration::from_secs(300);
/// A refused sign-in is not repeated for this long.
const REFUSED_FOR: Duration = Duration::from_secs(10);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the application was granted, read from a token that was just issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Application permissions by name.
    pub roles: BTreeSet<String>,
    /// Whether the token could be read; else `roles` says nothing.
    pub readable: bool,
    /// How long the token lives.
    pub lifetime: Duration,
}

/// A token, shared by whoever uses it.
#[derive(Clone)]
pub(super) struct Token {
    secret: Arc<Zeroizing<String>>,
    number: u64,
    fresh_until: Instant,
}

impl Token {
    /// The header that carries it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.secret.as_str())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// Where tokens come from.
pub(super) struct Tokens {
    config: Arc<GraphConfig>,
    transport: Arc<Transport>,
    jitter: Arc<Jitter>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Token>,
    issued: u64,
    /// Until when nothing is asked, and why.
    refused: Option<(Instant, Fault)>,
    /// The permissions of the current token, if it can be read.
    roles: Option<BTreeSet<String>>,
}

/// Why there is no token, and for how long another one is not asked for.
struct Unissued {
    fault: Fault,
    hold: Option<Duration>,
}

#[derive(Deserialize)]
struct Issued {
    access_token: String,
    expires_in: u64,
}

impl Tokens {
    pub(super) fn new(
        config: Arc<GraphConfig>,
        transport: Arc<Transport>,
        jitter: Arc<Jitter>,
    ) -> Self {
        Self {
            config,
            transport,
            jitter,
            state: Mutex::default(),
        }
    }

    /// A token that is good for a while.
    pub(super) async fn current(&self) -> Result<Token, Fault> {
        let mut state = self.state.lock().await;
        if let Some(token) = &state.current
            && token.fresh_until > Instant::now()
        {
            return Ok(token.clone());
        }
        self.renewed(&mut state, None).await.map(|(token, _)| token)
    }

    /// Another token than this one, which was refused; with the claims that were asked for.
    pub(super) async fn instead_of(
        &self,
        refused: &Token,
        claims: Option<&str>,
    ) -> Result<Token, Fault> {
        let mut state = self.state.lock().await;
        match &state.current {
            Some(token) if token.number > refused.number => Ok(token.clone()),
            _ => self
                .renewed(&mut state, claims)
                .await
                .map(|(token, _)| token),
        }
    }

    /// Asks for a token now, whatever is at hand: a consent shows in new tokens only.
    pub(super) async fn granted(&self) -> Result<Granted, Fault> {
        let mut state = self.state.lock().await;
        state.refused = None;
        let (_, lifetime) = self.renewed(&mut state, None).await?;
        Ok(Granted {
            readable: state.roles.is_some(),
            roles: state.roles.clone().unwrap_or_default(),
            lifetime,
        })
    }

    /// Whether the current token carries a permission; `None` when it cannot be read.
    pub(super) async fn carries(&self, role: &str) -> Result<Option<bool>, Fault> {
        self.current().await?;
        let state = self.state.lock().await;
        Ok(state.roles.as_ref().map(|roles| roles.contains(role)))
    }

    async fn renewed(
        &self,
        state: &mut State,
        claims: Option<&str>,
    ) -> Result<(Token, Duration), Fault> {
        if let Some((until, fault)) = &state.refused
            && *until > Instant::now()
        {
            return Err(fault.clone());
        }
        let issued = match self.issue(claims).await {
            Ok(issued) => issued,
            Err(Unissued { fault, hold }) => {
                let until = hold.map(|hold| (Instant::now() + hold, fault.clone()));
                state.refused = until.or(state.refused.take());
                return Err(fault);
            }
        };
        let lifetime = Duration::from_secs(issued.expires_in);
        state.refused = None;
        state.issued += 1;
        state.roles = roles_of(&issued.access_token);
        let token = Token {
            secret: Arc::new(Zeroizing::new(issued.access_token)),
            number: state.issued,
            fresh_until: Instant::now() + used_for(lifetime),
        };
        state.current = Some(token.clone());
        Ok((token, lifetime))
    }

    /// Asks until there is an answer that means something. An assertion is used once.
    async fn issue(&self, claims: Option<&str>) -> Result<Issued, Unissued> {
        let patience = &self.config.patience;
        let mut backoff = Backoff::new(patience);
        let mut tries = 0;
        loop {
            tries += 1;
            let (fault, told) = match self.ask(claims).await {
                Ok(reply) if reply.status == StatusCode::OK => {
                    return read(&reply).map_err(|fault| Unissued { fault, hold: None });
                }
                Ok(reply) => {
                    let fault = signin::refusal(&self.config, reply.status.as_u16(), &reply.body);
                    if !matches!(fault.kind, ErrorKind::Busy | ErrorKind::Throttled) {
                        let is_final = matches!(
                            fault.kind,
                            ErrorKind::Authentication | ErrorKind::Permission
                        );
                        let hold = is_final.then_some(REFUSED_FOR);
                        return Err(Unissued { fault, hold });
                    }
                    (fault, backoff::told(&reply.headers))
                }
                Err(fault) => (fault, None),
            };
            if let Some(told) = told.filter(|told| *told > LONGEST_WAITED) {
                return Err(Unissued {
                    fault: signin::held(fault, &in_words(told)),
                    hold: Some(told),
                });
            }
            if tries >= patience.tries || fault.code == "graph.key_unreadable" {
                let is_ours = fault.kind == ErrorKind::Authentication;
                let hold = is_ours.then_some(REFUSED_FOR);
                return Err(Unissued { fault, hold });
            }
            tokio::time::sleep(backoff.wait(told, &self.jitter)).await;
        }
    }

    async fn ask(&self, claims: Option<&str>) -> Result<Reply, Fault> {
        let config = &self.config;
        let login = &config.cloud.login;
        let path = format!("/{}/oauth2/v2.0/token", config.tenant);
        let endpoint = format!("{}{path}", login);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let assertion = assertion::signed(&config.credential, &config.client_id, &endpoint, now)?;
        let scope = format!("{}/.default", config.cloud.graph);
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &config.client_id),
            ("scope", &scope),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        fields.extend(claims.map(|claims| ("claims", claims)));
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let fields = fields.into_iter();
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(header::CONTENT_TYPE, form);
        let body = Bytes::from(fields.join("&"));
        let answered = self
            .transport
            .exchange(login, Method::POST, &path, headers, body);
        answered.await.map_err(super::transport::Broken::into_fault)
    }
}

/// How long a token is used: one that lives shorter than the skew for half its life.
fn used_for(lifetime: Duration) -> Duration {
    lifetime.checked_sub(SKEW).unwrap_or(lifetime / 2)
}

fn read(reply: &Reply) -> Result<Issued, Fault> {
    serde_json::from_slice(&reply.body).map_err(|_| {
        Fault::new(
            "graph.signin_answer_malformed",
            ErrorKind::Connection,
            "The sign-in service answered something that is no token.",
            "Look at who answers under its name: a proxy may show a page of its own.",
        )
    })
}

/// The permissions in a token.
fn roles_of(token: &str) -> Option<BTreeSet<String>> {
    let claims = claims_of(token)?;
    let roles = claims["roles"].as_array().into_iter().flatten();
    Some(roles.filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The claims of a token. They are for people: who may do what is Graph's to judge.
fn claims_of(token: &str) -> Option<Value> {
    let claims = token.split('.').nth(1)?;
    let octets = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&octets).ok()
}

/// The claims that a `WWW-Authenticate` header asks for (continuous access evaluation), decoded.
pub(super) fn challenged_claims(header: &str) -> Option<String> {
    if !header.contains("insufficient_claims") {
        return None;
    }
    let (_, rest) = header.split_once("claims=\"")?;
    let (claims, _) = rest.split_once('"')?;
    let octets = STANDARD
        .decode(claims)
        .or_else(|_| URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')))
        .ok()?;
    let claims = String::from_utf8(octets).ok()?;
    serde_json::from_str::<Value>(&claims)
        .is_ok()
        .then_some(claims)
}

#[cfg(test)]
mod tests;
