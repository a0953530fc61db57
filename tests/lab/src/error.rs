//! What can go wrong in the lab, said so that the reader knows what to do next.

use std::{io, path::Path};

/// Why a fixture did not start or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// Domain controllers listen on port 389.
    #[error(
        "The lab cannot start a domain controller: it listens on port 389, which only root may open. \
         Run the tests as root, or through `make test`, which uses sudo. (`lab.needs_root`)"
    )]
    NeedsRoot,
    /// A command of the lab ended with an error or could not be started.
    #[error("The lab ran {command} and it failed: {reason} (`lab.command_failed`)")]
    CommandFailed {
        /// The program, without its arguments' secrets.
        command: String,
        /// What it printed last, or why it did not start.
        reason: String,
    },
    /// A file or directory of the lab could not be read or written.
    #[error("The lab could not {what} {path}: {source} (`lab.file`)")]
    File {
        /// The verb: read, write, lock and so on.
        what: &'static str,
        /// Which one.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// No loopback address is left, or something listens on port 389 of all of them.
    #[error(
        "The lab found no loopback address with ports 389 and 636 free. If an LDAP server listens on \
         every address of this machine, stop it (`ss -ltnp 'sport = :389'` names it). (`lab.no_address`)"
    )]
    NoAddress,
    /// A fixture was started and did not answer in time.
    #[error(
        "{what} did not answer within {seconds} s. The end of its log:\n{log} (`lab.not_ready`)"
    )]
    NotReady {
        /// Which fixture.
        what: String,
        /// How long the lab waited.
        seconds: u64,
        /// The end of the fixture's log.
        log: String,
    },
    /// A certificate could not be made.
    #[error("The lab could not issue a certificate: {0} (`lab.certificate`)")]
    Certificate(#[from] rcgen::Error),
}

impl LabError {
    /// Wraps an I/O error with what was tried on which path: `.map_err(LabError::file("read", path))`.
    pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::File { what, path, source }
    }

    /// A command that failed, with the end of what it printed.
    pub(crate) fn command(command: impl Into<String>, reason: impl AsRef<str>) -> Self {
        Self::CommandFailed {
            command: command.into(),
            reason: tail(reason.as_ref()),
        }
    }
}

/// The last lines of a log, enough to see why a program ended.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
