//! What an administrator does through the public API: calls below his tenant, and waiting for what they start.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use syncline_api_tests::{Answer, Browser, Folder, Stack};

use crate::agent::Agent;

/// No condition may take longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// Somebody who is signed in, and his tenant.
pub struct Administrator {
    /// His session.
    pub browser: Browser,
    /// His tenant.
    pub tenant: String,
}

impl Administrator {
    /// Who is signed in and has no tenant yet.
    pub fn before_sign_up(browser: Browser) -> Self {
        Self {
            browser,
            tenant: String::new(),
        }
    }

    /// Signs up: gets a tenant of this name.
    pub async fn sign_up(&mut self, stack: &Stack, name: &str) {
        self.tenant = self.browser.sign_up(stack, name).await;
    }

    /// Waits until the tenant's runner answers: a service that starts says meanwhile that it will.
    pub async fn awake(&self) -> anyhow::Result<()> {
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

    /// Fills a new slot of a directory: enrolment on a host of its own, fingerprint compared and confirmed.
    pub async fn enrol(
        &self,
        stack: &Stack,
        home: Folder,
        directory: &str,
    ) -> anyhow::Result<Agent> {
        let slot = self
            .post(&format!("directories/{directory}/agents"), &json!({}))
            .await?;
        let key = slot["key"].as_str().context("a key")?.to_owned();
        let id = slot["agent"].as_str().context("an agent")?.to_owned();
        let (agent, fingerprint) =
            tokio::task::block_in_place(|| Agent::enrol(home, &stack.url, &key))?;
        let confirmation = json!({"fingerprint": fingerprint});
        self.post(&format!("agents/{id}/confirm"), &confirmation)
            .await?;
        Ok(agent)
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

    /// Imports a directory and waits for the end, however it ends.
    pub async fn try_import(&self, directory: &str, mode: &str) -> anyhow::Result<Value> {
        let path = format!("directories/{directory}/import");
        let started = self.post(&path, &json!({"mode": mode})).await?;
        self.wait_for_run(started["run"].as_str().context("a run")?)
            .await
    }

    /// Waits for the end of a run.
    pub async fn wait_for_run(&self, id: &str) -> anyhow::Result<Value> {
        let ended = |run: &Value| run.get("status").is_some();
        self.until(&format!("runs/{id}"), "the run ended", ended)
            .await
    }

    /// What the message log holds of a run.
    pub async fn messages_of(&self, run: &Value) -> anyhow::Result<Vec<Value>> {
        let id = run["id"].as_str().context("a run")?;
        self.all(&format!("runs/{id}/messages")).await
    }

    /// Imports a directory and waits for the end, which must be good.
    pub async fn import(&self, directory: &str, mode: &str) -> anyhow::Result<Value> {
        let run = self.try_import(directory, mode).await?;
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
