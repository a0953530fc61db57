//! The identity provider as a fixture; its protocol is tested in `infra/dev-idp`.

use std::{
    io::{Read, Write},
    net::TcpStream,
};
use syncline_lab::{DevIdp, DevIdpOptions};

fn get(origin: &str, path: &str) -> std::io::Result<String> {
    let host = origin.trim_start_matches("http://");
    let mut connection = TcpStream::connect(host)?;
    write!(connection, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn two_providers_run_side_by_side_and_name_their_tenants_and_users() {
    let first = DevIdp::start(&DevIdpOptions::default()).unwrap();
    let second = DevIdp::start(&DevIdpOptions::default()).unwrap();

    let metadata = get(
        &first.about().origin,
        "/organizations/v2.0/.well-known/openid-configuration",
    )
    .unwrap();

    assert_ne!(first.about().origin, second.about().origin);
    assert!(metadata.contains("{tenantid}"), "{metadata}");
    assert_eq!(
        first.user("ada.byron@contoso.test").tid,
        first.about().tenants[0].tid
    );
    assert!(first.about().client.secret.is_some());
}

#[test]
fn a_dropped_provider_no_longer_answers() {
    let idp = DevIdp::start(&DevIdpOptions::default()).unwrap();
    let origin = idp.about().origin.clone();
    assert!(get(&origin, "/organizations/discovery/v2.0/keys").is_ok());

    drop(idp);

    assert!(get(&origin, "/organizations/discovery/v2.0/keys").is_err());
}
