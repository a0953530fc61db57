//! Delta imports: exactly what happened since the watermark.

use std::sync::Arc;

use syncline_connector_tests::*;
use syncline_connectors::ldap::LdapConnector;
use syncline_lab::{DataSet, Domain, LdapTools};
use syncline_model::Anchor;
use syncline_model::import::{ImportMode, ObjectName};
use syncline_model::value::{Value, Values};

const BASE: &str = "DC=contoso,DC=test";

struct World {
    forest: Site,
    tools: LdapTools,
    connector: Arc<LdapConnector>,
    containers: Vec<String>,
    last: Import,
}

impl World {
    async fn new(door: Door, ldif: &str, containers: &[&str]) -> Self {
        let forest = Site::start(door, Domain::Contoso, DataSet::Empty);
        let tools = forest.administrator().unwrap();
        tools.add(ldif).unwrap();
        let connector = forest.as_service();
        let last = import(&connector, request(ImportMode::Full, containers))
            .await
            .unwrap();
        Self {
            forest,
            tools,
            connector,
            containers: containers.iter().map(|dn| (*dn).to_owned()).collect(),
            last,
        }
    }

    fn anchor(&self, dn: &str) -> Anchor {
        self.last.at(dn).anchor.clone()
    }

    /// What happened since the last call.
    async fn delta(&mut self) -> Import {
        let containers: Vec<&str> = self.containers.iter().map(String::as_str).collect();
        let asked = request(self.last.delta(), &containers);
        let import = import(&self.connector, asked).await.unwrap();
        self.last.end = import.end.clone();
        import
    }

    fn modify(&self, change: &str) {
        self.tools.modify(change).unwrap();
    }
}

fn user(name: &str, parent: &str) -> String {
    format!("dn: CN={name},{parent}\nobjectClass: user\nsAMAccountName: {name}\n\n")
}

fn group(name: &str, parent: &str, members: &[&str]) -> String {
    let members: String = members.iter().map(|dn| format!("member: {dn}\n")).collect();
    format!("dn: CN={name},{parent}\nobjectClass: group\nsAMAccountName: {name}\n{members}\n")
}

fn unit(dn: &str) -> String {
    format!("dn: {dn}\nobjectClass: organizationalUnit\n\n")
}

fn to(anchor: &Anchor) -> ObjectName {
    ObjectName::Anchor(anchor.clone())
}

async fn nothing_happened_is_nothing_delivered(door: Door) {
    let mut world = World::new(door, &user("ann", &format!("OU=Staff,{BASE}")), &[]).await;

    assert!(world.delta().await.is_empty());
    assert!(world.delta().await.is_empty());
}

async fn changed_attributes_come_alone_and_cleared_ones_as_cleared(door: Door) {
    let staff = format!("OU=Staff,{BASE}");
    let mut world = World::new(
        door,
        &[user("ann", &staff), user("bob", &staff)].concat(),
        &[],
    )
    .await;
    let (ann, bob) = (
        world.anchor(&format!("CN=ann,{staff}")),
        world.anchor(&format!("CN=bob,{staff}")),
    );

    world.modify(&format!(
        "dn: CN=ann,{staff}\nchangetype: modify\nreplace: displayName\ndisplayName: Ann Müller\n-\nreplace: manager\nmanager: CN=bob,{staff}\n-\nadd: otherTelephone\notherTelephone: 2\notherTelephone: 1\n-\nreplace: userAccountControl\nuserAccountControl: 66048\n-\nreplace: physicalDeliveryOfficeName\nphysicalDeliveryOfficeName: not asked for\n"
    ));
    let first = world.delta().await;
    world.modify(&format!(
        "dn: CN=ann,{staff}\nchangetype: modify\ndelete: displayName\n-\ndelete: manager\n"
    ));
    let second = world.delta().await;

    assert!(first.objects.is_empty() && first.deleted.is_empty());
    let change = first.change(&ann);
    let value = |attr: &str| {
        change
            .attrs
            .iter()
            .find(|(name, _)| *name == attr.into())
            .map(|(_, v)| v.clone())
    };
    assert_eq!(
        value("displayName"),
        Some(Values::one(Value::text("Ann Müller")))
    );
    assert_eq!(
        value("otherTelephone"),
        Some(Values::new([Value::text("1"), Value::text("2")]))
    );
    assert_eq!(
        value("accountDisabled"),
        Some(Values::one(Value::Bool(false)))
    );
    assert_eq!(
        value("passwordNeverExpires"),
        Some(Values::one(Value::Bool(true)))
    );
    assert_eq!(change.attrs.len(), 4, "{:?}", change.attrs);
    assert_eq!(change.refs_set, [("manager".into(), vec![to(&bob)])]);
    assert_eq!(change.dn, None);
    let change = second.change(&ann);
    assert_eq!(change.attrs, [("displayName".into(), None)]);
    assert_eq!(change.refs_set, [("manager".into(), vec![])]);
}

async fn members_come_as_added_and_removed(door: Door) {
    let staff = format!("OU=Staff,{BASE}");
    let dn = |name: &str| format!("CN={name},{staff}");
    let ldif = [
        user("ann", &staff),
        user("bob", &staff),
        group("team", &staff, &[&dn("ann")]),
    ];
    let mut world = World::new(door, &ldif.concat(), &[]).await;
    let (ann, bob, team) = (
        world.anchor(&dn("ann")),
        world.anchor(&dn("bob")),
        world.anchor(&dn("team")),
    );

    world.modify(&format!(
        "dn: {}\nchangetype: modify\nadd: member\nmember: {}\n-\ndelete: member\nmember: {}\n",
        dn("team"),
        dn("bob"),
        dn("ann")
    ));
    let delta = world.delta().await;

    let change = delta.change(&team);
    assert_eq!(change.refs_added, [("member".into(), to(&bob))]);
    assert_eq!(change.refs_removed, [("member".into(), to(&ann))]);
    assert!(change.refs_set.is_empty() && change.attrs.is_empty());
}

async fn new_renamed_and_moved_objects_come_whole_and_deleted_ones_as_deleted(door: Door) {
    let (staff, service) = (format!("OU=Staff,{BASE}"), format!("OU=Service,{BASE}"));
    let ldif = [
        user("ann", &staff),
        user("bob", &staff),
        user("cyd", &staff),
        group("team", &staff, &[&format!("CN=cyd,{staff}")]),
    ];
    let mut world = World::new(door, &ldif.concat(), &[]).await;
    let anchor = |name: &str| world.anchor(&format!("CN={name},{staff}"));
    let (ann, bob, cyd, team) = (anchor("ann"), anchor("bob"), anchor("cyd"), anchor("team"));

    world
        .tools
        .rename(&format!("CN=ann,{staff}"), "CN=ann lee", None)
        .unwrap();
    world
        .tools
        .rename(&format!("CN=bob,{staff}"), "CN=bob", Some(&service))
        .unwrap();
    world.tools.delete(&format!("CN=cyd,{staff}")).unwrap();
    world
        .tools
        .add(
            &[
                user("dan", &staff),
                group(
                    "new team",
                    &staff,
                    &[&format!("CN=ann lee,{staff}"), &format!("CN=dan,{staff}")],
                ),
                user("short", &staff),
            ]
            .concat(),
        )
        .unwrap();
    world.tools.delete(&format!("CN=short,{staff}")).unwrap();
    let delta = world.delta().await;

    assert!(delta.changes.is_empty(), "{:?}", delta.changes);
    assert_eq!(
        delta.objects[&ann].dn.to_string(),
        format!("CN=ann lee,{staff}")
    );
    assert_eq!(text(&delta.objects[&ann], "cn"), Some("ann lee"));
    assert_eq!(
        delta.objects[&bob].dn.to_string(),
        format!("CN=bob,{service}")
    );
    let dan = delta.at(&format!("CN=dan,{staff}"));
    let new_team = delta.at(&format!("CN=new team,{staff}"));
    let members: std::collections::BTreeSet<String> = refs(new_team, "member")
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    let expected = [to(&ann), to(&dan.anchor)]
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    assert_eq!(members, expected);
    assert_eq!(delta.objects.len(), 4);
    assert!(delta.deleted.contains(&cyd));
    assert!(!delta.objects.contains_key(&team));
    assert!(world.delta().await.is_empty());
}

async fn a_renamed_container_is_one_entry_and_what_lies_below_is_none(door: Door) {
    let unit_dn = format!("OU=Sales,OU=Staff,{BASE}");
    let people: String = (0..20).map(|n| user(&format!("u{n}"), &unit_dn)).collect();
    let mut world = World::new(door, &[unit(&unit_dn), people].concat(), &[]).await;
    let sales = world.anchor(&unit_dn);

    world
        .tools
        .rename(&unit_dn, "OU=Sales and Partners", None)
        .unwrap();
    let delta = world.delta().await;

    assert_eq!(delta.objects.len(), 1, "{:?}", delta.objects.keys());
    assert_eq!(
        delta.objects[&sales].dn.to_string(),
        format!("OU=Sales and Partners,OU=Staff,{BASE}")
    );
    assert_eq!(delta.objects[&sales].object_type, "organizationalUnit");
    assert!(delta.changes.is_empty() && delta.deleted.is_empty());
}

async fn what_enters_the_scope_comes_whole_and_what_leaves_it_is_gone(door: Door) {
    let (inside, outside) = (format!("OU=In,{BASE}"), format!("OU=Out,{BASE}"));
    let unit_in = format!("OU=a,{inside}");
    let unit_out = format!("OU=b,{outside}");
    let ldif = [
        unit(&inside),
        unit(&outside),
        unit(&unit_in),
        unit(&unit_out),
        user("leaves", &inside),
        user("enters", &outside),
        user("stays-out", &outside),
        user("leaves-with-unit", &unit_in),
        user("enters-with-unit", &unit_out),
    ];
    let mut world = World::new(door, &ldif.concat(), &[&inside]).await;
    assert_eq!(world.last.of_type("user").len(), 2);
    let leaves = world.anchor(&format!("CN=leaves,{inside}"));
    let leaves_with_unit = world.anchor(&format!("CN=leaves-with-unit,{unit_in}"));
    let unit_a = world.anchor(&unit_in);

    world
        .tools
        .rename(&format!("CN=leaves,{inside}"), "CN=leaves", Some(&outside))
        .unwrap();
    world
        .tools
        .rename(&format!("CN=enters,{outside}"), "CN=enters", Some(&inside))
        .unwrap();
    world
        .tools
        .rename(&unit_in, "OU=a", Some(&outside))
        .unwrap();
    world
        .tools
        .rename(&unit_out, "OU=b", Some(&inside))
        .unwrap();
    world.modify(&format!(
        "dn: CN=stays-out,{outside}\nchangetype: modify\nreplace: title\ntitle: x\n"
    ));
    let delta = world.delta().await;

    for gone in [&leaves, &leaves_with_unit, &unit_a] {
        assert!(delta.deleted.contains(gone), "{gone}");
    }
    assert_eq!(delta.at(&format!("CN=enters,{inside}")).object_type, "user");
    assert_eq!(
        delta
            .at(&format!("CN=enters-with-unit,OU=b,{inside}"))
            .object_type,
        "user"
    );
    assert_eq!(delta.of_type("user").len(), 2);
    assert!(delta.changes.is_empty(), "{:?}", delta.changes);
}

async fn a_renamed_selected_container_stays_selected(door: Door) {
    let inside = format!("OU=In,{BASE}");
    let world = World::new(
        door,
        &[unit(&inside), user("ann", &inside)].concat(),
        &[&inside],
    )
    .await;
    let (unit, ann) = (
        world.anchor(&inside),
        world.anchor(&format!("CN=ann,{inside}")),
    );

    world.tools.rename(&inside, "OU=Renamed", None).unwrap();
    world.modify(&format!(
        "dn: CN=ann,OU=Renamed,{BASE}\nchangetype: modify\nreplace: title\ntitle: x\n"
    ));
    let mut asked = request(world.last.delta(), &[]);
    asked.containers = vec![to(&unit)];
    let delta = import(&world.connector, asked).await.unwrap();

    assert_eq!(
        delta.objects[&unit].dn.to_string(),
        format!("OU=Renamed,{BASE}")
    );
    assert_eq!(delta.change(&ann).attrs.len(), 1);
    assert!(delta.deleted.is_empty());
}

async fn another_process_continues_from_the_same_watermark(door: Door) {
    let staff = format!("OU=Staff,{BASE}");
    let world = World::new(door, &user("ann", &staff), &[]).await;
    let ann = world.anchor(&format!("CN=ann,{staff}"));

    world.modify(&format!(
        "dn: CN=ann,{staff}\nchangetype: modify\nreplace: title\ntitle: x\n"
    ));
    let fresh = world.forest.as_service();
    let delta = import(&fresh, request(world.last.delta(), &[]))
        .await
        .unwrap();
    let repeated = import(&fresh, request(world.last.delta(), &[]))
        .await
        .unwrap();

    assert_eq!(
        delta.change(&ann).attrs,
        [("title".into(), Values::one(Value::text("x")))]
    );
    assert_eq!(repeated.changes, delta.changes);
}

async fn a_watermark_that_is_no_good_says_so(door: Door) {
    let world = World::new(door, &user("ann", &format!("OU=Staff,{BASE}")), &[]).await;
    let good = world.last.end.watermark.clone().unwrap();
    let mut another_domain = good.clone();
    another_domain[8] ^= 1;
    let mut set_back = good.clone();
    set_back[36] = 0x7f;
    let mut damaged = good.clone();
    damaged.truncate(60);

    for watermark in [another_domain, set_back, damaged, b"nonsense".to_vec()] {
        let asked = request(ImportMode::Delta(watermark), &[]);
        let fault = import(&world.connector, asked).await.unwrap_err();
        assert_eq!(fault.code, "import.watermark_expired", "{fault:?}");
    }
    let asked = request(ImportMode::Delta(good), &[]);
    assert!(import(&world.connector, asked).await.unwrap().is_empty());
}

both_doors!(
    nothing_happened_is_nothing_delivered,
    changed_attributes_come_alone_and_cleared_ones_as_cleared,
    members_come_as_added_and_removed,
    new_renamed_and_moved_objects_come_whole_and_deleted_ones_as_deleted,
    a_renamed_container_is_one_entry_and_what_lies_below_is_none,
    what_enters_the_scope_comes_whole_and_what_leaves_it_is_gone,
    a_renamed_selected_container_stays_selected,
    another_process_continues_from_the_same_watermark,
    a_watermark_that_is_no_good_says_so,
);
