//! Two forests, a running service, an administrator, and what he does through the API.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use syncline_api_tests::{Answer, Browser, Folder, Stack, StackOptions};
use syncline_lab::{DataSet, DomainController, Lab, LabOptions};
use syncline_ldap_proxy::{Proxy, ProxyOptions};

use crate::agent::{Agent, Writes};
use crate::kept::Kept;

/// No condition may take longer.
const PATIENCE: Duration = Duration::from_secs(180);

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
    /// The administrator.
    pub browser: Browser,
    /// His tenant.
    pub tenant: String,
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
            browser,
            tenant: String::new(),
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
        self.tenant = self.browser.sign_up(&self.stack, "Contoso").await;
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
        (self.tenant, self.contoso, self.fabrikam) = (kept.tenant, kept.contoso, kept.fabrikam);
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

    /// Waits until the tenant's runner answers: a service that starts says meanwhile that it will.
    async fn awake(&self) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.browser.get(&self.path("directories")).await;
            if answer.status != 503 {
                return good(answer, "GET", "directories").map(drop);
            }
            let said = answer.text;
            ensure!(Instant::now() < end, "not awake after {PATIENCE:?}: {said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an agent of a directory is there, can sign in to it and has described it.
    pub async fn connected(&self, directory: &str) -> anyhow::Result<()> {
        self.until(
            &format!("directories/{directory}"),
            "the agent is connected and has described its directory",
            |d| {
                let agents = &d["agents"];
                agents["connected"].as_i64() > Some(0)
                    && agents["credential"] == "present"
                    && d["schema_known"] == true
            },
        )
        .await?;
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
        let mut agent = self.enrol(self.folder(name)?, &directory).await?;
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

    /// Fills a new slot of a directory: enrolment on a host of its own, fingerprint compared and confirmed.
    async fn enrol(&self, home: Folder, directory: &str) -> anyhow::Result<Agent> {
        let slot = self
            .post(&format!("directories/{directory}/agents"), &json!({}))
            .await?;
        let key = slot["key"].as_str().context("a key")?.to_owned();
        let id = slot["agent"].as_str().context("an agent")?.to_owned();
        let url = &self.stack.url;
        let (agent, fingerprint) = tokio::task::block_in_place(|| Agent::enrol(home, url, &key))?;
        let confirmation = json!({"fingerprint": fingerprint});
        self.post(&format!("agents/{id}/confirm"), &confirmation)
            .await?;
        Ok(agent)
    }

    /// Connects a folder into which an HR system drops files.
    pub async fn connect_folder(&mut self, name: &str, folder: &Path) -> anyhow::Result<String> {
        let body = json!({"name": name, "kind": "hr-file"});
        let directory = self.post("directories", &body).await?["id"]
            .as_str()
            .context("an id")?
            .to_owned();
        let mut agent = self.enrol(self.folder(name)?, &directory).await?;
        agent.serve_folder(folder)?;
        agent.run()?;
        self.agents.push(agent);
        self.connected(&directory).await?;
        self.folders.push(name.to_owned());
        self.keep()?;
        Ok(directory)
    }

    /// Confirms the format that was recognised in the file of a folder; answers what was seen there.
    pub async fn confirm_format(&self, directory: &str) -> anyhow::Result<Value> {
        let path = format!("directories/{directory}");
        let looked = self.post(&format!("{path}/inspect"), &json!({})).await?;
        let about = self.get(&path).await?;
        let mut settings = about["settings"].clone();
        settings["file"] = looked["proposal"].clone();
        let version = about["version"].as_i64().context("a version")?;
        self.patch(&path, version, &json!({"settings": settings}))
            .await?;
        Ok(looked)
    }

    /// A folder for files that somebody drops; it stays where the world is kept.
    pub fn drop_folder(&self, name: &str) -> anyhow::Result<Folder> {
        self.folder(&format!("{name} files"))
    }

    /// A path of the tenant.
    pub fn path(&self, path: &str) -> String {
        format!("/v1/tenants/{}/{path}", self.tenant)
    }

    /// GET below the tenant; anything but success is an error.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        good(self.browser.get(&self.path(path)).await, "GET", path)
    }

    /// POST below the tenant; anything but success is an error.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        good(
            self.browser.post(&self.path(path), body).await,
            "POST",
            path,
        )
    }

    /// PUT of a versioned resource below the tenant.
    pub async fn put(&self, path: &str, version: i64, body: &Value) -> anyhow::Result<Value> {
        good(self.try_put(path, version, body).await, "PUT", path)
    }

    /// PUT of a versioned resource below the tenant, whatever it answers.
    pub async fn try_put(&self, path: &str, version: i64, body: &Value) -> Answer {
        let request = self
            .browser
            .request(Method::PUT, &self.path(path))
            .header("If-Match", format!("\"v{version}\""));
        Answer::of(request.json(body)).await
    }

    /// DELETE of a versioned resource below the tenant, whatever it answers.
    pub async fn delete(&self, path: &str, version: i64) -> Answer {
        let request = self
            .browser
            .request(Method::DELETE, &self.path(path))
            .header("If-Match", format!("\"v{version}\""));
        Answer::of(request).await
    }

    /// PATCH of a versioned resource below the tenant.
    pub async fn patch(&self, path: &str, version: i64, body: &Value) -> anyhow::Result<Value> {
        let request = self
            .browser
            .request(Method::PATCH, &self.path(path))
            .header("If-Match", format!("\"v{version}\""));
        good(Answer::of(request.json(body)).await, "PATCH", path)
    }

    /// Asks until the answer is as wanted.
    pub async fn until(
        &self,
        path: &str,
        what: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path).await?;
            if is_so(&answer) {
                return Ok(answer);
            }
            ensure!(
                Instant::now() < end,
                "waited {PATIENCE:?} for: {what}; last seen: {answer:#}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Imports a directory and waits for the end.
    pub async fn import(&self, directory: &str, mode: &str) -> anyhow::Result<Value> {
        let started = self
            .post(
                &format!("directories/{directory}/import"),
                &json!({"mode": mode}),
            )
            .await?;
        let run = started["run"].as_str().context("a run")?.to_owned();
        let run = self
            .until(&format!("runs/{run}"), "the import ended", |run| {
                run.get("status").is_some()
            })
            .await?;
        ensure!(
            run["status"]
                .as_str()
                .is_some_and(|s| s.starts_with("success")),
            "the import ended as {run:#}"
        );
        Ok(run)
    }

    /// Runs a cycle and waits for its end.
    pub async fn cycle(&self, body: &Value) -> anyhow::Result<Value> {
        let cycle = self.post("cycles", body).await?;
        self.wait_for_cycle(cycle["id"].as_str().context("a cycle")?)
            .await
    }

    /// Waits for the end of a cycle.
    pub async fn wait_for_cycle(&self, id: &str) -> anyhow::Result<Value> {
        let path = format!("cycles/{id}?wait_s=30");
        self.until(&path, "the cycle ended", |cycle| {
            cycle.get("ended_at").is_some()
        })
        .await
    }

    /// Computes a what-if and waits for it.
    pub async fn what_if(&self, profile: &str) -> anyhow::Result<Value> {
        let what_if = self.post("what-ifs", &json!({"profile": profile})).await?;
        let id = what_if["id"].as_str().context("a what-if")?.to_owned();
        let path = format!("what-ifs/{id}?wait_s=30");
        let what_if = self
            .until(&path, "the what-if is computed", |w| {
                w["state"] != "computing"
            })
            .await?;
        ensure!(
            what_if["state"] == "ready",
            "the what-if ended as {what_if:#}"
        );
        Ok(what_if)
    }

    /// Approves a what-if, exports at once and waits for the end of the cycle.
    pub async fn approve(&self, what_if: &Value) -> anyhow::Result<Value> {
        let id = what_if["id"].as_str().context("a what-if")?;
        let body =
            json!({"plan_hash": what_if["plan_hash"], "export_now": true, "note": "as shown"});
        let approved = self.post(&format!("what-ifs/{id}/approve"), &body).await?;
        self.wait_for_cycle(approved["cycle"].as_str().context("a cycle")?)
            .await
    }

    /// All items of a list.
    pub async fn all(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = match &next {
                Some(cursor) => format!("{path}{joint}limit=200&cursor={cursor}"),
                None => format!("{path}{joint}limit=200"),
            };
            let answer = self.get(&page).await?;
            items.extend(answer["items"].as_array().cloned().unwrap_or_default());
            match answer["next"].as_str() {
                Some(cursor) => next = Some(cursor.to_owned()),
                None => return Ok(items),
            }
        }
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

fn good(answer: Answer, method: &str, path: &str) -> anyhow::Result<Value> {
    if !(200..300).contains(&answer.status) {
        bail!(
            "{method} {path} answered {}: {}",
            answer.status,
            answer.text
        );
    }
    Ok(answer.json)
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
