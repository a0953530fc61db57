//! A started process: waiting for it, and ending it.
//!
//! Invariants: a `Process` that is dropped is killed; asking it to end always ends it.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, ChildStdin, ChildStdout};

use super::{Launch, Streams};
use crate::error::{HostError, Result};
use crate::logs;

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: String,
    pid: u32,
    child: Child,
    streams: Option<(ChildStdin, ChildStdout)>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code, if it left by itself.
    pub code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
}

impl Ended {
    /// Whether it left by itself with code 0.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(f, "exit code {code}"),
            (None, Some(signal)) => write!(f, "signal {signal}"),
            (None, None) => f.write_str("an unknown end"),
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        Self {
            code: status.code(),
            signal: status.signal(),
        }
    }
}

impl Launch {
    /// Starts the process. Its standard error becomes lines of the host's log.
    pub async fn start(self) -> Result<Process> {
        let (name, streams) = (self.name.clone(), self.streams);
        let mut child = self.spawn().await?;
        let gone = || {
            HostError::new(
                "host.launch",
                format!("{name} ended while it was being started"),
            )
        };
        let pid = child.id().ok_or_else(gone)?;
        if let Some(errors) = child.stderr.take() {
            logs::forward(name.clone(), errors);
        }
        let streams = match (streams, child.stdin.take(), child.stdout.take()) {
            (Streams::Piped, Some(input), Some(output)) => Some((input, output)),
            (Streams::Logged, _, Some(output)) => {
                logs::forward(name.clone(), output);
                None
            }
            _ => None,
        };
        Ok(Process {
            name,
            pid,
            child,
            streams,
        })
    }
}

impl Process {
    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Its standard input and output, where the caller asked for them.
    pub fn take_streams(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.streams.take()
    }

    /// Waits for its end.
    pub async fn wait(&mut self) -> Result<Ended> {
        self.child.wait().await.map(Ended::from).map_err(|e| {
            HostError::new(
                "host.wait",
                format!("waiting for {} (process {}) failed", self.name, self.pid),
            )
            .because(e)
        })
    }

    /// Sends a signal, if it still runs.
    pub fn signal(&self, signal: rustix::process::Signal) {
        // `id` answers None once the end was collected, after which the number may be another's.
        let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok()) else {
            return;
        };
        if let Some(pid) = rustix::process::Pid::from_raw(pid) {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// Ends it: each signal in turn, with the time it is given, and SIGKILL after the last.
    pub async fn end(&mut self, signals: &[(rustix::process::Signal, Duration)]) -> Result<Ended> {
        for (signal, grace) in signals {
            self.signal(*signal);
            if let Ok(ended) = tokio::time::timeout(*grace, self.wait()).await {
                return ended;
            }
            tracing::warn!(process = %self.name, pid = self.pid, ?signal, "did not end in time");
        }
        self.signal(rustix::process::Signal::KILL);
        self.wait().await
    }
}
