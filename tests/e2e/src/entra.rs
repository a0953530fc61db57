//! A simulated Entra tenant as a directory of the world.
//!
//! Invariant: a tenant that was sent requests is asked what the vendor's contract says of them before it is
//! dropped, or dropping it fails.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use syncline_graph_sim::{Control, Domain, Entry, Options, ResetForm, Simulator};
use syncline_model::cloud::Cloud;

use crate::world::World;

/// The domain that the tenant has verified.
pub const DOMAIN: &str = "contoso.example";
/// The cloud's name in connections.
pub const CLOUD: &str = "simulated";
/// Where a tenant is left.
const FILE: &str = "entra.json";

/// A stand-in for Entra ID, in a process of its own, over TLS.
pub struct Entra {
    simulator: Simulator,
    /// The directory tenant's id.
    pub tenant: String,
    client: Option<String>,
    certificates: Vec<String>,
    granted: Vec<String>,
    lives: u64,
    asked: AtomicBool,
}

/// What a tenant is, between two lives of the simulator.
#[derive(Debug, Serialize, Deserialize)]
struct Left {
    tenant: String,
    client: Option<String>,
    certificates: Vec<String>,
    granted: Vec<String>,
    /// How often it was begun or restored.
    lives: u64,
    /// What the simulator showed of it.
    held: Value,
}

impl Entra {
    /// Starts it with one empty directory tenant.
    pub fn start(seed: u64) -> anyhow::Result<Self> {
        let simulator = simulator(seed)?;
        let tenant = simulator
            .control()
            .new_tenant(&[Domain::verified(DOMAIN)])?;
        Ok(Self {
            simulator,
            tenant,
            client: None,
            certificates: Vec::new(),
            granted: Vec::new(),
            lives: 1,
            asked: AtomicBool::new(false),
        })
    }

    /// Starts it with the tenant that was left in a home; `None` where none was. Delta tokens of the life before are
    /// answered with a reset, as the log of changes ended with it.
    pub fn restore(home: &Path) -> anyhow::Result<Option<Self>> {
        let file = home.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let damaged = || format!("{} is damaged: start anew", file.display());
        let left: Left = serde_json::from_slice(&std::fs::read(&file)?).with_context(damaged)?;
        let simulator = simulator(1)?;
        let control = simulator.control();
        let domains = [Domain::verified(DOMAIN)];
        let tenant = json!({"id": left.tenant, "domains": domains, "seed": left.lives + 1});
        control.call::<Value>("POST", "/tenants", &tenant)?;
        // Groups are members of each other: all of them first, then with their members.
        let mut held = seeds(&left.held).with_context(damaged)?;
        control.seed(&left.tenant, &json!({"groups": bare(&held["groups"])}))?;
        control.seed(&left.tenant, &held.take())?;
        for _ in 0..left.lives {
            control.expire_tokens(&left.tenant, None, ResetForm::Gone)?;
        }
        if let Some(client) = &left.client {
            let registered = json!({"id": client, "certificates": left.certificates});
            control.call::<Value>("POST", "/apps", &registered)?;
            let granted: Vec<&str> = left.granted.iter().map(String::as_str).collect();
            control.grant(&left.tenant, client, &granted)?;
        }
        Ok(Some(Self {
            simulator,
            tenant: left.tenant,
            client: left.client,
            certificates: left.certificates,
            granted: left.granted,
            lives: left.lives + 1,
            asked: AtomicBool::new(false),
        }))
    }

    /// Leaves the tenant in a home, for [`Entra::restore`].
    pub fn leave(&self, home: &Path) -> anyhow::Result<()> {
        let left = Left {
            tenant: self.tenant.clone(),
            client: self.client.clone(),
            certificates: self.certificates.clone(),
            granted: self.granted.clone(),
            lives: self.lives,
            held: self.snapshot()?,
        };
        // Whole or not at all.
        let part = home.join("entra.part");
        std::fs::write(&part, serde_json::to_vec(&left)?)?;
        std::fs::rename(&part, home.join(FILE))?;
        // Whoever comes back to it may have tried what is not allowed.
        self.set_aside();
        Ok(())
    }

    /// What tests steer it by.
    pub fn control(&self) -> Control {
        self.simulator.control()
    }

    /// Its row in the cloud table of a host.
    pub fn cloud(&self) -> anyhow::Result<Cloud> {
        let addresses = self.simulator.addresses();
        Ok(Cloud {
            name: CLOUD.into(),
            label: "simulated Entra tenant".into(),
            login: addresses.login.parse()?,
            graph: addresses.graph.parse()?,
            trust_pem: addresses.ca_pem.clone(),
            simulated: true,
            times: None,
        })
    }

    /// Registers the application that the product is, without a certificate and without a permission.
    pub fn register(&mut self) -> anyhow::Result<String> {
        let control = self.control();
        let made: Value =
            tokio::task::block_in_place(|| control.call("POST", "/apps", &json!({})))?;
        let client = made["id"].as_str().context("an application")?.to_owned();
        self.client = Some(client.clone());
        Ok(client)
    }

    /// Where its control face is.
    pub fn control_url(&self) -> String {
        self.simulator.addresses().control.clone()
    }

    /// Connects it as an administrator does: the directory is made, its certificate uploaded to the application's
    /// registration, the permissions that it lists are granted, and it is checked.
    pub async fn connect(&mut self, world: &World) -> anyhow::Result<String> {
        // The registration exists before its certificate.
        let client = self.register()?;
        let body = json!({"name": "Contoso in Entra", "kind": "entra-id", "settings": {
            "poll_seconds": 5,
            "cloud": {"cloud": CLOUD, "tenant": self.tenant, "client_id": client}}});
        let made = world.post("directories", &body).await?;
        let directory = made["id"].as_str().context("an id")?.to_owned();
        ensure!(
            made["cloud"]["simulated"] == true && made["cloud"]["ready"] == false,
            "{made:#}"
        );
        let pem = made["cloud"]["certificate"]["pem"]
            .as_str()
            .context("a certificate")?;
        let control = self.control();
        let uploaded = json!({"id": client, "certificates": [pem]});
        tokio::task::block_in_place(|| control.call::<Value>("POST", "/apps", &uploaded))?;
        self.certificates.push(pem.to_owned());
        self.grant(world, &directory).await?;
        Ok(directory)
    }

    /// Grants what a directory says it needs, and has it checked.
    pub async fn grant(&mut self, world: &World, directory: &str) -> anyhow::Result<Value> {
        let client = self.client.as_deref().context("a registration")?;
        let about = world.get(&format!("directories/{directory}")).await?;
        let needed = about["cloud"]["permissions"].as_array().cloned();
        let needed = needed.context("permissions")?;
        let names: Vec<&str> = needed.iter().filter_map(|p| p["name"].as_str()).collect();
        let control = self.control();
        tokio::task::block_in_place(|| control.grant(&self.tenant, client, &names))?;
        self.granted = names.into_iter().map(str::to_owned).collect();
        let path = format!("directories/{directory}/check");
        let checked = world.post(&path, &json!({})).await?;
        ensure!(checked["cloud"]["ready"] == true, "{:#}", checked["cloud"]);
        Ok(checked)
    }

    /// What the tenant holds.
    pub fn snapshot(&self) -> anyhow::Result<Value> {
        Ok(self.control().snapshot(&self.tenant)?)
    }

    /// The first requests that it refused, for the message of a test that failed.
    pub fn refused(&self) -> anyhow::Result<Vec<String>> {
        let log = self.control().log(0)?;
        let refused = log.iter().filter(|entry| entry.status >= Some(400));
        let told = refused.take(10).map(|e| {
            format!(
                "{:?} {:?} {} {} {:?}",
                e.status, e.code, e.method, e.path, e.body
            )
        });
        Ok(told.collect())
    }

    /// Every request and every answer so far kept to the vendor's contract.
    pub fn no_violation(&self) -> anyhow::Result<()> {
        self.no_violation_but(&[])
    }

    /// The same, but for violations of these codes: for stories in which, say, a permission is lacking on purpose.
    pub fn no_violation_but(&self, codes: &[&str]) -> anyhow::Result<()> {
        self.set_aside();
        let control = self.control();
        let violations = control.violations()?;
        let counted = violations.requests + violations.answers;
        if counted == 0 {
            return Ok(());
        }
        let log = control.log(0)?;
        let said =
            |entry: &Entry| [&entry.request_violations[..], &entry.answer_violations].concat();
        let kept: usize = log.iter().map(|entry| said(entry).len()).sum();
        ensure!(
            counted == kept as u64,
            "{counted} violations of the contract, and {kept} of them are in the log: it was cleared or cut"
        );
        let is_allowed = |text: &String| {
            codes
                .iter()
                .any(|code| text.ends_with(&format!("({code})")))
        };
        let first: Vec<String> = log
            .iter()
            .filter(|entry| !said(entry).iter().all(is_allowed))
            .take(5)
            .map(|entry| format!("{entry:?}"))
            .collect();
        ensure!(
            first.is_empty(),
            "the contract was broken: {violations:?}\n{}",
            first.join("\n")
        );
        Ok(())
    }

    /// Nobody asks any more: something else has failed already, or the tenant is left for another run.
    pub fn set_aside(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }
}

impl Drop for Entra {
    fn drop(&mut self) {
        if *self.asked.get_mut() || std::thread::panicking() {
            return;
        }
        // Of a tenant that nothing was sent to there is nothing to ask; one that is gone cannot be asked.
        if self.control().log(0).is_ok_and(|log| !log.is_empty()) {
            panic!(
                "nobody asked what the contract says of the requests to this tenant: `Entra::no_violation`"
            );
        }
    }
}

fn simulator(seed: u64) -> anyhow::Result<Simulator> {
    let options = Options {
        seed,
        tls: true,
        ..Options::default()
    };
    Ok(Simulator::start(&options)?)
}

/// What a snapshot shows, as the simulator takes it for a beginning.
fn seeds(held: &Value) -> Option<Value> {
    let mut seeds = json!({});
    for collection in ["users", "groups", "contacts"] {
        seeds[collection] = held[collection].clone();
    }
    for object in held["deletedItems"].as_array()? {
        let mut object = object.clone();
        object["@deleted"] = true.into();
        let collection = match object["userPrincipalName"].is_string() {
            true => "users",
            false => "groups",
        };
        seeds[collection].as_array_mut()?.push(object);
    }
    for object in seeds["users"].as_array_mut()? {
        let object = object.as_object_mut()?;
        object.remove("signIn");
    }
    Some(seeds)
}

/// Groups without members and owners.
fn bare(groups: &Value) -> Vec<Value> {
    let groups = groups.as_array().into_iter().flatten();
    let bare = groups.map(|group| {
        let mut group = group.clone();
        if let Some(group) = group.as_object_mut() {
            group.remove("members");
            group.remove("owners");
        }
        group
    });
    bare.collect()
}

/// The parts that write people and groups of the metaverse into a directory tenant.
pub fn outbound(target: &str) -> [Value; 2] {
    let upn = format!("sAMAccountName.ToLower() + \"@{DOMAIN}\"");
    [
        json!({"directory": target, "type": "user", "metaverse_type": "person", "action": "create-or-update",
            "match": [[{"metaverse": "employeeID", "target": "employeeId"}]],
            "flows": [
                {"to": "accountEnabled", "expr": "accountDisabled != true"},
                {"to": "displayName", "from": "displayName"},
                {"to": "mailNickname", "expr": "sAMAccountName.ToLower()"},
                {"to": "userPrincipalName", "expr": upn},
                {"to": "givenName", "from": "givenName"},
                {"to": "surname", "from": "sn"},
                {"to": "companyName", "from": "company"},
                {"to": "department", "from": "department"},
                {"to": "jobTitle", "from": "title"},
                {"to": "city", "from": "l"},
                {"to": "mobilePhone", "from": "mobile"},
                {"to": "employeeId", "from": "employeeID"},
                {"to": "extensionAttribute1", "from": "employeeType"},
                {"to": "manager", "from": "manager"},
            ],
            "deprovision": "delete"}),
        json!({"directory": target, "type": "group", "metaverse_type": "group", "action": "create-or-update",
            "match": [[{"metaverse": "sAMAccountName", "target": "mailNickname"}]],
            "flows": [
                {"to": "displayName", "from": "cn"},
                {"to": "description", "expr": "description?.FirstOrDefault()"},
                {"to": "mailNickname", "expr": "sAMAccountName"},
                {"to": "mailEnabled", "expr": "false"},
                {"to": "securityEnabled", "expr": "true"},
                {"to": "members", "from": "member"},
            ],
            "deprovision": "delete"}),
    ]
}

/// People and groups of `contoso.test` in a directory tenant.
pub fn contoso_to_entra(source: &str, target: &str) -> Value {
    let same = |names: &[&str]| -> Vec<Value> {
        let flow = |name: &&str| json!({"to": name, "from": name});
        names.iter().map(flow).collect()
    };
    let person = [
        "accountDisabled",
        "company",
        "department",
        "displayName",
        "employeeID",
        "employeeType",
        "givenName",
        "l",
        "manager",
        "mobile",
        "sAMAccountName",
        "sn",
        "title",
    ];
    let group = ["cn", "description", "member", "sAMAccountName"];
    json!({
        "name": "Contoso to Entra",
        "triggers": {"on_change": true, "every": "PT15M"},
        "inbound": [
            {"directory": source, "type": "user", "metaverse_type": "person", "link": "provision",
             "scope": {"expr": "employeeType == \"FTE\""}, "flows": same(&person)},
            {"directory": source, "type": "group", "metaverse_type": "group", "link": "provision",
             "flows": same(&group)},
        ],
        "outbound": outbound(target),
        "approval": {"then": "live"}
    })
}
