//! The agent's data directory and how files in it are read and written.
//!
//! Invariants: the directory is its owner's alone; secrets are in files that only their owner may read,
//! and are refused otherwise; a file is replaced whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::error::AgentError;

/// The largest of these files; a longer one is none of ours.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The data directory.
#[derive(Debug, Clone)]
pub struct Home(PathBuf);

impl Home {
    /// An existing data directory.
    pub fn open(directory: &Path) -> Result<Self, AgentError> {
        let metadata =
            fs::metadata(directory).map_err(|e| AgentError::file("opened", directory, &e))?;
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(AgentError::new(
                "agent.data_exposed",
                format!(
                    "Others than its owner may write to {}.",
                    directory.display()
                ),
                format!("Run `chmod 700 {}`.", directory.display()),
            ));
        }
        Ok(Self(directory.to_owned()))
    }

    /// The data directory, made if it is missing.
    pub fn create(directory: &Path) -> Result<Self, AgentError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|e| AgentError::file("created", directory, &e))?;
        Self::open(directory)
    }

    /// The directory itself.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The configuration file.
    pub fn config(&self) -> PathBuf {
        self.path("config.toml")
    }

    /// The policy file.
    pub fn policy(&self) -> PathBuf {
        self.path("policy.toml")
    }

    /// The directory password.
    pub fn credential(&self) -> PathBuf {
        self.path("credential")
    }

    /// Whether the host's switch stops all writes.
    pub fn is_held(&self) -> bool {
        // What cannot be looked at counts as held.
        self.path("HOLD").try_exists().unwrap_or(true)
    }

    /// Sets or clears the host's switch.
    pub fn hold(&self, held: bool) -> Result<(), AgentError> {
        let path = self.path("HOLD");
        if held {
            return write_private(&path, b"all writes are stopped\n");
        }
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(AgentError::file("removed", &path, &e))
            }
            _ => Ok(()),
        }
    }

    /// Takes the directory for this process; a second agent on it is refused.
    pub fn lock(&self) -> Result<File, AgentError> {
        let path = self.path("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|e| AgentError::file("opened", &path, &e))?;
        file.try_lock().map_err(|_| {
            AgentError::new(
                "agent.already_running",
                format!("Another agent runs on {}.", self.0.display()),
                "Stop it first, or give this one a data directory of its own.",
            )
        })?;
        Ok(file)
    }
}

/// What tells one state of a file from another: a file that was replaced has another number, also when
/// that happened within one tick of the clock.
pub type Stamp = Option<(SystemTime, u64, u64)>;

/// The state of a file now; `None` when it is missing.
pub fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.ino(), metadata.len()))
}

/// A secret file; `None` when it is missing. One that others may read is refused.
pub fn read_private(path: &Path) -> Result<Option<Zeroizing<String>>, AgentError> {
    read(path, 0o077, "read")
}

/// A file whose content is believed; `None` when it is missing. One that others may write is refused.
pub fn read_trusted(path: &Path) -> Result<Option<String>, AgentError> {
    Ok(read(path, 0o022, "write")?.map(|text| text.as_str().to_owned()))
}

fn read(path: &Path, forbidden: u32, verb: &str) -> Result<Option<Zeroizing<String>>, AgentError> {
    let failed = |e: &io::Error| AgentError::file("read", path, e);
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|e| failed(&e))?,
    };
    // Of the opened file, so that it cannot be another one than is read.
    let metadata = file.metadata().map_err(|e| failed(&e))?;
    let ours = rustix::process::geteuid().as_raw();
    if metadata.mode() & forbidden != 0 || (metadata.uid() != ours && metadata.uid() != 0) {
        return Err(AgentError::new(
            "agent.file_exposed",
            format!("Others than the agent may {verb} {}.", path.display()),
            format!("Run `chmod 600 {}` as the agent's user.", path.display()),
        ));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|e| failed(&e))?;
    Ok(Some(text))
}

/// Replaces a file by one that only its owner may read.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), AgentError> {
    // Two writers of one file each have their own, and the later one wins.
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{write}.new", std::process::id()));
    let replace = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&temporary)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        path.parent()
            .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    };
    replace().map_err(|e| AgentError::file("written", path, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_others_may_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("credential");
        write_private(&path, b"hunter2").unwrap();
        assert_eq!(read_private(&path).unwrap().unwrap().as_str(), "hunter2");

        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();

        assert_eq!(read_private(&path).unwrap_err().code, "agent.file_exposed");
        assert!(read_trusted(&path).unwrap().is_some());
        fs::set_permissions(&path, Permissions::from_mode(0o660)).unwrap();
        assert_eq!(read_trusted(&path).unwrap_err().code, "agent.file_exposed");
    }

    #[test]
    fn a_missing_file_is_none_and_a_written_one_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        assert!(read_private(&path).unwrap().is_none());

        write_private(&path, b"1").unwrap();
        write_private(&path, b"2").unwrap();

        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"2");
    }

    #[test]
    fn two_writers_of_one_file_do_not_trip_over_each_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");

        std::thread::scope(|scope| {
            for text in ["one", "two"] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..50 {
                        write_private(path, text.as_bytes()).unwrap();
                    }
                });
            }
        });

        assert!(["one", "two"].contains(&read_private(&path).unwrap().unwrap().as_str()));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_agent_a_data_directory_and_one_switch() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::create(&directory.path().join("data")).unwrap();

        let lock = home.lock().unwrap();
        assert_eq!(home.lock().unwrap_err().code, "agent.already_running");
        drop(lock);
        assert!(home.lock().is_ok());

        assert!(!home.is_held());
        home.hold(true).unwrap();
        assert!(home.is_held());
        home.hold(false).unwrap();
        home.hold(false).unwrap();
        assert!(!home.is_held());
    }
}
