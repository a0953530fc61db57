//! What the columns of a file look like: attribute names, key, dates, references.
//!
//! Invariants: proposals only; where two readings fit every cell, the column stays text and the evidence says so.

use std::collections::{BTreeSet, HashSet};

use syncline_model::AttrName;
use syncline_model::hr_file::{
    COLUMNS_MAX, Column, Content, DateFormat, Evidence, FileFormat, safe_attr_name,
};

use super::detect::{Detected, evidence};

/// Date formats that are looked for.
const DATES: [&str; 9] = [
    "yyyy-MM-dd",
    "dd.MM.yyyy",
    "dd/MM/yyyy",
    "MM/dd/yyyy",
    "d/M/yyyy",
    "M/d/yyyy",
    "yyyyMMdd",
    "yyyy-MM-dd'T'HH:mm:sszzz",
    "yyyy-MM-dd HH:mm:ss",
];

/// Words in a header that speak for a key, the better first.
const KEYS: [&str; 6] = [
    "workerid",
    "employeeid",
    "personnelnumber",
    "personid",
    "number",
    "id",
];
/// Words in a header that speak for a reference to another row.
const REFERENCES: [&str; 4] = ["manager", "supervisor", "vorgesetzt", "responsable"];

/// A format for a file that looks like this, and from what it was concluded.
pub(super) fn propose(detected: &Detected) -> (FileFormat, Vec<Evidence>) {
    let mut found = Vec::new();
    let (header, rows) = split(detected);
    let headers: Vec<String> = header
        .iter()
        .take(COLUMNS_MAX)
        .map(|cell| {
            if detected.dialect.trim {
                cell.trim().to_owned()
            } else {
                cell.clone()
            }
        })
        .collect();
    let column = |at: usize| {
        rows.iter()
            .filter_map(move |row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    };
    let key = key(&headers, rows, &mut found);
    let keys: HashSet<&str> = key.map(|at| column(at).collect()).unwrap_or_default();
    let mut names = BTreeSet::new();
    let mut columns = Vec::with_capacity(headers.len());
    for (at, header) in headers.iter().enumerate() {
        let content = if Some(at) == key {
            Content::Text
        } else {
            content(header, &|| column(at), &keys, &mut found)
        };
        let attribute = unique_name(header, &mut names);
        if attribute.as_str() != header {
            found.push(evidence(
                header,
                format!("attribute {attribute}"),
                "its header is no attribute name",
            ));
        }
        columns.push(Column {
            header: header.clone(),
            attribute,
            content,
        });
    }
    let format = FileFormat {
        encoding: detected.encoding,
        dialect: detected.dialect,
        object_type: FileFormat::OBJECT_TYPE.into(),
        key: key.map(|at| headers[at].clone()).unwrap_or_default(),
        columns,
        ends_with_newline: detected.ends_with_newline,
    };
    (format, found)
}

/// The header, made up where the file has none, and the rows after it.
pub(super) fn split(detected: &Detected) -> (Vec<String>, &[Vec<String>]) {
    match detected.rows.split_first() {
        Some((first, rest)) if detected.dialect.header => (first.clone(), rest),
        Some((first, _)) => (
            (1..=first.len()).map(|n| format!("column {n}")).collect(),
            &detected.rows,
        ),
        None => (Vec::new(), &[]),
    }
}

fn unique_name(header: &str, names: &mut BTreeSet<AttrName>) -> AttrName {
    let safe = safe_attr_name(header);
    let mut name = AttrName::new(&safe);
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = AttrName::new(format!("{safe}{number}"));
        number += 1;
    }
    name
}

/// The column that tells rows apart: filled in every row and never the same, or nearly so under a telling header.
fn key(headers: &[String], rows: &[Vec<String>], found: &mut Vec<Evidence>) -> Option<usize> {
    let telling = |header: &str| {
        let word: String = header.chars().filter(|c| c.is_alphanumeric()).collect();
        let word = word.to_lowercase();
        let refers = REFERENCES.iter().any(|r| word.contains(r));
        let rank = KEYS.iter().position(|key| word.ends_with(key));
        rank.filter(|_| !refers)
    };
    let mut best = None;
    for (at, header) in headers.iter().enumerate() {
        let cells: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        let distinct = cells.iter().collect::<HashSet<_>>().len();
        let whole = distinct == rows.len() && !rows.is_empty();
        // A few rows twice are a fault of the file, and for the person who confirms to see.
        let nearly = telling(header).is_some() && distinct * 2 > rows.len();
        if whole || nearly {
            let rank = (telling(header).unwrap_or(KEYS.len()), !whole, at);
            if best.is_none_or(|(known, _)| rank < known) {
                best = Some((rank, distinct));
            }
        }
    }
    match best {
        Some(((_, _, at), distinct)) => {
            found.push(evidence(
                "key",
                headers[at].clone(),
                format!(
                    "{distinct} different values in the first {} rows",
                    rows.len()
                ),
            ));
            Some(at)
        }
        None => {
            found.push(evidence(
                "key",
                "",
                "no column is filled in every row with a value of its own",
            ));
            None
        }
    }
}

fn content<'c, I: Iterator<Item = &'c str>>(
    header: &str,
    cells: &dyn Fn() -> I,
    keys: &HashSet<&str>,
    found: &mut Vec<Evidence>,
) -> Content {
    let filled = cells().count();
    if filled == 0 {
        return Content::Text;
    }
    let lower = header.to_lowercase();
    let known = cells().filter(|cell| keys.contains(cell)).count();
    if REFERENCES.iter().any(|word| lower.contains(word)) && known > 0 {
        found.push(evidence(
            header,
            "reference",
            format!("{known} of {filled} values are keys of other rows"),
        ));
        return Content::Reference;
    }
    let mut fitting = DATES.into_iter().filter(|format| {
        let format: Option<DateFormat> = format.parse().ok();
        format.is_some_and(|format| cells().all(|cell| format.ticks(cell).is_some()))
    });
    let Some(first) = fitting.next() else {
        return Content::Text;
    };
    // What also reads as the same with fewer digits is no second meaning; day and month changed places is one.
    let day_first = |format: &str| format.find('d') < format.find('M');
    let other = fitting.find(|other| day_first(other) != day_first(first));
    if let Some(other) = other {
        found.push(evidence(
            header,
            "text",
            format!("every value is a date both as {first} and as {other}; say which"),
        ));
        return Content::Text;
    }
    found.push(evidence(
        header,
        format!("date {first}"),
        format!("all of {filled} values are such dates"),
    ));
    Content::Date {
        format: first.into(),
    }
}
