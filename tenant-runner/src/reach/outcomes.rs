//! What became of operations, as the answers come in.

use std::sync::{Arc, OnceLock};

use futures::{StreamExt as _, stream};
use syncline_connectors::contract::Connector;
use syncline_engine::export::PutBack;
use syncline_model::connector::{Fault, OpOutcome};
use syncline_wire::link::OpResult;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Handed;
use crate::jobs::KnownAs;
use crate::tunnel::Incoming;

/// Operations of one directory under way at once: four full batches of Microsoft Graph.
const AT_ONCE: usize = 80;

/// Answers. Dropping it stops what was not begun; what was begun has an unknown outcome.
pub struct Outcomes {
    /// Answered without being handed over.
    refused: Vec<OpResult>,
    source: Source,
}

enum Source {
    Tunnel(Incoming<OpResult>),
    Own {
        answers: mpsc::UnboundedReceiver<OpResult>,
        work: JoinHandle<()>,
    },
}

impl Outcomes {
    /// Of an agent; what was refused without asking it is answered first.
    pub(super) fn through(results: Incoming<OpResult>, refused: Vec<OpResult>) -> Self {
        Self {
            refused,
            source: Source::Tunnel(results),
        }
    }

    pub(super) fn of(connector: Arc<dyn Connector>, handed: Vec<Handed>, known: KnownAs) -> Self {
        // As many answers as operations were handed over.
        let (sender, answers) = mpsc::unbounded_channel();
        let work = tokio::spawn(async move {
            let known = &known;
            let connector = &connector;
            // What stops one stops all: those that were not begun go back with its words.
            let stopped = &OnceLock::<OpOutcome>::new();
            let mut done = stream::iter(handed)
                .map(|one| async move {
                    let outcome = match stopped.get() {
                        Some(outcome) => outcome.clone(),
                        None => connector.export(&one.operation, known).await,
                    };
                    if stops_all(&outcome) {
                        let _ = stopped.set(outcome.clone());
                    }
                    OpResult {
                        hash: one.hash,
                        outcome,
                        // Kept before the account was made (`jobs::passwords::Keeper`).
                        sealed: None,
                    }
                })
                .buffer_unordered(AT_ONCE);
            while let Some(answer) = done.next().await {
                if sender.send(answer).is_err() {
                    return;
                }
            }
        });
        Self {
            refused: Vec::new(),
            source: Source::Own { answers, work },
        }
    }

    /// The next answer; `None` when all were given.
    pub async fn next(&mut self) -> Result<Option<OpResult>, Fault> {
        if let Some(result) = self.refused.pop() {
            return Ok(Some(result));
        }
        match &mut self.source {
            Source::Tunnel(results) => match results.next_item().await {
                Ok(result) => Ok(result),
                Err(error) => Err(error.into_fault()),
            },
            Source::Own { answers, .. } => Ok(answers.recv().await),
        }
    }
}

/// Whether an outcome says that nothing can be sent now, whatever it is.
fn stops_all(outcome: &OpOutcome) -> bool {
    let OpOutcome::Throttled { after, fault } = outcome else {
        return false;
    };
    let (after, fault) = (*after, fault.clone());
    !PutBack { fault, after }.is_alone()
}

impl Drop for Outcomes {
    fn drop(&mut self) {
        if let Source::Own { work, .. } = &self.source {
            work.abort();
        }
    }
}
