//! HR files: what one looks like, and the format that a person confirmed.
//!
//! Formats and inspections travel as JSON inside their message, because people read and store them as such.
//!
//! Invariants: an inspection holds cells of a few rows, so it leaves the host only inside the tunnel and is not logged.

use bytes::Bytes;
use syncline_model::hr_file::{FileFormat, FileInspection};

use super::{Message, WireError, decode, encode, pb};

/// Asks what the newest file of an HR folder looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InspectFile {
    /// A format to try on it; without one, what it looks like is tried.
    pub draft: Option<FileFormat>,
}

/// What it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectAnswer(pub FileInspection);

impl Message for InspectFile {
    fn to_wire(&self) -> Bytes {
        encode(&pb::InspectFile {
            draft: self.draft.as_ref().map(format_json),
        })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let question: pb::InspectFile = decode(bytes)?;
        Ok(Self {
            draft: question
                .draft
                .map(|json| format_of_json(&json))
                .transpose()?,
        })
    }
}

impl Message for InspectAnswer {
    fn to_wire(&self) -> Bytes {
        let json = serde_json::to_vec(&self.0).expect("an inspection is plain values");
        encode(&pb::Json { json: json.into() })
    }

    fn from_wire(bytes: Bytes) -> Result<Self, WireError> {
        let answer: pb::Json = decode(bytes)?;
        serde_json::from_slice(&answer.json)
            .map(Self)
            .map_err(|error| WireError::new(format!("the inspection cannot be read: {error}")))
    }
}

pub(super) fn format_json(format: &FileFormat) -> Bytes {
    serde_json::to_vec(format)
        .expect("a format is plain values")
        .into()
}

pub(super) fn format_of_json(json: &[u8]) -> Result<FileFormat, WireError> {
    serde_json::from_slice(json)
        .map_err(|error| WireError::new(format!("the file format cannot be read: {error}")))
}

#[cfg(test)]
pub(super) mod tests {
    use syncline_model::hr_file::{Column, Content, Dialect, Evidence, FileProblem, TextEncoding};

    use super::*;

    pub fn format() -> FileFormat {
        FileFormat {
            encoding: TextEncoding::Windows1252,
            dialect: Dialect {
                delimiter: '\t',
                quote: None,
                header: true,
                trim: true,
            },
            object_type: "worker".into(),
            key: "ID".into(),
            columns: vec![Column {
                header: "ID".into(),
                attribute: "ID".into(),
                content: Content::Text,
            }],
            ends_with_newline: true,
        }
    }

    #[test]
    fn questions_and_answers_about_files_read_back() {
        for draft in [None, Some(format())] {
            let question = InspectFile { draft };
            assert_eq!(InspectFile::from_wire(question.to_wire()), Ok(question));
        }
        let answer = InspectAnswer(FileInspection {
            file: "workers.csv".into(),
            bytes: 12,
            modified_s: 1_700_000_000,
            proposal: format(),
            evidence: vec![Evidence {
                about: "encoding".into(),
                found: "utf-8".into(),
                because: "all of it is".into(),
            }],
            header: vec!["ID".into()],
            sample: vec![vec!["1".into()]],
            rows: 1,
            objects: 0,
            problems: vec![FileProblem {
                code: "csv.key_empty".into(),
                line: Some(2),
                message: "The row on line 2 has no key.".into(),
                next_step: "Give it one.".into(),
                refuses_file: false,
            }],
            problems_total: 1,
        });
        assert_eq!(InspectAnswer::from_wire(answer.to_wire()), Ok(answer));
        let damaged = encode(&pb::InspectFile {
            draft: Some(Bytes::from_static(b"{}")),
        });
        assert!(InspectFile::from_wire(damaged).is_err());
    }
}
