//! A hostile service against an agent in front of a real domain controller.
//!
//! The agent binds as the domain's administrator, so that nothing but its own policy stands between the
//! service and the directory; and the policy file allows all it can, so that what is refused is refused
//! by the built-in list. Needs root, as the lab's domain controllers do.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream;
use syncline_agent::home::{Home, write_private};
use syncline_agent_tests::relay::Standing;
use syncline_agent_tests::tunnel::AgentLink;
use syncline_agent_tests::world::{DIRECTORY, RunningAgent, World};
use syncline_connectors::contract::OpOutcome;
use syncline_lab::{DataSet, Domain, Entry, Forest, LdapTools, Scope};
use syncline_model::op::{Change, ObjectKey, OpKind, OpValue, Operation, Placement};
use syncline_model::{Anchor, DirectoryId, PartId, Value};
use syncline_wire::link::{ExportContext, ExportOp, OpResult};

const HEAD: &str = "DC=fabrikam,DC=test";

/// All that a policy file can allow.
const EVERYTHING: &str = r#"
hosts = ["HOST"]
writes = true
bases = ["DC=fabrikam,DC=test"]
types = ["user", "group", "contact", "organizationalUnit"]
[attributes]
user = ["displayName", "description", "accountDisabled", "sAMAccountName", "manager"]
group = ["member", "description"]
organizationalUnit = ["description"]
[ceilings]
add = 100000
update = 100000
move = 100000
delete = 100000
disable = 100000
member = 100000
"#;

struct Victim {
    forest: Forest,
    admin: LdapTools,
}

impl Victim {
    fn start() -> Self {
        let forest = Forest::start(Domain::Fabrikam, DataSet::Small).unwrap();
        let admin = forest.administrator().unwrap();
        let victim = Self { forest, admin };
        let group = |name: &str, more: &str| {
            format!(
                "dn: CN={name},OU=Synced,{HEAD}\nobjectClass: group\nsAMAccountName: {name}\n{more}\n"
            )
        };
        let user = |name: &str, place: &str| {
            format!(
                "dn: CN={name},{place},{HEAD}\nobjectClass: user\nsAMAccountName: {name}\nuserAccountControl: 514\n\n"
            )
        };
        victim
            .admin
            .add(
                &[
                    user("Plain", "OU=Synced"),
                    user("Eve", "OU=Synced"),
                    user("Mallory", "OU=Synced"),
                    user("Outside", "OU=Existing"),
                    group("Crowd", &format!("member: CN=Plain,OU=Synced,{HEAD}\n")),
                    group("Inner", &format!("member: CN=Eve,OU=Synced,{HEAD}\n")),
                    group("Outer", &format!("member: CN=Inner,OU=Synced,{HEAD}\n")),
                    group(
                        "DnsAdmins",
                        &format!("member: CN=Mallory,OU=Synced,{HEAD}\n"),
                    ),
                ]
                .concat(),
            )
            .unwrap();
        victim
            .admin
            .modify(&format!(
                "dn: CN=Domain Admins,CN=Users,{HEAD}\nchangetype: modify\nadd: member\nmember: CN=Outer,OU=Synced,{HEAD}\n\n\
                 dn: CN=Outside,OU=Existing,{HEAD}\nchangetype: modify\nreplace: adminCount\nadminCount: 1\n"
            ))
            .unwrap();
        victim
    }

    /// The object with this name.
    fn key(&self, dn: &str) -> ObjectKey {
        let dn = if dn.is_empty() {
            HEAD.into()
        } else {
            format!("{dn},{HEAD}")
        };
        let found = self
            .admin
            .search(&dn, Scope::Base, "(objectClass=*)", &["objectGUID"])
            .unwrap();
        let guid: Vec<u8> = found[0].values("objectGUID").next().unwrap().to_vec();
        ObjectKey::Anchor(Anchor::from_object_guid(guid.try_into().unwrap()))
    }

    /// The builtin or domain group with this SID suffix, by name.
    fn group(&self, name: &str) -> ObjectKey {
        let found = self
            .admin
            .search(
                HEAD,
                Scope::Subtree,
                &format!("(sAMAccountName={name})"),
                &["objectGUID"],
            )
            .unwrap();
        let guid: Vec<u8> = found[0].values("objectGUID").next().unwrap().to_vec();
        ObjectKey::Anchor(Anchor::from_object_guid(guid.try_into().unwrap()))
    }

    /// Everything there is, but for what signing in changes.
    fn everything(&self) -> BTreeMap<String, Entry> {
        const SIGN_IN: [&str; 4] = [
            "lastLogon",
            "lastLogonTimestamp",
            "logonCount",
            "badPasswordTime",
        ];
        let mut all = BTreeMap::new();
        for base in [HEAD.to_owned(), format!("CN=Configuration,{HEAD}")] {
            let attrs = ["*", "nTSecurityDescriptor", "uSNChanged"];
            for mut entry in self
                .admin
                .search(&base, Scope::Subtree, "(objectClass=*)", &attrs)
                .unwrap()
            {
                entry
                    .attributes
                    .retain(|(name, _)| !SIGN_IN.contains(&name.as_str()));
                all.insert(entry.dn.clone(), entry);
            }
        }
        all
    }

    /// The agent's home: this controller, this policy, this account.
    fn configure(&self, home: &Home, policy: &str, user: &str, password: &str) {
        let host = self.forest.ip().to_string();
        let config = format!(
            "[service]\nreconnect_min_ms = 10\nreconnect_max_ms = 200\n\
             [directory]\nkind = 'active-directory'\nurl = '{}'\nbind = '{user}'\nca_file = '{}'\n",
            self.forest.ldaps_url(),
            self.forest.ca_file().display(),
        );
        write_private(&home.config(), config.as_bytes()).unwrap();
        write_private(&home.policy(), policy.replace("HOST", &host).as_bytes()).unwrap();
        write_private(&home.credential(), password.as_bytes()).unwrap();
    }
}

fn op(object: ObjectKey, kind: OpKind, deltas: Vec<(&str, Change)>) -> Operation {
    Operation {
        directory: DIRECTORY,
        pass: 1,
        object,
        kind,
        deltas: deltas
            .into_iter()
            .map(|(name, change)| (name.into(), change))
            .collect(),
    }
}

fn text(value: &str) -> Change {
    Change::Set(vec![OpValue::Value(Value::text(value))])
}

fn octets(value: &[u8]) -> Change {
    Change::Set(vec![OpValue::Value(Value::Bytes(value.into()))])
}

fn number(value: i64) -> Change {
    Change::Set(vec![OpValue::Value(Value::Int(value))])
}

fn switch(value: bool) -> Change {
    Change::Set(vec![OpValue::Value(Value::Bool(value))])
}

fn change(object_type: &str, object: ObjectKey, attr: &str, change: Change) -> Operation {
    let kind = OpKind::Update {
        object_type: object_type.into(),
        place: None,
    };
    op(object, kind, vec![(attr, change)])
}

fn user(object: ObjectKey, attr: &str, value: Change) -> Operation {
    change("user", object, attr, value)
}

fn member(group: ObjectKey, who: ObjectKey) -> Operation {
    let change_members = Change::Values {
        add: vec![OpValue::Ref(who)],
        remove: vec![],
    };
    change("group", group, "member", change_members)
}

fn delete(object_type: &str, object: ObjectKey) -> Operation {
    op(
        object,
        OpKind::Delete {
            object_type: object_type.into(),
        },
        vec![],
    )
}

fn moved(object: ObjectKey, parent: ObjectKey, rdn: &str) -> Operation {
    let kind = OpKind::Update {
        object_type: "user".into(),
        place: Some(Placement {
            parent,
            rdn: rdn.into(),
        }),
    };
    op(object, kind, vec![])
}

fn add(object_type: &str, parent: ObjectKey, rdn: &str) -> Operation {
    let object = ObjectKey::New {
        part: PartId(1),
        source: DirectoryId(1),
        anchor: Anchor::Text(rdn.into()),
    };
    let kind = OpKind::Add {
        object_type: object_type.into(),
        place: Some(Placement {
            parent,
            rdn: rdn.into(),
        }),
        password: None,
    };
    let name = rdn.split_once('=').unwrap().1;
    op(object, kind, vec![("sAMAccountName", text(name))])
}

async fn export(link: &AgentLink, operations: &[Operation]) -> Vec<OpResult> {
    let sent: Vec<ExportOp> = operations
        .iter()
        .map(|operation| ExportOp {
            canonical: operation.canonical().into(),
            hash: operation.hash(),
            context: ExportContext::default(),
        })
        .collect();
    let stream = link.export(stream::iter(sent)).await.unwrap();
    stream.collect_all().await.unwrap().0
}

/// The link after the agent ended this one, because what it had told no longer holds.
async fn again(world: &World, link: AgentLink) -> AgentLink {
    syncline_agent_tests::wait::within("the session's end", link.closed()).await;
    let link = world.next_link().await.unwrap();
    assert!(link.hello(DIRECTORY).await.is_ok());
    link
}

/// Operations that were not refused by the policy, with what became of them.
fn passed(operations: &[(&str, Operation)], results: &[OpResult]) -> Vec<String> {
    operations
        .iter()
        .zip(results)
        .filter_map(|((what, _), result)| match &result.outcome {
            // Refused for what it is, not because something could not be read.
            OpOutcome::Rejected(fault)
                if fault.code == "agent.policy_refused"
                    && !fault.evidence.ends_with("_unknown") =>
            {
                None
            }
            other => Some(format!("{what}: {other:?}")),
        })
        .collect()
}

/// Writes that no policy file can allow.
fn never(victim: &Victim) -> Vec<(&'static str, Operation)> {
    let plain = || victim.key("CN=Plain,OU=Synced");
    let eve = || victim.key("CN=Eve,OU=Synced");
    let synced = || victim.key("OU=Synced");
    let administrator = || victim.group("Administrator");
    let mut writes = vec![
        (
            "a password",
            user(plain(), "unicodePwd", octets(b"\"\0x\0\"\0")),
        ),
        (
            "a password by its other name",
            user(plain(), "userPassword", text("Lab-Passw0rd!")),
        ),
        (
            "a password by its number",
            user(plain(), "1.2.840.113556.1.4.90", octets(b"x")),
        ),
        ("password age", user(plain(), "pwdLastSet", number(0))),
        (
            "constrained delegation",
            user(plain(), "msDS-AllowedToDelegateTo", text("cifs/dc1")),
        ),
        (
            "resource-based delegation",
            user(
                plain(),
                "msDS-AllowedToActOnBehalfOfOtherIdentity",
                octets(b"x"),
            ),
        ),
        (
            "unconstrained delegation",
            user(plain(), "trustedForDelegation", switch(true)),
        ),
        (
            "protocol transition",
            user(plain(), "trustedToAuthForDelegation", switch(true)),
        ),
        (
            "account bits",
            user(plain(), "userAccountControl", number(0x8_0200)),
        ),
        (
            "no pre-authentication",
            user(plain(), "preAuthenticationNotRequired", switch(true)),
        ),
        (
            "no password",
            user(plain(), "passwordNotRequired", switch(true)),
        ),
        (
            "service names",
            user(plain(), "servicePrincipalName", text("http/x")),
        ),
        (
            "a security descriptor",
            user(plain(), "nTSecurityDescriptor", octets(b"x")),
        ),
        ("SID history", user(plain(), "sIDHistory", octets(b"x"))),
        (
            "a primary group",
            user(plain(), "primaryGroupID", number(512)),
        ),
        (
            "shadow credentials",
            user(plain(), "msDS-KeyCredentialLink", octets(b"x")),
        ),
        (
            "a certificate mapping",
            user(plain(), "altSecurityIdentities", text("X509:x")),
        ),
        ("the guard bit", user(plain(), "adminCount", number(0))),
        (
            "group membership by the back link",
            user(plain(), "memberOf", text(HEAD)),
        ),
        (
            "a machine's account name",
            user(plain(), "sAMAccountName", text("DC1$")),
        ),
        (
            "an option on an attribute",
            user(plain(), "description;binary", text("x")),
        ),
        (
            "the administrator changed",
            user(administrator(), "displayName", text("x")),
        ),
        (
            "the administrator disabled",
            user(administrator(), "accountDisabled", switch(true)),
        ),
        ("the administrator deleted", delete("user", administrator())),
        (
            "the administrator moved",
            moved(administrator(), synced(), "CN=Administrator"),
        ),
        (
            "the guest enabled",
            user(victim.group("Guest"), "accountDisabled", switch(false)),
        ),
        (
            "krbtgt changed",
            user(victim.group("krbtgt"), "displayName", text("x")),
        ),
        ("krbtgt deleted", delete("user", victim.group("krbtgt"))),
        (
            "an administrator through two groups changed",
            user(eve(), "displayName", text("x")),
        ),
        (
            "an administrator through two groups deleted",
            delete("user", eve()),
        ),
        (
            "an administrator through two groups moved",
            moved(eve(), synced(), "CN=Eve2"),
        ),
        (
            "an object under adminCount changed",
            user(
                victim.key("CN=Outside,OU=Existing"),
                "displayName",
                text("x"),
            ),
        ),
        (
            "a DNS administrator changed",
            user(victim.key("CN=Mallory,OU=Synced"), "displayName", text("x")),
        ),
        (
            "a member for a group two steps inside Domain Admins",
            member(victim.key("CN=Inner,OU=Synced"), plain()),
        ),
        (
            "a group inside Domain Admins deleted",
            delete("group", victim.key("CN=Outer,OU=Synced")),
        ),
        (
            "a member for DnsAdmins",
            member(victim.group("DnsAdmins"), plain()),
        ),
        (
            "a domain controller as a user",
            user(victim.group("DC1$"), "description", text("x")),
        ),
        (
            "a domain controller deleted",
            delete("user", victim.group("DC1$")),
        ),
        (
            "the domain head as a container",
            change(
                "organizationalUnit",
                victim.key(""),
                "description",
                text("x"),
            ),
        ),
        (
            "a policy link on the domain head",
            change("organizationalUnit", victim.key(""), "gPLink", text("x")),
        ),
        (
            "AdminSDHolder",
            change(
                "organizationalUnit",
                victim.key("CN=AdminSDHolder,CN=System"),
                "description",
                text("x"),
            ),
        ),
        (
            "the container of domain controllers deleted",
            delete("organizationalUnit", victim.key("OU=Domain Controllers")),
        ),
        (
            "an Add among domain controllers",
            add("user", victim.key("OU=Domain Controllers"), "CN=n1"),
        ),
        (
            "an Add in System",
            add("user", victim.key("CN=System"), "CN=n2"),
        ),
        (
            "an Add in Builtin",
            add("group", victim.key("CN=Builtin"), "CN=n3"),
        ),
        (
            "an Add in the configuration",
            add("user", victim.key("CN=Sites,CN=Configuration"), "CN=n4"),
        ),
        (
            "an Add with a machine's name",
            add("user", synced(), "CN=n5$"),
        ),
        ("an Add of two names", add("user", synced(), "CN=n6+SN=x")),
        (
            "an Add in disguise",
            add("user", synced(), "CN=n7,OU=Existing"),
        ),
        (
            "a move to System",
            moved(plain(), victim.key("CN=System"), "CN=Plain"),
        ),
        (
            "a move to domain controllers",
            moved(plain(), victim.key("OU=Domain Controllers"), "CN=Plain"),
        ),
    ];
    for group in [
        "Domain Admins",
        "Enterprise Admins",
        "Schema Admins",
        "Administrators",
        "Account Operators",
        "Server Operators",
        "Print Operators",
        "Backup Operators",
        "Cert Publishers",
        "Group Policy Creator Owners",
        "Domain Controllers",
        "Domain Users",
    ] {
        writes.push((
            "a member for a protected group",
            member(victim.group(group), plain()),
        ));
    }
    writes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_service_changes_nothing_that_the_host_forbids() {
    let victim = Arc::new(tokio::task::spawn_blocking(Victim::start).await.unwrap());
    let world = World::start().await;
    let home = world.enrol().await;
    let account = victim.forest.administrator_account();
    victim.configure(&home, EVERYTHING, &account.user, &account.password);
    world.set_standing(Standing::Confirmed);
    let agent = RunningAgent::serving(home.clone());
    let link = world.next_link().await.unwrap();
    link.hello(DIRECTORY).await.unwrap().identity.unwrap();
    let plain = victim.key("CN=Plain,OU=Synced");

    // What the built-in list forbids, under a file that allows all it can.
    let forbidden = never(&victim);
    let before = victim.everything();
    let operations: Vec<Operation> = forbidden.iter().map(|(_, op)| op.clone()).collect();
    let results = export(&link, &operations).await;
    assert!(forbidden.len() >= 60, "{}", forbidden.len());
    assert_eq!(passed(&forbidden, &results), Vec::<String>::new());
    assert!(victim.everything() == before, "the directory changed");

    // What the file does not name.
    let narrow = EVERYTHING
        .replace(
            "[\"DC=fabrikam,DC=test\"]",
            "[\"OU=Synced,DC=fabrikam,DC=test\"]",
        )
        .replace(
            "types = [\"user\", \"group\", \"contact\", \"organizationalUnit\"]",
            "types = [\"user\"]",
        )
        .replace("organizationalUnit = [\"description\"]", "")
        .replace("group = [\"member\", \"description\"]", "")
        .replace("update = 100000", "update = 1")
        .replace("delete = 100000", "delete = 0");
    victim.configure(&home, &narrow, &account.user, &account.password);
    let link = again(&world, link).await;
    let stranger = victim.forest_stranger();
    let existing = victim.key("OU=Existing");
    let forbidden = vec![
        (
            "an object outside the bases",
            user(stranger.clone(), "displayName", text("x")),
        ),
        (
            "a delete outside the bases",
            delete("user", stranger.clone()),
        ),
        (
            "an Add outside the bases",
            add("user", existing.clone(), "CN=n8"),
        ),
        (
            "a move out of the bases",
            moved(plain.clone(), existing, "CN=Plain"),
        ),
        (
            "a type that is not named",
            member(victim.key("CN=Crowd,OU=Synced"), plain.clone()),
        ),
        (
            "an attribute that is not named",
            user(plain.clone(), "info", text("x")),
        ),
        (
            "above the ceiling of deletes",
            delete("user", plain.clone()),
        ),
        (
            "for another directory",
            Operation {
                directory: DirectoryId(9),
                ..user(plain.clone(), "displayName", text("x"))
            },
        ),
    ];
    let operations: Vec<Operation> = forbidden.iter().map(|(_, op)| op.clone()).collect();
    let results = export(&link, &operations).await;
    assert_eq!(passed(&forbidden, &results), Vec::<String>::new());
    assert!(victim.everything() == before, "the directory changed");

    // What it names goes through, up to the ceiling: the agent is not simply deaf.
    let allowed = user(plain.clone(), "displayName", text("Plain Person"));
    let second = user(plain, "displayName", text("Once Too Often"));
    let results = export(&link, &[allowed, second]).await;
    assert!(
        matches!(results[0].outcome, OpOutcome::Done(_)),
        "{:?}",
        results[0]
    );
    assert_eq!(
        passed(
            &[("above the ceiling", forbidden[0].1.clone())],
            &results[1..]
        ),
        Vec::<String>::new()
    );
    let shown = victim
        .admin
        .read(&format!("CN=Plain,OU=Synced,{HEAD}"))
        .unwrap()
        .unwrap();
    assert_eq!(shown.text("displayName").as_deref(), Some("Plain Person"));
    agent.kill().await;
}

impl Victim {
    /// An ordinary user of OU=Existing.
    fn forest_stranger(&self) -> ObjectKey {
        let base = format!("OU=Existing,{HEAD}");
        let filter = "(&(objectClass=user)(!(adminCount=1)))";
        let found = self
            .admin
            .search(&base, Scope::Subtree, filter, &["objectGUID"])
            .unwrap();
        let guid: Vec<u8> = found[0].values("objectGUID").next().unwrap().to_vec();
        ObjectKey::Anchor(Anchor::from_object_guid(guid.try_into().unwrap()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_directory_is_read_and_written_through_the_tunnel() {
    let victim = Arc::new(tokio::task::spawn_blocking(Victim::start).await.unwrap());
    let world = World::start().await;
    let home = world.enrol().await;
    let account = victim.forest.service_account();
    victim.configure(&home, EVERYTHING, &account.user, "not the password");
    world.set_standing(Standing::Confirmed);
    let agent = RunningAgent::serving(home.clone());
    let link = world.next_link().await.unwrap();

    // A wrong password is said and not tried again; the right one counts at once.
    let refused = link.hello(DIRECTORY).await.unwrap();
    assert_eq!(
        refused.identity.unwrap_err().code,
        "connect.credentials_refused"
    );
    assert!(matches!(
        refused.credential,
        syncline_wire::link::CredentialState::RefusedSince { .. }
    ));
    write_private(&home.credential(), account.password.as_bytes()).unwrap();
    let link = again(&world, link).await;
    let hello = link.hello(DIRECTORY).await.unwrap();
    assert!(hello.identity.unwrap().pin.starts_with("S-1-5-21-"));

    // Everybody, whole.
    let request = syncline_model::import::ImportRequest {
        mode: syncline_model::import::ImportMode::Full,
        containers: vec![],
        types: vec![(
            "user".into(),
            vec!["displayName".into(), "objectSid".into()],
        )],
        page_size: 50,
    };
    let (pages, end) = link
        .import(request.clone())
        .await
        .unwrap()
        .collect_all()
        .await
        .unwrap();
    let users = pages
        .iter()
        .flat_map(|page| &page.entries)
        .filter(|entry| {
            matches!(entry, syncline_model::import::ImportEntry::Object(o) if o.object_type == "user")
        })
        .count();
    let filter = "(&(objectClass=user)(!(objectClass=computer)))";
    let expected = victim
        .admin
        .search(HEAD, Scope::Subtree, filter, &["1.1"])
        .unwrap()
        .len();
    assert_eq!(users, expected);

    // One object made, changed, moved and deleted; the plan's key is followed by its id.
    let mut notices = link.changes().await.unwrap();
    let new = add("user", victim.key("OU=Synced"), "CN=Nora");
    let key = new.object.clone();
    let renamed = moved(key.clone(), victim.key("OU=Existing"), "CN=Nora B");
    let results = export(
        &link,
        &[
            new.clone(),
            user(key.clone(), "displayName", text("Nora")),
            renamed,
        ],
    )
    .await;
    assert!(
        results
            .iter()
            .all(|r| matches!(&r.outcome, OpOutcome::Done(a) if a.refused.is_empty())),
        "{results:?}"
    );
    let there = victim
        .admin
        .read(&format!("CN=Nora B,OU=Existing,{HEAD}"))
        .unwrap()
        .unwrap();
    assert_eq!(there.text("displayName").as_deref(), Some("Nora"));
    assert_eq!(there.text("userAccountControl").as_deref(), Some("514"));
    let again = export(&link, &[new]).await;
    assert!(
        matches!(&again[0].outcome, OpOutcome::Done(applied) if applied.no_op),
        "{again:?}"
    );
    let notice = syncline_agent_tests::wait::within("a notice", notices.next_item()).await;
    assert!(notice.unwrap().is_some());
    let gone = export(&link, &[delete("user", key.clone()), delete("user", key)]).await;
    assert!(matches!(gone[0].outcome, OpOutcome::Done(_)), "{gone:?}");
    assert_eq!(gone[1].outcome, OpOutcome::AlreadyGone);

    // The delta says what happened since.
    let delta = syncline_model::import::ImportRequest {
        mode: syncline_model::import::ImportMode::Delta(end.watermark.unwrap()),
        ..request
    };
    let (pages, _) = link
        .import(delta)
        .await
        .unwrap()
        .collect_all()
        .await
        .unwrap();
    assert!(pages.iter().flat_map(|page| &page.entries).count() >= 1);
    agent.kill().await;
}
