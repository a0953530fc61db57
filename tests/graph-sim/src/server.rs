//! The three listeners of a running simulator.
//!
//! Invariant: the lock on the world is never held while anything is sent or awaited.

use crate::{
    control,
    graph::{self, Delivery, Manner},
    options::{Addresses, Options},
    request::{Incoming, Payload},
    signin,
    tls::{self, Tls},
    world::World,
};
use axum::{
    Json, Router,
    extract::{Form, Path, State},
    http::StatusCode,
    routing::{get, post},
};
use bytes::Bytes;
use futures::stream;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    body::{Frame, Incoming as IncomingBody},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde_json::Value;
use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) type Shared = Arc<Mutex<World>>;

pub(crate) fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Binds the three ports and serves them on the runtime; answers when all of them listen.
pub(crate) async fn start(options: &Options) -> io::Result<Addresses> {
    let graph = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let login = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let control = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let tls = options.tls.then(Tls::new).transpose()?;
    let scheme = if options.tls { "https" } else { "http" };
    let address = |listener: &TcpListener, scheme: &str| {
        let address = listener.local_addr();
        address.map(|address| format!("{scheme}://{address}"))
    };
    let addresses = Addresses {
        graph: address(&graph, scheme)?,
        login: address(&login, scheme)?,
        control: address(&control, "http")?,
        ca_pem: tls.as_ref().map(|tls| tls.ca_pem.clone()),
    };
    let world = Arc::new(Mutex::new(World::new(options, addresses.clone())));
    let acceptor = tls.map(|tls| tls.acceptor);
    tokio::spawn(serve_graph(graph, acceptor.clone(), world.clone()));
    tokio::spawn(serve_login(login, acceptor, login_router(world.clone())));
    tokio::spawn(serve_router(control, control::router(world)));
    Ok(addresses)
}

async fn serve_router(listener: TcpListener, router: Router) {
    // It only ends with the process, or with the runtime.
    let _ = axum::serve(listener, router).await;
}

fn login_router(world: Shared) -> Router {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(metadata),
        )
        .with_state(world)
}

async fn token(
    State(world): State<Shared>,
    Path(tenant): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> (StatusCode, Json<Value>) {
    let (status, body) = signin::token(&mut lock(&world), &tenant, &form);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(body))
}

async fn metadata(State(world): State<Shared>, Path(tenant): Path<String>) -> Json<Value> {
    Json(signin::metadata(&lock(&world), &tenant))
}

async fn serve_graph(listener: TcpListener, tls: Option<TlsAcceptor>, world: Shared) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (tls, world) = (tls.clone(), world.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(world.clone(), request));
            if let Ok(stream) = tls::accepted(tls.as_ref(), stream).await {
                let io = TokioIo::new(stream);
                // A connection that a fault broke off ends with an error, as it should.
                let _ = http1::Builder::new().serve_connection(io, service).await;
            }
        });
    }
}

async fn serve_login(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (tls, router) = (tls.clone(), router.clone());
        tokio::spawn(async move {
            let service = TowerToHyperService::new(router);
            if let Ok(stream) = tls::accepted(tls.as_ref(), stream).await {
                let io = TokioIo::new(stream);
                // Its client may go at any time.
                let _ = http1::Builder::new().serve_connection(io, service).await;
            }
        });
    }
}

type Body = BoxBody<Bytes, io::Error>;

/// The longest body that is read.
const BODY_MAX: usize = 16 << 20;

fn broken() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionReset,
        "a fault broke the connection off",
    )
}

async fn answer(world: Shared, request: Request<IncomingBody>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let body = http_body_util::Limited::new(body, BODY_MAX);
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let payload = if body.is_empty() {
        Payload::None
    } else {
        serde_json::from_slice(&body).map_or(Payload::Malformed, Payload::Json)
    };
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut world = lock(&world);
    let delivery = if target.starts_with("/v1.0/") {
        let incoming = Incoming::new(head.method.as_str(), target, headers.collect(), payload);
        graph::serve(&mut world, &incoming)
    } else {
        graph::outside(&mut world, head.method.as_str(), target)
    };
    let date = crate::clock::http_date(world.clock.claimed());
    drop(world);
    respond(delivery, &date)
}

fn respond(delivery: Delivery, date: &str) -> io::Result<Response<Body>> {
    let Delivery { answer, manner } = delivery;
    if manner == Manner::Dropped {
        return Err(broken());
    }
    let mut response = Response::builder().status(answer.status);
    response = response.header("date", date);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let octets: Bytes = match (&answer.body, answer.text) {
        (Some(body), _) => {
            response = response.header("content-type", "application/json;odata.metadata=minimal");
            body.to_string().into()
        }
        (None, Some(text)) => {
            response = response.header("content-type", "text/plain");
            text.into()
        }
        (None, None) => Bytes::new(),
    };
    let body = match manner {
        Manner::Truncated(kept) => {
            response = response.header("content-length", octets.len());
            let kept = octets.slice(..kept.min(octets.len()));
            let frames = [Ok(Frame::data(kept)), Err(broken())];
            BodyExt::boxed(StreamBody::new(stream::iter(frames)))
        }
        Manner::Dripped {
            octets: size,
            pause_ms,
        } => dripped(octets, size.max(1), pause_ms),
        Manner::Whole | Manner::Dropped => {
            Full::new(octets).map_err(|never| match never {}).boxed()
        }
    };
    response.body(body).map_err(io::Error::other)
}

/// A body that comes in pieces.
fn dripped(octets: Bytes, size: usize, pause_ms: u64) -> Body {
    let pieces = stream::unfold(octets, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok(Frame::data(piece)), rest))
    });
    BodyExt::boxed(StreamBody::new(pieces))
}
