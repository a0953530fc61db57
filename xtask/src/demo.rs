//! `xtask demo`: the whole main job on two Samba forests, driven through the public API.
//!
//! Invariants: every run starts from fresh copies of cached templates and an empty data directory; with `--check`
//! the last line printed is one JSON object and everything is stopped; without it everything keeps running until
//! Ctrl-C and nothing is left behind.

use std::path::PathBuf;
use std::time::Instant;

use syncline_api_tests::StackOptions;
use syncline_lab::DataSet;
use syncline_tests::flow::{Flow, Report, Step};
use syncline_tests::{World, compare};

use crate::checks::root;

/// Run the main job; leave it running, or check it.
#[derive(clap::Args)]
pub struct Demo {
    /// Check the result, print it as JSON, stop everything
    #[arg(long)]
    check: bool,
    /// 200 people instead of 2,050
    #[arg(long)]
    small: bool,
}

impl Demo {
    /// Runs it.
    pub fn run(&self) -> anyhow::Result<()> {
        with_programs_beside(self.play())
    }

    async fn play(&self) -> anyhow::Result<()> {
        let data = if self.small {
            DataSet::Small
        } else {
            DataSet::Demo
        };
        let console = Some(root().join("frontend/dist"))
            .filter(|dist: &PathBuf| dist.join("index.html").exists());
        let since = Instant::now();
        let world = World::start_with(
            data,
            StackOptions {
                console,
                well_known: !self.check,
            },
        )
        .await?;
        println!(
            "{:>7.1} s  forests, service, sign-up, two agents",
            since.elapsed().as_secs_f64()
        );
        let before = compare::snapshot(&world)?;
        let played = Flow::new(&world, data, &tell).play().await;
        let mut report = match played {
            Ok(report) => report,
            Err(error) => {
                println!("the main job stopped: {error:#}");
                Report::default()
            }
        };
        if report.ok {
            let differences = compare::differences(&world, &before)?;
            for line in &differences.first {
                println!("{line}");
            }
            report.target_differences = differences.count;
            report.ok = report.target_differences == 0;
        }
        if self.check {
            let ok = report.ok;
            world.stop().await;
            println!("{}", serde_json::to_string(&report)?);
            anyhow::ensure!(ok, "the main job did not end as it should");
            return Ok(());
        }
        println!(
            "\nThe console: {}   sign in as ada.byron@contoso.test",
            world.stack.url
        );
        println!("Ctrl-C stops everything.");
        tokio::signal::ctrl_c().await?;
        world.stop().await;
        Ok(())
    }
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
