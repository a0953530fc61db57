//! Full imports of a forest.

use std::collections::HashSet;

use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, PageSink, ReadAnswer, ReadRequest};
use syncline_lab::{DataSet, Domain, Scope};
use syncline_model::AttrName;
use syncline_model::import::{ImportEntry, ImportMode, ObjectName};
use syncline_model::value::{Value, ValueType};

async fn a_full_import_shows_what_another_client_sees(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Small);
    let tools = forest.administrator().unwrap();
    let facts = DataSet::Small.story().facts;
    let connector = forest.as_service();

    let import = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();

    assert!(import.errors.is_empty(), "{:?}", import.errors);
    assert!(import.end.watermark.is_some());
    assert_eq!(import.end.counts.objects, import.objects.len() as u64);
    let seen = tools
        .search(
            forest.base_dn(),
            Scope::Subtree,
            "(&(objectCategory=person)(objectClass=user))",
            &["*", "objectGUID"],
        )
        .unwrap();
    let users = import.of_type("user");
    assert_eq!(users.len(), seen.len());
    assert!(users.len() > facts.users);
    assert_eq!(import.of_type("contact").len(), facts.contacts);
    for entry in &seen {
        let user = import.at(&entry.dn);
        for attr in [
            "displayName",
            "sAMAccountName",
            "mail",
            "department",
            "title",
        ] {
            assert_eq!(
                text(user, attr).map(str::to_owned),
                entry.text(attr),
                "{attr} of {}",
                entry.dn
            );
        }
        let control: i64 = entry.text("userAccountControl").unwrap().parse().unwrap();
        let disabled = values(user, "accountDisabled").unwrap().single().unwrap();
        assert_eq!(*disabled, Value::Bool(control & 2 != 0));
        let photo = entry.values("thumbnailPhoto").next();
        let read = values(user, "thumbnailPhoto").map(|v| v.single().unwrap().clone());
        assert_eq!(read, photo.map(|octets| Value::Bytes(octets.into())));
        let sid = values(user, "objectSid").unwrap().single().unwrap();
        assert_eq!(sid.value_type(), ValueType::Binary);
        if let Some(manager) = entry.text("manager") {
            let expected = ObjectName::Anchor(import.at(&manager).anchor.clone());
            assert_eq!(refs(user, "manager"), [expected]);
        }
    }
    assert!(
        seen.iter().any(|entry| !entry.dn.is_ascii()),
        "the data set holds non-ASCII names"
    );
    assert!(
        seen.iter()
            .any(|entry| entry.values("thumbnailPhoto").next().is_some())
    );
}

async fn every_object_comes_after_the_containers_it_lies_in(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Small);
    let connector = forest.as_service();
    let base = forest.base_dn();

    let everything = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();
    let unit = DataSet::Small.story().rename_unit;
    let part = import(&connector, request(ImportMode::Full, &[&unit]))
        .await
        .unwrap();

    for import in [&everything, &part] {
        let mut known: HashSet<String> = HashSet::new();
        for anchor in &import.order {
            let object = &import.objects[anchor];
            let parent = object.dn.parent().unwrap();
            let is_head = object.object_type == "domainDNS";
            assert!(
                is_head || known.contains(&parent.match_key()),
                "{} came before its container",
                object.dn
            );
            known.insert(object.dn.match_key());
        }
    }
    assert!(
        everything
            .of_type("container")
            .iter()
            .all(|c| !c.dn.to_string().contains("CN=System,"))
    );
    assert_eq!(part.at(base).object_type, "domainDNS");
    assert_eq!(
        part.of_type("user").len(),
        DataSet::Small.story().facts.rename_unit_users
    );
}

async fn a_group_of_more_members_than_a_directory_hands_out_at_once_is_complete(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Demo);
    let connector = forest.as_service();
    let facts = DataSet::Demo.story().facts;

    let import = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();

    assert!(facts.largest_group > 1_600, "{}", facts.largest_group);
    let largest = import
        .of_type("group")
        .into_iter()
        .map(|group| refs(group, "member"));
    let largest = largest.max_by_key(|members| members.len()).unwrap();
    assert_eq!(largest.len(), facts.largest_group);
    let distinct: HashSet<String> = largest
        .iter()
        .map(|name| match name {
            ObjectName::Anchor(anchor) => anchor.to_string(),
            ObjectName::Dn(dn) => panic!("{dn} came without its id"),
        })
        .collect();
    assert_eq!(distinct.len(), facts.largest_group);
}

async fn the_schema_offers_flags_and_no_secrets_and_asking_for_them_gives_nothing(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Empty);
    let connector = forest.as_administrator();

    let schema = connector.describe().await.unwrap();
    let mut asked = request(ImportMode::Full, &[]);
    for secret in [
        "unicodePwd",
        "supplementalCredentials",
        "nTSecurityDescriptor",
        "userPassword",
        "userAccountControl",
    ] {
        asked.types[0].1.push(secret.into());
        assert!(schema.attr("user", &secret.into()).is_none(), "{secret}");
    }
    let import = import(&connector, asked).await.unwrap();

    for object_type in [
        "user",
        "group",
        "contact",
        "organizationalUnit",
        "container",
        "domainDNS",
    ] {
        assert!(schema.types.contains_key(object_type), "{object_type}");
    }
    let attr =
        |object_type: &str, name: &str| schema.attr(object_type, &name.into()).unwrap().clone();
    assert_eq!(
        attr("user", "accountDisabled").value_type,
        ValueType::Boolean
    );
    assert_eq!(
        attr("user", "lastLogonTimestamp").value_type,
        ValueType::Datetime
    );
    assert_eq!(attr("user", "objectSid").value_type, ValueType::Binary);
    assert_eq!(attr("user", "manager").value_type, ValueType::Reference);
    assert!(attr("group", "member").multi && attr("group", "groupType").writable);
    assert!(attr("user", "proxyAddresses").multi && !attr("user", "whenCreated").writable);
    let allowed: HashSet<AttrName> = USER_ATTRS.iter().map(AttrName::new).collect();
    for user in import.of_type("user") {
        assert!(
            user.attrs.iter().all(|(name, _)| allowed.contains(name)),
            "{:?}",
            user.attrs
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_wait_for_whoever_takes_them_and_a_lost_directory_ends_the_import_with_a_code() {
    let mut forest = Site::start(Door::Bare, Domain::Contoso, DataSet::Small);
    let connector = forest.as_service();
    let mut asked = request(ImportMode::Full, &[]);
    asked.page_size = 10;
    let (sink, mut pages) = PageSink::channel();
    let running = tokio::spawn({
        let (connector, asked) = (connector.clone(), asked.clone());
        async move { connector.import(asked, sink).await }
    });
    let first = pages.recv().await.unwrap();

    // With three of some thirty pages made and nobody taking them, the import is waiting.
    forest.forest.kill();
    let mut taken = vec![first];
    while let Some(page) = pages.recv().await {
        taken.push(page);
    }
    let fault = running.await.unwrap().unwrap_err();
    forest.forest.restart().unwrap();
    let again = import(&connector, asked).await.unwrap();

    assert!(
        matches!(fault.code.as_ref(), "connect.lost" | "connect.unreachable"),
        "{fault:?}"
    );
    assert!(
        taken.len() < 15,
        "{} pages came without being taken",
        taken.len()
    );
    let facts = DataSet::Small.story().facts;
    assert!(again.of_type("user").len() > facts.users);
    for page in taken {
        for entry in page.entries {
            let ImportEntry::Object(object) = entry else {
                panic!("a cut import delivered {entry:?}");
            };
            assert_eq!(again.objects.get(&object.anchor), Some(&object));
        }
    }
}

async fn a_targeted_read_answers_every_name_in_order(door: Door) {
    let forest = Site::start(door, Domain::Contoso, DataSet::Small);
    let connector = forest.as_service();
    let everything = import(&connector, request(ImportMode::Full, &[]))
        .await
        .unwrap();
    let user = everything.of_type("user")[0];
    let group = everything.of_type("group")[0];
    let nobody = ObjectName::Anchor(syncline_model::Anchor::Guid([7; 16]));
    let no_name = ObjectName::Dn(format!("CN=nobody,{}", forest.base_dn()).parse().unwrap());

    let answers = connector
        .read(ReadRequest {
            objects: vec![
                nobody.clone(),
                ObjectName::Dn(user.dn.clone()),
                no_name.clone(),
                ObjectName::Anchor(user.anchor.clone()),
                ObjectName::Anchor(group.anchor.clone()),
            ],
            types: vec![request(ImportMode::Full, &[]).types[0].clone()],
        })
        .await
        .unwrap();

    let found = ReadAnswer::Found(ImportEntry::Object(user.clone()));
    assert_eq!(
        answers[..4],
        [
            ReadAnswer::Missing(nobody),
            found.clone(),
            ReadAnswer::Missing(no_name),
            found
        ]
    );
    let ReadAnswer::Found(ImportEntry::ReadError(unwanted)) = &answers[4] else {
        panic!("{:?}", answers[4]);
    };
    assert_eq!(unwanted.code, "import.object_type_unwanted");
}

both_doors!(
    a_full_import_shows_what_another_client_sees,
    every_object_comes_after_the_containers_it_lies_in,
    a_group_of_more_members_than_a_directory_hands_out_at_once_is_complete,
    the_schema_offers_flags_and_no_secrets_and_asking_for_them_gives_nothing,
    a_targeted_read_answers_every_name_in_order,
);
