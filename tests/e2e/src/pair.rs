//! Two OpenLDAP servers, kept in step by one tenant: a small world in which one rule of the trade is seen at a time.
//!
//! `staff` is the source, `mirror` the target; both have `ou=people` and `ou=groups`, the mirror `ou=disabled` too.

use std::collections::BTreeSet;
use std::ops::Deref;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use syncline_api_tests::{Browser, Folder, Stack, StackOptions};
use syncline_lab::{LdapTools, Slapd, SlapdOptions};

use crate::administrator::Administrator;
use crate::agent::Agent;

/// The suffix of both servers.
const SUFFIX: &str = "dc=lab,dc=test";

/// The world.
pub struct Pair {
    /// The source.
    pub staff: LdapTools,
    /// The target.
    pub mirror: LdapTools,
    /// The source's directory.
    pub source: String,
    /// The target's directory.
    pub target: String,
    /// Their agents, the source's first.
    pub agents: Vec<Agent>,
    stack: Stack,
    administrator: Administrator,
    servers: Vec<Slapd>,
}

impl Pair {
    /// Starts everything, signs up and connects both.
    pub async fn start() -> anyhow::Result<Self> {
        let servers = tokio::task::spawn_blocking(|| -> anyhow::Result<Vec<Slapd>> {
            Ok(vec![server()?, server()?])
        });
        let servers = servers.await??;
        let (staff, mirror) = (servers[0].administrator()?, servers[1].administrator()?);
        let stack = Stack::start_as(StackOptions::default(), |_| {}).await;
        let browser = Browser::signed_in(&stack, "ada.byron@contoso.test").await;
        let mut administrator = Administrator::before_sign_up(browser);
        administrator.sign_up(&stack, "Pair").await;
        let mut pair = Self {
            staff,
            mirror,
            source: String::new(),
            target: String::new(),
            agents: Vec::new(),
            stack,
            administrator,
            servers: Vec::new(),
        };
        pair.source = pair.connect("Staff", &servers[0], false).await?;
        pair.target = pair.connect("Mirror", &servers[1], true).await?;
        pair.servers = servers;
        Ok(pair)
    }

    /// Connects another server as a source; answers its tools and its directory.
    pub async fn connect_another(&mut self, name: &str) -> anyhow::Result<(LdapTools, String)> {
        let server = tokio::task::spawn_blocking(server).await??;
        let directory = self.connect(name, &server, false).await?;
        let tools = server.administrator()?;
        self.servers.push(server);
        Ok((tools, directory))
    }

    async fn connect(
        &mut self,
        name: &str,
        server: &Slapd,
        target: bool,
    ) -> anyhow::Result<String> {
        let mut containers = vec![unit("people"), unit("groups")];
        if target {
            containers.push(unit("disabled"));
        }
        let body =
            json!({"name": name, "kind": "openldap", "settings": {"containers": containers}});
        let directory = self.post("directories", &body).await?["id"]
            .as_str()
            .context("an id")?
            .to_owned();
        let home = Folder::below(None, name)?;
        let mut agent = self.enrol(&self.stack, home, &directory).await?;
        tokio::task::block_in_place(|| agent.serve_openldap(server, target))?;
        agent.run()?;
        self.agents.push(agent);
        self.connected(&directory).await?;
        Ok(directory)
    }

    /// A person of the source. `attributes` go beside what the schema demands.
    pub fn hire(&self, uid: &str, attributes: &[(&str, &str)]) -> anyhow::Result<()> {
        Ok(self.staff.add(&person(uid, attributes))?)
    }

    /// A person that somebody else made in the target.
    pub fn plant(&self, uid: &str, attributes: &[(&str, &str)]) -> anyhow::Result<()> {
        Ok(self.mirror.add(&person(uid, attributes))?)
    }

    /// A group of the source.
    pub fn gather(&self, cn: &str, members: &[&str]) -> anyhow::Result<()> {
        let mut ldif = format!(
            "dn: cn={cn},{}\nobjectClass: groupOfNames\ncn: {cn}\n",
            unit("groups")
        );
        for member in members {
            ldif.push_str(&format!("member: {}\n", dn(member)));
        }
        Ok(self.staff.add(&ldif)?)
    }

    /// What the target holds of a person, by the attribute; `None` where the person is not there.
    pub fn mirrored(&self, uid: &str, attribute: &str) -> anyhow::Result<Option<Vec<String>>> {
        self.at(&dn(uid), attribute)
    }

    /// The same, by the name.
    pub fn at(&self, dn: &str, attribute: &str) -> anyhow::Result<Option<Vec<String>>> {
        let entry = self.mirror.read(dn)?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        Ok(entry.map(|entry| entry.values(attribute).map(text).collect()))
    }

    /// What the directory itself knows an entry of the target by.
    pub fn entry_uuid(&self, dn: &str) -> anyhow::Result<String> {
        let found = self.mirror.search(
            dn,
            syncline_lab::Scope::Base,
            "(objectClass=*)",
            &["entryUUID"],
        )?;
        let entry = found.first().with_context(|| format!("{dn} is there"))?;
        entry.text("entryUUID").context("an entryUUID")
    }

    /// The uids of all people of the target.
    pub fn all_mirrored(&self) -> anyhow::Result<BTreeSet<String>> {
        let found = self.mirror.search(
            SUFFIX,
            syncline_lab::Scope::Subtree,
            "(objectClass=inetOrgPerson)",
            &["uid"],
        )?;
        Ok(found.iter().filter_map(|entry| entry.text("uid")).collect())
    }

    /// A profile of people and groups, matched by employee number and by name.
    pub fn profile(&self) -> Value {
        let person_in = ["cn", "sn", "mail", "title"].map(first);
        let person_in = person_in
            .into_iter()
            .chain(["uid", "displayName", "employeeNumber"].map(same))
            .chain([json!({"to": "manager", "from": "manager", "pick": "only-one"})]);
        let person_out = [
            "cn",
            "sn",
            "mail",
            "title",
            "displayName",
            "employeeNumber",
            "manager",
        ];
        let by_number = json!([{"metaverse": "employeeNumber", "target": "employeeNumber"}]);
        json!({
            "name": "Staff to mirror",
            "inbound": [
                {"directory": self.source, "type": "inetOrgPerson", "metaverse_type": "person", "link": "provision",
                 "match": [[{"source": "employeeNumber", "metaverse": "employeeNumber"}]],
                 "flows": person_in.collect::<Vec<_>>()},
                {"directory": self.source, "type": "groupOfNames", "metaverse_type": "group", "link": "provision",
                 "flows": [first("cn"), same("member")]},
            ],
            "outbound": [
                {"directory": self.target, "type": "inetOrgPerson", "metaverse_type": "person", "action": "create-or-update",
                 "match": [by_number],
                 "dn": {"expr": format!("\"uid=\" + Dn.Escape(uid.First()) + \",{}\"", unit("people"))},
                 "flows": person_out.map(same), "deprovision": "delete"},
                {"directory": self.target, "type": "groupOfNames", "metaverse_type": "group", "action": "create-or-update",
                 "dn": {"expr": format!("\"cn=\" + Dn.Escape(cn) + \",{}\"", unit("groups"))},
                 "flows": [same("member")], "deprovision": "delete"},
            ],
            "approval": {"then": "live"}
        })
    }

    /// Saves a profile as a new one; answers its id.
    pub async fn save(&self, profile: &Value) -> anyhow::Result<String> {
        let saved = self.post("profiles", profile).await?;
        Ok(saved["id"].as_str().context("an id")?.to_owned())
    }

    /// Saves a profile over one that is there.
    pub async fn change(&self, id: &str, profile: &Value) -> anyhow::Result<Value> {
        let path = format!("profiles/{id}");
        let version = self.get(&path).await?["version"].as_i64();
        self.put(&path, version.context("a version")?, profile)
            .await
    }

    /// Reads both, synchronises, and sends nothing.
    pub async fn rehearse(&self) -> anyhow::Result<Value> {
        self.cycle(&json!({"exports": "suppress"})).await
    }

    /// What the next export of a profile would send: the what-if and its operations.
    pub async fn plan(&self, profile: &str) -> anyhow::Result<(Value, Vec<Value>)> {
        let what_if = self.what_if(profile).await?;
        let id = what_if["id"].as_str().context("an id")?;
        let operations = self.all(&format!("what-ifs/{id}/operations")).await?;
        Ok((what_if, operations))
    }

    /// Saves a profile, reads, synchronises, approves what the what-if shows and sends it; answers its id.
    pub async fn go_live(&self, profile: &Value) -> anyhow::Result<String> {
        let id = self.save(profile).await?;
        self.rehearse().await?;
        self.accept(&id).await?;
        Ok(id)
    }

    /// Approves what the what-if of a profile shows, and sends it.
    pub async fn accept(&self, profile: &str) -> anyhow::Result<Value> {
        let what_if = self.what_if(profile).await?;
        let ended = self.approve(&what_if).await?;
        ensure!(ended["state"] == "succeeded", "{ended:#}");
        Ok(ended)
    }

    /// A whole cycle that must succeed.
    pub async fn run(&self) -> anyhow::Result<Value> {
        let ended = self.cycle(&json!({})).await?;
        ensure!(ended["state"] == "succeeded", "{ended:#}");
        Ok(ended)
    }

    /// A cycle that sends nothing: the target is as it should be.
    pub async fn rests(&self) -> anyhow::Result<()> {
        let ended = self.run().await?;
        let sent = self.sent(&ended).await?;
        ensure!(sent.is_empty(), "it still sends {sent:#?}");
        Ok(())
    }

    /// The operations that the exports of a cycle sent, in their order.
    pub async fn sent(&self, cycle: &Value) -> anyhow::Result<Vec<Value>> {
        let runs = cycle["runs"].as_array().context("runs")?;
        let mut sent = Vec::new();
        for run in runs.iter().filter(|run| run["kind"] == "export") {
            let id = run["id"].as_str().context("an id")?;
            sent.extend(self.all(&format!("runs/{id}/operations")).await?);
        }
        Ok(sent)
    }

    /// The report of the object with this name in a directory.
    pub async fn report(&self, directory: &str, dn: &str) -> anyhow::Result<Value> {
        let listed = self.all(&format!("objects?directory={directory}")).await?;
        let wanted = |object: &&Value| {
            let name = object["dn"].as_str().unwrap_or_default();
            name.eq_ignore_ascii_case(dn)
        };
        let found = listed.iter().find(wanted);
        let id = found.with_context(|| format!("{dn} in {listed:#?}"))?["id"].as_str();
        self.get(&format!("objects/{}", id.context("an id")?)).await
    }

    /// Open messages with this code.
    pub async fn open(&self, code: &str) -> anyhow::Result<Vec<Value>> {
        self.all(&format!("messages?open=true&code={code}")).await
    }

    /// Ends everything in order.
    pub async fn stop(mut self) {
        self.agents.clear();
        self.stack.stop().await;
    }
}

impl Deref for Pair {
    type Target = Administrator;

    fn deref(&self) -> &Administrator {
        &self.administrator
    }
}

/// The name of a unit of either server.
pub fn unit(name: &str) -> String {
    format!("ou={name},{SUFFIX}")
}

/// The name of a person of either server.
pub fn dn(uid: &str) -> String {
    format!("uid={uid},{}", unit("people"))
}

/// The name of a group of either server.
pub fn group_dn(cn: &str) -> String {
    format!("cn={cn},{}", unit("groups"))
}

fn same(name: &str) -> Value {
    json!({"to": name, "from": name})
}

/// LDAP allows several, the metaverse holds one.
fn first(name: &str) -> Value {
    json!({"to": name, "from": name, "pick": "first"})
}

/// A server with the units and nobody in them.
fn server() -> anyhow::Result<Slapd> {
    let server = Slapd::start(SlapdOptions { people: 0 })?;
    let tools = server.administrator()?;
    for name in ["people", "groups", "disabled"] {
        let dn = unit(name);
        tools.add(&format!(
            "dn: {dn}\nobjectClass: organizationalUnit\nou: {name}\n"
        ))?;
    }
    Ok(server)
}

fn person(uid: &str, attributes: &[(&str, &str)]) -> String {
    let mut ldif = format!("dn: {}\nobjectClass: inetOrgPerson\nuid: {uid}\n", dn(uid));
    let has = |name: &str| attributes.iter().any(|(given, _)| *given == name);
    for name in ["cn", "sn"].into_iter().filter(|name| !has(name)) {
        ldif.push_str(&format!("{name}: {uid}\n"));
    }
    for (name, value) in attributes {
        ldif.push_str(&format!("{name}: {value}\n"));
    }
    ldif
}
