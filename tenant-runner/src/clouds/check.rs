//! What was found when a cloud directory was last checked: a token was acquired or not, and what it allows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use syncline_model::DirectoryId;
use syncline_model::connector::Fault;
use syncline_store::StoreError;
use syncline_store::tenant::{TenantRead, TenantTx};

/// What a check found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The application permissions in the token; absent where none was acquired, or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<BTreeSet<String>>,
    /// What went wrong, if anything did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Told>,
    /// Why the tenant does not accept the next key yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_fault: Option<Told>,
}

/// A fault as it is told. The service's own words are not kept: they may quote values.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// Stable code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub next_step: String,
}

impl From<&Fault> for Told {
    fn from(fault: &Fault) -> Self {
        Self {
            code: fault.code.to_string(),
            message: fault.message.clone(),
            next_step: fault.next_step.clone(),
        }
    }
}

fn name(directory: DirectoryId) -> String {
    format!("cloud check of {directory}")
}

/// The last check of a directory.
pub async fn last(
    read: &mut TenantRead,
    directory: DirectoryId,
) -> Result<Option<Check>, StoreError> {
    let stored = read.setting(&name(directory)).await?;
    // What another release wrote and this one cannot read is as good as no check.
    Ok(stored.and_then(|setting| serde_json::from_slice(&setting.value).ok()))
}

/// Keeps what a check found.
pub async fn keep(
    tx: &mut TenantTx,
    directory: DirectoryId,
    check: &Check,
) -> Result<(), StoreError> {
    let name = name(directory);
    let version = tx
        .setting(&name)
        .await?
        .map_or(0, |setting| setting.version);
    let text = serde_json::to_vec(check).expect("texts and numbers");
    tx.setting_put(&name, version, &text).await
}
