//! Forbidden writes, one by one, and the few that are allowed.

use syncline_model::Anchor;
use syncline_model::PartId;
use syncline_model::op::Placement;

use super::*;

const DIRECTORY: DirectoryId = DirectoryId(2);

fn dn(text: &str) -> Dn {
    text.parse().unwrap()
}

fn domain() -> Domain {
    Domain {
        directory: DIRECTORY,
        head: dn("DC=fabrikam,DC=test"),
        own_places: true,
    }
}

fn policy() -> Policy {
    Policy::parse(
        r#"
        writes = true
        bases = ["OU=Synced,DC=fabrikam,DC=test", "CN=Users,DC=fabrikam,DC=test"]
        types = ["user", "group", "contact"]
        protect = ["S-1-5-21-1-2-3-4444"]
        [attributes]
        user = ["displayName", "mail", "manager", "accountDisabled", "sAMAccountName"]
        group = ["member", "displayName", "groupType"]
        contact = ["mail"]
        "#,
    )
    .unwrap()
}

fn rid(rid: u32) -> Option<String> {
    Some(format!("S-1-5-21-1-2-3-{rid}"))
}

fn ann() -> ObjectFacts {
    ObjectFacts {
        dn: dn("CN=Ann,OU=Synced,DC=fabrikam,DC=test"),
        object_type: Some("user".into()),
        sid: rid(1106),
        account_name: Some("ann".into()),
        admin_count: false,
        critical: false,
        primary_group: Some(513),
        account_control: 0x200,
        groups: Some(vec![Group {
            sid: rid(1200),
            account_name: Some("Staff".into()),
        }]),
    }
}

fn staff() -> ObjectFacts {
    ObjectFacts {
        dn: dn("CN=Staff,OU=Synced,DC=fabrikam,DC=test"),
        object_type: Some("group".into()),
        sid: rid(1200),
        account_name: Some("Staff".into()),
        primary_group: None,
        account_control: 0,
        groups: Some(vec![]),
        ..ann()
    }
}

fn synced() -> ObjectFacts {
    ObjectFacts {
        dn: dn("OU=Synced,DC=fabrikam,DC=test"),
        object_type: Some("organizationalUnit".into()),
        sid: None,
        account_name: None,
        primary_group: None,
        account_control: 0,
        groups: Some(vec![]),
        ..ann()
    }
}

fn existing() -> ObjectKey {
    ObjectKey::Anchor(Anchor::Guid([1; 16]))
}

fn new_key() -> ObjectKey {
    ObjectKey::New {
        part: PartId(1),
        source: DirectoryId(1),
        anchor: Anchor::Guid([2; 16]),
    }
}

fn place(rdn: &str) -> Placement {
    Placement {
        parent: ObjectKey::Anchor(Anchor::Guid([9; 16])),
        rdn: rdn.into(),
    }
}

fn text(value: &str) -> Change {
    Change::Set(vec![OpValue::Value(Value::text(value))])
}

fn members(count: u8) -> Change {
    Change::Values {
        add: (0..count)
            .map(|n| OpValue::Ref(ObjectKey::Anchor(Anchor::Guid([n; 16]))))
            .collect(),
        remove: vec![],
    }
}

/// One write, described by what differs from an allowed one.
struct Case {
    operation: Operation,
    facts: Facts,
    policy: Policy,
}

fn update(attr: &str, change: Change) -> Case {
    Case {
        operation: Operation {
            directory: DIRECTORY,
            pass: 1,
            object: existing(),
            kind: OpKind::Update {
                object_type: "user".into(),
                place: None,
            },
            deltas: vec![(attr.into(), change)],
        },
        facts: Facts {
            target: Some(ann()),
            parent: None,
        },
        policy: policy(),
    }
}

fn plain_update() -> Case {
    update("displayName", text("Ann"))
}

fn membership() -> Case {
    let mut case = update("member", members(2)).on(staff());
    case.operation.kind = OpKind::Update {
        object_type: "group".into(),
        place: None,
    };
    case
}

fn add() -> Case {
    let mut case = plain_update();
    case.operation.object = new_key();
    case.operation.kind = OpKind::Add {
        object_type: "user".into(),
        place: Some(place("CN=Ann")),
        password: None,
    };
    case.facts = Facts {
        target: None,
        parent: Some(synced()),
    };
    case
}

fn delete() -> Case {
    let mut case = plain_update();
    case.operation.deltas.clear();
    case.operation.kind = OpKind::Delete {
        object_type: "user".into(),
    };
    case
}

fn moved_to(parent: ObjectFacts, rdn: &str) -> Case {
    let mut case = plain_update();
    case.operation.kind = OpKind::Update {
        object_type: "user".into(),
        place: Some(place(rdn)),
    };
    case.facts.parent = Some(parent);
    case
}

impl Case {
    fn on(mut self, target: ObjectFacts) -> Self {
        self.facts.target = Some(target);
        self
    }

    fn under(mut self, policy: &str) -> Self {
        self.policy = Policy::parse(policy).unwrap();
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn decide(&self) -> Result<Vec<Cost>, Refusal> {
        decide(&self.policy, &domain(), &self.operation, &self.facts)
    }
}

fn lying_at(place: &str) -> ObjectFacts {
    ObjectFacts {
        dn: dn(place),
        ..ann()
    }
}

fn container(place: &str) -> ObjectFacts {
    ObjectFacts {
        dn: dn(place),
        ..synced()
    }
}

fn in_group(sid: Option<String>, name: &str) -> Option<Vec<Group>> {
    Some(vec![
        Group {
            sid: rid(1200),
            account_name: Some("Staff".into()),
        },
        Group {
            sid,
            account_name: Some(name.into()),
        },
    ])
}

#[test]
fn what_the_policy_names_is_allowed_and_counted() {
    let cost = |kind, count| Cost { kind, count };

    assert_eq!(plain_update().decide(), Ok(vec![cost(Kind::Update, 1)]));
    assert_eq!(add().decide(), Ok(vec![cost(Kind::Add, 1)]));
    assert_eq!(delete().decide(), Ok(vec![cost(Kind::Delete, 1)]));
    assert_eq!(
        membership().decide(),
        Ok(vec![cost(Kind::Update, 1), cost(Kind::Member, 2)])
    );
    assert_eq!(
        moved_to(synced(), "CN=Ann B").decide(),
        Ok(vec![cost(Kind::Update, 1), cost(Kind::Move, 1)])
    );
    let disable = Change::Set(vec![OpValue::Value(Value::Bool(true))]);
    assert_eq!(
        update("accountDisabled", disable.clone()).decide(),
        Ok(vec![cost(Kind::Update, 1), cost(Kind::Disable, 1)])
    );
    let new_and_disabled =
        add().with(|c| c.operation.deltas = vec![("accountDisabled".into(), disable)]);
    assert_eq!(new_and_disabled.decide(), Ok(vec![cost(Kind::Add, 1)]));
    assert!(
        add()
            .with(|c| c.facts.parent = Some(container("CN=Users,DC=fabrikam,DC=test")))
            .decide()
            .is_ok()
    );
}

#[test]
fn no_forbidden_write_passes() {
    let user = |change: fn(&mut ObjectFacts)| {
        let mut facts = ann();
        change(&mut facts);
        plain_update().on(facts)
    };
    let group = |change: fn(&mut ObjectFacts)| {
        let mut facts = staff();
        change(&mut facts);
        membership().on(facts)
    };
    let attr = |name: &str| update(name, text("x"));
    let forbidden: Vec<(&str, &str, Case)> = vec![
        // Passwords, keys, rights, delegation, identity: whatever the file says.
        ("password", "never_attribute", attr("unicodePwd")),
        (
            "password with an option",
            "never_attribute",
            attr("userPassword;binary"),
        ),
        ("password age", "never_attribute", attr("pwdLastSet")),
        ("LAPS", "never_attribute", attr("msLAPS-Password")),
        ("legacy LAPS", "never_attribute", attr("ms-Mcs-AdmPwd")),
        (
            "security descriptor",
            "never_attribute",
            attr("nTSecurityDescriptor"),
        ),
        (
            "shadow credentials",
            "never_attribute",
            attr("msDS-KeyCredentialLink"),
        ),
        (
            "certificate mapping",
            "never_attribute",
            attr("altSecurityIdentities"),
        ),
        (
            "constrained delegation",
            "never_attribute",
            attr("msDS-AllowedToDelegateTo"),
        ),
        (
            "resource-based delegation",
            "never_attribute",
            attr("msDS-AllowedToActOnBehalfOfOtherIdentity"),
        ),
        (
            "unconstrained delegation",
            "never_attribute",
            attr("trustedForDelegation"),
        ),
        (
            "protocol transition",
            "never_attribute",
            attr("trustedToAuthForDelegation"),
        ),
        (
            "no pre-authentication",
            "never_attribute",
            attr("preAuthenticationNotRequired"),
        ),
        (
            "no password",
            "never_attribute",
            attr("passwordNotRequired"),
        ),
        (
            "raw account bits",
            "never_attribute",
            attr("userAccountControl"),
        ),
        (
            "service names",
            "never_attribute",
            attr("servicePrincipalName"),
        ),
        ("SID history", "never_attribute", attr("sIDHistory")),
        ("primary group", "never_attribute", attr("primaryGroupID")),
        ("back link", "never_attribute", attr("memberOf")),
        ("class", "never_attribute", attr("objectClass")),
        ("guard bit", "never_attribute", attr("adminCount")),
        ("group policy link", "never_attribute", attr("gPLink")),
        (
            "managed password readers",
            "never_attribute",
            attr("msDS-GroupMSAMembership"),
        ),
        (
            "an attribute by number",
            "attribute_form",
            attr("1.2.840.113556.1.4.90"),
        ),
        (
            "an attribute with options",
            "attribute_form",
            attr("displayName;lang-de"),
        ),
        (
            "a machine's name",
            "account_name",
            update("sAMAccountName", text("dc1$")),
        ),
        (
            "the key account's name",
            "account_name",
            update("sAMAccountName", text("KRBTGT")),
        ),
        (
            "a system group's type",
            "group_type",
            membership().with(|c| {
                c.operation.deltas = vec![(
                    "groupType".into(),
                    Change::Set(vec![OpValue::Value(Value::Int(-2_147_483_643))]),
                )];
            }),
        ),
        // The file does not name it.
        (
            "an attribute that is not listed",
            "attribute",
            attr("description"),
        ),
        (
            "an attribute listed for another type",
            "attribute",
            membership().with(|c| c.operation.deltas = vec![("mail".into(), text("x"))]),
        ),
        (
            "a type that is not listed",
            "type",
            delete().with(|c| {
                c.operation.kind = OpKind::Delete {
                    object_type: "organizationalUnit".into(),
                };
            }),
        ),
        (
            "writes off",
            "writes_off",
            plain_update().under("types = ['user']"),
        ),
        ("no file", "writes_off", plain_update().under("")),
        (
            "another directory",
            "other_directory",
            plain_update().with(|c| c.operation.directory = DirectoryId(3)),
        ),
        // The object, as the directory holds it.
        (
            "an object nobody found",
            "target_unknown",
            plain_update().with(|c| c.facts.target = None),
        ),
        (
            "a delete of an object nobody found",
            "target_unknown",
            delete().with(|c| c.facts.target = None),
        ),
        (
            "an object outside the bases",
            "base",
            plain_update().on(lying_at("CN=Ann,OU=HR,DC=fabrikam,DC=test")),
        ),
        (
            "a delete outside the bases",
            "base",
            delete().on(lying_at("CN=Ann,OU=HR,DC=fabrikam,DC=test")),
        ),
        (
            "an object of another domain",
            "protected_place",
            plain_update().on(lying_at("CN=Ann,OU=Synced,DC=contoso,DC=test")),
        ),
        (
            "a group said to be a user",
            "type_differs",
            plain_update().on(staff()),
        ),
        (
            "a computer said to be a user",
            "type_differs",
            user(|f| f.object_type = None),
        ),
        ("adminCount", "admin_count", user(|f| f.admin_count = true)),
        ("a critical object", "critical", user(|f| f.critical = true)),
        (
            "the administrator",
            "protected_principal",
            user(|f| f.sid = rid(500)),
        ),
        (
            "the administrator deleted",
            "protected_principal",
            delete().on(ObjectFacts {
                sid: rid(500),
                ..ann()
            }),
        ),
        ("krbtgt", "protected_principal", user(|f| f.sid = rid(502))),
        (
            "an RODC's krbtgt",
            "protected_principal",
            user(|f| f.account_name = Some("krbtgt_1".into())),
        ),
        (
            "a domain controller",
            "machinery",
            user(|f| f.account_control = 0x8_2000),
        ),
        ("a trust", "machinery", user(|f| f.account_control = 0x820)),
        (
            "an account trusted for delegation",
            "machinery",
            user(|f| f.account_control = 0x8_0200),
        ),
        (
            "a primary group of power",
            "protected_member",
            user(|f| f.primary_group = Some(512)),
        ),
        (
            "a domain admin",
            "protected_member",
            user(|f| f.groups = in_group(rid(512), "Domain Admins")),
        ),
        (
            "a builtin administrator",
            "protected_member",
            user(|f| f.groups = in_group(Some("S-1-5-32-544".into()), "Administrators")),
        ),
        (
            "a member of a renamed protected group",
            "protected_member",
            user(|f| f.groups = in_group(rid(519), "Gardeners")),
        ),
        (
            "a DNS admin",
            "protected_member",
            user(|f| f.groups = in_group(rid(1101), "DnsAdmins")),
        ),
        (
            "a member of a group the file protects",
            "protected_member",
            user(|f| f.groups = in_group(rid(4444), "Board")),
        ),
        (
            "an object the file protects",
            "protected_locally",
            user(|f| f.sid = rid(4444)),
        ),
        (
            "groups that cannot be read",
            "groups_unknown",
            user(|f| f.groups = None),
        ),
        // Membership.
        (
            "a new domain admin",
            "protected_principal",
            group(|f| f.sid = rid(512)),
        ),
        (
            "a new builtin operator",
            "protected_place",
            group(|f| {
                f.sid = Some("S-1-5-32-548".into());
                f.dn = dn("CN=Account Operators,CN=Builtin,DC=fabrikam,DC=test");
            }),
        ),
        (
            "a new schema admin",
            "protected_principal",
            group(|f| f.sid = rid(518)),
        ),
        (
            "a new key admin",
            "protected_principal",
            group(|f| f.sid = rid(526)),
        ),
        (
            "a new DNS admin",
            "protected_principal",
            group(|f| f.account_name = Some("dnsadmins".into())),
        ),
        (
            "a member of a group inside Domain Admins",
            "protected_member",
            group(|f| f.groups = in_group(rid(512), "Domain Admins")),
        ),
        (
            "Domain Users",
            "protected_principal",
            group(|f| f.sid = rid(513)),
        ),
        // Places.
        (
            "AdminSDHolder",
            "type_differs",
            plain_update().on(container("CN=AdminSDHolder,CN=System,DC=fabrikam,DC=test")),
        ),
        (
            "a user in System",
            "protected_place",
            plain_update().on(lying_at("CN=Ann,CN=System,DC=fabrikam,DC=test")),
        ),
        (
            "the domain head",
            "domain_head",
            plain_update().on(lying_at("DC=fabrikam,DC=test")),
        ),
        (
            "an Add outside the bases",
            "base",
            add().with(|c| c.facts.parent = Some(container("OU=HR,DC=fabrikam,DC=test"))),
        ),
        (
            "an Add under the domain head",
            "parent_type",
            add().with(|c| {
                c.facts.parent = Some(ObjectFacts {
                    object_type: Some("domainDNS".into()),
                    ..container("DC=fabrikam,DC=test")
                });
            }),
        ),
        (
            "an Add under a user",
            "parent_type",
            add().with(|c| c.facts.parent = Some(ann())),
        ),
        (
            "an Add nobody knows where",
            "parent_unknown",
            add().with(|c| c.facts.parent = None),
        ),
        (
            "an Add of what exists",
            "form",
            add().with(|c| c.operation.object = existing()),
        ),
        (
            "an Add among the domain controllers",
            "protected_place",
            add().with(|c| {
                c.facts.parent = Some(container("OU=Domain Controllers,DC=fabrikam,DC=test"))
            }),
        ),
        (
            "an Add that lies nowhere",
            "form",
            add().with(|c| {
                c.operation.kind = OpKind::Add {
                    object_type: "user".into(),
                    place: None,
                    password: None,
                };
            }),
        ),
        (
            "an Add under an unlisted type",
            "rdn",
            add().with(|c| {
                c.operation.kind = OpKind::Add {
                    object_type: "user".into(),
                    place: Some(place("OU=Ann")),
                    password: None,
                };
            }),
        ),
        (
            "a move out of the bases",
            "base",
            moved_to(container("OU=HR,DC=fabrikam,DC=test"), "CN=Ann"),
        ),
        (
            "a move into System",
            "protected_place",
            moved_to(
                container("CN=Policies,CN=System,DC=fabrikam,DC=test"),
                "CN=Ann",
            ),
        ),
        (
            "a move to another domain",
            "protected_place",
            moved_to(container("OU=Synced,DC=contoso,DC=test"), "CN=Ann"),
        ),
        (
            "a move nobody knows where",
            "parent_unknown",
            moved_to(synced(), "CN=Ann").with(|c| c.facts.parent = None),
        ),
        (
            "a name with a place in it",
            "rdn",
            moved_to(synced(), "CN=Ann,OU=HR"),
        ),
        (
            "a name of two pairs",
            "rdn",
            moved_to(synced(), "CN=Ann+SN=B"),
        ),
        ("no name", "rdn", moved_to(synced(), "")),
        (
            "a base deleted",
            "base",
            delete().on(ObjectFacts {
                object_type: Some("user".into()),
                ..synced()
            }),
        ),
    ];

    let wrong: Vec<String> = forbidden
        .iter()
        .filter_map(|(what, reason, case)| match case.decide() {
            Err(refusal) if refusal.reason == *reason => None,
            other => Some(format!("{what}: {other:?}, expected {reason}")),
        })
        .collect();

    assert!(forbidden.len() >= 70, "{}", forbidden.len());
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_never_list_is_asked_before_the_file() {
    let case = update("unicodePwd", text("x")).under("");

    assert_eq!(case.decide().unwrap_err().reason, "never_attribute");
}

#[test]
fn a_refusal_holds_no_value_and_no_name_of_an_object() {
    let cases = [
        update("description", text("secret-value")),
        plain_update().on(lying_at("CN=secret-name,OU=HR,DC=fabrikam,DC=test")),
        update("sAMAccountName", text("secret-value$")),
    ];

    for case in cases {
        let refusal = case.decide().unwrap_err();
        assert!(!refusal.text.contains("secret"), "{}", refusal.text);
    }
}

const DESK: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// An Add with an initial password for this recipient, under a policy that lists these.
fn with_password(object_type: &str, key: &str, listed: &[&str]) -> Case {
    let mut case = add();
    let OpKind::Add {
        object_type: adds,
        password,
        ..
    } = &mut case.operation.kind
    else {
        unreachable!("it is an Add");
    };
    *adds = object_type.into();
    *password = Some(syncline_model::password::InitialPassword::usual(
        syncline_model::password::Recipient {
            name: "Service desk".into(),
            key: key.into(),
        },
    ));
    case.operation.deltas.clear();
    case.policy.password_recipients = listed.iter().map(|key| (*key).to_owned()).collect();
    case
}

#[test]
fn an_initial_password_goes_to_a_listed_recipient_of_a_new_user_and_to_nobody_else() {
    let reason = |case: Case| {
        decide(&case.policy, &domain(), &case.operation, &case.facts)
            .err()
            .map(|refusal| refusal.reason)
    };

    assert_eq!(reason(with_password("user", DESK, &[DESK])), None);
    assert_eq!(reason(with_password("user", DESK, &[])), Some("password"));
    assert_eq!(
        reason(with_password("user", "age1other", &[DESK])),
        Some("password_recipient")
    );
    assert_eq!(
        reason(with_password("contact", DESK, &[DESK])),
        Some("password_type")
    );
    let mut existing_object = with_password("user", DESK, &[DESK]);
    existing_object.operation.object = existing();
    assert_eq!(reason(existing_object), Some("form"));
}

#[test]
fn no_list_of_recipients_lets_the_password_attribute_itself_be_written() {
    for attr in ["unicodePwd", "userPassword", "pwdLastSet"] {
        let mut case = with_password("user", DESK, &[DESK]);
        case.operation.deltas = vec![(attr.into(), text("x"))];

        let refusal = decide(&case.policy, &domain(), &case.operation, &case.facts);

        assert_eq!(refusal.unwrap_err().reason, "never_attribute", "{attr}");
    }
}
