//! What an import that fails leaves as it was, and who goes on without it.

use serde_json::json;
use syncline_tests::Pair;
use syncline_tests::pair::dn;

/// One of two sources is down: what needs it waits, what does not goes on, and nobody is forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn s65_who_does_not_need_a_lost_source_goes_on() {
    let mut pair = Pair::start().await.unwrap();
    let (second, other) = pair.connect_another("Second").await.unwrap();
    pair.hire("ann", &[("employeeNumber", "1"), ("title", "Clerk")])
        .unwrap();
    second
        .add("dn: cn=friends,ou=groups,dc=lab,dc=test\nobjectClass: groupOfNames\ncn: friends\nmember: cn=nobody,dc=lab,dc=test\ndescription: old\n")
        .unwrap();
    let mut people = pair.profile();
    people["name"] = json!("People");
    let groups_in = json!({"directory": other, "type": "groupOfNames", "metaverse_type": "group", "link": "provision",
        "flows": [{"to": "cn", "from": "cn", "pick": "first"}, {"to": "description", "from": "description"}]});
    let groups_out = people["outbound"][1].clone();
    people["inbound"].as_array_mut().unwrap().truncate(1);
    people["outbound"].as_array_mut().unwrap().truncate(1);
    let mut groups = json!({"name": "Groups", "inbound": [groups_in], "outbound": [groups_out],
        "approval": {"then": "live"}});
    groups["outbound"][0]["flows"] = json!([{"to": "description", "from": "description"}]);
    pair.go_live(&people).await.unwrap();
    pair.go_live(&groups).await.unwrap();
    let friends = "cn=friends,ou=groups,dc=lab,dc=test";
    let described = pair.at(friends, "description").unwrap();
    assert_eq!(described, Some(vec!["old".into()]));

    pair.agents[2].kill();
    pair.until(&format!("directories/{other}"), "its agent is away", |d| {
        d["agents"]["connected"] == 0
    })
    .await
    .unwrap();
    pair.staff.replace(&dn("ann"), "title", &["Head"]).unwrap();
    second.replace(friends, "description", &["new"]).unwrap();
    let ended = pair.cycle(&json!({})).await.unwrap();

    assert_eq!(ended["state"], "stopped", "one of its steps was: {ended:#}");
    let title = pair.mirrored("ann", "title").unwrap();
    assert_eq!(title, Some(vec!["Head".into()]), "{ended:#}");
    let described = pair.at(friends, "description").unwrap();
    assert_eq!(described, Some(vec!["old".into()]), "nobody is forgotten");

    pair.agents[2].run().unwrap();
    pair.connected(&other).await.unwrap();
    pair.run().await.unwrap();
    let described = pair.at(friends, "description").unwrap();
    assert_eq!(described, Some(vec!["new".into()]));
    pair.rests().await.unwrap();
    pair.stop().await;
}
