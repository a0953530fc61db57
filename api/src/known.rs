//! Principals behind bearer tokens that this process has met: (directory tenant, object id) never changes its id.
//!
//! Invariant: only what the database answered is remembered, and at most [`MAX`] of it.

use std::collections::HashMap;
use std::sync::Mutex;

use syncline_model::PrincipalId;

const MAX: usize = 10_000;

/// The remembered principals.
#[derive(Default)]
pub struct KnownPrincipals(Mutex<HashMap<(String, String), PrincipalId>>);

impl KnownPrincipals {
    /// The id met before.
    pub fn get(&self, directory_tenant: &str, object_id: &str) -> Option<PrincipalId> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        known
            .get(&(directory_tenant.to_owned(), object_id.to_owned()))
            .copied()
    }

    /// Remembers an id.
    pub fn put(&self, directory_tenant: &str, object_id: &str, id: PrincipalId) {
        let mut known = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if known.len() >= MAX {
            known.clear();
        }
        known.insert((directory_tenant.to_owned(), object_id.to_owned()), id);
    }
}
