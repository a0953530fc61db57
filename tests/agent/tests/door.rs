//! The agents' door: who is let in, once, and who is put out.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use syncline_agent::home::Home;
use syncline_agent::identity::AgentIdentity;
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::relay::Standing;
use syncline_agent_tests::wait::{until, within};
use syncline_agent_tests::world::{DIRECTORY, RunningAgent, TENANT, World};
use syncline_model::{AgentId, TenantId};
use syncline_wire::outer::{Control, FRAME_BYTES_MAX, SUBPROTOCOL};
use syncline_wire::proof::{self, Claims};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

type Socket = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

fn now_s() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs() as i64
}

fn host(world: &World) -> String {
    world.url.strip_prefix("http://").unwrap().to_owned()
}

/// Knocks with this token; the code of the refusal if it is one.
async fn knock(world: &World, token: Option<&str>) -> Result<Socket, (u16, String)> {
    let stream = tokio::net::TcpStream::connect(host(world)).await.unwrap();
    let mut request = format!("ws://{}/agents/v1/connect", host(world))
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert(
        "sec-websocket-protocol",
        HeaderValue::from_static(SUBPROTOCOL),
    );
    if let Some(token) = token {
        headers.insert(proof::HEADER, HeaderValue::from_str(token).unwrap());
    }
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            Err((
                response.status().as_u16(),
                problem["code"].as_str().unwrap().to_owned(),
            ))
        }
        Err(error) => panic!("{error}"),
    }
}

async fn confirmed() -> (World, Home, AgentIdentity) {
    let world = World::start().await;
    let home = world.enrol().await;
    world.set_standing(Standing::Confirmed);
    let identity = AgentIdentity::load(&home).unwrap();
    (world, home, identity)
}

fn signed(identity: &AgentIdentity, home: &Home, change: impl FnOnce(&mut Claims)) -> String {
    let mut claims = Claims {
        agent: identity.enrolment.agent,
        tenant: identity.enrolment.tenant,
        nonce: hex::encode(rand::random::<[u8; 16]>()),
        host: identity
            .enrolment
            .url
            .strip_prefix("http://")
            .unwrap()
            .to_owned(),
        exp: now_s() + 60,
    };
    change(&mut claims);
    let key = std::fs::read_to_string(home.path("agent.key")).unwrap();
    let key = rcgen::KeyPair::from_pem(&key).unwrap();
    let signature = rcgen::SigningKey::sign(&key, &claims.signing_input()).unwrap();
    claims.token(&signature)
}

#[tokio::test]
async fn a_fresh_proof_opens_the_door_once() {
    let (world, _, identity) = confirmed().await;
    let token = identity.proof(&host(&world), now_s()).unwrap();

    assert!(knock(&world, Some(&token)).await.is_ok());

    let again = knock(&world, Some(&token)).await.unwrap_err();
    assert_eq!(again, (401, "agents.proof_invalid".into()));
}

#[tokio::test]
async fn no_bad_proof_opens_the_door_and_all_of_them_get_one_answer() {
    let (world, home, identity) = confirmed().await;
    let good = signed(&identity, &home, |_| {});
    let (body, signature) = good.rsplit_once('.').unwrap();
    let other = signed(&identity, &home, |claims| claims.nonce = "f".repeat(32));
    let (_, other_signature) = other.rsplit_once('.').unwrap();
    let with = |change: fn(&mut Claims)| signed(&identity, &home, change);
    let bad = [
        None,
        Some(String::new()),
        Some("v1.e30.AA".into()),
        Some(format!("{body}.{other_signature}")),
        Some(format!("{body}.")),
        Some(format!("{}.{signature}", body.replacen('a', "b", 1))),
        Some(with(|claims| claims.exp = now_s() - 1)),
        Some(with(|claims| claims.exp = now_s() + 3_600)),
        Some(with(|claims| claims.host = "evil.example".into())),
        Some(with(|claims| claims.nonce = "short".into())),
        Some(with(|claims| claims.agent = AgentId(99))),
        Some(with(|claims| claims.tenant = TenantId(99))),
    ];

    for token in bad {
        let refused = knock(&world, token.as_deref()).await.unwrap_err();
        assert_eq!(refused, (401, "agents.proof_invalid".into()), "{token:?}");
    }
    assert!(knock(&world, Some(&good)).await.is_ok());
}

#[tokio::test]
async fn an_unconfirmed_agent_is_asked_to_wait_and_a_revoked_one_refused() {
    let (world, home, identity) = confirmed().await;
    world.set_standing(Standing::Pending);
    let pending = knock(&world, Some(&signed(&identity, &home, |_| {})))
        .await
        .unwrap_err();
    world.set_standing(Standing::Revoked);
    let revoked = knock(&world, Some(&signed(&identity, &home, |_| {})))
        .await
        .unwrap_err();

    assert_eq!(pending, (403, "agents.unconfirmed".into()));
    assert_eq!(revoked, (403, "agents.revoked".into()));
}

#[tokio::test]
async fn a_revoked_agent_is_cut_at_once_and_does_not_come_back() {
    let world = World::start().await;
    let (agent, link) = world.agent(MemoryDirectory::new()).await;

    world.set_standing(Standing::Revoked);
    world.relay.agents_changed(TENANT).await;

    assert_eq!(agent.ended().await.unwrap_err().code, "agent.revoked");
    within("the link's end", link.closed()).await;
    until("the relay forgets it", || {
        world.relay.connected(TENANT).is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_revocation_nobody_told_the_relay_of_is_found_within_seconds() {
    let world = World::start().await;
    let (agent, _link) = world.agent(MemoryDirectory::new()).await;

    world.set_standing(Standing::Revoked);

    assert_eq!(agent.ended().await.unwrap_err().code, "agent.revoked");
}

#[tokio::test]
async fn the_newest_connection_of_an_agent_wins() {
    let world = World::start().await;
    let (agent, first) = world.agent(MemoryDirectory::new()).await;
    let identity = &agent.agent.identity;
    let token = identity.proof(&host(&world), now_s()).unwrap();

    let newer = knock(&world, Some(&token)).await.unwrap();

    within("the first link's end", first.closed()).await;
    drop(newer);
    let link = loop {
        // The bare newer connection never makes a link; the agent, coming back, does.
        if let Ok(link) = world.next_link().await {
            break link;
        }
    };
    assert!(link.hello(DIRECTORY).await.is_ok());
    agent.kill().await;
}

#[tokio::test]
async fn garbage_on_the_outer_connection_ends_it_and_harms_nobody_else() {
    use futures::{SinkExt as _, StreamExt as _};
    let (world, home, identity) = confirmed().await;
    let garbage: Vec<Message> = vec![
        Message::binary(vec![1, 2, 3]),
        Message::text("not a control message"),
        Message::binary(vec![0; FRAME_BYTES_MAX + 1]),
    ];
    for message in garbage {
        let mut socket = knock(&world, Some(&signed(&identity, &home, |_| {})))
            .await
            .unwrap();
        // A frame too large may already be refused while it is sent.
        let _ = socket.send(message).await;

        within("the end", async {
            while let Some(Ok(message)) = socket.next().await {
                if message.is_close() {
                    break;
                }
            }
        })
        .await;
    }

    let mut socket = knock(&world, Some(&signed(&identity, &home, |_| {})))
        .await
        .unwrap();
    // Bytes of a session that is not open, and a word of a newer protocol, are passed over.
    let bytes = syncline_wire::outer::data_frame(4_000, b"late");
    socket.send(Message::Binary(bytes)).await.unwrap();
    socket
        .send(Message::text(r#"{"type":"newer"}"#))
        .await
        .unwrap();
    socket
        .send(Message::text(Control::Ping.to_text()))
        .await
        .unwrap();
    within("a pong", async {
        loop {
            let message = socket.next().await.unwrap().unwrap();
            if message.to_text().ok().and_then(Control::from_text) == Some(Control::Pong) {
                break;
            }
        }
    })
    .await;
    drop(socket);

    let agent = RunningAgent::start(home, MemoryDirectory::new());
    let link = loop {
        if let Ok(link) = world.next_link().await {
            break link;
        }
    };
    assert!(link.hello(DIRECTORY).await.is_ok());
    agent.kill().await;
}
