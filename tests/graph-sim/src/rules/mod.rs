//! What the directory refuses, whoever asks with whatever permission.
//!
//! Invariant: a rule reads the primary's image and the wanted object; it changes nothing.

mod mastering;
mod names;
mod properties;
mod unique;

pub(crate) use mastering::{check_exchange, check_on_premises};
pub(crate) use names::{check_nickname, check_principal_name};
pub(crate) use properties::{apply, check_extensions, check_properties};
pub(crate) use unique::check_unique;
