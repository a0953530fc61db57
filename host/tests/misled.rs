//! The way out and a resolver that leads elsewhere. In a process of its own: other tests count the ways out they start.

mod support;

use std::io::ErrorKind;
use std::net::TcpListener;

use serde_json::json;
use support::{ADA, Place, ask, started};
use syncline_host::Host;
use syncline_model::cloud::Cloud;
use syncline_wire::egress::{Refusal, Target, read_answer};

/// A cloud that is said to be real, at a name that the resolver leads onto this machine.
fn misled_cloud(listener: &TcpListener) -> Cloud {
    let port = listener.local_addr().unwrap().port();
    let origin = format!("https://localhost:{port}");
    Cloud {
        name: "misled".into(),
        label: "misled".into(),
        login: origin.parse().unwrap(),
        graph: origin.parse().unwrap(),
        trust_pem: None,
        simulated: false,
        times: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_where_its_cloud_cannot_be_is_not_dialled() {
    let place = Place::new();
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let cloud = misled_cloud(&inside);
    let mut config = place.config();
    config.clouds = vec![cloud.clone()];
    let host = Host::start(config).await.unwrap();
    let boot = started(&host, ADA, 1).await;

    for origin in [&cloud.graph, &cloud.login] {
        let target = Target {
            host: origin.host.clone(),
            port: origin.port,
        };
        let question = json!({
            "do": "converse",
            "path": boot["egress_socket"],
            "question": target.question(),
            "then": "hello",
        });
        let heard = ask(&host, ADA, &question);
        let head = heard["head"].as_str().unwrap();
        let answer = read_answer(head.as_bytes());
        assert_eq!(answer, Err(Refusal::AddressNotAllowed), "{target}");
    }
    let came = inside.accept().map_err(|error| error.kind());
    assert_eq!(came.err(), Some(ErrorKind::WouldBlock));
    host.stop().await;
}
