//! Kills: a process dies by SIGKILL at a named point of the first import or the first export, and everything ends as
//! if it had not.
//!
//! Invariants: the point is seen in what the API or the target's door shows, never waited for by the clock; nobody
//! helps after the kill but whoever starts that program on a host anyway (the host its own, a service manager the
//! agent); the end is judged by [`crate::verdict`], from outside.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use syncline_lab::{DataSet, Scope};

use crate::dice::Dice;
use crate::profile::{GOOD_MATCH, contoso_to_fabrikam};
use crate::{World, compare, verdict};

/// Nothing may take longer.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks at a point: an export of this size takes seconds.
const LOOK: Duration = Duration::from_millis(3);
/// The smallest page: the small forest has half a dozen of them.
const PAGE: i64 = 50;

/// Whose process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// The tenant's runner.
    Runner,
    /// The agent that reads or writes at that moment.
    Agent,
    /// The API, through which all agents are reached.
    Api,
    /// The database server of them all.
    Postgres,
}

/// What it is killed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The first full import of both directories.
    Import,
    /// The export of the approved plan.
    Export,
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The cycle that imports was accepted.
    Accepted,
    /// The first page of the source is staged.
    FirstPage,
    /// Half of the source is staged.
    HalfRead,
    /// All of the source is staged; the import has not ended.
    LastPage,
    /// The export has begun.
    Begun,
    /// The target has carried out the first write.
    FirstWrite,
    /// The target has carried out as many writes as half of the plan has operations.
    HalfWritten,
    /// The target has carried out as many writes as the plan has operations.
    LastWrite,
    /// The confirming import has begun.
    Confirming,
}

/// One kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kill {
    /// Whose process.
    pub process: Process,
    /// At which point.
    pub point: Point,
}

impl Process {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Runner, Self::Agent, Self::Api, Self::Postgres];
}

impl Phase {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Import, Self::Export];

    /// The points in it, in the order in which they come.
    pub const fn points(self) -> &'static [Point] {
        match self {
            Self::Import => &[
                Point::Accepted,
                Point::FirstPage,
                Point::HalfRead,
                Point::LastPage,
            ],
            Self::Export => &[
                Point::Begun,
                Point::FirstWrite,
                Point::HalfWritten,
                Point::LastWrite,
                Point::Confirming,
            ],
        }
    }
}

impl Point {
    /// The phase it is in.
    pub fn phase(self) -> Phase {
        if Phase::Import.points().contains(&self) {
            Phase::Import
        } else {
            Phase::Export
        }
    }
}

impl Kill {
    /// Every process at every point.
    pub fn all() -> impl Iterator<Item = Self> {
        let points = Phase::ALL.into_iter().flat_map(Phase::points);
        points.flat_map(|point| {
            Process::ALL.map(|process| Self {
                process,
                point: *point,
            })
        })
    }

    /// The n-th kill of a campaign: the same seed gives the same.
    pub fn drawn(seed: u64, n: u64) -> Self {
        let mut dice = Dice::of(seed, n);
        let process = dice.one_of(&Process::ALL);
        let phase = dice.one_of(&Phase::ALL);
        Self {
            process,
            point: dice.one_of(phase.points()),
        }
    }
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { process, point } = self;
        write!(f, "{process:?}, {:?}, {point:?}", point.phase())
    }
}

/// Plays import, approval and export in a world of its own, with these kills, at most one a phase. Fails unless it
/// ends as without them. Tells what it does.
pub async fn play(kills: &[Kill], tell: impl Fn(&str)) -> anyhow::Result<()> {
    let mut world = World::start(DataSet::Small).await?;
    let played = in_world(&mut world, kills, &tell).await;
    world.stop().await;
    played
}

async fn in_world(world: &mut World, kills: &[Kill], tell: &impl Fn(&str)) -> anyhow::Result<()> {
    let before = compare::snapshot(world)?;
    for directory in [&world.contoso, &world.fabrikam] {
        small_pages(world, directory).await?;
    }
    let document = contoso_to_fabrikam(&world.contoso, &world.fabrikam, &GOOD_MATCH);
    let profile = world.post("profiles", &document).await?;
    let profile = profile["id"].as_str().context("a profile")?.to_owned();

    let since = Instant::now();
    let order = json!({"policy": "initial", "exports": "suppress"});
    let cycle = world.post("cycles", &order).await?;
    let cycle = cycle["id"].as_str().context("a cycle")?.to_owned();
    let seen = Seen {
        cycle,
        staged: objects(world)?,
        writes: 0,
    };
    strike(world, kills, Phase::Import, &seen, tell).await?;
    at_rest(world, &seen.cycle).await?;
    tell(&format!(
        "imported after {:.1} s",
        since.elapsed().as_secs_f64()
    ));

    let what_if = world.what_if(&profile).await?;
    let id = what_if["id"].as_str().context("a what-if")?;
    let plan = world.all(&format!("what-ifs/{id}/operations")).await?;
    ensure!(
        plan.len() > 200,
        "a plan of {} operations: {:#}",
        plan.len(),
        what_if["counts"]
    );
    let since = Instant::now();
    let body = json!({"plan_hash": what_if["plan_hash"], "export_now": true});
    let approved = world.post(&format!("what-ifs/{id}/approve"), &body).await?;
    let seen = Seen {
        cycle: approved["cycle"].as_str().context("a cycle")?.to_owned(),
        writes: plan.len(),
        ..seen
    };
    strike(world, kills, Phase::Export, &seen, tell).await?;
    at_rest(world, &seen.cycle).await?;
    tell(&format!(
        "exported after {:.1} s",
        since.elapsed().as_secs_f64()
    ));

    verdict::judge(world, &before, &profile, &plan).await
}

/// The smallest pages, so that an import has some.
async fn small_pages(world: &World, directory: &str) -> anyhow::Result<()> {
    let path = format!("directories/{directory}");
    let now = world.get(&path).await?;
    let mut settings = now["settings"].clone();
    settings["page_size"] = json!(PAGE);
    let version = now["version"].as_i64().context("a version")?;
    let request = world
        .browser
        .request(Method::PATCH, &world.path(&path))
        .header("If-Match", format!("\"v{version}\""))
        .json(&json!({"settings": settings}));
    let answer = request.send().await?;
    ensure!(
        answer.status().is_success(),
        "PATCH {path} answered {}",
        answer.text().await?
    );
    Ok(())
}

/// How many objects an import of the source stages.
fn objects(world: &World) -> anyhow::Result<i64> {
    let forest = &world.lab.contoso;
    let filter =
        "(|(&(objectCategory=person)(objectClass=user))(objectClass=group)(objectClass=contact))";
    let mut found = 0;
    for unit in ["Staff", "Externals", "Service", "Groups", "Contacts"] {
        let base = format!("OU={unit},{}", forest.base_dn());
        let entries = forest
            .administrator()?
            .search(&base, Scope::Subtree, filter, &["cn"])?;
        found += entries.len() as i64;
    }
    Ok(found)
}

/// What a point is told by.
struct Seen {
    /// The cycle that is under way.
    cycle: String,
    /// Objects of the source, when all are staged.
    staged: i64,
    /// Operations of the plan.
    writes: usize,
}

/// Waits for the point of the kill of this phase, if there is one, and kills.
async fn strike(
    world: &mut World,
    kills: &[Kill],
    phase: Phase,
    seen: &Seen,
    tell: &impl Fn(&str),
) -> anyhow::Result<()> {
    let Some(kill) = kills.iter().find(|kill| kill.point.phase() == phase) else {
        return Ok(());
    };
    let end = Instant::now() + PATIENCE;
    let shown = loop {
        if let Some(shown) = is_at(world, kill.point, seen).await? {
            break shown;
        }
        ensure!(Instant::now() < end, "{:?} was not reached", kill.point);
        tokio::time::sleep(LOOK).await;
    };
    match kill.process {
        Process::Runner => kill_runner(world)?,
        Process::Agent => {
            let agent = &mut world.agents[match phase {
                Phase::Import => 0,
                Phase::Export => 1,
            }];
            agent.kill();
            agent.run()?;
        }
        Process::Api => world.stack.kill_api(),
        Process::Postgres => sigkill(&postmaster(world.stack.data())?)?,
    }
    tell(&format!("killed: {kill} ({shown})"));
    Ok(())
}

/// Whether a point is reached, and what shows it.
async fn is_at(world: &World, point: Point, seen: &Seen) -> anyhow::Result<Option<String>> {
    let staged = async |wanted: i64| {
        let directory = world.get(&format!("directories/{}", world.contoso)).await?;
        let counts = directory["counts"].as_array().cloned().unwrap_or_default();
        let staged: i64 = counts
            .iter()
            .filter(|count| {
                ["user", "group", "contact"]
                    .iter()
                    .any(|t| count["type"] == *t)
            })
            .filter_map(|count| count["objects"].as_i64())
            .sum();
        anyhow::Ok((staged >= wanted).then(|| format!("{staged} of {} staged", seen.staged)))
    };
    let runs = async |kind: &str| {
        let cycle = world.get(&format!("cycles/{}", seen.cycle)).await?;
        let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
        let run = runs.into_iter().find(|run| run["kind"] == kind);
        ensure!(
            run.is_some() || cycle.get("ended_at").is_none(),
            "the cycle ended without {kind}: {cycle:#}"
        );
        anyhow::Ok(run.map(|run| format!("{kind} {}", run["progress"])))
    };
    let written = |wanted: usize| {
        let done = world.fabrikam_door.writes();
        let done = done.iter().filter(|write| write.code == 0).count();
        (done >= wanted).then(|| format!("{done} writes, {} operations", seen.writes))
    };
    match point {
        Point::Accepted => Ok(Some("202".into())),
        Point::FirstPage => staged(1).await,
        Point::HalfRead => staged(seen.staged / 2).await,
        Point::LastPage => staged(seen.staged).await,
        Point::Begun => runs("export").await,
        Point::FirstWrite => Ok(written(1)),
        Point::HalfWritten => Ok(written(seen.writes / 2)),
        Point::LastWrite => Ok(written(seen.writes)),
        Point::Confirming => runs("confirming-import").await,
    }
}

/// Kills the tenant's runner.
pub fn kill_runner(world: &World) -> anyhow::Result<()> {
    let runners = world.stack.host().status().runners;
    let pid = runners.into_iter().find_map(|runner| runner.pid);
    sigkill(&pid.context("a running runner")?.to_string())
}

fn postmaster(data: &Path) -> anyhow::Result<String> {
    let about = std::fs::read_to_string(data.join("postgres/postmaster.pid"))?;
    Ok(about.lines().next().context("its number")?.to_owned())
}

/// Ends a process of this number at once.
pub fn sigkill(pid: &str) -> anyhow::Result<()> {
    let killed = Command::new("kill").args(["-KILL", pid]).status()?;
    ensure!(killed.success(), "process {pid} could not be killed");
    Ok(())
}

/// Waits until a cycle has ended, nothing else is under way, and the last that ended did so well.
async fn at_rest(world: &World, cycle: &str) -> anyhow::Result<()> {
    ended(world, cycle, |last| last["state"] == "succeeded").await
}

/// Waits until a cycle has ended, nothing else is under way, and the last cycle is as wanted.
pub(crate) async fn ended(
    world: &World,
    cycle: &str,
    as_wanted: impl Fn(&Value) -> bool,
) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let cycles = patiently(world, "cycles?limit=50").await;
        let cycles = cycles.as_ref().and_then(|page| page["items"].as_array());
        if let Some(cycles) = cycles {
            let has_ended = |c: &Value| c.get("ended_at").is_some();
            let known = cycles.iter().any(|c| c["id"] == cycle);
            if known && cycles.iter().all(has_ended) && cycles.first().is_some_and(&as_wanted) {
                return Ok(());
            }
        }
        if Instant::now() > end {
            bail!("not at rest after {PATIENCE:?}: {cycles:#?}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An answer, if there is one now: right after a kill there may be none.
pub(crate) async fn patiently(world: &World, path: &str) -> Option<Value> {
    let request = world.browser.request(Method::GET, &world.path(path));
    let answer = request.send().await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    answer.json().await.ok()
}

/// The first answer after a kill.
pub async fn answered(world: &World, path: &str) -> anyhow::Result<Value> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = patiently(world, path).await {
            return Ok(answer);
        }
        ensure!(Instant::now() < end, "no answer after {PATIENCE:?}: {path}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_comes_to_every_process_and_point_and_the_seed_repeats_it() {
        let drawn: Vec<Kill> = (0..400).map(|n| Kill::drawn(7, n)).collect();

        assert_eq!(Kill::all().count(), 36);
        for kill in Kill::all() {
            assert!(drawn.contains(&kill), "{kill}");
        }
        assert_eq!(
            drawn,
            (0..400).map(|n| Kill::drawn(7, n)).collect::<Vec<_>>()
        );
    }
}
