//! A process that is kept running: started again when it ends by itself, later and later while it does not hold.
//!
//! Invariant: between an end that was asked for and the next start lies nothing; one that was not asked for is told.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::Result;
use crate::launch::Process;

/// The first pause before another start, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));
/// Who ran this long begins with the first pause again.
const STEADY: Duration = Duration::from_secs(60);

/// How a process is started, and what becomes of its ends.
pub(crate) trait Kept: Send + 'static {
    /// Its name in the log: "the API".
    const NAME: &'static str;

    /// Starts it; answers when it is ready.
    fn launch(&mut self) -> impl Future<Output = Result<Process>> + Send;

    /// How long it may take to end in order.
    fn grace(&self) -> Duration;

    /// It is not there any more: it ended by itself, or was ended.
    fn gone(&mut self) {}
}

/// Keeps one process running, until stopped or dropped.
#[derive(Debug)]
pub(crate) struct Keeping {
    stop: Option<oneshot::Sender<()>>,
    keeper: JoinHandle<()>,
}

impl Keeping {
    /// Starts it; what fails now is not tried again.
    pub async fn start(mut kept: impl Kept) -> Result<Self> {
        let first = kept.launch().await?;
        let (stop, stopped) = oneshot::channel();
        let keeper = tokio::spawn(keep(kept, first, stopped));
        Ok(Self {
            stop: Some(stop),
            keeper,
        })
    }

    /// Ends it in order.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.keeper).await;
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

async fn keep<K: Kept>(mut kept: K, mut process: Process, mut stopped: oneshot::Receiver<()>) {
    let mut pause = PAUSE.0;
    loop {
        let started = Instant::now();
        tokio::select! {
            _ = &mut stopped => {
                let _ = process.end(&[(Signal::TERM, kept.grace())]).await;
                kept.gone();
                return;
            }
            ended = process.wait() => {
                kept.gone();
                let how = ended.map_or_else(|e| e.to_string(), |e| e.to_string());
                tracing::error!(ended = %how, "{} ended by itself; starting it again", K::NAME);
            }
        }
        if started.elapsed() > STEADY {
            pause = PAUSE.0;
        }
        process = loop {
            tokio::select! {
                _ = &mut stopped => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE.1);
            match kept.launch().await {
                Ok(process) => break process,
                Err(e) => tracing::error!(error = %e, "{} did not start; trying again", K::NAME),
            }
        };
    }
}
