//! Bundles of requests, as Graph answers them item by item.

use super::*;
use crate::graph::GraphConnector;
use crate::graph::testing::{Asked, Peer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use std::time::Instant;

/// What comes of these requests about different objects, sent at once and answered so.
async fn together(peer: &Peer, connector: &GraphConnector, asks: &[Ask]) -> Vec<Answered> {
    let sent = asks.iter().enumerate().map(|(number, ask)| {
        connector
            .writer
            .batcher
            .send(ask.clone(), number.to_string())
    });
    let answered = join_all(sent).await;
    let batches = peer.asked_of_graph();
    assert!(
        batches
            .iter()
            .all(|asked| asked.head.starts_with("post /v1.0/$batch "))
    );
    answered
}

fn change() -> Ask {
    Ask::write(Method::PATCH, "/users/1", Some(json!({"city": "Rome"})))
}

#[test]
fn a_request_of_a_batch_says_what_its_body_is_and_where_it_goes() {
    let ask = Ask::write(Method::PATCH, "/users/1", Some(json!({"city": "Rome"})));

    assert_eq!(
        request(3, &ask),
        json!({
            "id": "3", "method": "PATCH", "url": "/users/1",
            "headers": {"Content-Type": "application/json"}, "body": {"city": "Rome"},
        })
    );
    assert_eq!(
        request(0, &Ask::get("/users/1")),
        json!({"id": "0", "method": "GET", "url": "/users/1"})
    );
}

#[test]
fn an_answer_of_a_batch_has_its_own_status_and_wait() {
    let throttled = json!({"id": "1", "status": 429, "headers": {"retry-after": "7"}, "body": {"error": {"code": "TooManyRequests"}}});

    let Err(Failure::Refused(refusal)) = answered(&throttled, header(&throttled, "Retry-After"))
    else {
        panic!("it was refused");
    };
    assert_eq!(
        (refusal.status, refusal.wait),
        (429, Some(Duration::from_secs(7)))
    );
    let empty = answered(&json!({"status": 204}), None).unwrap();
    assert_eq!(empty.body, Json::Null);
    assert!(matches!(
        answered(&json!({"id": "1"}), None),
        Err(Failure::Unanswered(_))
    ));
}

#[tokio::test]
async fn each_item_has_its_own_wait_and_the_others_are_done() {
    let peer = Peer::default();
    let connector = peer.connector();
    let error = json!({"error": {"code": "TooManyRequests"}});
    peer.graph_says(
        200,
        &[],
        &json!({"responses": [
            {"id": "1", "status": 429, "headers": {"Retry-After": "7"}, "body": error},
            {"id": "0", "status": 204},
        ]}),
    );

    let answered = together(&peer, &connector, &[change(), change()]).await;

    assert!(answered[0].is_ok());
    let Err(Failure::Refused(refusal)) = &answered[1] else {
        panic!("{answered:?}");
    };
    assert_eq!(
        (refusal.status, refusal.wait),
        (429, Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn a_token_that_an_item_refuses_is_replaced_with_the_claims_it_asks_for() {
    let peer = Peer::default();
    let connector = peer.connector();
    let claims = r#"{"access_token":{"nbf":{"value":"1"}}}"#;
    let challenge = format!(
        "Bearer error=\"insufficient_claims\", claims=\"{}\"",
        STANDARD.encode(claims)
    );
    peer.graph_says(
        200,
        &[],
        &json!({"responses": [
            {"id": "0", "status": 401, "headers": {"WWW-Authenticate": challenge}},
            {"id": "1", "status": 204},
        ]}),
    );

    let answered = together(&peer, &connector, &[change(), change()]).await;

    assert!(answered[0].is_err() && answered[1].is_ok());
    let asked = peer.asked_of_login();
    assert_eq!(asked.len(), 2);
    assert!(!asked[0].body.contains("&claims="));
    assert!(asked[1].body.contains("&claims=%7B%22access%5Ftoken%22"));
}

#[tokio::test]
async fn a_bundle_costs_what_its_items_cost_and_a_warning_in_one_of_them_counts() {
    let no_units = |writes| Cost { units: 0, writes };
    for (warning, seconds) in [
        (json!({}), 1),
        (json!({"x-ms-throttle-limit-percentage": "1.0"}), 150),
    ] {
        let peer = Peer::default();
        let connector = peer.connector();
        let start = Instant::now();
        let answer =
            |number: usize| json!({"id": number.to_string(), "status": 204, "headers": warning});
        let answers: Vec<Json> = (0..20).map(answer).collect();
        peer.graph_says(200, &[], &json!({"responses": answers}));

        together(&peer, &connector, &vec![change(); 20]).await;

        // 2,400 fit at once; what is more takes its time at twenty a second.
        let wait = connector.client.pacer.charge(no_units(2_400), start);
        assert_eq!(wait.as_secs(), seconds, "{warning}");
    }
}

#[tokio::test]
async fn two_writes_to_one_object_follow_one_another() {
    let peer = Peer::default();
    let connector = peer.connector();
    for _ in 0..2 {
        peer.graph_says(200, &[], &json!({}));
    }

    let batcher = &connector.writer.batcher;
    let answered = join_all([batcher.send(change(), "ada"), batcher.send(change(), "ada")]).await;

    assert!(answered.iter().all(Result::is_ok), "{answered:?}");
    let asked = peer.asked_of_graph();
    let alone = |asked: &Asked| asked.head.starts_with("patch /v1.0/users/1 ");
    assert_eq!(asked.iter().filter(|asked| alone(asked)).count(), 2);
    assert_eq!(asked.len(), 2);
}
