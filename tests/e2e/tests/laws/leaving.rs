//! What becomes of accounts whose people are gone, and of accounts that somebody else deletes.

use serde_json::json;
use syncline_tests::Pair;
use syncline_tests::pair::{dn, unit};

/// What we made goes with its person; what we adopted does not.
#[tokio::test(flavor = "multi_thread")]
async fn s44_only_what_we_made_is_deleted() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1")]).unwrap();
    pair.hire("bob", &[("employeeNumber", "2")]).unwrap();
    pair.plant("annie", &[("employeeNumber", "1")]).unwrap();
    pair.go_live(&pair.profile()).await.unwrap();

    pair.staff.delete(&dn("ann")).unwrap();
    pair.staff.delete(&dn("bob")).unwrap();
    pair.run().await.unwrap();

    let left = pair.all_mirrored().unwrap();
    // The name was `ann` since she was adopted.
    assert_eq!(left.len(), 1, "{left:?}");
    let kept = pair
        .report(&pair.target, &dn(left.first().unwrap()))
        .await
        .unwrap();
    assert_eq!(kept["provenance"], "adopted", "{kept:#}");
    assert!(kept["link"].is_null(), "{kept:#}");
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Who is gone is disabled and moved; who returns gets the same account back where it was.
#[tokio::test(flavor = "multi_thread")]
async fn s45_who_returns_gets_his_own_account_back() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1")]).unwrap();
    let mut profile = pair.profile();
    let part = &mut profile["outbound"][0];
    part["deprovision"] = json!("disable");
    part["flows"]
        .as_array_mut()
        .unwrap()
        .push(json!({"to": "employeeType", "expr": "\"active\""}));
    let parked = format!(
        "\"uid=\" + Dn.Escape(uid.First()) + \",{}\"",
        unit("disabled")
    );
    part["disable"] = json!({"flows": [{"to": "employeeType", "expr": "\"disabled\""}], "dn": {"expr": parked},
        "delete_after_days": 30});
    pair.go_live(&profile).await.unwrap();
    let id = pair.entry_uuid(&dn("ann")).unwrap();

    pair.staff.delete(&dn("ann")).unwrap();
    pair.run().await.unwrap();

    let parked = format!("uid=ann,{}", unit("disabled"));
    assert_eq!(pair.mirrored("ann", "uid").unwrap(), None);
    let kind = pair.at(&parked, "employeeType").unwrap();
    assert_eq!(kind, Some(vec!["disabled".into()]));
    let report = pair.report(&pair.target, &parked).await.unwrap();
    assert!(report["retired_at"].is_string(), "{report:#}");
    pair.rests().await.unwrap();

    // OpenLDAP gives a new id to who is made anew: the match finds her.
    pair.hire("ann", &[("employeeNumber", "1")]).unwrap();
    pair.run().await.unwrap();

    let kind = pair.mirrored("ann", "employeeType").unwrap();
    assert_eq!(kind, Some(vec!["active".into()]));
    assert_eq!(pair.entry_uuid(&dn("ann")).unwrap(), id);
    let report = pair.report(&pair.target, &dn("ann")).await.unwrap();
    assert!(report["retired_at"].is_null(), "{report:#}");
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// Somebody deletes an account in the target: it is made again.
#[tokio::test(flavor = "multi_thread")]
async fn s50_an_account_deleted_by_hand_is_made_again() {
    let pair = Pair::start().await.unwrap();
    let ann = [("employeeNumber", "1"), ("title", "Engineer")];
    pair.hire("ann", &ann).unwrap();
    pair.gather("staff", &["ann"]).unwrap();
    pair.go_live(&pair.profile()).await.unwrap();
    let id = pair.entry_uuid(&dn("ann")).unwrap();

    pair.mirror.delete(&dn("ann")).unwrap();
    pair.run().await.unwrap();

    assert_ne!(pair.entry_uuid(&dn("ann")).unwrap(), id);
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Engineer".into()]));
    let account = pair.report(&pair.target, &dn("ann")).await.unwrap();
    assert_eq!(account["provenance"], "created-by-us", "{account:#}");
    pair.rests().await.unwrap();
    pair.stop().await;
}
