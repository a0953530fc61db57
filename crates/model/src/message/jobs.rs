//! What runs say of a directory or a profile as a whole.

use super::Severity::{Info, Warning};
use super::{Entry, entry};
use crate::error::ErrorClass::{Config, Data, Guard, Transient};

/// A target was never read whole.
pub const NO_BASELINE: Entry = entry(
    "sync.no_baseline",
    Warning,
    Config,
    "A target has had no complete full import yet, so nothing is provisioned there.",
    "Import the target in full.",
);

/// Rules read what no import has read.
pub const WAITING: Entry = entry(
    "sync.waiting_for_attribute",
    Warning,
    Transient,
    "Objects keep what they had, because a rule reads an attribute that no import has read yet.",
    "Nothing; the next cycle reads the directory in full.",
);

/// What we did not create is not deleted.
pub const ADOPTED_KEPT: Entry = entry(
    "sync.adopted_kept",
    Warning,
    Config,
    "Objects that we did not create stay in their directory, although their part says delete.",
    "Nothing, if they should stay; else give the part the right to delete what it adopted.",
);

/// A guard holds a list.
pub const GUARD_TRIPPED: Entry = entry(
    "guard_tripped",
    Warning,
    Guard,
    "A guard holds more deletions, additions or changes than it lets pass.",
    "Look at the held list, and approve or reject it.",
);

/// The plan moved too far from what was approved.
pub const NOT_APPROVED: Entry = entry(
    "not_approved",
    Warning,
    Guard,
    "What is staged now differs too much from the approved plan.",
    "Approve a new what-if.",
);

/// Refused operations rest.
pub const RESTING: Entry = entry(
    "export.resting",
    Info,
    Data,
    "Operations that the directory refused are left out until it is their time again.",
    "Correct what the messages of their objects name; a changed operation goes with the next export.",
);

/// A profile was changed under an export.
pub const CONFIGURATION_CHANGED: Entry = entry(
    "export.configuration_changed",
    Warning,
    Transient,
    "Operations were not sent, because their profile was changed meanwhile.",
    "Nothing; they are decided anew under the changed profile.",
);

/// The directory lags behind.
pub const NOT_YET_VISIBLE: Entry = entry(
    "export.not_yet_visible",
    Info,
    Transient,
    "Operations wait, because the directory does not show yet what was written a moment ago.",
    "Nothing; they go with the next export.",
);

/// A person rejected a list of vanished objects.
pub const LIST_REJECTED: Entry = entry(
    "import.list_rejected",
    Warning,
    Guard,
    "The list of vanished objects was rejected, so they stay.",
    "Nothing, if they should stay; else raise the directory's limits.",
);

/// The directory forgot where the last import ended.
pub const WATERMARK_EXPIRED: Entry = entry(
    "import.watermark_expired",
    Warning,
    Transient,
    "Changes cannot be read from where the last import ended, so everything is read.",
    "Nothing; a full import takes its place.",
);

/// More could not be read than is told one by one.
pub const READ_ERRORS_MORE: Entry = entry(
    "import.read_errors_more",
    Warning,
    Data,
    "More entries could not be read than are told one by one.",
    "Correct those that are told first; the next import tells the next.",
);

/// A cycle of Entra Connect ended.
pub const ENTRA_CONNECT_ENDED: Entry = entry(
    "entra_connect.ended",
    Info,
    Transient,
    "A cycle of Entra Connect that was ordered has ended.",
    "Nothing.",
);

/// A run within a cycle of Entra Connect did not end well.
pub const ENTRA_CONNECT_RUN_ERRORS: Entry = entry(
    "entra_connect.run_errors",
    Warning,
    Data,
    "Entra Connect had errors in a run of its own.",
    "Look at the run in Synchronization Service Manager.",
);

/// Nobody can get the password of an account.
pub const PASSWORD_NOT_DELIVERED: Entry = entry(
    "password.not_delivered",
    Warning,
    Data,
    "An account exists, and no sealed password came with it.",
    "Reset its password in the directory, then dismiss the entry under \u{201c}Passwords to hand over\u{201d}.",
);

/// A sealed password is gone with the account that it was for.
pub const PASSWORD_DISCARDED: Entry = entry(
    "password.discarded",
    Warning,
    Data,
    "Nobody answered whether an account was created; the sealed password kept for it is gone.",
    "If the account that has its name is the one after all, reset its password in the directory.",
);

/// A sealed password was not collected in time.
pub const PASSWORD_EXPIRED: Entry = entry(
    "password.expired",
    Warning,
    Data,
    "A sealed password was not collected in time and is gone.",
    "Reset the password in the directory, then dismiss the entry under \u{201c}Passwords to hand over\u{201d}.",
);

pub(super) const ALL: &[Entry] = &[
    NO_BASELINE,
    WAITING,
    ADOPTED_KEPT,
    GUARD_TRIPPED,
    NOT_APPROVED,
    RESTING,
    CONFIGURATION_CHANGED,
    NOT_YET_VISIBLE,
    LIST_REJECTED,
    WATERMARK_EXPIRED,
    READ_ERRORS_MORE,
    ENTRA_CONNECT_ENDED,
    ENTRA_CONNECT_RUN_ERRORS,
    PASSWORD_NOT_DELIVERED,
    PASSWORD_DISCARDED,
    PASSWORD_EXPIRED,
];
