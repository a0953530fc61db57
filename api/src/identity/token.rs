//! The one judge of tokens: ID tokens at sign-in and access tokens at the API.
//!
//! Invariants: the signature is checked before any claim is believed; algorithm, issuer, audience and version are
//! compared exactly and come from configuration; `exp` and `nbf` are required; addresses and keys inside the token
//! (`jku`, `jwk`, `x5u`, `x5c`) are never read; the instant is a parameter.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::keys::Key;
use super::provider::ProviderError;
use crate::config::Identity;

/// No token is longer.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// What every token is held against.
#[derive(Debug, Clone)]
pub struct Rules {
    client_id: String,
    issuer_template: String,
    scope: String,
    application_roles: BTreeSet<String>,
    allowed_clients: BTreeSet<String>,
    consumer_tenant: String,
    leeway_s: i64,
}

impl Rules {
    /// From configuration.
    pub fn new(identity: &Identity, issuer_template: String) -> Self {
        Rules {
            client_id: identity.client_id.clone(),
            issuer_template,
            scope: identity.scope.clone(),
            application_roles: identity.application_roles.iter().cloned().collect(),
            allowed_clients: identity.allowed_clients.iter().cloned().collect(),
            consumer_tenant: identity.consumer_tenant.clone(),
            leeway_s: identity.leeway_s,
        }
    }
}

/// What kind of token is expected here.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// The ID token that answers our own request.
    Id {
        /// The nonce of that request.
        nonce: &'a str,
        /// The code it came for.
        code: &'a str,
        /// The access token that came with it.
        access_token: Option<&'a str>,
    },
    /// An access token for this API.
    Access,
}

/// Who the token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Directory tenant.
    pub directory_tenant: String,
    /// Object id in it.
    pub object_id: String,
    /// Whether it is a workload.
    pub application: bool,
    /// For display only.
    pub display_name: String,
    /// The provider's session, for front-channel logout.
    pub provider_session: Option<String>,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)*) => {
        /// Why a token is refused. The log gets the code; the caller learns only that it is refused.
        #[derive(Debug, Clone, thiserror::Error)]
        pub enum Refusal {
            $($(#[$doc])* #[error($message)] $name,)*
            /// The keys to judge it with cannot be had.
            #[error(transparent)]
            Provider(ProviderError),
        }

        impl Refusal {
            /// The stable code.
            pub fn code(&self) -> &'static str {
                match self {
                    $(Refusal::$name => $code,)*
                    Refusal::Provider(_) => "token.provider",
                }
            }
        }
    };
}

refusals! {
    /// Not three base64url parts of JSON, or too long.
    Form = "token.form", "it is not a signed JWT";
    /// The header is not what we accept.
    Header = "token.header", "its header has another type, a critical extension or no key id";
    /// Another algorithm.
    Algorithm = "token.algorithm", "it is not signed with RS256";
    /// The directory tenant is missing or not a GUID.
    Tenant = "token.tenant", "it names no directory tenant";
    /// A personal account.
    Consumer = "token.consumer", "it is of a personal account";
    /// No such key.
    KeyUnknown = "token.key_unknown", "its key is not one of the provider's";
    /// The key belongs to another issuer.
    KeyIssuer = "token.key_issuer", "its key belongs to another issuer";
    /// The signature does not fit.
    Signature = "token.signature", "its signature does not fit";
    /// Claims are missing or of the wrong kind.
    Claims = "token.claims", "a claim is missing, twice there or of the wrong kind";
    /// Another issuer.
    Issuer = "token.issuer", "it is from another issuer";
    /// Another version.
    Version = "token.version", "it is not a version 2.0 token";
    /// For somebody else.
    Audience = "token.audience", "it is for another audience";
    /// Too late.
    Expired = "token.expired", "it has expired";
    /// Too early.
    NotYet = "token.not_yet", "it is not valid yet";
    /// Another request's.
    Nonce = "token.nonce", "it does not answer this sign-in";
    /// Issued to another client.
    Party = "token.party", "it was issued to a client that is not accepted";
    /// The hash of code or access token does not fit.
    Binding = "token.binding", "it does not belong to this code or access token";
    /// Neither scope nor application role.
    Scope = "token.scope", "it carries neither the scope nor an application role of this API";
    /// A kind of access token that does not speak for a caller.
    Kind = "token.kind", "it is neither a person's nor a workload's access token";
}

/// What has to be known before the key can be looked up. Nothing of it is believed.
pub(super) struct Seen {
    pub(super) kid: String,
    pub(super) directory_tenant: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

pub(super) fn read_unverified(token: &str, rules: &Rules) -> Result<Seen, Refusal> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Refusal::Form);
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refusal::Form);
    };
    let header: Header = part(header)?;
    if header.alg != "RS256" {
        return Err(Refusal::Algorithm);
    }
    if signature.is_empty() {
        return Err(Refusal::Signature);
    }
    let typed = header
        .typ
        .as_deref()
        .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("at+jwt"));
    if !typed || header.crit.is_some() || header.b64.is_some() {
        return Err(Refusal::Header);
    }
    let kid = header
        .kid
        .filter(|kid| !kid.is_empty() && kid.len() <= 256)
        .ok_or(Refusal::Header)?;
    let payload: Value = part(payload)?;
    let tenant = payload
        .get("tid")
        .and_then(Value::as_str)
        .filter(|tid| is_guid(tid))
        .ok_or(Refusal::Tenant)?;
    if tenant == rules.consumer_tenant {
        return Err(Refusal::Consumer);
    }
    Ok(Seen {
        kid,
        directory_tenant: tenant.into(),
    })
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Form)
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    nbf: i64,
    iat: Option<i64>,
    tid: String,
    oid: String,
    ver: String,
    name: Option<String>,
    azp: Option<String>,
    sid: Option<String>,
    nonce: Option<String>,
    c_hash: Option<String>,
    at_hash: Option<String>,
    scp: Option<String>,
    idtyp: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

/// Judges a token with the key its header names.
pub fn judge(
    token: &str,
    key: &Key,
    rules: &Rules,
    expected: &Expected<'_>,
    now_s: i64,
) -> Result<Judged, Refusal> {
    let seen = read_unverified(token, rules)?;
    if seen.kid != key.kid {
        return Err(Refusal::KeyUnknown);
    }
    let claims = verify(token, key)?;
    if claims.tid != seen.directory_tenant || !is_guid(&claims.tid) {
        return Err(Refusal::Tenant);
    }
    let issuer = rules.issuer_template.replace("{tenantid}", &claims.tid);
    if claims.iss != issuer {
        return Err(Refusal::Issuer);
    }
    if let Some(of_key) = &key.issuer
        && of_key.replace("{tenantid}", &claims.tid) != issuer
    {
        return Err(Refusal::KeyIssuer);
    }
    if claims.ver != "2.0" {
        return Err(Refusal::Version);
    }
    if claims.aud != rules.client_id {
        return Err(Refusal::Audience);
    }
    check_times(&claims, rules.leeway_s, now_s)?;
    if !is_guid(&claims.oid) {
        return Err(Refusal::Claims);
    }
    let application = match expected {
        Expected::Id {
            nonce,
            code,
            access_token,
        } => check_id(&claims, rules, nonce, code, *access_token)?,
        Expected::Access => check_access(&claims, rules)?,
    };
    Ok(Judged {
        directory_tenant: claims.tid,
        object_id: claims.oid,
        application,
        display_name: claims
            .name
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
        provider_session: claims.sid.filter(|sid| !sid.is_empty() && sid.len() <= 128),
    })
}

/// Only the signature; the claims are ours to check, with our own clock.
fn verify(token: &str, key: &Key) -> Result<Claims, Refusal> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.algorithms = vec![Algorithm::RS256];
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let data =
        jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|error| {
            use jsonwebtoken::errors::ErrorKind;
            match error.kind() {
                ErrorKind::Json(_) => Refusal::Claims,
                ErrorKind::Base64(_) | ErrorKind::Utf8(_) | ErrorKind::InvalidToken => {
                    Refusal::Form
                }
                ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => Refusal::Algorithm,
                _ => Refusal::Signature,
            }
        })?;
    Ok(data.claims)
}

fn check_times(claims: &Claims, leeway_s: i64, now_s: i64) -> Result<(), Refusal> {
    if claims.exp.saturating_add(leeway_s) <= now_s {
        return Err(Refusal::Expired);
    }
    let begun = |at: i64| at.saturating_sub(leeway_s) <= now_s;
    if !begun(claims.nbf) || !claims.iat.is_none_or(begun) || claims.nbf > claims.exp {
        return Err(Refusal::NotYet);
    }
    Ok(())
}

fn check_id(
    claims: &Claims,
    rules: &Rules,
    nonce: &str,
    code: &str,
    access: Option<&str>,
) -> Result<bool, Refusal> {
    if claims.nonce.as_deref() != Some(nonce) {
        return Err(Refusal::Nonce);
    }
    if claims
        .azp
        .as_deref()
        .is_some_and(|azp| azp != rules.client_id)
    {
        return Err(Refusal::Party);
    }
    if claims
        .c_hash
        .as_deref()
        .is_some_and(|hash| hash != half_hash(code))
    {
        return Err(Refusal::Binding);
    }
    match (&claims.at_hash, access) {
        (Some(hash), Some(access)) if *hash != half_hash(access) => Err(Refusal::Binding),
        (Some(_), None) => Err(Refusal::Binding),
        _ => Ok(false),
    }
}

fn check_access(claims: &Claims, rules: &Rules) -> Result<bool, Refusal> {
    // An ID token is for the client, not for the API: it has a nonce and no scope.
    if claims.nonce.is_some() {
        return Err(Refusal::Kind);
    }
    let party = claims.azp.as_deref();
    if !rules.allowed_clients.is_empty()
        && !party.is_some_and(|azp| rules.allowed_clients.contains(azp))
    {
        return Err(Refusal::Party);
    }
    match claims.idtyp.as_deref() {
        None | Some("user") => {
            let scopes = claims.scp.as_deref().unwrap_or_default();
            if scopes.split(' ').any(|scope| scope == rules.scope) {
                Ok(false)
            } else {
                Err(Refusal::Scope)
            }
        }
        Some("app") => {
            let granted = claims
                .roles
                .iter()
                .any(|role| rules.application_roles.contains(role));
            if granted && claims.scp.is_none() {
                Ok(true)
            } else {
                Err(Refusal::Scope)
            }
        }
        Some(_) => Err(Refusal::Kind),
    }
}

/// Left half of SHA-256, as `c_hash` and `at_hash` carry it for RS256.
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..16])
}

/// A GUID in the one form we compare by: lower case with hyphens.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
#[path = "token_corpus.rs"]
mod corpus;
