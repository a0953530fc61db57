//! A process of the lab: in a group of its own, ended with everything it started.
//!
//! Invariants: dropping a `Child` kills the whole group and reaps it; the kernel kills it when this
//! process dies, however that happens.

use crate::{LabError, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::Path,
    process::{self, Command, Stdio},
    sync::{LazyLock, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(crate) struct Child {
    process: process::Child,
    ended: bool,
}

impl Child {
    /// Starts a program with its output in `log`.
    pub(crate) fn start<S: AsRef<OsStr>>(
        program: &str,
        arguments: &[S],
        log: &Path,
    ) -> Result<Self> {
        Self::start_with(program, arguments, log, Stdio::null())
    }

    /// Starts a program whose standard output the caller may read (`Stdio::piped()`).
    pub(crate) fn start_piped<S: AsRef<OsStr>>(
        program: &str,
        arguments: &[S],
        log: &Path,
    ) -> Result<(Self, process::ChildStdout)> {
        let mut child = Self::start_with(program, arguments, log, Stdio::piped())?;
        let output = child
            .process
            .stdout
            .take()
            .ok_or_else(|| LabError::command(program, "no output"))?;
        Ok((child, output))
    }

    fn start_with<S: AsRef<OsStr>>(
        program: &str,
        arguments: &[S],
        log: &Path,
        stdout: Stdio,
    ) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        let file = File::create(log).map_err(LabError::file("write", log))?;
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--", program])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(file)
            .process_group(0);
        let process =
            spawn(command).map_err(|error| LabError::command(program, error.to_string()))?;
        Ok(Self {
            process,
            ended: false,
        })
    }

    /// Whether the program still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        if !self.ended && !matches!(self.process.try_wait(), Ok(None)) {
            self.ended = true;
        }
        !self.ended
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| !self.ended) {
            // The group may be gone already: that is what was wanted.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Asks the group to end, and kills what is left after `grace`.
    pub(crate) fn stop(&mut self, grace: Duration) {
        self.signal(Signal::TERM);
        let deadline = Instant::now() + grace;
        while self.is_alive() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        self.kill();
    }

    /// Kills the whole group and reaps the program.
    pub(crate) fn kill(&mut self) {
        // A stopped group takes the kill as well.
        self.signal(Signal::KILL);
        if !self.ended {
            let _ = self.process.wait();
            self.ended = true;
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

type Job = (Command, mpsc::Sender<io::Result<process::Child>>);

/// Starts the command from a thread that lives as long as this process: the kernel's "signal on
/// parent's death" means the thread that started the child, and a test's thread ends early.
fn spawn(command: Command) -> io::Result<process::Child> {
    static STARTER: LazyLock<Mutex<mpsc::Sender<Job>>> = LazyLock::new(|| {
        let (jobs, inbox) = mpsc::channel::<Job>();
        thread::spawn(move || {
            for (mut command, answer) in inbox {
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(jobs)
    });
    let (answer, outcome) = mpsc::channel();
    STARTER
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .send((command, answer))
        .map_err(|_| io::Error::other("the lab's starter thread is gone"))?;
    outcome
        .recv()
        .map_err(|_| io::Error::other("the lab's starter thread is gone"))?
}

/// A command that is ended after five minutes: a directory that was paused or killed must fail a
/// test, not hang it.
pub(crate) fn bounded(program: &str) -> Command {
    let mut command = Command::new(BOUND[0]);
    command.args([BOUND[1], program]);
    command
}

const BOUND: [&str; 2] = ["timeout", "300"];

/// Runs a command to its end and answers its standard output; its error output is the reason of a failure.
pub(crate) fn run(command: &mut Command) -> Result<Vec<u8>> {
    run_with_input(command, &[])
}

/// Like [`run`], with bytes on standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Result<Vec<u8>> {
    use std::io::Write;
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let name = words
        .map(OsStr::to_string_lossy)
        .find(|word| !BOUND.contains(&&**word));
    let name = name.unwrap_or_default().into_owned();
    let failed = |error: io::Error| LabError::command(name.clone(), error.to_string());
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut stdin = process.stdin.take();
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // A program that ends without reading all of its input says why in its own words.
            let _ = stdin.take().map(|mut pipe| pipe.write_all(input));
        });
        process.wait_with_output()
    })
    .map_err(failed)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(LabError::command(
        name,
        format!(
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&said).trim()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_outlives_the_thread_that_started_it_and_ends_with_its_group_on_drop() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let path = log.path().to_owned();
        let mut child =
            thread::spawn(move || Child::start("bash", &["-c", "sleep 600 & sleep 600"], &path))
                .join()
                .unwrap()
                .unwrap();
        assert!(child.is_alive());
        let group = Pid::from_raw(i32::try_from(child.process.id()).unwrap()).unwrap();

        drop(child);

        let deadline = Instant::now() + Duration::from_secs(10);
        while rustix::process::test_kill_process_group(group).is_ok() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        assert!(rustix::process::test_kill_process_group(group).is_err());
    }

    #[test]
    fn a_failing_command_says_what_it_printed() {
        let error =
            run(Command::new("bash").args(["-c", "echo no such realm >&2; exit 3"])).unwrap_err();

        assert!(error.to_string().contains("no such realm"), "{error}");
    }
}
