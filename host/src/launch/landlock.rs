//! Landlock: which files a child may touch, whatever their modes say.
//!
//! Everything is denied but what a rule names. Execution is allowed for the program and the dynamic
//! loader only; libraries are read, not executed. From ABI 6 on, signals and abstract sockets stay
//! inside too.
//!
//! Invariant: on a kernel with an older ABI the rights it knows are handled, and the report says so.

#![allow(unsafe_code)]

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, Scope,
};

use super::Program;
use crate::error::{HostError, Result};

/// The newest ABI whose rights are used. Later ones also govern connecting to sockets by path,
/// which the database and the host's directories already decide by uid.
const NEWEST: ABI = ABI::V7;

/// Where dynamic libraries lie.
const LIBRARIES: [&str; 4] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];
/// The dynamic loaders of the architectures we build for.
const LOADERS: [&str; 3] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-linux-riscv64-lp64d.so.1",
];
/// What every program may read.
const COMMON: [&str; 5] = [
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/urandom",
    "/dev/zero",
];

/// Where a TLS client finds the certificates that the machine trusts.
pub const TRUSTED_ROOTS: [&str; 4] = [
    "/etc/ssl",
    "/etc/pki",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
];
/// What a name resolver reads.
pub const NAME_RESOLUTION: [&str; 5] = [
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
];

/// The Landlock version of this kernel; 0 without Landlock.
pub fn abi() -> u32 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call takes no memory and makes nothing.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<u8>(),
            0usize,
            VERSION,
        )
    };
    u32::try_from(answer).unwrap_or(0)
}

/// What a child may do with files.
#[derive(Debug, Default)]
pub struct Rules {
    read: Vec<PathBuf>,
    own: Vec<PathBuf>,
}

impl Rules {
    /// Nothing but the program, its libraries and a few devices.
    pub fn new() -> Self {
        Self::default()
    }

    /// May read a file, or everything below a directory. What does not exist is passed over.
    pub fn read(mut self, path: impl Into<PathBuf>) -> Self {
        self.read.push(path.into());
        self
    }

    /// May make, change and remove everything below a directory.
    pub fn own(mut self, path: impl Into<PathBuf>) -> Self {
        self.own.push(path.into());
        self
    }

    /// The ruleset, or `None` on a kernel without Landlock.
    pub fn build(&self, program: &Program) -> Result<Option<OwnedFd>> {
        if abi() == 0 {
            return Ok(None);
        }
        self.ruleset(program).map(Into::into).map_err(|e| {
            HostError::new(
                "host.landlock",
                format!(
                    "the file rules of {} cannot be made",
                    program.path().display()
                ),
            )
            .because(e)
        })
    }

    fn ruleset(&self, program: &Program) -> Result<RulesetCreated, landlock::RulesetError> {
        let mut rules = Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?
            .add_rule(PathBeneath::new(
                program.fd(),
                AccessFs::Execute | AccessFs::ReadFile,
            ))?;
        let reading = AccessFs::ReadFile | AccessFs::ReadDir;
        for loader in LOADERS {
            rules = allow(
                rules,
                Path::new(loader),
                AccessFs::Execute | AccessFs::ReadFile,
            )?;
        }
        for path in LIBRARIES.iter().chain(&COMMON) {
            rules = allow(rules, Path::new(path), reading)?;
        }
        rules = allow(
            rules,
            Path::new("/dev/null"),
            AccessFs::ReadFile | AccessFs::WriteFile,
        )?;
        for path in &self.read {
            rules = allow(rules, path, reading)?;
        }
        // Sockets, devices and programs are never made there.
        let owning = AccessFs::from_all(NEWEST)
            & !(AccessFs::Execute
                | AccessFs::MakeChar
                | AccessFs::MakeBlock
                | AccessFs::MakeSock
                | AccessFs::MakeFifo
                | AccessFs::IoctlDev);
        for path in &self.own {
            rules = allow(rules, path, owning)?;
        }
        Ok(rules)
    }
}

fn allow(
    rules: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, landlock::RulesetError> {
    let Ok(fd) = PathFd::new(path) else {
        return Ok(rules);
    };
    let rights = if path.is_dir() {
        rights
    } else {
        rights & AccessFs::from_file(NEWEST)
    };
    rules.add_rule(PathBeneath::new(fd, rights))
}
