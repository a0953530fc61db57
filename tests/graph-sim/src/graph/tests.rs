//! Reads, quotas, permissions and faults, as one request after another meets them.

use super::*;
use crate::{
    fault::Fault,
    options::Size,
    testing::{APPLICATION, Bench, TENANT, body, code, group, header, id, message, user},
};

#[test]
fn a_list_comes_in_pages_filtered_ordered_and_counted() {
    let mut bench = Bench::new();
    for name in ["carol", "ada", "bob", "adam"] {
        bench.user(name);
    }
    let eventual = [("ConsistencyLevel", "eventual")];
    let names = |answer: &Answer| {
        let rows = body(answer)["value"].as_array().unwrap();
        let names = rows
            .iter()
            .map(|row| row["displayName"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };

    let first = bench.get("/users?$select=displayName&$top=3");
    let next = body(&first)["@odata.nextLink"].as_str().unwrap().to_owned();
    let second = bench.get(&next);
    let ordered = bench.get("/users?$select=displayName&$orderby=displayName desc&$top=3");
    let filter = "/users?$select=displayName&$filter=startswith(displayName,'ad')&$count=true&$orderby=displayName";
    let counted = bench.send("GET", filter, &eventual, None);
    let searched = bench.send("GET", "/users?$search=\"displayName:bo\"", &eventual, None);
    let count = bench.send("GET", "/users/$count", &eventual, None);

    let mut all = [names(&first), names(&second)].concat();
    all.sort();
    assert_eq!(all, ["ada", "adam", "bob", "carol"]);
    assert_eq!(names(&ordered), ["carol", "bob", "adam"]);
    assert!(body(&ordered)["@odata.nextLink"].is_string());
    assert_eq!(names(&counted), ["ada", "adam"]);
    assert_eq!(body(&counted)["@odata.count"], 2);
    assert_eq!(names(&searched), ["bob"]);
    assert_eq!(count.text.as_deref(), Some("4"));
}

#[test]
fn advanced_queries_need_the_header_and_the_count() {
    let mut bench = Bench::new();
    let eventual = [("ConsistencyLevel", "eventual")];
    let query = "/users?$filter=displayName ne 'x'";

    let plain = bench.get(query);
    let header_only = bench.send("GET", query, &eventual, None);
    let both = bench.send("GET", &format!("{query}&$count=true"), &eventual, None);
    let search = bench.get("/users?$search=\"displayName:x\"");
    let ordered = bench.get("/users?$filter=displayName eq 'x'&$orderby=displayName");

    for refused in [&plain, &header_only, &search, &ordered] {
        assert_eq!(
            (refused.status, code(refused)),
            (400, "Request_UnsupportedQuery")
        );
    }
    assert_eq!(both.status, 200);
}

#[test]
fn a_new_object_is_not_found_until_the_replica_has_it_and_eventual_reads_wait_longest() {
    let mut bench = Bench::new();
    bench.tenant().store.set_lags(&[1_000, 1_000, 60_000]);
    let ada = bench.user("ada");
    let path = format!("/users/{ada}");
    let count = |bench: &mut Bench| {
        let eventual = [("ConsistencyLevel", "eventual")];
        bench
            .send("GET", "/users/$count", &eventual, None)
            .text
            .unwrap()
    };

    assert_eq!(bench.get(&path).status, 404);
    bench.advance(1_000);
    let statuses: Vec<u16> = (0..40).map(|_| bench.get(&path).status).collect();
    assert!(
        statuses.contains(&200) && statuses.contains(&404),
        "{statuses:?}"
    );
    assert_eq!(count(&mut bench), "0");
    // A write is judged by the primary, unless the switch has it otherwise.
    let change = || json!({ "jobTitle": "x" });
    assert_eq!(bench.patch(&path, change()).status, 204);
    bench.advance(60_000);
    assert_eq!(bench.get(&path).status, 200);
    assert_eq!(count(&mut bench), "1");
    bench.tenant().switches.writes_look_in_replicas = true;
    let new = bench.user("new");
    assert_eq!(bench.patch(&format!("/users/{new}"), change()).status, 404);
}

#[test]
fn what_no_permission_grants_or_nobody_simulates_is_said_so() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let ada = bench.user("ada");

    let contact = bench.delete(&format!("/contacts/{ada}"));
    let nonsense = bench.get("/usres");
    let method = bench.send("PUT", "/users", &[], Some(json!({})));
    let mail = bench.get(&format!("/users/{ada}/licenseDetails"));
    bench.roles = vec!["User.Read.All".to_owned()];
    let denied = bench.post("/users", user("grace"));
    let read = bench.get(&format!("/users/{ada}"));

    assert_eq!(
        (contact.status, nonsense.status, method.status),
        (405, 404, 405)
    );
    assert_eq!((mail.status, code(&mail)), (501, "NotImplemented"));
    assert!(message(&mail).contains("does not simulate"));
    assert_eq!(
        (denied.status, code(&denied)),
        (403, "Authorization_RequestDenied")
    );
    assert_eq!(read.status, 200);
}

#[test]
fn tokens_are_refused_in_each_of_their_ways() {
    let mut bench = Bench::new();
    let anonymous = Incoming::new("GET", "/users", Vec::new(), crate::request::Payload::None);
    let nobody = serve(&mut bench.world, &anonymous).answer;
    let old = bench.token();
    let with = |bench: &mut Bench, token: &str| {
        let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
        let request = Incoming::new("GET", "/users", headers, crate::request::Payload::None);
        serve(&mut bench.world, &request).answer
    };
    let forged = with(&mut bench, "a.b.c");
    bench
        .world
        .applications
        .entry(APPLICATION.to_owned())
        .or_default();
    bench
        .world
        .faults
        .arm(Fault::once(FaultKind::ClaimsChallenge));
    let challenged = with(&mut bench, &old);
    let still = with(&mut bench, &old);
    let new = bench.get("/users");
    bench.advance(3_600_000);
    let expired = with(&mut bench, &old);

    for answer in [&nobody, &forged, &challenged, &still, &expired] {
        assert_eq!(
            (answer.status, code(answer)),
            (401, "InvalidAuthenticationToken")
        );
    }
    let challenge = header(&challenged, "WWW-Authenticate").unwrap();
    assert!(challenge.contains("insufficient_claims") && challenge.contains("claims=\""));
    assert!(
        header(&still, "WWW-Authenticate")
            .unwrap()
            .contains("claims=\"")
    );
    assert_eq!(new.status, 200);
    assert!(message(&expired).contains("expired"));
}

#[test]
fn costs_and_quotas_show_in_the_headers() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let staff = bench.group("staff");
    for (path, units) in [
        ("/users".to_owned(), "2"),
        ("/users?$select=id".to_owned(), "1"),
        ("/users?$select=id&$top=5".to_owned(), "1"),
        (format!("/users/{ada}"), "1"),
        (format!("/users/{ada}?$expand=manager"), "2"),
        (format!("/groups/{staff}/members"), "3"),
    ] {
        let answer = bench.get(&path);
        assert_eq!(header(&answer, "x-ms-resource-unit"), Some(units), "{path}");
    }
    bench.tenant().throttle.size = Some(Size::S);
    let path = format!("/groups/{staff}/members");
    let mut told = None;
    let throttled = (0..2_000).find_map(|_| {
        let answer = bench.world_read(&path);
        let share = header(&answer, "x-ms-throttle-limit-percentage").map(str::to_owned);
        told = told.take().or(share);
        (answer.status == 429).then_some(answer)
    });
    let throttled = throttled.unwrap();

    assert_eq!(told.as_deref(), Some("0.8"));
    assert_eq!(header(&throttled, "Retry-After"), Some("1"));
    assert_eq!(
        header(&throttled, "x-ms-throttle-information"),
        Some("ResourceUnitLimitExceeded")
    );
    let scope = format!("Tenant_Application/ReadWrite/{APPLICATION}/{TENANT}");
    assert_eq!(
        header(&throttled, "x-ms-throttle-scope"),
        Some(scope.as_str())
    );
    bench.advance(10_000);
    assert_eq!(bench.get(&path).status, 200);
}

#[test]
fn a_fault_before_the_operation_leaves_nothing_and_one_after_it_leaves_the_object() {
    let mut bench = Bench::new();
    for (kind, manner, status, is_there) in [
        (FaultKind::DropBefore, Manner::Dropped, None, false),
        (FaultKind::DropAfter, Manner::Dropped, None, true),
        (
            FaultKind::Truncate(10),
            Manner::Truncated(10),
            Some(201),
            true,
        ),
        (FaultKind::Status(503), Manner::Whole, Some(503), false),
        (FaultKind::StatusAfter(504), Manner::Whole, Some(504), true),
        (
            FaultKind::Drip {
                octets: 3,
                pause_ms: 1,
            },
            Manner::Dripped {
                octets: 3,
                pause_ms: 1,
            },
            Some(201),
            true,
        ),
    ] {
        let name = format!("{kind:?}")
            .to_lowercase()
            .replace(|c: char| !c.is_alphanumeric(), "");
        bench.world.faults.arm(Fault::once(kind));

        let delivery = bench.deliver("POST", "/users", &[], Some(user(&name)));

        assert_eq!(delivery.manner, manner);
        let entry = bench.world.record.since(0).pop().unwrap().clone();
        assert_eq!((entry.status, entry.fault.is_some()), (status, true));
        let read = bench.get(&format!("/users/{name}@contoso.test"));
        assert_eq!(read.status == 200, is_there, "{name}");
    }
}

#[test]
fn links_can_lead_to_another_host_and_clocks_can_be_wrong() {
    let mut bench = Bench::new();
    bench.user("ada");
    bench.user("grace");
    bench.world.faults.arm(Fault::once(FaultKind::ForeignLink(
        "https://evil.test".to_owned(),
    )));

    let page = bench.get("/users?$top=1");
    bench.world.clock.set_skew(-3_600_000);
    let refused = bench.get("/users/nobody");

    let link = body(&page)["@odata.nextLink"].as_str().unwrap();
    assert!(link.starts_with("https://evil.test/v1.0/users?"), "{link}");
    assert_eq!(
        body(&refused)["error"]["innerError"]["date"],
        "2026-03-31T07:00:00Z"
    );
}

#[test]
fn the_tenant_itself_can_be_read_and_objects_by_their_ids() {
    let mut bench = Bench::new();
    let (ada, staff) = (
        bench.user("ada"),
        id(&bench.post("/groups", group("staff"))),
    );

    let organization = bench.get("/organization");
    let domains = bench.get("/domains");
    let found = bench.post(
        "/directoryObjects/getByIds",
        json!({ "ids": [ada, staff, "x"], "types": ["user"] }),
    );
    let one = bench.get(&format!("/directoryObjects/{staff}"));

    assert_eq!(body(&organization)["value"][0]["id"], TENANT);
    assert_eq!(
        body(&domains)["value"][1]["authenticationType"],
        "Federated"
    );
    assert_eq!(body(&found)["value"].as_array().unwrap().len(), 1);
    assert_eq!(body(&one)["@odata.type"], "#microsoft.graph.group");
}

#[test]
fn one_seed_reproduces_a_run() {
    let run = |seed| {
        let mut bench = Bench::with_seed(seed);
        bench.tenant().scatter_lags(5_000);
        let mut fault = Fault::always(FaultKind::Status(500));
        fault.rate = 0.2;
        bench.world.faults.arm(fault);
        let mut answers = Vec::new();
        for n in 0..30 {
            let made = bench.post("/users", user(&format!("u{n}")));
            let path = format!("/users/{}", id(&made));
            bench.advance(1_000);
            answers.extend([made, bench.get(&path)]);
        }
        answers
    };

    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn contacts_are_read_walked_and_never_written() {
    let mut bench = Bench::new();
    bench.lenient = true;
    let staff = bench.group("staff");
    let now = bench.world.clock.now();
    let contact = json!({ "displayName": "Supplier", "mail": "s@supplier.test", "phones": [] });
    let contact = contact.as_object().cloned().unwrap();
    let contact = crate::control::put_object(bench.tenant(), Class::Contact, contact, now).unwrap();

    let read = bench.get(&format!("/contacts/{contact}"));
    let found = bench.get("/contacts?$filter=startswith(displayName,'Supp')&$select=id");
    let walk = bench.get("/contacts/delta?$select=displayName");
    let added = bench.add_member(&staff, &contact);
    let members = bench.get(&format!(
        "/groups/{staff}/members/microsoft.graph.orgContact"
    ));

    assert_eq!(body(&read)["mail"], "s@supplier.test");
    assert_eq!(body(&found)["value"], json!([{ "id": &*contact }]));
    assert_eq!(
        body(&walk)["value"],
        json!([{ "id": &*contact, "displayName": "Supplier" }])
    );
    assert_eq!((added.status, members.status), (204, 200));
    assert_eq!(body(&members)["value"][0]["id"], json!(&*contact));
    for method in ["PATCH", "DELETE"] {
        let path = format!("/contacts/{contact}");
        let answer = bench.send(method, &path, &[], Some(json!({ "displayName": "x" })));
        assert_eq!(answer.status, 405, "{method}");
    }
    assert_eq!(
        bench
            .post("/contacts", json!({ "displayName": "x" }))
            .status,
        405
    );
}
