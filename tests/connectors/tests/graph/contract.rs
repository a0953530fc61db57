//! The net itself: what breaks the vendor's contract fails the suite, and a test that does not look fails too.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value as Json, json};
use syncline_graph_sim::{Fault, FaultKind, Reply, request};

use crate::world::World;

/// A token, as the connector gets one.
fn token(world: &World) -> String {
    let endpoint = format!(
        "{}/{}/oauth2/v2.0/token",
        world.simulator.addresses().login,
        world.tenant
    );
    let now = world.control.now().unwrap() / 1_000;
    let assertion = world
        .credential
        .assertion(&world.application, &endpoint, now, "one");
    let form = format!(
        "grant_type=client_credentials&client_id={}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion={assertion}",
        world.application
    );
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let reply = request("POST", &endpoint, &headers, form.as_bytes()).unwrap();
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn send(world: &World, method: &str, target: &str, body: Option<&Json>) -> Reply {
    let url = format!("{}{target}", world.simulator.addresses().graph);
    let bearer = format!("Bearer {}", token(world));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = body.map_or(Vec::new(), |body| body.to_string().into_bytes());
    request(method, &url, &headers, &body).unwrap()
}

/// What a harness says that fails.
fn panics(act: impl FnOnce()) -> String {
    let thrown = catch_unwind(AssertUnwindSafe(act)).expect_err("the harness fails");
    let said = thrown.downcast_ref::<String>().cloned();
    said.or_else(|| thrown.downcast_ref::<&str>().map(|said| (*said).to_owned()))
        .unwrap_or_default()
}

#[test]
fn a_misspelt_request_fails_the_harness_whatever_it_is_answered() {
    let misspelt = json!({"jobTitel": "Analyst"});
    let busy = || Some(FaultKind::Status(503));
    for (method, target, body, fault, code) in [
        (
            "PATCH",
            "/v1.0/users/ada@contoso.test",
            Some(&misspelt),
            None,
            "property.unknown",
        ),
        (
            "PATCH",
            "/v1.0/users/ada@contoso.test",
            Some(&misspelt),
            busy(),
            "property.unknown",
        ),
        (
            "GET",
            "/v1.0/users?$select=jobTitel",
            None,
            None,
            "query.unknown_property",
        ),
        ("GET", "/v1.0/usres", None, None, "operation.undeclared"),
        ("GET", "/v1.0/usres", None, busy(), "operation.undeclared"),
        ("GET", "/beta/users", None, None, "operation.undeclared"),
    ] {
        let world = World::plain(80);
        world.user("ada");
        if let Some(kind) = fault {
            world.control.arm(&Fault::once(kind)).unwrap();
        }

        let reply = send(&world, method, target, body);

        assert!(reply.status >= 400, "{target}: {}", reply.status);
        let violations = world.control.violations().unwrap();
        assert!(violations.requests > 0, "{method} {target}");
        let said = panics(|| world.end());
        assert!(said.contains(code), "{method} {target}: {said}");
    }
}

#[test]
fn a_world_that_nobody_asked_fails_and_so_does_one_that_lacks_nothing_it_said_it_would() {
    let unasked = World::plain(81);
    assert!(panics(|| drop(unasked)).contains("nobody asked"));

    let kept = World::plain(82);
    assert_eq!(
        send(&kept, "GET", "/v1.0/users?$select=id", None).status,
        200
    );
    assert!(panics(|| kept.end_but(&["permission.missing"])).contains("no permission.missing"));

    let cleared = World::plain(83);
    send(&cleared, "GET", "/v1.0/usres", None);
    cleared
        .control
        .call::<Json>("DELETE", "/log", &json!({}))
        .unwrap();
    assert!(panics(|| cleared.end()).contains("cleared"));
}
