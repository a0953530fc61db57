//! The way out: what a runner reaches through it, and what it does not.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{ADA, Place, ask, kill, started, until};
use syncline_host::Host;
use syncline_model::cloud::{Cloud, with_simulated};
use syncline_model::outlet::WebhookHost;
use syncline_wire::egress::{Refusal, Target, read_answer};

/// A cloud that a peer plays which answers everything it hears in capitals.
fn shouting_cloud() -> Cloud {
    let origin = format!("http://127.0.0.1:{}", shouting());
    Cloud {
        name: "simulated".into(),
        label: "simulated".into(),
        login: origin.parse().unwrap(),
        graph: origin.parse().unwrap(),
        trust_pem: None,
        simulated: true,
        times: None,
    }
}

/// The port of a peer on loopback that answers everything it hears in capitals.
fn shouting() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut heard = String::new();
            stream.read_to_string(&mut heard).unwrap();
            stream.write_all(heard.to_uppercase().as_bytes()).unwrap();
        }
    });
    port
}

/// Asks for a connection as a runner does, and says something over it.
fn dial(host: &Host, boot: &Value, target: &Target) -> Result<String, Refusal> {
    let heard = ask(
        host,
        ADA,
        &json!({
            "do": "converse",
            "path": boot["egress_socket"],
            "question": target.question(),
            "then": "hello",
        }),
    );
    // A connection that was cut has no head.
    let head = heard["head"].as_str().unwrap_or_default();
    read_answer(head.as_bytes()).map(|()| heard["rest"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_reaches_the_hosts_of_its_clouds_and_nothing_else() {
    let place = Place::new();
    let cloud = shouting_cloud();
    let mut config = place.config();
    config.clouds = with_simulated(vec![cloud.clone()]).unwrap();
    let (inside, outside) = (shouting(), shouting());
    let hook = |port: u16, internal| WebhookHost {
        origin: format!("https://localhost:{port}").parse().unwrap(),
        internal,
        trust_pem: None,
    };
    config.outlets.webhook_hosts = vec![hook(inside, true), hook(outside, false)];
    let host = Host::start(config).await.unwrap();
    let boot = started(&host, ADA, 1).await;
    let target = |host: &str, port| Target {
        host: host.into(),
        port,
    };
    let graph = target(&cloud.graph.host, cloud.graph.port);
    let database = boot["database"]["port"].as_u64().unwrap();

    assert_eq!(dial(&host, &boot, &graph).as_deref(), Ok("HELLO"));
    // What the operator calls internal may be in his network; every other outlet has to be outside of it.
    let internal = target("localhost", inside);
    assert_eq!(dial(&host, &boot, &internal).as_deref(), Ok("HELLO"));
    let misled = target("localhost", outside);
    let refused = dial(&host, &boot, &misled);
    assert_eq!(refused, Err(Refusal::AddressNotAllowed));
    for other in [
        target("127.0.0.1", 22),
        target("localhost", cloud.graph.port),
        target("169.254.169.254", 80),
        target("graph.microsoft.com", 80),
        target("127.0.0.1", u16::try_from(database).unwrap()),
    ] {
        assert_eq!(
            dial(&host, &boot, &other),
            Err(Refusal::NotAllowed),
            "{other}"
        );
    }
    assert_eq!(boot["clouds"].as_array().unwrap().len(), 5);

    // This test's own uid is no runner's: it is hung up on.
    let mut stranger = UnixStream::connect(boot["egress_socket"].as_str().unwrap()).unwrap();
    let mut heard = Vec::new();
    let asked = stranger.write_all(graph.question().as_bytes());
    let _ = asked.and_then(|()| stranger.read_to_end(&mut heard));
    assert_eq!(heard, b"");

    // It is opened again when it ends by itself. Who asks meanwhile waits in the socket's queue; only what was under
    // way is cut.
    let way_out = support::children_named("egress");
    let [pid] = way_out.as_slice() else {
        panic!("not one way out but {way_out:?}")
    };
    kill(*pid, Signal::KILL);
    until("the way out is there again", || {
        dial(&host, &boot, &graph).as_deref() == Ok("HELLO")
    })
    .await;
    host.stop().await;
}
