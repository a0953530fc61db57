//! Who is joined, created, adopted, or left alone with a reason.

use serde_json::json;
use syncline_tests::Pair;
use syncline_tests::pair::{dn, group_dn};

/// Somebody took the name of a person who was to be created, and is somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn s07_a_name_taken_by_a_stranger_is_a_conflict() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1")]).unwrap();
    let profile = pair.save(&pair.profile()).await.unwrap();
    pair.rehearse().await.unwrap();
    pair.plant("ann", &[("employeeNumber", "99")]).unwrap();
    pair.rehearse().await.unwrap();

    let (_, plan) = pair.plan(&profile).await.unwrap();

    assert!(plan.iter().all(|o| o["kind"] != "add"), "{plan:#?}");
    let told = pair.open("provision-conflict").await.unwrap();
    assert_eq!(told.len(), 1, "{told:#?}");
    let stranger = pair.report(&pair.target, &dn("ann")).await.unwrap();
    assert!(stranger["link"].is_null(), "{stranger:#}");
    assert_eq!(stranger["pending_export"], json!(null), "{stranger:#}");

    // The stranger goes: she is created after all.
    pair.mirror.delete(&dn("ann")).unwrap();
    pair.rehearse().await.unwrap();
    pair.accept(&profile).await.unwrap();
    let number = pair.mirrored("ann", "employeeNumber").unwrap();
    assert_eq!(number, Some(vec!["1".into()]));
    assert_eq!(pair.open("provision-conflict").await.unwrap().len(), 0);
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Somebody made the person who was to be created.
#[tokio::test(flavor = "multi_thread")]
async fn s08_a_name_taken_by_the_same_person_is_adopted() {
    let pair = Pair::start().await.unwrap();
    let ann = [("employeeNumber", "1"), ("title", "Engineer")];
    pair.hire("ann", &ann).unwrap();
    let profile = pair.save(&pair.profile()).await.unwrap();
    pair.rehearse().await.unwrap();
    pair.plant("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    let id = pair.entry_uuid(&dn("ann")).unwrap();
    pair.rehearse().await.unwrap();

    let (_, plan) = pair.plan(&profile).await.unwrap();

    let people: Vec<_> = plan.iter().map(|o| &o["kind"]).collect();
    assert_eq!(people, [&json!("update")], "{plan:#?}");
    let changed = plan[0]["attributes"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{changed:#?}");
    assert_eq!(changed[0]["name"], "title");
    let adopted = pair.report(&pair.target, &dn("ann")).await.unwrap();
    assert_eq!(adopted["provenance"], "adopted", "{adopted:#}");
    pair.accept(&profile).await.unwrap();
    assert_eq!(pair.entry_uuid(&dn("ann")).unwrap(), id);
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Two people have the address by which a third one is looked for.
#[tokio::test(flavor = "multi_thread")]
async fn s26_s27_who_matches_two_people_is_nobody_new_until_a_second_group_decides() {
    let mut pair = Pair::start().await.unwrap();
    let (second, other) = pair.connect_another("Second").await.unwrap();
    pair.hire("ann", &[("mail", "a@lab.test"), ("displayName", "Ann")])
        .unwrap();
    pair.hire("amy", &[("mail", "a@lab.test"), ("displayName", "Amy")])
        .unwrap();
    let flows = |mut names: Vec<&'static str>| {
        names.push("cn");
        let flow = |name| json!({"to": name, "from": name, "pick": "first"});
        names.into_iter().map(flow).collect::<Vec<_>>()
    };
    let by_mail = json!([{"source": {"expr": "mail.First()"}, "metaverse": "mail"}]);
    let mut profile = pair.profile();
    let inbound = profile["inbound"].as_array_mut().unwrap();
    inbound[0]["match"] = json!([]);
    inbound.push(
        json!({"directory": other, "type": "inetOrgPerson", "metaverse_type": "person", "link": "provision",
            "match": [by_mail], "flows": flows(vec!["mail", "title"])}),
    );
    let uid =
        "dn: uid=x,ou=people,dc=lab,dc=test\nobjectClass: inetOrgPerson\nuid: x\ncn: x\nsn: x\n";
    second
        .add(&format!("{uid}mail: a@lab.test\ndisplayName: Amy\n"))
        .unwrap();
    let id = pair.save(&profile).await.unwrap();

    let ended = pair.rehearse().await.unwrap();

    assert_eq!(ended["state"], "completed-with-errors", "{ended:#}");
    let told = pair.open("ambiguous-match").await.unwrap();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        told[0]["metaverse_objects"].as_array().map(Vec::len),
        Some(2),
        "{told:#?}"
    );
    let third = pair.report(&other, &dn("x")).await.unwrap();
    assert!(third["metaverse"].is_null(), "{third:#}");
    let (_, plan) = pair.plan(&id).await.unwrap();
    assert_eq!(plan.len(), 2, "nobody new: {plan:#?}");

    // The second group tells the two apart.
    let by_name = json!([{"source": "displayName", "metaverse": "displayName"}]);
    profile["inbound"][2]["match"] = json!([by_mail, by_name]);
    pair.change(&id, &profile).await.unwrap();
    pair.rehearse().await.unwrap();

    assert_eq!(pair.open("ambiguous-match").await.unwrap().len(), 0);
    let third = pair.report(&other, &dn("x")).await.unwrap();
    let amy = pair.report(&pair.source, &dn("amy")).await.unwrap();
    assert_eq!(third["metaverse"]["id"], amy["metaverse"]["id"]);
    pair.stop().await;
}

/// HR made a person anew under another key of the directory: the same number, another object.
#[tokio::test(flavor = "multi_thread")]
async fn s29_who_is_made_anew_in_the_source_keeps_his_account() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    pair.gather("staff", &["ann"]).unwrap();
    pair.go_live(&pair.profile()).await.unwrap();
    let before = pair.report(&pair.source, &dn("ann")).await.unwrap();
    let id = pair.entry_uuid(&dn("ann")).unwrap();

    pair.staff.delete(&dn("ann")).unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Head")])
        .unwrap();
    pair.run().await.unwrap();

    let after = pair.report(&pair.source, &dn("ann")).await.unwrap();
    assert_ne!(before["anchor"], after["anchor"], "another object");
    assert_eq!(before["metaverse"]["id"], after["metaverse"]["id"]);
    assert_eq!(pair.entry_uuid(&dn("ann")).unwrap(), id);
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Head".into()]));
    let members = pair.at(&group_dn("staff"), "member").unwrap();
    assert_eq!(members, Some(vec![dn("ann")]));
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// A group gets a member because the member came into scope, though nothing of the group changed.
#[tokio::test(flavor = "multi_thread")]
async fn s39_a_group_follows_the_scope_of_its_members() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "in")])
        .unwrap();
    pair.hire("bob", &[("employeeNumber", "2"), ("title", "out")])
        .unwrap();
    pair.gather("staff", &["ann", "bob"]).unwrap();
    let mut profile = pair.profile();
    profile["inbound"][0]["scope"] = json!({"expr": "title.First() == \"in\""});
    pair.go_live(&profile).await.unwrap();
    let members = pair.at(&group_dn("staff"), "member").unwrap();
    assert_eq!(members, Some(vec![dn("ann")]));

    pair.staff.replace(&dn("bob"), "title", &["in"]).unwrap();
    pair.run().await.unwrap();

    let mut members = pair.at(&group_dn("staff"), "member").unwrap().unwrap();
    members.sort();
    assert_eq!(members, [dn("ann"), dn("bob")]);
    pair.rests().await.unwrap();

    // And back: he goes, and the group lets him go.
    pair.staff.replace(&dn("bob"), "title", &["out"]).unwrap();
    pair.run().await.unwrap();
    let members = pair.at(&group_dn("staff"), "member").unwrap();
    assert_eq!(members, Some(vec![dn("ann")]));
    assert_eq!(pair.mirrored("bob", "uid").unwrap(), None);
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Create-only adopts who is there, changes nothing of anybody, and gives a new one everything once.
#[tokio::test(flavor = "multi_thread")]
async fn s41_create_only_creates_and_changes_nothing() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "New")])
        .unwrap();
    pair.hire("bob", &[("employeeNumber", "2"), ("title", "First")])
        .unwrap();
    pair.gather("staff", &["ann", "bob"]).unwrap();
    pair.plant("annie", &[("employeeNumber", "1"), ("title", "Old")])
        .unwrap();
    let mut profile = pair.profile();
    profile["outbound"][0]["action"] = json!("create-only");
    pair.go_live(&profile).await.unwrap();

    let annie = pair.report(&pair.target, &dn("annie")).await.unwrap();
    assert_eq!(annie["provenance"], "adopted");
    let old = pair.mirrored("annie", "title").unwrap();
    assert_eq!(old, Some(vec!["Old".into()]));
    let mut members = pair.at(&group_dn("staff"), "member").unwrap().unwrap();
    members.sort();
    assert_eq!(members, [dn("annie"), dn("bob")], "linked, so a member");

    pair.staff
        .replace(&dn("bob"), "title", &["Second"])
        .unwrap();
    pair.rests().await.unwrap();
    let first = pair.mirrored("bob", "title").unwrap();
    assert_eq!(first, Some(vec!["First".into()]));
    pair.stop().await;
}
