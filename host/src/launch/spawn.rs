//! From a [`Launch`] to a process.
//!
//! Invariants: the thread that forks lives as long as the host, because the kernel ends a child with
//! the *thread* that started it; between fork and exec nothing allocates, locks or unwinds.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int};
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::process::Stdio;
use std::sync::{OnceLock, mpsc};

use seccompiler::BpfProgram;
use tokio::process::{Child, Command};

use super::{Launch, Limit, Streams};
use crate::error::{HostError, Result};
use crate::identities::Identity;

/// The child's own descriptors begin here.
const FIRST: RawFd = 3;
/// Descriptors that are moved into place come from here on, out of the way of the places.
const ASIDE: RawFd = 32;
const CLOSE_RANGE_CLOEXEC: u32 = 4;

type Job = Box<dyn FnOnce() + Send>;

/// Runs a job on the one thread that starts processes.
fn on_launcher_thread(job: Job) -> bool {
    static LAUNCHER: OnceLock<Option<mpsc::Sender<Job>>> = OnceLock::new();
    let sender = LAUNCHER.get_or_init(|| {
        let (sender, jobs) = mpsc::channel::<Job>();
        let run = move || jobs.into_iter().for_each(|job| job());
        std::thread::Builder::new()
            .name("launcher".into())
            .spawn(run)
            .ok()
            .map(|_| sender)
    });
    sender
        .as_ref()
        .is_some_and(|sender| sender.send(job).is_ok())
}

impl Launch {
    pub(super) async fn spawn(self) -> Result<Child> {
        let name = self.name.clone();
        let runtime = tokio::runtime::Handle::current();
        let (answer, answered) = tokio::sync::oneshot::channel();
        let sent = on_launcher_thread(Box::new(move || {
            let _inside = runtime.enter();
            let _ = answer.send(self.fork());
        }));
        match answered.await {
            Ok(child) if sent => child,
            _ => Err(HostError::new(
                "host.launch",
                format!("{name} cannot be started: the launcher thread is gone"),
            )),
        }
    }

    fn fork(self) -> Result<Child> {
        let failed = |stage: &str, e: io::Error| {
            HostError::new(
                "host.launch",
                format!("{} cannot be started: {stage}", self.name),
            )
            .because(e)
        };
        let _places = occupy_low_descriptors().map_err(|e| failed("reserving descriptors", e))?;
        let (mut stage_read, stage_write) = io::pipe().map_err(|e| failed("opening a pipe", e))?;
        let plan = Plan {
            program: aside(&self.program.fd).map_err(|e| failed("keeping the program open", e))?,
            arguments: Pointers::to(&self.arguments),
            environment: Pointers::to(&self.environment),
            identity: self.identity.clone(),
            descriptors: self
                .descriptors
                .iter()
                .map(aside)
                .collect::<io::Result<_>>()
                .map_err(|e| failed("keeping its descriptors open", e))?,
            limits: self.limits.clone(),
            landlock: self
                .confinement
                .landlock
                .as_ref()
                .map(aside)
                .transpose()
                .map_err(|e| failed("keeping the Landlock rules open", e))?,
            filters: self.confinement.filters.clone(),
            directory: self.directory.clone(),
            dies_with: self.dies_with,
            // SAFETY: has no precondition.
            parent: unsafe { libc::getpid() },
            stage: aside(&OwnedFd::from(stage_write)).map_err(|e| failed("opening a pipe", e))?,
        };

        let mut command = Command::new(&self.program.path);
        let (input, output) = match self.streams {
            Streams::Logged => (Stdio::null(), Stdio::piped()),
            Streams::Quiet => (Stdio::null(), Stdio::null()),
            Streams::Piped => (Stdio::piped(), Stdio::piped()),
        };
        command
            .stdin(input)
            .stdout(output)
            .stderr(Stdio::piped())
            .env_clear()
            .kill_on_drop(true);
        // SAFETY: `Plan::execute` makes system calls on memory that was prepared above, and nothing
        // else: it neither allocates nor takes a lock.
        unsafe { command.pre_exec(move || plan.execute()) };

        match command.spawn() {
            Ok(child) => Ok(child),
            Err(e) => {
                drop(command);
                let mut stage = [0];
                let known = stage_read.read(&mut stage).is_ok_and(|n| n == 1);
                let stage = if known {
                    Stage::name(stage[0])
                } else {
                    "forking"
                };
                Err(failed(stage, e))
            }
        }
    }
}

/// Everything between fork and exec, prepared.
struct Plan {
    program: OwnedFd,
    arguments: Pointers,
    environment: Pointers,
    identity: Option<Identity>,
    descriptors: Vec<OwnedFd>,
    limits: Vec<Limit>,
    landlock: Option<OwnedFd>,
    filters: Vec<BpfProgram>,
    directory: CString,
    dies_with: c_int,
    parent: libc::pid_t,
    stage: OwnedFd,
}

impl Plan {
    /// Never returns `Ok`: either the program runs, or the error travels to the parent.
    fn execute(&self) -> io::Result<()> {
        let mut stage = Stage::Session;
        let error = match self.steps(&mut stage) {
            Ok(never) => match never {},
            Err(error) => error,
        };
        let byte = [stage as u8];
        // SAFETY: one byte from the stack to an open pipe.
        unsafe { libc::write(self.stage.as_raw_fd(), byte.as_ptr().cast(), 1) };
        Err(error)
    }

    fn steps(&self, stage: &mut Stage) -> io::Result<std::convert::Infallible> {
        // SAFETY (whole function): system calls on integers, and on memory owned by `self`, which
        // outlives the call; each result is checked.
        unsafe {
            checked(libc::setsid())?;
            libc::umask(0o077);

            *stage = Stage::Descriptors;
            let mut place = FIRST;
            for fd in &self.descriptors {
                checked(libc::dup2(fd.as_raw_fd(), place))?;
                place += 1;
            }
            checked_long(libc::syscall(
                libc::SYS_close_range,
                place as u32,
                u32::MAX,
                CLOSE_RANGE_CLOEXEC,
            ))?;

            *stage = Stage::Identity;
            if let Some(who) = &self.identity {
                checked(libc::setgroups(who.groups.len(), who.groups.as_ptr()))?;
                checked(libc::setresgid(who.gid, who.gid, who.gid))?;
                checked(libc::setresuid(who.uid, who.uid, who.uid))?;
            }

            // After the ids: changing them clears the setting.
            *stage = Stage::ParentDeath;
            checked(libc::prctl(libc::PR_SET_PDEATHSIG, self.dies_with))?;
            if libc::getppid() != self.parent {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }

            *stage = Stage::Directory;
            checked(libc::chdir(self.directory.as_ptr()))?;

            *stage = Stage::Limits;
            for limit in &self.limits {
                let both = libc::rlimit {
                    rlim_cur: limit.value,
                    rlim_max: limit.value,
                };
                checked(libc::setrlimit(limit.resource, &both))?;
            }

            *stage = Stage::NoNewPrivileges;
            checked(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;

            *stage = Stage::Landlock;
            if let Some(rules) = &self.landlock {
                checked_long(libc::syscall(
                    libc::SYS_landlock_restrict_self,
                    rules.as_raw_fd(),
                    0,
                ))?;
            }

            *stage = Stage::Seccomp;
            for filter in &self.filters {
                put_on(filter)?;
            }

            *stage = Stage::Execute;
            libc::syscall(
                libc::SYS_execveat,
                self.program.as_raw_fd(),
                c"".as_ptr(),
                self.arguments.pointers.as_ptr(),
                self.environment.pointers.as_ptr(),
                libc::AT_EMPTY_PATH,
            );
            Err(io::Error::last_os_error())
        }
    }
}

/// Puts a filter on this thread, without seccompiler's wrapper: that one boxes its errors.
///
/// # Safety
/// None beyond the memory of `filter`, which the call reads.
unsafe fn put_on(filter: &BpfProgram) -> io::Result<()> {
    let length =
        u16::try_from(filter.len()).map_err(|_| io::Error::from_raw_os_error(libc::E2BIG))?;
    let program = libc::sock_fprog {
        len: length,
        filter: filter.as_ptr().cast_mut().cast(),
    };
    // SAFETY: `program` points at `filter`, whose elements have the kernel's layout.
    checked(unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) })
}

#[derive(Clone, Copy)]
#[repr(u8)]
enum Stage {
    Session = 1,
    Descriptors,
    Identity,
    ParentDeath,
    Directory,
    Limits,
    NoNewPrivileges,
    Landlock,
    Seccomp,
    Execute,
}

impl Stage {
    fn name(byte: u8) -> &'static str {
        const NAMES: [&str; 10] = [
            "making a session of its own",
            "putting its descriptors in place",
            "taking its uid",
            "tying it to the host",
            "entering its directory",
            "setting its limits",
            "giving up new privileges",
            "putting on Landlock",
            "putting on seccomp",
            "executing the program",
        ];
        usize::from(byte)
            .checked_sub(1)
            .and_then(|at| NAMES.get(at))
            .copied()
            .unwrap_or("forking")
    }
}

/// A C array of strings, made before the fork. The strings live in the heap and do not move.
struct Pointers {
    pointers: Vec<*const c_char>,
    _strings: Vec<CString>,
}

// SAFETY: the pointers are to strings this value owns, and nothing writes through them.
unsafe impl Send for Pointers {}
// SAFETY: as above.
unsafe impl Sync for Pointers {}

impl Pointers {
    fn to(strings: &[CString]) -> Self {
        let strings = strings.to_vec();
        let mut pointers: Vec<_> = strings.iter().map(|s| CStr::as_ptr(s)).collect();
        pointers.push(std::ptr::null());
        Self {
            pointers,
            _strings: strings,
        }
    }
}

/// What this process is held to.
pub(super) fn own_limit(resource: u32) -> u64 {
    let mut both = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the call fills the structure, or fails and leaves it.
    match unsafe { libc::getrlimit(resource, &mut both) } {
        0 => both.rlim_max,
        _ => u64::MAX,
    }
}

fn aside(fd: &OwnedFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(fd, ASIDE)?)
}

/// Fills every free number below [`ASIDE`], so that the pipe on which the standard library reports
/// a failed exec does not lie where the child's descriptors go. Dropped after the fork.
fn occupy_low_descriptors() -> io::Result<Vec<std::fs::File>> {
    let mut taken = Vec::new();
    loop {
        let file = std::fs::File::open("/dev/null")?;
        if file.as_raw_fd() >= ASIDE {
            return Ok(taken);
        }
        taken.push(file);
    }
}

fn checked(answer: c_int) -> io::Result<()> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

fn checked_long(answer: libc::c_long) -> io::Result<()> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
