//! Who somebody is: the identity provider's metadata and keys, sign-in, and the one judge of tokens.
//!
//! Invariants: every token, ID or access, goes through [`token::judge`]; nobody is ever looked up by mail address
//! or name; a person is (directory tenant, object id).

pub mod keys;
pub mod provider;
pub mod sign_in;
pub mod token;

pub use keys::KeyCache;
pub use provider::Provider;
pub use sign_in::SignInFlow;
pub use token::{Expected, Judged, Refusal};

use futures::future::BoxFuture;

use crate::config::Identity;

/// Validates tokens of the configured provider: finds the key, then judges.
pub struct Identities {
    /// The provider's documents.
    pub provider: Provider,
    keys: KeyCache,
    rules: token::Rules,
}

impl Identities {
    /// For this provider.
    pub fn new(identity: &Identity) -> Self {
        let provider = Provider::new(identity);
        Identities {
            keys: KeyCache::new(provider.clone()),
            rules: token::Rules::new(identity, provider.issuer_template()),
            provider,
        }
    }

    /// Judges a token at this instant.
    // Boxed: the compiler cannot prove the nested futures Send for every lifetime at once.
    pub fn judge<'a>(
        &'a self,
        token: &'a str,
        expected: Expected<'a>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Judged, Refusal>> {
        Box::pin(async move {
            let seen = token::read_unverified(token, &self.rules)?;
            let key = self
                .keys
                .find(&seen.directory_tenant, &seen.kid, now_ms)
                .await?;
            token::judge(token, &key, &self.rules, &expected, now_ms / 1000)
        })
    }
}
