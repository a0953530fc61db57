//! The second target of the story: the profile of the main job also writes a simulated Entra tenant, and people come
//! from an HR file too.
//!
//! Invariants: the tenant is judged by its own store, never by what the product says of it; every request is held
//! against the vendor's contract.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use syncline_lab::{DataSet, Scope};

use crate::World;
use crate::entra::{Entra, outbound};
use crate::flow::{Step, Tell};
use crate::world::count;

/// What the second target amounted to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntraReport {
    /// Users that the tenant holds in the end.
    pub users: usize,
    /// Of these, with a manager.
    pub managers: usize,
    /// Groups.
    pub groups: usize,
    /// Members of all groups.
    pub members: usize,
    /// Users with a cost centre, which only the HR file knows.
    pub merged_with_hr: usize,
    /// Users whose title is the HR file's, though Active Directory says another.
    pub hr_takes_precedence: usize,
    /// How long the what-if said the export would take.
    pub predicted_seconds: f64,
    /// How long it took.
    pub measured_seconds: f64,
    /// Changes of the cycle after the confirming one.
    pub second_cycle_changes: i64,
    /// From the return of ldapmodify to the value in the tenant.
    pub edit_to_target_seconds: f64,
}

/// Connects the tenant, extends the profile, exports, and sees an edit arrive.
pub async fn play(
    world: &mut World,
    entra: &mut Entra,
    data: DataSet,
    tell: &Tell<'_>,
) -> anyhow::Result<(EntraReport, Vec<Step>)> {
    let played = steps(world, entra, data, tell).await;
    if played.is_err() {
        entra.set_aside();
    }
    played
}

async fn steps(
    world: &mut World,
    entra: &mut Entra,
    data: DataSet,
    tell: &Tell<'_>,
) -> anyhow::Result<(EntraReport, Vec<Step>)> {
    let since = Instant::now();
    let folder = world.drop_folder("Contoso HR")?;
    let (hr, rows) = connect_hr(world, folder.path(), data).await?;
    let mut act = Act {
        world,
        entra,
        tell,
        steps: Vec::new(),
        report: EntraReport::default(),
    };
    act.step("HR file: format, full import", since, &[("workers", rows)]);
    let (profile, directory) = act.connect(&hr).await?;
    let what_if = act.what_if(&profile, &directory).await?;
    act.export(&what_if, &directory).await?;
    act.second_cycle().await?;
    act.edit(data).await?;
    act.held()?;
    act.kept_its_word(data)?;
    act.entra.no_violation()?;
    Ok((act.report, act.steps))
}

/// Titles that only the HR file knows start so.
const HR_TITLE: &str = "Principal ";

/// Connects a folder with a file of all who take part, each with a cost centre, some with a title that is news.
async fn connect_hr(
    world: &mut World,
    folder: &Path,
    data: DataSet,
) -> anyhow::Result<(String, i64)> {
    let edited = data.story().edited.account;
    let forest = &world.lab.contoso;
    let wanted = "(&(employeeType=FTE)(employeeID=*))";
    let shown = ["employeeID", "sAMAccountName", "title"];
    let people =
        forest
            .administrator()?
            .search(forest.base_dn(), Scope::Subtree, wanted, &shown)?;
    let mut file = "WorkerID,JobTitle,CostCenter\n".to_owned();
    for (number, person) in people.iter().enumerate() {
        let text = |name| person.text(name).unwrap_or_default();
        let is_promoted = number % 40 == 7 && text("sAMAccountName") != edited;
        let title = match is_promoted {
            true => format!("{HR_TITLE}{}", text("title")),
            false => String::new(),
        };
        let id = text("employeeID");
        writeln!(file, "{id},\"{title}\",CC-{:03}", number % 120)?;
    }
    // Whole or not at all, as an HR system that is well behaved drops it.
    let part = folder.join("workers.part");
    std::fs::write(&part, file)?;
    std::fs::rename(&part, folder.join("workers.csv"))?;
    let directory = world.connect_folder("Contoso HR", folder).await?;
    let seen = world.confirm_format(&directory).await?;
    ensure!(seen["problems_total"] == 0, "{seen:#}");
    let run = world.import(&directory, "full").await?;
    let read = run["counts"]["objects_read"].as_i64().unwrap_or(0);
    ensure!(read == people.len() as i64, "{run:#}");
    Ok((directory, read))
}

struct Act<'a> {
    world: &'a World,
    entra: &'a mut Entra,
    tell: &'a Tell<'a>,
    steps: Vec<Step>,
    report: EntraReport,
}

impl Act<'_> {
    fn step(&mut self, name: &str, since: Instant, counts: &[(&str, i64)]) {
        let step = Step {
            name: name.to_owned(),
            seconds: since.elapsed().as_secs_f64(),
            counts: counts
                .iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect(),
        };
        (self.tell)(&step);
        self.steps.push(step);
    }

    /// The directory, and the profile of the main job with a source and two parts more.
    async fn connect(&mut self, hr: &str) -> anyhow::Result<(String, String)> {
        let since = Instant::now();
        let directory = self.entra.connect(self.world).await?;
        let profiles = self.world.all("profiles").await?;
        let profile = profiles.first().context("a profile")?["id"].as_str();
        let profile = profile.context("its id")?.to_owned();
        let view = self.world.get(&format!("profiles/{profile}")).await?;
        let mut document = view["document"].clone();
        let parts = document["outbound"].as_array_mut().context("parts")?;
        parts.extend(outbound(&directory));
        let people = parts
            .iter_mut()
            .find(|part| part["directory"] == *directory)
            .context("the part of people")?;
        let cost_centre = json!({"to": "extensionAttribute2", "from": "costCenter"});
        let flows = people["flows"].as_array_mut();
        flows.context("flows of people")?.push(cost_centre);
        // What stands first takes precedence.
        let sources = document["inbound"].as_array_mut().context("sources")?;
        sources.insert(0, from_hr(hr));
        let version = view["version"].as_i64().context("a version")?;
        self.world
            .put(&format!("profiles/{profile}"), version, &document)
            .await?;
        let checked = self.entra.grant(self.world, &directory).await?;
        let permissions = checked["cloud"]["permissions"]
            .as_array()
            .map_or(0, Vec::len);
        self.world.import(&directory, "full").await?;
        self.step(
            "simulated Entra tenant: certificate, permissions, check, full import",
            since,
            &[("permissions", i64::try_from(permissions)?)],
        );
        Ok((profile, directory))
    }

    async fn what_if(&mut self, profile: &str, directory: &str) -> anyhow::Result<Value> {
        let since = Instant::now();
        let synced = self.world.cycle(&json!({"exports": "suppress"})).await?;
        ensure!(synced["state"] == "succeeded", "{synced:#}");
        let what_if = self.world.what_if(profile).await?;
        let forecasts = what_if["forecasts"].as_array().cloned().unwrap_or_default();
        let forecast = forecasts.iter().find(|f| f["directory"] == directory);
        let forecast = forecast.context("a forecast")?;
        self.report.predicted_seconds = forecast["seconds"].as_f64().context("seconds")?;
        let counts = [
            ("add_user", count(&what_if, "user", "add")),
            ("add_group", count(&what_if, "group", "add")),
            ("predicted_s", self.report.predicted_seconds.round() as i64),
        ];
        self.step("what-if with the second target", since, &counts);
        Ok(what_if)
    }

    async fn export(&mut self, what_if: &Value, directory: &str) -> anyhow::Result<()> {
        let since = Instant::now();
        let before = self.exports(directory).await?;
        let cycle = self.world.approve(what_if).await?;
        // The tenant is asked for changes every few seconds: the cycle of such a question may send what is approved.
        let mut exports = self.exports(directory).await?;
        exports.retain(|run| {
            let had_ended = |old: &Value| old["id"] == run["id"] && old.get("ended_at").is_some();
            !before.iter().any(had_ended)
        });
        let sum = |name: &str| -> i64 {
            let counts = exports
                .iter()
                .filter_map(|run| run["counts"][name].as_i64());
            counts.sum()
        };
        let spent: i64 = exports
            .iter()
            .filter_map(|run| run["timings_ms"].as_object())
            .flat_map(|timings| timings.values().filter_map(Value::as_i64))
            .sum();
        self.report.measured_seconds = spent as f64 / 1000.0;
        let (sent, acknowledged) = (sum("sent"), sum("acknowledged"));
        ensure!(
            cycle["state"] == "succeeded" && sent == acknowledged && sent > 0,
            "{cycle:#} {:#?}",
            self.entra.refused()?
        );
        let counts = [("sent", sent), ("acknowledged", acknowledged)];
        self.step("approval, export, confirming import", since, &counts);
        Ok(())
    }

    /// The directory's export runs.
    async fn exports(&self, directory: &str) -> anyhow::Result<Vec<Value>> {
        let path = format!("runs?directory={directory}");
        let mut runs = self.world.all(&path).await?;
        runs.retain(|run| run["kind"] == "export");
        Ok(runs)
    }

    async fn second_cycle(&mut self) -> anyhow::Result<()> {
        let since = Instant::now();
        let cycle = self.world.cycle(&json!({})).await?;
        let changes = cycle["changes"].as_i64().context("changes")?;
        ensure!(
            changes == 0,
            "the second cycle changed something: {cycle:#}"
        );
        self.report.second_cycle_changes = changes;
        self.step("a second cycle", since, &[("changes", changes)]);
        Ok(())
    }

    /// Somebody's title changes in Active Directory, and in the tenant without any call of the API.
    async fn edit(&mut self, data: DataSet) -> anyhow::Result<()> {
        let since = Instant::now();
        let person = data.story().edited.clone();
        let administrator = self.world.lab.contoso.administrator()?;
        administrator.replace(&person.dn, "title", &["Head of Clouds"])?;
        let edited = Instant::now();
        let name = person.account.to_lowercase();
        while self.title_of(&name)?.as_deref() != Some("Head of Clouds") {
            ensure!(
                edited.elapsed() < Duration::from_secs(60),
                "the edit of {name} did not arrive"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.report.edit_to_target_seconds = edited.elapsed().as_secs_f64();
        self.step("an edit arrives by itself", since, &[("users", 1)]);
        Ok(())
    }

    fn title_of(&self, nickname: &str) -> anyhow::Result<Option<String>> {
        let held = self.entra.snapshot()?;
        let users = held["users"].as_array().context("users")?;
        let user = users.iter().find(|user| user["mailNickname"] == nickname);
        Ok(user.and_then(|user| user["jobTitle"].as_str().map(str::to_owned)))
    }

    /// Counts what the tenant's own store holds.
    fn held(&mut self) -> anyhow::Result<()> {
        let held = self.entra.snapshot()?;
        let users = held["users"].as_array().context("users")?;
        let groups = held["groups"].as_array().context("groups")?;
        let managed = users.iter().filter(|user| user["manager"].is_string());
        let members = groups
            .iter()
            .filter_map(|group| group["members"].as_array());
        let cost_centre = |user: &&Value| {
            user["onPremisesExtensionAttributes"]["extensionAttribute2"].is_string()
        };
        self.report.merged_with_hr = users.iter().filter(cost_centre).count();
        let promoted = |user: &&Value| {
            let title = user["jobTitle"].as_str();
            title.is_some_and(|title| title.starts_with(HR_TITLE))
        };
        self.report.hr_takes_precedence = users.iter().filter(promoted).count();
        self.report.users = users.len();
        self.report.managers = managed.count();
        self.report.groups = groups.len();
        self.report.members = members.map(Vec::len).sum();
        Ok(())
    }

    /// The forecast of a plan that the quotas decide about lies within a fifth of what was measured.
    fn kept_its_word(&self, data: DataSet) -> anyhow::Result<()> {
        let (predicted, measured) = (self.report.predicted_seconds, self.report.measured_seconds);
        ensure!(
            data != DataSet::Demo || (predicted - measured).abs() <= measured / 5.0,
            "predicted {predicted:.1} s, measured {measured:.1} s"
        );
        ensure!(
            self.report.merged_with_hr > 0 && self.report.hr_takes_precedence > 0,
            "the HR file was not merged: {:?}",
            self.report
        );
        Ok(())
    }
}

/// The part that joins workers of the HR file to people.
fn from_hr(directory: &str) -> Value {
    json!({"directory": directory, "type": "worker", "metaverse_type": "person", "link": "join",
        "match": [[{"source": "WorkerID", "metaverse": "employeeID"}]],
        "flows": [{"to": "title", "from": "JobTitle"}, {"to": "costCenter", "from": "CostCenter"}]})
}
