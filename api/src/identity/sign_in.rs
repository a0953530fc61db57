//! Sign-in with authorisation code and PKCE.
//!
//! State, nonce and code verifier derive from one secret that only the browser holds (a short-lived cookie); the
//! database knows its hash, and takes it once. Invariants: the answer has to come back to the browser that asked;
//! an ID token is judged like every token; the provider's own words never reach the browser unescaped.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse as _, TokenUrl,
};
use serde_json::json;

use super::provider::{Metadata, Provider, ProviderError};
use super::{Expected, Identities, Judged, Refusal};
use crate::config::{ClientCredential, Config};

/// How long our own assertion to the provider lives.
const CLIENT_ASSERTION_S: i64 = 300;

/// Why a sign-in did not complete.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider could not be asked.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The provider refused the code.
    #[error("the identity provider refused the code: {0} (sign_in.code_refused)")]
    Code(String),
    /// It answered without an ID token, or with nonsense.
    #[error("the identity provider's answer cannot be used: {0} (sign_in.answer)")]
    Answer(String),
    /// The ID token does not hold.
    #[error("the ID token is refused: {0}")]
    Token(Refusal),
    /// Our own credential cannot be used.
    #[error("our credential for the identity provider cannot be used: {0} (sign_in.credential)")]
    Credential(String),
}

/// Starts and completes sign-ins.
pub struct SignInFlow {
    client_id: String,
    credential: ClientCredential,
    redirect: String,
}

/// One sign-in's values, all from the browser's secret.
pub struct Attempt {
    secret: [u8; 32],
}

impl Attempt {
    /// The attempt of this secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Attempt { secret }
    }

    /// Key of its row.
    pub fn hash(&self) -> [u8; 32] {
        *blake3::hash(&self.secret).as_bytes()
    }

    /// The `state` sent and expected back.
    pub fn state(&self) -> String {
        self.derive("state")
    }

    /// The `nonce` sent and expected in the ID token.
    pub fn nonce(&self) -> String {
        self.derive("nonce")
    }

    fn verifier(&self) -> String {
        self.derive("code verifier")
    }

    fn derive(&self, what: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.secret);
        hasher.update(b"syncline sign-in ");
        hasher.update(what.as_bytes());
        URL_SAFE_NO_PAD.encode(hasher.finalize().as_bytes())
    }
}

impl SignInFlow {
    /// For this configuration.
    pub fn new(config: &Config) -> Self {
        SignInFlow {
            client_id: config.identity.client_id.clone(),
            credential: config.client_credential.clone(),
            redirect: format!("{}auth/callback", config.public_url),
        }
    }

    /// Where the browser goes to sign in.
    pub fn authorize_url(
        &self,
        metadata: &Metadata,
        attempt: &Attempt,
    ) -> Result<String, SignInError> {
        let client = self.client(metadata)?;
        let (state, nonce) = (attempt.state(), attempt.nonce());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            attempt.verifier(),
        ));
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            // A form post is a cross-site POST, which our Lax cookie would not ride on.
            .add_extra_param("response_mode", "query")
            .add_extra_param("prompt", "select_account")
            .url();
        Ok(url.into())
    }

    /// Trades the code and judges the ID token that comes for it.
    pub fn complete<'a>(
        &'a self,
        identities: &'a Identities,
        attempt: &'a Attempt,
        code: &'a str,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Judged, SignInError>> {
        Box::pin(self.trade(identities, attempt, code, now_ms))
    }

    async fn trade(
        &self,
        identities: &Identities,
        attempt: &Attempt,
        code: &str,
        now_ms: i64,
    ) -> Result<Judged, SignInError> {
        let metadata = identities.provider.metadata(now_ms).await?;
        let client = self.client(&metadata)?;
        let mut exchange = client
            .exchange_code(AuthorizationCode::new(code.into()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()));
        if let ClientCredential::PrivateKey(key) = &self.credential {
            let assertion =
                self.client_assertion(key.expose(), &metadata.token_endpoint, now_ms / 1000)?;
            exchange = exchange
                .add_extra_param(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                )
                .add_extra_param("client_assertion", assertion);
        }
        let tokens = exchange
            .request_async(&OAuthClient(identities.provider.clone()))
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    SignInError::Code(answer.error().to_string())
                }
                RequestTokenError::Request(error) => SignInError::Provider(error),
                RequestTokenError::Parse(..) => {
                    SignInError::Answer("it is not a token response".into())
                }
                RequestTokenError::Other(why) => SignInError::Answer(why),
            })?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| SignInError::Answer("it has no ID token".into()))?
            .to_string();
        let expected = Expected::Id {
            nonce: &attempt.nonce(),
            code,
            access_token: Some(tokens.access_token().secret()),
        };
        identities
            .judge(&id_token, expected, now_ms)
            .await
            .map_err(SignInError::Token)
    }

    fn client(&self, metadata: &Metadata) -> Result<Client, SignInError> {
        let bad = |what: &str| SignInError::Answer(format!("its {what} is not an address"));
        // Never used to validate: that is `token::judge`'s, which knows templated issuers.
        let issuer = IssuerUrl::new(metadata.issuer.replace("{tenantid}", "organizations"))
            .map_err(|_| bad("issuer"))?;
        let authorize = AuthUrl::new(metadata.authorization_endpoint.clone())
            .map_err(|_| bad("authorization endpoint"))?;
        let token =
            TokenUrl::new(metadata.token_endpoint.clone()).map_err(|_| bad("token endpoint"))?;
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|_| bad("redirect"))?;
        let client = CoreClient::new(
            ClientId::new(self.client_id.clone()),
            issuer,
            CoreJsonWebKeySet::default(),
        )
        .set_auth_uri(authorize)
        .set_token_uri(token)
        .set_redirect_uri(redirect)
        .set_auth_type(AuthType::RequestBody);
        Ok(match &self.credential {
            ClientCredential::Secret(secret) => {
                client.set_client_secret(ClientSecret::new(secret.expose().into()))
            }
            ClientCredential::PrivateKey(_) => client,
        })
    }

    fn client_assertion(
        &self,
        pem: &str,
        audience: &str,
        now_s: i64,
    ) -> Result<String, SignInError> {
        let key = EncodingKey::from_rsa_pem(pem.as_bytes())
            .map_err(|e| SignInError::Credential(e.to_string()))?;
        let id: [u8; 16] = rand::random();
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": audience, "jti": URL_SAFE_NO_PAD.encode(id),
            "iat": now_s, "nbf": now_s, "exp": now_s + CLIENT_ASSERTION_S,
        });
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key)
            .map_err(|e| SignInError::Credential(e.to_string()))
    }
}

/// Our bounded client as the OAuth library calls it.
struct OAuthClient(Provider);

impl<'c> AsyncHttpClient<'c> for OAuthClient {
    type Error = ProviderError;
    type Future = BoxFuture<'c, Result<HttpResponse, ProviderError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_one_sign_in_are_distinct_and_tell_nothing_of_the_secret() {
        let attempt = Attempt::new([7; 32]);

        let values = [
            attempt.state(),
            attempt.nonce(),
            attempt.verifier(),
            URL_SAFE_NO_PAD.encode(attempt.hash()),
        ];

        let distinct: std::collections::BTreeSet<_> = values.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert!(
            values
                .iter()
                .all(|v| v.len() == 43 && *v != URL_SAFE_NO_PAD.encode([7; 32]))
        );
        assert_ne!(Attempt::new([8; 32]).state(), values[0]);
    }
}
