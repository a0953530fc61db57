//! Initial passwords on their way to their recipients, as the API shows them.

use serde::{Deserialize, Serialize};
use syncline_model::password::Recipient;
use syncline_model::{CsId, DirectoryId, ProfileId};
use utoipa::ToSchema;

use super::instant::Instant;

/// How far the handing over of a password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordState {
    /// The sealed password waits to be collected.
    Waiting,
    /// It was not collected in time and is gone: reset the password in the directory, then dismiss the entry.
    Expired,
    /// The account exists and no sealed password came with it: reset it in the directory, then dismiss the entry.
    Undelivered,
}

/// An account that we created and whose password its recipient does not have yet.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PasswordHandover {
    /// The account.
    pub object: CsId,
    /// Its name for people.
    pub name: String,
    /// Its directory.
    pub directory: DirectoryId,
    /// The profile that created it.
    pub profile: ProfileId,
    /// How far it is.
    pub state: PasswordState,
    /// The account stays disabled until the password is collected or the entry dismissed.
    pub disabled_until_handed_over: bool,
    /// Who gets it.
    pub recipient: Recipient,
    /// SHA-256 of the recipient's public key, in hex.
    pub fingerprint: String,
    /// Since when.
    pub made_at: Instant,
    /// Until when the sealed password is kept.
    pub ends_at: Instant,
}

/// Accounts, 1 to 100.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// The accounts.
    pub objects: Vec<CsId>,
}

/// Sealed passwords, handed out once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Collected {
    /// One an account.
    pub items: Vec<CollectedPassword>,
}

/// A sealed password.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CollectedPassword {
    /// The account.
    pub object: CsId,
    /// A name for the file, without any of the account's values.
    pub file_name: String,
    /// Who can open it.
    pub recipient: Recipient,
    /// SHA-256 of the recipient's public key, in hex.
    pub fingerprint: String,
    /// An age file in ASCII armor: `age -d -i key.txt` prints the password, without a line end.
    pub envelope: String,
}

/// What a plan says about the password of an account that it creates: the policy, never a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedPassword {
    /// Who gets it.
    pub recipient: String,
    /// SHA-256 of the recipient's public key, in hex.
    pub fingerprint: String,
    /// The user must choose another at the first sign-in.
    pub must_change: bool,
    /// The account stays disabled until the password was handed over.
    pub disabled_until_handed_over: bool,
}
