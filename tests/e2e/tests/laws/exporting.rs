//! The order and the ends of writes.

use serde_json::json;
use syncline_tests::Pair;
use syncline_tests::pair::{dn, group_dn, unit};

/// Two people exchange their names.
#[tokio::test(flavor = "multi_thread")]
async fn s12_names_that_are_exchanged_stay_with_their_people() {
    let pair = Pair::start().await.unwrap();
    pair.hire("x", &[("employeeNumber", "1"), ("title", "A")])
        .unwrap();
    pair.hire("y", &[("employeeNumber", "2"), ("title", "B")])
        .unwrap();
    pair.go_live(&pair.profile()).await.unwrap();
    let (a, b) = (
        pair.entry_uuid(&dn("x")).unwrap(),
        pair.entry_uuid(&dn("y")).unwrap(),
    );

    pair.staff.rename(&dn("x"), "uid=z", None).unwrap();
    pair.staff.rename(&dn("y"), "uid=x", None).unwrap();
    pair.staff.rename(&dn("z"), "uid=y", None).unwrap();
    pair.run().await.unwrap();

    assert_eq!(pair.entry_uuid(&dn("y")).unwrap(), a);
    assert_eq!(pair.entry_uuid(&dn("x")).unwrap(), b);
    let title = pair.mirrored("y", "title").unwrap();
    assert_eq!(title, Some(vec!["A".into()]));
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Two new people are each other's managers.
#[tokio::test(flavor = "multi_thread")]
async fn s55_managers_of_each_other_are_both_created_and_then_named() {
    let pair = Pair::start().await.unwrap();
    let (ann, bob) = (dn("ann"), dn("bob"));
    pair.hire("ann", &[("employeeNumber", "1"), ("manager", &bob)])
        .unwrap();
    pair.hire("bob", &[("employeeNumber", "2"), ("manager", &ann)])
        .unwrap();
    pair.go_live(&pair.profile()).await.unwrap();

    let manager = pair.mirrored("ann", "manager").unwrap();
    assert_eq!(manager, Some(vec![bob]));
    let manager = pair.mirrored("bob", "manager").unwrap();
    assert_eq!(manager, Some(vec![ann]));
    let ann = pair.report(&pair.target, &dn("ann")).await.unwrap();
    assert_eq!(ann["unconfirmed"], 0, "{ann:#}");
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// A new name and a new address at once: one run, and what refers to the person follows by itself.
#[tokio::test(flavor = "multi_thread")]
async fn s57_a_rename_and_a_change_arrive_together() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("mail", "a@lab.test")])
        .unwrap();
    pair.gather("staff", &["ann"]).unwrap();
    pair.go_live(&pair.profile()).await.unwrap();
    let id = pair.entry_uuid(&dn("ann")).unwrap();

    pair.staff.rename(&dn("ann"), "uid=anna", None).unwrap();
    pair.staff
        .replace(&dn("anna"), "mail", &["anna@lab.test"])
        .unwrap();
    // slapd without refint leaves the old name behind; who renames puts it right.
    pair.staff
        .replace(&group_dn("staff"), "member", &[&dn("anna")])
        .unwrap();
    let ended = pair.run().await.unwrap();

    assert_eq!(pair.entry_uuid(&dn("anna")).unwrap(), id);
    let mail = pair.mirrored("anna", "mail").unwrap();
    assert_eq!(mail, Some(vec!["anna@lab.test".into()]));
    let anna = pair.report(&pair.target, &dn("anna")).await.unwrap();
    assert_eq!(anna["unconfirmed"], 0, "{anna:#}");
    let sent = pair.sent(&ended).await.unwrap();
    let of_people = sent.iter().filter(|o| o["type"] == "inetOrgPerson");
    assert_eq!(of_people.count(), 1, "one operation: {sent:#?}");
    let members = pair.at(&group_dn("staff"), "member").unwrap();
    assert_eq!(members, Some(vec![dn("anna")]), "{sent:#?}");
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// An address that nobody may share moves from one person to another.
#[tokio::test(flavor = "multi_thread")]
async fn s58_a_value_is_given_up_before_it_is_taken() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("mail", "m@lab.test")])
        .unwrap();
    pair.hire("bob", &[("employeeNumber", "2"), ("mail", "b@lab.test")])
        .unwrap();
    pair.go_live(&pair.profile()).await.unwrap();

    pair.staff
        .replace(&dn("ann"), "mail", &["n@lab.test"])
        .unwrap();
    pair.staff
        .replace(&dn("bob"), "mail", &["m@lab.test"])
        .unwrap();
    pair.run().await.unwrap();

    let mail = pair.mirrored("ann", "mail").unwrap();
    assert_eq!(mail, Some(vec!["n@lab.test".into()]));
    let mail = pair.mirrored("bob", "mail").unwrap();
    assert_eq!(mail, Some(vec!["m@lab.test".into()]));
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// A unit of the target is renamed by its administrator: nobody is created or deleted for it.
#[tokio::test(flavor = "multi_thread")]
async fn s19_a_renamed_unit_of_the_source_is_the_same_unit() {
    let pair = Pair::start().await.unwrap();
    for (uid, number) in [("ann", "1"), ("bob", "2"), ("cat", "3")] {
        pair.hire(uid, &[("employeeNumber", number)]).unwrap();
    }
    pair.go_live(&pair.profile()).await.unwrap();

    pair.staff
        .rename(&unit("people"), "ou=workforce", None)
        .unwrap();
    pair.rests().await.unwrap();

    let listed = pair
        .all(&format!(
            "objects?directory={}&type=inetOrgPerson",
            pair.source
        ))
        .await
        .unwrap();
    assert_eq!(listed.len(), 3, "{listed:#?}");
    for person in &listed {
        let name = person["dn"].as_str().unwrap();
        let is_there = name.to_lowercase().ends_with(&unit("workforce"));
        assert!(is_there, "{name}");
        assert_ne!(person["metaverse_object"], json!(null), "{person:#}");
    }
    pair.stop().await;
}
