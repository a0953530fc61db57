//! Scenarios of the law of synchronisation through the public API, against real Samba domain controllers: what only Active
//! Directory does.

use serde_json::{Value, json};
use syncline_lab::DataSet;
use syncline_ldap_proxy::{Fault, Write, WriteOperation};
use syncline_tests::World;
use syncline_tests::profile::{GOOD_MATCH, contoso_to_fabrikam};

/// Both forests read, the profile saved, everything synchronised; answers the profile. Nothing runs by itself afterwards: what
/// happens between two reads is the test's own doing.
async fn synchronised(world: &World) -> String {
    let mut document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    document["triggers"] = json!({});
    let saved = world.post("profiles", &document).await.unwrap();
    let all = json!({"policy": "initial", "exports": "suppress"});
    let ended = world.cycle(&all).await.unwrap();
    assert_eq!(ended["state"], "succeeded", "{ended:#}");
    saved["id"].as_str().unwrap().to_owned()
}

/// Somebody of the source who takes part.
async fn somebody(world: &World) -> Value {
    let path = format!("objects?directory={}&type=user", world.contoso);
    let people = world.all(&path).await.unwrap();
    let takes_part = |person: &&Value| person["metaverse_object"].is_string();
    people.iter().find(takes_part).expect("a person").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_a_read_that_breaks_forgets_nobody() {
    let world = World::start(DataSet::Small).await.unwrap();
    let profile = synchronised(&world).await;
    let before = world.what_if(&profile).await.unwrap();
    let path = format!("objects?directory={}", world.contoso);
    let known = world.all(&path).await.unwrap().len();

    world.contoso_door.arm(Fault::AtEntry(150));
    let broken = world.try_import(&world.contoso, "full").await.unwrap();

    assert_eq!(broken["status"], "stopped-connectivity", "{broken:#}");
    assert_eq!(world.contoso_door.armed(), 0, "it broke where it should");
    assert_eq!(world.all(&path).await.unwrap().len(), known);
    let after = world.what_if(&profile).await.unwrap();
    assert_eq!(before["plan_hash"], after["plan_hash"], "nobody leaves");

    let whole = world.try_import(&world.contoso, "delta").await.unwrap();
    assert_eq!(whole["status"], "success-no-changes", "{whole:#}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_an_add_whose_answer_is_lost_is_found_and_sent_once() {
    let world = World::start(DataSet::Small).await.unwrap();
    let profile = synchronised(&world).await;
    let what_if = world.what_if(&profile).await.unwrap();
    let id = what_if["id"].as_str().unwrap();
    let path = format!("what-ifs/{id}/operations");
    let plan = world.all(&path).await.unwrap();
    let adds = plan.iter().filter(|o| o["kind"] == "add").count();
    assert!(adds > 10, "{adds} adds");

    world.fabrikam_door.arm(Fault::AfterWrite(5));
    world.approve(&what_if).await.unwrap();
    world.cycle(&json!({})).await.unwrap();

    assert_eq!(world.fabrikam_door.armed(), 0, "an answer was lost");
    let recorded = world.fabrikam_door.writes();
    let is_add =
        |write: &&Write| write.code == 0 && matches!(write.operation, WriteOperation::Add { .. });
    let added = recorded.iter().filter(is_add);
    assert_eq!(added.count(), adds, "each once");
    let rest = world.what_if(&profile).await.unwrap();
    assert_eq!(rest["counts"], json!([]), "{rest:#}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s05_who_is_deleted_and_restored_between_two_syncs_is_the_same_person() {
    let world = World::start(DataSet::Small).await.unwrap();
    synchronised(&world).await;
    let person = somebody(&world).await;
    let path = format!("objects/{}", person["id"].as_str().unwrap());
    let before = world.get(&path).await.unwrap();
    let (dn, name) = (person["dn"].as_str().unwrap(), person["name"].as_str());
    let tools = world.lab.contoso.administrator().unwrap();
    let entry = tools.read(dn).unwrap().unwrap();
    let kept = ["employeeID", "employeeType", "sn", "givenName", "mail"];
    let kept = kept.map(|name| (name, entry.text(name)));

    tools.delete(dn).unwrap();
    let gone = world.try_import(&world.contoso, "delta").await.unwrap();
    assert_eq!(gone["status"], "success", "{gone:#}");
    let report = world.get(&path).await.unwrap();
    assert_eq!(report["pending_import"], "delete", "{report:#}");

    let account = entry.text("sAMAccountName").unwrap();
    tools
        .undelete(world.lab.contoso.base_dn(), &account, dn)
        .unwrap();
    for (attribute, value) in &kept {
        if let Some(value) = value {
            tools.replace(dn, attribute, &[value]).unwrap();
        }
    }
    tools.replace(dn, "department", &["Restored"]).unwrap();
    let back = world.try_import(&world.contoso, "delta").await.unwrap();
    assert_eq!(back["status"], "success", "{back:#}");

    let report = world.get(&path).await.unwrap();
    assert_eq!(report["pending_import"], "update", "{name:?} {report:#}");
    assert_eq!(report["anchor"], before["anchor"]);
    world.cycle(&json!({"exports": "suppress"})).await.unwrap();
    let after = world.get(&path).await.unwrap();
    assert_eq!(after["link"], before["link"], "{after:#}");
    let of = after["metaverse"]["attributes"].as_array().unwrap();
    let department = of.iter().find(|a| a["name"] == "department").unwrap();
    assert_eq!(department["values"], json!(["Restored"]));
    world.stop().await;
}
