//! Drafts of another product's configuration, for this tenant's directories.
//!
//! Invariants: nothing is stored; what a draft holds passes the check and the compiler that ordinary profiles pass, and what
//! does not pass is work in the report; a directory is chosen by a person, or is the only one that it can be.

mod places;

use syncline_migrate::config::Config;
use syncline_migrate::draft::Refusal;
use syncline_migrate::xml::File;
use syncline_migrate::{ReadError, entra_connect, mim};

pub use places::{Chosen, Known, Wrong, landscape};

use crate::resource::drafts::DraftSource;
use crate::resource::profile::{Diagnostic, DiagnosticSeverity};

/// Rounds of taking back at most: each but the last takes something back, so this is a net below.
pub const ROUNDS_MAX: usize = 32;

/// Reads the files of an export.
pub fn read(source: DraftSource, files: &[File]) -> Result<Config, ReadError> {
    match source {
        DraftSource::EntraConnect => entra_connect::read(files),
        DraftSource::Mim => mim::read(files),
    }
}

/// What a draft is refused for.
pub fn refusals(found: &[Diagnostic]) -> Vec<Refusal> {
    let errors = found
        .iter()
        .filter(|one| one.severity == DiagnosticSeverity::Error);
    let refusal = |one: &Diagnostic| Refusal {
        pointer: one.at.clone(),
        code: one.code.clone(),
        message: one.message.clone(),
    };
    errors.map(refusal).collect()
}
