//! A template is looked at, used and changed, by the public API: what the preview counts is what the what-if shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use syncline_api_tests::StackOptions;
use syncline_lab::{DataSet, Scope};
use syncline_tests::World;
use syncline_tests::entra::{DOMAIN, Entra};
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
    let fill = json!({"directories": {"source": world.contoso, "target": directory},
        "parameters": {"upn_suffix": DOMAIN, "usage_location": "GB", "on_leave": "delete"}});

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
        .cycle(&json!({"full": true, "exports": "suppress"}))
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
