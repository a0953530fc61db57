//! Groups and who may be in them.

use crate::testing::{Bench, body, code, group, id, message, reference};
use serde_json::json;

#[test]
fn adding_twice_and_removing_twice_have_the_documented_answers() {
    let mut bench = Bench::new();
    let (ada, staff) = (bench.user("ada"), bench.group("staff"));
    let member = format!("/groups/{staff}/members/{ada}/$ref");

    let added = bench.add_member(&staff, &ada);
    let again = bench.add_member(&staff, &ada);
    let removed = bench.delete(&member);
    let removed_again = bench.delete(&member);
    let nobody = bench.add_member(&staff, "0c7a5200-0000-4000-8000-000000000009");

    assert_eq!(added.status, 204);
    assert_eq!((again.status, code(&again)), (400, "Request_BadRequest"));
    assert!(message(&again).starts_with("One or more added object references already exist"));
    assert_eq!((removed.status, removed_again.status), (204, 404));
    let expected =
        "does not exist or one of its queried reference-property objects are not present";
    assert!(message(&removed_again).contains(expected));
    assert_eq!(nobody.status, 404);
}

#[test]
fn twenty_members_are_bound_at_once_all_or_none() {
    let mut bench = Bench::new();
    let staff = bench.group("staff");
    let ids: Vec<String> = (0..21).map(|n| bench.user(&format!("u{n}"))).collect();
    let bind = |ids: &[String]| {
        let addresses = ids.iter().map(|id| reference(id)["@odata.id"].clone());
        json!({ "members@odata.bind": addresses.collect::<Vec<_>>() })
    };
    let path = format!("/groups/{staff}");
    bench.lenient = true;

    let too_many = bench.patch(&path, bind(&ids));
    bench.add_member(&staff, &ids[3]);
    let one_is_there = bench.patch(&path, bind(&ids[..20]));
    let count_then = bench
        .primary()
        .links(&staff, crate::store::Link::Members)
        .count();
    let rest = bench.patch(&path, bind(&ids[4..]));

    assert_eq!((too_many.status, one_is_there.status), (400, 400));
    assert_eq!(count_then, 1);
    assert_eq!(rest.status, 204);
    assert_eq!(
        bench
            .primary()
            .links(&staff, crate::store::Link::Members)
            .count(),
        18
    );
}

#[test]
fn each_kind_of_group_takes_its_own_kinds_of_members() {
    let mut bench = Bench::new();
    let (ada, staff, inner) = (
        bench.user("ada"),
        bench.group("staff"),
        bench.group("inner"),
    );
    let (team, other) = (bench.unified("team"), bench.unified("other"));

    assert_eq!(bench.add_member(&staff, &inner).status, 204);
    assert_eq!(bench.add_member(&team, &ada).status, 204);
    for (holder, member) in [
        (&team, &staff),
        (&staff, &team),
        (&team, &other),
        (&staff, &staff),
    ] {
        assert_eq!(bench.add_member(holder, member).status, 400);
    }
    let path = format!("/groups/{staff}/owners/$ref");
    assert_eq!(bench.post(&path, reference(&ada)).status, 204);
    assert_eq!(bench.post(&path, reference(&inner)).status, 400);
}

#[test]
fn groups_that_are_computed_or_that_exchange_owns_refuse_members() {
    let mut bench = Bench::new();
    let ada = bench.user("ada");
    let mut dynamic = group("dynamic");
    dynamic["groupTypes"] = json!(["DynamicMembership"]);
    dynamic["membershipRule"] = json!("user.department -eq \"x\"");
    let dynamic = id(&bench.post("/groups", dynamic));
    let list = bench.group("list");
    let mut changed = crate::store::Object::clone(bench.primary().live(&list).unwrap());
    changed
        .properties
        .insert("mailEnabled".to_owned(), json!(true));
    bench.tenant().store.put(
        &list.as_str().into(),
        changed.class,
        Some(changed),
        i64::MAX / 2,
    );

    for group in [&dynamic, &list] {
        let answer = bench.add_member(group, &ada);
        assert_eq!((answer.status, code(&answer)), (400, "Request_BadRequest"));
    }
    let change = bench.patch(&format!("/groups/{list}"), json!({ "description": "x" }));
    assert_eq!(
        message(&change),
        "Cannot Update a mail-enabled security groups and or distribution list."
    );
    let mut mailed = group("mailed");
    mailed["mailEnabled"] = json!(true);
    assert_eq!(bench.post("/groups", mailed).status, 400);
}

#[test]
fn a_group_is_made_or_changed_by_its_unique_name() {
    let mut bench = Bench::new();
    let path = "/groups(uniqueName='staff')";
    let prefer = [("Prefer", "create-if-missing")];

    let without = bench.patch(path, group("staff"));
    let made = bench.send("PATCH", path, &prefer, Some(group("staff")));
    let changed = bench.send(
        "PATCH",
        path,
        &prefer,
        Some(json!({ "description": "all" })),
    );

    assert_eq!(
        (without.status, made.status, changed.status),
        (404, 201, 204)
    );
    assert_eq!(body(&made)["uniqueName"], "staff");
    let read = bench.get(&format!("/groups/{}", id(&made)));
    assert_eq!(body(&read)["description"], "all");
    assert_eq!(
        bench.primary().living(crate::store::Class::Group).count(),
        1
    );
}
