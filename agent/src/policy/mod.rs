//! The local policy: who decides about every write is the host, not the cloud.
//!
//! `decide` is pure and holds every rule; `never` is the built-in list; `file` is what the
//! administrator allows, `entra_connect` a part of it; `counters` keeps the day's ceilings.

pub mod ceilings;
pub mod counters;
pub mod decide;
pub mod entra_connect;
pub mod file;
pub mod never;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

pub use decide::{Domain, Facts, Group, ObjectFacts, Refusal, decide};
pub use file::Policy;

use crate::error::AgentError;
use crate::home::{self, Stamp};

/// The policy file, read again when it changes.
#[derive(Debug)]
pub struct PolicyFile {
    path: PathBuf,
    read: Mutex<Option<(Stamp, Arc<Policy>)>>,
}

impl PolicyFile {
    /// The file at this path.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: Mutex::new(None),
        }
    }

    /// The policy in force now. An invalid file is an error, and then nothing may be written.
    pub fn current(&self) -> Result<Arc<Policy>, AgentError> {
        let stamp = home::stamp(&self.path);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, policy)) = read.as_ref()
            && *known == stamp
        {
            return Ok(policy.clone());
        }
        *read = None;
        let policy = Arc::new(Policy::load(&self.path)?);
        *read = Some((stamp, policy.clone()));
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::write_private;

    #[test]
    fn a_changed_file_counts_from_the_next_operation_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy.toml");
        let file = PolicyFile::new(path.clone());
        assert!(!file.current().unwrap().writes);

        write_private(
            &path,
            b"writes = true\nbases = ['DC=x']\ntypes = ['user']\n",
        )
        .unwrap();
        assert!(file.current().unwrap().writes);

        write_private(&path, b"writes = maybe").unwrap();
        assert_eq!(file.current().unwrap_err().code, "agent.policy_invalid");
    }
}
