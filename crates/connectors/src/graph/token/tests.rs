//! Tokens: asked for once, kept while they last, and not asked for in vain.

use super::*;
use crate::graph::testing::Peer;
use futures::future::join_all;
use serde_json::json;

#[tokio::test]
async fn however_many_wait_one_token_is_asked_for() {
    let peer = Peer::default();
    let connector = peer.connector();
    let tokens = &connector.client.tokens;

    let first = join_all((0..20).map(|_| tokens.current())).await;
    let later = tokens.current().await.unwrap();

    assert!(
        first
            .iter()
            .all(|token| token.as_ref().unwrap().number == 1)
    );
    assert_eq!((later.number, peer.asked_of_login().len()), (1, 1));
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    let peer = Peer::default();
    peer.login_says(200, &[], &json!({ "access_token": "x", "expires_in": 0 }));
    let connector = peer.connector();

    let numbers = [
        connector.client.tokens.current().await.unwrap().number,
        connector.client.tokens.current().await.unwrap().number,
    ];

    assert_eq!(numbers, [1, 2]);
    assert_eq!(
        [3_599, 200].map(|lives| used_for(Duration::from_secs(lives)).as_secs()),
        [3_299, 100]
    );
}

#[tokio::test]
async fn a_refused_sign_in_is_not_repeated_at_once_but_when_somebody_asks_anew() {
    let peer = Peer::default();
    peer.login_says(401, &[], &json!({ "error_codes": [700_027] }));
    let connector = peer.connector();
    let tokens = &connector.client.tokens;

    for _ in 0..3 {
        let fault = tokens.current().await.map(|token| token.number);
        assert_eq!(fault.unwrap_err().code, "graph.signin_certificate_refused");
    }
    assert_eq!(peer.asked_of_login().len(), 1);

    assert!(tokens.granted().await.unwrap().readable);
    assert_eq!(peer.asked_of_login().len(), 2);
}

#[tokio::test]
async fn a_sign_in_that_asks_to_wait_long_is_left_alone_for_so_long() {
    let peer = Peer::default();
    peer.login_says(429, &[("Retry-After", "7200")], &json!({}));
    let connector = peer.connector();

    for _ in 0..2 {
        let current = connector.client.tokens.current();
        let current = tokio::time::timeout(Duration::from_secs(20), current).await;
        let fault = current.unwrap().map(|token| token.number).unwrap_err();
        assert_eq!(fault.code, "graph.signin_throttled");
        assert!(fault.message.contains("2 hours"), "{fault:?}");
    }

    assert_eq!(peer.asked_of_login().len(), 1);
}

#[test]
fn a_challenge_gives_its_claims_and_another_header_none() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    let header = format!(
        "Bearer realm=\"\", authorization_uri=\"https://login.test\", error=\"insufficient_claims\", claims=\"{}\"",
        STANDARD.encode(claims)
    );

    assert_eq!(challenged_claims(&header).as_deref(), Some(claims));
    for other in [
        "Bearer realm=\"\"",
        "Bearer error=\"insufficient_claims\", claims=\"###\"",
        "Bearer error=\"insufficient_claims\", claims=\"bm90IGpzb24=\"",
    ] {
        assert_eq!(challenged_claims(other), None, "{other}");
    }
}

#[test]
fn roles_are_read_from_a_token_and_a_token_may_be_unreadable() {
    let token = format!(
        "x.{}.y",
        URL_SAFE_NO_PAD.encode(r#"{"roles":["User.Read.All"]}"#)
    );

    let roles = BTreeSet::from(["User.Read.All".to_owned()]);
    assert_eq!(roles_of(&token), Some(roles));
    assert_eq!(roles_of("opaque"), None);
}
