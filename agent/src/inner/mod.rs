//! The inner end of the tunnel: TLS server and HTTP/2 server over the relayed bytes.
//!
//! A session ends, and the relay opens the next one, when what the runner was told of credential and
//! policy no longer holds: so it learns of a password that was set, or of writes that were allowed.
//!
//! Invariants: the other end is this tenant's runner, of the newest generation seen, or there is no
//! session; handlers get only as many bytes ahead as HTTP/2's windows allow; a stopping agent finishes
//! the operation it is at and takes no further one.

mod body;
mod entra_connect;
mod export;
mod import;
mod small;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use syncline_telemetry::{TraceContext, fields};
use syncline_wire::link::path;
use syncline_wire::tls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tracing::Instrument as _;

use crate::agent::Agent;
use crate::stop::{Stop, Stopping};
use body::{Answer, Body, Questions};

const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
const HANDSHAKE: Duration = Duration::from_secs(15);
const STREAMS_MAX: u32 = 32;
/// What HTTP/2 buffers of one answer before the handler waits.
const SEND_BUFFER: usize = 256 * 1024;

/// Why a session did not come about, or ended.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The other end is not the runner.
    #[error("the other end of the tunnel is not this tenant's runner: {0} (agent.runner_refused)")]
    Runner(String),
    /// The runner is older than one seen before.
    #[error(
        "the runner's generation {0} is older than one this agent has answered (agent.runner_stale)"
    )]
    Stale(i64),
    /// The bytes broke off.
    #[error("the tunnel broke: {0} (agent.tunnel_cut)")]
    Cut(String),
}

/// Serves one session until it ends, or until the agent stops and its calls are done.
pub async fn serve<S>(agent: Arc<Agent>, stream: S, stopping: Stopping) -> Result<(), SessionError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let config = tls::server_config(&agent.identity.tls(), agent.identity.runner())
        .map_err(|error| SessionError::Runner(error.to_string()))?;
    let stream = timeout(
        HANDSHAKE,
        TlsAcceptor::from(Arc::new(config)).accept(stream),
    )
    .await
    .map_err(|_| SessionError::Cut("no handshake in time".into()))?
    .map_err(
        |error| match error.get_ref().is_some_and(|e| e.is::<rustls::Error>()) {
            true => SessionError::Runner(error.to_string()),
            false => SessionError::Cut(error.to_string()),
        },
    )?;
    let generation = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(|chain| tls::generation(chain.first()?))
        .ok_or_else(|| SessionError::Runner("its certificate has no generation".into()))?;
    let admitted = agent
        .identity
        .admit_generation(generation)
        .map_err(|error| SessionError::Runner(error.to_string()))?;
    if !admitted {
        return Err(SessionError::Stale(generation));
    }
    tracing::info!(generation, "runner connected");
    agent.tell(None);
    let mut server = http2::Builder::new(TokioExecutor::new());
    server
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS_MAX)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    let (stop, session_stopping) = Stop::channel();
    let handled = Arc::clone(&agent);
    let service = service_fn(move |request| {
        let (agent, stopping) = (Arc::clone(&handled), session_stopping.clone());
        async move { Ok::<_, Infallible>(route(agent, stopping, request)) }
    });
    let connection = server.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        () = stopping.told() => None,
        () = agent.standing_changed() => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            stop.tell();
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    ended.map_err(|error| SessionError::Cut(error.to_string()))
}

/// Starts the handler of a call and answers with its stream.
fn route(agent: Arc<Agent>, stopping: Stopping, request: Request<Incoming>) -> Response<Body> {
    let known = [
        path::HELLO,
        path::SCHEMA,
        path::IMPORT,
        path::EXPORT,
        path::TRACE_ADD,
        path::READ,
        path::CHANGES,
        path::ENTRA_CONNECT_CYCLE,
        path::INSPECT,
        path::CERTIFICATE_REQUEST,
        path::CERTIFICATE_INSTALL,
    ]
    .into_iter()
    .find(|path| *path == request.uri().path());
    let Some(call) = known.filter(|_| request.method() == Method::POST) else {
        return status(StatusCode::NOT_FOUND);
    };
    let span = tracing::info_span!("call", call, trace_id = tracing::field::Empty);
    let trace = request
        .headers()
        .get(TraceContext::HEADER)
        .and_then(|value| TraceContext::parse(value.to_str().ok()?));
    if let Some(trace) = trace {
        // The runner is one of our own processes: its trace goes on here.
        trace.adopt(&span);
        span.record(fields::TRACE, trace.trace_id());
    }
    let (answer, body) = body::channel();
    let incoming = request.into_body();
    tokio::spawn(handle(agent, stopping, call, incoming, answer).instrument(span));
    Response::new(body)
}

async fn handle(
    agent: Arc<Agent>,
    stopping: Stopping,
    call: &'static str,
    incoming: Incoming,
    answer: Answer,
) {
    let gone = answer.gone();
    let served = async {
        let questions = Questions::new(incoming);
        let done = match call {
            path::HELLO => small::hello(&agent, questions, &answer).await,
            path::SCHEMA => small::schema(&agent, &answer).await,
            path::IMPORT => import::import(&agent, questions, &answer).await,
            path::READ => small::read(&agent, questions, &answer).await,
            path::INSPECT => small::inspect(&agent, questions, &answer).await,
            path::TRACE_ADD => small::trace_add(&agent, questions, &answer).await,
            path::CHANGES => small::changes(&agent, stopping.clone(), &answer).await,
            path::ENTRA_CONNECT_CYCLE => {
                entra_connect::cycle(&agent, questions, stopping.clone(), &answer).await
            }
            path::CERTIFICATE_REQUEST => small::certificate_request(&agent, &answer).await,
            path::CERTIFICATE_INSTALL => {
                small::certificate_install(&agent, questions, &answer).await
            }
            _ => export::export(&agent, questions, stopping.clone(), &answer).await,
        };
        if let Err(fault) = done {
            tracing::info!(code = %fault.code, "call failed");
            answer.fault(&fault).await;
        }
    };
    if call == path::EXPORT {
        // An operation that was begun is finished and journalled even when nobody waits for its result.
        served.await;
    } else {
        tokio::select! {
            () = served => {}
            () = gone => {}
        }
    }
}

fn status(status: StatusCode) -> Response<Body> {
    let (_, body) = body::channel();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
