//! A client's side of the sign-in, for tests: a key, its certificate, and assertions signed with it.

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::RSA_PSS_SHA256,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;

/// An RSA key and a certificate of it that nobody but its owner signed.
pub struct Credential {
    key: KeyPair,
    pkcs8: Vec<u8>,
    certificate_pem: String,
    certificate_der: Vec<u8>,
    thumbprint: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credential({})", self.thumbprint)
    }
}

impl Credential {
    /// A new key and its certificate.
    ///
    /// # Panics
    /// When the machine has no randomness.
    #[must_use]
    pub fn generate() -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("an RSA key can be made");
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key);
        let pkcs8 = der.expect("an RSA key can be written").as_ref().to_vec();
        let signer = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &pkcs8.as_slice().into(),
            &PKCS_RSA_SHA256,
        );
        let signer = signer.expect("an RSA key can be read");
        let parameters = CertificateParams::new(vec!["syncline.test".to_owned()]);
        let parameters = parameters.expect("the name is a name");
        let certificate = parameters
            .self_signed(&signer)
            .expect("a certificate can be signed");
        Self {
            key,
            pkcs8,
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.der())),
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().to_vec(),
        }
    }

    /// The certificate, to be registered with an application.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The same, DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The private key, PKCS#8.
    #[must_use]
    pub fn key_der(&self) -> &[u8] {
        &self.pkcs8
    }

    /// SHA-256 of the certificate, as `x5t#S256` writes it.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// A JWT with these claims, signed with PS256.
    ///
    /// # Panics
    /// When the machine has no randomness.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "typ": "JWT", "alg": "PS256", "x5t#S256": self.thumbprint });
        self.sign_as(&header, claims)
    }

    /// The same under a header that says what it likes.
    ///
    /// # Panics
    /// When the machine has no randomness.
    #[must_use]
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .expect("an RSA key can sign");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// An assertion that is right at this moment (in seconds since 1970); `number` must be a new one.
    #[must_use]
    pub fn assertion(&self, client: &str, endpoint: &str, now: i64, number: &str) -> String {
        self.sign(&json!({
            "iss": client, "sub": client, "aud": endpoint,
            "nbf": now, "exp": now + 300, "jti": number,
        }))
    }
}
