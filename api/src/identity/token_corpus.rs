//! Forged, broken and misdirected tokens: the judge accepts the four honest ones and refuses all of these, each for
//! its own reason. Tokens are put together by hand, so that they can be wrong in ways no library would write.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_790_000_000;
const TENANT: &str = "a1f0c0de-0001-4000-8000-00000000c001";
const OTHER_TENANT: &str = "a1f0c0de-0002-4000-8000-0000000fab01";
const CLIENT: &str = "5e9c11de-0000-4000-8000-0000000000a1";
const AUTHORITY: &str = "https://login.example";

struct Pair {
    private: RsaKeyPair,
    public: DecodingKey,
}

fn pair(which: usize) -> &'static Pair {
    static PAIRS: OnceLock<[Pair; 2]> = OnceLock::new();
    &PAIRS.get_or_init(|| [make(), make()])[which]
}

fn make() -> Pair {
    let private = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let n = private
        .public_key()
        .modulus()
        .big_endian_without_leading_zero()
        .to_vec();
    let e = private
        .public_key()
        .exponent()
        .big_endian_without_leading_zero()
        .to_vec();
    let public = DecodingKey::from_rsa_raw_components(&n, &e);
    Pair { private, public }
}

/// How a forged token is signed.
#[derive(Clone, Copy)]
enum Sign {
    Honestly,
    WithAnotherKey,
    AsHmacOfThePublicKey,
    AsPss,
    AsSha512,
    NotAtAll,
    WithZeros,
    OverOtherClaims,
    Shortened,
}

#[derive(Clone)]
struct Forge {
    header: Value,
    claims: Value,
    claims_text: Option<String>,
    sign: Sign,
    shape: fn(String) -> String,
    key_issuer: Option<String>,
}

fn id_token() -> Forge {
    Forge {
        header: json!({"typ": "JWT", "alg": "RS256", "kid": "k1"}),
        claims: json!({
            "iss": format!("{AUTHORITY}/{TENANT}/v2.0"), "aud": CLIENT, "exp": NOW + 3600, "nbf": NOW - 5, "iat": NOW - 5,
            "tid": TENANT, "oid": "0b1ec7de-0000-4000-8000-000000000001", "sub": "pairwise", "ver": "2.0",
            "name": "Ada Byron", "nonce": "n-1", "sid": "s-1", "preferred_username": "ada.byron@contoso.test",
            "roles": ["Syncline.Owner"],
        }),
        claims_text: None,
        sign: Sign::Honestly,
        shape: |token| token,
        key_issuer: Some(format!("{AUTHORITY}/{{tenantid}}/v2.0")),
    }
}

fn user_token() -> Forge {
    let mut forge = id_token();
    forge.drop("nonce");
    forge.set("scp", json!("openid access"));
    forge.set("azp", json!("5e9c11de-0000-4000-8000-0000000000c1"));
    forge.set("idtyp", json!("user"));
    forge
}

fn app_token() -> Forge {
    let mut forge = user_token();
    forge.drop("scp");
    forge.set("idtyp", json!("app"));
    forge.set("roles", json!(["Syncline.Automation"]));
    forge
}

impl Forge {
    fn set(&mut self, claim: &str, value: Value) {
        self.claims[claim] = value;
    }

    fn drop(&mut self, claim: &str) {
        self.claims.as_object_mut().unwrap().remove(claim);
    }

    fn token(&self) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = self
            .claims_text
            .as_ref()
            .map_or_else(|| encode(&self.claims), |text| URL_SAFE_NO_PAD.encode(text));
        let signed = format!("{}.{claims}", encode(&self.header));
        let rsa =
            |which: usize, scheme: &'static dyn aws_lc_rs::signature::RsaEncoding, text: &str| {
                let private = &pair(which).private;
                let mut signature = vec![0; private.public_modulus_len()];
                private
                    .sign(
                        scheme,
                        &SystemRandom::new(),
                        text.as_bytes(),
                        &mut signature,
                    )
                    .unwrap();
                signature
            };
        let signature = match self.sign {
            Sign::Honestly => rsa(0, &RSA_PKCS1_SHA256, &signed),
            Sign::WithAnotherKey => rsa(1, &RSA_PKCS1_SHA256, &signed),
            Sign::AsPss => rsa(0, &RSA_PSS_SHA256, &signed),
            Sign::AsSha512 => rsa(0, &RSA_PKCS1_SHA512, &signed),
            Sign::OverOtherClaims => rsa(0, &RSA_PKCS1_SHA256, "e30.e30"),
            Sign::AsHmacOfThePublicKey => {
                let public = pair(0).private.public_key().as_ref().to_vec();
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &public);
                aws_lc_rs::hmac::sign(&key, signed.as_bytes())
                    .as_ref()
                    .to_vec()
            }
            Sign::NotAtAll => Vec::new(),
            Sign::WithZeros => vec![0; 256],
            Sign::Shortened => rsa(0, &RSA_PKCS1_SHA256, &signed)[..255].to_vec(),
        };
        (self.shape)(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn rules() -> Rules {
    let identity: Identity =
        serde_json::from_value(json!({"authority": AUTHORITY, "client_id": CLIENT})).unwrap();
    Rules::new(&identity, format!("{AUTHORITY}/{{tenantid}}/v2.0"))
}

fn judged(forge: &Forge, expected: &Expected<'_>) -> Result<Judged, Refusal> {
    let key = Key {
        kid: "k1".into(),
        issuer: forge.key_issuer.clone(),
        decoding: pair(0).public.clone(),
    };
    judge(&forge.token(), &key, &rules(), expected, NOW)
}

const ID: Expected<'static> = Expected::Id {
    nonce: "n-1",
    code: "code-1",
    access_token: Some("access-1"),
};

#[test]
fn honest_tokens_are_accepted_for_who_they_are() {
    let person = judged(&id_token(), &ID).unwrap();
    let user = judged(&user_token(), &Expected::Access).unwrap();
    let app = judged(&app_token(), &Expected::Access).unwrap();

    assert_eq!(
        (person.directory_tenant.as_str(), person.application),
        (TENANT, false)
    );
    assert_eq!(person.provider_session.as_deref(), Some("s-1"));
    assert_eq!(
        (user.object_id.as_str(), user.application),
        ("0b1ec7de-0000-4000-8000-000000000001", false)
    );
    assert!(app.application);
}

#[test]
fn hashes_of_code_and_access_token_are_checked_where_they_are_there() {
    let mut forge = id_token();
    forge.set("c_hash", json!(half_hash("code-1")));
    forge.set("at_hash", json!(half_hash("access-1")));
    assert!(judged(&forge, &ID).is_ok());

    let without = Expected::Id {
        nonce: "n-1",
        code: "code-1",
        access_token: None,
    };
    assert_eq!(
        judged(&forge, &without).unwrap_err().code(),
        "token.binding"
    );
}

#[test]
fn clocks_may_differ_by_the_leeway_and_no_more() {
    for (exp, nbf, accepted) in [
        (NOW - 89, NOW - 3600, true),
        (NOW - 90, NOW - 3600, false),
        (NOW + 60, NOW + 90, false),
        (NOW + 200, NOW + 91, false),
        (NOW + 200, NOW + 90, true),
    ] {
        let mut forge = id_token();
        forge.set("exp", json!(exp));
        forge.set("nbf", json!(nbf));
        forge.drop("iat");

        assert_eq!(
            judged(&forge, &ID).is_ok(),
            accepted,
            "exp {} nbf {}",
            exp - NOW,
            nbf - NOW
        );
    }
}

type Change = fn(&mut Forge);

/// (what is wrong, how, for which reason it has to be refused)
const FOR_ANY: &[(&str, Change, &str)] = &[
    // Form.
    ("empty", |f| f.shape = |_| String::new(), "token.form"),
    (
        "two parts",
        |f| f.shape = |t| t.rsplit_once('.').unwrap().0.into(),
        "token.form",
    ),
    (
        "four parts",
        |f| f.shape = |t| format!("{t}.e30"),
        "token.form",
    ),
    ("no JSON", |f| f.shape = |_| "x.y.z".into(), "token.form"),
    (
        "padded base64",
        |f| f.shape = |t| format!("{}==", t.replacen('.', "=.", 1)),
        "token.form",
    ),
    (
        "standard base64",
        |f| {
            f.shape = |t| {
                let mut parts = t.split('.');
                let header = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
                format!(
                    "{}.{}.{}",
                    STANDARD.encode([header, b"   ".to_vec()].concat()),
                    parts.next().unwrap(),
                    parts.next().unwrap()
                )
            }
        },
        "token.form",
    ),
    (
        "leading space",
        |f| f.shape = |t| format!(" {t}"),
        "token.form",
    ),
    (
        "line break inside",
        |f| f.shape = |t| t.replacen('.', "\n.", 1),
        "token.form",
    ),
    (
        "longer than any token",
        |f| f.claims["pad"] = json!("x".repeat(17_000)),
        "token.form",
    ),
    (
        "encrypted form",
        |f| f.shape = |t| format!("{t}.a.b"),
        "token.form",
    ),
    (
        "claims that are a list",
        |f| f.claims_text = Some("[]".into()),
        "token.tenant",
    ),
    (
        "claims that are a text",
        |f| f.claims_text = Some("\"x\"".into()),
        "token.tenant",
    ),
    (
        "claims cut off",
        |f| f.claims_text = Some("{\"iss\":".into()),
        "token.form",
    ),
    // Header and algorithm.
    (
        "alg none",
        |f| {
            f.header["alg"] = json!("none");
            f.sign = Sign::NotAtAll;
        },
        "token.algorithm",
    ),
    (
        "alg None",
        |f| {
            f.header["alg"] = json!("None");
            f.sign = Sign::NotAtAll;
        },
        "token.algorithm",
    ),
    (
        "alg none with a signature",
        |f| f.header["alg"] = json!("none"),
        "token.algorithm",
    ),
    (
        "alg empty",
        |f| f.header["alg"] = json!(""),
        "token.algorithm",
    ),
    (
        "alg missing",
        |f| {
            f.header.as_object_mut().unwrap().remove("alg");
        },
        "token.form",
    ),
    ("alg a number", |f| f.header["alg"] = json!(1), "token.form"),
    (
        "HS256 with the public key as secret",
        |f| {
            f.header["alg"] = json!("HS256");
            f.sign = Sign::AsHmacOfThePublicKey;
        },
        "token.algorithm",
    ),
    (
        "HMAC under the name RS256",
        |f| f.sign = Sign::AsHmacOfThePublicKey,
        "token.signature",
    ),
    (
        "RS512",
        |f| {
            f.header["alg"] = json!("RS512");
            f.sign = Sign::AsSha512;
        },
        "token.algorithm",
    ),
    (
        "PS256",
        |f| {
            f.header["alg"] = json!("PS256");
            f.sign = Sign::AsPss;
        },
        "token.algorithm",
    ),
    (
        "PSS under the name RS256",
        |f| f.sign = Sign::AsPss,
        "token.signature",
    ),
    (
        "SHA-512 under the name RS256",
        |f| f.sign = Sign::AsSha512,
        "token.signature",
    ),
    (
        "ES256",
        |f| f.header["alg"] = json!("ES256"),
        "token.algorithm",
    ),
    (
        "rs256 in small letters",
        |f| f.header["alg"] = json!("rs256"),
        "token.algorithm",
    ),
    (
        "typ missing",
        |f| {
            f.header.as_object_mut().unwrap().remove("typ");
        },
        "token.header",
    ),
    (
        "typ of a logout token",
        |f| f.header["typ"] = json!("logout+jwt"),
        "token.header",
    ),
    (
        "typ of a DPoP proof",
        |f| f.header["typ"] = json!("dpop+jwt"),
        "token.header",
    ),
    (
        "kid missing",
        |f| {
            f.header.as_object_mut().unwrap().remove("kid");
        },
        "token.header",
    ),
    ("kid empty", |f| f.header["kid"] = json!(""), "token.header"),
    (
        "kid of another key",
        |f| f.header["kid"] = json!("k2"),
        "token.key_unknown",
    ),
    (
        "kid with a path in it",
        |f| f.header["kid"] = json!("../../k1"),
        "token.key_unknown",
    ),
    (
        "kid very long",
        |f| f.header["kid"] = json!("k".repeat(300)),
        "token.header",
    ),
    (
        "a critical extension",
        |f| f.header["crit"] = json!(["exp"]),
        "token.header",
    ),
    (
        "unencoded payload",
        |f| f.header["b64"] = json!(false),
        "token.header",
    ),
    (
        "its own key in the header",
        |f| {
            f.header["jwk"] = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
            f.sign = Sign::WithAnotherKey;
        },
        "token.signature",
    ),
    (
        "an address of its own keys",
        |f| {
            f.header["jku"] = json!("https://evil.example/keys");
            f.sign = Sign::WithAnotherKey;
        },
        "token.signature",
    ),
    (
        "a certificate of its own",
        |f| {
            f.header["x5c"] = json!(["MIIB"]);
            f.sign = Sign::WithAnotherKey;
        },
        "token.signature",
    ),
    // Signature.
    (
        "no signature",
        |f| f.sign = Sign::NotAtAll,
        "token.signature",
    ),
    (
        "zeros for a signature",
        |f| f.sign = Sign::WithZeros,
        "token.signature",
    ),
    (
        "signed by another key",
        |f| f.sign = Sign::WithAnotherKey,
        "token.signature",
    ),
    (
        "signature of other claims",
        |f| f.sign = Sign::OverOtherClaims,
        "token.signature",
    ),
    (
        "signature a byte short",
        |f| f.sign = Sign::Shortened,
        "token.signature",
    ),
    (
        "claims exchanged after signing",
        |f| {
            f.shape = |t| {
                let mut parts: Vec<String> = t.split('.').map(Into::into).collect();
                let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(&parts[1]).unwrap()).unwrap();
                parts[1] = URL_SAFE_NO_PAD.encode(claims.replace("000000000001", "000000000002"));
                parts.join(".")
            }
        },
        "token.signature",
    ),
    (
        "padded signature",
        |f| {
            f.shape = |t| {
                let (head, signature) = t.rsplit_once('.').unwrap();
                format!(
                    "{head}.{}",
                    URL_SAFE.encode(URL_SAFE_NO_PAD.decode(signature).unwrap())
                )
            }
        },
        "token.form",
    ),
    // Tenant and issuer.
    ("tid missing", |f| f.drop("tid"), "token.tenant"),
    (
        "tid not a GUID",
        |f| f.set("tid", json!("contoso")),
        "token.tenant",
    ),
    (
        "tid in capitals",
        |f| f.set("tid", json!(TENANT.to_uppercase())),
        "token.tenant",
    ),
    (
        "tid with a path in it",
        |f| f.set("tid", json!("a1f0c0de-0001-4000-8000-0000../evil1")),
        "token.tenant",
    ),
    (
        "tid in braces",
        |f| f.set("tid", json!(format!("{{{TENANT}}}"))),
        "token.tenant",
    ),
    (
        "tid the template itself",
        |f| f.set("tid", json!("{tenantid}")),
        "token.tenant",
    ),
    (
        "a personal account",
        |f| f.set("tid", json!("9188040d-6c67-4c5b-b112-36a304b66dad")),
        "token.consumer",
    ),
    (
        "tid twice",
        |f| {
            f.claims_text = Some(f.claims.to_string().replacen(
                '{',
                &format!("{{\"tid\":\"{OTHER_TENANT}\","),
                1,
            ))
        },
        "token.claims",
    ),
    (
        "issuer of another tenant",
        |f| f.set("iss", json!(format!("{AUTHORITY}/{OTHER_TENANT}/v2.0"))),
        "token.issuer",
    ),
    (
        "tenant of another issuer",
        |f| f.set("tid", json!(OTHER_TENANT)),
        "token.issuer",
    ),
    (
        "issuer of another host",
        |f| f.set("iss", json!(format!("https://evil.example/{TENANT}/v2.0"))),
        "token.issuer",
    ),
    (
        "issuer over http",
        |f| f.set("iss", json!(format!("http://login.example/{TENANT}/v2.0"))),
        "token.issuer",
    ),
    (
        "issuer with a slash at the end",
        |f| f.set("iss", json!(format!("{AUTHORITY}/{TENANT}/v2.0/"))),
        "token.issuer",
    ),
    (
        "issuer in capitals",
        |f| {
            f.set(
                "iss",
                json!(format!("{}/{TENANT}/v2.0", AUTHORITY.to_uppercase())),
            )
        },
        "token.issuer",
    ),
    (
        "the version 1 issuer",
        |f| f.set("iss", json!(format!("https://sts.windows.net/{TENANT}/"))),
        "token.issuer",
    ),
    (
        "the template as issuer",
        |f| f.set("iss", json!(format!("{AUTHORITY}/{{tenantid}}/v2.0"))),
        "token.issuer",
    ),
    ("issuer missing", |f| f.drop("iss"), "token.claims"),
    (
        "issuer a list",
        |f| f.set("iss", json!([format!("{AUTHORITY}/{TENANT}/v2.0")])),
        "token.claims",
    ),
    (
        "a key of another tenant",
        |f| f.key_issuer = Some(format!("{AUTHORITY}/{OTHER_TENANT}/v2.0")),
        "token.key_issuer",
    ),
    (
        "a key of another provider",
        |f| f.key_issuer = Some("https://evil.example/{tenantid}/v2.0".into()),
        "token.key_issuer",
    ),
    (
        "version 1.0",
        |f| f.set("ver", json!("1.0")),
        "token.version",
    ),
    (
        "version a number",
        |f| f.set("ver", json!(2.0)),
        "token.claims",
    ),
    ("version missing", |f| f.drop("ver"), "token.claims"),
    // Audience.
    (
        "another audience",
        |f| f.set("aud", json!("00000003-0000-0000-c000-000000000000")),
        "token.audience",
    ),
    (
        "audience the API's address",
        |f| f.set("aud", json!("api://syncline")),
        "token.audience",
    ),
    ("audience missing", |f| f.drop("aud"), "token.claims"),
    (
        "two audiences",
        |f| f.set("aud", json!([CLIENT, "other"])),
        "token.claims",
    ),
    (
        "audience a list of one",
        |f| f.set("aud", json!([CLIENT])),
        "token.claims",
    ),
    (
        "audience with a space",
        |f| f.set("aud", json!(format!("{CLIENT} "))),
        "token.audience",
    ),
    // Times.
    (
        "expired",
        |f| f.set("exp", json!(NOW - 3600)),
        "token.expired",
    ),
    (
        "expired just beyond the leeway",
        |f| f.set("exp", json!(NOW - 90)),
        "token.expired",
    ),
    ("exp missing", |f| f.drop("exp"), "token.claims"),
    (
        "exp a text",
        |f| f.set("exp", json!("1990000000")),
        "token.claims",
    ),
    (
        "exp a fraction",
        |f| f.set("exp", json!(1_990_000_000.5)),
        "token.claims",
    ),
    ("exp negative", |f| f.set("exp", json!(-1)), "token.expired"),
    (
        "exp beyond all numbers",
        |f| {
            f.claims_text = Some(
                f.claims
                    .to_string()
                    .replace(&(NOW + 3600).to_string(), "1e400"),
            )
        },
        "token.form",
    ),
    (
        "not valid yet",
        |f| f.set("nbf", json!(NOW + 600)),
        "token.not_yet",
    ),
    ("nbf missing", |f| f.drop("nbf"), "token.claims"),
    ("nbf null", |f| f.set("nbf", Value::Null), "token.claims"),
    (
        "issued in the future",
        |f| f.set("iat", json!(NOW + 600)),
        "token.not_yet",
    ),
    // Who.
    ("oid missing", |f| f.drop("oid"), "token.claims"),
    (
        "oid not a GUID",
        |f| f.set("oid", json!("ada.byron@contoso.test")),
        "token.claims",
    ),
    (
        "oid in capitals",
        |f| f.set("oid", json!("0B1EC7DE-0000-4000-8000-000000000001")),
        "token.claims",
    ),
    (
        "oid twice",
        |f| {
            f.claims_text = Some(f.claims.to_string().replacen(
                '{',
                "{\"oid\":\"0b1ec7de-0000-4000-8000-000000000009\",",
                1,
            ))
        },
        "token.claims",
    ),
];

const FOR_ID: &[(&str, Change, &str)] = &[
    (
        "nonce of another sign-in",
        |f| f.set("nonce", json!("n-2")),
        "token.nonce",
    ),
    ("nonce missing", |f| f.drop("nonce"), "token.nonce"),
    ("nonce empty", |f| f.set("nonce", json!("")), "token.nonce"),
    (
        "nonce a list",
        |f| f.set("nonce", json!(["n-1"])),
        "token.claims",
    ),
    (
        "issued to another client",
        |f| f.set("azp", json!("other")),
        "token.party",
    ),
    (
        "of another code",
        |f| f.set("c_hash", json!(half_hash("code-2"))),
        "token.binding",
    ),
    (
        "of another access token",
        |f| f.set("at_hash", json!(half_hash("access-2"))),
        "token.binding",
    ),
    (
        "an access token instead",
        |f| *f = user_token(),
        "token.nonce",
    ),
];

const FOR_ACCESS: &[(&str, Change, &str)] = &[
    ("an ID token instead", |f| *f = id_token(), "token.kind"),
    ("no scope", |f| f.drop("scp"), "token.scope"),
    (
        "another scope",
        |f| f.set("scp", json!("openid profile")),
        "token.scope",
    ),
    (
        "a scope that only begins alike",
        |f| f.set("scp", json!("access.read accessx")),
        "token.scope",
    ),
    (
        "a person's roles without a scope",
        |f| {
            f.drop("scp");
            f.set("roles", json!(["Syncline.Automation"]));
        },
        "token.scope",
    ),
    (
        "a workload without a role",
        |f| {
            f.set("idtyp", json!("app"));
            f.drop("scp");
            f.drop("roles");
        },
        "token.scope",
    ),
    (
        "a workload with a person's role",
        |f| {
            f.set("idtyp", json!("app"));
            f.drop("scp");
            f.set("roles", json!(["Syncline.Owner"]));
        },
        "token.scope",
    ),
    (
        "a workload with scope and role",
        |f| {
            f.set("idtyp", json!("app"));
            f.set("roles", json!(["Syncline.Automation"]));
        },
        "token.scope",
    ),
    (
        "an unknown kind",
        |f| f.set("idtyp", json!("device")),
        "token.kind",
    ),
    (
        "roles a text",
        |f| f.set("roles", json!("Syncline.Automation")),
        "token.claims",
    ),
    (
        "the nonce of an ID token kept",
        |f| f.set("nonce", json!("n-1")),
        "token.kind",
    ),
];

fn check(base: fn() -> Forge, expected: &Expected<'_>, cases: &[(&str, Change, &str)]) -> usize {
    for (what, change, code) in cases {
        let mut forge = base();
        change(&mut forge);

        let refusal = judged(&forge, expected).expect_err(what);

        assert_eq!(refusal.code(), *code, "{what}");
    }
    cases.len()
}

#[test]
fn every_forged_id_token_is_refused_for_its_own_reason() {
    let refused = check(id_token, &ID, FOR_ANY) + check(id_token, &ID, FOR_ID);

    assert!(refused >= 90, "{refused}");
}

#[test]
fn every_forged_access_token_is_refused_for_its_own_reason() {
    let refused = check(user_token, &Expected::Access, FOR_ANY)
        + check(user_token, &Expected::Access, FOR_ACCESS);

    assert!(refused >= 90, "{refused}");
}

#[test]
fn a_token_of_a_client_that_is_not_on_the_list_is_refused() {
    let mut rules = rules();
    rules
        .allowed_clients
        .insert("5e9c11de-0000-4000-8000-0000000000d1".into());
    let key = Key {
        kid: "k1".into(),
        issuer: None,
        decoding: pair(0).public.clone(),
    };

    let refusal = judge(&user_token().token(), &key, &rules, &Expected::Access, NOW).unwrap_err();

    assert_eq!(refusal.code(), "token.party");
}
