//! Time, memory and processor of a step.

use std::time::{Duration, Instant};

/// What a step took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// From its beginning to its end.
    pub wall: Duration,
    /// Of this process.
    pub cpu: Duration,
    /// The most memory that this process has held since the step began, in bytes.
    pub peak: u64,
}

/// A clock that runs.
pub struct Clock {
    began: Instant,
    cpu: Duration,
}

impl Clock {
    /// Starts.
    pub fn start() -> Self {
        // "5" makes the peak begin anew at what is held now (proc(5), clear_refs).
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self {
            began: Instant::now(),
            cpu: cpu(),
        }
    }

    /// What passed.
    pub fn stop(&self) -> Took {
        Took {
            wall: self.began.elapsed(),
            cpu: cpu().saturating_sub(self.cpu),
            peak: status("VmHWM:"),
        }
    }
}

fn status(field: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(field));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// User and system time of this process: fields 14 and 15 of proc(5)'s `stat`, in hundredths of a second.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
