//! Where the files are and when one counts as complete.

use std::path::PathBuf;
use std::time::Duration;

/// A folder of HR files. Everything here comes from the host; the cloud chooses none of it.
#[derive(Debug, Clone)]
pub struct FolderConfig {
    /// The HR system's name for people; the directory is pinned to it.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Which of its files are meant: a name with `*` for any characters and `?` for one.
    pub pattern: String,
    /// Where a copy lies while it is read. As private as the files: nobody else may read it.
    pub spool: PathBuf,
    /// How long a file must not change before it counts as complete.
    pub settle: Duration,
    /// How often the folder is looked at for a new file. Looking is all that also works on network shares.
    pub poll: Duration,
    /// The largest file that is read, in bytes.
    pub bytes_max: u64,
}

impl FolderConfig {
    /// A folder with the usual limits: complete after 2 seconds, looked at every 10, at most 1 GiB.
    pub fn new(
        name: impl Into<String>,
        folder: impl Into<PathBuf>,
        pattern: impl Into<String>,
        spool: impl Into<PathBuf>,
    ) -> Self {
        Self {
            name: name.into(),
            folder: folder.into(),
            pattern: pattern.into(),
            spool: spool.into(),
            settle: Duration::from_secs(2),
            poll: Duration::from_secs(10),
            bytes_max: 1 << 30,
        }
    }
}
