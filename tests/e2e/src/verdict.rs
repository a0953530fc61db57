//! Whether everything ended as it should, judged from outside: the target, the ledger of sent operations, usage and
//! the audit chains.
//!
//! Invariants: nothing is taken from the product's memory of a run; each list is read to its end; nobody helps: what
//! a directory tells of its own changes may begin a cycle more, so the end is what the product comes to by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use syncline_ldap_proxy::WriteOperation;
use tempfile::TempDir;

use crate::{World, compare};

/// Adds that one kill can cut off: the agent writes one object after the other.
const CUT_OFF_MAX: usize = 1;
/// What the product may take to come to its end, far less than its profile's interval.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// Fails unless the plan took effect exactly once and nothing is left to do.
pub async fn judge(
    world: &World,
    before: &TempDir,
    profile: &str,
    plan: &[Value],
) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    while let Err(error) = settled(world, before).await {
        ensure!(Instant::now() < end, "after {PATIENCE:?}: {error:#}");
        tokio::time::sleep(LOOK).await;
    }
    once_created(world, plan)?;
    let sent = sent(world).await?;
    as_planned(plan, &sent)?;
    let effects = sent.len() as i64;
    metered(world, effects).await?;
    let live = world.get(&format!("profiles/{profile}")).await?;
    ensure!(live["state"] == "live", "the profile is {}", live["state"]);
    for body in [json!({}), json!({"policy": "initial"})] {
        let cycle = world.cycle(&body).await?;
        if cycle["state"] != "succeeded" || cycle["changes"] != 0 {
            let runs = world.all("runs").await?;
            bail!("one more cycle found something: {cycle:#}\n{runs:#?}");
        }
    }
    let what_if = world.what_if(profile).await?;
    ensure!(
        what_if["counts"].as_array().is_some_and(Vec::is_empty),
        "something is left to do: {:#}",
        what_if["counts"]
    );
    let open = world.all("messages?open=true").await?;
    ensure!(open.is_empty(), "messages that still hold: {open:#?}");
    metered(world, effects).await?;
    for chain in ["control", "runner"] {
        unbroken(world, chain).await?;
    }
    ordered(world).await
}

/// The target is as the source demands, and nothing is under way.
async fn settled(world: &World, before: &TempDir) -> anyhow::Result<()> {
    all_ended(world).await?;
    let differences = compare::differences(world, before)?;
    ensure!(differences.count == 0, "{differences:#?}");
    Ok(())
}

/// Each cycle that a person ordered is an act in the chain.
async fn ordered(world: &World) -> anyhow::Result<()> {
    let acts = world.all("audit?chain=runner").await?;
    let cycles = world.all("cycles").await?;
    let calls: Vec<_> = cycles.iter().filter(|c| c["trigger"] == "call").collect();
    ensure!(calls.len() >= 3, "cycles that were ordered: {calls:#?}");
    for cycle in calls {
        let told = acts
            .iter()
            .any(|act| act["action"] == "cycles.create" && act["target"] == cycle["id"]);
        ensure!(told, "nobody is named for {cycle:#}");
    }
    Ok(())
}

/// Each object that the plan adds was added once.
fn once_created(world: &World, plan: &[Value]) -> anyhow::Result<()> {
    let mut adds: BTreeMap<String, u32> = BTreeMap::new();
    for write in world.fabrikam_door.writes() {
        if write.code == 0 && matches!(write.operation, WriteOperation::Add { .. }) {
            *adds.entry(write.dn.to_lowercase()).or_default() += 1;
        }
    }
    let twice: Vec<_> = adds.iter().filter(|(_, n)| **n > 1).collect();
    ensure!(twice.is_empty(), "added more than once: {twice:?}");
    let planned = plan.iter().filter(|op| op["kind"] == "add").count();
    ensure!(
        adds.len() == planned,
        "{} objects were added, {planned} planned",
        adds.len()
    );
    Ok(())
}

/// No run and no cycle is left open.
async fn all_ended(world: &World) -> anyhow::Result<()> {
    let runs = world.all("runs").await?;
    let open: Vec<_> = runs.iter().filter(|r| r.get("status").is_none()).collect();
    ensure!(open.is_empty(), "runs that never ended: {open:#?}");
    let cycles = world.all("cycles").await?;
    let open: Vec<_> = cycles
        .iter()
        .filter(|c| c.get("ended_at").is_none())
        .collect();
    ensure!(open.is_empty(), "cycles that never ended: {open:#?}");
    Ok(())
}

/// Every planned operation took effect once. What is beside the plan completes an Add that was cut off: it was settled
/// as done, and what was missing of it followed as a change.
fn as_planned(plan: &[Value], sent: &[Value]) -> anyhow::Result<()> {
    let mut left: BTreeMap<&str, &Value> = BTreeMap::new();
    for operation in plan {
        left.insert(operation["hash"].as_str().context("a hash")?, operation);
    }
    let added = |object: &Value| {
        let its = |op: &&Value| op["kind"] == "add" && op["object"] == *object;
        plan.iter().any(|op| its(&op))
    };
    for operation in sent {
        let hash = operation["hash"].as_str().context("a hash")?;
        let completes = operation["kind"] == "update" && added(&operation["object"]);
        ensure!(
            left.remove(hash).is_some() || completes,
            "acknowledged, and neither planned nor the rest of an Add: {operation:#}"
        );
    }
    ensure!(left.is_empty(), "never acknowledged: {left:#?}");
    let beside = sent.len() - plan.len();
    ensure!(
        beside <= CUT_OFF_MAX,
        "{beside} operations beside the {} planned",
        plan.len()
    );
    Ok(())
}

/// The operations that the ledger says were acknowledged; the outcome of each is known.
async fn sent(world: &World) -> anyhow::Result<Vec<Value>> {
    let mut acknowledged = Vec::new();
    for run in world.all("runs").await? {
        if run["kind"] != "export" {
            continue;
        }
        let id = run["id"].as_str().context("a run")?;
        for operation in world.all(&format!("runs/{id}/operations")).await? {
            match operation["outcome"].as_str() {
                Some("acknowledged" | "no-op") => acknowledged.push(operation),
                other => anyhow::bail!("{id}: an operation ended as {other:?}: {operation:#}"),
            }
        }
    }
    Ok(acknowledged)
}

/// Usage counts each effect once.
async fn metered(world: &World, effects: i64) -> anyhow::Result<()> {
    let usage = world.get("usage").await?;
    let totals = usage["totals"].as_array().cloned().unwrap_or_default();
    let total = |meter: &str| {
        totals
            .iter()
            .filter(|row| row["meter"] == meter)
            .filter_map(|row| row["quantity"].as_i64())
            .sum::<i64>()
    };
    for meter in ["operations_exported", "operations_confirmed"] {
        ensure!(
            total(meter) == effects,
            "{meter} is {}, and {effects} took effect",
            total(meter)
        );
    }
    Ok(())
}

/// The audit chain can be followed from its first act to its last, with SHA-256 and nothing else.
async fn unbroken(world: &World, chain: &str) -> anyhow::Result<()> {
    let mut acts = world.all(&format!("audit?chain={chain}")).await?;
    acts.reverse();
    ensure!(!acts.is_empty(), "the {chain} chain is empty");
    let mut previous = "0".repeat(64);
    for (n, act) in acts.iter().enumerate() {
        let text = |name: &str| act[name].as_str().unwrap_or_default().to_owned();
        let mut hasher = Sha256::new();
        hasher.update(hex::decode(&previous)?);
        hasher.update(text("act"));
        let hash = hex::encode(hasher.finalize());
        ensure!(
            act["seq"] == n as i64 + 1 && text("prev_hash") == previous && text("hash") == hash,
            "the {chain} chain breaks at {act:#}"
        );
        previous = hash;
    }
    Ok(())
}
