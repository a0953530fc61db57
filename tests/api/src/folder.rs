//! A directory that goes with its owner, or stays.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory for the files of something that runs.
#[derive(Debug)]
pub enum Folder {
    /// It goes when this is dropped.
    Passing(TempDir),
    /// It stays for a later start.
    Kept(PathBuf),
}

impl Folder {
    /// `name` below a home that is kept, or a temporary directory where there is none.
    pub fn below(home: Option<&Path>, name: &str) -> io::Result<Self> {
        let Some(home) = home else {
            return tempfile::tempdir().map(Self::Passing);
        };
        let path = home.join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self::Kept(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}
