//! Who may stand at either end of the tunnel: exact names, one authority, the confirmed key.

use std::sync::Arc;

use syncline_agent::agent::Agent;
use syncline_agent::inner::{self, SessionError};
use syncline_agent::stop::Stop;
use syncline_agent_tests::ca::{TenantCa, TenantIdentity};
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::tunnel::{AgentLink, LinkError};
use syncline_agent_tests::wait::within;
use syncline_agent_tests::world::{AGENT, DIRECTORY, TENANT, World};
use syncline_model::{AgentId, TenantId};
use syncline_wire::enrol::Fingerprint;
use syncline_wire::names::Subject;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

type Served = JoinHandle<Result<(), SessionError>>;

async fn enrolled() -> (World, Arc<Agent>) {
    let world = World::start().await;
    let home = world.enrol().await;
    let agent = Agent::with_connector(home, MemoryDirectory::new()).unwrap();
    (world, agent)
}

/// The agent's end of a tunnel, served; and the runner's end, bare.
fn serve(agent: &Arc<Agent>) -> (DuplexStream, Served) {
    let (ours, theirs) = duplex(64 * 1024);
    let (stop, stopping) = Stop::channel();
    let agent = agent.clone();
    let served = tokio::spawn(async move {
        let _stop = stop;
        inner::serve(agent, theirs, stopping).await
    });
    (ours, served)
}

fn runner(ca: &TenantCa, generation: i64) -> TenantIdentity {
    ca.runner_identity(generation, OffsetDateTime::now_utc())
        .unwrap()
}

fn refused_by_runner(link: Result<AgentLink, LinkError>) -> bool {
    matches!(link, Err(LinkError::Identity(_)))
}

/// What the agent says about a runner: the handshake of TLS 1.3 ends at the client before the server
/// has judged its certificate, so a refused runner may notice only at its first call.
async fn refused_by_agent(link: Result<AgentLink, LinkError>, served: Served) -> SessionError {
    if let Ok(link) = &link {
        assert!(link.hello(DIRECTORY).await.is_err());
    }
    within("the agent's refusal", served)
        .await
        .unwrap()
        .unwrap_err()
}

#[tokio::test]
async fn the_right_runner_meets_the_right_agent() {
    let (world, agent) = enrolled().await;
    let (stream, _served) = serve(&agent);

    let identity = runner(&world.side.ca, 1);
    let link = AgentLink::connect(stream, &identity, AGENT, world.fingerprint())
        .await
        .unwrap();

    assert!(link.hello(DIRECTORY).await.is_ok());
}

#[tokio::test]
async fn an_agent_under_another_name_key_or_authority_is_refused() {
    let (world, agent) = enrolled().await;
    let identity = runner(&world.side.ca, 1);

    let (stream, _served) = serve(&agent);
    let other_name = AgentLink::connect(stream, &identity, AgentId(5), world.fingerprint()).await;
    let (stream, _served) = serve(&agent);
    let other_key = AgentLink::connect(stream, &identity, AGENT, Fingerprint([0; 32])).await;
    let foreign = TenantCa::create(TENANT, OffsetDateTime::now_utc()).unwrap();
    let (stream, _served) = serve(&agent);
    let other_authority =
        AgentLink::connect(stream, &runner(&foreign, 1), AGENT, world.fingerprint()).await;

    assert!(refused_by_runner(other_name));
    assert!(refused_by_runner(other_key));
    assert!(refused_by_runner(other_authority));
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let (world, agent) = enrolled().await;
    let csr = agent.identity.renewal_request().unwrap();
    let past = OffsetDateTime::now_utc() - Duration::days(30);
    let expired = world.side.ca.issue_agent(&csr, AGENT, past).unwrap();

    assert!(agent.identity.install(&expired.pem).is_err());
    std::fs::write(world.path("agent").join("agent.pem"), expired.pem).unwrap();
    let home = syncline_agent::home::Home::open(&world.path("agent")).unwrap();
    let agent = Agent::with_connector(home, MemoryDirectory::new()).unwrap();
    let (stream, _served) = serve(&agent);
    let identity = runner(&world.side.ca, 1);
    let link = AgentLink::connect(stream, &identity, AGENT, world.fingerprint()).await;

    assert!(refused_by_runner(link));
}

#[tokio::test]
async fn another_tenant_s_runner_and_one_without_a_certificate_are_refused() {
    let (world, agent) = enrolled().await;
    // Issued by this tenant's authority in another tenant's name, which no authority would do.
    let confused = TenantCa::from_secret(TenantId(8), &world.side.ca.to_secret()).unwrap();
    let mut other_tenant = runner(&confused, 1);
    other_tenant.tenant = TENANT;
    let (stream, served) = serve(&agent);

    let link = AgentLink::connect(stream, &other_tenant, AGENT, world.fingerprint()).await;

    assert!(matches!(
        refused_by_agent(link, served).await,
        SessionError::Runner(_)
    ));
    let mut bare = rustls::RootCertStore::empty();
    bare.add(agent.identity.tls().ca).unwrap();
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(bare)
        .with_no_client_auth();
    let (stream, served) = serve(&agent);
    let name = "agent.invalid".try_into().unwrap();
    let connected = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    assert!(connected.is_err());
    assert!(within("the refusal", served).await.unwrap().is_err());
}

#[tokio::test]
async fn another_agent_cannot_pose_as_the_runner() {
    let (world, agent) = enrolled().await;
    let posing = agent.identity.tls();
    let config = syncline_wire::tls::client_config(
        &posing,
        Subject::Agent {
            tenant: TENANT,
            agent: AGENT,
        },
    )
    .unwrap();
    let (stream, served) = serve(&agent);
    let name = "agent.invalid".try_into().unwrap();

    let connected = tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;

    if let Ok(mut stream) = connected {
        let mut byte = [0];
        assert!(!matches!(stream.read(&mut byte).await, Ok(1)));
    }
    let refusal = within("the refusal", served).await.unwrap().unwrap_err();
    assert!(matches!(refusal, SessionError::Runner(_)), "{refusal}");
    drop(world);
}

#[tokio::test]
async fn an_older_runner_is_refused_for_ever_once_a_newer_one_was_seen() {
    let (world, agent) = enrolled().await;
    let connect = async |generation| {
        let (stream, served) = serve(&agent);
        let identity = runner(&world.side.ca, generation);
        let link = AgentLink::connect(stream, &identity, AGENT, world.fingerprint()).await;
        (link, served)
    };
    let (link, _served) = connect(3).await;
    assert!(link.unwrap().hello(DIRECTORY).await.is_ok());

    let (stale, served) = connect(2).await;

    let refusal = refused_by_agent(stale, served).await;
    assert!(matches!(refusal, SessionError::Stale(2)), "{refusal}");
    let home = syncline_agent::home::Home::open(&world.path("agent")).unwrap();
    let restarted = Agent::with_connector(home, MemoryDirectory::new()).unwrap();
    assert!(!restarted.identity.admit_generation(2).unwrap());
    assert!(restarted.identity.admit_generation(3).unwrap());
}

#[tokio::test]
async fn garbage_instead_of_tls_ends_the_session_on_both_sides() {
    let (world, agent) = enrolled().await;
    let (mut stream, served) = serve(&agent);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(within("the agent's end", served).await.unwrap().is_err());

    let (ours, mut theirs) = duplex(1024);
    let answer = tokio::spawn(async move {
        let _ = theirs.write_all(&[0x42; 600]).await;
        theirs
    });
    let identity = runner(&world.side.ca, 1);
    let link = AgentLink::connect(ours, &identity, AGENT, world.fingerprint()).await;
    assert!(matches!(link, Err(LinkError::Cut(_))), "{link:?}");
    drop(answer);
}
