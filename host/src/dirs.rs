//! The host's directories and who may enter them.
//!
//! ```text
//! <data>/host.lock          one host a data directory
//! <data>/uid-base           the first uid of this host's range
//! <data>/postgres/          the cluster: the database's user only
//! <data>/api/               the API's own
//! <data>/console/           the console's files, readable
//! <data>/runners/<tenant>/  a runner's own
//! <run>/host.sock           the API's group
//! <run>/egress.sock         the clients' group
//! <run>/pg/                 the clients' group
//! <run>/runners/<tenant>/   the API's group; api.sock inside
//! ```
//!
//! Invariants: a directory gets its owner and mode before anything is put into it; no socket's path
//! is longer than the 107 bytes a socket address holds.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rand::Rng as _;
use sha2::{Digest, Sha256};
use syncline_model::TenantId;

use crate::error::{HostError, Result};
use crate::identities::{BASES, Identities, Identity, RANGE};

/// What `sockaddr_un` holds, without the closing zero.
const SOCKET_PATH_BYTES_MAX: usize = 107;
/// The longest path below the run directory: `/runners/ten_` with 13 digits, `/api.sock`.
const BELOW_RUN_BYTES_MAX: usize = "/runners/ten_0000000000000/api.sock".len();

/// The directories of a running host. Holds the lock.
#[derive(Debug)]
pub struct Dirs {
    /// What stays.
    pub data: PathBuf,
    /// Sockets.
    pub run: PathBuf,
    _lock: File,
}

impl Dirs {
    /// Makes both directories and takes the lock.
    pub fn claim(data: &Path, run: Option<&Path>) -> Result<Self> {
        let data = std::path::absolute(data).map_err(|e| cannot("find", data, e))?;
        let is_root = nix::unistd::Uid::effective().is_root();
        let mode = if is_root { 0o711 } else { 0o700 };
        ours_or_empty(&data, "host.lock")?;
        make(&data, mode, None)?;
        let lock = lock(&data.join("host.lock"))?;
        let run = match run {
            Some(run) => std::path::absolute(run).map_err(|e| cannot("find", run, e))?,
            None => short_enough(data.join("run"), &data, is_root),
        };
        if run.as_os_str().len() + BELOW_RUN_BYTES_MAX > SOCKET_PATH_BYTES_MAX {
            return Err(HostError::new(
                "host.run_dir_long",
                format!(
                    "sockets below {} would have longer paths than the {SOCKET_PATH_BYTES_MAX} bytes a socket address holds: choose a shorter run directory",
                    run.display()
                ),
            ));
        }
        ours_or_empty(&run, "runners")?;
        make(&run, mode, None)?;
        Ok(Self {
            data,
            run,
            _lock: lock,
        })
    }

    /// The first uid of this host's range: what was remembered, what is asked for, or a random one.
    pub fn uid_base(&self, asked: Option<u32>) -> Result<u32> {
        let path = self.data.join("uid-base");
        match fs::read_to_string(&path) {
            Ok(text) => {
                let stored: Option<u32> = text.trim().parse().ok();
                let stored = stored.ok_or_else(|| {
                    HostError::new("host.uid_base", format!("{} holds no number: restore it, tenants' files belong to uids counted from it", path.display()))
                })?;
                match asked {
                    Some(asked) if asked != stored => Err(HostError::new(
                        "host.uid_base",
                        format!(
                            "this data directory's uids start at {stored}, the configuration says {asked}: remove the setting"
                        ),
                    )),
                    _ => Ok(stored),
                }
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let ranges = (BASES.end - BASES.start) / RANGE;
                let base = asked
                    .unwrap_or_else(|| BASES.start + rand::rng().random_range(0..ranges) * RANGE);
                write_new(&path, format!("{base}\n").as_bytes(), 0o600)?;
                Ok(base)
            }
            Err(e) => Err(cannot("read", &path, e)),
        }
    }

    /// Makes everything but the tenants' own directories.
    pub fn furnish(&self, who: &Identities) -> Result<()> {
        let (database, api, clients) = (who.database(), who.api(), who.clients_gid());
        if let Some(database) = &database {
            reachable(&self.data, database)?;
        }
        let open = if who.are_separate() { 0o711 } else { 0o700 };
        make(&self.data.join("runners"), open, None)?;
        make(
            &self.api_state(),
            0o700,
            api.as_ref().map(|a| (a.uid, a.gid)),
        )?;
        make(
            &self.database_socket_dir(),
            0o710,
            database.as_ref().zip(clients).map(|(d, c)| (d.uid, c)),
        )?;
        make(
            &self.runner_sockets(),
            0o710,
            api.as_ref().map(|a| (0, a.gid)),
        )
    }

    /// The cluster.
    pub fn cluster(&self) -> PathBuf {
        self.data.join("postgres")
    }

    /// The API's own directory.
    pub fn api_state(&self) -> PathBuf {
        self.data.join("api")
    }

    /// The console's files.
    pub fn console(&self) -> PathBuf {
        self.data.join("console")
    }

    /// The host's socket.
    pub fn host_socket(&self) -> PathBuf {
        self.run.join("host.sock")
    }

    /// The directory of the database's socket.
    pub fn database_socket_dir(&self) -> PathBuf {
        self.run.join("pg")
    }

    /// Where runners ask for connections to the clouds.
    pub fn egress_socket(&self) -> PathBuf {
        self.run.join("egress.sock")
    }

    /// The directory with one folder a tenant.
    pub fn runner_sockets(&self) -> PathBuf {
        self.run.join("runners")
    }

    /// The socket of a tenant's runner.
    pub fn runner_socket(&self, tenant: TenantId) -> PathBuf {
        self.runner_sockets()
            .join(tenant.to_string())
            .join("api.sock")
    }

    /// A runner's own directory.
    pub fn runner_state(&self, tenant: TenantId) -> PathBuf {
        self.data.join("runners").join(tenant.to_string())
    }
}

/// Refuses a directory that holds other things: its mode would be changed, and a mistyped
/// `--data /etc` must not do that.
fn ours_or_empty(path: &Path, mark: &str) -> Result<()> {
    let holds_something = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if holds_something && !path.join(mark).exists() {
        return Err(HostError::new(
            "host.dir_foreign",
            format!(
                "{} holds files that are not of a syncline-host: give it an empty directory or a new name",
                path.display()
            ),
        ));
    }
    Ok(())
}

/// Makes a directory, or gives the one that is there its mode and owner.
pub fn make(path: &Path, mode: u32, owner: Option<(u32, u32)>) -> Result<()> {
    let is_new = match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => true,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => false,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            DirBuilder::new()
                .recursive(true)
                .mode(0o755)
                .create(path)
                .map_err(|e| cannot("make", path, e))?;
            true
        }
        Err(e) => return Err(cannot("make", path, e)),
    };
    let about = fs::symlink_metadata(path).map_err(|e| cannot("look at", path, e))?;
    if !about.is_dir() {
        return Err(HostError::new(
            "host.dir",
            format!("{} is in the way: it is no directory", path.display()),
        ));
    }
    if let Some((uid, gid)) = owner
        && (is_new || about.uid() != uid || about.gid() != gid)
    {
        chown(path, Some(uid), Some(gid)).map_err(|e| cannot("give away", path, e))?;
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|e| cannot("set the mode of", path, e))
}

/// Writes a file that is there whole or not at all.
pub fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let mut aside: OsString = path.as_os_str().to_owned();
    aside.push(".new");
    let aside = PathBuf::from(aside);
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&aside)?;
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
    };
    write().map_err(|e| cannot("write", path, e))
}

/// An error about a path.
pub fn cannot(what: &str, path: &Path, error: std::io::Error) -> HostError {
    HostError::new("host.dir", format!("cannot {what} {}", path.display())).because(error)
}

fn lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|e| cannot("open", path, e))?;
    file.try_lock().map_err(|_| {
        HostError::new(
            "host.already_running",
            format!(
                "another syncline-host holds {}: stop it, or use another data directory",
                path.display()
            ),
        )
    })?;
    Ok(file)
}

fn short_enough(wanted: PathBuf, data: &Path, is_root: bool) -> PathBuf {
    if wanted.as_os_str().len() + BELOW_RUN_BYTES_MAX <= SOCKET_PATH_BYTES_MAX {
        return wanted;
    }
    let hash = Sha256::digest(data.as_os_str().as_bytes());
    let name = format!(
        "syncline-{:02x}{:02x}{:02x}{:02x}",
        hash[0], hash[1], hash[2], hash[3]
    );
    let parent = match (is_root, std::env::var_os("XDG_RUNTIME_DIR")) {
        (true, _) => PathBuf::from("/run"),
        (false, Some(dir)) => PathBuf::from(OsString::from_vec(dir.into_vec())),
        (false, None) => std::env::temp_dir(),
    };
    parent.join(name)
}

/// Whether an unprivileged process can get to a directory at all: a home of mode 0700 on the way
/// keeps every other user out, and the database would say so in much less clear words.
fn reachable(path: &Path, who: &Identity) -> Result<()> {
    for ancestor in path.ancestors() {
        let about = fs::metadata(ancestor).map_err(|e| cannot("look at", ancestor, e))?;
        let bit = if about.uid() == who.uid {
            0o100
        } else if about.gid() == who.gid || who.groups.contains(&about.gid()) {
            0o010
        } else {
            0o001
        };
        if about.mode() & bit == 0 {
            return Err(HostError::new(
                "host.data_dir_unreachable",
                format!(
                    "the unprivileged users cannot enter {}: choose a data directory outside it, such as /var/lib/syncline, or run `chmod o+x {}`",
                    ancestor.display(),
                    ancestor.display()
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hosts_cannot_claim_one_directory() {
        let dir = tempfile::tempdir().unwrap();
        let held = Dirs::claim(dir.path(), None).unwrap();

        let second = Dirs::claim(dir.path(), None).unwrap_err();

        assert_eq!(second.code(), "host.already_running");
        drop(held);
        assert!(Dirs::claim(dir.path(), None).is_ok());
    }

    #[test]
    fn a_directory_with_other_things_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("letters"), "dear").unwrap();

        assert_eq!(
            Dirs::claim(dir.path(), None).unwrap_err().code(),
            "host.dir_foreign"
        );
        assert!(!dir.path().join("host.lock").exists());
    }

    #[test]
    fn a_deep_data_directory_gets_its_sockets_elsewhere() {
        let deep = PathBuf::from(format!("/{}", "d".repeat(90)));

        let run = short_enough(deep.join("run"), &deep, true);

        assert!(
            run.starts_with("/run/") && run.as_os_str().len() < 40,
            "{run:?}"
        );
        assert_eq!(run, short_enough(deep.join("run"), &deep, true));
    }

    #[test]
    fn the_uid_base_is_chosen_once() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = Dirs::claim(dir.path(), None).unwrap();

        let first = dirs.uid_base(None).unwrap();

        assert_eq!(dirs.uid_base(None).unwrap(), first);
        assert_eq!(
            dirs.uid_base(Some(first + 1)).unwrap_err().code(),
            "host.uid_base"
        );
        assert!(BASES.contains(&first));
    }

    #[test]
    fn a_closed_directory_on_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let closed = dir.path().join("closed");
        make(&closed.join("data"), 0o711, None).unwrap();
        make(&closed, 0o700, None).unwrap();
        let stranger = Identity {
            uid: 4_000_000,
            gid: 4_000_000,
            groups: vec![],
        };

        let error = reachable(&closed.join("data"), &stranger).unwrap_err();

        assert_eq!(error.code(), "host.data_dir_unreachable");
    }
}
