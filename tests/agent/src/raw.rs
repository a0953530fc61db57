//! The tenant's own runner that sends what bytes it likes: a service that was taken over.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use syncline_agent::agent::Agent;
use syncline_agent::inner;
use syncline_agent::stop::Stop;
use syncline_wire::link::{Decoder, Frame};
use syncline_wire::names::Subject;
use syncline_wire::tls;
use tokio::io::duplex;
use tokio_rustls::TlsConnector;

use crate::wait::within;
use crate::world::{AGENT, TENANT, World};

/// Sends these bytes as the body of a call, over a session of its own; the first frame of the answer.
pub async fn call(world: &World, agent: Arc<Agent>, path: &str, body: Bytes) -> Frame {
    let (ours, theirs) = duplex(64 * 1024);
    let (_stop, stopping) = Stop::channel();
    tokio::spawn(inner::serve(agent, theirs, stopping));
    let identity = world.side.identity.lock().unwrap().clone();
    let expected = Subject::Agent {
        tenant: TENANT,
        agent: AGENT,
    };
    let config = tls::client_config(&identity.tls, expected).unwrap();
    let name = ServerName::try_from("agent.invalid").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = within("the handshake", connector.connect(name, ours))
        .await
        .unwrap();
    let (mut sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let request = http::Request::post(format!("https://agent.invalid{path}"))
        .body(Full::new(body))
        .unwrap();
    let answer = within("an answer", sender.send_request(request))
        .await
        .unwrap();
    let bytes = within("its body", answer.into_body().collect())
        .await
        .unwrap()
        .to_bytes();
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    decoder.next_frame().unwrap().unwrap()
}
