//! The way to a runner, over a real socket with a small server behind it that checks what a runner checks.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use futures::StreamExt as _;
use http::StatusCode;
use syncline_wire::assertion::Verifier;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio::sync::Notify;

use super::*;

const AT: At = At {
    tenant: TenantId(7),
    generation: 3,
};
const SEED: [u8; 32] = [9; 32];

struct Given {
    runners: Runners,
    release: Arc<Notify>,
    _dir: TempDir,
}

#[derive(Clone)]
struct Runner {
    verifier: Arc<Verifier>,
    release: Arc<Notify>,
}

async fn given() -> Given {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join(AT.tenant.to_string());
    std::fs::create_dir(&home).unwrap();
    let listener = UnixListener::bind(home.join("api.sock")).unwrap();
    let runners = Runners::new(dir.path(), &SEED);
    let public = Signer::new(&SEED).public_key();
    let release = Arc::new(Notify::new());
    let runner = Runner {
        verifier: Arc::new(Verifier::new(&public, AT.tenant, AT.generation).unwrap()),
        release: release.clone(),
    };
    let router = Router::new()
        .route("/stream", get(stream))
        .route("/echo", post(echo))
        .route("/upgrade", post(upgrade))
        .fallback(any(check))
        .with_state(runner);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Given {
        runners,
        release,
        _dir: dir,
    }
}

async fn check(State(runner): State<Runner>, request: Request) -> Response {
    let header = request
        .headers()
        .get(assertion::HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = request.uri().path_and_query().unwrap().as_str();
    match runner
        .verifier
        .verify(header, request.method().as_str(), path, now_ms() / 1000)
    {
        Ok(assertion) => axum::Json(assertion.rights).into_response(),
        Err(error) => (StatusCode::UNAUTHORIZED, error.to_string()).into_response(),
    }
}

async fn stream(State(runner): State<Runner>) -> Body {
    let first =
        futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"first")) });
    let second = futures::stream::once(async move {
        runner.release.notified().await;
        Ok(Bytes::from_static(b"second"))
    });
    Body::from_stream(first.chain(second))
}

async fn echo(request: Request) -> Response {
    match to_bytes(request.into_body(), 1 << 20).await {
        Ok(bytes) => bytes.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn upgrade(mut request: Request) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut stream = TokioIo::new(upgraded.await.unwrap());
        let mut word = [0; 4];
        stream.read_exact(&mut word).await.unwrap();
        word.reverse();
        stream.write_all(&word).await.unwrap();
        stream.flush().await.unwrap();
    });
    let headers = [
        (header::CONNECTION, "upgrade"),
        (header::UPGRADE, "syncline-tunnel"),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

fn behalf() -> Behalf {
    Behalf {
        rights: 5,
        ..Behalf::system()
    }
}

async fn body(answer: Response<Incoming>) -> Bytes {
    answer.into_body().collect().await.unwrap().to_bytes()
}

#[tokio::test]
async fn a_runner_believes_every_request_for_exactly_its_route() {
    let given = given().await;

    for path in [
        "/v1/tenants/ten_7/runs",
        "/v1/tenants/ten_7/runs?limit=5&cursor=a%20b",
        "/x?",
    ] {
        let sent = given
            .runners
            .send(
                AT,
                &behalf(),
                Method::PUT,
                path,
                HeaderMap::new(),
                Body::empty(),
            )
            .await
            .unwrap();

        assert_eq!(
            (sent.status(), body(sent).await.as_ref()),
            (StatusCode::OK, b"5".as_ref()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_request_for_another_generation_is_refused_by_the_runner() {
    let given = given().await;

    let older = At {
        generation: 2,
        ..AT
    };
    let sent = given
        .runners
        .send(
            older,
            &behalf(),
            Method::GET,
            "/x",
            HeaderMap::new(),
            Body::empty(),
        )
        .await
        .unwrap();

    assert_eq!(sent.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_answer_streams_before_the_runner_has_ended_it() {
    let given = given().await;

    let mut answer = given.runners.stream(AT, "/stream").await.unwrap();
    let first = answer.frame().await.unwrap().unwrap().into_data().unwrap();
    given.release.notify_one();
    let second = answer.frame().await.unwrap().unwrap().into_data().unwrap();

    assert_eq!(
        (first.as_ref(), second.as_ref()),
        (b"first".as_ref(), b"second".as_ref())
    );
}

#[tokio::test]
async fn a_body_streams_up_to_its_limit_and_is_refused_beyond_it() {
    let given = given().await;
    let send = |length: usize| {
        let chunks = futures::stream::iter(
            (0..length).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(b"x"))),
        );
        let limited = Body::new(Limited::new(Body::from_stream(chunks), 1000));
        let runners = &given.runners;
        async move {
            runners
                .send(
                    AT,
                    &behalf(),
                    Method::POST,
                    "/echo",
                    HeaderMap::new(),
                    limited,
                )
                .await
        }
    };

    assert_eq!(body(send(1000).await.unwrap()).await.len(), 1000);
    assert!(matches!(send(1001).await, Err(RunnerError::BodyTooLarge)));
}

#[tokio::test]
async fn a_tunnel_carries_bytes_both_ways() {
    let given = given().await;

    let upgraded = given
        .runners
        .upgrade(AT, "/upgrade", "syncline-tunnel")
        .await
        .unwrap();
    let mut stream = TokioIo::new(upgraded);
    stream.write_all(b"ping").await.unwrap();
    stream.flush().await.unwrap();
    let mut word = [0; 4];
    stream.read_exact(&mut word).await.unwrap();

    assert_eq!(&word, b"gnip");
}

#[tokio::test]
async fn a_runner_that_is_not_there_is_an_error_and_not_a_hang() {
    let given = given().await;

    let nobody = At {
        tenant: TenantId(8),
        generation: 1,
    };
    let sent = given
        .runners
        .get::<serde_json::Value>(nobody, "/internal/health")
        .await;

    assert!(
        matches!(
            sent,
            Err(RunnerError::Unreachable {
                tenant: TenantId(8),
                ..
            })
        ),
        "{sent:?}"
    );
}
