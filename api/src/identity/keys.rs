//! The identity provider's signing keys, cached.
//!
//! Keys are looked up by `kid` in the tenant-independent document, then in the tenant's own. Invariants: a document
//! is fetched at most once at a time, at most once an hour, and for an unknown `kid` at most once in five minutes
//! however many tokens ask; a key is used for 24 hours after it was last seen; a document that does not parse or
//! has no key changes nothing; a failure keeps the last good keys.

use std::collections::HashMap;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::provider::{Provider, ProviderError};
use super::token::Refusal;

const REFRESH_MS: i64 = 3600 * 1000;
const KEY_LIFE_MS: i64 = 24 * REFRESH_MS;
const UNKNOWN_WAIT_MS: i64 = 5 * 60 * 1000;
/// How long to wait while there has never been an answer.
const FIRST_WAIT_MS: i64 = 1000;
/// Smallest RSA modulus in bytes.
const MODULUS_BYTES_MIN: usize = 256;
const MODULUS_BYTES_MAX: usize = 1024;
/// Tenants whose own documents are kept; beyond it the oldest goes.
const TENANTS_MAX: usize = 1000;

/// One signing key.
#[derive(Clone)]
pub struct Key {
    /// Its id.
    pub kid: String,
    /// The issuer it may sign for: fixed, templated, or not said.
    pub issuer: Option<String>,
    /// The key.
    pub decoding: DecodingKey,
}

#[derive(Default)]
struct Document {
    keys: HashMap<String, (i64, Arc<Key>)>,
    fetched_ms: Option<i64>,
    unknown_ms: Option<i64>,
    failed: Option<ProviderError>,
}

/// The cached documents.
pub struct KeyCache {
    provider: Provider,
    shared: Mutex<Document>,
    tenants: Mutex<HashMap<String, Arc<Mutex<Document>>>>,
}

impl KeyCache {
    /// An empty cache.
    pub fn new(provider: Provider) -> Self {
        KeyCache {
            provider,
            shared: Mutex::default(),
            tenants: Mutex::default(),
        }
    }

    /// The key of this id, from the shared document or from the tenant's own.
    pub async fn find(
        &self,
        directory_tenant: &str,
        kid: &str,
        now_ms: i64,
    ) -> Result<Arc<Key>, Refusal> {
        let shared = {
            let mut document = self.shared.lock().await;
            self.look(&mut document, None, kid, now_ms).await
        };
        match shared {
            Ok(Some(key)) => return Ok(key),
            Ok(None) => {}
            Err(error) => return Err(Refusal::Provider(error)),
        }
        let own = self.tenant(directory_tenant).await;
        let mut document = own.lock().await;
        match self
            .look(&mut document, Some(directory_tenant), kid, now_ms)
            .await
        {
            Ok(Some(key)) => Ok(key),
            // The shared document is there, so an unreachable tenant document says only that this tenant's is not.
            Ok(None) | Err(_) => Err(Refusal::KeyUnknown),
        }
    }

    async fn tenant(&self, directory_tenant: &str) -> Arc<Mutex<Document>> {
        let mut tenants = self.tenants.lock().await;
        if tenants.len() >= TENANTS_MAX && !tenants.contains_key(directory_tenant) {
            // Tokens with invented tenants must not grow the map; real ones are fetched again when needed.
            tenants.clear();
        }
        tenants.entry(directory_tenant.into()).or_default().clone()
    }

    /// Looks in one document, fetching it where it is due. The lock on it is the single flight.
    async fn look(
        &self,
        document: &mut Document,
        tenant: Option<&str>,
        kid: &str,
        now_ms: i64,
    ) -> Result<Option<Arc<Key>>, ProviderError> {
        let known = document.live(kid, now_ms);
        let stale = document
            .fetched_ms
            .is_none_or(|at| now_ms >= at + REFRESH_MS);
        let may_ask = document
            .unknown_ms
            .is_none_or(|at| now_ms >= at + UNKNOWN_WAIT_MS);
        let ask = if known.is_some() {
            stale && may_ask
        } else {
            may_ask
        };
        if !ask {
            return match &document.failed {
                Some(error) if document.keys.is_empty() => Err(error.clone()),
                _ => Ok(known),
            };
        }
        document.unknown_ms = Some(now_ms);
        match self.fetch(tenant, now_ms).await {
            Ok(keys) => {
                document.fetched_ms = Some(now_ms);
                document.failed = None;
                for key in keys {
                    document
                        .keys
                        .insert(key.kid.clone(), (now_ms, Arc::new(key)));
                }
                document
                    .keys
                    .retain(|_, (seen, _)| now_ms < *seen + KEY_LIFE_MS);
                Ok(document.live(kid, now_ms))
            }
            Err(error) if document.keys.is_empty() => {
                if tenant.is_none() {
                    // Nothing good was ever there: ask again in a second instead of in five minutes.
                    document.unknown_ms = Some(now_ms - UNKNOWN_WAIT_MS + FIRST_WAIT_MS);
                }
                document.failed = Some(error.clone());
                Err(error)
            }
            Err(error) => {
                tracing::warn!(code = "identity.keys_kept", %error, "signing keys could not be refreshed; the last good ones stay");
                Ok(known)
            }
        }
    }

    async fn fetch(&self, tenant: Option<&str>, now_ms: i64) -> Result<Vec<Key>, ProviderError> {
        let metadata = match tenant {
            None => self.provider.metadata(now_ms).await?,
            Some(tenant) => self.provider.tenant_metadata(tenant).await?,
        };
        let set: JwkSet = self.provider.fetch(&metadata.jwks_uri).await?;
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Jwk::accept).collect();
        if keys.is_empty() {
            let why = "it has no RSA signing key of at least 2048 bits".into();
            return Err(ProviderError::Document {
                url: metadata.jwks_uri,
                why,
            });
        }
        Ok(keys)
    }
}

impl Document {
    fn live(&self, kid: &str, now_ms: i64) -> Option<Arc<Key>> {
        self.keys
            .get(kid)
            .filter(|(seen, _)| now_ms < *seen + KEY_LIFE_MS)
            .map(|(_, key)| key.clone())
    }
}

/// Our own reader: the libraries drop the member `issuer`.
#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    issuer: Option<String>,
}

impl Jwk {
    fn accept(self) -> Option<Key> {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;

        let signs = self.usage.as_deref() == Some("sig")
            && self.alg.as_deref().is_none_or(|alg| alg == "RS256");
        if self.kty != "RSA" || !signs {
            return None;
        }
        let (kid, n, e) = (self.kid?, self.n?, self.e?);
        let modulus = URL_SAFE_NO_PAD.decode(&n).ok()?;
        let exponent = URL_SAFE_NO_PAD.decode(&e).ok()?;
        let strong =
            (MODULUS_BYTES_MIN..=MODULUS_BYTES_MAX).contains(&modulus.len()) && modulus[0] >= 0x80;
        if !strong || exponent != [1, 0, 1] || kid.is_empty() || kid.len() > 256 {
            return None;
        }
        let decoding = DecodingKey::from_rsa_components(&n, &e).ok()?;
        Some(Key {
            kid,
            issuer: self.issuer,
            decoding,
        })
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
