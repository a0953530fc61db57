//! Finding the machine's Postgres: Debian keeps it off the search path, one folder a major version.
//!
//! Invariant: a cluster is only ever served by the major version that made it.

use std::path::{Path, PathBuf};

use crate::error::{HostError, Result};

/// The oldest major version with everything that is used.
const OLDEST: u32 = 15;
/// Where distributions put `<major>/bin`.
const HOMES: [&str; 3] = [
    "/usr/lib/postgresql",
    "/usr/local/lib/postgresql",
    "/opt/postgresql",
];
/// Where it lies without a version in the path.
const PLAIN: [&str; 4] = [
    "/usr/pgsql/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/bin",
    "/usr/bin",
];

/// A directory with `postgres` and `initdb` of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The directory.
    pub dir: PathBuf,
    /// The major version.
    pub major: u32,
}

impl Binaries {
    /// The binaries for a cluster: those of its version, or the newest for a new one.
    pub fn find(asked: Option<&Path>, cluster: Option<u32>) -> Result<Self> {
        let found: Vec<Self> = match asked {
            Some(dir) => Self::in_dir(dir).into_iter().collect(),
            None => candidates()
                .iter()
                .filter_map(|dir| Self::in_dir(dir))
                .collect(),
        };
        let seen: Vec<_> = found.iter().map(|b| b.major.to_string()).collect();
        // Of two of one version the first: links and wrappers on the search path come later.
        let wanted = found
            .into_iter()
            .rev()
            .filter(|b| b.major >= OLDEST && cluster.is_none_or(|c| c == b.major));
        wanted.max_by_key(|b| b.major).ok_or_else(|| {
            let which = cluster.map_or(format!("{OLDEST} or newer"), |c| format!("{c}, which made this data directory,"));
            let seen = if seen.is_empty() { "none".into() } else { seen.join(", ") };
            HostError::new(
                "host.postgres_missing",
                format!("PostgreSQL {which} was not found (found: {seen}): install the package postgresql, name its bin directory as postgres_bin, or give a database URL"),
            )
        })
    }

    /// The path of one program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn in_dir(dir: &Path) -> Option<Self> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let output = std::process::Command::new(dir.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        Some(Self {
            dir: dir.to_owned(),
            major: major(&String::from_utf8_lossy(&output.stdout))?,
        })
    }
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn candidates() -> Vec<PathBuf> {
    let versions = HOMES
        .iter()
        .filter_map(|home| std::fs::read_dir(home).ok())
        .flatten();
    let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let plain = PLAIN.iter().map(PathBuf::from);
    let mut all: Vec<PathBuf> = Vec::new();
    for dir in versions.chain(std::env::split_paths(&path)).chain(plain) {
        if !all.contains(&dir) {
            all.push(dir);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_line_is_read() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("nonsense"), None);
    }

    #[test]
    fn a_missing_installation_says_what_to_do() {
        let error = Binaries::find(Some(Path::new("/nonexistent")), Some(14)).unwrap_err();

        assert_eq!(error.code(), "host.postgres_missing");
        assert!(
            error
                .to_string()
                .contains("14, which made this data directory"),
            "{error}"
        );
    }
}
