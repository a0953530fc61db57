//! The faults that stop the reading of a file, one function each; docs/hr-file.md tells an operator the same.
//!
//! Invariants: a message names the file and the line, never what stands in a cell.

use std::fmt::Display;
use std::io;

use syncline_model::error::ErrorKind;

use super::rows::RowsError;
use super::text::BadText;
use crate::contract::Fault;

/// A file that is perhaps still being written.
pub(super) fn incomplete(file: &str, why: impl Display) -> Fault {
    Fault::new(
        "csv.file_incomplete",
        ErrorKind::Busy,
        format!("The file {file} is not complete: {why}."),
        "Wait until the HR system has written it, or have it written under another name and renamed at the end. A file that stays like this must be exported again.",
    )
}

/// A file as a whole that cannot be read under the confirmed format.
pub(super) fn refused(code: &'static str, file: &str, what: impl Display, next: &str) -> Fault {
    Fault::new(
        code,
        ErrorKind::Unreadable,
        format!("The file {file} was refused as a whole: {what}."),
        next,
    )
}

/// A file that may not be trusted.
pub(super) fn untrusted(file: &str, what: impl Display, next: &str) -> Fault {
    Fault::new(
        "csv.file_untrusted",
        ErrorKind::Permission,
        format!("The file {file} was not opened: {what}."),
        next,
    )
}

/// No format was confirmed yet.
pub(super) fn unconfirmed() -> Fault {
    Fault::new(
        "csv.format_unconfirmed",
        ErrorKind::WaitingForAttribute,
        "Nobody has confirmed yet how the files of this folder are to be read.",
        "Inspect the newest file in the console, check what was detected, and confirm it.",
    )
}

/// The folder or a file in it cannot be reached.
pub(super) fn unreachable(what: &str, error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return Fault::new(
            "csv.file_unreadable",
            ErrorKind::Permission,
            format!("{what} may not be read by the agent."),
            "Let the agent's user read the folder and its files.",
        );
    }
    Fault::new(
        "csv.folder_unreachable",
        ErrorKind::Connection,
        format!("{what} cannot be read."),
        "Check on the agent's host that the folder of config.toml exists and that its share is mounted.",
    )
    .with_evidence(error.to_string())
}

/// The agent's own copy could not be made or read.
pub(super) fn spool(error: &io::Error) -> Fault {
    Fault::new(
        "csv.spool",
        ErrorKind::Connection,
        "The agent cannot keep a copy of the file while it reads it.",
        "Make room on the disk of the agent's data directory.",
    )
    .with_evidence(error.to_string())
}

/// Whoever asked for the import has gone.
pub(super) fn stopped() -> Fault {
    Fault::new(
        "import.cancelled",
        ErrorKind::Connection,
        "The import was stopped by whoever asked for it.",
        "Start it again.",
    )
}

/// Rows that cannot be read on.
pub(super) fn rows(file: &str, encoding: impl Display, error: RowsError) -> Fault {
    match error {
        RowsError::OpenQuote { line } => incomplete(
            file,
            format!("it ends inside a quoted value that begins on line {line}"),
        ),
        RowsError::TooLong { line } => refused(
            "csv.row_too_long",
            file,
            format!("the row that begins on line {line} does not end within 1 MiB"),
            "A quote on that line is probably not closed; correct the export.",
        ),
        RowsError::Text {
            bad: BadText::Io(error),
            ..
        } => spool(&error),
        RowsError::Text {
            line,
            column,
            bad: BadText::Control(code),
        } => refused(
            "csv.bytes_invalid",
            file,
            format!(
                "on line {line}, column {column}, stands the control character U+{code:04X}, which no {encoding} text of people holds"
            ),
            "The file is in another encoding than was confirmed, or damaged. Export it as before, or inspect it and confirm the new format.",
        ),
        RowsError::Text {
            line,
            column,
            bad: BadText::Bytes(bytes),
        } => {
            let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02X}")).collect();
            refused(
                "csv.bytes_invalid",
                file,
                format!("what stands on line {line}, column {column}, is not {encoding}"),
                "The file is in another encoding than was confirmed, or damaged. Export it as before, or inspect it and confirm the new format.",
            )
            .with_evidence(hex.join(" "))
        }
    }
}
