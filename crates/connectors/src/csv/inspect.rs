//! The inspection: what the newest file looks like, and how it would read under a draft.
//!
//! Invariants: looks at a copy and changes nothing; cells leave only as the sample.

use syncline_model::AttrName;
use syncline_model::hr_file::{Evidence, FileFormat, FileInspection, FileProblem};

use super::detect::{self, Detected};
use super::pickup::Snapshot;
use super::rows::Rows;
use super::text::Text;
use super::values::{self, Wanted};
use super::{entries, propose, survey};
use crate::contract::Fault;

/// Rows of the sample.
const SAMPLE: usize = 5;
/// Characters of a cell in it.
const CELL: usize = 200;
/// Problems that are listed.
const PROBLEMS: usize = 50;

/// Inspects a file under a draft, or else under what it looks like. Blocks.
pub(super) fn inspect(
    snapshot: &Snapshot,
    draft: Option<&FileFormat>,
) -> Result<FileInspection, Fault> {
    let detected = detect::detect(snapshot)?;
    let (proposal, more) = propose::propose(&detected);
    let evidence: Vec<Evidence> = detected.evidence.iter().cloned().chain(more).collect();
    let (header, rows) = propose::split(&detected);
    let sample = rows.iter().take(SAMPLE);
    let sample = sample.map(|row| row.iter().map(|cell| values::cut(cell, CELL)).collect());
    let mut inspection = FileInspection {
        file: snapshot.name.clone(),
        bytes: snapshot.stamp.size,
        modified_s: snapshot.stamp.modified.0,
        evidence,
        header: header.iter().map(|cell| values::cut(cell, CELL)).collect(),
        sample: sample.collect(),
        rows: 0,
        objects: 0,
        problems: Vec::new(),
        problems_total: 0,
        proposal,
    };
    let format = draft.unwrap_or(&inspection.proposal).clone();
    header_problems(&detected, &mut inspection);
    if let Err(error) = format.validate() {
        inspection.rows = count(snapshot, &format);
        problem(
            &mut inspection,
            "csv.format_invalid",
            None,
            format!("Nothing can be read by this format: {error}."),
            "Choose a key column and correct what the message names.",
            true,
        );
        return Ok(inspection);
    }
    if let Err(fault) = read_through(snapshot, &format, &mut inspection) {
        inspection.rows = count(snapshot, &format);
        problem(
            &mut inspection,
            &fault.code,
            None,
            fault.message,
            &fault.next_step,
            true,
        );
    }
    Ok(inspection)
}

/// Reads the whole file as an import would.
fn read_through(
    snapshot: &Snapshot,
    format: &FileFormat,
    inspection: &mut FileInspection,
) -> Result<(), Fault> {
    let survey = survey::survey(snapshot, format)?;
    let all: Vec<AttrName> = format.columns.iter().map(|c| c.attribute.clone()).collect();
    let wanted = Wanted::new(&survey.layout, &format.object_type, &all);
    inspection.rows = survey.rows;
    entries::rows(snapshot, format, &survey, &wanted, |row| {
        match row {
            Ok(_) => inspection.objects += 1,
            Err(bad) => {
                let next = bad.next_step();
                let line = Some(bad.line);
                problem(inspection, bad.code, line, bad.message(), next, false);
            }
        }
        Ok(())
    })
}

/// Headers that cannot stay as they are.
fn header_problems(detected: &Detected, inspection: &mut FileInspection) {
    if !detected.dialect.header {
        return;
    }
    let headers: Vec<String> = inspection.header.clone();
    for (at, header) in headers.iter().enumerate() {
        if header.trim().is_empty() {
            let what = format!("Column {} has no header.", at + 1);
            let next = "Give every column a header of its own in the export.";
            problem(inspection, "csv.header_empty", Some(1), what, next, true);
        }
        let first = headers.iter().position(|h| h.eq_ignore_ascii_case(header));
        if let Some(first) = first.filter(|first| *first < at && !header.trim().is_empty()) {
            let what = format!(
                "The columns {} and {} are both called `{}`.",
                first + 1,
                at + 1,
                values::cut(header, 60)
            );
            let next = "Give every column a header of its own in the export.";
            problem(
                inspection,
                "csv.header_duplicate",
                Some(1),
                what,
                next,
                true,
            );
        }
    }
}

fn problem(
    inspection: &mut FileInspection,
    code: &str,
    line: Option<u64>,
    message: String,
    next_step: &str,
    refuses_file: bool,
) {
    inspection.problems_total += 1;
    if inspection.problems.len() < PROBLEMS {
        inspection.problems.push(FileProblem {
            code: code.to_owned(),
            line,
            message,
            next_step: next_step.to_owned(),
            refuses_file,
        });
    }
}

/// Rows after the header, as far as the file can be read.
fn count(snapshot: &Snapshot, format: &FileFormat) -> u64 {
    let text = Text::new(snapshot.bytes(), format.encoding);
    let mut rows = Rows::new(text, format.dialect);
    let mut count = 0u64;
    while let Ok(Some(_)) = rows.next() {
        count += 1;
    }
    count.saturating_sub(u64::from(format.dialect.header))
}
