//! The main job as a story, step by step through the public API, each step checked and timed.
//!
//! Invariants: a step that does not end as the story says is an error that names what was seen; nothing here
//! touches a directory but as its own administrator would, with ldapmodify.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use syncline_lab::{DataSet, Scope, Story};

use crate::World;
use crate::entra_flow::EntraReport;
use crate::profile::{GOOD_MATCH, WRONG_MATCH, contoso_to_fabrikam};
use crate::world::{count, found};

/// One step of the story.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// What was done.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// What it counted.
    pub counts: BTreeMap<String, i64>,
}

/// What the story amounted to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Whether every step ended as it should.
    pub ok: bool,
    /// The step that did not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The steps.
    pub steps: Vec<Step>,
    /// Operations acknowledged and confirmed, by kind.
    pub exported: BTreeMap<String, i64>,
    /// Changes of the delta cycle after the confirming one.
    pub second_cycle_changes: i64,
    /// From the return of ldapmodify to the value in the target.
    pub edit_to_target_seconds: f64,
    /// Differences between the target and what the source demands.
    pub target_differences: i64,
    /// Write requests that the target's door recorded.
    pub writes_recorded: i64,
    /// Effects of these that no released operation explains, and of released operations that were not written.
    pub write_differences: i64,
    /// Each sync in milliseconds, from its start to its commit, with the objects of its work list.
    pub syncs: Vec<SyncTime>,
    /// The most memory the tenant runner held, in MiB (VmHWM).
    pub runner_peak_mib: f64,
    /// Usage by meter.
    pub usage: BTreeMap<String, i64>,
    /// The second target, a simulated Entra tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entra: Option<EntraReport>,
}

/// How long a sync took.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SyncTime {
    /// Objects of its work list.
    pub work: i64,
    /// Milliseconds.
    pub ms: i64,
}

/// Tells of each step as it ends.
pub type Tell<'a> = dyn Fn(&Step) + 'a;

/// A running story.
pub struct Flow<'a> {
    world: &'a World,
    story: Story,
    report: Report,
    tell: &'a Tell<'a>,
    profile: String,
    version: i64,
}

impl<'a> Flow<'a> {
    /// A story that has not begun.
    pub fn new(world: &'a World, data: DataSet, tell: &'a Tell<'a>) -> Self {
        Self {
            world,
            story: data.story(),
            report: Report::default(),
            tell,
            profile: String::new(),
            version: 0,
        }
    }

    /// Plays it to the end, or to the first step that does not end as it should.
    pub async fn play(mut self) -> Report {
        match self.steps().await {
            Ok(()) => self.report.ok = true,
            Err(error) => self.report.stopped = Some(format!("{error:#}")),
        }
        self.report
    }

    async fn steps(&mut self) -> anyhow::Result<()> {
        self.import().await?;
        self.wrong_match().await?;
        let what_if = self.right_match().await?;
        self.approve(&what_if).await?;
        self.second_cycle().await?;
        self.edit().await?;
        self.leaver().await?;
        self.deletions().await?;
        self.rename_unit().await?;
        self.hires().await?;
        self.one_character().await?;
        self.writes().await?;
        self.usage().await?;
        self.figures().await
    }

    /// What the runner needed.
    async fn figures(&mut self) -> anyhow::Result<()> {
        for run in self.world.all("runs").await? {
            if run["kind"] == "sync" {
                let took = run["timings_ms"].as_object().into_iter().flatten();
                self.report.syncs.push(SyncTime {
                    work: run["counts"]["work"].as_i64().unwrap_or(0),
                    ms: took.filter_map(|(_, ms)| ms.as_i64()).sum(),
                });
            }
        }
        self.report.syncs.reverse();
        self.report.runner_peak_mib = self.world.runner_peak_mib()?;
        Ok(())
    }

    fn step(&mut self, name: &str, since: Instant, counts: &[(&str, i64)]) {
        let counts = counts
            .iter()
            .map(|(name, n)| ((*name).to_owned(), *n))
            .collect();
        let step = Step {
            name: name.to_owned(),
            seconds: since.elapsed().as_secs_f64(),
            counts,
        };
        (self.tell)(&step);
        self.report.steps.push(step);
    }

    fn document(&self, pairs: &[(&str, &str)]) -> Value {
        contoso_to_fabrikam(&self.world.contoso, &self.world.fabrikam, pairs)
    }

    async fn import(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let (source, target) = tokio::try_join!(
            self.world.import(&self.world.contoso, "full"),
            self.world.import(&self.world.fabrikam, "full")
        )?;
        let read = |run: &Value| run["counts"]["objects_read"].as_i64().unwrap_or(0);
        self.step(
            "full imports",
            since,
            &[("contoso", read(&source)), ("fabrikam", read(&target))],
        );
        Ok(())
    }

    async fn wrong_match(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let saved = self
            .world
            .post("profiles", &self.document(&WRONG_MATCH))
            .await?;
        self.profile = saved["id"].as_str().context("a profile")?.to_owned();
        self.version = saved["version"].as_i64().context("a version")?;
        self.world.cycle(&json!({"exports": "suppress"})).await?;
        let what_if = self.world.what_if(&self.profile).await?;
        let (matched, strangers) = (found(&what_if, "matched"), found(&what_if, "stranger"));
        let conflicts = found(&what_if, "provision-conflict");
        ensure!(
            matched == 0,
            "a match that is wrong on purpose matched {matched}"
        );
        ensure!(
            strangers == self.story.facts.existing as i64,
            "{strangers} strangers"
        );
        ensure!(
            conflicts > 0,
            "no provision conflict: {:#}",
            what_if["findings"]
        );
        self.step(
            "what-if of a wrong match",
            since,
            &[
                ("matched", matched),
                ("strangers", strangers),
                ("provision_conflicts", conflicts),
            ],
        );
        Ok(())
    }

    async fn right_match(&mut self) -> anyhow::Result<Value> {
        let since = Instant::now();
        self.save(&GOOD_MATCH).await?;
        self.world.cycle(&json!({"exports": "suppress"})).await?;
        let what_if = self.world.what_if(&self.profile).await?;
        let matched = found(&what_if, "matched");
        ensure!(
            matched == self.story.facts.matched as i64,
            "{matched} matched instead of {}",
            self.story.facts.matched
        );
        let patterns = crate::patterns::check(self.world, &what_if).await?;
        let counts = [
            ("matched", matched),
            ("patterns", patterns),
            ("add_user", count(&what_if, "user", "add")),
            ("add_group", count(&what_if, "group", "add")),
            ("add_contact", count(&what_if, "contact", "add")),
            (
                "update_user",
                count(&what_if, "user", "update") + count(&what_if, "user", "move"),
            ),
        ];
        self.step("what-if of the right match", since, &counts);
        Ok(what_if)
    }

    async fn save(&mut self, pairs: &[(&str, &str)]) -> anyhow::Result<Value> {
        let document = self.document(pairs);
        self.save_document(&document).await
    }

    async fn save_document(&mut self, document: &Value) -> anyhow::Result<Value> {
        let saved = self
            .world
            .put(
                &format!("profiles/{}", self.profile),
                self.version,
                document,
            )
            .await?;
        self.version = saved["version"].as_i64().context("a version")?;
        Ok(saved)
    }

    async fn approve(&mut self, what_if: &Value) -> anyhow::Result<()> {
        let since = Instant::now();
        let cycle = self.world.approve(what_if).await?;
        let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
        let sum = |name: &str| {
            runs.iter()
                .filter_map(|run| run["counts"][name].as_i64())
                .sum::<i64>()
        };
        let (sent, acknowledged, refused) = (sum("sent"), sum("acknowledged"), sum("refused"));
        let confirmed = sum("confirmed");
        ensure!(
            refused == 0,
            "{refused} refused: {:#}",
            self.world.get("messages?limit=5").await?
        );
        self.step(
            "approval, export, confirming import",
            since,
            &[
                ("sent", sent),
                ("acknowledged", acknowledged),
                ("confirmed", confirmed),
            ],
        );
        let profile = self
            .world
            .get(&format!("profiles/{}", self.profile))
            .await?;
        ensure!(
            profile["state"] == "live",
            "the profile is {}",
            profile["state"]
        );
        ensure!(
            sent == acknowledged && acknowledged == confirmed,
            "{sent} sent, {acknowledged} acknowledged, {confirmed} confirmed: {cycle:#}"
        );
        for run in runs.iter().filter(|run| run["kind"] == "export") {
            let id = run["id"].as_str().context("a run's id")?;
            for operation in self.world.all(&format!("runs/{id}/operations")).await? {
                self.exported(&operation);
            }
        }
        Ok(())
    }

    /// Counts an operation that was acknowledged and confirmed.
    fn exported(&mut self, operation: &Value) {
        let name = match (operation["kind"].as_str(), operation["type"].as_str()) {
            (Some("add"), Some(object_type)) => format!("add_{object_type}"),
            (Some("update" | "move"), _) => "update".to_owned(),
            (kind, _) => kind.unwrap_or_default().to_owned(),
        };
        *self.report.exported.entry(name).or_default() += 1;
        let members = operation["attributes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|change| change["name"] == "member")
            .filter_map(|change| change["changed_values"].as_i64());
        *self.report.exported.entry("member".into()).or_default() += members.sum::<i64>();
    }

    async fn second_cycle(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let cycle = self.world.cycle(&json!({})).await?;
        let changes = cycle["changes"].as_i64().unwrap_or(-1);
        ensure!(
            changes == 0,
            "the second cycle changed something: {cycle:#}"
        );
        self.report.second_cycle_changes = changes;
        self.step("a second cycle", since, &[("changes", changes)]);
        Ok(())
    }

    /// Waits until a target object shows a value, without any call of the API.
    async fn arrives(
        &self,
        account: &str,
        attribute: &str,
        value: Option<&str>,
    ) -> anyhow::Result<()> {
        let tools = self.world.lab.fabrikam.administrator()?;
        let base = self.world.lab.fabrikam.base_dn();
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let filter = format!("(sAMAccountName={account})");
            let entries = tools.search(base, Scope::Subtree, &filter, &[attribute])?;
            let now = entries.first().and_then(|entry| entry.text(attribute));
            if !entries.is_empty() && now.as_deref() == value {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "{attribute} of {account} stayed {now:?}, not {value:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn edit(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let person = self.story.edited.clone();
        self.world
            .lab
            .contoso
            .administrator()?
            .replace(&person.dn, "title", &["Head of Tides"])?;
        let edited = Instant::now();
        self.arrives(&person.account, "title", Some("Head of Tides"))
            .await?;
        self.report.edit_to_target_seconds = edited.elapsed().as_secs_f64();
        self.step("an edit arrives by itself", since, &[("users", 1)]);
        Ok(())
    }

    async fn leaver(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let person = self.story.leaver.clone();
        self.world.lab.contoso.administrator()?.replace(
            &person.dn,
            "userAccountControl",
            &["514"],
        )?;
        self.arrives(&person.account, "userAccountControl", Some("514"))
            .await?;
        self.step("a leaver is disabled", since, &[("users", 1)]);
        Ok(())
    }

    /// Waits until nothing is under way and a cycle finds nothing.
    async fn rest(&self) -> anyhow::Result<Value> {
        let cycle = self.world.cycle(&json!({})).await?;
        Ok(cycle)
    }

    async fn deletions(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let tools = self.world.lab.contoso.administrator()?;
        let created = self.story.deleted_created.clone();
        let adopted = self.story.deleted_adopted.clone();
        for person in created.iter().chain([&adopted]) {
            tools.delete(&person.dn)?;
        }
        self.rest().await?;
        self.rest().await?;
        let target = self.world.lab.fabrikam.administrator()?;
        let base = self.world.lab.fabrikam.base_dn();
        let there = |account: &str| {
            anyhow::Ok(
                !target
                    .search(
                        base,
                        Scope::Subtree,
                        &format!("(sAMAccountName={account})"),
                        &["cn"],
                    )?
                    .is_empty(),
            )
        };
        for person in &created {
            ensure!(
                !there(&person.account)?,
                "{} was created by us and is still there",
                person.account
            );
        }
        ensure!(
            there(&adopted.account)?,
            "{} was adopted and is gone",
            adopted.account
        );
        self.step(
            "three deletions: two created, one adopted",
            since,
            &[("deleted", 2), ("disconnected", 1)],
        );
        Ok(())
    }

    async fn rename_unit(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let tools = self.world.lab.contoso.administrator()?;
        tools.rename(&self.story.rename_unit, self.story.rename_to, None)?;
        self.rest().await?;
        let cycle = self.rest().await?;
        let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
        let deleted: i64 = runs
            .iter()
            .filter_map(|run| run["counts"]["deleted"].as_i64())
            .sum();
        ensure!(
            deleted == 0,
            "renaming an OU deleted {deleted} objects: {cycle:#}"
        );
        self.step(
            "an OU renamed above its users",
            since,
            &[
                ("users_below", self.story.facts.rename_unit_users as i64),
                ("deleted", deleted),
            ],
        );
        Ok(())
    }

    async fn hires(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let hires = if self.story.facts.users > 1_000 {
            300
        } else {
            120
        };
        // As before any bulk load: what comes in meanwhile would go live piece by piece, up to the guard's limit.
        self.world.post("scheduler/pause", &json!({})).await?;
        self.world
            .until("cycles?limit=1", "no cycle is under way", |list| {
                list["items"][0].get("ended_at").is_some()
            })
            .await?;
        self.world
            .lab
            .contoso
            .administrator()?
            .add(&self.story.hires(hires))?;
        self.world.post("scheduler/resume", &json!({})).await?;
        self.rest().await?;
        let held = self
            .world
            .until(
                "approvals?state=requested",
                "the create guard asks",
                |list| {
                    list["items"].as_array().is_some_and(|items| {
                        items
                            .iter()
                            .any(|a| a["kind"] == "create-guard" && a["operations"] == hires as i64)
                    })
                },
            )
            .await?;
        let list = held["items"]
            .as_array()
            .and_then(|i| i.iter().find(|a| a["kind"] == "create-guard"))
            .cloned()
            .context("the list")?;
        let id = list["id"].as_str().context("its id")?;
        let operations = self
            .world
            .all(&format!("approvals/{id}/operations"))
            .await?;
        ensure!(operations.len() == hires, "{} listed", operations.len());
        let body = json!({"plan_hash": list["plan_hash"], "export_now": true});
        let approved = self
            .world
            .post(&format!("approvals/{id}/approve"), &body)
            .await?;
        self.world
            .wait_for_cycle(approved["cycle"].as_str().context("a cycle")?)
            .await?;
        // By that cycle, or by one that a notice had begun before it.
        let sent = self
            .world
            .until(&format!("approvals/{id}"), "the list is sent", |approval| {
                approval["sent"].as_i64() >= Some(hires as i64)
            })
            .await?["sent"]
            .as_i64()
            .unwrap_or_default();
        ensure!(sent == hires as i64, "{sent} sent of {hires}");
        self.step(
            "new people at once: the create guard holds, the list is approved",
            since,
            &[("held", hires as i64), ("sent", sent)],
        );
        Ok(())
    }

    async fn one_character(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        self.rest().await?;
        let good = self.document(&GOOD_MATCH);
        let changed: Value = serde_json::from_str(
            &good
                .to_string()
                .replace("department.Trim()", "department.Trim()+\\\"\\\""),
        )?;
        ensure!(changed != good, "the change changes nothing");
        let saved = self.save_document(&changed).await?;
        ensure!(
            saved["state"] == "needs-review",
            "one character changed, and the profile is {}",
            saved["state"]
        );
        let cycle = self.world.cycle(&json!({})).await?;
        let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
        let sent: i64 = runs
            .iter()
            .filter_map(|run| run["counts"]["sent"].as_i64())
            .sum();
        ensure!(sent == 0, "{sent} sent without approval: {cycle:#}");
        let undone = self.save_document(&good).await?;
        ensure!(
            undone["state"] == "live",
            "undone, and the profile is {}",
            undone["state"]
        );
        self.step(
            "one character changed: approval withdrawn; undone: live again",
            since,
            &[("sent", sent)],
        );
        Ok(())
    }

    /// Each recorded write belongs to a released operation, and each released operation was written.
    async fn writes(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let check = crate::writes::check(self.world).await?;
        self.report.writes_recorded = check.writes;
        self.report.write_differences = check.differences.len() as i64;
        ensure!(
            check.differences.is_empty(),
            "{} effects were sent and not written, or written and not sent, such as:\n{}",
            check.differences.len(),
            check.differences[..check.differences.len().min(20)].join("\n")
        );
        self.step(
            "the recorded writes are the released operations",
            since,
            &[
                ("operations", check.operations),
                ("writes", check.writes),
                ("differences", 0),
            ],
        );
        Ok(())
    }

    async fn usage(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let usage = self
            .world
            .until("usage", "the ledger holds what was exported", |usage| {
                usage.to_string().contains("operations_exported")
            })
            .await?;
        let days = usage["days"]
            .as_array()
            .or(usage["items"].as_array())
            .cloned()
            .unwrap_or_default();
        for row in days {
            if let (Some(meter), Some(n)) = (row["meter"].as_str(), row["quantity"].as_i64()) {
                *self.report.usage.entry(meter.to_owned()).or_default() += n;
            }
        }
        let counts: Vec<(String, i64)> = self.report.usage.clone().into_iter().collect();
        let counts: Vec<(&str, i64)> = counts.iter().map(|(m, n)| (m.as_str(), *n)).collect();
        self.step("metered usage", since, &counts);
        Ok(())
    }
}
