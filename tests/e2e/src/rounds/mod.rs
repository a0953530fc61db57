//! Rounds against a simulated Entra tenant in which everything goes wrong by seed: people and groups of the source
//! are edited, answers are lost, requests are throttled, reads lag, places in the delta are reset, changes come again,
//! an administrator writes too, and the runner is killed.
//!
//! Invariants: a round ends when the tenant's own store equals what the source demands; at the end of each nobody was
//! created twice, nobody was deleted who is still in scope, every object kept its id, and strangers were left alone;
//! every request was held against the vendor's contract. The same seed throws the same dice; what the machine's timing
//! adds to that it does not repeat.

mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use syncline_api_tests::StackOptions;
use syncline_graph_sim::{Control, DeltaOptions, Fault, FaultKind, ResetForm, RetryAfter};
use syncline_lab::DataSet;
use syncline_model::cloud::CloudTimes;

use crate::World;
use crate::dice::Dice;
use crate::entra::{Entra, contoso_to_entra};
use crate::kill::{ended, kill_runner, patiently};

use truth::{Image, Truth, key};

/// No round may take longer to end where nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at the simulator's log.
const LOOK: Duration = Duration::from_millis(5);
/// People and groups before the first round.
const POPULATION: (u32, u32) = (40, 8);

/// What rounds amounted to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    /// Rounds that ended well.
    pub rounds: u64,
    /// Kills of the runner.
    pub kills: u64,
    /// Cycles that it took until everything was as it should be.
    pub cycles: u64,
    /// Lists of the guards that were approved on the way.
    pub approvals: u64,
    /// Requests that the simulator answered or dropped.
    pub requests: u64,
    /// Writes among them.
    pub writes: u64,
    /// Faults that struck, by kind.
    pub faults: BTreeMap<String, u64>,
    /// Users that were created, each once.
    pub created: u64,
    /// Users that were deleted, each of whom had left.
    pub deleted: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.rounds += other.rounds;
        self.kills += other.kills;
        self.cycles += other.cycles;
        self.approvals += other.approvals;
        self.requests += other.requests;
        self.writes += other.writes;
        self.created += other.created;
        self.deleted += other.deleted;
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        self
    }
}

/// Plays so many rounds in a world of their own; tells of each as it ends.
pub async fn play(seed: u64, rounds: u64, tell: impl Fn(u64, &str)) -> anyhow::Result<Tally> {
    let mut entra = Entra::start(seed)?;
    let mut cloud = entra.cloud()?;
    // The stand-in's reads lag by less than this, and nobody has to wait as long as for a real one.
    cloud.times = Some(CloudTimes {
        settle_ms: 1_000,
        first_wait_ms: 60,
    });
    let options = StackOptions {
        clouds: vec![cloud],
        ..StackOptions::default()
    };
    let world = World::start_with(DataSet::Empty, options).await?;
    let played = Game::begin(&world, &mut entra, seed).await;
    let ended = match played {
        Ok(mut game) => game.rounds(rounds, tell).await.map(|()| game.tally),
        Err(error) => Err(error),
    };
    world.stop().await;
    if ended.is_err() {
        entra.set_aside();
    }
    ended
}

struct Game<'a> {
    world: &'a World,
    control: Control,
    entra: &'a Entra,
    seed: u64,
    truth: Truth,
    /// The id of each object by its key, as long as it lives.
    ids: BTreeMap<String, String>,
    /// Ids of objects that an administrator made.
    strangers: BTreeSet<String>,
    /// The number of the last request that was counted.
    logged: u64,
    tally: Tally,
}

impl<'a> Game<'a> {
    /// The first population has arrived, and the profile is live.
    async fn begin(world: &'a World, entra: &'a mut Entra, seed: u64) -> anyhow::Result<Self> {
        let directory = entra.connect(world).await?;
        let mut truth = Truth::new(world.lab.contoso.base_dn());
        let ldif = truth.populate(POPULATION.0, POPULATION.1, &mut Dice::of(seed, 0));
        world.lab.contoso.administrator()?.modify(&ldif)?;
        let mut document = contoso_to_entra(&world.contoso, &directory);
        // Cycles are ordered, so that a round's dice fall on its own.
        document["triggers"] = json!({});
        let profile = world.post("profiles", &document).await?;
        let profile = profile["id"].as_str().context("a profile")?.to_owned();
        entra.grant(world, &directory).await?;
        world
            .cycle(&json!({"policy": "initial", "exports": "suppress"}))
            .await?;
        let what_if = world.what_if(&profile).await?;
        let cycle = world.approve(&what_if).await?;
        ensure!(cycle["state"] == "succeeded", "{cycle:#}");
        let control = entra.control();
        let mut game = Self {
            world,
            control,
            entra,
            seed,
            truth,
            ids: BTreeMap::new(),
            strangers: BTreeSet::new(),
            logged: 0,
            tally: Tally::default(),
        };
        game.ends_well().await?;
        Ok(game)
    }

    async fn rounds(&mut self, rounds: u64, tell: impl Fn(u64, &str)) -> anyhow::Result<()> {
        for number in 1..=rounds {
            let since = Instant::now();
            let told = self
                .round(number)
                .await
                .with_context(|| format!("round {number} of seed {}", self.seed))?;
            self.tally.rounds += 1;
            tell(
                number,
                &format!("{:>5.1} s  {told}", since.elapsed().as_secs_f64()),
            );
        }
        self.entra.no_violation()
    }

    async fn round(&mut self, number: u64) -> anyhow::Result<String> {
        let mut dice = Dice::of(self.seed, number);
        let edits = 1 + dice.below(8);
        let ldif = self.truth.edit(edits, &mut dice);
        if !ldif.is_empty() {
            let administrator = self.world.lab.contoso.administrator()?;
            tokio::task::block_in_place(|| administrator.modify(&ldif))?;
        }
        self.disturb(&mut dice)?;
        let kill = dice.once_in(3).then(|| dice.below(6));
        let cycle = self.world.post("cycles", &json!({})).await?;
        let cycle = cycle["id"].as_str().context("a cycle")?.to_owned();
        let killed = match kill {
            Some(after) => self.kill_after(after, &cycle).await?,
            None => false,
        };
        // It may fail under what goes wrong; the ones that follow have to mend that.
        ended(self.world, &cycle, |_| true).await?;
        self.control.disarm()?;
        self.control.set_lag(&self.entra.tenant, &[0])?;
        let cycles = self.ends_well().await?;
        Ok(format!(
            "{edits} edits, {cycles} cycles{}",
            if killed { ", runner killed" } else { "" }
        ))
    }

    /// Arms what goes wrong, and lets an administrator of the tenant write.
    fn disturb(&mut self, dice: &mut Dice) -> anyhow::Result<()> {
        let tenant = &self.entra.tenant;
        let lag = dice.one_of(&[0, 50, 200, 400]);
        self.control.set_lag(tenant, &[0, lag, lag / 2])?;
        let delta = DeltaOptions {
            page_size: 5 + dice.below(40),
            members_per_row: 1 + dice.below(8),
            empty_pages: 0.2,
            duplicates: 0.2,
            shuffled: true,
            replays: 0.3,
            removed_in_first_walk: true,
            ..DeltaOptions::default()
        };
        self.control.set_delta(tenant, &delta)?;
        if dice.once_in(4) {
            let form = dice.one_of(&ResetForm::ALL);
            self.control.expire_tokens(tenant, None, form)?;
        }
        for _ in 0..dice.below(5) {
            let mut fault = Fault::once(fault(dice));
            fault.after = dice.below(15) as u64;
            fault.times = Some(1 + dice.below(3) as u64);
            self.control.arm(&fault)?;
        }
        self.administrator(dice)
    }

    /// Somebody else writes: what we write too, what we do not, and objects that are none of ours.
    fn administrator(&mut self, dice: &mut Dice) -> anyhow::Result<()> {
        let tenant = &self.entra.tenant;
        let snapshot = self.entra.snapshot()?;
        let users = snapshot["users"].as_array().context("users")?;
        for _ in 0..dice.below(3) {
            let user = &users[dice.below(users.len())]["id"];
            let number = dice.below(1_000_000);
            let change = match dice.below(3) {
                0 => {
                    json!({"do": "update", "id": user, "properties": {"officeLocation": format!("Room {number}")}})
                }
                1 => {
                    json!({"do": "update", "id": user, "properties": {"jobTitle": format!("Drift {number}")}})
                }
                _ => {
                    let name = format!("stranger{number}");
                    json!({"do": "create", "collection": "users", "object": {
                        "accountEnabled": true, "displayName": name, "mailNickname": name,
                        "userPrincipalName": format!("{name}@{}", crate::entra::DOMAIN)}})
                }
            };
            self.control.mutate(tenant, &json!([change]))?;
        }
        for user in self.entra.snapshot()?["users"]
            .as_array()
            .context("users")?
        {
            let is_stranger = user["mailNickname"]
                .as_str()
                .is_some_and(|name| name.starts_with("stranger"));
            if let Some(id) = user["id"].as_str().filter(|_| is_stranger) {
                self.strangers.insert(id.to_owned());
            }
        }
        Ok(())
    }

    /// Kills the runner when the tenant has seen so many requests of this cycle; not at all where it ends before.
    async fn kill_after(&mut self, requests: usize, cycle: &str) -> anyhow::Result<bool> {
        let end = Instant::now() + PATIENCE;
        let first = self.control.log(self.logged)?.last().map(|e| e.number);
        let first = first.unwrap_or(self.logged);
        loop {
            if self.control.log(first)?.len() >= requests {
                kill_runner(self.world)?;
                self.tally.kills += 1;
                return Ok(true);
            }
            let state = patiently(self.world, &format!("cycles/{cycle}")).await;
            if state.is_some_and(|cycle| cycle.get("ended_at").is_some()) {
                return Ok(false);
            }
            ensure!(Instant::now() < end, "{requests} requests were not seen");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Cycles until the store is as wanted and a cycle changes nothing; then the promises of a round.
    async fn ends_well(&mut self) -> anyhow::Result<u64> {
        let end = Instant::now() + PATIENCE;
        let mut cycles = 0;
        let snapshot = loop {
            let cycle = self.patient_cycle(end).await?;
            cycles += 1;
            self.approve_lists().await?;
            let snapshot = self.entra.snapshot()?;
            let (held, wanted) = (Image::of_store(&snapshot), self.truth.image());
            let differences = held.differences(&wanted);
            if differences.is_empty() && cycle["changes"] == 0 && cycle["state"] == "succeeded" {
                break snapshot;
            }
            if Instant::now() > end {
                let messages = self.world.get("messages?limit=5").await?;
                bail!(
                    "after {cycles} cycles the tenant is not as wanted: {differences:#?}\n{cycle:#}\n{messages:#}\n{:#?}",
                    self.entra.refused()?
                );
            }
        };
        self.tally.cycles += cycles;
        self.count()?;
        self.promises(&snapshot)?;
        Ok(cycles)
    }

    /// Approves what the guards hold: a day's worth of edits comes in a minute here.
    async fn approve_lists(&mut self) -> anyhow::Result<()> {
        for list in self.world.all("approvals?state=requested").await? {
            let id = list["id"].as_str().context("an approval")?;
            let body = json!({"plan_hash": list["plan_hash"], "export_now": false});
            self.world
                .post(&format!("approvals/{id}/approve"), &body)
                .await?;
            self.tally.approvals += 1;
        }
        Ok(())
    }

    async fn patient_cycle(&self, end: Instant) -> anyhow::Result<Value> {
        let ordered = loop {
            match self.world.post("cycles", &json!({})).await {
                Ok(ordered) => break ordered,
                // The runner comes back.
                Err(_) if Instant::now() < end => tokio::time::sleep(LOOK * 10).await,
                Err(error) => return Err(error),
            }
        };
        let cycle = ordered["id"].as_str().context("a cycle")?;
        self.world.wait_for_cycle(cycle).await
    }

    /// Nobody twice, nobody deleted who is in scope, everybody under the id of before, strangers left alone.
    fn promises(&mut self, snapshot: &Value) -> anyhow::Result<()> {
        let list = |name: &str| snapshot[name].as_array().into_iter().flatten();
        let mut ids = BTreeMap::new();
        for object in list("users").chain(list("groups")) {
            let (Some(key), Some(id)) = (key(object), object["id"].as_str()) else {
                continue;
            };
            if let Some(before) = self.ids.get(&key) {
                ensure!(before == id, "{key} was deleted and created again");
            }
            let twice = ids.insert(key.clone(), id.to_owned());
            ensure!(twice.is_none(), "{key} was created twice");
        }
        let mut deleted = BTreeSet::new();
        for object in list("deletedItems") {
            let Some(id) = object["employeeId"].as_str() else {
                bail!("a stranger was deleted: {object:#}");
            };
            ensure!(self.truth.has_left(id), "{id} was deleted and had not left");
            ensure!(deleted.insert(id.to_owned()), "{id} was created twice");
        }
        let present: BTreeSet<&str> = list("users").filter_map(|u| u["id"].as_str()).collect();
        for stranger in &self.strangers {
            ensure!(
                present.contains(stranger.as_str()),
                "stranger {stranger} is gone"
            );
        }
        self.ids = ids;
        self.tally.deleted = deleted.len() as u64;
        self.tally.created = (list("users").count() - self.strangers.len() + deleted.len()) as u64;
        Ok(())
    }

    /// Counts the requests since the last count, and the faults that struck them.
    fn count(&mut self) -> anyhow::Result<()> {
        for entry in self.control.log(self.logged)? {
            self.logged = entry.number;
            self.tally.requests += 1;
            self.tally.writes += u64::from(entry.writes);
            if let Some(fault) = entry.fault {
                *self.tally.faults.entry(fault).or_default() += 1;
            }
        }
        Ok(())
    }
}

/// What goes wrong, by chance.
fn fault(dice: &mut Dice) -> FaultKind {
    let throttle = |form| FaultKind::Throttle { seconds: 1, form };
    match dice.below(12) {
        0 | 1 => FaultKind::DropAfter,
        2 => FaultKind::DropBefore,
        3 => FaultKind::StatusAfter(503),
        4 => FaultKind::Status(500),
        5 => FaultKind::Status(503),
        6 => FaultKind::Truncate(30),
        7 => FaultKind::ExpiredToken,
        8 => FaultKind::ClaimsChallenge,
        9 => throttle(RetryAfter::Seconds),
        10 => throttle(RetryAfter::Date),
        _ => throttle(RetryAfter::Absent),
    }
}
