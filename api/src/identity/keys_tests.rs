//! The key cache against a provider that rolls keys over, goes away and is asked for keys that do not exist.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

const TENANT: &str = "a1f0c0de-0001-4000-8000-00000000c001";
const OTHER: &str = "a1f0c0de-0002-4000-8000-0000000fab01";
const NOW: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

/// A provider's published documents, as this test wants them at the moment.
#[derive(Clone, Default)]
struct Published {
    shared: Arc<Mutex<Vec<Value>>>,
    own: Arc<Mutex<Vec<Value>>>,
    away: Arc<AtomicBool>,
    fetched: Arc<AtomicUsize>,
    origin: Arc<Mutex<String>>,
}

impl Published {
    async fn start() -> (Self, KeyCache) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let published = Published::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        *published.origin.lock().unwrap() = origin.clone();
        let router = Router::new()
            .route(
                "/{authority}/v2.0/.well-known/openid-configuration",
                get(metadata),
            )
            .route("/{authority}/keys", get(keys))
            .with_state(published.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let identity =
            serde_json::from_value(json!({"authority": origin, "client_id": "c"})).unwrap();
        (published, KeyCache::new(Provider::new(&identity)))
    }

    fn publish(&self, keys: &[&str]) {
        *self.shared.lock().unwrap() = keys.iter().map(|kid| jwk(kid)).collect();
    }

    fn fetches(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

async fn metadata(
    State(published): State<Published>,
    Path(authority): Path<String>,
) -> axum::Json<Value> {
    let origin = published.origin.lock().unwrap().clone();
    let issuer = if authority == "organizations" {
        "{tenantid}"
    } else {
        &authority
    };
    axum::Json(json!({
        "issuer": format!("{origin}/{issuer}/v2.0"), "jwks_uri": format!("{origin}/{authority}/keys"),
        "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
    }))
}

async fn keys(
    State(published): State<Published>,
    Path(authority): Path<String>,
) -> Result<axum::Json<Value>, StatusCode> {
    published.fetched.fetch_add(1, Ordering::SeqCst);
    if published.away.load(Ordering::SeqCst) {
        return Err(StatusCode::BAD_GATEWAY);
    }
    let from = if authority == "organizations" {
        &published.shared
    } else {
        &published.own
    };
    Ok(axum::Json(json!({"keys": from.lock().unwrap().clone()})))
}

fn jwk(kid: &str) -> Value {
    static MODULUS: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let n = MODULUS.get_or_init(|| {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        URL_SAFE_NO_PAD.encode(
            pair.public_key()
                .modulus()
                .big_endian_without_leading_zero(),
        )
    });
    json!({"kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": "AQAB"})
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_an_old_one_stays_for_a_day() {
    let (published, cache) = Published::start().await;
    published.publish(&["old"]);
    assert!(cache.find(TENANT, "old", NOW).await.is_ok());

    published.publish(&["new"]);

    assert!(cache.find(TENANT, "new", NOW + 6 * MINUTE).await.is_ok());
    assert!(cache.find(TENANT, "old", NOW + 7 * MINUTE).await.is_ok());
    assert!(
        cache
            .find(TENANT, "old", NOW + 25 * 60 * MINUTE)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_storm_of_unknown_keys_is_one_fetch_of_each_document_in_five_minutes() {
    let (published, cache) = Published::start().await;
    published.publish(&["k"]);
    assert!(cache.find(TENANT, "k", NOW).await.is_ok());
    let before = published.fetches();

    let storm = (0..200).map(|n| {
        let cache = &cache;
        async move {
            cache
                .find(TENANT, &format!("invented-{n}"), NOW + 6 * MINUTE)
                .await
                .is_err()
        }
    });
    let refused = futures::future::join_all(storm).await;

    assert!(refused.into_iter().all(|refused| refused));
    assert_eq!(
        published.fetches() - before,
        2,
        "the shared document and the tenant's own"
    );
    assert!(cache.find(TENANT, "k", NOW + 7 * MINUTE).await.is_ok());
}

#[tokio::test]
async fn during_an_outage_the_last_good_keys_stay() {
    let (published, cache) = Published::start().await;
    published.publish(&["k"]);
    assert!(cache.find(TENANT, "k", NOW).await.is_ok());

    published.away.store(true, Ordering::SeqCst);

    assert!(cache.find(TENANT, "k", NOW + 90 * MINUTE).await.is_ok());
    assert!(matches!(
        cache.find(TENANT, "unknown", NOW + 100 * MINUTE).await,
        Err(Refusal::KeyUnknown)
    ));
}

#[tokio::test]
async fn an_outage_at_the_start_is_an_outage_and_not_a_bad_token() {
    let (published, cache) = Published::start().await;
    published.away.store(true, Ordering::SeqCst);
    assert!(matches!(
        cache.find(TENANT, "k", NOW).await,
        Err(Refusal::Provider(_))
    ));

    let again = cache.find(TENANT, "k", NOW + 999).await;
    assert!(matches!(again, Err(Refusal::Provider(_))) && published.fetches() == 1);

    published.away.store(false, Ordering::SeqCst);
    published.publish(&["k"]);

    assert!(cache.find(TENANT, "k", NOW + 1000).await.is_ok());
}

#[tokio::test]
async fn a_document_without_a_usable_key_changes_nothing() {
    let (published, cache) = Published::start().await;
    published.publish(&["k"]);
    assert!(cache.find(TENANT, "k", NOW).await.is_ok());

    *published.shared.lock().unwrap() = vec![
        json!({"kty": "RSA", "use": "enc", "kid": "k2", "n": jwk("x")["n"], "e": "AQAB"}),
        json!({"kty": "RSA", "use": "sig", "kid": "k3", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "EC", "use": "sig", "kid": "k4", "crv": "P-256"}),
        json!({"kty": "RSA", "use": "sig", "kid": "k5", "n": jwk("x")["n"], "e": "Aw"}),
    ];

    for kid in ["k2", "k3", "k4", "k5"] {
        assert!(
            cache.find(TENANT, kid, NOW + 6 * MINUTE).await.is_err(),
            "{kid}"
        );
    }
    assert!(cache.find(TENANT, "k", NOW + 7 * MINUTE).await.is_ok());
}

#[tokio::test]
async fn a_key_that_only_a_tenant_publishes_is_that_tenant_s() {
    let (published, cache) = Published::start().await;
    published.publish(&["shared"]);
    *published.own.lock().unwrap() = vec![jwk("own")];

    assert!(cache.find(TENANT, "own", NOW).await.is_ok());
    published.own.lock().unwrap().clear();
    assert!(cache.find(OTHER, "own", NOW + 1).await.is_err());
}
