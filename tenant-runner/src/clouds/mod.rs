//! Cloud directories: those that this process reaches by itself, through the host's way out.
//!
//! Invariants: nothing is dialled but hosts of the cloud that a directory names; a directory is used only with the
//! credential that was made for it here.

pub mod dial;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syncline_connectors::contract::Connector;
use syncline_model::DirectoryId;

/// The connectors of the tenant's cloud directories.
#[derive(Default)]
pub struct Clouds {
    /// `None` where a directory is known and cannot be reached yet.
    connectors: Mutex<BTreeMap<DirectoryId, Option<Arc<dyn Connector>>>>,
}

impl Clouds {
    fn connectors(&self) -> MutexGuard<'_, BTreeMap<DirectoryId, Option<Arc<dyn Connector>>>> {
        self.connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The connector of a directory, if it has one that works.
    pub fn get(&self, directory: DirectoryId) -> Option<Arc<dyn Connector>> {
        self.connectors().get(&directory).cloned().flatten()
    }

    /// Whether a directory is reached from here at all.
    pub fn is_known(&self, directory: DirectoryId) -> bool {
        self.connectors().contains_key(&directory)
    }

    /// Takes a directory in, or another connector of it.
    pub fn put(&self, directory: DirectoryId, connector: Option<Arc<dyn Connector>>) {
        self.connectors().insert(directory, connector);
    }

    /// Forgets a directory.
    pub fn forget(&self, directory: DirectoryId) {
        self.connectors().remove(&directory);
    }
}
