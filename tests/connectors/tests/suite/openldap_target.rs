//! OpenLDAP's own ways as a target: names that are attributes, classes, groups that may not be empty.

use std::sync::Arc;

use syncline_connector_tests::*;
use syncline_connectors::contract::{Connector, KnownNames, OpOutcome};
use syncline_connectors::ldap::{DirectoryKind, LdapConfig, LdapConnector, Secret};
use syncline_lab::LabCa;
use syncline_model::op::{Change, ObjectKey, OpValue};
use syncline_model::value::Value;
use syncline_model::{Anchor, AttrName};

fn target() -> Target {
    Target::start(Kind::OpenLdap)
}

fn bytes(octets: &[u8]) -> OpValue {
    OpValue::Value(Value::Bytes(octets.into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_says_what_must_be_given_and_what_cannot_be_written() {
    let target = target();

    let schema = target.connector.describe().await.unwrap();

    let required = |object_type: &str| -> Vec<String> {
        let attrs = schema.types[object_type].attrs.values();
        attrs
            .filter(|attr| attr.required)
            .map(|attr| attr.name.to_string())
            .collect()
    };
    assert_eq!(required("inetOrgPerson"), ["cn", "sn"]);
    assert_eq!(required("groupOfNames"), ["cn", "member"]);
    assert_eq!(required("organizationalUnit"), ["ou"]);
    for attr in ["cn", "displayName", "mail", "manager", "uid"] {
        let def = schema.attr("inetOrgPerson", &attr.into()).unwrap();
        assert!(def.writable, "{attr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_named_by_uid_or_cn_and_have_all_their_classes() {
    let target = target();
    let by_cn = add(
        "inetOrgPerson",
        &target.home,
        "cn=Łukasz \\, Żółć",
        vec![
            set_text("sn", "Żółć"),
            set_texts("mail", &["l@lab.test", "z@lab.test"]),
        ],
    );

    done(&target.connector, &target.add_person("ann")).await;
    done(&target.connector, &by_cn).await;

    let ann = target.tools.read(&target.dn("ann")).unwrap().unwrap();
    assert_eq!(ann.text("uid").as_deref(), Some("ann"));
    let mut classes: Vec<&[u8]> = ann.values("objectClass").collect();
    classes.sort_unstable();
    let expected: [&[u8]; 4] = [b"inetOrgPerson", b"organizationalPerson", b"person", b"top"];
    assert_eq!(classes, expected);
    let dn = format!("cn=Łukasz \\, Żółć,{}", target.home_dn);
    let other = target.tools.read(&dn).unwrap().unwrap();
    assert_eq!(other.text("cn").as_deref(), Some("Łukasz , Żółć"));
    assert_eq!(other.values("mail").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_s_value_comes_and_goes_with_the_name() {
    let target = target();
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let renamed = |rdn: &str, deltas| {
        update(
            "inetOrgPerson",
            &ann,
            Some(place(&target.home, rdn)),
            deltas,
        )
    };
    let values = |dn: &str, attr: &str| -> Vec<String> {
        let entry = target.tools.read(dn).unwrap().unwrap();
        let texts = entry
            .values(attr)
            .map(|v| String::from_utf8(v.to_vec()).unwrap());
        texts.collect()
    };

    let both = renamed(
        "uid=lee",
        vec![set_text("uid", "lee"), set_text("cn", "Ann Lee")],
    );
    done(&target.connector, &both).await;
    assert_eq!(values(&target.dn("lee"), "uid"), ["lee"]);

    // Another attribute names it from here on; the old one stays what it was.
    done(&target.connector, &renamed("cn=Ann Lee", vec![])).await;
    let dn = format!("cn=Ann Lee,{}", target.home_dn);
    assert_eq!(values(&dn, "uid"), ["lee"]);
    assert_eq!(values(&dn, "cn"), ["Ann Lee"]);

    let taken_away = update("inetOrgPerson", &ann, None, vec![set_text("cn", "Else")]);
    let fault = rejected(&target.connector, &taken_away).await;
    assert_eq!(fault.code, "export.name_value_differs");
    assert_eq!(fault.attr, Some(AttrName::new("cn")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_group_holds_a_stand_in_that_no_import_shows() {
    let target = target();
    let mut people = vec![];
    for name in ["ann", "bob"] {
        people.push(
            done(&target.connector, &target.add_person(name))
                .await
                .anchor,
        );
    }
    let group = done(&target.connector, &target.add_group("staff", &[]))
        .await
        .anchor;
    let dn = format!("cn=staff,{}", target.home_dn);
    let held = async || {
        let raw = target.tools.read(&dn).unwrap().unwrap();
        let stands_in = raw
            .values("member")
            .any(|value| value == b"cn=empty-membership-placeholder");
        let read = target.import().await;
        (stands_in, refs(read.at(&dn), "member").len())
    };
    let change = async |change: Change| {
        let operation = update(
            "groupOfNames",
            &group,
            None,
            vec![("member".into(), change)],
        );
        done(&target.connector, &operation).await
    };
    let all = || -> Vec<OpValue> {
        let keys = people
            .iter()
            .map(|person| ObjectKey::Anchor(person.clone()));
        keys.map(OpValue::Ref).collect()
    };

    assert_eq!(held().await, (true, 0));
    let (add, remove) = (all(), vec![]);
    change(Change::Values { add, remove }).await;
    assert_eq!(held().await, (false, 2));
    let (add, remove) = (vec![], all());
    change(Change::Values { add, remove }).await;
    assert_eq!(held().await, (true, 0));
    change(Change::Set(all())).await;
    assert_eq!(held().await, (false, 2));
    change(Change::Set(vec![])).await;
    assert_eq!(held().await, (true, 0));
    assert!(change(Change::Set(vec![])).await.no_op);
    change(Change::Set(all()[..1].to_vec())).await;
    change(Change::Clear).await;
    assert_eq!(held().await, (true, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_group_comes_and_goes_in_pieces() {
    let target = target();
    let count = 1_200;
    let ldif: String = (0..count)
        .map(|n| {
            let dn = target.dn(&format!("p{n:04}"));
            format!("dn: {dn}\nobjectClass: inetOrgPerson\ncn: p\nsn: p\n\n")
        })
        .collect();
    target.tools.add(&ldif).unwrap();
    let people: Vec<Anchor> = {
        let read = target.import().await;
        let found = read.of_type("inetOrgPerson");
        found.iter().map(|person| person.anchor.clone()).collect()
    };
    assert_eq!(people.len(), count);

    let group = done(&target.connector, &target.add_group("all", &people))
        .await
        .anchor;
    assert_eq!(target.members_of("all"), count);
    let remove = |from: usize| {
        let gone = vec![members("member", &[], &people[from..])];
        update("groupOfNames", &group, None, gone)
    };
    done(&target.connector, &remove(100)).await;
    assert_eq!(target.members_of("all"), 100);
    // Most of these are gone already.
    done(&target.connector, &remove(0)).await;
    assert_eq!(target.members_of("all"), 1);
    let back = vec![members("member", &people, &[])];
    done(
        &target.connector,
        &update("groupOfNames", &group, None, back),
    )
    .await;
    assert_eq!(target.members_of("all"), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_that_cannot_be_told_apart_are_written_as_a_whole() {
    let target = target();
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let change = |add: &[&[u8]], remove: &[&[u8]]| {
        let octets = |list: &[&[u8]]| list.iter().map(|one| bytes(one)).collect();
        let (add, remove) = (octets(add), octets(remove));
        let changed = vec![("jpegPhoto".into(), Change::Values { add, remove })];
        update("inetOrgPerson", &ann, None, changed)
    };

    done(
        &target.connector,
        &change(&[b"\xff\xd8one", b"\xff\xd8two"], &[]),
    )
    .await;
    done(
        &target.connector,
        &change(&[b"\xff\xd8three"], &[b"\xff\xd8one"]),
    )
    .await;

    let entry = target.tools.read(&target.dn("ann")).unwrap().unwrap();
    let mut photos: Vec<&[u8]> = entry.values("jpegPhoto").collect();
    photos.sort_unstable();
    let expected: [&[u8]; 2] = [b"\xff\xd8three", b"\xff\xd8two"];
    assert_eq!(photos, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slapd_refuses_is_said_in_our_words() {
    let target = target();
    let ann = done(&target.connector, &target.add_person("ann"))
        .await
        .anchor;
    let incomplete = add(
        "inetOrgPerson",
        &target.home,
        "uid=bob",
        vec![set_text("cn", "Bob")],
    );
    let no_number = update(
        "inetOrgPerson",
        &ann,
        None,
        vec![set_text("mail", "ä@lab.test")],
    );
    let cleared = update(
        "inetOrgPerson",
        &ann,
        None,
        vec![("sn".into(), Change::Clear)],
    );
    let wrongly_named = add(
        "inetOrgPerson",
        &target.home,
        "dnQualifier=bob",
        vec![set_text("cn", "Bob"), set_text("sn", "Bob")],
    );

    for (operation, code) in [
        (incomplete, "export.schema_violation"),
        (no_number, "export.value_invalid"),
        (cleared, "export.schema_violation"),
        (wrongly_named, "export.schema_violation"),
    ] {
        let fault = rejected(&target.connector, &operation).await;
        assert_eq!(fault.code, code, "{fault:?}");
    }
    assert_eq!(target.import().await.of_type("inetOrgPerson").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_the_right_is_told_so() {
    let target = target();
    let dn = target.dn("reader");
    let ldif = format!(
        "dn: {dn}\nobjectClass: inetOrgPerson\ncn: r\nsn: r\nuserPassword: secret-of-reader\n\n"
    );
    target.tools.add(&ldif).unwrap();
    let mut config = LdapConfig::new(
        DirectoryKind::OpenLdap,
        target.proxy().ldaps_url(),
        dn,
        Secret::new("secret-of-reader"),
    );
    config.ca_file = Some(LabCa::open().unwrap().file());
    config.base_dn = Some("dc=lab,dc=test".into());
    let reader = Arc::new(LdapConnector::new(config));

    let outcome = reader.export(&target.add_person("ann"), &KnownNames).await;

    let OpOutcome::Rejected(fault) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(fault.code, "export.permission_denied");
}
