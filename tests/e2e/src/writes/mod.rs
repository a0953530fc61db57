//! What the recording proxy saw against what the service says it sent: each write belongs to a released operation,
//! and each released operation was written, none more, none less.
//!
//! Both sides become a multiset of *effects* (one value of one attribute of one object), so that it does not matter
//! in how many requests an operation went. Invariants: only writes that the directory carried out count; a value that
//! the service shows cut is compared as cut; a set that it shows cut is compared by its number of values.

mod names;
mod seen;
mod sent;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;

use crate::World;
use names::Names;
use seen::Seen;
use sent::Sent;

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteCheck {
    /// Operations that the service says the directory acknowledged.
    pub operations: i64,
    /// Write requests that the directory carried out.
    pub writes: i64,
    /// Effects that were not written as often as they were sent, one line each.
    pub differences: Vec<String>,
}

/// Compares everything that was sent to `fabrikam.test` so far with everything that its door recorded.
pub async fn check(world: &World) -> anyhow::Result<WriteCheck> {
    let names = Names::read(&world.lab.fabrikam)?;
    let mut operations = Vec::new();
    for run in world.all("runs").await? {
        if run["kind"] != "export" || run["directory"] != world.fabrikam.as_str() {
            continue;
        }
        let id = run["id"].as_str().context("a run's id")?;
        for operation in world.all(&format!("runs/{id}/operations")).await? {
            if operation["outcome"] == "acknowledged" {
                operations.push(operation);
            }
        }
    }
    let done: Vec<_> = world
        .fabrikam_door
        .writes()
        .into_iter()
        .filter(|write| write.code == 0)
        .collect();
    let sent = Sent::of(&operations, &names);
    let seen = Seen::of(&done, &names, &sent.cut);
    Ok(WriteCheck {
        operations: operations.len() as i64,
        writes: done.len() as i64,
        differences: sent.effects.differences(&seen),
    })
}

/// How many times each effect occurs.
#[derive(Debug, Default)]
struct Effects(BTreeMap<String, i64>);

impl Effects {
    fn add(&mut self, who: &str, what: impl std::fmt::Display, times: i64) {
        *self.0.entry(format!("{who}: {what}")).or_default() += times;
    }

    fn differences(&self, seen: &Self) -> Vec<String> {
        let times = |side: &Self, effect: &String| side.0.get(effect).copied().unwrap_or(0);
        let all: BTreeSet<&String> = self.0.keys().chain(seen.0.keys()).collect();
        all.into_iter()
            .filter(|effect| times(self, effect) != times(seen, effect))
            .map(|effect| {
                let (sent, written) = (times(self, effect), times(seen, effect));
                format!("sent {sent} times, written {written} times: {effect}")
            })
            .collect()
    }
}

/// All values of an attribute after a change, in one order.
fn whole(attribute: &str, mut values: Vec<String>) -> String {
    values.sort();
    format!("{attribute} := {values:?}")
}
