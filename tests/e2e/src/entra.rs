//! A simulated Entra tenant as a directory of the world.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use syncline_graph_sim::{Control, Domain, Options, Simulator};
use syncline_model::cloud::Cloud;

use crate::world::World;

/// The domain that the tenant has verified.
pub const DOMAIN: &str = "contoso.example";
/// The cloud's name in connections.
pub const CLOUD: &str = "simulated";

/// A stand-in for Entra ID, in a process of its own, over TLS.
pub struct Entra {
    simulator: Simulator,
    /// The directory tenant's id.
    pub tenant: String,
    client: Option<String>,
}

impl Entra {
    /// Starts it with one empty directory tenant.
    pub fn start(seed: u64) -> anyhow::Result<Self> {
        let simulator = Simulator::start(&Options {
            seed,
            tls: true,
            ..Options::default()
        })?;
        let tenant = simulator
            .control()
            .new_tenant(&[Domain::verified(DOMAIN)])?;
        Ok(Self {
            simulator,
            tenant,
            client: None,
        })
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
        self.grant(world, &directory).await?;
        Ok(directory)
    }

    /// Grants what a directory says it needs, and has it checked.
    pub async fn grant(&self, world: &World, directory: &str) -> anyhow::Result<Value> {
        let client = self.client.as_deref().context("a registration")?;
        let about = world.get(&format!("directories/{directory}")).await?;
        let needed = about["cloud"]["permissions"].as_array().cloned();
        let needed = needed.context("permissions")?;
        let names: Vec<&str> = needed.iter().filter_map(|p| p["name"].as_str()).collect();
        let control = self.control();
        tokio::task::block_in_place(|| control.grant(&self.tenant, client, &names))?;
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
        let violations = self.control().violations()?;
        if violations.requests + violations.answers == 0 {
            return Ok(());
        }
        let log = self.control().log(0)?;
        let first: Vec<String> = log
            .iter()
            .filter(|entry| {
                !(entry.request_violations.is_empty() && entry.answer_violations.is_empty())
            })
            .take(5)
            .map(|entry| format!("{entry:?}"))
            .collect();
        anyhow::bail!(
            "the contract was broken: {violations:?}\n{}",
            first.join("\n")
        )
    }
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
