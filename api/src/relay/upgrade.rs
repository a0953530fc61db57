//! The API's way into a runner: an HTTP/1.1 upgrade on the runner's socket.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use syncline_contract::ops::internal;
use syncline_model::AgentId;
use syncline_wire::outer::TUNNEL_UPGRADE;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{BoxStream, TunnelError};

/// The runner's path, with `{agent}` in it.
pub const TUNNEL_PATH: &str = internal::TUNNEL.path;

/// Asks the runner at the other end of `stream` for an agent's tunnel. `headers` carry the assertion
/// over `POST` and [`TUNNEL_PATH`].
pub async fn open_over<S>(
    stream: S,
    agent: AgentId,
    headers: HeaderMap,
) -> Result<BoxStream, TunnelError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let failed = |error: &dyn std::fmt::Display| TunnelError::Unavailable(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| failed(&e))?;
    tokio::spawn(async move {
        // Its end is the upgraded stream's end, which the session sees.
        let _ = connection.with_upgrades().await;
    });
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(TUNNEL_PATH.replace("{agent}", &agent.to_string()))
        .body(Empty::<Bytes>::new())
        .map_err(|e| failed(&e))?;
    *request.headers_mut() = headers;
    let upgrade = HeaderValue::from_static(TUNNEL_UPGRADE);
    request.headers_mut().insert(header::UPGRADE, upgrade);
    let connection = HeaderValue::from_static("upgrade");
    request.headers_mut().insert(header::CONNECTION, connection);
    let host = HeaderValue::from_static("runner");
    request.headers_mut().insert(header::HOST, host);
    let response = sender.send_request(request).await.map_err(|e| failed(&e))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(failed(&format_args!("it answered {}", response.status())));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(|e| failed(&e))?;
    Ok(Box::new(TokioIo::new(upgraded)))
}
