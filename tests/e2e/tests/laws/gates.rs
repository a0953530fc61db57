//! What stops an export: guards, a profile that nobody approved, a change that nobody approved.

use serde_json::json;
use syncline_tests::Pair;
use syncline_tests::pair::dn;

const LEAVERS: [&str; 6] = ["a1", "a2", "a3", "a4", "a5", "a6"];

/// Six deletions where five are usual: nothing is sent until somebody approves them.
#[tokio::test(flavor = "multi_thread")]
async fn s60_more_deletions_than_usual_wait_for_somebody() {
    let pair = Pair::start().await.unwrap();
    for (uid, number) in LEAVERS.iter().zip(100..) {
        let number = number.to_string();
        pair.hire(uid, &[("employeeNumber", &number)]).unwrap();
    }
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    pair.go_live(&pair.profile()).await.unwrap();

    for uid in LEAVERS {
        pair.staff.delete(&dn(uid)).unwrap();
    }
    pair.staff.replace(&dn("ann"), "title", &["Head"]).unwrap();
    let ended = pair.cycle(&json!({})).await.unwrap();

    let runs = ended["runs"].as_array().unwrap();
    let export = runs.iter().find(|run| run["kind"] == "export").unwrap();
    assert_eq!(export["status"], "stopped-deletion-threshold", "{export:#}");
    assert_eq!(pair.all_mirrored().unwrap().len(), 7);
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Clerk".into()]), "nothing at all is sent");

    let waiting = pair.all("approvals?state=requested").await.unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:#?}");
    let id = waiting[0]["id"].as_str().unwrap();
    let listed = pair
        .all(&format!("approvals/{id}/operations"))
        .await
        .unwrap();
    assert_eq!(listed.len(), 6, "{listed:#?}");
    let body = json!({"plan_hash": waiting[0]["plan_hash"], "note": "they left"});
    pair.post(&format!("approvals/{id}/approve"), &body)
        .await
        .unwrap();
    pair.run().await.unwrap();
    assert_eq!(pair.all_mirrored().unwrap().len(), 1);
    pair.rests().await.unwrap();
    pair.stop().await;
}

/// The mode that holds only what destroys lets the rest go.
#[tokio::test(flavor = "multi_thread")]
async fn s60_only_what_destroys_is_held_where_the_guard_says_so() {
    let pair = Pair::start().await.unwrap();
    for (uid, number) in LEAVERS.iter().zip(100..) {
        let number = number.to_string();
        pair.hire(uid, &[("employeeNumber", &number)]).unwrap();
    }
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    pair.go_live(&pair.profile()).await.unwrap();
    let guards = format!("directories/{}/guards", pair.target);
    pair.patch(&guards, 0, &json!({"mode": "hold-destructive"}))
        .await
        .unwrap();

    for uid in LEAVERS {
        pair.staff.delete(&dn(uid)).unwrap();
    }
    pair.staff.replace(&dn("ann"), "title", &["Head"]).unwrap();
    pair.cycle(&json!({})).await.unwrap();

    assert_eq!(pair.all_mirrored().unwrap().len(), 7);
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Head".into()]));
    pair.stop().await;
}

/// A profile that nobody approved reads and plans, and sends nothing, however often it runs.
#[tokio::test(flavor = "multi_thread")]
async fn s61_a_profile_that_nobody_approved_sends_nothing() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1")]).unwrap();
    let profile = pair.save(&pair.profile()).await.unwrap();
    for _ in 0..3 {
        pair.cycle(&json!({})).await.unwrap();
    }
    assert!(pair.all_mirrored().unwrap().is_empty());

    let (what_if, plan) = pair.plan(&profile).await.unwrap();
    assert_eq!(plan.len(), 1, "{plan:#?}");
    // Who comes in between is not in the plan: he goes after it, with what a live profile sends.
    pair.hire("bob", &[("employeeNumber", "2")]).unwrap();
    pair.rehearse().await.unwrap();
    let ended = pair.approve(&what_if).await.unwrap();

    let by_plan = ended["runs"].as_array().unwrap();
    let by_plan = by_plan.iter().find(|run| run["kind"] == "export").unwrap();
    let path = format!("runs/{}/operations", by_plan["id"].as_str().unwrap());
    let by_plan = pair.all(&path).await.unwrap();
    assert_eq!(by_plan.len(), 1, "exactly the plan: {by_plan:#?}");
    assert_eq!(by_plan[0]["hash"], plan[0]["hash"]);
    assert_eq!(by_plan[0]["released_by"], "plan");
    pair.run().await.unwrap();
    let both = ["ann".to_owned(), "bob".to_owned()].into();
    assert_eq!(pair.all_mirrored().unwrap(), both);
    pair.stop().await;
}

/// A character of an expression withdraws the approval, a name does not; undone, it is as before.
#[tokio::test(flavor = "multi_thread")]
async fn s62_a_change_withdraws_the_approval_and_undoing_it_gives_it_back() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    let mut profile = pair.profile();
    let id = pair.go_live(&profile).await.unwrap();
    let path = format!("profiles/{id}");
    let state = async || pair.get(&path).await.unwrap()["state"].clone();
    assert_eq!(state().await, "live");

    profile["name"] = json!("Everybody");
    profile["description"] = json!("Renamed");
    profile["triggers"] = json!({"every": "PT5M"});
    pair.change(&id, &profile).await.unwrap();
    assert_eq!(state().await, "live");

    let live = profile.clone();
    let flows = profile["outbound"][0]["flows"].as_array_mut().unwrap();
    let title = flows.iter_mut().find(|f| f["to"] == "title").unwrap();
    *title = json!({"to": "title", "expr": "title + \"!\""});
    pair.change(&id, &profile).await.unwrap();
    assert_eq!(state().await, "needs-review");
    pair.cycle(&json!({})).await.unwrap();
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Clerk".into()]));
    let (_, plan) = pair.plan(&id).await.unwrap();
    assert_eq!(plan.len(), 1, "only what the change causes: {plan:#?}");

    pair.change(&id, &live).await.unwrap();
    assert_eq!(state().await, "live");
    pair.rests().await.unwrap();
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Clerk".into()]));
    pair.stop().await;
}

/// An approval that nothing was sent by yet is withdrawn by a change and counts again when the change is undone.
#[tokio::test(flavor = "multi_thread")]
async fn s62_an_unused_approval_counts_again_when_the_change_is_undone() {
    let pair = Pair::start().await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    let profile = pair.profile();
    let id = pair.save(&profile).await.unwrap();
    pair.rehearse().await.unwrap();
    let (what_if, _) = pair.plan(&id).await.unwrap();
    let what_if_id = what_if["id"].as_str().unwrap();
    let body = json!({"plan_hash": what_if["plan_hash"], "export_now": false, "note": "tonight"});
    pair.post(&format!("what-ifs/{what_if_id}/approve"), &body)
        .await
        .unwrap();
    let path = format!("profiles/{id}");
    let state = async || pair.get(&path).await.unwrap()["state"].clone();
    assert_eq!(state().await, "approved-plan");

    let mut changed = profile.clone();
    let flows = changed["outbound"][0]["flows"].as_array_mut().unwrap();
    let title = flows.iter_mut().find(|f| f["to"] == "title").unwrap();
    *title = json!({"to": "title", "expr": "title + \"!\""});
    pair.change(&id, &changed).await.unwrap();
    assert_eq!(state().await, "needs-review");
    pair.cycle(&json!({})).await.unwrap();
    assert!(pair.all_mirrored().unwrap().is_empty());

    pair.change(&id, &profile).await.unwrap();
    assert_eq!(state().await, "approved-plan");
    pair.run().await.unwrap();
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Clerk".into()]));
    assert_eq!(state().await, "live");
    pair.stop().await;
}
