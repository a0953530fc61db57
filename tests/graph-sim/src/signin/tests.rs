//! Signing in: what is accepted once, and what is not at all.

use super::*;
use crate::{
    Credential,
    options::{Addresses, Domain, Options},
    tenant::Tenant,
};

const TENANT: &str = "3f0c7a52-0000-4000-8000-000000000001";
const CLIENT: &str = "9e0c7a52-0000-4000-8000-000000000002";
const NOW: i64 = 1_774_944_000;

fn endpoint() -> String {
    format!("http://login.test/{TENANT}/oauth2/v2.0/token")
}

fn world(credential: &Credential) -> World {
    let addresses = Addresses {
        login: "http://login.test".to_owned(),
        ..Addresses::default()
    };
    let mut world = World::new(&Options::stopped(1), addresses);
    let domains = vec![Domain::verified("contoso.test")];
    let mut tenant = Tenant::new(TENANT.to_owned(), domains, 1, 1);
    let roles = ["User.Read.All".to_owned()];
    tenant
        .grants
        .insert(CLIENT.to_owned(), roles.into_iter().collect());
    world.tenants.insert(TENANT.to_owned(), tenant);
    let certificate = Certificate::from_pem(credential.certificate_pem()).unwrap();
    let application = world.applications.entry(CLIENT.to_owned()).or_default();
    application.certificates.push(certificate);
    world
}

fn ask(world: &mut World, tenant: &str, client: &str, assertion: &str) -> (u16, Value) {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = [
        field("grant_type", "client_credentials"),
        field("client_id", client),
        field("scope", "https://graph.microsoft.com/.default"),
        field("client_assertion_type", ASSERTION_TYPE),
        field("client_assertion", assertion),
    ];
    token(world, tenant, &form)
}

#[test]
fn a_right_assertion_gives_a_token_with_the_granted_roles_and_only_once() {
    let credential = Credential::generate();
    let mut world = world(&credential);
    let assertion = credential.assertion(CLIENT, &endpoint(), NOW, "one");

    let (status, body) = ask(&mut world, TENANT, CLIENT, &assertion);

    assert_eq!((status, &body["expires_in"]), (200, &json!(TOKEN_SECONDS)));
    let access = world
        .keys
        .open(body["access_token"].as_str().unwrap())
        .unwrap();
    assert_eq!(access.tenant, TENANT);
    assert_eq!(access.roles.iter().collect::<Vec<_>>(), ["User.Read.All"]);
    let (status, body) = ask(&mut world, TENANT, CLIENT, &assertion);
    assert_eq!((status, &body["error_codes"][0]), (401, &json!(50_012)));
}

#[test]
fn what_is_wrong_with_an_assertion_has_its_own_number() {
    let credential = Credential::generate();
    let stranger = Credential::generate();
    let mut world = world(&credential);
    let claims = |change: Value| {
        let mut claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": endpoint(),
            "nbf": NOW, "exp": NOW + 300, "jti": "x",
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    };
    let tampered = {
        let signed = credential.sign(&claims(json!({})));
        let other = credential.sign(&claims(json!({ "jti": "y" })));
        let (rest, _) = signed.rsplit_once('.').unwrap();
        let (_, signature) = other.rsplit_once('.').unwrap();
        format!("{rest}.{signature}")
    };
    let under = |header: Value| credential.sign_as(&header, &claims(json!({})));
    let thumbprint = credential.thumbprint();
    for (assertion, number) in [
        (stranger.sign(&claims(json!({}))), 700_027),
        (tampered, 700_027),
        (
            under(json!({ "alg": "RS256", "x5t#S256": thumbprint })),
            700_027,
        ),
        (under(json!({ "alg": "PS256", "x5t": thumbprint })), 700_027),
        (under(json!({ "alg": "PS256" })), 700_027),
        (
            credential.sign(&claims(json!({ "exp": NOW + 86_401 }))),
            700_024,
        ),
        (
            credential.sign(&claims(json!({ "aud": "http://elsewhere.test" }))),
            700_023,
        ),
        (
            credential.sign(&claims(json!({ "exp": NOW - 301, "nbf": NOW - 900 }))),
            700_024,
        ),
        (
            credential.sign(&claims(json!({ "nbf": NOW + 301 }))),
            700_024,
        ),
        (
            credential.sign(&claims(json!({ "sub": "somebody" }))),
            700_021,
        ),
        ("nonsense".to_owned(), 50_027),
    ] {
        let (status, body) = ask(&mut world, TENANT, CLIENT, &assertion);

        assert_eq!(status, 401, "{body}");
        assert_eq!(body["error"], "invalid_client");
        assert_eq!(body["error_codes"][0], number, "{body}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{number}: ")));
    }
}

#[test]
fn an_application_that_is_unknown_or_was_not_consented_to_gets_no_token() {
    let credential = Credential::generate();
    let mut world = world(&credential);
    let assertion = |client, number| credential.assertion(client, &endpoint(), NOW, number);

    let (_, unknown) = ask(&mut world, TENANT, "other", &assertion("other", "1"));
    let (_, nowhere) = ask(&mut world, "nowhere", CLIENT, &assertion(CLIENT, "2"));
    world.tenants.get_mut(TENANT).unwrap().grants.clear();
    let (status, refused) = ask(&mut world, TENANT, CLIENT, &assertion(CLIENT, "3"));

    assert_eq!(unknown["error_codes"][0], 700_016);
    assert_eq!(nowhere["error_codes"][0], 90_002);
    assert_eq!(
        (status, &refused["error_codes"][0]),
        (401, &json!(7_000_229))
    );
}

#[test]
fn a_token_that_was_changed_says_nothing() {
    let keys = Keys::new(1);
    let access = Access {
        tenant: TENANT.to_owned(),
        application: CLIENT.to_owned(),
        roles: BTreeSet::new(),
        number: 7,
        expires: 1_000_000,
    };
    let token = keys.issue(&access, "http://login.test", 0);

    assert_eq!(keys.open(&token), Some(access));
    assert_eq!(Keys::new(2).open(&token), None);
    assert_eq!(keys.open(&token.replacen('.', ".A", 1)), None);
}
