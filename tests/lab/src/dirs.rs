//! Where the lab keeps things: templates in the user's cache, running copies on tmpfs.
//!
//! Invariants: a run directory is locked by the process that owns it, so a directory whose lock is
//! free belongs to a process that was killed, and the next lab removes it.

use crate::{LabError, Result};
use std::{
    env,
    fs::{self, File, OpenOptions},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

/// `$XDG_CACHE_HOME/syncline-lab`, or the same under `~/.cache`.
pub(crate) fn cache() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("syncline-lab")
}

/// The lab's directory on tmpfs, one per user.
pub(crate) fn volatile() -> Result<PathBuf> {
    let uid = rustix::process::geteuid().as_raw();
    let parent = if Path::new("/dev/shm").is_dir() {
        PathBuf::from("/dev/shm")
    } else {
        env::temp_dir()
    };
    let path = parent.join(format!("syncline-lab-{uid}"));
    // Everybody may write to the parent: take the directory only if it is ours.
    if let Err(error) = fs::DirBuilder::new().mode(0o711).create(&path)
        && error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(LabError::file("create", &path)(error));
    }
    let owner = fs::symlink_metadata(&path).map_err(LabError::file("read", &path))?;
    if !owner.is_dir() || owner.uid() != uid {
        let foreign = std::io::Error::other("it belongs to another user; remove it");
        return Err(LabError::file("use", &path)(foreign));
    }
    Ok(path)
}

/// Creates a directory and its parents.
pub(crate) fn create(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(LabError::file("create", path))
}

/// An exclusive lock of a file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    /// Closing the file alone would leave the lock to a child that another thread is just starting.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Opens (or creates) a file and waits for its exclusive lock.
pub(crate) fn lock(path: &Path) -> Result<Lock> {
    let file = open_lock(path)?;
    file.lock().map_err(LabError::file("lock", path))?;
    Ok(Lock(file))
}

/// Like [`lock`], but answers `None` at once when somebody else has it.
pub(crate) fn try_lock(path: &Path) -> Result<Option<Lock>> {
    let file = open_lock(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(LabError::file("lock", path)(error)),
    }
}

fn open_lock(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(LabError::file("open", path))
}

/// A directory for running copies; removed on drop unless it was given by the caller.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    temporary: bool,
    _lock: Lock,
}

impl RunDir {
    /// A new directory on tmpfs. Removes those that killed processes left behind.
    pub(crate) fn temporary() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let runs = volatile()?.join("run");
        create(&runs)?;
        let _sweeping = lock(&runs.with_extension("lock"))?;
        sweep(&runs)?;
        let path = runs.join(format!(
            "{}-{}",
            process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        create(&path)?;
        let lock = lock(&path.join("lock"))?;
        Ok(Self {
            path,
            temporary: true,
            _lock: lock,
        })
    }

    /// A directory that outlives the lab, for a state that a later start continues.
    pub(crate) fn kept(path: &Path) -> Result<Self> {
        create(path)?;
        let lock = try_lock(&path.join("lock"))?.ok_or_else(|| {
            LabError::file("use", path)(std::io::Error::other("another lab is running from it"))
        })?;
        Ok(Self {
            path: path.to_owned(),
            temporary: false,
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed now is swept by the next start.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn sweep(runs: &Path) -> Result<()> {
    let entries = fs::read_dir(runs).map_err(LabError::file("list", runs))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if try_lock(&path.join("lock")).is_ok_and(|lock| lock.is_some()) {
            let _ = fs::remove_dir_all(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_free_when_it_is_dropped_whoever_has_inherited_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let held = lock(&path).unwrap();
        let inherited = held.0.try_clone().unwrap();

        assert!(try_lock(&path).unwrap().is_none());
        drop(held);

        assert!(try_lock(&path).unwrap().is_some());
        drop(inherited);
    }

    #[test]
    fn a_run_directory_is_gone_after_drop() {
        let run = RunDir::temporary().unwrap();
        let path = run.path().to_owned();
        assert!(path.is_dir());

        drop(run);

        assert!(!path.exists());
    }

    #[test]
    fn a_directory_left_by_a_killed_process_is_swept_and_a_living_one_stays() {
        let living = RunDir::temporary().unwrap();
        let orphan = living.path().with_file_name("0-0");
        create(&orphan).unwrap();
        fs::write(orphan.join("lock"), "").unwrap();

        let _next = RunDir::temporary().unwrap();

        assert!(!orphan.exists());
        assert!(living.path().is_dir());
    }

    #[test]
    fn a_kept_directory_is_used_by_one_lab_at_a_time() {
        let state = tempfile::tempdir().unwrap();
        let first = RunDir::kept(state.path()).unwrap();

        assert!(RunDir::kept(state.path()).is_err());

        drop(first);
        assert!(RunDir::kept(state.path()).is_ok());
    }
}
