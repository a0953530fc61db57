//! What a host that was killed may have left: a database that still runs, or its lock file.
//!
//! Postgres itself takes a lock file seriously when *any* process of its user has the number in it;
//! here the process is asked what it is. Invariant: a lock file is removed only when a living process
//! has its number by chance; one whose process is gone stays, because Postgres reads in it whether
//! orphaned sessions still hold the shared memory.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::dirs::cannot;
use crate::error::{HostError, Result};

/// How long a database that runs may take to end.
const END_WAIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(25);

/// Ends a database that still serves the cluster, and removes a lock file that means nothing.
pub async fn clear(cluster: &Path) -> Result<()> {
    let lock = cluster.join("postmaster.pid");
    let text = match fs::read_to_string(&lock) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(cannot("read", &lock, e)),
    };
    let pid = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
        .and_then(Pid::from_raw);
    let Some(pid) = pid.filter(|pid| test_kill_process(*pid).is_ok()) else {
        return Ok(());
    };
    if serves(pid, cluster) {
        tracing::warn!(
            pid = pid.as_raw_nonzero().get(),
            "a database of an earlier host still runs; ending it"
        );
        return end(pid, cluster).await;
    }
    match fs::remove_file(&lock) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(cannot("remove", &lock, e)),
        _ => Ok(()),
    }
}

/// Whether a process is a database server whose directory is this cluster.
fn serves(pid: Pid, cluster: &Path) -> bool {
    let about = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    let name = fs::read_to_string(about.join("comm")).unwrap_or_default();
    let directory = fs::read_link(about.join("cwd")).ok();
    let cluster = fs::canonicalize(cluster).ok();
    name.trim() == "postgres" && directory.is_some() && directory == cluster
}

async fn end(pid: Pid, cluster: &Path) -> Result<()> {
    for signal in [Signal::INT, Signal::QUIT, Signal::KILL] {
        let _ = kill_process(pid, signal);
        let until = Instant::now() + END_WAIT;
        while Instant::now() < until {
            if test_kill_process(pid).is_err() || !serves(pid, cluster) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }
    Err(HostError::new(
        "host.database_stuck",
        format!(
            "process {} still serves {} and does not end: end it by hand",
            pid.as_raw_nonzero(),
            cluster.display()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_file_that_names_a_stranger_is_removed_and_the_stranger_lives() {
        let dir = tempfile::tempdir().unwrap();
        let lock = dir.path().join("postmaster.pid");
        fs::write(
            &lock,
            format!("{}\n{}\n", std::process::id(), dir.path().display()),
        )
        .unwrap();

        clear(dir.path()).await.unwrap();

        assert!(!lock.exists());
    }

    #[tokio::test]
    async fn a_lock_file_of_a_process_that_is_gone_is_left_to_postgres() {
        let dir = tempfile::tempdir().unwrap();
        let lock = dir.path().join("postmaster.pid");
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        fs::write(&lock, format!("{}\n", gone.id())).unwrap();

        clear(dir.path()).await.unwrap();

        assert!(lock.exists());
    }
}
