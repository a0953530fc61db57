//! `cargo xtask check` and `cargo xtask ci`.
//!
//! Invariant: `ci` is `make test`, so that both can never differ.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// Format, clippy and unit tests of what changed.
#[derive(clap::Args)]
pub struct Check {
    /// Compare with this commit instead of the last one
    #[arg(long, default_value = "HEAD")]
    since: String,
    /// Every crate, changed or not
    #[arg(long)]
    all: bool,
}

impl Check {
    /// Runs them; the first failure ends it.
    pub fn run(&self) -> anyhow::Result<()> {
        let scope: Vec<String> = if self.all {
            vec!["--workspace".into()]
        } else {
            let packages = changed(&self.since)?;
            if packages.is_empty() {
                println!("nothing changed since {}", self.since);
                return Ok(());
            }
            packages
                .into_iter()
                .flat_map(|package| ["-p".to_owned(), package])
                .collect()
        };
        let format: Vec<String> = if self.all {
            vec!["--all".into()]
        } else {
            scope.clone()
        };
        cargo("fmt", &format, &["--check"])?;
        cargo("clippy", &scope, &["--all-targets", "--", "-D", "warnings"])?;
        // The language service is to run in browsers as well.
        if scope
            .iter()
            .any(|part| part == "syncline-rules" || part == "--workspace")
        {
            let service = ["-p", "syncline-rules"].map(str::to_owned);
            cargo("check", &service, &["--target", "wasm32-unknown-unknown"])?;
        }
        cargo("test", &scope, &["--lib", "--bins"])
    }
}

/// Runs what CI runs.
pub fn ci() -> anyhow::Result<()> {
    let done = Command::new("make")
        .arg("test")
        .current_dir(root())
        .status()
        .context("make cannot be started")?;
    ensure!(done.success(), "make test failed");
    Ok(())
}

/// The packages with a changed or new file.
fn changed(since: &str) -> anyhow::Result<BTreeSet<String>> {
    let mut files = git(&["diff", "--name-only", since])?;
    files.push_str(&git(&["ls-files", "--others", "--exclude-standard"])?);
    let mut packages = BTreeSet::new();
    for file in files
        .lines()
        .filter(|file| file.ends_with(".rs") || file.ends_with(".toml") || file.ends_with(".sql"))
    {
        let folders = Path::new(file)
            .ancestors()
            .skip(1)
            .take_while(|folder| !folder.as_os_str().is_empty());
        for folder in folders {
            if let Ok(manifest) = std::fs::read_to_string(root().join(folder).join("Cargo.toml")) {
                packages.extend(name(&manifest));
                break;
            }
        }
    }
    Ok(packages)
}

fn name(manifest: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.starts_with("name = "))?;
    Some(line.split('"').nth(1)?.to_owned())
}

fn git(arguments: &[&str]) -> anyhow::Result<String> {
    let done = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .output()
        .context("git cannot be started")?;
    ensure!(
        done.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(String::from_utf8(done.stdout)?)
}

fn cargo(command: &str, scope: &[String], rest: &[&str]) -> anyhow::Result<()> {
    println!("cargo {command} {} {}", scope.join(" "), rest.join(" "));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let done = Command::new(cargo)
        .arg(command)
        .args(scope)
        .args(rest)
        .current_dir(root())
        .status()?;
    ensure!(done.success(), "cargo {command} failed");
    Ok(())
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_manifest() {
        assert_eq!(
            name("[package]\nname = \"syncline-api\"\n"),
            Some("syncline-api".into())
        );
        assert_eq!(name("[workspace]\n"), None);
    }
}
