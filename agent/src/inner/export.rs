//! `/v1/export`: operations in, one result each out.
//!
//! Invariants: a result leaves only after the journal that backs it is on the disk; when the agent stops
//! or the caller leaves, no further operation is begun.

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use syncline_connectors::contract::Fault;
use syncline_model::error::ErrorKind;
use syncline_wire::link::{Empty, ExportOp, OpResult};

use super::body::{Answer, Questions};
use crate::agent::Agent;
use crate::stop::Stopping;

/// Results that wait for one write to the disk at most.
const BATCH: usize = 32;
/// How long the first of them waits at most.
const BATCH_AGE: Duration = Duration::from_millis(50);

pub(super) async fn export(
    agent: &Agent,
    mut questions: Questions,
    stopping: Stopping,
    answer: &Answer,
) -> Result<(), Fault> {
    let mut results: Vec<OpResult> = Vec::new();
    let mut since = Instant::now();
    loop {
        let next = match questions.next::<ExportOp>().now_or_never() {
            Some(next) => next,
            None => {
                hand_over(agent, &mut results, answer).await?;
                tokio::select! {
                    next = questions.next() => next,
                    () = stopping.told() => return Err(stopping_now()),
                }
            }
        };
        let Some(op) = next? else {
            hand_over(agent, &mut results, answer).await?;
            answer.end(&Empty).await?;
            return Ok(());
        };
        if stopping.is_told() {
            hand_over(agent, &mut results, answer).await?;
            return Err(stopping_now());
        }
        if results.is_empty() {
            since = Instant::now();
        }
        let result = agent.lane.lock().await.carry_out(&op).await;
        results.push(result);
        if results.len() >= BATCH || since.elapsed() >= BATCH_AGE {
            hand_over(agent, &mut results, answer).await?;
        }
    }
}

async fn hand_over(
    agent: &Agent,
    results: &mut Vec<OpResult>,
    answer: &Answer,
) -> Result<(), Fault> {
    if results.is_empty() {
        return Ok(());
    }
    agent.lane.lock().await.sync()?;
    for result in results.drain(..) {
        answer.item(&result).await?;
    }
    Ok(())
}

fn stopping_now() -> Fault {
    Fault::new(
        "agent.session_ending",
        ErrorKind::AgentOffline,
        "The agent ends this session; the operations without a result were not begun.",
        "They are sent again over the next session.",
    )
}
