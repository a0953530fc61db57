//! Access tokens: JWTs that only their issuer can check, as clients must treat them.

use crate::clock::{Moment, SECOND};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt};

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) tenant: String,
    pub(crate) application: String,
    pub(crate) roles: BTreeSet<String>,
    /// The number of the token, in the order of issue.
    pub(crate) number: u64,
    pub(crate) expires: Moment,
}

/// What signs tokens; made from the simulator's seed.
pub(crate) struct Keys(hmac::Key);

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys")
    }
}

impl Keys {
    pub(crate) fn new(seed: u64) -> Self {
        let secret = crate::dice::mix(seed, "access tokens");
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    pub(crate) fn issue(&self, access: &Access, login: &str, now: Moment) -> String {
        let header = json!({ "typ": "JWT", "alg": "HS256" });
        let claims = json!({
            "aud": "https://graph.microsoft.com",
            "iss": format!("{login}/{}/", access.tenant),
            "iat": now.div_euclid(SECOND),
            "nbf": now.div_euclid(SECOND),
            "exp": access.expires.div_euclid(SECOND),
            "appid": access.application,
            "idtyp": "app",
            "roles": access.roles,
            "tid": access.tenant,
            "uti": access.number.to_string(),
            "ver": "1.0",
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = hmac::sign(&self.0, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// What a token says that was issued here.
    pub(crate) fn open(&self, token: &str) -> Option<Access> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.0, signed.as_bytes(), &signature).ok()?;
        let (_, claims) = signed.split_once('.')?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        let roles = claims["roles"].as_array()?.iter();
        Some(Access {
            tenant: text("tid")?,
            application: text("appid")?,
            roles: roles.filter_map(Value::as_str).map(str::to_owned).collect(),
            number: text("uti")?.parse().ok()?,
            expires: claims["exp"].as_i64()? * SECOND,
        })
    }
}
