//! The patterns of a what-if, held against its operations.
//!
//! Invariants: every operation belongs to exactly one pattern; a pattern's filter gives its operations and no others;
//! what a sentence says is what the operations show.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::World;

/// More sentences than that nobody reads.
const READABLE: usize = 60;

/// Compares patterns and operations of a what-if; answers how many patterns it has.
pub async fn check(world: &World, what_if: &Value) -> anyhow::Result<i64> {
    let id = what_if["id"].as_str().context("a what-if")?;
    let known = world.get(&format!("what-ifs/{id}/patterns")).await?;
    ensure!(known["known"] == true, "no patterns: {known:#}");
    let patterns = known["patterns"].as_array().context("patterns")?;
    ensure!(
        patterns.len() <= READABLE,
        "{} patterns are more than anybody reads",
        patterns.len()
    );
    let all = hashes(world, id, "").await?;
    let mut seen = BTreeSet::new();
    for pattern in patterns {
        let name = pattern["id"].as_str().context("its id")?;
        let sentence = pattern["sentence"].as_str().unwrap_or_default();
        let query = format!("?pattern={name}");
        let mine = hashes(world, id, &query).await?;
        ensure!(
            mine.len() as i64 == pattern["count"].as_i64().unwrap_or(-1),
            "{} operations of the pattern: {pattern:#}",
            mine.len()
        );
        let samples = pattern["samples"].as_array().context("samples")?;
        let sampled = samples.iter().filter_map(|one| one["hash"].as_str());
        ensure!(
            !samples.is_empty() && sampled.clone().all(|hash| mine.contains(hash)),
            "samples of another pattern: {pattern:#}"
        );
        ensure!(
            sentence.ends_with('.') && pattern["kind"].is_string(),
            "no sentence: {pattern:#}"
        );
        let twice = mine.iter().filter(|hash| !seen.insert((*hash).clone()));
        ensure!(twice.count() == 0, "operations of two patterns: {sentence}");
    }
    ensure!(
        seen == all,
        "{} of {} operations belong to a pattern",
        seen.len(),
        all.len()
    );
    Ok(patterns.len() as i64)
}

/// How a what-if differs from the plan that was approved last: what is new and what is gone.
pub async fn since_approval(world: &World, what_if: &Value) -> anyhow::Result<(i64, i64)> {
    let id = what_if["id"].as_str().context("a what-if")?;
    let known = world.get(&format!("what-ifs/{id}/patterns")).await?;
    let since = &known["since_approval"];
    let new = since["new"].as_i64().context("a plan that was approved")?;
    let marked = hashes(world, id, "?new=true").await?;
    ensure!(
        marked.len() as i64 == new,
        "{} marked as new: {since:#}",
        marked.len()
    );
    Ok((new, since["gone"].as_i64().unwrap_or(-1)))
}

/// What would undo an export that sent something for one profile, once it is computed.
pub async fn undo(world: &World, run: &str) -> anyhow::Result<Value> {
    let path = format!("runs/{run}/undo");
    let begun = world.post(&path, &serde_json::json!({})).await?;
    let id = begun["items"][0]["id"].as_str().context("a what-if")?;
    let path = format!("what-ifs/{id}?wait_s=30");
    let undo = world
        .until(&path, "what would undo it is computed", |w| {
            w["state"] != "computing"
        })
        .await?;
    ensure!(
        undo["state"] == "ready" && undo["undo_of"] == run,
        "it ended as {undo:#}"
    );
    check(world, &undo).await?;
    Ok(undo)
}

async fn hashes(world: &World, id: &str, query: &str) -> anyhow::Result<BTreeSet<String>> {
    let operations = world
        .all(&format!("what-ifs/{id}/operations{query}"))
        .await?;
    let hash = |operation: &Value| operation["hash"].as_str().map(str::to_owned);
    Ok(operations.iter().filter_map(hash).collect())
}
