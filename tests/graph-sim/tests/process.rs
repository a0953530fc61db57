//! The simulator as a process: signed in, read and written over HTTP, broken off, and gone with its owner.

use serde_json::{Value, json};
use std::{io, time::Instant};
use syncline_graph_sim::{
    Credential, Domain, Fault, FaultKind, Options, Reply, ResetForm, Simulator, request,
};

struct Client {
    simulator: Simulator,
    tenant: String,
    application: String,
    token: String,
}

fn started() -> Simulator {
    let options = Options {
        program: Some(env!("CARGO_BIN_EXE_syncline-graph-sim").into()),
        ..Options::stopped(1)
    };
    Simulator::start(&options).unwrap()
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

impl Client {
    fn new(simulator: Simulator) -> Self {
        let control = simulator.control();
        let tenant = control
            .new_tenant(&[Domain::verified("contoso.test")])
            .unwrap();
        let credential = Credential::generate();
        let application = control.register(&credential).unwrap();
        let roles = [
            "User.ReadWrite.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
        ];
        control.grant(&tenant, &application, &roles).unwrap();
        let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", simulator.addresses().login);
        let now = control.now().unwrap() / 1_000;
        let assertion = credential.assertion(&application, &endpoint, now, "first");
        let body = form(&[
            ("grant_type", "client_credentials"),
            ("client_id", &application),
            ("scope", "https://graph.microsoft.com/.default"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ]);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let reply = request("POST", &endpoint, &headers, body.as_bytes()).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.json());
        let token = reply.json()["access_token"].as_str().unwrap().to_owned();
        Self {
            simulator,
            tenant,
            application,
            token,
        }
    }

    fn send(&self, method: &str, path: &str, body: Option<Value>) -> io::Result<Reply> {
        let url = format!("{}/v1.0{path}", self.simulator.addresses().graph);
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = body.map_or(Vec::new(), |body| body.to_string().into_bytes());
        request(method, &url, &headers, &body)
    }
}

fn user(name: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": name,
        "mailNickname": name,
        "userPrincipalName": format!("{name}@contoso.test"),
        "passwordProfile": { "password": "correct horse battery" },
    })
}

#[test]
fn a_signed_in_client_writes_and_reads_and_the_contract_has_nothing_against_it() {
    let client = Client::new(started());
    let control = client.simulator.control();

    let made = client.send("POST", "/users", Some(user("ada"))).unwrap();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let read = client
        .send(
            "GET",
            "/users/ada%40contoso.test?$select=id,displayName",
            None,
        )
        .unwrap();
    let delta = client
        .send("GET", "/users/delta?$select=displayName", None)
        .unwrap();

    assert_eq!((made.status, read.status), (201, 200));
    assert_eq!(read.json()["id"], json!(id));
    assert_eq!(read.header("date"), Some("Tue, 31 Mar 2026 08:00:00 GMT"));
    assert_eq!(delta.json()["value"][0]["id"], json!(id));
    let log = control.log(0).unwrap();
    assert_eq!(log.len(), 3);
    assert!(
        log.iter()
            .all(|entry| entry.application.as_ref() == Some(&client.application))
    );
    let violations = control.violations().unwrap();
    assert_eq!(
        (violations.requests, violations.answers),
        (0, 0),
        "{log:#?}"
    );
    let snapshot = control.snapshot(&client.tenant).unwrap();
    assert_eq!(snapshot["users"][0]["displayName"], "ada");
}

#[test]
fn connections_break_before_and_after_the_commit_and_bodies_end_early_or_come_slowly() {
    let client = Client::new(started());
    let control = client.simulator.control();
    let arm = |kind| {
        control
            .arm(&Fault::once(kind).on("POST", "/users"))
            .unwrap()
    };
    let people = || {
        control.snapshot(&client.tenant).unwrap()["users"]
            .as_array()
            .unwrap()
            .len()
    };

    arm(FaultKind::DropBefore);
    assert!(client.send("POST", "/users", Some(user("a"))).is_err());
    assert_eq!(people(), 0);
    arm(FaultKind::DropAfter);
    assert!(client.send("POST", "/users", Some(user("b"))).is_err());
    assert_eq!(people(), 1);
    arm(FaultKind::Truncate(20));
    assert!(client.send("POST", "/users", Some(user("c"))).is_err());
    assert_eq!(people(), 2);
    arm(FaultKind::Drip {
        octets: 100,
        pause_ms: 1,
    });
    let dripped = client.send("POST", "/users", Some(user("d"))).unwrap();
    assert_eq!(
        (dripped.status, &dripped.json()["displayName"]),
        (201, &json!("d"))
    );
    assert_eq!(control.armed().unwrap(), []);
}

#[test]
fn others_change_things_meanwhile_and_tokens_are_reset_from_the_control_face() {
    let client = Client::new(started());
    let control = client.simulator.control();
    let made = control.generate(&client.tenant, 30, 2, 5).unwrap();
    let first = made["users"][0].clone();
    let walk = client
        .send("GET", "/users/delta?$select=displayName,jobTitle", None)
        .unwrap();
    let link = walk.json()["@odata.deltaLink"].as_str().unwrap().to_owned();
    let path = link.split_once("/v1.0").unwrap().1;

    let change = json!([{ "do": "update", "id": first, "properties": { "jobTitle": "x" } }]);
    control.mutate(&client.tenant, &change).unwrap();
    let changes = client.send("GET", path, None).unwrap();
    control
        .expire_tokens(&client.tenant, Some("users"), ResetForm::Gone)
        .unwrap();
    let reset = client.send("GET", path, None).unwrap();

    assert_eq!(changes.json()["value"].as_array().unwrap().len(), 1);
    assert_eq!(changes.json()["value"][0]["jobTitle"], "x");
    assert_eq!(reset.status, 410);
    assert!(reset.header("location").unwrap().ends_with("$deltatoken="));
    let error = control.mutate(&client.tenant, &json!([{ "do": "delete", "id": "nobody" }]));
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("There is no object nobody")
    );
}

#[test]
fn a_dropped_simulator_no_longer_answers_and_one_without_a_program_says_so() {
    let simulator = started();
    let address = simulator.addresses().control.clone();
    assert!(request("GET", &format!("{address}/violations"), &[], &[]).is_ok());

    drop(simulator);

    assert!(request("GET", &format!("{address}/violations"), &[], &[]).is_err());
    let missing = Options {
        program: Some("/nowhere/syncline-graph-sim".into()),
        ..Options::default()
    };
    let error = Simulator::start(&missing).unwrap_err().to_string();
    assert!(error.contains("graph_sim.program"), "{error}");
}

#[test]
fn in_this_process_it_answers_as_well_and_bigger_tenants_are_read_quickly() {
    let client = Client::new(Simulator::in_process(&Options::stopped(2)).unwrap());
    let control = client.simulator.control();
    control.generate(&client.tenant, 2_000, 20, 50).unwrap();
    let begun = Instant::now();
    let (mut path, mut rows) = ("/users/delta?$select=displayName".to_owned(), 0);

    loop {
        let page = client.send("GET", &path, None).unwrap().json();
        rows += page["value"].as_array().unwrap().len();
        let Some(next) = page["@odata.nextLink"].as_str() else {
            break;
        };
        path = next.split_once("/v1.0").unwrap().1.to_owned();
    }

    assert_eq!(rows, 2_000);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    assert_eq!(control.violations().unwrap().answers, 0);
}

#[test]
fn a_tenant_is_made_once_and_what_was_counted_against_the_contract_stays_counted() {
    let client = Client::new(started());
    let control = client.simulator.control();
    let again = json!({ "id": client.tenant, "domains": [Domain::verified("else.test")] });

    let refused = control.call::<Value>("POST", "/tenants", &again);
    let outside = format!("{}/beta/users?$top=1", client.simulator.addresses().graph);
    let beta = request("GET", &outside, &[], &[]).unwrap();
    let misspelt = client.send("GET", "/usres", None).unwrap();
    let before = control.violations().unwrap();
    let log = control.log(0).unwrap();
    control.call::<Value>("DELETE", "/log", &json!({})).unwrap();

    assert!(refused.unwrap_err().to_string().contains(" 409 "));
    assert_eq!((beta.status, misspelt.status), (400, 404));
    assert_eq!(log[0].path, "/beta/users");
    for entry in &log {
        assert_eq!(entry.request_violations.len(), 1);
        assert!(entry.request_violations[0].ends_with("(operation.undeclared)"));
    }
    assert_eq!(before.requests, 2);
    assert_eq!(control.violations().unwrap(), before);
    assert_eq!(control.log(0).unwrap(), []);
}

#[test]
fn a_snapshot_is_a_seed_and_keeps_who_masters_what() {
    let client = Client::new(started());
    let control = client.simulator.control();
    let id = "00000000-0000-4000-8000-00000000000a";
    let seed = json!({ "users": [
        { "id": id, "displayName": "ada", "userPrincipalName": "ada@contoso.test",
          "onPremisesSyncEnabled": true, "@cloudManaged": true, "@exchangeMasters": ["mail"] },
        { "displayName": "bob", "userPrincipalName": "bob@contoso.test" },
    ] });
    control.seed(&client.tenant, &seed).unwrap();
    let shown = control.snapshot(&client.tenant).unwrap();

    let other = control
        .new_tenant(&[Domain::verified("contoso.test")])
        .unwrap();
    let taken = json!({ "users": shown["users"] });
    control.seed(&other, &taken).unwrap();

    let users = shown["users"].as_array().unwrap();
    let ada = users.iter().find(|user| user["id"] == id).unwrap();
    let bob = users.iter().find(|user| user["id"] != id).unwrap();
    assert_eq!(ada["@cloudManaged"], true);
    assert_eq!(ada["@exchangeMasters"], json!(["mail"]));
    assert!(bob.get("@cloudManaged").is_none() && bob.get("@exchangeMasters").is_none());
    assert_eq!(control.snapshot(&other).unwrap(), shown);
}
