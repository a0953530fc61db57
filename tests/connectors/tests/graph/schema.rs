//! Every attribute that is offered: known to the vendor's contract, of the kind it says, written and read back.

use std::collections::BTreeMap;

use serde_json::json;
use syncline_connectors::contract::Connector;
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ImportRequest};
use syncline_model::op::{Change, OpValue};
use syncline_model::schema::{AttrDef, Schema};
use syncline_model::value::{Value, ValueType, Values};

use crate::world::{World, done, imported_as, update};

/// Ticks of 2026-03-31T08:00:00Z.
const MOMENT: i64 = 639_105_408_000_000_000;

fn plain<'a>(schema: &'a Schema, object_type: &str) -> impl Iterator<Item = &'a AttrDef> {
    let attrs = schema.types[object_type].attrs.values();
    attrs.filter(|attr| attr.value_type != ValueType::Reference)
}

fn everything(schema: &Schema) -> ImportRequest {
    let of = |name: &String| {
        let attrs = schema.types[name].attrs.keys();
        (name.clone(), attrs.cloned().collect())
    };
    ImportRequest {
        mode: ImportMode::Full,
        containers: Vec::new(),
        types: schema.types.keys().map(of).collect(),
        page_size: 50,
    }
}

/// A value that the directory's rules have nothing against.
fn value(attr: &AttrDef) -> Value {
    match (attr.value_type, attr.name.as_str()) {
        (ValueType::Boolean, _) => Value::Bool(true),
        (ValueType::Datetime, _) => Value::Time(MOMENT),
        (_, "userPrincipalName") => Value::text("countess@contoso.test"),
        (_, "mail" | "otherMails") => Value::text("countess@else.test"),
        (_, "usageLocation") => Value::text("IT"),
        (_, "onPremisesImmutableId") => Value::text("aW1tdXRhYmxl"),
        (_, "userType") => Value::text("Guest"),
        (_, name) => Value::text(format!("{:.9}", name)),
    }
}

type Held = BTreeMap<AttrName, Values>;

fn held(entries: &[ImportEntry], object_type: &str) -> Held {
    let object = entries.iter().find_map(|entry| match entry {
        ImportEntry::Object(object) if object.object_type == object_type => Some(object),
        _ => None,
    });
    object.unwrap().attrs.iter().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attribute_that_can_be_written_is_written_and_read_back() {
    let world = World::new(160);
    let ids = world.control.generate(&world.tenant, 1, 1, 0).unwrap();
    let connector = world.connector();
    let schema = connector.describe().await.unwrap();
    let fixed = ["groupTypes", "isAssignableToRole", "mailEnabled"].map(AttrName::new);

    for (object_type, collection) in [("user", "users"), ("group", "groups")] {
        let id = ids[collection][0].as_str().unwrap();
        let wanted: Vec<(AttrName, Value)> = plain(&schema, object_type)
            .filter(|attr| attr.writable && !fixed.contains(&attr.name))
            .map(|attr| (attr.name.clone(), value(attr)))
            .collect();
        let changes = wanted.iter().map(|(name, value)| {
            let set = Change::Set(vec![OpValue::Value(value.clone())]);
            (name.as_str(), set)
        });
        let applied = done(&connector, &update(id, object_type, changes.collect())).await;
        assert!(applied.refused.is_empty(), "{:#?}", applied.refused);

        let (entries, end) = imported_as(&connector, everything(&schema)).await;

        end.unwrap();
        let held = held(&entries, object_type);
        for (name, value) in wanted {
            let read = held.get(&name).and_then(Values::single);
            assert_eq!(read, Some(&value), "{name} of {object_type}");
        }
    }
    world.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attribute_of_a_contact_is_read_from_its_place() {
    let world = World::new(161);
    let names = [
        "companyName",
        "department",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mailNickname",
        "surname",
    ];
    let parts = [
        "city",
        "countryOrRegion",
        "officeLocation",
        "postalCode",
        "state",
        "street",
    ];
    let mut contact = json!({
        "onPremisesSyncEnabled": true,
        "onPremisesLastSyncDateTime": "2026-03-31T08:00:00Z",
        "proxyAddresses": ["SMTP:vendor@else.test"],
        "phones": [
            {"type": "mobile", "number": "phoneMobile"},
            {"type": "business", "number": "phoneBusiness"},
            {"type": "businessFax", "number": "phoneBusinessFax"},
        ],
        "addresses": [{}],
    });
    for name in names {
        contact[name] = json!(name);
    }
    for part in parts {
        contact["addresses"][0][part] = json!(part);
    }
    let seed = json!({"contacts": [contact]});
    world.control.seed(&world.tenant, &seed).unwrap();
    let connector = world.connector();
    let schema = connector.describe().await.unwrap();

    let (entries, end) = imported_as(&connector, everything(&schema)).await;

    end.unwrap();
    let held = held(&entries, "contact");
    for attr in plain(&schema, "contact") {
        let name = attr.name.as_str();
        let expected = match (attr.value_type, name) {
            (ValueType::Boolean, _) => Value::Bool(true),
            (ValueType::Datetime, _) => Value::Time(MOMENT),
            (_, "proxyAddresses") => Value::text("SMTP:vendor@else.test"),
            _ => {
                let part = name.strip_prefix("address").map(|part| {
                    let (first, rest) = part.split_at(1);
                    first.to_lowercase() + rest
                });
                Value::text(part.unwrap_or(name.to_owned()))
            }
        };
        let read = held.get(&attr.name).and_then(Values::single);
        assert_eq!(read, Some(&expected), "{name}");
    }
    world.end();
}
