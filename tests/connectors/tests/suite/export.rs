//! Operations as Active Directory has its own ways with them, read back with another client.

use syncline_connector_tests::*;
use syncline_connectors::contract::{AddTrace, Connector, KnownNames, OpOutcome};
use syncline_lab::{DataSet, Domain, LdapTools, Scope};
use syncline_model::Anchor;
use syncline_model::import::{ImportMode, ObjectName};
use syncline_model::op::{Change, ObjectKey, OpValue};
use syncline_model::value::Value;

const SYNCED: &str = "OU=Synced,DC=fabrikam,DC=test";

fn guid(tools: &LdapTools, dn: &str) -> Anchor {
    let found = tools
        .search(dn, Scope::Base, "(objectClass=*)", &["objectGUID"])
        .unwrap();
    let octets: [u8; 16] = found[0]
        .values("objectGUID")
        .next()
        .unwrap()
        .try_into()
        .unwrap();
    Anchor::from_object_guid(octets)
}

fn target(door: Door) -> (Site, LdapTools, Anchor) {
    let forest = Site::start(door, Domain::Fabrikam, DataSet::Empty);
    let tools = forest.administrator().unwrap();
    let synced = guid(&tools, SYNCED);
    (forest, tools, synced)
}

async fn a_user_is_created_disabled_and_its_id_comes_back(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_service();
    let boss = done(
        &connector,
        &add(
            "user",
            &synced,
            "CN=Boss",
            vec![set_text("sAMAccountName", "boss")],
        ),
    )
    .await;

    let applied = done(
        &connector,
        &add(
            "user",
            &synced,
            "CN=Łukasz \\, Żółć",
            vec![
                set("accountExpires", Value::Time(639_000_000_000_000_000)),
                set_text("displayName", "Łukasz Żółć"),
                ("description".into(), Change::Clear),
                (
                    "manager".into(),
                    Change::Set(vec![OpValue::Ref(ObjectKey::Anchor(boss.anchor.clone()))]),
                ),
                set("mS-DS-ConsistencyGuid", Value::Bytes([0xfe; 16].into())),
                (
                    "otherTelephone".into(),
                    Change::Set(vec![
                        OpValue::Value(Value::text("1")),
                        OpValue::Value(Value::text("2")),
                    ]),
                ),
                set_text("sAMAccountName", "lukasz"),
                set_text("title", ""),
            ],
        ),
    )
    .await;

    let dn = format!("CN=Łukasz \\, Żółć,{SYNCED}");
    let entry = tools.read(&dn).unwrap().unwrap();
    assert_eq!(guid(&tools, &dn), applied.anchor);
    assert_eq!(applied.dn.unwrap(), dn.parse().unwrap());
    assert_eq!(entry.text("userAccountControl").as_deref(), Some("514"));
    assert_eq!(entry.text("displayName").as_deref(), Some("Łukasz Żółć"));
    assert_eq!(entry.text("manager"), Some(format!("CN=Boss,{SYNCED}")));
    assert_eq!(
        entry.values("mS-DS-ConsistencyGuid").next(),
        Some(&[0xfe; 16][..])
    );
    assert_eq!(entry.values("otherTelephone").count(), 2);
    assert_eq!(entry.text("title"), None);
    let read = import(&connector, request(ImportMode::Full, &[SYNCED]))
        .await
        .unwrap();
    let expires = values(read.at(&dn), "accountExpires")
        .unwrap()
        .single()
        .unwrap();
    assert_eq!(*expires, Value::Time(639_000_000_000_000_000));
}

async fn groups_and_contacts_are_created_and_a_group_type_is_a_number(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_service();

    let contact = done(
        &connector,
        &add(
            "contact",
            &synced,
            "CN=Partner",
            vec![set_text("mail", "p@partner.test")],
        ),
    )
    .await;
    done(
        &connector,
        &add(
            "group",
            &synced,
            "CN=List",
            vec![
                set("groupType", Value::Int(8)),
                members("member", std::slice::from_ref(&contact.anchor), &[]),
                set_text("sAMAccountName", "list"),
            ],
        ),
    )
    .await;

    let group = tools.read(&format!("CN=List,{SYNCED}")).unwrap().unwrap();
    assert_eq!(group.text("groupType").as_deref(), Some("8"));
    assert_eq!(group.text("member"), Some(format!("CN=Partner,{SYNCED}")));
    assert!(group.values("objectClass").any(|class| class == b"group"));
}

async fn attributes_change_flags_keep_their_neighbours_and_a_second_time_is_harmless(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_service();
    let dn = format!("CN=Ann,{SYNCED}");
    tools
        .add(&format!("dn: {dn}\nobjectClass: user\nsAMAccountName: ann\nuserAccountControl: 66080\ntitle: old\notherTelephone: 1\notherTelephone: 2\n\n"))
        .unwrap();
    let ann = guid(&tools, &dn);
    let telephones = |add: &[&str], remove: &[&str]| {
        let values = |texts: &[&str]| {
            texts
                .iter()
                .map(|t| OpValue::Value(Value::text(*t)))
                .collect()
        };
        (
            "otherTelephone".into(),
            Change::Values {
                add: values(add),
                remove: values(remove),
            },
        )
    };
    let operation = update(
        "user",
        &ann,
        None,
        vec![
            set("accountDisabled", Value::Bool(true)),
            set_text("department", "Recht"),
            telephones(&["3", "2"], &["1", "7"]),
            ("title".into(), Change::Clear),
        ],
    );

    let first = done(&connector, &operation).await;
    let second = done(&connector, &operation).await;

    assert!(!first.no_op && first.anchor == ann);
    assert_eq!(second.anchor, ann);
    let entry = tools.read(&dn).unwrap().unwrap();
    assert_eq!(entry.text("userAccountControl").as_deref(), Some("66082"));
    assert_eq!(entry.text("department").as_deref(), Some("Recht"));
    assert_eq!(entry.text("title"), None);
    let mut telephones: Vec<&[u8]> = entry.values("otherTelephone").collect();
    telephones.sort();
    assert_eq!(telephones, [b"2", b"3"]);
    let same = update(
        "user",
        &ann,
        None,
        vec![set("accountDisabled", Value::Bool(true))],
    );
    assert!(done(&connector, &same).await.no_op);
    let _ = synced;
}

async fn an_account_that_is_wanted_enabled_is_made_disabled_first(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_administrator();

    let outcome = connector
        .export(
            &add(
                "user",
                &synced,
                "CN=Live",
                vec![
                    set("accountDisabled", Value::Bool(false)),
                    set("passwordNeverExpires", Value::Bool(true)),
                    set_text("sAMAccountName", "live"),
                ],
            ),
            &KnownNames,
        )
        .await;

    let OpOutcome::Done(applied) = outcome else {
        panic!("{outcome:?}");
    };
    let entry = tools.read(&format!("CN=Live,{SYNCED}")).unwrap().unwrap();
    let control: u32 = entry.text("userAccountControl").unwrap().parse().unwrap();
    assert_eq!(control & 0x20, 0, "PASSWD_NOTREQD was written");
    assert_ne!(control & 0x1_0000, 0);
    // Windows refuses to enable an account without a password and says so; Samba lets an administrator.
    let refused: Vec<&str> = applied
        .refused
        .iter()
        .map(|fault| fault.code.as_ref())
        .collect();
    match control & 2 {
        0 => assert!(refused.is_empty(), "{refused:?}"),
        _ => assert_eq!(refused, ["export.password_required"]),
    }
}

async fn a_large_group_arrives_whole_in_pieces_and_one_bad_member_keeps_nobody_out(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_service();
    let count = 1_600;
    let ldif: String = (0..count)
        .map(|n| format!("dn: CN=c{n:04},{SYNCED}\nobjectClass: contact\n\n"))
        .collect();
    tools.add(&ldif).unwrap();
    let people: Vec<Anchor> = {
        let read = import(&connector, request(ImportMode::Full, &[SYNCED]))
            .await
            .unwrap();
        read.of_type("contact")
            .iter()
            .map(|contact| contact.anchor.clone())
            .collect()
    };
    assert_eq!(people.len(), count);
    let missing = Anchor::Guid([0xee; 16]);

    let with_one_bad: Vec<Anchor> = people[..1_200].iter().chain([&missing]).cloned().collect();
    let group = match connector
        .export(
            &add(
                "group",
                &synced,
                "CN=All",
                vec![
                    members("member", &with_one_bad, &[]),
                    set_text("sAMAccountName", "all"),
                ],
            ),
            &KnownNames,
        )
        .await
    {
        OpOutcome::Done(applied) => {
            let codes: Vec<&str> = applied
                .refused
                .iter()
                .map(|fault| fault.code.as_ref())
                .collect();
            assert_eq!(codes, ["export.reference_missing"]);
            applied.anchor
        }
        other => panic!("{other:?}"),
    };
    // Some of these are members already, some of those to be removed are not.
    let grown = done(
        &connector,
        &update(
            "group",
            &group,
            None,
            vec![members("member", &people[900..], &people[..100])],
        ),
    )
    .await;
    assert!(!grown.no_op);
    let removed_again = done(
        &connector,
        &update(
            "group",
            &group,
            None,
            vec![members("member", &[], &people[50..150])],
        ),
    )
    .await;
    assert!(!removed_again.no_op);

    let entry = tools.read(&format!("CN=All,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.values("member").count(), count - 150);
    let whole = update(
        "group",
        &group,
        None,
        vec![(
            "member".into(),
            Change::Set(
                people[..10]
                    .iter()
                    .map(|a| OpValue::Ref(ObjectKey::Anchor(a.clone())))
                    .collect(),
            ),
        )],
    );
    done(&connector, &whole).await;
    let entry = tools.read(&format!("CN=All,{SYNCED}")).unwrap().unwrap();
    assert_eq!(entry.values("member").count(), 10);
    assert!(done(&connector, &whole).await.no_op);
}

async fn an_add_that_was_cut_before_its_last_request_is_unfinished(door: Door) {
    let (forest, tools, synced) = target(door);
    let connector = forest.as_service();
    let operation = add(
        "user",
        &synced,
        "CN=Maybe",
        vec![
            set("accountDisabled", Value::Bool(false)),
            set_text("displayName", "Maybe"),
            set_text("sAMAccountName", "maybe"),
        ],
    );
    done(&connector, &operation).await;

    tools
        .replace(
            &format!("CN=Maybe,{SYNCED}"),
            "userAccountControl",
            &["514"],
        )
        .unwrap();
    let cut = connector.trace_add(&operation, &KnownNames).await.unwrap();

    let AddTrace::Present {
        differing,
        unfinished,
        ..
    } = cut
    else {
        panic!("{cut:?}");
    };
    assert_eq!(
        (differing, unfinished),
        (vec![], vec!["accountDisabled".into()])
    );
}

async fn the_standing_of_an_object_tells_what_protects_it(door: Door) {
    let (forest, _tools, _) = target(door);
    let connector = forest.as_service();
    let standing = async |dn: &str| {
        connector
            .standing(&ObjectName::Dn(dn.parse().unwrap()))
            .await
            .unwrap()
    };

    let administrator = standing("CN=Administrator,CN=Users,DC=fabrikam,DC=test")
        .await
        .unwrap();
    let service = standing("CN=krbtgt,CN=Users,DC=fabrikam,DC=test")
        .await
        .unwrap();
    let unit = standing(SYNCED).await.unwrap();

    assert!(administrator.sid.unwrap().ends_with("-500"));
    assert_eq!(administrator.account_name.as_deref(), Some("Administrator"));
    assert_eq!(administrator.primary_group, Some(513));
    assert!(
        administrator
            .member_of
            .iter()
            .any(|group| group.to_string().starts_with("CN=Domain Admins,"))
    );
    assert!(!administrator.member_of_cut && administrator.critical);
    assert!(service.sid.unwrap().ends_with("-502"));
    assert_eq!(unit.object_type.as_deref(), Some("organizationalUnit"));
    assert_eq!((unit.sid, unit.account_control), (None, 0));
    assert_eq!(standing("CN=nobody,DC=fabrikam,DC=test").await, None);
}

both_doors!(
    a_user_is_created_disabled_and_its_id_comes_back,
    groups_and_contacts_are_created_and_a_group_type_is_a_number,
    attributes_change_flags_keep_their_neighbours_and_a_second_time_is_harmless,
    an_account_that_is_wanted_enabled_is_made_disabled_first,
    a_large_group_arrives_whole_in_pieces_and_one_bad_member_keeps_nobody_out,
    an_add_that_was_cut_before_its_last_request_is_unfinished,
    the_standing_of_an_object_tells_what_protects_it,
);
