//! Listens to the directory for changes, for as long as the agent runs.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Directory;

/// The wait after the directory was lost or could not be reached.
const RETRY: Duration = Duration::from_secs(5);

impl Directory {
    /// Listens for ever; every notice raises the counter of [`Directory::changes`].
    pub async fn watch(&self) {
        loop {
            if let Ok(connector) = self.connector()
                && connector.capabilities().change_notices
                && self.identity().await.is_ok()
            {
                let (notices, mut incoming) = mpsc::channel(1);
                let listening = connector.changes(notices);
                let counting = async {
                    while incoming.recv().await.is_some() {
                        self.changes.send_modify(|count| *count += 1);
                    }
                };
                let ended = tokio::select! {
                    ended = listening => ended,
                    () = counting => Ok(()),
                };
                if let Err(fault) = ended {
                    let fault = self.noted(fault);
                    tracing::debug!(code = %fault.code, "listening for changes ended");
                }
                // What changed while nobody listened would otherwise be told only by the next change.
                self.changes.send_modify(|count| *count += 1);
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}
