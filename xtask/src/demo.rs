//! `xtask demo`: the whole main job on two Samba forests, driven through the public API.
//!
//! Invariants: without `--keep` a run starts from fresh copies of cached templates and an empty data directory; with
//! `--check` the last line printed is one JSON object and everything is stopped; without it everything keeps running
//! until Ctrl-C; no process is left behind, and nothing but the state that `--keep` continues.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use syncline_api_tests::StackOptions;
use syncline_lab::DataSet;
use syncline_tests::entra::Entra;
use syncline_tests::flow::{Flow, Report, Step};
use syncline_tests::{World, compare, entra_flow};

use tokio::signal::unix::{SignalKind, signal};

use crate::checks::root;

/// Where a kept state has its forests.
const LAB: &str = "lab";

/// Run the main job; leave it running, or check it.
#[derive(clap::Args)]
pub struct Demo {
    /// Check the result, print it as JSON, stop everything
    #[arg(long)]
    check: bool,
    /// 200 people instead of 2,050
    #[arg(long)]
    small: bool,
    /// Leave out the second target, a simulated Entra tenant, whose quota of writes takes two minutes
    #[arg(long)]
    no_entra: bool,
    /// Continue what the last `demo` left instead of starting anew
    #[arg(long, conflicts_with = "check")]
    keep: bool,
}

impl Demo {
    /// Runs it.
    pub fn run(&self) -> anyhow::Result<()> {
        with_programs_beside(self.play())
    }

    async fn play(&self) -> anyhow::Result<()> {
        // From here on both are ours to answer: everything is stopped in order.
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let home = self.home()?;
        let continues = home.as_ref().is_some_and(|home| home.join(LAB).exists());
        let since = Instant::now();
        let mut entra = self.entra(home.as_deref(), continues)?;
        let options = self.options(home.clone(), entra.as_ref())?;
        let mut world = World::start_with(self.data(), options).await?;
        println!(
            "{:>7.1} s  forests, service, {}",
            since.elapsed().as_secs_f64(),
            if continues {
                "two agents, as they were left"
            } else {
                "sign-up, two agents"
            }
        );
        let report = tokio::select! {
            report = self.job(&mut world, continues, entra.as_mut()) => Some(report?),
            _ = interrupt.recv() => None,
            _ = terminate.recv() => None,
        };
        let Some(report) = report else {
            println!("stopping everything");
            return self.stop(world, entra, home.as_deref()).await;
        };
        if let Some(reason) = &report.stopped {
            println!("the main job stopped: {reason}");
        }
        if !self.check {
            println!(
                "\nThe console: {}   sign in as ada.byron@contoso.test",
                world.stack.url
            );
            println!("Ctrl-C stops everything; `make demo KEEP=1` continues it.");
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        self.stop(world, entra, home.as_deref()).await?;
        if self.check {
            println!("{}", serde_json::to_string(&report)?);
        }
        anyhow::ensure!(report.ok, "the main job did not end as it should");
        Ok(())
    }

    /// The story and the independent comparison, unless it was played before.
    async fn job(
        &self,
        world: &mut World,
        continues: bool,
        entra: Option<&mut Entra>,
    ) -> anyhow::Result<Report> {
        if continues {
            return go_on(world).await;
        }
        let before = compare::snapshot(world)?;
        let mut report = Flow::new(world, self.data(), &tell).play().await;
        if report.ok {
            let differences = compare::differences(world, &before)?;
            for line in &differences.first {
                println!("{line}");
            }
            report.target_differences = differences.count;
            report.ok = report.target_differences == 0;
        }
        if let Some(entra) = entra.filter(|_| report.ok) {
            match entra_flow::play(world, entra, self.data(), &tell).await {
                Ok((held, steps)) => {
                    report.entra = Some(held);
                    report.steps.extend(steps);
                }
                Err(error) => {
                    report.ok = false;
                    report.stopped = Some(format!("{error:#}"));
                }
            }
        }
        Ok(report)
    }

    /// The second target: a new one, or the one that was left.
    fn entra(&self, home: Option<&Path>, continues: bool) -> anyhow::Result<Option<Entra>> {
        match home {
            _ if self.no_entra => Ok(None),
            Some(home) if continues => Entra::restore(home),
            _ => Entra::start(1).map(Some),
        }
    }

    /// Stops everything, and leaves the tenant for a later run where there is a home.
    async fn stop(
        &self,
        world: World,
        entra: Option<Entra>,
        home: Option<&Path>,
    ) -> anyhow::Result<()> {
        // Nothing writes into the tenant any more when it is left.
        world.stop().await;
        let Some(entra) = entra else {
            return Ok(());
        };
        if let Some(home) = home {
            entra.leave(home)?;
        }
        entra.no_violation()
    }

    fn data(&self) -> DataSet {
        if self.small {
            DataSet::Small
        } else {
            DataSet::Demo
        }
    }

    fn options(
        &self,
        home: Option<PathBuf>,
        entra: Option<&Entra>,
    ) -> anyhow::Result<StackOptions> {
        Ok(StackOptions {
            console: Some(root().join("frontend/dist"))
                .filter(|dist: &PathBuf| dist.join("index.html").exists()),
            well_known: !self.check,
            home,
            identity: None,
            clouds: entra.map(Entra::cloud).transpose()?.into_iter().collect(),
            ..StackOptions::default()
        })
    }

    /// Where the state lies that a later run may continue; a check leaves none.
    fn home(&self) -> anyhow::Result<Option<PathBuf>> {
        if self.check {
            return Ok(None);
        }
        let programs = syncline_tests::agent::beside();
        let home = programs.parent().unwrap_or(&programs).join("demo");
        if self.keep && !home.join(LAB).exists() {
            println!("There is no state to continue; this starts anew.");
        }
        if !self.keep && home.exists() {
            std::fs::remove_dir_all(&home)
                .with_context(|| format!("remove the last state in {}", home.display()))?;
        }
        std::fs::create_dir_all(&home)?;
        Ok(Some(home))
    }
}

/// One cycle over what was left: the delta tokens of the tenant went with its last life, so it is read in full.
async fn go_on(world: &World) -> anyhow::Result<Report> {
    let since = Instant::now();
    let cycle = world.cycle(&serde_json::json!({})).await?;
    let changes = cycle["changes"].as_i64().context("changes")?;
    let step = Step {
        name: "a cycle over what was left".to_owned(),
        seconds: since.elapsed().as_secs_f64(),
        counts: std::iter::once(("changes".to_owned(), changes)).collect(),
    };
    tell(&step);
    let ended = cycle["state"] == "succeeded";
    Ok(Report {
        ok: ended,
        stopped: (!ended).then(|| format!("{cycle:#}")),
        steps: vec![step],
        ..Report::default()
    })
}

/// Runs something that starts Syncline's programs. They were built before this one and lie beside it.
pub fn with_programs_beside<T>(play: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    // SAFETY: this process has one thread yet.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var("SYNCLINE_BIN_DIR", syncline_tests::agent::beside());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(play)
}

fn tell(step: &Step) {
    let counts: Vec<String> = step
        .counts
        .iter()
        .map(|(name, n)| format!("{name} {n}"))
        .collect();
    println!(
        "{:>7.1} s  {}: {}",
        step.seconds,
        step.name,
        counts.join(", ")
    );
}
