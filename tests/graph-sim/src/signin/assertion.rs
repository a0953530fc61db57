//! A client assertion: a JWT, signed with PS256 by the key of a registered certificate.

use super::{Certificate, SignInError};
use crate::clock::{Moment, SECOND};
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// An assertion may be meant for this many seconds before or after the clock.
const LEEWAY: i64 = 300;
/// An assertion that lives longer is refused.
const LIFETIME_MAX: i64 = 24 * 60 * 60;

pub(super) struct Assertion {
    pub(super) number: String,
    pub(super) expires: Moment,
}

/// What a right assertion says.
pub(super) fn verified(
    text: &str,
    client: &str,
    endpoint: &str,
    certificates: &[Certificate],
    now: Moment,
) -> Result<Assertion, SignInError> {
    let (signed, signature) = text.rsplit_once('.').ok_or_else(SignInError::malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(SignInError::malformed)?;
    let header = decoded(header)?;
    let claims = decoded(claims)?;
    let signature = URL_SAFE_NO_PAD.decode(signature);
    let signature = signature.map_err(|_| SignInError::malformed())?;

    let thumbprint = header["x5t#S256"].as_str().unwrap_or_default();
    let certificate = certificates
        .iter()
        .find(|certificate| certificate.thumbprint == thumbprint);
    let certificate = certificate.filter(|_| header["alg"] == "PS256");
    let certificate = certificate.ok_or_else(|| SignInError::bad_signature(thumbprint))?;
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &certificate.key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| SignInError::bad_signature(thumbprint))?;

    if claims["iss"] != client || claims["sub"] != client {
        return Err(SignInError::issuer());
    }
    if claims["aud"] != endpoint {
        return Err(SignInError::audience());
    }
    let seconds = now.div_euclid(SECOND);
    let expires = claims["exp"]
        .as_i64()
        .ok_or_else(SignInError::not_in_time)?;
    let starts = claims["nbf"].as_i64().unwrap_or(seconds);
    let is_long = expires - starts > LIFETIME_MAX;
    if expires + LEEWAY < seconds || starts - LEEWAY > seconds || is_long {
        return Err(SignInError::not_in_time());
    }
    let number = claims["jti"].as_str().ok_or_else(SignInError::malformed)?;
    Ok(Assertion {
        number: number.to_owned(),
        expires: (expires + LEEWAY) * SECOND,
    })
}

fn decoded(part: &str) -> Result<Value, SignInError> {
    let octets = URL_SAFE_NO_PAD.decode(part);
    let octets = octets.map_err(|_| SignInError::malformed())?;
    serde_json::from_slice(&octets).map_err(|_| SignInError::malformed())
}
