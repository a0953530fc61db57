//! Two forests, a running service, an administrator, and what he does through the API.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use syncline_api_tests::{Browser, Folder, Stack, StackOptions};
use syncline_lab::{DataSet, DomainController, Lab, LabOptions};
use syncline_ldap_proxy::{Proxy, ProxyOptions};

use crate::administrator::Administrator;
use crate::agent::{Agent, Writes};
use crate::kept::Kept;

/// Everything.
pub struct World {
    /// The forests.
    pub lab: Lab,
    /// What stands between the agent of `contoso.test` and its forest: Windows' manners.
    pub contoso_door: Proxy,
    /// The same of `fabrikam.test`; it records every write.
    pub fabrikam_door: Proxy,
    /// The service.
    pub stack: Stack,
    /// Who does everything through the API.
    pub administrator: Administrator,
    /// The directory of `contoso.test`.
    pub contoso: String,
    /// The directory of `fabrikam.test`.
    pub fabrikam: String,
    /// The names of the folders that are directories too.
    pub folders: Vec<String>,
    /// The agents of all of them.
    pub agents: Vec<Agent>,
    /// Where what a later world continues is kept, where it is.
    home: Option<PathBuf>,
}

impl World {
    /// Starts everything, signs up, and connects both directories.
    pub async fn start(data: DataSet) -> anyhow::Result<Self> {
        Self::start_with(data, StackOptions::default()).await
    }

    /// Starts everything with a service as asked; continues what lies in its home, where it has one.
    pub async fn start_with(data: DataSet, options: StackOptions) -> anyhow::Result<Self> {
        let home = options.home.clone();
        let kept = home.as_deref().map(Kept::read).transpose()?.flatten();
        let forests = LabOptions {
            data,
            keep_in: home.as_deref().map(|home| home.join("lab")),
        };
        let lab = tokio::task::spawn_blocking(move || Lab::start(forests)).await??;
        let door = |forest, seed, prefer| {
            let options = ProxyOptions {
                prefer,
                ..ProxyOptions::windows(seed)
            };
            Proxy::in_front_of(forest, options)
        };
        let contoso_door = door(&lab.contoso, 1, kept.as_ref().map(|k| k.contoso_door))?;
        let fabrikam_door = door(&lab.fabrikam, 2, kept.as_ref().map(|k| k.fabrikam_door))?;
        let options = StackOptions {
            identity: kept.as_ref().map(|kept| kept.identity),
            ..options
        };
        let stack = Stack::start_as(options, |_| {}).await;
        let browser = Browser::signed_in(&stack, "ada.byron@contoso.test").await;
        let mut world = Self {
            lab,
            contoso_door,
            fabrikam_door,
            stack,
            administrator: Administrator::before_sign_up(browser),
            contoso: String::new(),
            fabrikam: String::new(),
            folders: Vec::new(),
            agents: Vec::new(),
            home,
        };
        match kept {
            Some(kept) => world.go_on(kept).await?,
            None => world.begin().await?,
        }
        Ok(world)
    }

    /// Signs up and connects both directories.
    async fn begin(&mut self) -> anyhow::Result<()> {
        self.administrator.sign_up(&self.stack, "Contoso").await;
        self.contoso = self.connect("Contoso", false).await?;
        self.fabrikam = self.connect("Fabrikam", true).await?;
        self.keep()
    }

    /// Leaves for a later world what it must know of this one.
    fn keep(&self) -> anyhow::Result<()> {
        match &self.home {
            Some(home) => Kept::of(self)?.write(home),
            None => Ok(()),
        }
    }

    /// A folder of something that runs in this world.
    fn folder(&self, name: &str) -> anyhow::Result<Folder> {
        Ok(Folder::below(self.home.as_deref(), name)?)
    }

    /// Starts the agents of an earlier world again.
    async fn go_on(&mut self, kept: Kept) -> anyhow::Result<()> {
        self.administrator.tenant = kept.tenant;
        (self.contoso, self.fabrikam) = (kept.contoso, kept.fabrikam);
        self.folders = kept.folders;
        let forests = ["Contoso", "Fabrikam"].into_iter();
        for name in forests.chain(self.folders.iter().map(String::as_str)) {
            let mut agent = Agent::enrolled(self.folder(name)?);
            agent.run()?;
            self.agents.push(agent);
        }
        self.awake().await?;
        for directory in [&self.contoso, &self.fabrikam] {
            self.connected(directory).await?;
        }
        Ok(())
    }

    /// Connects a forest: directory, agent slot, enrolment, confirmed fingerprint, credential on the host.
    async fn connect(&mut self, name: &str, target: bool) -> anyhow::Result<String> {
        let units: &[&str] = if target {
            &["Synced", "Existing"]
        } else {
            &["Staff", "Externals", "Service", "Groups", "Contacts"]
        };
        let base = if target {
            self.lab.fabrikam.base_dn()
        } else {
            self.lab.contoso.base_dn()
        };
        let containers: Vec<String> = units
            .iter()
            .map(|unit| format!("OU={unit},{base}"))
            .collect();
        let body = json!({"name": name, "kind": "active-directory", "settings": {"containers": containers}});
        let directory = self.post("directories", &body).await?["id"]
            .as_str()
            .context("an id")?
            .to_owned();
        let mut agent = self
            .enrol(&self.stack, self.folder(name)?, &directory)
            .await?;
        let (forest, door): (&DomainController, &Proxy) = if target {
            (&self.lab.fabrikam, &self.fabrikam_door)
        } else {
            (&self.lab.contoso, &self.contoso_door)
        };
        let writes = if target { Writes::Synced } else { Writes::Off };
        tokio::task::block_in_place(|| agent.serve_forest(forest, door, writes))?;
        agent.run()?;
        self.agents.push(agent);
        self.connected(&directory).await?;
        Ok(directory)
    }

    /// Connects a folder into which an HR system drops files.
    pub async fn connect_folder(&mut self, name: &str, folder: &Path) -> anyhow::Result<String> {
        let body = json!({"name": name, "kind": "hr-file"});
        let directory = self.post("directories", &body).await?["id"]
            .as_str()
            .context("an id")?
            .to_owned();
        let mut agent = self
            .enrol(&self.stack, self.folder(name)?, &directory)
            .await?;
        agent.serve_folder(folder)?;
        agent.run()?;
        self.agents.push(agent);
        self.connected(&directory).await?;
        self.folders.push(name.to_owned());
        self.keep()?;
        Ok(directory)
    }

    /// A folder for files that somebody drops; it stays where the world is kept.
    pub fn drop_folder(&self, name: &str) -> anyhow::Result<Folder> {
        self.folder(&format!("{name} files"))
    }

    /// The most memory that the tenant's runner has held so far, in MiB.
    pub fn runner_peak_mib(&self) -> anyhow::Result<f64> {
        let runners = self.stack.host().status().runners;
        let pid = runners.into_iter().find_map(|runner| runner.pid);
        let pid = pid.context("a running runner")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        Ok(peak.context("its peak")? / 1024.0)
    }

    /// Ends everything in order.
    pub async fn stop(mut self) {
        self.agents.clear();
        self.stack.stop().await;
    }
}

impl Deref for World {
    type Target = Administrator;

    fn deref(&self) -> &Administrator {
        &self.administrator
    }
}

/// How many operations a what-if counts, by type and kind.
pub fn count(what_if: &Value, object_type: &str, kind: &str) -> i64 {
    let counts = what_if["counts"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mine = counts
        .iter()
        .filter(|c| c["type"] == object_type && c["kind"] == kind);
    mine.filter_map(|c| c["count"].as_i64()).sum()
}

/// How many objects a finding of a what-if counts.
pub fn found(what_if: &Value, kind: &str) -> i64 {
    let findings = what_if["findings"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    findings
        .iter()
        .filter(|f| f["kind"] == kind)
        .filter_map(|f| f["count"].as_i64())
        .sum()
}
