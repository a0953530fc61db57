//! Change notices: a complete file that was not there before.
//!
//! The folder is looked at every so often (`FolderConfig::poll`). The kernel's own notices would come sooner and not at
//! all from a share that another host writes to; HR files come once a day.
//!
//! Invariants: a file is told once, when it is complete; the first one that is seen is told as well, because it may
//! have come while nobody looked.

use std::time::Instant;

use tokio::sync::mpsc;

use super::folder::Candidate;
use super::pickup::Pickup;
use crate::contract::{ChangeNotice, Fault};

/// Tells of new files until nobody listens or the folder is gone.
pub(super) async fn listen(
    pickup: &Pickup,
    notices: mpsc::Sender<ChangeNotice>,
) -> Result<(), Fault> {
    let mut told: Option<Candidate> = None;
    loop {
        let wait = match pickup.look(Instant::now()) {
            Ok((candidate, wait)) if wait.is_zero() => {
                if told.as_ref() != Some(&candidate) {
                    told = Some(candidate);
                    if notices.send(ChangeNotice::default()).await.is_err() {
                        return Ok(());
                    }
                }
                pickup.config().poll
            }
            Ok((_, wait)) => wait.min(pickup.config().poll),
            Err(fault) if fault.code == "csv.folder_unreachable" => return Err(fault),
            // No file yet, or none that is complete.
            Err(_) => pickup.config().poll,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = notices.closed() => return Ok(()),
        }
    }
}
