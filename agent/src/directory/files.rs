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
    Arc::new(CsvConnector::new(folder(home, config)))
}

fn folder(home: &Home, config: &FileDirectory) -> FolderConfig {
    let mut folder = FolderConfig::new(
        &config.name,
        &config.folder,
        &config.pattern,
        home.directory(),
    );
    folder.settle = Duration::from_millis(config.settle_ms);
    folder.poll = Duration::from_millis(config.poll_ms);
    folder.bytes_max = config.bytes_max;
    folder
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DirectoryConfig;
    use crate::home::write_private;
    use crate::policy::PolicyFile;

    fn home(temporary: &tempfile::TempDir) -> Home {
        Home::create(&temporary.path().join("data")).unwrap()
    }

    #[test]
    fn the_folder_and_its_limits_are_those_of_the_host() {
        let temporary = tempfile::tempdir().unwrap();
        let home = home(&temporary);
        let config = FileDirectory {
            name: "HR".into(),
            folder: "/srv/hr".into(),
            pattern: "workers-*.csv".into(),
            settle_ms: 1_234,
            poll_ms: 5_678,
            bytes_max: 9_012,
        };

        let FolderConfig {
            name,
            folder,
            pattern,
            spool,
            settle,
            poll,
            bytes_max,
        } = super::folder(&home, &config);

        assert_eq!((name.as_str(), pattern.as_str()), ("HR", "workers-*.csv"));
        assert_eq!((folder, spool.as_path()), (config.folder, home.directory()));
        assert_eq!(settle, Duration::from_millis(1_234));
        assert_eq!(poll, Duration::from_millis(5_678));
        assert_eq!(bytes_max, 9_012);
    }

    #[tokio::test]
    async fn nothing_is_inspected_under_a_policy_file_that_is_not_valid() {
        let temporary = tempfile::tempdir().unwrap();
        let home = home(&temporary);
        let folder = temporary.path().join("drop");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.csv"), "ID,Name\n1,Ann\n").unwrap();
        let config = DirectoryConfig::HrFile(FileDirectory {
            name: "HR".into(),
            folder,
            pattern: "*.csv".into(),
            settle_ms: 1,
            poll_ms: 5,
            bytes_max: 1_000,
        });
        let policy = Arc::new(PolicyFile::new(home.policy()));
        write_private(&home.policy(), b"").unwrap();
        let directory = Directory::configured(&home, Some(config), policy);
        assert_eq!(directory.inspect(None).await.unwrap().rows, 1);

        write_private(&home.policy(), b"writes = maybe").unwrap();

        let refused = directory.inspect(None).await.unwrap_err();
        assert_eq!(refused.code, "agent.policy_invalid");
    }
}
