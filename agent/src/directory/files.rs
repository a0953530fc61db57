//! HR files as the agent's directory: the folder comes from this host, the format from the service.
//!
//! Invariants: nothing that the service sends chooses a path; cells of a column that is never read do not leave in
//! an inspection either.

use std::sync::Arc;
use std::time::Duration;

use syncline_connectors::contract::Fault;
use syncline_connectors::csv::{CsvConnector, FolderConfig};
use syncline_model::error::ErrorKind;
use syncline_model::hr_file::{FileFormat, FileInspection};

use super::{Directory, Source};
use crate::config::FileDirectory;
use crate::home::Home;
use crate::policy::never;

/// The connector of a configured folder. What is being read lies in the data directory, which is the agent's alone.
pub(super) fn open(home: &Home, config: &FileDirectory) -> Arc<CsvConnector> {
    let mut folder = FolderConfig::new(
        &config.name,
        &config.folder,
        &config.pattern,
        home.directory(),
    );
    folder.settle = Duration::from_millis(config.settle_ms);
    folder.poll = Duration::from_millis(config.poll_ms);
    folder.bytes_max = config.bytes_max;
    Arc::new(CsvConnector::new(folder))
}

impl Directory {
    /// Takes the format that the service says a person confirmed. A directory without files needs none.
    pub fn confirm(&self, format: Option<FileFormat>) {
        if let Source::Files(connector) = &self.source
            && let Err(fault) = connector.confirm(format)
        {
            // Every import says so, too.
            tracing::warn!(code = %fault.code, "the confirmed file format is not valid");
        }
    }

    /// What the newest HR file looks like.
    pub async fn inspect(&self, draft: Option<FileFormat>) -> Result<FileInspection, Fault> {
        let Source::Files(connector) = &self.source else {
            return Err(Fault::new(
                "csv.not_a_folder",
                ErrorKind::InvalidValue,
                "The agent of this directory reads no files.",
                "Inspect a directory whose agent has `kind = \"hr-file\"` in its config.toml.",
            ));
        };
        self.valid_policy()?;
        self.known().await?;
        let mut inspection = connector.inspect(draft).await?;
        for row in &mut inspection.sample {
            for (cell, column) in row.iter_mut().zip(&inspection.proposal.columns) {
                let names = [column.header.as_str(), column.attribute.as_str()];
                if names.into_iter().any(never::is_never_read) {
                    cell.clear();
                }
            }
        }
        Ok(inspection)
    }
}
