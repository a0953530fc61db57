//! The client assertion: a JWT that proves who we are by the certificate's key.
//!
//! Signed with PS256 and named by `x5t#S256` (Microsoft identity platform, "certificate credentials"). Each is
//! used once and lives for five minutes. Invariant: the key is parsed from the credential when it is
//! needed; aws-lc wipes what it frees.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PSS_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use syncline_model::connector::Fault;
use syncline_model::error::ErrorKind;

use super::chance;
use super::config::Credential;

/// Seconds an assertion is good for.
const LIFETIME: i64 = 300;

/// An assertion of `client` for a token endpoint; `now` in seconds since 1970.
pub(super) fn signed(
    credential: &Credential,
    client: &str,
    endpoint: &str,
    now: i64,
) -> Result<String, Fault> {
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, credential.certificate()));
    let header = json!({ "typ": "JWT", "alg": "PS256", "x5t#S256": thumbprint });
    let claims = json!({
        "iss": client, "sub": client, "aud": endpoint,
        "nbf": now - 30, "iat": now, "exp": now + LIFETIME, "jti": chance::guid(),
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&header), encode(&claims));
    let key = KeyPair::from_pkcs8(credential.key()).map_err(|_| unreadable_key())?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PSS_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .map_err(|_| unreadable_key())?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn unreadable_key() -> Fault {
    Fault::new(
        "graph.key_unreadable",
        ErrorKind::Authentication,
        "The private key of the application's certificate is no RSA key in PKCS#8 form.",
        "Make a new certificate for the directory and upload it to the app registration.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use zeroize::Zeroizing;

    #[test]
    fn an_assertion_is_signed_by_the_key_and_says_who_asks_whom() {
        let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap();
        let key_der = Zeroizing::new(der.as_ref().to_vec());
        let credential = Credential::new(b"certificate".to_vec(), key_der);

        let assertion = signed(&credential, "client", "https://login.test/token", 1_000).unwrap();

        let (text, signature) = assertion.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public_key().as_ref());
        assert!(public.verify(text.as_bytes(), &signature).is_ok());
        let parts: Vec<Value> = text
            .split('.')
            .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
            .collect();
        assert_eq!(parts[0]["alg"], "PS256");
        assert_eq!(
            (&parts[1]["iss"], &parts[1]["aud"]),
            (&json!("client"), &json!("https://login.test/token"))
        );
        assert_eq!(
            (&parts[1]["nbf"], &parts[1]["exp"]),
            (&json!(970), &json!(1_300))
        );
    }

    #[test]
    fn a_key_that_is_none_is_a_fault_that_says_so() {
        let credential = Credential::new(Vec::new(), Zeroizing::new(b"no key".to_vec()));

        let fault = signed(&credential, "client", "endpoint", 0).unwrap_err();

        assert_eq!(fault.code, "graph.key_unreadable");
    }
}
