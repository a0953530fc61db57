//! A population that a slow interpreter of the vendor's rules has brought into its steady state: drafted profiles change
//! nothing of it that the report does not explain.

use std::collections::{BTreeMap, BTreeSet};

use syncline_migrate::config::{Config, Connector, System};
use syncline_migrate::draft::draft;
use syncline_migrate::landscape::Landscape;
use syncline_migrate::report::{Outcome, Report};
use syncline_model::import::{ImportEntry, ImportObject, ObjectName};
use syncline_model::plan::Verb;
use syncline_model::schema::Schema;
use syncline_model::{Anchor, AttrName, DirectoryId, Dn, Value, Values};

use crate::ours::Ours;
use crate::samples::{Described, as_exported, placed};
use crate::vendor::{Content, Held, Object, Vendor};
use crate::{entra, settle};

/// The exported types, each in its own kind of directory: the cloud's objects have no names.
fn schema_of(connector: &Connector) -> (Schema, bool) {
    let mut schema = as_exported(connector);
    let hierarchical = connector.system == System::ActiveDirectory;
    if !hierarchical {
        for def in schema.types.values_mut() {
            def.rdn_attr = None;
        }
    }
    (schema, hierarchical)
}

fn connector(config: &Config, system: System) -> String {
    let found = config.connectors.values().find(|one| one.system == system);
    found.expect("such a connector").id.clone()
}

/// An object in the making.
struct Make(Object);

impl Make {
    fn new(object_type: &str, key: &str) -> Self {
        let n = key
            .bytes()
            .fold(7u64, |n, b| n.wrapping_mul(131).wrapping_add(u64::from(b)));
        let octets: Vec<u8> = n
            .to_be_bytes()
            .iter()
            .chain(&(!n).to_be_bytes())
            .copied()
            .collect();
        let made = Self(Object {
            key: key.to_owned(),
            object_type: object_type.to_owned(),
            held: Held::new(),
        });
        made.value("objectGUID", Value::Bytes(octets.into()))
            .text("cn", key)
            .text("dn", &format!("CN={key},OU=CORP,DC=contoso,DC=com"))
    }

    fn value(mut self, name: &str, value: Value) -> Self {
        self.0.held.insert(
            name.to_lowercase(),
            Content::Values(Values::one(value).unwrap()),
        );
        self
    }

    fn text(self, name: &str, text: &str) -> Self {
        self.value(name, Value::text(text))
    }

    fn texts(mut self, name: &str, texts: &[String]) -> Self {
        let values = Values::new(texts.iter().map(|text| Value::text(text.as_str())));
        self.0
            .held
            .extend(values.map(|values| (name.to_lowercase(), Content::Values(values))));
        self
    }

    fn number(self, name: &str, n: i64) -> Self {
        self.value(name, Value::Int(n))
    }

    fn refer(mut self, name: &str, to: &[String]) -> Self {
        let keys: BTreeSet<String> = to.iter().cloned().collect();
        if !keys.is_empty() {
            self.0.held.insert(name.to_lowercase(), Content::Refs(keys));
        }
        self
    }

    fn sid(self, n: u32) -> Self {
        let mut sid = vec![1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0];
        sid.extend(n.to_le_bytes());
        self.value("objectSid", Value::Bytes(sid.into()))
    }
}

/// A forest with every kind of object that the rules tell apart.
fn forest() -> BTreeMap<String, Object> {
    let mut all = BTreeMap::new();
    let mut put = |made: Make| {
        all.insert(made.0.key.clone(), made.0);
    };
    for n in 0..48u32 {
        let key = format!("user{n:02}");
        let object_type = if n % 12 == 11 {
            "inetOrgPerson"
        } else {
            "user"
        };
        let mut one = Make::new(object_type, &key)
            .sid(1000 + n)
            .text("sAMAccountName", &key)
            .number("userAccountControl", if n % 5 == 4 { 514 } else { 512 })
            .text("givenName", &format!(" First{n} "))
            .text("sn", &format!("Last{n}"))
            .number(
                "pwdLastSet",
                130_000_000_000_000_000 + i64::from(n) * 10_000_000,
            )
            .number("countryCode", i64::from(n % 3) * 40);
        if n % 7 != 6 {
            one = one.text("userPrincipalName", &format!("{key}@contoso.com"));
        }
        if n % 2 == 0 {
            one = one.text("displayName", &format!("First{n} Last{n}"));
        }
        if n % 3 == 0 {
            let addresses = [
                format!("SMTP:{key}@contoso.com"),
                format!("smtp:{key}@contoso.net"),
            ];
            one = one
                .text("mailNickname", &key)
                .text("mail", &format!("{key}@contoso.com"))
                .texts("proxyAddresses", &addresses);
        }
        if n % 4 == 1 {
            one = one
                .text("department", " Sales ")
                .text("title", "Clerk")
                .text("telephoneNumber", "+1 555 0100");
        }
        if n % 6 == 2 {
            let words = [format!("about {n}"), "another".to_owned()];
            one = one
                .texts("description", &words)
                .texts("otherTelephone", &["1".to_owned(), " 2 ".to_owned()]);
        }
        if n > 0 && n % 2 == 1 {
            one = one.refer("manager", &[format!("user{:02}", n / 2)]);
        }
        if n % 8 == 3 {
            one = one
                .text("extensionAttribute1", " one ")
                .text("extensionAttribute15", "fifteen");
        }
        match n {
            40 => one = one.value("isCriticalSystemObject", Value::Bool(true)),
            41 => one = one.text("adminDescription", "User_aaaa"),
            42 => {
                one = one
                    .number("msExchRecipientTypeDetails", 2)
                    .text("mailNickname", &key)
            }
            43 => one = one.text("sAMAccountName", "MSOL_0123456789ab"),
            44 => one = one.number("msExchRecipientTypeDetails", 0x20_0000),
            _ => {}
        }
        put(one);
    }
    for n in 0..12u32 {
        let key = format!("group{n:02}");
        let members: Vec<String> = (0..n)
            .map(|m| format!("user{:02}", m * 3 % 40))
            .chain((n > 6).then(|| "group01".into()))
            .collect();
        let mut one = Make::new("group", &key)
            .sid(5000 + n)
            .text("sAMAccountName", &key)
            .number("groupType", if n % 3 == 2 { 8 } else { -2_147_483_646 })
            .refer("member", &members);
        if n % 2 == 0 {
            one = one.text("displayName", &format!("Group {n}"));
        }
        if n % 3 == 2 {
            let addresses = [format!("SMTP:{key}@contoso.com")];
            one = one
                .text("mail", &format!("{key}@contoso.com"))
                .text("mailNickname", &key)
                .texts("proxyAddresses", &addresses);
        }
        if n == 9 {
            one = one.text("adminDescription", "Group_bbbb");
        }
        put(one);
    }
    for n in 0..8u32 {
        let key = format!("contact{n}");
        let mut one = Make::new("contact", &key)
            .text("displayName", &format!("Contact {n}"))
            .text("sn", &format!("C{n}"));
        if n % 4 != 3 {
            let addresses = [format!("SMTP:{key}@partner.com")];
            one = one
                .text("mail", &format!("{key}@partner.com"))
                .text("mailNickname", &key)
                .texts("proxyAddresses", &addresses);
        }
        put(one);
    }
    for n in 0..4u32 {
        let key = format!("pc{n}");
        let mut one = Make::new("computer", &key)
            .sid(7000 + n)
            .text("sAMAccountName", &format!("{key}$"))
            .number("userAccountControl", 4096)
            .text("operatingSystem", "Windows 10")
            .text("displayName", &format!("{key}$"));
        if n % 2 == 0 {
            one = one.value(
                "userCertificate",
                Value::Bytes(vec![0x30, 3, 2, 1, u8::try_from(n).unwrap()].into()),
            );
        }
        put(one);
    }
    all
}

/// The vendor's steady state: the cloud holds what the rules want of it.
fn steady(config: &Config) -> Vendor<'_> {
    let (forest_id, cloud_id) = (
        connector(config, System::ActiveDirectory),
        connector(config, System::EntraId),
    );
    let objects = [(forest_id, forest()), (cloud_id.clone(), BTreeMap::new())];
    let mut vendor = Vendor::new(config, objects.into());
    vendor.inward();
    for _ in 0..6 {
        vendor.contributions();
        let before = vendor.objects[&cloud_id].clone();
        let wanted = vendor.outward(&cloud_id);
        let key_of = |at: usize| format!("cloud{at:03}");
        let mut cloud = BTreeMap::new();
        for (at, (object_type, held)) in &wanted {
            let mut object = Object {
                key: key_of(*at),
                object_type: object_type.clone(),
                held: Held::new(),
            };
            for (name, held) in held {
                let held = match held {
                    Content::Refs(numbers) => {
                        let known = numbers
                            .iter()
                            .filter_map(|n| n.parse::<usize>().ok())
                            .filter(|n| wanted.contains_key(n));
                        Content::Refs(known.map(key_of).collect())
                    }
                    held => held.clone(),
                };
                let empty = matches!(&held, Content::Refs(keys) if keys.is_empty());
                if !empty && !name.eq_ignore_ascii_case("dn") {
                    object.held.insert(name.to_lowercase(), held);
                }
            }
            let word = match object_type.as_str() {
                "user" => "User",
                "group" => "Group",
                "contact" => "Contact",
                _ => "Device",
            };
            let one = |value: Value| Content::Values(Values::one(value).unwrap());
            object.held.insert(
                "cloudanchor".into(),
                one(Value::text(format!("{word}_{at:08}"))),
            );
            object
                .held
                .insert("cloudmastered".into(), one(Value::Bool(false)));
            vendor.metaverse[*at]
                .linked
                .insert(cloud_id.clone(), object.key.clone());
            cloud.insert(object.key.clone(), object);
        }
        let settled = before.len() == cloud.len()
            && cloud
                .iter()
                .all(|(key, object)| before[key].held == object.held);
        vendor.objects.insert(cloud_id.clone(), cloud);
        if settled {
            vendor.contributions();
            return vendor;
        }
    }
    panic!("the vendor's rules do not settle")
}

fn anchor(key: &str) -> Anchor {
    let mut id = [0; 16];
    let n = key.bytes().fold(11u128, |n, b| {
        n.wrapping_mul(1_000_003).wrapping_add(u128::from(b))
    });
    id.copy_from_slice(&n.to_be_bytes());
    Anchor::Guid(id)
}

fn entries(objects: &BTreeMap<String, Object>, hierarchical: bool) -> Vec<ImportEntry> {
    let entry = |object: &Object| {
        let dn = match hierarchical {
            true => format!("CN={},OU=CORP,DC=contoso,DC=com", object.key)
                .parse()
                .unwrap(),
            false => Dn::root(),
        };
        let mut attrs = Vec::new();
        let mut refs = Vec::new();
        for (name, held) in &object.held {
            match held {
                Content::Values(values) if name != "dn" => {
                    attrs.push((AttrName::new(name), values.clone()))
                }
                Content::Values(_) => {}
                Content::Refs(keys) => {
                    let to = keys.iter().map(|key| ObjectName::Anchor(anchor(key)));
                    refs.push((AttrName::new(name), to.collect()));
                }
            }
        }
        ImportEntry::Object(ImportObject {
            anchor: anchor(&object.key),
            dn,
            object_type: object.object_type.clone(),
            attrs,
            refs,
        })
    };
    objects.values().map(entry).collect()
}

/// Flows to an attribute that the report says are not the same, by the side that they write.
fn explained(report: &Report) -> BTreeSet<(bool, String, String)> {
    let mut all = BTreeSet::new();
    for rule in &report.rules {
        for flow in rule
            .flows
            .iter()
            .filter(|flow| flow.outcome != Outcome::Imported)
        {
            let side = if rule.inbound {
                &rule.metaverse_type
            } else {
                &rule.object_type
            };
            all.insert((rule.inbound, side.to_lowercase(), flow.to.to_lowercase()));
        }
    }
    all
}

struct Both<'a> {
    vendor: Vendor<'a>,
    ours: Ours,
    report: Report,
    directories: BTreeMap<String, DirectoryId>,
}

fn both(config: &Config, change: impl FnOnce(&mut Vendor<'_>)) -> Both<'_> {
    let (landscape, schemas): (Landscape, Described) = placed(config, schema_of);
    let mut drafted = draft(config, &landscape);
    settle(&mut drafted, &schemas);
    let documents = drafted
        .profiles()
        .into_iter()
        .map(|one| one.profile)
        .collect();
    let mut vendor = steady(config);
    change(&mut vendor);
    let mut ours = Ours::new(documents, &schemas);
    let mut directories = BTreeMap::new();
    for (id, place) in &landscape.places {
        ours.import(
            place.directory,
            &entries(&vendor.objects[id], place.hierarchical),
        );
        directories.insert(id.clone(), place.directory);
    }
    ours.settle();
    Both {
        vendor,
        ours,
        report: drafted.report(),
        directories,
    }
}

/// What the next export would change: verb, object type, key of the object or of the source, attribute.
fn changes(both: &Both<'_>) -> Vec<(Verb, String, String, String)> {
    let mut out = Vec::new();
    for op in both.ours.plan() {
        let object_type = both
            .ours
            .set
            .types
            .name(op.object_type)
            .unwrap_or("?")
            .to_owned();
        let key = both.ours.db.cs[&op.cs].body.anchor.as_ref();
        let key = both
            .vendor
            .objects
            .values()
            .flat_map(BTreeMap::keys)
            .find(|one| Some(&anchor(one)) == key)
            .cloned()
            .unwrap_or_default();
        let verb = op.effect.verb;
        let names = op
            .effect
            .attrs
            .iter()
            .map(|(attr, _)| *attr)
            .chain(op.effect.refs.iter().map(|change| change.attr));
        let mut names: Vec<String> = names
            .map(|attr| both.ours.set.attr_name(attr).to_owned())
            .collect();
        if verb != Verb::Update {
            names = vec![String::new()];
        }
        names.sort();
        names.dedup();
        out.extend(
            names
                .into_iter()
                .map(|name| (verb, object_type.clone(), key.clone(), name)),
        );
    }
    out.sort();
    out
}

#[test]
fn the_what_if_over_the_vendors_own_result_shows_nothing_that_the_report_does_not_explain() {
    let config = entra();

    let both = both(&config, |_| {});

    let explained = explained(&both.report);
    let mut unexplained = Vec::new();
    for (verb, object_type, key, attr) in changes(&both) {
        let known = explained.contains(&(false, object_type.to_lowercase(), attr.to_lowercase()));
        if verb != Verb::Update || !known {
            unexplained.push((verb, object_type, key, attr));
        }
    }
    assert_eq!(unexplained, [], "of {} changes", changes(&both).len());
    assert!(both.ours.db.errors.is_empty(), "{:#?}", both.ours.db.errors);
}

#[test]
fn the_metaverse_is_the_vendors_but_for_what_the_report_explains() {
    let config = entra();
    let both = both(&config, |_| {});
    let explained = explained(&both.report);
    let forest_id = connector(&config, System::ActiveDirectory);
    let forest = both.directories[&forest_id];

    let mut compared = 0;
    let mut wrong = Vec::new();
    for person in &both.vendor.metaverse {
        let Some(key) = person.linked.get(&forest_id) else {
            continue;
        };
        let object = both
            .ours
            .db
            .by_anchor(forest, &anchor(key))
            .expect("every object was read");
        let Some(link) = object.row.link else {
            wrong.push(format!("{key} is not linked"));
            continue;
        };
        let mv = &both.ours.db.mv[&link.mv];
        let links = both
            .ours
            .db
            .cs
            .values()
            .filter(|cs| cs.row.link.is_some_and(|l| l.mv == link.mv))
            .count();
        if links != person.linked.len() {
            wrong.push(format!("{key} has {links} links, not {:?}", person.linked));
        }
        let ours: BTreeMap<String, Values> = mv
            .body
            .values
            .iter()
            .map(|value| {
                (
                    both.ours.set.attr_name(value.attr).to_lowercase(),
                    value.values.clone(),
                )
            })
            .collect();
        let names: BTreeSet<&String> = ours.keys().chain(person.held.keys()).collect();
        for name in names {
            let theirs = match person.held.get(name) {
                Some(Content::Values(values)) => Some(values),
                Some(Content::Refs(_)) => continue,
                None => None,
            };
            let known =
                explained.contains(&(true, person.metaverse_type.to_lowercase(), name.clone()));
            compared += 1;
            if ours.get(name) != theirs && !known {
                wrong.push(format!(
                    "{key} {name}: {:?}, not {theirs:?}",
                    ours.get(name)
                ));
            }
        }
    }

    assert_eq!(wrong, Vec::<String>::new());
    assert!(compared > 1_000, "{compared}");
    let linked = both
        .ours
        .db
        .cs
        .values()
        .filter(|cs| cs.row.directory == forest && cs.row.link.is_some())
        .count();
    let theirs = both
        .vendor
        .metaverse
        .iter()
        .filter(|person| person.linked.contains_key(&forest_id))
        .count();
    assert_eq!(linked, theirs);
}

#[test]
fn what_changes_in_the_forest_is_what_the_what_if_shows() {
    let config = entra();
    let (forest_id, before) = (
        connector(&config, System::ActiveDirectory),
        changes(&both(&config, |_| {})),
    );

    let after = changes(&both(&config, |vendor| {
        let objects = vendor.objects.get_mut(&forest_id).unwrap();
        let held = &mut objects.get_mut("user02").unwrap().held;
        held.insert(
            "displayname".into(),
            Content::Values(Values::one(Value::text("Renamed")).unwrap()),
        );
        let joiner = Make::new("user", "joiner")
            .sid(99)
            .text("sAMAccountName", "joiner")
            .number("userAccountControl", 512);
        let joiner = joiner.text("userPrincipalName", "joiner@contoso.com");
        objects.insert("joiner".into(), joiner.0);
    }));

    let new: Vec<_> = after
        .into_iter()
        .filter(|change| !before.contains(change))
        .collect();
    let shown: Vec<(Verb, &str, &str)> = new
        .iter()
        .map(|(verb, object_type, _, attr)| (*verb, object_type.as_str(), attr.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (Verb::Add, "user", ""),
            (Verb::Update, "user", "displayName")
        ]
    );
}
