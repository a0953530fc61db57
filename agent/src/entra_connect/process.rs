//! One program, run to its end under limits of time and output.
//!
//! Invariants: it gets no input, a fixed environment and no terminal; it and what it started are killed
//! when it takes too long, says too much, or is not waited for any more; the kernel kills it when the
//! agent is killed. A program that is not waited for leaves nothing behind in its process group.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, getppid, kill_process_group,
    set_parent_process_death_signal, setsid, waitid,
};
use tokio::sync::oneshot;

/// The most that is read of what a program says.
pub const OUTPUT_BYTES_MAX: usize = 1024 * 1024;
/// How much is kept of what it complains about.
const COMPLAINT_BYTES: usize = 2048;
/// How long the last bytes may take after the program and its group are gone.
const LAST_BYTES: Duration = Duration::from_secs(5);
/// What the program gets of the agent's environment: where things are, and whose Kerberos ticket or SSH
/// key it uses. A proxy's password, for one, is not among it.
const ENVIRONMENT: [&str; 10] = [
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "LANG",
    "TZ",
    "TMPDIR",
    "KRB5CCNAME",
    "KRB5_CONFIG",
    "SSH_AUTH_SOCK",
];

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// How it ended.
    pub status: ExitStatus,
    /// All of its output.
    pub output: Vec<u8>,
    /// The end of its complaints.
    pub complaint: String,
}

/// Why there is nothing to read.
#[derive(Debug)]
pub enum NotSaid {
    /// It could not be started.
    NotStarted(io::Error),
    /// It took too long and was killed.
    TimedOut,
    /// It said more than [`OUTPUT_BYTES_MAX`] and was killed.
    TooMuch,
    /// Its end or its output could not be waited for.
    Lost(String),
}

/// Runs a program to its end. Dropping the future kills it.
pub async fn run(
    program: &Path,
    arguments: Vec<String>,
    longest: Duration,
) -> Result<Said, NotSaid> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir("/")
        .env_clear()
        .envs(
            ENVIRONMENT
                .into_iter()
                .filter_map(|name| std::env::var_os(name).map(|value| (name, value))),
        )
        .env("TERM", "dumb")
        .env("NO_COLOR", "1")
        .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
        .env("POWERSHELL_UPDATECHECK", "Off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let agent = getpid();
    // SAFETY: between fork and exec nothing but three system calls on integers is made.
    unsafe {
        command.pre_exec(move || {
            // A session of its own: a group to kill, and no terminal on which anything could ask.
            setsid()?;
            set_parent_process_death_signal(Some(Signal::KILL))?;
            // Killed in between: nobody would be told any more.
            if getppid() != Some(agent) {
                return Err(rustix::io::Errno::SRCH.into());
            }
            Ok(())
        });
    }
    let group = Arc::new(Group::default());
    let _killed_when_dropped = Killer(Arc::clone(&group));
    let (done, ended) = oneshot::channel();
    let watched = Arc::clone(&group);
    // A thread of its own, because the kernel takes the end of the thread that forked for the end of the
    // parent; this one lives as long as the program.
    thread::Builder::new()
        .name("entra-connect".into())
        .spawn(move || {
            // Nobody waits any more: then the program was killed, and its end concerns nobody.
            let _ = done.send(watch(command, &watched));
        })
        .map_err(NotSaid::NotStarted)?;
    match tokio::time::timeout(longest, ended).await {
        Ok(Ok(said)) => said,
        Ok(Err(_)) => Err(NotSaid::Lost("its thread is gone".into())),
        Err(_) => Err(NotSaid::TimedOut),
    }
}

/// The process group of a program, as long as it can be killed.
#[derive(Default)]
struct Group(Mutex<Life>);

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Life {
    #[default]
    NotBegun,
    Running(Pid),
    /// Over, or not to begin.
    Over,
}

impl Group {
    /// Kills it, or keeps it from beginning.
    fn kill(&self) {
        let mut life = self.lock();
        match *life {
            // It may have ended by itself: that is what was wanted.
            Life::Running(pid) => drop(kill_process_group(pid, Signal::KILL)),
            Life::NotBegun => *life = Life::Over,
            Life::Over => {}
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Life> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Killer(Arc<Group>);

impl Drop for Killer {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// Starts the program, reads what it says and waits for its end.
fn watch(mut command: Command, group: &Arc<Group>) -> Result<Said, NotSaid> {
    let mut child = begin(&mut command, group)?;
    let (output, complaint) = (child.stdout.take(), child.stderr.take());
    let reader = Arc::clone(group);
    let output = reading(move || {
        let read = up_to(output, OUTPUT_BYTES_MAX);
        if read.is_none() {
            reader.kill();
        }
        read
    });
    let complaint = reading(move || end_of(complaint, COMPLAINT_BYTES));
    let status = end(&mut child, group)?;
    // The group is gone, so whoever held the pipes is gone: the bytes are there.
    let output = output
        .recv_timeout(LAST_BYTES)
        .map_err(|_| NotSaid::Lost("something it started keeps its output open".into()))?
        .ok_or(NotSaid::TooMuch)?;
    let complaint = complaint.recv_timeout(LAST_BYTES).unwrap_or_default();
    Ok(Said {
        status,
        output,
        complaint: String::from_utf8_lossy(&complaint).into_owned(),
    })
}

fn begin(command: &mut Command, group: &Group) -> Result<Child, NotSaid> {
    // Held while it starts: a kill meanwhile waits, and then finds it.
    let mut life = group.lock();
    if *life == Life::Over {
        return Err(NotSaid::Lost("it was not waited for".into()));
    }
    let child = command.spawn().map_err(NotSaid::NotStarted)?;
    *life = Life::Running(Pid::from_child(&child));
    Ok(child)
}

/// Waits for the program's end and leaves nothing of its group.
fn end(child: &mut Child, group: &Group) -> Result<ExitStatus, NotSaid> {
    let lost = |error: io::Error| NotSaid::Lost(error.to_string());
    let pid = Pid::from_child(child);
    // Without reaping: until then nobody else can be given its number.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while let Err(error) = waitid(WaitId::Pid(pid), options) {
        if error != rustix::io::Errno::INTR {
            group.kill();
            return Err(lost(error.into()));
        }
    }
    group.kill();
    *group.lock() = Life::Over;
    child.wait().map_err(lost)
}

/// Reads on a thread of its own, so that neither pipe holds up the other.
fn reading<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> mpsc::Receiver<T> {
    let (done, result) = mpsc::channel();
    thread::spawn(move || drop(done.send(read())));
    result
}

/// Everything, if it is not more than this.
fn up_to(source: Option<impl Read>, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut source = source?.take(most as u64 + 1);
    // A pipe that breaks ends what can be read.
    let _ = source.read_to_end(&mut bytes);
    (bytes.len() <= most).then_some(bytes)
}

/// The last bytes.
fn end_of(source: Option<impl Read>, most: usize) -> Vec<u8> {
    let mut kept: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    let Some(mut source) = source else {
        return kept;
    };
    while let Ok(read @ 1..) = source.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..read]);
        let surplus = kept.len().saturating_sub(most);
        kept.drain(..surplus);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Vec<String> {
        vec!["-c".into(), script.into()]
    }

    async fn shell(script: &str, longest: Duration) -> Result<Said, NotSaid> {
        run(Path::new("/bin/sh"), sh(script), longest).await
    }

    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn what_a_program_says_is_read_and_its_complaint_with_it() {
        let said = shell("echo out; echo why >&2; exit 3", LONG).await.unwrap();

        assert_eq!(said.output, b"out\n");
        assert_eq!(said.complaint, "why\n");
        assert_eq!(said.status.code(), Some(3));
    }

    #[tokio::test]
    async fn it_sees_a_fixed_environment_and_no_input() {
        let said = shell("cat; env", LONG).await.unwrap();

        let text = String::from_utf8(said.output).unwrap();
        for line in text.lines() {
            let name = line.split('=').next().unwrap();
            let ours = ENVIRONMENT.contains(&name)
                || ["TERM", "NO_COLOR", "PWD", "SHLVL", "_", "OLDPWD"].contains(&name)
                || name.starts_with("POWERSHELL_");
            assert!(ours, "{line}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_said_to_be_so() {
        let missing = run(Path::new("/nowhere/pwsh"), vec![], LONG).await;

        assert!(
            matches!(missing, Err(NotSaid::NotStarted(e)) if e.kind() == io::ErrorKind::NotFound)
        );
    }

    #[tokio::test]
    async fn one_that_never_stops_talking_is_killed() {
        let said = shell("exec yes", LONG).await;

        assert!(matches!(said, Err(NotSaid::TooMuch)), "{said:?}");
    }

    #[tokio::test]
    async fn a_child_that_holds_the_output_open_does_not_hold_up_the_end() {
        let said = shell("sleep 1000 & echo done", LONG).await.unwrap();

        assert_eq!(said.output, b"done\n");
    }
}
