//! The tenants' processes, as the API reaches them: HTTP/1.1 over one unix socket each.
//!
//! Invariants: every request carries a fresh assertion for exactly its method, path and query; bodies are streamed
//! and never read; the socket's path comes from the tenant's id alone; a runner that is not there is an error the
//! caller can wait out, not a hang.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::de::DeserializeOwned;
use syncline_model::TenantId;
use syncline_wire::assertion::{
    self, Assertion, Channel, LIFETIME_S, Principal, RequestId, Signer,
};
use tokio::net::UnixStream;

use crate::clock::now_ms;

/// How long a runner may take to take a connection.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a runner may take for the head of an internal answer.
const INTERNAL: Duration = Duration::from_secs(10);
/// Longest internal answer that is read whole.
const INTERNAL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A tenant at one generation of its runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct At {
    /// Which tenant.
    pub tenant: TenantId,
    /// The owner generation the runner has to have.
    pub generation: i64,
}

/// On whose behalf a request goes to a runner.
#[derive(Debug, Clone, Copy)]
pub struct Behalf {
    /// Who asks.
    pub principal: Principal,
    /// Bits of the rights.
    pub rights: u32,
    /// How the request came in.
    pub channel: Channel,
    /// How many members hold the approve right.
    pub approvers: u16,
    /// The request's id.
    pub request: RequestId,
}

impl Behalf {
    /// The control plane's own.
    pub fn system() -> Self {
        Behalf {
            principal: Principal::System,
            rights: 0,
            channel: Channel::System,
            approvers: 0,
            request: RequestId(rand::random()),
        }
    }
}

/// Why a runner did not answer.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// It is not there or does not take connections.
    #[error("the runner of {tenant} cannot be reached: {why} (runner.unreachable)")]
    Unreachable {
        /// Whose.
        tenant: TenantId,
        /// Why.
        why: String,
    },
    /// The request's body was longer than allowed.
    #[error("the request body is too long (runner.body_too_large)")]
    BodyTooLarge,
    /// It answered an internal request with a refusal or nonsense.
    #[error("the runner of {tenant} answered {status} to {path}: {why} (runner.answer)")]
    Answer {
        /// Whose.
        tenant: TenantId,
        /// What was asked.
        path: String,
        /// The status.
        status: u16,
        /// The refusal's code, or why the answer cannot be read.
        why: String,
    },
}

/// All runners of this host.
pub struct Runners {
    signer: Signer,
    client: Client<SocketConnector, Body>,
}

impl Runners {
    /// Runners whose sockets lie in `dir`.
    pub fn new(dir: &Path, assertion_seed: &[u8; 32]) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(8)
            .build(SocketConnector { dir: dir.into() });
        Runners {
            signer: Signer::new(assertion_seed),
            client,
        }
    }

    /// Sends a request to a runner and gives back its answer, both bodies streaming.
    pub async fn send(
        &self,
        at: At,
        behalf: &Behalf,
        method: Method,
        path_and_query: &str,
        headers: HeaderMap,
        body: Body,
    ) -> Result<Response<Incoming>, RunnerError> {
        let mut request = Request::new(body);
        *request.uri_mut() = self.uri(at, path_and_query)?;
        *request.headers_mut() = headers;
        let assertion = self.assertion(at, behalf, method.as_str(), path_and_query);
        request.headers_mut().insert(assertion::HEADER, assertion);
        *request.method_mut() = method;
        self.client.request(request).await.map_err(|error| {
            let mut source: &dyn std::error::Error = &error;
            while let Some(inner) = source.source() {
                if inner.is::<LengthLimitError>() {
                    return RunnerError::BodyTooLarge;
                }
                source = inner;
            }
            if source.is::<LengthLimitError>() {
                return RunnerError::BodyTooLarge;
            }
            RunnerError::Unreachable {
                tenant: at.tenant,
                why: source.to_string(),
            }
        })
    }

    /// A JSON answer to an internal GET.
    pub async fn get<T: DeserializeOwned>(
        &self,
        at: At,
        path_and_query: &str,
    ) -> Result<T, RunnerError> {
        let bytes = self
            .internal(at, Method::GET, path_and_query, Body::empty())
            .await?;
        read(at, path_and_query, &bytes)
    }

    /// A JSON answer to an internal POST.
    pub async fn post<T: DeserializeOwned>(
        &self,
        at: At,
        path: &str,
        json: Vec<u8>,
    ) -> Result<T, RunnerError> {
        let bytes = self
            .internal(at, Method::POST, path, Body::from(json))
            .await?;
        read(at, path, &bytes)
    }

    /// An internal POST whose answer is of no interest.
    pub async fn tell(&self, at: At, path: &str, json: Vec<u8>) -> Result<(), RunnerError> {
        self.internal(at, Method::POST, path, Body::from(json))
            .await
            .map(|_| ())
    }

    async fn internal(
        &self,
        at: At,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Vec<u8>, RunnerError> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let behalf = Behalf::system();
        let sent = self.send(at, &behalf, method, path, headers, body);
        let answer = tokio::time::timeout(INTERNAL, sent).await.map_err(|_| {
            RunnerError::Unreachable {
                tenant: at.tenant,
                why: "no answer in time".into(),
            }
        })??;
        let status = answer.status();
        let refuse = |why: String| RunnerError::Answer {
            tenant: at.tenant,
            path: path.split('?').next().unwrap_or_default().into(),
            status: status.as_u16(),
            why,
        };
        let read = tokio::time::timeout(
            INTERNAL,
            Limited::new(answer.into_body(), INTERNAL_BYTES_MAX).collect(),
        );
        let bytes = match read.await {
            Ok(Ok(collected)) => collected.to_bytes().to_vec(),
            Ok(Err(error)) => return Err(refuse(error.to_string())),
            Err(_) => return Err(refuse("it did not end in time".into())),
        };
        if status.is_success() {
            return Ok(bytes);
        }
        let problem = serde_json::from_slice::<syncline_contract::problem::ProblemBody>(&bytes);
        Err(refuse(problem.map_or_else(
            |_| "no problem body".into(),
            |problem| problem.code,
        )))
    }

    /// Opens an internal stream by `Upgrade`: raw bytes both ways after the runner's 101.
    pub async fn upgrade(
        &self,
        at: At,
        path: &str,
        protocol: &'static str,
    ) -> Result<hyper::upgrade::Upgraded, RunnerError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static(protocol));
        let behalf = Behalf::system();
        let sent = self.send(at, &behalf, Method::POST, path, headers, Body::empty());
        let answer = tokio::time::timeout(INTERNAL, sent).await.map_err(|_| {
            RunnerError::Unreachable {
                tenant: at.tenant,
                why: "no answer in time".into(),
            }
        })??;
        let refuse = |status: u16, why: &str| RunnerError::Answer {
            tenant: at.tenant,
            path: path.into(),
            status,
            why: why.into(),
        };
        if answer.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            return Err(refuse(
                answer.status().as_u16(),
                "it does not switch protocols",
            ));
        }
        hyper::upgrade::on(answer)
            .await
            .map_err(|error| refuse(101, &error.to_string()))
    }

    /// An internal GET whose answer streams on, such as events.
    pub async fn stream(&self, at: At, path: &str) -> Result<Incoming, RunnerError> {
        let behalf = Behalf::system();
        let sent = self.send(
            at,
            &behalf,
            Method::GET,
            path,
            HeaderMap::new(),
            Body::empty(),
        );
        let answer = tokio::time::timeout(INTERNAL, sent).await.map_err(|_| {
            RunnerError::Unreachable {
                tenant: at.tenant,
                why: "no answer in time".into(),
            }
        })??;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(RunnerError::Answer {
                tenant: at.tenant,
                path: path.into(),
                status,
                why: "refused".into(),
            });
        }
        Ok(answer.into_body())
    }

    fn uri(&self, at: At, path_and_query: &str) -> Result<Uri, RunnerError> {
        let path: PathAndQuery = path_and_query
            .parse()
            .map_err(|_| RunnerError::Unreachable {
                tenant: at.tenant,
                why: "the path is not one".into(),
            })?;
        // Generation in the name: a pooled connection to an older runner is never reused.
        let authority = format!("t{}.g{}", at.tenant.get(), at.generation);
        Ok(Uri::builder()
            .scheme("http")
            .authority(authority)
            .path_and_query(path)
            .build()
            .expect("digits and dots are an authority"))
    }

    fn assertion(
        &self,
        at: At,
        behalf: &Behalf,
        method: &str,
        path_and_query: &str,
    ) -> HeaderValue {
        let signed = self.signer.sign(&Assertion {
            tenant: at.tenant,
            generation: at.generation,
            principal: behalf.principal,
            rights: behalf.rights,
            channel: behalf.channel,
            approvers: behalf.approvers,
            request: behalf.request,
            route: assertion::route_hash(method, path_and_query),
            expires_s: now_ms() / 1000 + LIFETIME_S,
        });
        HeaderValue::from_str(&signed).expect("base64url is a header value")
    }
}

fn read<T: DeserializeOwned>(at: At, path: &str, bytes: &[u8]) -> Result<T, RunnerError> {
    serde_json::from_slice(bytes).map_err(|error| RunnerError::Answer {
        tenant: at.tenant,
        path: path.split('?').next().unwrap_or_default().into(),
        status: 200,
        why: format!(
            "its answer cannot be read (line {}, column {})",
            error.line(),
            error.column()
        ),
    })
}

fn socket(dir: &Path, tenant: TenantId) -> PathBuf {
    dir.join(tenant.to_string()).join("api.sock")
}

/// Dials the socket that an authority `t<number>.g<generation>` names.
#[derive(Clone)]
struct SocketConnector {
    dir: PathBuf,
}

impl tower::Service<Uri> for SocketConnector {
    type Response = SocketIo;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<SocketIo, std::io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let number = uri
            .host()
            .and_then(|host| host.strip_prefix('t')?.split_once(".g")?.0.parse().ok());
        let path = number.map(|number| socket(&self.dir, TenantId(number)));
        Box::pin(async move {
            let path = path.ok_or(std::io::ErrorKind::InvalidInput)?;
            let stream = tokio::time::timeout(CONNECT, UnixStream::connect(path)).await??;
            Ok(SocketIo(TokioIo::new(stream)))
        })
    }
}

/// A unix stream as the HTTP client takes it.
struct SocketIo(TokioIo<UnixStream>);

impl Connection for SocketIo {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for SocketIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: hyper::rt::ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl hyper::rt::Write for SocketIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
#[path = "runners_tests.rs"]
mod tests;
