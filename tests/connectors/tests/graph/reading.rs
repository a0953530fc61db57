//! What reading costs, and what it shows of a tenant's size.

use serde_json::json;
use syncline_connectors::contract::{Connector, KnownNames, ReadRequest};
use syncline_connectors::graph::TenantSize;
use syncline_graph_sim::DeltaOptions;
use syncline_model::import::{ImportMode, ObjectName};
use syncline_model::op::{Change, OpValue};
use syncline_model::value::Value;

use crate::world::{
    World, add_group, add_user, anchor, delete, done, imported, request, text, to, update,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_as_large_as_it_has_users_however_often_a_row_comes() {
    for (seed, users, size) in [
        (140, 40, TenantSize::S),
        (141, 60, TenantSize::M),
        (142, 501, TenantSize::L),
    ] {
        let world = World::new(seed);
        world.control.generate(&world.tenant, users, 0, 0).unwrap();
        let options = DeltaOptions {
            duplicates: 1.0,
            replays: 1.0,
            ..DeltaOptions::default()
        };
        world.control.set_delta(&world.tenant, &options).unwrap();
        let connector = world.connector();

        let (_, end) = imported(&connector, ImportMode::Full).await;
        let mark = end.unwrap().watermark.unwrap();
        imported(&connector, ImportMode::Delta(mark))
            .await
            .1
            .unwrap();

        assert_eq!(connector.size(), size, "{users} users");
        world.end();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_charged_is_what_the_vendor_charges() {
    let world = World::new(143);
    let ids = world.control.generate(&world.tenant, 30, 2, 25).unwrap();
    let user = |at: usize| ids["users"][at].as_str().unwrap();
    let connector = world.connector();
    let value = |text: &str| OpValue::Value(Value::text(text));
    let members = |add: Vec<OpValue>, remove: Vec<OpValue>| Change::Values { add, remove };
    let immutable = || ("onPremisesImmutableId", text("aW1tdXRhYmxl"));

    connector.identity().await.unwrap();
    let (_, end) = imported(&connector, ImportMode::Full).await;
    let mark = end.unwrap().watermark.unwrap();
    imported(&connector, ImportMode::Delta(mark))
        .await
        .1
        .unwrap();
    let names = [user(0), ids["groups"][0].as_str().unwrap()];
    let read = ReadRequest {
        objects: names.map(|id| ObjectName::Anchor(anchor(id))).to_vec(),
        types: request(ImportMode::Full).types,
    };
    connector.read(read).await.unwrap();
    let manager = ("manager", Change::Set(vec![to(user(1))]));
    let ada = done(&connector, &add_user(1, "ada", vec![immutable(), manager])).await;
    let ada = ada.anchor.to_string();
    let others = Change::Values {
        add: vec![value("a@else.test")],
        remove: vec![],
    };
    done(
        &connector,
        &update(&ada, "user", vec![("otherMails", others)]),
    )
    .await;
    done(
        &connector,
        &update(&ada, "user", vec![("manager", Change::Clear)]),
    )
    .await;
    let all = (0..25).map(|at| to(user(at))).collect();
    let staff = add_group(2, "staff", vec![("members", members(all, vec![]))]);
    let staff = done(&connector, &staff).await.anchor.to_string();
    let fewer = members(vec![], vec![to(user(3)), to(user(4))]);
    done(
        &connector,
        &update(&staff, "group", vec![("members", fewer)]),
    )
    .await;
    let one = Change::Set(vec![to(user(5))]);
    done(&connector, &update(&staff, "group", vec![("members", one)])).await;
    let taken = add_user(3, "person7", vec![]);
    connector.export(&taken, &KnownNames).await;
    done(&connector, &delete(&ada, "user")).await;
    done(&connector, &add_user(4, "again", vec![immutable()])).await;

    let log = world.control.log(0).unwrap();
    let told: Vec<_> = log
        .iter()
        .map(|entry| json!([entry.method, entry.path, entry.units, entry.writes]))
        .collect();
    let sum = |of: fn(&syncline_graph_sim::Entry) -> u32| log.iter().map(of).sum::<u32>();
    let charged = connector.charged();
    assert_eq!(
        charged.writes,
        u64::from(sum(|entry| entry.writes)),
        "{told:#?}"
    );
    assert_eq!(
        charged.units,
        u64::from(sum(|entry| entry.units)),
        "{told:#?}"
    );
    world.end();
}
