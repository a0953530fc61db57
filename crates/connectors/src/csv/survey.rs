//! The first pass over a file: whether it fits the confirmed format at all, and which keys it holds twice.
//!
//! Invariants: nothing of a file becomes an entry before all of it was surveyed; memory is 16 bytes a row. Two keys
//! with one 128-bit hash would be taken for one and reported as such; nobody will see that.

use std::collections::HashSet;
use std::io::Read;

use syncline_model::hr_file::FileFormat;

use super::faults;
use super::layout::{BadRow, Layout};
use super::pickup::Snapshot;
use super::rows::{RowFacts, Rows};
use super::text::Text;
use crate::contract::Fault;

/// A key, hashed.
pub(super) type KeyHash = [u8; 16];

/// What is known of a file that fits.
#[derive(Debug)]
pub(super) struct Survey {
    pub layout: Layout,
    /// Rows after the header.
    pub rows: u64,
    /// Keys that stand in several rows.
    pub twice: HashSet<KeyHash>,
}

/// The hash of a key.
pub(super) fn key_hash(key: &str) -> KeyHash {
    let hash = blake3::hash(key.as_bytes());
    let mut short = KeyHash::default();
    short.copy_from_slice(&hash.as_bytes()[..16]);
    short
}

/// The rows of a file under a format, and the layout that its header gives.
pub(super) fn open<'s>(
    snapshot: &'s Snapshot,
    format: &FileFormat,
) -> Result<(Rows<impl Read + use<'s>>, Layout), Fault> {
    right_encoding(snapshot, format)?;
    let file = &snapshot.name;
    let text = Text::new(snapshot.bytes(), format.encoding);
    let mut rows = Rows::new(text, format.dialect);
    if !format.dialect.header {
        return Ok((rows, Layout::new(format, file, None)?));
    }
    let header = rows
        .next()
        .map_err(|error| faults::rows(file, format.encoding, error))?;
    let Some(header) = header else {
        return Err(faults::refused(
            "csv.file_empty",
            file,
            "it holds not even a header",
            "Export it again. To remove everybody, a file with nothing but its header is needed.",
        ));
    };
    let RowFacts { line, ended, .. } = header.facts;
    let layout = Layout::new(format, file, Some(header))?;
    whole_row(format, file, line, ended)?;
    Ok((rows, layout))
}

/// Refuses a file whose last row has no line end, where the format says that every row has one: its last value may be
/// cut, and rows may be missing behind it.
fn whole_row(format: &FileFormat, file: &str, line: u64, ended: bool) -> Result<(), Fault> {
    if ended || !format.ends_with_newline {
        return Ok(());
    }
    Err(faults::incomplete(
        file,
        format!(
            "its last row, on line {line}, has no line end, and by the confirmed format every row has one"
        ),
    ))
}

/// Refuses a file that betrays another encoding than was confirmed.
fn right_encoding(snapshot: &Snapshot, format: &FileFormat) -> Result<(), Fault> {
    let found = match snapshot.mark() {
        Some(mark) if mark != format.encoding => format!("it begins with the mark of {mark}"),
        // Nearly every file of octets can be read as Western European, and nearly none is UTF-8 by chance.
        None if format.encoding.is_single_byte() && snapshot.is_utf8 && !snapshot.is_ascii => {
            "all of it is UTF-8".to_owned()
        }
        _ => return Ok(()),
    };
    Err(faults::refused(
        "csv.encoding_changed",
        &snapshot.name,
        format!("{found}, and {} was confirmed", format.encoding),
        "Export it as before, or inspect it and confirm the new format.",
    ))
}

/// Surveys a file. Blocks.
pub(super) fn survey(snapshot: &Snapshot, format: &FileFormat) -> Result<Survey, Fault> {
    let file = &snapshot.name;
    let (mut rows, layout) = open(snapshot, format)?;
    let mut count = 0u64;
    let mut misfits = 0u64;
    let mut first: Option<BadRow> = None;
    let mut keys: Vec<KeyHash> = Vec::new();
    while let Some(row) = rows
        .next()
        .map_err(|error| faults::rows(file, format.encoding, error))?
    {
        count += 1;
        whole_row(format, file, row.facts.line, row.facts.ended)?;
        match layout.key_of(&row) {
            Ok(key) => keys.push(key_hash(key)),
            Err(bad) => {
                let RowFacts { line, ended, .. } = row.facts;
                if bad.code == "csv.row_width" && !ended && row.width() < layout.slots.len() {
                    return Err(faults::incomplete(
                        file,
                        format!("its last row, on line {line}, breaks off"),
                    ));
                }
                keys.extend(bad.key.as_deref().map(key_hash));
                misfits += 1;
                first.get_or_insert(bad);
            }
        }
    }
    if let Some(first) = first
        && misfits * 2 > count
    {
        return Err(faults::refused(
            "csv.format_mismatch",
            file,
            format!(
                "{misfits} of its {count} rows do not fit the confirmed format, first the one on line {}: {}",
                first.line, first.what
            ),
            "Export it as before, or inspect it and confirm the new format.",
        ));
    }
    keys.sort_unstable();
    let twice = keys
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    Ok(Survey {
        layout,
        rows: count,
        twice,
    })
}
