//! Enrolment as the agent's command does it.

use std::os::unix::fs::MetadataExt;

use syncline_agent::home::{Home, write_private};
use syncline_agent::identity::AgentIdentity;
use syncline_agent_tests::directory::MemoryDirectory;
use syncline_agent_tests::relay::Standing;
use syncline_agent_tests::world::{AGENT, DIRECTORY, RunningAgent, TENANT, World};
use syncline_wire::enrol::EnrolmentKey;

#[tokio::test]
async fn a_good_key_enrols_once_and_both_ends_see_one_fingerprint() {
    let world = World::start().await;

    let home = world.enrol().await;

    let identity = AgentIdentity::load(&home).unwrap();
    assert_eq!(identity.fingerprint(), world.fingerprint());
    assert_eq!(identity.enrolment.tenant, TENANT);
    assert_eq!(identity.enrolment.agent, AGENT);
    assert_eq!(identity.enrolment.directory, DIRECTORY);
    for secret in ["agent.key", "enrolment.json"] {
        let mode = std::fs::metadata(home.path(secret)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let used = world.path("key");
    let again = world.enrol_with(&used).await.unwrap_err();
    assert_eq!(again.code, "agent.enrolment_refused");
    assert!(again.message.contains("agents.enrolment_refused"));
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_leaves_the_right_one_good() {
    let world = World::start().await;
    let right = world.key_file();
    let wrong = world.path("wrong");
    let key = EnrolmentKey::new(TENANT, AGENT, [9; 20]);
    write_private(&wrong, key.expose().as_bytes()).unwrap();

    let refused = world.enrol_with(&wrong).await.unwrap_err();

    assert_eq!(refused.code, "agent.enrolment_refused");
    assert!(world.enrol_with(&right).await.is_ok());
}

#[tokio::test]
async fn what_is_no_key_never_leaves_the_host_and_a_key_is_no_argument() {
    let world = World::start().await;
    let file = world.path("garbage");
    write_private(&file, b"sle_1_1_tooshort").unwrap();
    let key = EnrolmentKey::new(TENANT, AGENT, [9; 20]).expose();

    let garbage = world.enrol_with(&file).await.unwrap_err();
    let argument = world.enrol_with(key.as_ref()).await.unwrap_err();

    assert_eq!(garbage.code, "agent.key_malformed");
    assert_eq!(argument.code, "agent.key_on_command_line");
    assert!(!argument.to_string().contains(&key));
}

#[tokio::test]
async fn an_agent_waits_for_its_confirmation_and_then_serves() {
    let world = World::start().await;
    let home = world.enrol().await;
    let agent = RunningAgent::start(home, MemoryDirectory::new());
    let status = Home::open(&world.path("agent"))
        .unwrap()
        .path("status.json");
    syncline_agent_tests::wait::until("the agent says why it waits", || {
        std::fs::read_to_string(&status).is_ok_and(|text| text.contains("not confirmed"))
    })
    .await;

    world.set_standing(Standing::Confirmed);

    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    assert_eq!(world.relay.connected(TENANT), [AGENT]);
    agent.kill().await;
}

#[tokio::test]
async fn over_tls_the_service_is_known_by_the_authority_that_enrolment_was_given() {
    let world = World::start().await;
    let ca = world.path("service-ca.pem");
    write_private(&ca, world.service_ca.as_bytes()).unwrap();
    let key = world.key_file();

    let unknown = world
        .enrol_at(&world.secure_url, &key, None)
        .await
        .unwrap_err();
    world
        .enrol_at(&world.secure_url, &key, Some(&ca))
        .await
        .unwrap();

    assert_eq!(unknown.code, "agent.service_unreachable");
    let home = Home::open(&world.path("agent")).unwrap();
    world.configure(&home, "");
    world.set_standing(Standing::Confirmed);
    let agent = RunningAgent::start(home, MemoryDirectory::new());
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    agent.kill().await;
}
