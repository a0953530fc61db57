//! Asking for changes: Graph tells nobody of changes of users and groups without losing some, so it is asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use syncline_model::DirectoryId;
use tokio::time::Instant;

use crate::app::App;
use crate::http::settings_of;

/// How often it is looked whether a directory is due.
const TICK: Duration = Duration::from_secs(5);

/// Marks cloud directories as changed whenever their interval is over, for as long as the process lives. The delta
/// import that follows finds out whether anything did change.
pub async fn poll(app: Arc<App>) {
    let mut asked: BTreeMap<DirectoryId, Instant> = BTreeMap::new();
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        for directory in app.clouds.known() {
            let Ok(Some(every)) = interval(&app, directory).await else {
                continue;
            };
            let now = Instant::now();
            let last = asked.entry(directory).or_insert(now);
            if now.duration_since(*last) >= every {
                *last = now;
                app.desk.changed(directory);
            }
        }
        asked.retain(|directory, _| app.clouds.is_known(*directory));
    }
}

/// How often a directory is asked; not at all where it was never checked.
async fn interval(
    app: &App,
    directory: DirectoryId,
) -> Result<Option<Duration>, syncline_store::StoreError> {
    let row = app.db.read().await?.directory(directory).await?;
    let row = row.filter(|row| row.doc.identity.is_some());
    let seconds = row.map(|row| u64::from(settings_of(&row).poll_seconds));
    Ok(seconds.map(Duration::from_secs))
}
