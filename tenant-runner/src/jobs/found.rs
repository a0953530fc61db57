//! What is stored of a directory when an import of it begins.
//!
//! Invariants: read in one snapshot, after what was sent and not answered was looked up (D-53); what an export is just
//! sending is that export's.

use std::sync::Arc;

use syncline_model::DirectoryId;
use syncline_model::schema::Schema;
use syncline_store::tenant::{Standing, TenantRead};
use tokio::sync::{Mutex, MutexGuard};

use super::config::{self, Configuration};
use super::import::Failure;
use super::outcome;
use crate::app::App;
use crate::reach::Reach;

/// What is stored of a directory, and the snapshot that it was read in.
pub struct Found {
    /// The snapshot.
    pub read: TenantRead,
    /// The configuration.
    pub configuration: Arc<Configuration>,
    /// The directory; `None` where it was removed.
    pub standing: Option<Standing>,
    directory: DirectoryId,
}

impl Found {
    /// Reads it once nothing is in doubt that can be looked up. `lane` is that of the directory's exports.
    ///
    /// Without names nothing but its id tells an object that is just being added from a stranger: there, no import reads
    /// while an export writes, and the second answer keeps exports back.
    pub(super) async fn settled<'l>(
        app: &Arc<App>,
        directory: DirectoryId,
        reach: &Reach,
        lane: &'l Mutex<()>,
    ) -> Result<(Self, Option<MutexGuard<'l, ()>>), Failure> {
        let mut turn = lane.try_lock().ok();
        let mut found = Self::read(app, directory).await?;
        let is_flat = found.schema().is_some_and(|schema| schema.is_flat());
        if is_flat && turn.is_none() {
            // Who waits for a turn holds no snapshot that others wait for.
            drop(found);
            turn = Some(lane.lock().await);
            found = Self::read(app, directory).await?;
        }
        let in_doubt = found.standing.as_ref().is_some_and(|s| s.in_doubt);
        if in_doubt && turn.is_some() {
            drop(found);
            outcome::resolve(app, directory, reach, None).await?;
            found = Self::read(app, directory).await?;
        }
        Ok((found, turn.filter(|_| is_flat)))
    }

    async fn read(app: &App, directory: DirectoryId) -> Result<Self, Failure> {
        let mut read = app.db.read().await?;
        Ok(Self {
            configuration: config::current(&app.db, &mut read, &app.runtime).await?,
            standing: read.directory_standing(directory).await?,
            read,
            directory,
        })
    }

    /// What the directory can hold, once it said so.
    pub fn schema(&self) -> Option<Arc<Schema>> {
        self.configuration.schemas.get(&self.directory).cloned()
    }
}
