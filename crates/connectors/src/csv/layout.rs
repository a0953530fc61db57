//! How the columns of one file stand to the columns of the confirmed format.
//!
//! Invariants: columns are known by their headers, so that their order decides nothing; a column too few or too many,
//! or the same header twice, refuses the file: a column that is missing would clear an attribute of everybody.

use std::collections::BTreeSet;

use syncline_model::AttrName;
use syncline_model::hr_file::{Content, DateFormat, FileFormat};

use super::faults;
use super::rows::{Row, RowFacts};
use super::values;
use crate::contract::Fault;

/// The longest key, in bytes.
pub(super) const KEY_BYTES_MAX: usize = 512;

/// A column as it is read.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Its header.
    pub header: String,
    /// What it becomes.
    pub attribute: AttrName,
    /// What its cells are.
    pub cells: Cells,
}

/// What cells are, ready to be read.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    Text,
    Multi(String),
    Reference,
    Date(DateFormat),
    Ignored,
}

/// The columns of a file, in its own order.
#[derive(Debug)]
pub(super) struct Layout {
    pub slots: Vec<Slot>,
    /// Where the key stands.
    pub key: usize,
    pub trim: bool,
}

/// Why a row is no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadRow {
    pub code: &'static str,
    pub line: u64,
    /// The key it certainly has; without one nothing can be taken for gone.
    pub key: Option<String>,
    /// What is wrong, without any cell.
    pub what: String,
}

impl Layout {
    /// Of a file whose first row is `header`, where the format has one.
    pub fn new(format: &FileFormat, file: &str, header: Option<Row<'_>>) -> Result<Self, Fault> {
        let slots: Vec<Slot> = format
            .columns
            .iter()
            .map(|column| Slot {
                header: column.header.clone(),
                attribute: column.attribute.clone(),
                cells: match &column.content {
                    Content::Text => Cells::Text,
                    Content::Multi { separator } => Cells::Multi(separator.clone()),
                    Content::Reference => Cells::Reference,
                    Content::Ignored => Cells::Ignored,
                    // A format is valid before it gets here.
                    Content::Date { format } => format.parse().map_or(Cells::Text, Cells::Date),
                },
            })
            .collect();
        let slots = match header {
            None => slots,
            Some(header) => in_order(slots, format, file, header)?,
        };
        let key = slots
            .iter()
            .position(|slot| slot.header == format.key)
            .ok_or_else(faults::unconfirmed)?;
        Ok(Self {
            slots,
            key,
            trim: format.dialect.trim,
        })
    }

    /// The key of a row whose cells are certainly where they belong.
    pub fn key_of<'r>(&self, row: &Row<'r>) -> Result<&'r str, BadRow> {
        let RowFacts {
            line,
            stray_quote,
            multiline,
            ..
        } = row.facts;
        let bad = |code, key: Option<&str>, what: String| BadRow {
            code,
            line,
            key: key.map(str::to_owned),
            what,
        };
        if stray_quote {
            let what = "a quote stands inside a value without being doubled, or something follows a closing quote";
            return Err(bad("csv.row_quote", None, what.into()));
        }
        let key = values::trimmed(row.cell(self.key), self.trim);
        let width = self.slots.len();
        if row.width() != width {
            // Nothing can have moved a key that stands first, and no other row is inside one without line ends.
            let certain = self.key == 0 && !multiline && key_fault(key).is_none();
            let what = format!("it has {} values where the format has {width}", row.width());
            return Err(bad("csv.row_width", certain.then_some(key), what));
        }
        match key_fault(key) {
            None => Ok(key),
            Some((code, what)) => Err(bad(code, None, what.into())),
        }
    }
}

/// Why a text cannot be a key.
fn key_fault(key: &str) -> Option<(&'static str, &'static str)> {
    if key.is_empty() {
        return Some(("csv.key_empty", "its key is empty"));
    }
    if key.trim() != key {
        return Some((
            "csv.key_spaces",
            "spaces stand around its key, and the format does not say that they are no part of it",
        ));
    }
    if key.len() > KEY_BYTES_MAX || key.contains(char::is_control) {
        return Some((
            "csv.key_malformed",
            "its key is longer than 512 bytes or holds control characters",
        ));
    }
    None
}

/// The slots in the order of a file's header.
fn in_order(
    slots: Vec<Slot>,
    format: &FileFormat,
    file: &str,
    header: Row<'_>,
) -> Result<Vec<Slot>, Fault> {
    let cells: Vec<&str> = header
        .cells()
        .map(|cell| values::trimmed(cell, format.dialect.trim))
        .collect();
    let mut seen = BTreeSet::new();
    if let Some(twice) = cells.iter().find(|cell| !seen.insert(AttrName::new(cell))) {
        return Err(faults::refused(
            "csv.header_duplicate",
            file,
            format!("two of its columns are called `{twice}`"),
            "Give every column a header of its own in the export.",
        ));
    }
    let mut left = slots;
    let mut ordered = Vec::with_capacity(cells.len());
    let mut unknown = Vec::new();
    for cell in cells {
        match left.iter().position(|slot| slot.header == cell) {
            Some(at) => ordered.push(left.remove(at)),
            None => unknown.push(cell),
        }
    }
    if left.is_empty() && unknown.is_empty() {
        return Ok(ordered);
    }
    let named = |names: Vec<&str>| {
        let first: Vec<String> = names
            .iter()
            .take(5)
            .map(|name| format!("`{}`", values::cut(name, 60)))
            .collect();
        match names.len() {
            0 => "none".to_owned(),
            n if n > 5 => format!("{} and {} more", first.join(", "), n - 5),
            _ => first.join(", "),
        }
    };
    let missing = left.iter().map(|slot| slot.header.as_str()).collect();
    Err(faults::refused(
        "csv.header_changed",
        file,
        format!(
            "its first row does not hold the confirmed columns (missing: {}; not confirmed: {})",
            named(missing),
            named(unknown)
        ),
        "Export the columns as before, or inspect the file and confirm the new format.",
    ))
}
