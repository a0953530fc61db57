//! What a file looks like: encoding and dialect, each with what it was concluded from.
//!
//! Invariants: nothing found here is ever used to read a file for an import: a person confirms it first; what was
//! concluded from holds no cell.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use syncline_model::hr_file::{Dialect, Evidence, TextEncoding};

use super::faults;
use super::pickup::Snapshot;
use super::rows::{Rows, RowsError};
use super::text::{self, BadText, Text};
use crate::contract::Fault;

/// Bytes at the beginning of a file by which it is judged.
const SAMPLE_BYTES: u64 = 4 * 1024 * 1024;
/// Rows by which it is judged.
pub(super) const SAMPLE_ROWS: usize = 5_000;

/// The first rows of a file under what was detected.
#[derive(Debug)]
pub(super) struct Detected {
    pub encoding: TextEncoding,
    pub dialect: Dialect,
    pub rows: Vec<Vec<String>>,
    /// Whether the last row of the file ends with a line end.
    pub ends_with_newline: bool,
    pub evidence: Vec<Evidence>,
}

pub(super) fn evidence(
    about: &str,
    found: impl Into<String>,
    because: impl Into<String>,
) -> Evidence {
    Evidence {
        about: about.into(),
        found: found.into(),
        because: because.into(),
    }
}

/// Looks at a file. Blocks.
pub(super) fn detect(snapshot: &Snapshot) -> Result<Detected, Fault> {
    let (encoding, because) = encoding(snapshot).map_err(|e| faults::spool(&e))?;
    let mut found = vec![evidence("encoding", encoding.as_str(), because)];
    found.push(line_ends(snapshot, encoding).map_err(|e| faults::spool(&e))?);
    let trial = |delimiter, quote| {
        let dialect = Dialect {
            delimiter,
            quote,
            header: false,
            trim: false,
        };
        Trial::run(snapshot, encoding, dialect)
    };
    let best = Dialect::DELIMITERS
        .into_iter()
        .map(|delimiter| trial(delimiter, Some('"')))
        // The first of equals, so that a file of one column is one of commas.
        .reduce(|best, other| {
            if other.rank() > best.rank() {
                other
            } else {
                best
            }
        })
        .unwrap_or_else(|| trial(',', Some('"')));
    let delimiter = best.dialect.delimiter;
    let shown = if delimiter == '\t' {
        "tab".to_owned()
    } else {
        delimiter.to_string()
    };
    let because = if best.width > 1 {
        format!(
            "{} of the first {} rows have {} values",
            best.agreeing,
            best.rows.len(),
            best.width
        )
    } else {
        "no row has a second value under any delimiter".into()
    };
    found.push(evidence("delimiter", shown, because));
    let best = quoted(best, trial, &mut found);
    let mut dialect = best.dialect;
    let (header, because) = header(&best.rows);
    dialect.header = header;
    found.push(evidence(
        "header",
        if header { "yes" } else { "no" },
        because,
    ));
    let (padded, filled) = padding(&best.rows);
    dialect.trim = padded * 2 > filled;
    if padded > 0 {
        found.push(evidence(
            "trim",
            if dialect.trim { "yes" } else { "no" },
            format!("spaces stand around {padded} of {filled} values"),
        ));
    }
    let ends_with_newline = snapshot
        .ends_line(encoding)
        .map_err(|e| faults::spool(&e))?;
    let (shown, because) = match ends_with_newline {
        true => (
            "line end",
            "its last row ends with one; a file that ends without one will be taken for cut off",
        ),
        false => (
            "no line end",
            "its last row has none; a file that is cut inside its last value cannot be told from a whole one",
        ),
    };
    found.push(evidence("file-end", shown, because));
    Ok(Detected {
        encoding,
        dialect,
        rows: best.rows,
        ends_with_newline,
        evidence: found,
    })
}

fn encoding(snapshot: &Snapshot) -> std::io::Result<(TextEncoding, String)> {
    if let Some(mark) = snapshot.mark() {
        return Ok((
            mark,
            "it begins with this encoding's byte order mark".into(),
        ));
    }
    let mut head = Vec::new();
    snapshot.bytes().take(64 * 1024).read_to_end(&mut head)?;
    let zeros = |from: usize| {
        head.iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if (even + odd) * 8 > head.len() {
        let of = |encoding| (encoding, "every second byte or so is zero".to_owned());
        return Ok(of(if odd >= even {
            TextEncoding::Utf16Le
        } else {
            TextEncoding::Utf16Be
        }));
    }
    if snapshot.is_utf8 {
        let because = if snapshot.is_ascii {
            "all of it is ASCII, which nearly every encoding shares; letters beyond it may show another one later"
        } else {
            "it holds letters beyond ASCII, and all of it is UTF-8"
        };
        return Ok((TextEncoding::Utf8, because.into()));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut bytes = snapshot.bytes();
    let mut buffer = vec![0; 64 * 1024];
    // C1 controls, which Windows' encodings use for letters and ISO's do not; the octet of the euro sign in Latin-9.
    let (mut c1, mut a4) = (0u64, 0u64);
    loop {
        let read = bytes.read(&mut buffer)?;
        detector.feed(&buffer[..read], read == 0);
        if read == 0 {
            break;
        }
        for byte in &buffer[..read] {
            c1 += u64::from((0x80..=0x9f).contains(byte));
            a4 += u64::from(*byte == 0xa4);
        }
    }
    let guess = detector.guess(None, Utf8Detection::Deny);
    let known = text::named(guess);
    Ok(match known {
        Some(TextEncoding::Windows1252) | None if c1 == 0 && a4 > 0 => (
            TextEncoding::Iso8859_15,
            "it is no UTF-8, holds nothing that only Windows writes, and the octet A4, which is the euro sign here"
                .into(),
        ),
        Some(known) => (
            known,
            "it is no UTF-8; guessed from which letters stand together, so look at names with such letters in the sample"
                .into(),
        ),
        None => (
            TextEncoding::Windows1252,
            format!(
                "it is no UTF-8 and looks like {}, which is not offered; check the sample",
                guess.name()
            ),
        ),
    })
}

fn line_ends(snapshot: &Snapshot, encoding: TextEncoding) -> std::io::Result<Evidence> {
    let mut head = Vec::new();
    snapshot.bytes().take(64 * 1024).read_to_end(&mut head)?;
    let (text, _) = text::encoding(encoding).decode_with_bom_removal(&head);
    let windows = text.matches("\r\n").count();
    let unix = text.matches('\n').count() - windows;
    let mac = text.matches('\r').count() - windows;
    let found = match (windows, unix, mac) {
        (0, 0, 0) => "none",
        (_, 0, 0) => "CRLF",
        (0, _, 0) => "LF",
        (0, 0, _) => "CR",
        _ => "mixed",
    };
    Ok(evidence(
        "line-ends",
        found,
        format!("the first 64 KiB hold {windows} CRLF, {unix} LF and {mac} CR; all are read"),
    ))
}

/// The first rows under one dialect.
struct Trial {
    dialect: Dialect,
    rows: Vec<Vec<String>>,
    /// The width that most rows have.
    width: usize,
    /// Rows that have it.
    agreeing: usize,
    /// Rows with a quote out of place, or rows that could not be read at all.
    strays: usize,
}

impl Trial {
    fn run(snapshot: &Snapshot, encoding: TextEncoding, dialect: Dialect) -> Self {
        let text = Text::new(snapshot.bytes().take(SAMPLE_BYTES), encoding);
        let mut reader = Rows::new(text, dialect);
        let mut trial = Self {
            dialect,
            rows: Vec::new(),
            width: 0,
            agreeing: 0,
            strays: 0,
        };
        let cut_short = snapshot.stamp.size > SAMPLE_BYTES;
        let mut whole = true;
        while trial.rows.len() < SAMPLE_ROWS {
            match reader.next() {
                Ok(Some(row)) => {
                    whole = row.facts.ended;
                    trial.strays += usize::from(row.facts.stray_quote);
                    trial.rows.push(row.cells().map(str::to_owned).collect());
                }
                Ok(None) => break,
                // What the sample cuts is no fault of the dialect.
                Err(RowsError::Text {
                    bad: BadText::Bytes(_),
                    ..
                }) => break,
                Err(_) => {
                    trial.strays += usize::from(!cut_short);
                    break;
                }
            }
        }
        if cut_short && !whole {
            trial.rows.pop();
        }
        let mut widths: Vec<usize> = trial.rows.iter().map(Vec::len).collect();
        widths.sort_unstable();
        for same in widths.chunk_by(|a, b| a == b) {
            if same.len() >= trial.agreeing {
                (trial.agreeing, trial.width) = (same.len(), same[0]);
            }
        }
        trial
    }

    /// Dialects that cut the rows into more than one value come first, then those under which more rows agree.
    fn rank(&self) -> (bool, usize, usize) {
        let share = self.agreeing * 1000 / self.rows.len().max(1);
        (self.width > 1, share, self.width)
    }
}

/// The best trial with the quote that the cells show.
fn quoted(
    best: Trial,
    trial: impl Fn(char, Option<char>) -> Trial,
    found: &mut Vec<Evidence>,
) -> Trial {
    let delimiter = best.dialect.delimiter;
    let filled: Vec<&String> = best
        .rows
        .iter()
        .flatten()
        .filter(|c| !c.is_empty())
        .collect();
    let single = filled
        .iter()
        .filter(|c| c.len() > 1 && c.starts_with('\'') && c.ends_with('\''));
    if single.count() * 4 > filled.len() {
        let other = trial(delimiter, Some('\''));
        if other.strays == 0 && other.rank().1 >= best.rank().1 {
            found.push(evidence(
                "quote",
                "'",
                "more than a quarter of the values are wrapped in it",
            ));
            return other;
        }
    }
    if best.strays > 0 {
        let other = trial(delimiter, None);
        if other.width > 1 && other.agreeing == other.rows.len() {
            let because = "values hold the double quote as an ordinary character, and every row has the same number of values without it";
            found.push(evidence("quote", "none", because));
            return other;
        }
    }
    let because = if best.strays > 0 {
        format!("the usual one; {} rows have it out of place", best.strays)
    } else {
        "the usual one; nothing in the file speaks against it".into()
    };
    found.push(evidence("quote", "\"", because));
    best
}

/// Whether the first row names the columns.
fn header(rows: &[Vec<String>]) -> (bool, &'static str) {
    let Some(first) = rows.first() else {
        return (true, "the file is empty");
    };
    let is_value = |cell: &String| {
        let cell = cell.trim();
        cell.contains('@')
            || (cell.chars().any(|c| c.is_ascii_digit())
                && cell
                    .chars()
                    .all(|c| c.is_ascii_digit() || ".:-/+, ".contains(c)))
    };
    if first.iter().any(is_value) {
        return (
            false,
            "a cell of the first row is a number, a date or a mail address",
        );
    }
    if first.iter().filter(|cell| cell.trim().is_empty()).count() * 2 > first.len() {
        return (false, "most cells of the first row are empty");
    }
    (
        true,
        "no cell of the first row is a number, a date or a mail address",
    )
}

/// Values with spaces around them, and values.
fn padding(rows: &[Vec<String>]) -> (usize, usize) {
    let filled = rows.iter().flatten().filter(|cell| !cell.trim().is_empty());
    filled.fold((0, 0), |(padded, all), cell| {
        (padded + usize::from(cell.trim() != cell), all + 1)
    })
}
