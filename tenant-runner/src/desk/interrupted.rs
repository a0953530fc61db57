//! What was interrupted: by the end of the process before this one, or by the loss of the database under this one.
//!
//! Invariants: a run that nobody works on any more ends, and says so; its work is done again, an import outside cycles
//! once; nothing is given up while the database may come back.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use syncline_model::run::{RunKind, RunStatus};
use syncline_model::{DirectoryId, RunId};
use syncline_store::StoreError;
use syncline_store::tenant::{Cycle, Durability, Run};

use super::{CycleDoc, Desk, Switches};
use crate::http::context::now_ms;
use crate::schedule::order::{Order, Trigger};

/// Between two looks whether the database is back, growing from the first to the second.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// The cause of an import that repeats an interrupted one. It is not repeated again.
const REPEATED: &str = "repeated";

impl Desk {
    /// The database went away under an import: its row ends, and it is done again.
    pub(super) fn import_lost<'a>(
        &'a self,
        run: RunId,
        directory: DirectoryId,
        kind: RunKind,
        cause: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        // Boxed: an import may lead to one more.
        async move {
            persist(|| self.end_open(move |open| open.id == run)).await?;
            if cause != REPEATED {
                self.import_for(directory, kind, REPEATED, None).await?;
            }
            Ok(())
        }
        .boxed()
    }

    /// Ends runs that nobody works on any more; answers them as they were. A cycle of Entra Connect goes on by itself and
    /// is only waited for again.
    pub(super) async fn end_open(
        &self,
        is_left: impl Fn(&Run) -> bool + Send,
    ) -> Result<Vec<Run>, StoreError> {
        let mut tx = self.db.write(Durability::Durable).await?;
        let mut open = tx.runs_open().await?;
        open.retain(|run| run.kind != RunKind::EntraConnectCycle && is_left(run));
        for run in &open {
            let mut run = run.clone();
            run.status = Some(RunStatus::StoppedLeaseLost);
            run.ended_ms = Some(now_ms());
            run.doc.message = Some("It was interrupted: the runner was started again or the database went away. The work is done again from the last committed batch.".into());
            tx.run_change(&run).await?;
        }
        tx.commit().await?;
        Ok(open)
    }

    /// Ends runs that an earlier process left open and orders its cycles again, under their own ids; imports outside
    /// cycles are ordered anew.
    pub(super) async fn recover(&self) -> Result<(), StoreError> {
        let mut read = self.db.read().await?;
        let switches = Switches::read(read.setting(Switches::SETTING).await?.as_ref());
        let open = read.cycles_open().await?;
        drop(read);
        // The last thing that can fail, so that a second attempt finds them open still. What was asked for since
        // belongs to this process.
        let left = self.end_open(|run| run.queued_ms < self.began_ms).await?;
        self.restore(switches, open);
        for run in left {
            let alone = run.cycle.is_none() && run.doc.cause != REPEATED;
            if let (true, Some(directory)) = (alone, run.directory)
                && let Err(error) = self.import_for(directory, run.kind, REPEATED, None).await
            {
                tracing::error!(code = error.code(), run = %run.id, "an interrupted import is not repeated: {error}");
            }
        }
        Ok(())
    }

    fn restore(&self, switches: Switches, open: Vec<Cycle>) {
        let mut state = self.state();
        state.switches = switches;
        for row in open {
            let Ok(doc) = serde_json::from_value::<CycleDoc>(row.doc) else {
                continue;
            };
            if row.asked_ms >= self.began_ms {
                continue;
            }
            state.waiting.restore(Order {
                cycle: row.id,
                trigger: Trigger::from_name(&doc.trigger).unwrap_or(Trigger::Call),
                profiles: doc.profiles.into_iter().collect(),
                imports: doc.imports.map(|i| i.into_iter().collect()),
                full: doc.full,
                exports: doc.exports,
            });
        }
    }
}

/// Asks the database until it answers, for as long as it may come back.
pub(crate) async fn persist<T, F>(mut ask: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut pause = PAUSE.0;
    loop {
        match ask().await {
            Err(error) if error.is_transient() => {
                tracing::warn!(code = error.code(), "the database is waited for: {error}");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE.1);
            }
            answered => return answered,
        }
    }
}
