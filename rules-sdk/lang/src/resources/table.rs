//! A lookup table as programs hold it: one text with sorted rows.
//!
//! Invariants: tables with the same rows give the same text, whatever their order; a table with a mistake is never packed,
//! so that nothing can be compiled with it.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use syncline_rules_guest::lookup;

use super::Table;
use crate::diag::{Code, codes};

/// Most rows of a table.
pub const ROWS_MAX: usize = 10_000;
/// Most bytes of a table: keys, values and six for every row.
pub const TABLE_BYTES_MAX: usize = 256 << 10;
/// Most bytes of all tables that one profile uses.
pub const TABLES_BYTES_MAX: usize = 512 << 10;
/// Mistakes in rows that are told one by one.
const TOLD_MAX: usize = 20;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Its name.
    pub name: String,
    /// Keys that differ only in case are the same.
    pub ignore_case: bool,
    /// How many rows it has.
    pub rows: usize,
    /// Its bytes, as limits count them.
    pub bytes: usize,
    /// As the runtime reads it; none where the table has a mistake.
    pub text: Option<String>,
    /// SHA-256 of the text, hexadecimal.
    pub digest: String,
}

/// A mistake: its code, where in the table, what it is.
pub(super) type Mistake = (Code, String, String);

impl Packed {
    /// Sorts and packs the rows, or says what is wrong with them.
    pub(super) fn of(table: &Table) -> (Self, Vec<Mistake>) {
        let bytes = (table.rows.iter())
            .map(|row| row.key.len() + row.value.len() + lookup::ROW)
            .sum();
        let mut packed = Self {
            name: table.name.clone(),
            ignore_case: table.ignore_case,
            rows: table.rows.len(),
            bytes,
            text: None,
            digest: String::new(),
        };
        let mistakes = packed.mistakes();
        if !mistakes.is_empty() {
            return (packed, mistakes);
        }
        let (rows, mistakes) = sorted(table);
        if mistakes.is_empty() {
            let text = text(&rows);
            packed.digest = hex::encode(Sha256::digest(&text));
            packed.text = Some(text);
        }
        (packed, mistakes)
    }

    fn mistakes(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        let name = &self.name;
        if self.rows > ROWS_MAX {
            let message = format!(
                "the table `{name}` has {} rows, at most {ROWS_MAX} are allowed",
                self.rows
            );
            found.push((codes::TABLE_ROWS, ".rows".to_owned(), message));
        }
        if self.bytes > TABLE_BYTES_MAX {
            let message = format!(
                "the table `{name}` takes {} bytes, at most {TABLE_BYTES_MAX} are allowed; a row takes its key, its value and {} bytes",
                self.bytes,
                lookup::ROW
            );
            found.push((codes::TABLE_BYTES, ".rows".to_owned(), message));
        }
        found
    }
}

/// The rows by their keys as they are compared.
fn sorted(table: &Table) -> (BTreeMap<String, &str>, Vec<Mistake>) {
    let mut rows = BTreeMap::new();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        let key: String = match table.ignore_case {
            true => lookup::folded(&row.key).collect(),
            false => row.key.clone(),
        };
        if let Some(before) = first.get(&key) {
            let how = match table.ignore_case && row.key != table.rows[*before].key {
                true => ", which is the same where case is ignored",
                false => "",
            };
            let message = format!(
                "the key `{}` of the table `{}` stands in row {}{how} and again in row {}",
                shown(&row.key),
                table.name,
                before + 1,
                index + 1
            );
            if mistakes.len() < TOLD_MAX {
                mistakes.push((codes::DUPLICATE_KEY, format!(".rows[{index}]"), message));
            }
            continue;
        }
        first.insert(key.clone(), index);
        rows.insert(key, row.value.as_str());
    }
    (rows, mistakes)
}

/// A key as messages show it.
fn shown(key: &str) -> String {
    match key.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_owned(),
    }
}

/// The text that the runtime reads.
fn text(rows: &BTreeMap<String, &str>) -> String {
    let mut places = Vec::new();
    let mut data = String::new();
    let head = lookup::NUMBER * (2 + 2 * rows.len());
    let mut add = |number| places.extend(lookup::digits(number).map(char::from));
    add(rows.len());
    for (key, value) in rows {
        add(head + data.len());
        data.push_str(key);
        add(head + data.len());
        data.push_str(value);
    }
    add(head + data.len());
    let mut text: String = places.into_iter().collect();
    text.push_str(&data);
    text
}
