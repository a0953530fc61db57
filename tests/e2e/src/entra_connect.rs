//! An Entra Connect beside a forest: in PowerShell's place stands the protocol double `syncline-pwsh-double`, which
//! answers the agent's own script out of a scheduler that the test writes. Not a PowerShell, nor an Entra Connect.
//!
//! Invariants: time passes by the agent's looks, never by a clock; what was ordered is read from the double's own file.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::agent::{Agent, built};

/// The double, and the agent's way to it.
pub struct EntraConnect {
    folder: TempDir,
    policy: PathBuf,
    policy_without: String,
}

impl EntraConnect {
    /// Names the double in the configuration of an agent, which has to be started anew. Its host allows nothing yet.
    pub fn beside(agent: &Agent, wait_ms: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let double = built("syncline-agent-tests", "syncline-pwsh-double");
        let program = folder.path().join("pwsh");
        let (at, run) = (folder.path().display(), double.display());
        std::fs::write(&program, format!("#!/bin/sh\nexec '{run}' '{at}' \"$@\"\n"))?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700))?;
        let config = agent.data().join("config.toml");
        let mut text = std::fs::read_to_string(&config)?;
        text.push_str(&format!(
            "\n[entra_connect]\npowershell = '{}'\nlook_every_ms = 20\nwait_ms = {wait_ms}\nbegin_ms = 60000\n\
             cycle_ms = 120000\ncall_ms = 60000\n",
            program.display()
        ));
        std::fs::write(config, text)?;
        let policy = agent.data().join("policy.toml");
        let policy_without = std::fs::read_to_string(&policy)?;
        Ok(Self {
            folder,
            policy,
            policy_without,
        })
    }

    /// The host allows delta cycles.
    pub fn allow(&self) -> anyhow::Result<()> {
        let text = format!(
            "{}\n[entra_connect]\nallow = ['delta']\n",
            self.policy_without
        );
        Ok(std::fs::write(&self.policy, text)?)
    }

    /// The host allows none any more.
    pub fn forbid(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(&self.policy, &self.policy_without)?)
    }

    /// Changes the scheduler's fields. What the double writes at the same moment may win: repeat it until it shows.
    pub fn set(&self, fields: Value) -> anyhow::Result<()> {
        let Value::Object(fields) = fields else {
            anyhow::bail!("fields of the scheduler");
        };
        let mut scheduler = self.scheduler()?;
        scheduler.extend(fields);
        let new = self.folder.path().join("scheduler.test");
        std::fs::write(&new, serde_json::to_vec(&scheduler)?)?;
        Ok(std::fs::rename(
            new,
            self.folder.path().join("scheduler.json"),
        )?)
    }

    /// The kinds of the cycles that were ordered so far.
    pub fn orders(&self) -> anyhow::Result<Vec<String>> {
        let orders = self.scheduler()?.remove("orders").unwrap_or_default();
        let orders = orders.as_array().cloned().unwrap_or_default();
        let words = orders.iter().map(|word| word.as_str().map(str::to_owned));
        words.collect::<Option<_>>().context("words")
    }

    fn scheduler(&self) -> anyhow::Result<Map<String, Value>> {
        let path = self.folder.path().join("scheduler.json");
        if !path.exists() {
            return Ok(Map::new());
        }
        let value: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        ensure!(value.is_object(), "the double's scheduler is {value}");
        Ok(value.as_object().cloned().unwrap_or_default())
    }
}
