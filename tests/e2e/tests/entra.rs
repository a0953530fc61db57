//! Entra ID as a target: a directory without names, without an agent, whose reads lag.

use serde_json::{Value, json};
use syncline_api_tests::StackOptions;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::entra::{DOMAIN, Entra, contoso_to_entra};
use syncline_tests::world::{count, found};

#[tokio::test(flavor = "multi_thread")]
async fn people_and_groups_arrive_in_a_directory_tenant_and_a_second_cycle_changes_nothing() {
    let mut entra = Entra::start(3).unwrap();
    let options = StackOptions {
        clouds: vec![entra.cloud().unwrap()],
        ..StackOptions::default()
    };
    let world = World::start_with(DataSet::Small, options).await.unwrap();
    let person = DataSet::Small.story().edited.clone();
    let upn = format!("{}@{DOMAIN}", person.account.to_lowercase());
    // Somebody else in the tenant has the sign-in name of one who is to come.
    let stranger = json!({"users": [{"displayName": "A stranger", "userPrincipalName": upn.to_uppercase(),
        "mailNickname": "stranger", "accountEnabled": true}]});
    let stranger = entra.control().seed(&entra.tenant, &stranger).unwrap()["users"][0].clone();
    let directory = entra.connect(&world).await.unwrap();
    let document = contoso_to_entra(&world.contoso, &directory);
    let profile = world.post("profiles", &document).await.unwrap();
    let profile = profile["id"].as_str().unwrap().to_owned();
    // The profile writes: that takes more permissions, each with its reason.
    let lacking = world
        .get(&format!("directories/{directory}"))
        .await
        .unwrap();
    assert_eq!(
        lacking["cloud"]["ready"], false,
        "{:#}",
        lacking["cloud"]["permissions"]
    );
    entra.grant(&world, &directory).await.unwrap();
    world.import(&world.contoso, "full").await.unwrap();
    world.import(&directory, "full").await.unwrap();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    // The sync that met the conflict says so; the directory may have told of itself and begun it before ours.
    let runs = world.all("runs").await.unwrap();
    let met = |run: &Value| run["kind"] == "sync" && run["status"] == "completed-sync-errors";
    assert!(runs.iter().any(met), "{runs:#?}");

    let what_if = world.what_if(&profile).await.unwrap();
    let people = count(&what_if, "user", "add");
    let groups = count(&what_if, "group", "add");
    assert!(people > 150 && groups > 5, "{:#}", what_if["counts"]);
    assert_eq!(
        found(&what_if, "provision-conflict"),
        1,
        "{:#}",
        what_if["findings"]
    );
    let findings = what_if["findings"].to_string();
    assert!(
        findings.contains("the userPrincipalName is taken by"),
        "{:#}",
        what_if["findings"]
    );
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(
        cycle["state"],
        "succeeded",
        "{cycle:#}\n{:#?}",
        entra.refused().unwrap()
    );

    let held = entra.snapshot().unwrap();
    assert_eq!(
        held["users"].as_array().map(Vec::len),
        usize::try_from(people + 1).ok(),
        "{cycle:#}"
    );
    assert_eq!(
        held["groups"].as_array().map(Vec::len),
        usize::try_from(groups).ok(),
        "{cycle:#}"
    );
    let second = world.cycle(&json!({})).await.unwrap();
    assert_eq!(
        (second["state"].as_str(), second["changes"].as_i64()),
        (Some("succeeded"), Some(0)),
        "{second:#}"
    );

    // He takes another name: who waited for it gets his account by the next cycle.
    let renamed = json!([{"do": "update", "id": stranger,
        "properties": {"userPrincipalName": format!("stranger@{DOMAIN}")}}]);
    entra.control().mutate(&entra.tenant, &renamed).unwrap();
    let cycle = world.cycle(&json!({})).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");
    let made = account(&entra, &upn).expect("an account");
    assert_ne!(made["id"], stranger);

    // Somebody leaves and returns: he gets his own account back, which lay in the recycle bin.
    let forest = world.lab.contoso.administrator().unwrap();
    forest
        .replace(&person.dn, "employeeType", &["Alumnus"])
        .unwrap();
    world.cycle(&json!({})).await.unwrap();
    assert_eq!(account(&entra, &upn), None);
    forest
        .replace(&person.dn, "employeeType", &["FTE"])
        .unwrap();
    forest.replace(&person.dn, "title", &["Returner"]).unwrap();
    let cycle = world.cycle(&json!({})).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");
    let back = account(&entra, &upn).expect("an account");
    assert_eq!(
        (&back["id"], &back["jobTitle"]),
        (&made["id"], &json!("Returner"))
    );
    forest.replace(&person.dn, "title", &["Settled"]).unwrap();
    world.cycle(&json!({})).await.unwrap();
    let back = account(&entra, &upn).expect("an account");
    assert_eq!(back["jobTitle"], "Settled", "it is maintained again");
    entra.no_violation().unwrap();
    world.stop().await;
}

/// The living user with a sign-in name.
fn account(entra: &Entra, upn: &str) -> Option<Value> {
    let held = entra.snapshot().unwrap();
    let users = held["users"].as_array().unwrap();
    let own = |user: &&Value| user["userPrincipalName"] == upn;
    users.iter().find(own).cloned()
}
