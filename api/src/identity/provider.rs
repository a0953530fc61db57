//! The identity provider's published documents: metadata of the tenant-independent and of each tenant's endpoint.
//!
//! Entra's tenant-independent document has a templated issuer (`…/{tenantid}/v2.0`), which discovery code that
//! compares issuers refuses; so we fetch and read it ourselves. Invariants: the template is what configuration
//! says it is; addresses in the document lie at the configured authority's origin; answers are bounded in size
//! and time, and no redirect is followed.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::RwLock;

use crate::config::Identity;

const PATIENCE: Duration = Duration::from_secs(10);
const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// How long metadata is used before it is asked for again.
const METADATA_LIFE_MS: i64 = 24 * 3600 * 1000;

/// Why the provider's documents cannot be had.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer.
    #[error("the identity provider does not answer at {url}: {why} (identity.unreachable)")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        why: String,
    },
    /// What it answers is not what it should be.
    #[error("the identity provider's document at {url} cannot be used: {why} (identity.document)")]
    Document {
        /// Where.
        url: String,
        /// Why.
        why: String,
    },
}

/// The endpoints we use.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Templated for the tenant-independent document.
    pub issuer: String,
    /// Where people sign in.
    pub authorization_endpoint: String,
    /// Where codes are traded.
    pub token_endpoint: String,
    /// Where keys are published.
    pub jwks_uri: String,
}

/// The provider behind one authority.
#[derive(Clone)]
pub struct Provider {
    http: reqwest::Client,
    authority: Url,
    metadata: Arc<RwLock<Option<(i64, Metadata)>>>,
}

/// The tenant-independent endpoint for work and school accounts. Never `common`: that lets personal accounts in.
const ORGANIZATIONS: &str = "organizations";

impl Provider {
    /// For this configuration. Nothing is fetched yet.
    pub fn new(identity: &Identity) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .build()
            .expect("a client without files or custom roots can always be built");
        Provider {
            http,
            authority: identity.authority.clone(),
            metadata: Arc::default(),
        }
    }

    /// What every issuer looks like, with `{tenantid}` in the tenant's place.
    pub fn issuer_template(&self) -> String {
        format!("{}/{{tenantid}}/v2.0", self.base())
    }

    fn base(&self) -> &str {
        self.authority.as_str().trim_end_matches('/')
    }

    /// Metadata of the tenant-independent endpoint, kept for a day; the last good one serves while there is no new one.
    pub async fn metadata(&self, now_ms: i64) -> Result<Metadata, ProviderError> {
        if let Some((at, metadata)) = self.metadata.read().await.as_ref()
            && now_ms < at + METADATA_LIFE_MS
        {
            return Ok(metadata.clone());
        }
        let mut kept = self.metadata.write().await;
        match self
            .fetch_metadata(ORGANIZATIONS, &self.issuer_template())
            .await
        {
            Ok(metadata) => {
                *kept = Some((now_ms, metadata.clone()));
                Ok(metadata)
            }
            Err(error) => kept.as_ref().map(|(_, last)| last.clone()).ok_or(error),
        }
    }

    /// Metadata of one tenant's own endpoint: the fallback for keys that the shared document does not have.
    pub async fn tenant_metadata(&self, directory_tenant: &str) -> Result<Metadata, ProviderError> {
        let issuer = self
            .issuer_template()
            .replace("{tenantid}", directory_tenant);
        self.fetch_metadata(directory_tenant, &issuer).await
    }

    async fn fetch_metadata(
        &self,
        endpoint: &str,
        issuer: &str,
    ) -> Result<Metadata, ProviderError> {
        let url = format!(
            "{}/{endpoint}/v2.0/.well-known/openid-configuration",
            self.base()
        );
        let metadata: Metadata = self.fetch(&url).await?;
        let bad = |why: String| ProviderError::Document {
            url: url.clone(),
            why,
        };
        if metadata.issuer != issuer {
            return Err(bad(format!(
                "its issuer is `{}`, expected `{issuer}`",
                metadata.issuer
            )));
        }
        for address in [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ] {
            let at_home = Url::parse(address)
                .is_ok_and(|address| address.origin() == self.authority.origin());
            if !at_home {
                return Err(bad(format!("`{address}` is not at {}", self.base())));
            }
        }
        Ok(metadata)
    }

    /// Fetches a JSON document, bounded.
    pub async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, ProviderError> {
        let unreachable = |why: String| ProviderError::Unreachable {
            url: url.into(),
            why,
        };
        let bad = |why: String| ProviderError::Document {
            url: url.into(),
            why,
        };
        let mut answer = self
            .http
            .get(url)
            .send()
            .await
            .map_err(|e| unreachable(why(&e)))?;
        if !answer.status().is_success() {
            return Err(unreachable(format!("status {}", answer.status())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| unreachable(why(&e)))? {
            if bytes.len() + chunk.len() > DOCUMENT_BYTES_MAX {
                return Err(bad(format!("it is longer than {DOCUMENT_BYTES_MAX} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&bytes)
            .map_err(|e| bad(format!("line {}, column {}", e.line(), e.column())))
    }

    /// Sends a request of the OAuth library. Answers of any status come back: they carry the reason.
    pub async fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, ProviderError> {
        let url = request.uri().to_string();
        let unreachable = |e: reqwest::Error| ProviderError::Unreachable {
            url: url.clone(),
            why: why(&e),
        };
        let (parts, body) = request.into_parts();
        let answer = self
            .http
            .request(parts.method, &url)
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .map_err(unreachable)?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let mut bytes = Vec::new();
        let mut answer = answer;
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if bytes.len() + chunk.len() > DOCUMENT_BYTES_MAX {
                return Err(ProviderError::Document {
                    url,
                    why: "it is too long".into(),
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = http::Response::new(bytes);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// The innermost reason, without the address (which may carry a query).
fn why(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    if error.is_timeout() {
        "no answer in time".into()
    } else {
        source.to_string()
    }
}
