//! What could not be told to somebody.

use super::Severity::Warning;
use super::{Entry, entry};
use crate::error::ErrorClass::Transient;

/// A webhook was not taken.
pub const WEBHOOK_FAILED: Entry = entry(
    "notify.webhook_failed",
    Warning,
    Transient,
    "A webhook of the notifications was not taken by its receiver.",
    "See whether the receiver is up and takes its requests; the same notification is tried again for three days.",
);

/// A mail was not taken.
pub const MAIL_FAILED: Entry = entry(
    "notify.mail_failed",
    Warning,
    Transient,
    "A mail of the notifications was not taken by the mail relay.",
    "Correct the address, or have the operator look at the relay; the same mail is tried again for three days.",
);

pub(super) const ALL: &[Entry] = &[WEBHOOK_FAILED, MAIL_FAILED];
