//! What the target holds against what the source demands, told by a script that has none of the product's code.
//!
//! Invariants: nothing is read but through `ldapsearch`, past every door; the script is infra/demo/compare.py.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::World;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/demo/compare.py");
/// Differences that are told in words.
const TOLD: usize = 20;

/// How the target differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many differences there are.
    pub count: i64,
    /// The first of them.
    pub first: Vec<String>,
}

/// Both forests as `ldapsearch` shows them, kept in files.
pub fn snapshot(world: &World) -> anyhow::Result<TempDir> {
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

/// How the target differs now from what the source demands, given both as they were before anything was sent.
pub fn differences(world: &World, before: &TempDir) -> anyhow::Result<Differences> {
    let after = snapshot(world)?;
    let output = Command::new("python3")
        .arg(Path::new(SCRIPT))
        .arg(before.path())
        .arg(after.path())
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default();
    let count = last
        .strip_prefix("differences: ")
        .and_then(|n| n.parse().ok());
    Ok(Differences {
        count: count.with_context(|| {
            format!(
                "the comparison printed no count: {printed} {}",
                String::from_utf8_lossy(&output.stderr)
            )
        })?,
        first: printed
            .lines()
            .filter(|line| line.starts_with("difference:"))
            .take(TOLD)
            .map(str::to_owned)
            .collect(),
    })
}
