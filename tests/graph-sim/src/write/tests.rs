//! What may be written and what is refused: the vendor's rules, one story each.

mod groups;
mod restores;

use crate::{
    clock::DAY,
    testing::{Bench, body, code, header, id, message, reference, user},
};
use serde_json::{Value, json};

fn target(answer: &crate::request::Answer) -> &str {
    let details = &body(answer)["error"]["details"];
    details[0]["target"].as_str().unwrap_or_default()
}

#[test]
fn a_user_is_created_read_changed_and_its_password_is_never_told() {
    let mut bench = Bench::new();

    let created = bench.post("/users", user("ada"));

    assert_eq!(created.status, 201);
    assert_eq!(body(&created)["businessPhones"], json!([]));
    assert_eq!(body(&created)["mail"], Value::Null);
    let location = header(&created, "Location").unwrap().to_owned();
    let change = json!({ "jobTitle": "Countess", "mail": "ada@contoso.test" });
    assert_eq!(bench.patch(&location, change).status, 204);
    let read = bench
        .get("/users/ADA@contoso.test?$select=jobTitle,proxyAddresses,passwordProfile,userType");
    assert_eq!(body(&read)["jobTitle"], "Countess");
    assert_eq!(body(&read)["userType"], "Member");
    assert_eq!(
        body(&read)["proxyAddresses"],
        json!(["SMTP:ada@contoso.test"])
    );
    assert_eq!(body(&read)["passwordProfile"], Value::Null);
}

#[test]
fn a_creation_that_lacks_or_invents_a_property_is_refused() {
    let mut bench = Bench::new();
    bench.lenient = true;
    for missing in [
        "accountEnabled",
        "displayName",
        "mailNickname",
        "userPrincipalName",
        "passwordProfile",
    ] {
        let mut body = user("ada");
        body.as_object_mut().unwrap().remove(missing);
        let answer = bench.post("/users", body);
        assert_eq!((answer.status, target(&answer)), (400, missing));
    }
    for (property, value) in [
        ("nickname", json!("x")),
        ("jobTitle", json!(7)),
        ("proxyAddresses", json!(["SMTP:x@contoso.test"])),
        ("businessPhones", json!(["1", "2"])),
        ("onPremisesImmutableId", json!("a_b")),
        ("onPremisesImmutableId", json!("a$b")),
        ("userPrincipalName", json!("ada@elsewhere.test")),
        ("userPrincipalName", json!("ada@fabrikam.test")),
        ("passwordProfile", json!({ "password": "short" })),
        (
            "extension_0123456789abcdef0123456789abcdef_cost",
            json!("x"),
        ),
    ] {
        let mut body = user("ada");
        body[property] = value;
        let answer = bench.post("/users", body.clone());
        assert_eq!(
            (answer.status, code(&answer)),
            (400, "Request_BadRequest"),
            "{body}"
        );
    }
    assert_eq!(bench.primary().living(crate::store::Class::User).count(), 0);
}

#[test]
fn a_name_is_taken_as_long_as_its_holder_lies_in_the_recycle_bin() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let mut same_nickname = user("grace");
    same_nickname["mailNickname"] = json!("ADA");
    let mut same_name = user("ada");
    same_name["mailNickname"] = json!("other");

    let by_name = bench.post("/users", same_name.clone());
    let by_nickname = bench.post("/users", same_nickname.clone());
    bench.delete(&format!("/users/{ada}"));
    let after_deletion = bench.post("/users", same_name.clone());
    bench.advance(31 * DAY);
    let after_the_purge = bench.post("/users", same_name);

    assert_eq!(
        (by_name.status, target(&by_name)),
        (400, "userPrincipalName")
    );
    assert_eq!(
        body(&by_name)["error"]["details"][0]["code"],
        "ObjectConflict"
    );
    assert_eq!(target(&by_nickname), "mailNickname");
    assert_eq!(target(&after_deletion), "userPrincipalName");
    assert_eq!(after_the_purge.status, 201);
}

#[test]
fn an_immutable_id_is_one_persons() {
    let mut bench = Bench::new();
    let anchored = |name: &str| {
        let mut user = user(name);
        user["onPremisesImmutableId"] = json!("aW1tdXRhYmxl");
        user
    };
    assert_eq!(bench.post("/users", anchored("ada")).status, 201);

    let other = bench.post("/users", anchored("grace"));

    assert_eq!(
        (other.status, target(&other)),
        (400, "onPremisesImmutableId")
    );
}

#[test]
fn a_mail_that_is_another_ones_proxy_address_is_refused_with_both_details_or_taken_by_a_switch() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let grace = bench.user("grace");
    bench.patch(
        &format!("/users/{ada}"),
        json!({ "mail": "countess@contoso.test" }),
    );
    let change = json!({ "mail": "Countess@contoso.test" });

    let refused = bench.patch(&format!("/users/{grace}"), change.clone());
    bench.tenant().switches.conflicts_have_details = false;
    let curt = bench.patch(&format!("/users/{grace}"), change.clone());
    bench.tenant().switches.mail_conflicts_are_refused = false;
    let taken = bench.patch(&format!("/users/{grace}"), change);

    let details = body(&refused)["error"]["details"].as_array().unwrap();
    let codes: Vec<&Value> = details.iter().map(|detail| &detail["code"]).collect();
    assert_eq!(codes, ["ObjectConflict", "ConflictingObjects"]);
    assert_eq!(details[1]["target"], "proxyAddresses");
    assert!(message(&curt).starts_with("A conflicting object with one or more"));
    assert!(body(&curt)["error"].get("details").is_none());
    assert_eq!(taken.status, 204);
    let grace = bench.primary().live(&grace).unwrap();
    assert_eq!(grace.properties["proxyAddresses"], json!([]));
}

#[test]
fn users_and_unified_groups_go_to_the_recycle_bin_and_security_groups_by_a_switch() {
    let mut bench = Bench::new();
    let (ada, team, staff) = (
        bench.user("ada"),
        bench.unified("team"),
        bench.group("staff"),
    );
    bench.add_member(&team, &ada);
    for path in ["users", "groups", "groups"]
        .iter()
        .zip([&ada, &team, &staff])
    {
        assert_eq!(bench.delete(&format!("/{}/{}", path.0, path.1)).status, 204);
    }

    assert_eq!(bench.get(&format!("/users/{ada}")).status, 404);
    assert_eq!(
        bench
            .get(&format!("/directory/deletedItems/{staff}"))
            .status,
        404
    );
    let item = bench.get(&format!("/directory/deletedItems/{team}"));
    assert_eq!(body(&item)["@odata.type"], "#microsoft.graph.group");
    assert!(body(&item)["deletedDateTime"].is_string());
    let users = bench.get("/directory/deletedItems/microsoft.graph.user");
    assert_eq!(body(&users)["value"][0]["id"], json!(ada));

    let restored = bench.send(
        "POST",
        &format!("/directory/deletedItems/{ada}/restore"),
        &[],
        None,
    );
    bench.send(
        "POST",
        &format!("/directory/deletedItems/{team}/restore"),
        &[],
        None,
    );
    assert_eq!((restored.status, id(&restored)), (200, ada.clone()));
    let members = bench.get(&format!("/groups/{team}/members"));
    assert_eq!(body(&members)["value"][0]["id"], json!(ada));

    bench.tenant().switches.security_groups_are_recycled = true;
    let staff = bench.group("staff");
    bench.delete(&format!("/groups/{staff}"));
    assert_eq!(
        bench
            .get(&format!("/directory/deletedItems/{staff}"))
            .status,
        200
    );
    assert_eq!(
        bench
            .delete(&format!("/directory/deletedItems/{staff}"))
            .status,
        204
    );
    assert_eq!(
        bench
            .get(&format!("/directory/deletedItems/{staff}"))
            .status,
        404
    );
}

#[test]
fn after_thirty_days_the_recycle_bin_forgets() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    bench.delete(&format!("/users/{ada}"));

    bench.advance(30 * DAY - 1);
    assert_eq!(
        bench.get(&format!("/directory/deletedItems/{ada}")).status,
        200
    );
    bench.advance(1);

    assert_eq!(
        bench.get(&format!("/directory/deletedItems/{ada}")).status,
        404
    );
    let restored = bench.send(
        "POST",
        &format!("/directory/deletedItems/{ada}/restore"),
        &[],
        None,
    );
    assert_eq!(restored.status, 404);
}

#[test]
fn what_others_master_is_refused_with_their_words_until_the_authority_moves() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let path = format!("/users/{ada}");
    let mut synced = crate::store::Object::clone(bench.primary().live(&ada).unwrap());
    synced
        .properties
        .insert("onPremisesSyncEnabled".to_owned(), json!(true));
    synced.exchange_masters = vec!["onPremisesExtensionAttributes".to_owned()];
    let now = bench.world.clock.now();
    bench
        .tenant()
        .store
        .put(&ada.as_str().into(), synced.class, Some(synced), now);

    let on_premises = bench.patch(&path, json!({ "jobTitle": "x" }));
    let location = bench.patch(&path, json!({ "usageLocation": "DE" }));
    let behavior = format!("{path}/onPremisesSyncBehavior");
    let before = bench.get(&behavior);
    let moved = bench.patch(&behavior, json!({ "isCloudManaged": true }));
    let title = bench.patch(&path, json!({ "jobTitle": "x" }));
    let attributes = json!({ "onPremisesExtensionAttributes": { "extensionAttribute1": "x" } });
    let exchange = bench.patch(&path, attributes);

    assert_eq!(
        message(&on_premises),
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
    );
    assert_eq!(code(&on_premises), "Request_BadRequest");
    assert_eq!(location.status, 204);
    assert_eq!(body(&before)["isCloudManaged"], false);
    assert_eq!((moved.status, title.status), (204, 204));
    assert_eq!(
        message(&exchange),
        "Unable to update the specified properties for objects that have originated within an external service."
    );
    assert_eq!(body(&bench.get(&behavior))["isCloudManaged"], true);
}

#[test]
fn a_manager_is_set_read_and_cleared() {
    let mut bench = Bench::new();
    let (ada, grace) = (bench.user("ada"), bench.user("grace"));
    let path = format!("/users/{ada}/manager");

    assert_eq!(bench.get(&path).status, 404);
    let set = bench.send("PUT", &format!("{path}/$ref"), &[], Some(reference(&grace)));
    assert_eq!(set.status, 204);
    assert_eq!(id(&bench.get(&path)), grace);
    let reports = bench.get(&format!("/users/{grace}/directReports"));
    assert_eq!(body(&reports)["value"][0]["id"], json!(ada));
    let expanded = bench.get(&format!("/users/{ada}?$expand=manager"));
    assert_eq!(body(&expanded)["manager"]["id"], json!(grace));
    assert_eq!(bench.delete(&format!("{path}/$ref")).status, 204);
    assert_eq!(bench.get(&path).status, 404);
}

#[test]
fn extensions_are_written_where_they_are_registered_and_extension_attributes_one_by_one() {
    let mut bench = Bench::new();
    let name = "extension_0123456789abcdef0123456789abcdef_costCentre";
    let registered = json!([{ "name": name, "targetObjects": ["User"] }]);
    bench.tenant().extensions = serde_json::from_value(registered).unwrap();
    let (ada, staff) = (bench.user("ada"), bench.group("staff"));
    let path = format!("/users/{ada}");
    let attributes = |value: Value| json!({ "onPremisesExtensionAttributes": value });

    assert_eq!(bench.patch(&path, json!({ name: "4711" })).status, 204);
    assert_eq!(
        bench
            .patch(&format!("/groups/{staff}"), json!({ name: "4711" }))
            .status,
        400
    );
    bench.patch(
        &path,
        attributes(json!({ "extensionAttribute1": "a", "extensionAttribute2": "b" })),
    );
    bench.patch(&path, attributes(json!({ "extensionAttribute1": null })));
    let select = format!("{path}?$select={name},onPremisesExtensionAttributes");
    let read = bench.get(&select);

    assert_eq!(body(&read)[name], "4711");
    let read = &body(&read)["onPremisesExtensionAttributes"];
    assert_eq!(
        (&read["extensionAttribute1"], &read["extensionAttribute2"]),
        (&Value::Null, &json!("b"))
    );
}
