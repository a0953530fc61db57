//! Starting a process with exactly what it is meant to have.
//!
//! The host opens the program while it still may, so that a program below `/root` starts for a user
//! who could not find it. Between fork and exec only system calls run, on things prepared before.
//!
//! Invariants: a child has descriptors 0 to 2, those it was given, and no other; its environment and
//! arguments are those written here; it dies with the host; a layer that was prepared and cannot be
//! put on stops the start.

mod calls;
mod child;
pub mod landlock;
pub mod layers;
pub mod seccomp;
mod spawn;

use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use seccompiler::BpfProgram;

use crate::error::{HostError, Result};
use crate::identities::Identity;

pub use child::{Ended, Process};

/// A program, found and open.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    fd: OwnedFd,
}

impl Program {
    /// Finds an executable file.
    pub fn open(path: &Path) -> Result<Self> {
        let missing = |why: String| {
            HostError::new(
                "host.program_missing",
                format!(
                    "the program {} cannot be started: {why}; install the whole release in one directory, or name it under [programs]",
                    path.display()
                ),
            )
        };
        let fd = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
            .map_err(|e| missing(e.to_string()))?;
        let about = rustix::fs::fstat(&fd).map_err(|e| missing(e.to_string()))?;
        let is_file = rustix::fs::FileType::from_raw_mode(about.st_mode).is_file();
        if !is_file || about.st_mode & 0o001 == 0 {
            return Err(missing("it is not a file that everyone may execute".into()));
        }
        Ok(Self {
            path: path.to_owned(),
            fd,
        })
    }

    /// Where it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open file, for rules about it.
    pub fn fd(&self) -> impl AsFd + '_ {
        &self.fd
    }
}

/// One resource limit, soft and hard alike.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited, as the C library names it.
    pub resource: u32,
    /// To how much.
    pub value: u64,
}

/// What confines a child beyond its uid.
#[derive(Debug, Default)]
pub struct Confinement {
    /// A Landlock ruleset.
    pub landlock: Option<OwnedFd>,
    /// Seccomp filters, put on in this order.
    pub filters: Vec<BpfProgram>,
}

/// What the child's standard input and output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// Input empty, output and errors come to the host as lines.
    Logged,
    /// Input empty, output thrown away, errors come to the host as lines.
    Quiet,
    /// Input and output are the caller's, errors come to the host as lines.
    Piped,
}

/// A process to be started.
#[derive(Debug)]
pub struct Launch {
    name: String,
    program: Program,
    arguments: Vec<CString>,
    environment: Vec<CString>,
    identity: Option<Identity>,
    descriptors: Vec<OwnedFd>,
    limits: Vec<Limit>,
    confinement: Confinement,
    directory: CString,
    dies_with: i32,
    streams: Streams,
}

impl Launch {
    /// A process with no argument but its own path, an empty environment, the host's ids, `/` as
    /// its directory, no core file, and SIGKILL when the host dies.
    pub fn new(name: impl Into<String>, program: Program) -> Result<Self> {
        let own_path = c_string(program.path.as_os_str().as_bytes())?;
        Ok(Self {
            name: name.into(),
            program,
            arguments: vec![own_path],
            environment: Vec::new(),
            identity: None,
            descriptors: Vec::new(),
            limits: vec![Limit {
                resource: libc::RLIMIT_CORE,
                value: 0,
            }],
            confinement: Confinement::default(),
            directory: c"/".to_owned(),
            dies_with: libc::SIGKILL,
            streams: Streams::Logged,
        })
    }

    /// Adds an argument. Arguments can be read by every user of the machine.
    pub fn argument(mut self, text: impl AsRef<std::ffi::OsStr>) -> Result<Self> {
        self.arguments.push(c_string(text.as_ref().as_bytes())?);
        Ok(self)
    }

    /// Adds an environment variable.
    pub fn variable(mut self, name: &str, value: &str) -> Result<Self> {
        self.environment
            .push(c_string(format!("{name}={value}").as_bytes())?);
        Ok(self)
    }

    /// As this user; `None` keeps the host's ids.
    pub fn identity(mut self, identity: Option<Identity>) -> Self {
        self.identity = identity;
        self
    }

    /// Hands over descriptors as 3, 4, 5, … in this order.
    pub fn descriptors(mut self, descriptors: Vec<OwnedFd>) -> Self {
        self.descriptors = descriptors;
        self
    }

    /// Adds a resource limit: this, or what the host itself is held to where that is less.
    pub fn limit(mut self, resource: u32, value: u64) -> Self {
        let value = value.min(spawn::own_limit(resource));
        self.limits.push(Limit { resource, value });
        self
    }

    /// Inside these layers.
    pub fn confinement(mut self, confinement: Confinement) -> Self {
        self.confinement = confinement;
        self
    }

    /// In this directory.
    pub fn directory(mut self, directory: &Path) -> Result<Self> {
        self.directory = c_string(directory.as_os_str().as_bytes())?;
        Ok(self)
    }

    /// With this signal when the host dies, instead of SIGKILL.
    pub fn dies_with(mut self, signal: i32) -> Self {
        self.dies_with = signal;
        self
    }

    /// With these standard streams.
    pub fn streams(mut self, streams: Streams) -> Self {
        self.streams = streams;
        self
    }
}

fn c_string(bytes: &[u8]) -> Result<CString> {
    CString::new(bytes)
        .map_err(|_| HostError::new("host.launch", "an argument of a program holds a zero byte"))
}
