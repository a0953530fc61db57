//! A template is looked at, used and changed, by the public API: what the preview counts is what the what-if shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use syncline_api_tests::StackOptions;
use syncline_graph_sim::Domain;
use syncline_lab::{DataSet, Scope};
use syncline_tests::World;
use syncline_tests::entra::{CLOUD, DOMAIN, Entra};
use syncline_tests::world::{count, found};

/// What the preview says of one type: read and written.
fn rows(preview: &Value, object_type: &str) -> (Value, Value) {
    let of = |list: &str| {
        let rows = preview[list].as_array().cloned().unwrap_or_default();
        rows.into_iter()
            .find(|row| row["type"] == object_type)
            .unwrap_or_default()
    };
    (of("sources"), of("targets"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_of_a_template_counts_what_the_what_if_of_its_profile_shows() {
    let world = World::start(DataSet::Small).await.unwrap();
    let base = world.lab.fabrikam.base_dn();
    let templates = world.all("templates").await.unwrap();
    let ids: Vec<&str> = templates.iter().filter_map(|t| t["id"].as_str()).collect();
    assert_eq!(ids, ["ad-to-entra", "ad-to-ad", "entra-to-entra"]);
    let fill = json!({"name": "From a template",
        "directories": {"source": world.contoso, "target": world.fabrikam},
        "parameters": {"container": format!("OU=Existing,{base}"), "groups_container": format!("OU=Synced,{base}"),
            "contacts_container": format!("OU=Synced,{base}"), "upn_suffix": "fabrikam.test"}});

    // Before anything was imported it says so, and counts nothing.
    let early = world
        .post("templates/ad-to-ad/preview", &fill)
        .await
        .unwrap();
    assert_eq!(early["diagnostics"], json!([]), "{early:#}");
    assert_eq!(
        early["not_imported"].as_array().map(Vec::len),
        Some(2),
        "{early:#}"
    );

    world.import(&world.contoso, "full").await.unwrap();
    world.import(&world.fabrikam, "full").await.unwrap();
    let preview = world
        .post("templates/ad-to-ad/preview", &fill)
        .await
        .unwrap();
    assert_eq!(preview["not_imported"], json!([]), "{preview:#}");
    assert_eq!(preview["unread"], json!([]), "{preview:#}");
    assert_eq!(preview["left_out"], json!([]), "{preview:#}");
    let (read, written) = rows(&preview, "user");
    let (in_scope, present) = (
        read["in_scope"].as_i64().unwrap(),
        read["present"].as_i64().unwrap(),
    );
    assert!(in_scope > 100 && in_scope <= present, "{read:#}");
    assert!(written["created"].as_i64() > Some(50), "{written:#}");
    assert!(written["matched"].as_i64() > Some(0), "{written:#}");
    assert_eq!(world.all("profiles").await.unwrap(), Vec::<Value>::new());

    let profile = world.post("templates/ad-to-ad/adopt", &fill).await.unwrap();
    assert_eq!(
        profile["document"]["template"],
        json!({"id": "ad-to-ad", "version": 1})
    );
    assert_eq!(profile["state"], "needs-review", "{profile:#}");
    assert_eq!(profile["document"]["name"], "From a template");
    let id = profile["id"].as_str().unwrap();
    let synced = world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    assert_eq!(synced["state"], "succeeded", "{synced:#}");
    let what_if = world.what_if(id).await.unwrap();
    for object_type in ["user", "group", "contact"] {
        let (_, written) = rows(&preview, object_type);
        let added = count(&what_if, object_type, "add");
        assert_eq!(
            written["created"].as_i64(),
            Some(added),
            "{object_type}: {written:#}"
        );
    }
    let matched: i64 = ["user", "group", "contact"]
        .iter()
        .filter_map(|t| rows(&preview, t).1["matched"].as_i64())
        .sum();
    assert_eq!(
        found(&what_if, "matched"),
        matched,
        "{:#}",
        what_if["findings"]
    );

    // It is an ordinary profile: changed like any other, and kept as a template of the tenant's own.
    let mut document = profile["document"].clone();
    document["outbound"][0]["flows"]
        .as_array_mut()
        .unwrap()
        .retain(|flow| flow["to"] != "title");
    let saved = world
        .put(&format!("profiles/{id}"), 1, &document)
        .await
        .unwrap();
    assert_eq!(saved["version"], 2);
    let own =
        json!({"profile": id, "title": "Ours", "purpose": "migration", "summary": "As we do it."});
    let own = world.post("templates", &own).await.unwrap();
    assert_eq!(
        (own["own"].as_bool(), own["title"].as_str()),
        (Some(true), Some("Ours")),
        "{own:#}"
    );
    let own = own["id"].as_str().unwrap();
    assert_eq!(world.all("templates").await.unwrap().len(), 4);
    let fill = json!({"directories": {"source": world.contoso, "target": world.fabrikam}});
    let again = world
        .post(&format!("templates/{own}/adopt"), &fill)
        .await
        .unwrap();
    assert_eq!(again["name"], "Ours");
    assert_eq!(
        again["document"]["outbound"][0]["flows"],
        saved["document"]["outbound"][0]["flows"]
    );

    world.stop().await;
}

/// The id that `objectGUID` of this account gives a cloud account.
fn immutable_id(world: &World, account: &str) -> String {
    let tools = world.lab.contoso.administrator().unwrap();
    let filter = format!("(sAMAccountName={account})");
    let base = world.lab.contoso.base_dn();
    let found = tools
        .search(base, Scope::Subtree, &filter, &["objectGUID"])
        .unwrap();
    let octets = found[0].values("objectGUID").next().unwrap().to_vec();
    STANDARD.encode(octets)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_for_entra_takes_over_creates_and_then_rests() {
    let mut entra = Entra::start(21).unwrap();
    let options = StackOptions {
        clouds: vec![entra.cloud().unwrap()],
        ..StackOptions::default()
    };
    let world = World::start_with(DataSet::Small, options).await.unwrap();
    // Somebody has an account in the cloud already, under his old title and with no immutable id.
    let person = DataSet::Small.story().edited;
    let there = json!({"displayName": "Old", "accountEnabled": true, "jobTitle": "Old",
        "mailNickname": person.account, "userPrincipalName": format!("{}@{DOMAIN}", person.account)});
    let control = entra.control();
    tokio::task::block_in_place(|| control.seed(&entra.tenant, &json!({"users": [there]})))
        .unwrap();
    let directory = entra.connect(&world).await.unwrap();
    world.import(&world.contoso, "full").await.unwrap();
    world.import(&directory, "full").await.unwrap();
    let mut fill = json!({"directories": {"source": world.contoso, "target": directory},
        "parameters": {"upn_suffix": DOMAIN, "usage_location": "GB", "on_leave": "delete"}});

    // He is taken over only if a person chooses so.
    let cautious = world
        .post("templates/ad-to-entra/preview", &fill)
        .await
        .unwrap();
    assert_eq!(rows(&cautious, "user").1["matched"], 0, "{cautious:#}");
    fill["parameters"]["soft_match"] = json!(true);
    let preview = world
        .post("templates/ad-to-entra/preview", &fill)
        .await
        .unwrap();
    let (_, written) = rows(&preview, "user");
    assert_eq!(written["matched"], 1, "{preview:#}");
    let profile = world
        .post("templates/ad-to-entra/adopt", &fill)
        .await
        .unwrap();
    let profile = profile["id"].as_str().unwrap();
    entra.grant(&world, &directory).await.unwrap();
    let synced = world
        .cycle(&json!({"policy": "initial", "exports": "suppress"}))
        .await
        .unwrap();
    assert_eq!(synced["state"], "succeeded", "{synced:#}");
    let what_if = world.what_if(profile).await.unwrap();
    let people = count(&what_if, "user", "add");
    assert!(people > 100, "{:#}", what_if["counts"]);
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(
        cycle["state"],
        "succeeded",
        "{cycle:#}\n{:#?}",
        entra.refused().unwrap()
    );

    let held = entra.snapshot().unwrap();
    let users = held["users"].as_array().unwrap();
    assert_eq!(users.len() as i64, people + 1, "one was taken over");
    let of = |account: &str| {
        let name = format!("{account}@{DOMAIN}");
        let user = users.iter().find(|u| u["userPrincipalName"] == name);
        user.unwrap_or_else(|| panic!("{name} is missing"))
    };
    let taken_over = of(&person.account);
    assert_ne!(taken_over["jobTitle"], "Old", "{taken_over:#}");
    assert_eq!(
        taken_over["onPremisesImmutableId"],
        immutable_id(&world, &person.account)
    );
    let second = world.cycle(&json!({})).await.unwrap();
    assert_eq!(second["changes"], 0, "{second:#}");
    entra.no_violation().unwrap();
    world.stop().await;
}

/// The domain of the second directory tenant.
const ELSEWHERE: &str = "fabrikam.example";

/// A second directory tenant of the simulated cloud, connected as a directory of the world.
struct Second {
    tenant: String,
    client: String,
    directory: String,
}

impl Second {
    async fn connect(entra: &Entra, world: &World) -> Self {
        let control = entra.control();
        let (tenant, client) = tokio::task::block_in_place(|| {
            let tenant = control.new_tenant(&[Domain::verified(ELSEWHERE)]).unwrap();
            let made: Value = control.call("POST", "/apps", &json!({})).unwrap();
            (tenant, made["id"].as_str().unwrap().to_owned())
        });
        let body = json!({"name": "Fabrikam in Entra", "kind": "entra-id", "settings": {
            "poll_seconds": 5,
            "cloud": {"cloud": CLOUD, "tenant": tenant, "client_id": client}}});
        let made = world.post("directories", &body).await.unwrap();
        let pem = made["cloud"]["certificate"]["pem"].as_str().unwrap();
        let uploaded = json!({"id": client, "certificates": [pem]});
        tokio::task::block_in_place(|| control.call::<Value>("POST", "/apps", &uploaded)).unwrap();
        let directory = made["id"].as_str().unwrap().to_owned();
        let second = Self {
            tenant,
            client,
            directory,
        };
        second.grant(entra, world).await;
        second
    }

    /// Grants what the directory says it needs, and has it checked.
    async fn grant(&self, entra: &Entra, world: &World) {
        let path = format!("directories/{}", self.directory);
        let about = world.get(&path).await.unwrap();
        let needed = about["cloud"]["permissions"].as_array().unwrap();
        let names: Vec<&str> = needed.iter().filter_map(|p| p["name"].as_str()).collect();
        let control = entra.control();
        tokio::task::block_in_place(|| control.grant(&self.tenant, &self.client, &names)).unwrap();
        let checked = world
            .post(&format!("{path}/check"), &json!({}))
            .await
            .unwrap();
        assert_eq!(checked["cloud"]["ready"], true, "{:#}", checked["cloud"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_between_tenants_copies_members_and_groups_once_and_no_copies() {
    let mut entra = Entra::start(22).unwrap();
    let options = StackOptions {
        clouds: vec![entra.cloud().unwrap()],
        ..StackOptions::default()
    };
    let world = World::start_with(DataSet::Small, options).await.unwrap();
    let id = |n: u8| format!("00000000-0000-4000-8000-0000000000{n:02}");
    let person = |n: u8, name: &str| {
        json!({"id": id(n), "displayName": name, "mailNickname": name, "accountEnabled": true,
            "userPrincipalName": format!("{name}@{DOMAIN}"), "userType": "Member", "employeeId": format!("E{n}"),
            "usageLocation": "GB", "securityIdentifier": format!("S-1-12-1-{n}")})
    };
    let group = |n: u8, name: &str| {
        json!({"id": id(n), "displayName": name, "mailNickname": name, "mailEnabled": false, "groupTypes": [],
            "securityEnabled": true, "securityIdentifier": format!("S-1-12-1-{n}"), "members": [id(1), id(2)]})
    };
    let with = |mut object: Value, name: &str, value: Value| {
        object[name] = value;
        object
    };
    let marked = |object: Value| {
        let attributes = json!({"extensionAttribute15": "S-1-12-1-99"});
        with(object, "onPremisesExtensionAttributes", attributes)
    };
    // Two members, one of them the other's manager, a guest, and what somebody else's profile copied here.
    let users = [
        with(person(1, "ada"), "manager", id(2).into()),
        person(2, "bob"),
        with(person(3, "gus"), "userType", "Guest".into()),
        marked(person(4, "cid")),
    ];
    let groups = [group(11, "sailors"), marked(group(12, "copied"))];
    let source = json!({"users": users, "groups": groups});
    let second = {
        let control = entra.control();
        tokio::task::block_in_place(|| control.seed(&entra.tenant, &source)).unwrap();
        Second::connect(&entra, &world).await
    };
    // One of them has an account in the target already.
    let there = json!({"users": [{"displayName": "Bob of old", "mailNickname": "bob.old", "accountEnabled": true,
        "userPrincipalName": format!("bob.old@{ELSEWHERE}"), "userType": "Member", "employeeId": "E2"}]});
    let control = entra.control();
    tokio::task::block_in_place(|| control.seed(&second.tenant, &there)).unwrap();
    let first = entra.connect(&world).await.unwrap();
    world.import(&first, "full").await.unwrap();
    world.import(&second.directory, "full").await.unwrap();
    let fill = json!({"directories": {"source": first, "target": second.directory},
        "parameters": {"domain": ELSEWHERE, "on_leave": "delete"}});

    let adopt = "templates/entra-to-entra/adopt";
    let profile = world.post(adopt, &fill).await.unwrap();
    let profile = profile["id"].as_str().unwrap();
    entra.grant(&world, &first).await.unwrap();
    second.grant(&entra, &world).await;
    let full = json!({"policy": "initial", "exports": "suppress"});
    let synced = world.cycle(&full).await.unwrap();
    assert_eq!(synced["state"], "succeeded", "{synced:#}");
    let what_if = world.what_if(profile).await.unwrap();
    assert_eq!(
        (
            count(&what_if, "user", "add"),
            count(&what_if, "user", "update"),
            count(&what_if, "group", "add")
        ),
        (1, 1, 1),
        "{:#}",
        what_if["counts"]
    );
    // It says what the profile needs where, and that all of it is granted.
    let needed = what_if["permissions"].as_array().unwrap();
    let mut of: Vec<&str> = needed
        .iter()
        .filter_map(|n| n["directory"].as_str())
        .collect();
    of.sort_unstable();
    let mut both = [first.as_str(), second.directory.as_str()];
    both.sort_unstable();
    assert_eq!(of, both, "{needed:#?}");
    for one in needed {
        let permissions = one["permissions"].as_array().unwrap();
        let writes = |p: &Value| {
            p["name"]
                .as_str()
                .is_some_and(|name| name.contains("Write"))
        };
        assert_eq!(
            permissions.iter().any(writes),
            one["directory"] != first.as_str(),
            "{one:#}"
        );
        assert!(
            permissions.iter().all(|p| p["grant"] == "granted"),
            "{one:#}"
        );
    }
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(
        cycle["state"],
        "succeeded",
        "{cycle:#}\n{:#?}",
        entra.refused().unwrap()
    );

    let held = tokio::task::block_in_place(|| control.snapshot(&second.tenant)).unwrap();
    let users = held["users"].as_array().unwrap();
    assert_eq!(users.len(), 2, "no guest and no copy: {users:#?}");
    let of = |employee: &str| users.iter().find(|u| u["employeeId"] == employee).unwrap();
    let (ada, bob) = (of("E1"), of("E2"));
    assert_eq!(ada["userPrincipalName"], format!("ada@{ELSEWHERE}"));
    assert_eq!(ada["accountEnabled"], false, "until cut-over: {ada:#}");
    assert_eq!(ada["manager"], bob["id"], "{ada:#}");
    assert_eq!(bob["accountEnabled"], true, "{bob:#}");
    assert_eq!(bob["displayName"], "bob");
    for (person, sid) in [(ada, "S-1-12-1-1"), (bob, "S-1-12-1-2")] {
        let marker = &person["onPremisesExtensionAttributes"]["extensionAttribute15"];
        assert_eq!(marker, sid, "{person:#}");
        assert_eq!(person["onPremisesImmutableId"], Value::Null, "{person:#}");
    }
    let groups = held["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{groups:#?}");
    assert_eq!(groups[0]["displayName"], "sailors");
    assert_eq!(groups[0]["members"].as_array().map(Vec::len), Some(2));
    let again = world.cycle(&json!({})).await.unwrap();
    assert_eq!(again["changes"], 0, "{again:#}");

    // The other way round nothing of it is in scope: what carries the marker came from here.
    let back = json!({"directories": {"source": second.directory, "target": first},
        "parameters": {"domain": DOMAIN}});
    let preview = "templates/entra-to-entra/preview";
    let preview = world.post(preview, &back).await.unwrap();
    for (object_type, present) in [("user", 2), ("group", 1)] {
        let (read, _) = rows(&preview, object_type);
        assert_eq!(
            (&read["present"], &read["in_scope"]),
            (&json!(present), &json!(0)),
            "{object_type}: {preview:#}"
        );
    }
    entra.no_violation().unwrap();
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_filled_in_is_refused_by_name_and_code() {
    let world = World::start(DataSet::Small).await.unwrap();
    let refused = async |path: &str, body: Value| {
        let answer = world.browser.post(&world.path(path), &body).await;
        let errors = answer.json["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let at: Vec<String> = errors
            .iter()
            .map(|e| format!("{} {}", e["at"], e["code"]).replace('"', ""))
            .collect();
        (
            answer.status,
            answer.json["code"].as_str().unwrap_or_default().to_owned(),
            at,
        )
    };

    let (status, code, at) = refused(
        "templates/ad-to-ad/adopt",
        json!({"directories": {"source": world.contoso, "target": world.contoso, "third": world.fabrikam},
            "parameters": {"container": "\" + cn + \"", "upn_suffix": "a.test\" + cn + \"", "colour": "red"}}),
    )
    .await;

    assert_eq!((status, code.as_str()), (422, "templates.parameters"));
    let expected = [
        "/directories/target same",
        "/directories/third unknown",
        "/parameters/colour unknown",
        "/parameters/container value",
        "/parameters/upn_suffix value",
    ];
    assert_eq!(at, expected);
    let (status, _, at) = refused(
        "templates/ad-to-entra/preview",
        json!({"directories": {"source": world.contoso, "target": world.fabrikam}}),
    )
    .await;
    assert_eq!(status, 422);
    assert!(
        at.contains(&"/directories/target kind".to_owned()),
        "{at:?}"
    );
    let (status, code, _) = refused("templates/tpl_zz/adopt", json!({"directories": {}})).await;
    assert_eq!((status, code.as_str()), (404, "request.not_found"));
    world.stop().await;
}
