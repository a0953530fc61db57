//! Responses: what is right passes, and each mutation of it is found under its own code and no other.

mod support;

use serde_json::{Value, json};
use support::call;

const NOTHING: [&str; 0] = [];
const NEXT: &str = "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a";
const DELTA: &str = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=b";

fn changes(items: Value) -> Value {
    json!({ "value": items, "@odata.deltaLink": DELTA })
}

#[test]
fn an_entity_is_held_against_its_type() {
    let get = call("GET", "/users/1");

    assert_eq!(
        get.answered(200, json!({ "id": "1", "mail": null })),
        NOTHING
    );
    assert_eq!(
        get.answered(200, json!({ "id": "1", "e-mail": "a" })),
        ["property.unknown"]
    );
    assert_eq!(get.answered(200, json!({ "id": 1 })), ["property.type"]);
    assert_eq!(get.answered_with_nothing(200), ["response.body_missing"]);
    assert_eq!(get.answered(201, json!({ "id": "1" })), ["response.status"]);
}

#[test]
fn a_page_is_a_list_and_perhaps_a_link() {
    let list = call("GET", "/users");

    assert_eq!(list.answered(200, json!({ "value": [] })), NOTHING);
    assert_eq!(
        list.answered(
            200,
            json!({ "value": [], "@odata.nextLink": NEXT, "@odata.count": 7 })
        ),
        NOTHING
    );
    for (body, wrong) in [
        (json!([]), "response.shape"),
        (json!({ "values": [] }), "response.shape"),
        (json!({ "value": [], "count": 1 }), "property.unknown"),
        (
            json!({ "value": [], "@odata.nextLink": "users?$skip=1" }),
            "response.link",
        ),
        (
            json!({ "value": [], "@odata.deltaLink": DELTA }),
            "response.link",
        ),
        (
            json!({ "value": [{ "id": "1", "@removed": { "reason": "deleted" } }] }),
            "response.removed",
        ),
    ] {
        assert_eq!(list.answered(200, body.clone()), [wrong], "{body}");
    }
}

#[test]
fn members_say_what_they_are() {
    let members = call("GET", "/groups/1/members");
    let member =
        |named: &str| json!({ "value": [{ "@odata.type": named, "id": "1", "mail": "a" }] });

    assert_eq!(
        members.answered(200, member("#microsoft.graph.user")),
        NOTHING
    );
    assert_eq!(
        members.answered(200, member("#microsoft.graph.usr")),
        ["type.unknown"]
    );
    assert_eq!(
        members.answered(200, member("#microsoft.graph.domain")),
        ["type.mismatch"]
    );
    assert_eq!(
        members.answered(200, json!({ "value": [{ "id": "1", "mail": "a" }] })),
        ["property.unknown"]
    );
}

#[test]
fn a_page_of_changes_ends_in_one_link() {
    let delta = call("GET", "/users/delta");
    let links = |more: Value| {
        let mut page = json!({ "value": [] });
        page.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        page
    };

    assert_eq!(
        delta.answered(200, links(json!({ "@odata.nextLink": NEXT }))),
        NOTHING
    );
    assert_eq!(
        delta.answered(200, links(json!({ "@odata.deltaLink": DELTA }))),
        NOTHING
    );
    assert_eq!(delta.answered(200, links(json!({}))), ["response.link"]);
    let both = links(json!({ "@odata.nextLink": NEXT, "@odata.deltaLink": DELTA }));
    assert_eq!(delta.answered(200, both), ["response.link"]);
}

#[test]
fn changes_are_entities_removals_and_member_changes() {
    let users = call("GET", "/users/delta");
    let groups = call("GET", "/groups/delta");
    let member = |inner: Value| changes(json!([{ "id": "1", "members@delta": [inner] }]));

    for reason in ["changed", "deleted"] {
        let removed = changes(json!([{ "id": "1", "@removed": { "reason": reason } }]));
        assert_eq!(users.answered(200, removed), NOTHING);
    }
    let other = changes(json!([{ "id": "1", "@removed": { "reason": "gone" } }]));
    assert_eq!(users.answered(200, other), ["property.value"]);
    assert_eq!(
        users.answered(200, changes(json!([{ "displayName": "Ada" }]))),
        ["delta.id_missing"]
    );
    let added = json!({ "@odata.type": "#microsoft.graph.user", "id": "2" });
    assert_eq!(groups.answered(200, member(added)), NOTHING);
    let removed = json!({
        "@odata.type": "#microsoft.graph.user", "id": "2", "@removed": { "reason": "deleted" }
    });
    assert_eq!(groups.answered(200, member(removed)), NOTHING);
    let misspelt = json!({ "@odata.type": "#microsoft.graph.user", "id": "2", "dn": "x" });
    assert_eq!(groups.answered(200, member(misspelt)), ["property.unknown"]);
    let elsewhere = changes(json!([{ "id": "1", "member@delta": [] }]));
    assert_eq!(groups.answered(200, elsewhere), ["property.unknown"]);
}

#[test]
fn a_write_without_an_answer_has_none() {
    let delete = call("DELETE", "/users/1");
    let update = call("PATCH", "/users/1").body(json!({ "department": "x" }));

    assert_eq!(delete.answered_with_nothing(204), NOTHING);
    assert_eq!(update.answered_with_nothing(204), NOTHING);
    assert_eq!(update.answered(200, json!({ "id": "1" })), NOTHING);
    assert_eq!(
        delete.answered(204, json!({})),
        ["response.body_unexpected"]
    );
    assert_eq!(
        update.answered(204, json!({})),
        ["response.body_unexpected"]
    );
    assert_eq!(delete.answered_with_nothing(200), ["response.status"]);
}

#[test]
fn an_error_has_a_code_and_a_message() {
    let get = call("GET", "/users/1");
    let error = |inner: Value| json!({ "error": inner });

    let full = error(json!({
        "code": "Request_ResourceNotFound",
        "message": "Resource '1' does not exist.",
        "details": [{ "code": "ObjectConflict", "target": "userPrincipalName", "message": "" }],
        "innerError": { "date": "2026-08-01T00:00:00", "request-id": "r" }
    }));
    assert_eq!(get.answered(404, full), NOTHING);
    assert_eq!(get.answered_with_nothing(503), NOTHING);
    assert_eq!(get.answered_with_nothing(404), ["response.error_shape"]);
    assert_eq!(
        get.answered(404, json!({ "message": "no" })),
        ["response.error_shape"]
    );
    assert_eq!(
        get.answered(404, error(json!({ "code": "" , "message": "no" }))),
        ["response.error_shape"]
    );
    let more = error(json!({ "code": "a", "message": "b", "hint": "c" }));
    assert_eq!(get.answered(404, more), ["property.unknown"]);
    let refused = error(json!({ "code": "a", "message": "b" }));
    assert_eq!(call("GET", "/nowhere").answered(404, refused), NOTHING);
}

#[test]
fn expanded_entities_are_held_against_their_types() {
    let get = call("GET", "/users/1?$expand=manager");
    let manager = |inner: Value| json!({ "id": "1", "manager": inner });

    let right = manager(json!({ "@odata.type": "#microsoft.graph.user", "id": "2", "mail": "a" }));
    let wrong = manager(json!({ "@odata.type": "#microsoft.graph.user", "id": "2", "mial": "a" }));
    assert_eq!(get.answered(200, right), NOTHING);
    assert_eq!(get.answered(200, wrong), ["property.unknown"]);
}

#[test]
fn a_count_is_a_number() {
    let count = call("GET", "/users/$count");

    assert_eq!(count.answered(200, json!(7)), NOTHING);
    assert_eq!(count.answered(200, json!("7")), NOTHING);
    assert_eq!(
        count.answered(200, json!({ "count": 7 })),
        ["response.shape"]
    );
}
