//! The second pass over a file: its rows as entries of an import.
//!
//! Invariants: every row is in exactly one entry: an object, or a read error that names its lines; rows that share a
//! key are one read error, and none of them replaces what is stored.

use std::collections::HashMap;

use syncline_model::Anchor;
use syncline_model::hr_file::FileFormat;
use syncline_model::import::{ImportEntry, ImportObject, ReadError};

use super::faults;
use super::layout::BadRow;
use super::pickup::Snapshot;
use super::survey::{self, KeyHash, Survey, key_hash};
use super::values::Wanted;
use crate::contract::Fault;

/// Lines that a message names at most.
const LINES: usize = 5;

/// The rows that share a key.
#[derive(Debug)]
struct Twice {
    key: String,
    lines: Vec<u64>,
    rows: u64,
}

/// Gives what every row of a surveyed file is to `each`, in the file's order; keys that occur twice come last.
pub(super) fn rows(
    snapshot: &Snapshot,
    format: &FileFormat,
    survey: &Survey,
    wanted: &Wanted,
    mut each: impl FnMut(Result<ImportObject, BadRow>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (mut rows, layout) = survey::open(snapshot, format)?;
    let mut twice: HashMap<KeyHash, Twice> = HashMap::new();
    while let Some(row) = rows
        .next()
        .map_err(|error| faults::rows(&snapshot.name, format.encoding, error))?
    {
        let facts = row.facts;
        if facts.empty_before > 0 {
            each(Err(empty(facts.line, facts.empty_before)))?;
        }
        let key = layout.key_of(&row);
        let certain = match &key {
            Ok(key) => Some(*key),
            Err(bad) => bad.key.as_deref(),
        };
        if let Some(key) = certain {
            let hash = key_hash(key);
            if survey.twice.contains(&hash) {
                let twice = twice.entry(hash).or_insert_with(|| Twice {
                    key: key.to_owned(),
                    lines: Vec::new(),
                    rows: 0,
                });
                twice.rows += 1;
                if twice.lines.len() < LINES {
                    twice.lines.push(facts.line);
                }
                continue;
            }
        }
        each(key.and_then(|key| wanted.object(&layout, &row, key)))?;
    }
    let mut twice: Vec<Twice> = twice.into_values().collect();
    twice.sort_by_key(|twice| twice.lines.first().copied());
    for twice in twice {
        each(Err(duplicate(twice)))?;
    }
    Ok(())
}

/// Empty lines between rows: perhaps somebody's row was lost there.
fn empty(line: u64, count: u64) -> BadRow {
    BadRow {
        code: "csv.row_empty",
        line: line.saturating_sub(count),
        key: None,
        what: match count {
            1 => "it is empty".into(),
            n => format!("{n} empty lines begin there"),
        },
    }
}

fn duplicate(twice: Twice) -> BadRow {
    let lines: Vec<String> = twice.lines.iter().map(u64::to_string).collect();
    let more = match twice.rows - twice.lines.len() as u64 {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    BadRow {
        code: "csv.key_duplicate",
        line: twice.lines[0],
        key: Some(twice.key),
        what: format!(
            "{} rows have the same key, on the lines {}{more}; none of them counts",
            twice.rows,
            lines.join(", ")
        ),
    }
}

impl BadRow {
    /// What is wrong, as a sentence.
    pub fn message(&self) -> String {
        format!(
            "The row on line {} cannot be read: {}.",
            self.line, self.what
        )
    }

    /// What to do about it.
    pub fn next_step(&self) -> &'static str {
        match self.code {
            "csv.key_duplicate" => {
                "Give each person one row in the export; until then their stored data stays as it is."
            }
            "csv.key_empty" => "Give the row a key in the export.",
            "csv.key_spaces" => {
                "Take the spaces away in the export, or confirm a format that leaves them out."
            }
            "csv.date_invalid" => "Correct the date, or confirm the format that it is written in.",
            _ => "Correct the row in the export.",
        }
    }
}

/// A row as an entry of an import.
pub(super) fn entry(row: Result<ImportObject, BadRow>) -> ImportEntry {
    match row {
        Ok(object) => ImportEntry::Object(object),
        Err(bad) => ImportEntry::ReadError(ReadError {
            message: format!("{} {}", bad.message(), bad.next_step()),
            anchor: bad.key.map(|key| Anchor::Text(key.into())),
            dn: None,
            code: bad.code.into(),
        }),
    }
}
