//! Requests: what is right passes, and each mutation of it is found under its own code and no other.

mod support;

use serde_json::{Value, json};
use support::call;
use syncline_graph_contract::{Contract, Status};

const NOTHING: [&str; 0] = [];
const LINK: &str =
    "https://graph.microsoft.com/v1.0/directoryObjects/0b6f1a2c-0000-4000-8000-000000000001";

fn new_user() -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Ada Byron",
        "mailNickname": "ada",
        "userPrincipalName": "ada@contoso.example",
        "passwordProfile": { "password": "x", "forceChangePasswordNextSignIn": true },
        "extension_00000000000000000000000000000000_badge": "17",
    })
}

fn binds(count: usize) -> Value {
    json!({ "members@odata.bind": vec![LINK; count] })
}

#[test]
fn a_proper_create_passes() {
    assert_eq!(call("POST", "/users").body(new_user()).wrong(), NOTHING);
}

#[test]
fn a_misspelt_property_is_unknown() {
    let mut user = new_user();
    user["dispalyName"] = json!("Ada");

    let wrong = call("POST", "/users").body(user).wrong();

    assert_eq!(wrong, ["property.unknown"]);
}

#[test]
fn a_misspelt_property_inside_another_is_unknown() {
    let mut user = new_user();
    user["passwordProfile"]["pasword"] = json!("x");

    let wrong = call("POST", "/users").body(user).wrong();

    assert_eq!(wrong, ["property.unknown"]);
}

#[test]
fn a_wrong_type_is_found() {
    for (property, value) in [
        ("accountEnabled", json!("true")),
        ("businessPhones", json!("+44 1")),
        ("displayName", json!(7)),
        ("employeeHireDate", json!(20_260_801)),
    ] {
        let mut user = new_user();
        user[property] = value;

        let wrong = call("POST", "/users").body(user).wrong();

        assert_eq!(wrong, ["property.type"], "{property}");
    }
}

#[test]
fn a_text_that_is_no_time_is_found() {
    let body = json!({ "employeeHireDate": "1 August 2026" });

    assert_eq!(
        call("PATCH", "/users/1").body(body).wrong(),
        ["property.format"]
    );
}

#[test]
fn null_clears_what_may_be_empty() {
    let body = json!({ "department": null, "employeeHireDate": null, "employeeOrgData": null });

    assert_eq!(call("PATCH", "/users/1").body(body).wrong(), NOTHING);
}

#[test]
fn an_operation_nobody_declares_is_undeclared() {
    for (method, url) in [
        ("GET", "/usres"),
        ("PUT", "/users/1"),
        ("GET", "/groupSettings/delta"),
        ("GET", "/users(mail='a')"),
        ("GET", "/me"),
        ("get", "/users"),
        ("GET", "/Users"),
    ] {
        assert_eq!(
            call(method, url).wrong(),
            ["operation.undeclared"],
            "{method} {url}"
        );
    }
}

#[test]
fn an_operation_nobody_grants_is_not_called() {
    let contact = call("PATCH", "/contacts/1").body(json!({ "displayName": "Ada" }));
    let reference = call("POST", "/groups/1/members/$ref").body(json!({ "@odata.id": LINK }));

    assert_eq!(contact.wrong(), ["operation.not_granted"]);
    assert_eq!(reference.wrong(), ["operation.not_granted"]);
    assert_eq!(
        call("GET", "/subscriptions").wrong(),
        ["operation.ungraded"]
    );
}

#[test]
fn the_deviations_of_the_documentation_are_operations() {
    let contract = Contract::vendor();

    for (method, path, status) in [
        ("POST", "/$batch", Status::Deviation),
        ("PATCH", "/groups(uniqueName='staff')", Status::Deviation),
        (
            "PATCH",
            "/applications(uniqueName='syncline')",
            Status::Deviation,
        ),
        ("GET", "/users/delta", Status::DeclaredAndGranted),
        ("PATCH", "/groups/1", Status::DeclaredAndGranted),
        (
            "POST",
            "/servicePrincipals/1/synchronization/jobs/2/bulkUpload",
            Status::GrantedOnly,
        ),
    ] {
        let operation = contract.operation(method, path).expect(path);

        assert_eq!(operation.status, status, "{method} {path}");
    }
}

#[test]
fn spellings_of_the_same_operation_are_one() {
    let contract = Contract::vendor();
    let template = |method, path| contract.operation(method, path).map(|found| found.template);

    for path in [
        "/users/delta",
        "/users/delta()",
        "/users/microsoft.graph.delta",
        "/users/microsoft.graph.delta()",
    ] {
        assert_eq!(template("GET", path), Ok("/users/delta()"));
    }
    for path in [
        "/users/ada@contoso.example",
        "/users('ada')",
        "/users(userPrincipalName='ada')",
        "/users/ada%40contoso.example",
    ] {
        assert_eq!(template("GET", path), Ok("/users/{user-id}"), "{path}");
    }
    assert_eq!(
        template(
            "GET",
            "/groups(uniqueName='a/b')/members/microsoft.graph.user"
        ),
        Ok("/groups/{group-id}/members/graph.user")
    );
    assert_eq!(
        template("POST", "/directory/deletedItems/1/microsoft.graph.restore"),
        Ok("/directory/deletedItems/{directoryObject-id}/restore")
    );
}

#[test]
fn a_query_option_too_many_is_not_accepted() {
    for (url, wrong) in [
        ("/users?$select=id&$top=5", [].as_slice()),
        ("/users?$select=id&$foo=1", &["query.not_accepted"]),
        ("/users/1?$top=5", &["query.not_accepted"]),
        ("/users?$select=id&$select=mail", &["query.duplicate"]),
        ("/users?$top=1000", &["query.value"]),
        ("/users?$select=id,dispalyName", &["query.unknown_property"]),
        ("/users?$expand=manager($select=id)", &[]),
        ("/users?$expand=displayName", &["query.unknown_property"]),
        ("/groups/1/members?$select=id,userPrincipalName", &[]),
        ("/users?$skiptoken=opaque", &[]),
        ("/users?$deltatoken=latest", &["query.not_accepted"]),
    ] {
        assert_eq!(call("GET", url).wrong(), wrong, "{url}");
    }
}

#[test]
fn delta_of_users_and_groups_takes_less_than_the_templates_say() {
    let ids = |count| vec!["id eq '1'"; count].join(" or ");

    for (url, wrong) in [
        (
            "/users/delta?$select=displayName,manager".to_owned(),
            [].as_slice(),
        ),
        ("/groups/delta?$select=displayName,members".to_owned(), &[]),
        ("/users/delta?$deltatoken=latest".to_owned(), &[]),
        ("/users/delta?$skiptoken=opaque".to_owned(), &[]),
        (format!("/groups/delta?$filter={}", ids(50)), &[]),
        (
            format!("/groups/delta?$filter={}", ids(51)),
            &["query.delta_filter"],
        ),
        (
            "/users/delta?$filter=mail eq 'a'".to_owned(),
            &["query.delta_filter"],
        ),
        ("/users/delta?$top=5".to_owned(), &["query.not_accepted"]),
        (
            "/users/delta?$expand=manager".to_owned(),
            &["query.not_accepted"],
        ),
        (
            "/groups/delta?$orderby=id".to_owned(),
            &["query.not_accepted"],
        ),
        (
            "/users/delta?$count=true".to_owned(),
            &["query.not_accepted"],
        ),
    ] {
        assert_eq!(call("GET", &url).wrong(), wrong, "{url}");
    }
}

#[test]
fn twenty_members_are_bound_at_once_and_not_one_more() {
    assert_eq!(call("PATCH", "/groups/1").body(binds(20)).wrong(), NOTHING);
    assert_eq!(
        call("PATCH", "/groups/1").body(binds(21)).wrong(),
        ["bind.too_many"]
    );
}

#[test]
fn what_is_bound_is_a_property() {
    let body = json!({ "membres@odata.bind": [LINK] });

    assert_eq!(
        call("PATCH", "/groups/1").body(body).wrong(),
        ["property.unknown"]
    );
}

#[test]
fn a_missing_permission_is_missing() {
    for (method, url, permission) in [
        ("GET", "/users", "Group.ReadWrite.All"),
        ("GET", "/users/1", "Group.Read.All"),
        ("DELETE", "/groups/1", "Group.Read.All"),
        ("POST", "/devices", "Directory.ReadWrite.All"),
    ] {
        let body = (method == "POST").then(|| json!({ "displayName": "x" }));
        let mut request = call(method, url).granted(&[permission]);
        if let Some(body) = body {
            request = request.body(body);
        }

        assert_eq!(request.wrong(), ["permission.missing"], "{method} {url}");
    }
}

#[test]
fn one_permission_is_enough() {
    for (url, permission) in [
        ("/users", "User.Read.All"),
        ("/users", "User.ReadBasic.All"),
        ("/users/1", "User.ReadWrite.All"),
        ("/users/delta", "User.Read.All"),
        ("/groups/1/members", "GroupMember.Read.All"),
    ] {
        assert_eq!(
            call("GET", url).granted(&[permission]).wrong(),
            NOTHING,
            "{url}"
        );
    }
}

#[test]
fn an_upsert_takes_the_permission_of_the_update_it_is() {
    let upsert =
        || call("PATCH", "/groups(uniqueName='staff')").body(json!({ "displayName": "Staff" }));

    assert_eq!(upsert().granted(&["Group.ReadWrite.All"]).wrong(), NOTHING);
    assert_eq!(
        upsert().granted(&["Group.Read.All"]).wrong(),
        ["permission.missing"]
    );
}

#[test]
fn bodies_are_there_where_they_belong() {
    assert_eq!(call("POST", "/users").wrong(), ["body.missing"]);
    assert_eq!(
        call("DELETE", "/users/1").body(json!({})).wrong(),
        ["body.unexpected"]
    );
    assert_eq!(
        call("POST", "/users").body(json!([])).wrong(),
        ["property.type"]
    );
}

#[test]
fn actions_take_their_parameters() {
    let licence = "05e9a617-0261-4cee-bb44-138d3ef5d965";
    let assign = |body| call("POST", "/users/1/assignLicense").body(body).wrong();

    let both = json!({ "addLicenses": [{ "skuId": licence }], "removeLicenses": [] });
    assert_eq!(assign(both), NOTHING);
    assert_eq!(assign(json!({ "addLicenses": [] })), ["property.missing"]);
    assert_eq!(
        assign(json!({ "addLicenses": [], "removeLicenses": [], "remove": [] })),
        ["property.unknown"]
    );
    assert_eq!(
        call("POST", "/directory/deletedItems/1/restore").wrong(),
        NOTHING
    );
    assert_eq!(
        call("POST", "/directory/deletedItems/1/restore")
            .body(json!({ "newUserPrincipalName": 7 }))
            .wrong(),
        ["property.type"]
    );
}

#[test]
fn a_reference_is_one_whole_link() {
    let manager = |body| call("PUT", "/users/1/manager/$ref").body(body).wrong();

    assert_eq!(manager(json!({ "@odata.id": LINK })), NOTHING);
    assert_eq!(
        manager(json!({ "@odata.id": "users/2" })),
        ["body.reference"]
    );
    assert_eq!(manager(json!({ "id": "2" })), ["body.reference"]);
}

#[test]
fn a_device_has_the_attributes_the_metadata_forgot() {
    let body = json!({ "extensionAttributes": { "extensionAttribute1": "x" } });
    let wrong = json!({ "extensionAttributes": { "extensionAttribute16": "x" } });
    let grant = ["Device.ReadWrite.All", "Directory.ReadWrite.All"];

    assert_eq!(
        call("PATCH", "/devices/1")
            .granted(&grant)
            .body(body)
            .wrong(),
        NOTHING
    );
    assert_eq!(
        call("PATCH", "/devices/1")
            .granted(&grant)
            .body(wrong)
            .wrong(),
        ["property.unknown"]
    );
}
