//! `xtask demo`: the whole main job on two Samba forests, driven through the public API.
//!
//! Invariants: every run starts from fresh copies of cached templates and an empty data directory; with `--check`
//! the last line printed is one JSON object and everything is stopped; without it everything keeps running until
//! Ctrl-C and nothing is left behind.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use syncline_api_tests::StackOptions;
use syncline_lab::DataSet;
use syncline_tests::World;
use syncline_tests::flow::{Flow, Report, Step};

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
        // The programs were built before this one and lie beside it.
        // SAFETY: this process has one thread yet.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var("SYNCLINE_BIN_DIR", syncline_tests::agent::beside());
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.play())
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
        let before = snapshot(&world)?;
        let played = Flow::new(&world, data, &tell).play().await;
        let mut report = match played {
            Ok(report) => report,
            Err(error) => {
                println!("the main job stopped: {error:#}");
                Report::default()
            }
        };
        if report.ok {
            report.target_differences = compare(&world, &before)?;
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

/// Both forests as ldapsearch shows them, kept in files for the comparison.
fn snapshot(world: &World) -> anyhow::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, forest) in [
        ("source", &world.lab.contoso),
        ("target", &world.lab.fabrikam),
    ] {
        let tools = forest.administrator()?;
        let wanted = "(|(objectClass=user)(objectClass=group)(objectClass=contact))";
        let text = tools.search_raw(
            forest.base_dn(),
            syncline_lab::Scope::Subtree,
            wanted,
            &["*"],
            &["-E", "pr=1000/noprompt"],
        )?;
        std::fs::write(folder.path().join(format!("{name}.ldif")), text)?;
    }
    Ok(folder)
}

/// Asks the independent script how the target differs from what the source demands.
fn compare(world: &World, before: &tempfile::TempDir) -> anyhow::Result<i64> {
    let after = snapshot(world)?;
    let script = root().join("infra/demo/compare.py");
    let output = Command::new("python3")
        .arg(&script)
        .arg(before.path())
        .arg(after.path())
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    for line in printed
        .lines()
        .filter(|line| line.starts_with("difference"))
        .take(20)
    {
        println!("{line}");
    }
    let last = printed.lines().last().unwrap_or_default();
    last.strip_prefix("differences: ")
        .and_then(|n| n.parse().ok())
        .with_context(|| {
            format!(
                "the comparison printed no count: {printed} {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
}
