//! `/v1/entra-connect/cycle`: a cycle of the Entra Connect beside this agent.
//!
//! Invariants: who leaves ends nothing, and comes back to the same cycle by the same wish; a session that
//! ends lets go of it at once.

use syncline_connectors::contract::Fault;
use syncline_wire::link::{CycleRequest, Empty};

use super::body::{Answer, Questions};
use crate::agent::Agent;
use crate::entra_connect::session_ending;
use crate::stop::Stopping;

pub(super) async fn cycle(
    agent: &Agent,
    mut questions: Questions,
    stopping: Stopping,
    answer: &Answer,
) -> Result<(), Fault> {
    let request: CycleRequest = questions.one().await?;
    let mut following = agent.entra_connect.ask(request)?;
    loop {
        let next = tokio::select! {
            next = following.next() => next?,
            () = stopping.told() => return Err(session_ending()),
        };
        let Some(event) = next else {
            return Ok(answer.end(&Empty).await?);
        };
        answer.item(&event).await?;
    }
}
