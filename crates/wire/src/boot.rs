//! What a process gets from the host when it starts: descriptors and one document.
//!
//! | fd | runner | API | egress |
//! |---|---|---|---|
//! | 3 | its listening unix socket, bound | write end of a pipe: one [`Ready`] line once it listens | the listening egress socket, bound |
//! | 4 | pipe with one [`Boot`] document, then end of file | the same with [`ApiBoot`] | the same with [`EgressBoot`] |
//! | 5 | socket to the host for compile requests | – | – |
//! | 6 | the runtime that rule programs import, sealed | – | – |
//!
//! Invariants: everything secret comes over fd 4 and nothing over argv or environment; a document
//! of another format number is refused; secrets have no readable `Debug`.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use syncline_model::TenantId;
use syncline_model::cloud::Cloud;
use syncline_model::outlet::Outlets;
use zeroize::Zeroize;

use crate::host::Isolation;
pub use crate::secret::{Key32, Secret};

/// The number a document must carry; raised when a reader of the old form would misread the new.
pub const FORMAT: u16 = 1;

/// The descriptor of the runner's listening socket, and of the API's ready pipe.
pub const FD_LISTENER: i32 = 3;
/// The descriptor of the document.
pub const FD_DOCUMENT: i32 = 4;
/// The descriptor of the compile channel.
pub const FD_COMPILE: i32 = 5;
/// The descriptor of the rule runtime.
pub const FD_RUNTIME: i32 = 6;

/// No document is longer.
const DOCUMENT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// How to reach a database: always over a unix socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// The directory of the socket.
    pub socket_dir: PathBuf,
    /// The port number in the socket's name.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The role to log in as.
    pub role: String,
    /// Its password; absent where the server asks for the peer's uid instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The schema that belongs to the role; absent in the control database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// Bounds the host sets around a runner, for the runner's own planning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Private writable memory beyond which allocation fails.
    pub memory_bytes: u64,
    /// Open descriptors.
    pub open_files: u64,
    /// Threads of the runner's uid.
    pub threads: u64,
    /// The largest single file it may write.
    pub file_bytes: u64,
    /// Connections its role may hold at once.
    pub database_connections: u32,
    /// The longest compile request and answer the host relays.
    pub compile_bytes: u32,
}

/// What to log and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// JSON lines or text.
    pub format: LogFormat,
    /// A filter in the form of `RUST_LOG`, such as `info` or `info,syncline_runner=debug`.
    pub filter: String,
}

/// The form of log lines on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The document of a runner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Must be [`FORMAT`].
    pub format: u16,
    /// Whose runner this is.
    pub tenant: TenantId,
    /// The owner generation it may write under.
    pub generation: i64,
    /// Its schema.
    pub database: Database,
    /// The tenant's data key.
    pub data_key: Key32,
    /// The Ed25519 key that the API's assertions are checked with, base64 of 32 bytes.
    pub assertion_public_key: String,
    /// The only uid whose connections are answered (`SO_PEERCRED`).
    pub api_uid: u32,
    /// A directory of its own, the only place where it may write files. It survives restarts.
    pub state_dir: PathBuf,
    /// The socket at which connections to clouds and outlets are asked for; see [`crate::egress`].
    pub egress_socket: PathBuf,
    /// The clouds that it may connect directories of.
    pub clouds: Vec<Cloud>,
    /// Where notifications may go.
    pub outlets: Outlets,
    /// The password at the mail relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_password: Option<Secret>,
    /// What it may use.
    pub limits: Limits,
    /// The release that runs.
    pub build: String,
    /// What to log and how.
    pub log: Log,
    /// Where traces go, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
    /// The layers it runs inside.
    pub isolation: Isolation,
}

/// The document of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiBoot {
    /// Must be [`FORMAT`].
    pub format: u16,
    /// The control database as the application role: not its owner, row-level security forced.
    pub database: Database,
    /// The same as the collector's role, which may only insert into the ledger.
    pub collector: Database,
    /// The host's socket.
    pub host_socket: PathBuf,
    /// The directory with one folder a tenant and `api.sock` in it.
    pub runners_dir: PathBuf,
    /// Where to listen for HTTP.
    pub listen: String,
    /// The address browsers and agents use, such as `https://syncline.example`.
    pub public_url: String,
    /// The seed of the Ed25519 key that signs assertions. New at each start of the host.
    pub assertion_signing_key: Key32,
    /// A key of the API's own that stays the same over restarts: cursors, CSRF tokens, hashes.
    pub api_key: Key32,
    /// A directory of its own, the only place where it may write files.
    pub state_dir: PathBuf,
    /// The console's files, copied by the host to where the API may read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_dir: Option<PathBuf>,
    /// The table `[api.settings]` of the host's configuration, handed on unread.
    #[serde(default)]
    pub settings: serde_json::Value,
    /// The files named in `[api.secrets]`, read by the host: the identity client's key and the like.
    #[serde(default)]
    pub secrets: BTreeMap<String, Secret>,
    /// What this machine gives to runners.
    pub isolation: Isolation,
    /// The release that runs.
    pub build: String,
    /// What to log and how.
    pub log: Log,
    /// Where traces go, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
}

/// The document of the way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EgressBoot {
    /// Must be [`FORMAT`].
    pub format: u16,
    /// The clouds whose hosts may be dialled.
    pub clouds: Vec<Cloud>,
    /// The outlets of notifications, which may be dialled too.
    pub outlets: Outlets,
    /// Who is answered (`SO_PEERCRED`).
    pub runners: RunnerUids,
    /// What to log and how.
    pub log: Log,
}

/// The uids of a host's runners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunnerUids {
    /// Every second number from `first` on, below `end`: those between are of compilers.
    Own {
        /// The first.
        first: u32,
        /// The first number that is none.
        end: u32,
    },
    /// All processes share this one.
    Shared(u32),
}

impl RunnerUids {
    /// Whether a process of this uid is a runner.
    pub fn contains(self, uid: u32) -> bool {
        match self {
            Self::Own { first, end } => {
                (first..end).contains(&uid) && (uid - first).is_multiple_of(2)
            }
            Self::Shared(shared) => uid == shared,
        }
    }
}

/// What the API writes on fd 3 once it listens; then it closes the descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The address it really listens on (the configured port may be 0).
    pub listen: String,
}

/// A document that states its format.
pub trait Document: DeserializeOwned {
    /// The format it says it has.
    fn format(&self) -> u16;
}

impl Document for Boot {
    fn format(&self) -> u16 {
        self.format
    }
}

impl Document for EgressBoot {
    fn format(&self) -> u16 {
        self.format
    }
}

impl Document for ApiBoot {
    fn format(&self) -> u16 {
        self.format
    }
}

/// Why a process cannot start with what it was given.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The descriptor is missing or broken.
    #[error(
        "descriptor {fd} cannot be used: {source}. This program is started by syncline-host, not by hand. (boot.descriptor)"
    )]
    Descriptor {
        /// Which.
        fd: i32,
        /// Why.
        source: io::Error,
    },
    /// The document is not one.
    #[error(
        "the boot document cannot be read: {0}. Host and program are of different releases. (boot.document)"
    )]
    Document(String),
    /// The document has another format.
    #[error(
        "the boot document has format {found}, this program reads {FORMAT}: install one release on the whole machine. (boot.format)"
    )]
    Format {
        /// The number in the document.
        found: u16,
    },
}

/// Reads a document to its end.
pub fn read_document<T: Document>(reader: impl Read) -> Result<T, BootError> {
    let mut text = Vec::new();
    let read = reader.take(DOCUMENT_BYTES_MAX).read_to_end(&mut text);
    let parsed = read
        .map_err(|source| BootError::Descriptor {
            fd: FD_DOCUMENT,
            source,
        })
        // The parser's own text may quote the document, which holds secrets: position only.
        .and_then(|_| {
            serde_json::from_slice::<T>(&text).map_err(|e| {
                BootError::Document(format!("line {}, column {}", e.line(), e.column()))
            })
        });
    text.zeroize();
    let document = parsed?;
    match document.format() {
        FORMAT => Ok(document),
        found => Err(BootError::Format { found }),
    }
}

/// Writes a document and nothing after it.
pub fn write_document(mut writer: impl Write, document: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(document)?;
    let written = writer.write_all(&text).and_then(|()| writer.flush());
    text.zeroize();
    written
}

/// What a runner was started with. See [`take_runner`].
#[cfg(unix)]
#[derive(Debug)]
pub struct RunnerStart {
    /// The document.
    pub boot: Boot,
    /// The listening socket.
    pub listener: std::os::unix::net::UnixListener,
    /// The compile channel; see [`crate::compile`].
    pub compile: std::os::unix::net::UnixStream,
    /// Native code that rule programs import; see [`crate::compile::RUNTIME`].
    pub runtime: std::fs::File,
}

/// Takes over what the host gave to this runner. Call it once, first thing in `main`, before any
/// descriptor is opened: the numbers 3 to 6 are taken on trust.
///
/// It also forbids core files and tracing of this process by others of its uid.
#[cfg(unix)]
pub fn take_runner() -> Result<RunnerStart, BootError> {
    undumpable();
    let boot = read_document(std::fs::File::from(inherited(FD_DOCUMENT)?))?;
    let listener = std::os::unix::net::UnixListener::from(inherited(FD_LISTENER)?);
    let compile = std::os::unix::net::UnixStream::from(inherited(FD_COMPILE)?);
    let runtime = std::fs::File::from(inherited(FD_RUNTIME)?);
    Ok(RunnerStart {
        boot,
        listener,
        compile,
        runtime,
    })
}

/// What the API was started with. See [`take_api`].
#[cfg(unix)]
#[derive(Debug)]
pub struct ApiStart {
    /// The document.
    pub boot: ApiBoot,
    /// Tell the host here that the door is open; see [`Ready::send`].
    pub ready: std::fs::File,
}

/// Takes over what the host gave to this API process; as [`take_runner`].
#[cfg(unix)]
pub fn take_api() -> Result<ApiStart, BootError> {
    undumpable();
    let boot = read_document(std::fs::File::from(inherited(FD_DOCUMENT)?))?;
    let ready = std::fs::File::from(inherited(FD_LISTENER)?);
    Ok(ApiStart { boot, ready })
}

/// What the way out was started with. See [`take_egress`].
#[cfg(unix)]
#[derive(Debug)]
pub struct EgressStart {
    /// The document.
    pub boot: EgressBoot,
    /// The listening socket.
    pub listener: std::os::unix::net::UnixListener,
}

/// Takes over what the host gave to this process; as [`take_runner`].
#[cfg(unix)]
pub fn take_egress() -> Result<EgressStart, BootError> {
    undumpable();
    let boot = read_document(std::fs::File::from(inherited(FD_DOCUMENT)?))?;
    let listener = std::os::unix::net::UnixListener::from(inherited(FD_LISTENER)?);
    Ok(EgressStart { boot, listener })
}

impl Ready {
    /// Writes the line and closes the pipe.
    pub fn send(&self, mut pipe: impl Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        pipe.write_all(&line)?;
        pipe.flush()
    }
}

#[cfg(unix)]
fn undumpable() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Takes ownership of an inherited descriptor, and keeps it from children of this process.
#[cfg(unix)]
#[allow(unsafe_code)]
fn inherited(fd: i32) -> Result<std::os::fd::OwnedFd, BootError> {
    use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};

    let unusable = |source: rustix::io::Errno| BootError::Descriptor {
        fd,
        source: source.into(),
    };
    // SAFETY: borrowed only for this call; a descriptor that is not open answers EBADF.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    rustix::io::fcntl_setfd(borrowed, rustix::io::FdFlags::CLOEXEC).map_err(unusable)?;
    // SAFETY: open, as the call above has shown, and given to this process by the host for no one
    // else: the functions that call this are documented to run once, before anything is opened.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> Ready {
        Ready {
            listen: "127.0.0.1:1".into(),
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let database = Database {
            socket_dir: "/run/x".into(),
            port: 5432,
            database: "syncline_cell_0001".into(),
            role: "t_1".into(),
            password: Some(Secret::new("hunter2")),
            schema: None,
        };

        let printed = format!("{database:?} {:?}", Key32::new([7; 32]));

        assert!(
            !printed.contains("hunter2") && !printed.contains("7, 7"),
            "{printed}"
        );
    }

    #[test]
    fn a_broken_document_is_refused_without_quoting_it() {
        let text = br#"{"format":1,"data_key":"very-secret-but-not-a-key"}"#;

        let error = read_document::<Boot>(&text[..]).unwrap_err().to_string();

        assert!(
            error.contains("boot.document") && !error.contains("very-secret"),
            "{error}"
        );
    }

    #[test]
    fn the_ready_line_is_one_line() {
        let mut pipe = Vec::new();

        ready().send(&mut pipe).unwrap();

        assert_eq!(pipe, b"{\"listen\":\"127.0.0.1:1\"}\n");
    }
}
