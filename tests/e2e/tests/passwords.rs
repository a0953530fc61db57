//! Initial passwords, end to end: planned, approved, sealed on the agent's host, collected once, and good to sign in
//! with; no plain password is in any file of the service or of an agent.

use std::path::Path;

use serde_json::{Value, json};
use syncline_lab::{Account, DataSet, Entry, LdapTools, Recipient, Scope};
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};
use syncline_tests::world::count;

/// Lets the agents of all hosts seal for this recipient.
fn allow(world: &World, desk: &Recipient) {
    for agent in &world.agents {
        let path = agent.data().join("policy.toml");
        let policy = std::fs::read_to_string(&path).unwrap();
        let more = format!(
            "{policy}\n[initial_passwords]\nrecipients = [\"{}\"]\n",
            desk.key()
        );
        std::fs::write(&path, more).unwrap();
    }
}

/// Whether an account signs in with a password.
fn signs_in(world: &World, user: &str, password: &str) -> bool {
    let account = Account {
        user: user.to_owned(),
        password: password.to_owned(),
    };
    let forest = &world.lab.fabrikam;
    let tools = forest.tools(&account).unwrap();
    let base = forest.base_dn();
    let found = tools.search(base, Scope::Base, "(objectClass=*)", &["dc"]);
    found.is_ok()
}

/// The files below a folder that hold these octets.
fn holding(folder: &Path, octets: &[u8], found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            holding(&path, octets, found);
        } else if let Ok(content) = std::fs::read(&path)
            && content.windows(octets.len()).any(|part| part == octets)
        {
            found.push(path.display().to_string());
        }
    }
}

/// New accounts that are disabled.
fn disabled(tools: &LdapTools) -> Vec<Entry> {
    let filter = "(&(objectClass=user)(userAccountControl=514))";
    let base = "OU=Existing,DC=fabrikam,DC=test";
    tools.search(base, Scope::Subtree, filter, &["cn"]).unwrap()
}

async fn waiting(world: &World) -> Vec<Value> {
    world.all("initial-passwords").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_signs_in_with_what_the_recipient_collects_and_only_after_that() {
    let world = World::start(DataSet::Small).await.unwrap();
    let desk = Recipient::fresh();
    allow(&world, &desk);
    world.import(&world.contoso, "full").await.unwrap();
    world.import(&world.fabrikam, "full").await.unwrap();
    let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    document["outbound"][0]["initial_password"] = json!({
        "must_change": false, "disabled_until_handed_over": true,
        "recipient": {"name": "Service desk", "key": desk.key()},
    });
    let profile = world.post("profiles", &document).await.unwrap();
    let profile = profile["id"].as_str().unwrap().to_owned();
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();

    let what_if = world.what_if(&profile).await.unwrap();
    let adds = count(&what_if, "user", "add");
    let id = what_if["id"].as_str().unwrap();
    let plan = world
        .all(&format!("what-ifs/{id}/operations"))
        .await
        .unwrap();
    let planned: Vec<&Value> = plan
        .iter()
        .filter(|op| !op["initial_password"].is_null())
        .collect();
    assert_eq!(planned.len() as i64, adds);
    assert_eq!(planned[0]["initial_password"]["recipient"], "Service desk");
    let cycle = world.approve(&what_if).await.unwrap();
    assert_eq!(cycle["state"], "succeeded", "{cycle:#}");

    let list = waiting(&world).await;
    assert_eq!(list.len() as i64, adds);
    assert!(
        list.iter().all(|row| row["state"] == "waiting"),
        "{list:#?}"
    );
    let tools = world.lab.fabrikam.administrator().unwrap();
    // Somebody whom the source wants enabled.
    let mut picked = None;
    for row in &list {
        let object = row["object"].as_str().unwrap();
        let report = world.get(&format!("objects/{object}")).await.unwrap();
        let dn = report["dn"].as_str().unwrap().to_owned();
        let entry = tools.read(&dn).unwrap().unwrap();
        assert_eq!(entry.text("userAccountControl").as_deref(), Some("514"));
        let user = entry.text("userPrincipalName").unwrap();
        let source = world.lab.contoso.administrator().unwrap();
        let account = user.split('@').next().unwrap();
        let filter = format!(
            "(&(sAMAccountName={account})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
        );
        let base = world.lab.contoso.base_dn();
        let enabled = source
            .search(base, Scope::Subtree, &filter, &["cn"])
            .unwrap();
        if !enabled.is_empty() {
            picked = Some((object.to_owned(), user));
            break;
        }
    }
    let (object, user) = picked.expect("somebody is enabled");

    let before = disabled(&tools).len();
    let ask = json!({"objects": [object]});
    let collected = world.post("initial-passwords/collect", &ask).await.unwrap();
    let items = collected["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{collected:#}");
    let envelope = items[0]["envelope"].as_str().unwrap();
    let password = desk.open(envelope.as_bytes()).expect("it is for the desk");
    assert!(Recipient::fresh().open(envelope.as_bytes()).is_none());
    let again = world.post("initial-passwords/collect", &ask).await.unwrap();
    assert_eq!(again["items"], json!([]), "handed out once");
    assert_eq!(waiting(&world).await.len() as i64, adds - 1);

    let enabling = world.cycle(&json!({})).await.unwrap();
    assert_eq!(enabling["state"], "succeeded", "{enabling:#}");
    assert!(signs_in(&world, &user, &password));
    assert_eq!(
        disabled(&tools).len(),
        before - 1,
        "nobody else was enabled"
    );

    let mut found = Vec::new();
    let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for octets in [password.as_bytes(), &wide] {
        holding(world.stack.data(), octets, &mut found);
        for agent in &world.agents {
            holding(&agent.data(), octets, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new(), "a plain password was kept");
    let is_told = |page: &Value| page.to_string().contains("initial-passwords.collect");
    let path = "audit?chain=runner&limit=200";
    let audit = world.until(path, "the act is in the audit", is_told).await;
    assert!(!audit.unwrap().to_string().contains(&password));
    world.stop().await;
}
