//! Being told to stop.

use tokio::sync::watch;

/// Learns that the agent is to stop. A clone learns of the same stop.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

/// Tells it.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// A way to tell, and a way to learn.
    pub fn channel() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopping(receiver))
    }

    /// Tells everyone.
    pub fn tell(&self) {
        self.0.send_replace(true);
    }
}

impl Stopping {
    /// Whether it was told.
    pub fn is_told(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is told; a teller that is gone counts as having told.
    pub async fn told(&self) {
        let mut receiver = self.0.clone();
        let _ = receiver.wait_for(|told| *told).await;
    }
}
