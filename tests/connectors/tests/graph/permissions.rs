//! The permissions that are asked for: they suffice for what they are asked for, and none of them is too many.

use std::sync::Arc;

use serde_json::json;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_connectors::graph::GraphConnector;
use syncline_connectors::graph::permissions::{Write, needed};
use syncline_model::AttrName;
use syncline_model::import::{ImportMode, ImportRequest};
use syncline_model::op::{Change, OpKind, OpValue, Operation};
use syncline_model::value::Value;

use crate::world::{World, add_group, add_user, delete, flag, imported_as, text, to, update, user};

type Reads = Vec<(String, Vec<AttrName>)>;

fn reads(types: &[(&str, &[&str])]) -> Reads {
    let of = |(name, attrs): &(&str, &[&str])| {
        (
            (*name).to_owned(),
            attrs.iter().map(AttrName::new).collect(),
        )
    };
    types.iter().map(of).collect()
}

/// What is granted for these operations.
fn writes(operations: &[Operation]) -> Vec<Write> {
    let of = |operation: &Operation| {
        let object_type = operation.object_type().to_owned();
        let attrs: Vec<AttrName> = operation
            .deltas
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        match operation.kind {
            OpKind::Add { .. } => Write::Create(object_type, attrs),
            OpKind::Update { .. } => Write::Update(object_type, attrs),
            OpKind::Delete { .. } => Write::Delete(object_type),
        }
    };
    operations.iter().map(of).collect()
}

/// Whether everything is read and written, and how often a permission was missing.
async fn carried_out(
    world: &World,
    connector: &Arc<GraphConnector>,
    types: &Reads,
    operations: &[Operation],
) -> (bool, u64) {
    let before = world.control.violations().unwrap().requests;
    let mut is_done = true;
    if !types.is_empty() {
        let request = ImportRequest {
            mode: ImportMode::Full,
            containers: Vec::new(),
            types: types.clone(),
            page_size: 50,
        };
        let (_, end) = imported_as(connector, request).await;
        is_done &= end.is_ok_and(|end| end.refused.is_empty());
    }
    for operation in operations {
        let outcome = connector.export(operation, &KnownNames).await;
        is_done &= match &outcome {
            OpOutcome::Done(applied) => applied.refused.is_empty(),
            // With fewer permissions it could be deleted, too, and not be read.
            OpOutcome::AlreadyGone => true,
            _ => false,
        };
    }
    let after = world.control.violations().unwrap().requests;
    (is_done, after - before)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_suffices_and_nothing_of_it_is_too_much() {
    let world = World::new(150);
    let grade = "extension_0123456789abcdef0123456789abcdef_grade";
    let extensions = json!([{"name": grade, "dataType": "String", "targetObjects": ["User"]}]);
    world
        .control
        .set_extensions(&world.tenant, &extensions)
        .unwrap();
    let ids = world.control.generate(&world.tenant, 6, 4, 2).unwrap();
    let mut gone = user("gone");
    gone["@deleted"] = json!(true);
    gone["onPremisesImmutableId"] = json!("aW1tdXRhYmxl");
    let seed = json!({"users": [gone]});
    world.control.seed(&world.tenant, &seed).unwrap();
    let returns = ("onPremisesImmutableId", text("aW1tdXRhYmxl"));
    let person = |at: usize| ids["users"][at].as_str().unwrap();
    let group = |at: usize| ids["groups"][at].as_str().unwrap();
    let mail = || Change::Set(vec![OpValue::Value(Value::text("a@else.test"))]);
    let manager = |id: &str| ("manager", Change::Set(vec![to(id)]));
    let members = |add: &[&str], remove: &[&str]| {
        let refs = |ids: &[&str]| ids.iter().map(|id| to(id)).collect();
        let (add, remove) = (refs(add), refs(remove));
        ("members", Change::Values { add, remove })
    };
    let users = || reads(&[("user", &["mail"])]);
    let changed = |deltas| vec![update(person(0), "user", deltas)];
    let cases: Vec<(Reads, Vec<Operation>)> = vec![
        (reads(&[("user", &["mail", "manager"])]), vec![]),
        (reads(&[("user", &[grade])]), vec![]),
        (reads(&[("contact", &["mail"])]), vec![]),
        (reads(&[("group", &["displayName", "visibility"])]), vec![]),
        (reads(&[("group", &["displayName", "members"])]), vec![]),
        (reads(&[("group", &["members", "theme"])]), vec![]),
        (users(), changed(vec![("accountEnabled", flag(false))])),
        (users(), changed(vec![("mobilePhone", text("7"))])),
        (users(), changed(vec![("otherMails", mail())])),
        (users(), changed(vec![("jobTitle", text("Analyst"))])),
        (users(), changed(vec![manager(person(1))])),
        (users(), vec![delete(person(5), "user")]),
        (
            users(),
            vec![
                update(person(4), "user", vec![("city", text("Rome"))]),
                update(person(4), "user", vec![("mobilePhone", text("7"))]),
                delete(person(4), "user"),
            ],
        ),
        (vec![], vec![add_user(1, "ada", vec![manager(person(1))])]),
        (vec![], vec![add_user(3, "gone", vec![returns])]),
        (
            vec![],
            vec![add_group(2, "staff", vec![members(&[person(0)], &[])])],
        ),
        (
            reads(&[("group", &["members"])]),
            vec![update(
                group(0),
                "group",
                vec![members(&[person(3)], &[person(1)])],
            )],
        ),
        (
            reads(&[("group", &["displayName"])]),
            vec![update(group(1), "group", vec![("description", text("x"))])],
        ),
        (vec![], vec![delete(group(3), "group")]),
        (
            reads(&[("group", &["displayName", "members"])]),
            vec![
                update(group(2), "group", vec![members(&[person(0)], &[])]),
                delete(group(2), "group"),
            ],
        ),
    ];

    for (types, operations) in &cases {
        let asked: Vec<&str> = needed(types, &writes(operations))
            .into_iter()
            .map(|need| need.permission)
            .collect();
        let grant = |roles: &[&str]| {
            let (tenant, application) = (&world.tenant, &world.application);
            world.control.grant(tenant, application, roles).unwrap();
            world.connector()
        };
        for left_out in &asked {
            let fewer: Vec<&str> = asked
                .iter()
                .copied()
                .filter(|name| name != left_out)
                .collect();
            let (is_done, missing) = carried_out(&world, &grant(&fewer), types, operations).await;
            assert!(
                !is_done || missing > 0,
                "{left_out} of {asked:?} is not needed for {types:?} {operations:?}"
            );
        }
        let outcome = carried_out(&world, &grant(&asked), types, operations).await;
        assert_eq!(outcome, (true, 0), "{asked:?} for {types:?} {operations:?}");
    }
    world.end_but(&["permission.missing"]);
}
